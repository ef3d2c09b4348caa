//! Whether the node lives, whether it can work, and its counters: for those who run it.

use super::Workplace;
use super::failure::{Failure, Outcome};
use super::routes::{Access, Routes};
use crate::office::Office;
use crate::page::sent;
use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::StatusCode;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::LazyLock;

/// The counters of this process.
pub static COUNTERS: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
    let builder = PrometheusBuilder::new().set_buckets(&bounds).ok()?;
    builder.install_recorder().ok()
});

pub fn routes() -> Routes {
    Routes::new()
        .get("/healthz", Access::Everyone, show_life)
        .get("/readyz", Access::Everyone, show_readiness)
        .get("/metrics", Access::Everyone, show_counters)
}

const TEXT: &str = "text/plain; charset=utf-8";

async fn show_life() -> Outcome {
    Ok(sent(StatusCode::OK, TEXT, "ok\n".to_string()))
}

/// Ready once the database answers and the newest firms are in memory.
async fn show_readiness(State(workplace): State<Workplace>) -> Outcome {
    match load(&workplace.office).await {
        Ok(()) => Ok(sent(StatusCode::OK, TEXT, "ready\n".to_string())),
        Err(error) => {
            tracing::error!(error = error.to_string(), "database does not answer");
            let text = "database does not answer\n".to_string();
            Ok(sent(StatusCode::SERVICE_UNAVAILABLE, TEXT, text))
        }
    }
}

/// Reads the newest firms into memory, where there are some.
///
/// # Errors
/// Where the database does not answer.
async fn load(office: &Office) -> Result<()> {
    let newest = programme::outlook::newest(office.db.reading(), None).await?;
    if newest.is_some() {
        let (snapshot, firms) = crate::outlook::newest(office, None).await?;
        crate::register::book::directory(office, snapshot.id, &firms).await?;
    }
    Ok(())
}

async fn show_counters() -> Outcome {
    let handle = COUNTERS.as_ref().context("counters are installed once");
    let text = handle.map_err(Failure::World)?.render();
    Ok(sent(StatusCode::OK, TEXT, text))
}
