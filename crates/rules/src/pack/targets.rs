//! Targets that were issued with the plan itself.

use super::divisions::{DivisionCode, Divisions, Level};
use super::source::Source;
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetFile {
    year: i32,
    status: String,
    document: String,
    total: u32,
    cites: String,
    target: Vec<TargetRow>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetRow {
    division: String,
    count: u32,
}

/// The issued targets of one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearTargets {
    pub year: i32,
    pub document: String,
    pub cites: String,
    pub total: u32,
    /// By area, in order of codes.
    pub areas: Vec<(DivisionCode, u32)>,
}

pub(super) fn read(source: &mut Source<'_>, divisions: &Divisions) -> Option<YearTargets> {
    let file: TargetFile = source.whole()?;
    if file.status != "issued" {
        source.note_line(1, format!("状态“{}”应为 issued", file.status));
    }
    let mut areas = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &file.target {
        let area = row
            .division
            .parse()
            .ok()
            .and_then(|code: DivisionCode| divisions.get(code))
            .filter(|division| division.level == Level::Area);
        match area {
            Some(area) if seen.insert(area.code) => areas.push((area.code, row.count)),
            Some(area) => source.note_line(1, format!("{}的目标重复", area.name)),
            None => source.note_line(1, format!("“{}”不是省辖市代码", row.division)),
        }
    }
    let sum: u32 = areas.iter().map(|(_, count)| count).sum();
    if sum != file.total {
        source.note_line(1, format!("各市目标合计 {sum}，与总数 {} 不符", file.total));
    }
    areas.sort_unstable();
    Some(YearTargets {
        year: file.year,
        document: file.document,
        cites: file.cites,
        total: file.total,
        areas,
    })
}
