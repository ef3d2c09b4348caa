//! The journal: every change of state leaves a line in the same transaction, and each
//! line's SM3 hash covers the line before it, so that nothing can be altered unnoticed.
//!
//! It records what was done; it never decides whether it may be done.

mod store;

pub use store::{about, append, before, head, last_change, persons, verify};

use chrono::NaiveDate;
use rules::pack::organisation::Organisation;

/// Who does something, when. The clock is asked by the caller, never here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub organisation: Organisation,
    /// The person answerable; empty where the organisation as such acts.
    pub person: String,
    /// Day of the act in local time.
    pub on: NaiveDate,
    /// Seconds since 1970 in UTC.
    pub at: i64,
}

/// What the journal says about an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `noun.verb`: `deliveries.accept`, `pool.admit`.
    pub act: &'static str,
    /// What it was done to: “batch 17”, a credit code.
    pub subject: String,
    /// What a reader later needs to know; no personal data, no figures of a firm.
    pub detail: String,
}

/// Up to when records count: those of days up to `on` that were written by `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    pub on: NaiveDate,
    /// Seconds since 1970 in UTC.
    pub at: i64,
}

impl Horizon {
    /// Everything that was ever recorded.
    pub const ALL: Horizon = Horizon::written_by(i64::MAX);

    /// Whatever was written by a moment, of any day.
    pub const fn written_by(at: i64) -> Horizon {
        Horizon {
            on: NaiveDate::MAX,
            at,
        }
    }

    pub fn admits(self, on: NaiveDate, at: i64) -> bool {
        on <= self.on && at <= self.at
    }
}

/// A line as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub id: i64,
    /// Seconds since 1970 in UTC.
    pub at: i64,
    /// Agency id, division code or credit code.
    pub organisation: String,
    pub person: String,
    pub act: String,
    pub subject: String,
    pub detail: String,
}

/// How long the journal is, and the hash of its last line, which stands for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub lines: i64,
    /// SM3; empty where there is no line yet.
    pub hash: String,
}

/// The outcome of checking the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    Whole {
        lines: i64,
    },
    /// The first line whose hash does not follow from what stands there.
    Broken {
        line: i64,
    },
}
