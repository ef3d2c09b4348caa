//! How good the forecast was: what was said at many month-ends, held against what the years
//! brought.
//!
//! Looks are taken one after the other and let go, so that a large province fits: only counts,
//! sums and the narrow arrays that later looks are compared with are kept. Tiny firms make
//! every score look good, since nobody doubts where they land; so everything is told twice, of
//! all firms and of those in play. It names no firm, and of fewer than [`FIRMS_MIN`] firms it
//! says nothing.
//!
//! ```text
//! let mut assessor = Assessor::new(30);
//! assessor.take(&look, threshold, years.get(&2025));      // one month-end after the other
//! let assessment = assessor.finish();
//! ```

mod drift;
mod errors;
mod lead;
mod places;
mod reliability;
mod segment;
mod visits;

pub use drift::{Drift, FIGURES, Moved, Reading};
pub use errors::Errors;
pub use lead::Lead;
pub use places::Place;
pub use reliability::Reliability;
pub use segment::{Interval, Judgement, Scores, Segment, Versus};
pub use visits::Visits;

use super::backtest::{Look, Said};
use drift::Watch;
use errors::Misses;
use lead::Tracks;
use places::Tallies;
use reliability::Tenths;
use rules::period::Month;
use std::collections::HashMap;

/// Of fewer firms than this nothing is said.
pub const FIRMS_MIN: usize = 3;
/// In play is whose middle lies between these multiples of the threshold, both included.
pub const IN_PLAY: (f64, f64) = (0.5, 2.0);

/// What a year brought, as it is known today.
#[derive(Debug, Clone, Default)]
pub struct Year {
    /// Revenue in fen by firm.
    pub revenue: HashMap<u128, f64>,
    /// Firms of which a month is missing.
    pub incomplete: usize,
}

impl Year {
    /// Whether the year is over and delivered: as many firms are whole as not.
    pub fn is_known(&self) -> bool {
        !self.revenue.is_empty() && self.revenue.len() >= self.incomplete
    }
}

/// Both what was said of a firm and what came.
#[derive(Debug, Clone, Copy)]
struct Judged<'a> {
    said: &'a Said,
    /// Revenue of the year in fen, and whether it is at the threshold or above.
    truth: f64,
    came: bool,
    is_in_play: bool,
}

/// Scores of one month-end.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthEnd {
    pub as_of: Month,
    /// The last month of revenue that was known then.
    pub last_month: Month,
    /// Kinds of firms whose errors had been learnt from the province's own past; 0 where all
    /// are assumed.
    pub kinds_learnt: usize,
    /// Firms of whom something was said, and whose year is not known in full.
    pub left_out: usize,
    pub all: Segment,
    pub in_play: Segment,
    /// Candidates: the likeliest to land; members: the likeliest to fall below.
    pub candidates: Visits,
    pub members: Visits,
}

/// A month-end whose year is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenMonth {
    pub as_of: Month,
    pub last_month: Month,
    pub firms: usize,
}

/// Everything that is found.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Firms that an office can visit.
    pub visits: usize,
    pub months: Vec<MonthEnd>,
    /// Not judged, and counted for drift only.
    pub open: Vec<OpenMonth>,
    /// Over all month-ends; see [`Segment::pooled`].
    pub all: Segment,
    pub in_play: Segment,
    /// Mean over the month-ends.
    pub candidates: Visits,
    pub members: Visits,
    pub reliability: Reliability,
    /// By month of the year, January first.
    pub errors: [Errors; 12],
    /// Firms that were not in scale and landed, and members that fell below.
    pub landed: Lead,
    pub fell: Lead,
    /// By number of area and of two-digit industry; 0 is unknown.
    pub areas: Vec<Place>,
    pub industries: Vec<Place>,
    pub drift: Vec<Drift>,
}

/// Takes looks in the order of time.
#[derive(Debug)]
pub struct Assessor {
    visits: usize,
    months: Vec<MonthEnd>,
    open: Vec<OpenMonth>,
    tenths: Tenths,
    misses: Misses,
    tracks: Tracks,
    areas: Tallies,
    industries: Tallies,
    watch: Watch,
}

impl Assessor {
    /// `visits` is how many firms of an area an office can visit.
    pub fn new(visits: usize) -> Assessor {
        Assessor {
            visits,
            months: Vec::new(),
            open: Vec::new(),
            tenths: Tenths::default(),
            misses: Misses::default(),
            tracks: Tracks::default(),
            areas: Tallies::default(),
            industries: Tallies::default(),
            watch: Watch::default(),
        }
    }

    /// One month-end, later than those before. `threshold` in fen; `year` is what the year of
    /// the month brought, where it is over.
    pub fn take(&mut self, look: &Look, threshold: f64, year: Option<&Year>) {
        let as_of = look.origin.as_of;
        self.watch.take(as_of, &look.inputs);
        let Some(year) = year.filter(|year| year.is_known()) else {
            self.open.push(OpenMonth {
                as_of,
                last_month: look.last_month,
                firms: look.said.len(),
            });
            return;
        };
        let judged = judged(&look.said, threshold, year);
        let in_play: Vec<Judged> = judged
            .iter()
            .filter(|one| one.is_in_play)
            .copied()
            .collect();
        self.months.push(MonthEnd {
            as_of,
            last_month: look.last_month,
            kinds_learnt: look.learnt.len(),
            left_out: look.said.len() - judged.len(),
            all: Segment::of(&judged, threshold),
            in_play: Segment::of(&in_play, threshold),
            candidates: visits::of_candidates(&judged, self.visits),
            members: visits::of_members(&judged, self.visits),
        });
        self.tenths.take(&judged);
        self.misses.take(as_of, &in_play);
        self.tracks.take(as_of, &judged);
        self.areas.take(&judged, |said| said.area);
        self.industries.take(&judged, |said| said.industry);
    }

    pub fn finish(self) -> Assessment {
        let months = &self.months;
        let all: Vec<&Segment> = months.iter().map(|month| &month.all).collect();
        let in_play: Vec<&Segment> = months.iter().map(|month| &month.in_play).collect();
        let candidates: Vec<&Visits> = months.iter().map(|month| &month.candidates).collect();
        let members: Vec<&Visits> = months.iter().map(|month| &month.members).collect();
        let (landed, fell) = self.tracks.finish();
        Assessment {
            visits: self.visits,
            all: Segment::pooled(&all),
            in_play: Segment::pooled(&in_play),
            candidates: Visits::mean(&candidates),
            members: Visits::mean(&members),
            reliability: self.tenths.finish(),
            errors: self.misses.finish(),
            landed,
            fell,
            areas: self.areas.finish(),
            industries: self.industries.finish(),
            drift: self.watch.finish(),
            months: self.months,
            open: self.open,
        }
    }
}

/// The firms whose year is known.
fn judged<'a>(said: &'a [Said], threshold: f64, year: &Year) -> Vec<Judged<'a>> {
    let (from, to) = (IN_PLAY.0 * threshold, IN_PLAY.1 * threshold);
    let one = |said: &'a Said| {
        let truth = *year.revenue.get(&said.key)?;
        Some(Judged {
            said,
            truth,
            came: truth >= threshold,
            is_in_play: (from..=to).contains(&said.middle),
        })
    };
    said.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests;
