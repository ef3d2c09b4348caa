//! Forecasts of any monthly series, with quantiles that were tried on the series themselves.
//!
//! How wide a quantile lies is not assumed: the last months of every series are held back,
//! forecast, and compared; the errors in units of each series' own noise give the quantiles.
//! Where there are too few series for that, the errors are taken as normal.

use super::path::{Follower, Path};
use super::season::Months;
use crate::outlook::normal::quantile as normal_quantile;
use rayon::prelude::*;
use rules::period::Month;

/// A monthly series: any unit, any sign, gaps allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub id: String,
    pub first: Month,
    pub values: Vec<Option<f64>>,
}

/// One month ahead, in the unit of the series; never negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    pub month: Month,
    pub point: f64,
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// Probabilities of the three quantiles.
pub const QUANTILES: [f64; 3] = [0.1, 0.5, 0.9];
/// Months ahead that can be asked for.
pub const HORIZON_MAX: u32 = 36;
/// Errors of one horizon from which its quantiles are taken.
const TRIED_MIN: usize = 100;
/// A series is tried where this many months are left when the last ones are held back.
const TRIED_MONTHS: usize = 18;
/// Relative noise below which no series is taken to be.
const NOISE_MIN: f64 = 1e-4;
/// How the variance of an error grows with each month further ahead, and how much more it is
/// than that of the one-step errors inside the series, to which the smoothers were fitted.
const GROWTH: f64 = 0.15;
const FITTED: f64 = 1.3;

/// Forecasts every series `horizon` months beyond its last month. A series without any value
/// gives no months.
pub fn forecast(series: &[Series], horizon: u32) -> Vec<Vec<Ahead>> {
    let horizon = horizon.clamp(1, HORIZON_MAX);
    let errors: Vec<Vec<f64>> = series
        .par_iter()
        .map_init(Follower::default, |follower, series| {
            tried(follower, series, horizon)
        })
        .collect();
    let tables = tables(&errors, horizon);
    series
        .par_iter()
        .map_init(Follower::default, |follower, series| {
            one(follower, series, &tables)
        })
        .collect()
}

/// Spread of the error, as a multiple of the noise: by months ahead.
fn growth(months: u32) -> f64 {
    (FITTED * (1.0 + GROWTH * f64::from(months - 1))).sqrt()
}

fn spread(path: &Path, months: u32) -> f64 {
    path.noise().max(NOISE_MIN).sqrt() * growth(months)
}

/// Errors of the months held back, in units of their expected spread; one a month.
fn tried(follower: &mut Follower, series: &Series, horizon: u32) -> Vec<f64> {
    let held = horizon as usize;
    let Some(left) = series
        .values
        .len()
        .checked_sub(held)
        .filter(|left| *left >= TRIED_MONTHS)
    else {
        return Vec::new();
    };
    let Some(path) = follow(follower, series, left) else {
        return Vec::new();
    };
    let ahead = (1..=horizon).zip(&series.values[left..]);
    ahead
        .map(|(months, actual)| match actual {
            Some(actual) if path.level(months) > 0.0 => {
                let point = path.ahead(months, 1.0);
                (actual - point) / (point.max(f64::MIN_POSITIVE) * spread(&path, months))
            }
            _ => f64::NAN,
        })
        .collect()
}

/// The quantiles of the tried errors for each month ahead, or those of the normal law.
fn tables(errors: &[Vec<f64>], horizon: u32) -> Vec<[f64; 3]> {
    (0..horizon as usize)
        .map(|month| {
            let of_month = errors.iter().filter_map(|own| own.get(month).copied());
            let mut sorted: Vec<f64> = of_month.filter(|error| error.is_finite()).collect();
            if sorted.len() < TRIED_MIN {
                return QUANTILES.map(normal_quantile);
            }
            sorted.sort_by(f64::total_cmp);
            QUANTILES.map(|share| sorted[((sorted.len() - 1) as f64 * share).round() as usize])
        })
        .collect()
}

fn one(follower: &mut Follower, series: &Series, tables: &[[f64; 3]]) -> Vec<Ahead> {
    let count = series.values.len();
    let Some(path) = follow(follower, series, count) else {
        return Vec::new();
    };
    let months = (1..).zip(tables);
    months
        .map(|(months, table)| {
            let point = path.ahead(months, 1.0);
            let width = point * spread(&path, months);
            let at = |error: f64| (point + error * width).max(0.0);
            Ahead {
                month: series.first.plus(count as i32 - 1 + months as i32),
                point,
                low: at(table[0]),
                middle: at(table[1]),
                high: at(table[2]),
            }
        })
        .collect()
}

/// Follows the first `count` months of a series.
fn follow(follower: &mut Follower, series: &Series, count: usize) -> Option<Path> {
    let own = &series.values[..count];
    let values: Vec<f64> = own.iter().map(|value| value.unwrap_or(0.0)).collect();
    let known: Vec<bool> = own.iter().map(Option::is_some).collect();
    follower.follow(Months {
        values: &values,
        known: &known,
        expected: &vec![1.0; count],
        phase: series.first.number() as usize - 1,
    })
}
