//! How early it was seen: months between the month-end from which the forecast stayed right
//! and the end of the year.
//!
//! Only years that were looked at until December count, since otherwise nobody knows whether
//! it stayed. Where a firm stood is taken from the first month-end of the year that says so.

use super::{FIRMS_MIN, Judged};
use rules::period::Month;
use std::collections::HashMap;

/// Firms by how early they were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lead {
    /// By full months left in the year: none (seen at the end of December), 1, …, 11.
    pub seen: [usize; 12],
    /// Not seen at the end of December either.
    pub missed: usize,
}

impl Lead {
    pub fn firms(&self) -> usize {
        self.seen.iter().sum::<usize>() + self.missed
    }

    /// Months that half of all firms were seen before or at: those missed count as less than
    /// none, so that it is absent where half were missed. The lower of two middle ones.
    pub fn median(&self) -> Option<usize> {
        let firms = self.firms();
        if firms < FIRMS_MIN {
            return None;
        }
        let place = (firms - 1) / 2;
        let mut below = self.missed;
        if place < below {
            return None;
        }
        self.seen.iter().position(|count| {
            below += count;
            place < below
        })
    }
}

/// A firm through one year.
#[derive(Debug, Clone, Copy, Default)]
struct Track {
    in_scale: Option<bool>,
    came: bool,
    is_above: bool,
    /// Month from which the probability has been on the same side; 0 before the first.
    since: u8,
}

#[derive(Debug, Default)]
pub(super) struct Tracks {
    year: i32,
    last: u32,
    firms: HashMap<u128, Track>,
    landed: Lead,
    fell: Lead,
}

impl Tracks {
    pub(super) fn take(&mut self, as_of: Month, judged: &[Judged]) {
        if as_of.year() != self.year {
            self.close();
            self.year = as_of.year();
        }
        self.last = as_of.number();
        for one in judged {
            let track = self.firms.entry(one.said.key).or_default();
            let is_above = one.said.above >= 0.5;
            if track.since == 0 || track.is_above != is_above {
                track.since = as_of.number() as u8;
            }
            track.is_above = is_above;
            track.came = one.came;
            track.in_scale = track.in_scale.or(one.said.in_scale);
        }
    }

    pub(super) fn finish(mut self) -> (Lead, Lead) {
        self.close();
        (self.landed, self.fell)
    }

    fn close(&mut self) {
        let is_whole = self.last == 12;
        for (_, track) in self.firms.drain().filter(|_| is_whole) {
            let lead = match (track.in_scale, track.came) {
                (Some(false), true) => &mut self.landed,
                (Some(true), false) => &mut self.fell,
                _ => continue,
            };
            match track.is_above == track.came {
                true => lead.seen[12 - usize::from(track.since)] += 1,
                false => lead.missed += 1,
            }
        }
    }
}
