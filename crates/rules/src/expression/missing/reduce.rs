//! From a condition and a row to the residue over what is unknown.
//!
//! Exact: CASE, least and greatest become choices between sums, comparisons of sums become
//! ranges of directions. Gives up, instead of rounding, where numbers or the number of
//! choices grow beyond reason.
//!
//! ```text
//! least(a, b) >= p, with p = 5:  a - b <= 0 ? a >= 5 : b >= 5
//! ```

use super::super::evaluate::{Row, elapsed};
use super::super::tree::{Condition, Relation, Span, Term};
use super::super::vocabulary::{Kind, Slot, Vocabulary};
use super::residue::{Derived, FAR, Line, Mask, Range, Residue, Space};
use crate::period::Month;

/// More choices than this come of no condition that people write.
const CHOICES_MAX: usize = 4_096;

/// What a term can be.
#[derive(Debug, Clone)]
enum Value {
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
enum Joint {
    Add,
    Subtract,
    Multiply,
    Least,
    Greatest,
    Elapsed { unit: Span, of_days: bool },
}

/// The residue of `condition` on `row`, or `None` where it is beyond reason. Where the choices
/// of an exact one are too many, as in sums of points, it is a coarse one.
pub(super) fn reduce(
    condition: &Condition,
    row: Row<'_>,
    vocabulary: &Vocabulary,
) -> Option<(Residue, Space)> {
    let reduced = |is_coarse: bool| reduced(condition, row, vocabulary, is_coarse);
    reduced(false).or_else(|| reduced(true))
}

fn reduced(
    condition: &Condition,
    row: Row<'_>,
    vocabulary: &Vocabulary,
    is_coarse: bool,
) -> Option<(Residue, Space)> {
    let mut space = Space {
        is_coarse,
        ..Space::default()
    };
    for slot in condition.slots() {
        if row.value(slot).is_none() {
            space.unknowns.push(slot);
            space.domains.push(domain(slot, vocabulary)?);
        }
    }
    if space.unknowns.len() > Mask::BITS as usize {
        return None;
    }
    let mut reducer = Reducer {
        row,
        space,
        choices_left: CHOICES_MAX,
    };
    let residue = reducer.condition(condition)?;
    Some((residue, reducer.space))
}

/// The first and the last value that loaders let into a slot.
fn domain(slot: Slot, vocabulary: &Vocabulary) -> Option<Range> {
    let most = i128::try_from(vocabulary.magnitude_max(slot)?).ok()?;
    let (low, high) = match &vocabulary.at(slot)?.kind {
        Kind::Money | Kind::Electricity | Kind::Count | Kind::Integer | Kind::Rate { .. } => {
            (-most, most)
        }
        Kind::Day => (-most, most),
        Kind::Month => {
            let (first, last) = (Month::new(1900, 1)?, Month::new(2199, 12)?);
            (i128::from(first.index()), i128::from(last.index()))
        }
        Kind::Boolean => (0, 1),
        Kind::Code { .. } => (0, most),
        Kind::Choice(choices) => (0, choices.len() as i128 - 1),
    };
    let domain = (low, high.min(most));
    (domain.0 <= domain.1).then_some(domain)
}

struct Reducer<'a> {
    row: Row<'a>,
    space: Space,
    choices_left: usize,
}

impl Reducer<'_> {
    fn condition(&mut self, condition: &Condition) -> Option<Residue> {
        Some(match condition {
            Condition::Always(truth) => Residue::Settled(Some(*truth)),
            Condition::Holds(slot) => {
                let value = self.slot(*slot);
                self.test(&value, (0, 0), true)?
            }
            Condition::Compare {
                left,
                relation,
                right,
            } => self.compare(&left.term, *relation, &right.term)?,
            Condition::Between { value, low, high } => all(vec![
                self.compare(&value.term, Relation::AtLeast, &low.term)?,
                self.compare(&value.term, Relation::AtMost, &high.term)?,
            ]),
            Condition::OneOf { value, list } => {
                let mut parts = Vec::with_capacity(list.len());
                for other in list {
                    parts.push(self.compare(&value.term, Relation::Equal, &other.term)?);
                }
                any(parts)
            }
            Condition::Begins {
                code, low, high, ..
            } => {
                let value = self.slot(*code);
                self.test(&value, (i128::from(*low), i128::from(*high)), false)?
            }
            // What lies in a range without end is true as soon as it has a value.
            Condition::Missing(amount) => {
                let value = self.term(&amount.term)?;
                is(self.test(&value, (-FAR, FAR), false)?, None)
            }
            Condition::Is { condition, truth } => is(self.condition(condition)?, *truth),
            Condition::Not(inner) => not(self.condition(inner)?),
            Condition::All(parts) => all(self.each(parts)?),
            Condition::Any(parts) => any(self.each(parts)?),
        })
    }

    fn each(&mut self, parts: &[Condition]) -> Option<Vec<Residue>> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn compare(&mut self, left: &Term, relation: Relation, right: &Term) -> Option<Residue> {
        let (left, right) = (self.term(left)?, self.term(right)?);
        let difference = self.join(Joint::Subtract, left, &right)?;
        let (range, negated) = match relation {
            Relation::Equal => ((0, 0), false),
            Relation::NotEqual => ((0, 0), true),
            Relation::Less => ((-FAR, -1), false),
            Relation::AtMost => ((-FAR, 0), false),
            Relation::Greater => ((1, FAR), false),
            Relation::AtLeast => ((0, FAR), false),
        };
        self.test(&difference, range, negated)
    }

    fn test(&mut self, value: &Value, range: Range, negated: bool) -> Option<Residue> {
        match value {
            Value::Line(line) => self.within(line, range, negated),
            Value::Unknown => Some(Residue::Settled(None)),
            Value::Choose { arms, otherwise } => {
                let mut chosen = Vec::with_capacity(arms.len());
                for (condition, value) in arms {
                    chosen.push((condition.clone(), self.test(value, range, negated)?));
                }
                Some(Residue::Choose {
                    arms: chosen,
                    otherwise: Box::new(self.test(otherwise, range, negated)?),
                })
            }
        }
    }

    /// Whether a line lies in a range, said of its direction.
    fn within(&mut self, line: &Line, range: Range, negated: bool) -> Option<Residue> {
        let needs = line.needs;
        let fixed = |is_within: bool| match is_within != negated {
            truth if needs == 0 => Residue::Settled(Some(truth)),
            truth => Residue::Fixed { needs, truth },
        };
        let quantities = self.space.quantities(&self.space.domains)?;
        line.range(&quantities)?;
        let (mut low, mut high) = (range.0 - line.constant, range.1 - line.constant);
        let divisor = line.weights.iter().fold(0, |divisor, (_, weight)| {
            greatest_common_divisor(divisor, weight.abs())
        });
        let Some((_, first)) = line.weights.first() else {
            return Some(fixed((low..=high).contains(&0)));
        };
        if *first < 0 {
            (low, high) = (-high, -low);
        }
        let (low, high) = (-(-low).div_euclid(divisor), high.div_euclid(divisor));
        let direction = self.direction(line, divisor * first.signum(), &quantities)?;
        let (least, most) = self.space.extents[direction];
        if low <= least && most <= high {
            return Some(fixed(true));
        }
        if low > high || most < low || high < least {
            return Some(fixed(false));
        }
        Some(Residue::Within {
            direction,
            needs,
            low,
            high,
            negated,
        })
    }

    fn direction(&mut self, line: &Line, divisor: i128, quantities: &[Range]) -> Option<usize> {
        let weights = line.weights.iter();
        let weights: Vec<(usize, i128)> = weights
            .map(|(quantity, weight)| (*quantity, weight / divisor))
            .collect();
        let mut own = self.space.directions.iter();
        if let Some(found) = own.position(|direction| direction.weights == weights) {
            return Some(found);
        }
        let needs = self.space.behind(&weights);
        let direction = Line {
            weights,
            constant: 0,
            needs,
        };
        self.space.extents.push(direction.range(quantities)?);
        self.space.directions.push(direction);
        Some(self.space.directions.len() - 1)
    }

    fn slot(&self, slot: Slot) -> Value {
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

    fn term(&mut self, term: &Term) -> Option<Value> {
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
    fn join(&mut self, joint: Joint, left: Value, right: &Value) -> Option<Value> {
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

fn constant(constant: i128) -> Line {
    Line {
        constant,
        ..Line::default()
    }
}

fn quantity(index: usize, needs: impl Fn(usize) -> Mask) -> Line {
    Line {
        weights: vec![(index, 1)],
        constant: 0,
        needs: needs(index),
    }
}

fn scaled(line: &Line, factor: i128, needs: Mask) -> Option<Line> {
    let mut weights = Vec::with_capacity(line.weights.len());
    for (quantity, weight) in line.weights.iter().filter(|_| factor != 0) {
        weights.push((*quantity, weight.checked_mul(factor)?));
    }
    Some(Line {
        weights,
        constant: line.constant.checked_mul(factor)?,
        needs,
    })
}

fn sum(left: &Line, right: &Line, factor: i128) -> Option<Line> {
    let right = scaled(right, factor, right.needs)?;
    let mut weights = left.weights.clone();
    for (quantity, weight) in right.weights {
        match weights.binary_search_by_key(&quantity, |(own, _)| *own) {
            Ok(place) => weights[place].1 = weights[place].1.checked_add(weight)?,
            Err(place) => weights.insert(place, (quantity, weight)),
        }
    }
    weights.retain(|(_, weight)| *weight != 0);
    Some(Line {
        weights,
        constant: left.constant.checked_add(right.constant)?,
        needs: left.needs | right.needs,
    })
}

fn greatest_common_divisor(one: i128, other: i128) -> i128 {
    if other == 0 {
        one
    } else {
        greatest_common_divisor(other, one % other)
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

fn is(inner: Residue, truth: Option<bool>) -> Residue {
    match inner {
        Residue::Settled(outcome) => Residue::Settled(Some(outcome == truth)),
        inner => Residue::Is {
            inner: Box::new(inner),
            truth,
        },
    }
}

fn not(inner: Residue) -> Residue {
    match inner {
        Residue::Settled(outcome) => Residue::Settled(outcome.map(|truth| !truth)),
        inner => Residue::Not(Box::new(inner)),
    }
}

fn all(parts: Vec<Residue>) -> Residue {
    joined(parts, false, Residue::All)
}

fn any(parts: Vec<Residue>) -> Residue {
    joined(parts, true, Residue::Any)
}

/// Leaves out what does not count; `deciding` alone decides.
fn joined(
    mut parts: Vec<Residue>,
    deciding: bool,
    connect: fn(Vec<Residue>) -> Residue,
) -> Residue {
    if parts.contains(&Residue::Settled(Some(deciding))) {
        return Residue::Settled(Some(deciding));
    }
    parts.retain(|part| *part != Residue::Settled(Some(!deciding)));
    match parts.len() {
        0 => Residue::Settled(Some(!deciding)),
        1 => parts.remove(0),
        _ => connect(parts),
    }
}
