//! Long work seen from a browser: how far an import or a run is, and what came of it; asking
//! for a run.

use super::batch::taken;
use crate::jobs::answer::moment;
use crate::jobs::{self, JobView, RunWork, Work};
use crate::office::{Office, today};
use crate::outlook::stage_changes;
use crate::page::wants_json;
use crate::report::{Field, Report, Table};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::parts::{answer_json, go_to};
use crate::web::visitor::{Visitor, html};
use crate::web::words::for_pages;
use anyhow::Result;
use askama::Template;
use axum::extract::{Form, Path};
use axum::http::HeaderMap;
use chrono::NaiveDate;
use programme::deliveries;
use programme::jobs::{JobFilter, State};
use programme::outlook;
use rules::money::grouped;
use rules::pack::roles::Right;
use rules::period::Month;
use serde::Deserialize;

const RUN: &str = "outlook.run";
const IMPORT: &str = "deliveries.import";
const SNAPSHOTS: usize = 50;
const JOBS: u32 = 20;

/// A job as its page shows it.
struct Shown {
    id: i64,
    head: String,
    state: &'static str,
    meaning: &'static str,
    is_over: bool,
    is_done: bool,
    asked_at: String,
    finished_at: String,
    by: String,
    person: String,
    note: String,
    percent: u8,
    words: String,
    /// Number of the batch that an import became.
    batch: Option<i64>,
    returned: bool,
    notes: Vec<String>,
    is_run: bool,
}

#[derive(Template)]
#[template(path = "deliveries/job.html")]
struct JobPage {
    frame: Frame,
    job: Shown,
    changes: Vec<StageChange>,
    compared: String,
}

#[derive(Template)]
#[template(path = "deliveries/job-state.html")]
struct JobState {
    job: Shown,
}

/// How many firms stand in a stage, and how many did in the run before.
struct StageChange {
    stage: String,
    before: String,
    now: String,
    change: String,
}

/// A job of the visitor's own organisation; those who run the province see all.
async fn own_job(visitor: &Visitor, id: i64) -> Result<JobView, Failure> {
    let office = visitor.office();
    let found = programme::jobs::job(office.db.reading(), id)
        .await
        .map_err(anyhow::Error::from)?;
    let own = visitor.seat()?.organisation.id();
    let is_ours = |kind: &str| kind == RUN || kind == IMPORT;
    let may = found.is_some_and(|job| {
        is_ours(&job.kind) && (job.organisation == own || visitor.may(Right::Run))
    });
    match may {
        true => Ok(jobs::look(office, id).await?),
        false => Err(Failure::NotHere),
    }
}

/// `GET /indicators/jobs/{job}`: the page, or the moving part of it.
pub async fn show_job(visitor: Visitor, Path(id): Path<i64>, headers: HeaderMap) -> Outcome {
    let office = visitor.office();
    let view = own_job(&visitor, id).await?;
    let own = visitor.seat()?.organisation.id();
    let is_own = view.organisation == own;
    if wants_json(&headers) {
        return answer_json(&described(&view));
    }
    let job = shown(&view, is_own);
    // While it runs only this part is asked for; at its end the whole page is.
    if headers.contains_key("hx-request") && !job.is_over {
        return html(&JobState { job });
    }
    let mut page = JobPage {
        frame: visitor.frame(job.head.clone(), "/indicators").await?,
        changes: Vec::new(),
        compared: String::new(),
        job,
    };
    if let Some(snapshot) = view.outcome["snapshot"].as_i64() {
        (page.compared, page.changes) = changes(office, snapshot).await?;
    }
    let mut response = html(&page)?;
    if headers.contains_key("hx-request") {
        let whole = axum::http::HeaderValue::from_static("true");
        response.headers_mut().insert("hx-refresh", whole);
    }
    Ok(response)
}

fn shown(view: &JobView, is_own: bool) -> Shown {
    let notes = view.outcome["notes"].as_array().into_iter().flatten();
    let notes = notes.filter_map(|note| note.as_str()).map(for_pages);
    Shown {
        id: view.id,
        head: format!("{}　第{}项", view.kind_name, view.id),
        state: view.state_words,
        meaning: match view.state {
            State::Done => "on-course",
            State::Queued | State::Claimed => "unknown",
            State::Refused | State::Failed | State::Cancelled => "behind",
        },
        is_over: view.is_over,
        is_done: view.state == State::Done,
        asked_at: moment(view.asked_at),
        finished_at: view.finished_at.map(moment).unwrap_or_default(),
        by: view.organisation_name.clone(),
        person: view.person.clone(),
        note: view.progress_words.clone(),
        percent: view.percent.unwrap_or_default(),
        words: for_pages(&view.words),
        batch: view.outcome["batch"].as_i64(),
        returned: is_own && view.returned.is_some(),
        notes: notes.collect(),
        is_run: view.kind == RUN,
    }
}

fn described(view: &JobView) -> Report {
    Report::new(format!("第{}项任务  {}", view.id, view.kind_name))
        .fact("job", "任务", Field::count(view.id))
        .fact("state", "状态", Field::text(view.state_words))
        .fact("percent", "进度", Field::maybe_count(view.percent))
        .fact("words", "结果", Field::text(for_pages(&view.words)))
        .fact(
            "batch",
            "批次",
            Field::maybe_count(view.outcome["batch"].as_i64()),
        )
        .fact(
            "snapshot",
            "快照",
            Field::maybe_count(view.outcome["snapshot"].as_i64()),
        )
}

/// What a run changed against the one before it.
async fn changes(office: &Office, snapshot: i64) -> Result<(String, Vec<StageChange>)> {
    let Some((before, counted)) = stage_changes(office, snapshot).await? else {
        return Ok(Default::default());
    };
    let signed = |number: i64| match number {
        0 => "—".to_string(),
        number if number < 0 => format!("−{}", grouped(number.unsigned_abs())),
        number => format!("＋{}", grouped(number.unsigned_abs())),
    };
    let lines = counted.into_iter().map(|own| StageChange {
        change: signed(own.now - own.before),
        before: grouped(own.before.unsigned_abs()),
        now: grouped(own.now.unsigned_abs()),
        stage: own.stage,
    });
    Ok((before, lines.collect()))
}

/// `GET /indicators/jobs/{job}/returned`: the refused rows of one's own import.
pub async fn download_returned(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let view = own_job(&visitor, id).await?;
    let is_own = view.organisation == visitor.seat()?.organisation.id();
    match view.returned.filter(|_| is_own) {
        Some(file) => taken(visitor.office(), file).await,
        None => Err(Failure::NotHere),
    }
}

struct Snapshot {
    id: i64,
    as_of: String,
    known_by: String,
    count: String,
    made_at: String,
    fingerprint: String,
}

struct Waiting {
    id: i64,
    state: &'static str,
    asked_at: String,
    person: String,
    words: String,
}

#[derive(Template)]
#[template(path = "deliveries/runs.html")]
struct RunsPage {
    frame: Frame,
    as_of: String,
    known_by: String,
    batches: usize,
    newest: String,
    jobs: Vec<Waiting>,
    snapshots: Vec<Snapshot>,
}

/// `GET /indicators/runs`: asking for a run, and those there were.
pub async fn list_runs(visitor: Visitor, headers: HeaderMap) -> Outcome {
    let office = visitor.office();
    let db = office.db.reading();
    let snapshots = outlook::snapshots(db).await?;
    if wants_json(&headers) {
        return answer_json(&listed(&snapshots));
    }
    let batches = deliveries::batches(db).await.map_err(anyhow::Error::from)?;
    let filter = JobFilter {
        kind: Some(RUN.to_string()),
        limit: JOBS,
        ..JobFilter::default()
    };
    let jobs = jobs::list(office, &filter).await?;
    let newest = batches.iter().map(|batch| batch.month).max();
    let before = snapshots.last().map(|snapshot| snapshot.as_of);
    let page = RunsPage {
        frame: visitor.frame("运行", "/indicators").await?,
        as_of: newest
            .or(before)
            .map_or(String::new(), |month| month.to_string()),
        known_by: today().to_string(),
        batches: batches.len(),
        newest: newest.map_or("—".to_string(), Month::in_words),
        jobs: jobs.into_iter().map(waiting).collect(),
        snapshots: snapshots
            .iter()
            .rev()
            .take(SNAPSHOTS)
            .map(|own| Snapshot {
                id: own.id,
                as_of: own.as_of.in_words(),
                known_by: own.known_by.to_string(),
                count: grouped(own.count),
                made_at: moment(own.at),
                fingerprint: own.fingerprint[..16].to_string(),
            })
            .collect(),
    };
    html(&page)
}

fn waiting(view: JobView) -> Waiting {
    Waiting {
        id: view.id,
        state: view.state_words,
        asked_at: moment(view.asked_at),
        words: match view.is_over {
            true => for_pages(&view.words),
            false => view.progress_words,
        },
        person: view.person,
    }
}

fn listed(snapshots: &[outlook::Snapshot]) -> Report {
    let columns = [
        ("snapshot", "快照"),
        ("as_of", "统计时点"),
        ("known_by", "数据截止"),
        ("count", "企业"),
        ("fingerprint", "指纹（SM3）"),
    ];
    let mut table = Table::new("snapshots", "快照", &columns);
    for own in snapshots {
        table.row(vec![
            Field::count(own.id),
            Field::text(own.as_of.to_string()),
            Field::text(own.known_by.to_string()),
            Field::count(own.count as i64),
            Field::text(own.fingerprint.clone()),
        ]);
    }
    Report::new("快照一览").table(table)
}

#[derive(Deserialize)]
pub struct Wanted {
    as_of: String,
    #[serde(default)]
    known_by: String,
}

/// `POST /indicators/runs`.
pub async fn create_run(visitor: Visitor, Form(wanted): Form<Wanted>) -> Outcome {
    let malformed = |text: &str| Failure::Malformed(text.to_string());
    let as_of: Month = match wanted.as_of.trim().parse() {
        Ok(month) => month,
        Err(_) => return Err(malformed("统计时点请选一个月份，例如 2026-09")),
    };
    let known_by: NaiveDate = match wanted.known_by.trim() {
        "" => today(),
        text => match text.parse() {
            Ok(day) => day,
            Err(_) => return Err(malformed("数据截止请选一个日期，例如 2026-09-30")),
        },
    };
    if known_by > today() || as_of > Month::of(today()) {
        let text = "统计时点和数据截止都不能在今天之后，请核对";
        return Err(Failure::Refused(text.to_string()));
    }
    let work = Work::Run(RunWork { as_of, known_by });
    let account = visitor.account().id;
    let act = visitor.act()?;
    let asked = jobs::ask(visitor.office(), &work, Some(account), None, &act).await?;
    Ok(go_to(format!("/indicators/jobs/{}", asked.job)))
}
