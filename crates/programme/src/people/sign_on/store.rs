//! Sign-ons under way and links in the database, shared by all nodes.

use super::{Begun, SignOnLink, WAITING_SECONDS};
use crate::database::{DatabaseFailure, Transaction, execute, next_number, row};
use sea_orm::{ConnectionTrait, QueryResult};

/// Rows are kept as long again, so that an answer that comes twice or late is recognised.
const KEPT_SECONDS: i64 = 2 * WAITING_SECONDS;

/// Forgets what nobody waits for any more.
pub(super) async fn forget(tx: &Transaction, now: i64) -> Result<(), DatabaseFailure> {
    let sql = "DELETE FROM people_sign_ons WHERE made_at < ?";
    execute(tx, sql, [(now - KEPT_SECONDS).into()]).await?;
    Ok(())
}

/// How many browsers of an address are at the provider.
pub(super) async fn waiting(
    tx: &Transaction,
    address: &str,
    now: i64,
) -> Result<i64, DatabaseFailure> {
    let sql = "SELECT COUNT(*) AS count FROM people_sign_ons \
               WHERE address = ? AND made_at >= ? AND used_at IS NULL";
    let from = now - WAITING_SECONDS;
    let counted = row(tx, sql, [address.into(), from.into()]).await?;
    let counted = counted.expect("an aggregate has one row");
    Ok(counted.try_get("", "count")?)
}

/// Keeps what a browser will bring back.
pub(super) async fn keep_begun(tx: &Transaction, begun: &Begun) -> Result<(), DatabaseFailure> {
    execute(
        tx,
        "INSERT INTO people_sign_ons (hash, browser, nonce, verifier, next, address, made_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            begun.hash.as_str().into(),
            begun.browser.as_str().into(),
            begun.nonce.as_str().into(),
            begun.verifier.as_str().into(),
            begun.next.as_str().into(),
            begun.address.as_str().into(),
            begun.made_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// A sign-on by the hash of its state, and whether it was taken before.
pub(super) async fn of_hash(
    tx: &Transaction,
    hash: &str,
) -> Result<Option<(Begun, bool)>, DatabaseFailure> {
    let found = row(
        tx,
        "SELECT hash, browser, nonce, verifier, next, address, made_at, used_at \
         FROM people_sign_ons WHERE hash = ?",
        [hash.into()],
    )
    .await?;
    let read = found.map(|row| {
        let begun = Begun {
            hash: row.try_get("", "hash")?,
            browser: row.try_get("", "browser")?,
            nonce: row.try_get("", "nonce")?,
            verifier: row.try_get("", "verifier")?,
            next: row.try_get("", "next")?,
            address: row.try_get("", "address")?,
            made_at: row.try_get("", "made_at")?,
        };
        let used_at: Option<i64> = row.try_get("", "used_at")?;
        Ok((begun, used_at.is_some()))
    });
    read.transpose()
}

/// Takes a sign-on, and forgets what was secret of it; false where it was taken before.
pub(super) async fn take(tx: &Transaction, hash: &str, at: i64) -> Result<bool, DatabaseFailure> {
    let sql = "UPDATE people_sign_ons SET used_at = ?, nonce = '', verifier = '' \
               WHERE hash = ? AND used_at IS NULL";
    let taken = execute(tx, sql, [at.into(), hash.into()]).await?;
    Ok(taken.rows_affected() > 0)
}

const LINK: &str =
    "SELECT account, issuer, subject, made_at, confirmed_at FROM people_sign_on_links";

fn read(row: &QueryResult) -> Result<SignOnLink, DatabaseFailure> {
    Ok(SignOnLink {
        account: row.try_get("", "account")?,
        issuer: row.try_get("", "issuer")?,
        subject: row.try_get("", "subject")?,
        made_at: row.try_get("", "made_at")?,
        confirmed_at: row.try_get("", "confirmed_at")?,
    })
}

/// The link that an account has.
pub async fn linked<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Option<SignOnLink>, DatabaseFailure> {
    let sql = format!("{LINK} WHERE account = ? AND ended_at IS NULL");
    let found = row(db, &sql, [account.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// The link of an identity.
pub(super) async fn of_subject(
    tx: &Transaction,
    issuer: &str,
    subject: &str,
) -> Result<Option<SignOnLink>, DatabaseFailure> {
    let sql = format!("{LINK} WHERE subject = ? AND issuer = ? AND ended_at IS NULL");
    let found = row(tx, &sql, [subject.into(), issuer.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// Keeps a link, which nobody has confirmed yet.
pub(super) async fn keep(tx: &Transaction, link: &SignOnLink) -> Result<(), DatabaseFailure> {
    let id = next_number(tx, "people_sign_on_links").await?;
    execute(
        tx,
        "INSERT INTO people_sign_on_links (id, account, issuer, subject, made_at) \
         VALUES (?, ?, ?, ?, ?)",
        [
            id.into(),
            link.account.into(),
            link.issuer.as_str().into(),
            link.subject.as_str().into(),
            link.made_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Confirms the link of an account; false where it was confirmed before.
pub(super) async fn confirm(
    tx: &Transaction,
    account: i64,
    at: i64,
) -> Result<bool, DatabaseFailure> {
    let sql = "UPDATE people_sign_on_links SET confirmed_at = ? \
               WHERE account = ? AND confirmed_at IS NULL AND ended_at IS NULL";
    let confirmed = execute(tx, sql, [at.into(), account.into()]).await?;
    Ok(confirmed.rows_affected() > 0)
}

/// Ends the link of an account; whether there was one.
pub(super) async fn end(tx: &Transaction, account: i64, at: i64) -> Result<bool, DatabaseFailure> {
    let sql = "UPDATE people_sign_on_links SET ended_at = ? \
               WHERE account = ? AND ended_at IS NULL";
    let ended = execute(tx, sql, [at.into(), account.into()]).await?;
    Ok(ended.rows_affected() > 0)
}
