//! Asking for a run of the province.

use super::super::answer::moment;
use super::super::asked::{AskedMonth, Body};
use super::super::once::{KeyHeader, Once, Turn};
use crate::jobs::{self, RunWork, Work};
use crate::office::{Office, today};
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, NaiveDate, Utc};
use programme::journal::Act;
use rules::period::Month;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 要办的任务。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JobOrder)]
pub struct Order {
    /// 种类。
    #[allow(
        dead_code,
        reason = "there is one kind; another is refused when it is read"
    )]
    kind: OrderKind,
    /// 统计时点，例如 2026-09。
    #[schema(value_type = String, pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    as_of: AskedMonth,
    /// 用到这一天为止收到的数据，不写为今天。
    #[serde(default)]
    known_by: Option<NaiveDate>,
}

/// 任务的种类。
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// 全省计算。
    Run,
}

/// 已接受的任务；进度见任务地址。
#[derive(Serialize, ToSchema)]
pub struct JobTaken {
    /// 任务号。
    pub job: i64,
    pub asked_at: DateTime<Utc>,
}

#[utoipa::path(
    post, path = "/api/v1/jobs", tag = "jobs", operation_id = "create_job",
    summary = "提交任务",
    description = "全省计算由空闲的节点办理，进度见 /api/v1/jobs/{id}。",
    params(KeyHeader),
    request_body(content = Order, content_type = "application/json"),
    responses((status = 202, description = "已接受", body = JobTaken)),
)]
pub async fn create_job(visitor: Visitor, headers: HeaderMap, body: Body<Order>) -> Outcome {
    let order = body.value;
    let once = Once::of(&visitor, &headers, &[b"job", &body.bytes])?;
    let as_of = order.as_of.0;
    let known_by = order.known_by.unwrap_or_else(today);
    if known_by > today() || as_of > Month::of(today()) {
        let text = "统计时点和数据截止都不能在今天之后，请核对";
        return Err(Failure::Refused(text.to_string()));
    }
    let act = visitor.act()?;
    let work = Work::Run(RunWork { as_of, known_by });
    take(visitor.office(), once, &work, visitor.account().id, &act).await
}

/// Puts a piece of work into the queue, once.
pub async fn take(office: &Office, once: Once, work: &Work, account: i64, act: &Act) -> Outcome {
    let tx = match once.begin(office).await? {
        Turn::Done(response) => return Ok(*response),
        Turn::Open(tx) => tx,
    };
    let asked = jobs::ask_within(&tx, work, Some(account), None, act).await?;
    let view = JobTaken {
        job: asked.job,
        asked_at: moment(act.at),
    };
    let answered = once.finish(tx, StatusCode::ACCEPTED, &view).await?;
    office.memory.new_job.notify_one();
    Ok(answered)
}
