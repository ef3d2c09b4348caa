//! Deliveries as pages: what has come and what is missing, one batch, handing a file in,
//! runs. Whose batches are shown is decided in `sight`.

mod batch;
mod files;
mod folder;
mod overview;
mod preview;
#[cfg(test)]
mod tests;
mod work;

pub use files::{Confirmed, is_readable, wish};

use crate::web::routes::{Access, Routes};
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use rules::pack::roles::Right;

/// The routes of this noun.
pub fn routes() -> Routes {
    let see = Access::May(Right::Deliveries);
    let deliver = Access::May(Right::Deliver);
    let run = Access::May(Right::Run);
    // What is uploaded is counted while it is read, against the limit of the settings.
    let upload = post(files::create_file).layer(DefaultBodyLimit::disable());
    Routes::new()
        .get("/indicators", see, overview::list_batches)
        .get("/indicators/{batch}", see, batch::show_batch)
        .get("/indicators/{batch}/remarks", see, batch::download_remarks)
        .get(
            "/indicators/{batch}/returned",
            see,
            batch::download_returned,
        )
        .post_with("/indicators/files", deliver, upload)
        .get("/indicators/files/{file}", deliver, files::show_file)
        .post("/indicators/batches", deliver, files::create_batch)
        .get("/indicators/jobs/{job}", see, work::show_job)
        .get(
            "/indicators/jobs/{job}/returned",
            deliver,
            work::download_returned,
        )
        .get("/indicators/runs", run, work::list_runs)
        .post("/indicators/runs", run, work::create_run)
}
