//! Requests of programs that were answered already: the same request again gets the same
//! answer and is not carried out twice, on whichever node it arrives.
//!
//! The answer is kept in the transaction of the act itself, so that there is no act without
//! its answer and no answer without its act. What was refused changed nothing and is not kept.
//!
//! ```text
//! let tx = db.begin_writing().await?;
//! match requests::earlier(&tx, account, key, &hash, now).await? {
//!     Earlier::None => { …act…; requests::keep(&tx, &answered).await?; tx.commit().await?; }
//!     Earlier::Same(answered) => …answer it again…,
//!     Earlier::Other => …refuse…,
//! }
//! ```

mod store;

pub use store::{earlier, keep};

/// Seconds for which an answer is kept.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub account: i64,
    /// What the program called its request.
    pub key: String,
    /// SM3 over everything that makes the request what it is.
    pub hash: String,
    /// HTTP status.
    pub status: i64,
    pub body: String,
    /// Seconds since 1970 in UTC.
    pub at: i64,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Earlier {
    None,
    Same(Answered),
    /// The key stands for another request.
    Other,
}
