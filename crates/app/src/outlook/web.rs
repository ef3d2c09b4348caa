//! Warned firms as a page and as JSON. Who looks sees what the post of the session may
//! see: levels and categories, no figure.

use super::warnings;
use crate::cli::WarningsArgs;
use crate::office::{Office, refuse};
use crate::page::{self, Link, Page};
use crate::web::failure::Outcome;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::Visitor;
use anyhow::Result;
use axum::extract::Query;
use axum::http::HeaderMap;
use rules::pack::roles::Right;
use serde::Deserialize;

/// Firms shown on a page.
const FIRMS_MAX: usize = 200;

/// The routes of this noun.
pub fn routes() -> Routes {
    Routes::new().merge(super::map::web::routes()).get(
        "/outlook/warnings",
        Access::May(Right::Warnings),
        show_warnings,
    )
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    division: String,
    #[serde(default)]
    level: String,
}

async fn show_warnings(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let page = made(visitor.office(), &asked).await?;
    page::answer(&visitor, "/outlook/warnings", page, &headers).await
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
