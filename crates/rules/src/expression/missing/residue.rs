//! What is left of a condition when everything known of a firm is put in.
//!
//! Only comparisons of *directions* with whole numbers remain: a direction is a weighted sum
//! of unknown quantities without a common divisor, so that `a >= b`, `a < b` and
//! `3 * a > 3 * b + p` all look along a − b. Knows nothing of kinds, names and text.
//!
//! ```text
//! a >= p AND 0 < b - a, with p = 5:  Within(a, 5..) AND Within(a - b, ..-1)
//! ```

use super::super::evaluate::elapsed;
use super::super::tree::Span;
use super::super::vocabulary::Slot;

/// Which of the unknown slots, by their place in [`Space::unknowns`].
pub(super) type Mask = u128;

/// First and last of the whole numbers that something may be; empty where they are crossed.
pub(super) type Range = (i128, i128);

/// Beyond every value: what is compared is proved to lie within [`NEAR`].
pub(super) const FAR: i128 = 1 << 124;
/// No value of a direction lies further from zero.
pub(super) const NEAR: i128 = 1 << 110;

/// A condition over what is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Residue {
    Settled(Option<bool>),
    /// The same whatever the needed values are, but unknown as long as one is.
    Fixed {
        needs: Mask,
        truth: bool,
    },
    /// Whether a direction lies in `low..=high`, or outside where `negated`.
    Within {
        direction: usize,
        needs: Mask,
        low: i128,
        high: i128,
        negated: bool,
    },
    Is {
        inner: Box<Residue>,
        truth: Option<bool>,
    },
    Not(Box<Residue>),
    All(Vec<Residue>),
    Any(Vec<Residue>),
    /// What stands beside the first condition that is true; unknown where one before is.
    Choose {
        arms: Vec<(Residue, Residue)>,
        otherwise: Box<Residue>,
    },
}

/// A weighted sum of quantities; unknown as long as a needed slot is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Quantity and weight, in order, no weight 0.
    pub(super) weights: Vec<(usize, i128)>,
    pub(super) constant: i128,
    pub(super) needs: Mask,
}

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

impl Line {
    /// Where the line lies; `None` where that is further than [`NEAR`].
    pub(super) fn range(&self, quantities: &[Range]) -> Option<Range> {
        let (mut low, mut high) = (self.constant, self.constant);
        for (quantity, weight) in &self.weights {
            let (first, last) = quantities[*quantity];
            let ends = (first.checked_mul(*weight)?, last.checked_mul(*weight)?);
            low = low.checked_add(ends.0.min(ends.1))?;
            high = high.checked_add(ends.0.max(ends.1))?;
        }
        (low >= -NEAR && high <= NEAR).then_some((low, high))
    }
}

/// The slots of a set one by one.
pub(super) fn slots(of: Mask) -> impl Iterator<Item = Mask> {
    (0..Mask::BITS)
        .map(|place| 1 << place)
        .filter(move |slot| of & slot != 0)
}

/// The outcomes that are still possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcomes(u8);

impl Outcomes {
    pub(super) const UNKNOWN: Outcomes = Outcomes(4);
    const NONE: Outcomes = Outcomes(0);

    fn only(truth: Option<bool>) -> Outcomes {
        Outcomes(match truth {
            Some(true) => 1,
            Some(false) => 2,
            None => 4,
        })
    }

    fn admits(self, truth: Option<bool>) -> bool {
        self.0 & Outcomes::only(truth).0 != 0
    }

    pub(super) fn admits_unknown(self) -> bool {
        self.admits(None)
    }

    pub(super) fn is_single(self) -> bool {
        self.0.is_power_of_two()
    }

    fn or(self, other: Outcomes) -> Outcomes {
        Outcomes(self.0 | other.0)
    }

    fn negated(self) -> Outcomes {
        Outcomes(self.0 & 4 | (self.0 & 1) << 1 | (self.0 & 2) >> 1)
    }
}

impl Residue {
    /// What may come out while the slots in `known` take any values for which the directions
    /// lie in `ranges`: never too few outcomes, and one alone is certain.
    pub(super) fn outcomes(&self, known: Mask, ranges: &[Range]) -> Outcomes {
        match self {
            Residue::Settled(truth) => Outcomes::only(*truth),
            Residue::Fixed { needs, .. } | Residue::Within { needs, .. } if needs & !known != 0 => {
                Outcomes::UNKNOWN
            }
            Residue::Fixed { truth, .. } => Outcomes::only(Some(*truth)),
            Residue::Within {
                direction,
                low,
                high,
                negated,
                ..
            } => {
                let (first, last) = ranges[*direction];
                if *low <= first && last <= *high {
                    Outcomes::only(Some(!negated))
                } else if last < *low || *high < first {
                    Outcomes::only(Some(*negated))
                } else {
                    Outcomes::only(Some(true)).or(Outcomes::only(Some(false)))
                }
            }
            Residue::Is { inner, truth } => {
                let inner = inner.outcomes(known, ranges);
                let may_be = inner.admits(*truth);
                let may_not = inner != Outcomes::only(*truth);
                match (may_be, may_not) {
                    (true, true) => Outcomes::only(Some(true)).or(Outcomes::only(Some(false))),
                    (is_so, _) => Outcomes::only(Some(is_so)),
                }
            }
            Residue::Not(inner) => inner.outcomes(known, ranges).negated(),
            Residue::All(parts) => all(parts.iter().map(|part| part.outcomes(known, ranges))),
            Residue::Any(parts) => {
                let parts = parts.iter();
                all(parts.map(|part| part.outcomes(known, ranges).negated())).negated()
            }
            Residue::Choose { arms, otherwise } => {
                let mut found = Outcomes::NONE;
                for (condition, chosen) in arms {
                    let choice = condition.outcomes(known, ranges);
                    if choice.admits(None) {
                        found = found.or(Outcomes::UNKNOWN);
                    }
                    if choice.admits(Some(true)) {
                        found = found.or(chosen.outcomes(known, ranges));
                    }
                    if !choice.admits(Some(false)) {
                        return found;
                    }
                }
                found.or(otherwise.outcomes(known, ranges))
            }
        }
    }

    /// A comparison that may still come out both ways, in a part that is not settled yet.
    pub(super) fn open(&self, known: Mask, ranges: &[Range]) -> Option<(usize, Range)> {
        if self.outcomes(known, ranges).is_single() {
            return None;
        }
        match self {
            Residue::Settled(_) | Residue::Fixed { .. } => None,
            Residue::Within {
                direction,
                low,
                high,
                ..
            } => Some((*direction, (*low, *high))),
            Residue::Is { inner, .. } | Residue::Not(inner) => inner.open(known, ranges),
            Residue::All(parts) | Residue::Any(parts) => {
                parts.iter().find_map(|part| part.open(known, ranges))
            }
            Residue::Choose { arms, otherwise } => arms
                .iter()
                .find_map(|(condition, chosen)| {
                    let is_reached = condition.outcomes(known, ranges).admits(Some(true));
                    let inside = || chosen.open(known, ranges).filter(|_| is_reached);
                    condition.open(known, ranges).or_else(inside)
                })
                .or_else(|| otherwise.open(known, ranges)),
        }
    }

    /// The slots that are read.
    pub(super) fn reads(&self) -> Mask {
        let (mut all, mut under_is) = (0, 0);
        self.gather(&mut all, &mut under_is);
        all
    }

    /// The slots that are read under an IS, where learning a value may take an answer away.
    pub(super) fn reads_under_is(&self) -> Mask {
        let (mut all, mut under_is) = (0, 0);
        self.gather(&mut all, &mut under_is);
        under_is
    }

    fn gather(&self, all: &mut Mask, under_is: &mut Mask) {
        match self {
            Residue::Settled(_) => {}
            Residue::Fixed { needs, .. } | Residue::Within { needs, .. } => *all |= needs,
            Residue::Is { inner, .. } => {
                let mut inside = 0;
                inner.gather(&mut inside, under_is);
                *all |= inside;
                *under_is |= inside;
            }
            Residue::Not(inner) => inner.gather(all, under_is),
            Residue::All(parts) | Residue::Any(parts) => {
                parts.iter().for_each(|part| part.gather(all, under_is));
            }
            Residue::Choose { arms, otherwise } => {
                for (condition, chosen) in arms {
                    condition.gather(all, under_is);
                    chosen.gather(all, under_is);
                }
                otherwise.gather(all, under_is);
            }
        }
    }
}

/// AND of parts that are taken to come out independently of each other.
fn all(parts: impl Iterator<Item = Outcomes>) -> Outcomes {
    let (mut may_be_true, mut may_be_false, mut may_be_unknown) = (true, false, false);
    for part in parts {
        if part == Outcomes::only(Some(false)) {
            return part;
        }
        may_be_true &= part.admits(Some(true));
        may_be_false |= part.admits(Some(false));
        may_be_unknown |= part.admits(None);
    }
    let outcomes = [
        (may_be_true, Some(true)),
        (may_be_false, Some(false)),
        (may_be_unknown, None),
    ];
    outcomes
        .into_iter()
        .filter(|(may_be, _)| *may_be)
        .fold(Outcomes::NONE, |found, (_, truth)| {
            found.or(Outcomes::only(truth))
        })
}
