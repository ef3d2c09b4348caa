//! Measures as people ask for them: verdicts, lists, cases, pushes.

mod answer;
mod cases;
mod firm;
mod show;

use crate::cli::{MeasuresCommand, PackSource};
use crate::office::{self, pack_files, read_pack};
use crate::report::Report;
use anyhow::Result;
use std::path::Path;

/// `shenggui measures`.
pub async fn command(
    data: &Path,
    source: &PackSource,
    command: &MeasuresCommand,
) -> Result<Report> {
    let open = || office::open(data, source);
    match command {
        MeasuresCommand::Test { id, mutate } => cases::test(source, id.as_deref(), *mutate),
        MeasuresCommand::New { id, name } => cases::create(source, id, name),
        MeasuresCommand::Show(arguments) => {
            let pack = read_pack(pack_files(source, Some(data))?)?;
            show::command(&pack, arguments)
        }
        MeasuresCommand::Firm(arguments) => firm::command(&open().await?, arguments).await,
        _ => todo(),
    }
}

fn todo() -> Result<Report> {
    crate::office::refuse("")
}
