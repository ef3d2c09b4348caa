//! The workplace in the browser: one list of routes, each with who may use it; sessions in
//! the database; every answer with the same headers.
//!
//! It knows no figure: what is shown is decided by the nouns.

pub mod address;
pub mod assets;
pub mod caller;
mod claim;
pub mod config;
pub mod failure;
pub mod frame;
#[cfg(test)]
mod gallery;
mod health;
mod layers;
#[cfg(feature = "oidc")]
mod oidc;
pub mod parts;
pub mod places;
pub mod routes;
pub mod session;
pub mod sheet;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub mod trial;
pub mod visitor;
pub mod words;

use crate::api;
use crate::grounds;
use crate::jobs;
use crate::office::Office;
use crate::report::{Field, Report, Table};
use anyhow::{Context, Result};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use config::Config;
use routes::{Routes, Verb};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// What serves: the office is reached through a [`visitor::Visitor`] alone.
#[derive(Clone)]
pub struct Workplace {
    office: Office,
    pub config: Arc<Config>,
}

/// All routes of the workplace.
pub fn all_routes() -> Routes {
    Routes::new()
        .merge(assets::routes())
        .merge(health::routes())
        .merge(session::routes())
        .merge(claim::routes())
        .merge(crate::people::web::routes())
        .merge(crate::plan::web::routes())
        .merge(crate::targets::web::routes())
        .merge(crate::bulletins::web::routes())
        .merge(crate::pack::attach::web::routes())
        .merge(crate::measures::web::routes())
        .merge(crate::register::firm::web::routes())
        .merge(crate::register::own::web::routes())
        .merge(crate::deliveries::web::routes())
        .merge(crate::exchange::web::routes())
        .merge(crate::register::list::routes())
        .merge(crate::pool::web::routes())
        .merge(crate::outlook::web::routes())
        .merge(crate::api::routes())
        .merge(crate::journal::web::routes())
        .merge(crate::settings::web::routes())
}

/// `shenggui serve --routes`: every address with who may use it.
pub fn list_routes() -> Report {
    let columns = [("verb", "方式"), ("path", "地址"), ("access", "谁可以用")];
    let mut table = Table::new("routes", "地址", &columns);
    for entry in all_routes().entries {
        table.row(vec![
            Field::text(match entry.verb {
                Verb::Get => "GET",
                Verb::Post => "POST",
            }),
            Field::text(entry.path),
            Field::text(entry.access.shown()),
        ]);
    }
    Report::new("全部地址").table(table)
}

/// The whole of it, ready to be served.
pub fn router(office: Office, config: Config) -> Router {
    let body = DefaultBodyLimit::max(config.request_bytes);
    let pace = api::Buckets::per_minute(config.api_per_minute);
    let workplace = Workplace {
        office,
        config: Arc::new(config),
    };
    all_routes()
        .into_router()
        .fallback(layers::nothing_here)
        .layer(body)
        .layer(from_fn_with_state(pace, api::keep_pace))
        .layer(from_fn_with_state(workplace.clone(), layers::dress))
        .layer(from_fn_with_state(workplace.clone(), visitor::identify))
        .layer(from_fn(layers::same_site))
        .layer(from_fn(api::problem::dress))
        .layer(from_fn_with_state(workplace.clone(), layers::watch))
        .with_state(workplace)
}

/// Serves until Ctrl-C or a request to end; what is being answered is answered first, and a
/// job that is being done is finished or given back. `ready` is told the address once it can
/// be opened.
pub async fn serve(office: Office, config: Config, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("{listen} 不能使用，可能已被占用，请用 --port 换一个端口，或改配置中的 listen")
    })?;
    write_log(&config);
    let stop = jobs::stop_on_signal();
    let mut node = jobs::Node::new(Duration::from_secs(config.lease_seconds));
    if !config.node.is_empty() {
        node.name = config.node.clone();
    }
    tracing::info!(node = node.name, %listen, "serving");
    let working = tokio::spawn(jobs::work(office.clone(), node, stop.clone()));
    ready(listener.local_addr()?);
    tokio::spawn(grounds::keep_warm(office.clone()));
    let service = router(office, config).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(told_to(stop))
        .await?;
    working.await.context("后台任务中断")??;
    Ok(())
}

async fn told_to(mut stop: jobs::Stop) {
    while !*stop.borrow() {
        if stop.changed().await.is_err() {
            // Nobody is left to tell: serve on.
            std::future::pending::<()>().await;
        }
    }
}

/// What happens is written to standard error, a line each, without queries and without what
/// was sent: neither names nor figures nor secrets get into it. `RUST_LOG` widens or narrows.
fn write_log(config: &Config) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Where something else writes the log already, that stays.
    let _ = match config.log_json {
        true => lines.json().try_init(),
        false => lines.try_init(),
    };
}
