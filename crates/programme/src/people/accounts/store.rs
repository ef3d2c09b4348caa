//! Accounts and posts in the database.

use super::{Account, Post};
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row, rows};
use sea_orm::{ConnectionTrait, QueryResult};

const ACCOUNT: &str = "SELECT id, login, name, phone, made_at, closed_at FROM people_accounts";
const POST: &str = "SELECT id, account, organisation, role, given_at, ended_at FROM people_posts";

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

/// Accounts by number, from one on; only those whose login or name holds a text, if one is given.
pub async fn accounts<C: ConnectionTrait>(
    db: &C,
    search: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Account>, DatabaseFailure> {
    let escaped: String = search
        .trim()
        .chars()
        .fold(String::new(), |mut text, symbol| {
            if "%_!".contains(symbol) {
                text.push('!');
            }
            text.push(symbol);
            text
        });
    let sql = format!(
        "{ACCOUNT} WHERE id > ? AND (login LIKE ? ESCAPE '!' OR LOWER(login) LIKE ? ESCAPE '!' \
         OR name LIKE ? ESCAPE '!') ORDER BY id LIMIT ?"
    );
    let pattern = format!("%{escaped}%");
    let small = pattern.to_ascii_lowercase();
    let values = [
        after.into(),
        pattern.as_str().into(),
        small.into(),
        pattern.as_str().into(),
        limit.into(),
    ];
    let found = rows(db, &sql, values).await?;
    found.iter().map(read_account).collect()
}

/// Closes an account that is open.
pub async fn close(tx: &Transaction, id: i64, at: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_accounts SET closed_at = ? WHERE id = ? AND closed_at IS NULL";
    execute(tx, sql, [at.into(), id.into()]).await?;
    Ok(())
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

fn read_post(row: &QueryResult) -> Result<Post, DatabaseFailure> {
    Ok(Post {
        id: row.try_get("", "id")?,
        account: row.try_get("", "account")?,
        organisation: row.try_get("", "organisation")?,
        role: row.try_get("", "role")?,
        given_at: row.try_get("", "given_at")?,
        ended_at: row.try_get("", "ended_at")?,
    })
}

/// A post, ended or not.
pub async fn post<C: ConnectionTrait>(db: &C, id: i64) -> Result<Option<Post>, DatabaseFailure> {
    let sql = format!("{POST} WHERE id = ?");
    let found = row(db, &sql, [id.into()]).await?;
    found.as_ref().map(read_post).transpose()
}

/// The posts that an account holds or held.
pub async fn posts_of<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Vec<Post>, DatabaseFailure> {
    let sql = format!("{POST} WHERE account = ? ORDER BY id");
    let found = rows(db, &sql, [account.into()]).await?;
    found.iter().map(read_post).collect()
}

/// Posts that a person holds now, with whichever account: accounts with the same telephone
/// number are one person's.
pub async fn posts_of_person<C: ConnectionTrait>(
    db: &C,
    account: &Account,
) -> Result<Vec<Post>, DatabaseFailure> {
    let sql = format!(
        "{POST} WHERE ended_at IS NULL AND account IN (SELECT id FROM people_accounts \
         WHERE closed_at IS NULL AND (id = ? OR (phone <> '' AND phone = ?))) ORDER BY id"
    );
    let values = [account.id.into(), account.phone.as_str().into()];
    let found = rows(db, &sql, values).await?;
    found.iter().map(read_post).collect()
}

/// How many open accounts hold a role.
pub async fn holders<C: ConnectionTrait>(db: &C, role: &str) -> Result<i64, DatabaseFailure> {
    let found = row(
        db,
        "SELECT COUNT(DISTINCT p.account) AS count FROM people_posts p \
         JOIN people_accounts a ON a.id = p.account \
         WHERE p.role = ? AND p.ended_at IS NULL AND a.closed_at IS NULL",
        [role.into()],
    )
    .await?
    .expect("an aggregate has one row");
    Ok(found.try_get("", "count")?)
}

/// Ids of the organisations for which somebody holds a post.
pub async fn seated_organisations<C: ConnectionTrait>(
    db: &C,
) -> Result<Vec<String>, DatabaseFailure> {
    let found = rows(
        db,
        "SELECT DISTINCT p.organisation AS organisation FROM people_posts p \
         JOIN people_accounts a ON a.id = p.account \
         WHERE p.ended_at IS NULL AND a.closed_at IS NULL ORDER BY p.organisation",
        [],
    )
    .await?;
    let ids = found.iter().map(|row| Ok(row.try_get("", "organisation")?));
    ids.collect()
}

/// Ends a post that is held.
pub async fn end_post(tx: &Transaction, id: i64, at: i64) -> Result<(), DatabaseFailure> {
    let sql = "UPDATE people_posts SET ended_at = ? WHERE id = ? AND ended_at IS NULL";
    execute(tx, sql, [at.into(), id.into()]).await?;
    Ok(())
}
