//! Issued lists in the database.

use super::{Drawn, ExchangeRefusal, FIRMS_MAX, IssuedList, fingerprint_of};
use crate::database::{DatabaseFailure, execute, next_number, row, rows as found_rows};
use crate::deliveries::{day_number, day_of};
use crate::journal::{self, Act, Line};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

const COLUMNS: &str = "id, kind, name, receiver, snapshot, pack, program, from_day, to_day, \
    notice, columns, count, fingerprint, organisation, person, on_day, at";

fn broken(detail: impl std::fmt::Display) -> DatabaseFailure {
    DatabaseFailure(DbErr::Custom(format!("issued list: {detail}")))
}

/// Records a list with its rows and its journal line; number, count and fingerprint are given
/// here. Only inside a transaction of `Database::begin_writing`.
///
/// # Errors
/// The inner answer is a refusal: nobody is listed, too many are, or the same was issued.
pub async fn issue<C: ConnectionTrait>(
    tx: &C,
    wanted: &IssuedList,
    drawn: &Drawn,
    act: &Act,
) -> Result<Result<IssuedList, ExchangeRefusal>, DatabaseFailure> {
    if drawn.rows.is_empty() {
        return Ok(Err(ExchangeRefusal::NoFirm));
    }
    if drawn.rows.len() > FIRMS_MAX {
        return Ok(Err(ExchangeRefusal::TooMany(drawn.rows.len())));
    }
    let plain = serde_json::to_vec(&drawn.rows).map_err(broken)?;
    let fingerprint = fingerprint_of(&plain);
    let same = "SELECT id FROM exchange_lists WHERE kind = ? AND receiver = ? AND snapshot = ? \
        AND fingerprint = ? AND to_day >= ? ORDER BY id LIMIT 1";
    let values = [
        wanted.kind.clone().into(),
        wanted.receiver.clone().into(),
        wanted.snapshot.into(),
        fingerprint.clone().into(),
        day_number(act.on).into(),
    ];
    if let Some(earlier) = row(tx, same, values).await? {
        return Ok(Err(ExchangeRefusal::Repeated(earlier.try_get("", "id")?)));
    }
    let issued = IssuedList {
        id: next_number(tx, "exchange_lists").await?,
        columns: drawn.columns.clone(),
        count: drawn.rows.len() as u64,
        fingerprint,
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
        at: act.at,
        ..wanted.clone()
    };
    insert(tx, &issued, &plain).await?;
    let line = Line {
        act: "exchange.issue",
        subject: format!("名单{}", issued.id),
        detail: format!(
            "{}发给{}，{}家，{}至{}，SM3 {}",
            issued.name, issued.receiver, issued.count, issued.from, issued.to, issued.fingerprint
        ),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(issued))
}

async fn insert<C: ConnectionTrait>(
    tx: &C,
    issued: &IssuedList,
    plain: &[u8],
) -> Result<(), DatabaseFailure> {
    let payload = zstd::encode_all(plain, 3).map_err(broken)?;
    let columns = serde_json::to_string(&issued.columns).map_err(broken)?;
    let sql = format!(
        "INSERT INTO exchange_lists ({COLUMNS}, payload) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    let values = [
        issued.id.into(),
        issued.kind.clone().into(),
        issued.name.clone().into(),
        issued.receiver.clone().into(),
        issued.snapshot.into(),
        issued.pack.clone().into(),
        issued.program.clone().into(),
        day_number(issued.from).into(),
        day_number(issued.to).into(),
        issued.notice.clone().into(),
        columns.into(),
        (issued.count as i64).into(),
        issued.fingerprint.clone().into(),
        issued.organisation.clone().into(),
        issued.person.clone().into(),
        day_number(issued.on).into(),
        issued.at.into(),
        payload.into(),
    ];
    execute(tx, &sql, values).await?;
    Ok(())
}

/// Every issued list, in order of its number.
pub async fn lists<C: ConnectionTrait>(db: &C) -> Result<Vec<IssuedList>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM exchange_lists ORDER BY id");
    found_rows(db, &sql, []).await?.iter().map(read).collect()
}

/// One issued list.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    id: i64,
) -> Result<Option<IssuedList>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM exchange_lists WHERE id = ?");
    let found = row(db, &sql, [id.into()]).await?;
    found.as_ref().map(read).transpose()
}

/// The rows of a list as they were issued.
pub async fn rows<C: ConnectionTrait>(
    db: &C,
    issued: &IssuedList,
) -> Result<Vec<Vec<String>>, DatabaseFailure> {
    let sql = "SELECT payload FROM exchange_lists WHERE id = ?";
    let Some(found) = row(db, sql, [issued.id.into()]).await? else {
        return Err(broken("gone"));
    };
    let payload: Vec<u8> = found.try_get("", "payload")?;
    let plain = zstd::decode_all(payload.as_slice()).map_err(broken)?;
    if fingerprint_of(&plain) != issued.fingerprint {
        return Err(broken("rows are not what was issued"));
    }
    serde_json::from_slice(&plain).map_err(broken)
}

/// Writes down that a list was taken. Only inside a transaction of `Database::begin_writing`.
pub async fn take<C: ConnectionTrait>(
    tx: &C,
    issued: &IssuedList,
    how: &str,
    act: &Act,
) -> Result<(), DatabaseFailure> {
    let line = Line {
        act: "exchange.take",
        subject: format!("名单{}", issued.id),
        detail: format!("{how}，{}家", issued.count),
    };
    journal::append(tx, act, &line).await
}

fn read(row: &QueryResult) -> Result<IssuedList, DatabaseFailure> {
    let columns: String = row.try_get("", "columns")?;
    Ok(IssuedList {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        name: row.try_get("", "name")?,
        receiver: row.try_get("", "receiver")?,
        snapshot: row.try_get("", "snapshot")?,
        pack: row.try_get("", "pack")?,
        program: row.try_get("", "program")?,
        from: day_of(row.try_get("", "from_day")?),
        to: day_of(row.try_get("", "to_day")?),
        notice: row.try_get("", "notice")?,
        columns: serde_json::from_str(&columns).map_err(broken)?,
        count: row.try_get::<i64>("", "count")? as u64,
        fingerprint: row.try_get("", "fingerprint")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        on: day_of(row.try_get("", "on_day")?),
        at: row.try_get("", "at")?,
    })
}
