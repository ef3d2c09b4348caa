//! Jobs in the database.

pub(super) mod files;

use super::{
    ATTEMPTS_MAX, AskRefusal, Asked, CancelRefusal, Claimed, Claiming, Ending, Job, JobFailure,
    JobFilter, Order, Progress, State, Ticket, WAITING_MAX,
};
use crate::database::{Database, DatabaseFailure, execute, next_number, row, rows};
use crate::journal::{self, Act, Line};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult};

const COLUMNS: &str = "id, kind, request, organisation, person, account, asked_at, idempotency_key, \
    state, claimed_by, token, lease_until_millis, attempts, progress_done, progress_of, \
    progress_words, outcome, finished_at";
/// Jobs that may be begun: waiting, or left by a node whose lease ran out.
const FREE: &str = "state IN ('queued', 'claimed') AND lease_until_millis <= ?";

/// Takes a job with its journal line. The same key with the same request gives the job that
/// was taken then. Only inside a transaction of [`Database::begin_writing`].
pub async fn ask<C: ConnectionTrait>(
    tx: &C,
    order: &Order<'_>,
    act: &Act,
) -> Result<Result<Asked, AskRefusal>, DatabaseFailure> {
    let organisation = act.organisation.id();
    if let Some(key) = order.key {
        let sql =
            format!("SELECT {COLUMNS} FROM jobs WHERE organisation = ? AND idempotency_key = ?");
        if let Some(found) = row(tx, &sql, [organisation.clone().into(), key.into()]).await? {
            let earlier = read(&found)?;
            let is_repeated = earlier.kind == order.kind && earlier.request == order.request;
            let job = earlier.id;
            return Ok(match is_repeated {
                true => Ok(Asked { job, is_repeated }),
                false => Err(AskRefusal::KeyTaken { job }),
            });
        }
    }
    if waiting(tx, Some(&organisation)).await? >= WAITING_MAX {
        return Ok(Err(AskRefusal::TooMany));
    }
    let id = next_number(tx, "jobs").await?;
    let sql = "INSERT INTO jobs (id, kind, request, organisation, person, account, asked_at, \
        idempotency_key, state, token, lease_until_millis, attempts, progress_done, progress_of, \
        progress_words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, 0, 0, 0, '')";
    execute(
        tx,
        sql,
        [
            id.into(),
            order.kind.into(),
            order.request.into(),
            organisation.into(),
            act.person.clone().into(),
            order.account.into(),
            act.at.into(),
            order.key.map(str::to_string).into(),
        ],
    )
    .await?;
    let detail = order.kind.to_string();
    write_line(tx, "jobs.ask", id, detail, act).await?;
    let is_repeated = false;
    Ok(Ok(Asked {
        job: id,
        is_repeated,
    }))
}

/// How many jobs wait, of one organisation or of all.
pub async fn waiting<C: ConnectionTrait>(
    db: &C,
    organisation: Option<&str>,
) -> Result<i64, DatabaseFailure> {
    let whose = organisation.unwrap_or_default();
    let sql = "SELECT COUNT(*) AS count FROM jobs WHERE state = 'queued' \
               AND (? = '' OR organisation = ?)";
    let found = row(db, sql, [whose.into(), whose.into()]).await?;
    let found = found.expect("an aggregate has one row");
    Ok(found.try_get("", "count")?)
}

/// Gives the oldest job that may be begun to a node; no other gets it while its lease runs.
pub async fn claim(
    db: &Database,
    claiming: &Claiming<'_>,
) -> Result<Option<Claimed>, DatabaseFailure> {
    let tx = db.begin_claiming().await?;
    // On SQLite the immediate transaction already keeps others away.
    let lock = match tx.get_database_backend() {
        DbBackend::Postgres => " FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM jobs WHERE {FREE} AND attempts < ? \
         AND ? LIKE '%,' || kind || ',%' ORDER BY id LIMIT 1{lock}"
    );
    let kinds = format!(",{},", claiming.kinds.join(","));
    let values = [
        claiming.now_millis.into(),
        ATTEMPTS_MAX.into(),
        kinds.into(),
    ];
    let Some(found) = row(&tx, &sql, values).await? else {
        return Ok(None);
    };
    let mut job = read(&found)?;
    job.state = State::Claimed;
    job.claimed_by = Some(claiming.node.to_string());
    job.token += 1;
    job.attempts += 1;
    job.lease_until_millis = claiming.now_millis + claiming.lease_millis;
    job.progress = Progress::default();
    execute(
        &tx,
        "UPDATE jobs SET state = 'claimed', claimed_by = ?, token = ?, attempts = ?, \
         lease_until_millis = ?, progress_done = 0, progress_of = 0, progress_words = '' \
         WHERE id = ?",
        [
            claiming.node.into(),
            job.token.into(),
            job.attempts.into(),
            job.lease_until_millis.into(),
            job.id.into(),
        ],
    )
    .await?;
    tx.commit().await?;
    let ticket = Ticket {
        job: job.id,
        token: job.token,
    };
    Ok(Some(Claimed { ticket, job }))
}

/// Prolongs a lease and says how far the work is; false where the job is no longer ours.
pub async fn heartbeat<C: ConnectionTrait>(
    db: &C,
    ticket: &Ticket,
    lease_until_millis: i64,
    progress: &Progress,
) -> Result<bool, DatabaseFailure> {
    let changed = execute(
        db,
        "UPDATE jobs SET lease_until_millis = ?, progress_done = ?, progress_of = ?, \
         progress_words = ? WHERE id = ? AND token = ? AND state = 'claimed'",
        [
            lease_until_millis.into(),
            progress.done.into(),
            progress.of.into(),
            progress.words.clone().into(),
            ticket.job.into(),
            ticket.token.into(),
        ],
    )
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Ends a job inside the transaction that stores its result, last of all; what was handed in
/// for it is removed.
///
/// # Errors
/// [`JobFailure::Lost`] where the claim is no longer ours: then the transaction is to be
/// dropped, and nothing of the work remains.
pub async fn finish<C: ConnectionTrait>(
    tx: &C,
    ticket: &Ticket,
    ending: &Ending,
    act: &Act,
) -> Result<(), JobFailure> {
    let changed = execute(
        tx,
        "UPDATE jobs SET state = ?, outcome = ?, finished_at = ?, progress_done = progress_of, \
         progress_words = '' \
         WHERE id = ? AND token = ? AND state = 'claimed'",
        [
            ending.state().id().into(),
            ending.outcome().into(),
            act.at.into(),
            ticket.job.into(),
            ticket.token.into(),
        ],
    )
    .await?;
    if changed.rows_affected() != 1 {
        return Err(JobFailure::Lost { job: ticket.job });
    }
    files::remove_given(tx, ticket.job).await?;
    let kind = kind_of(tx, ticket.job).await?;
    write_line(tx, ending.act(), ticket.job, kind, act).await?;
    Ok(())
}

/// Gives a claim back before its end, so that the job is begun again from `not_before_millis`
/// on. An attempt that nobody could help does not count. False where it was no longer ours.
pub async fn release<C: ConnectionTrait>(
    db: &C,
    ticket: &Ticket,
    not_before_millis: i64,
    words: &str,
    counts: bool,
) -> Result<bool, DatabaseFailure> {
    let changed = execute(
        db,
        "UPDATE jobs SET state = 'queued', lease_until_millis = ?, progress_done = 0, \
         progress_of = 0, progress_words = ?, attempts = attempts - ? \
         WHERE id = ? AND token = ? AND state = 'claimed'",
        [
            not_before_millis.into(),
            words.into(),
            i64::from(!counts).into(),
            ticket.job.into(),
            ticket.token.into(),
        ],
    )
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Ends a job that nobody has finished yet; a node that has it stores nothing any more.
/// Only inside a transaction of [`Database::begin_writing`].
pub async fn cancel<C: ConnectionTrait>(
    tx: &C,
    id: i64,
    act: &Act,
) -> Result<Result<(), CancelRefusal>, DatabaseFailure> {
    let changed = execute(
        tx,
        "UPDATE jobs SET state = 'cancelled', finished_at = ? \
         WHERE id = ? AND state IN ('queued', 'claimed')",
        [act.at.into(), id.into()],
    )
    .await?;
    if changed.rows_affected() == 1 {
        files::remove_given(tx, id).await?;
        let kind = kind_of(tx, id).await?;
        write_line(tx, "jobs.cancel", id, kind, act).await?;
        return Ok(Ok(()));
    }
    Ok(Err(match job(tx, id).await? {
        Some(Job { state, .. }) => CancelRefusal::Over { job: id, state },
        None => CancelRefusal::Unknown(id),
    }))
}

/// Jobs that were begun as often as allowed and are nobody's now.
pub async fn exhausted<C: ConnectionTrait>(
    db: &C,
    now_millis: i64,
) -> Result<Vec<Job>, DatabaseFailure> {
    let sql =
        format!("SELECT {COLUMNS} FROM jobs WHERE {FREE} AND attempts >= ? ORDER BY id LIMIT 100");
    let found = rows(db, &sql, [now_millis.into(), ATTEMPTS_MAX.into()]).await?;
    found.iter().map(read).collect()
}

/// Ends such a job as failed; false where somebody else has done so.
/// Only inside a transaction of [`Database::begin_writing`].
pub async fn give_up<C: ConnectionTrait>(
    tx: &C,
    exhausted: &Job,
    outcome: &str,
    act: &Act,
) -> Result<bool, DatabaseFailure> {
    let changed = execute(
        tx,
        "UPDATE jobs SET state = 'failed', outcome = ?, finished_at = ?, token = token + 1 \
         WHERE id = ? AND token = ? AND state IN ('queued', 'claimed') AND attempts >= ? \
         AND lease_until_millis = ?",
        [
            outcome.into(),
            act.at.into(),
            exhausted.id.into(),
            exhausted.token.into(),
            ATTEMPTS_MAX.into(),
            exhausted.lease_until_millis.into(),
        ],
    )
    .await?;
    if changed.rows_affected() != 1 {
        return Ok(false);
    }
    files::remove_given(tx, exhausted.id).await?;
    let kind = exhausted.kind.clone();
    write_line(tx, "jobs.fail", exhausted.id, kind, act).await?;
    Ok(true)
}

/// One job.
pub async fn job<C: ConnectionTrait>(db: &C, id: i64) -> Result<Option<Job>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = ?");
    let found = row(db, &sql, [id.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// Jobs, newest first.
pub async fn jobs<C: ConnectionTrait>(
    db: &C,
    filter: &JobFilter,
) -> Result<Vec<Job>, DatabaseFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM jobs WHERE (? = '' OR organisation = ?) AND (? < 0 OR account = ?) \
         AND (? = '' OR kind = ?) AND (? = '' OR state = ?) AND id < ? ORDER BY id DESC LIMIT ?"
    );
    let organisation = filter.organisation.clone().unwrap_or_default();
    let account = filter.account.unwrap_or(-1);
    let kind = filter.kind.clone().unwrap_or_default();
    let state = filter.state.map_or("", State::id);
    let values = [
        organisation.clone().into(),
        organisation.into(),
        account.into(),
        account.into(),
        kind.clone().into(),
        kind.into(),
        state.into(),
        state.into(),
        filter.before.unwrap_or(i64::MAX).into(),
        i64::from(filter.limit).into(),
    ];
    let found = rows(db, &sql, values).await?;
    found.iter().map(read).collect()
}

async fn kind_of<C: ConnectionTrait>(tx: &C, id: i64) -> Result<String, DatabaseFailure> {
    let found = row(tx, "SELECT kind FROM jobs WHERE id = ?", [id.into()]).await?;
    Ok(found.expect("it was just changed").try_get("", "kind")?)
}

async fn write_line<C: ConnectionTrait>(
    tx: &C,
    name: &'static str,
    job: i64,
    detail: String,
    act: &Act,
) -> Result<(), DatabaseFailure> {
    let line = Line {
        act: name,
        subject: format!("第{job}项任务"),
        detail,
    };
    journal::append(tx, act, &line).await
}

fn read(row: &QueryResult) -> Result<Job, DatabaseFailure> {
    let state: String = row.try_get("", "state")?;
    let unknown = || DbErr::Custom(format!("任务状态无法识别：{state}"));
    Ok(Job {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        request: row.try_get("", "request")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        account: row.try_get("", "account")?,
        asked_at: row.try_get("", "asked_at")?,
        key: row.try_get("", "idempotency_key")?,
        state: State::read(&state).ok_or_else(unknown)?,
        claimed_by: row.try_get("", "claimed_by")?,
        token: row.try_get("", "token")?,
        lease_until_millis: row.try_get("", "lease_until_millis")?,
        attempts: row.try_get("", "attempts")?,
        progress: Progress {
            done: row.try_get("", "progress_done")?,
            of: row.try_get("", "progress_of")?,
            words: row.try_get("", "progress_words")?,
        },
        outcome: row.try_get("", "outcome")?,
        finished_at: row.try_get("", "finished_at")?,
    })
}
