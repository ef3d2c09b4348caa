//! Invitations in the database.

use super::Claim;
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row, rows};
use sea_orm::{ConnectionTrait, QueryResult};

const CLAIM: &str = "SELECT id, uscc, hash, organisation, person, made_at, ends_at, failures, \
                     used_at, account, ended_at FROM people_claims";

fn read(row: &QueryResult) -> Result<Claim, DatabaseFailure> {
    Ok(Claim {
        id: row.try_get("", "id")?,
        uscc: row.try_get("", "uscc")?,
        hash: row.try_get("", "hash")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        made_at: row.try_get("", "made_at")?,
        ends_at: row.try_get("", "ends_at")?,
        failures: row.try_get("", "failures")?,
        used_at: row.try_get("", "used_at")?,
        account: row.try_get("", "account")?,
        ended_at: row.try_get("", "ended_at")?,
    })
}

/// Keeps an invitation in place of unused ones of the same firm.
pub(super) async fn insert(tx: &Transaction, claim: &Claim) -> Result<i64, DatabaseFailure> {
    let sql = "UPDATE people_claims SET ended_at = ? \
               WHERE uscc = ? AND used_at IS NULL AND ended_at IS NULL";
    execute(tx, sql, [claim.made_at.into(), claim.uscc.as_str().into()]).await?;
    let id = next_number(tx, "people_claims").await?;
    execute(
        tx,
        "INSERT INTO people_claims \
         (id, uscc, hash, organisation, person, made_at, ends_at, failures) \
         VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        [
            id.into(),
            claim.uscc.as_str().into(),
            claim.hash.as_str().into(),
            claim.organisation.as_str().into(),
            claim.person.as_str().into(),
            claim.made_at.into(),
            claim.ends_at.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// The newest invitation of a firm that was neither used nor replaced; it may be void.
pub async fn open<C: ConnectionTrait>(
    db: &C,
    uscc: &str,
) -> Result<Option<Claim>, DatabaseFailure> {
    let sql = format!(
        "{CLAIM} WHERE uscc = ? AND used_at IS NULL AND ended_at IS NULL ORDER BY id DESC LIMIT 1"
    );
    let found = row(db, &sql, [uscc.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// Invitations of an office, the newest first, before one number.
pub async fn of_organisation<C: ConnectionTrait>(
    db: &C,
    organisation: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<Claim>, DatabaseFailure> {
    let sql = format!("{CLAIM} WHERE organisation = ? AND id < ? ORDER BY id DESC LIMIT ?");
    let values = [organisation.into(), before.into(), limit.into()];
    let found = rows(db, &sql, values).await?;
    found.iter().map(read).collect()
}

/// Counts a wrong code.
pub(super) async fn count_failure(tx: &Transaction, id: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_claims SET failures = failures + 1 WHERE id = ?";
    execute(tx, sql, [id.into()]).await?;
    Ok(())
}

/// Notes who used an invitation.
pub(super) async fn use_up(
    tx: &Transaction,
    id: i64,
    account: i64,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_claims SET used_at = ?, account = ? WHERE id = ?";
    execute(tx, sql, [at.into(), account.into(), id.into()]).await?;
    Ok(())
}
