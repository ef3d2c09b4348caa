//! Accounts, posts, passwords and sessions in the database.

use super::{Account, Post, Session, Stage};
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row, rows};
use sea_orm::{ConnectionTrait, QueryResult};

const ACCOUNT: &str = "SELECT id, login, name, phone, made_at, closed_at FROM people_accounts";

/// Makes an account without posts and without a password.
pub async fn create(
    tx: &Transaction,
    login: &str,
    name: &str,
    phone: &str,
    at: i64,
) -> Result<i64, DatabaseFailure> {
    let id = next_number(tx, "people_accounts").await?;
    execute(
        tx,
        "INSERT INTO people_accounts (id, login, name, phone, made_at) VALUES (?, ?, ?, ?, ?)",
        [
            id.into(),
            login.into(),
            name.into(),
            phone.into(),
            at.into(),
        ],
    )
    .await?;
    Ok(id)
}

fn read_account(row: &QueryResult) -> Result<Account, DatabaseFailure> {
    Ok(Account {
        id: row.try_get("", "id")?,
        login: row.try_get("", "login")?,
        name: row.try_get("", "name")?,
        phone: row.try_get("", "phone")?,
        made_at: row.try_get("", "made_at")?,
        closed_at: row.try_get("", "closed_at")?,
    })
}

pub async fn account<C: ConnectionTrait>(
    db: &C,
    id: i64,
) -> Result<Option<Account>, DatabaseFailure> {
    let sql = format!("{ACCOUNT} WHERE id = ?");
    let found = row(db, &sql, [id.into()]).await?;
    found.as_ref().map(read_account).transpose()
}

pub async fn account_of_login<C: ConnectionTrait>(
    db: &C,
    login: &str,
) -> Result<Option<Account>, DatabaseFailure> {
    let sql = format!("{ACCOUNT} WHERE login = ?");
    let found = row(db, &sql, [login.into()]).await?;
    found.as_ref().map(read_account).transpose()
}

/// Accounts by number, from one on.
pub async fn accounts<C: ConnectionTrait>(
    db: &C,
    after: i64,
    limit: i64,
) -> Result<Vec<Account>, DatabaseFailure> {
    let sql = format!("{ACCOUNT} WHERE id > ? ORDER BY id LIMIT ?");
    let found = rows(db, &sql, [after.into(), limit.into()]).await?;
    found.iter().map(read_account).collect()
}

/// Gives an account a post.
pub async fn give_post(
    tx: &Transaction,
    account: i64,
    organisation: &str,
    role: &str,
    at: i64,
) -> Result<i64, DatabaseFailure> {
    let id = next_number(tx, "people_posts").await?;
    execute(
        tx,
        "INSERT INTO people_posts (id, account, organisation, role, given_at) \
         VALUES (?, ?, ?, ?, ?)",
        [
            id.into(),
            account.into(),
            organisation.into(),
            role.into(),
            at.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// The posts that an account holds or held.
pub async fn posts_of<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Vec<Post>, DatabaseFailure> {
    let found = rows(
        db,
        "SELECT id, account, organisation, role, given_at, ended_at FROM people_posts \
         WHERE account = ? ORDER BY id",
        [account.into()],
    )
    .await?;
    let read = found.iter().map(|row| {
        Ok(Post {
            id: row.try_get("", "id")?,
            account: row.try_get("", "account")?,
            organisation: row.try_get("", "organisation")?,
            role: row.try_get("", "role")?,
            given_at: row.try_get("", "given_at")?,
            ended_at: row.try_get("", "ended_at")?,
        })
    });
    read.collect()
}

/// Keeps a hashed password as the newest.
pub async fn keep_password(
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

/// Hash of the password in force, when it was set, and whether it must be changed.
pub async fn newest_password<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Option<(String, i64, bool)>, DatabaseFailure> {
    let found = row(
        db,
        "SELECT hash, set_at, must_change FROM people_passwords WHERE account = ? \
         ORDER BY id DESC LIMIT 1",
        [account.into()],
    )
    .await?;
    let Some(found) = found else { return Ok(None) };
    let must_change: i64 = found.try_get("", "must_change")?;
    Ok(Some((
        found.try_get("", "hash")?,
        found.try_get("", "set_at")?,
        must_change == 1,
    )))
}

/// Opens a session.
pub async fn open_session(tx: &Transaction, session: &Session) -> Result<(), DatabaseFailure> {
    execute(
        tx,
        "INSERT INTO people_sessions (hash, account, post, stage, made_at, seen_at, address, browser) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            session.hash.as_str().into(),
            session.account.into(),
            session.post.into(),
            session.stage.number().into(),
            session.made_at.into(),
            session.seen_at.into(),
            session.address.as_str().into(),
            session.browser.as_str().into(),
        ],
    )
    .await?;
    Ok(())
}

/// The open session of a token's hash.
pub async fn session<C: ConnectionTrait>(
    db: &C,
    hash: &str,
) -> Result<Option<Session>, DatabaseFailure> {
    let found = row(
        db,
        "SELECT hash, account, post, stage, made_at, seen_at, address, browser \
         FROM people_sessions WHERE hash = ? AND ended_at IS NULL",
        [hash.into()],
    )
    .await?;
    let Some(found) = found else { return Ok(None) };
    Ok(Some(Session {
        hash: found.try_get("", "hash")?,
        account: found.try_get("", "account")?,
        post: found.try_get("", "post")?,
        stage: Stage::of_number(found.try_get("", "stage")?),
        made_at: found.try_get("", "made_at")?,
        seen_at: found.try_get("", "seen_at")?,
        address: found.try_get("", "address")?,
        browser: found.try_get("", "browser")?,
    }))
}

/// Notes that a session was used. No writers' line: it changes nothing that anybody reads.
pub async fn touch<C: ConnectionTrait>(db: &C, hash: &str, at: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_sessions SET seen_at = ? WHERE hash = ? AND ended_at IS NULL";
    execute(db, sql, [at.into(), hash.into()]).await?;
    Ok(())
}

/// Lets a session look through another post.
pub async fn use_post(tx: &Transaction, hash: &str, post: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_sessions SET post = ? WHERE hash = ?";
    execute(tx, sql, [post.into(), hash.into()]).await?;
    Ok(())
}

/// Ends a session.
pub async fn end_session(tx: &Transaction, hash: &str, at: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_sessions SET ended_at = ? WHERE hash = ? AND ended_at IS NULL";
    execute(tx, sql, [at.into(), hash.into()]).await?;
    Ok(())
}
