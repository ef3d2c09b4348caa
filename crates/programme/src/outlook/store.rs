//! Snapshots and the packs they were made with, in the database.

use super::forecast::Forecaster;
use super::run::{Computed, Inputs, RunFailure};
use super::snapshot::{FRAME, Firms, FirmsBuilder, NAME, Snapshot};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use crate::deliveries::payload::{Rows, decode};
use crate::deliveries::{BatchFailure, day_number, day_of};
use crate::journal::{self, Act, Line};
use rayon::prelude::*;
use rules::pack::Pack;
use rules::pack::files::{PackFiles, hexadecimal};
use rules::period::Month;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use sm3::{Digest, Sm3};

const COLUMNS: &str = "id, as_of, known_by, pack, program, inputs, count, fingerprint, at";

impl From<DatabaseFailure> for RunFailure {
    fn from(failure: DatabaseFailure) -> RunFailure {
        RunFailure::Batch(BatchFailure::Database(failure))
    }
}

impl From<DbErr> for RunFailure {
    fn from(error: DbErr) -> RunFailure {
        DatabaseFailure(error).into()
    }
}

/// SM3 over the inputs and the SM3 of each part, which are taken side by side.
pub fn fingerprint(inputs: &str, parts: &[(usize, Vec<u8>)]) -> String {
    let own = parts.par_iter().map(|(count, payload)| {
        let mut digest = Sm3::new();
        digest.update((*count as u64).to_be_bytes());
        digest.update(payload);
        digest.finalize()
    });
    let own: Vec<_> = own.collect();
    let mut digest = Sm3::new();
    digest.update(inputs);
    for part in own {
        digest.update(part);
    }
    hexadecimal(&digest.finalize())
}

/// Stores a computed snapshot with its journal line; all of it or nothing.
pub async fn save<C: ConnectionTrait>(
    tx: &C,
    inputs: &Inputs,
    (as_of, known_by): (Month, chrono::NaiveDate),
    computed: &Computed,
    act: &Act,
) -> Result<Snapshot, RunFailure> {
    let parts = &computed.parts;
    let id = next_number(tx, "outlook_snapshots").await?;
    let text = serde_json::to_string(inputs).map_err(|e| RunFailure::Damaged(e.to_string()))?;
    let count: usize = parts.iter().map(|(count, _)| count).sum();
    let snapshot = Snapshot {
        id,
        as_of,
        known_by,
        pack: inputs.pack.clone(),
        program: inputs.program.clone(),
        fingerprint: fingerprint(&text, parts),
        inputs: text,
        count: count as u64,
        at: act.at,
    };
    let sql =
        format!("INSERT INTO outlook_snapshots ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    execute(
        tx,
        &sql,
        [
            id.into(),
            i64::from(as_of.index()).into(),
            day_number(known_by).into(),
            snapshot.pack.clone().into(),
            snapshot.program.clone().into(),
            snapshot.inputs.clone().into(),
            (count as i64).into(),
            snapshot.fingerprint.clone().into(),
            act.at.into(),
        ],
    )
    .await?;
    for (part, (count, payload)) in parts.iter().enumerate() {
        execute(
            tx,
            "INSERT INTO outlook_parts (snapshot, part, count, payload) VALUES (?, ?, ?, ?)",
            [
                id.into(),
                (part as i64).into(),
                (*count as i64).into(),
                payload.clone().into(),
            ],
        )
        .await?;
    }
    if let Some(forecaster) = &computed.forecaster {
        save_forecaster(tx, id, forecaster).await?;
    }
    let line = Line {
        act: "outlook.run",
        subject: format!("快照 {id}"),
        detail: format!("截至 {as_of}，{count} 家，{}", snapshot.fingerprint),
    };
    journal::append(tx, act, &line).await?;
    Ok(snapshot)
}

async fn save_forecaster<C: ConnectionTrait>(
    tx: &C,
    snapshot: i64,
    forecaster: &Forecaster,
) -> Result<(), RunFailure> {
    let damaged = |error: String| RunFailure::Damaged(error);
    let json = serde_json::to_vec(forecaster).map_err(|e| damaged(e.to_string()))?;
    let content = zstd::encode_all(json.as_slice(), 3).map_err(|e| damaged(e.to_string()))?;
    execute(
        tx,
        "INSERT INTO outlook_forecasters (snapshot, content) VALUES (?, ?)",
        [snapshot.into(), content.into()],
    )
    .await?;
    Ok(())
}

/// What the landing forecast of a snapshot had learnt; none where it had no revenue, or where
/// another version of the program learnt it.
pub async fn forecaster<C: ConnectionTrait>(
    db: &C,
    snapshot: i64,
) -> Result<Option<Forecaster>, RunFailure> {
    let sql = "SELECT content FROM outlook_forecasters WHERE snapshot = ?";
    let Some(found) = row(db, sql, [snapshot.into()]).await? else {
        return Ok(None);
    };
    let damaged = |error: String| RunFailure::Damaged(error);
    let content: Vec<u8> = found.try_get("", "content")?;
    let json = zstd::decode_all(content.as_slice()).map_err(|e| damaged(e.to_string()))?;
    // Another version of the program may have learnt other things; its snapshot stays good.
    Ok(serde_json::from_slice(&json).ok())
}

pub async fn snapshots<C: ConnectionTrait>(db: &C) -> Result<Vec<Snapshot>, RunFailure> {
    let sql = format!("SELECT {COLUMNS} FROM outlook_snapshots ORDER BY id");
    rows(db, &sql, []).await?.iter().map(read).collect()
}

pub async fn snapshot<C: ConnectionTrait>(db: &C, id: i64) -> Result<Option<Snapshot>, RunFailure> {
    let sql = format!("SELECT {COLUMNS} FROM outlook_snapshots WHERE id = ?");
    row(db, &sql, [id.into()])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// The newest snapshot, of a month where one is given.
pub async fn newest<C: ConnectionTrait>(
    db: &C,
    as_of: Option<Month>,
) -> Result<Option<Snapshot>, RunFailure> {
    let found = match as_of {
        Some(month) => {
            let sql = format!(
                "SELECT {COLUMNS} FROM outlook_snapshots WHERE as_of = ? ORDER BY known_by DESC, id DESC LIMIT 1"
            );
            row(db, &sql, [i64::from(month.index()).into()]).await?
        }
        None => {
            let sql = format!(
                "SELECT {COLUMNS} FROM outlook_snapshots ORDER BY as_of DESC, known_by DESC, id DESC LIMIT 1"
            );
            row(db, &sql, []).await?
        }
    };
    found.as_ref().map(read).transpose()
}

/// The firms of a snapshot.
pub async fn load<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    snapshot: &Snapshot,
) -> Result<Firms, RunFailure> {
    let sql = "SELECT payload FROM outlook_parts WHERE snapshot = ? ORDER BY part";
    let blobs: Vec<Vec<u8>> = rows(db, sql, [snapshot.id.into()])
        .await?
        .iter()
        .map(|blob| blob.try_get("", "payload"))
        .collect::<Result<_, _>>()?;
    let blobs: Vec<&[u8]> = blobs.iter().map(Vec::as_slice).collect();
    assemble(pack, blobs)?.ok_or(RunFailure::OtherFacts(snapshot.id, snapshot.as_of))
}

/// The keys of a snapshot's firms, ascending.
pub async fn keys_of<C: ConnectionTrait>(db: &C, snapshot: i64) -> Result<Vec<u128>, RunFailure> {
    let sql = "SELECT payload FROM outlook_parts WHERE snapshot = ? ORDER BY part";
    let mut keys = Vec::new();
    for blob in rows(db, sql, [snapshot.into()]).await? {
        let bytes: Vec<u8> = blob.try_get("", "payload")?;
        keys.extend(decode(&bytes, Some(&[]))?.keys);
    }
    Ok(keys)
}

/// Where the firms of computed parts stand, before they are stored: the ladder and the facts
/// of these slots; all others count as unknown.
pub fn firms_of(
    pack: &Pack,
    parts: &[(usize, Vec<u8>)],
    slots: &[usize],
) -> Result<Firms, RunFailure> {
    let facts = slots.iter().map(|slot| pack.facts[*slot].id.as_str());
    let wanted: Vec<&str> = facts.chain(FRAME).chain([NAME]).collect();
    let parts: Vec<Rows> = parts
        .par_iter()
        .map(|(_, payload)| decode(payload, Some(&wanted)))
        .collect::<Result<_, _>>()?;
    let mut builder = FirmsBuilder::new(pack, &parts);
    builder.add(pack, &parts, slots);
    let firms = builder.finish(pack, parts);
    Ok(firms.expect("the parts were computed with this pack"))
}

/// Facts decoded at a time: wide numbers of all of them at once would take three times the
/// memory of the columns that they become.
const FACTS_AT_ONCE: usize = 32;

fn assemble(pack: &Pack, payloads: Vec<&[u8]>) -> Result<Option<Firms>, RunFailure> {
    let decoded = |wanted: &[&str]| -> Result<Vec<Rows>, RunFailure> {
        let parts = payloads.par_iter().map(|bytes| decode(bytes, Some(wanted)));
        Ok(parts.collect::<Result<Vec<Rows>, _>>()?)
    };
    let names: Vec<&str> = FRAME.into_iter().chain([NAME]).collect();
    let frame = decoded(&names)?;
    let mut builder = FirmsBuilder::new(pack, &frame);
    let slots: Vec<usize> = (0..pack.facts.len()).collect();
    for slots in slots.chunks(FACTS_AT_ONCE) {
        let wanted: Vec<&str> = slots
            .iter()
            .map(|slot| pack.facts[*slot].id.as_str())
            .collect();
        if !builder.add(pack, &decoded(&wanted)?, slots) {
            return Ok(None);
        }
    }
    Ok(builder.finish(pack, frame))
}

/// Keeps the files of a pack by their fingerprint, once.
pub async fn save_pack<C: ConnectionTrait>(tx: &C, pack: &Pack, at: i64) -> Result<(), RunFailure> {
    let sql = "SELECT at FROM pack_editions WHERE fingerprint = ?";
    if row(tx, sql, [pack.fingerprint.clone().into()])
        .await?
        .is_some()
    {
        return Ok(());
    }
    let damaged = |error: String| RunFailure::Damaged(error);
    let json = serde_json::to_vec(&pack.files.0).map_err(|e| damaged(e.to_string()))?;
    let archive = zstd::encode_all(json.as_slice(), 9).map_err(|e| damaged(e.to_string()))?;
    execute(
        tx,
        "INSERT INTO pack_editions (fingerprint, archive, at) VALUES (?, ?, ?)",
        [pack.fingerprint.clone().into(), archive.into(), at.into()],
    )
    .await?;
    Ok(())
}

/// The files of a pack that an earlier run used.
pub async fn read_pack<C: ConnectionTrait>(
    db: &C,
    fingerprint: &str,
) -> Result<Option<PackFiles>, RunFailure> {
    let sql = "SELECT archive FROM pack_editions WHERE fingerprint = ?";
    let Some(found) = row(db, sql, [fingerprint.into()]).await? else {
        return Ok(None);
    };
    let damaged = |error: String| RunFailure::Damaged(error);
    let archive: Vec<u8> = found.try_get("", "archive")?;
    let json = zstd::decode_all(archive.as_slice()).map_err(|e| damaged(e.to_string()))?;
    let files = serde_json::from_slice(&json).map_err(|e| damaged(e.to_string()))?;
    Ok(Some(PackFiles(files)))
}

fn read(row: &QueryResult) -> Result<Snapshot, RunFailure> {
    let month: i64 = row.try_get("", "as_of")?;
    Ok(Snapshot {
        id: row.try_get("", "id")?,
        as_of: Month::from_index(month as i32)
            .ok_or_else(|| RunFailure::Damaged(format!("as_of {month}")))?,
        known_by: day_of(row.try_get("", "known_by")?),
        pack: row.try_get("", "pack")?,
        program: row.try_get("", "program")?,
        inputs: row.try_get("", "inputs")?,
        count: row.try_get::<i64>("", "count")? as u64,
        fingerprint: row.try_get("", "fingerprint")?,
        at: row.try_get("", "at")?,
    })
}
