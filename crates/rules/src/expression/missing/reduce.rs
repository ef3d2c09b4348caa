//! From a condition and a row to the residue over what is unknown.
//!
//! Exact: CASE, least and greatest become choices between sums, comparisons of sums become
//! ranges of directions. Gives up, instead of rounding, where numbers or the number of
//! choices grow beyond reason.
//!
//! ```text
//! least(a, b) >= p, with p = 5:  a - b <= 0 ? a >= 5 : b >= 5
//! ```

use super::super::evaluate::Row;
use super::super::tree::{Condition, Relation, Term};
use super::super::vocabulary::{Kind, Slot, Vocabulary};
use super::line::{FAR, Line, Mask, Range, greatest_common_divisor};
use super::residue::{Residue, all, any, is, not};
use super::space::Space;
use super::terms::{Joint, Value};
use crate::period::Month;

/// More choices than this come of no condition that people write.
const CHOICES_MAX: usize = 4_096;

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

pub(super) struct Reducer<'a> {
    pub(super) row: Row<'a>,
    pub(super) space: Space,
    pub(super) choices_left: usize,
}

impl Reducer<'_> {
    pub(super) fn condition(&mut self, condition: &Condition) -> Option<Residue> {
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
    pub(super) fn within(&mut self, line: &Line, range: Range, negated: bool) -> Option<Residue> {
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
}
