//! From terms to numbers of the graph, and from tests of a number to tests of columns.
//!
//! "45 × employees + 3 >= 300" asks no more than whether employees reached a constant; so
//! does a CASE over constants, or months between a day and the day of law. Only what is left
//! over is computed firm by firm. Knows whole numbers, not what they count.
//!
//! ```text
//! months_between(opened_on, 2026-09-30) >= 24   →   opened_on <= 2024-09-30
//! ```

use super::compile::Compiler;
use super::graph::{Id, Literal, Node, Operation, calendar};
use crate::expression::{Condition, Slot, Span, Term};

/// A number, and the firms of which it is known. Where it is not, it means nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub(super) id: Id,
    pub(super) known: Literal,
}

impl Compiler<'_> {
    /// `None` where the value is unknown of every firm.
    pub(super) fn value(&mut self, term: &Term) -> Option<Value> {
        match term {
            Term::Slot(slot) => self.slot(*slot),
            Term::Number(number) => Some(self.constant(i128::from(*number))),
            Term::Negate(term) => {
                let zero = self.constant(0);
                let value = self.value(term)?;
                self.both(Operation::Subtract, zero, value)
            }
            Term::Add(left, right) => self.pair(Operation::Add, left, right),
            Term::Subtract(left, right) => self.pair(Operation::Subtract, left, right),
            Term::Multiply(left, right) => self.pair(Operation::Multiply, left, right),
            Term::Parts(term, parts) => {
                let value = self.value(term)?;
                let parts = self.constant(i128::from(*parts));
                self.both(Operation::Multiply, value, parts)
            }
            Term::Least(terms) => self.many(Operation::Least, terms),
            Term::Greatest(terms) => self.many(Operation::Greatest, terms),
            Term::Case { arms, otherwise } => self.case(arms, otherwise.as_deref()),
            Term::Elapsed {
                unit,
                of_days,
                from,
                to,
            } => {
                let (from, to) = (self.value(from)?, self.value(to)?);
                self.elapsed(*unit, *of_days, from, to)
            }
            Term::Named { term, .. } => self.value(term),
        }
    }

    pub(super) fn slot(&mut self, slot: Slot) -> Option<Value> {
        match slot {
            Slot::Parameter(index) => {
                let number = self.parameters[index]?;
                Some(self.constant(number.into()))
            }
            Slot::Fact(index) => {
                let column = self.columns.column(index)?;
                let (least, most) = column.range()?;
                Some(Value {
                    id: self.graph.fact(index, least, most),
                    known: self.graph.known(index, column),
                })
            }
        }
    }

    pub(super) fn constant(&mut self, number: i128) -> Value {
        Value {
            id: self.graph.number(number),
            known: Literal::YES,
        }
    }

    fn pair(&mut self, operation: Operation, left: &Term, right: &Term) -> Option<Value> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        self.both(operation, left, right)
    }

    fn many(&mut self, operation: Operation, terms: &[Term]) -> Option<Value> {
        let (first, rest) = terms.split_first()?;
        let first = self.value(first)?;
        rest.iter().try_fold(first, |value, term| {
            let other = self.value(term)?;
            self.both(operation, value, other)
        })
    }

    fn both(&mut self, operation: Operation, left: Value, right: Value) -> Option<Value> {
        let id = self.graph.both(operation, left.id, right.id)?;
        self.fitting(id, [left.known, right.known])
    }

    /// The number, known where its operands are and where it did not leave i128.
    fn fitting(&mut self, id: Id, known: [Literal; 2]) -> Option<Value> {
        let fits = match self.graph.of(id).may_leave {
            true => self.graph.plane(Node::Fits(id)),
            false => Literal::YES,
        };
        let known = self.graph.all(known.into_iter().chain([fits]));
        (known != Literal::NO).then_some(Value { id, known })
    }

    /// Strict: known where the arm that counts is, and every condition before it.
    fn case(&mut self, arms: &[(Condition, Term)], otherwise: Option<&Term>) -> Option<Value> {
        let mut reached = Literal::YES;
        let mut known = Vec::new();
        let mut ways = Vec::new();
        let known_of = |value: Option<Value>| value.map_or(Literal::NO, |value| value.known);
        for (condition, term) in arms {
            let pair = self.condition(condition);
            let value = self.value(term);
            known.push(self.graph.all([reached, pair.holds, known_of(value)]));
            reached = self.graph.all([reached, pair.fails]);
            ways.push((pair.holds, value));
        }
        let last = otherwise.and_then(|term| self.value(term));
        known.push(self.graph.all([reached, known_of(last)]));
        let known = self.graph.any(known);
        if known == Literal::NO {
            return None;
        }
        let mut chosen = last.map(|value| value.id);
        for (holds, value) in ways.into_iter().rev() {
            chosen = match (value, chosen) {
                (Some(value), Some(other)) => Some(self.graph.choose(holds, value.id, other)),
                (value, other) => value.map(|value| value.id).or(other),
            };
        }
        chosen.map(|id| Value { id, known })
    }

    fn elapsed(&mut self, unit: Span, of_days: bool, from: Value, to: Value) -> Option<Value> {
        let (from, to, months) = if of_days {
            (self.calendar(from)?, self.calendar(to)?, 32)
        } else {
            (from, to, 1)
        };
        let span = self.both(Operation::Subtract, to, from)?;
        let divisor = match unit {
            Span::Months => months,
            Span::Years => months * 12,
        };
        Some(match (divisor, self.graph.constant(span.id)) {
            (1, _) => span,
            (_, Some(number)) => Value {
                id: self.graph.number(number / i128::from(divisor)),
                ..span
            },
            _ => Value {
                id: self.graph.quotient(span.id, divisor),
                ..span
            },
        })
    }

    fn calendar(&mut self, days: Value) -> Option<Value> {
        if let Some(number) = self.graph.constant(days.id) {
            let id = self.graph.number(calendar(number)?);
            return Some(Value { id, ..days });
        }
        let id = self.graph.calendar(days.id);
        self.fitting(id, [days.known, Literal::YES])
    }

    /// Where `low <= number <= high`, right of the firms of which the number is known.
    pub(super) fn within(&mut self, id: Id, low: i128, high: i128) -> Literal {
        let bounds = self.graph.of(id);
        let (low, high) = (low.max(bounds.least), high.min(bounds.most));
        if low > high {
            return Literal::NO;
        }
        if (low, high) == (bounds.least, bounds.most) {
            return Literal::YES;
        }
        let node = self.graph.nodes[id as usize].clone();
        match node {
            Node::Fact(fact) => self.range(fact, low, high),
            Node::Choose(when, one, other) => {
                let (one, other) = (self.within(one, low, high), self.within(other, low, high));
                let first = self.graph.all([when, one]);
                let second = self.graph.all([when.opposite(), other]);
                self.graph.any([first, second])
            }
            Node::Both(operation, left, right) if !bounds.may_leave => {
                let constants = (self.graph.constant(left), self.graph.constant(right));
                match (operation, constants) {
                    (Operation::Least | Operation::Greatest, _) => {
                        self.within_extreme(operation, left, right, (low, high))
                    }
                    (_, (None, None)) => self.computed(id, low, high),
                    (_, (constant, _)) => {
                        let other = if constant.is_some() { right } else { left };
                        let (low, high) = preimage(operation, constants, low, high);
                        self.within(other, low, high)
                    }
                }
            }
            Node::Calendar(days) if !bounds.may_leave => {
                let own = self.graph.of(days);
                let first = first_day(own.least, own.most, |day| calendar(day) >= Some(low));
                let last = first_day(own.least, own.most, |day| calendar(day) > Some(high)) - 1;
                self.within(days, first, last)
            }
            Node::Quotient(number, divisor) => {
                let by = i128::from(divisor);
                let slack = by - 1;
                let low = low.saturating_mul(by);
                let low = if low > 0 {
                    low
                } else {
                    low.saturating_sub(slack)
                };
                let high = high.saturating_mul(by);
                let high = if high < 0 {
                    high
                } else {
                    high.saturating_add(slack)
                };
                self.within(number, low, high)
            }
            _ => self.computed(id, low, high),
        }
    }

    /// The least has reached a bound where both have, the greatest where one has.
    fn within_extreme(
        &mut self,
        operation: Operation,
        left: Id,
        right: Id,
        (low, high): (i128, i128),
    ) -> Literal {
        let mut reaches = |bound: i128| {
            let sides = [left, right].map(|side| self.within(side, bound, i128::MAX));
            match operation {
                Operation::Least => self.graph.all(sides),
                _ => self.graph.any(sides),
            }
        };
        let at_least = reaches(low);
        let beyond = high.checked_add(1).map_or(Literal::NO, &mut reaches);
        self.graph.all([at_least, beyond.opposite()])
    }

    fn computed(&mut self, id: Id, low: i128, high: i128) -> Literal {
        let bounds = self.graph.of(id);
        let mut reaches = |bound: i128| match bound {
            bound if bound <= bounds.least => Literal::YES,
            bound if bound > bounds.most => Literal::NO,
            bound => self.graph.plane(Node::Reaches(id, bound)),
        };
        let at_least = reaches(low);
        let beyond = high.checked_add(1).map_or(Literal::NO, reaches);
        self.graph.all([at_least, beyond.opposite()])
    }
}

/// Between what the operand that is no constant lies, where the result lies between `low`
/// and `high` and both are results that occur.
fn preimage(
    operation: Operation,
    constants: (Option<i128>, Option<i128>),
    low: i128,
    high: i128,
) -> (i128, i128) {
    match (operation, constants) {
        (Operation::Add, (Some(constant), _) | (_, Some(constant))) => {
            (low - constant, high - constant)
        }
        (Operation::Subtract, (_, Some(constant))) => (low + constant, high + constant),
        (Operation::Subtract, (Some(constant), _)) => (constant - high, constant - low),
        (Operation::Multiply, (Some(factor), _) | (_, Some(factor))) => {
            let (low, high) = if factor > 0 { (low, high) } else { (high, low) };
            // The least whole number whose product is not too small, the greatest not too large.
            (ceiling(low, factor), floor(high, factor))
        }
        _ => (low, high),
    }
}

/// Division towards negative infinity.
fn floor(number: i128, by: i128) -> i128 {
    let is_below = number % by != 0 && (number < 0) != (by < 0);
    number / by - i128::from(is_below)
}

/// Division towards positive infinity.
fn ceiling(number: i128, by: i128) -> i128 {
    let is_above = number % by != 0 && (number < 0) == (by < 0);
    number / by + i128::from(is_above)
}

/// The first day of `least..=most` from which on something is true, or the day after.
fn first_day(least: i128, most: i128, is_true: impl Fn(i128) -> bool) -> i128 {
    let (mut first, mut end) = (least, most + 1);
    while first < end {
        let middle = first + (end - first) / 2;
        if is_true(middle) {
            end = middle;
        } else {
            first = middle + 1;
        }
    }
    first
}
