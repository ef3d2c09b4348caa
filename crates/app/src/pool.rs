//! The cultivation pool as people work it: candidates, acts, coverage, whether it is enough,
//! comparison, export.

mod acts;
mod candidates;
mod comparison;
mod coverage;
mod export;
#[cfg(test)]
pub mod invented;
pub mod sufficiency;
pub mod web;

pub use acts::{NamedCode, judged_by, listed_codes, record_acts};
pub use candidates::candidates_of;

use crate::cli::PoolCommand;
pub use crate::grounds::members;
use crate::office::{Office, refuse};
use crate::report::{Field, Report};
use acts::act;
use anyhow::Result;
use programme::journal::Horizon;
use programme::outlook::{Firms, Inputs, Snapshot};
use programme::pool::{self, ActKind, Coverage, Membership};
use programme::targets;
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use std::collections::HashMap;

pub async fn command(office: &Office, command: &PoolCommand) -> Result<Report> {
    match command {
        PoolCommand::Candidates(arguments) => candidates::command(office, arguments).await,
        PoolCommand::Admit(arguments) => act(office, ActKind::Admit, arguments).await,
        PoolCommand::Remove(arguments) => act(office, ActKind::Remove, arguments).await,
        PoolCommand::Declare(arguments) => act(office, ActKind::Declare, arguments).await,
        PoolCommand::Withdraw(arguments) => act(office, ActKind::Withdraw, arguments).await,
        PoolCommand::Coverage(arguments) => coverage::command(office, arguments).await,
        PoolCommand::Sufficiency(arguments) => sufficiency::command(office, arguments).await,
        PoolCommand::Compare(arguments) => comparison::command(office, arguments).await,
        PoolCommand::Export(arguments) => export::command(office, arguments).await,
    }
}

/// Whether a firm lies in an area or county; every firm does where none is named.
fn inside(firms: &Firms, firm: usize, division: Option<DivisionCode>) -> bool {
    division.is_none() || firms.area(firm) == division || firms.county(firm) == division
}

fn division(office: &Office, code: Option<DivisionCode>) -> Field {
    code.map_or(Field::Unknown, |code| {
        Field::text(office.pack.divisions.name(code))
    })
}

/// Coverage by the records and targets of then.
pub async fn coverage_by(
    office: &Office,
    firms: &Firms,
    as_of: Month,
    by: Horizon,
) -> Result<Vec<Coverage>> {
    if by == Horizon::ALL {
        let members = members(office).await?;
        return coverage_with(office, firms, as_of, &members, by).await;
    }
    let acts = pool::acts_by(office.db.reading(), by).await?;
    coverage_with(office, firms, as_of, &pool::fold(acts.iter()), by).await
}

/// Coverage by the records that the snapshot was made from and the targets issued by a
/// moment, so that a document can be written again as it was.
pub async fn coverage_at(
    office: &Office,
    firms: &Firms,
    snapshot: &Snapshot,
    by: Horizon,
) -> Result<Vec<Coverage>> {
    let inputs: Inputs = serde_json::from_str(&snapshot.inputs)?;
    let acts = pool::acts(office.db.reading()).await?;
    let known = acts
        .iter()
        .filter(|act| act.id <= inputs.pool_acts_through && act.on <= snapshot.known_by);
    coverage_with(office, firms, snapshot.as_of, &pool::fold(known), by).await
}

async fn coverage_with(
    office: &Office,
    firms: &Firms,
    as_of: Month,
    members: &HashMap<u128, Membership>,
    by: Horizon,
) -> Result<Vec<Coverage>> {
    let db = office.db.reading();
    let issued = targets::issued_by(db, &office.pack, as_of.year(), by).await?;
    match office.pack.pool_factor_percent(as_of.last_day()) {
        Some(factor) => Ok(pool::coverage(
            &office.pack,
            firms,
            members,
            &issued,
            factor,
        )),
        None => refuse(format!("{}还没有培育库倍数参数", as_of.in_words())),
    }
}
