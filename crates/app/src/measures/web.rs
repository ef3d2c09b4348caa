//! Measures as pages and as JSON: the list, one measure with its firms, one firm, before and
//! after. Who looks sees what the post of the session may see.

mod acts;
mod list;
#[cfg(test)]
mod tests;

use super::compare;
use crate::page::{self, Link, Page};
use crate::register::firm::{Purpose, open, purpose};
use crate::web::failure::Outcome;
use crate::web::parts::Way;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::Visitor;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use list::Asked;
use rules::pack::roles::Right;

/// The routes of this noun.
pub fn routes() -> Routes {
    let measures = Access::May(Right::Measures);
    let firms = Access::May(Right::Firms);
    let push = Access::May(Right::Push);
    Routes::new()
        .get("/measures", measures, list::list_measures)
        .get("/measures/accuracy", measures, acts::show_accuracy)
        .get("/measures/pushes", measures, acts::list_pushes)
        .get("/measures/pushes/new", push, acts::confirm_push)
        .post("/measures/pushes", push, acts::create_push)
        .get("/measures/notices", measures, acts::list_notices)
        .get("/measures/{id}", measures, list::show_measure)
        .get(
            "/measures/{id}/export",
            Access::May(Right::Export),
            list::download_firms,
        )
        .post(
            "/measures/{id}/outcomes",
            Access::May(Right::Outcome),
            acts::create_outcome,
        )
        .get("/measures/compare/{uscc}", firms, show_comparison)
}

/// The sides of measures.
fn tabs(visitor: &Visitor, current: &str) -> Vec<Way> {
    let mut sides = vec![("/measures", "政策措施")];
    if visitor.may(Right::Firms) {
        sides.push(("/measures/notices", "推送给本单位的"));
        sides.push(("/measures/pushes", "历次推送"));
        sides.push(("/measures/accuracy", "推送准确情况"));
    }
    let ways = sides.into_iter();
    ways.map(|(address, text)| Way::to(address, text, address == current))
        .collect()
}

async fn show_comparison(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let subject = open(&visitor, &uscc, asked.on()?).await?;
    let uscc = subject.firms.uscc(subject.firm);
    if purpose(&visitor, &subject).await? == Purpose::Wanted {
        // The firm's page asks what the figures are read for.
        return Ok(Redirect::to(&format!("/register/{uscc}/comparison")).into_response());
    }
    let pack = &visitor.office().pack;
    let report = compare::report(pack, &subject, &compare::compared(pack, &subject));
    let link = |address: String, text: &str| Link {
        address,
        text: text.to_string(),
        is_current: false,
    };
    let links = vec![
        link(format!("/register/{uscc}"), "企业页面"),
        link(format!("/register/{uscc}/comparison.docx"), "下载告知单"),
    ];
    page::answer(
        &visitor,
        "/measures",
        Page::of(report).linked(links),
        &headers,
    )
    .await
}
