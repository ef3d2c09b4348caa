//! Long work: asked for on a page or by a command, done by whichever node is free.
//!
//! [`ask`] puts a piece of work into the queue, [`look`] says how far it is, [`work`] is the
//! loop in which a node takes one job after the other. What a job stores and that it is done
//! is one transaction (see `programme::jobs`); nothing here makes up for a missing one.
//!
//! ```text
//! let work = Work::Run(RunWork { as_of, known_by });
//! let asked = jobs::ask(&office, &work, Some(account), key, &act).await?;
//! let view = jobs::look(&office, asked.job).await?;
//! ```

pub mod answer;
pub mod files;
mod folder;
mod perform;
mod worker;

pub use worker::{Node, Stop, stop_on_signal, work};

use crate::office::{Office, refuse};
use anyhow::{Context, Result};
use chrono::NaiveDate;
use programme::database::Transaction;
use programme::jobs::{self, Asked, Job, JobFilter, Order, Role, State};
use programme::journal::Act;
use programme::people::Organisation;
use rules::period::{Month, ReportPeriod};
use serde::{Deserialize, Serialize};

/// A piece of work: a kind of job with what it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    Run(RunWork),
    Import(ImportWork),
    Bulletin(BulletinWork),
}

/// A run of a month; the day is fixed when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunWork {
    #[serde(with = "in_words")]
    pub as_of: Month,
    pub known_by: NaiveDate,
}

/// The import of a file that was handed in before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportWork {
    /// Number of the file, see [`files::Staging`]; [`ask`] makes it the job's.
    #[serde(skip)]
    pub file: i64,
    /// SM3 of the file, so that the same request is the same after another upload.
    pub sm3: String,
    pub kind: String,
    /// Written as `2026-09`.
    pub month: Option<String>,
    /// Code of the only area that it covers.
    pub area: Option<u32>,
    /// A unit as people write it, where the file does not say.
    pub unit: Option<String>,
    pub supersedes: Option<i64>,
    pub received: NaiveDate,
}

/// A draft, an issue or a correction of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinWork {
    #[serde(with = "in_words")]
    pub period: ReportPeriod,
    pub date: Option<NaiveDate>,
    pub snapshot: Option<i64>,
    pub correct: bool,
    /// The running number of its official number, where it is signed.
    pub issue: Option<u32>,
}

const RUN: &str = "outlook.run";
const IMPORT: &str = "deliveries.import";
pub const BULLETIN: &str = "bulletins.compose";

/// Kinds of jobs that this program can do.
pub const KINDS: [&str; 3] = [RUN, IMPORT, BULLETIN];

impl Work {
    pub fn kind(&self) -> &'static str {
        match self {
            Work::Run(_) => RUN,
            Work::Import(_) => IMPORT,
            Work::Bulletin(_) => BULLETIN,
        }
    }

    fn request(&self) -> String {
        let text = match self {
            Work::Run(work) => serde_json::to_string(work),
            Work::Import(work) => serde_json::to_string(work),
            Work::Bulletin(work) => serde_json::to_string(work),
        };
        text.expect("a request has only plain values")
    }

    fn read(kind: &str, request: &str) -> Result<Work> {
        let read = match kind {
            RUN => serde_json::from_str(request).map(Work::Run),
            IMPORT => serde_json::from_str(request).map(Work::Import),
            BULLETIN => serde_json::from_str(request).map(Work::Bulletin),
            _ => anyhow::bail!("没有“{kind}”这种任务"),
        };
        read.context("任务内容不能识别")
    }
}

/// What a kind of job is called.
pub fn kind_name(kind: &str) -> &str {
    match kind {
        RUN => "全省计算",
        IMPORT => "数据导入",
        BULLETIN => "通报生成",
        other => other,
    }
}

/// Puts a piece of work into the queue. The same key of the same organisation asks once.
///
/// # Errors
/// Refused where the key stands for other work, where too much waits, or where the file
/// of an import is not there.
pub async fn ask(
    office: &Office,
    work: &Work,
    account: Option<i64>,
    key: Option<&str>,
    act: &Act,
) -> Result<Asked> {
    let tx = office.db.begin_writing().await?;
    let asked = ask_within(&tx, work, account, key, act).await?;
    tx.commit().await?;
    office.memory.new_job.notify_one();
    Ok(asked)
}

/// The same inside a transaction; who commits it wakes the nodes.
///
/// # Errors
/// As [`ask`].
pub async fn ask_within(
    tx: &Transaction,
    work: &Work,
    account: Option<i64>,
    key: Option<&str>,
    act: &Act,
) -> Result<Asked> {
    let request = work.request();
    let order = Order {
        kind: work.kind(),
        request: &request,
        account,
        key,
    };
    let asked = jobs::ask(tx, &order, act).await?.or_else(refuse)?;
    if let (Work::Import(import), false) = (work, asked.is_repeated) {
        let file = jobs::file(tx, import.file).await?;
        let is_own = file.is_some_and(|file| {
            file.role == Role::Given
                && file.organisation == act.organisation.id()
                && file.hash.as_ref() == Some(&import.sm3)
        });
        if !is_own {
            return refuse(jobs::FileRefusal::Unusable(import.file));
        }
        jobs::attach(tx, import.file, asked.job)
            .await?
            .or_else(refuse)?;
    }
    Ok(asked)
}

/// Cancels a job that nobody has finished.
pub async fn cancel(office: &Office, id: i64, act: &Act) -> Result<()> {
    let tx = office.db.begin_writing().await?;
    jobs::cancel(&tx, id, act).await?.or_else(refuse)?;
    Ok(tx.commit().await?)
}

/// A job as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView {
    pub id: i64,
    pub kind: String,
    pub kind_name: String,
    pub state: State,
    /// 等待办理 · 正在办理 · 已办完 · 未予办理 · 没有办成 · 已取消
    pub state_words: &'static str,
    /// Whether nothing more will happen to it.
    pub is_over: bool,
    /// Agency id or division code; whoever looks must be allowed to see its jobs.
    pub organisation: String,
    pub organisation_name: String,
    pub person: String,
    pub account: Option<i64>,
    /// Seconds since 1970 in UTC.
    pub asked_at: i64,
    pub finished_at: Option<i64>,
    /// What is being done just now, and how much of it is done, until it is over.
    pub progress_words: String,
    pub percent: Option<u8>,
    /// What came of it, in a sentence.
    pub words: String,
    /// Why it failed, for those who run the program; not for pages of others.
    pub cause: Option<String>,
    /// The page on which its result stands.
    pub link: Option<String>,
    /// Number of the workbook of refused rows that an import gave back.
    pub returned: Option<i64>,
    pub attempts: i64,
    pub node: Option<String>,
    /// Everything that is known of the result.
    pub outcome: serde_json::Value,
}

/// One job as pages show it.
pub async fn look(office: &Office, id: i64) -> Result<JobView> {
    match jobs::job(office.db.reading(), id).await? {
        Some(job) => Ok(view(office, job)),
        None => refuse(jobs::CancelRefusal::Unknown(id)),
    }
}

/// Jobs as pages list them, newest first.
pub async fn list(office: &Office, filter: &JobFilter) -> Result<Vec<JobView>> {
    let found = jobs::jobs(office.db.reading(), filter).await?;
    Ok(found.into_iter().map(|job| view(office, job)).collect())
}

fn view(office: &Office, job: Job) -> JobView {
    let outcome = job.outcome.as_deref().map(serde_json::from_str);
    let outcome: serde_json::Value = outcome.and_then(Result::ok).unwrap_or_default();
    let text = |name: &str| outcome[name].as_str().map(str::to_string);
    let organisation_name = match Organisation::read(&office.pack, &job.organisation) {
        Ok(known) => known.name(&office.pack, crate::office::today()),
        Err(_) => job.organisation.clone(),
    };
    let progress = &job.progress;
    let percent = (progress.of > 0 && !job.state.is_over())
        .then(|| (progress.done.clamp(0, progress.of) * 100 / progress.of) as u8);
    JobView {
        id: job.id,
        kind_name: kind_name(&job.kind).to_string(),
        state: job.state,
        state_words: job.state.name(),
        is_over: job.state.is_over(),
        organisation_name,
        organisation: job.organisation,
        person: job.person,
        account: job.account,
        asked_at: job.asked_at,
        finished_at: job.finished_at,
        progress_words: job.progress.words,
        percent,
        words: text("words").unwrap_or_default(),
        cause: text("cause"),
        link: link(&job.kind, job.state, &outcome),
        returned: outcome["returned"].as_i64(),
        attempts: job.attempts,
        node: job.claimed_by,
        kind: job.kind,
        outcome,
    }
}

/// Where the result of a job is to be seen.
fn link(kind: &str, state: State, outcome: &serde_json::Value) -> Option<String> {
    if state != State::Done {
        return None;
    }
    match kind {
        RUN => Some("/outlook".to_string()),
        IMPORT => Some(format!("/indicators/{}", outcome["batch"].as_i64()?)),
        BULLETIN => Some(format!("/bulletins/{}", outcome["issue"].as_i64()?)),
        _ => None,
    }
}

/// Months and periods as people write them.
mod in_words {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::fmt::Display;
    use std::str::FromStr;

    pub fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
