//! The journal: every change of state leaves a line in the same transaction, and each
//! line's SM3 hash covers the line before it, so that nothing can be altered unnoticed.
//!
//! It records what was done; it never decides whether it may be done.

mod store;

pub use store::search::{acts, count, search};
pub use store::{Looked, about, append, before, head, look_on, persons, verify, verify_against};

use crate::database::DatabaseFailure;
use chrono::NaiveDate;
use rules::pack::organisation::Organisation;
use sea_orm::ConnectionTrait;
use std::str::FromStr;

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
    /// The chain holds, but this line is not the one that was noted: the journal was written
    /// anew from there or from before.
    Diverged {
        line: i64,
    },
}

/// A line that was noted outside of the database: its number and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub line: i64,
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("请写成“条数:校验值”，照 shenggui journal head 显示的抄写")]
pub struct AnchorFault;

impl FromStr for Anchor {
    type Err = AnchorFault;

    fn from_str(text: &str) -> Result<Anchor, AnchorFault> {
        let (line, hash) = text.trim().split_once([':', '：']).ok_or(AnchorFault)?;
        let line: i64 = line.trim().parse().map_err(|_| AnchorFault)?;
        let hash = hash.trim().to_ascii_lowercase();
        let is_hash = hash.len() == 64 && hash.chars().all(|digit| digit.is_ascii_hexdigit());
        match line > 0 && is_hash {
            true => Ok(Anchor { line, hash }),
            false => Err(AnchorFault),
        }
    }
}

/// Which lines are looked for; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// How the act begins: a noun or all of it.
    pub act: Option<String>,
    /// Agency id or division code.
    pub organisation: Option<String>,
    pub person: Option<String>,
    pub subject: Option<String>,
    /// The first and the last second, both included.
    pub from: Option<i64>,
    pub to: Option<i64>,
    /// Words in subject or detail.
    pub text: Option<String>,
    /// Only lines with a smaller number: [`LinePage::next`] of the page before.
    pub before: Option<i64>,
    pub limit: u32,
}

/// A line as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLine {
    pub id: i64,
    pub at: i64,
    pub organisation: String,
    pub person: String,
    pub act: String,
    pub subject: String,
    pub detail: String,
    pub hash: String,
}

/// A page of lines, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePage {
    pub lines: Vec<KeptLine>,
    /// What the next page is asked with; none where this was the last. A search for words
    /// may have a next page although this one is not full.
    pub next: Option<i64>,
}

/// How many lines there are; at least so many where there are more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineCount {
    pub lines: i64,
    pub is_more: bool,
}

/// All lines that a filter lets through, page by page: for exports, which hold one page at
/// a time in memory.
///
/// ```text
/// let mut walk = Walk::of(filter);
/// while let Some(lines) = walk.next(db).await? { … }
/// ```
#[derive(Debug, Clone)]
pub struct Walk {
    filter: JournalFilter,
    is_over: bool,
}

/// Lines of one page of a [`Walk`].
const WALK_LINES: u32 = 2_000;

impl Walk {
    /// Begins at the newest line, or where the filter says; `limit` of the filter does not matter.
    pub fn of(filter: JournalFilter) -> Walk {
        Walk {
            filter: JournalFilter {
                limit: WALK_LINES,
                ..filter
            },
            is_over: false,
        }
    }

    /// The next lines, which may be none in between; `None` at the end.
    pub async fn next<C: ConnectionTrait>(
        &mut self,
        db: &C,
    ) -> Result<Option<Vec<KeptLine>>, DatabaseFailure> {
        if self.is_over {
            return Ok(None);
        }
        let page = search(db, &self.filter).await?;
        self.is_over = page.next.is_none();
        self.filter.before = page.next;
        Ok(Some(page.lines))
    }
}
