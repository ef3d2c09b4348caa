//! Documents for leaders.

pub mod document;
