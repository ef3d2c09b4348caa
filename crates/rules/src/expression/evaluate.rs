//! One firm's answer to a condition, in SQL's three-valued logic.
//!
//! Exact: sums and products are formed in i128, and the checker has proved that they
//! fit. Knows slots only; columns are another walk over the same tree.
//!
//! ```
//! use rules::expression::{Condition, Row, Slot};
//! let row = Row { facts: &[None], parameters: &[] };
//! assert_eq!(Condition::Holds(Slot::Fact(0)).evaluate(row), None);
//! ```

use super::tree::{Amount, Condition, Relation, Span, Term};
use super::vocabulary::Slot;
use crate::period::civil;

/// What is known of one firm, with the parameters in force on the day of law.
/// Every slot of the vocabulary has its place; `None` is unknown.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub facts: &'a [Option<i64>],
    pub parameters: &'a [Option<i64>],
}

impl Row<'_> {
    /// The value at a slot; a slot outside the row is a bug.
    pub fn value(&self, slot: Slot) -> Option<i64> {
        match slot {
            Slot::Fact(index) => self.facts[index],
            Slot::Parameter(index) => self.parameters[index],
        }
    }
}

impl Condition {
    /// True, false, or `None` where the answer is unknown.
    pub fn evaluate(&self, row: Row<'_>) -> Option<bool> {
        match self {
            Condition::Always(truth) => Some(*truth),
            Condition::Holds(slot) => row.value(*slot).map(|value| value != 0),
            Condition::Compare {
                left,
                relation,
                right,
            } => {
                let left = left.evaluate(row)?;
                Some(relation.holds(left, right.evaluate(row)?))
            }
            Condition::Between { value, low, high } => {
                let value = value.evaluate(row)?;
                let reached = low.evaluate(row).map(|low| low <= value);
                let kept = high.evaluate(row).map(|high| value <= high);
                all_of([reached, kept])
            }
            Condition::OneOf { value, list } => {
                let value = value.evaluate(row)?;
                any_of(
                    list.iter()
                        .map(|other| other.evaluate(row).map(|other| other == value)),
                )
            }
            Condition::Begins {
                code, low, high, ..
            } => row.value(*code).map(|code| (*low..=*high).contains(&code)),
            Condition::Missing(amount) => Some(amount.evaluate(row).is_none()),
            Condition::Is { condition, truth } => Some(condition.evaluate(row) == *truth),
            Condition::Not(condition) => condition.evaluate(row).map(|truth| !truth),
            Condition::All(parts) => all_of(parts.iter().map(|part| part.evaluate(row))),
            Condition::Any(parts) => any_of(parts.iter().map(|part| part.evaluate(row))),
        }
    }
}

impl Amount {
    /// The exact value in parts of which [`Amount::per`] make a unit, or `None` where an
    /// operand is unknown.
    pub fn evaluate(&self, row: Row<'_>) -> Option<i128> {
        self.term.evaluate(row)
    }

    /// The value rounded to whole units, half away from zero: fen for money.
    pub fn rounded(&self, row: Row<'_>) -> Option<i128> {
        Some(round(self.evaluate(row)?, self.per))
    }
}

impl Term {
    /// A value outside what its kind admits could leave i128; that is unknown, never wrapped.
    pub(super) fn evaluate(&self, row: Row<'_>) -> Option<i128> {
        match self {
            Term::Slot(slot) => row.value(*slot).map(i128::from),
            Term::Number(number) => Some(i128::from(*number)),
            Term::Negate(term) => term.evaluate(row)?.checked_neg(),
            Term::Add(left, right) => left.evaluate(row)?.checked_add(right.evaluate(row)?),
            Term::Subtract(left, right) => left.evaluate(row)?.checked_sub(right.evaluate(row)?),
            Term::Multiply(left, right) => left.evaluate(row)?.checked_mul(right.evaluate(row)?),
            Term::Parts(term, parts) => term.evaluate(row)?.checked_mul(i128::from(*parts)),
            Term::Least(terms) => every(terms, row)?.into_iter().min(),
            Term::Greatest(terms) => every(terms, row)?.into_iter().max(),
            Term::Case { arms, otherwise } => {
                for (condition, term) in arms {
                    if condition.evaluate(row)? {
                        return term.evaluate(row);
                    }
                }
                otherwise.as_ref()?.evaluate(row)
            }
            Term::Elapsed {
                unit,
                of_days,
                from,
                to,
            } => {
                let (from, to) = (from.evaluate(row)?, to.evaluate(row)?);
                elapsed(*unit, *of_days, from, to)
            }
            Term::Named { term, .. } => term.evaluate(row),
        }
    }
}

fn every(terms: &[Term], row: Row<'_>) -> Option<Vec<i128>> {
    terms.iter().map(|term| term.evaluate(row)).collect()
}

/// Whole months or years between two days or two months.
pub(super) fn elapsed(unit: Span, of_days: bool, from: i128, to: i128) -> Option<i128> {
    let months = if of_days {
        let (first, last) = (from.min(to), from.max(to));
        let (begin, begin_day) = civil(i64::try_from(first).ok()?);
        let (end, end_day) = civil(i64::try_from(last).ok()?);
        let whole = end - begin - i64::from(end_day < begin_day);
        i128::from(if from <= to { whole } else { -whole })
    } else {
        to.checked_sub(from)?
    };
    Some(match unit {
        Span::Months => months,
        Span::Years => months / 12,
    })
}

/// Division to the nearest whole, half away from zero; `per` is positive.
pub(crate) fn round(number: i128, per: i64) -> i128 {
    let per = i128::from(per);
    let half = if number < 0 { -(per / 2) } else { per / 2 };
    (number + half) / per
}

impl Relation {
    pub(super) fn holds(self, left: i128, right: i128) -> bool {
        match self {
            Relation::Equal => left == right,
            Relation::NotEqual => left != right,
            Relation::Less => left < right,
            Relation::AtMost => left <= right,
            Relation::Greater => left > right,
            Relation::AtLeast => left >= right,
        }
    }
}

/// AND of many: false where one is false, else unknown where one is unknown, else true.
pub fn all_of(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut outcome = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => outcome = None,
            Some(true) => {}
        }
    }
    outcome
}

/// OR of many: true where one is true, else unknown where one is unknown, else false.
pub fn any_of(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    all_of(parts.into_iter().map(|part| part.map(|truth| !truth))).map(|truth| !truth)
}
