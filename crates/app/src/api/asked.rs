//! What programs ask, read strictly: whatever the document does not describe is refused with
//! the name of the parameter or the place in the text.

use super::cursor::{LIMIT_MAX, LIMIT_USUAL};
use crate::web::Workplace;
use crate::web::failure::Failure;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use rules::uscc::Uscc;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use std::error::Error;

/// Characters of a purpose or a reason.
pub const LINE_MAX: usize = 200;

/// The query of an address, as its type says.
pub struct Asked<T>(pub T);

impl<T, S> FromRequestParts<S> for Asked<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Failure> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(asked)| Asked(asked)).map_err(query_fault)
    }
}

fn query_fault(rejection: QueryRejection) -> Failure {
    let inner = rejection.source().map(ToString::to_string);
    Failure::Malformed(format!(
        "查询参数{}不符合要求，请对照接口文档核对",
        named(&inner.unwrap_or_default())
    ))
}

/// The name of a parameter in what a reader of texts says: “limit: …”, “unknown field `x`”.
fn named(fault: &str) -> String {
    let quoted = fault.split('`').nth(1);
    let before = fault.split(": ").next();
    let is_name = |text: &&str| {
        let mut signs = text.bytes();
        !text.is_empty()
            && signs.all(|sign| sign.is_ascii_alphanumeric() || b"_.-[]".contains(&sign))
    };
    let found = before.filter(is_name).or(quoted.filter(is_name));
    found.map_or(String::new(), |name| format!("“{name}”"))
}

/// A JSON text that was sent, with its bytes.
pub struct Body<T> {
    pub value: T,
    pub bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<Workplace> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Workplace) -> Result<Body<T>, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(super::answer::JSON) {
            let text = "内容应为 JSON，请写明 Content-Type: application/json";
            return Err(Failure::OtherKind(text.to_string()));
        }
        let taken = Bytes::from_request(request, state).await;
        let bytes = taken.map_err(|rejection| match rejection.status().as_u16() {
            413 => Failure::TooLarge,
            _ => Failure::Malformed("内容没有收全，请重新提交".to_string()),
        })?;
        let value = serde_json::from_slice(&bytes).map_err(|fault| {
            Failure::Malformed(format!(
                "内容不符合要求，第{}行第{}列附近{}，请对照接口文档核对",
                fault.line(),
                fault.column(),
                named(&fault.to_string())
            ))
        })?;
        Ok(Body { value, bytes })
    }
}

/// A code that stands in an address; one that no firm can have is not there.
pub fn code(text: &str) -> Result<Uscc, Failure> {
    Uscc::written(text)
        .filter(|code| code.to_string() == text)
        .ok_or(Failure::NotHere)
}

/// Whether a text is one line without control characters, and not too long.
pub fn is_line(text: &str, most: usize) -> bool {
    let count = text.chars().count();
    (1..=most).contains(&count) && !text.chars().any(char::is_control)
}

/// Rows of a page.
#[derive(Clone, Copy, Debug)]
pub struct Limit(pub usize);

impl Default for Limit {
    fn default() -> Limit {
        Limit(LIMIT_USUAL)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Limit, D::Error> {
        let text = String::deserialize(deserializer)?;
        limit(&text).ok_or_else(|| D::Error::custom("limit"))
    }
}

/// A limit as it stands in an address.
pub fn limit(text: &str) -> Option<Limit> {
    let is_plain = text.bytes().all(|sign| sign.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain)?;
    (1..=LIMIT_MAX).contains(&number).then_some(Limit(number))
}

/// A cursor that may have been given.
#[derive(Clone, Debug)]
pub struct Cursor(pub String);

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cursor, D::Error> {
        let text = String::deserialize(deserializer)?;
        match is_cursor(&text) {
            true => Ok(Cursor(text)),
            false => Err(D::Error::custom("cursor")),
        }
    }
}

pub fn is_cursor(text: &str) -> bool {
    let is_digit = |sign: u8| sign.is_ascii_digit() || (b'a'..=b'f').contains(&sign);
    (25..=40).contains(&text.len()) && text.bytes().all(is_digit)
}

/// One line of text.
#[derive(Clone, Debug)]
pub struct Words(pub String);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Words, D::Error> {
        let text = String::deserialize(deserializer)?;
        match is_line(&text, LINE_MAX) {
            true => Ok(Words(text)),
            false => Err(D::Error::custom("words")),
        }
    }
}

/// Six digits.
#[derive(Clone, Copy, Debug)]
pub struct Division(pub DivisionCode);

impl<'de> Deserialize<'de> for Division {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Division, D::Error> {
        let text = String::deserialize(deserializer)?;
        division(&text)
            .map(Division)
            .ok_or_else(|| D::Error::custom("division"))
    }
}

pub fn division(text: &str) -> Option<DivisionCode> {
    let is_plain = text.len() == 6 && text.bytes().all(|sign| sign.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// A credit code that was sent.
#[derive(Clone, Copy, Debug)]
pub struct Code(pub Uscc);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
        let text = String::deserialize(deserializer)?;
        code(&text).map(Code).map_err(|_| D::Error::custom("uscc"))
    }
}

/// A month, written 2026-09.
#[derive(Clone, Copy, Debug)]
pub struct AskedMonth(pub Month);

impl<'de> Deserialize<'de> for AskedMonth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AskedMonth, D::Error> {
        let text = String::deserialize(deserializer)?;
        let month: Option<Month> = text.parse().ok();
        let month =
            month.filter(|month| month.to_string() == text && (2000..2100).contains(&month.year()));
        month
            .map(AskedMonth)
            .ok_or_else(|| D::Error::custom("month"))
    }
}

/// A whole number, or nothing: what is written `12.0` is one by the language of the document.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    /// Up to here every whole number has a form of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let given = Option::<serde_json::Number>::deserialize(deserializer)?;
    let Some(given) = given else {
        return Ok(None);
    };
    let written = given
        .as_f64()
        .filter(|own| own.fract() == 0.0 && own.abs() < EXACT);
    let number = given.as_i64().or(written.map(|own| own as i64));
    number
        .map(Some)
        .ok_or_else(|| D::Error::custom("a whole number"))
}

/// The number that stands in an address.
pub fn number(text: &str) -> Result<i64, Failure> {
    let is_plain = (1..=18).contains(&text.len()) && text.bytes().all(|sign| sign.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain);
    number.ok_or(Failure::NotHere)
}

/// Nobody leaves a query behind where none is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
