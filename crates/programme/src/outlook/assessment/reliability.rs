//! Whether probabilities mean what they say: predicted and observed by tenths, over everything
//! judged.

use super::{FIRMS_MIN, Judged};
use crate::outlook::scores::{Forecast, TENTHS, Tenth, reliability};

/// By tenths of the probability that was said, lowest first; each firm counts at every
/// month-end. A tenth with too few has neither mean nor share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// Not in scale as confirmed by then.
    pub candidates: [Tenth; TENTHS],
    /// In scale.
    pub members: [Tenth; TENTHS],
    /// Also those of whom no list had said.
    pub all: [Tenth; TENTHS],
}

/// Count, sum of what was said, and how many came, by tenth.
type Sums = [(u64, f64, f64); TENTHS];

#[derive(Debug, Default)]
pub(super) struct Tenths {
    candidates: Sums,
    members: Sums,
    all: Sums,
}

impl Tenths {
    pub(super) fn take(&mut self, judged: &[Judged]) {
        add(&mut self.all, judged, |_| true);
        add(&mut self.candidates, judged, |one| {
            one.said.in_scale == Some(false)
        });
        add(&mut self.members, judged, |one| {
            one.said.in_scale == Some(true)
        });
    }

    pub(super) fn finish(self) -> Reliability {
        Reliability {
            candidates: means(&self.candidates),
            members: means(&self.members),
            all: means(&self.all),
        }
    }
}

fn add(sums: &mut Sums, judged: &[Judged], belongs: fn(&Judged) -> bool) {
    let own = judged.iter().filter(|one| belongs(one));
    let forecasts: Vec<Forecast> = own.map(|one| (one.said.above, one.came)).collect();
    let Some(tenths) = reliability(&forecasts) else {
        return;
    };
    for (sum, tenth) in sums.iter_mut().zip(tenths) {
        let count = tenth.count as f64;
        sum.0 += tenth.count;
        sum.1 += tenth.mean_predicted.unwrap_or(0.0) * count;
        sum.2 += tenth.share_observed.unwrap_or(0.0) * count;
    }
}

fn means(sums: &Sums) -> [Tenth; TENTHS] {
    let mut place = 0;
    sums.map(|(count, said, came)| {
        let is_enough = count >= FIRMS_MIN as u64;
        let from = place as f64 / TENTHS as f64;
        place += 1;
        Tenth {
            from,
            count,
            mean_predicted: is_enough.then(|| said / count as f64),
            share_observed: is_enough.then(|| came / count as f64),
        }
    })
}
