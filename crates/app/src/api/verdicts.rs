//! All measures for one firm, and what going above scale changes for it.

use super::answer::{NOTICE, Stamp, answer};
use super::asked::Asked as Query;
use super::figure::Figure;
use super::firm::{FirmPath, LawQuery, found, purpose};
use crate::cli::LawArgs;
use crate::measures::{Answer, Asked, Cause, Compared, Subject, Told, compared, subject};
use crate::reader::Reader;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::extract::Path;
use chrono::NaiveDate;
use rules::expression::Missing;
use rules::measures::{Every, Force, Verdict};
use rules::pack::Pack;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 结论。
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictName {
    /// 可享。
    Entitled,
    /// 裁量：条件具备，由部门决定。
    Discretion,
    /// 依地方细则：条件具备，没有装入地方细则。
    Local,
    /// 待补数据。
    Unknown,
    /// 不可享。
    NotEntitled,
}

impl VerdictName {
    pub fn of(verdict: Verdict) -> VerdictName {
        match verdict {
            Verdict::Entitled => VerdictName::Entitled,
            Verdict::Discretion => VerdictName::Discretion,
            Verdict::LocalRules => VerdictName::Local,
            Verdict::Unknown => VerdictName::Unknown,
            Verdict::NotEntitled => VerdictName::NotEntitled,
        }
    }

    pub fn verdict(self) -> Verdict {
        let mut all = Verdict::ALL.into_iter();
        all.find(|verdict| VerdictName::of(*verdict) == self)
            .expect("every verdict has its name")
    }
}

/// 效力。
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForceName {
    /// 应得。
    Due,
    /// 上限。
    UpTo,
    /// 优先。
    Priority,
    /// 鼓励。
    Encouraged,
    /// 保障。
    Protection,
}

impl ForceName {
    pub fn of(force: Force) -> ForceName {
        match force {
            Force::Due => ForceName::Due,
            Force::UpTo => ForceName::UpTo,
            Force::Priority => ForceName::Priority,
            Force::Encouraged => ForceName::Encouraged,
            Force::Protection => ForceName::Protection,
        }
    }
}

/// 金额按什么时间计。
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EveryName {
    /// 一次性。
    Once,
    /// 每年。
    Year,
    /// 每季。
    Quarter,
    /// 每月。
    Month,
}

impl EveryName {
    pub fn of(every: Every) -> EveryName {
        match every {
            Every::Once => EveryName::Once,
            Every::Year => EveryName::Year,
            Every::Quarter => EveryName::Quarter,
            Every::Month => EveryName::Month,
        }
    }
}

/// 一家企业的全部政策措施判定。
#[derive(Serialize, ToSchema)]
pub struct VerdictsView {
    pub stamp: Stamp,
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub uscc: String,
    /// 按哪一天的规定。
    pub on: NaiveDate,
    pub verdicts: Vec<VerdictView>,
    pub notice: String,
}

/// 一项政策措施对一家企业的判定。
#[derive(Serialize, ToSchema)]
pub struct VerdictView {
    /// 措施的标识。
    pub measure: String,
    pub name: String,
    pub verdict: VerdictName,
    pub force: ForceName,
    /// 方案条款。
    pub clauses: Vec<String>,
    /// 依据的文件。
    pub law: String,
    /// 由哪一项规定判定：本措施，或者落实它的地方细则。
    pub decided_by: String,
    /// 不成立的条件和理由。
    pub failing: Vec<ConditionView>,
    /// 待补数据的条件。
    pub open: Vec<ConditionView>,
    /// 成立的条件。
    pub holding: Vec<ConditionView>,
    /// 补齐其中任意一组事实即可判定，最少的在前。
    pub missing: Vec<Vec<String>>,
    pub benefits: Vec<BenefitView>,
    /// 规定本身尚待核实之处。
    pub doubts: Vec<String>,
}

/// 一个条件和理由；看不到的原值写成档次。
#[derive(Serialize, ToSchema)]
pub struct ConditionView {
    pub id: String,
    pub name: String,
    pub reasons: String,
}

/// 可以享受的一项。
#[derive(Serialize, ToSchema)]
pub struct BenefitView {
    pub name: String,
    pub text: String,
    pub force: ForceName,
    pub every: EveryName,
    pub amount: Figure,
}

impl VerdictView {
    fn of(pack: &Pack, own: &Answer) -> VerdictView {
        let measure = &pack.measures[own.measure];
        let conditions = |list: &[Told]| {
            let views = list.iter().map(|told| ConditionView {
                id: told.id.clone(),
                name: told.name.clone(),
                reasons: told.reasons.clone(),
            });
            views.collect()
        };
        let ids = |set: &Vec<usize>| {
            set.iter()
                .map(|fact| pack.facts[*fact].id.clone())
                .collect()
        };
        let benefits = own.gets.iter().map(|got| BenefitView {
            name: got.name.clone(),
            text: got.text.clone(),
            force: ForceName::of(got.force),
            every: EveryName::of(got.every),
            amount: Figure::of_money(&got.amount),
        });
        VerdictView {
            measure: measure.id.clone(),
            name: measure.name.clone(),
            verdict: VerdictName::of(own.verdict),
            force: ForceName::of(measure.force),
            clauses: measure.clauses.clone(),
            law: own.law.clone(),
            decided_by: pack.measures[own.decided_by].id.clone(),
            failing: conditions(&own.failing),
            open: conditions(&own.open),
            holding: conditions(&own.holding),
            missing: match &own.missing {
                Missing::Smallest { sets, .. } => sets.iter().map(ids).collect(),
                Missing::Sufficient(set) => vec![ids(set)],
                _ => Vec::new(),
            },
            benefits: benefits.collect(),
            doubts: own.doubts.clone(),
        }
    }
}

/// The firm of an address with the law of a day, its reading written down.
async fn asked_of(visitor: &Visitor, uscc: &str, asked: &LawQuery) -> Result<Subject, Failure> {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    found(office, &reader, uscc).await?;
    let purpose = purpose(&reader, asked.purpose.as_ref())?;
    let law = LawArgs {
        on: asked.on,
        as_of: None,
    };
    Ok(subject(office, uscc, (None, false, purpose), &law).await?)
}

#[utoipa::path(
    get, path = "/api/v1/firms/{uscc}/verdicts", tag = "firms", operation_id = "list_verdicts",
    summary = "一家企业的政策措施判定",
    params(FirmPath, LawQuery),
    responses((status = 200, description = "逐项结论、理由、所缺数据和数额", body = VerdictsView)),
)]
pub async fn list_verdicts(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Query(asked): Query<LawQuery>,
) -> Outcome {
    let subject = asked_of(&visitor, &uscc, &asked).await?;
    let pack = &visitor.office().pack;
    let facts = subject.firms.facts(subject.firm);
    let parameters = pack.parameters_on(subject.on);
    let asked = Asked {
        pack,
        facts: &facts,
        parameters: &parameters,
        on: subject.on,
        scope: &subject.reader.scope,
    };
    let provincial = (0..pack.measures.len()).filter(|own| pack.measures[*own].place.is_none());
    let verdicts = provincial.map(|own| VerdictView::of(pack, &asked.answer(own)));
    answer(&VerdictsView {
        stamp: Stamp::of(&subject.snapshot),
        uscc,
        on: subject.on,
        verdicts: verdicts.collect(),
        notice: NOTICE.to_string(),
    })
}

/// 升规前后对照。
#[derive(Serialize, ToSchema)]
pub struct ComparisonView {
    pub stamp: Stamp,
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub uscc: String,
    /// 按哪一天的规定。
    pub on: NaiveDate,
    /// 对照的各步，与每一行的 cells 逐项对应。
    pub steps: Vec<ComparisonStep>,
    pub lines: Vec<ComparisonLine>,
    pub notice: String,
}

/// 对照的一步。
#[derive(Serialize, ToSchema)]
pub struct ComparisonStep {
    pub id: String,
    pub name: String,
}

/// 对照的一行。
#[derive(Serialize, ToSchema)]
pub struct ComparisonLine {
    pub group: String,
    pub name: String,
    pub cells: Vec<String>,
    pub cause: CauseName,
    pub law: String,
    pub say: String,
}

/// 差别由什么引起。
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CauseName {
    /// 前后相同。
    Unchanged,
    /// 升规引起。
    Scale,
    /// 收入增长依法引起，与升规无关。
    Growth,
    /// 各地做法不一。
    Practice,
}

#[utoipa::path(
    get, path = "/api/v1/firms/{uscc}/comparison", tag = "firms",
    operation_id = "show_comparison",
    summary = "一家企业的升规前后对照",
    params(FirmPath, LawQuery),
    responses((status = 200, description = "逐项对照，注明是否由升规引起", body = ComparisonView)),
)]
pub async fn show_comparison(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Query(asked): Query<LawQuery>,
) -> Outcome {
    let subject = asked_of(&visitor, &uscc, &asked).await?;
    let pack = &visitor.office().pack;
    let steps = pack.comparison.steps.iter().map(|step| ComparisonStep {
        id: step.id.clone(),
        name: step.name.clone(),
    });
    answer(&ComparisonView {
        stamp: Stamp::of(&subject.snapshot),
        uscc,
        on: subject.on,
        steps: steps.collect(),
        lines: compared(pack, &subject).into_iter().map(line).collect(),
        notice: pack.comparison.notice.clone(),
    })
}

fn line(own: Compared) -> ComparisonLine {
    ComparisonLine {
        group: own.group,
        name: own.name,
        cells: own.cells,
        cause: match own.cause {
            Cause::Unchanged => CauseName::Unchanged,
            Cause::Scale => CauseName::Scale,
            Cause::Growth => CauseName::Growth,
            Cause::Practice => CauseName::Practice,
        },
        law: own.law,
        say: own.say,
    }
}
