//! Series out of the batches.

use super::figures::Figures;
use crate::deliveries::payload::EMPTY;
use crate::deliveries::{Batch, BatchFailure, StoredBatch, load_part, rows_of};
use rules::pack::Pack;
use rules::period::Month;
use rules::uscc::Uscc;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, HashSet};

/// Which columns of which kinds feed the wanted series: kind, then column and series.
fn feeds<'a>(pack: &'a Pack, wanted: &[usize]) -> Vec<(&'a str, Vec<(&'a str, usize)>)> {
    let mut feeds = Vec::new();
    for layout in &pack.layouts {
        let columns: Vec<(&str, usize)> = layout
            .columns
            .iter()
            .filter_map(|column| {
                let id = column.series.as_ref()?;
                let series = pack.series.iter().position(|series| series.id == *id)?;
                wanted
                    .contains(&series)
                    .then_some((column.id.as_str(), series))
            })
            .collect();
        if !columns.is_empty() {
            feeds.push((layout.id.as_str(), columns));
        }
    }
    feeds
}

/// The wanted series of the firms with these sorted keys, for `months` months up to and
/// including `last`. `batches` are those in force.
#[allow(clippy::too_many_arguments)]
pub async fn figures<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    keys: &[u128],
    wanted: &[usize],
    (last, months): (Month, usize),
    (part, parts): (usize, usize),
) -> Result<Figures, BatchFailure> {
    let first = last.plus(1 - months as i32);
    let mut figures = Figures {
        first: Some(first),
        months,
        values: vec![Vec::new(); pack.series.len()],
        delivered: vec![Vec::new(); pack.series.len()],
    };
    for series in wanted {
        figures.values[*series] = vec![EMPTY; keys.len() * months];
    }
    for (kind, columns) in feeds(pack, wanted) {
        let names: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
        let in_window = batches
            .iter()
            .filter(|batch| batch.kind == kind && (first..=last).contains(&batch.month));
        for batch in in_window {
            let Some(place) = stored.get(&batch.id) else {
                continue;
            };
            let rows = load_part(db, *place, part, parts, Some(&names)).await?;
            let month = (batch.month.index() - first.index()) as usize;
            for (column, series) in &columns {
                figures.delivered[*series].push((month, batch.region));
                if let Some(values) = rows.number(column) {
                    let target = &mut figures.values[*series];
                    merge(keys, &rows.keys, values, target, (month, months));
                }
            }
        }
    }
    Ok(figures)
}

/// Writes one month of a batch into the series; both key lists are sorted.
fn merge(
    keys: &[u128],
    delivered: &[u128],
    values: &[i64],
    target: &mut [i64],
    (month, months): (usize, usize),
) {
    let mut firm = 0;
    for (key, value) in delivered.iter().zip(values) {
        while firm < keys.len() && keys[firm] < *key {
            firm += 1;
        }
        if firm == keys.len() {
            break;
        }
        if keys[firm] == *key && *value != EMPTY {
            target[firm * months + month] = *value;
        }
    }
}

/// Where one figure comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub month: Month,
    pub value: i64,
    pub batch: i64,
}

/// One series of one firm with the batch of each figure, oldest first.
pub async fn one_series<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    uscc: Uscc,
    series: usize,
    window: (Month, usize),
) -> Result<Vec<Origin>, BatchFailure> {
    let mut found = series_of(db, pack, batches, stored, uscc, &[series], window).await?;
    Ok(found.remove(&series).unwrap_or_default())
}

/// Several series of one firm with the batch of each figure, oldest first, by series; each
/// delivery is read once, and of it one part.
pub async fn series_of<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    uscc: Uscc,
    wanted: &[usize],
    (last, months): (Month, usize),
) -> Result<BTreeMap<usize, Vec<Origin>>, BatchFailure> {
    let first = last.plus(1 - months as i32);
    let mut found: BTreeMap<usize, BTreeMap<Month, Origin>> = BTreeMap::new();
    for (kind, columns) in feeds(pack, wanted) {
        let names: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
        let in_window: BTreeMap<i64, Month> = batches
            .iter()
            .filter(|batch| batch.kind == kind && (first..=last).contains(&batch.month))
            .map(|batch| (batch.id, batch.month))
            .collect();
        let places = in_window.keys().filter_map(|id| stored.get(id).copied());
        let places: Vec<StoredBatch> = places.collect();
        for (batch, rows) in rows_of(db, &places, uscc.key(), Some(&names)).await? {
            let month = in_window[&batch];
            for (column, series) in &columns {
                let value = rows.number(column).map_or(EMPTY, |values| values[0]);
                if value != EMPTY {
                    let origin = Origin {
                        month,
                        value,
                        batch,
                    };
                    found.entry(*series).or_default().insert(month, origin);
                }
            }
        }
    }
    let ordered = found
        .into_iter()
        .map(|(series, months)| (series, months.into_values().collect()));
    Ok(ordered.collect())
}

/// Firms that an earlier batch in force already delivered for this kind and month, by
/// batch. `except` is the batch that the new delivery replaces.
pub async fn delivered<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    kind: &str,
    month: Month,
    except: Option<i64>,
) -> Result<Vec<(i64, HashSet<u128>)>, BatchFailure> {
    let mut found = Vec::new();
    let same = batches
        .iter()
        .filter(|batch| batch.kind == kind && batch.month == month && Some(batch.id) != except);
    for batch in same {
        if let Some(place) = stored.get(&batch.id) {
            let rows = load_part(db, *place, 0, 1, Some(&[])).await?;
            found.push((batch.id, rows.keys.into_iter().collect()));
        }
    }
    Ok(found)
}
