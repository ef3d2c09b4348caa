//! Whether a pool is enough: the probability that as many of its firms land above scale this
//! year as are still needed, and how large the pool would have to be.
//!
//! A pool of 1.2 times the target is enough only where five of six firms land. Here the number
//! that lands is computed from each firm's own probability; firms of one area and of one
//! industry share good and bad years ([`Shocks`]). Given the years, firms are independent and
//! the number's distribution is computed exactly; years are drawn.
//!
//! It reads no snapshot, ranks no official and attaches no number that is needed to a firm. A
//! firm whose probability is not known counts as not landing and is told as a number.
//!
//! Example: ten firms with ½ each and five still needed: 62 %; for 90 % it takes 14 of them.

mod count;
mod draws;
mod growth;
mod reinforcement;

pub use growth::SIZE_MAX;
pub use reinforcement::{ClassNeed, Marginal, Reinforcement, reinforcement};

use crate::outlook::{Shocks, normal};
use count::Counts;
use draws::{Cell, Chance, Sight, Years};
use rayon::prelude::*;
use rules::pack::divisions::DivisionCode;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A firm that may land this year: in the pool, or a candidate beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// Place in the snapshot.
    pub firm: usize,
    pub in_pool: bool,
    /// Probability (0 to 1) that the year's revenue reaches the threshold.
    pub above: Option<f64>,
    /// Two digits of GB/T 4754 (大类).
    pub industry: Option<u32>,
    pub area: DivisionCode,
    pub county: Option<DivisionCode>,
    /// First class of the pack that holds.
    pub class: Option<usize>,
}

/// Whose pool is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    Province,
    Area(DivisionCode),
    County(DivisionCode),
}

impl Ground {
    /// Whether a firm counts here.
    pub fn holds(self, prospect: &Prospect) -> bool {
        match self {
            Ground::Province => true,
            Ground::Area(code) => prospect.area == code,
            Ground::County(code) => prospect.county == Some(code),
        }
    }
}

/// What a division has to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goal {
    pub ground: Ground,
    /// Issued target of the year; none where none was issued.
    pub target: Option<u32>,
    /// Entered this year.
    pub entered: u32,
}

impl Goal {
    /// Target less entered, at least 0; none without a target.
    pub fn still_needed(&self) -> Option<u32> {
        let target = self.target?;
        Some(target.saturating_sub(self.entered))
    }
}

/// How years are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    pub shocks: Shocks,
    pub seed: u64,
    /// Years drawn for the probability; 1 to [`DRAWS_MAX`].
    pub draws: u32,
}

/// Years that may be drawn at most.
pub const DRAWS_MAX: u32 = 100_000;

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling {
            shocks: Shocks::default(),
            seed: 1,
            draws: 10_000,
        }
    }
}

/// Probabilities for which the size of the pool is told, in percent.
pub const SURETIES_PERCENT: [u32; 3] = [80, 90, 95];

/// How far a pool is enough.
#[derive(Debug, Clone, PartialEq)]
pub struct Sufficiency {
    pub goal: Goal,
    /// In the pool and not above scale.
    pub in_pool: u32,
    /// Of these, with a probability that is not known: taken as not landing.
    pub unknown: u32,
    /// Number that lands on average.
    pub expected: f64,
    pub distribution: Distribution,
    /// Numbers that are undercut with a probability of at most 10, 50 and 90 percent.
    pub spread: [u32; 3],
    /// Probability that what is still needed is reached; none without a target.
    pub reached: Option<f64>,
    /// Firms like those of the pool that a pool needs to reach it with
    /// [`SURETIES_PERCENT`]; none without a target, without a known probability, or where
    /// [`SIZE_MAX`] firms would not do.
    pub needed: [Option<u32>; 3],
}

impl Sufficiency {
    /// Firms whose probability is known.
    pub fn known(&self) -> u32 {
        self.in_pool - self.unknown
    }

    /// How many firms the pool must have for each one that is still needed, to reach the
    /// number with 90 %: the parts of the multiple that the rule sets to 1.2.
    pub fn multiple(&self) -> Option<(u32, u32)> {
        let still_needed = self.goal.still_needed().filter(|number| *number > 0)?;
        Some((self.needed[1]?, still_needed))
    }
}

/// Probabilities of the numbers that may land.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Distribution {
    /// The number of the first mass; smaller ones are as good as impossible.
    pub first: u32,
    /// Probabilities of `first`, `first + 1`, …
    pub masses: Vec<f64>,
}

impl Distribution {
    /// Probability of this number or more.
    pub fn at_least(&self, number: u32) -> f64 {
        let skipped = number.saturating_sub(self.first) as usize;
        let masses = self.masses.iter().skip(skipped);
        masses.sum::<f64>().clamp(0.0, 1.0)
    }

    /// The smallest number that is exceeded with a probability of at most `1 − share`.
    pub fn quantile(&self, share: f64) -> u32 {
        let mut below = 0.0;
        for (number, mass) in (self.first..).zip(&self.masses) {
            below += mass;
            if below >= share - 1e-9 {
                return number;
            }
        }
        self.first + (self.masses.len() as u32).saturating_sub(1)
    }
}

/// How far the pool of each ground is enough, in the order of the goals.
///
/// # Panics
/// Where the shares of the shocks are not sound or more than [`DRAWS_MAX`] years are asked for.
pub fn sufficiency(
    prospects: &[Prospect],
    goals: &[Goal],
    sampling: &Sampling,
) -> Vec<Sufficiency> {
    let drawn = Drawn::new(prospects, sampling);
    goals
        .par_iter()
        .map(|goal| one(prospects, *goal, &drawn))
        .collect()
}

fn one(prospects: &[Prospect], goal: Goal, drawn: &Drawn) -> Sufficiency {
    let pool: Vec<&Prospect> = prospects
        .iter()
        .filter(|prospect| prospect.in_pool && goal.ground.holds(prospect))
        .collect();
    let firms = known(pool.iter().copied());
    let distribution = drawn.distribution(&firms);
    let still_needed = goal.still_needed();
    Sufficiency {
        goal,
        in_pool: pool.len() as u32,
        unknown: (pool.len() - firms.len()) as u32,
        expected: firms.iter().map(|firm| firm.above).sum(),
        spread: [0.1, 0.5, 0.9].map(|share| distribution.quantile(share)),
        reached: still_needed.map(|number| distribution.at_least(number)),
        needed: still_needed.map_or([None; 3], |number| {
            growth::needed(&firms, number as usize, drawn)
        }),
        distribution,
    }
}

/// A firm with a known probability.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    above: f64,
    area: DivisionCode,
    industry: Option<u32>,
}

fn known<'a>(prospects: impl Iterator<Item = &'a Prospect>) -> Vec<Known> {
    let known = prospects.filter_map(|prospect| {
        Some(Known {
            above: prospect.above?.clamp(0.0, 1.0),
            area: prospect.area,
            industry: prospect.industry,
        })
    });
    known.collect()
}

/// Years drawn for all grounds: all of them, and ever fewer for what is laborious. A step is
/// drawn where somebody first needs it.
struct Drawn {
    shocks: Shocks,
    areas: BTreeSet<DivisionCode>,
    industries: BTreeSet<u32>,
    seed: u64,
    /// How many years, most first.
    steps: Vec<(usize, OnceLock<Years>)>,
}

/// Draws that each worker takes at a time; sums are made in their order.
const CHUNK: usize = 64;
/// Fewest years that anything is computed from.
const DRAWS_MIN: usize = 250;
/// Firms times draws up to which all the years are used for a distribution.
const DISTRIBUTION_WORK: usize = 20_000_000;

impl Drawn {
    fn new(prospects: &[Prospect], sampling: &Sampling) -> Drawn {
        assert!(sampling.shocks.is_sound(), "shares of the shocks");
        assert!(sampling.draws <= DRAWS_MAX, "too many draws");
        let areas: BTreeSet<DivisionCode> = prospects.iter().map(|firm| firm.area).collect();
        let industries: BTreeSet<u32> = prospects.iter().filter_map(|firm| firm.industry).collect();
        let mut steps = Vec::new();
        let mut draws = sampling.draws as usize;
        loop {
            steps.push((Years::count(sampling.shocks, draws), OnceLock::new()));
            draws /= 2;
            if draws < DRAWS_MIN || steps[0].0 == 1 {
                break;
            }
        }
        Drawn {
            shocks: sampling.shocks,
            areas,
            industries,
            seed: sampling.seed,
            steps,
        }
    }

    /// As many years as the work allows for so many firms.
    fn within(&self, work: usize, firms: usize) -> &Years {
        let fits = |step: &&(usize, OnceLock<Years>)| step.0 * firms.max(1) <= work;
        let fewest = self.steps.last().expect("there is a first step");
        let (draws, years) = self.steps.iter().find(fits).unwrap_or(fewest);
        years.get_or_init(|| {
            let (areas, industries) = (&self.areas, &self.industries);
            Years::new(self.shocks, areas, industries, self.seed, *draws)
        })
    }

    /// The distribution of the number that lands.
    fn distribution(&self, firms: &[Known]) -> Distribution {
        let years = self.within(DISTRIBUTION_WORK, firms.len());
        let (sight, chances) = look(years, firms, &[]);
        let parts = over_draws(years.draws(), |range| {
            let mut sums = vec![0.0; firms.len() + 1];
            let mut counts = Counts::default();
            let (mut heights, mut lands) = (Vec::new(), Vec::new());
            for draw in range {
                years.heights(&sight, draw, &mut heights);
                probabilities(&chances, &heights, &mut lands);
                counts.count(&lands);
                let (first, window) = counts.window();
                for (sum, mass) in sums[first..].iter_mut().zip(window) {
                    *sum += mass;
                }
            }
            sums
        });
        let mut masses = added(parts);
        masses
            .iter_mut()
            .for_each(|mass| *mass /= years.draws() as f64);
        trimmed(masses)
    }
}

/// Firms and what stands beside them, as a drawn year sees them.
fn look(years: &Years, firms: &[Known], beside: &[Known]) -> (Sight, Vec<Chance>) {
    let cells: Vec<(f64, Cell)> = firms
        .iter()
        .chain(beside)
        .map(|firm| (firm.above, years.cell(Some(firm.area), firm.industry)))
        .collect();
    // Where nobody is counted, whoever stands beside gives the direction.
    let counted = match firms.len() {
        0 => beside.len(),
        some => some,
    };
    years.look(&cells, counted)
}

/// The probabilities of firms in one draw.
fn probabilities(chances: &[Chance], heights: &[f64], lands: &mut Vec<f64>) {
    let table = normal::Table::get();
    let own = chances
        .iter()
        .map(|chance| table.cdf(chance.level + heights[chance.cell]));
    lands.clear();
    lands.extend(own);
}

/// Computes parts of the draws side by side; the parts come in the order of the draws.
fn over_draws<T: Send>(
    draws: usize,
    compute: impl Fn(std::ops::Range<usize>) -> T + Sync,
) -> Vec<T> {
    let chunks = 0..draws.div_ceil(CHUNK);
    chunks
        .into_par_iter()
        .map(|chunk| compute(chunk * CHUNK..draws.min((chunk + 1) * CHUNK)))
        .collect()
}

/// Adds up rows of equal length in their order.
fn added(parts: Vec<Vec<f64>>) -> Vec<f64> {
    let mut parts = parts.into_iter();
    let mut sums = parts.next().unwrap_or_default();
    for part in parts {
        for (sum, value) in sums.iter_mut().zip(part) {
            *sum += value;
        }
    }
    sums
}

/// Without the impossible numbers at both ends.
fn trimmed(masses: Vec<f64>) -> Distribution {
    let is_possible = |mass: &f64| *mass > count::CUT_MAX;
    let first = masses.iter().position(is_possible).unwrap_or(0);
    let end = masses
        .iter()
        .rposition(is_possible)
        .map_or(0, |last| last + 1);
    Distribution {
        first: first as u32,
        masses: masses[first..end].to_vec(),
    }
}

#[cfg(test)]
mod tests;
