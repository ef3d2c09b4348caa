//! Facts out of delivered lists: certificates, yearly tax figures, what firms stated with an
//! application. Which column of which list is the pack's business.
//!
//! Lists up to the run's month count, a later one before an earlier one. A firm that no list
//! names is unknown, unless the fact asks for just that.

use crate::deliveries::payload::{EMPTY, Rows};
use crate::deliveries::{Batch, BatchFailure, StoredBatch, load_part};
use rules::layout::Layout;
use rules::pack::Pack;
use rules::pack::delivered::{Delivered, Take};
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::Origin;
use rules::period::Month;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};

/// The lists of a run, found once for all parts.
#[derive(Debug, Default)]
pub struct Lists {
    /// Slot and definition of the facts that stand in lists.
    facts: Vec<(usize, Delivered)>,
    /// Batches of each layout that is read, oldest first, with the area that each covers.
    batches: BTreeMap<usize, Vec<(StoredBatch, Option<DivisionCode>)>>,
    /// Facts whose absence from the lists says no, and for which areas: lists came in that
    /// name such firms there; nothing stands for the province.
    told: BTreeMap<usize, BTreeSet<Option<DivisionCode>>>,
}

/// Finds the lists that count at a month.
pub async fn lists<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
) -> Result<Lists, BatchFailure> {
    let mut lists = Lists::default();
    for (slot, fact) in pack.facts.iter().enumerate() {
        if let Origin::Delivered(delivered) = fact.origin {
            lists.facts.push((slot, delivered));
        }
    }
    for layout in lists.facts.iter().map(|(_, fact)| fact.layout) {
        let kind = &pack.layouts[layout].id;
        let mut own: Vec<&Batch> = batches
            .iter()
            .filter(|batch| batch.kind == *kind && batch.month <= as_of)
            .collect();
        own.sort_by_key(|batch| (batch.month, batch.id));
        let own = own
            .iter()
            .filter_map(|batch| Some((*stored.get(&batch.id)?, batch.region)));
        lists.batches.insert(layout, own.collect());
    }
    let layouts: Vec<usize> = lists.batches.keys().copied().collect();
    for layout in layouts {
        let mut asked: Vec<(usize, Delivered)> = lists
            .facts
            .iter()
            .filter(|(_, fact)| fact.layout == layout && fact.take == Take::Exists)
            .copied()
            .collect();
        for (batch, region) in &lists.batches[&layout] {
            let is_told = |told: Option<&BTreeSet<Option<DivisionCode>>>| {
                told.is_some_and(|told| told.contains(&None) || told.contains(region))
            };
            asked.retain(|(slot, _)| lists.told.get(slot).is_none_or(|t| !t.contains(&None)));
            let open: Vec<(usize, Delivered)> = asked
                .iter()
                .filter(|(slot, _)| !is_told(lists.told.get(slot)))
                .copied()
                .collect();
            if open.is_empty() {
                continue;
            }
            let facts: Vec<Delivered> = open.iter().map(|(_, fact)| *fact).collect();
            let names = columns_of(&pack.layouts[layout], &facts);
            let rows = load_part(db, *batch, 0, 1, Some(&names)).await?;
            for (slot, fact) in open {
                let reading = Reading::new(&pack.layouts[layout], &rows, fact);
                if (0..rows.len()).any(|row| reading.is_meant(row)) {
                    lists.told.entry(slot).or_default().insert(*region);
                }
            }
        }
    }
    Ok(lists)
}

/// The columns of these facts for the firms with these sorted keys, by slot of the fact.
pub async fn delivered_columns<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    lists: &Lists,
    (keys, areas): (&[u128], &[Option<DivisionCode>]),
    (part, parts): (usize, usize),
) -> Result<BTreeMap<usize, Vec<i64>>, BatchFailure> {
    let mut columns: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    for (slot, _) in &lists.facts {
        let told = lists.told.get(slot);
        let absent = areas.iter().map(|area| match told {
            Some(told) if told.contains(&None) => 0,
            Some(told) if area.is_some() && told.contains(area) => 0,
            _ => EMPTY,
        });
        columns.insert(*slot, absent.collect());
    }
    for (layout, batches) in &lists.batches {
        let own: Vec<(usize, Delivered)> = lists
            .facts
            .iter()
            .filter(|(_, fact)| fact.layout == *layout)
            .copied()
            .collect();
        let facts: Vec<Delivered> = own.iter().map(|(_, fact)| *fact).collect();
        let layout = &pack.layouts[*layout];
        let names = columns_of(layout, &facts);
        for (batch, _) in batches {
            let rows = load_part(db, *batch, part, parts, Some(&names)).await?;
            let places = places(keys, &rows.keys);
            for (slot, fact) in &own {
                let target = columns.get_mut(slot).expect("made above");
                Reading::new(layout, &rows, *fact).write(&places, target);
            }
        }
    }
    Ok(columns)
}

fn columns_of<'a>(layout: &'a Layout, facts: &[Delivered]) -> Vec<&'a str> {
    let places = facts.iter().flat_map(|fact| {
        let filter = fact.filter.map(|(column, _)| column);
        fact.column.into_iter().chain(filter)
    });
    let distinct: BTreeSet<usize> = places.collect();
    distinct
        .into_iter()
        .map(|column| layout.columns[column].id.as_str())
        .collect()
}

/// For each row the place of its firm among the keys; both are sorted.
fn places(keys: &[u128], delivered: &[u128]) -> Vec<Option<usize>> {
    let mut firm = 0;
    delivered
        .iter()
        .map(|key| {
            while firm < keys.len() && keys[firm] < *key {
                firm += 1;
            }
            (firm < keys.len() && keys[firm] == *key).then_some(firm)
        })
        .collect()
}

/// One fact in the rows of one list.
struct Reading<'a> {
    values: Option<&'a [i64]>,
    filter: Option<(&'a [i64], i64)>,
    take: Take,
}

impl<'a> Reading<'a> {
    fn new(layout: &Layout, rows: &'a Rows, fact: Delivered) -> Reading<'a> {
        let column = |place: usize| rows.number(&layout.columns[place].id);
        Reading {
            values: fact.column.and_then(column),
            filter: fact
                .filter
                .map(|(place, value)| (column(place).unwrap_or_default(), value)),
            take: fact.take,
        }
    }

    fn is_meant(&self, row: usize) -> bool {
        self.filter
            .is_none_or(|(column, value)| column.get(row) == Some(&value))
    }

    fn write(&self, places: &[Option<usize>], target: &mut [i64]) {
        let mut before: Option<usize> = None;
        for (row, place) in places.iter().enumerate() {
            let Some(firm) = place.filter(|_| self.is_meant(row)) else {
                continue;
            };
            if self.take == Take::Exists {
                target[firm] = 1;
                continue;
            }
            let value = self.values.map_or(EMPTY, |values| values[row]);
            if value == EMPTY {
                continue;
            }
            let is_further = before == Some(firm);
            before = Some(firm);
            target[firm] = match self.take {
                Take::Sum if is_further => target[firm].checked_add(value).unwrap_or(EMPTY),
                Take::Max if is_further => target[firm].max(value),
                _ => value,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_facts_as_the_pack_says() {
        let keys = [10u128, 20, 30];
        let rows = [5u128, 10, 10, 30, 40];
        let values = [1i64, 2, 3, EMPTY, 9];
        let kinds = [0i64, 1, 1, 1, 1];
        let cases = [
            (Take::Latest, None, [3, 7, 7]),
            (Take::Sum, None, [5, 7, 7]),
            (Take::Max, None, [3, 7, 7]),
            (Take::Exists, None, [1, 7, 1]),
            (Take::Exists, Some(0), [7, 7, 7]),
        ];
        for (take, filter, expected) in cases {
            let mut target = [7i64; 3];
            let reading = Reading {
                values: Some(&values),
                filter: filter.map(|value| (&kinds[..], value)),
                take,
            };
            reading.write(&places(&keys, &rows), &mut target);
            assert_eq!(target, expected, "{take:?} {filter:?}");
        }
    }
}
