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
pub use candidates::candidates_of;

use crate::cli::{ActArgs, CoverageArgs, PoolCommand};
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
use rules::pack::Pack;
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

}

/// Records acts: those that are admissible; the others are named with their reasons.
async fn act(office: &Office, kind: ActKind, arguments: &ActArgs) -> Result<Report> {
    let organisation = office.organisation(&arguments.signature.agency)?;
    let act = office.act(
        organisation,
        &arguments.signature.person,
        arguments.signature.on,
    )?;
    if arguments.reason.trim().is_empty() || act.person.is_empty() {
        return refuse(PoolRefusal::NoReason);
    }
    let (snapshot, firms) = newest(office, None).await?;
    let codes = codes(office, arguments).await?;
    let (done, refused) = record_acts(office, kind, codes, &arguments.reason, &act, &firms).await?;
    if done == 0 {
        let reasons: Vec<String> = refused.rows.iter().map(|row| row[1].shown()).collect();
        return refuse(format!("没有办理：{}", reasons.join("；")));
    }
    let mut report = Report::new(format!("{}{done}家", kind.in_words()))
        .fact("done", "已办理", Field::Count(done as i64))
        .fact(
            "refused_count",
            "未办理",
            Field::Count(refused.rows.len() as i64),
        )
        .note(format!(
            "记录已存入；各阶段数字在下次运行后更新（shenggui run --as-of {}）",
            snapshot.as_of
        ));
    if !refused.rows.is_empty() {
        report = report.table(refused);
    }
    Ok(report)
}

/// A code as it was written, and the code or what is wrong with it.
pub type NamedCode = (String, Result<Uscc, String>);

/// Records what is admissible in one transaction; gives the number of firms done and the
/// others with their reasons.
pub async fn record_acts(
    office: &Office,
    kind: ActKind,
    codes: Vec<NamedCode>,
    reason: &str,
    act: &Act,
    firms: &Firms,
) -> Result<(usize, Table)> {
    let members = members(office).await?;
    let decided = decide_acts(&office.pack, kind, codes, act, firms, &members);
    let mut refused = Table::new(
        "refused",
        "未办理",
        &[("uscc", "统一社会信用代码"), ("reason", "原因")],
    );
    for (text, reason) in decided.refused {
        refused.row(vec![Field::text(text), Field::text(reason)]);
    }
    if !decided.done.is_empty() {
        let tx = office.db.begin_writing().await?;
        pool::record(&tx, kind, &decided.done, reason, act).await?;
        tx.commit().await?;
    }
    Ok((decided.done.len(), refused))
}

/// Which acts are admissible.
pub struct DecidedActs {
    /// Firms with the class that holds; empty where none does.
    pub done: Vec<(Uscc, String)>,
    /// Codes as they were written, and why nothing is done.
    pub refused: Vec<(String, String)>,
}

/// Decides which acts are admissible, by the records that are given.
pub fn decide_acts(
    pack: &Pack,
    kind: ActKind,
    codes: Vec<NamedCode>,
    act: &Act,
    firms: &Firms,
    members: &HashMap<u128, Membership>,
) -> DecidedActs {
    let scope = Scope::of(pack, &act.organisation);
    let mut decided = DecidedActs {
        done: Vec::new(),
        refused: Vec::new(),
    };
    for (text, code) in codes {
        let answer = code.and_then(|code| {
            let member = members.get(&code.key()).copied().unwrap_or_default();
            let firm = admit_one(kind, code, firms, member, &scope, act.on);
            firm.map(|firm| (code, firm))
                .map_err(|refusal| refusal.to_string())
        });
        match answer {
            Ok((code, firm)) => {
                let class = firms.first_class(firm);
                let class = class.map_or(String::new(), |class| pack.classes[class].id.clone());
                decided.done.push((code, class));
            }
            Err(reason) => decided.refused.push((text, reason)),
        }
    }
    decided
}

fn admit_one(
    kind: ActKind,
    code: Uscc,
    firms: &Firms,
    member: Membership,
    scope: &Scope,
    on: NaiveDate,
) -> Result<usize, PoolRefusal> {
    let firm = admissible(kind, code, firms, member, on)?;
    let is_placed = firms.area(firm).is_some();
    if is_placed && scope.covers_firm(&firms.whereabouts(firm)) {
        Ok(firm)
    } else {
        Err(PoolRefusal::OutOfScope(code))
    }
}

/// The codes that an act names: written out, or those of an office's list.
async fn codes(office: &Office, arguments: &ActArgs) -> Result<Vec<NamedCode>> {
    let Some(id) = arguments.list else {
        let read = arguments.uscc.iter().map(|text| match Uscc::read(text) {
            Ok((code, _)) | Err(UsccFault::CheckSymbol { code, .. }) => (text.clone(), Ok(code)),
            Err(fault) => (text.clone(), Err(fault.to_string())),
        });
        return Ok(read.collect());
    };
    listed_codes(office, id).await
}

/// The codes of an office's list.
pub async fn listed_codes(office: &Office, batch: i64) -> Result<Vec<NamedCode>> {
    let rows = list(office, batch).await?.1;
    let codes = rows.keys.iter().filter_map(|key| Uscc::from_key(*key));
    Ok(codes.map(|code| (code.to_string(), Ok(code))).collect())
}

async fn list(office: &Office, id: i64) -> Result<(deliveries::Batch, deliveries::payload::Rows)> {
    let db = office.db.reading();
    match deliveries::batch(db, id).await? {
        Some(batch) if batch.kind == "pool-list" => {
            let stored = deliveries::stored(db).await?;
            let rows = pool::list_rows(db, &batch, &stored).await?;
            Ok((batch, rows))
        }
        Some(_) => refuse(format!("第{id}批次不是培育库名单")),
        None => refuse(format!(
            "没有第{id}批次，全部批次见 shenggui indicators batches"
        )),
    }
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
