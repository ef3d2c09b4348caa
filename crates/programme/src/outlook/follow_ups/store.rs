//! Acts of following up in the database.

use super::{
    FollowAct, FollowActKind, FollowUp, FollowUpRefusal, Follower, HandedBy, admissible, fold,
};
use crate::database::{execute, next_number, rows};
use crate::deliveries::{day_number, day_of};
use crate::journal::{self, Act, Horizon, Line};
use crate::outlook::RunFailure;
use rules::period::Month;
use rules::uscc::{Uscc, UsccFault};
use sea_orm::{ConnectionTrait, QueryResult};

const SELECT: &str = "SELECT a.id, a.uscc, a.act, a.note, a.organisation, a.person, a.on_day, a.hand_over, h.receiver, h.as_of \
     FROM outlook_follow_acts a LEFT JOIN outlook_hand_overs h ON h.id = a.hand_over";

/// Every follow-up.
pub async fn read<C: ConnectionTrait>(db: &C) -> Result<Vec<FollowUp>, RunFailure> {
    read_by(db, Horizon::ALL).await
}

/// Every follow-up as it stood by then.
pub async fn read_by<C: ConnectionTrait>(db: &C, by: Horizon) -> Result<Vec<FollowUp>, RunFailure> {
    let sql = format!("{SELECT} WHERE a.on_day <= ? AND a.at <= ? ORDER BY a.id");
    let bounds = [day_number(by.on).into(), by.at.into()];
    Ok(fold(collect(rows(db, &sql, bounds).await?)?))
}

/// The follow-ups of one firm, oldest first.
pub async fn of<C: ConnectionTrait>(db: &C, uscc: Uscc) -> Result<Vec<FollowUp>, RunFailure> {
    let sql = format!("{SELECT} WHERE a.uscc = ? ORDER BY a.id");
    let found = rows(db, &sql, [uscc.to_string().into()]).await?;
    Ok(fold(collect(found)?))
}

/// Records a note, with its journal line.
pub async fn note<C: ConnectionTrait>(
    tx: &C,
    uscc: Uscc,
    text: &str,
    is_local: bool,
    act: &Act,
) -> Result<Result<(), FollowUpRefusal>, RunFailure> {
    follow(tx, uscc, (FollowActKind::Note, text), is_local, act).await
}

/// Closes a follow-up, with its journal line.
pub async fn close<C: ConnectionTrait>(
    tx: &C,
    uscc: Uscc,
    reason: &str,
    is_local: bool,
    act: &Act,
) -> Result<Result<(), FollowUpRefusal>, RunFailure> {
    follow(tx, uscc, (FollowActKind::Close, reason), is_local, act).await
}

async fn follow<C: ConnectionTrait>(
    tx: &C,
    uscc: Uscc,
    (kind, text): (FollowActKind, &str),
    is_local: bool,
    act: &Act,
) -> Result<Result<(), FollowUpRefusal>, RunFailure> {
    let known = of(tx, uscc).await?;
    let organisation = act.organisation.id();
    let follower = Follower {
        organisation: &organisation,
        is_local,
        person: &act.person,
        on: act.on,
    };
    if let Err(refusal) = admissible(uscc, known.last(), (kind, text), follower) {
        return Ok(Err(refusal));
    }
    record(tx, &[uscc], (kind, None), text.trim(), act).await?;
    let line = Line {
        act: match kind {
            FollowActKind::Close => "outlook.close",
            _ => "outlook.follow-up",
        },
        subject: uscc.to_string(),
        // What was noted stands in the record: the journal repeats no words about a firm.
        detail: kind.in_words().to_string(),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(()))
}

/// Inserts one act for each firm; the journal line is the caller's.
pub(in crate::outlook) async fn record<C: ConnectionTrait>(
    tx: &C,
    firms: &[Uscc],
    (kind, hand_over): (FollowActKind, Option<i64>),
    text: &str,
    act: &Act,
) -> Result<(), RunFailure> {
    let first = next_number(tx, "outlook_follow_acts").await?;
    for (offset, uscc) in firms.iter().enumerate() {
        execute(
            tx,
            "INSERT INTO outlook_follow_acts (id, uscc, act, hand_over, note, organisation, person, on_day, at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (first + offset as i64).into(),
                uscc.to_string().into(),
                kind.id().into(),
                hand_over.into(),
                text.into(),
                act.organisation.id().into(),
                act.person.clone().into(),
                day_number(act.on).into(),
                act.at.into(),
            ],
        )
        .await?;
    }
    Ok(())
}

fn collect(found: Vec<QueryResult>) -> Result<Vec<FollowAct>, RunFailure> {
    found.iter().map(one).collect()
}

fn one(row: &QueryResult) -> Result<FollowAct, RunFailure> {
    let text: String = row.try_get("", "uscc")?;
    let uscc = match Uscc::read(&text) {
        Ok((uscc, _)) | Err(UsccFault::CheckSymbol { code: uscc, .. }) => uscc,
        Err(fault) => return Err(RunFailure::Damaged(fault.to_string())),
    };
    let kind: String = row.try_get("", "act")?;
    let kind = FollowActKind::ALL.into_iter().find(|own| own.id() == kind);
    let id: i64 = row.try_get("", "id")?;
    let damaged = || RunFailure::Damaged(format!("跟进记录 {id}"));
    let hand_over = match row.try_get::<Option<i64>>("", "hand_over")? {
        None => None,
        Some(id) => {
            let month: i64 = row.try_get("", "as_of")?;
            Some(HandedBy {
                id,
                receiver: row.try_get("", "receiver")?,
                as_of: Month::from_index(month as i32).ok_or_else(damaged)?,
            })
        }
    };
    Ok(FollowAct {
        id,
        uscc,
        kind: kind.ok_or_else(damaged)?,
        hand_over,
        text: row.try_get("", "note")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        on: day_of(row.try_get("", "on_day")?),
    })
}
