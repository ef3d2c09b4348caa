//! What happens around every request: who asks from where, headers, counters, and a page or
//! JSON for what could not be answered.

use super::Workplace;
use super::assets::Assets;
use super::failure::{Failure, Outcome, Told};
use super::frame::Frame;
use super::health::COUNTERS;
use super::visitor::Visitor;
use crate::api::problem::is_of_interface;
use crate::page::{put_headers, sent, wants_json};
use crate::settings;
use askama::Template;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use std::time::Instant;

#[derive(Template)]
#[template(path = "told.html")]
struct ToldPage<'a> {
    frame: Frame,
    text: &'a str,
}

/// Nothing stands at this address.
pub async fn nothing_here() -> Outcome {
    Err(Failure::NotHere)
}

/// Changes are taken from this site's own pages, or from programs with a token of their own.
/// Browsers say where a request comes from; what says nothing and has no token is refused.
pub async fn same_site(request: Request, next: Next) -> Response {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let headers = request.headers();
    // What brings neither a token nor a cookie can do nothing in anybody's name.
    let is_nobody = is_of_interface(request.uri().path()) && !headers.contains_key(header::COOKIE);
    if is_reading || is_nobody || headers.contains_key(header::AUTHORIZATION) {
        return next.run(request).await;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_own = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => match (text("origin"), text("host")) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|o| o.1 == host),
            _ => false,
        },
    };
    if is_own {
        return next.run(request).await;
    }
    Failure::Foreign.into_response()
}

/// Counts and times every request, by its route and not by its address.
pub async fn watch(State(workplace): State<Workplace>, request: Request, next: Next) -> Response {
    let _ = COUNTERS.is_some();
    let started = Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none".to_string(), |path| path.as_str().to_string());
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let took = started.elapsed();
    let labels = [
        ("method", method.to_string()),
        ("route", route.clone()),
        ("status", status.to_string()),
    ];
    metrics::counter!("shenggui_requests_total", &labels).increment(1);
    metrics::histogram!("shenggui_request_seconds", "route" => route.clone())
        .record(took.as_secs_f64());
    tracing::info!(
        %method,
        route,
        status,
        micros = took.as_micros() as u64,
        node = workplace.config.node,
        "request"
    );
    put_headers(&mut response, workplace.config.secure);
    response
}

/// Makes a page, or JSON, of what could not be answered.
pub async fn dress(State(workplace): State<Workplace>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned();
    if is_of_interface(request.uri().path()) {
        // Programs are told by a layer of the interface's own.
        return next.run(request).await;
    }
    let as_json = wants_json(request.headers());
    let is_page = request.method() == Method::GET && !as_json;
    let address = request
        .uri()
        .path_and_query()
        .map_or("/".to_string(), ToString::to_string);
    let response = next.run(request).await;
    let Some(told) = response.extensions().get::<Told>().cloned() else {
        return response;
    };
    if told.status == StatusCode::UNAUTHORIZED && is_page {
        let wanted: String = percent(&address);
        return Redirect::to(&format!("/session?next={wanted}")).into_response();
    }
    if as_json {
        return problem(told.status, &told.text);
    }
    match page(&workplace, visitor, &told).await {
        Ok(html) => sent(told.status, "text/html; charset=utf-8", html),
        Err(error) => {
            tracing::error!(error = error.to_string(), "a refusal has no page");
            sent(told.status, "text/plain; charset=utf-8", told.text)
        }
    }
}

/// An answer for programs that says what is wrong.
pub fn problem(status: StatusCode, text: &str) -> Response {
    let problem = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("error"),
        "status": status.as_u16(),
        "detail": text,
    });
    sent(status, "application/problem+json", problem.to_string())
}

async fn page(
    workplace: &Workplace,
    visitor: Option<Visitor>,
    told: &Told,
) -> Result<String, Failure> {
    let title = match told.status {
        StatusCode::NOT_FOUND => "没有找到",
        StatusCode::INTERNAL_SERVER_ERROR => "暂时不能办理",
        _ => "没有办成",
    };
    let frame = match visitor {
        Some(visitor) => visitor.frame(title, "").await?,
        None => bare_frame(workplace, title).await?,
    };
    let page = ToldPage {
        frame,
        text: &told.text,
    };
    Ok(page.render()?)
}

/// The frame of a page for those who have not signed in.
pub async fn bare_frame(workplace: &Workplace, title: &str) -> Result<Frame, Failure> {
    Ok(Frame {
        title: title.to_string(),
        banner: settings::banner(&workplace.office).await?,
        site: workplace.office.pack.about.plan_title.clone(),
        groups: Vec::new(),
        person: None,
        can_search: false,
        notices: 0,
        stamp: None,
        is_enterprise: false,
        assets: Assets::new(),
        flash: None,
    })
}

/// Text as a value of an address.
fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
