//! Long work that several nodes share: asked for once, claimed by one node at a time,
//! finished in the transaction of the work itself.
//!
//! A claim is a lease with a fencing number. Whoever lets the lease run out may be replaced;
//! the one who was replaced can no longer finish, because [`finish`] looks at the number in
//! the very transaction that stores the result. So a job has one result, however many
//! nodes began it. What a job does is not known here: its kind is a word and its request
//! is a text.
//!
//! ```text
//! let claimed = jobs::claim(&db, &Claiming { node, kinds, now, lease }).await?;
//! let tx = db.begin_writing().await?;          // the work's own transaction
//! …                                            // what the work stores
//! jobs::finish(&tx, &claimed.ticket, &Ending::Done(outcome), &act).await?;
//! tx.commit().await?;
//! ```

mod store;

pub use store::files::{
    File, FileRefusal, Role, attach, begin_file, file, files_of, part, push_part, seal_file, sweep,
};
pub use store::{
    ask, cancel, claim, exhausted, finish, give_up, heartbeat, job, jobs, release, waiting,
};

use crate::database::DatabaseFailure;
use sea_orm::DbErr;

/// How often a job is begun before nobody begins it again.
pub const ATTEMPTS_MAX: i64 = 5;
/// Jobs of one organisation that may wait at a time.
pub const WAITING_MAX: i64 = 100;
/// The largest file that may be handed in.
pub const FILE_BYTES_MAX: u64 = 300 * 1024 * 1024;
/// Files lie in parts of at most this many bytes.
pub const PART_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<'a> {
    /// `noun.verb`: `outlook.run`, `deliveries.import`.
    pub kind: &'a str,
    /// What the kind needs to know, as JSON.
    pub request: &'a str,
    /// Number of the account, where somebody was signed in.
    pub account: Option<i64>,
    /// The same key of the same organisation asks for the same job.
    pub key: Option<&'a str>,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub job: i64,
    /// Whether the key had been used for this very request before.
    pub is_repeated: bool,
}

/// Why a job is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskRefusal {
    #[error("这个提交编号已用于第{job}项任务，内容不同；请换一个编号再提交")]
    KeyTaken { job: i64 },
    #[error("本单位等待办理的任务已有{WAITING_MAX}项，请等前面的办完再提交")]
    TooMany,
}

/// Why a job is not cancelled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CancelRefusal {
    #[error("没有第{0}项任务")]
    Unknown(i64),
    #[error("第{job}项任务{}，不能再取消", state.name())]
    Over { job: i64, state: State },
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Queued,
    Claimed,
    Done,
    /// The answer was a “no”.
    Refused,
    /// The world failed, as often as it was tried.
    Failed,
    Cancelled,
}

impl State {
    pub const ALL: [State; 6] = [
        State::Queued,
        State::Claimed,
        State::Done,
        State::Refused,
        State::Failed,
        State::Cancelled,
    ];

    pub fn id(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Claimed => "claimed",
            State::Done => "done",
            State::Refused => "refused",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    /// As people read it.
    pub fn name(self) -> &'static str {
        match self {
            State::Queued => "等待办理",
            State::Claimed => "正在办理",
            State::Done => "已办完",
            State::Refused => "未予办理",
            State::Failed => "没有办成",
            State::Cancelled => "已取消",
        }
    }

    pub fn read(id: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.id() == id)
    }

    /// Whether nothing more will happen to the job.
    pub fn is_over(self) -> bool {
        !matches!(self, State::Queued | State::Claimed)
    }
}

/// How far a job is, in words and as a part of a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    pub done: i64,
    pub of: i64,
    pub words: String,
}

/// The right to finish a job: its number, and the fencing number of the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    pub job: i64,
    pub token: i64,
}

/// How a job ends, with what is to be known of it as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    Done(String),
    Refused(String),
    Failed(String),
}

impl Ending {
    /// Where the job then stands.
    pub fn state(&self) -> State {
        match self {
            Ending::Done(_) => State::Done,
            Ending::Refused(_) => State::Refused,
            Ending::Failed(_) => State::Failed,
        }
    }

    pub fn outcome(&self) -> &str {
        let (Ending::Done(outcome) | Ending::Refused(outcome) | Ending::Failed(outcome)) = self;
        outcome
    }

    fn act(&self) -> &'static str {
        match self {
            Ending::Done(_) => "jobs.finish",
            Ending::Refused(_) => "jobs.refuse",
            Ending::Failed(_) => "jobs.fail",
        }
    }
}

/// A job as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Number from 1, without gaps.
    pub id: i64,
    pub kind: String,
    pub request: String,
    /// Agency id or division code.
    pub organisation: String,
    pub person: String,
    pub account: Option<i64>,
    /// Seconds since 1970 in UTC.
    pub asked_at: i64,
    pub key: Option<String>,
    pub state: State,
    /// The node that has it or had it last.
    pub claimed_by: Option<String>,
    pub token: i64,
    /// Milliseconds since 1970: until when it is the node's, or before when nobody begins it.
    pub lease_until_millis: i64,
    pub attempts: i64,
    pub progress: Progress,
    pub outcome: Option<String>,
    pub finished_at: Option<i64>,
}

/// Who claims, what it can do, and for how long it asks. Milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claiming<'a> {
    pub node: &'a str,
    pub kinds: &'a [&'a str],
    pub now_millis: i64,
    pub lease_millis: i64,
}

/// A job that is now ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub ticket: Ticket,
    pub job: Job,
}

/// Which jobs are listed, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    pub organisation: Option<String>,
    pub account: Option<i64>,
    pub kind: Option<String>,
    pub state: Option<State>,
    /// Only jobs with a smaller number: where the page before ended.
    pub before: Option<i64>,
    pub limit: u32,
}

/// A failure around jobs.
#[derive(Debug, thiserror::Error)]
pub enum JobFailure {
    #[error(transparent)]
    Database(#[from] DatabaseFailure),
    /// The claim is no longer ours; nothing of the transaction may be kept.
    #[error("第{job}项任务已由别的节点接手或已取消，本次办理的结果没有存入")]
    Lost { job: i64 },
}

impl From<DbErr> for JobFailure {
    fn from(error: DbErr) -> JobFailure {
        JobFailure::Database(DatabaseFailure(error))
    }
}
