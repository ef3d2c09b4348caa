//! From numbers to an axis: steps of 1, 2 or 5, the same on a page as in Word.
//!
//! Powers of ten come from their decimal spelling and not from a logarithm, which differs
//! between machines by its last bit and would move a tick.

use programme::bulletins::chart::{Along, Axis, Chart, Finite, Form, Plot, Series};

use super::wording;

/// More ticks than this and their labels are no longer read.
const INTERVALS_MAX: f64 = 6.0;
/// Steps begin at 1 × 10 to this power; a narrower range counts as one value.
const POWER_MIN: i32 = -9;
const POWER_MAX: i32 = 16;
/// Forgives the last bits of a division: 0.3 ÷ 0.1 is a whole number.
const TOLERANCE: f64 = 1e-6;

/// One axis with its ends on ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub step: f64,
    /// Of the labels: as many as the step needs.
    pub form: Form,
    first: i64,
    last: i64,
}

/// Both axes of a chart. Categories stand in the middle of slots of width 1.
pub struct Scales {
    pub across: Across,
    pub up: Scale,
}

/// The axis from left to right.
pub enum Across {
    Slots(usize),
    Numbers(Scale),
}

impl Scale {
    /// Holds every number; where they are all on one side and not far from it, also zero.
    pub fn over(numbers: impl IntoIterator<Item = f64>, axis: &Axis, zero: Zero) -> Scale {
        let covered = axis.covered().into_iter();
        let covered = covered.flat_map(|(one, other)| [one.get(), other.get()]);
        let mut low = f64::INFINITY;
        let mut high = f64::NEG_INFINITY;
        for number in numbers.into_iter().chain(covered) {
            low = low.min(number);
            high = high.max(number);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let is_near = low >= 0.0 && low <= high / 2.0 || high <= 0.0 && high >= low / 2.0;
        if zero == Zero::Always || (zero == Zero::WhereNear && is_near) {
            low = low.min(0.0);
            high = high.max(0.0);
        }
        fitted(low, high, axis.form())
    }

    pub fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        (self.first..=self.last).map(|tick| tick as f64 * self.step)
    }

    pub fn label(&self, tick: f64) -> String {
        wording::decimal(tick, self.form)
    }

    /// Where a number lies: 0 at the low end, 1 at the high one.
    pub fn share(&self, number: f64) -> f64 {
        (number - self.low) / (self.high - self.low)
    }
}

/// Whether zero belongs on an axis.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Zero {
    Always,
    WhereNear,
    Free,
}

impl Scales {
    pub fn of(chart: &Chart) -> Scales {
        let up = |numbers: Vec<f64>, zero| Scale::over(numbers, chart.up(), zero);
        match chart.plot() {
            Plot::Line { along, series } => Scales {
                across: along_scale(along, chart.across()),
                up: up(values(series).collect(), Zero::WhereNear),
            },
            Plot::Bars { categories, series } => Scales {
                across: Across::Slots(categories.len()),
                up: up(values(series).collect(), Zero::Always),
            },
            Plot::Fan {
                along,
                bands,
                median,
                others,
            } => {
                let ranges = bands.iter().flat_map(|band| band.ranges()).flatten();
                let ends = ranges.flat_map(|(low, high)| [low.get(), high.get()]);
                let lines = values(std::slice::from_ref(median)).chain(values(others));
                Scales {
                    across: along_scale(along, chart.across()),
                    up: up(lines.chain(ends).collect(), Zero::WhereNear),
                }
            }
            Plot::Scatter { clouds, diagonal } => {
                let points = || clouds.iter().flat_map(|cloud| &cloud.points);
                let across: Vec<f64> = points().map(|point| point.across.get()).collect();
                let upward: Vec<f64> = points().map(|point| point.up.get()).collect();
                if diagonal.is_some() {
                    return same_both_ways(chart, across, upward);
                }
                Scales {
                    across: Across::Numbers(Scale::over(across, chart.across(), Zero::WhereNear)),
                    up: up(upward, Zero::WhereNear),
                }
            }
        }
    }
}

/// Where the points of `along` stand on [`Across`].
pub fn places(along: &Along) -> Vec<f64> {
    match along {
        Along::Categories(categories) => slots(categories.len()),
        Along::Numbers(numbers) => numbers.iter().copied().map(Finite::get).collect(),
    }
}

/// The middles of slots.
pub fn slots(count: usize) -> Vec<f64> {
    (0..count).map(|slot| slot as f64 + 0.5).collect()
}

/// Every how many-th label is shown so that they do not touch: 1, 2, 3, 6, 12 …
/// `widest` and `slot` are lengths of the same unit.
pub fn label_step(count: usize, widest: f64, slot: f64) -> usize {
    [1, 2, 3, 4, 6, 12, 24, 36, 60, 120]
        .into_iter()
        .find(|step| *step as f64 * slot >= widest)
        .unwrap_or(count.max(1))
}

fn values(series: &[Series]) -> impl Iterator<Item = f64> + '_ {
    let values = series.iter().flat_map(|one| one.values());
    values.flatten().map(|value| value.get())
}

fn along_scale(along: &Along, axis: &Axis) -> Across {
    match along {
        Along::Categories(categories) => Across::Slots(categories.len()),
        Along::Numbers(_) => Across::Numbers(Scale::over(places(along), axis, Zero::Free)),
    }
}

/// A diagonal says “equal” only where both axes are the same.
fn same_both_ways(chart: &Chart, mut across: Vec<f64>, mut upward: Vec<f64>) -> Scales {
    for axis in [chart.across(), chart.up()] {
        let ends = axis.covered().into_iter();
        across.extend(ends.flat_map(|(one, other)| [one.get(), other.get()]));
    }
    upward.extend(&across);
    across.extend(&upward);
    Scales {
        across: Across::Numbers(Scale::over(across, chart.across(), Zero::WhereNear)),
        up: Scale::over(upward, chart.up(), Zero::WhereNear),
    }
}

/// The smallest nice step that needs few enough ticks from below `low` to above `high`.
fn fitted(low: f64, high: f64, form: Form) -> Scale {
    let (low, high) = apart(low, high, form);
    for power in finest(form)..=POWER_MAX {
        for digit in [1, 2, 5] {
            let step = spelled(digit, power);
            let first = (low / step + TOLERANCE).floor();
            let last = (high / step - TOLERANCE).ceil();
            if last - first <= INTERVALS_MAX {
                return Scale {
                    low: first * step,
                    high: last * step,
                    step,
                    form: labelled(power, form),
                    first: first as i64,
                    last: last as i64,
                };
            }
        }
    }
    unreachable!("a step of 10 to the {POWER_MAX} spans every finite number in six")
}

/// One value stands in the middle of its axis; zero stands at its foot.
fn apart(low: f64, high: f64, form: Form) -> (f64, f64) {
    let least = spelled(1, finest(form));
    if high - low >= least {
        (low, high)
    } else if low == 0.0 {
        (
            0.0,
            spelled(1, if is_percent(form) { -2 } else { 0 }).max(least),
        )
    } else {
        let room = (low.abs() / 10.0).max(least);
        (low - room, high + room)
    }
}

/// The power of ten below which a step would need more decimals than the values show.
fn finest(form: Form) -> i32 {
    let decimals = i32::from(form.decimals());
    let shift = if is_percent(form) { 2 } else { 0 };
    (-decimals - shift).max(POWER_MIN)
}

fn labelled(power: i32, form: Form) -> Form {
    let decimals = |power: i32| u8::try_from(-power).unwrap_or(0);
    match form {
        Form::Decimal(_) => Form::Decimal(decimals(power)),
        Form::Percent(_) => Form::Percent(decimals(power + 2)),
    }
}

fn is_percent(form: Form) -> bool {
    matches!(form, Form::Percent(_))
}

fn spelled(digit: u8, power: i32) -> f64 {
    let text = format!("{digit}e{power}");
    text.parse().expect("a digit and a power are a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(numbers: &[f64], form: Form, zero: Zero, labels: &[&str]) {
        let axis = Axis::new("", form);
        let scale = Scale::over(numbers.iter().copied(), &axis, zero);
        let found: Vec<String> = scale.ticks().map(|tick| scale.label(tick)).collect();
        assert_eq!(found, labels);
    }

    #[test]
    fn steps_are_one_two_or_five() {
        let whole = Form::Decimal(0);
        let near = Zero::WhereNear;
        check(
            &[1.0, 6.0],
            whole,
            near,
            &["0", "1", "2", "3", "4", "5", "6"],
        );
        check(&[1.0, 7.0], whole, near, &["0", "2", "4", "6", "8"]);
        check(
            &[30.0, 2_316.0],
            whole,
            near,
            &["0", "500", "1,000", "1,500", "2,000", "2,500"],
        );
        check(&[101.0, 104.0], whole, near, &["101", "102", "103", "104"]);
        check(&[-3.0, 4.0], whole, near, &["-4", "-2", "0", "2", "4"]);
        check(&[-3.0], whole, Zero::Always, &["-3", "-2", "-1", "0"]);
        check(
            &[0.3, 0.1],
            Form::Decimal(2),
            Zero::Free,
            &["0.10", "0.15", "0.20", "0.25", "0.30"],
        );
    }

    #[test]
    fn shares_are_labelled_in_percent_and_end_at_a_hundred() {
        let form = Form::Percent(1);
        let near = Zero::WhereNear;
        check(
            &[0.02, 1.0],
            form,
            near,
            &["0%", "20%", "40%", "60%", "80%", "100%"],
        );
        check(
            &[0.501, 0.513],
            form,
            near,
            &["50.0%", "50.5%", "51.0%", "51.5%"],
        );
    }

    #[test]
    fn no_label_is_finer_than_the_values() {
        check(&[0.0, 2.0], Form::Decimal(0), Zero::Free, &["0", "1", "2"]);
        check(
            &[0.0, 0.02],
            Form::Percent(0),
            Zero::Free,
            &["0%", "1%", "2%"],
        );
    }

    #[test]
    fn one_value_and_none_have_an_axis() {
        check(&[], Form::Decimal(0), Zero::WhereNear, &["0", "1"]);
        check(&[0.0, 0.0], Form::Decimal(0), Zero::WhereNear, &["0", "1"]);
        check(
            &[5.0],
            Form::Decimal(0),
            Zero::Always,
            &["0", "1", "2", "3", "4", "5"],
        );
        check(
            &[50.0, 50.0],
            Form::Decimal(0),
            Zero::Free,
            &["44", "46", "48", "50", "52", "54", "56"],
        );
    }

    #[test]
    fn the_largest_and_the_smallest_numbers_have_an_axis() {
        for numbers in [
            [-1e15, 1e15],
            [1e-12, 2e-12],
            [1e15, 1e15],
            [-1e15, -1e15 + 1.0],
        ] {
            for form in [Form::Decimal(6), Form::Percent(6), Form::Decimal(0)] {
                let scale = Scale::over(numbers, &Axis::new("", form), Zero::Free);
                assert!(scale.low < scale.high, "{numbers:?}");
                for number in numbers {
                    let share = scale.share(number);
                    assert!((-1e-6..=1.0 + 1e-6).contains(&share), "{numbers:?} {share}");
                }
            }
        }
    }
}
