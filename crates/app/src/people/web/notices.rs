//! `/notices`: what the visitor's organisation, or the visitor, was told; with the pushes of
//! measures that concern them.

use super::{back, number};
use crate::cli::NoticesArgs;
use crate::measures::pushing;
use crate::page::{self, Page};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::routes::{Access, Routes};
use crate::web::session::clock;
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::{Form, Query};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use chrono::Utc;
use programme::database::commit;
use programme::people::notices;
use rules::pack::roles::Right;
use serde::Deserialize;

const PAGE: i64 = 50;
/// Pushed matters on a page.
const PUSHED_MAX: usize = 200;

pub fn routes() -> Routes {
    let pushed = Access::MayAny(&[Right::Measures, Right::OwnFirm]);
    Routes::new()
        .get("/notices", Access::SignedIn, list_notices)
        .post("/notices/readings", Access::SignedIn, create_reading)
        .get("/notices/pushes", pushed, list_pushed)
}

struct Line {
    id: i64,
    text: String,
    has_page: bool,
    at: String,
    is_read: bool,
}

#[derive(Template)]
#[template(path = "people/notices.html")]
struct NoticesPage {
    frame: Frame,
    lines: Vec<Line>,
    next: String,
    has_unread: bool,
    sees_pushed: bool,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    before: String,
    #[serde(default)]
    done: String,
}

async fn list_notices(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let before = match asked.before.as_str() {
        "" => i64::MAX,
        text => number(text)?,
    };
    let db = visitor.office().db.reading();
    let mut found = notices::of(db, visitor.inbox(), before, PAGE + 1).await?;
    let has_more = found.len() as i64 > PAGE;
    found.truncate(PAGE as usize);
    let next = match found.last().filter(|_| has_more) {
        Some(last) => format!("/notices?before={}", last.id),
        None => String::new(),
    };
    let mut frame = visitor.frame("消息", "").await?;
    if asked.done == "read" {
        frame.flash = Some(Flash::done("全部消息已标为已读"));
    }
    let lines = found.into_iter().map(|told| Line {
        id: told.id,
        has_page: is_own(&told.notice.address),
        text: told.notice.text,
        at: clock(told.at),
        is_read: told.is_read,
    });
    html(&NoticesPage {
        has_unread: frame.notices > 0,
        frame,
        lines: lines.collect(),
        next,
        sees_pushed: visitor.may(Right::Measures) || visitor.may(Right::OwnFirm),
    })
}

/// Only pages of this site are led to.
fn is_own(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//")
}

#[derive(Deserialize)]
struct Reading {
    /// Empty for all of them.
    #[serde(default)]
    notice: String,
}

/// Marks a notice as read and leads to its page.
async fn create_reading(visitor: Visitor, Form(given): Form<Reading>) -> Outcome {
    let office = visitor.office();
    let now = Utc::now().timestamp();
    if given.notice.is_empty() {
        let tx = office.db.begin_writing().await?;
        notices::mark_all_read(&tx, visitor.inbox(), now).await?;
        commit(tx).await?;
        return Ok(back("/notices", "read"));
    }
    let id = number(&given.notice)?;
    let before = id.checked_add(1).ok_or(Failure::NotHere)?;
    let found = notices::of(office.db.reading(), visitor.inbox(), before, 1).await?;
    let told = found.into_iter().find(|told| told.id == id);
    let told = told.ok_or(Failure::NotHere)?;
    if !told.is_read {
        let tx = office.db.begin_writing().await?;
        notices::mark_read(&tx, visitor.inbox(), id, now).await?;
        commit(tx).await?;
    }
    let address = match is_own(&told.notice.address) {
        true => told.notice.address.as_str(),
        false => "/notices",
    };
    Ok(Redirect::to(address).into_response())
}

#[derive(Deserialize)]
struct Pushed {
    #[serde(default)]
    push: String,
}

async fn list_pushed(visitor: Visitor, Query(asked): Query<Pushed>, headers: HeaderMap) -> Outcome {
    let push = match asked.push.as_str() {
        "" => None,
        text => Some(number(text)?),
    };
    let arguments = NoticesArgs {
        push,
        agency: None,
        firm: None,
        limit: PUSHED_MAX,
        export: None,
    };
    let report = pushing::notices(visitor.office(), &arguments).await?;
    page::answer(&visitor, "/measures", Page::of(report), &headers).await
}
