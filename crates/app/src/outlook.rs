//! Runs and snapshots as people ask for them.

mod backtest;
pub mod card;
pub mod firm;
pub mod follow_up;
pub mod forecast;
mod hand_over;
mod hand_over_files;
mod landing;
pub mod map;
pub mod prospect;
pub mod warnings;
pub mod web;

pub use follow_up::record as record_follow_up;

use crate::cli::{OutlookCommand, RunArgs};
use crate::deliveries::progress_bar;
use crate::office::{Office, read_pack, refuse, today};
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::deliveries::{self, Batch, in_force};
use programme::jobs::{self, Ending, Ticket};
use programme::journal::{Act, Horizon};
use programme::outlook::{
    self, Firms, Inputs, RunRequest, Snapshot, Standings, compute, fingerprint, inputs_for,
};
use programme::pool;
use programme::targets::progress::Progress;
use rules::layout::LayoutPeriod;
use rules::pack::Pack;
use rules::pack::facts::{Origin, RegisterField, StatusField};
use rules::period::Month;
use std::sync::Arc;
use warnings::Judged;

/// Version that a snapshot records.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// `shenggui outlook`.
pub async fn answer(office: &Office, command: &OutlookCommand, quiet: bool) -> Result<Report> {
    match command {
        OutlookCommand::Forecast(arguments) => forecast::command(arguments),
        OutlookCommand::Landing(arguments) => landing::command(office, arguments).await,
        OutlookCommand::Backtest(arguments) => backtest::command(office, arguments, quiet).await,
        OutlookCommand::Snapshots => snapshots(office).await,
        OutlookCommand::Stages { as_of } => stages(office, *as_of).await,
        OutlookCommand::Warnings(arguments) => warnings::command(office, arguments).await,
        OutlookCommand::Card(arguments) => card::command(office, arguments).await,
        OutlookCommand::HandOver(arguments) => hand_over::command(office, arguments).await,
        OutlookCommand::HandOvers => hand_over::list(office).await,
        OutlookCommand::HandOverList(arguments) => hand_over::read_again(office, arguments).await,
        OutlookCommand::FollowUps(arguments) => follow_up::list(office, arguments).await,
        OutlookCommand::FollowUp(arguments) => follow_up::command(office, arguments).await,
    }
}

/// `shenggui run`.
pub async fn command(office: &Office, arguments: &RunArgs, quiet: bool) -> Result<Report> {
    if let Some(id) = arguments.replay {
        return replay(office, id).await;
    }
    let Some(as_of) = arguments.as_of else {
        return refuse("请用 --as-of 2026-09 指明统计时点");
    };
    let known_by = arguments.known_by.unwrap_or_else(today);
    let act = office.act(office.provincial_office(), "", None)?;
    let bar = progress_bar(quiet, "计算");
    let shown = bar.clone();
    let told = move |done: usize, all: usize| {
        shown.set_position((done * 1000 / all.max(1)) as u64);
    };
    let computed = run(office, RunRequest { as_of, known_by }, &act, None, told).await;
    bar.finish_and_clear();
    let (snapshot, firms) = computed?;
    let mut report = described(&snapshot).table(stage_table(&office.pack, &firms));
    if let Some(note) = stale(office, as_of, known_by).await? {
        report = report.note(note);
    }
    Ok(report.note(format!("重算核对：shenggui run --replay {}", snapshot.id)))
}

/// Says which monthly deliveries do not reach the month of the run.
async fn stale(
    office: &Office,
    as_of: Month,
    known_by: chrono::NaiveDate,
) -> Result<Option<String>> {
    let batches = in_force(&deliveries::batches(office.db.reading()).await?, known_by);
    let monthly = office
        .pack
        .layouts
        .iter()
        .filter(|l| l.period == LayoutPeriod::Month);
    let mut behind = Vec::new();
    for layout in monthly {
        let months = batches
            .iter()
            .filter(|b| b.kind == layout.id)
            .map(|b| b.month);
        match months.filter(|month| *month <= as_of).max() {
            Some(month) if month == as_of => {}
            Some(month) => behind.push(format!("{}只到{}", layout.name, month.in_words())),
            None => behind.push(format!("没有{}", layout.name)),
        }
    }
    let text = (!behind.is_empty())
        .then(|| format!("数据未到{}：{}", as_of.in_words(), behind.join("，")));
    Ok(text)
}

/// Computes and stores one snapshot; gives it with its firms, of whose facts only place and
/// standing are known. With a ticket, storing it finishes the job.
pub async fn run(
    office: &Office,
    request: RunRequest,
    act: &Act,
    ticket: Option<&Ticket>,
    progress: impl Fn(usize, usize),
) -> Result<(Snapshot, Firms)> {
    let db = office.db.reading();
    let batches = deliveries::batches(db).await?;
    let force = in_force(&batches, request.known_by);
    if force.is_empty() {
        return refuse(format!(
            "{}以前没有收到任何数据，请先用 shenggui import 导入",
            request.known_by
        ));
    }
    let through = pool::last_act(db).await?;
    let standings = pool::standings(db, through, request.known_by).await?;
    let inputs = inputs_for(&office.pack, request, &batches, &standings, PROGRAM);
    let computed = compute(
        &office.db,
        office.pack.clone(),
        request.as_of,
        force.clone(),
        standings,
        progress,
    )
    .await?;
    // A look back at what was known earlier restates nothing.
    let earlier = outlook::snapshots(db).await?;
    let is_newest = earlier
        .iter()
        .all(|other| other.as_of != request.as_of || other.known_by <= request.known_by);
    // Counting needs to know where firms stand and where they are, and nothing else.
    let places = [
        Origin::Register(RegisterField::Area),
        Origin::Register(RegisterField::County),
        Origin::Status(StatusField::InScale),
    ];
    let slots = places
        .into_iter()
        .filter_map(|origin| office.pack.slot(origin));
    let slots: Vec<usize> = slots.collect();
    let firms = outlook::firms_of(&office.pack, &computed.parts, &slots)?;
    let progress = match is_newest {
        true => Some(figures(office, request.as_of, &force, &firms).await?),
        false => None,
    };
    let tx = office.db.begin_writing().await?;
    outlook::save_pack(&tx, &office.pack, act.at).await?;
    let period = (request.as_of, request.known_by);
    let snapshot = outlook::save(&tx, &inputs, period, &computed, act).await?;
    if let Some(progress) = progress {
        programme::targets::record_figures(&tx, snapshot.id, &progress, act).await?;
    }
    if let Some(ticket) = ticket {
        jobs::finish(&tx, ticket, &ending(&snapshot), act).await?;
    }
    tx.commit().await?;
    Ok((snapshot, firms))
}

/// What the job of a run says in the end.
fn ending(snapshot: &Snapshot) -> Ending {
    let outcome = serde_json::json!({
        "snapshot": snapshot.id,
        "as_of": snapshot.as_of.to_string(),
        "known_by": snapshot.known_by.to_string(),
        "count": snapshot.count,
        "fingerprint": snapshot.fingerprint,
        "words": format!(
            "截至{}的第{}号快照已存入，企业{}家",
            snapshot.as_of.in_words(),
            snapshot.id,
            snapshot.count
        ),
    });
    Ending::Done(outcome.to_string())
}

/// The figures of the month, kept so that a later difference is seen as a restatement.
async fn figures(
    office: &Office,
    as_of: Month,
    batches: &[Batch],
    firms: &Firms,
) -> Result<Progress> {
    let book = crate::targets::book_from(office, as_of, batches).await?;
    crate::targets::progress_from(office, as_of, firms, &book, Horizon::ALL).await
}

/// Computes a stored snapshot again from its recorded inputs and compares every byte.
async fn replay(office: &Office, id: i64) -> Result<Report> {
    let db = office.db.reading();
    let Some(snapshot) = outlook::snapshot(db, id).await? else {
        return refuse(format!(
            "没有快照 {id}，全部快照见 shenggui outlook snapshots"
        ));
    };
    let inputs: Inputs = serde_json::from_str(&snapshot.inputs)?;
    let pack = pack_of(office, &snapshot).await?;
    let all = deliveries::batches(db).await?;
    let batches: Vec<_> = all
        .into_iter()
        .filter(|batch| {
            inputs
                .batches
                .iter()
                .any(|(id, hash)| *id == batch.id && *hash == batch.file_hash)
        })
        .collect();
    if batches.len() != inputs.batches.len() {
        return refuse(format!("快照 {id} 用到的批次不全，不能重算"));
    }
    let standings: Standings =
        pool::standings(db, inputs.pool_acts_through, snapshot.known_by).await?;
    let computed = compute(
        &office.db,
        pack,
        snapshot.as_of,
        batches,
        standings,
        |_, _| {},
    )
    .await?;
    let again = fingerprint(&snapshot.inputs, &computed.parts);
    if again != snapshot.fingerprint {
        let version = if inputs.program == PROGRAM {
            String::new()
        } else {
            format!(
                "（快照由 {} 版程序生成，现为 {PROGRAM} 版）",
                inputs.program
            )
        };
        return refuse(format!(
            "快照 {id} 重算结果不同{version}：原指纹 {}，重算 {again}",
            snapshot.fingerprint
        ));
    }
    Ok(described(&snapshot).note("重算结果与原快照逐字节相同"))
}

/// The pack that a snapshot was made with.
pub async fn pack_of(office: &Office, snapshot: &Snapshot) -> Result<Arc<Pack>> {
    if snapshot.pack == office.pack.fingerprint {
        return Ok(office.pack.clone());
    }
    match outlook::read_pack(office.db.reading(), &snapshot.pack).await? {
        Some(files) => Ok(Arc::new(read_pack(files)?)),
        None => refuse(format!("快照 {} 所用的政策包没有保存", snapshot.id)),
    }
}

fn described(snapshot: &Snapshot) -> Report {
    Report::new(format!(
        "快照 {}  截至{}",
        snapshot.id,
        snapshot.as_of.in_words()
    ))
    .fact("snapshot", "快照", Field::count(snapshot.id))
    .fact("as_of", "统计时点", Field::text(snapshot.as_of.to_string()))
    .fact(
        "known_by",
        "数据截止",
        Field::text(snapshot.known_by.to_string()),
    )
    .fact("count", "企业", Field::count(snapshot.count as i64))
    .fact(
        "fingerprint",
        "指纹（SM3）",
        Field::text(snapshot.fingerprint.clone()),
    )
    .fact(
        "pack",
        "政策包",
        Field::text(snapshot.pack[..16].to_string()),
    )
}

/// The newest snapshot (of a month where one is given) with its firms.
pub async fn newest(office: &Office, as_of: Option<Month>) -> Result<(Snapshot, Arc<Firms>)> {
    let db = office.db.reading();
    let Some(snapshot) = outlook::newest(db, as_of).await? else {
        return match as_of {
            Some(month) => refuse(format!(
                "还没有{}的快照，请先执行 shenggui run --as-of {month}",
                month.in_words()
            )),
            None => refuse("还没有运行过，请先执行 shenggui run --as-of 2026-09 这样的命令"),
        };
    };
    if let Some(firms) = office.memory.firms(snapshot.id) {
        return Ok((snapshot, firms));
    }
    let _turn = office.memory.loading.lock().await;
    if let Some(firms) = office.memory.firms(snapshot.id) {
        return Ok((snapshot, firms));
    }
    let firms = Arc::new(outlook::load(db, &office.pack, &snapshot).await?);
    office.memory.keep_firms(snapshot.id, &firms);
    Ok((snapshot, firms))
}

/// A firm's name; firms that only lists of departments know have none.
pub fn name_of(firms: &Firms, firm: usize) -> Field {
    match firms.name(firm) {
        "" => Field::text("（名录没有名称）"),
        name => Field::text(name),
    }
}

/// The level of firms that are not warned of.
const NO_WARNING: &str = "无预警";

/// A level as it is shown anywhere: where it could rise once more is known, it says so.
pub fn level_text(judged: &Judged, level: Option<usize>, possible: Option<usize>) -> String {
    let name = level.map_or(NO_WARNING, |level| judged.level_name(level));
    match possible.filter(|_| possible > level) {
        Some(_) => format!("{name}（{}）", judged.incomplete(possible)),
        None => name.to_string(),
    }
}

/// Names of levels, gravest first.
fn level_names(pack: &Pack, levels: &[usize]) -> String {
    let all = pack.warnings.levels.iter().enumerate().rev();
    let named = all.filter(|(level, _)| levels.contains(level));
    let names: Vec<&str> = named.map(|(_, level)| level.name.as_str()).collect();
    names.join("、")
}

/// `shenggui outlook snapshots`.
async fn snapshots(office: &Office) -> Result<Report> {
    let mut table = Table::new(
        "snapshots",
        "快照",
        &[
            ("snapshot", "快照"),
            ("as_of", "统计时点"),
            ("known_by", "数据截止"),
            ("count", "企业"),
            ("fingerprint", "指纹（SM3）"),
        ],
    );
    for snapshot in outlook::snapshots(office.db.reading()).await? {
        table.row(vec![
            Field::count(snapshot.id),
            Field::text(snapshot.as_of.to_string()),
            Field::text(snapshot.known_by.to_string()),
            Field::count(snapshot.count as i64),
            Field::text(snapshot.fingerprint),
        ]);
    }
    Ok(Report::new("快照一览").table(table))
}

/// `shenggui outlook stages`.
async fn stages(office: &Office, as_of: Option<Month>) -> Result<Report> {
    let (snapshot, firms) = newest(office, as_of).await?;
    Ok(described(&snapshot).table(stage_table(&office.pack, &firms)))
}

/// How many firms stand in a stage, and how many did in the run before.
pub struct StageChange {
    pub stage: String,
    pub before: i64,
    pub now: i64,
}

/// A snapshot against the one that was the newest before it, and what that one is called.
pub async fn stage_changes(office: &Office, id: i64) -> Result<Option<(String, Vec<StageChange>)>> {
    let all = outlook::snapshots(office.db.reading()).await?;
    let Some(now) = all.iter().find(|own| own.id == id) else {
        return Ok(None);
    };
    let before = all
        .iter()
        .filter(|own| own.id < id && own.as_of <= now.as_of)
        .max_by_key(|own| (own.as_of, own.id));
    let Some(before) = before else {
        return Ok(None);
    };
    let counts_now = stage_counts(office, now).await?;
    let counts_before = stage_counts(office, before).await?;
    let name = format!("快照 {}，截至{}", before.id, before.as_of.in_words());
    let changes = counts_now.into_iter().map(|(stage, now)| StageChange {
        before: counts_before
            .iter()
            .find(|(own, _)| *own == stage)
            .map_or(0, |(_, count)| *count),
        stage,
        now,
    });
    Ok(Some((name, changes.collect())))
}

/// Firms by the names of stages, as the pack of the snapshot has them.
async fn stage_counts(office: &Office, snapshot: &Snapshot) -> Result<Vec<(String, i64)>> {
    let pack = pack_of(office, snapshot).await?;
    let firms = match office.memory.firms(snapshot.id) {
        Some(firms) if pack.fingerprint == office.pack.fingerprint => firms,
        _ => Arc::new(outlook::load(office.db.reading(), &pack, snapshot).await?),
    };
    let mut counts: Vec<(String, i64)> = pack
        .stages
        .iter()
        .map(|stage| (stage.name.clone(), 0))
        .collect();
    counts.push(("待补".to_string(), 0));
    for firm in 0..firms.len() {
        let place = firms.stage(firm).unwrap_or(pack.stages.len());
        counts[place].1 += 1;
    }
    Ok(counts)
}

/// How many firms stand where.
pub fn stage_table(pack: &Pack, firms: &Firms) -> Table {
    let mut table = Table::new(
        "stages",
        "各阶段企业",
        &[
            ("stage", "阶段"),
            ("kind", "细分"),
            ("count", "家数"),
            ("meaning", "说明"),
        ],
    );
    let mut counts = vec![0i64; pack.stages.len()];
    let mut kinds: Vec<Vec<i64>> = pack.stages.iter().map(|s| vec![0; s.kinds.len()]).collect();
    let mut unknown = 0i64;
    for firm in 0..firms.len() {
        match firms.stage(firm) {
            Some(stage) => {
                counts[stage] += 1;
                if let Some(kind) = firms.kind(firm) {
                    kinds[stage][kind] += 1;
                }
            }
            None => unknown += 1,
        }
    }
    for (index, stage) in pack.stages.iter().enumerate() {
        table.row(vec![
            Field::text(stage.name.clone()),
            Field::Empty,
            Field::Count(counts[index]),
            Field::text(stage.meaning.clone()),
        ]);
        for (kind, count) in stage.kinds.iter().zip(&kinds[index]) {
            table.row(vec![
                Field::text(stage.name.clone()),
                Field::text(kind.name.clone()),
                Field::Count(*count),
                Field::Empty,
            ]);
        }
    }
    if unknown > 0 {
        table.row(vec![
            Field::text("待补"),
            Field::Empty,
            Field::Count(unknown),
            Field::text("缺少判断阶段所需的数据，例如确认名单"),
        ]);
    }
    table
}
