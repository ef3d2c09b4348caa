//! Following a warned firm that was handed on.

use super::super::asked::{Body, Code, LINE_MAX, is_line};
use super::super::once::{KeyHeader, Once, Turn};
use super::pool::CreditCode;
use crate::outlook::record_follow_up;
use crate::outlook::warnings::judged;
use crate::reader::Reader;
use crate::register::book;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 一家企业的跟进情况。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FollowUpOrder)]
pub struct Order {
    #[schema(value_type = CreditCode)]
    uscc: Code,
    /// 跟进情况；办结时写办结的原因。
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$"
    )]
    text: String,
    /// 是否办结，不写为否。
    #[serde(default)]
    #[schema(required = false)]
    is_close: bool,
}

/// 已记录的跟进情况。
#[derive(Serialize, ToSchema)]
pub struct FollowUpDone {
    pub uscc: String,
    pub text: String,
    pub is_close: bool,
}

#[utoipa::path(
    post, path = "/api/v1/outlook/follow-ups", tag = "outlook", operation_id = "create_follow_up",
    summary = "记录跟进情况",
    description = "企业须由统计部门移交过；由所在市县和接收单位记录。",
    params(KeyHeader),
    request_body(content = Order, content_type = "application/json"),
    responses((status = 201, description = "已记录", body = FollowUpDone)),
)]
pub async fn create_follow_up(visitor: Visitor, headers: HeaderMap, body: Body<Order>) -> Outcome {
    let order = body.value;
    if !is_line(&order.text, LINE_MAX) {
        let text = format!("text 应为{LINE_MAX}字以内的一行文字");
        return Err(Failure::Malformed(text));
    }
    let (office, act) = (visitor.office(), visitor.act()?);
    let once = Once::of(&visitor, &headers, &[b"follow-up", &body.bytes])?;
    let reader = Reader::of(office, None, None)?;
    let judged = judged(office, None).await?;
    let uscc = order.uscc.0;
    let seen = book::seen(office, judged.snapshot.id, &judged.firms, &reader.scope);
    if seen.find(uscc).is_none() {
        return Err(Failure::NotHere);
    }
    let text = order.text.trim();
    let tx = match once.begin(office).await? {
        Turn::Done(response) => return Ok(*response),
        Turn::Open(tx) => tx,
    };
    record_follow_up(office, &tx, &judged, (uscc, text, order.is_close), &act).await?;
    let view = FollowUpDone {
        uscc: uscc.to_string(),
        text: text.to_string(),
        is_close: order.is_close,
    };
    once.finish(tx, StatusCode::CREATED, &view).await
}
