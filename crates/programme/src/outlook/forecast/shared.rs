//! How far the surprises of firms go together: of all, of an area, of an industry.
//!
//! Shares of the variance of a firm's surprise, measured on years that are known by now.

use super::spread::{Found, Spreads, goes_on};
use crate::outlook::Shocks;
use crate::outlook::normal::quantile as normal_quantile;
use serde::{Deserialize, Serialize};

/// Shares of the variance that firms have in common, each between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    pub shocks: Shocks,
    /// Years that were looked at; 0 where the shares are assumed.
    pub years: u32,
}

/// Years whose word weighs as much as the assumption on what the whole province shares.
const YEARS_TO_BELIEVE: f64 = 3.0;
/// A group speaks from this many firms on.
const FIRMS_MIN: f64 = 10.0;
/// No single level holds more than this.
const SHARE_MAX: f64 = 0.3;

impl Shared {
    /// Before anything was measured.
    pub fn assumed() -> Shared {
        Shared {
            shocks: Shocks::default(),
            years: 0,
        }
    }
}

/// Measures the shares on past years, each by itself. Surprises are put on the normal scale
/// through their kind's table, so that a heavy end does not speak for all.
pub(super) fn measure(spreads: &Spreads, pasts: &[Vec<Found>]) -> Shared {
    let mut means = Vec::new();
    let (mut areas, mut industries) = (Vec::new(), Vec::new());
    for past in pasts {
        let scores: Vec<(usize, usize, f64)> = past
            .iter()
            .filter(|found| goes_on(found.kind))
            .map(|found| {
                let below = spreads.table(found.kind).below(spreads.measured(found));
                (found.area, found.industry, normal_quantile(below))
            })
            .collect();
        if (scores.len() as f64) < FIRMS_MIN {
            continue;
        }
        let mean = scores.iter().map(|(_, _, score)| score).sum::<f64>() / scores.len() as f64;
        means.push(mean);
        areas.extend(group_variance(scores.iter().map(|s| (s.0, s.2 - mean))));
        industries.extend(group_variance(scores.iter().map(|s| (s.1, s.2 - mean))));
    }
    if means.is_empty() {
        return Shared::assumed();
    }
    let years = means.len() as f64;
    let mean = means.iter().sum::<f64>() / years;
    let between: f64 = means.iter().map(|own| (own - mean) * (own - mean)).sum();
    // The sum over n years is worth n − 1 of them; the assumption stands in for the rest.
    let assumed = Shared::assumed();
    let province =
        (between + YEARS_TO_BELIEVE * assumed.shocks.province) / (years - 1.0 + YEARS_TO_BELIEVE);
    let average = |values: &[f64]| match values.is_empty() {
        true => 0.0,
        false => values.iter().sum::<f64>() / values.len() as f64,
    };
    Shared {
        shocks: Shocks {
            province: province.clamp(0.0, SHARE_MAX),
            area: average(&areas).clamp(0.0, SHARE_MAX),
            industry: average(&industries).clamp(0.0, SHARE_MAX),
        },
        years: means.len() as u32,
    }
}

/// Variance between groups beyond what chance within them gives: the average product of two
/// different firms of one group, over all such pairs.
fn group_variance(scores: impl Iterator<Item = (usize, f64)>) -> Option<f64> {
    let mut sums: Vec<[f64; 3]> = Vec::new();
    for (group, score) in scores {
        if sums.len() <= group {
            sums.resize(group + 1, [0.0; 3]);
        }
        let sum = &mut sums[group];
        sum[0] += 1.0;
        sum[1] += score;
        sum[2] += score * score;
    }
    let (mut products, mut pairs) = (0.0, 0.0);
    for [count, sum, squares] in sums.into_iter().filter(|sum| sum[0] >= FIRMS_MIN) {
        products += sum * sum - squares;
        pairs += count * (count - 1.0);
    }
    (pairs > 0.0).then(|| products / pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_a_group_say_what_it_shares() {
        // Two groups that differ by their whole score share all of it.
        let apart = (0..40).map(|n| (n % 2, if n % 2 == 0 { 1.0 } else { -1.0 }));
        assert_eq!(group_variance(apart), Some(1.0));
        // Scores that cancel within each group share less than nothing by chance.
        let mixed = (0..40).map(|n| (n % 2, if n % 4 < 2 { 1.0 } else { -1.0 }));
        let shared = group_variance(mixed).expect("pairs");
        assert!((shared + 1.0 / 19.0).abs() < 1e-12);
        assert_eq!(group_variance((0..5).map(|n| (n, 1.0))), None);
    }
}
