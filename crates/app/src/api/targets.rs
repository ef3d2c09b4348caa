//! Targets and how far they are reached, by place.

use super::answer::{Place, Stamp, answer};
use super::asked::{Asked, Nothing};
use crate::grounds::sums_now;
use crate::outlook::newest;
use crate::reader::Reader;
use crate::web::failure::Outcome;
use crate::web::visitor::Visitor;
use programme::people::Scope;
use programme::targets::progress::{DivisionProgress, Progress, Standing};
use rules::pack::Pack;
use serde::Serialize;
use utoipa::ToSchema;

/// 年度目标进度。
#[derive(Serialize, ToSchema)]
pub struct ProgressView {
    pub stamp: Stamp,
    pub year: i32,
    pub standing: StandingName,
    /// 时序进度，百分数。
    pub linear_percent: u32,
    /// 按往年经验的预期进度，百分数。
    pub expected_percent: u32,
    /// 全省合计。
    pub province: ProgressLine,
    /// 本岗位范围内的市、县。
    pub lines: Vec<ProgressLine>,
}

/// 数字的性质。
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandingName {
    /// 初步数。
    Preliminary,
    /// 核定数。
    Final,
}

/// 一个地区的进度。
#[derive(Serialize, ToSchema)]
pub struct ProgressLine {
    /// 所在省辖市；全省合计为空。
    pub area: Option<Place>,
    /// 县（市、区）；全市一行和市直及县级待核为空。
    pub county: Option<Place>,
    /// 是否全省或全市合计。
    pub is_total: bool,
    /// 年度目标；没有下达时为空。
    pub target: Option<u32>,
    /// 本年新增。
    pub entered: u32,
    /// 其中首次。
    pub first: u32,
    /// 其中再次。
    pub returned: u32,
    /// 上年同期新增。
    pub entered_year_before: u32,
    /// 退库。
    pub left: u32,
    /// 在库数。
    pub in_scale: u32,
    /// 是否低于预期；没有目标时为空。
    pub is_behind: Option<bool>,
}

#[utoipa::path(
    get, path = "/api/v1/targets/progress", tag = "targets", operation_id = "show_progress",
    summary = "年度目标进度",
    responses((status = 200, description = "全省合计，以及本岗位范围内的市、县", body = ProgressView)),
)]
pub async fn show_progress(visitor: Visitor, Asked(_): Asked<Nothing>) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let (snapshot, firms) = newest(office, None).await?;
    let sums = sums_now(office, &snapshot, &firms).await?;
    let progress = &sums.progress;
    answer(&ProgressView {
        stamp: Stamp::of(&snapshot),
        year: snapshot.as_of.year(),
        standing: match progress.standing {
            Standing::Preliminary => StandingName::Preliminary,
            Standing::Final => StandingName::Final,
        },
        linear_percent: progress.linear_percent,
        expected_percent: progress.expected_percent,
        province: line(progress, &progress.province, (None, None), true),
        lines: lines(&office.pack, &reader.scope, progress),
    })
}

fn lines(pack: &Pack, scope: &Scope, progress: &Progress) -> Vec<ProgressLine> {
    let mut lines = Vec::new();
    for own in &progress.areas {
        let Some(area) = own.area.division else {
            continue;
        };
        let place = |code| Place::of(pack, code);
        if scope.covers_division(pack, area) {
            lines.push(line(progress, &own.area, (place(Some(area)), None), true));
        }
        for county in &own.counties {
            let code = county.division.unwrap_or(area);
            if scope.covers_division(pack, code) {
                let places = (place(Some(area)), place(county.division));
                lines.push(line(progress, county, places, false));
            }
        }
    }
    lines
}

fn line(
    progress: &Progress,
    own: &DivisionProgress,
    (area, county): (Option<Place>, Option<Place>),
    is_total: bool,
) -> ProgressLine {
    ProgressLine {
        area,
        county,
        is_total,
        target: own.target,
        entered: own.entered,
        first: own.first,
        returned: own.returned,
        entered_year_before: own.entered_year_before,
        left: own.left,
        in_scale: own.in_scale,
        is_behind: own.is_behind(progress.expected_percent),
    }
}
