//! What government does: the nouns of the programme. Decisions are pure; SQL stands in
//! each noun's `store.rs` and nowhere else.
//!
//! Each noun uses only those before it:
//! `people · deliveries · register · indicators · outlook · measures · pool · targets · bulletins`.

pub mod attachments;
pub mod bulletins;
pub mod database;
pub mod deliveries;
pub mod exchange;
pub mod indicators;
pub mod jobs;
pub mod journal;
pub mod measures;
mod migrations;
pub mod outlook;
pub mod people;
pub mod pool;
pub mod register;
pub mod requests;
pub mod targets;

/// What a clause of a pack may name as the thing that makes it work.
pub const CAPABILITIES: &[&str] = &[
    "targets.issued",
    "targets.progress",
    "targets.cumulative",
    "targets.measure",
    "pool.coverage",
    "pool.candidates",
    "pool.comparison",
    "outlook.stages",
    "outlook.warnings",
    "outlook.hand-overs",
    "outlook.follow-ups",
    "measures.verdicts",
    "measures.pushes",
    "measures.comparison",
    "exchange.lists",
    "bulletins.quarterly",
    "bulletins.annual",
    "bulletins.annexes",
];
