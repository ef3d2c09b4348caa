//! Serving the first page on this machine only.

use super::page;
use crate::office::Office;
use crate::page::sent;
use anyhow::{Context, Result};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use std::net::{Ipv4Addr, SocketAddr};

const STYLE: &str = include_str!("../../assets/plan.css");
/// Serves until Ctrl-C. `ready` is told the address once it can be opened.
pub async fn serve(office: Office, port: u16, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let routes = Router::new()
        .route("/", get(show_plan))
        .route("/plan.css", get(show_style))
        .merge(crate::measures::web::routes())
        .merge(crate::pool::web::routes())
        .merge(crate::outlook::web::routes())
        .fallback(nothing_here)
        .with_state(office);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("端口 {port} 不能使用，请用 --port 换一个"))?;
    ready(listener.local_addr()?);
    axum::serve(listener, routes)
        .with_graceful_shutdown(async {
            // Without a signal handler the process simply ends on Ctrl-C.
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    Ok(())
}

async fn show_plan(State(office): State<Office>) -> Response {
    let rendered = match page(&office).await {
        Ok(page) => page.render().map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    match rendered {
        Ok(html) => sent(StatusCode::OK, "text/html; charset=utf-8", html),
        Err(error) => {
            eprintln!("首页不能生成：{error:#}");
            let text = "暂时不能显示。请先完成一次运行（shenggui run），或查看程序窗口中的说明。";
            sent(
                StatusCode::SERVICE_UNAVAILABLE,
                "text/plain; charset=utf-8",
                text.to_string(),
            )
        }
    }
}

async fn show_style() -> Response {
    sent(StatusCode::OK, "text/css; charset=utf-8", STYLE.to_string())
}

async fn nothing_here() -> Response {
    let text = "没有这个页面。首页是 /".to_string();
    sent(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", text)
}
