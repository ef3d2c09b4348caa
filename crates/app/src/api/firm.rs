//! One firm: who it is, where it stands and why, as its reader may see it.

use super::answer::{NOTICE, Place, Stamp, answer};
use super::asked::{Asked, Words, code};
use super::figure::Figure;
use super::pool::PoolState;
use crate::office::Office;
use crate::outlook::warnings::judged;
use crate::reader::Reader;
use crate::register::book::{self, Book};
use crate::sight;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::extract::Path;
use chrono::NaiveDate;
use programme::outlook::Inside;
use rules::pack::facts::{LandingField, Origin};
use rules::pack::roles::Right;
use rules::uscc::Uscc;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 一家企业是谁，处在什么阶段，为什么。
#[derive(Serialize, ToSchema)]
pub struct FirmView {
    pub stamp: Stamp,
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub uscc: String,
    /// 名录没有名称时为空。
    pub name: Option<String>,
    pub area: Option<Place>,
    pub county: Option<Place>,
    pub zone: Option<Place>,
    /// 名录里是否有这家企业；没有的只见于统计部门的确认名单。
    pub is_registered: bool,
    /// 是否在规；不知道时为空。
    pub is_in_scale: Option<bool>,
    /// 所在阶段；不能判断时为空。
    pub stage: Option<Stage>,
    /// 为什么处在这个阶段；看不到的原值写成档次。
    pub stage_reasons: String,
    /// 培育库四类，逐类是否符合。
    pub classes: Vec<Class>,
    pub pool: PoolState,
    /// 全年达规的概率。
    pub landing_above: Figure,
    /// 全年营业收入的预计中值。
    pub landing_middle: Figure,
    /// 退规预警；本岗位不看预警，或者没有预警时为空。
    pub warning: Option<Warning>,
    pub notice: String,
}

/// 阶段和阶段内的类型。
#[derive(Serialize, ToSchema)]
pub struct Stage {
    pub id: String,
    pub name: String,
    pub kind: Option<String>,
}

/// 培育库的一类。
#[derive(Serialize, ToSchema)]
pub struct Class {
    pub letter: String,
    pub name: String,
    /// 是否符合；数据不足时为空。
    pub holds: Option<bool>,
    pub reasons: String,
}

/// 退规预警的级别和原因类别。
#[derive(Serialize, ToSchema)]
pub struct Warning {
    pub level: String,
    pub level_name: String,
    /// 数据补齐后最高可到的级别；数据齐全时为空。
    pub possible: Option<String>,
    pub reasons: Vec<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PurposeQuery {
    /// 用途；能看税务或统计原值的单位必须写明，记入日志。企业看本企业不必写。
    #[param(value_type = String, required = false, min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$")]
    purpose: Option<Words>,
}

impl PurposeQuery {
    pub fn stated(&self) -> Option<&Words> {
        self.purpose.as_ref()
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LawQuery {
    /// 按哪一天的规定，不写为今天。
    #[param(value_type = String, required = false, format = Date)]
    pub on: Option<NaiveDate>,
    /// 用途；能看税务或统计原值的单位必须写明，记入日志。企业看本企业不必写。
    #[param(value_type = String, required = false, min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$")]
    pub purpose: Option<Words>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "only its description is used")]
pub struct FirmPath {
    /// 统一社会信用代码。
    #[param(value_type = String, pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    uscc: String,
}

/// Said where a firm looks at itself.
const OWN: &str = "本企业查看";

/// The purpose of a reading: a firm looking at itself needs none of its own.
pub fn purpose<'a>(reader: &Reader, stated: Option<&'a Words>) -> Result<Option<&'a str>, Failure> {
    let stated = stated.map(|words| words.0.as_str());
    let stated = stated.filter(|text| !text.trim().is_empty());
    match (reader.sees_guarded(), stated) {
        (true, None) if reader.is_firm => Ok(Some(OWN)),
        (true, None) => {
            let text = "查看税务或统计原值请用参数 purpose 写明用途，用途记入日志";
            Err(Failure::Refused(text.to_string()))
        }
        (_, stated) => Ok(stated),
    }
}

/// The firm of an address, where the reader may look at it, and what it is read from.
pub async fn found(
    office: &Office,
    reader: &Reader,
    text: &str,
) -> Result<(Book, Inside), Failure> {
    let uscc = code(text)?;
    let book = book::open(office, &reader.scope).await?;
    let firm = book.seen.find(uscc).ok_or(Failure::NotHere)?;
    Ok((book, firm))
}

#[utoipa::path(
    get, path = "/api/v1/firms/{uscc}", tag = "firms", operation_id = "show_firm",
    summary = "一家企业",
    params(FirmPath, PurposeQuery),
    responses((status = 200, description = "企业的身份、阶段、类别、落点和预警", body = FirmView)),
)]
pub async fn show_firm(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Asked(asked): Asked<PurposeQuery>,
) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let (book, firm) = found(office, &reader, &uscc).await?;
    let purpose = purpose(&reader, asked.stated())?;
    reader.state_purpose(office, uscc.clone(), purpose).await?;
    let warning = match visitor.may(Right::Warnings) {
        true => warning(office, book.seen.uscc(firm)).await?,
        false => None,
    };
    answer(&view(&book, firm, warning))
}

fn view(book: &Book, firm: Inside, warning: Option<Warning>) -> FirmView {
    let (pack, seen) = (&book.pack, &book.seen);
    let name = seen.name(firm);
    let stage = seen.stage(firm).map(|stage| {
        let stage = &pack.stages[stage];
        Stage {
            id: stage.id.clone(),
            name: stage.name.clone(),
            kind: seen.kind(firm).map(|kind| stage.kinds[kind].name.clone()),
        }
    });
    let classes = pack.classes.iter().enumerate().map(|(index, class)| {
        let reasons = seen.class_reasons(firm, index, &book.parameters);
        Class {
            letter: class.letter.clone(),
            name: class.name.clone(),
            holds: seen.class(firm, index),
            reasons: sight::reasons(pack, seen.scope(), &reasons),
        }
    });
    let reasons = seen.stage_reasons(firm, &book.parameters);
    FirmView {
        stamp: Stamp::of(&book.snapshot),
        uscc: seen.uscc(firm).to_string(),
        name: (!name.is_empty()).then(|| name.to_string()),
        area: Place::of(pack, seen.area(firm)),
        county: Place::of(pack, seen.county(firm)),
        zone: Place::of(pack, seen.zone(firm)),
        is_registered: seen.registered(firm),
        is_in_scale: seen.in_scale(firm),
        stage,
        stage_reasons: sight::reasons(pack, seen.scope(), &reasons),
        classes: classes.collect(),
        pool: PoolState::of(book.pool.of(firm)),
        landing_above: landing(book, firm, LandingField::Above),
        landing_middle: landing(book, firm, LandingField::Middle),
        warning,
        notice: NOTICE.to_string(),
    }
}

/// Where the year lands, by a field of the forecast.
pub fn landing(book: &Book, firm: Inside, field: LandingField) -> Figure {
    match book.pack.slot(Origin::Landing(field)) {
        Some(slot) => Figure::of_fact(&book.pack, slot, book.seen.figure(firm, slot)),
        None => Figure::none(),
    }
}

async fn warning(office: &Office, uscc: Uscc) -> Result<Option<Warning>, Failure> {
    let judged = judged(office, None).await?;
    let firm = judged.firms.find(uscc);
    let Some(own) = firm.and_then(|firm| judged.warned(firm)) else {
        return Ok(None);
    };
    let levels = &judged.pack.warnings.levels;
    Ok(Some(Warning {
        level: levels[own.level].id.clone(),
        level_name: levels[own.level].name.clone(),
        possible: own.possible.map(|level| levels[level].name.clone()),
        reasons: judged.reason_names(&own.reasons),
    }))
}
