//! The cultivation pool (clauses 2.1.1–2.1.5): candidates in their classes, admission
//! and removal as records with name and reason, coverage, and the comparison with the
//! lists that offices keep.
//!
//! The pool never changes a firm's figures, and no target is ever attached to a firm.

mod comparison;
pub mod coverage;
mod membership;
mod prospects;
mod store;
pub mod sufficiency;

pub use comparison::{Comparison, Listed, Verdict, compare};
pub use coverage::{Coverage, coverage};
pub use membership::{ActKind, Membership, PoolAct, PoolRefusal, admissible, fold};
pub use prospects::prospects;
pub use store::{acts, acts_by, acts_from, acts_of, last_act, list_rows, record, standings};
