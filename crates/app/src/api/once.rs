//! A change that is asked for twice is made once: the key of the request, what it says, and the
//! answer that was given are kept in the transaction of the change itself.

use super::answer::{JSON, written};
use crate::office::Office;
use crate::page::sent;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use chrono::Utc;
use programme::database::Transaction;
use programme::requests::{self, Answered, Earlier};
use rules::pack::files::hexadecimal;
use serde::Serialize;
use sm3::{Digest, Sm3};
use utoipa::IntoParams;

/// The header that names a request.
const KEY: &str = "idempotency-key";
/// The header of an answer that was given before.
const REPEATED: HeaderName = HeaderName::from_static("idempotency-repeated");

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "only its description is used")]
pub struct KeyHeader {
    /// 幂等键：16 至 64 个可见 ASCII 字符，每个新请求换一个。24 小时内同键同内容的请求只办一次，得到同样的答复。
    #[param(rename = "Idempotency-Key", value_type = String, min_length = 16, max_length = 64, pattern = "^[!-~]{16,64}$")]
    key: String,
}

/// A request with its key.
pub struct Once {
    account: i64,
    key: String,
    hash: String,
    now: i64,
}

/// What is to be done with it.
pub enum Turn {
    /// It is to be carried out, in this transaction.
    Open(Transaction),
    /// It was carried out; this is the answer.
    Done(Box<Response>),
}

impl Once {
    /// Reads the key; `parts` are everything that the request says.
    ///
    /// # Errors
    /// There is no key, or it has another form.
    pub fn of(visitor: &Visitor, headers: &HeaderMap, parts: &[&[u8]]) -> Result<Once, Failure> {
        let key = key(headers)?;
        let seat = visitor.seat()?;
        let mut digest = Sm3::new();
        digest.update(seat.post.to_be_bytes());
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Ok(Once {
            account: seat.account,
            key,
            hash: hexadecimal(&digest.finalize()),
            now: Utc::now().timestamp(),
        })
    }

    /// Takes the turn of the request among all writers.
    ///
    /// # Errors
    /// The key stands for another request.
    pub async fn begin(&self, office: &Office) -> Result<Turn, Failure> {
        let tx = office.db.begin_writing().await?;
        let earlier = requests::earlier(&tx, self.account, &self.key, &self.hash, self.now);
        match earlier.await? {
            Earlier::None => Ok(Turn::Open(tx)),
            Earlier::Other => Err(Failure::KeyTaken),
            Earlier::Same(answered) => Ok(Turn::Done(Box::new(again(answered)?))),
        }
    }

    /// Ends the transaction with the answer.
    pub async fn finish(
        self,
        tx: Transaction,
        status: StatusCode,
        view: &impl Serialize,
    ) -> Outcome {
        let answered = Answered {
            account: self.account,
            key: self.key,
            hash: self.hash,
            status: i64::from(status.as_u16()),
            body: written(view)?,
            at: self.now,
        };
        requests::keep(&tx, &answered).await?;
        tx.commit()
            .await
            .map_err(|error| Failure::World(error.into()))?;
        Ok(sent(status, JSON, answered.body))
    }
}

/// The key of a request.
///
/// # Errors
/// There is none, or it has another form.
pub fn key(headers: &HeaderMap) -> Result<String, Failure> {
    let mut given = headers.get_all(KEY).iter();
    let first = given.next().and_then(|key| key.to_str().ok());
    let is_visible = |text: &&str| text.bytes().all(|sign| sign.is_ascii_graphic());
    let key = first
        .filter(|text| (16..=64).contains(&text.len()))
        .filter(is_visible);
    match (key, given.next()) {
        (Some(key), None) => Ok(key.to_string()),
        _ => Err(Failure::Malformed(
            "请在 Idempotency-Key 中给出幂等键：16至64个可见 ASCII 字符，每个新请求换一个"
                .to_string(),
        )),
    }
}

fn again(answered: Answered) -> Result<Response, Failure> {
    let status = u16::try_from(answered.status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::OK);
    let mut response = sent(status, JSON, answered.body);
    let value = HeaderValue::from_static("true");
    response.headers_mut().insert(REPEATED, value);
    Ok(response)
}
