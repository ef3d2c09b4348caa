//! Attachments in the database.

use super::{Attachment, AttachmentKind, AttachmentRefusal, Wish};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use crate::journal::{self, Act, Line};
use chrono::{Days, NaiveDate};
use rules::pack::days_since_epoch;
use rules::pack::files::hexadecimal;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use sm3::{Digest, Sm3};

const COLUMNS: &str = "id, kind, name, approval, hash, organisation, person, on_day, at";

/// Attaches a content with its journal line. Only inside a transaction of
/// `Database::begin_writing`.
pub async fn attach<C: ConnectionTrait>(
    tx: &C,
    wish: Wish<'_>,
    act: &Act,
) -> Result<Result<Attachment, AttachmentRefusal>, DatabaseFailure> {
    let attachment = Attachment {
        id: next_number(tx, "attachments").await?,
        kind: wish.kind,
        name: wish.name.to_string(),
        approval: wish.approval.trim().to_string(),
        hash: hexadecimal(&Sm3::digest(wish.content)),
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
        at: act.at,
    };
    let before = newest(tx, wish.kind).await?;
    if let Some(refusal) = refusal_of(&attachment, wish.content.len(), before) {
        return Ok(Err(refusal));
    }
    let sql = "INSERT INTO attachments \
               (id, kind, name, approval, hash, content, organisation, person, on_day, at) \
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    execute(
        tx,
        sql,
        [
            attachment.id.into(),
            attachment.kind.id().into(),
            attachment.name.clone().into(),
            attachment.approval.clone().into(),
            attachment.hash.clone().into(),
            wish.content.to_vec().into(),
            attachment.organisation.clone().into(),
            attachment.person.clone().into(),
            days_since_epoch(attachment.on).into(),
            attachment.at.into(),
        ],
    )
    .await?;
    let line = Line {
        act: "attachments.attach",
        subject: format!("第{}号 {}", attachment.id, attachment.kind.name()),
        detail: format!("{} SM3 {}", attachment.name, attachment.hash),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(attachment))
}

fn refusal_of(
    wish: &Attachment,
    bytes: usize,
    before: Option<(Attachment, Vec<u8>)>,
) -> Option<AttachmentRefusal> {
    let max = wish.kind.bytes_max();
    let name = wish.name.clone();
    if bytes == 0 {
        return Some(AttachmentRefusal::Empty(name));
    }
    if bytes > max {
        return Some(AttachmentRefusal::TooLarge { name, max });
    }
    if wish.kind == AttachmentKind::Map && wish.approval.is_empty() {
        return Some(AttachmentRefusal::NoApproval);
    }
    if wish.person.trim().is_empty() {
        return Some(AttachmentRefusal::NoPerson);
    }
    let (before, _) = before?;
    let is_same = before.hash == wish.hash && before.approval == wish.approval;
    is_same.then_some(AttachmentRefusal::Same(before.id))
}

/// The newest attachment of a kind with its content.
pub async fn newest<C: ConnectionTrait>(
    db: &C,
    kind: AttachmentKind,
) -> Result<Option<(Attachment, Vec<u8>)>, DatabaseFailure> {
    let sql = format!(
        "SELECT {COLUMNS}, content FROM attachments WHERE kind = ? ORDER BY id DESC LIMIT 1"
    );
    let Some(found) = row(db, &sql, [kind.id().into()]).await? else {
        return Ok(None);
    };
    Ok(Some((read(&found)?, found.try_get("", "content")?)))
}

/// All attachments of a kind, newest first.
pub async fn of_kind<C: ConnectionTrait>(
    db: &C,
    kind: AttachmentKind,
) -> Result<Vec<Attachment>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM attachments WHERE kind = ? ORDER BY id DESC");
    let found = rows(db, &sql, [kind.id().into()]).await?;
    found.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Attachment, DatabaseFailure> {
    let id: i64 = row.try_get("", "id")?;
    let damaged = || DatabaseFailure(DbErr::Custom(format!("附件 {id} 损坏，请从备份恢复数据库")));
    let kind: String = row.try_get("", "kind")?;
    let days: i64 = row.try_get("", "on_day")?;
    let on = u64::try_from(days).ok().map(Days::new);
    Ok(Attachment {
        id,
        kind: AttachmentKind::read(&kind).ok_or_else(damaged)?,
        name: row.try_get("", "name")?,
        approval: row.try_get("", "approval")?,
        hash: row.try_get("", "hash")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        on: on
            .and_then(|days| NaiveDate::default().checked_add_days(days))
            .ok_or_else(damaged)?,
        at: row.try_get("", "at")?,
    })
}
