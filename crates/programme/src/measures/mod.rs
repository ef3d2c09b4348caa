//! Verdicts of every measure for every firm, and what is pushed to firms and agencies when
//! they change.
//!
//! Verdicts are computed from a snapshot and a day of law and never stored; a push is an act
//! with its record, and can be computed again from what it names.

mod outcomes;
mod pushes;
mod store;
mod unresolved;
mod verdicts;

pub use outcomes::{Accuracy, Outcome, OutcomeRefusal, RecordedOutcome, accuracy};
pub use pushes::{Noted, Notice, NoticeKind, Push, PushInputs, State, changes, states};
pub use store::{
    fingerprint, newest_push, newest_push_by, notices, outcomes, outcomes_by, outcomes_of, pushes,
    record_outcomes, save_push, states_of,
};
pub use unresolved::{Unresolved, ones, unresolved};
pub use verdicts::{Verdicts, within};
