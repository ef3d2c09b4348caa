//! What cannot be answered, as programs read it: `application/problem+json` (RFC 9457).
//!
//! It dresses whatever leaves an address of the interface with an error, also what the
//! framework refuses before a handler is asked.

use super::answer::JSON;
use crate::page::sent;
use crate::web::failure::Told;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

pub const KIND: &str = "application/problem+json";
/// Headers of an error that are handed on.
const KEPT: [header::HeaderName; 2] = [header::ALLOW, header::RETRY_AFTER];

/// 没有办成的原因（RFC 9457）。
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// 恒为 about:blank，种类看 status。
    #[serde(rename = "type")]
    pub kind: String,
    /// 一类问题的名称。
    pub title: String,
    /// HTTP 状态码。
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// 发生了什么，对哪一项，接下来怎么办。
    pub detail: String,
}

/// Titles by status, and what is said where nothing more is known.
const WORDS: [(u16, &str, &str); 12] = [
    (
        400,
        "请求不符合要求",
        "参数或内容不符合要求，请对照接口文档核对",
    ),
    (401, "没有登录", "请在 Authorization 中带上有效的令牌"),
    (
        403,
        "没有权限",
        "本岗位没有这项权限，需要时请向安全管理员申请",
    ),
    (
        404,
        "没有找到",
        "没有这个地址或对象，或者不在您可以查看的范围内",
    ),
    (
        405,
        "不支持的方法",
        "这个地址不支持这种方法，可用的方法见 Allow",
    ),
    (409, "不能办理", "按现有数据和规定不能办理"),
    (413, "内容过大", "内容超过上限，没有接收"),
    (415, "内容类型不符", "请按接口文档写明 Content-Type"),
    (
        422,
        "幂等键已用于另一请求",
        "请换一个 Idempotency-Key 再提交",
    ),
    (429, "请求过于频繁", "请按 Retry-After 所示的秒数稍候再试"),
    (
        500,
        "暂时不能办理",
        "已记入运行日志，请稍后再试或与管理员联系",
    ),
    (503, "暂时不能办理", "请稍后再试"),
];

/// What a status is called.
pub fn title(status: u16) -> &'static str {
    words(status).0
}

fn words(status: u16) -> (&'static str, &'static str) {
    let found = WORDS.iter().find(|(own, ..)| *own == status);
    found.map_or(
        ("没有办成", "没有办成，请对照接口文档核对"),
        |(_, title, detail)| (title, detail),
    )
}

/// Whether an address belongs to the interface.
pub fn is_of_interface(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Makes a problem of every error of the interface.
pub async fn dress(request: Request, next: Next) -> Response {
    let is_own = is_of_interface(request.uri().path());
    let response = next.run(request).await;
    let status = response.status();
    if !is_own || status.is_success() || status == StatusCode::NOT_MODIFIED {
        return response;
    }
    // A sign-in that is not finished leads browsers on; programs are told.
    let status = match status.is_redirection() {
        true => StatusCode::FORBIDDEN,
        false => status,
    };
    problem(&response, status)
}

fn problem(response: &Response, status: StatusCode) -> Response {
    let (title, detail) = words(status.as_u16());
    let told = response.extensions().get::<Told>();
    // What pages say of addresses and of signing in does not fit programs.
    let is_general = matches!(status.as_u16(), 401 | 404);
    let detail = told
        .filter(|_| !is_general)
        .map_or(detail, |told| &told.text);
    let body = Problem {
        kind: "about:blank".to_string(),
        title: title.to_string(),
        status: status.as_u16(),
        detail: detail.to_string(),
    };
    let text = serde_json::to_string(&body);
    let mut dressed = match text {
        Ok(text) => sent(status, KIND, text),
        Err(_) => sent(status, JSON, "{}".to_string()),
    };
    for name in KEPT {
        if let Some(value) = response.headers().get(&name) {
            dressed.headers_mut().insert(name, value.clone());
        }
    }
    if status == StatusCode::UNAUTHORIZED {
        let value = HeaderValue::from_static("Bearer realm=\"shenggui\"");
        dressed
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    dressed
}
