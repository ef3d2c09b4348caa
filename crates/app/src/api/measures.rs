//! Measures: the list with how many of the reader's firms have which verdict, one measure in
//! full, and its firms.

use super::answer::{Place, Stamp, answer};
use super::asked::{Asked as Query, Cursor, Division, Limit, Words};
use super::figure::{Figure, FirmName};
use super::firms::{pages, refused, wanted};
use super::verdicts::{EveryName, ForceName, VerdictName};
use crate::cli::LawArgs;
use crate::measures::{Asked, agency_name, decided};
use crate::office::today;
use crate::reader::Reader;
use crate::register::book::{self, Book};
use crate::register::listing;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::extract::Path;
use chrono::NaiveDate;
use programme::measures::{Verdicts, within};
use programme::outlook::{Inside, Selection};
use rules::measures::{Decider, Measure, Verdict, Version};
use rules::pack::Pack;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 政策措施一览。
#[derive(Serialize, ToSchema)]
pub struct MeasureList {
    pub stamp: Stamp,
    /// 按哪一天的规定。
    pub on: NaiveDate,
    pub measures: Vec<MeasureLine>,
}

/// 一项措施，以及本岗位范围内各种结论的家数。
#[derive(Serialize, ToSchema)]
pub struct MeasureLine {
    pub id: String,
    pub name: String,
    pub clauses: Vec<String>,
    pub force: ForceName,
    /// 市县措施的适用地区；省级措施为空。
    pub place: Option<Place>,
    /// 当日没有施行中的规定时为空。
    pub counts: Option<VerdictCounts>,
}

/// 各种结论的家数。
#[derive(Serialize, ToSchema)]
pub struct VerdictCounts {
    pub entitled: u64,
    pub discretion: u64,
    pub local: u64,
    pub unknown: u64,
    pub not_entitled: u64,
}

impl VerdictCounts {
    fn of(verdicts: &Verdicts, measure: usize, firms: &Selection) -> Option<VerdictCounts> {
        verdicts.version(measure)?;
        let count = |verdict| {
            let own = firms.clone().among(&verdicts.plane(measure, verdict));
            own.len() as u64
        };
        Some(VerdictCounts {
            entitled: count(Verdict::Entitled),
            discretion: count(Verdict::Discretion),
            local: count(Verdict::LocalRules),
            unknown: count(Verdict::Unknown),
            not_entitled: count(Verdict::NotEntitled),
        })
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MeasuresQuery {
    /// 按哪一天的规定，不写为今天。
    #[param(value_type = String, required = false, format = Date)]
    on: Option<NaiveDate>,
    /// 只数这个省辖市、县（市、区）的企业；六位代码。
    #[param(value_type = String, required = false, pattern = "^[0-9]{6}$")]
    division: Option<Division>,
}

#[utoipa::path(
    get, path = "/api/v1/measures", tag = "measures", operation_id = "list_measures",
    summary = "政策措施一览",
    params(MeasuresQuery),
    responses((status = 200, description = "全部措施和各种结论的家数", body = MeasureList)),
)]
pub async fn list_measures(visitor: Visitor, Query(asked): Query<MeasuresQuery>) -> Outcome {
    let office = visitor.office();
    let pack = &office.pack;
    let reader = Reader::of(office, None, None)?;
    let division = asked.division.map(|division| division.0);
    if let Some(code) = division
        && (pack.divisions.get(code).is_none() || !reader.scope.covers_division(pack, code))
    {
        let text = format!("没有代码为{code}的市、县，或者不在本单位的范围内，请核对");
        return Err(Failure::Refused(text));
    }
    let law = LawArgs {
        on: asked.on,
        as_of: None,
    };
    let decided = decided(office, &law).await?;
    let seen = book::seen(office, decided.snapshot.id, &decided.firms, &reader.scope);
    let firms = match division {
        Some(code) => seen.all().among(&within(&decided.firms, code)),
        None => seen.all(),
    };
    let measures = pack.measures.iter().enumerate();
    let lines = measures.map(|(index, measure)| MeasureLine {
        id: measure.id.clone(),
        name: measure.name.clone(),
        clauses: measure.clauses.clone(),
        force: ForceName::of(measure.force),
        place: place(pack, measure),
        counts: VerdictCounts::of(&decided.verdicts, index, &firms),
    });
    answer(&MeasureList {
        stamp: Stamp::of(&decided.snapshot),
        on: decided.on,
        measures: lines.collect(),
    })
}

fn place(pack: &Pack, measure: &Measure) -> Option<Place> {
    let own = measure.place.as_ref()?;
    Place::of(pack, Some(own.division))
}

/// 一项政策措施。
#[derive(Serialize, ToSchema)]
pub struct MeasureView {
    pub id: String,
    pub name: String,
    pub clauses: Vec<String>,
    pub force: ForceName,
    /// 责任单位。
    pub agencies: Vec<String>,
    /// 办理渠道。
    pub channel: String,
    /// 要提交的材料。
    pub papers: Vec<String>,
    pub note: String,
    pub place: Option<Place>,
    /// 各个施行期，按时间先后。
    pub versions: Vec<VersionView>,
}

/// 一个施行期的规定。
#[derive(Serialize, ToSchema)]
pub struct VersionView {
    pub from: NaiveDate,
    /// 施行到哪一天；没有期限时为空。
    pub to: Option<NaiveDate>,
    pub law: String,
    /// 内容或期限尚待核实。
    pub is_uncertain: bool,
    pub decided_by: DeciderName,
    pub conditions: Vec<RequirementView>,
    pub benefits: Vec<OfferView>,
}

/// 条件具备后由谁决定。
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeciderName {
    /// 条件具备即可享。
    Rule,
    /// 部门裁量。
    Agency,
    /// 依地方细则。
    Locality,
}

/// 一个条件。
#[derive(Serialize, ToSchema)]
pub struct RequirementView {
    pub id: String,
    pub name: String,
    /// 政策包中的写法。
    pub text: String,
    pub clauses: Vec<String>,
    pub law: String,
}

/// 给企业的一项。
#[derive(Serialize, ToSchema)]
pub struct OfferView {
    pub id: String,
    pub name: String,
    pub text: String,
    pub force: ForceName,
    pub every: EveryName,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "only its description is used")]
pub struct MeasurePath {
    /// 措施的标识。
    #[param(value_type = String, pattern = "^[a-z][a-z0-9-]{0,79}$")]
    id: String,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

#[utoipa::path(
    get, path = "/api/v1/measures/{id}", tag = "measures", operation_id = "show_measure",
    summary = "一项政策措施",
    params(MeasurePath),
    responses((status = 200, description = "措施的条件、待遇、依据和办理渠道", body = MeasureView)),
)]
pub async fn show_measure(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(_): Query<NoQuery>,
) -> Outcome {
    let pack = &visitor.office().pack;
    let measure = pack.measure_named(&id).ok_or(Failure::NotHere)?;
    let measure = &pack.measures[measure];
    let agencies = measure.agencies.iter();
    answer(&MeasureView {
        id: measure.id.clone(),
        name: measure.name.clone(),
        clauses: measure.clauses.clone(),
        force: ForceName::of(measure.force),
        agencies: agencies.map(|id| agency_name(pack, id, today())).collect(),
        channel: measure.channel.clone(),
        papers: measure.papers.clone(),
        note: measure.note.clone(),
        place: place(pack, measure),
        versions: measure.versions.iter().map(version).collect(),
    })
}

fn version(own: &Version) -> VersionView {
    let conditions = own.requirements.iter().map(|requirement| RequirementView {
        id: requirement.id.clone(),
        name: requirement.name.clone(),
        text: requirement.text.clone(),
        clauses: requirement.cites.clone(),
        law: requirement.law.clone(),
    });
    let benefits = own.benefits.iter().map(|benefit| OfferView {
        id: benefit.id.clone(),
        name: benefit.name.clone(),
        text: benefit.text.clone(),
        force: ForceName::of(benefit.force),
        every: EveryName::of(benefit.every),
    });
    VersionView {
        from: own.from,
        to: own.to,
        law: own.law.clone(),
        is_uncertain: own.uncertain,
        decided_by: match own.decided_by {
            Decider::Rule => DeciderName::Rule,
            Decider::Agency => DeciderName::Agency,
            Decider::Locality => DeciderName::Locality,
        },
        conditions: conditions.collect(),
        benefits: benefits.collect(),
    }
}

/// 一项措施的企业名单的一页。
#[derive(Serialize, ToSchema)]
pub struct MeasureFirmPage {
    pub stamp: Stamp,
    /// 按哪一天的规定。
    pub on: NaiveDate,
    pub count: u64,
    pub firms: Vec<MeasureFirm>,
    /// 下一页的游标；没有下一页时为空。
    pub next: Option<String>,
}

/// 名单里的一家企业。
#[derive(Serialize, ToSchema)]
pub struct MeasureFirm {
    #[serde(flatten)]
    pub firm: FirmName,
    pub verdict: VerdictName,
    /// 各项数额合计；看不到原值的给档次。
    pub amount: Figure,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MeasureFirmsQuery {
    /// 只要这种结论的企业；不写时取可享、裁量和依地方细则的。
    #[param(value_type = VerdictName, required = false)]
    verdict: Option<VerdictName>,
    /// 每页家数，不写为 100。
    #[serde(default)]
    #[param(value_type = u16, required = false, minimum = 1, maximum = 500, default = 100)]
    limit: Limit,
    /// 上一页给出的游标。
    #[param(value_type = String, required = false, pattern = "^[0-9a-f]{25,40}$")]
    cursor: Option<Cursor>,
    /// 用途；能看税务或统计原值的单位必须写明，记入日志。
    #[param(value_type = String, required = false, min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$")]
    purpose: Option<Words>,
}

#[utoipa::path(
    get, path = "/api/v1/measures/{id}/firms", tag = "measures",
    operation_id = "list_measure_firms",
    summary = "一项措施的企业名单",
    description = "名单只用于落实本项政策，不得用于下达指标或要求企业报数。",
    params(MeasurePath, MeasureFirmsQuery),
    responses((status = 200, description = "名单的一页", body = MeasureFirmPage)),
)]
pub async fn list_measure_firms(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<MeasureFirmsQuery>,
) -> Outcome {
    let office = visitor.office();
    let measure = office.pack.measure_named(&id).ok_or(Failure::NotHere)?;
    let reader = Reader::of(office, None, None)?;
    let purpose = super::firm::purpose(&reader, asked.purpose.as_ref())?;
    let subject = format!("{}的名单", office.pack.measures[measure].name);
    reader.state_purpose(office, subject, purpose).await?;
    let book = book::open(office, &reader.scope).await?;
    let mut query = format!("measure={}", office.pack.measures[measure].id);
    if let Some(verdict) = asked.verdict {
        query.push_str(&format!("&verdict={}", verdict.verdict().id()));
    }
    let wanted = wanted(&book, &query)?;
    let pages = pages(&visitor, &book, &format!("measure firms {query}")).await?;
    let listing = listing::find(&book, &wanted).map_err(refused)?;
    let cursor = asked.cursor.as_ref().map(|cursor| cursor.0.as_str());
    let (places, next) = pages.cut(cursor, asked.limit.0, listing.count)?;
    let parameters = book.pack.parameters_on(book.on);
    let firms = listing.firms(places).into_iter();
    let firms = firms.map(|firm| of_measure(&book, &parameters, measure, firm));
    answer(&MeasureFirmPage {
        stamp: Stamp::of(&book.snapshot),
        on: book.on,
        count: listing.count as u64,
        firms: firms.collect(),
        next,
    })
}

fn of_measure(
    book: &Book,
    parameters: &[Option<i64>],
    measure: usize,
    firm: Inside,
) -> MeasureFirm {
    let asked = Asked {
        pack: &book.pack,
        facts: &book.seen.row(firm),
        parameters,
        on: book.on,
        scope: book.seen.scope(),
    };
    MeasureFirm {
        firm: FirmName::of(book, firm),
        verdict: VerdictName::of(book.verdicts.of(measure, firm.place())),
        amount: Figure::of_money(&asked.amount(measure)),
    }
}
