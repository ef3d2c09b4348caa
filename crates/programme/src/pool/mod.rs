//! The cultivation pool: candidates, admission, coverage.

pub mod coverage;
