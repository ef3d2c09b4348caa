//! Progress, exits and restatements as people read them.

use crate::bulletins::material::exits;
use crate::cli::{ExitsArgs, ProgressArgs, RestatementsArgs};
use crate::grounds::sums_now;
use crate::office::Office;
use crate::outlook::newest;
use crate::reader::Reader;
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::deliveries::{self, Batch};
use programme::journal::Horizon;
use programme::outlook::{Firms, Inputs, Snapshot};
use programme::people::Scope;
use programme::register::{self, StatusBook};
use programme::targets;
use programme::targets::progress::{DivisionProgress, Progress, Standing, progress};
use rules::period::Month;

/// Who was above scale when, by the batches that the snapshot was made from.
pub async fn book_of(office: &Office, snapshot: &Snapshot) -> Result<StatusBook> {
    let batches = used_batches(office, snapshot).await?;
    book_from(office, snapshot.as_of, &batches).await
}

/// The same by given batches. Lists of later months tell whether the year is final.
pub async fn book_from(office: &Office, as_of: Month, batches: &[Batch]) -> Result<StatusBook> {
    let db = office.db.reading();
    let stored = deliveries::stored(db).await?;
    let newest = batches
        .iter()
        .map(|batch| batch.month)
        .max()
        .unwrap_or(as_of);
    Ok(register::status_book(db, batches, &stored, newest.max(as_of)).await?)
}

/// The batches that a snapshot was made from.
pub async fn used_batches(office: &Office, snapshot: &Snapshot) -> Result<Vec<Batch>> {
    let inputs: Inputs = serde_json::from_str(&snapshot.inputs)?;
    let mut batches = deliveries::batches(office.db.reading()).await?;
    batches.retain(|batch| inputs.batches.iter().any(|(id, _)| *id == batch.id));
    Ok(batches)
}

/// Progress against the targets that were issued by then.
pub async fn progress_from(
    office: &Office,
    as_of: Month,
    firms: &Firms,
    book: &StatusBook,
    by: Horizon,
) -> Result<Progress> {
    let issued = targets::issued_by(office.db.reading(), &office.pack, as_of.year(), by).await?;
    Ok(progress(&office.pack, firms, book, &issued, as_of))
}

pub(super) async fn show_progress(office: &Office, arguments: &ProgressArgs) -> Result<Report> {
    let (snapshot, firms) = newest(office, arguments.as_of).await?;
    let sums = sums_now(office, &snapshot, &firms).await?;
    let progress = &sums.progress;
    let year = snapshot.as_of.year();
    let mut report = Report::new(format!(
        "{year}年目标进度  截至{}",
        snapshot.as_of.in_words()
    ))
    .fact(
        "standing",
        "数字性质",
        Field::text(match progress.standing {
            Standing::Preliminary => "初步数",
            Standing::Final => "核定数",
        }),
    )
    .fact(
        "linear",
        "时序进度",
        Field::text(format!("{}%", progress.linear_percent)),
    )
    .fact(
        "expected",
        "预期进度",
        Field::text(format!("{}%", progress.expected_percent)),
    );
    if progress.province.target.is_none() {
        report = report.note(format!("{year}年度目标尚未下达，不计算完成率"));
    }
    let scope = Reader::of(office, None, None)?.scope;
    Ok(report.table(progress_table(office, progress, arguments, &scope)))
}

/// The province's line is for every office; areas and counties for who has them in the region.
fn progress_table(
    office: &Office,
    progress: &Progress,
    arguments: &ProgressArgs,
    scope: &Scope,
) -> Table {
    let is_theirs = |line: &DivisionProgress| {
        let code = line.division;
        code.is_some_and(|code| scope.covers_division(&office.pack, code))
    };
    let mut table = Table::new(
        "progress",
        "",
        &[
            ("division", "地区"),
            ("target", "年度目标"),
            ("entered", "本年新增"),
            ("first", "首次"),
            ("returned", "再次"),
            ("completion", "完成率"),
            ("entered_year_before", "上年同期"),
            ("left", "退库"),
            ("net", "净增"),
            ("in_scale", "在库数"),
            ("standing", "对照预期"),
        ],
    );
    if arguments.division.is_none() {
        table.row(progress_row(progress, "全省合计", &progress.province));
    }
    for area in &progress.areas {
        if arguments.division.is_some() && arguments.division != area.area.division {
            continue;
        }
        let is_own = is_theirs(&area.area);
        let name = division_name(office, &area.area);
        if is_own {
            table.row(progress_row(progress, &name, &area.area));
        }
        if arguments.counties || arguments.division.is_some() {
            for county in area.counties.iter().filter(|own| is_own || is_theirs(own)) {
                let name = format!("　{}", division_name(office, county));
                table.row(progress_row(progress, &name, county));
            }
        }
    }
    if let Some(unplaced) = progress
        .unplaced
        .as_ref()
        .filter(|_| scope.covers_province())
    {
        table.row(progress_row(progress, "地区不明", unplaced));
    }
    table
}

fn division_name(office: &Office, line: &DivisionProgress) -> String {
    line.division.map_or_else(
        || "市直及县级待核".to_string(),
        |code| office.pack.divisions.name(code),
    )
}

fn progress_row(progress: &Progress, name: &str, line: &DivisionProgress) -> Vec<Field> {
    let standing = match line.is_behind(progress.expected_percent) {
        _ if line.target == Some(0) => Field::Empty,
        None => Field::Empty,
        Some(true) => Field::text("低于预期"),
        Some(false) => Field::text("达到预期"),
    };
    vec![
        Field::text(name),
        Field::maybe_count(line.target),
        Field::count(line.entered),
        Field::count(line.first),
        Field::count(line.returned),
        line.target.map_or(Field::Empty, |target| Field::Percent {
            part: i64::from(line.entered),
            of: i64::from(target),
        }),
        Field::count(line.entered_year_before),
        Field::count(line.left),
        Field::Count(line.net()),
        Field::count(line.in_scale),
        standing,
    ]
}

pub(super) async fn show_exits(office: &Office, arguments: &ExitsArgs) -> Result<Report> {
    let (snapshot, firms) = newest(office, arguments.as_of).await?;
    let book = book_of(office, &snapshot).await?;
    let exits = exits(&office.pack, &firms, &book, snapshot.as_of);
    let mut table = Table::new(
        "exits",
        "",
        &[
            ("division", "地区"),
            ("reason", "退库原因"),
            ("count", "家数"),
        ],
    );
    let areas = exits
        .areas
        .iter()
        .map(|(code, reasons)| (Some(*code), reasons));
    let scope = Reader::of(office, None, None)?.scope;
    for (code, reasons) in std::iter::once((None, &exits.province)).chain(areas) {
        if code.is_some_and(|code| !scope.covers_division(&office.pack, code)) {
            continue;
        }
        if arguments.division.is_some() && arguments.division != code {
            continue;
        }
        for reason in reasons {
            table.row(vec![
                Field::text(code.map_or_else(
                    || "全省合计".to_string(),
                    |code| office.pack.divisions.name(code),
                )),
                Field::text(reason.reason.clone()),
                Field::count(reason.count),
            ]);
        }
    }
    let title = format!(
        "{}年退库企业  截至{}",
        snapshot.as_of.year(),
        snapshot.as_of.in_words()
    );
    Ok(Report::new(title).table(table))
}

pub(super) async fn restatements(office: &Office, arguments: &RestatementsArgs) -> Result<Report> {
    let mut table = Table::new(
        "restatements",
        "数字修订",
        &[
            ("as_of", "统计时点"),
            ("division", "地区"),
            ("entered_before", "原新增"),
            ("entered_after", "现新增"),
            ("left_before", "原退库"),
            ("left_after", "现退库"),
            ("standing", "现为"),
            ("snapshot", "快照"),
        ],
    );
    let scope = Reader::of(office, None, None)?.scope;
    let province = office.pack.about.division.parse().ok();
    for change in targets::restatements(office.db.reading(), arguments.as_of).await? {
        let is_whole = Some(change.division) == province;
        if !is_whole && !scope.covers_division(&office.pack, change.division) {
            continue;
        }
        table.row(vec![
            Field::text(change.as_of.to_string()),
            Field::text(office.pack.divisions.name(change.division)),
            Field::count(change.before.entered),
            Field::count(change.after.entered),
            Field::count(change.before.left),
            Field::count(change.after.left),
            Field::text(match change.after.standing {
                Standing::Preliminary => "初步数",
                Standing::Final => "核定数",
            }),
            Field::count(change.snapshot),
        ]);
    }
    Ok(Report::new("同一时点的数字前后不同之处").table(table))
}
