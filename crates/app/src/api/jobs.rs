//! How far long work is, for the organisation that asked for it.

use super::answer::{answer, moment};
use super::asked::{Asked, Nothing, number};
use crate::jobs::{JobView, look};
use crate::office::Refused;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::extract::Path;
use chrono::{DateTime, Utc};
use programme::jobs::State;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// 一项任务办到哪里。
#[derive(Serialize, ToSchema)]
pub struct JobState {
    pub id: i64,
    /// 种类的标识。
    pub kind: String,
    pub kind_name: String,
    pub state: JobStateName,
    /// 是否已经结束。
    pub is_over: bool,
    pub asked_at: DateTime<Utc>,
    /// 结束的时间；没有结束时为空。
    pub finished_at: Option<DateTime<Utc>>,
    /// 正在做什么。
    pub progress: String,
    /// 完成的百分数；不知道时为空。
    #[schema(minimum = 0, maximum = 100)]
    pub percent: Option<u8>,
    /// 结果，一句话；没有结束时为空串。
    pub result: String,
    /// 存入的批次号；不是导入，或者没有存入时为空。
    pub batch: Option<i64>,
}

/// 任务的状态。
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStateName {
    /// 等待办理。
    Queued,
    /// 正在办理。
    Claimed,
    /// 已办完。
    Done,
    /// 未予办理。
    Refused,
    /// 没有办成。
    Failed,
    /// 已取消。
    Cancelled,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "only its description is used")]
pub struct JobPath {
    /// 任务号。
    #[param(value_type = i64, minimum = 1, maximum = 999_999_999_999_999_999_i64)]
    id: i64,
}

impl JobState {
    pub fn of(job: JobView) -> JobState {
        JobState {
            id: job.id,
            kind: job.kind,
            kind_name: job.kind_name,
            state: match job.state {
                State::Queued => JobStateName::Queued,
                State::Claimed => JobStateName::Claimed,
                State::Done => JobStateName::Done,
                State::Refused => JobStateName::Refused,
                State::Failed => JobStateName::Failed,
                State::Cancelled => JobStateName::Cancelled,
            },
            is_over: job.is_over,
            asked_at: moment(job.asked_at),
            finished_at: job.finished_at.map(moment),
            progress: job.progress_words,
            percent: job.percent,
            batch: job.outcome["batch"].as_i64(),
            result: job.words,
        }
    }
}

#[utoipa::path(
    get, path = "/api/v1/jobs/{id}", tag = "jobs", operation_id = "show_job",
    summary = "一项任务",
    description = "只看得到本单位提交的任务。",
    params(JobPath),
    responses((status = 200, description = "任务的状态、进度和结果", body = JobState)),
)]
pub async fn show_job(
    visitor: Visitor,
    Path(id): Path<String>,
    Asked(_): Asked<Nothing>,
) -> Outcome {
    let organisation = visitor.seat()?.organisation.id();
    let found = look(visitor.office(), number(&id)?).await;
    let job = found.map_err(|error| match error.downcast_ref::<Refused>() {
        Some(_) => Failure::NotHere,
        None => Failure::World(error),
    })?;
    match job.organisation == organisation {
        true => answer(&JobState::of(job)),
        false => Err(Failure::NotHere),
    }
}
