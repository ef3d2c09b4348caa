//! Records of the pool in the database, and rows of the lists that offices handed in.

use super::membership::{ActKind, PoolAct, fold};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use crate::deliveries::payload::Rows;
use crate::deliveries::{Batch, BatchFailure, StoredBatch, day_number, day_of, load_part};
use crate::journal::{self, Act, Horizon, Line};
use crate::outlook::{Standing, Standings};
use chrono::NaiveDate;
use rules::uscc::{Uscc, UsccFault};
use sea_orm::{ConnectionTrait, QueryResult};
use std::collections::{BTreeMap, HashMap};

const COLUMNS: &str = "id, uscc, act, class, reason, organisation, person, on_day";

/// Every act in order of its number.
pub async fn acts<C: ConnectionTrait>(db: &C) -> Result<Vec<PoolAct>, DatabaseFailure> {
    acts_by(db, Horizon::ALL).await
}

/// Those that were recorded by then.
pub async fn acts_by<C: ConnectionTrait>(
    db: &C,
    by: Horizon,
) -> Result<Vec<PoolAct>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM pool_acts WHERE on_day <= ? AND at <= ? ORDER BY id");
    let bounds = [day_number(by.on).into(), by.at.into()];
    collect(rows(db, &sql, bounds).await?)
}

/// The acts of one firm.
pub async fn acts_of<C: ConnectionTrait>(
    db: &C,
    uscc: Uscc,
) -> Result<Vec<PoolAct>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM pool_acts WHERE uscc = ? ORDER BY id");
    collect(rows(db, &sql, [uscc.to_string().into()]).await?)
}

/// Acts by their numbers: `count` from `first` on.
pub async fn acts_from<C: ConnectionTrait>(
    db: &C,
    first: i64,
    count: i64,
) -> Result<Vec<PoolAct>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM pool_acts WHERE id >= ? AND id < ? ORDER BY id");
    let end = first.saturating_add(count);
    collect(rows(db, &sql, [first.into(), end.into()]).await?)
}

/// Number of the last act; 0 where there is none.
pub async fn last_act<C: ConnectionTrait>(db: &C) -> Result<i64, DatabaseFailure> {
    let sql = "SELECT COALESCE(MAX(id), 0) AS last FROM pool_acts";
    let found = row(db, sql, []).await?.expect("an aggregate has one row");
    Ok(found.try_get("", "last")?)
}

/// What the acts up to a number and a day say, for a run.
pub async fn standings<C: ConnectionTrait>(
    db: &C,
    through: i64,
    known_by: NaiveDate,
) -> Result<Standings, DatabaseFailure> {
    let acts = acts(db).await?;
    let known = acts
        .iter()
        .filter(|act| act.id <= through && act.on <= known_by);
    let by_key: HashMap<u128, Standing> = fold(known)
        .into_iter()
        .map(|(key, member)| (key, member.standing))
        .collect();
    Ok(Standings { through, by_key })
}

/// Records acts of one kind with one journal line; gives the number of the first.
pub async fn record<C: ConnectionTrait>(
    tx: &C,
    kind: ActKind,
    firms: &[(Uscc, String)],
    reason: &str,
    act: &Act,
) -> Result<i64, DatabaseFailure> {
    let first = next_number(tx, "pool_acts").await?;
    for (offset, (uscc, class)) in firms.iter().enumerate() {
        execute(
            tx,
            "INSERT INTO pool_acts (id, uscc, act, class, reason, organisation, person, on_day, at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (first + offset as i64).into(),
                uscc.to_string().into(),
                kind.id().into(),
                class.clone().into(),
                reason.into(),
                act.organisation.id().into(),
                act.person.clone().into(),
                day_number(act.on).into(),
                act.at.into(),
            ],
        )
        .await?;
    }
    let subject = match firms {
        [(only, _)] => only.to_string(),
        many => format!("{}家", many.len()),
    };
    let line = Line {
        act: match kind {
            ActKind::Admit => "pool.admit",
            ActKind::Remove => "pool.remove",
            ActKind::Declare => "pool.declare",
            ActKind::Withdraw => "pool.withdraw",
        },
        subject,
        detail: format!("{reason}；记录 {first} 起"),
    };
    journal::append(tx, act, &line).await?;
    Ok(first)
}

/// The rows of an office's own list.
pub async fn list_rows<C: ConnectionTrait>(
    db: &C,
    batch: &Batch,
    stored: &BTreeMap<i64, StoredBatch>,
) -> Result<Rows, BatchFailure> {
    match stored.get(&batch.id) {
        Some(place) => load_part(db, *place, 0, 1, None).await,
        None => Ok(Rows::default()),
    }
}

fn collect(found: Vec<QueryResult>) -> Result<Vec<PoolAct>, DatabaseFailure> {
    let mut acts = Vec::with_capacity(found.len());
    for row in &found {
        let text: String = row.try_get("", "uscc")?;
        let uscc = match Uscc::read(&text) {
            Ok((code, _)) | Err(UsccFault::CheckSymbol { code, .. }) => code,
            Err(_) => continue,
        };
        let kind: String = row.try_get("", "act")?;
        let Some(kind) = ActKind::from_id(&kind) else {
            continue;
        };
        acts.push(PoolAct {
            id: row.try_get("", "id")?,
            uscc,
            kind,
            class: row.try_get("", "class")?,
            reason: row.try_get("", "reason")?,
            organisation: row.try_get("", "organisation")?,
            person: row.try_get("", "person")?,
            on: day_of(row.try_get("", "on_day")?),
        });
    }
    Ok(acts)
}
