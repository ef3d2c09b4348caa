//! Sessions in the database, shared by all nodes.

use super::{Lifetimes, Means, Session, Stage};
use crate::database::{DatabaseFailure, Transaction, execute, row, rows};
use sea_orm::{ConnectionTrait, QueryResult};

const COLUMNS: &str = "hash, account, post, stage, made_at, seen_at, address, browser, means";

/// Keeps a new session.
pub async fn keep_open(tx: &Transaction, session: &Session) -> Result<(), DatabaseFailure> {
    execute(
        tx,
        "INSERT INTO people_sessions (hash, account, post, stage, made_at, seen_at, address, \
         browser, means) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            session.hash.as_str().into(),
            session.account.into(),
            session.post.into(),
            session.stage.number().into(),
            session.made_at.into(),
            session.seen_at.into(),
            session.address.as_str().into(),
            session.browser.as_str().into(),
            session.means.number().into(),
        ],
    )
    .await?;
    Ok(())
}

fn read(row: &QueryResult) -> Result<Session, DatabaseFailure> {
    Ok(Session {
        hash: row.try_get("", "hash")?,
        account: row.try_get("", "account")?,
        post: row.try_get("", "post")?,
        stage: Stage::of_number(row.try_get("", "stage")?),
        made_at: row.try_get("", "made_at")?,
        seen_at: row.try_get("", "seen_at")?,
        address: row.try_get("", "address")?,
        browser: row.try_get("", "browser")?,
        means: Means::of_number(row.try_get("", "means")?),
    })
}

/// The session of a token's hash that was not ended; it may have lapsed.
pub async fn open<C: ConnectionTrait>(
    db: &C,
    hash: &str,
) -> Result<Option<Session>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM people_sessions WHERE hash = ? AND ended_at IS NULL");
    let found = row(db, &sql, [hash.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// Sessions of an account that hold now, the newest first.
pub async fn held<C: ConnectionTrait>(
    db: &C,
    account: i64,
    lifetimes: Lifetimes,
    now: i64,
) -> Result<Vec<Session>, DatabaseFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM people_sessions WHERE account = ? AND ended_at IS NULL \
         AND made_at >= ? ORDER BY made_at DESC, hash LIMIT 200"
    );
    let from = now - lifetimes.whole;
    let found = rows(db, &sql, [account.into(), from.into()]).await?;
    let mut sessions = Vec::new();
    for row in &found {
        let session = read(row)?;
        if session.is_alive(lifetimes, now) {
            sessions.push(session);
        }
    }
    Ok(sessions)
}

/// Notes that a session was used. No writers' line: it changes nothing that anybody reads.
pub async fn touch<C: ConnectionTrait>(db: &C, hash: &str, at: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_sessions SET seen_at = ? WHERE hash = ? AND ended_at IS NULL";
    execute(db, sql, [at.into(), hash.into()]).await?;
    Ok(())
}

/// Lets a session look through another post.
pub async fn use_post(tx: &Transaction, hash: &str, post: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_sessions SET post = ? WHERE hash = ? AND ended_at IS NULL";
    execute(tx, sql, [post.into(), hash.into()]).await?;
    Ok(())
}

/// Ends a session of an account; whether there was one to end.
pub async fn end(
    tx: &Transaction,
    account: i64,
    hash: &str,
    at: i64,
) -> Result<bool, DatabaseFailure> {
    let sql = "UPDATE people_sessions SET ended_at = ? \
               WHERE hash = ? AND account = ? AND ended_at IS NULL";
    let ended = execute(tx, sql, [at.into(), hash.into(), account.into()]).await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends the sessions of an account but one; how many there were.
pub async fn end_all(
    tx: &Transaction,
    account: i64,
    but: &str,
    at: i64,
) -> Result<u64, DatabaseFailure> {
    let sql = "UPDATE people_sessions SET ended_at = ? \
               WHERE account = ? AND hash <> ? AND ended_at IS NULL";
    let ended = execute(tx, sql, [at.into(), account.into(), but.into()]).await?;
    Ok(ended.rows_affected())
}

/// Ends the sessions of an account that stand at a stage.
pub(crate) async fn end_stage(
    tx: &Transaction,
    account: i64,
    stage: Stage,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_sessions SET ended_at = ? \
               WHERE account = ? AND stage = ? AND ended_at IS NULL";
    execute(tx, sql, [at.into(), account.into(), stage.number().into()]).await?;
    Ok(())
}
