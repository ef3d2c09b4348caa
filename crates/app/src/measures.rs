//! Measures as people ask for them: verdicts, lists, cases, pushes.

mod answer;
mod cases;
mod compare;
mod firm;
mod lists;
mod outcome_list;
pub mod pushing;
mod reaching;
mod results;
mod show;
mod sql;
pub mod web;

pub use answer::{Answer, Asked, Money, Told, agency_name};
pub use compare::{Cause, Compared, compared, document as comparison_document};
pub use firm::{Subject, subject};
pub use lists::decided;
pub use pushing::push_now;
pub use results::{outcome, record as record_outcomes};

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
    // What asks the pack alone needs no data folder.
    match command {
        MeasuresCommand::Test { id, mutate } => {
            return cases::test(source, id.as_deref(), *mutate);
        }
        MeasuresCommand::New { id, name } => return cases::create(source, id, name),
        MeasuresCommand::Show(arguments) => {
            let pack = read_pack(pack_files(source, Some(data))?)?;
            return show::command(&pack, arguments);
        }
        MeasuresCommand::Sql(arguments) => {
            let pack = read_pack(pack_files(source, Some(data))?)?;
            return sql::command(&pack, arguments);
        }
        _ => {}
    }
    let office = office::open(data, source).await?;
    match command {
        MeasuresCommand::List(arguments) => lists::list(&office, arguments).await,
        MeasuresCommand::Firm(arguments) => firm::command(&office, arguments).await,
        MeasuresCommand::Eligible(arguments) => lists::eligible(&office, arguments).await,
        MeasuresCommand::Missing(arguments) => lists::missing(&office, arguments).await,
        MeasuresCommand::Compare(arguments) => compare::command(&office, arguments).await,
        MeasuresCommand::Push(arguments) => pushing::push(&office, arguments).await,
        MeasuresCommand::Pushes => pushing::list(&office).await,
        MeasuresCommand::Notices(arguments) => pushing::notices(&office, arguments).await,
        MeasuresCommand::Replay { push } => pushing::replay(&office, *push).await,
        MeasuresCommand::Outcome(arguments) => results::outcome(&office, arguments).await,
        MeasuresCommand::Accuracy => results::accuracy(&office).await,
        MeasuresCommand::Test { .. }
        | MeasuresCommand::New { .. }
        | MeasuresCommand::Show(_)
        | MeasuresCommand::Sql(_) => unreachable!("answered without a data folder"),
    }
}
