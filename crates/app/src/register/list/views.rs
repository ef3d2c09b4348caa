//! Keeping a list under a name, and letting go of it.

use super::{address, open, read};
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect};
use programme::register::views;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
    #[serde(default)]
    query: String,
}

pub(super) async fn save_view(visitor: Visitor, Form(named): Form<Named>) -> Outcome {
    let book = open(&visitor).await?;
    let wanted = read(&book, &named.query)?;
    let query = wanted.view_query();
    let tx = visitor.office().db.begin_writing().await?;
    let account = visitor.account().id;
    let act = visitor.act()?;
    match views::save_view(&tx, account, &named.name, &query, &act).await? {
        Ok(_) => tx.commit().await.map_err(anyhow::Error::from)?,
        Err(refusal) => return Err(Failure::Refused(refusal.to_string())),
    }
    Ok(Redirect::to(&address(&query)).into_response())
}

pub(super) async fn delete_view(
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(named): Form<Named>,
) -> Outcome {
    let book = open(&visitor).await?;
    let wanted = read(&book, &named.query)?;
    let tx = visitor.office().db.begin_writing().await?;
    let act = visitor.act()?;
    match views::delete_view(&tx, visitor.account().id, id, &act).await? {
        Ok(()) => tx.commit().await.map_err(anyhow::Error::from)?,
        Err(refusal) => return Err(Failure::Refused(refusal.to_string())),
    }
    Ok(Redirect::to(&address(&wanted.view_query())).into_response())
}
