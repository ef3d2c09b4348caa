//! Seasonal indices of one series, drawn towards what is known of its like.
//!
//! A month's index is the mean ratio of its values to the level around them. Few years make
//! a noisy mean, so indices are drawn towards the expectation that they are measured against
//! (that of the industry and area, or none) by as much as their scatter within months
//! explains their spread between months: the positive-part rule of James and Stein.
//!
//! All loops run over months side by side, so that they run as wide as the processor allows;
//! every sum still takes its months in their order, which no width changes.
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
    /// Of each month 1 where it is known and 0 where not; and its adjusted value, or 0.
    weight: Vec<f64>,
    shown: Vec<f64>,
    /// Sums over the window around each month.
    weights: Vec<f64>,
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
#[inline(always)]
pub fn own_indices(months: Months<'_>, bench: &mut Bench) -> Own {
    let mut indices = [1.0; MONTHS];
    let mut inflation = 1.0;
    let known = months.known.iter().filter(|known| **known).count();
    if known < OWN_MONTHS {
        return Own { indices, inflation };
    }
    bench.weight.clear();
    let weights = months.known.iter();
    bench
        .weight
        .extend(weights.map(|known| if *known { 1.0 } else { 0.0 }));
    for pass in 1..=PASSES {
        adjust(months, &indices, &mut bench.adjusted);
        levels(pass == 1, bench);
        let measured = measure(months, bench);
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
#[inline(always)]
pub fn adjust(months: Months<'_>, indices: &[f64; MONTHS], adjusted: &mut Vec<f64>) {
    let mut turned = *indices;
    turned.rotate_left(months.phase % MONTHS);
    adjusted.clear();
    adjusted.resize(months.values.len(), 0.0);
    let years = months
        .values
        .chunks(MONTHS)
        .zip(adjusted.chunks_mut(MONTHS));
    for ((values, adjusted), expected) in years.zip(months.expected.chunks(MONTHS)) {
        let cells = values.iter().zip(expected).zip(adjusted).zip(&turned);
        for (((value, expected), adjusted), index) in cells {
            *adjusted = value / (expected * index);
        }
    }
}

/// The level around each month of `bench.adjusted`, 0 where it is not taken. With `whole`
/// only where the window has its full width.
#[inline(always)]
fn levels(whole: bool, bench: &mut Bench) {
    let count = bench.weight.len();
    let cells = bench.adjusted.iter().zip(&bench.weight);
    bench.shown.clear();
    bench
        .shown
        .extend(cells.map(|(value, weight)| if *weight > 0.0 { *value } else { 0.0 }));
    bench.level.clear();
    bench.level.resize(count, 0.0);
    bench.weights.clear();
    bench.weights.resize(count, 0.0);
    let inner = REACH.min(count)..count.saturating_sub(REACH).max(REACH.min(count));
    for offset in 0..=2 * REACH {
        // Six months to either side: the two outermost are the same month of the year.
        let is_end = offset == 0 || offset == 2 * REACH;
        let share = if is_end { 0.5 } else { 1.0 };
        let from = inner.start + offset - REACH;
        let near = from..from + inner.len();
        let sums = bench.level[inner.clone()].iter_mut();
        let sums = sums.zip(&mut bench.weights[inner.clone()]);
        let terms = bench.shown[near.clone()].iter().zip(&bench.weight[near]);
        for ((sum, weights), (shown, weight)) in sums.zip(terms) {
            *sum += share * shown;
            *weights += share * weight;
        }
    }
    for (sum, weights) in bench.level.iter_mut().zip(&bench.weights) {
        let level = *sum / weights;
        *sum = if *weights >= WEIGHT_MIN { level } else { 0.0 };
    }
    if !whole {
        for reach in REACH_MIN..REACH {
            narrow_level(reach, reach, bench);
            narrow_level((count - 1).saturating_sub(reach), reach, bench);
        }
    }
}

/// The level where the window is narrowed by an end of the series.
#[inline(always)]
fn narrow_level(place: usize, reach: usize, bench: &mut Bench) {
    let count = bench.weight.len();
    if place.min(count - 1 - place) != reach {
        return;
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for near in place - reach..=place + reach {
        sum += bench.shown[near];
        weights += bench.weight[near];
    }
    let is_taken = weights >= WEIGHT_MIN.min(2.0 * reach as f64);
    bench.level[place] = if is_taken { sum / weights } else { 0.0 };
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

#[inline(always)]
fn measure(months: Months<'_>, bench: &Bench) -> Measured {
    // By month of the year, beginning with that of the first month.
    let (mut ratios, mut squares, mut counts) = ([0.0; MONTHS], [0.0; MONTHS], [0.0; MONTHS]);
    let values = months.values.chunks(MONTHS);
    let years = values.zip(months.expected.chunks(MONTHS));
    let levels = bench.level.chunks(MONTHS).zip(bench.weight.chunks(MONTHS));
    for ((values, expected), (levels, weights)) in years.zip(levels) {
        let cells = values.iter().zip(expected).zip(levels).zip(weights);
        let sums = ratios.iter_mut().zip(&mut squares).zip(&mut counts);
        for ((((value, expected), level), weight), ((sum, square), count)) in cells.zip(sums) {
            let expected = level * expected;
            let is_told = (*level > 0.0) & (expected > 0.0) & (*weight > 0.0);
            let ratio = if is_told { value / expected } else { 0.0 };
            *sum += ratio;
            *square += ratio * ratio;
            *count += if is_told { 1.0 } else { 0.0 };
        }
    }
    let turned = |month: usize| (month + MONTHS - months.phase % MONTHS) % MONTHS;
    let sums: [(f64, f64, f64); MONTHS] = std::array::from_fn(|month| {
        let place = turned(month);
        (ratios[place], squares[place], counts[place])
    });
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
