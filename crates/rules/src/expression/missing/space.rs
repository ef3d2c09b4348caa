//! The quantities that are unknown, what they may be, and the directions that they span.
//!
//! Knows how values lie, not what is asked about them.
//!
//! ```text
//! quantities: a in 0..=9, b in 0..=9, a * b in 0..=81; directions: a, a - b in -9..=9
//! ```

use super::super::evaluate::elapsed;
use super::super::tree::Span;
use super::super::vocabulary::Slot;
use super::line::{Line, Mask, NEAR, Range};
use super::residue::Residue;

/// What no sum can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Derived {
    Product(Line, Line),
    Elapsed {
        unit: Span,
        of_days: bool,
        from: Line,
        to: Line,
    },
    /// The line beside the first condition that is true. Asks for all that any of it reads,
    /// which may be more than SQL would: see [`Space::is_coarse`].
    Choice {
        arms: Vec<(Residue, Line)>,
        otherwise: Line,
        needs: Mask,
    },
}

/// The quantities that a residue speaks of. Quantities are the unknown slots, then what is
/// derived from quantities before.
#[derive(Debug, Default)]
pub(super) struct Space {
    /// Facts first, each in the order of slots.
    pub(super) unknowns: Vec<Slot>,
    /// What the unknown slots may be.
    pub(super) domains: Vec<Range>,
    pub(super) derived: Vec<Derived>,
    pub(super) directions: Vec<Line>,
    /// Where the directions may lie at all.
    pub(super) extents: Vec<Range>,
    /// Whether a choice counts as unknown while anything that it reads is. What is then
    /// settled is settled, but what is unknown may not be.
    pub(super) is_coarse: bool,
}

impl Space {
    /// Where every quantity lies while the unknown slots lie in `slots`.
    pub(super) fn quantities(&self, slots: &[Range]) -> Option<Vec<Range>> {
        let mut ranges = slots.to_vec();
        for derived in &self.derived {
            let range = match derived {
                Derived::Product(left, right) => {
                    let (left, right) = (left.range(&ranges)?, right.range(&ranges)?);
                    let mut product: Option<Range> = None;
                    for (one, other) in [
                        (left.0, right.0),
                        (left.0, right.1),
                        (left.1, right.0),
                        (left.1, right.1),
                    ] {
                        let corner = one.checked_mul(other)?;
                        let (low, high) = product.unwrap_or((corner, corner));
                        product = Some((low.min(corner), high.max(corner)));
                    }
                    product?
                }
                // Later ends and earlier begins make it longer, so the corners are the extremes.
                Derived::Elapsed {
                    unit,
                    of_days,
                    from,
                    to,
                } => {
                    let (from, to) = (from.range(&ranges)?, to.range(&ranges)?);
                    let shortest = elapsed(*unit, *of_days, from.1, to.0)?;
                    (shortest, elapsed(*unit, *of_days, from.0, to.1)?)
                }
                Derived::Choice {
                    arms, otherwise, ..
                } => self.chosen(arms, otherwise, &ranges)?,
            };
            ranges.push(range);
        }
        Some(ranges)
    }

    fn chosen(&self, arms: &[(Residue, Line)], last: &Line, ranges: &[Range]) -> Option<Range> {
        let directions = self.directions.iter().map(|direction| {
            let is_before = |(quantity, _): &(usize, i128)| *quantity < ranges.len();
            match direction.weights.iter().all(is_before) {
                true => direction.range(ranges),
                false => Some((-NEAR, NEAR)),
            }
        });
        let directions: Vec<Range> = directions.collect::<Option<_>>()?;
        let mut reached = Vec::new();
        for (condition, line) in arms {
            let outcomes = condition.outcomes(Mask::MAX, &directions);
            if outcomes.admits(Some(true)) {
                reached.push(line.range(ranges)?);
            }
            if !outcomes.admits(Some(false)) {
                break;
            }
        }
        let is_last_reached = arms.iter().all(|(condition, _)| {
            condition
                .outcomes(Mask::MAX, &directions)
                .admits(Some(false))
        });
        if is_last_reached {
            reached.push(last.range(ranges)?);
        }
        let low = reached.iter().map(|range| range.0).min()?;
        Some((low, reached.iter().map(|range| range.1).max()?))
    }

    /// The unknown slots that are wanted.
    pub(super) fn all(&self, is_wanted: impl Fn(Slot) -> bool) -> Mask {
        let places = self.unknowns.iter().enumerate();
        places
            .filter(|(_, slot)| is_wanted(**slot))
            .fold(0, |mask, (place, _)| mask | 1 << place)
    }

    /// The indices of the slots in `set`, which are all facts or all parameters.
    pub(super) fn indices(&self, set: Mask) -> Vec<usize> {
        let places = self.unknowns.iter().enumerate();
        places
            .filter(|(place, _)| set & (1 << place) != 0)
            .map(|(_, Slot::Fact(index) | Slot::Parameter(index))| *index)
            .collect()
    }

    /// Whether a direction is one of the unknown slots and nothing else.
    pub(super) fn slot_of(&self, direction: usize) -> Option<usize> {
        match self.directions[direction].weights.as_slice() {
            [(quantity, 1)] if *quantity < self.unknowns.len() => Some(*quantity),
            _ => None,
        }
    }

    /// The unknown slots behind some weights.
    pub(super) fn behind(&self, weights: &[(usize, i128)]) -> Mask {
        weights.iter().fold(0, |mask, (quantity, _)| {
            mask | match quantity.checked_sub(self.unknowns.len()) {
                None => 1 << quantity,
                Some(index) => match &self.derived[index] {
                    Derived::Product(left, right) => left.needs | right.needs,
                    Derived::Elapsed { from, to, .. } => from.needs | to.needs,
                    Derived::Choice { needs, .. } => *needs,
                },
            }
        })
    }
}
