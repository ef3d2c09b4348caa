//! How good forecasts were: figures that compare what was said with what came.
//!
//! It knows neither firms nor months, only numbers. A figure that has no meaning, because
//! there is nothing to compare, all outcomes are alike, or a number is not one, is `None`
//! and never zero. Sums run in the order given; where a logarithm is taken, the last bits
//! may differ between machines, so show few decimals and decide nothing by them.
//!
//! ```text
//! let said_and_came = [(0.9, true), (0.2, false), (0.4, true)];
//! scores::brier(&said_and_came)                      // Some(0.1367): lower is better
//! scores::area_under_curve(&said_and_came)           // Some(1.0): higher is better
//! ```

/// A probability and whether it came about.
pub type Forecast = (f64, bool);

/// A probability is at least this far from 0 and 1 when its logarithm is taken: one
/// confident mistake must not outweigh everything else.
pub const CLIPPED_AT: f64 = 1e-4;
/// A bucket that only one sample fills counts as half an observation in the other one.
pub const COUNT_FLOOR: f64 = 0.5;
/// Buckets of [`reliability`] and cuts of [`population_stability`].
pub const TENTHS: usize = 10;

/// Mean squared distance of probability and outcome, 0 to 1; lower is better.
pub fn brier(forecasts: &[Forecast]) -> Option<f64> {
    let checked = probabilities(forecasts)?;
    mean(checked.iter().map(|(said, came)| {
        let distance = said - outcome(*came);
        distance * distance
    }))
}

/// Mean negative natural logarithm of the probability given to what came; lower is better.
/// Probabilities are clipped at [`CLIPPED_AT`] and one less it, so it is at most 9.21.
pub fn log_score(forecasts: &[Forecast]) -> Option<f64> {
    let checked = probabilities(forecasts)?;
    mean(checked.iter().map(|(said, came)| {
        let said = said.clamp(CLIPPED_AT, 1.0 - CLIPPED_AT);
        -(if *came { said } else { 1.0 - said }).ln()
    }))
}

/// How often what came was ranked above what did not, ties counted half: 0.5 is chance, 1
/// is perfect. Undefined where all came or none did.
pub fn area_under_curve(forecasts: &[Forecast]) -> Option<f64> {
    let classes = classes(forecasts)?;
    let (mut below, mut twice_won) = (0u128, 0u128);
    for group in classes.groups() {
        let (came, stayed) = counted(group);
        twice_won += u128::from(came) * (2 * below + u128::from(stayed));
        below += u128::from(stayed);
    }
    let pairs = u128::from(classes.came) * u128::from(classes.stayed);
    Some(twice_won as f64 / (2 * pairs) as f64)
}

/// The largest distance between the shares at or below a probability, of what came and of
/// what did not, 0 to 1. Undefined where all came or none did.
pub fn kolmogorov_smirnov(forecasts: &[Forecast]) -> Option<f64> {
    let classes = classes(forecasts)?;
    let (mut came, mut stayed) = (0u64, 0u64);
    let mut largest: f64 = 0.0;
    for group in classes.groups() {
        let (more_came, more_stayed) = counted(group);
        came += more_came;
        stayed += more_stayed;
        let distance = came as f64 / classes.came as f64 - stayed as f64 / classes.stayed as f64;
        largest = largest.max(distance.abs());
    }
    Some(largest)
}

/// One line of the reliability table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tenth {
    /// From this probability to just below the next tenth; the last one includes 1.
    pub from: f64,
    pub count: u64,
    /// Absent where nothing fell into the tenth.
    pub mean_predicted: Option<f64>,
    pub share_observed: Option<f64>,
}

/// Forecasts by fixed tenths of their probability: 0.1 belongs to the second, 1 to the last.
pub fn reliability(forecasts: &[Forecast]) -> Option<[Tenth; TENTHS]> {
    let checked = probabilities(forecasts)?;
    let mut tenths = [(0u64, 0.0, 0u64); TENTHS];
    for (said, came) in checked {
        let (count, sum, hits) = &mut tenths[tenth(*said)];
        *count += 1;
        *sum += said;
        *hits += u64::from(*came);
    }
    let mut from = 0;
    Some(tenths.map(|(count, sum, hits)| {
        let lower = from as f64 / TENTHS as f64;
        from += 1;
        Tenth {
            from: lower,
            count,
            mean_predicted: (count > 0).then(|| sum / count as f64),
            share_observed: (count > 0).then(|| hits as f64 / count as f64),
        }
    }))
}

/// Expected calibration error: the distances of predicted and observed in the tenths of
/// [`reliability`], weighed by their counts; lower is better.
pub fn calibration_error(forecasts: &[Forecast]) -> Option<f64> {
    let tenths = reliability(forecasts)?;
    let distances = tenths.iter().filter_map(|tenth| {
        let distance = (tenth.mean_predicted? - tenth.share_observed?).abs();
        Some(distance * tenth.count as f64)
    });
    Some(distances.sum::<f64>() / forecasts.len() as f64)
}

/// The share of the `count` highest that came about. Those tied at the border stand in by
/// their mean, so that the order given does not matter. Undefined where there are fewer.
pub fn precision_among_highest(forecasts: &[Forecast], count: usize) -> Option<f64> {
    let checked = probabilities(forecasts)?;
    if count == 0 || count > checked.len() {
        return None;
    }
    let sorted = ascending(checked);
    let mut left = count as u64;
    let mut hits = 0.0;
    for group in sorted.chunk_by(|one, next| one.0 == next.0).rev() {
        let (came, stayed) = counted(group);
        let size = came + stayed;
        let taken = size.min(left);
        hits += came as f64 * taken as f64 / size as f64;
        left -= taken;
        if left == 0 {
            break;
        }
    }
    Some(hits / count as f64)
}

/// What was said as an interval, and the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranged {
    pub low: f64,
    pub high: f64,
    pub truth: f64,
}

/// The share of truths from low to high, both included. An interval upside down is no
/// interval, and then nothing is said.
pub fn interval_coverage(ranges: &[Ranged]) -> Option<f64> {
    let are_ranges = ranges.iter().all(|range| {
        let numbers = [range.low, range.high, range.truth];
        numbers.iter().all(|number| number.is_finite()) && range.low <= range.high
    });
    if !are_ranges {
        return None;
    }
    let is_held = |range: &Ranged| range.low <= range.truth && range.truth <= range.high;
    mean(ranges.iter().map(|range| outcome(is_held(range))))
}

/// Population stability index: how far `second` has moved from `first`, by the deciles of
/// `first` and a bucket of its own for what is missing. 0 is unmoved; by custom 0.1 is
/// watched and 0.25 acted upon.
///
/// A value on a cut belongs below it. A value that fills several deciles has a bucket for
/// itself, so that a move away from it is seen in both directions. A bucket empty in both
/// samples says nothing; one empty in one of them counts [`COUNT_FLOOR`] observations there.
pub fn population_stability(first: &[Option<f64>], second: &[Option<f64>]) -> Option<f64> {
    let all = || first.iter().chain(second).flatten();
    if first.is_empty() || second.is_empty() || !all().all(|value| value.is_finite()) {
        return None;
    }
    let cuts = cuts(first);
    let (before, after) = (filled(first, &cuts), filled(second, &cuts));
    let moved = before.iter().zip(&after).map(|(before, after)| {
        if *before == 0 && *after == 0 {
            return 0.0;
        }
        let share = |count: u64, of: usize| (count as f64).max(COUNT_FLOOR) / of as f64;
        let (before, after) = (share(*before, first.len()), share(*after, second.len()));
        (after - before) * (after / before).ln()
    });
    Some(moved.sum())
}

/// A number that was predicted, and the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Predicted {
    pub said: f64,
    pub truth: f64,
}

/// Mean pinball loss of predictions of one quantile, between 0 and 1: what lies above them
/// costs `quantile`, what lies below one less it; lower is better. At 0.5 it is half the
/// mean absolute error.
pub fn pinball_loss(quantile: f64, predictions: &[Predicted]) -> Option<f64> {
    let is_quantile = quantile > 0.0 && quantile < 1.0;
    if !is_quantile || !are_finite(predictions) {
        return None;
    }
    mean(predictions.iter().map(|one| {
        let above = one.truth - one.said;
        if above >= 0.0 {
            quantile * above
        } else {
            (quantile - 1.0) * above
        }
    }))
}

/// Symmetric mean absolute percentage error as a share from 0 to 2: the distance by the
/// mean of both magnitudes; lower is better. Zero predicted for zero is no error.
pub fn symmetric_percentage_error(predictions: &[Predicted]) -> Option<f64> {
    if !are_finite(predictions) {
        return None;
    }
    mean(predictions.iter().map(|one| {
        // Halves first: the sum of two large numbers may not be finite.
        let middle = one.said.abs() / 2.0 + one.truth.abs() / 2.0;
        if middle == 0.0 {
            0.0
        } else {
            (one.said / middle - one.truth / middle).abs()
        }
    }))
}

/// The forecasts, where every probability is one.
fn probabilities(forecasts: &[Forecast]) -> Option<&[Forecast]> {
    let are_probabilities = forecasts.iter().all(|(said, _)| (0.0..=1.0).contains(said));
    (are_probabilities && !forecasts.is_empty()).then_some(forecasts)
}

fn outcome(came: bool) -> f64 {
    if came { 1.0 } else { 0.0 }
}

/// Of nothing there is no mean.
fn mean(numbers: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = numbers.len();
    (count > 0).then(|| numbers.sum::<f64>() / count as f64)
}

/// Forecasts in ascending order, with some of each outcome.
struct Classes {
    sorted: Vec<Forecast>,
    came: u64,
    stayed: u64,
}

impl Classes {
    /// Equal probabilities together.
    fn groups(&self) -> impl Iterator<Item = &[Forecast]> {
        self.sorted.chunk_by(|one, next| one.0 == next.0)
    }
}

fn classes(forecasts: &[Forecast]) -> Option<Classes> {
    let sorted = ascending(probabilities(forecasts)?);
    let (came, stayed) = counted(&sorted);
    (came > 0 && stayed > 0).then_some(Classes {
        sorted,
        came,
        stayed,
    })
}

fn ascending(forecasts: &[Forecast]) -> Vec<Forecast> {
    let mut sorted = forecasts.to_vec();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    sorted
}

/// How many came about, and how many did not.
fn counted(forecasts: &[Forecast]) -> (u64, u64) {
    let came = forecasts.iter().filter(|(_, came)| *came).count() as u64;
    (came, forecasts.len() as u64 - came)
}

/// Compared and not multiplied: 10 times a number just below 0.3 may be 3.
fn tenth(probability: f64) -> usize {
    let borders = (1..TENTHS).map(|border| border as f64 / TENTHS as f64);
    borders.filter(|border| probability >= *border).count()
}

/// A border between buckets.
#[derive(Clone, Copy)]
enum Cut {
    Below(f64),
    Above(f64),
}

/// The nine deciles, each the smallest value with so many tenths of the sample at or below
/// it; what is missing has none.
fn cuts(sample: &[Option<f64>]) -> Vec<Cut> {
    let mut present: Vec<f64> = sample.iter().flatten().copied().collect();
    present.sort_by(f64::total_cmp);
    let deciles = (1..TENTHS).filter_map(|decile| {
        let at_or_below = (decile * present.len()).div_ceil(TENTHS);
        present.get(at_or_below.checked_sub(1)?).copied()
    });
    let deciles: Vec<f64> = deciles.collect();
    let mut cuts = Vec::new();
    for same in deciles.chunk_by(|one, next| one == next) {
        if same.len() > 1 {
            cuts.push(Cut::Below(same[0]));
        }
        cuts.push(Cut::Above(same[0]));
    }
    cuts
}

/// How many values lie between the cuts; the last bucket is what is missing.
fn filled(sample: &[Option<f64>], cuts: &[Cut]) -> Vec<u64> {
    let mut buckets = vec![0; cuts.len() + 2];
    for value in sample {
        let bucket = match value {
            None => cuts.len() + 1,
            Some(value) => cuts.partition_point(|cut| match cut {
                Cut::Below(border) => value >= border,
                Cut::Above(border) => value > border,
            }),
        };
        buckets[bucket] += 1;
    }
    buckets
}

fn are_finite(predictions: &[Predicted]) -> bool {
    let mut numbers = predictions.iter().flat_map(|one| [one.said, one.truth]);
    numbers.all(f64::is_finite)
}

#[cfg(test)]
mod tests;
