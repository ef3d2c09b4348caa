//! How far the truth lay from the middle, by month of the year: the fan that narrows.

use super::{FIRMS_MIN, Judged};
use rules::period::Month;

/// Quantiles of truth divided by middle, less 1, of the firms in play: 0.1 means that the year
/// brought a tenth more. Firms are chosen by what was said, not by what came.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Errors {
    /// Firms, each counted at every month-end of this month of the year.
    pub firms: usize,
    /// At 10, 25, 50, 75 and 90 percent; absent where there are too few.
    pub quantiles: Option<[f64; 5]>,
}

const LEVELS: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// Narrow numbers: half of a large province may be in play at three dozen month-ends.
#[derive(Debug, Default)]
pub(super) struct Misses([Vec<f32>; 12]);

impl Misses {
    pub(super) fn take(&mut self, as_of: Month, in_play: &[Judged]) {
        let own = &mut self.0[as_of.number() as usize - 1];
        own.extend(
            in_play
                .iter()
                .map(|one| (one.truth / one.said.middle - 1.0) as f32),
        );
    }

    pub(super) fn finish(self) -> [Errors; 12] {
        self.0.map(|mut misses| {
            misses.sort_by(f32::total_cmp);
            let firms = misses.len();
            let at = |level: f64| {
                let place = (level * firms as f64).ceil() as usize;
                f64::from(misses[place.clamp(1, firms) - 1])
            };
            Errors {
                firms,
                quantiles: (firms >= FIRMS_MIN).then(|| LEVELS.map(at)),
            }
        })
    }
}
