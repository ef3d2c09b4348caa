//! Seasonal indices of one series, drawn towards what is known of its like.
//!
//! A month's index is the mean ratio of its values to the level around them. Few years make
//! a noisy mean, so indices are drawn towards the expectation that they are measured against
//! (that of the industry and area, or none) by as much as their scatter within months
//! explains their spread between months: the positive-part rule of James and Stein.
//!
//! ```text
//! three Februaries at 0.70, 0.72, 0.71 of their level stay near 0.71;
//! at 0.40, 1.10, 0.60 they come close to the industry's index
//! ```

pub const MONTHS: usize = 12;
/// Half the width of the moving average that stands for the level.
const REACH: usize = 6;
/// A level is taken where known months of this weight lie within the window.
const WEIGHT_MIN: f64 = 6.0;
/// The least half width: a narrower window follows the month itself.
const REACH_MIN: usize = 4;
/// Series with fewer known months have no indices of their own: nearly every month of the year
/// should have been there twice away from the ends.
pub const OWN_MONTHS: usize = 30;
const PASSES: usize = 2;
/// Weight of the scatter: 9 of the rule for twelve indices, doubled because scatter is itself
/// estimated from two or three years.
const SCATTER: f64 = 18.0;
const INDEX_MIN: f64 = 0.02;

/// A series of months with what is expected of each.
#[derive(Debug, Clone, Copy)]
pub struct Months<'a> {
    pub values: &'a [f64],
    pub known: &'a [bool],
    /// Expected index of each month, 1 where nothing is expected.
    pub expected: &'a [f64],
    /// Number of the first month within the year, from 0.
    pub phase: usize,
}

/// Working space, so that a million series need no million allocations.
#[derive(Debug, Clone, Default)]
pub struct Bench {
    adjusted: Vec<f64>,
    level: Vec<f64>,
}

/// Indices by month of the year, and how much of the errors inside the series they have
/// swallowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Own {
    pub indices: [f64; MONTHS],
    /// What the mean square of the errors has to be multiplied with: eleven indices fitted to
    /// two years leave errors that are too small.
    pub inflation: f64,
}

/// Indices on top of the expected ones; all 1 where there is too little to say. `bench` is
/// overwritten.
pub fn own_indices(months: Months<'_>, bench: &mut Bench) -> Own {
    let mut indices = [1.0; MONTHS];
    let mut inflation = 1.0;
    let known = months.known.iter().filter(|known| **known).count();
    if known < OWN_MONTHS {
        return Own { indices, inflation };
    }
    for pass in 1..=PASSES {
        adjust(months, &indices, &mut bench.adjusted);
        levels(months.known, pass == 1, bench);
        let measured = measure(months, &bench.level);
        let weight = if pass == PASSES {
            measured.weight()
        } else {
            1.0
        };
        let known = known as f64;
        inflation = known / (known - weight * (MONTHS - 1) as f64);
        for (index, raw) in indices.iter_mut().zip(measured.indices) {
            *index = (1.0 + weight * (raw - 1.0)).max(INDEX_MIN);
        }
    }
    Own { indices, inflation }
}

/// The months without expected and own season.
pub fn adjust(months: Months<'_>, indices: &[f64; MONTHS], adjusted: &mut Vec<f64>) {
    adjusted.clear();
    let pairs = months.values.iter().zip(months.expected).enumerate();
    adjusted.extend(pairs.map(|(place, (value, expected))| {
        value / (expected * indices[(months.phase + place) % MONTHS])
    }));
}

/// The level around each month of `bench.adjusted`, 0 where it is not taken. With `whole`
/// only where the window has its full width.
fn levels(known: &[bool], whole: bool, bench: &mut Bench) {
    let count = known.len();
    bench.level.clear();
    bench.level.resize(count, 0.0);
    for place in 0..count {
        let reach = place.min(count - 1 - place).min(REACH);
        if (whole && reach < REACH) || reach < REACH_MIN {
            continue;
        }
        let (mut sum, mut weight) = (0.0, 0.0);
        for other in place - reach..=place + reach {
            // Six months to either side: the two outermost are the same month of the year.
            let is_end = reach == REACH && place.abs_diff(other) == REACH;
            let share = if is_end { 0.5 } else { 1.0 };
            if known[other] {
                sum += share * bench.adjusted[other];
                weight += share;
            }
        }
        if weight >= WEIGHT_MIN.min(2.0 * reach as f64) {
            bench.level[place] = sum / weight;
        }
    }
}

struct Measured {
    indices: [f64; MONTHS],
    /// Variance within months, and how many values a month has on average.
    scatter: f64,
    years: f64,
}

impl Measured {
    fn weight(&self) -> f64 {
        let spread: f64 = self.indices.iter().map(|i| (i - 1.0) * (i - 1.0)).sum();
        if spread <= 0.0 || self.years <= 0.0 {
            return 0.0;
        }
        (1.0 - SCATTER * self.scatter / self.years / spread).max(0.0)
    }
}

fn measure(months: Months<'_>, level: &[f64]) -> Measured {
    let mut sums = [(0.0, 0.0, 0.0); MONTHS];
    for (place, level) in level.iter().enumerate() {
        let expected = level * months.expected[place];
        if *level > 0.0 && expected > 0.0 && months.known[place] {
            let ratio = months.values[place] / expected;
            let sum = &mut sums[(months.phase + place) % MONTHS];
            sum.0 += ratio;
            sum.1 += ratio * ratio;
            sum.2 += 1.0;
        }
    }
    let (mut scatter, mut freedom, mut years) = (0.0, 0.0, 0.0);
    let mut indices = [1.0; MONTHS];
    for (index, (sum, square, count)) in indices.iter_mut().zip(sums) {
        if count > 0.0 {
            *index = sum / count;
            scatter += (square - sum * sum / count).max(0.0);
            freedom += count - 1.0;
            years += count / MONTHS as f64;
        }
    }
    let mean = indices.iter().sum::<f64>() / MONTHS as f64;
    if mean > 0.0 {
        indices.iter_mut().for_each(|index| *index /= mean);
    }
    Measured {
        indices,
        scatter: if freedom > 0.0 {
            scatter / freedom
        } else {
            f64::INFINITY
        },
        years,
    }
}
