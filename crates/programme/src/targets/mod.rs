//! Yearly targets: measured, consulted, approved, issued; and progress.

pub mod progress;
