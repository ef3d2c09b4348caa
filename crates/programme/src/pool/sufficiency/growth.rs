//! How large a pool must be: a row of firms that grows one by one until the number that is
//! needed is reached with enough probability.
//!
//! Further firms are like those that are there: the row goes through the pool in an order whose
//! every beginning is like the whole, then through it again. It only ever grows, so that a
//! larger pool is never less sure.
//!
//! Example: of firms with ½ each, five needed: 12 for 80 %, 14 for 90 %, 16 for 95 %.

use super::count::Climb;
use super::draws::{Chance, Sight, Years};
use super::{Drawn, Known, SURETIES_PERCENT, added, look, over_draws};
use crate::outlook::normal;
use rayon::prelude::*;

/// Pools are not tried beyond this many firms.
pub const SIZE_MAX: u32 = 20_000;

/// Firms times draws that the search for one size may take, about.
pub(super) const SIZE_WORK: usize = 1_000_000;

/// The smallest pools of firms like these that reach `goal` with the three sureties.
pub(super) fn needed(firms: &[Known], goal: usize, drawn: &Drawn) -> [Option<u32>; 3] {
    if goal == 0 {
        return [Some(0); 3];
    }
    let Some(size) = likely_size(firms, goal) else {
        return [None; 3];
    };
    let years = drawn.within(SIZE_WORK, size);
    let (sight, chances) = look(years, firms, &[]);
    let mut row = Row::new(years, &sight, goal);
    let order = order_like_the_whole(firms);
    let cycle = order.iter().cycle().map(|place| chances[*place]);
    let found = row.grow(cycle, SURETIES_PERCENT.map(share));
    found.map(|size| size.map(|size| size as u32))
}

/// A percentage as a share.
pub(super) fn share(percent: u32) -> f64 {
    f64::from(percent) / 100.0
}

/// Firms of which as many land on average as are needed; none where even the largest pool
/// would land less than four fifths of them, so that no surety can be reached (Markov).
pub(super) fn likely_size(firms: &[Known], goal: usize) -> Option<usize> {
    let sum: f64 = firms.iter().map(|firm| firm.above).sum();
    let mean = sum / firms.len().max(1) as f64;
    let is_hopeless = mean * f64::from(SIZE_MAX) < goal as f64 * share(SURETIES_PERCENT[0]);
    (!is_hopeless && mean > 0.0).then(|| (goal as f64 / mean) as usize + 1)
}

/// Places of firms in an order whose every beginning has their mix of probabilities: ranks in
/// the golden ratio's row.
fn order_like_the_whole(firms: &[Known]) -> Vec<usize> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let mut ranked: Vec<usize> = (0..firms.len()).collect();
    ranked.sort_by(|one, other| firms[*one].above.total_cmp(&firms[*other].above));
    let mut placed: Vec<(f64, usize)> = ranked
        .into_iter()
        .enumerate()
        .map(|(rank, place)| {
            let walked = (rank as f64 + 0.5) * GOLDEN;
            (walked - walked.floor(), place)
        })
        .collect();
    placed.sort_by(|one, other| one.0.total_cmp(&other.0));
    placed.into_iter().map(|(_, place)| place).collect()
}

/// A growing row of firms in every drawn year.
#[derive(Clone)]
pub(super) struct Row {
    /// Per draw the heights of its cells and how far the number has come.
    years: Vec<(Vec<f64>, Climb)>,
}

impl Row {
    /// Nobody stands in the row yet.
    pub fn new(years: &Years, sight: &Sight, goal: usize) -> Row {
        let parts = over_draws(years.draws(), |range| {
            let start = |draw| {
                let mut heights = Vec::new();
                years.heights(sight, draw, &mut heights);
                (heights, Climb::new(goal))
            };
            range.map(start).collect::<Vec<_>>()
        });
        Row {
            years: parts.into_iter().flatten().collect(),
        }
    }

    /// Puts firms into the row; the probability to reach the goal after each of them.
    pub fn take(&mut self, firms: &[Chance]) -> Vec<f64> {
        let table = normal::Table::get();
        let parts: Vec<Vec<f64>> = self
            .years
            .par_chunks_mut(super::CHUNK)
            .map(|years| {
                let mut sums = vec![0.0; firms.len()];
                for (heights, climb) in years {
                    for (sum, firm) in sums.iter_mut().zip(firms) {
                        climb.take(table.cdf(firm.level + heights[firm.cell]));
                        *sum += climb.reached();
                    }
                }
                sums
            })
            .collect();
        let mut sums = added(parts);
        let draws = self.years.len() as f64;
        sums.iter_mut().for_each(|sum| *sum /= draws);
        sums
    }

    /// Grows until the last (highest) of the shares is reached or [`SIZE_MAX`] is; for each
    /// share the number of firms put in when it was reached.
    pub fn grow<const N: usize>(
        &mut self,
        mut firms: impl Iterator<Item = Chance>,
        shares: [f64; N],
    ) -> [Option<usize>; N] {
        let mut found = [None; N];
        let mut size = 0;
        while size < SIZE_MAX as usize && found[N - 1].is_none() {
            let step = (size / 8).clamp(8, 512).min(SIZE_MAX as usize - size);
            let block: Vec<Chance> = firms.by_ref().take(step).collect();
            if block.is_empty() {
                break;
            }
            for reached in self.take(&block) {
                size += 1;
                for (found, share) in found.iter_mut().zip(shares) {
                    if found.is_none() && reached >= share {
                        *found = Some(size);
                    }
                }
            }
        }
        found
    }
}
