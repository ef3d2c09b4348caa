//! The pool: coverage by place, members, candidates.

use super::answer::{Place, Stamp, answer};
use super::asked::{Asked, Cursor, Limit, Words};
use super::figure::{Figure, FirmName};
use super::firm::{landing, purpose};
use super::firms::{pages, refused, wanted};
use crate::grounds::sums_now;
use crate::outlook::newest;
use crate::pool::candidates_of;
use crate::reader::Reader;
use crate::register::book::{self, Book, Pool};
use crate::register::listing;
use crate::sight;
use crate::web::failure::Outcome;
use crate::web::visitor::Visitor;
use programme::outlook::Inside;
use programme::people::Scope;
use programme::pool::Coverage;
use rules::pack::Pack;
use rules::pack::facts::LandingField;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 企业在培育库的状态。
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PoolState {
    /// 在库。
    In,
    /// 已申报。
    Declared,
    /// 已移出。
    Left,
    /// 未纳入。
    Out,
}

impl PoolState {
    pub fn of(pool: Pool) -> PoolState {
        match pool {
            Pool::In => PoolState::In,
            Pool::Declared => PoolState::Declared,
            Pool::Left => PoolState::Left,
            Pool::Out => PoolState::Out,
        }
    }
}

/// 培育库覆盖。
#[derive(Serialize, ToSchema)]
pub struct CoverageView {
    pub stamp: Stamp,
    /// 各类的字母，与每行的 by_class 逐项对应；最后一项是其他。
    pub classes: Vec<String>,
    pub lines: Vec<CoverageLine>,
}

/// 一个地区的培育库。
#[derive(Serialize, ToSchema)]
pub struct CoverageLine {
    pub area: Place,
    /// 全市一行时为空。
    pub county: Option<Place>,
    /// 是否全市合计；否而 county 为空的是市直及县级待核。
    pub is_area: bool,
    /// 年度目标；没有下达时为空。
    pub target: Option<u32>,
    /// 应建。
    pub required: Option<u32>,
    pub in_pool: u32,
    /// 本年由库内升规。
    pub promoted: u32,
    /// 缺口。
    pub missing: Option<u32>,
    pub by_class: Vec<u32>,
}

#[utoipa::path(
    get, path = "/api/v1/pool/coverage", tag = "pool", operation_id = "show_coverage",
    summary = "培育库覆盖",
    responses((status = 200, description = "本岗位范围内各市、县的应建、在库和缺口", body = CoverageView)),
)]
pub async fn show_coverage(visitor: Visitor, Asked(_): Asked<super::asked::Nothing>) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let (snapshot, firms) = newest(office, None).await?;
    let sums = sums_now(office, &snapshot, &firms).await?;
    let lines = &sums.coverage;
    let pack = &office.pack;
    let shown = lines
        .iter()
        .filter(|line| is_inside(pack, &reader.scope, line));
    let letters = pack.classes.iter().map(|class| class.letter.clone());
    answer(&CoverageView {
        stamp: Stamp::of(&snapshot),
        classes: letters.chain(["其他".to_string()]).collect(),
        lines: shown.filter_map(|line| coverage_line(pack, line)).collect(),
    })
}

/// Firms of an area whose county is not known are the area's.
fn is_inside(pack: &Pack, scope: &Scope, line: &Coverage) -> bool {
    let code = match (line.is_area, line.county) {
        (false, Some(county)) => county,
        _ => line.area,
    };
    scope.covers_division(pack, code)
}

fn coverage_line(pack: &Pack, line: &Coverage) -> Option<CoverageLine> {
    Some(CoverageLine {
        area: Place::of(pack, Some(line.area))?,
        county: Place::of(pack, line.county.filter(|_| !line.is_area)),
        is_area: line.is_area,
        target: line.target,
        required: line.required,
        in_pool: line.in_pool,
        promoted: line.promoted,
        missing: line.missing(),
        by_class: line.by_class.clone(),
    })
}

/// 在库企业的一页。
#[derive(Serialize, ToSchema)]
pub struct MemberPage {
    pub stamp: Stamp,
    pub count: u64,
    pub firms: Vec<PoolFirm>,
    /// 下一页的游标；没有下一页时为空。
    pub next: Option<String>,
}

/// 培育库名单里的一家企业。
#[derive(Serialize, ToSchema)]
pub struct PoolFirm {
    #[serde(flatten)]
    pub firm: FirmName,
    pub state: PoolState,
    /// 符合的第一个类别的字母；都不符合或者不能判断时为空。
    pub class: Option<String>,
    /// 为什么符合这一类；看不到的原值写成档次。
    pub reasons: String,
    /// 全年达规的概率。
    pub landing_above: Figure,
    /// 全年营业收入的预计中值。
    pub landing_middle: Figure,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PoolQuery {
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

impl PoolQuery {
    fn cursor(&self) -> Option<&str> {
        self.cursor.as_ref().map(|cursor| cursor.0.as_str())
    }
}

#[utoipa::path(
    get, path = "/api/v1/pool/members", tag = "pool", operation_id = "list_members",
    summary = "在库企业",
    params(PoolQuery),
    responses((status = 200, description = "在库和已申报企业的一页，按地区排列", body = MemberPage)),
)]
pub async fn list_members(visitor: Visitor, Asked(asked): Asked<PoolQuery>) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let stated = purpose(&reader, asked.purpose.as_ref())?;
    let subject = "培育库在库名单".to_string();
    reader.state_purpose(office, subject, stated).await?;
    let book = book::open(office, &reader.scope).await?;
    let wanted = wanted(&book, "pool=in&pool=declared")?;
    let pages = pages(&visitor, &book, "members").await?;
    let listing = listing::find(&book, &wanted).map_err(refused)?;
    let (places, next) = pages.cut(asked.cursor(), asked.limit.0, listing.count)?;
    let firms = listing.firms(places).into_iter();
    answer(&MemberPage {
        stamp: Stamp::of(&book.snapshot),
        count: listing.count as u64,
        firms: firms.map(|firm| pool_firm(&book, firm)).collect(),
        next,
    })
}

#[utoipa::path(
    get, path = "/api/v1/pool/candidates", tag = "pool", operation_id = "list_candidates",
    summary = "候选企业",
    params(PoolQuery),
    responses((status = 200, description = "候选企业的一页，全年达规概率高的在前，不知道的在后", body = MemberPage)),
)]
pub async fn list_candidates(visitor: Visitor, Asked(asked): Asked<PoolQuery>) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let stated = purpose(&reader, asked.purpose.as_ref())?;
    let subject = "培育库候选名单".to_string();
    reader.state_purpose(office, subject, stated).await?;
    let book = book::open(office, &reader.scope).await?;
    let found = candidates_of(office, &reader.scope).await?;
    let pages = pages(&visitor, &book, "candidates").await?;
    let (places, next) = pages.cut(asked.cursor(), asked.limit.0, found.len())?;
    let firms = found[places]
        .iter()
        .filter_map(|code| book.seen.find(*code));
    answer(&MemberPage {
        stamp: Stamp::of(&book.snapshot),
        count: found.len() as u64,
        firms: firms.map(|firm| pool_firm(&book, firm)).collect(),
        next,
    })
}

fn pool_firm(book: &Book, firm: Inside) -> PoolFirm {
    let (pack, seen) = (&book.pack, &book.seen);
    let class = seen.first_class(firm);
    let reasons = class.map(|class| seen.class_reasons(firm, class, &book.parameters));
    PoolFirm {
        firm: FirmName::of(book, firm),
        state: PoolState::of(book.pool.of(firm)),
        class: class.map(|class| pack.classes[class].letter.clone()),
        reasons: reasons.map_or(String::new(), |reasons| {
            sight::reasons(pack, seen.scope(), &reasons)
        }),
        landing_above: landing(book, firm, LandingField::Above),
        landing_middle: landing(book, firm, LandingField::Middle),
    }
}
