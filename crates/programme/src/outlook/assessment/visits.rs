//! What an office finds that visits the firms named first: the precision of the head of a list.

use super::{FIRMS_MIN, Judged};
use crate::outlook::scores::{Forecast, precision_among_highest};
use std::collections::BTreeMap;

/// Means over areas; shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Visits {
    /// Areas that count: those with enough firms.
    pub areas: usize,
    /// Of the firms visited, the share where it came about.
    pub precision: Option<f64>,
    /// What a list without any order would have found: the share among all.
    pub by_chance: Option<f64>,
    /// What a list that knows the future would have found; below 1 where fewer firms than
    /// visits come about.
    pub possible: Option<f64>,
}

impl Visits {
    /// Mean over month-ends that have it, each counting the same; `areas` is the most.
    pub(super) fn mean(parts: &[&Visits]) -> Visits {
        let mean = |of: fn(&Visits) -> Option<f64>| {
            let found: Vec<f64> = parts.iter().filter_map(|part| of(part)).collect();
            mean(&found)
        };
        Visits {
            areas: parts.iter().map(|part| part.areas).max().unwrap_or(0),
            precision: mean(|part| part.precision),
            by_chance: mean(|part| part.by_chance),
            possible: mean(|part| part.possible),
        }
    }
}

/// Firms not in scale, the likeliest to land first; it came about where they landed.
pub(super) fn of_candidates(judged: &[Judged], visits: usize) -> Visits {
    by_area(judged, visits, false, |one| (one.said.above, one.came))
}

/// Firms in scale, the likeliest to fall below first; it came about where they fell below.
pub(super) fn of_members(judged: &[Judged], visits: usize) -> Visits {
    by_area(judged, visits, true, |one| {
        (1.0 - one.said.above, !one.came)
    })
}

fn by_area(
    judged: &[Judged],
    visits: usize,
    in_scale: bool,
    forecast: fn(&Judged) -> Forecast,
) -> Visits {
    let mut areas: BTreeMap<u8, Vec<Forecast>> = BTreeMap::new();
    for one in judged {
        if one.said.in_scale == Some(in_scale) && one.said.area > 0 {
            areas.entry(one.said.area).or_default().push(forecast(one));
        }
    }
    let (mut precision, mut by_chance, mut possible) = (Vec::new(), Vec::new(), Vec::new());
    for list in areas.values() {
        // Where there are fewer firms than visits, all of them are visited.
        let visited = visits.min(list.len());
        if visited < FIRMS_MIN {
            continue;
        }
        let came = list.iter().filter(|(_, came)| *came).count();
        precision.extend(precision_among_highest(list, visited));
        by_chance.push(came as f64 / list.len() as f64);
        possible.push(came.min(visited) as f64 / visited as f64);
    }
    Visits {
        areas: by_chance.len(),
        precision: mean(&precision),
        by_chance: mean(&by_chance),
        possible: mean(&possible),
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
