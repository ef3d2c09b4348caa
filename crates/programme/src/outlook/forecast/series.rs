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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(values: &[Option<f64>]) -> Series {
        Series {
            id: "series".to_string(),
            first: Month::new(2020, 5).expect("a month"),
            values: values.to_vec(),
        }
    }

    fn check(ahead: &[Ahead], horizon: u32) {
        assert_eq!(ahead.len(), horizon as usize);
        for at in ahead {
            let numbers = [at.low, at.middle, at.high, at.point];
            assert!(numbers.iter().all(|n| n.is_finite() && *n >= 0.0), "{at:?}");
            assert!(at.low <= at.middle && at.middle <= at.high, "{at:?}");
        }
    }

    fn one(values: &[Option<f64>]) -> Vec<Ahead> {
        let ahead = forecast(&[series(values)], 18).remove(0);
        check(&ahead, 18);
        ahead
    }

    #[test]
    fn plain_series_go_on_as_they_were() {
        let constant = one(&[Some(7.0); 40]);
        assert!(constant.iter().all(|at| (at.point - 7.0).abs() < 1e-5));
        let zeros = one(&[Some(0.0); 40]);
        assert!(zeros.iter().all(|at| at.high == 0.0));
        let point = one(&[Some(3.0)]);
        assert!(point.iter().all(|at| (at.point - 3.0).abs() < 1e-5));
        let large = one(&[Some(1e13); 30]);
        assert!(large.iter().all(|at| (at.point / 1e13 - 1.0).abs() < 1e-5));
        assert_eq!(
            one(&[None, Some(2.0), None, Some(2.0)])[0]
                .month
                .to_string(),
            "2020-09"
        );
        one(&[Some(-5.0), Some(-7.0)]);
        one(&[Some(1e13), Some(0.0), Some(1e-9), None, Some(1e13)]);
        assert!(forecast(&[series(&[None, None])], 3)[0].is_empty());
    }

    #[test]
    fn a_season_comes_back_and_a_trend_goes_on() {
        let season = |month: usize| if month % 12 == 7 { 3.0 } else { 1.0 };
        let values: Vec<Option<f64>> = (0..60).map(|n| Some(100.0 * season(n))).collect();
        let ahead = one(&values);
        for (n, at) in ahead.iter().enumerate() {
            let expected = 100.0 * season(60 + n);
            assert!(
                (at.point / expected - 1.0).abs() < 0.05,
                "{n}: {}",
                at.point
            );
        }
        let rising: Vec<Option<f64>> = (0..60).map(|n| Some(f64::from(n) * 10.0)).collect();
        let ahead = one(&rising);
        assert!(ahead[0].point > 570.0 && ahead[17].point > ahead[0].point + 50.0);
    }

    #[test]
    fn gaps_do_not_bend_a_level() {
        let values: Vec<Option<f64>> = (0..48).map(|n| (n % 5 != 0).then_some(250.0)).collect();
        assert!(
            one(&values)
                .iter()
                .all(|at| (at.point - 250.0).abs() < 1e-3)
        );
    }

    #[test]
    fn quantiles_are_tried_on_the_series_themselves() {
        // Three hundred series of the same noise, tried on eighteen months that are held back.
        let noise = |seed: u64| {
            let mixed = (seed ^ 0x9E37_79B9).wrapping_mul(0xD6E8_FEB8_6659_FD93);
            (mixed >> 40) as f64 / f64::from(1 << 24) - 0.5
        };
        let all: Vec<Series> = (0..300)
            .map(|number| {
                let values = (0..72).map(|n| Some(100.0 * (1.0 + noise(number * 977 + n))));
                series(&values.collect::<Vec<_>>())
            })
            .collect();
        let held: Vec<Series> = all.iter().map(|own| series(&own.values[..54])).collect();
        let ahead = forecast(&held, 18);
        let pairs = ahead.iter().zip(&all).flat_map(|(ahead, own)| {
            let actual = own.values[54..].iter().flatten();
            ahead
                .iter()
                .zip(actual)
                .map(|(at, actual)| *actual >= at.low && *actual <= at.high)
        });
        let (mut covered, mut count) = (0, 0);
        for is_covered in pairs {
            covered += i32::from(is_covered);
            count += 1;
        }
        let share = f64::from(covered) / f64::from(count);
        assert!((0.77..=0.83).contains(&share), "{share}");
    }

    proptest! {
        #[test]
        fn nothing_is_ever_unordered_negative_or_not_a_number(
            values in prop::collection::vec(
                prop::option::weighted(0.8, prop_oneof![
                    Just(0.0), Just(1e13), -1e6f64..1e13, 0.0f64..1.0, Just(1e-300),
                ]), 1..90),
            horizon in 1u32..=36,
        ) {
            let ahead = forecast(&[series(&values)], horizon).remove(0);
            if values.iter().any(Option::is_some) {
                check(&ahead, horizon);
            } else {
                prop_assert!(ahead.is_empty());
            }
        }

        #[test]
        fn the_unit_does_not_matter(
            values in prop::collection::vec(0.0f64..1e6, 3..60),
            power in 0i32..20,
        ) {
            // A power of two changes no digit.
            let factor = f64::from(2.0f32.powi(power));
            let plain: Vec<Option<f64>> = values.iter().map(|v| Some(*v)).collect();
            let scaled: Vec<Option<f64>> = values.iter().map(|v| Some(v * factor)).collect();
            for (one, other) in one(&plain).iter().zip(one(&scaled)) {
                prop_assert_eq!(one.point * factor, other.point);
                prop_assert_eq!(one.high * factor, other.high);
            }
        }
    }
}
