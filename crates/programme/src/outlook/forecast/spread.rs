//! How far years land from what was expected of them: the width of a firm's distribution and
//! the shape that its kind has shown.
//!
//! The logarithm of actual by expected rest of the year is divided by a width that grows with
//! the firm's own noise and with the months that are open; what comes out is collected as a
//! table of quantiles for each kind of firm. A stopped firm has a table of shares instead: what
//! the rest brought, as a part of what it would have been had the firm gone on.

use super::expect::{Expectation, Kind};
use super::maths::{exponential, logarithm, widely};
use crate::outlook::normal::quantile as normal_quantile;
use serde::{Deserialize, Serialize};

/// Probabilities at which a table has its quantiles: finer towards the ends.
pub const LEVELS: usize = 107;
/// Errors from which a table is made.
pub const TABLE_MIN: usize = 200;
/// No probability is said with more certainty than this.
pub const CERTAINTY: f64 = 0.0005;
/// Variance of the level's own step from month to month, before it is learnt: small firms
/// change by a tenth in a month.
const STEP: f64 = 0.012;
/// Factor on the noise before it is learnt: errors inside a series are smaller than those
/// beyond its end.
const NOISE_ASSUMED: f64 = 1.4;
/// Part of the noise that does not average out over the months, since the level came from it.
const NOISE_STAYS: f64 = 0.3;
/// The least variance of a year's rest.
const VARIANCE_MIN: f64 = 1e-6;
/// The rest of a year counts as nothing below this part of its expectation.
const NOTHING: f64 = 1e-3;
const SHARE_MAX: f64 = 5.0;
/// Errors beyond this do not move the width.
const ERROR_MAX: f64 = 1.0;

/// Widths and shapes as learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spreads {
    /// Factors on the two parts of the variance.
    pub noise_factor: f64,
    pub step_factor: f64,
    /// By kind, in the order of [`Kind::ALL`].
    pub tables: Vec<Table>,
}

/// Quantiles of what a kind of firm has shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    quantiles: Vec<f64>,
    /// Years of firms it was made of; 0 where it is assumed.
    pub cases: u32,
}

/// One error as it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    pub kind: Kind,
    /// Actual by expected rest of the year.
    pub ratio: f64,
    pub noise: f64,
    pub open: u32,
    pub industry: usize,
    pub area: usize,
    pub member: Option<bool>,
    /// What the rest had to bring to reach the threshold, by what was expected of it; none
    /// where the year had reached it already.
    pub needed: Option<f64>,
}

/// The probabilities of all places.
const LEVEL: [f64; LEVELS] = {
    let mut levels = [0.0; LEVELS];
    let mut place = 0;
    while place < LEVELS {
        levels[place] = level(place);
        place += 1;
    }
    levels
};

/// The probability that belongs to a place of a table.
const fn level(place: usize) -> f64 {
    const TAIL: [f64; 4] = [0.0005, 0.001, 0.0025, 0.005];
    let last = LEVELS - 1;
    if place < TAIL.len() {
        return TAIL[place];
    }
    if last - place < TAIL.len() {
        return 1.0 - TAIL[last - place];
    }
    (place - TAIL.len() + 1) as f64 / 100.0
}

impl Table {
    /// Out of errors in any order; `None` where they are too few.
    pub fn learn(mut errors: Vec<f64>) -> Option<Table> {
        if errors.len() < TABLE_MIN {
            return None;
        }
        errors.sort_by(f64::total_cmp);
        let last = (errors.len() - 1) as f64;
        let quantiles = (0..LEVELS).map(|place| {
            let at = last * LEVEL[place];
            let (low, share) = (at.floor() as usize, at.fract());
            let high = (low + 1).min(errors.len() - 1);
            errors[low] * (1.0 - share) + errors[high] * share
        });
        Some(Table {
            quantiles: quantiles.collect(),
            cases: errors.len() as u32,
        })
    }

    /// The table that is assumed before anything was learnt: for going concerns the normal law
    /// with heavier ends, for stopped ones mostly nothing.
    pub fn assumed(kind: Kind) -> Table {
        let quantile = |place: usize| {
            let share = LEVEL[place];
            match kind {
                Kind::Paused => ((share - 0.35) / 0.5).clamp(0.0, 1.2),
                Kind::Late => ((share - 0.3) / 0.6).clamp(0.0, 1.2),
                Kind::Stopped => ((share - 0.85) / 0.15).clamp(0.0, 1.2),
                _ => {
                    let normal = normal_quantile(share);
                    normal * (1.0 + 0.06 * normal * normal)
                }
            }
        };
        Table {
            quantiles: (0..LEVELS).map(quantile).collect(),
            cases: 0,
        }
    }

    /// Probability of at most `error`, never quite 0 or 1.
    pub fn below(&self, error: f64) -> f64 {
        let after = self
            .quantiles
            .partition_point(|quantile| *quantile <= error);
        let share = if after == 0 {
            CERTAINTY
        } else if after == LEVELS {
            1.0 - CERTAINTY
        } else {
            let (low, high) = (self.quantiles[after - 1], self.quantiles[after]);
            let part = if high > low {
                (error - low) / (high - low)
            } else {
                0.0
            };
            LEVEL[after - 1] + part * (LEVEL[after] - LEVEL[after - 1])
        };
        share.clamp(CERTAINTY, 1.0 - CERTAINTY)
    }

    /// The error that is undercut with this probability.
    pub fn quantile(&self, share: f64) -> f64 {
        match LEVEL.partition_point(|level| *level < share) {
            LEVELS => self.quantiles[LEVELS - 1],
            0 => self.quantiles[0],
            after => {
                let (low, high) = (LEVEL[after - 1], LEVEL[after]);
                let part = (share - low) / (high - low);
                self.quantiles[after - 1] * (1.0 - part) + self.quantiles[after] * part
            }
        }
    }
}

/// The two parts of the variance of the logarithm of a year's rest.
fn parts(noise: f64, open: u32) -> (f64, f64) {
    let open = f64::from(open.max(1));
    (
        noise * (1.0 / open + NOISE_STAYS),
        STEP * (1.0 + open / 3.0),
    )
}

impl Spreads {
    /// What is assumed where nothing can be learnt.
    pub fn assumed() -> Spreads {
        Spreads {
            noise_factor: NOISE_ASSUMED,
            step_factor: 1.0,
            tables: Kind::ALL.map(Table::assumed).to_vec(),
        }
    }

    /// Standard deviation of the logarithm of a year's rest.
    pub fn width(&self, kind: Kind, noise: f64, open: u32) -> f64 {
        let (own, step) = parts(noise, open);
        let variance = match kind {
            // What likeness says is as wide as firms of an industry differ.
            Kind::Powered | Kind::Staffed => noise,
            _ => self.noise_factor * own + self.step_factor * step,
        };
        variance.max(VARIANCE_MIN).sqrt()
    }

    pub fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind as usize]
    }

    /// Fits the two factors to errors of firms that go on, by least squares of the squares.
    pub fn fit_width(&mut self, found: &[Found]) {
        let mut sums = [0.0; 5];
        for error in found.iter().filter(|found| goes_on(found.kind)) {
            let log = logarithm(error.ratio.max(NOTHING)).clamp(-ERROR_MAX, ERROR_MAX);
            let (own, step) = parts(error.noise, error.open);
            // Relative weights: a wide firm must not outvote the others.
            let weight = 1.0 / ((own + step) * (own + step));
            let square = log * log;
            let terms = [
                own * own,
                own * step,
                step * step,
                own * square,
                step * square,
            ];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += weight * term;
            }
        }
        let [aa, ab, bb, ay, by] = sums;
        let determinant = aa * bb - ab * ab;
        if aa <= 0.0 || bb <= 0.0 {
            return;
        }
        let (mut noise, mut step) = match determinant > 1e-12 * aa * bb {
            true => (
                (ay * bb - by * ab) / determinant,
                (by * aa - ay * ab) / determinant,
            ),
            false => (ay / aa, 0.0),
        };
        if noise < 0.0 {
            (noise, step) = (0.0, by / bb);
        } else if step < 0.0 {
            (noise, step) = (ay / aa, 0.0);
        }
        self.noise_factor = noise;
        self.step_factor = step.max(0.02);
    }

    /// What a few months show of the level's step is no bound for a year: the step stays at least
    /// as wide as assumed.
    pub fn keep_step(&mut self) {
        self.step_factor = self.step_factor.max(1.0);
    }

    /// One error in the measure of its kind's table.
    pub fn measured(&self, found: &Found) -> f64 {
        if found.kind.is_share() {
            return found.ratio.clamp(0.0, SHARE_MAX);
        }
        logarithm(found.ratio.max(NOTHING)) / self.width(found.kind, found.noise, found.open)
    }

    /// Makes the tables of those kinds that have shown enough and have none yet.
    ///
    /// What a year did to all firms alike is no property of firms: each year's errors of going
    /// concerns are put around nothing, and widened by the share `common` that years have in
    /// common instead. `factor` is what errors have to be multiplied with to be those of today.
    pub fn fill_tables(&mut self, pasts: &[Vec<Found>], common: f64, factor: f64) {
        for kind in Kind::ALL {
            if self.tables[kind as usize].cases > 0 {
                continue;
            }
            let mut errors = Vec::new();
            for past in pasts {
                let own = past.iter().filter(|found| found.kind == kind);
                let mut own: Vec<f64> = own.map(|found| self.measured(found)).collect();
                if goes_on(kind) {
                    centre(&mut own, factor / (1.0 - common).sqrt());
                }
                errors.extend(own);
            }
            if let Some(table) = Table::learn(errors) {
                self.tables[kind as usize] = table;
            }
        }
    }

    /// A going concern whose kind has no table of its own yet gets that of its like.
    pub fn lend_tables(&mut self) {
        let (running, short) = (Kind::Running as usize, Kind::Short as usize);
        for (from, to) in [(running, short), (short, running)] {
            if self.tables[to].cases == 0 && self.tables[from].cases > 0 {
                self.tables[to] = self.tables[from].clone();
            }
        }
    }

    /// The rest of the year that is undercut with each of these probabilities, in fen.
    pub fn rests<const MANY: usize>(
        &self,
        expectation: &Expectation,
        shares: [f64; MANY],
    ) -> [f64; MANY] {
        let table = self.table(expectation.kind);
        let errors = shares.map(|share| table.quantile(share));
        if expectation.kind.is_share() {
            return errors.map(|error| expectation.rest * error);
        }
        let width = self.width(expectation.kind, expectation.noise, expectation.open);
        let mut rests = errors;
        widely(
            #[inline(always)]
            || {
                for rest in &mut rests {
                    *rest = expectation.rest * exponential(width * *rest);
                }
            },
        );
        rests
    }

    /// Probability that the rest of the year is at least `need` fen, which is above zero.
    pub fn reaches(&self, expectation: &Expectation, need: f64) -> f64 {
        if expectation.rest <= 0.0 {
            return CERTAINTY;
        }
        let Expectation {
            kind, noise, open, ..
        } = *expectation;
        self.exceeds(kind, noise, open, need / expectation.rest)
    }

    /// Probability that the rest of a year is at least this ratio of what is expected of it.
    pub fn exceeds(&self, kind: Kind, noise: f64, open: u32, ratio: f64) -> f64 {
        let error = match kind.is_share() {
            true => ratio,
            false => logarithm(ratio) / self.width(kind, noise, open),
        };
        1.0 - self.table(kind).below(error)
    }
}

/// Puts errors around zero and widens them.
fn centre(errors: &mut [f64], factor: f64) {
    errors.sort_by(f64::total_cmp);
    let middle = errors.get(errors.len() / 2).copied().unwrap_or(0.0);
    for error in errors {
        *error = (*error - middle) * factor;
    }
}

/// Kinds whose errors say how wide an ordinary year is.
pub fn goes_on(kind: Kind) -> bool {
    matches!(kind, Kind::Running | Kind::Short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_and_a_table_gives_back_what_it_was_made_of() {
        assert!(LEVEL.is_sorted_by(|low, high| low < high), "{LEVEL:?}");
        let errors: Vec<f64> = (0..=1000).map(|n| f64::from(n) / 100.0).collect();
        let table = Table::learn(errors).expect("enough");
        for share in [0.01, 0.1, 0.25, 0.5, 0.9, 0.995] {
            let error = table.quantile(share);
            assert!((error - share * 10.0).abs() < 1e-9, "{share}: {error}");
            assert!((table.below(error) - share).abs() < 1e-9, "{share}");
        }
        assert_eq!(table.below(-1.0), CERTAINTY);
        assert_eq!(table.below(11.0), 1.0 - CERTAINTY);
        assert!(Table::learn(vec![0.0; TABLE_MIN - 1]).is_none());
    }

    #[test]
    fn equal_errors_make_a_step() {
        let table = Table::learn(vec![1.0; TABLE_MIN]).expect("enough");
        assert_eq!(table.below(0.99), CERTAINTY);
        assert!(table.below(1.0) > 0.99);
        assert_eq!(table.quantile(0.5), 1.0);
    }

    #[test]
    fn the_width_is_found_again() {
        let mut spreads = Spreads::assumed();
        let noises = [0.01, 0.04, 0.09];
        let found: Vec<Found> = (0..3000)
            .map(|number| {
                let (noise, open) = (noises[number % 3], 1 + (number as u32 / 3) % 11);
                let (own, step) = parts(noise, open);
                let sign = if number % 2 == 0 { 1.0 } else { -1.0 };
                let log: f64 = sign * (1.5 * own + 0.5 * step).sqrt();
                Found {
                    kind: Kind::Running,
                    ratio: log.exp(),
                    noise,
                    open,
                    industry: 0,
                    area: 0,
                    member: None,
                    needed: None,
                }
            })
            .collect();
        spreads.fit_width(&found);
        assert!((spreads.noise_factor - 1.5).abs() < 1e-6);
        assert!((spreads.step_factor - 0.5).abs() < 1e-6);
    }
}
