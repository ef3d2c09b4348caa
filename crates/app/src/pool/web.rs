//! Whether the pools are enough, as a page and as JSON. Who looks sees
//! what the post of the session may see.

use super::sufficiency;
use crate::cli::SufficiencyArgs;
use crate::office::Office;
use crate::page::{self, Link, Page};
use crate::web::failure::Outcome;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::Visitor;
use anyhow::Result;
use axum::extract::Query;
use axum::http::HeaderMap;
use programme::pool::sufficiency::Sampling;
use rules::pack::roles::Right;
use serde::Deserialize;

/// The routes of this noun.
pub fn routes() -> Routes {
    Routes::new().get(
        "/pool/sufficiency",
        Access::May(Right::Pool),
        show_sufficiency,
    )
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    area: String,
}

async fn show_sufficiency(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let page = made(visitor.office(), asked).await?;
    page::answer(&visitor, "/pool", page, &headers).await
}

/// All areas, or one with its counties and what would help it.
async fn made(office: &Office, asked: Asked) -> Result<Page> {
    let Sampling { seed, draws, .. } = Sampling::default();
    let area = Some(asked.area).filter(|text| !text.is_empty());
    let links = links(office, area.as_deref());
    let arguments = SufficiencyArgs {
        area,
        counties: false,
        year: None,
        seed,
        draws,
        agency: None,
        purpose: None,
    };
    let report = sufficiency::command(office, &arguments).await?;
    Ok(Page::of(report).linked(links))
}

fn links(office: &Office, current: Option<&str>) -> Vec<Link> {
    let link = |address: String, text: &str, is_current| Link {
        address,
        text: text.to_string(),
        is_current,
    };
    let mut links = vec![link(
        "/pool/sufficiency".to_string(),
        "全省",
        current.is_none(),
    )];
    links.extend(office.pack.divisions.areas().map(|area| {
        let code = area.code.to_string();
        let is_current = current == Some(code.as_str());
        let address = format!("/pool/sufficiency?area={code}");
        link(address, &area.name, is_current)
    }));
    links
}
