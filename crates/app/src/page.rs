//! An answer as a page: the same report that a terminal shows, with links and a filter.
//!
//! It decides no word and no figure.

use crate::report::{Field, Group, Report, Table};
use crate::web::failure::Outcome;
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use anyhow::Result;
use askama::Template;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Headers of every answer. Nothing is loaded from elsewhere, no script stands in a page.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// A report on its way to a browser.
pub struct Page {
    report: Report,
    links: Vec<Link>,
}

/// A way to a neighbouring page.
pub struct Link {
    pub address: String,
    pub text: String,
    pub is_current: bool,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Shown<'a> {
    frame: Frame,
    title: &'a str,
    links: &'a [Link],
    facts: Vec<Labelled>,
    groups: &'a [Group],
    tables: Vec<ShownTable>,
    notes: Vec<&'a str>,
}

struct Labelled {
    label: String,
    text: String,
}

struct ShownTable {
    title: String,
    columns: Vec<ShownColumn>,
    rows: Vec<Vec<ShownCell>>,
}

struct ShownColumn {
    label: String,
    is_number: bool,
}

struct ShownCell {
    text: String,
    link: Option<String>,
    is_number: bool,
}

impl Page {
    pub fn of(report: Report) -> Page {
        Page {
            report,
            links: Vec::new(),
        }
    }

    pub fn linked(mut self, links: Vec<Link>) -> Page {
        self.links = links;
        self
    }

    /// What a reader of pages should know; how to type commands is for the terminal.
    fn notes(&self) -> Vec<&str> {
        let notes = self.report.notes.iter().map(String::as_str);
        notes
            .filter(|note| !note.contains("--") && !note.contains("shenggui "))
            .collect()
    }

    fn render(&self, frame: Frame) -> Result<String> {
        let shown = self
            .report
            .facts
            .iter()
            .filter(|fact| fact.key != PROGRAMS_NAME);
        let facts = shown.map(|fact| Labelled {
            label: fact.label.clone(),
            text: fact.field.shown(),
        });
        let shown = Shown {
            frame,
            title: &self.report.title,
            links: &self.links,
            facts: facts.collect(),
            groups: &self.report.groups,
            tables: self.report.tables.iter().map(table).collect(),
            notes: self.notes(),
        };
        Ok(shown.render()?)
    }
}

fn table(table: &Table) -> ShownTable {
    let is_number = |column: usize| table.rows.iter().any(|row| row[column].is_number());
    let columns = table.columns.iter().enumerate();
    let columns: Vec<ShownColumn> = columns
        .filter(|(_, (key, _))| *key != PROGRAMS_NAME)
        .map(|(index, (_, label))| ShownColumn {
            label: label.clone(),
            is_number: is_number(index),
        })
        .collect();
    let rows = table.rows.iter().map(|row| {
        let cells = cells(table, row).into_iter().zip(&columns);
        cells
            .map(|(cell, column)| ShownCell {
                is_number: column.is_number,
                ..cell
            })
            .collect()
    });
    ShownTable {
        title: table.title.clone(),
        rows: rows.collect(),
        columns,
    }
}

/// What a thing is called on the command line; pages lead there by its official name.
const PROGRAMS_NAME: &str = "id";

/// Codes lead to their firm, measures to their page.
fn cells(table: &Table, row: &[Field]) -> Vec<ShownCell> {
    let column = |wanted: &str| table.columns.iter().position(|(key, _)| *key == wanted);
    let id = column("id").map(|place| row[place].shown());
    let fields = row.iter().zip(&table.columns);
    fields
        .filter(|(_, (key, _))| *key != PROGRAMS_NAME)
        .map(|(field, (key, _))| ShownCell {
            text: field.shown(),
            link: match *key {
                "uscc" => Some(format!("/register/{}", field.shown())),
                "name" => id.as_ref().map(|id| format!("/measures/{id}")),
                _ => None,
            },
            is_number: false,
        })
        .collect()
}

/// Whether a program asks, and not a browser.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    accept
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"))
}

/// A page, or the same as JSON where the caller asks for it. `current` is the address in the
/// navigation that the page belongs to.
pub async fn answer(visitor: &Visitor, current: &str, page: Page, headers: &HeaderMap) -> Outcome {
    if wants_json(headers) {
        let text = page.report.json().to_string();
        return Ok(sent(
            StatusCode::OK,
            "application/json; charset=utf-8",
            text,
        ));
    }
    let frame = visitor.frame(page.report.title.clone(), current).await?;
    let html = page.render(frame)?;
    Ok(sent(StatusCode::OK, "text/html; charset=utf-8", html))
}

/// An answer of one kind.
pub fn sent(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// The headers that every answer has; an answer that says how long it may be kept keeps that.
pub fn put_headers(response: &mut Response, is_secure: bool) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if is_secure {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
}
