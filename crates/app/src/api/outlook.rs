//! Warned firms: level and categories of reasons, no figure.

use super::answer::{Place, Stamp, answer};
use super::asked::{Asked, Cursor, Division, Limit};
use super::cursor::Pages;
use super::figure::FirmName;
use crate::outlook::warnings::{Judged, Warned, judged, wanted};
use crate::reader::Reader;
use crate::web::failure::Outcome;
use crate::web::visitor::Visitor;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 退规预警名单的一页。
#[derive(Serialize, ToSchema)]
pub struct WarningPage {
    pub stamp: Stamp,
    pub count: u64,
    /// 各级家数，最重的在前。
    pub levels: Vec<LevelCount>,
    pub firms: Vec<WarnedFirm>,
    /// 下一页的游标；没有下一页时为空。
    pub next: Option<String>,
    pub notice: String,
}

/// 一级的家数。
#[derive(Serialize, ToSchema)]
pub struct LevelCount {
    pub id: String,
    pub name: String,
    pub meaning: String,
    pub count: u64,
}

/// 预警的一家企业：级别和原因类别，不含数字。
#[derive(Serialize, ToSchema)]
pub struct WarnedFirm {
    #[serde(flatten)]
    pub firm: FirmName,
    pub level: String,
    pub level_name: String,
    /// 数据补齐后最高可到的级别；数据齐全时为空。
    pub possible: Option<String>,
    pub reasons: Vec<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WarningsQuery {
    /// 只要这一级的企业。
    #[param(value_type = super::firms::Word, required = false)]
    level: Option<Level>,
    /// 只要这个省辖市、县（市、区）的企业；六位代码。
    #[param(value_type = String, required = false, pattern = "^[0-9]{6}$")]
    division: Option<Division>,
    /// 每页家数，不写为 100。
    #[serde(default)]
    #[param(value_type = u16, required = false, minimum = 1, maximum = 500, default = 100)]
    limit: Limit,
    /// 上一页给出的游标。
    #[param(value_type = String, required = false, pattern = "^[0-9a-f]{25,40}$")]
    cursor: Option<Cursor>,
}

/// A level by its id.
#[derive(Debug)]
struct Level(String);

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
        let text = String::deserialize(deserializer)?;
        match super::firms::is_word(&text, b"_.-") {
            true => Ok(Level(text)),
            false => Err(serde::de::Error::custom("level")),
        }
    }
}

#[utoipa::path(
    get, path = "/api/v1/outlook/warnings", tag = "outlook", operation_id = "list_warnings",
    summary = "退规预警名单",
    params(WarningsQuery),
    responses((status = 200, description = "名单的一页，最重的在前", body = WarningPage)),
)]
pub async fn list_warnings(visitor: Visitor, Asked(asked): Asked<WarningsQuery>) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let judged = judged(office, None).await?;
    let division = asked.division.map(|division| division.0);
    let level = asked.level.map_or(String::new(), |level| level.0);
    let levels: Vec<String> = Some(level.clone())
        .filter(|id| !id.is_empty())
        .into_iter()
        .collect();
    let wanted = wanted(&judged.pack, &levels, None, division)?;
    let found = judged.find(&reader.scope, &wanted);
    let parts = [
        "warnings",
        &judged.snapshot.id.to_string(),
        &level,
        &division.map_or(String::new(), |code| code.to_string()),
    ];
    let pages = Pages::new(&visitor, &parts)?;
    let cursor = asked.cursor.as_ref().map(|cursor| cursor.0.as_str());
    let (places, next) = pages.cut(cursor, asked.limit.0, found.len())?;
    answer(&WarningPage {
        stamp: Stamp::of(&judged.snapshot),
        count: found.len() as u64,
        levels: counts(&judged, &found),
        firms: found[places]
            .iter()
            .map(|own| warned(&judged, own))
            .collect(),
        next,
        notice: judged.pack.warnings.hand_over.notice.clone(),
    })
}

fn counts(judged: &Judged, found: &[&Warned]) -> Vec<LevelCount> {
    let levels = judged.pack.warnings.levels.iter().enumerate().rev();
    let counts = levels.map(|(index, level)| LevelCount {
        id: level.id.clone(),
        name: level.name.clone(),
        meaning: level.meaning.clone(),
        count: found.iter().filter(|own| own.level == index).count() as u64,
    });
    counts.collect()
}

fn warned(judged: &Judged, own: &Warned) -> WarnedFirm {
    let firms = &judged.firms;
    let name = firms.name(own.firm);
    let levels = &judged.pack.warnings.levels;
    WarnedFirm {
        firm: FirmName {
            uscc: firms.uscc(own.firm).to_string(),
            name: (!name.is_empty()).then(|| name.to_string()),
            area: Place::of(&judged.pack, firms.area(own.firm)),
            county: Place::of(&judged.pack, firms.county(own.firm)),
        },
        level: levels[own.level].id.clone(),
        level_name: levels[own.level].name.clone(),
        possible: own.possible.map(|level| levels[level].name.clone()),
        reasons: judged.reason_names(&own.reasons),
    }
}
