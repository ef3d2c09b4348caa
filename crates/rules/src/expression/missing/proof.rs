//! Whether a set of facts decides: proved, refuted by a firm for whom it does not, or neither.
//!
//! The directions are cut where comparisons change until every piece has one outcome or none
//! unknown. An unknown piece refutes only if some firm lies in it, so a firm is sought there.
//! Both searches are bounded, and what the bound leaves open is never called decided.
//!
//! ```text
//! a >= 5 AND b >= 3, learning a:  a ..4 is false; a 5.. stays unknown, and a = 5 exists: No
//! ```

use super::super::evaluate::Row;
use super::super::tree::Condition;
use super::super::vocabulary::Slot;
use super::line::{Mask, Range};
use super::residue::{Outcomes, Residue};
use super::space::Space;

/// Whether every firm's verdict is settled once some facts are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Yes,
    No,
    /// The bound was hit.
    Open,
}

/// What is asked, of whom, and what is left of it.
pub(super) struct Question<'a> {
    pub(super) condition: &'a Condition,
    pub(super) row: Row<'a>,
    pub(super) residue: Residue,
    pub(super) space: Space,
}

impl Question<'_> {
    /// Whether the condition itself stays unknown for one of these firms, of which the slots
    /// in `known` are known. A residue that is not coarse has said so already.
    fn leaves_unknown(&self, firms: &[Range], known: Mask) -> bool {
        let ends: [fn(&Range) -> i128; 3] = [
            |range| range.1,
            |range| range.0,
            |range| range.0 + (range.1 - range.0) / 2,
        ];
        !self.space.is_coarse || ends.iter().any(|end| self.is_unknown(firms, known, *end))
    }

    fn is_unknown(&self, firms: &[Range], known: Mask, end: fn(&Range) -> i128) -> bool {
        let mut facts = self.row.facts.to_vec();
        let mut parameters = self.row.parameters.to_vec();
        let slots = self.space.unknowns.iter().zip(firms).enumerate();
        for (place, (slot, range)) in slots {
            let value = i64::try_from(end(range)).ok();
            match slot {
                _ if known & (1 << place) == 0 => {}
                Slot::Fact(index) => facts[*index] = value,
                Slot::Parameter(index) => parameters[*index] = value,
            }
        }
        let row = Row {
            facts: &facts,
            parameters: &parameters,
        };
        self.condition.evaluate(row).is_none()
    }
}

/// Steps that one set may take; those that people ask about take a few dozen.
const STEPS_MAX: usize = 2_000;
/// A step through a coarse residue is so much dearer, and it seldom leads anywhere.
pub(super) const COARSE_COST: usize = 400;

/// Whether the residue is true or false whatever values the slots in `known` take.
/// Every step is taken off `steps_left`.
pub(super) fn decides(question: &Question<'_>, known: Mask, steps_left: &mut usize) -> Proof {
    let most = match question.space.is_coarse {
        true => STEPS_MAX / COARSE_COST,
        false => STEPS_MAX,
    };
    let allowed = most.min(*steps_left);
    let mut own = allowed;
    let proof = cut(question, known, &mut own).unwrap_or(Proof::Open);
    *steps_left -= allowed - own;
    proof
}

fn cut(question: &Question<'_>, known: Mask, steps_left: &mut usize) -> Option<Proof> {
    let Question { residue, space, .. } = question;
    let mut pieces = vec![space.extents.clone()];
    let mut is_open = false;
    while let Some(piece) = pieces.pop() {
        *steps_left = steps_left.checked_sub(1)?;
        let outcomes = residue.outcomes(known, &piece);
        if !outcomes.admits_unknown() {
            continue;
        }
        if outcomes == Outcomes::UNKNOWN {
            match firms(space, &piece, steps_left) {
                Some(Some(firms)) if question.leaves_unknown(&firms, known) => {
                    return Some(Proof::No);
                }
                Some(None) => {}
                _ => is_open = true,
            }
            continue;
        }
        let open = residue.open(known, &piece);
        let (direction, (low, high)) = open.expect("two outcomes come of an open comparison");
        let (first, last) = piece[direction];
        for (begin, end) in [
            (first, low - 1),
            (high + 1, last),
            (first.max(low), last.min(high)),
        ] {
            let part = (begin.max(first), end.min(last));
            if part.0 <= part.1 {
                let mut smaller = piece.clone();
                smaller[direction] = part;
                pieces.push(smaller);
            }
        }
    }
    Some(if is_open { Proof::Open } else { Proof::Yes })
}

/// Firms with every direction in its range, as ranges of the unknown slots, or `None` where
/// there are none; nothing where the bound was hit.
fn firms(space: &Space, piece: &[Range], steps_left: &mut usize) -> Option<Option<Vec<Range>>> {
    let mut slots = space.domains.clone();
    let mut joint = Vec::new();
    for (direction, range) in piece.iter().enumerate() {
        match space.slot_of(direction) {
            Some(slot) => slots[slot] = *range,
            None if *range == space.extents[direction] => {}
            None => joint.push(direction),
        }
    }
    let mut boxes = vec![slots];
    while let Some(mut slots) = boxes.pop() {
        if joint.is_empty() {
            return Some(Some(slots));
        }
        *steps_left = steps_left.checked_sub(1)?;
        let (direction, is_more_wanted) = match narrow(space, piece, &joint, &mut slots)? {
            Fit::None => continue,
            Fit::Every => return Some(Some(slots)),
            Fit::Some {
                direction,
                is_more_wanted,
            } => (&space.directions[direction], is_more_wanted),
        };
        let behind = (0..slots.len()).filter(|slot| direction.needs & (1 << slot) != 0);
        let widest = behind.max_by_key(|slot| slots[*slot].1 - slots[*slot].0)?;
        let (low, high) = slots[widest];
        // A single firm either fits or does not; the next look says which.
        if low == high {
            boxes.push(slots);
            continue;
        }
        let middle = low + (high - low).div_euclid(2);
        let mut halves = [(middle + 1, high), (low, middle)];
        let mut weights = direction.weights.iter();
        let weight = weights.find(|(quantity, _)| *quantity == widest);
        if weight.is_some_and(|(_, weight)| (*weight > 0) == is_more_wanted) {
            halves.reverse();
        }
        for half in halves {
            let mut smaller = slots.clone();
            smaller[widest] = half;
            boxes.push(smaller);
        }
    }
    Some(None)
}

/// How many firms of a box lie in the ranges.
enum Fit {
    None,
    /// In this direction not all do, and those that lie further up or down are wanted.
    Some {
        direction: usize,
        is_more_wanted: bool,
    },
    Every,
}

/// Takes from the box what lies in no range; `None` where numbers grow too large.
fn narrow(space: &Space, piece: &[Range], joint: &[usize], slots: &mut [Range]) -> Option<Fit> {
    let quantities = space.quantities(slots)?;
    let mut fit = Fit::Every;
    for direction in joint {
        let line = &space.directions[*direction];
        let (low, high) = piece[*direction];
        let (least, most) = line.range(&quantities)?;
        if most < low || high < least {
            return Some(Fit::None);
        }
        if matches!(fit, Fit::Every) && (least < low || high < most) {
            fit = Fit::Some {
                direction: *direction,
                is_more_wanted: least + most < low + high,
            };
        }
        for (quantity, weight) in &line.weights {
            let Some(slot) = slots.get_mut(*quantity) else {
                continue;
            };
            // What the others leave to this one.
            let (first, last) = quantities[*quantity];
            let ends = (first * weight, last * weight);
            let others = (least - ends.0.min(ends.1), most - ends.0.max(ends.1));
            let (mut from, mut to) = (low - others.1, high - others.0);
            if *weight < 0 {
                (from, to) = (-to, -from);
            }
            let size = weight.abs();
            let (from, to) = (-(-from).div_euclid(size), to.div_euclid(size));
            *slot = (slot.0.max(from), slot.1.min(to));
            if slot.0 > slot.1 {
                return Some(Fit::None);
            }
        }
    }
    Some(fit)
}
