//! Targets as people handle them: measure, adjust, consult, approve, issue; and progress
//! down to the county.

pub mod course;
mod page;
mod progress;
#[cfg(test)]
mod tests;
pub mod web;

pub use progress::{book_from, book_of, progress_from, used_batches};

use crate::cli::{MeasureArgs, Signature, TargetsCommand, YearArgs};
use crate::grounds::sums_now;
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::report::{Field, Report, Table};
use anyhow::Result;
use chrono::NaiveDate;
use programme::journal::Act;
use programme::people::Organisation;
use programme::targets::allocation::{Allocation, allocate};
use programme::targets::progress::bases_from;
use programme::targets::{self, Deed, Round, RoundState, TargetAct, TargetRefusal, TargetScope};
use rules::pack::divisions::DivisionCode;
use rules::period::Month;

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
        TargetsCommand::Progress(arguments) => progress::show_progress(office, arguments).await,
        TargetsCommand::Exits(arguments) => progress::show_exits(office, arguments).await,
        TargetsCommand::Restatements(arguments) => progress::restatements(office, arguments).await,
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

/// What a measuring would give.
struct Measuring {
    division: DivisionCode,
    total: u32,
    unit: u32,
    /// Month whose confirmed numbers are the bases.
    as_of: Month,
    bases: Vec<(DivisionCode, u64)>,
    allocation: Allocation,
}

/// Computes the shares of a total, the given one or an area's issued target; records nothing.
async fn measuring(
    office: &Office,
    year: i32,
    area: Option<DivisionCode>,
    total: Option<u32>,
    base: Option<Month>,
) -> Result<Measuring> {
    let division = scope(office, area)?;
    let (snapshot, firms) = newest(office, base).await?;
    let sums = sums_now(office, &snapshot, &firms).await?;
    let progress = &sums.progress;
    let scope = TargetScope::new(&office.pack, year, division).or_else(refuse)?;
    let total = match (total, area) {
        (Some(total), _) => total,
        (None, Some(area)) => {
            let issued = targets::issued(office.db.reading(), &office.pack, year).await?;
            match issued.get(&area) {
                Some(total) => *total,
                None => {
                    return refuse(format!(
                        "{year}年{}的目标还没有下达，不能分到县",
                        office.pack.divisions.name(area)
                    ));
                }
            }
        }
        (None, None) => return refuse("请写明全省总数"),
    };
    let bases = bases_from(&office.pack, progress, division);
    let unit = scope.unit(&office.pack);
    Ok(Measuring {
        division,
        total,
        unit,
        as_of: snapshot.as_of,
        allocation: allocate(total, unit, &bases).or_else(refuse)?,
        bases,
    })
}

async fn measure(office: &Office, arguments: &MeasureArgs) -> Result<Report> {
    let act = signed(office, &arguments.signature)?;
    let MeasureArgs {
        year, area, total, ..
    } = *arguments;
    let found = measuring(office, year, area, total, arguments.base).await?;
    let tx = office.db.begin_writing().await?;
    let done = targets::measure(
        &tx,
        &office.pack,
        year,
        found.division,
        found.total,
        &found.bases,
        &act,
    )
    .await?;
    let report = settle(office, tx, done).await?;
    Ok(report.note(format!(
        "以{}在库规上企业数为基数，最大余额法，以{}家为单位",
        found.as_of.in_words(),
        found.unit
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
    for act in &round.acts {
        let (what, note) = described_act(office, act);
        let by = organisation_name(office, &act.organisation, act.on);
        acts.row(vec![
            Field::text(act.on.to_string()),
            Field::text(what),
            Field::text(by),
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

fn organisation_name(office: &Office, id: &str, on: NaiveDate) -> String {
    let found = Organisation::from_id(&office.pack, id);
    found.map_or_else(|| id.to_string(), |found| found.name(&office.pack, on))
}

/// What was done, and what is said of it.
fn described_act(office: &Office, act: &TargetAct) -> (&'static str, String) {
    let pack = &office.pack;
    match &act.deed {
        Deed::Measured { ties, .. } => {
            let named = ties.iter().map(|(got, not)| {
                format!(
                    "{}与{}余额相同，取前者",
                    pack.divisions.name(*got),
                    pack.divisions.name(*not)
                )
            });
            ("测算", named.collect::<Vec<String>>().join("；"))
        }
        Deed::Adjusted { reason } => ("调整", reason.clone()),
        Deed::Consulted { with, opinion } => {
            let with = organisation_name(office, with, act.on);
            ("会商", format!("{with}：{opinion}"))
        }
        Deed::Approved { note } => ("报批同意", note.clone()),
        Deed::Issued { document } => ("下达", document.clone()),
    }
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
