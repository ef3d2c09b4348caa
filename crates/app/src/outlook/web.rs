//! Warned firms as a page and as JSON. Who looks at this machine's pages sees what the
//! provincial office may see: levels and categories, no figure.

use super::warnings;
use crate::cli::WarningsArgs;
use crate::office::{Office, refuse};
use crate::page::{self, Link, Page};
use anyhow::Result;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

/// Firms shown on a page.
const FIRMS_MAX: usize = 200;

/// The routes of this noun.
pub fn routes() -> Router<Office> {
    Router::new().route("/outlook/warnings", get(show_warnings))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    division: String,
    #[serde(default)]
    level: String,
}

async fn show_warnings(
    State(office): State<Office>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    page::answer(&office, made(&office, &asked).await, &headers).await
}

async fn made(office: &Office, asked: &Asked) -> Result<Page> {
    let division = match asked.division.as_str() {
        "" => None,
        text => match text.parse() {
            Ok(code) => Some(code),
            Err(_) => return refuse(format!("区划代码“{text}”请写六位数字")),
        },
    };
    let level = Some(asked.level.clone()).filter(|level| !level.is_empty());
    let arguments = WarningsArgs {
        level: level.iter().cloned().collect(),
        division,
        limit: FIRMS_MAX,
        ..WarningsArgs::default()
    };
    let report = warnings::command(office, &arguments).await?;
    let link = |id: &str, text: &str| Link {
        address: format!("/outlook/warnings?level={id}&division={}", asked.division),
        text: text.to_string(),
        is_current: id == asked.level,
    };
    let mut links = vec![link("", "全部")];
    let levels = office.pack.warnings.levels.iter().rev();
    links.extend(levels.map(|level| link(&level.id, &level.name)));
    let kept = level.map(|level| ("level", level));
    Ok(Page::of(report)
        .placed(&office.pack, division, kept)
        .linked(links))
}
