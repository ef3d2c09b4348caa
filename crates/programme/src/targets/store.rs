//! The records of targets in the database.

use super::records::{Deed, Round, TargetAct, TargetScope};
use super::refusal::TargetRefusal;
use super::workflow::{self, Ground, Next};
use crate::database::{DatabaseFailure, execute, next_number, rows};
use crate::deliveries::{day_number, day_of};
use crate::journal::{self, Act, Horizon, Line};
use crate::people::Organisation;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

const COLUMNS: &str =
    "id, year, division, edition, act, shares, note, organisation, person, on_day, at";

/// What came of a wish: the round as it now stands, or why not.
type Outcome = Result<Result<Round, TargetRefusal>, DatabaseFailure>;

/// Every record of a year's targets of the province or of an area, oldest first.
pub async fn acts<C: ConnectionTrait>(
    db: &C,
    year: i32,
    division: DivisionCode,
) -> Result<Vec<TargetAct>, DatabaseFailure> {
    let sql =
        format!("SELECT {COLUMNS} FROM targets_acts WHERE year = ? AND division = ? ORDER BY id");
    rows(
        db,
        &sql,
        [i64::from(year).into(), i64::from(division).into()],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// The newest measuring with what followed; none where nothing was measured.
pub async fn round<C: ConnectionTrait>(
    db: &C,
    year: i32,
    division: DivisionCode,
) -> Result<Option<Round>, DatabaseFailure> {
    Ok(Round::newest(&acts(db, year, division).await?))
}

/// The issued targets of a year, of areas and counties; nothing where none was issued.
///
/// An area's counties count while they add up to what the area was issued: where the
/// province issued anew, they wait until the area has done so too.
pub async fn issued<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    year: i32,
) -> Result<BTreeMap<DivisionCode, u32>, DatabaseFailure> {
    issued_by(db, pack, year, Horizon::ALL).await
}

/// The same as of a moment: what was issued later stays out.
pub async fn issued_by<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    year: i32,
    by: Horizon,
) -> Result<BTreeMap<DivisionCode, u32>, DatabaseFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM targets_acts WHERE year = ? AND act = 'issued' AND at <= ? AND on_day <= ? ORDER BY id"
    );
    // Later rows replace earlier ones: the newest issued edition of each scope.
    let mut newest = BTreeMap::new();
    let bounds = [
        i64::from(year).into(),
        by.at.into(),
        day_number(by.on).into(),
    ];
    for row in &rows(db, &sql, bounds).await? {
        let act = read(row)?;
        newest.insert(act.division, act.shares);
    }
    let province: Option<DivisionCode> = pack.about.division.parse().ok();
    let by_record = province.and_then(|code| newest.remove(&code));
    let by_pack = pack.targets.iter().find(|targets| targets.year == year);
    let areas = by_pack.map(|targets| targets.areas.clone()).or(by_record);
    let mut targets: BTreeMap<DivisionCode, u32> = areas.into_iter().flatten().collect();
    for (area, counties) in newest {
        let sum: u64 = counties.iter().map(|(_, count)| u64::from(*count)).sum();
        if targets.get(&area).map(|target| u64::from(*target)) == Some(sum) {
            targets.extend(counties);
        }
    }
    Ok(targets)
}

/// Measures shares of a total by their bases and opens a new edition.
pub async fn measure<C: ConnectionTrait>(
    tx: &C,
    pack: &Pack,
    year: i32,
    division: DivisionCode,
    total: u32,
    bases: &[(DivisionCode, u64)],
    act: &Act,
) -> Outcome {
    record(tx, pack, (year, division), act, |ground| {
        workflow::measured(ground, total, bases)
    })
    .await
}

/// Gives some divisions other counts; the total stays.
pub async fn adjust<C: ConnectionTrait>(
    tx: &C,
    pack: &Pack,
    year: i32,
    division: DivisionCode,
    changes: &[(DivisionCode, u32)],
    reason: &str,
    act: &Act,
) -> Outcome {
    record(tx, pack, (year, division), act, |ground| {
        workflow::adjusted(ground, changes, reason)
    })
    .await
}

/// Records another organisation's opinion.
pub async fn consult<C: ConnectionTrait>(
    tx: &C,
    pack: &Pack,
    year: i32,
    division: DivisionCode,
    with: &Organisation,
    opinion: &str,
    act: &Act,
) -> Outcome {
    record(tx, pack, (year, division), act, |ground| {
        workflow::consulted(ground, with, opinion)
    })
    .await
}

/// Records the approval; `note` says by whom and by what.
pub async fn approve<C: ConnectionTrait>(
    tx: &C,
    pack: &Pack,
    year: i32,
    division: DivisionCode,
    note: &str,
    act: &Act,
) -> Outcome {
    record(tx, pack, (year, division), act, |ground| {
        workflow::approved(ground, note)
    })
    .await
}

/// Issues the approved shares under a document number: from now on they count.
pub async fn issue<C: ConnectionTrait>(
    tx: &C,
    pack: &Pack,
    year: i32,
    division: DivisionCode,
    document: &str,
    act: &Act,
) -> Outcome {
    record(tx, pack, (year, division), act, |ground| {
        workflow::issued(ground, document)
    })
    .await
}

/// Decides on what stands in the database and writes what was decided. Only inside a
/// transaction of `Database::begin_writing`.
async fn record<C: ConnectionTrait>(
    tx: &C,
    pack: &Pack,
    (year, division): (i32, DivisionCode),
    act: &Act,
    decide: impl FnOnce(&Ground<'_>) -> Result<Next, TargetRefusal>,
) -> Outcome {
    let scope = TargetScope::new(pack, year, division);
    let scope = scope.and_then(|scope| {
        workflow::competent(pack, &scope, &act.organisation, act.on).map(|()| scope)
    });
    let scope = match scope {
        Ok(scope) => scope,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut acts = acts(tx, year, division).await?;
    let area_target = match scope.is_province() {
        true => None,
        false => issued(tx, pack, year).await?.get(&division).copied(),
    };
    let ground = Ground {
        pack,
        scope,
        round: Round::newest(&acts),
        area_target,
    };
    let next = match decide(&ground) {
        Ok(next) => next,
        Err(refusal) => return Ok(Err(refusal)),
    };
    acts.push(insert(tx, &ground.scope, next, act).await?);
    let round = Round::newest(&acts).expect("a record was just added");
    Ok(Ok(round))
}

async fn insert<C: ConnectionTrait>(
    tx: &C,
    scope: &TargetScope,
    next: Next,
    act: &Act,
) -> Result<TargetAct, DatabaseFailure> {
    let record = TargetAct {
        id: next_number(tx, "targets_acts").await?,
        year: scope.year,
        division: scope.division,
        edition: next.edition,
        deed: next.deed,
        shares: next.shares,
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
        at: act.at,
    };
    let sql =
        format!("INSERT INTO targets_acts ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    execute(
        tx,
        &sql,
        [
            record.id.into(),
            i64::from(record.year).into(),
            i64::from(record.division).into(),
            i64::from(record.edition).into(),
            record.deed.word().into(),
            serde_json::json!(record.shares).to_string().into(),
            note_of(&record.deed).into(),
            record.organisation.clone().into(),
            record.person.clone().into(),
            day_number(record.on).into(),
            record.at.into(),
        ],
    )
    .await?;
    let (verb, detail) = in_journal(&record.deed);
    let line = Line {
        act: verb,
        subject: format!("{scope}第{}次测算", record.edition),
        detail,
    };
    journal::append(tx, act, &line).await?;
    Ok(record)
}

fn in_journal(deed: &Deed) -> (&'static str, String) {
    match deed {
        Deed::Measured { ties, .. } => {
            let pair = |(winner, loser): &(DivisionCode, DivisionCode)| {
                format!("{winner:06}先于{loser:06}")
            };
            let ties: Vec<String> = ties.iter().map(pair).collect();
            let detail = match ties.is_empty() {
                true => String::new(),
                false => format!("余数相同：{}", ties.join("、")),
            };
            ("targets.measure", detail)
        }
        Deed::Adjusted { reason } => ("targets.adjust", reason.clone()),
        Deed::Consulted { with, opinion } => ("targets.consult", format!("{with}：{opinion}")),
        Deed::Approved { note } => ("targets.approve", note.clone()),
        Deed::Issued { document } => ("targets.issue", document.clone()),
    }
}

/// The words of a deed; where it is more than words, JSON.
fn note_of(deed: &Deed) -> String {
    match deed {
        Deed::Measured { bases, ties } => serde_json::json!([bases, ties]).to_string(),
        Deed::Consulted { with, opinion } => serde_json::json!([with, opinion]).to_string(),
        Deed::Adjusted { reason: note }
        | Deed::Approved { note }
        | Deed::Issued { document: note } => note.clone(),
    }
}

fn read(row: &QueryResult) -> Result<TargetAct, DatabaseFailure> {
    let id: i64 = row.try_get("", "id")?;
    let word: String = row.try_get("", "act")?;
    let note: String = row.try_get("", "note")?;
    let deed = match word.as_str() {
        "measured" => {
            let (bases, ties) = parsed(id, &note)?;
            Deed::Measured { bases, ties }
        }
        "consulted" => {
            let (with, opinion) = parsed(id, &note)?;
            Deed::Consulted { with, opinion }
        }
        "adjusted" => Deed::Adjusted { reason: note },
        "approved" => Deed::Approved { note },
        "issued" => Deed::Issued { document: note },
        _ => return Err(damaged(id)),
    };
    let shares: String = row.try_get("", "shares")?;
    Ok(TargetAct {
        id,
        year: number(row, id, "year")?,
        division: number(row, id, "division")?,
        edition: number(row, id, "edition")?,
        deed,
        shares: parsed(id, &shares)?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        on: day_of(row.try_get("", "on_day")?),
        at: row.try_get("", "at")?,
    })
}

fn number<N: TryFrom<i64>>(row: &QueryResult, id: i64, column: &str) -> Result<N, DatabaseFailure> {
    let value: i64 = row.try_get("", column)?;
    N::try_from(value).map_err(|_| damaged(id))
}

fn parsed<T: DeserializeOwned>(id: i64, json: &str) -> Result<T, DatabaseFailure> {
    serde_json::from_str(json).map_err(|_| damaged(id))
}

fn damaged(id: i64) -> DatabaseFailure {
    let message = format!("目标记录 {id} 损坏，不能读取；请从备份恢复数据库");
    DatabaseFailure(DbErr::Custom(message))
}
