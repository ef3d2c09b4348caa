//! Who is above scale, since when, for the first time or again: as the statistics
//! authority's confirmed lists say, and nothing else.
//!
//! A firm missing from the newest list without a recorded exit is not in the list; when
//! and why it left stays unknown.

use crate::deliveries::payload::{EMPTY, Rows};
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use std::collections::HashMap;

/// Which door a firm entered by (domain §1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Annual,
    Monthly,
}

/// Place of the reason in the layout's list of choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftReason(pub i64);

/// One stay above scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    pub entered: Month,
    pub door: Door,
    pub left: Option<Month>,
    pub reason: Option<LeftReason>,
    /// Order of the newest list in which the spell stands.
    listed: usize,
    /// The batch of that list.
    pub batch: i64,
}

/// One confirmed list that the book was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedList {
    pub batch: i64,
    pub month: Month,
    /// The area it covers; the province where absent.
    pub region: Option<DivisionCode>,
}

/// All spells of all firms, from the lists up to a month.
#[derive(Debug, Clone, Default)]
pub struct StatusBook {
    lists: Vec<ConfirmedList>,
    spells: HashMap<u128, Vec<Spell>>,
    predecessors: HashMap<u128, u128>,
    successors: HashMap<u128, u128>,
}

/// A firm's status in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusOn {
    /// Unknown where no confirmed list has come in.
    pub in_scale: Option<bool>,
    /// The last spell that had begun by then.
    pub last: Option<Spell>,
    /// Whether that spell was the first ever, over all predecessor codes.
    pub first: bool,
}

impl StatusBook {
    /// `lists` in the order of their months and numbers, oldest first.
    pub fn new(lists: Vec<(ConfirmedList, Rows)>, predecessors: HashMap<u128, u128>) -> StatusBook {
        let mut book = StatusBook {
            successors: predecessors
                .iter()
                .map(|(now, before)| (*before, *now))
                .collect(),
            predecessors,
            ..StatusBook::default()
        };
        for (order, (list, rows)) in lists.into_iter().enumerate() {
            book.add(order, list.batch, &rows);
            book.lists.push(list);
        }
        for spells in book.spells.values_mut() {
            spells.sort_by_key(|spell| spell.entered);
        }
        book
    }

    fn add(&mut self, order: usize, batch: i64, rows: &Rows) {
        let column = |name: &str| rows.number(name).unwrap_or_default();
        let (entered, doors) = (column("entered"), column("entry_door"));
        let (left, reasons) = (column("left"), column("left_reason"));
        for (row, key) in rows.keys.iter().enumerate() {
            let number = |values: &[i64]| values.get(row).copied().filter(|n| *n != EMPTY);
            let month = |values: &[i64]| number(values).and_then(|n| Month::from_index(n as i32));
            let Some(entered) = month(entered) else {
                continue;
            };
            let spell = Spell {
                entered,
                door: if number(doors) == Some(1) {
                    Door::Monthly
                } else {
                    Door::Annual
                },
                left: month(left),
                reason: number(reasons).map(LeftReason),
                listed: order,
                batch,
            };
            let spells = self.spells.entry(*key).or_default();
            match spells.iter_mut().find(|known| known.entered == entered) {
                Some(known) => *known = spell,
                None => spells.push(spell),
            }
        }
    }

    pub fn lists(&self) -> &[ConfirmedList] {
        &self.lists
    }

    /// Every firm that ever stood in a list.
    pub fn keys(&self) -> impl Iterator<Item = u128> + '_ {
        self.spells.keys().copied()
    }

    /// The code that a firm uses now, where this one was given up.
    pub fn successor(&self, key: u128) -> Option<u128> {
        self.successors.get(&key).copied()
    }

    /// Whether a code was given up for another: its firm goes on under the new code.
    pub fn is_former_code(&self, key: u128) -> bool {
        self.successors.contains_key(&key)
    }

    /// Whether an entry only carries on the stay of the code that the firm had before:
    /// that stay ended within so many months of it, or has not ended.
    pub fn carries_on(&self, key: u128, entered: Month, months: u32) -> bool {
        let before = self
            .predecessors
            .get(&key)
            .map_or(&[][..], |code| self.spells(*code));
        before
            .iter()
            .any(|spell| spell.left.is_none_or(|left| near(left, entered, months)))
    }

    /// Whether a stay that ended is carried on under the firm's new code.
    pub fn is_carried_on(&self, key: u128, left: Month, months: u32) -> bool {
        let after = self
            .successors
            .get(&key)
            .map_or(&[][..], |code| self.spells(*code));
        after.iter().any(|spell| near(left, spell.entered, months))
    }

    /// Every spell of a firm, oldest first.
    pub fn spells(&self, key: u128) -> &[Spell] {
        self.spells.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Status in a month. `area` is where the firm produces: lists may cover one area.
    pub fn on(&self, key: u128, area: Option<DivisionCode>, as_of: Month) -> StatusOn {
        let newest = self
            .lists
            .iter()
            .rposition(|list| list.region.is_none() || list.region == area);
        let spells = self.spells(key);
        let last = spells.iter().rfind(|spell| spell.entered <= as_of).cloned();
        let last = last.map(|mut spell| {
            if spell.left.is_some_and(|left| left > as_of) {
                spell.left = None;
                spell.reason = None;
            }
            spell
        });
        let in_scale = newest.map(|newest| {
            last.as_ref()
                .is_some_and(|spell| spell.left.is_none() && spell.listed >= newest)
        });
        let first = last
            .as_ref()
            .is_some_and(|spell| !self.was_in_before(key, spell.entered));
        StatusOn {
            in_scale,
            last,
            first,
        }
    }

    /// Whether a firm stood above scale at the end of an earlier month, as the lists of then had
    /// it; unknown where no list of then covers the area. Unlike [`StatusBook::on`], later
    /// lists do not take a firm back that they merely no longer name.
    pub fn stood(&self, key: u128, area: Option<DivisionCode>, then: Month) -> Option<bool> {
        let newest = self.lists.iter().rposition(|list| {
            list.month <= then && (list.region.is_none() || list.region == area)
        })?;
        let stands = |spell: &Spell| {
            spell.entered <= then
                && spell.left.is_none_or(|left| left > then)
                && spell.listed >= newest
        };
        Some(self.spells(key).iter().any(stands))
    }

    /// Whether the firm, or a predecessor of it, entered before a month.
    pub fn was_in_before(&self, key: u128, month: Month) -> bool {
        const CHAIN_MAX: usize = 16;
        let mut current = Some(key);
        for _ in 0..CHAIN_MAX {
            let Some(code) = current else {
                return false;
            };
            if self.spells(code).iter().any(|spell| spell.entered < month) {
                return true;
            }
            current = self.predecessors.get(&code).copied();
        }
        false
    }
}

fn near(one: Month, other: Month, months: u32) -> bool {
    one.index().abs_diff(other.index()) <= months
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().expect("a month")
    }

    /// A list of the whole province that names these firms, all entered in the same month.
    fn list(batch: i64, of: &str, firms: &[u128]) -> (ConfirmedList, Rows) {
        let entered = i64::from(month("2020-01").index());
        let rows = Rows {
            keys: firms.to_vec(),
            numbers: vec![("entered".to_string(), vec![entered; firms.len()])],
            ..Rows::default()
        };
        let list = ConfirmedList {
            batch,
            month: month(of),
            region: None,
        };
        (list, rows)
    }

    #[test]
    fn who_stood_then_is_read_from_the_lists_of_then() {
        let lists = vec![list(1, "2025-09", &[1, 2]), list(2, "2026-09", &[1])];
        let book = StatusBook::new(lists, HashMap::new());
        let (then, now, before) = (month("2025-10"), month("2026-09"), month("2025-08"));
        // The second firm is no longer named, without a recorded exit.
        assert_eq!(book.stood(2, None, then), Some(true));
        assert_eq!(book.stood(2, None, now), Some(false));
        assert_eq!(
            book.on(2, None, then).in_scale,
            Some(false),
            "today's answer"
        );
        assert_eq!(book.stood(1, None, now), Some(true));
        assert_eq!(book.stood(3, None, then), Some(false));
        assert_eq!(book.stood(1, None, before), None, "no list of then");
    }
}
