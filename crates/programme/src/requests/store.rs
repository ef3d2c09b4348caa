//! Answered requests in the database.

use super::{Answered, Earlier, KEPT_SECONDS};
use crate::database::{DatabaseFailure, Transaction, execute, row};

/// What an account's key stands for. Writers stand in one line, so that of two equal requests
/// the later one finds the answer of the earlier.
pub async fn earlier(
    tx: &Transaction,
    account: i64,
    key: &str,
    hash: &str,
    now: i64,
) -> Result<Earlier, DatabaseFailure> {
    let sql = "SELECT hash, status, body, at FROM requests \
               WHERE account = ? AND idempotency_key = ? AND at > ?";
    let values = [account.into(), key.into(), (now - KEPT_SECONDS).into()];
    let Some(found) = row(tx, sql, values).await? else {
        return Ok(Earlier::None);
    };
    let answered = Answered {
        account,
        key: key.to_string(),
        hash: found.try_get("", "hash")?,
        status: found.try_get("", "status")?,
        body: found.try_get("", "body")?,
        at: found.try_get("", "at")?,
    };
    match answered.hash == hash {
        true => Ok(Earlier::Same(answered)),
        false => Ok(Earlier::Other),
    }
}

/// Keeps an answer; those whose time is over go.
pub async fn keep(tx: &Transaction, answered: &Answered) -> Result<(), DatabaseFailure> {
    let sql = "DELETE FROM requests WHERE at <= ?";
    execute(tx, sql, [(answered.at - KEPT_SECONDS).into()]).await?;
    execute(
        tx,
        "INSERT INTO requests (account, idempotency_key, hash, status, body, at) \
         VALUES (?, ?, ?, ?, ?, ?)",
        [
            answered.account.into(),
            answered.key.as_str().into(),
            answered.hash.as_str().into(),
            answered.status.into(),
            answered.body.as_str().into(),
            answered.at.into(),
        ],
    )
    .await?;
    Ok(())
}
