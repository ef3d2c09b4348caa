//! Batches in the database.

use super::payload::{self, PayloadFault, Rows};
use super::{Batch, RowFinding};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use chrono::NaiveDate;
use rayon::prelude::*;
use rules::period::Month;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use std::collections::BTreeMap;

#[derive(Debug, thiserror::Error)]
pub enum BatchFailure {
    #[error(transparent)]
    Database(#[from] DatabaseFailure),
    #[error(transparent)]
    Payload(#[from] PayloadFault),
    #[error("批次说明损坏，不能读取：{0}。请从备份恢复数据库")]
    Findings(String),
}

impl From<DbErr> for BatchFailure {
    fn from(error: DbErr) -> BatchFailure {
        BatchFailure::Database(DatabaseFailure(error))
    }
}

/// A batch and the number of parts in which it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredBatch {
    pub id: i64,
    pub parts: usize,
}

const COLUMNS: &str = "id, kind, month, organisation, region, purpose, basis, file_name, \
    file_hash, received_on, at, accepted, rejected, remarked, supersedes";

/// Every batch in order of its number.
pub async fn batches<C: ConnectionTrait>(db: &C) -> Result<Vec<Batch>, BatchFailure> {
    let sql = format!("SELECT {COLUMNS} FROM deliveries_batches ORDER BY id");
    rows(db, &sql, []).await?.iter().map(read).collect()
}

pub async fn batch<C: ConnectionTrait>(db: &C, id: i64) -> Result<Option<Batch>, BatchFailure> {
    let sql = format!("SELECT {COLUMNS} FROM deliveries_batches WHERE id = ?");
    row(db, &sql, [id.into()])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// The batch that holds the same file and is not superseded.
pub async fn same_file<C: ConnectionTrait>(
    db: &C,
    file_hash: &str,
) -> Result<Option<Batch>, BatchFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM deliveries_batches WHERE file_hash = ? AND id NOT IN \
         (SELECT supersedes FROM deliveries_batches WHERE supersedes IS NOT NULL) ORDER BY id LIMIT 1"
    );
    row(db, &sql, [file_hash.into()])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// Writes a batch with its parts and findings; `batch.id` is given here and returned.
/// Only inside a transaction of `Database::begin_writing`.
pub async fn insert<C: ConnectionTrait>(
    tx: &C,
    batch: &Batch,
    parts: &[(usize, Vec<u8>)],
    findings: &[RowFinding],
) -> Result<i64, BatchFailure> {
    let id = next_number(tx, "deliveries_batches").await?;
    let findings =
        serde_json::to_vec(findings).map_err(|e| BatchFailure::Findings(e.to_string()))?;
    let packed = zstd::encode_all(findings.as_slice(), 3)
        .map_err(|e| BatchFailure::Findings(e.to_string()))?;
    let sql = format!(
        "INSERT INTO deliveries_batches ({COLUMNS}, findings) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    execute(
        tx,
        &sql,
        [
            id.into(),
            batch.kind.clone().into(),
            i64::from(batch.month.index()).into(),
            batch.organisation.clone().into(),
            batch.region.map(|code| format!("{code:06}")).into(),
            batch.purpose.clone().into(),
            batch.basis.clone().into(),
            batch.file_name.clone().into(),
            batch.file_hash.clone().into(),
            day_number(batch.received_on).into(),
            batch.at.into(),
            (batch.accepted as i64).into(),
            (batch.rejected as i64).into(),
            (batch.remarked as i64).into(),
            batch.supersedes.into(),
            packed.into(),
        ],
    )
    .await?;
    let of = parts.len() as i64;
    for (part, (count, payload)) in parts.iter().enumerate() {
        execute(
            tx,
            "INSERT INTO deliveries_parts (batch, part, parts, count, payload) VALUES (?, ?, ?, ?, ?)",
            [
                id.into(),
                (part as i64).into(),
                of.into(),
                (*count as i64).into(),
                payload.clone().into(),
            ],
        )
        .await?;
    }
    Ok(id)
}

/// The rows of one part of the key space: part `part` of `parts`, whatever the number of
/// parts in which the batch is stored. With `wanted`, only those columns.
pub async fn load_part<C: ConnectionTrait>(
    db: &C,
    batch: StoredBatch,
    part: usize,
    parts: usize,
    wanted: Option<&[&str]>,
) -> Result<Rows, BatchFailure> {
    let StoredBatch {
        id: batch,
        parts: stored,
    } = batch;
    let (first, last) = if stored >= parts {
        let each = stored / parts;
        (part * each, (part + 1) * each - 1)
    } else {
        let each = parts / stored.max(1);
        (part / each, part / each)
    };
    let blobs = rows(
        db,
        // Parts without rows say nothing; one is read all the same, for its columns.
        "SELECT payload FROM deliveries_parts WHERE batch = ? AND part >= ? AND part <= ? \
         AND (count > 0 OR part = ?) ORDER BY part",
        [
            batch.into(),
            (first as i64).into(),
            (last as i64).into(),
            (first as i64).into(),
        ],
    )
    .await?;
    let mut whole = Rows::default();
    for blob in &blobs {
        let bytes: Vec<u8> = blob.try_get("", "payload")?;
        extend_rows(&mut whole, payload::decode(&bytes, wanted)?);
    }
    if stored < parts {
        narrow(&mut whole, part, parts);
    }
    Ok(whole)
}

/// Batches whose parts are asked for in one statement.
const BATCHES_AT_ONCE: usize = 100;

/// The rows of one firm in each of these batches, in their order; batches that do not name it
/// are left out. One part of each batch is read, and of it only the wanted columns.
pub async fn rows_of<C: ConnectionTrait>(
    db: &C,
    batches: &[StoredBatch],
    key: u128,
    wanted: Option<&[&str]>,
) -> Result<Vec<(i64, Rows)>, BatchFailure> {
    let mut found: BTreeMap<i64, Rows> = BTreeMap::new();
    for asked in batches.chunks(BATCHES_AT_ONCE) {
        let place = |batch: &StoredBatch| {
            format!(
                "(batch = {} AND part = {})",
                batch.id,
                payload::part_of(key, batch.parts)
            )
        };
        let places: Vec<String> = asked.iter().map(place).collect();
        let sql = format!(
            "SELECT batch, payload FROM deliveries_parts WHERE {}",
            places.join(" OR ")
        );
        let mut blobs: Vec<(i64, Vec<u8>)> = Vec::new();
        for blob in rows(db, &sql, []).await? {
            blobs.push((blob.try_get("", "batch")?, blob.try_get("", "payload")?));
        }
        let decoded: Result<Vec<(i64, Rows)>, BatchFailure> = blobs
            .par_iter()
            .map(|(batch, bytes)| Ok((*batch, payload::decode_key(bytes, key, wanted)?)))
            .collect();
        found.extend(decoded?.into_iter().filter(|(_, rows)| !rows.is_empty()));
    }
    let ordered = batches
        .iter()
        .filter_map(|batch| Some((batch.id, found.remove(&batch.id)?)));
    Ok(ordered.collect())
}

/// In how many parts each batch is stored.
pub async fn stored<C: ConnectionTrait>(
    db: &C,
) -> Result<BTreeMap<i64, StoredBatch>, BatchFailure> {
    let sql = "SELECT batch, parts FROM deliveries_parts WHERE part = 0";
    let mut stored = BTreeMap::new();
    for found in rows(db, sql, []).await? {
        let id: i64 = found.try_get("", "batch")?;
        let parts = found.try_get::<i64>("", "parts")? as usize;
        stored.insert(id, StoredBatch { id, parts });
    }
    Ok(stored)
}

pub(crate) fn extend_rows(whole: &mut Rows, more: Rows) {
    if whole.keys.is_empty() && whole.numbers.is_empty() {
        *whole = more;
        return;
    }
    whole.keys.extend(more.keys);
    for ((_, values), (_, further)) in whole.numbers.iter_mut().zip(more.numbers) {
        values.extend(further);
    }
    for ((_, values), (_, further)) in whole.texts.iter_mut().zip(more.texts) {
        values.extend(further);
    }
}

fn narrow(rows: &mut Rows, part: usize, parts: usize) {
    let from = rows
        .keys
        .partition_point(|key| payload::part_of(*key, parts) < part);
    let to = rows
        .keys
        .partition_point(|key| payload::part_of(*key, parts) <= part);
    rows.keys = rows.keys[from..to].to_vec();
    for (_, values) in &mut rows.numbers {
        *values = values[from..to].to_vec();
    }
    for (_, values) in &mut rows.texts {
        *values = values[from..to].to_vec();
    }
}

/// What was said of the rows of a batch.
pub async fn findings<C: ConnectionTrait>(
    db: &C,
    batch: i64,
) -> Result<Vec<RowFinding>, BatchFailure> {
    let sql = "SELECT findings FROM deliveries_batches WHERE id = ?";
    let Some(found) = row(db, sql, [batch.into()]).await? else {
        return Ok(Vec::new());
    };
    let packed: Vec<u8> = found.try_get("", "findings")?;
    let bytes = zstd::decode_all(packed.as_slice())
        .map_err(|error| BatchFailure::Findings(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| BatchFailure::Findings(error.to_string()))
}

fn read(row: &QueryResult) -> Result<Batch, BatchFailure> {
    let region: Option<String> = row.try_get("", "region")?;
    let month: i64 = row.try_get("", "month")?;
    let count = |column: &str| row.try_get::<i64>("", column).map(|n| n as u64);
    Ok(Batch {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        month: Month::from_index(month as i32)
            .ok_or_else(|| BatchFailure::Findings(format!("month {month}")))?,
        organisation: row.try_get("", "organisation")?,
        region: region.and_then(|code| code.parse().ok()),
        purpose: row.try_get("", "purpose")?,
        basis: row.try_get("", "basis")?,
        file_name: row.try_get("", "file_name")?,
        file_hash: row.try_get("", "file_hash")?,
        received_on: day_of(row.try_get("", "received_on")?),
        at: row.try_get("", "at")?,
        accepted: count("accepted")?,
        rejected: count("rejected")?,
        remarked: count("remarked")?,
        supersedes: row.try_get("", "supersedes")?,
    })
}

/// Days since 1970-01-01, as days are stored.
pub(crate) fn day_number(day: NaiveDate) -> i64 {
    day.signed_duration_since(NaiveDate::default()).num_days()
}

pub(crate) fn day_of(number: i64) -> NaiveDate {
    NaiveDate::default()
        .checked_add_signed(chrono::TimeDelta::days(number))
        .unwrap_or_default()
}
