//! Handed lists in the database; each opens a follow-up for every firm in the same transaction.

use super::{HandOver, HandOverRefusal, Handed, Request, fingerprint_of};
use crate::database::{execute, next_number, row, rows};
use crate::deliveries::payload::{EMPTY, Rows, decode, encode};
use crate::deliveries::{day_number, day_of, known_number};
use crate::journal::{self, Act, Horizon, Line};
use crate::outlook::RunFailure;
use crate::outlook::follow_ups::{FollowActKind, record};
use crate::people::Organisation;
use rules::pack::Pack;
use rules::period::Month;
use rules::uscc::Uscc;
use sea_orm::{ConnectionTrait, QueryResult};

const COLUMNS: &str = "id, snapshot, as_of, levels, division, receiver, purpose, basis, count, fingerprint, organisation, person, on_day";

/// Between the names of a firm's categories.
const COMMA: &str = "、";

/// Stores a list with its journal line and opens the follow-ups; all of it or nothing.
pub async fn save<C: ConnectionTrait>(
    tx: &C,
    pack: &Pack,
    request: &Request,
    list: &[Handed],
    act: &Act,
) -> Result<Result<HandOver, HandOverRefusal>, RunFailure> {
    if list.is_empty() {
        return Ok(Err(HandOverRefusal::NoFirm));
    }
    let payload = encoded(list)?;
    let fingerprint = fingerprint_of(request.snapshot, &payload);
    if let Some(id) = earlier(tx, &request.receiver, &fingerprint).await? {
        return Ok(Err(HandOverRefusal::Repeated(id)));
    }
    let saved = HandOver {
        id: next_number(tx, "outlook_hand_overs").await?,
        request: request.clone(),
        count: list.len() as u64,
        fingerprint,
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
    };
    let sql = format!(
        "INSERT INTO outlook_hand_overs ({COLUMNS}, at, payload) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    execute(
        tx,
        &sql,
        [
            saved.id.into(),
            request.snapshot.into(),
            i64::from(request.as_of.index()).into(),
            request.levels.clone().into(),
            request.division.map(i64::from).into(),
            request.receiver.clone().into(),
            request.purpose.clone().into(),
            request.basis.clone().into(),
            (saved.count as i64).into(),
            saved.fingerprint.clone().into(),
            saved.organisation.clone().into(),
            saved.person.clone().into(),
            day_number(act.on).into(),
            act.at.into(),
            payload.into(),
        ],
    )
    .await?;
    let firms = list.iter().filter_map(|own| Uscc::from_key(own.key));
    let firms: Vec<Uscc> = firms.collect();
    let opened = (FollowActKind::Open, Some(saved.id));
    record(tx, &firms, opened, &request.purpose, act).await?;
    let receiver = Organisation::from_id(pack, &request.receiver);
    let receiver = receiver.map_or(request.receiver.clone(), |own| own.name(pack, act.on));
    let line = Line {
        act: "outlook.hand-over",
        subject: format!("第{}号移交", saved.id),
        detail: format!(
            "快照 {}，{}，移交给{receiver}，{}家，用途：{}，名单校验值 {}",
            request.snapshot, request.levels, saved.count, request.purpose, saved.fingerprint
        ),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(saved))
}

/// The number under which a receiver already has this list.
pub async fn earlier<C: ConnectionTrait>(
    db: &C,
    receiver: &str,
    fingerprint: &str,
) -> Result<Option<i64>, RunFailure> {
    let sql = "SELECT id FROM outlook_hand_overs WHERE receiver = ? AND fingerprint = ?";
    let found = row(db, sql, [receiver.into(), fingerprint.into()]).await?;
    Ok(found.map(|found| found.try_get("", "id")).transpose()?)
}

/// All lists that were handed on, oldest first.
pub async fn hand_overs<C: ConnectionTrait>(db: &C) -> Result<Vec<HandOver>, RunFailure> {
    hand_overs_by(db, Horizon::ALL).await
}

/// Those that were handed on by then.
pub async fn hand_overs_by<C: ConnectionTrait>(
    db: &C,
    by: Horizon,
) -> Result<Vec<HandOver>, RunFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM outlook_hand_overs WHERE on_day <= ? AND at <= ? ORDER BY id"
    );
    let bounds = [day_number(by.on).into(), by.at.into()];
    rows(db, &sql, bounds).await?.iter().map(read).collect()
}

/// One of them.
pub async fn hand_over<C: ConnectionTrait>(
    db: &C,
    id: i64,
) -> Result<Option<HandOver>, RunFailure> {
    let sql = format!("SELECT {COLUMNS} FROM outlook_hand_overs WHERE id = ?");
    let found = row(db, &sql, [id.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// The firms of a list, as they were handed on.
pub async fn handed<C: ConnectionTrait>(db: &C, id: i64) -> Result<Vec<Handed>, RunFailure> {
    let damaged = || RunFailure::Damaged(format!("第{id}号移交"));
    let sql = "SELECT payload FROM outlook_hand_overs WHERE id = ?";
    let found = row(db, sql, [id.into()]).await?.ok_or_else(damaged)?;
    let bytes: Vec<u8> = found.try_get("", "payload")?;
    decoded(&decode(&bytes, None)?).ok_or_else(damaged)
}

fn encoded(list: &[Handed]) -> Result<Vec<u8>, RunFailure> {
    let number = |value: fn(&Handed) -> Option<i64>| {
        let values = list.iter().map(|own| value(own).unwrap_or(EMPTY));
        values.collect::<Vec<i64>>()
    };
    let text = |value: fn(&Handed) -> String| list.iter().map(value).collect::<Vec<String>>();
    let rows = Rows {
        keys: list.iter().map(|own| own.key).collect(),
        numbers: vec![
            ("area".to_string(), number(|own| own.area.map(i64::from))),
            (
                "county".to_string(),
                number(|own| own.county.map(i64::from)),
            ),
            (
                "entered".to_string(),
                number(|own| own.entered.map(|month| i64::from(month.index()))),
            ),
        ],
        texts: vec![
            ("name".to_string(), text(|own| own.name.clone())),
            ("level".to_string(), text(|own| own.level.clone())),
            ("possible".to_string(), text(|own| own.possible.clone())),
            ("reasons".to_string(), text(|own| own.reasons.join(COMMA))),
        ],
    };
    Ok(encode(&rows, 0, rows.len())?)
}

fn decoded(rows: &Rows) -> Option<Vec<Handed>> {
    let (area, county) = (rows.number("area")?, rows.number("county")?);
    let entered = rows.number("entered")?;
    let (name, level) = (rows.text("name")?, rows.text("level")?);
    let (possible, reasons) = (rows.text("possible")?, rows.text("reasons")?);
    let list = rows.keys.iter().enumerate().map(|(row, key)| Handed {
        key: *key,
        name: name[row].clone(),
        area: known_number(area[row]).map(|code| code as u32),
        county: known_number(county[row]).map(|code| code as u32),
        entered: known_number(entered[row]).and_then(|index| Month::from_index(index as i32)),
        level: level[row].clone(),
        possible: possible[row].clone(),
        reasons: reasons[row]
            .split(COMMA)
            .filter(|name| !name.is_empty())
            .map(str::to_string)
            .collect(),
    });
    Some(list.collect())
}

fn read(row: &QueryResult) -> Result<HandOver, RunFailure> {
    let month: i64 = row.try_get("", "as_of")?;
    let division: Option<i64> = row.try_get("", "division")?;
    Ok(HandOver {
        id: row.try_get("", "id")?,
        request: Request {
            snapshot: row.try_get("", "snapshot")?,
            as_of: Month::from_index(month as i32)
                .ok_or_else(|| RunFailure::Damaged(format!("as_of {month}")))?,
            levels: row.try_get("", "levels")?,
            division: division.map(|code| code as u32),
            receiver: row.try_get("", "receiver")?,
            purpose: row.try_get("", "purpose")?,
            basis: row.try_get("", "basis")?,
        },
        count: row.try_get::<i64>("", "count")? as u64,
        fingerprint: row.try_get("", "fingerprint")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        on: day_of(row.try_get("", "on_day")?),
    })
}
