//! The second factor: a secret shared with an authenticator, whose every step counts once.
//!
//! It knows numbers of steps; how a code is computed from a secret is no matter of it.

mod store;

pub use store::{confirm, confirmed, end, pending, propose, use_step};

/// A secret that an authenticator has.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor {
    pub id: i64,
    pub account: i64,
    /// In base 32. Shown to its owner until it is confirmed, and never again.
    pub secret: String,
    pub made_at: i64,
    /// The newest step whose code was taken.
    pub last_step: i64,
}

impl std::fmt::Debug for Factor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Factor({} of account {})", self.id, self.account)
    }
}
