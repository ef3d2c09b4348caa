//! Pushes, their notices, and results, in the database.

use super::outcomes::{Outcome, OutcomeRefusal, RecordedOutcome};
use super::pushes::{Noted, Notice, NoticeKind, Push, PushInputs, fingerprint_of};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use crate::deliveries::payload::{EMPTY, Rows, decode, encode};
use crate::deliveries::{day_number, day_of};
use crate::journal::{self, Act, Horizon, Line};
use crate::outlook::RunFailure;
use rules::measures::Verdict;
use rules::uscc::{Uscc, UsccFault};
use sea_orm::{ConnectionTrait, QueryResult};

const COLUMNS: &str =
    "id, snapshot, law_day, pack, inputs, count, fingerprint, organisation, person, on_day, at";
/// Notices of one stored part.
const NOTICES_PER_PART: usize = 262_144;

/// States compressed, and notices in parts with their number.
type Encoded = (Vec<u8>, Vec<(usize, Vec<u8>)>);

fn encoded(noted: &Noted, notices: &[Notice]) -> Result<Encoded, RunFailure> {
    let damaged = |error: std::io::Error| RunFailure::Damaged(error.to_string());
    let states = zstd::encode_all(noted.packed().as_slice(), 9).map_err(damaged)?;
    let mut parts = Vec::new();
    for chunk in notices.chunks(NOTICES_PER_PART) {
        let column = |value: fn(&Notice) -> i64| chunk.iter().map(value).collect();
        let verdict = |notice: &Notice| {
            let place = Verdict::ALL.iter().position(|own| *own == notice.verdict);
            place.map_or(EMPTY, |place| place as i64)
        };
        let rows = Rows {
            keys: chunk.iter().map(|notice| notice.key).collect(),
            numbers: vec![
                (
                    "measure".to_string(),
                    column(|notice| notice.measure as i64),
                ),
                ("kind".to_string(), column(|notice| notice.kind.code())),
                ("verdict".to_string(), chunk.iter().map(verdict).collect()),
                (
                    "fact".to_string(),
                    column(|notice| notice.fact.map_or(EMPTY, |fact| fact as i64)),
                ),
            ],
            texts: Vec::new(),
        };
        parts.push((chunk.len(), encode(&rows, 0, rows.len())?));
    }
    Ok((states, parts))
}

/// The fingerprint that a push with this content has.
pub fn fingerprint(
    inputs: &PushInputs,
    noted: &Noted,
    notices: &[Notice],
) -> Result<String, RunFailure> {
    let text = serde_json::to_string(inputs).map_err(|e| RunFailure::Damaged(e.to_string()))?;
    let (states, parts) = encoded(noted, notices)?;
    let parts: Vec<Vec<u8>> = parts.into_iter().map(|(_, part)| part).collect();
    Ok(fingerprint_of(&text, &states, &parts))
}

/// Stores a push with its journal line; all of it or nothing. The previous push is asked for
/// again, so that two at once do not tell the same twice.
pub async fn save_push<C: ConnectionTrait>(
    tx: &C,
    inputs: &PushInputs,
    noted: &Noted,
    notices: &[Notice],
    law_day: chrono::NaiveDate,
    act: &Act,
) -> Result<Option<Push>, RunFailure> {
    let last = newest_push(tx).await?.map_or(0, |push| push.id);
    if last != inputs.previous {
        return Ok(None);
    }
    let id = next_number(tx, "measures_pushes").await?;
    let text = serde_json::to_string(inputs).map_err(|e| RunFailure::Damaged(e.to_string()))?;
    let (states, parts) = encoded(noted, notices)?;
    let payloads: Vec<Vec<u8>> = parts.iter().map(|(_, part)| part.clone()).collect();
    let push = Push {
        id,
        snapshot: inputs.snapshot,
        law_day,
        pack: inputs.pack.clone(),
        fingerprint: fingerprint_of(&text, &states, &payloads),
        inputs: text,
        count: notices.len() as u64,
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
        at: act.at,
    };
    let sql = format!(
        "INSERT INTO measures_pushes ({COLUMNS}, states) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    execute(
        tx,
        &sql,
        [
            id.into(),
            push.snapshot.into(),
            day_number(law_day).into(),
            push.pack.clone().into(),
            push.inputs.clone().into(),
            (push.count as i64).into(),
            push.fingerprint.clone().into(),
            push.organisation.clone().into(),
            push.person.clone().into(),
            day_number(act.on).into(),
            act.at.into(),
            states.into(),
        ],
    )
    .await?;
    save_notices(tx, id, parts).await?;
    let line = Line {
        act: "measures.push",
        subject: format!("推送 {id}"),
        detail: format!(
            "快照 {}，按 {law_day} 的规定，{} 条，{}",
            push.snapshot, push.count, push.fingerprint
        ),
    };
    journal::append(tx, act, &line).await?;
    Ok(Some(push))
}

async fn save_notices<C: ConnectionTrait>(
    tx: &C,
    id: i64,
    parts: Vec<(usize, Vec<u8>)>,
) -> Result<(), RunFailure> {
    for (part, (count, payload)) in parts.into_iter().enumerate() {
        execute(
            tx,
            "INSERT INTO measures_notices (push, part, count, payload) VALUES (?, ?, ?, ?)",
            [
                id.into(),
                (part as i64).into(),
                (count as i64).into(),
                payload.into(),
            ],
        )
        .await?;
    }
    Ok(())
}

/// All pushes, oldest first.
pub async fn pushes<C: ConnectionTrait>(db: &C) -> Result<Vec<Push>, RunFailure> {
    let sql = format!("SELECT {COLUMNS} FROM measures_pushes ORDER BY id");
    rows(db, &sql, []).await?.iter().map(read_push).collect()
}

/// The newest push.
pub async fn newest_push<C: ConnectionTrait>(db: &C) -> Result<Option<Push>, RunFailure> {
    newest_push_by(db, Horizon::ALL).await
}

/// The newest push of those that were made by then.
pub async fn newest_push_by<C: ConnectionTrait>(
    db: &C,
    by: Horizon,
) -> Result<Option<Push>, RunFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM measures_pushes WHERE on_day <= ? AND at <= ? ORDER BY id DESC LIMIT 1"
    );
    let bounds = [day_number(by.on).into(), by.at.into()];
    let found = row(db, &sql, bounds).await?;
    found.as_ref().map(read_push).transpose()
}

fn read_push(row: &QueryResult) -> Result<Push, RunFailure> {
    Ok(Push {
        id: row.try_get("", "id")?,
        snapshot: row.try_get("", "snapshot")?,
        law_day: day_of(row.try_get("", "law_day")?),
        pack: row.try_get("", "pack")?,
        inputs: row.try_get("", "inputs")?,
        count: row.try_get::<i64>("", "count")? as u64,
        fingerprint: row.try_get("", "fingerprint")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        on: day_of(row.try_get("", "on_day")?),
        at: row.try_get("", "at")?,
    })
}

/// The states that a push left behind. `keys` are those of its snapshot.
pub async fn states_of<C: ConnectionTrait>(
    db: &C,
    push: &Push,
    keys: Vec<u128>,
) -> Result<Noted, RunFailure> {
    let damaged = |error: String| RunFailure::Damaged(error);
    let inputs: PushInputs =
        serde_json::from_str(&push.inputs).map_err(|e| damaged(e.to_string()))?;
    let sql = "SELECT states FROM measures_pushes WHERE id = ?";
    let found = row(db, sql, [push.id.into()]).await?;
    let found = found.ok_or_else(|| damaged(format!("推送 {}", push.id)))?;
    let packed: Vec<u8> = found.try_get("", "states")?;
    let bytes = zstd::decode_all(packed.as_slice()).map_err(|e| damaged(e.to_string()))?;
    Noted::unpacked(keys, inputs.measures.len(), &bytes)
        .ok_or_else(|| damaged(format!("推送 {}", push.id)))
}

/// The notices of a push.
pub async fn notices<C: ConnectionTrait>(db: &C, push: i64) -> Result<Vec<Notice>, RunFailure> {
    let sql = "SELECT payload FROM measures_notices WHERE push = ? ORDER BY part";
    let mut notices = Vec::new();
    for blob in rows(db, sql, [push.into()]).await? {
        let bytes: Vec<u8> = blob.try_get("", "payload")?;
        let rows = decode(&bytes, None)?;
        let column = |name: &str| rows.number(name).unwrap_or_default();
        let (measure, kind) = (column("measure"), column("kind"));
        let (verdict, fact) = (column("verdict"), column("fact"));
        for (index, key) in rows.keys.iter().enumerate() {
            let damaged = || RunFailure::Damaged(format!("推送 {push}"));
            let kind = NoticeKind::ALL
                .get(kind[index] as usize)
                .ok_or_else(damaged)?;
            let verdict = Verdict::ALL
                .get(verdict[index] as usize)
                .ok_or_else(damaged)?;
            notices.push(Notice {
                key: *key,
                measure: measure[index] as usize,
                kind: *kind,
                verdict: *verdict,
                fact: (fact[index] != EMPTY).then_some(fact[index] as usize),
            });
        }
    }
    Ok(notices)
}

/// Records results, all or none; the first that cannot be recorded is the answer.
pub async fn record_outcomes<C: ConnectionTrait>(
    tx: &C,
    outcomes: &[Outcome],
    act: &Act,
) -> Result<Result<usize, OutcomeRefusal>, DatabaseFailure> {
    if act.person.is_empty() {
        return Ok(Err(OutcomeRefusal::NoPerson));
    }
    let mut id = next_number(tx, "measures_outcomes").await?;
    for outcome in outcomes {
        if !outcome.is_granted && outcome.reason.trim().is_empty() {
            return Ok(Err(OutcomeRefusal::NoReason));
        }
        let found = row(
            tx,
            "SELECT id FROM measures_outcomes WHERE measure = ? AND uscc = ? AND granted = ? AND on_day = ?",
            [
                outcome.measure.clone().into(),
                outcome.uscc.to_string().into(),
                i64::from(outcome.is_granted).into(),
                day_number(act.on).into(),
            ],
        )
        .await?;
        if found.is_some() {
            return Ok(Err(OutcomeRefusal::Repeated {
                measure: outcome.measure.clone(),
                uscc: outcome.uscc,
                on: act.on,
            }));
        }
        execute(
            tx,
            "INSERT INTO measures_outcomes (id, measure, uscc, granted, amount, reason, push, organisation, person, on_day, at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                id.into(),
                outcome.measure.clone().into(),
                outcome.uscc.to_string().into(),
                i64::from(outcome.is_granted).into(),
                outcome.amount_fen.into(),
                outcome.reason.clone().into(),
                outcome.push.into(),
                act.organisation.id().into(),
                act.person.clone().into(),
                day_number(act.on).into(),
                act.at.into(),
            ],
        )
        .await?;
        id += 1;
    }
    let line = Line {
        act: "measures.outcome",
        subject: match outcomes {
            [one] => format!("{} {}", one.measure, one.uscc),
            many => format!("{} 条办理结果", many.len()),
        },
        detail: match outcomes {
            [one] if one.is_granted => "已享受".to_string(),
            [one] => format!("未批准：{}", one.reason),
            _ => String::new(),
        },
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(outcomes.len()))
}

/// All results in the order in which they were recorded.
pub async fn outcomes<C: ConnectionTrait>(db: &C) -> Result<Vec<Outcome>, RunFailure> {
    outcomes_by(db, Horizon::ALL).await
}

/// Those that were recorded by then.
pub async fn outcomes_by<C: ConnectionTrait>(
    db: &C,
    by: Horizon,
) -> Result<Vec<Outcome>, RunFailure> {
    let sql = "SELECT measure, uscc, granted, amount, reason, push FROM measures_outcomes \
               WHERE on_day <= ? AND at <= ? ORDER BY id";
    let bounds = [day_number(by.on).into(), by.at.into()];
    let found = rows(db, sql, bounds).await?;
    found.iter().map(read_outcome).collect()
}

/// The results of one firm, oldest first, with who recorded them on which day.
pub async fn outcomes_of<C: ConnectionTrait>(
    db: &C,
    uscc: Uscc,
) -> Result<Vec<RecordedOutcome>, RunFailure> {
    let sql = "SELECT measure, uscc, granted, amount, reason, push, organisation, person, on_day \
               FROM measures_outcomes WHERE uscc = ? ORDER BY id";
    let found = rows(db, sql, [uscc.to_string().into()]).await?;
    let recorded = found.iter().map(|row| {
        Ok(RecordedOutcome {
            outcome: read_outcome(row)?,
            organisation: row.try_get("", "organisation")?,
            person: row.try_get("", "person")?,
            on: day_of(row.try_get("", "on_day")?),
        })
    });
    recorded.collect()
}

fn read_outcome(row: &QueryResult) -> Result<Outcome, RunFailure> {
    let text: String = row.try_get("", "uscc")?;
    let uscc = match Uscc::read(&text) {
        Ok((uscc, _)) | Err(UsccFault::CheckSymbol { code: uscc, .. }) => uscc,
        Err(fault) => return Err(RunFailure::Damaged(fault.to_string())),
    };
    Ok(Outcome {
        measure: row.try_get("", "measure")?,
        uscc,
        is_granted: row.try_get::<i64>("", "granted")? == 1,
        amount_fen: row.try_get("", "amount")?,
        reason: row.try_get("", "reason")?,
        push: row.try_get("", "push")?,
    })
}
