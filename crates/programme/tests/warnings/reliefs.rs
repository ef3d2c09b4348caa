//! What would take a firm off its level is really enough, and nothing smaller is.

use super::firms::{COUNT, draw, pack, parameters};
use programme::outlook::{Card, card};

#[test]
fn without_these_items_the_firm_is_below_the_level() {
    let pack = pack();
    let parameters = parameters(&pack);
    let from: Vec<i64> = pack
        .warnings
        .levels
        .iter()
        .map(|level| parameters[level.points].expect("in force"))
        .collect();
    let mut looked_at = 0;
    for row in draw(&pack, COUNT, 3) {
        let Some(card) = card(&pack, &row, &parameters) else {
            continue;
        };
        let levels: Vec<usize> = card.reliefs.iter().map(|relief| relief.level).collect();
        let reached = (0..card.level.map_or(0, |level| level + 1)).rev();
        assert_eq!(levels, reached.collect::<Vec<_>>());
        for relief in &card.reliefs {
            let enough = smallest(&card, from[relief.level]);
            assert!(!relief.ways.is_empty(), "{row:?}");
            for way in &relief.ways {
                looked_at += 1;
                assert!(left(&card, way) < from[relief.level], "{way:?} {row:?}");
                assert_eq!(way.len(), enough, "{way:?} {row:?}");
            }
        }
    }
    assert!(looked_at > COUNT, "{looked_at}");
}

/// Points without some items.
fn left(card: &Card, without: &[usize]) -> i64 {
    let lines = card.lines.iter().enumerate();
    let held = lines.filter(|(item, line)| line.holds == Some(true) && !without.contains(item));
    held.map(|(_, line)| line.points).sum()
}

/// How few items suffice, by trying all subsets of those that hold.
fn smallest(card: &Card, from: i64) -> usize {
    let lines = card.lines.iter().enumerate();
    let held: Vec<usize> = lines
        .filter(|(_, line)| line.holds == Some(true))
        .map(|(item, _)| item)
        .collect();
    let subsets = 0u32..1 << held.len();
    let enough = subsets.filter(|subset| {
        let chosen = held.iter().enumerate();
        let chosen = chosen.filter(|(place, _)| subset & (1 << place) != 0);
        let chosen: Vec<usize> = chosen.map(|(_, item)| *item).collect();
        left(card, &chosen) < from
    });
    let sizes = enough.map(|subset| subset.count_ones() as usize);
    sizes.min().expect("without any item there are no points")
}
