//! Yearly targets: measured, consulted, approved, issued; and progress.
//!
//! Targets stop at the county: nothing here can carry one further down.

pub mod allocation;
mod figures;
pub mod progress;
mod records;
mod refusal;
mod store;
mod workflow;

pub use figures::{Figure, Restatement, record_figures, restatements};
pub use records::{Deed, Round, RoundState, TargetAct, TargetScope};
pub use refusal::TargetRefusal;
pub use store::{acts, adjust, approve, consult, issue, issued, issued_by, measure, round};
