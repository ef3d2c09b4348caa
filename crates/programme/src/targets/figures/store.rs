//! The reported figures in the database.

use super::{Figure, RecordedFigure, Restatement, consecutive, figures_of};
use crate::database::{DatabaseFailure, execute, next_number, rows};
use crate::journal::{self, Act, Line};
use crate::targets::progress::{Progress, Standing};
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};
use std::collections::HashMap;

/// Keeps the figures of a run that differ from those last kept for the same month, and
/// returns what was restated. Where a month is reported for the first time, the line of
/// the run itself stands for it in the journal.
pub async fn record_figures<C: ConnectionTrait>(
    tx: &C,
    snapshot: i64,
    progress: &Progress,
    act: &Act,
) -> Result<Vec<Restatement>, DatabaseFailure> {
    let as_of = progress.as_of;
    let last: HashMap<DivisionCode, Figure> = recorded(tx, Some(as_of))
        .await?
        .into_iter()
        .map(|row| (row.division, row.figure))
        .collect();
    let mut restated = Vec::new();
    for (division, after) in figures_of(progress) {
        let before = last.get(&division).copied();
        if before == Some(after) {
            continue;
        }
        let row = RecordedFigure {
            snapshot,
            as_of,
            division,
            figure: after,
        };
        insert_figure(tx, &row).await?;
        restated.extend(before.map(|before| Restatement {
            as_of,
            division,
            before,
            after,
            snapshot,
        }));
    }
    if !restated.is_empty() {
        let codes = restated.iter().map(|row| format!("{:06}", row.division));
        let line = Line {
            act: "targets.restate",
            subject: format!("截至{}的进度", as_of.in_words()),
            detail: format!("快照 {snapshot}：{}", codes.collect::<Vec<_>>().join("、")),
        };
        journal::append(tx, act, &line).await?;
    }
    Ok(restated)
}

/// Every figure that was later found otherwise, of one month or of all, in the order in
/// which that was found.
pub async fn restatements<C: ConnectionTrait>(
    db: &C,
    as_of: Option<Month>,
) -> Result<Vec<Restatement>, DatabaseFailure> {
    Ok(consecutive(&recorded(db, as_of).await?))
}

async fn recorded<C: ConnectionTrait>(
    db: &C,
    as_of: Option<Month>,
) -> Result<Vec<RecordedFigure>, DatabaseFailure> {
    let sql = "SELECT id, snapshot, as_of, division, entered, left_count, standing \
         FROM targets_figures WHERE as_of BETWEEN ? AND ? ORDER BY id";
    let month = as_of.map(|month| i64::from(month.index()));
    let (from, to) = (month.unwrap_or(i64::MIN), month.unwrap_or(i64::MAX));
    let found = rows(db, sql, [from.into(), to.into()]).await?;
    found.iter().map(read_figure).collect()
}

async fn insert_figure<C: ConnectionTrait>(
    tx: &C,
    row: &RecordedFigure,
) -> Result<(), DatabaseFailure> {
    let id = next_number(tx, "targets_figures").await?;
    execute(
        tx,
        "INSERT INTO targets_figures \
         (id, snapshot, as_of, division, entered, left_count, standing) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            id.into(),
            row.snapshot.into(),
            i64::from(row.as_of.index()).into(),
            i64::from(row.division).into(),
            i64::from(row.figure.entered).into(),
            i64::from(row.figure.left).into(),
            standing_word(row.figure.standing).into(),
        ],
    )
    .await?;
    Ok(())
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Preliminary => "preliminary",
        Standing::Final => "final",
    }
}

fn read_figure(row: &QueryResult) -> Result<RecordedFigure, DatabaseFailure> {
    let id: i64 = row.try_get("", "id")?;
    let standing: String = row.try_get("", "standing")?;
    let standing = [Standing::Preliminary, Standing::Final]
        .into_iter()
        .find(|known| standing_word(*known) == standing)
        .ok_or_else(|| damaged(id))?;
    let month = number(row, id, "as_of")?;
    Ok(RecordedFigure {
        snapshot: row.try_get("", "snapshot")?,
        as_of: Month::from_index(month).ok_or_else(|| damaged(id))?,
        division: number(row, id, "division")?,
        figure: Figure {
            entered: number(row, id, "entered")?,
            left: number(row, id, "left_count")?,
            standing,
        },
    })
}

fn number<N: TryFrom<i64>>(row: &QueryResult, id: i64, column: &str) -> Result<N, DatabaseFailure> {
    let value: i64 = row.try_get("", column)?;
    N::try_from(value).map_err(|_| damaged(id))
}

fn damaged(id: i64) -> DatabaseFailure {
    let message = format!("进度记录 {id} 损坏，不能读取；请从备份恢复数据库");
    DatabaseFailure(DbErr::Custom(message))
}
