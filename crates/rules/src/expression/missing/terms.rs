//! Terms over what is unknown: sums, and choices between sums.
//!
//! Exact: CASE, least and greatest keep every choice, and what meets is joined choice by
//! choice. In a coarse space a choice is one quantity instead.
//!
//! ```text
//! CASE WHEN a >= 5 THEN b ELSE 0 END + c:  a >= 5 ? b + c : c
//! ```

use super::super::evaluate::elapsed;
use super::super::tree::{Condition, Span, Term};
use super::super::vocabulary::Slot;
use super::line::{FAR, Line, Mask, constant, quantity, scaled, sum};
use super::reduce::Reducer;
use super::residue::Residue;
use super::space::Derived;

/// What a term can be.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Line(Line),
    /// Whatever is learned.
    Unknown,
    Choose {
        arms: Vec<(Residue, Value)>,
        otherwise: Box<Value>,
    },
}

/// How two sums meet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Joint {
    Add,
    Subtract,
    Multiply,
    Least,
    Greatest,
    Elapsed { unit: Span, of_days: bool },
}

impl Reducer<'_> {
    pub(super) fn slot(&self, slot: Slot) -> Value {
        let known = self.row.value(slot);
        Value::Line(match known {
            Some(value) => constant(i128::from(value)),
            None => {
                let index = self.space.unknowns.binary_search(&slot);
                quantity(index.expect("every unknown slot was gathered"), |index| {
                    1 << index
                })
            }
        })
    }

    pub(super) fn term(&mut self, term: &Term) -> Option<Value> {
        Some(match term {
            Term::Slot(slot) => self.slot(*slot),
            Term::Number(number) => Value::Line(constant(i128::from(*number))),
            Term::Named { term, .. } => self.term(term)?,
            Term::Negate(term) => {
                let value = self.term(term)?;
                self.join(Joint::Multiply, value, &Value::Line(constant(-1)))?
            }
            Term::Parts(term, parts) => {
                let value = self.term(term)?;
                let parts = Value::Line(constant(i128::from(*parts)));
                self.join(Joint::Multiply, value, &parts)?
            }
            Term::Add(left, right) => self.pair(Joint::Add, left, right)?,
            Term::Subtract(left, right) => self.pair(Joint::Subtract, left, right)?,
            Term::Multiply(left, right) => self.pair(Joint::Multiply, left, right)?,
            Term::Least(terms) => self.fold(Joint::Least, terms)?,
            Term::Greatest(terms) => self.fold(Joint::Greatest, terms)?,
            Term::Elapsed {
                unit,
                of_days,
                from,
                to,
            } => {
                let (unit, of_days) = (*unit, *of_days);
                self.pair(Joint::Elapsed { unit, of_days }, from, to)?
            }
            Term::Case { arms, otherwise } => self.case(arms, otherwise.as_deref())?,
        })
    }

    fn pair(&mut self, joint: Joint, left: &Term, right: &Term) -> Option<Value> {
        let (left, right) = (self.term(left)?, self.term(right)?);
        self.join(joint, left, &right)
    }

    fn fold(&mut self, joint: Joint, terms: &[Term]) -> Option<Value> {
        let (first, rest) = terms.split_first()?;
        let mut value = self.term(first)?;
        for term in rest {
            let next = self.term(term)?;
            value = self.join(joint, value, &next)?;
        }
        Some(value)
    }

    fn case(&mut self, arms: &[(Condition, Term)], otherwise: Option<&Term>) -> Option<Value> {
        let mut open = Vec::new();
        let mut last = None;
        for (condition, term) in arms {
            match self.condition(condition)? {
                Residue::Settled(Some(false)) => {}
                Residue::Settled(Some(true)) => {
                    last = Some(self.term(term)?);
                    break;
                }
                Residue::Settled(None) => {
                    last = Some(Value::Unknown);
                    break;
                }
                condition => open.push((condition, self.term(term)?)),
            }
        }
        let last = match (last, otherwise) {
            (Some(value), _) => value,
            (None, Some(term)) => self.term(term)?,
            (None, None) => Value::Unknown,
        };
        self.choice(open, last)
    }

    /// A choice as it is, or as one quantity where the space is coarse.
    fn choice(&mut self, arms: Vec<(Residue, Value)>, last: Value) -> Option<Value> {
        if !self.space.is_coarse || arms.is_empty() {
            return Some(choose(arms, last));
        }
        let Value::Line(otherwise) = last else {
            return None;
        };
        let mut needs = otherwise.needs;
        let mut lines = Vec::with_capacity(arms.len());
        for (condition, value) in arms {
            let Value::Line(line) = value else {
                return None;
            };
            // What stands under an IS is read though it may stay unknown.
            if condition.reads_under_is() != 0 {
                return None;
            }
            needs |= line.needs | condition.reads();
            lines.push((condition, line));
        }
        let derived = Derived::Choice {
            arms: lines,
            otherwise,
            needs,
        };
        Some(self.derive(derived, needs))
    }

    /// Joins every choice of one value with every choice of the other.
    pub(super) fn join(&mut self, joint: Joint, left: Value, right: &Value) -> Option<Value> {
        self.choices_left = self.choices_left.checked_sub(1)?;
        Some(match (left, right) {
            (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
            (Value::Choose { arms, otherwise }, right) => {
                let mut joined = Vec::with_capacity(arms.len());
                for (condition, value) in arms {
                    joined.push((condition, self.join(joint, value, right)?));
                }
                choose(joined, self.join(joint, *otherwise, right)?)
            }
            (left, Value::Choose { arms, otherwise }) => {
                let mut joined = Vec::with_capacity(arms.len());
                for (condition, value) in arms {
                    joined.push((condition.clone(), self.join(joint, left.clone(), value)?));
                }
                choose(joined, self.join(joint, left, otherwise)?)
            }
            (Value::Line(left), Value::Line(right)) => self.meet(joint, left, right)?,
        })
    }

    fn meet(&mut self, joint: Joint, left: Line, right: &Line) -> Option<Value> {
        let needs = left.needs | right.needs;
        Some(match joint {
            Joint::Add => Value::Line(sum(&left, right, 1)?),
            Joint::Subtract => Value::Line(sum(&left, right, -1)?),
            Joint::Multiply if right.weights.is_empty() => {
                Value::Line(scaled(&left, right.constant, needs)?)
            }
            Joint::Multiply if left.weights.is_empty() => {
                Value::Line(scaled(right, left.constant, needs)?)
            }
            Joint::Multiply => self.derive(Derived::Product(left, right.clone()), needs),
            Joint::Least | Joint::Greatest => {
                let difference = sum(&left, right, -1)?;
                let range = match joint {
                    Joint::Least => (-FAR, 0),
                    _ => (0, FAR),
                };
                let condition = self.within(&difference, range, false)?;
                let [left, right] = [&left, right].map(|line| {
                    let line = line.clone();
                    Value::Line(Line { needs, ..line })
                });
                match condition {
                    Residue::Settled(Some(truth)) | Residue::Fixed { truth, .. } => {
                        if truth {
                            left
                        } else {
                            right
                        }
                    }
                    condition => self.choice(vec![(condition, left)], right)?,
                }
            }
            Joint::Elapsed { unit, of_days } => {
                if left.weights.is_empty() && right.weights.is_empty() {
                    return Some(
                        match elapsed(unit, of_days, left.constant, right.constant) {
                            Some(span) => Value::Line(Line {
                                needs,
                                ..constant(span)
                            }),
                            None => Value::Unknown,
                        },
                    );
                }
                let (from, to) = (left, right.clone());
                let derived = Derived::Elapsed {
                    unit,
                    of_days,
                    from,
                    to,
                };
                self.derive(derived, needs)
            }
        })
    }

    fn derive(&mut self, derived: Derived, needs: Mask) -> Value {
        let own = &mut self.space.derived;
        let index = own.iter().position(|other| *other == derived);
        let index = index.unwrap_or_else(|| {
            own.push(derived);
            own.len() - 1
        });
        Value::Line(quantity(self.space.unknowns.len() + index, |_| needs))
    }
}

fn choose(arms: Vec<(Residue, Value)>, last: Value) -> Value {
    if arms.is_empty() {
        return last;
    }
    Value::Choose {
        arms,
        otherwise: Box::new(last),
    }
}
