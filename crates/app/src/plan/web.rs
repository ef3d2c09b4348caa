//! Serving the first page on this machine only.

use super::page;
use crate::office::Office;
use anyhow::{Context, Result};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::net::{Ipv4Addr, SocketAddr};

const STYLE: &str = include_str!("../../assets/plan.css");
/// Headers of every answer. Nothing is loaded from elsewhere, no script runs.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Serves until Ctrl-C. `ready` is told the address once it can be opened.
pub async fn serve(office: Office, port: u16, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let routes = Router::new()
        .route("/", get(show_plan))
        .route("/plan.css", get(show_style))
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
        Ok(html) => answer(StatusCode::OK, "text/html; charset=utf-8", html),
        Err(error) => {
            eprintln!("首页不能生成：{error:#}");
            let text = "暂时不能显示。请先完成一次运行（shenggui run），或查看程序窗口中的说明。";
            answer(
                StatusCode::SERVICE_UNAVAILABLE,
                "text/plain; charset=utf-8",
                text.to_string(),
            )
        }
    }
}

async fn show_style() -> Response {
    answer(StatusCode::OK, "text/css; charset=utf-8", STYLE.to_string())
}

async fn nothing_here() -> Response {
    let text = "没有这个页面。首页是 /".to_string();
    answer(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", text)
}

fn answer(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
