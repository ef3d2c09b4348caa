//! Second factors in the database.

use super::Factor;
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row};
use sea_orm::{ConnectionTrait, QueryResult};

/// Keeps a secret that is not confirmed yet, in place of an earlier such one.
pub async fn propose(
    tx: &Transaction,
    account: i64,
    secret: &str,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_factors SET ended_at = ?, secret = '' \
               WHERE account = ? AND confirmed_at IS NULL AND ended_at IS NULL";
    execute(tx, sql, [at.into(), account.into()]).await?;
    let id = next_number(tx, "people_factors").await?;
    execute(
        tx,
        "INSERT INTO people_factors (id, account, secret, made_at, last_step) \
         VALUES (?, ?, ?, ?, 0)",
        [id.into(), account.into(), secret.into(), at.into()],
    )
    .await?;
    Ok(())
}

/// The secret that waits for confirmation.
pub async fn pending<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Option<Factor>, DatabaseFailure> {
    let found = row(
        db,
        "SELECT id, account, secret, made_at, last_step FROM people_factors \
         WHERE account = ? AND confirmed_at IS NULL AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
        [account.into()],
    )
    .await?;
    found.as_ref().map(read).transpose()
}

/// The factor that is asked for at signing in.
pub async fn confirmed<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Option<Factor>, DatabaseFailure> {
    let found = row(
        db,
        "SELECT id, account, secret, made_at, last_step FROM people_factors \
         WHERE account = ? AND confirmed_at IS NOT NULL AND ended_at IS NULL \
         ORDER BY id DESC LIMIT 1",
        [account.into()],
    )
    .await?;
    found.as_ref().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<Factor, DatabaseFailure> {
    Ok(Factor {
        id: row.try_get("", "id")?,
        account: row.try_get("", "account")?,
        secret: row.try_get("", "secret")?,
        made_at: row.try_get("", "made_at")?,
        last_step: row.try_get("", "last_step")?,
    })
}

/// Puts a pending factor into force with the step of its first code, and ends others.
pub async fn confirm(
    tx: &Transaction,
    factor: &Factor,
    step: i64,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_factors SET ended_at = ?, secret = '' \
               WHERE account = ? AND id <> ? AND ended_at IS NULL";
    execute(
        tx,
        sql,
        [at.into(), factor.account.into(), factor.id.into()],
    )
    .await?;
    let sql = "UPDATE people_factors SET confirmed_at = ?, last_step = ? WHERE id = ?";
    execute(tx, sql, [at.into(), step.into(), factor.id.into()]).await?;
    Ok(())
}

/// Takes a step; false where it or a later one was taken before.
pub async fn use_step(tx: &Transaction, factor: i64, step: i64) -> Result<bool, DatabaseFailure> {
    let sql = "UPDATE people_factors SET last_step = ? \
               WHERE id = ? AND last_step < ? AND ended_at IS NULL";
    let taken = execute(tx, sql, [step.into(), factor.into(), step.into()]).await?;
    Ok(taken.rows_affected() > 0)
}

/// Ends all factors of an account and forgets their secrets; whether there was one in force.
pub async fn end(tx: &Transaction, account: i64, at: i64) -> Result<bool, DatabaseFailure> {
    let had = confirmed(tx, account).await?.is_some();
    let sql = "UPDATE people_factors SET ended_at = ?, secret = '' \
               WHERE account = ? AND ended_at IS NULL";
    execute(tx, sql, [at.into(), account.into()]).await?;
    Ok(had)
}
