//! Notices in the database, and who has read them.

use super::{COUNTED_MAX, Inbox, Notice, Told};
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row, rows};
use sea_orm::ConnectionTrait;

/// What an inbox holds; values: organisation, account, since.
const WHOSE: &str = "((n.organisation = ? AND n.organisation <> '' AND n.account IS NULL) OR n.account = ?) \
     AND n.at >= ?";
const READ: &str =
    "EXISTS (SELECT 1 FROM people_readings r WHERE r.notice = n.id AND r.account = ?)";

/// Tells something, in the transaction of what it tells of.
pub async fn tell(tx: &Transaction, notice: &Notice, at: i64) -> Result<i64, DatabaseFailure> {
    let id = next_number(tx, "people_notices").await?;
    execute(
        tx,
        "INSERT INTO people_notices (id, organisation, account, kind, text, address, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            id.into(),
            notice.organisation.as_str().into(),
            notice.account.into(),
            notice.kind.as_str().into(),
            notice.text.as_str().into(),
            notice.address.as_str().into(),
            at.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// Notices of an inbox before one number, the newest first.
pub async fn of<C: ConnectionTrait>(
    db: &C,
    inbox: Inbox<'_>,
    before: i64,
    limit: i64,
) -> Result<Vec<Told>, DatabaseFailure> {
    let sql = format!(
        "SELECT n.id AS id, n.organisation AS organisation, n.account AS account, n.kind AS kind, \
         n.text AS text, n.address AS address, n.at AS at, \
         CASE WHEN {READ} THEN 1 ELSE 0 END AS is_read \
         FROM people_notices n WHERE {WHOSE} AND n.id < ? ORDER BY n.id DESC LIMIT ?"
    );
    let values = [
        inbox.account.into(),
        inbox.organisation.into(),
        inbox.account.into(),
        inbox.since.into(),
        before.into(),
        limit.into(),
    ];
    let found = rows(db, &sql, values).await?;
    let read = found.iter().map(|row| {
        // An integer literal has another width on each database.
        let is_read = row
            .try_get::<i64>("", "is_read")
            .or_else(|_| row.try_get::<i32>("", "is_read").map(i64::from))?;
        Ok(Told {
            id: row.try_get("", "id")?,
            notice: Notice {
                organisation: row.try_get("", "organisation")?,
                account: row.try_get("", "account")?,
                kind: row.try_get("", "kind")?,
                text: row.try_get("", "text")?,
                address: row.try_get("", "address")?,
            },
            at: row.try_get("", "at")?,
            is_read: is_read == 1,
        })
    });
    read.collect()
}

/// How many notices are unread, counted to a bound.
pub async fn unread<C: ConnectionTrait>(
    db: &C,
    inbox: Inbox<'_>,
) -> Result<usize, DatabaseFailure> {
    let sql = format!(
        "SELECT COUNT(*) AS count FROM (SELECT n.id FROM people_notices n \
         WHERE {WHOSE} AND NOT {READ} LIMIT ?) AS bounded"
    );
    let values = [
        inbox.organisation.into(),
        inbox.account.into(),
        inbox.since.into(),
        inbox.account.into(),
        (COUNTED_MAX as i64).into(),
    ];
    let found = row(db, &sql, values).await?;
    let found = found.expect("an aggregate has one row");
    Ok(found.try_get::<i64>("", "count")? as usize)
}

/// Notes that a notice of an inbox was read; nothing where it is another's.
pub async fn mark_read(
    tx: &Transaction,
    inbox: Inbox<'_>,
    notice: i64,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let sql = format!(
        "INSERT INTO people_readings (account, notice, at) SELECT ?, n.id, ? \
         FROM people_notices n WHERE {WHOSE} AND n.id = ? AND NOT {READ}"
    );
    let values = [
        inbox.account.into(),
        at.into(),
        inbox.organisation.into(),
        inbox.account.into(),
        inbox.since.into(),
        notice.into(),
        inbox.account.into(),
    ];
    execute(tx, &sql, values).await?;
    Ok(())
}

/// Notes that all notices of an inbox were read.
pub async fn mark_all_read(
    tx: &Transaction,
    inbox: Inbox<'_>,
    at: i64,
) -> Result<(), DatabaseFailure> {
    let sql = format!(
        "INSERT INTO people_readings (account, notice, at) SELECT ?, n.id, ? \
         FROM people_notices n WHERE {WHOSE} AND NOT {READ}"
    );
    let values = [
        inbox.account.into(),
        at.into(),
        inbox.organisation.into(),
        inbox.account.into(),
        inbox.since.into(),
        inbox.account.into(),
    ];
    execute(tx, &sql, values).await?;
    Ok(())
}
