//! A node at work: it claims one job after the other, keeps the lease of the one it has, and
//! gives it back where it is told to stop.
//!
//! The clock is asked here. That the clocks of nodes differ does no harm to results, only to
//! how soon the job of a dead node is begun again.

use super::folder::Folder;
use super::perform::{Telling, perform};
use super::{KINDS, kind_name};
use crate::office::{Office, Overtaken, Refused};
use anyhow::{Context, Result};
use chrono::Utc;
use programme::jobs::{
    self, ATTEMPTS_MAX, Claimed, Claiming, Ending, Job, JobFailure, State, Ticket,
};
use programme::journal::Act;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// How long a node that is told to stop lets a job run on.
const STOP_LIMIT: Duration = Duration::from_secs(20);
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// How often a change of progress is written at most.
const TELL_EVERY: Duration = Duration::from_millis(250);
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
const DAY_SECONDS: i64 = 86_400;
/// Files that no job was asked for are kept so long, in days, and those that jobs gave back.
const UNUSED_DAYS: i64 = 1;
pub const RETURNED_DAYS: i64 = 90;

/// A node and how it works.
#[derive(Debug, Clone)]
pub struct Node {
    /// Who it is among all nodes; nobody else may be called so.
    pub name: String,
    /// How long it may be silent before another takes over its job.
    pub lease: Duration,
    /// Whether it ends when nothing is left to do.
    pub until_idle: bool,
}

/// Becomes true when a node is to stop.
pub type Stop = watch::Receiver<bool>;

impl Node {
    /// A node that is called after this machine, this process and the moment.
    pub fn new(lease: Duration) -> Node {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let moment = now_millis();
        Node {
            name: format!("{}:{}:{moment}", host.trim(), std::process::id()),
            lease,
            until_idle: false,
        }
    }
}

/// Becomes true on Ctrl-C or when the system ends the program in order.
pub fn stop_on_signal() -> Stop {
    let (tell, stop) = watch::channel(false);
    #[cfg(unix)]
    let ended = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    tokio::spawn(async move {
        // Without a signal handler the process simply ends.
        #[cfg(unix)]
        if let Ok(mut ended) = ended {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = ended.recv() => {}
            }
            let _ = tell.send(true);
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
        let _ = tell.send(true);
    });
    stop
}

/// Works until told to stop, or until nothing is left where the node wants no more.
///
/// # Errors
/// Where the private folder cannot be made; failures of the database are outlived.
pub async fn work(office: Office, node: Node, mut stop: Stop) -> Result<()> {
    let folder = Folder::of_node(&office.folder, &node.name)?;
    let mut pause = PAUSE_MIN;
    let mut swept: Option<Instant> = None;
    while !*stop.borrow() {
        match next(&office, &node).await {
            Ok(Some(claimed)) => {
                pause = PAUSE_MIN;
                let number = claimed.ticket.job;
                let outcome = one_job(&office, &node, &folder, claimed, &mut stop).await;
                told(&format!("第{number}项任务"), outcome);
                continue;
            }
            Ok(None) if node.until_idle => break,
            Ok(None) if swept.is_none_or(|swept| swept.elapsed() > SWEEP_EVERY) => {
                swept = Some(Instant::now());
                told("旧文件没有清理", sweep(&office).await);
            }
            Ok(None) => {}
            Err(error) => told("不能领取任务", Err(error)),
        }
        tokio::select! {
            () = office.memory.new_job.notified() => pause = PAUSE_MIN,
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSE_MAX),
            changed = stop.changed() => if changed.is_err() { break },
        }
    }
    Ok(())
}

/// A failure is said once, where it is handled.
fn told(what: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        eprintln!("{what}：{error:#}");
    }
}

async fn next(office: &Office, node: &Node) -> Result<Option<Claimed>> {
    let claiming = Claiming {
        node: &node.name,
        kinds: &KINDS,
        now_millis: now_millis(),
        lease_millis: millis(node.lease),
    };
    let claimed = jobs::claim(&office.db, &claiming).await?;
    if claimed.is_none() {
        for job in jobs::exhausted(office.db.reading(), now_millis()).await? {
            give_up(office, &job).await?;
        }
    }
    Ok(claimed)
}

/// Ends a job that was begun too often; every time the node that had it died.
async fn give_up(office: &Office, job: &Job) -> Result<()> {
    let node = job.claimed_by.as_deref().unwrap_or_default();
    let words = format!(
        "{}试了{ATTEMPTS_MAX}次都中断了，不再重试；请管理员查看程序日志，处理后重新提交",
        kind_name(&job.kind)
    );
    let cause = format!("最近一次由节点 {node} 办理，租约到期没有办完");
    let outcome = serde_json::json!({ "words": words, "cause": cause });
    let act = act_for(office, job)?;
    let tx = office.db.begin_writing().await?;
    jobs::give_up(&tx, job, &outcome.to_string(), &act).await?;
    Ok(tx.commit().await?)
}

/// Does one job and sees to it that it ends in one way or another.
async fn one_job(
    office: &Office,
    node: &Node,
    folder: &Folder,
    claimed: Claimed,
    stop: &mut Stop,
) -> Result<()> {
    let Claimed { ticket, job } = claimed;
    let own = Arc::new(folder.of_job(&format!("{}-{}", ticket.job, ticket.token))?);
    let telling = Telling::default();
    let lost = Arc::new(Notify::new());
    let doing = start(office, &job, ticket, &own, &telling, &lost);
    let watched = Watched {
        ticket,
        telling,
        lost,
        doing,
    };
    match watch(office, node, watched, stop).await {
        Ended::Stopped => {
            jobs::release(office.db.reading(), &ticket, 0, "", false).await?;
            Ok(())
        }
        Ended::Lost => {
            eprintln!("第{}项任务已由别的节点接手或已取消", ticket.job);
            Ok(())
        }
        Ended::Done(Ok(())) => Ok(()),
        Ended::Done(Err(error)) => close(office, &job, &ticket, error).await,
    }
}

/// Starts a job on a thread of its own: computing must not keep the lease from being kept.
fn start(
    office: &Office,
    job: &Job,
    ticket: Ticket,
    folder: &Arc<Folder>,
    telling: &Telling,
    lost: &Arc<Notify>,
) -> JoinHandle<Result<()>> {
    let (office, job, telling) = (office.clone(), job.clone(), telling.clone());
    let (folder, lost) = (folder.clone(), lost.clone());
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            tokio::select! {
                done = perform(&office, &job, &ticket, &folder, &telling) => done,
                () = lost.notified() => Err(JobFailure::Lost { job: ticket.job }.into()),
            }
        })
    })
}

/// A job under way.
struct Watched {
    ticket: Ticket,
    telling: Telling,
    /// Tells the job that its result is no longer wanted.
    lost: Arc<Notify>,
    doing: JoinHandle<Result<()>>,
}

enum Ended {
    Done(Result<()>),
    Lost,
    Stopped,
}

/// Keeps the lease until the job ends, is lost, or may run no longer.
async fn watch(office: &Office, node: &Node, mut watched: Watched, stop: &mut Stop) -> Ended {
    let mut said = watched.telling.now();
    let mut kept = Instant::now();
    let mut limit: Option<Instant> = stop.borrow().then(|| Instant::now() + STOP_LIMIT);
    loop {
        tokio::select! {
            done = &mut watched.doing => {
                return Ended::Done(done.context("办理中断").and_then(|done| done));
            }
            () = tokio::time::sleep(TELL_EVERY.min(node.lease / 3)) => {}
            // Nobody left who could tell it means the same.
            _ = stop.changed(), if limit.is_none() => limit = Some(Instant::now() + STOP_LIMIT),
        }
        if limit.is_some_and(|limit| Instant::now() >= limit) {
            watched.lost.notify_one();
            return Ended::Stopped;
        }
        let now = watched.telling.now();
        if now == said && kept.elapsed() < node.lease / 3 {
            continue;
        }
        let beaten = Instant::now();
        let until = now_millis() + millis(node.lease);
        let beat = jobs::heartbeat(office.db.reading(), &watched.ticket, until, &now);
        let beat = tokio::select! {
            done = &mut watched.doing => {
                return Ended::Done(done.context("办理中断").and_then(|done| done));
            }
            beat = beat => beat,
        };
        match beat {
            Ok(true) => (said, kept) = (now, beaten),
            Ok(false) if is_finished(office, &watched.ticket).await => {}
            Ok(false) => {
                watched.lost.notify_one();
                return Ended::Lost;
            }
            // The lease may still hold; if not, the result will be refused.
            Err(error) => eprintln!("第{}项任务的租约没有续上：{error}", watched.ticket.job),
        }
    }
}

/// Whether a lease could not be prolonged because the work has just finished its job.
async fn is_finished(office: &Office, ticket: &Ticket) -> bool {
    match jobs::job(office.db.reading(), ticket.job).await {
        Ok(Some(job)) => {
            job.token == ticket.token && job.state.is_over() && job.state != State::Cancelled
        }
        Ok(None) => false,
        // Unknown: the next beat asks again.
        Err(_) => true,
    }
}

/// What happens to a job whose work answered with an error.
async fn close(office: &Office, job: &Job, ticket: &Ticket, error: anyhow::Error) -> Result<()> {
    if let Some(JobFailure::Lost { .. }) = error.downcast_ref() {
        eprintln!("{error}");
        return Ok(());
    }
    if let Some(refused) = error.downcast_ref::<Refused>() {
        let outcome = serde_json::json!({ "words": refused.to_string() });
        return end(office, job, ticket, Ending::Refused(outcome.to_string())).await;
    }
    if job.attempts < ATTEMPTS_MAX {
        let (words, delay) = match error.downcast_ref::<Overtaken>() {
            Some(overtaken) => (overtaken.to_string(), 0),
            None => {
                eprintln!("第{}项任务第{}次没有办成：{error:#}", job.id, job.attempts);
                let words = format!("第{}次没有办成，稍后自动再试", job.attempts);
                (words, 1_000 << job.attempts)
            }
        };
        let not_before = now_millis() + delay;
        jobs::release(office.db.reading(), ticket, not_before, &words, true).await?;
        return Ok(());
    }
    let words = format!(
        "{}试了{ATTEMPTS_MAX}次都没有办成，不再重试；请管理员查看程序日志，处理后重新提交",
        kind_name(&job.kind)
    );
    let outcome = serde_json::json!({ "words": words, "cause": format!("{error:#}") });
    end(office, job, ticket, Ending::Failed(outcome.to_string())).await?;
    Err(error)
}

async fn end(office: &Office, job: &Job, ticket: &Ticket, ending: Ending) -> Result<()> {
    let act = act_for(office, job)?;
    let tx = office.db.begin_writing().await?;
    match jobs::finish(&tx, ticket, &ending, &act).await {
        Ok(()) => Ok(tx.commit().await?),
        // Whoever has it now will say how it ended.
        Err(JobFailure::Lost { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whoever asked answers for how it ends.
fn act_for(office: &Office, job: &Job) -> Result<Act> {
    let organisation = office.organisation(&job.organisation);
    let organisation = organisation.unwrap_or_else(|_| office.provincial_office());
    office.act(organisation, &job.person, None)
}

async fn sweep(office: &Office) -> Result<()> {
    let now = Utc::now().timestamp();
    let unused = now - UNUSED_DAYS * DAY_SECONDS;
    let returned = now - RETURNED_DAYS * DAY_SECONDS;
    jobs::sweep(office.db.reading(), unused, returned).await?;
    Ok(())
}

fn now_millis() -> i64 {
    Utc::now().timestamp_millis()
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 4)
}
