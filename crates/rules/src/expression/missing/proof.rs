//! Whether a set of facts decides: proved, refuted by a firm for whom it does not, or neither.
//!
//! The directions are cut where comparisons change until every piece has one outcome or none
//! unknown. An unknown piece refutes only if some firm lies in it, so a firm is sought there.
//! Both searches are bounded, and what the bound leaves open is never called decided.
//!
//! ```text
//! a >= 5 AND b >= 3, learning a:  a ..4 is false; a 5.. stays unknown, and a = 5 exists: No
//! ```

use super::residue::{Mask, Outcomes, Range, Residue, Space};

/// Whether every firm's verdict is settled once some facts are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Yes,
    No,
    /// The bound was hit.
    Open,
}

/// Steps that one set may take; those that people ask about take a few dozen.
const STEPS_MAX: usize = 2_000;

/// Whether the residue is true or false whatever values the slots in `known` take.
/// Every step is taken off `steps_left`.
pub(super) fn decides(
    residue: &Residue,
    space: &Space,
    known: Mask,
    steps_left: &mut usize,
) -> Proof {
    let allowed = STEPS_MAX.min(*steps_left);
    let mut own = allowed;
    let proof = cut(residue, space, known, &mut own).unwrap_or(Proof::Open);
    *steps_left -= allowed - own;
    proof
}

fn cut(residue: &Residue, space: &Space, known: Mask, steps_left: &mut usize) -> Option<Proof> {
    let mut pieces = vec![space.extents.clone()];
    let mut is_open = false;
    while let Some(piece) = pieces.pop() {
        *steps_left = steps_left.checked_sub(1)?;
        let outcomes = residue.outcomes(known, &piece);
        if !outcomes.admits_unknown() {
            continue;
        }
        if outcomes == Outcomes::UNKNOWN {
            match has_firm(space, &piece, steps_left) {
                Some(true) => return Some(Proof::No),
                Some(false) => {}
                None => is_open = true,
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

/// Whether some values of the unknown slots put every direction into its range;
/// `None` where the bound was hit.
fn has_firm(space: &Space, piece: &[Range], steps_left: &mut usize) -> Option<bool> {
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
            return Some(true);
        }
        *steps_left = steps_left.checked_sub(1)?;
        let (direction, is_more_wanted) = match narrow(space, piece, &joint, &mut slots)? {
            Fit::None => continue,
            Fit::Every => return Some(true),
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
    Some(false)
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
