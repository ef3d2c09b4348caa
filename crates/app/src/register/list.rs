//! The list of firms as pages: found, ordered and turned over without leaving the page, kept as
//! views, taken away as files, and worked on firm by firm.
//!
//! Handlers reach firms through the visitor's own book and nothing else.

mod acts;
mod chooser;
mod files;
mod filters;
mod table;
mod views;

use super::book::{self, Book};
use super::listing::{self, Listing};
use super::wanted::{self, Wanted, WantedRefusal};
use crate::office::Refused;
use crate::page::{sent, wants_json};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::Visitor;
use anyhow::Context;
use askama::Template;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use filters::Filters;
use programme::journal::{self, Line};
use programme::register::views::{View, views_of};
use rules::money::grouped;
use rules::pack::roles::Right;
use rules::uscc::Uscc;
use std::sync::Arc;
use table::Shown;

/// The routes of the list.
pub fn routes() -> Routes {
    let firms = Access::May(Right::Firms);
    Routes::new()
        .get("/register", firms, list_firms)
        .get("/register/columns", firms, choose_columns)
        .post("/register/views", firms, views::save_view)
        .post("/register/views/{id}/removal", firms, views::delete_view)
        .post("/register/selection", firms, acts::show_selection)
        .post(
            "/register/admissions",
            Access::May(Right::Admit),
            acts::create_admissions,
        )
        .post(
            "/register/export",
            Access::May(Right::Export),
            files::create_export,
        )
}

/// Where the list stands.
pub const ADDRESS: &str = "/register";

#[derive(Template)]
#[template(path = "register-list.html")]
pub(super) struct ListPage {
    frame: Frame,
    lead: String,
    /// What of the query is not understood.
    faults: Vec<String>,
    filters: Filters,
    views: Vec<View>,
    /// The query without page and purpose.
    query: String,
    /// Columns for which a purpose has to be stated first.
    guarded: Vec<String>,
    list: Option<Shown>,
    can_admit: bool,
    can_export: bool,
}

impl ListPage {
    /// The page of a query, for somebody who keeps no view and may only read.
    pub(super) fn of(
        frame: Frame,
        book: &Book,
        wanted: &Wanted,
        query: &str,
        list: Option<Shown>,
        faults: Vec<String>,
    ) -> ListPage {
        let filters = Filters::of(book, wanted);
        ListPage {
            frame,
            lead: lead(book, list.as_ref()),
            filters: match faults.is_empty() {
                true => filters,
                false => filters.with_faults(query),
            },
            views: Vec::new(),
            query: wanted.view_query(),
            guarded: Vec::new(),
            list,
            can_admit: false,
            can_export: false,
            faults,
        }
    }

    /// The query as fields of a form.
    fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }
}

async fn list_firms(visitor: Visitor, RawQuery(query): RawQuery, headers: HeaderMap) -> Outcome {
    let book = open(&visitor).await?;
    let query = query.unwrap_or_default();
    let (mut wanted, refusals) = wanted::understood(&query, &book.seen);
    wanted.keep_fitting(&book.pack);
    if wants_json(&headers) {
        return answer_json(&visitor, book, wanted, refusals).await;
    }
    if let Some(code) = only_code(&book, &wanted) {
        return Ok(Redirect::to(&format!("{ADDRESS}/{code}")).into_response());
    }
    let faults: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    let guarded = match wanted.purpose.is_empty() {
        true => listing::guarded(&book.seen, &wanted),
        false => Vec::new(),
    };
    let is_shown = faults.is_empty() && guarded.is_empty();
    let list = match is_shown {
        true => Some(laid_out(&book, &wanted).await?),
        false => None,
    };
    if let Some(list) = &list {
        note_reading(&visitor, &book, &wanted, list.rows.len()).await?;
    }
    let frame = visitor.frame("企业名单", ADDRESS).await?;
    let mut page = ListPage::of(frame, &book, &wanted, &query, list, faults);
    page.views = views_of(visitor.office().db.reading(), visitor.account().id).await?;
    page.guarded = guarded;
    page.can_admit = visitor.may(Right::Admit);
    page.can_export = visitor.may(Right::Export);
    let status = match page.faults.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut response = sent(status, "text/html; charset=utf-8", page.render()?);
    put_address(&mut response, &headers, &wanted);
    Ok(response)
}

/// The reader's book.
async fn open(visitor: &Visitor) -> Result<Arc<Book>, Failure> {
    let scope = &visitor.seat()?.scope;
    Ok(Arc::new(book::open(visitor.office(), scope).await?))
}

/// A query as a form sends it, for the reader who sent it.
fn read(book: &Book, query: &str) -> Result<Wanted, Failure> {
    wanted::read(query, &book.seen).map_err(|refusals| {
        let said: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        Failure::Refused(said.join("；"))
    })
}

/// The address that a browser keeps has no empty fields.
fn put_address(response: &mut Response, headers: &HeaderMap, wanted: &Wanted) {
    const ASKED: &str = "hx-request";
    if !headers.contains_key(ASKED) {
        return;
    }
    let address = address(&wanted.query());
    if let Ok(value) = HeaderValue::from_str(&address) {
        let name = HeaderName::from_static("hx-push-url");
        response.headers_mut().insert(name, value);
    }
}

fn address(query: &str) -> String {
    match query.is_empty() {
        true => ADDRESS.to_string(),
        false => format!("{ADDRESS}?{query}"),
    }
}

/// The firm that is meant where nothing but a whole code was asked for.
fn only_code(book: &Book, wanted: &Wanted) -> Option<Uscc> {
    let code = crate::reader::read_code(&wanted.text).ok()?;
    let is_alone = wanted.filters().count() == 1;
    let found = book.seen.find(code).filter(|_| is_alone)?;
    Some(book.seen.uscc(found))
}

async fn laid_out(book: &Arc<Book>, wanted: &Wanted) -> Result<Shown, Failure> {
    let (book, wanted) = (book.clone(), wanted.clone());
    let made = tokio::task::spawn_blocking(move || listed(&book, &wanted));
    let made = made
        .await
        .context("list of firms")
        .map_err(Failure::World)?;
    made.map_err(|refusal| Failure::Refused(refusal.to_string()))
}

/// One page of the list.
pub(super) fn listed(book: &Book, wanted: &Wanted) -> Result<Shown, WantedRefusal> {
    listing::find(book, wanted).map(|listing| table::shown(&listing))
}

/// Every reading of figures that are not everybody's is written down with its purpose.
async fn note_reading(
    visitor: &Visitor,
    book: &Book,
    wanted: &Wanted,
    rows: usize,
) -> Result<(), Failure> {
    let guarded = listing::guarded(&book.seen, wanted);
    if guarded.is_empty() || rows == 0 {
        return Ok(());
    }
    let line = Line {
        act: "indicators.read",
        subject: format!("企业名单{rows}家：{}", guarded.join("、")),
        detail: wanted.purpose.clone(),
    };
    let tx = visitor.office().db.begin_writing().await?;
    journal::append(&tx, &visitor.act()?, &line).await?;
    tx.commit().await.map_err(anyhow::Error::from)?;
    Ok(())
}

fn lead(book: &Book, list: Option<&Shown>) -> String {
    let all = grouped(book.seen.len() as u64);
    let as_of = book.snapshot.as_of.in_words();
    match list {
        Some(list) if list.is_filtered => format!(
            "可查看的企业 {all} 家，符合条件的 {} 家；数据截至{as_of}",
            list.count_shown
        ),
        _ => format!("可查看的企业 {all} 家；数据截至{as_of}"),
    }
}

async fn answer_json(
    visitor: &Visitor,
    book: Arc<Book>,
    wanted: Wanted,
    refusals: Vec<WantedRefusal>,
) -> Outcome {
    if !refusals.is_empty() {
        let said: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        return Err(Failure::Malformed(said.join("；")));
    }
    let guarded = listing::guarded(&book.seen, &wanted);
    if !guarded.is_empty() && wanted.purpose.is_empty() {
        let text = format!("{}要写明用途：加上 purpose=用途", guarded.join("、"));
        return Err(Failure::Refused(text));
    }
    let (shared, asked) = (book.clone(), wanted.clone());
    let made = tokio::task::spawn_blocking(move || {
        let listing = listing::find(&shared, &asked);
        listing.map(|listing| (listing.places().len(), table::json(&listing)))
    });
    let made = made
        .await
        .context("list of firms")
        .map_err(Failure::World)?;
    let (rows, value) = made
        .map_err(|refusal| Refused(refusal.to_string()))
        .map_err(anyhow::Error::from)?;
    note_reading(visitor, &book, &wanted, rows).await?;
    Ok(sent(
        StatusCode::OK,
        "application/json; charset=utf-8",
        value.to_string(),
    ))
}

async fn choose_columns(visitor: Visitor, RawQuery(query): RawQuery) -> Outcome {
    let book = open(&visitor).await?;
    let wanted = read(&book, &query.unwrap_or_default())?;
    chooser::show(&visitor, &book, &wanted).await
}

/// The pages beside a page.
fn page_numbers(listing: &Listing<'_>) -> std::ops::RangeInclusive<usize> {
    const NEAR: usize = 2;
    let (page, pages) = (listing.page(), listing.pages());
    page.saturating_sub(NEAR).max(1)..=(page + NEAR).min(pages)
}
