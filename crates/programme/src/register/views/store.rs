//! Kept views in the database.

use super::{NAME_MAX, QUERY_MAX, VIEWS_MAX, View, ViewRefusal};
use crate::database::{DatabaseFailure, execute, next_number, rows};
use crate::journal::{self, Act, Line};
use sea_orm::ConnectionTrait;

/// The views of an account, in the order in which they were kept.
pub async fn views_of<C: ConnectionTrait>(
    db: &C,
    account: i64,
) -> Result<Vec<View>, DatabaseFailure> {
    let sql = "SELECT id, name, query, at FROM register_views WHERE account = ? ORDER BY id";
    let found = rows(db, sql, [account.into()]).await?;
    let mut views = Vec::with_capacity(found.len());
    for row in &found {
        views.push(View {
            id: row.try_get("", "id")?,
            name: row.try_get("", "name")?,
            query: row.try_get("", "query")?,
            at: row.try_get("", "at")?,
        });
    }
    Ok(views)
}

/// Keeps a view under a name, in place of the account's earlier one of that name.
pub async fn save_view<C: ConnectionTrait>(
    tx: &C,
    account: i64,
    name: &str,
    query: &str,
    act: &Act,
) -> Result<Result<i64, ViewRefusal>, DatabaseFailure> {
    let name = name.trim();
    let length = name.chars().count();
    let refused = match length {
        0 => Some(ViewRefusal::NoName),
        _ if length > NAME_MAX => Some(ViewRefusal::LongName(length)),
        _ if query.chars().count() > QUERY_MAX => Some(ViewRefusal::LongQuery),
        _ => None,
    };
    if let Some(refusal) = refused {
        return Ok(Err(refusal));
    }
    let kept = views_of(tx, account).await?;
    let earlier = kept.iter().find(|view| view.name == name);
    if earlier.is_none() && kept.len() >= VIEWS_MAX {
        return Ok(Err(ViewRefusal::TooMany));
    }
    if let Some(earlier) = earlier {
        let sql = "DELETE FROM register_views WHERE id = ?";
        execute(tx, sql, [earlier.id.into()]).await?;
    }
    let id = next_number(tx, "register_views").await?;
    execute(
        tx,
        "INSERT INTO register_views (id, account, name, query, at) VALUES (?, ?, ?, ?, ?)",
        [
            id.into(),
            account.into(),
            name.into(),
            query.into(),
            act.at.into(),
        ],
    )
    .await?;
    let line = Line {
        act: "register.save-view",
        subject: name.to_string(),
        detail: query.to_string(),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(id))
}

/// Deletes a view of the account.
pub async fn delete_view<C: ConnectionTrait>(
    tx: &C,
    account: i64,
    id: i64,
    act: &Act,
) -> Result<Result<(), ViewRefusal>, DatabaseFailure> {
    let kept = views_of(tx, account).await?;
    let Some(view) = kept.into_iter().find(|view| view.id == id) else {
        return Ok(Err(ViewRefusal::Unknown));
    };
    let sql = "DELETE FROM register_views WHERE id = ? AND account = ?";
    execute(tx, sql, [id.into(), account.into()]).await?;
    let line = Line {
        act: "register.delete-view",
        subject: view.name,
        detail: String::new(),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(()))
}
