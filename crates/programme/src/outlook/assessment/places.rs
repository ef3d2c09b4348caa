//! The same scores by area or by industry, over all month-ends.

use super::{FIRMS_MIN, Judged};
use crate::outlook::backtest::Said;
use std::collections::BTreeMap;

/// Scores of one area or industry; shares are 0 to 1, and absent where there are too few firms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Number of the area or of the two-digit industry; 0 where it is not known.
    pub number: u8,
    /// Firms at the month-end with most of them.
    pub firms: usize,
    /// The share of truths between low and high.
    pub coverage: Option<f64>,
    /// Firms in play at the month-end with most of them.
    pub in_play: usize,
    pub brier_in_play: Option<f64>,
    /// Mean probability less the share that reached the threshold: above 0 too much was
    /// promised.
    pub bias: Option<f64>,
}

#[derive(Debug, Default)]
struct Tally {
    /// Most firms of a month-end, all and in play.
    firms: usize,
    in_play: usize,
    /// Statements, all and in play.
    said: f64,
    said_in_play: f64,
    held: f64,
    surplus: f64,
    squares_in_play: f64,
}

#[derive(Debug, Default)]
pub(super) struct Tallies(BTreeMap<u8, Tally>);

impl Tallies {
    pub(super) fn take(&mut self, judged: &[Judged], number: fn(&Said) -> u8) {
        let mut counts: BTreeMap<u8, (usize, usize)> = BTreeMap::new();
        for one in judged {
            let own = number(one.said);
            let tally = self.0.entry(own).or_default();
            let outcome = if one.came { 1.0 } else { 0.0 };
            let surplus = one.said.above - outcome;
            let is_held = (one.said.low..=one.said.high).contains(&one.truth);
            tally.said += 1.0;
            tally.held += if is_held { 1.0 } else { 0.0 };
            tally.surplus += surplus;
            let count = counts.entry(own).or_default();
            count.0 += 1;
            if one.is_in_play {
                count.1 += 1;
                tally.said_in_play += 1.0;
                tally.squares_in_play += surplus * surplus;
            }
        }
        for (own, (firms, in_play)) in counts {
            let tally = self.0.entry(own).or_default();
            tally.firms = tally.firms.max(firms);
            tally.in_play = tally.in_play.max(in_play);
        }
    }

    pub(super) fn finish(self) -> Vec<Place> {
        let place = |(number, tally): (u8, Tally)| {
            let of_all = |sum: f64| (tally.firms >= FIRMS_MIN).then(|| sum / tally.said);
            let is_enough = tally.in_play >= FIRMS_MIN;
            Place {
                number,
                firms: tally.firms,
                coverage: of_all(tally.held),
                in_play: tally.in_play,
                brier_in_play: is_enough.then(|| tally.squares_in_play / tally.said_in_play),
                bias: of_all(tally.surplus),
            }
        };
        self.0.into_iter().map(place).collect()
    }
}
