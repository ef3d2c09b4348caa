//! The register as people work it: the list of firms with its filters, views and exports, and
//! recording an exception for a genuine early code.

pub mod book;
pub mod columns;
pub mod export;
pub mod list;
pub mod listing;
#[cfg(test)]
mod tests;
pub mod wanted;

pub mod firm;
pub mod own;

use crate::cli::RegisterCommand;
use crate::office::{Office, refuse};
use crate::report::{Field, Report};
use anyhow::Result;
use programme::register;

pub async fn command(office: &Office, command: &RegisterCommand) -> Result<Report> {
    let RegisterCommand::Exception {
        uscc,
        evidence,
        signature,
    } = command;
    let organisation = office.organisation(&signature.agency)?;
    let act = office.act(organisation, &signature.person, signature.on)?;
    let tx = office.db.begin_writing().await?;
    match register::record_exception(&tx, uscc, evidence, &act).await? {
        Ok(code) => {
            tx.commit().await?;
            Ok(Report::new("已登记代码例外")
                .fact("uscc", "统一社会信用代码", Field::text(code.to_string()))
                .fact("evidence", "依据", Field::text(evidence.clone()))
                .note("以后的交付中，这个代码按例外接受并备注"))
        }
        Err(refusal) => refuse(refusal),
    }
}
