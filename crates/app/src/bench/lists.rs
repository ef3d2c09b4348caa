//! Lists of departments, invented: every column that a fact reads gets values by its kind,
//! close to the parameters that rules compare them with, so that conditions go both ways.
//!
//! What stands close is read from the rules of the pack; no layout and no measure is named.
//!
//! ```text
//! net_assets, compared with 50,000,000.00: between half and one and a half times as much
//! ```

use super::mixed;
use chrono::NaiveDate;
use programme::deliveries::payload::{EMPTY, Rows};
use rayon::prelude::*;
use rules::expression::{Condition, Slot, Symbol};
use rules::layout::{Column, ColumnKind, Layout};
use rules::pack::Pack;
use rules::pack::facts::Origin;
use std::collections::BTreeSet;

/// Of a hundred firms so many are in every list; lists differ in how many more.
const LISTED_PERCENT: u64 = 60;
/// One value of so many is not stated.
const UNSTATED_EACH: u64 = 12;
/// Of eight flags so many say what the rules want to hear.
const WANTED_OF_EIGHT: u64 = 7;
/// Of a hundred firms so many have an entry of each kind in a list of several kinds.
const ENTRY_PERCENT: u64 = 25;

/// The lists that facts are read from.
pub(super) fn read_by_facts(pack: &Pack) -> Vec<&Layout> {
    let read = pack.facts.iter().filter_map(|fact| match fact.origin {
        Origin::Delivered(delivered) => Some(delivered.layout),
        _ => None,
    });
    let places: BTreeSet<usize> = read.collect();
    places.iter().map(|place| &pack.layouts[*place]).collect()
}

/// Rows of a list for some of the firms, sorted as a delivery is.
pub(super) fn rows(pack: &Pack, layout: &Layout, keys: &[u128], on: NaiveDate) -> Rows {
    let entries = entries(layout, keys.len());
    let mut rows = Rows::for_layout(layout);
    rows.keys = entries.iter().map(|(firm, _)| keys[*firm]).collect();
    let place = pack.layouts.iter().position(|own| own.id == layout.id);
    let place = place.expect("a layout of the pack");
    for (name, values) in &mut rows.numbers {
        let index = layout.column(name).expect("rows follow the layout");
        let column = &layout.columns[index];
        let is_distinct = layout.distinct_by.as_ref() == Some(name);
        if is_distinct && !column.choices.is_empty() {
            *values = entries.iter().map(|(_, choice)| *choice).collect();
            continue;
        }
        let near = Near::of(pack, (place, index), on);
        let salt = (place * 64 + index) as u64;
        *values = entries
            .par_iter()
            .map(|(firm, choice)| {
                let chance = Chance(mixed(*firm as u64, salt * 8 + *choice as u64));
                match column.filled || !chance.part(0).is_multiple_of(UNSTATED_EACH) {
                    true => near.value(pack, column, chance),
                    false => EMPTY,
                }
            })
            .collect();
    }
    for (_, texts) in &mut rows.texts {
        *texts = vec![String::new(); entries.len()];
    }
    rows
}

/// Which firms are in a list; where it tells entries of a firm apart by a choice, which.
fn entries(layout: &Layout, firms: usize) -> Vec<(usize, i64)> {
    let salt = layout
        .id
        .bytes()
        .fold(0, |sum, byte| mixed(sum, byte.into()));
    let distinct = layout.distinct_by.as_ref();
    let distinct = distinct.and_then(|id| layout.columns.iter().find(|column| column.id == *id));
    let choices = distinct.map_or(0, |column| column.choices.len());
    let percent = LISTED_PERCENT + salt % (100 - LISTED_PERCENT);
    let has = |firm: usize, choice: usize, percent: u64| {
        mixed(firm as u64, salt ^ choice as u64) % 100 < percent
    };
    match choices {
        0 => (0..firms)
            .filter(|firm| has(*firm, 0, percent))
            .map(|firm| (firm, 0))
            .collect(),
        choices => (0..firms)
            .flat_map(|firm| (0..choices).map(move |choice| (firm, choice)))
            .filter(|(firm, choice)| has(*firm, choice + 1, ENTRY_PERCENT))
            .map(|(firm, choice)| (firm, choice as i64))
            .collect(),
    }
}

/// One number that looks random, for several decisions.
#[derive(Clone, Copy)]
struct Chance(u64);

impl Chance {
    fn part(self, decision: u64) -> u64 {
        mixed(self.0, decision + 101) >> 20
    }

    fn below(self, decision: u64, bound: i64) -> i64 {
        (self.part(decision) % bound.max(1).unsigned_abs()) as i64
    }
}

/// What the rules of a day compare a column with.
struct Near {
    values: Vec<i64>,
    /// Rules want the flag not to be set.
    is_unwanted: bool,
}

impl Near {
    fn of(pack: &Pack, (layout, column): (usize, usize), on: NaiveDate) -> Near {
        let own = pack.facts.iter().enumerate().filter(|(_, fact)| {
            matches!(fact.origin, Origin::Delivered(read)
                if read.layout == layout && read.column == Some(column))
        });
        let slots: BTreeSet<usize> = own.map(|(slot, _)| slot).collect();
        let parameters = pack.parameters_on(on);
        let mut near = Near {
            values: Vec::new(),
            is_unwanted: false,
        };
        let versions = pack.measures.iter().flat_map(|measure| &measure.versions);
        let requirements = versions.flat_map(|version| &version.requirements);
        for condition in requirements.map(|requirement| &requirement.condition) {
            near.is_unwanted |= slots.iter().any(|slot| is_denied(condition, *slot));
            let mut leaves = Vec::new();
            condition.leaves(&mut leaves);
            for leaf in leaves {
                let read = leaf.slots();
                let own = read
                    .iter()
                    .find(|slot| matches!(slot, Slot::Fact(fact) if slots.contains(fact)));
                let Some(own) = own.and_then(|slot| pack.vocabulary.at(*slot)) else {
                    continue;
                };
                near.values.extend(compared(pack, own, &read, &parameters));
            }
        }
        near.values.sort_unstable();
        near.values.dedup();
        near
    }

    fn value(&self, pack: &Pack, column: &Column, chance: Chance) -> i64 {
        let near = self
            .values
            .get(chance.below(1, self.values.len() as i64) as usize);
        match (column.kind, near) {
            (ColumnKind::Flag, _) => {
                let is_wanted = chance.part(2) % 8 < WANTED_OF_EIGHT;
                i64::from(is_wanted != self.is_unwanted)
            }
            (ColumnKind::Choice, _) => chance.below(2, column.choices.len() as i64),
            (ColumnKind::Date, Some(day)) => day - 200 + chance.below(2, 700),
            (ColumnKind::Date, None) => 20_700 - chance.below(2, 1_000),
            (ColumnKind::Month, Some(month)) => month - 12 + chance.below(2, 24),
            (ColumnKind::Month, None) => 24_320 - chance.below(2, 40),
            (ColumnKind::Division, _) => {
                let areas: Vec<u32> = pack.divisions.areas().map(|area| area.code).collect();
                i64::from(areas[chance.below(2, areas.len() as i64) as usize])
            }
            // Half to one and a half times, and next to it where numbers are small.
            (_, Some(value)) if *value != 0 => {
                let scaled = i128::from(*value) * i128::from(500 + chance.below(2, 1_000));
                ((scaled / 1_000) as i64 + chance.below(3, 3) - 1).max(0)
            }
            (ColumnKind::Money, _) => (1_000 + chance.below(2, 1_000)) << chance.below(3, 20),
            (ColumnKind::Percent, _) => chance.below(2, 10_001),
            _ => chance.below(2, 300),
        }
    }
}

/// The parameters' values among what a leaf reads, where they are of the fact's kind.
fn compared(pack: &Pack, own: &Symbol, read: &[Slot], parameters: &[Option<i64>]) -> Vec<i64> {
    let others = read.iter().filter_map(|slot| match slot {
        Slot::Parameter(place) => {
            let symbol = pack.vocabulary.at(*slot)?;
            let is_like = std::mem::discriminant(&symbol.kind) == std::mem::discriminant(&own.kind);
            is_like.then_some(parameters[*place]?)
        }
        Slot::Fact(_) => None,
    });
    others.collect()
}

/// Whether a condition asks for the opposite of a boolean fact.
fn is_denied(condition: &Condition, slot: usize) -> bool {
    match condition {
        Condition::Not(inner) => **inner == Condition::Holds(Slot::Fact(slot)),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().any(|part| is_denied(part, slot))
        }
        _ => false,
    }
}
