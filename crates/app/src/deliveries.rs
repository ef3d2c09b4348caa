//! Deliveries as people handle them: import a file, look at batches and what was said of
//! their rows.

pub mod import;
mod kinds;
mod outcome;
mod region;
mod sample;
mod sight;
pub mod web;

pub use sight::sees as sees_batch;

use crate::cli::ImportArgs;
use crate::office::{Office, refuse};
use crate::report::{Field, Report, Table};
use anyhow::Result;
use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use programme::deliveries::reading::Unit;
use programme::deliveries::{self, Batch};
use programme::people::Organisation;

/// Name of who delivered a batch.
fn deliverer(office: &Office, batch: &Batch) -> String {
    named(office, &batch.organisation, batch.received_on)
}

/// An organisation by its id, as it is called on a day.
pub fn named(office: &Office, id: &str, on: NaiveDate) -> String {
    match Organisation::read(&office.pack, id) {
        Ok(organisation) => organisation.name(&office.pack, on),
        Err(_) => id.to_string(),
    }
}

fn kind_name(office: &Office, kind: &str) -> String {
    let layout = office.pack.layout(kind);
    layout.map_or_else(|| kind.to_string(), |layout| layout.name.clone())
}

/// All batches.
pub async fn list(office: &Office) -> Result<Report> {
    let batches = deliveries::batches(office.db.reading()).await?;
    let superseded: Vec<i64> = batches
        .iter()
        .filter_map(|batch| batch.supersedes)
        .collect();
    let mut table = Table::new(
        "batches",
        "交付批次",
        &[
            ("batch", "批次"),
            ("kind", "种类"),
            ("month", "月份"),
            ("by", "交付单位"),
            ("received_on", "接收日期"),
            ("accepted", "收下"),
            ("remarked", "备注"),
            ("rejected", "退回"),
            ("state", "状态"),
            ("file", "文件"),
        ],
    );
    for batch in &batches {
        let state = if superseded.contains(&batch.id) {
            "已被更正".to_string()
        } else if let Some(earlier) = batch.supersedes {
            format!("更正第{earlier}批")
        } else {
            "有效".to_string()
        };
        table.row(vec![
            Field::count(batch.id),
            Field::text(kind_name(office, &batch.kind)),
            Field::text(batch.month.to_string()),
            Field::text(deliverer(office, batch)),
            Field::text(batch.received_on.to_string()),
            Field::count(batch.accepted as i64),
            Field::count(batch.remarked as i64),
            Field::count(batch.rejected as i64),
            Field::text(state),
            Field::text(batch.file_name.clone()),
        ]);
    }
    Ok(Report::new("交付批次一览").table(table))
}

/// One batch and everything that was said of its rows.
pub async fn show(office: &Office, id: i64) -> Result<Report> {
    let db = office.db.reading();
    let Some(batch) = deliveries::batch(db, id).await? else {
        return refuse(format!(
            "没有第{id}批次，全部批次见 shenggui indicators batches"
        ));
    };
    let mut table = Table::new(
        "rows",
        "逐行说明",
        &[("row", "行"), ("outcome", "处理"), ("message", "说明")],
    );
    for finding in deliveries::findings(db, id).await? {
        table.row(vec![
            Field::count(finding.row as i64),
            Field::text(if finding.refused {
                "退回"
            } else {
                "收下并备注"
            }),
            Field::text(finding.message),
        ]);
    }
    Ok(
        Report::new(format!("第{id}批次  {}", kind_name(office, &batch.kind)))
            .fact("batch", "批次", Field::count(batch.id))
            .fact("month", "月份", Field::text(batch.month.in_words()))
            .fact("by", "交付单位", Field::text(deliverer(office, &batch)))
            .fact("file", "文件", Field::text(batch.file_name.clone()))
            .fact(
                "file_hash",
                "文件指纹（SM3）",
                Field::text(batch.file_hash.clone()),
            )
            .fact(
                "received_on",
                "接收日期",
                Field::text(batch.received_on.to_string()),
            )
            .fact("purpose", "用途", Field::text(batch.purpose.clone()))
            .fact("basis", "依据", Field::text(batch.basis.clone()))
            .fact("accepted", "收下", Field::count(batch.accepted as i64))
            .fact("remarked", "其中备注", Field::count(batch.remarked as i64))
            .fact("rejected", "退回", Field::count(batch.rejected as i64))
            .table(table),
    )
}

/// `shenggui import`.
pub async fn command(office: &Office, arguments: &ImportArgs, quiet: bool) -> Result<Report> {
    let unit = match &arguments.unit {
        None => None,
        Some(text) => match Unit::read(text) {
            Some(unit) => Some(unit),
            None => {
                return refuse(format!(
                    "不认识单位“{text}”，可写 元、千元、万元、亿元、千瓦时、万千瓦时"
                ));
            }
        },
    };
    let order = import::Order {
        kind: arguments.kind.clone(),
        file: arguments.file.clone(),
        month: arguments.month,
        area: arguments.area,
        unit,
        supersedes: arguments.supersedes,
        errors: arguments.errors.clone(),
        dry_run: arguments.dry_run,
        ticket: None,
    };
    let organisation = office.organisation(&arguments.agency)?;
    let act = office.act(organisation, "", arguments.received)?;
    let bar = progress_bar(quiet, "读取");
    let shown = bar.clone();
    let told = move |share: f32| shown.set_position((share * 1000.0) as u64);
    let outcome = import::import(office, &order, &act, told).await;
    bar.finish_and_clear();
    let outcome = outcome?;
    let report = outcome.report(&order);
    if outcome.batch.is_none() && !order.dry_run {
        eprint!("{}", report.text());
        return refuse("全部数据行都有问题，没有存入；退回文件逐行写明了原因");
    }
    Ok(report)
}

/// A bar of thousandths on standard error; silent where nobody watches.
pub fn progress_bar(quiet: bool, what: &'static str) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {percent}% {elapsed}")
        .expect("the template is fixed")
        .progress_chars("█░ ");
    ProgressBar::new(1000).with_style(style).with_message(what)
}
