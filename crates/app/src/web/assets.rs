//! Style sheets and scripts, served by the program itself under addresses that name their
//! content, so that browsers keep them for good.

use super::failure::{Failure, Outcome};
use super::routes::{Access, Routes};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use rules::pack::files::hexadecimal;
use sm3::{Digest, Sm3};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static [u8],
    hash: String,
}

macro_rules! asset {
    ($name:literal, $file:literal, $kind:expr) => {{
        let body: &'static [u8] = include_bytes!(concat!("../../assets/", $file));
        Asset {
            name: $name,
            kind: $kind,
            body,
            hash: hexadecimal(&Sm3::digest(body))[..16].to_string(),
        }
    }};
}

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        asset!("shenggui.css", "shenggui.css", STYLE),
        asset!("shenggui.js", "shenggui.js", SCRIPT),
        asset!("map.js", "map.js", SCRIPT),
        asset!("document.css", "../src/documents/html/page.css", STYLE),
        asset!("tabler.min.css", "vendor/tabler.min.css", STYLE),
        asset!("htmx.min.js", "vendor/htmx.min.js", SCRIPT),
        asset!("echarts.min.js", "vendor/echarts.min.js", SCRIPT),
    ]
});

/// Addresses of what pages load.
#[derive(Debug, Clone)]
pub struct Assets {
    pub css: String,
    pub tabler: String,
    pub htmx: String,
    pub echarts: String,
    pub script: String,
    /// What draws an operator's own map.
    pub map: String,
}

impl Assets {
    pub fn new() -> Assets {
        Assets {
            css: address("shenggui.css"),
            tabler: address("tabler.min.css"),
            htmx: address("htmx.min.js"),
            echarts: address("echarts.min.js"),
            script: address("shenggui.js"),
            map: address("map.js"),
        }
    }
}

/// The styles of documents that are read in the browser.
pub fn of_documents() -> String {
    address("document.css")
}

/// The address of an asset, with the hash of its content.
fn address(name: &str) -> String {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    let asset = asset.expect("every asset that pages name is in the list");
    format!("/assets/{}/{}", asset.hash, asset.name)
}

pub fn routes() -> Routes {
    Routes::new().get("/assets/{hash}/{name}", Access::Everyone, show_asset)
}

async fn show_asset(Path((hash, name)): Path<(String, String)>) -> Outcome {
    let found = ASSETS
        .iter()
        .find(|asset| asset.name == name && asset.hash == hash);
    let Some(asset) = found else {
        return Err(Failure::NotHere);
    };
    let mut response = asset.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    Ok(response)
}
