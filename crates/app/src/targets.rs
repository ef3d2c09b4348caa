//! Targets as people handle them: measure, adjust, consult, approve, issue; and progress
//! down to the county.

use crate::bulletins::material::exits;
use crate::cli::{
    ExitsArgs, MeasureArgs, ProgressArgs, RestatementsArgs, Signature, TargetsCommand, YearArgs,
};
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::deliveries::{self, Batch};
use programme::journal::Act;
use programme::outlook::{Firms, Inputs, Snapshot};
use programme::people::Organisation;
use programme::register::{self, StatusBook};
use programme::targets::progress::{DivisionProgress, Progress, Standing, bases_from, progress};
use programme::targets::{self, Deed, Round, RoundState, TargetRefusal};
use rules::pack::divisions::DivisionCode;

pub async fn command(office: &Office, command: &TargetsCommand) -> Result<Report> {
    match command {
        TargetsCommand::Measure(arguments) => measure(office, arguments).await,
        TargetsCommand::Adjust(a) => {
            let act = signed(office, &a.signature)?;
            let division = scope(office, a.area)?;
            let changes = moves(office, a.year, division, &a.moves).await?;
            let tx = office.db.begin_writing().await?;
            let done = targets::adjust(
                &tx,
                &office.pack,
                a.year,
                division,
                &changes,
                &a.reason,
                &act,
            )
            .await?;
            settle(office, tx, done).await
        }
        TargetsCommand::Consult(a) => {
            let act = signed(office, &a.signature)?;
            let with = office.organisation(&a.with)?;
            let division = scope(office, a.area)?;
            let tx = office.db.begin_writing().await?;
            let done =
                targets::consult(&tx, &office.pack, a.year, division, &with, &a.opinion, &act)
                    .await?;
            settle(office, tx, done).await
        }
        TargetsCommand::Approve(a) => {
            let act = signed(office, &a.signature)?;
            let division = scope(office, a.area)?;
            let tx = office.db.begin_writing().await?;
            let done = targets::approve(&tx, &office.pack, a.year, division, &a.note, &act).await?;
            settle(office, tx, done).await
        }
        TargetsCommand::Issue(a) => {
            let act = signed(office, &a.signature)?;
            let division = scope(office, a.area)?;
            let tx = office.db.begin_writing().await?;
            let done =
                targets::issue(&tx, &office.pack, a.year, division, &a.document, &act).await?;
            settle(office, tx, done).await
        }
        TargetsCommand::Show(arguments) => show(office, arguments).await,
        TargetsCommand::Progress(arguments) => show_progress(office, arguments).await,
        TargetsCommand::Exits(arguments) => show_exits(office, arguments).await,
        TargetsCommand::Restatements(arguments) => restatements(office, arguments).await,
    }
}

fn signed(office: &Office, signature: &Signature) -> Result<Act> {
    let organisation = office.organisation(&signature.agency)?;
    let act = office.act(organisation, &signature.person, signature.on)?;
    if act.person.is_empty() {
        return refuse("要写明经办人（--by）");
    }
    Ok(act)
}

fn province(office: &Office) -> DivisionCode {
    let code = office.pack.about.division.parse();
    code.expect("the pack was checked: every area's parent is the province")
}

fn scope(office: &Office, area: Option<DivisionCode>) -> Result<DivisionCode> {
    match area {
        None => Ok(province(office)),
        Some(code) if office.pack.divisions.get(code).is_some() => Ok(code),
        Some(code) => refuse(format!("没有代码为{code}的地区")),
    }
}

async fn settle(
    office: &Office,
    tx: programme::database::Transaction,
    done: Result<Round, TargetRefusal>,
) -> Result<Report> {
    match done {
        Ok(round) => {
            tx.commit().await?;
            Ok(described(office, &round))
        }
        Err(refusal) => refuse(refusal),
    }
}

async fn measure(office: &Office, arguments: &MeasureArgs) -> Result<Report> {
    let act = signed(office, &arguments.signature)?;
    let division = scope(office, arguments.area)?;
    let (snapshot, firms) = newest(office, arguments.base).await?;
    let progress = progress_now(office, &snapshot, &firms).await?;
    if let Err(refusal) = targets::TargetScope::new(&office.pack, arguments.year, division) {
        return refuse(refusal);
    }
    let total = match (arguments.total, arguments.area) {
        (Some(total), _) => total,
        (None, Some(area)) => {
            let issued = targets::issued(office.db.reading(), &office.pack, arguments.year).await?;
            match issued.get(&area) {
                Some(total) => *total,
                None => {
                    return refuse(format!(
                        "{}年{}的目标还没有下达，不能分到县",
                        arguments.year,
                        office.pack.divisions.name(area)
                    ));
                }
            }
        }
        (None, None) => return refuse("请用 --total 写明全省总数"),
    };
    let bases = bases_from(&office.pack, &progress, division);
    let tx = office.db.begin_writing().await?;
    let done = targets::measure(
        &tx,
        &office.pack,
        arguments.year,
        division,
        total,
        &bases,
        &act,
    )
    .await?;
    let report = settle(office, tx, done).await?;
    Ok(report.note(format!(
        "以{}在库规上企业数为基数，最大余额法，以{}家为单位",
        snapshot.as_of.in_words(),
        if division == province(office) {
            office.pack.measure.unit
        } else {
            1
        }
    )))
}

/// “甲:乙:数” as new counts of both.
async fn moves(
    office: &Office,
    year: i32,
    division: DivisionCode,
    moves: &[String],
) -> Result<Vec<(DivisionCode, u32)>> {
    let Some(round) = targets::round(office.db.reading(), year, division).await? else {
        return refuse(format!(
            "{year}年度目标还没有测算，先办理 shenggui targets measure"
        ));
    };
    let mut counts: std::collections::BTreeMap<DivisionCode, i64> = round
        .shares
        .iter()
        .map(|(code, count)| (*code, i64::from(*count)))
        .collect();
    for text in moves {
        let parts: Vec<Option<i64>> = text.split(':').map(|part| part.parse().ok()).collect();
        let [Some(from), Some(to), Some(count)] = parts.as_slice() else {
            return refuse(format!(
                "“{text}”应写成 甲代码:乙代码:家数，例如 410100:410200:10"
            ));
        };
        for (code, change) in [(from, -count), (to, *count)] {
            let Some(entry) = counts.get_mut(&(*code as DivisionCode)) else {
                return refuse(format!("{code}不在这次测算的地区内"));
            };
            *entry += change;
        }
    }
    let mut changes = Vec::new();
    for (code, before) in &round.shares {
        let after = counts[code];
        let Ok(after) = u32::try_from(after) else {
            return refuse(format!("{}调整后小于零", office.pack.divisions.name(*code)));
        };
        if after != *before {
            changes.push((*code, after));
        }
    }
    Ok(changes)
}

fn state_in_words(state: RoundState) -> &'static str {
    match state {
        RoundState::Measured => "已测算，待会商",
        RoundState::Consulted => "已会商，待报批",
        RoundState::Approved => "已同意，待下达",
        RoundState::Issued => "已下达",
    }
}

fn described(office: &Office, round: &Round) -> Report {
    let pack = &office.pack;
    let total: u32 = round.shares.iter().map(|(_, count)| count).sum();
    let mut shares = Table::new("shares", "目标", &[("division", "地区"), ("count", "家数")]);
    for (code, count) in &round.shares {
        shares.row(vec![
            Field::text(pack.divisions.name(*code)),
            Field::count(*count),
        ]);
    }
    let mut acts = Table::new(
        "acts",
        "办理经过",
        &[
            ("on", "日期"),
            ("act", "事项"),
            ("by", "单位"),
            ("person", "经办人"),
            ("note", "内容"),
        ],
    );
    let name = |id: &str, on| {
        Organisation::read(pack, id).map_or_else(|_| id.to_string(), |found| found.name(pack, on))
    };
    for act in &round.acts {
        let (what, note) = match &act.deed {
            Deed::Measured { ties, .. } if ties.is_empty() => ("测算", String::new()),
            Deed::Measured { ties, .. } => {
                let named: Vec<String> = ties
                    .iter()
                    .map(|(got, not)| {
                        format!(
                            "{}与{}余额相同，取前者",
                            pack.divisions.name(*got),
                            pack.divisions.name(*not)
                        )
                    })
                    .collect();
                ("测算", named.join("；"))
            }
            Deed::Adjusted { reason } => ("调整", reason.clone()),
            Deed::Consulted { with, opinion } => {
                ("会商", format!("{}：{opinion}", name(with, act.on)))
            }
            Deed::Approved { note } => ("报批同意", note.clone()),
            Deed::Issued { document } => ("下达", document.clone()),
        };
        acts.row(vec![
            Field::text(act.on.to_string()),
            Field::text(what),
            Field::text(name(&act.organisation, act.on)),
            Field::text(act.person.clone()),
            Field::text(note),
        ]);
    }
    Report::new(format!(
        "{}年度目标  {}  第{}次测算",
        round.year,
        pack.divisions.name(round.division),
        round.edition
    ))
    .fact("state", "状态", Field::text(state_in_words(round.state)))
    .fact("total", "合计", Field::count(total))
    .table(shares)
    .table(acts)
}

async fn show(office: &Office, arguments: &YearArgs) -> Result<Report> {
    let division = scope(office, arguments.area)?;
    let db = office.db.reading();
    if let Some(round) = targets::round(db, arguments.year, division).await? {
        return Ok(described(office, &round));
    }
    let plan = office
        .pack
        .targets
        .iter()
        .find(|targets| targets.year == arguments.year);
    let Some(plan) = plan.filter(|_| arguments.area.is_none()) else {
        let (place, option) = match arguments.area {
            Some(code) => (office.pack.divisions.name(code), format!("--area {code}")),
            None => (String::new(), "--total …".to_string()),
        };
        return refuse(format!(
            "{place}{0}年度目标尚未测算，也没有下达；先办理 shenggui targets measure --year {0} {option}",
            arguments.year
        ));
    };
    let mut shares = Table::new("shares", "目标", &[("division", "地区"), ("count", "家数")]);
    for (code, count) in &plan.areas {
        shares.row(vec![
            Field::text(office.pack.divisions.name(*code)),
            Field::count(*count),
        ]);
    }
    Ok(Report::new(format!("{}年度目标", plan.year))
        .fact("state", "状态", Field::text("已随方案下达"))
        .fact("document", "文件", Field::text(plan.document.clone()))
        .fact("clause", "条款", Field::text(plan.cites.clone()))
        .fact("total", "合计", Field::count(plan.total))
        .table(shares))
}

/// Progress at a snapshot.
pub async fn progress_now(office: &Office, snapshot: &Snapshot, firms: &Firms) -> Result<Progress> {
    let book = book_of(office, snapshot).await?;
    progress_from(office, snapshot, firms, &book).await
}

/// Who was above scale when, by the batches that the snapshot was made from.
pub async fn book_of(office: &Office, snapshot: &Snapshot) -> Result<StatusBook> {
    let db = office.db.reading();
    let batches = used_batches(office, snapshot).await?;
    let stored = deliveries::stored(db).await?;
    // Lists of later months tell whether the year is final.
    let newest = batches
        .iter()
        .map(|batch| batch.month)
        .max()
        .unwrap_or(snapshot.as_of);
    Ok(register::status_book(db, &batches, &stored, newest.max(snapshot.as_of)).await?)
}

/// The batches that a snapshot was made from.
pub async fn used_batches(office: &Office, snapshot: &Snapshot) -> Result<Vec<Batch>> {
    let inputs: Inputs = serde_json::from_str(&snapshot.inputs)?;
    let mut batches = deliveries::batches(office.db.reading()).await?;
    batches.retain(|batch| inputs.batches.iter().any(|(id, _)| *id == batch.id));
    Ok(batches)
}

pub async fn progress_from(
    office: &Office,
    snapshot: &Snapshot,
    firms: &Firms,
    book: &StatusBook,
) -> Result<Progress> {
    let year = snapshot.as_of.year();
    let issued = targets::issued(office.db.reading(), &office.pack, year).await?;
    Ok(progress(&office.pack, firms, book, &issued, snapshot.as_of))
}

async fn show_progress(office: &Office, arguments: &ProgressArgs) -> Result<Report> {
    let (snapshot, firms) = newest(office, arguments.as_of).await?;
    let progress = progress_now(office, &snapshot, &firms).await?;
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
        table.row(progress_row(
            office,
            &progress,
            "全省合计",
            &progress.province,
        ));
    }
    for area in &progress.areas {
        if arguments.division.is_some() && arguments.division != area.area.division {
            continue;
        }
        let name = division_name(office, &area.area);
        table.row(progress_row(office, &progress, &name, &area.area));
        if arguments.counties || arguments.division.is_some() {
            for county in &area.counties {
                let name = format!("　{}", division_name(office, county));
                table.row(progress_row(office, &progress, &name, county));
            }
        }
    }
    if let Some(unplaced) = &progress.unplaced {
        table.row(progress_row(office, &progress, "地区不明", unplaced));
    }
    Ok(report.table(table))
}

fn division_name(office: &Office, line: &DivisionProgress) -> String {
    line.division.map_or_else(
        || "市直及县级待核".to_string(),
        |code| office.pack.divisions.name(code),
    )
}

fn progress_row(
    _office: &Office,
    progress: &Progress,
    name: &str,
    line: &DivisionProgress,
) -> Vec<Field> {
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

async fn show_exits(office: &Office, arguments: &ExitsArgs) -> Result<Report> {
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
    for (code, reasons) in std::iter::once((None, &exits.province)).chain(areas) {
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

async fn restatements(office: &Office, arguments: &RestatementsArgs) -> Result<Report> {
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
    for change in targets::restatements(office.db.reading(), arguments.as_of).await? {
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
