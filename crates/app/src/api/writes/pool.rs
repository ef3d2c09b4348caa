//! Admitting firms to the pool and removing them.

use super::super::asked::{Body, Code, LINE_MAX, is_line};
use super::super::once::{KeyHeader, Once, Turn};
use crate::outlook::newest;
use crate::pool::judged_by;
use crate::reader::Reader;
use crate::register::book;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::http::{HeaderMap, StatusCode};
use programme::pool::{self, ActKind};
use rules::uscc::Uscc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Firms of one request.
const FIRMS_MAX: usize = 500;

/// 要办理的企业和事由。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PoolOrder)]
pub struct Order {
    /// 统一社会信用代码，1 至 500 个。
    #[schema(value_type = Vec<CreditCode>, min_items = 1, max_items = 500)]
    uscc: Vec<Code>,
    /// 事由，记入记录和日志。
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$"
    )]
    reason: String,
}

/// 统一社会信用代码。
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
#[allow(dead_code, reason = "a schema")]
pub struct CreditCode(String);

/// 办理结果。
#[derive(Serialize, ToSchema)]
pub struct PoolDone {
    /// 已办理的企业。
    pub done: Vec<String>,
    /// 没有办理的企业和原因。
    pub refused: Vec<NotDone>,
}

/// 没有办理的一家企业。
#[derive(Serialize, ToSchema)]
pub struct NotDone {
    pub uscc: String,
    pub reason: String,
}

#[utoipa::path(
    post, path = "/api/v1/pool/admissions", tag = "pool", operation_id = "create_admissions",
    summary = "纳入培育库",
    description = "逐家判断，能办的办，不能办的写明原因；一家都不能办时答复 409，没有任何变动。",
    params(KeyHeader),
    request_body(content = Order, content_type = "application/json"),
    responses((status = 201, description = "已纳入", body = PoolDone)),
)]
pub async fn create_admissions(visitor: Visitor, headers: HeaderMap, body: Body<Order>) -> Outcome {
    record(&visitor, &headers, body, ActKind::Admit).await
}

#[utoipa::path(
    post, path = "/api/v1/pool/removals", tag = "pool", operation_id = "create_removals",
    summary = "移出培育库",
    description = "逐家判断，能办的办，不能办的写明原因；一家都不能办时答复 409，没有任何变动。",
    params(KeyHeader),
    request_body(content = Order, content_type = "application/json"),
    responses((status = 201, description = "已移出", body = PoolDone)),
)]
pub async fn create_removals(visitor: Visitor, headers: HeaderMap, body: Body<Order>) -> Outcome {
    record(&visitor, &headers, body, ActKind::Remove).await
}

async fn record(
    visitor: &Visitor,
    headers: &HeaderMap,
    body: Body<Order>,
    kind: ActKind,
) -> Outcome {
    let order = body.value;
    let is_whole = (1..=FIRMS_MAX).contains(&order.uscc.len()) && is_line(&order.reason, LINE_MAX);
    if !is_whole {
        let text = format!("uscc 应有1至{FIRMS_MAX}个代码，reason 应为{LINE_MAX}字以内的一行文字");
        return Err(Failure::Malformed(text));
    }
    let once = Once::of(visitor, headers, &[kind.id().as_bytes(), &body.bytes])?;
    if order.reason.trim().is_empty() {
        return Err(Failure::Refused("请写明事由".to_string()));
    }
    let (office, act) = (visitor.office(), visitor.act()?);
    let reader = Reader::of(office, None, None)?;
    let (snapshot, firms) = newest(office, None).await?;
    let seen = book::seen(office, snapshot.id, &firms, &reader.scope);
    let mut codes = Vec::new();
    let mut refused = Vec::new();
    let mut named = std::collections::BTreeSet::new();
    for Code(uscc) in order.uscc {
        if !named.insert(uscc.key()) {
            continue;
        }
        match seen.find(uscc) {
            Some(_) => codes.push((uscc.to_string(), Ok(uscc))),
            None => refused.push((uscc.to_string(), NOT_HERE.to_string())),
        }
    }
    let tx = match once.begin(office).await? {
        Turn::Done(response) => return Ok(*response),
        Turn::Open(tx) => tx,
    };
    // Read inside the transaction: nobody else writes until it is over.
    let members = pool::fold(pool::acts(&tx).await?.iter());
    let judged = judged_by(office, kind, codes, &act, &firms, &members);
    refused.extend(judged.refused);
    let done: Vec<(Uscc, String)> = judged
        .admissible
        .into_iter()
        .map(|(firm, class)| (firms.uscc(firm), class))
        .collect();
    if done.is_empty() {
        let reasons = refused
            .iter()
            .map(|(uscc, reason)| match reason.contains(uscc) {
                true => reason.clone(),
                false => format!("{uscc}：{reason}"),
            });
        let reasons: Vec<String> = reasons.take(10).collect();
        return Err(Failure::Refused(format!(
            "没有办理：{}",
            reasons.join("；")
        )));
    }
    pool::record(&tx, kind, &done, order.reason.trim(), &act).await?;
    let view = PoolDone {
        done: done.iter().map(|(uscc, _)| uscc.to_string()).collect(),
        refused: refused
            .into_iter()
            .map(|(uscc, reason)| NotDone { uscc, reason })
            .collect(),
    };
    once.finish(tx, StatusCode::CREATED, &view).await
}

/// Unknown and not the visitor's look alike.
const NOT_HERE: &str = "没有这家企业，或者不在本单位的范围内";
