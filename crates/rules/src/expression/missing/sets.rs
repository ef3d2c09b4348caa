//! The smallest sets of slots that decide.
//!
//! Learning more never takes an answer away, except from what stands under an IS: for each
//! choice of those slots the rest is searched from what is indispensable upwards. Knows
//! nothing of facts and parameters: it is told which slots may be learned.
//!
//! ```text
//! (a IS NULL OR b >= p) AND c >= q:  {a} leaves b open, {c} decides: true OR unknown is true
//! ```

use super::proof::{Proof, decides};
use super::residue::{Mask, Residue, Space, slots};

/// Steps that one answer may take; a step is well under a microsecond for most conditions.
const STEPS_MAX: usize = 40_000;
/// More slots than this under an IS are not tried in every combination.
const UNDER_IS_MAX: u32 = 10;

/// What a search found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// All sets of the smallest size, or some where the search was not complete.
    Smallest { sets: Vec<Mask>, is_complete: bool },
    /// It decides; that nothing smaller does is not proved.
    Sufficient(Mask),
    /// No set decides.
    Nothing,
    /// No set was found in bounds.
    Open,
}

/// What may be learned besides a choice of slots under an IS.
#[derive(Debug, Clone, Copy)]
enum Rest {
    /// Never decides, whatever else is learned.
    Vain,
    /// What has to be learned at least.
    Indispensable(Mask),
}

pub(super) struct Search<'a> {
    residue: &'a Residue,
    space: &'a Space,
    /// Known in any case.
    given: Mask,
    steps_left: usize,
    is_proved: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(residue: &'a Residue, space: &'a Space, given: Mask) -> Search<'a> {
        Search {
            residue,
            space,
            given,
            steps_left: STEPS_MAX,
            is_proved: true,
        }
    }

    /// The smallest sets of slots among `learnable` that decide together with what is given.
    pub(super) fn smallest(&mut self, learnable: Mask) -> Found {
        let wavering = self.residue.reads_under_is() & learnable;
        let free = self.residue.reads() & learnable & !wavering;
        if wavering.count_ones() > UNDER_IS_MAX {
            return self.any(free, wavering);
        }
        let choices = choices(wavering);
        let mut rests: Vec<Option<Rest>> = vec![None; choices.len()];
        for size in 0..=(free | wavering).count_ones() {
            let is_proved_below = self.is_proved;
            let mut sets = Vec::new();
            for (choice, rest) in choices.iter().zip(&mut rests) {
                let Some(more) = size.checked_sub(choice.count_ones()) else {
                    break;
                };
                let rest = *rest.get_or_insert_with(|| self.rest(*choice, free));
                if let Rest::Indispensable(needed) = rest
                    && let Some(more) = more.checked_sub(needed.count_ones())
                {
                    let extra: Vec<Mask> = slots(free & !needed).collect();
                    self.collect(choice | needed, &extra, more, &mut sets);
                }
            }
            let is_complete = self.is_proved && self.steps_left > 0;
            match sets.first() {
                Some(_) if is_proved_below => return Found::Smallest { sets, is_complete },
                Some(first) => return Found::Sufficient(*first),
                None if self.steps_left == 0 => return self.any(free, wavering),
                None => {}
            }
        }
        if self.is_proved {
            Found::Nothing
        } else {
            Found::Open
        }
    }

    /// What has to be learned of `free` once `choice` is known of what stands under an IS.
    fn rest(&mut self, choice: Mask, free: Mask) -> Rest {
        if !self.decides(choice | free) {
            return Rest::Vain;
        }
        let mut needed = 0;
        for slot in slots(free) {
            if !self.decides(choice | free & !slot) {
                needed |= slot;
            }
        }
        Rest::Indispensable(needed)
    }

    /// Every way to add `more` of `extra` to `base` that decides.
    fn collect(&mut self, base: Mask, extra: &[Mask], more: u32, sets: &mut Vec<Mask>) {
        if more as usize > extra.len() || self.steps_left == 0 {
            return;
        }
        match extra.split_first() {
            Some((first, rest)) if more > 0 => {
                self.collect(base | first, rest, more - 1, sets);
                self.collect(base, rest, more, sets);
            }
            _ => {
                if self.decides(base) {
                    sets.push(base);
                }
            }
        }
    }

    /// Some set that decides, made small slot by slot.
    fn any(&mut self, free: Mask, wavering: Mask) -> Found {
        self.steps_left = STEPS_MAX / 4;
        let single = slots(wavering).map(|slot| free | slot);
        let mut tries = [free | wavering, free].into_iter().chain(single);
        let Some(mut found) = tries.find(|set| self.decides(*set)) else {
            return Found::Open;
        };
        for slot in slots(found) {
            if self.decides(found & !slot) {
                found &= !slot;
            }
        }
        Found::Sufficient(found)
    }

    fn decides(&mut self, known: Mask) -> bool {
        let known = known | self.given;
        let proof = decides(self.residue, self.space, known, &mut self.steps_left);
        self.is_proved &= proof != Proof::Open;
        proof == Proof::Yes
    }
}

/// Every choice of the slots, the smaller ones first.
fn choices(of: Mask) -> Vec<Mask> {
    let mut choices = vec![0];
    for slot in slots(of) {
        let with: Vec<Mask> = choices.iter().map(|choice| choice | slot).collect();
        choices.extend(with);
    }
    choices.sort_by_key(|choice| choice.count_ones());
    choices
}
