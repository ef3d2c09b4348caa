//! Attempts in the database, shared by all nodes.

use super::{ADDRESS_SECONDS, Outcome, Past};
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row, rows};
use rules::pack::security::Security;
use sea_orm::ConnectionTrait;

/// Attempts looked at for one login.
const LOOKED_AT: i64 = 1_000;
/// The journal keeps what happened; here it is needed for a few hours.
const KEPT_SECONDS: i64 = 7 * 86_400;

/// What happened before an attempt on a login from an address.
pub async fn past<C: ConnectionTrait>(
    db: &C,
    security: &Security,
    (login, address): (&str, &str),
    now: i64,
) -> Result<Past, DatabaseFailure> {
    let lock = security.lock_minutes * 60;
    let unlocked = row(
        db,
        "SELECT COALESCE(MAX(u.at), 0) AS at FROM people_unlocks u \
         JOIN people_accounts a ON a.id = u.account WHERE a.login = ?",
        [login.into()],
    )
    .await?
    .expect("an aggregate has one row");
    let from = unlocked.try_get::<i64>("", "at")?.max(now - 2 * lock);
    let found = rows(
        db,
        "SELECT at, outcome FROM people_attempts WHERE login = ? AND at > ? ORDER BY id DESC LIMIT ?",
        [login.into(), from.into(), LOOKED_AT.into()],
    )
    .await?;
    let mut past = Past::default();
    for attempt in &found {
        let outcome: i64 = attempt.try_get("", "outcome")?;
        if outcome == Outcome::Succeeded.number() {
            break;
        }
        let at: i64 = attempt.try_get("", "at")?;
        if outcome == Outcome::Failed.number() {
            past.failures.push(at);
        } else if at > now - lock {
            past.while_locked += 1;
        }
    }
    past.failures.reverse();
    let counted = row(
        db,
        "SELECT COUNT(*) AS count FROM people_attempts WHERE address = ? AND at > ? AND outcome <> ?",
        [
            address.into(),
            (now - ADDRESS_SECONDS).into(),
            Outcome::Succeeded.number().into(),
        ],
    )
    .await?
    .expect("an aggregate has one row");
    past.from_address = counted.try_get::<i64>("", "count")? as usize;
    Ok(past)
}

/// Records what came of an attempt.
pub async fn record(
    tx: &Transaction,
    (login, address): (&str, &str),
    outcome: Outcome,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let id = next_number(tx, "people_attempts").await?;
    execute(
        tx,
        "INSERT INTO people_attempts (id, login, address, at, outcome) VALUES (?, ?, ?, ?, ?)",
        [
            id.into(),
            login.into(),
            address.into(),
            at.into(),
            outcome.number().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Forgets attempts that no longer matter to anything.
pub async fn forget(tx: &Transaction, now: i64) -> Result<(), DatabaseFailure> {
    let sql = "DELETE FROM people_attempts WHERE at < ?";
    execute(tx, sql, [(now - KEPT_SECONDS).into()]).await?;
    Ok(())
}

/// Makes the failures of an account until now not matter.
pub async fn unlock(tx: &Transaction, account: i64, at: i64) -> Result<(), DatabaseFailure> {
    let id = next_number(tx, "people_unlocks").await?;
    let sql = "INSERT INTO people_unlocks (id, account, at) VALUES (?, ?, ?)";
    execute(tx, sql, [id.into(), account.into(), at.into()]).await?;
    Ok(())
}
