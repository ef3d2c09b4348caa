//! The smallest sets of slots that decide.
//!
//! Learning more never takes an answer away, except from what stands under an IS: for each
//! choice of those slots the rest is searched from what is indispensable upwards. Knows
//! nothing of facts and parameters: it is told which slots may be learned.
//!
//! ```text
//! (a IS NULL OR b >= p) AND c >= q:  {a} leaves b open, {c} decides: true OR unknown is true
//! ```

use super::line::{Mask, slots};
use super::proof::{COARSE_COST, Proof, Question, decides};

/// Steps that one answer may take; a step is well under a microsecond for most conditions.
const STEPS_MAX: usize = 40_000;
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

pub(super) struct Search<'a> {
    question: &'a Question<'a>,
    /// Known in any case.
    given: Mask,
    steps_left: usize,
    is_proved: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(question: &'a Question<'a>, given: Mask) -> Search<'a> {
        Search {
            question,
            given,
            steps_left: steps_max(question),
            is_proved: true,
        }
    }

    /// The smallest sets of slots among `learnable` that decide together with what is given.
    pub(super) fn smallest(&mut self, learnable: Mask) -> Found {
        let wavering = self.question.residue.reads_under_is() & learnable;
        let free = self.question.residue.reads() & learnable & !wavering;
        let wavering: Vec<Mask> = slots(wavering).collect();
        // Choices that decide with all of the rest, and what they cannot do without.
        let mut hopeful: Vec<(Mask, Mask)> = Vec::new();
        for size in 0..=wavering.len() as u32 + free.count_ones() {
            let is_proved_below = self.is_proved;
            let mut choices = Vec::new();
            combine(0, &wavering, size, &mut |choice| {
                choices.extend(
                    self.indispensable(choice, free)
                        .map(|needed| (choice, needed)),
                );
                self.steps_left > 0
            });
            hopeful.extend(choices);
            let mut sets = Vec::new();
            for (choice, needed) in &hopeful {
                let base = choice | needed;
                let extra: Vec<Mask> = slots(free & !needed).collect();
                if let Some(more) = size.checked_sub(base.count_ones()) {
                    combine(base, &extra, more, &mut |set| {
                        sets.extend(self.is_proved_to_decide(set).then_some(set));
                        self.steps_left > 0
                    });
                }
            }
            let is_complete = self.is_proved && self.steps_left > 0;
            match sets.first() {
                Some(_) if is_proved_below => return Found::Smallest { sets, is_complete },
                Some(first) => return Found::Sufficient(*first),
                None if self.steps_left == 0 => return self.any(free, &wavering),
                None => {}
            }
        }
        if self.is_proved {
            Found::Nothing
        } else {
            Found::Open
        }
    }

    /// What has to be learned of `free` once `choice` is known of what stands under an IS;
    /// `None` where learning all of it is not proved to decide.
    fn indispensable(&mut self, choice: Mask, free: Mask) -> Option<Mask> {
        if !self.is_proved_to_decide(choice | free) {
            return None;
        }
        let refuted = |slot: &Mask| self.decides(choice | free & !slot) == Proof::No;
        Some(
            slots(free)
                .filter(refuted)
                .fold(0, |mask, slot| mask | slot),
        )
    }

    /// Some set that decides, made small slot by slot.
    fn any(&mut self, free: Mask, wavering: &[Mask]) -> Found {
        self.steps_left = steps_max(self.question) / 4;
        let all = wavering.iter().fold(free, |all, slot| all | slot);
        let single = wavering.iter().map(|slot| free | slot);
        let mut tries = [all, free].into_iter().chain(single);
        let Some(mut found) = tries.find(|set| self.is_proved_to_decide(*set)) else {
            return Found::Open;
        };
        for slot in slots(found) {
            if self.is_proved_to_decide(found & !slot) {
                found &= !slot;
            }
        }
        Found::Sufficient(found)
    }

    /// What a search says that needs this proof has to wait for it.
    fn is_proved_to_decide(&mut self, known: Mask) -> bool {
        let proof = self.decides(known);
        self.is_proved &= proof != Proof::Open;
        proof == Proof::Yes
    }

    fn decides(&mut self, known: Mask) -> Proof {
        let known = known | self.given;
        decides(self.question, known, &mut self.steps_left)
    }
}

fn steps_max(question: &Question<'_>) -> usize {
    match question.space.is_coarse {
        true => STEPS_MAX / COARSE_COST,
        false => STEPS_MAX,
    }
}

/// Every way to add `more` of `extra` to `base`, until `visit` has seen enough.
fn combine(base: Mask, extra: &[Mask], more: u32, visit: &mut dyn FnMut(Mask) -> bool) -> bool {
    match extra.split_first() {
        _ if more as usize > extra.len() => true,
        Some((first, rest)) if more > 0 => {
            combine(base | first, rest, more - 1, visit) && combine(base, rest, more, visit)
        }
        _ => visit(base),
    }
}
