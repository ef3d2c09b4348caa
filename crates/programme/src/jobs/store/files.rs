//! Files that belong to jobs, in parts, so that any node can read them.
//!
//! What is handed in lies here until its job is over; what a job gives back lies here for
//! a while. The row of a file stays as a record when its bytes are gone.

use super::super::{FILE_BYTES_MAX, PART_BYTES_MAX};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use crate::journal::{self, Act, Line};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

const COLUMNS: &str =
    "id, job, role, name, hash, bytes, parts, organisation, person, begun_at, sealed_at";

/// What a file is to its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Handed in for the job; its bytes go when the job is over.
    Given,
    /// Given back by the job.
    Returned,
}

impl Role {
    pub fn id(self) -> &'static str {
        match self {
            Role::Given => "given",
            Role::Returned => "returned",
        }
    }
}

/// A file that belongs to a job, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Number from 1, without gaps.
    pub id: i64,
    /// None until a job is asked for with it.
    pub job: Option<i64>,
    pub role: Role,
    /// Its name where it came from, without a folder.
    pub name: String,
    /// SM3, once all of it is there.
    pub hash: Option<String>,
    pub bytes: i64,
    pub parts: i64,
    pub organisation: String,
    pub person: String,
    pub begun_at: i64,
    pub sealed_at: Option<i64>,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    #[error("“{name}”超过{}MB，请拆成几份交付", FILE_BYTES_MAX / 1024 / 1024)]
    TooLarge { name: String },
    #[error("第{0}份上传文件不存在、没有传完或已用于别的任务，请重新上传")]
    Unusable(i64),
}

/// Begins a file. Only inside a transaction of `Database::begin_writing`.
pub async fn begin_file<C: ConnectionTrait>(
    tx: &C,
    name: &str,
    role: Role,
    act: &Act,
) -> Result<i64, DatabaseFailure> {
    let id = next_number(tx, "jobs_files").await?;
    execute(
        tx,
        "INSERT INTO jobs_files (id, role, name, bytes, parts, organisation, person, begun_at) \
         VALUES (?, ?, ?, 0, 0, ?, ?, ?)",
        [
            id.into(),
            role.id().into(),
            name.into(),
            act.organisation.id().into(),
            act.person.clone().into(),
            act.at.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// Adds the next part of a file that is not sealed yet.
pub async fn push_part<C: ConnectionTrait>(
    db: &C,
    file: i64,
    part: i64,
    payload: Vec<u8>,
) -> Result<(), DatabaseFailure> {
    assert!(
        payload.len() <= PART_BYTES_MAX,
        "the caller cuts files into parts"
    );
    let sql = "INSERT INTO jobs_file_parts (file, part, payload) VALUES (?, ?, ?)";
    execute(db, sql, [file.into(), part.into(), payload.into()]).await?;
    Ok(())
}

/// Closes a file with its hash; what is handed in leaves a journal line.
/// Only inside a transaction of `Database::begin_writing`.
pub async fn seal_file<C: ConnectionTrait>(
    tx: &C,
    file: &File,
    act: &Act,
) -> Result<(), DatabaseFailure> {
    execute(
        tx,
        "UPDATE jobs_files SET hash = ?, bytes = ?, parts = ?, sealed_at = ? \
         WHERE id = ? AND sealed_at IS NULL",
        [
            file.hash.clone().into(),
            file.bytes.into(),
            file.parts.into(),
            act.at.into(),
            file.id.into(),
        ],
    )
    .await?;
    if file.role == Role::Returned {
        return Ok(());
    }
    let line = Line {
        act: "jobs.upload",
        subject: format!("第{}份上传文件", file.id),
        detail: format!(
            "{}，{}字节，SM3 {}",
            file.name,
            file.bytes,
            file.hash.as_deref().unwrap_or_default()
        ),
    };
    journal::append(tx, act, &line).await
}

/// Makes a sealed file that is nobody's the job's.
/// Only inside a transaction of `Database::begin_writing`.
pub async fn attach<C: ConnectionTrait>(
    tx: &C,
    file: i64,
    job: i64,
) -> Result<Result<(), FileRefusal>, DatabaseFailure> {
    let changed = execute(
        tx,
        "UPDATE jobs_files SET job = ? WHERE id = ? AND job IS NULL AND sealed_at IS NOT NULL \
         AND parts = (SELECT COUNT(*) FROM jobs_file_parts WHERE file = jobs_files.id)",
        [job.into(), file.into()],
    )
    .await?;
    Ok(match changed.rows_affected() {
        1 => Ok(()),
        _ => Err(FileRefusal::Unusable(file)),
    })
}

/// One file.
pub async fn file<C: ConnectionTrait>(db: &C, id: i64) -> Result<Option<File>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM jobs_files WHERE id = ?");
    let found = row(db, &sql, [id.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// The files of a job, in order.
pub async fn files_of<C: ConnectionTrait>(db: &C, job: i64) -> Result<Vec<File>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM jobs_files WHERE job = ? ORDER BY id");
    let found = rows(db, &sql, [job.into()]).await?;
    found.iter().map(read).collect()
}

/// One part of a file; none where its bytes are gone.
pub async fn part<C: ConnectionTrait>(
    db: &C,
    file: i64,
    part: i64,
) -> Result<Option<Vec<u8>>, DatabaseFailure> {
    let sql = "SELECT payload FROM jobs_file_parts WHERE file = ? AND part = ?";
    let found = row(db, sql, [file.into(), part.into()]).await?;
    Ok(found
        .map(|found| found.try_get("", "payload"))
        .transpose()?)
}

/// Removes the bytes of files that no job was asked for since `unused_before`, and of those
/// that jobs gave back before `returned_before`. Says of how many files.
pub async fn sweep<C: ConnectionTrait>(
    db: &C,
    unused_before: i64,
    returned_before: i64,
) -> Result<u64, DatabaseFailure> {
    let old = "SELECT id FROM jobs_files WHERE (job IS NULL AND begun_at < ?) OR begun_at < ?";
    let sql =
        format!("SELECT COUNT(DISTINCT file) AS count FROM jobs_file_parts WHERE file IN ({old})");
    let values = || [unused_before.into(), returned_before.into()];
    let found = row(db, &sql, values()).await?;
    let count: i64 = found
        .expect("an aggregate has one row")
        .try_get("", "count")?;
    if count > 0 {
        let sql = format!("DELETE FROM jobs_file_parts WHERE file IN ({old})");
        execute(db, &sql, values()).await?;
    }
    Ok(count as u64)
}

/// The bytes that were handed in for a job are no longer needed.
pub(super) async fn remove_given<C: ConnectionTrait>(
    tx: &C,
    job: i64,
) -> Result<(), DatabaseFailure> {
    let sql = "DELETE FROM jobs_file_parts WHERE file IN \
               (SELECT id FROM jobs_files WHERE job = ? AND role = 'given')";
    execute(tx, sql, [job.into()]).await?;
    Ok(())
}

fn read(row: &QueryResult) -> Result<File, DatabaseFailure> {
    let role: String = row.try_get("", "role")?;
    let role = match role.as_str() {
        "given" => Role::Given,
        "returned" => Role::Returned,
        _ => return Err(DbErr::Custom(format!("文件用途无法识别：{role}")).into()),
    };
    Ok(File {
        id: row.try_get("", "id")?,
        job: row.try_get("", "job")?,
        role,
        name: row.try_get("", "name")?,
        hash: row.try_get("", "hash")?,
        bytes: row.try_get("", "bytes")?,
        parts: row.try_get("", "parts")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        begun_at: row.try_get("", "begun_at")?,
        sealed_at: row.try_get("", "sealed_at")?,
    })
}
