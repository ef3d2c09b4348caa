//! Programs' tokens in the database.

use super::Token;
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row, rows};
use rules::pack::roles::Right;
use sea_orm::{ConnectionTrait, QueryResult};

const COLUMNS: &str = "id, hash, account, post, name, rights, made_at, ends_at, used_at, ended_at";

/// Keeps a token; its number is given here.
pub async fn insert(tx: &Transaction, token: &Token) -> Result<i64, DatabaseFailure> {
    let id = next_number(tx, "people_tokens").await?;
    let rights: Vec<&str> = token.rights.iter().map(|right| right.id()).collect();
    execute(
        tx,
        "INSERT INTO people_tokens (id, hash, account, post, name, rights, made_at, ends_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            id.into(),
            token.hash.as_str().into(),
            token.account.into(),
            token.post.into(),
            token.name.as_str().into(),
            rights.join(",").into(),
            token.made_at.into(),
            token.ends_at.into(),
        ],
    )
    .await?;
    Ok(id)
}

fn read(row: &QueryResult) -> Result<Token, DatabaseFailure> {
    let rights: String = row.try_get("", "rights")?;
    Ok(Token {
        id: row.try_get("", "id")?,
        hash: row.try_get("", "hash")?,
        account: row.try_get("", "account")?,
        post: row.try_get("", "post")?,
        name: row.try_get("", "name")?,
        // A right that the program no longer knows is no right.
        rights: rights.split(',').filter_map(Right::of_id).collect(),
        made_at: row.try_get("", "made_at")?,
        ends_at: row.try_get("", "ends_at")?,
        used_at: row.try_get("", "used_at")?,
        ended_at: row.try_get("", "ended_at")?,
    })
}

/// The token of a hash, alive or not.
pub async fn of_hash<C: ConnectionTrait>(
    db: &C,
    hash: &str,
) -> Result<Option<Token>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM people_tokens WHERE hash = ?");
    let found = row(db, &sql, [hash.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// Tokens of an account that were not ended, the newest first; some may have lapsed.
pub async fn of_account<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Vec<Token>, DatabaseFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM people_tokens WHERE account = ? AND ended_at IS NULL \
         ORDER BY id DESC LIMIT 200"
    );
    let found = rows(db, &sql, [account.into()]).await?;
    found.iter().map(read).collect()
}

/// Notes that a token was used.
pub async fn touch<C: ConnectionTrait>(db: &C, id: i64, at: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_tokens SET used_at = ? WHERE id = ? AND ended_at IS NULL";
    execute(db, sql, [at.into(), id.into()]).await?;
    Ok(())
}

/// Ends a token of an account; whether there was one to end.
pub async fn end(
    tx: &Transaction,
    account: i64,
    id: i64,
    at: i64,
) -> Result<bool, DatabaseFailure> {
    let sql = "UPDATE people_tokens SET ended_at = ? \
               WHERE id = ? AND account = ? AND ended_at IS NULL";
    let ended = execute(tx, sql, [at.into(), id.into(), account.into()]).await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all tokens of an account.
pub async fn end_of_account(
    tx: &Transaction,
    account: i64,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_tokens SET ended_at = ? WHERE account = ? AND ended_at IS NULL";
    execute(tx, sql, [at.into(), account.into()]).await?;
    Ok(())
}

/// Ends all tokens of a post.
pub async fn end_of_post(tx: &Transaction, post: i64, at: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_tokens SET ended_at = ? WHERE post = ? AND ended_at IS NULL";
    execute(tx, sql, [at.into(), post.into()]).await?;
    Ok(())
}
