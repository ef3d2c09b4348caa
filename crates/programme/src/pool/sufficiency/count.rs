//! How many of independent firms land: the exact distribution of a sum of unequal coins.
//!
//! It knows probabilities and nothing of firms. What is left away at both ends is less than
//! [`CUT_MAX`] of probability in all and is kept account of.
//!
//! Example: two firms with ½ each give ¼, ½, ¼.

/// Probability left away at both ends together, at most.
pub(super) const CUT_MAX: f64 = 1e-12;

/// Firms taken in one pass over the window.
const BLOCK: usize = 4;

/// Probabilities of the counts in a moving window; what lies outside is as good as nothing.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Counts of the window: from `low` to before `high`.
    low: usize,
    high: usize,
    /// The mass of count `k` stands at `BLOCK + k`; beside the window stand zeros.
    masses: Vec<f64>,
    spare: Vec<f64>,
    cut_below: f64,
    cut_above: f64,
}

impl Counts {
    /// Counts how many of these land, from the start.
    pub fn count(&mut self, probabilities: &[f64]) {
        let room = probabilities.len() + 3 * BLOCK + 1;
        self.masses.clear();
        self.masses.resize(room, 0.0);
        self.spare.clear();
        self.spare.resize(room, 0.0);
        self.masses[BLOCK] = 1.0;
        (self.low, self.high) = (0, 1);
        (self.cut_below, self.cut_above) = (0.0, 0.0);
        let blocks = probabilities.len().div_ceil(BLOCK);
        for (done, block) in probabilities.chunks(BLOCK).enumerate() {
            self.take(coefficients(block), block.len());
            let share = (done + 1) as f64 / blocks as f64;
            self.trim(0.5 * CUT_MAX * share);
        }
    }

    /// The first count of the window, and the masses from there on.
    pub fn window(&self) -> (usize, &[f64]) {
        (self.low, &self.masses[BLOCK + self.low..BLOCK + self.high])
    }

    /// Probability of exactly this count.
    pub fn of(&self, count: usize) -> f64 {
        match (self.low..self.high).contains(&count) {
            true => self.masses[BLOCK + count],
            false => 0.0,
        }
    }

    /// Probability that was left away.
    #[cfg(test)]
    pub fn cut(&self) -> f64 {
        self.cut_below + self.cut_above
    }

    /// Multiplies the window by the polynomial of one block of firms.
    fn take(&mut self, by: [f64; BLOCK + 1], firms: usize) {
        let length = self.high - self.low + firms;
        let start = BLOCK + self.low;
        let before = |firms: usize| &self.masses[start - firms..start - firms + length];
        let (none, one, two) = (before(0), before(1), before(2));
        let (three, four) = (before(3), before(4));
        let after = &mut self.spare[start..start + length];
        for place in 0..length {
            after[place] = by[0] * none[place]
                + by[1] * one[place]
                + by[2] * two[place]
                + by[3] * three[place]
                + by[4] * four[place];
        }
        self.high += firms;
        self.spare[start - BLOCK..start].fill(0.0);
        let end = BLOCK + self.high;
        self.spare[end..end + BLOCK].fill(0.0);
        std::mem::swap(&mut self.masses, &mut self.spare);
    }

    /// Leaves away the ends while what is left away on each side stays within `allowed`.
    fn trim(&mut self, allowed: f64) {
        while self.low + 1 < self.high {
            let mass = self.masses[BLOCK + self.low];
            if self.cut_below + mass > allowed {
                break;
            }
            self.cut_below += mass;
            self.masses[BLOCK + self.low] = 0.0;
            self.low += 1;
        }
        while self.low + 1 < self.high {
            let mass = self.masses[BLOCK + self.high - 1];
            if self.cut_above + mass > allowed {
                break;
            }
            self.cut_above += mass;
            self.masses[BLOCK + self.high - 1] = 0.0;
            self.high -= 1;
        }
    }
}

/// The probabilities of 0, 1, … of at most four firms.
fn coefficients(block: &[f64]) -> [f64; BLOCK + 1] {
    let mut product = [0.0; BLOCK + 1];
    product[0] = 1.0;
    for lands in block {
        for place in (1..=BLOCK).rev() {
            product[place] = product[place] * (1.0 - lands) + product[place - 1] * lands;
        }
        product[0] *= 1.0 - lands;
    }
    product
}

/// The probability that a growing row of firms has reached a number, firm by firm.
/// What is reached stays reached, so that it never falls.
#[derive(Debug, Clone)]
pub(super) struct Climb {
    /// The number to reach.
    goal: usize,
    /// The first count that is kept.
    low: usize,
    /// Masses of the counts from `low` up to at most `goal − 1`.
    masses: Vec<f64>,
    reached: f64,
}

/// Mass at an end of the climb that is dropped.
const DROP_MAX: f64 = 1e-15;

impl Climb {
    /// Nobody has landed yet.
    pub fn new(goal: usize) -> Climb {
        Climb {
            goal,
            low: 0,
            masses: if goal == 0 { Vec::new() } else { vec![1.0] },
            reached: if goal == 0 { 1.0 } else { 0.0 },
        }
    }

    /// Probability that the goal is reached.
    pub fn reached(&self) -> f64 {
        self.reached
    }

    /// One more firm.
    pub fn take(&mut self, lands: f64) {
        let misses = 1.0 - lands;
        let mut carried = 0.0;
        for mass in &mut self.masses {
            let before = *mass;
            *mass = before * misses + carried * lands;
            carried = before;
        }
        let beyond = carried * lands;
        if self.low + self.masses.len() >= self.goal {
            self.reached += beyond;
        } else if beyond > DROP_MAX {
            self.masses.push(beyond);
        }
        let useless = self.masses.iter().take_while(|mass| **mass < DROP_MAX);
        let useless = useless.count();
        // Moving the window down costs as much as a firm: not for each.
        if useless >= 8 || useless == self.masses.len() {
            self.masses.drain(..useless);
            self.low += useless;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::sufficiency::draws::uniform;
    use crate::pool::sufficiency::tests::by_outcomes;

    fn probabilities(firms: usize, seed: u64) -> Vec<f64> {
        let raw = (0..firms as u64).map(|firm| uniform(seed, 7, firm));
        raw.map(|value| (value * 10_000.0).floor() / 10_000.0)
            .collect()
    }

    #[test]
    fn counts_agree_with_every_outcome() {
        let mut counts = Counts::default();
        for firms in 0..=12 {
            for seed in 0..8 {
                let probabilities = probabilities(firms, seed);
                counts.count(&probabilities);
                for (count, mass) in by_outcomes(&probabilities).into_iter().enumerate() {
                    let found = counts.of(count);
                    assert!((found - mass).abs() < 2e-12, "{firms} {seed} {count}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_lost_without_account() {
        let mut counts = Counts::default();
        for firms in [1, 2, 5, 40, 401, 2_000] {
            counts.count(&probabilities(firms, 3));
            let kept: f64 = counts.window().1.iter().sum();
            assert!(counts.cut() <= CUT_MAX, "{firms}");
            assert!((kept + counts.cut() - 1.0).abs() < 1e-12, "{firms}");
        }
        let (_, window) = counts.window();
        assert!(window.len() < 400, "a window, not all: {}", window.len());
    }

    #[test]
    fn certain_firms_are_certain() {
        let mut counts = Counts::default();
        counts.count(&[1.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(counts.window(), (3, [1.0].as_slice()));
    }

    #[test]
    fn a_climb_agrees_with_the_counts_and_never_falls() {
        let mut counts = Counts::default();
        let probabilities = probabilities(60, 5);
        for goal in [0, 1, 7, 30, 60, 61] {
            let mut climb = Climb::new(goal);
            let mut before = climb.reached();
            for (firm, lands) in probabilities.iter().enumerate() {
                climb.take(*lands);
                counts.count(&probabilities[..=firm]);
                let expected: f64 = (goal..=60).map(|count| counts.of(count)).sum();
                assert!((climb.reached() - expected).abs() < 1e-11, "{goal} {firm}");
                assert!(climb.reached() >= before);
                before = climb.reached();
            }
        }
    }
}
