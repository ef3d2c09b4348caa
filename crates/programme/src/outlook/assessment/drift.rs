//! Whether the figures that go into the forecast are still those that it learnt from.
//!
//! Each month-end is held against the same month-end a year before, so that the season does not
//! count as a change; in the first year against the first one. The sum of a year so far can
//! only be compared with the same month of another year. A figure that nobody had at the base
//! has begun to be delivered, which is no change of it; one that nobody has any more is.

use super::FIRMS_MIN;
use crate::outlook::backtest::Input;
use crate::outlook::scores::population_stability;
use rules::period::Month;
use std::collections::VecDeque;

/// Figures that are watched: sales of the month, of the year so far, growth on the year before,
/// power, insured persons.
pub const FIGURES: usize = 5;
const SALES_YEAR: usize = 1;

/// How a stability index is read by custom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Below 0.1.
    Stable,
    /// 0.1 to 0.25.
    Changed,
    /// Above 0.25.
    Drifted,
}

/// One figure at one month-end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    /// Population stability index against the base; absent without one, or where nobody had
    /// the figure then.
    pub index: Option<f64>,
    /// Share of firms without the figure, 0 to 1.
    pub missing: Option<f64>,
}

impl Moved {
    pub fn reading(&self) -> Option<Reading> {
        Some(match self.index? {
            index if index < 0.1 => Reading::Stable,
            index if index <= 0.25 => Reading::Changed,
            _ => Reading::Drifted,
        })
    }
}

/// All figures at one month-end.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    pub as_of: Month,
    /// What it is compared with; the first month-end has nothing.
    pub base: Option<Month>,
    pub moved: [Moved; FIGURES],
}

/// NaN where missing.
type Column = Vec<f32>;

/// The month-ends of the last year, and the first of all, as narrow columns.
#[derive(Debug, Default)]
pub(super) struct Watch {
    kept: VecDeque<(Month, [Column; FIGURES])>,
    first: Option<(Month, [Column; FIGURES])>,
    found: Vec<Drift>,
}

impl Watch {
    pub(super) fn take(&mut self, as_of: Month, inputs: &[Input]) {
        let columns = FIGURE.map(|figure| {
            let values = inputs.iter().map(|input| match figure(input) {
                Some(value) => value as f32,
                None => f32::NAN,
            });
            values.collect::<Column>()
        });
        let year_before = as_of.plus(-12);
        while self
            .kept
            .front()
            .is_some_and(|(month, _)| *month < year_before)
        {
            self.kept.pop_front();
        }
        let base = match self.kept.front() {
            Some(own) if own.0 == year_before => Some(own),
            _ => self.first.as_ref(),
        };
        let moved = std::array::from_fn(|figure| {
            let own = &columns[figure];
            let base =
                base.filter(|(month, _)| figure != SALES_YEAR || month.number() == as_of.number());
            moved(base.map(|(_, columns)| &columns[figure]), own)
        });
        self.found.push(Drift {
            as_of,
            base: base.map(|(month, _)| *month),
            moved,
        });
        if self.first.is_none() {
            self.first = Some((as_of, columns.clone()));
        }
        self.kept.push_back((as_of, columns));
    }

    pub(super) fn finish(self) -> Vec<Drift> {
        self.found
    }
}

const FIGURE: [fn(&Input) -> Option<f64>; FIGURES] = [
    |input| input.sales_latest,
    |input| input.sales_year,
    |input| input.growth,
    |input| input.power_latest,
    |input| input.staff_latest,
];

fn moved(base: Option<&Column>, own: &Column) -> Moved {
    let missing = own.iter().filter(|value| value.is_nan()).count();
    let is_enough = |column: &Column| column.len() >= FIRMS_MIN;
    let is_there = |column: &Column| column.iter().any(|value| !value.is_nan());
    let base = base.filter(|base| is_enough(base) && is_enough(own) && is_there(base));
    Moved {
        index: base.and_then(|base| population_stability(&wide(base), &wide(own))),
        missing: is_enough(own).then(|| missing as f64 / own.len() as f64),
    }
}

fn wide(column: &Column) -> Vec<Option<f64>> {
    let value = |value: &f32| (!value.is_nan()).then(|| f64::from(*value));
    column.iter().map(value).collect()
}
