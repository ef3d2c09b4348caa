//! The register and the confirmed lists out of the database.

use super::exceptions::{Exception, ExceptionRefusal, admissible};
use super::fold::{Enterprise, fold, ordered_lists};
use super::status::{ConfirmedList, StatusBook};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use crate::deliveries::payload::{part_of, parts_for};
use crate::deliveries::{Batch, BatchFailure, StoredBatch, load_part};
use crate::journal::{self, Act, Line};
use chrono::NaiveDate;
use rules::pack::Pack;
use rules::period::Month;
use rules::uscc::Uscc;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Enterprises of one part of the key space as known from these batches.
pub async fn enterprises<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
    (part, parts): (usize, usize),
) -> Result<Vec<Enterprise>, BatchFailure> {
    let mut lists = Vec::new();
    for batch in ordered_lists(batches, "register", as_of) {
        if let Some(place) = stored.get(&batch.id) {
            lists.push((batch.id, load_part(db, *place, part, parts, None).await?));
        }
    }
    Ok(fold(lists, &pack.divisions))
}

/// One enterprise; only its part of each batch is read.
pub async fn one_enterprise<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
    uscc: Uscc,
) -> Result<Option<Enterprise>, BatchFailure> {
    let parts = parts_for(usize::MAX);
    let place = (part_of(uscc.key(), parts), parts);
    let found = enterprises(db, pack, batches, stored, as_of, place).await?;
    Ok(found.into_iter().find(|firm| firm.key == uscc.key()))
}

/// Keys of every firm in the register batches.
pub async fn known_keys<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
) -> Result<HashSet<u128>, BatchFailure> {
    let mut keys = HashSet::new();
    for batch in batches.iter().filter(|batch| batch.kind == "register") {
        if let Some(place) = stored.get(&batch.id) {
            keys.extend(load_part(db, *place, 0, 1, Some(&[])).await?.keys);
        }
    }
    Ok(keys)
}

/// The spells of all firms. Lists after the month are used only where none is before it.
pub async fn status_book<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
) -> Result<StatusBook, BatchFailure> {
    let mut confirmed: Vec<&Batch> = batches.iter().filter(|b| b.kind == "confirmed").collect();
    confirmed.sort_by_key(|batch| (batch.month, batch.id));
    if confirmed.iter().any(|batch| batch.month <= as_of) {
        confirmed.retain(|batch| batch.month <= as_of);
    } else {
        confirmed.truncate(1);
    }
    let wanted = ["entered", "entry_door", "left", "left_reason"];
    let mut lists = Vec::new();
    for batch in confirmed {
        if let Some(place) = stored.get(&batch.id) {
            let list = ConfirmedList {
                batch: batch.id,
                month: batch.month,
                region: batch.region,
            };
            lists.push((list, load_part(db, *place, 0, 1, Some(&wanted)).await?));
        }
    }
    let predecessors = predecessors(db, batches, stored).await?;
    Ok(StatusBook::new(lists, predecessors))
}

/// Which code a firm had before, by key.
async fn predecessors<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
) -> Result<HashMap<u128, u128>, BatchFailure> {
    let mut links = HashMap::new();
    for batch in batches.iter().filter(|batch| batch.kind == "register") {
        let Some(place) = stored.get(&batch.id) else {
            continue;
        };
        let rows = load_part(db, *place, 0, 1, Some(&["predecessor"])).await?;
        for (key, text) in rows
            .keys
            .iter()
            .zip(rows.text("predecessor").unwrap_or_default())
        {
            if let Ok((code, _)) = Uscc::read(text)
                && code.key() != *key
            {
                links.insert(*key, code.key());
            }
        }
    }
    Ok(links)
}

/// The recorded exceptions by code.
pub async fn exceptions<C: ConnectionTrait>(
    db: &C,
) -> Result<HashMap<Uscc, Exception>, DatabaseFailure> {
    let sql =
        "SELECT uscc, evidence, organisation, person, on_day FROM register_exceptions ORDER BY id";
    let mut found = HashMap::new();
    for row in rows(db, sql, []).await? {
        let text: String = row.try_get("", "uscc")?;
        let code = match Uscc::read(&text) {
            Ok((code, _)) | Err(rules::uscc::UsccFault::CheckSymbol { code, .. }) => code,
            Err(_) => continue,
        };
        let exception = Exception {
            uscc: code,
            evidence: row.try_get("", "evidence")?,
            organisation: row.try_get("", "organisation")?,
            person: row.try_get("", "person")?,
            on: crate::deliveries::day_of(row.try_get("", "on_day")?),
        };
        found.insert(code, exception);
    }
    Ok(found)
}

/// Records an exception with its journal line.
pub async fn record_exception<C: ConnectionTrait>(
    tx: &C,
    text: &str,
    evidence: &str,
    act: &Act,
) -> Result<Result<Uscc, ExceptionRefusal>, DatabaseFailure> {
    let code = match admissible(text, evidence, &act.person) {
        Ok(code) => code,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sql = "SELECT person, on_day FROM register_exceptions WHERE uscc = ?";
    if let Some(found) = row(tx, sql, [code.to_string().into()]).await? {
        let day: NaiveDate = crate::deliveries::day_of(found.try_get("", "on_day")?);
        return Ok(Err(ExceptionRefusal::Recorded(
            code,
            found.try_get("", "person")?,
            day,
        )));
    }
    let id = next_number(tx, "register_exceptions").await?;
    execute(
        tx,
        "INSERT INTO register_exceptions (id, uscc, evidence, organisation, person, on_day, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            id.into(),
            code.to_string().into(),
            evidence.into(),
            act.organisation.id().into(),
            act.person.clone().into(),
            crate::deliveries::day_number(act.on).into(),
            act.at.into(),
        ],
    )
    .await?;
    let line = Line {
        act: "register.exception",
        subject: code.to_string(),
        detail: evidence.to_string(),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(code))
}
