//! The province run: facts, classes and stages of every firm at a month, kept as a
//! snapshot that can be reproduced byte for byte.
//!
//! It is a function of the pack, the batches and records known at a date, and the
//! program's version. It never looks at a clock.

pub mod assessment;
pub mod backtest;
mod facts;
pub mod follow_ups;
pub mod forecast;
pub mod hand_overs;
pub mod landing;
pub mod normal;
mod run;
pub mod scores;
mod seen;
mod shocks;
mod snapshot;
mod stages;
mod store;
mod warnings;

pub use facts::Standing;
pub use run::{Computed, Inputs, RunFailure, RunRequest, Standings, compute, inputs_for};
pub use seen::{Figure, HiddenFacts, Inside, Seen, Selection, facts_of};
pub use shocks::Shocks;
pub use snapshot::{FRAME, Firms, NO_INDEX, Snapshot};
pub use stages::{Ladder, decide, explain_class, explain_stage};
pub use store::{
    fingerprint, firms_of, forecaster, keys_of, load, newest, read_pack, save, save_pack, snapshot,
    snapshots,
};
pub use warnings::{Card, Line, Relief, card, categories, level_of};
