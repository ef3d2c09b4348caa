//! What would help a pool that is not enough: how many more firms of each class, and which
//! candidates raise the probability most.
//!
//! A rise is computed in every drawn year exactly: that the firm lands, times that just one is
//! missing. It says what an admission does to the pool's sum; nothing is asked of the firm.
//!
//! Example: one firm still missing with probability 0.1, a candidate with ½: 5 points.

use super::count::Counts;
use super::growth::{Row, SIZE_WORK, likely_size, share};
use super::{
    Drawn, Goal, Known, Prospect, SURETIES_PERCENT, Sampling, added, known, look, over_draws,
    probabilities,
};

/// What would help one division.
#[derive(Debug, Clone, PartialEq)]
pub struct Reinforcement {
    pub goal: Goal,
    /// In the order of the pack's classes.
    pub classes: Vec<ClassNeed>,
    /// The best candidates, most helpful first.
    pub best: Vec<Marginal>,
    /// Candidates whose probability is known.
    pub candidates: u32,
}

/// Further firms of one class that are needed for 90 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassNeed {
    pub class: usize,
    /// Mean probability of the class in this division's pool, or else in the province's; none
    /// where no firm of the class has one.
    pub mean: Option<f64>,
    /// Whether the mean is the province's.
    pub is_provincial: bool,
    /// Firms that the mean is taken from.
    pub firms: u32,
    /// None without a target, without a mean, or where [`super::SIZE_MAX`] would not do.
    pub further: Option<u32>,
}

/// A candidate and what its admission does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marginal {
    /// Place in the snapshot.
    pub firm: usize,
    pub above: f64,
    /// By how much the probability rises (0 to 1).
    pub rise: f64,
}

/// Firms times draws that the rises of all candidates may take, about.
const RISE_WORK: usize = 20_000_000;

/// What would help the pool of one ground: `classes` classes, the `best` candidates.
///
/// # Panics
/// As [`super::sufficiency`] does.
pub fn reinforcement(
    prospects: &[Prospect],
    goal: Goal,
    classes: usize,
    best: usize,
    sampling: &Sampling,
) -> Reinforcement {
    let drawn = Drawn::new(prospects, sampling);
    let inside = |prospect: &&Prospect| goal.ground.holds(prospect);
    let pool: Vec<&Prospect> = prospects
        .iter()
        .filter(|prospect| prospect.in_pool)
        .collect();
    let own: Vec<&Prospect> = pool.iter().copied().filter(inside).collect();
    let candidates: Vec<&Prospect> = prospects
        .iter()
        .filter(inside)
        .filter(|prospect| !prospect.in_pool && prospect.above.is_some())
        .collect();
    let needs = (0..classes).map(|class| class_need(&pool, &own, goal, class, &drawn));
    Reinforcement {
        goal,
        classes: needs.collect(),
        best: marginals(&own, &candidates, goal, best, &drawn),
        candidates: candidates.len() as u32,
    }
}

fn class_need(
    pool: &[&Prospect],
    own: &[&Prospect],
    goal: Goal,
    class: usize,
    drawn: &Drawn,
) -> ClassNeed {
    let of_class = |firms: &[&Prospect]| {
        let firms = firms.iter().copied();
        known(firms.filter(|firm| firm.class == Some(class)))
    };
    let here = of_class(own);
    let is_provincial = here.is_empty();
    let mut like = if is_provincial { of_class(pool) } else { here };
    if let (true, Some(place)) = (is_provincial, own.first()) {
        like.iter_mut().for_each(|firm| firm.area = place.area);
    }
    let sum: f64 = like.iter().map(|firm| firm.above).sum();
    let mean = (!like.is_empty()).then(|| sum / like.len() as f64);
    if let Some(mean) = mean {
        like.iter_mut().for_each(|firm| firm.above = mean);
    }
    let firms = known(own.iter().copied());
    let further = goal
        .still_needed()
        .and_then(|number| further(&firms, &like, number as usize, drawn));
    ClassNeed {
        class,
        mean,
        is_provincial,
        firms: like.len() as u32,
        further,
    }
}

/// How many firms like these the pool needs beside its own.
fn further(firms: &[Known], like: &[Known], goal: usize, drawn: &Drawn) -> Option<u32> {
    if goal == 0 {
        return Some(0);
    }
    let wanted = share(SURETIES_PERCENT[1]);
    let size = firms.len() + likely_size(like, goal).unwrap_or(0);
    let years = drawn.within(SIZE_WORK, size);
    let (sight, chances) = look(years, firms, like);
    let (own, beside) = chances.split_at(firms.len());
    let mut row = Row::new(years, &sight, goal);
    let reached = row.take(own).last().copied().unwrap_or(0.0);
    if reached >= wanted {
        return Some(0);
    }
    likely_size(like, goal.saturating_sub(firms.len()))?;
    let found = row.grow(beside.iter().copied().cycle(), [wanted]);
    found[0].map(|size| size as u32)
}

fn marginals(
    own: &[&Prospect],
    candidates: &[&Prospect],
    goal: Goal,
    best: usize,
    drawn: &Drawn,
) -> Vec<Marginal> {
    let Some(goal) = goal.still_needed() else {
        return Vec::new();
    };
    let firms = known(own.iter().copied());
    let beside = known(candidates.iter().copied());
    let years = drawn.within(RISE_WORK, firms.len() + beside.len());
    let (sight, chances) = look(years, &firms, &beside);
    let (pool, others) = chances.split_at(firms.len());
    let parts = over_draws(years.draws(), |range| {
        let mut sums = vec![0.0; others.len()];
        let mut counts = Counts::default();
        let (mut heights, mut lands) = (Vec::new(), Vec::new());
        for draw in range {
            years.heights(&sight, draw, &mut heights);
            probabilities(pool, &heights, &mut lands);
            counts.count(&lands);
            // One short of what is needed: nobody is where nothing is.
            let short = goal
                .checked_sub(1)
                .map_or(0.0, |short| counts.of(short as usize));
            if short == 0.0 {
                continue;
            }
            probabilities(others, &heights, &mut lands);
            for (sum, lands) in sums.iter_mut().zip(&lands) {
                *sum += short * lands;
            }
        }
        sums
    });
    let rises = added(parts);
    let draws = years.draws() as f64;
    let mut all: Vec<Marginal> = candidates
        .iter()
        .zip(&beside)
        .zip(rises)
        .map(|((prospect, known), rise)| Marginal {
            firm: prospect.firm,
            above: known.above,
            rise: rise / draws,
        })
        .collect();
    // Where one firm alone changes nothing, the likelier one is still the better one.
    all.sort_by(|one, other| {
        let rises = other.rise.total_cmp(&one.rise);
        let likely = other.above.total_cmp(&one.above);
        rises.then(likely).then(one.firm.cmp(&other.firm))
    });
    all.truncate(best);
    all
}
