//! Measures as people ask for them: verdicts, lists, cases, pushes.

mod cases;

use crate::cli::{MeasuresCommand, PackSource};
use crate::report::Report;
use anyhow::Result;
use std::path::Path;

/// `shenggui measures`.
pub async fn command(
    _data: &Path,
    source: &PackSource,
    command: &MeasuresCommand,
) -> Result<Report> {
    match command {
        MeasuresCommand::Test { id, mutate } => cases::test(source, id.as_deref(), *mutate),
        MeasuresCommand::New { id, name } => cases::create(source, id, name),
    }
}
