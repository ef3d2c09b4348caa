//! A whole province by hand: 18 areas with the targets of the plan, 157 counties, figures
//! that follow from the codes. No firm stands behind it.

use chrono::NaiveDate;
use programme::bulletins::ApprovedAnnexes;
use programme::bulletins::compose::{
    AnnualRules, CandidateCounts, ExitsByReason, Material, ReasonCount, SnapshotRef,
};
use programme::pool::coverage::{Coverage, required};
use programme::targets::progress::{AreaProgress, DivisionProgress, Progress, Standing};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::files::PackFiles;
use rules::period::{Month, ReportPeriod};
use std::path::Path;

pub fn pack() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/henan");
    let files = PackFiles::read(&folder).expect("the pack can be read");
    Pack::check(files, programme::CAPABILITIES).expect("the pack has no findings")
}

/// How the year went, in percent of the target, area by area in order of codes.
const AUTUMN: [u32; 18] = [
    52, 31, 44, 40, 38, 76, 47, 41, 33, 80, 42, 24, 45, 36, 43, 28, 40, 43,
];
const WINTER: [u32; 18] = [
    104, 72, 101, 96, 88, 122, 100, 97, 79, 131, 102, 55, 108, 83, 100, 58, 94, 100,
];

pub struct Figures {
    pub progress: Progress,
    pub coverage: Vec<Coverage>,
}

/// At the end of September, or at the end of December.
pub fn figures(pack: &Pack, month: Month) -> Figures {
    let is_year_end = month.number() == 12;
    let completion = if is_year_end { WINTER } else { AUTUMN };
    let targets = &pack.targets[0].areas;
    let mut areas = Vec::new();
    let mut coverage = Vec::new();
    for ((code, target), percent) in targets.iter().zip(completion) {
        let entered = (target * percent).div_ceil(100);
        let counties = counties(pack, *code, entered);
        coverage.extend(pools(*code, *target, percent, &counties));
        areas.push(AreaProgress {
            area: division(*code, Some(*target), entered),
            counties,
        });
    }
    let sum = |pick: fn(&DivisionProgress) -> u32| areas.iter().map(|a| pick(&a.area)).sum();
    let province = DivisionProgress {
        division: Some(410_000),
        target: Some(2_500),
        entered: sum(|a| a.entered),
        first: sum(|a| a.first),
        returned: sum(|a| a.returned),
        left: sum(|a| a.left),
        in_scale: sum(|a| a.in_scale),
        entered_year_before: sum(|a| a.entered_year_before),
    };
    Figures {
        progress: Progress {
            as_of: month,
            province,
            areas,
            unplaced: None,
            standing: Standing::Preliminary,
            linear_percent: if is_year_end { 100 } else { 75 },
            expected_percent: if is_year_end { 100 } else { 40 },
        },
        coverage,
    }
}

pub fn material<'a>(pack: &'a Pack, period: ReportPeriod, figures: &'a Figures) -> Material<'a> {
    let reached = figures.progress.areas.iter().map(|area| {
        let code = area.area.division.expect("areas have codes");
        (code, area.area.entered / 12)
    });
    let reached_by_area: std::collections::BTreeMap<_, _> = reached.collect();
    let reached: u32 = reached_by_area.values().sum();
    let day = match period {
        ReportPeriod::Quarter { .. } => NaiveDate::from_ymd_opt(2026, 10, 14),
        ReportPeriod::Year(year) => NaiveDate::from_ymd_opt(year + 1, 1, 25),
    };
    let day = day.expect("a day");
    Material {
        pack,
        period,
        progress: &figures.progress,
        coverage: &figures.coverage,
        exits: exits(&figures.progress),
        candidates: CandidateCounts {
            by_class: vec![reached, 120, 640, 880],
            reached,
            reached_by_area,
        },
        snapshot: SnapshotRef {
            id: 12,
            fingerprint: "1a2b3c4d5e6f70819203a4b5c6d7e8f91a2b3c4d5e6f70819203a4b5c6d7e8f9".into(),
            as_of: figures.progress.as_of,
            known_by: day.pred_opt().expect("a day before"),
        },
        date: day,
        number: None,
        banner: None,
        correction: None,
        annual_rules: AnnualRules {
            praise_percent: 100,
            criticism_percent: 80,
            summon_percent: 60,
            summon_lowest: 2,
        },
        approved: ApprovedAnnexes::default(),
    }
}

/// Every area counts its exits by two reasons, the first the larger one.
fn exits(progress: &Progress) -> ExitsByReason {
    let of = |left: u32| -> Vec<ReasonCount> {
        let stopped = left / 3;
        [("规上转规下", left - stopped), ("停产歇业", stopped)]
            .map(|(reason, count)| ReasonCount {
                reason: reason.to_string(),
                count,
            })
            .into_iter()
            .filter(|reason| reason.count > 0)
            .collect()
    };
    let areas = progress.areas.iter().map(|area| {
        let code = area.area.division.expect("areas have codes");
        (code, of(area.area.left))
    });
    ExitsByReason {
        province: of(progress.province.left - 4),
        areas: areas.collect(),
    }
}

fn counties(pack: &Pack, area: DivisionCode, entered: u32) -> Vec<DivisionProgress> {
    let codes: Vec<_> = pack.divisions.counties_of(area).map(|c| c.code).collect();
    if codes.is_empty() {
        return vec![division(area, None, entered)];
    }
    // The first counties of an area share what it has; the last ones go without.
    let busy = codes.len() - (area / 100 % 4) as usize;
    let even = entered / busy as u32;
    codes
        .iter()
        .enumerate()
        .map(|(index, code)| match index {
            0 => division(*code, None, entered - even * (busy as u32 - 1)),
            index if index < busy => division(*code, None, even),
            _ => division(*code, None, 0),
        })
        .collect()
}

fn division(code: DivisionCode, target: Option<u32>, entered: u32) -> DivisionProgress {
    let returned = entered / 9;
    let is_area = target.is_some();
    DivisionProgress {
        division: Some(code),
        target,
        entered,
        first: entered - returned,
        returned,
        left: if is_area {
            entered / 8 + code % 3
        } else {
            entered / 9
        },
        in_scale: target.map_or(30 + entered * 8, |target| target * 9 + entered),
        entered_year_before: entered - entered / 10,
    }
}

fn pools(
    area: DivisionCode,
    target: u32,
    percent: u32,
    counties: &[DivisionProgress],
) -> Vec<Coverage> {
    let promoted = target * percent / 125;
    let in_pool = target * 27 / 20
        - promoted
        - if percent.is_multiple_of(6) {
            target / 5
        } else {
            0
        };
    let line = |county, is_area, target, in_pool: u32, promoted| Coverage {
        area,
        county,
        is_area,
        target,
        required: target.map(|target| required(target, 120)),
        in_pool,
        promoted,
        by_class: vec![
            in_pool / 40,
            in_pool / 20,
            in_pool / 3,
            in_pool - in_pool / 40 - in_pool / 20 - in_pool / 3,
            0,
        ],
    };
    let mut lines = vec![line(None, true, Some(target), in_pool, promoted)];
    let share = counties.len() as u32;
    for county in counties
        .iter()
        .filter(|county| county.division != Some(area))
    {
        lines.push(line(
            county.division,
            false,
            None,
            in_pool / share,
            promoted / share,
        ));
    }
    lines
}
