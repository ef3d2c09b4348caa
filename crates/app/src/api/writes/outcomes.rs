//! What came of a firm's application for a measure.

use super::super::asked::{Body, Code, LINE_MAX, is_line, whole};
use super::super::once::{KeyHeader, Once, Turn};
use super::pool::CreditCode;
use crate::measures::record_outcomes;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::http::{HeaderMap, StatusCode};
use programme::measures::Outcome as Recorded;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Fen of an amount: a hundred thousand million 元.
const FEN_MAX: i64 = 10_000_000_000_000;

/// 一家企业一项措施的办理结果。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OutcomeOrder)]
pub struct Order {
    /// 措施的标识。
    #[schema(pattern = "^[a-z][a-z0-9-]{0,79}$")]
    measure: String,
    #[schema(value_type = CreditCode)]
    uscc: Code,
    /// 已享受为 true，未批准为 false。
    is_granted: bool,
    /// 享受的金额，单位为分。
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 0, maximum = 10_000_000_000_000_i64)]
    amount_fen: Option<i64>,
    /// 原因、依据或文号；未批准的必须写明。
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 200, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]*$")]
    reason: String,
}

/// 已记录的办理结果。
#[derive(Serialize, ToSchema)]
pub struct OutcomeDone {
    pub measure: String,
    pub uscc: String,
    pub is_granted: bool,
    pub amount_fen: Option<i64>,
    pub reason: String,
    /// 这项结果对应的是哪一次推送；没有推送过时为空。
    pub push: Option<i64>,
}

#[utoipa::path(
    post, path = "/api/v1/measures/outcomes", tag = "measures", operation_id = "create_outcome",
    summary = "记录办理结果",
    description = "部门记录本部门负责的措施，市县记录本地企业的。",
    params(KeyHeader),
    request_body(content = Order, content_type = "application/json"),
    responses((status = 201, description = "已记录", body = OutcomeDone)),
)]
pub async fn create_outcome(visitor: Visitor, headers: HeaderMap, body: Body<Order>) -> Outcome {
    let order = body.value;
    let is_formed = super::super::firms::is_measure(&order.measure)
        && order
            .amount_fen
            .is_none_or(|fen| (0..=FEN_MAX).contains(&fen))
        && (order.reason.is_empty() || is_line(&order.reason, LINE_MAX));
    if !is_formed {
        let text = "measure、amount_fen 或 reason 不符合要求，请对照接口文档核对";
        return Err(Failure::Malformed(text.to_string()));
    }
    let once = Once::of(&visitor, &headers, &[b"outcome", &body.bytes])?;
    let (office, act) = (visitor.office(), visitor.act()?);
    let pack = &office.pack;
    if pack.measure_named(&order.measure).is_none() {
        let text = format!("没有“{}”这项措施，标识见措施一览", order.measure);
        return Err(Failure::Refused(text));
    }
    if !order.is_granted && order.reason.trim().is_empty() {
        return Err(Failure::Refused("未批准的要写明原因".to_string()));
    }
    let mut outcomes = [Recorded {
        measure: order.measure,
        uscc: order.uscc.0,
        is_granted: order.is_granted,
        amount_fen: order.amount_fen,
        reason: order.reason.trim().to_string(),
        push: None,
    }];
    let tx = match once.begin(office).await? {
        Turn::Done(response) => return Ok(*response),
        Turn::Open(tx) => tx,
    };
    record_outcomes(office, &tx, &mut outcomes, &act).await?;
    let [done] = outcomes;
    let view = OutcomeDone {
        measure: done.measure,
        uscc: done.uscc.to_string(),
        is_granted: done.is_granted,
        amount_fen: done.amount_fen,
        reason: done.reason,
        push: done.push,
    };
    once.finish(tx, StatusCode::CREATED, &view).await
}
