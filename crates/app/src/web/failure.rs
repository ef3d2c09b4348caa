//! What could not be answered, and as which HTTP code: the only place where codes are chosen.

use super::words::for_pages;
use crate::office::Refused;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

/// What a handler gives back.
pub type Outcome = Result<Response, Failure>;

/// Why there is no ordinary answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A “no” that is an answer: shown to the person.
    #[error("{0}")]
    Refused(String),
    /// There is no such thing, or none that this visitor may know of: the two look alike.
    #[error("没有这个页面，或者不在您可以查看的范围内")]
    NotHere,
    #[error("您的岗位没有这项权限，需要时请向安全管理员申请")]
    Denied,
    #[error("请先登录")]
    SignInFirst,
    /// Something else has to be done first, such as a new password.
    #[error("请先完成登录")]
    Elsewhere(&'static str),
    #[error("{0}")]
    Malformed(String),
    /// What was sent is of another kind than is read here.
    #[error("{0}")]
    OtherKind(String),
    /// The key of a request stands for another one.
    #[error("这个 Idempotency-Key 已用于内容不同的请求，请换一个再提交")]
    KeyTaken,
    #[error("请求来自别的网站，没有办理")]
    Foreign,
    #[error("内容超过上限，没有接收")]
    TooLarge,
    #[error("操作过于频繁，请过{0}秒再试")]
    TooMany(u64),
    /// A failure of the world; the log knows more.
    #[error("暂时不能办理，已记入运行日志，请稍后再试或与管理员联系")]
    World(#[source] anyhow::Error),
}

/// What the outermost layer makes a page, or JSON, of.
#[derive(Debug, Clone)]
pub struct Told {
    pub status: StatusCode,
    pub text: String,
}

impl Failure {
    pub fn status(&self) -> StatusCode {
        match self {
            Failure::Refused(_) => StatusCode::CONFLICT,
            Failure::NotHere => StatusCode::NOT_FOUND,
            Failure::Denied | Failure::Foreign => StatusCode::FORBIDDEN,
            Failure::SignInFirst => StatusCode::UNAUTHORIZED,
            Failure::Elsewhere(_) => StatusCode::SEE_OTHER,
            Failure::Malformed(_) => StatusCode::BAD_REQUEST,
            Failure::OtherKind(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Failure::KeyTaken => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Failure::World(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        match error.downcast::<Refused>() {
            Ok(refused) => Failure::Refused(for_pages(&refused.0)),
            Err(error) => Failure::World(error),
        }
    }
}

impl From<programme::database::DatabaseFailure> for Failure {
    fn from(error: programme::database::DatabaseFailure) -> Failure {
        Failure::World(error.into())
    }
}

impl From<programme::outlook::RunFailure> for Failure {
    fn from(error: programme::outlook::RunFailure) -> Failure {
        Failure::World(error.into())
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Failure {
        Failure::World(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Failure::World(error) = &self {
            tracing::error!(error = format!("{error:#}"), "request failed");
        }
        if let Failure::Elsewhere(address) = &self {
            return Redirect::to(address).into_response();
        }
        let status = self.status();
        let mut response = status.into_response();
        if let Failure::TooMany(seconds) = &self {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response.extensions_mut().insert(Told {
            status,
            text: self.to_string(),
        });
        response
    }
}
