//! Where each area stands on the map of tiles: its rough place, as data of the pack.
//!
//! Official maps need an approval; tiles need none. They know codes and places on a grid.

use super::divisions::{DivisionCode, Divisions, Level};
use super::source::{Placed, Source};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Columns from west to east that a page has room for.
pub const COLUMNS_MAX: u32 = 7;
/// Rows from north to south.
pub const ROWS_MAX: u32 = 8;
/// Columns where the pack does not say where areas are.
const COLUMNS_USUAL: usize = 6;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TileEntry {
    area: String,
    column: u32,
    row: u32,
}

/// One area on the grid, both numbers from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    pub area: DivisionCode,
    pub column: u32,
    pub row: u32,
}

/// Every area once, in order of codes. A pack without tiles shows its areas in that order.
pub(super) fn usual(divisions: &Divisions) -> Vec<Tile> {
    let areas = divisions.areas().enumerate();
    let tiles = areas.map(|(place, area)| Tile {
        area: area.code,
        column: (place % COLUMNS_USUAL) as u32 + 1,
        row: (place / COLUMNS_USUAL) as u32 + 1,
    });
    tiles.collect()
}

pub(super) fn read(source: &mut Source<'_>, divisions: &Divisions) -> Vec<Tile> {
    let entries: Vec<Placed<TileEntry>> = source.entries("tile");
    let mut by_area: BTreeMap<DivisionCode, Tile> = BTreeMap::new();
    let mut taken: BTreeMap<(u32, u32), DivisionCode> = BTreeMap::new();
    for Placed { line, value } in &entries {
        let area = value
            .area
            .parse()
            .ok()
            .and_then(|code: DivisionCode| divisions.get(code))
            .filter(|division| division.level == Level::Area);
        let Some(area) = area else {
            source.note_line(*line, format!("“{}”不是省辖市代码", value.area));
            continue;
        };
        let tile = Tile {
            area: area.code,
            column: value.column,
            row: value.row,
        };
        if !(1..=COLUMNS_MAX).contains(&tile.column) || !(1..=ROWS_MAX).contains(&tile.row) {
            let text = format!(
                "{}的位置超出地图，column 应为 1 至 {COLUMNS_MAX}，row 应为 1 至 {ROWS_MAX}",
                area.name
            );
            source.note_line(*line, text);
        }
        if by_area.insert(tile.area, tile).is_some() {
            source.note_line(*line, format!("{}写了两次", area.name));
        } else if let Some(other) = taken.insert((tile.column, tile.row), tile.area) {
            let text = format!("{}与{}在同一格", area.name, divisions.name(other));
            source.note_line(*line, text);
        }
    }
    let missing = divisions
        .areas()
        .filter(|area| !by_area.contains_key(&area.code));
    for area in missing {
        source.note_line(1, format!("地图上没有{}，请补上它的位置", area.name));
    }
    by_area.into_values().collect()
}
