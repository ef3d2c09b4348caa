//! `/api/v1`: what the pages show, for programs; described by an OpenAPI document.
//!
//! Every answer is a view of its own, made from the same functions as the pages and read
//! through the same post: nothing here can reach a firm that is not the visitor's. Comments on
//! views, parameters and their fields are the text of the document, and so in Chinese.

mod answer;
mod asked;
mod bulletins;
mod cursor;
mod deliveries;
pub mod document;
mod exchange;
mod figure;
mod firm;
mod firms;
mod jobs;
mod journal;
mod limits;
mod me;
mod measures;
mod months;
mod once;
mod outlook;
mod pool;
pub mod problem;
mod snapshots;
mod targets;
#[cfg(test)]
mod tests;
mod verdicts;
mod writes;

pub use limits::{Buckets, keep_pace};

use crate::web::routes::{Access, Routes};
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use rules::pack::roles::Right;

/// Whoever looks at firms: officials at those of their region, a firm at itself.
const FIRMS: Access = Access::MayAny(&[Right::Firms, Right::OwnFirm]);
/// Whoever asks for long work, and may see how far it is.
const JOBS: Access = Access::MayAny(&[Right::Run, Right::Deliver, Right::Compose]);

/// The routes of the interface.
pub fn routes() -> Routes {
    following(reading(Routes::new()))
        .post(
            "/api/v1/pool/admissions",
            Access::May(Right::Admit),
            writes::pool::create_admissions,
        )
        .post(
            "/api/v1/pool/removals",
            Access::May(Right::Admit),
            writes::pool::create_removals,
        )
        .post(
            "/api/v1/measures/outcomes",
            Access::May(Right::Outcome),
            writes::outcomes::create_outcome,
        )
        .post(
            "/api/v1/outlook/follow-ups",
            Access::May(Right::FollowUp),
            writes::follow_ups::create_follow_up,
        )
        .post(
            "/api/v1/jobs",
            Access::May(Right::Run),
            writes::jobs::create_job,
        )
        .post_with(
            "/api/v1/deliveries",
            Access::May(Right::Deliver),
            // The file is taken part by part; its own limit is asked at each part.
            post(writes::deliveries::create_delivery).layer(DefaultBodyLimit::disable()),
        )
}

fn reading(routes: Routes) -> Routes {
    let pool = Access::May(Right::Pool);
    let measures = Access::May(Right::Measures);
    routes
        .get(
            "/api/v1/openapi.json",
            Access::Everyone,
            document::show_document,
        )
        .get("/api/v1/me", Access::Known, me::show_me)
        .get(
            "/api/v1/firms",
            Access::May(Right::Firms),
            firms::list_firms,
        )
        .get("/api/v1/firms/{uscc}", FIRMS, firm::show_firm)
        .get("/api/v1/firms/{uscc}/figures", FIRMS, months::show_figures)
        .get(
            "/api/v1/firms/{uscc}/verdicts",
            FIRMS,
            verdicts::list_verdicts,
        )
        .get(
            "/api/v1/firms/{uscc}/comparison",
            FIRMS,
            verdicts::show_comparison,
        )
        .get("/api/v1/measures", measures, measures::list_measures)
        .get("/api/v1/measures/{id}", measures, measures::show_measure)
        .get(
            "/api/v1/measures/{id}/firms",
            Access::MayAny(&[Right::Firms]),
            measures::list_measure_firms,
        )
        .get(
            "/api/v1/outlook/warnings",
            Access::May(Right::Warnings),
            outlook::list_warnings,
        )
        .get("/api/v1/pool/coverage", pool, pool::show_coverage)
        .get("/api/v1/pool/members", pool, pool::list_members)
        .get("/api/v1/pool/candidates", pool, pool::list_candidates)
}

/// What has been done, and how far things are.
fn following(routes: Routes) -> Routes {
    routes
        .get(
            "/api/v1/targets/progress",
            Access::May(Right::Targets),
            targets::show_progress,
        )
        .get(
            "/api/v1/bulletins",
            Access::May(Right::Bulletins),
            bulletins::list_bulletins,
        )
        .get(
            "/api/v1/deliveries",
            Access::May(Right::Deliveries),
            deliveries::list_deliveries,
        )
        .get("/api/v1/jobs/{id}", JOBS, jobs::show_job)
        .get(
            "/api/v1/exchange/lists",
            Access::May(Right::ReceiveLists),
            exchange::list_received,
        )
        .get(
            "/api/v1/exchange/lists/{id}/files",
            Access::May(Right::ReceiveLists),
            exchange::take_files,
        )
        .get(
            "/api/v1/journal",
            Access::May(Right::Journal),
            journal::list_lines,
        )
        .get(
            "/api/v1/snapshots",
            Access::May(Right::Plan),
            snapshots::list_snapshots,
        )
}
