//! Hashed passwords in the database; earlier ones stay.

use super::Kept;
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row, rows};
use sea_orm::{ConnectionTrait, QueryResult};

/// Keeps a hashed password as the newest.
pub async fn keep(
    tx: &Transaction,
    account: i64,
    hash: &str,
    must_change: bool,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let id = next_number(tx, "people_passwords").await?;
    execute(
        tx,
        "INSERT INTO people_passwords (id, account, hash, set_at, must_change) \
         VALUES (?, ?, ?, ?, ?)",
        [
            id.into(),
            account.into(),
            hash.into(),
            at.into(),
            i64::from(must_change).into(),
        ],
    )
    .await?;
    Ok(())
}

/// The password in force.
pub async fn newest<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Option<Kept>, DatabaseFailure> {
    let found = row(
        db,
        "SELECT hash, set_at, must_change FROM people_passwords WHERE account = ? \
         ORDER BY id DESC LIMIT 1",
        [account.into()],
    )
    .await?;
    found.as_ref().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<Kept, DatabaseFailure> {
    Ok(Kept {
        hash: row.try_get("", "hash")?,
        set_at: row.try_get("", "set_at")?,
        must_change: row.try_get::<i64>("", "must_change")? == 1,
    })
}

/// Hashes of the last passwords, the newest first.
pub async fn earlier<C: ConnectionTrait>(
    db: &C,
    account: i64,
    count: usize,
) -> Result<Vec<String>, DatabaseFailure> {
    let found = rows(
        db,
        "SELECT hash FROM people_passwords WHERE account = ? ORDER BY id DESC LIMIT ?",
        [account.into(), (count as i64).into()],
    )
    .await?;
    let hashes = found.iter().map(|row| Ok(row.try_get("", "hash")?));
    hashes.collect()
}
