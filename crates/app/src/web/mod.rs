//! The workplace in the browser: one list of routes, each with who may use it; sessions in
//! the database; every answer with the same headers.
//!
//! It knows no figure: what is shown is decided by the nouns.

pub mod assets;
pub mod config;
pub mod failure;
pub mod frame;
#[cfg(test)]
mod gallery;
mod health;
mod layers;
pub mod routes;
pub mod session;
pub mod visitor;

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
use tokio::net::TcpListener;

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
        .merge(crate::plan::web::routes())
        .merge(crate::measures::web::routes())
        .merge(crate::register::firm::web::routes())
        .merge(crate::register::own::web::routes())
        .merge(crate::pool::web::routes())
        .merge(crate::outlook::web::routes())
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
    let workplace = Workplace {
        office,
        config: Arc::new(config),
    };
    all_routes()
        .into_router()
        .fallback(layers::nothing_here)
        .layer(body)
        .layer(from_fn_with_state(workplace.clone(), layers::dress))
        .layer(from_fn_with_state(workplace.clone(), visitor::identify))
        .layer(from_fn(layers::same_site))
        .layer(from_fn_with_state(workplace.clone(), layers::watch))
        .with_state(workplace)
}

/// Serves until Ctrl-C or a request to end; what is being answered is answered first.
/// `ready` is told the address once it can be opened.
pub async fn serve(office: Office, config: Config, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("{listen} 不能使用，可能已被占用，请用 --port 换一个端口，或改配置中的 listen")
    })?;
    ready(listener.local_addr()?);
    let service = router(office, config).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(asked_to_end())
        .await?;
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn asked_to_end() {
    let interrupted = async {
        // Without a signal handler the process simply ends on Ctrl-C.
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
