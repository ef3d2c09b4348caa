//! The enterprise's own pages.

use super::{Own, Parts};
use crate::measures::Subject;
use crate::outlook::warnings::judged;
use crate::page::{sent, wants_json};
use crate::register::firm::{
    Comparison, answers, comparison, delivered, granted, ledger, material, note_own_reading,
    open_own, policy, recorded, web::comparison_file,
};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use rules::pack::roles::Right;

/// The routes of an enterprise's own pages; none of them names a code.
pub fn routes() -> Routes {
    let own = Access::May(Right::OwnFirm);
    Routes::new()
        .get("/own", own, show_own)
        .get("/own/figures", own, show_figures)
        .get("/own/comparison", own, show_comparison)
        .get("/own/comparison.docx", own, download_comparison)
}

#[derive(Template)]
#[template(path = "own/own.html")]
struct OwnPage {
    frame: Frame,
    own: Own,
}

#[derive(Template)]
#[template(path = "own/figures.html")]
struct FiguresPage {
    frame: Frame,
    own: Own,
}

#[derive(Template)]
#[template(path = "own/comparison.html")]
struct ComparisonPage {
    frame: Frame,
    comparison: Comparison,
}

/// Opens the visitor's own firm and writes down that its figures are read.
async fn opened(visitor: &Visitor) -> Result<Subject, Failure> {
    let subject = open_own(visitor).await?;
    note_own_reading(visitor, &subject).await?;
    Ok(subject)
}

async fn laid_out(visitor: &Visitor) -> Result<Own, Failure> {
    let subject = opened(visitor).await?;
    let office = visitor.office();
    let pack = &office.pack;
    let delivered = delivered(office, &subject).await?;
    let recorded = recorded(office, &subject, &delivered).await?;
    let answers = answers(pack, &subject, granted(&recorded));
    let judged = judged(office, None).await?;
    let material = material(office, &subject, &delivered).await?;
    let parts = Parts {
        pack,
        subject: &subject,
        judged: &judged,
        recorded: &recorded,
        answers: &answers,
    };
    let ledger = ledger(pack, &subject, &material);
    Ok(parts.own(ledger, policy(pack, subject.on, &answers)))
}

async fn show_own(visitor: Visitor, headers: HeaderMap) -> Outcome {
    let own = laid_out(&visitor).await?;
    if wants_json(&headers) {
        let text = serde_json::to_string(&own).map_err(|error| Failure::World(error.into()))?;
        return Ok(sent(
            StatusCode::OK,
            "application/json; charset=utf-8",
            text,
        ));
    }
    let frame = visitor.frame(own.name.clone(), "/own").await?;
    html(&OwnPage { frame, own })
}

/// Month by month, with where each figure comes from.
async fn show_figures(visitor: Visitor) -> Outcome {
    let own = laid_out(&visitor).await?;
    let frame = visitor.frame("我的数据从哪里来", "/own").await?;
    html(&FiguresPage { frame, own })
}

async fn show_comparison(visitor: Visitor) -> Outcome {
    let subject = opened(&visitor).await?;
    let comparison = comparison(&visitor.office().pack, &subject);
    let frame = visitor.frame(comparison_title(&visitor), "/own").await?;
    html(&ComparisonPage { frame, comparison })
}

fn comparison_title(visitor: &Visitor) -> String {
    visitor.office().pack.comparison.title.clone()
}

async fn download_comparison(visitor: Visitor) -> Outcome {
    let subject = opened(&visitor).await?;
    comparison_file(&visitor, &subject).await
}
