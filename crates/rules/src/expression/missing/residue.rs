//! What is left of a condition when everything known of a firm is put in.
//!
//! Only comparisons of *directions* with whole numbers remain: a direction is a weighted sum
//! of unknown quantities without a common divisor, so that `a >= b`, `a < b` and
//! `3 * a > 3 * b + p` all look along a − b. Knows nothing of kinds, names and text.
//!
//! ```text
//! a >= p AND 0 < b - a, with p = 5:  Within(a, 5..) AND Within(a - b, ..-1)
//! ```

use super::line::{Mask, Range};

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

    pub(super) fn admits(self, truth: Option<bool>) -> bool {
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
            Residue::All(parts) => {
                conjunction(parts.iter().map(|part| part.outcomes(known, ranges)))
            }
            Residue::Any(parts) => {
                let parts = parts.iter();
                conjunction(parts.map(|part| part.outcomes(known, ranges).negated())).negated()
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
fn conjunction(parts: impl Iterator<Item = Outcomes>) -> Outcomes {
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

pub(super) fn is(inner: Residue, truth: Option<bool>) -> Residue {
    match inner {
        Residue::Settled(outcome) => Residue::Settled(Some(outcome == truth)),
        inner => Residue::Is {
            inner: Box::new(inner),
            truth,
        },
    }
}

pub(super) fn not(inner: Residue) -> Residue {
    match inner {
        Residue::Settled(outcome) => Residue::Settled(outcome.map(|truth| !truth)),
        inner => Residue::Not(Box::new(inner)),
    }
}

pub(super) fn all(parts: Vec<Residue>) -> Residue {
    joined(parts, false, Residue::All)
}

pub(super) fn any(parts: Vec<Residue>) -> Residue {
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
