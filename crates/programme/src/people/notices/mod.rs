//! Notices: what wants to be known by the people of an organisation, or by one of them.
//!
//! Other nouns tell; it knows neither what was done nor what it means.

mod store;

pub use store::{mark_all_read, mark_read, of, tell, unread};

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Id of the organisation; empty where it is for one account only.
    pub organisation: String,
    /// The one whom it is for; none for everybody of the organisation.
    pub account: Option<i64>,
    /// What it is about, in a word of the program: `claim`, `push`.
    pub kind: String,
    /// One sentence without figures of a firm.
    pub text: String,
    /// The page that it leads to, or nothing.
    pub address: String,
}

/// Whose inbox it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbox<'a> {
    pub account: i64,
    /// Id of the organisation that is looked through; empty for none.
    pub organisation: &'a str,
    /// What was told before somebody came is none of theirs.
    pub since: i64,
}

/// A notice that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub id: i64,
    pub notice: Notice,
    pub at: i64,
    pub is_read: bool,
}

/// More unread notices than this are not counted.
pub const COUNTED_MAX: usize = 100;
