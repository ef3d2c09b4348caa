//! The cultivation pool as people work it: candidates, acts, coverage, whether it is enough,
//! comparison, export.

mod acts;
mod candidates;
mod comparison;
mod coverage;
mod export;
#[cfg(test)]
pub mod invented;
pub mod sufficiency;
pub mod web;

pub use acts::{NamedCode, listed_codes, record_acts};

use crate::cli::PoolCommand;
use crate::office::{Office, refuse};
use crate::outlook::newest;
use crate::reader::Reader;
use crate::report::{Field, Report, Table};
use crate::report::{Field, Report};
use acts::act;
use anyhow::Result;
use programme::journal::Horizon;
use programme::outlook::{Firms, Inputs, Snapshot};
use programme::pool::{self, ActKind, Coverage, Membership};
use programme::targets;
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use std::collections::HashMap;

pub async fn command(office: &Office, command: &PoolCommand) -> Result<Report> {
    match command {
        PoolCommand::Candidates(arguments) => candidates::command(office, arguments).await,
        PoolCommand::Admit(arguments) => act(office, ActKind::Admit, arguments).await,
        PoolCommand::Remove(arguments) => act(office, ActKind::Remove, arguments).await,
        PoolCommand::Declare(arguments) => act(office, ActKind::Declare, arguments).await,
        PoolCommand::Withdraw(arguments) => act(office, ActKind::Withdraw, arguments).await,
        PoolCommand::Coverage(arguments) => coverage::command(office, arguments).await,
        PoolCommand::Sufficiency(arguments) => sufficiency::command(office, arguments).await,
        PoolCommand::Compare(arguments) => comparison::command(office, arguments).await,
        PoolCommand::Export(arguments) => export::command(office, arguments).await,
    }
}

/// Whether a firm lies in an area or county; every firm does where none is named.
fn inside(firms: &Firms, firm: usize, division: Option<DivisionCode>) -> bool {
    division.is_none() || firms.area(firm) == division || firms.county(firm) == division
}

fn division(office: &Office, code: Option<DivisionCode>) -> Field {
    code.map_or(Field::Unknown, |code| {
        Field::text(office.pack.divisions.name(code))
    })
}

/// Who is and was in the pool, by all records.
pub async fn members(office: &Office) -> Result<HashMap<u128, Membership>> {
    let acts = pool::acts(office.db.reading()).await?;
    Ok(pool::fold(acts.iter()))
}

/// Coverage of all areas and counties, by the records and targets of now.
pub async fn coverage_now(office: &Office, firms: &Firms, as_of: Month) -> Result<Vec<Coverage>> {
    let members = members(office).await?;
    coverage_with(office, firms, as_of, &members, Horizon::ALL).await
}

/// Coverage by the records and targets of then.
pub async fn coverage_by(
    office: &Office,
    firms: &Firms,
    as_of: Month,
    by: Horizon,
) -> Result<Vec<Coverage>> {
    let acts = pool::acts_by(office.db.reading(), by).await?;
    coverage_with(office, firms, as_of, &pool::fold(acts.iter()), by).await
}

/// Coverage by the records that the snapshot was made from and the targets issued by a
/// moment, so that a document can be written again as it was.
pub async fn coverage_at(
    office: &Office,
    firms: &Firms,
    snapshot: &Snapshot,
    by: Horizon,
) -> Result<Vec<Coverage>> {
    let inputs: Inputs = serde_json::from_str(&snapshot.inputs)?;
    let acts = pool::acts(office.db.reading()).await?;
    let known = acts
        .iter()
        .filter(|act| act.id <= inputs.pool_acts_through && act.on <= snapshot.known_by);
    coverage_with(office, firms, snapshot.as_of, &pool::fold(known), by).await
}

async fn coverage_with(
    office: &Office,
    firms: &Firms,
    as_of: Month,
    members: &HashMap<u128, Membership>,
    by: Horizon,
) -> Result<Vec<Coverage>> {
    let db = office.db.reading();
    let issued = targets::issued_by(db, &office.pack, as_of.year(), by).await?;
    match office.pack.pool_factor_percent(as_of.last_day()) {
        Some(factor) => Ok(pool::coverage(
            &office.pack,
            firms,
            members,
            &issued,
            factor,
        )),
        None => refuse(format!("{}还没有培育库倍数参数", as_of.in_words())),
    }
}

async fn show_coverage(office: &Office, arguments: &CoverageArgs) -> Result<Report> {
    let (snapshot, firms) = newest(office, arguments.as_of).await?;
    let lines = coverage_now(office, &firms, snapshot.as_of).await?;
    let mut report = Report::new(format!("培育库覆盖  截至{}", snapshot.as_of.in_words()));
    if lines.iter().all(|line| line.target.is_none()) {
        report = report.note(format!(
            "{}年度目标尚未下达，不能计算应建数；先办理 shenggui targets measure",
            snapshot.as_of.year()
        ));
    }
    let mut table = coverage_table(office);
    let areas: Vec<&Coverage> = lines.iter().filter(|line| line.is_area).collect();
    if arguments.division.is_none() {
        let mut row = coverage_row("全省合计", &total(&areas));
        // One area's surplus does not fill another's gap.
        let gaps: Option<u32> = areas.iter().map(|line| line.missing()).sum();
        row[6] = Field::maybe_count(gaps);
        table.row(row);
    }
    let scope = Reader::of(office, None, None)?.scope;
    for line in &lines {
        let own = line.county.filter(|_| !line.is_area).unwrap_or(line.area);
        if !scope.covers_division(&office.pack, own) {
            continue;
        }
        let wanted = arguments.division.is_none_or(|code| code == line.area);
        let counties = arguments.counties || arguments.division.is_some();
        if !wanted || (!line.is_area && !counties) {
            continue;
        }
        let name = match (line.is_area, line.county) {
            (true, _) => office.pack.divisions.name(line.area),
            (false, Some(county)) => format!("　{}", office.pack.divisions.name(county)),
            (false, None) => "　市直及县级待核".to_string(),
        };
        table.row(coverage_row(&name, line));
    }
    Ok(report
        .note("覆盖倍数按在库与本年由库内升规的企业合计计算，升规不会使一个市显得不足")
        .table(table))
}

fn coverage_table(office: &Office) -> Table {
    let mut table = Table::new(
        "coverage",
        "",
        &[
            ("division", "地区"),
            ("target", "年度目标"),
            ("required", "应建"),
            ("in_pool", "在库"),
            ("promoted", "本年已升规"),
            ("multiple", "覆盖倍数"),
            ("missing", "缺口"),
        ],
    );
    let letters = ["class_1", "class_2", "class_3", "class_4"];
    for (class, key) in office.pack.classes.iter().zip(letters) {
        table.columns.push((key, format!("{}类", class.letter)));
    }
    table.columns.push(("other", "其他".to_string()));
    table
}

fn coverage_row(name: &str, line: &Coverage) -> Vec<Field> {
    let mut row = vec![
        Field::text(name),
        Field::maybe_count(line.target),
        Field::maybe_count(line.required),
        Field::count(line.in_pool),
        Field::count(line.promoted),
        line.target.map_or(Field::Empty, |target| Field::Multiple {
            part: i64::from(line.counted()),
            of: i64::from(target),
        }),
        Field::maybe_count(line.missing()),
    ];
    row.extend(line.by_class.iter().map(|count| Field::count(*count)));
    row
}

/// The sum of areas; a target only where every area has one.
fn total(areas: &[&Coverage]) -> Coverage {
    let sum = |pick: fn(&Coverage) -> Option<u32>| {
        areas.iter().map(|line| pick(line)).sum::<Option<u32>>()
    };
    let classes = areas.first().map_or(0, |line| line.by_class.len());
    Coverage {
        area: 0,
        county: None,
        is_area: true,
        target: sum(|line| line.target),
        required: sum(|line| line.required),
        in_pool: areas.iter().map(|line| line.in_pool).sum(),
        promoted: areas.iter().map(|line| line.promoted).sum(),
        by_class: (0..classes)
            .map(|class| areas.iter().map(|line| line.by_class[class]).sum())
            .collect(),
    }
}
