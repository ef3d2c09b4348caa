//! Importing one file: judged row by row, refused rows handed back as a workbook, the
//! rest stored as a batch in one transaction.

use super::region::refuse_outside;
use super::sample::{Sample, sample};
use crate::jobs::files;
use crate::office::{Office, Overtaken, refuse};
use anyhow::{Context, Result};
use chrono::NaiveDate;
use programme::database::Transaction;
use programme::deliveries::import::{Against, Judged, hash_file, judge};
use programme::deliveries::payload::encode_parts;
use programme::deliveries::reading::{Unit, rejects};
use programme::deliveries::{self, Batch, RowFinding, StoredBatch, in_force};
use programme::indicators;
use programme::jobs::{self, Ending, Ticket};
use programme::journal::{self, Act, Line};
use programme::register;
use rules::layout::{Layout, LayoutPeriod};
use rules::pack::Pack;
use rules::pack::divisions::{DivisionCode, Level};
use rules::period::Month;
use rules::uscc::Uscc;
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// What is to be imported and how.
#[derive(Debug, Clone)]
pub struct Order {
    pub kind: String,
    pub file: PathBuf,
    pub month: Option<Month>,
    pub area: Option<DivisionCode>,
    pub unit: Option<Unit>,
    pub supersedes: Option<i64>,
    /// Where refused rows go: a file or a folder; beside the input where absent.
    pub errors: Option<PathBuf>,
    pub dry_run: bool,
    /// The job that is finished by storing the batch.
    pub ticket: Option<Ticket>,
}

/// How an import ended.
#[derive(Debug)]
pub struct Outcome {
    /// Number of the batch; none for a preview or where nothing was accepted.
    pub batch: Option<i64>,
    pub month: Month,
    pub month_from: &'static str,
    pub sheet: String,
    pub rows: u64,
    pub blank_rows: u64,
    pub accepted: u64,
    pub remarked: u64,
    pub rejected: u64,
    pub returned: Option<PathBuf>,
    pub findings: Vec<RowFinding>,
    /// What the person should know beside the rows.
    pub notes: Vec<String>,
    /// How each column was recognised: our name, the header, the unit.
    pub columns: Vec<(String, String, String)>,
    /// Which rows are the header.
    pub header: String,
    /// The first rows as they were read.
    pub sample: Sample,
}

/// Reads, judges and stores. `progress` is told the share of the file that was read.
pub async fn import(
    office: &Office,
    order: &Order,
    act: &Act,
    progress: impl FnMut(f32) + Send + 'static,
) -> Result<Outcome> {
    let pack = office.pack.clone();
    let Some(layout) = pack.layout(&order.kind) else {
        let known: Vec<String> = pack
            .layouts
            .iter()
            .map(|layout| format!("{} {}", layout.id, layout.name))
            .collect();
        return refuse(format!(
            "没有“{}”这种交付，可用：{}",
            order.kind,
            known.join("、")
        ));
    };
    check_deliverer(office, layout, act)?;
    check_area(office, order.area)?;
    // The file is hashed while the database is read.
    let file = order.file.clone();
    let hashing = tokio::task::spawn_blocking(move || hash_of(&file));
    let db = office.db.reading();
    let batches = deliveries::batches(db).await?;
    check_superseded(&batches, order)?;
    let last_seen = batches.last().map_or(0, |batch| batch.id);
    let force = in_force(&batches, NaiveDate::MAX);
    let stored = deliveries::stored(db).await?;
    let exceptions: HashSet<Uscc> = register::exceptions(db).await?.into_keys().collect();
    let registered = match order.kind.as_str() {
        "register" => HashSet::new(),
        _ => register::known_keys(db, &force, &stored).await?,
    };
    let hash = hashing.await.context("导入中断")??;
    refuse_same_file(deliveries::same_file(db, &hash).await?, order.supersedes)?;
    let mut judged = judge_file(office, order, exceptions, registered, act.on, progress).await?;
    if layout.period == LayoutPeriod::Month {
        let earlier = indicators::delivered(
            db,
            &force,
            &stored,
            &layout.id,
            judged.month,
            order.supersedes,
        )
        .await?;
        judged.refuse_delivered(&earlier);
    }
    refuse_outside(office, order, layout, &mut judged).await?;
    let mut outcome = outcome(&office.pack, layout, &judged);
    outcome.notes = shrinkage(office, order, &stored, &judged).await?;
    let seen = Seen { hash, last_seen };
    settle(office, order, act, layout, seen, judged, outcome).await
}

/// What was known of the file and of other batches when it was judged.
struct Seen {
    hash: String,
    last_seen: i64,
}

/// A correction that names fewer firms than what it replaces is said to do so.
async fn shrinkage(
    office: &Office,
    order: &Order,
    stored: &BTreeMap<i64, StoredBatch>,
    judged: &Judged,
) -> Result<Vec<String>> {
    const NAMED_MAX: usize = 3;
    let Some(place) = order.supersedes.and_then(|id| stored.get(&id)) else {
        return Ok(Vec::new());
    };
    let earlier = deliveries::load_part(office.db.reading(), *place, 0, 1, Some(&[])).await?;
    let now: HashSet<&u128> = judged.rows.keys.iter().collect();
    let gone: Vec<&u128> = earlier
        .keys
        .iter()
        .filter(|key| !now.contains(key))
        .collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let named: Vec<String> = gone
        .iter()
        .filter_map(|key| Uscc::from_key(**key))
        .take(NAMED_MAX)
        .map(|code| code.to_string())
        .collect();
    let more = if gone.len() > NAMED_MAX { "等" } else { "" };
    Ok(vec![format!(
        "第{}批次收下的企业中有{}家不在本批（{}{more}），更正后这些企业没有本期数据，请核对是否漏报",
        place.id,
        gone.len(),
        named.join("、")
    )])
}

/// Writes the refused rows, then the batch; in this order, so that what was acknowledged
/// is there, and a kill between the two leaves only a file that is written again.
async fn settle(
    office: &Office,
    order: &Order,
    act: &Act,
    layout: &Layout,
    seen: Seen,
    judged: Judged,
    mut outcome: Outcome,
) -> Result<Outcome> {
    if order.dry_run {
        return Ok(outcome);
    }
    let reasons = judged.reasons();
    if !reasons.is_empty() {
        let target = errors_path(order);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("目录“{}”不能建立", folder.display()))?;
        }
        rejects::write(&order.file, &judged.reading.recognised, &reasons, &target)?;
        outcome.returned = Some(target);
    }
    // Another node may be asked for them.
    let returned = match (&order.ticket, &outcome.returned) {
        (Some(_), Some(path)) => Some(files::keep_returned(office, path, act).await?),
        _ => None,
    };
    if judged.rows.is_empty() {
        if let Some(ticket) = &order.ticket {
            let tx = office.db.begin_writing().await?;
            finish(&tx, ticket, &outcome, returned, act).await?;
            tx.commit().await?;
        }
        return Ok(outcome);
    }
    let batch = batch_of(order, act, layout, seen.hash, &outcome);
    let parts = encode_parts(&judged.rows)?;
    let tx = office.db.begin_writing().await?;
    // Somebody else may have delivered the same file while this one was read.
    let same = deliveries::same_file(&tx, &batch.file_hash).await?;
    refuse_same_file(same, order.supersedes)?;
    let raced = deliveries::batches(&tx).await?.into_iter().any(|other| {
        other.id > seen.last_seen && other.kind == batch.kind && other.month == batch.month
    });
    if raced {
        let text = "读取期间另有同类同月的批次存入，本次没有存入；请重新导入";
        return match order.ticket {
            // A node imports it again by itself.
            Some(_) => Err(Overtaken(text.to_string()).into()),
            None => refuse(text),
        };
    }
    let id = deliveries::insert(&tx, &batch, &parts, &judged.findings).await?;
    outcome.batch = Some(id);
    journal::append(&tx, act, &line_of(id, layout, &batch)).await?;
    if let Some(ticket) = &order.ticket {
        finish(&tx, ticket, &outcome, returned, act).await?;
    }
    tx.commit().await?;
    Ok(outcome)
}

fn batch_of(order: &Order, act: &Act, layout: &Layout, hash: String, outcome: &Outcome) -> Batch {
    Batch {
        id: 0,
        kind: layout.id.clone(),
        month: outcome.month,
        organisation: act.organisation.id(),
        region: order.area,
        purpose: layout.purpose.clone(),
        basis: layout.basis.clone(),
        file_name: file_name(&order.file),
        file_hash: hash,
        received_on: act.on,
        at: act.at,
        accepted: outcome.accepted,
        rejected: outcome.rejected,
        remarked: outcome.remarked,
        supersedes: order.supersedes,
    }
}

fn line_of(id: i64, layout: &Layout, batch: &Batch) -> Line {
    Line {
        act: "deliveries.accept",
        subject: format!("第{id}批次"),
        detail: format!(
            "{} {}，收下{}、退回{}，SM3 {}",
            layout.name, batch.month, batch.accepted, batch.rejected, batch.file_hash
        ),
    }
}

/// Ends the job of an import in the transaction of its batch.
async fn finish(
    tx: &Transaction,
    ticket: &Ticket,
    outcome: &Outcome,
    returned: Option<i64>,
    act: &Act,
) -> Result<()> {
    if let Some(file) = returned {
        jobs::attach(tx, file, ticket.job).await?.or_else(refuse)?;
    }
    let words = match outcome.batch {
        Some(id) => format!(
            "存为第{id}批次：收下{}行，退回{}行",
            outcome.accepted, outcome.rejected
        ),
        None => "全部数据行都有问题，没有存入；退回文件逐行写明了原因".to_string(),
    };
    let content = serde_json::json!({
        "batch": outcome.batch,
        "month": outcome.month.to_string(),
        "rows": outcome.rows,
        "accepted": outcome.accepted,
        "remarked": outcome.remarked,
        "rejected": outcome.rejected,
        "returned": returned,
        "notes": outcome.notes,
        "words": words,
    });
    let ending = match outcome.batch {
        Some(_) => Ending::Done(content.to_string()),
        None => Ending::Refused(content.to_string()),
    };
    Ok(jobs::finish(tx, ticket, &ending, act).await?)
}

async fn judge_file(
    office: &Office,
    order: &Order,
    exceptions: HashSet<Uscc>,
    registered: HashSet<u128>,
    received_on: NaiveDate,
    mut progress: impl FnMut(f32) + Send + 'static,
) -> Result<Judged> {
    let pack = office.pack.clone();
    let order = order.clone();
    let judged = tokio::task::spawn_blocking(move || {
        let against = Against {
            pack: &pack,
            layout: pack.layout(&order.kind).expect("the caller found it"),
            month: order.month,
            unit: order.unit,
            exceptions: &exceptions,
            registered: &registered,
            region: order.area,
            received: Month::of(received_on),
        };
        judge(&order.file, &against, &mut progress)
    })
    .await
    .context("导入中断")?;
    judged.or_else(|fault| refuse(format!("{fault}。没有存入任何数据")))
}

fn check_deliverer(office: &Office, layout: &Layout, act: &Act) -> Result<()> {
    if act.organisation.is_among(&layout.agencies) {
        return Ok(());
    }
    let allowed: Vec<String> = layout
        .agencies
        .iter()
        .map(|id| match id.as_str() {
            "areas" => "各市".to_string(),
            "counties" => "各县（市、区）".to_string(),
            id => office.pack.agency(id).map_or_else(
                || id.to_string(),
                |agency| agency.name_on(act.on).short.clone(),
            ),
        })
        .collect();
    refuse(format!(
        "“{}”由{}交付，不能由{}交付",
        layout.name,
        allowed.join("、"),
        act.organisation.name(&office.pack, act.on)
    ))
}

fn check_area(office: &Office, area: Option<DivisionCode>) -> Result<()> {
    let Some(code) = area else {
        return Ok(());
    };
    let known = office
        .pack
        .divisions
        .get(code)
        .is_some_and(|d| d.level == Level::Area);
    if known {
        return Ok(());
    }
    refuse(format!("“{code}”不是省辖市代码，例如洛阳市是 410300"))
}

fn hash_of(file: &Path) -> Result<String> {
    match hash_file(file) {
        Ok(hash) => Ok(hash),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            refuse(format!("找不到文件“{}”，请核对路径", file.display()))
        }
        Err(_) if file.is_dir() => {
            refuse(format!("“{}”是文件夹，请指定其中的文件", file.display()))
        }
        Err(error) => Err(error).with_context(|| format!("文件“{}”不能读取", file.display())),
    }
}

fn refuse_same_file(same: Option<Batch>, supersedes: Option<i64>) -> Result<()> {
    match same {
        Some(first) if Some(first.id) != supersedes => refuse(format!(
            "这份文件已作为第{0}批次导入（{1}接收），没有重复存入。确需更正的，用 --supersedes {0}",
            first.id, first.received_on
        )),
        _ => Ok(()),
    }
}

fn check_superseded(batches: &[Batch], order: &Order) -> Result<()> {
    let Some(id) = order.supersedes else {
        return Ok(());
    };
    let Some(earlier) = batches.iter().find(|batch| batch.id == id) else {
        return refuse(format!("没有第{id}批次，不能更正"));
    };
    if let Some(later) = batches.iter().find(|batch| batch.supersedes == Some(id)) {
        return refuse(format!(
            "第{id}批次已被第{0}批次更正，请更正第{0}批次",
            later.id
        ));
    }
    if earlier.kind != order.kind {
        return refuse(format!("第{id}批次不是同一种交付，不能更正"));
    }
    Ok(())
}

fn outcome(pack: &Pack, layout: &Layout, judged: &Judged) -> Outcome {
    let recognised = &judged.reading.recognised;
    let columns = layout
        .columns
        .iter()
        .zip(&recognised.columns)
        .filter_map(|(column, at)| {
            let at = at.as_ref()?;
            let unit = at.unit.map_or("", |unit| unit.name());
            Some((
                column.name.clone(),
                at.header_text.clone(),
                unit.to_string(),
            ))
        })
        .collect();
    Outcome {
        batch: None,
        month: judged.month,
        month_from: judged.month_from,
        sheet: recognised.sheet.clone().unwrap_or_default(),
        rows: judged.reading.rows,
        blank_rows: judged.reading.blank_rows,
        accepted: judged.rows.len() as u64,
        remarked: judged.remarked(),
        rejected: judged.refused(),
        returned: None,
        findings: judged.findings.clone(),
        notes: Vec::new(),
        columns,
        header: header(&recognised.header_rows),
        sample: sample(pack, layout, judged),
    }
}

fn header(rows: &RangeInclusive<u64>) -> String {
    match rows.start() == rows.end() {
        true => format!("第{}行", rows.start()),
        false => format!("第{}至{}行", rows.start(), rows.end()),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn errors_path(order: &Order) -> PathBuf {
    let stem = order.file.file_stem().map_or_else(
        || "delivery".to_string(),
        |stem| stem.to_string_lossy().into_owned(),
    );
    let name = format!("{stem}-退回.xlsx");
    match &order.errors {
        Some(path) if path.is_dir() || path.extension().is_none() => path.join(name),
        Some(path) => path.clone(),
        None => order.file.with_file_name(name),
    }
}
