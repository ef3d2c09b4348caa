//! One batch: what it said, what it changed, what it replaced and was replaced by, and its
//! refused rows to take away.

use super::super::{deliverer, kind_name, outcome, sight};
use crate::jobs::files::unpack;
use crate::office::{Office, today};
use crate::report::{Field, Report, Table};
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::parts::{Pager, answer_json, file};
use crate::web::visitor::{Visitor, html};
use crate::web::words::for_pages;
use crate::{page::wants_json, sheets};
use anyhow::{Context, Result};
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use programme::deliveries::payload::Rows;
use programme::deliveries::{self, Batch, RowFinding, in_force};
use programme::jobs::{JobFilter, State};
use programme::journal;
use rules::money::grouped;
use serde::Deserialize;
use std::collections::BTreeMap;

const PAGE: usize = 50;
/// Jobs that are looked through for the one that stored a batch.
const JOBS: u32 = 500;

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    page: usize,
}

struct Remark {
    rows: String,
    word: &'static str,
    is_refused: bool,
    message: String,
}

#[derive(Template)]
#[template(path = "deliveries/batch.html")]
struct BatchPage {
    frame: Frame,
    batch: Batch,
    kind: String,
    kind_address: String,
    month: String,
    by: String,
    region: String,
    person: String,
    is_in_force: bool,
    later: Option<i64>,
    accepted: String,
    remarked: String,
    rejected: String,
    changes: Option<Changes>,
    /// Whether rows may be shown with what stands in them.
    is_own: bool,
    has_returned: bool,
    total: String,
    remarks: Vec<Remark>,
    pager: Pager,
}

/// What a correction changed.
struct Changes {
    earlier: i64,
    added: String,
    gone: String,
    changed: String,
    same: String,
}

/// A batch that the visitor may know of.
async fn seen(visitor: &Visitor, id: i64) -> Result<Batch, Failure> {
    let office = visitor.office();
    let batch = deliveries::batch(office.db.reading(), id)
        .await
        .map_err(anyhow::Error::from)?;
    let batch = batch.filter(|batch| sight::sees(office, batch));
    batch.ok_or(Failure::NotHere)
}

async fn findings(office: &Office, id: i64) -> Result<Vec<RowFinding>> {
    Ok(deliveries::findings(office.db.reading(), id).await?)
}

/// `GET /indicators/{batch}`.
pub async fn show_batch(
    visitor: Visitor,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let batch = seen(&visitor, id).await?;
    let is_own = sight::is_own(office, &batch);
    let remarks = remarks(&findings(office, id).await?, is_own);
    if wants_json(&headers) {
        return answer_json(&described(office, &batch, &remarks));
    }
    let all = deliveries::batches(office.db.reading())
        .await
        .map_err(anyhow::Error::from)?;
    let later = all.iter().find(|other| other.supersedes == Some(id));
    let force = in_force(&all, today());
    let pager = Pager::of(
        &Address::of(format!("/indicators/{id}")),
        asked.page,
        PAGE,
        remarks.len(),
        "条",
    );
    let line = format!("第{id}批次");
    let persons = journal::persons(office.db.reading(), "deliveries.accept", &line).await?;
    let region = batch.region.map(|code| office.pack.divisions.name(code));
    let page = BatchPage {
        frame: visitor.frame(line, "/indicators").await?,
        kind: kind_name(office, &batch.kind),
        kind_address: Address::of("/indicators")
            .with("kind", &batch.kind)
            .to_string(),
        month: batch.month.in_words(),
        by: deliverer(office, &batch),
        region: region.unwrap_or("全省".to_string()),
        person: persons.into_iter().next().unwrap_or_default(),
        is_in_force: force.iter().any(|other| other.id == id),
        later: later.map(|other| other.id),
        accepted: grouped(batch.accepted),
        remarked: grouped(batch.remarked),
        rejected: grouped(batch.rejected),
        changes: changes(office, &batch).await?,
        is_own,
        has_returned: is_own && returned(office, &batch).await?.is_some(),
        total: grouped(remarks.len() as u64),
        remarks: pager.cut(&remarks).iter().map(Remark::copy).collect(),
        pager,
        batch,
    };
    html(&page)
}

impl Remark {
    fn copy(&self) -> Remark {
        Remark {
            rows: self.rows.clone(),
            message: self.message.clone(),
            ..*self
        }
    }
}

/// Row by row for those whose rows they are; for others by what was said, without what
/// stood in a row.
fn remarks(findings: &[RowFinding], is_own: bool) -> Vec<Remark> {
    let remark = |is_refused, rows, message: &str| Remark {
        rows,
        word: outcome::word(is_refused),
        is_refused,
        message: for_pages(message),
    };
    if is_own {
        let all = findings.iter();
        return all
            .map(|own| remark(own.refused, format!("第{}行", own.row), &own.message))
            .collect();
    }
    let mut groups: BTreeMap<(bool, String), u64> = BTreeMap::new();
    for own in findings {
        let key = (!own.refused, outcome::general(&own.message));
        *groups.entry(key).or_default() += 1;
    }
    let groups = groups.into_iter();
    groups
        .map(|((is_taken, message), count)| {
            remark(!is_taken, format!("{}行", grouped(count)), &message)
        })
        .collect()
}

/// What a correction changed, firm by firm.
async fn changes(office: &Office, batch: &Batch) -> Result<Option<Changes>> {
    let Some(earlier) = batch.supersedes else {
        return Ok(None);
    };
    let db = office.db.reading();
    let stored = deliveries::stored(db).await?;
    let (Some(before), Some(after)) = (stored.get(&earlier), stored.get(&batch.id)) else {
        return Ok(None);
    };
    let before = deliveries::load_part(db, *before, 0, 1, None).await?;
    let after = deliveries::load_part(db, *after, 0, 1, None).await?;
    let counted = tokio::task::spawn_blocking(move || compared(&before, &after));
    let [added, gone, changed, same] = counted.await.context("比对中断")?;
    Ok(Some(Changes {
        earlier,
        added: grouped(added),
        gone: grouped(gone),
        changed: grouped(changed),
        same: grouped(same),
    }))
}

/// Rows of keys that only the later has, that only the earlier has, that both have with other
/// values, and with the same. A list may have several rows of one key: they are compared in turn.
fn compared(before: &Rows, after: &Rows) -> [u64; 4] {
    let (mut one, mut other) = (0, 0);
    let [mut added, mut gone, mut changed, mut same] = [0; 4];
    while one < before.len() || other < after.len() {
        let order = match (before.keys.get(one), after.keys.get(other)) {
            (Some(earlier), Some(later)) => earlier.cmp(later),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, _) => std::cmp::Ordering::Greater,
        };
        match order {
            std::cmp::Ordering::Less => {
                gone += 1;
                one += 1;
            }
            std::cmp::Ordering::Greater => {
                added += 1;
                other += 1;
            }
            std::cmp::Ordering::Equal => {
                match is_same(before, one, after, other) {
                    true => same += 1,
                    false => changed += 1,
                }
                one += 1;
                other += 1;
            }
        }
    }
    [added, gone, changed, same]
}

fn is_same(before: &Rows, one: usize, after: &Rows, other: usize) -> bool {
    let numbers = after.numbers.iter().all(|(id, values)| {
        let earlier = before.number(id).map(|values| values[one]);
        earlier == Some(values[other])
    });
    let texts = after.texts.iter().all(|(id, values)| {
        let earlier = before.text(id).map(|values| &values[one]);
        earlier == Some(&values[other])
    });
    numbers && texts
}

fn described(office: &Office, batch: &Batch, remarks: &[Remark]) -> Report {
    let columns = [("rows", "行"), ("outcome", "处理"), ("message", "说明")];
    let mut table = Table::new("rows", "逐行说明", &columns);
    for remark in remarks {
        table.row(vec![
            Field::text(remark.rows.clone()),
            Field::text(remark.word),
            Field::text(remark.message.clone()),
        ]);
    }
    let title = format!("第{}批次  {}", batch.id, kind_name(office, &batch.kind));
    Report::new(title)
        .fact("batch", "批次", Field::count(batch.id))
        .fact("month", "月份", Field::text(batch.month.to_string()))
        .fact("by", "交付单位", Field::text(deliverer(office, batch)))
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
        .table(table)
}

/// The workbook of refused rows, where the job that stored the batch still has it.
async fn returned(office: &Office, batch: &Batch) -> Result<Option<i64>> {
    let filter = JobFilter {
        organisation: Some(batch.organisation.clone()),
        state: Some(State::Done),
        limit: JOBS,
        ..JobFilter::default()
    };
    let jobs = crate::jobs::list(office, &filter).await?;
    let own = jobs
        .into_iter()
        .find(|job| job.outcome["batch"].as_i64() == Some(batch.id));
    let Some(id) = own.and_then(|job| job.returned) else {
        return Ok(None);
    };
    // What was given back is kept for some time only.
    let kept = programme::jobs::file(office.db.reading(), id).await?;
    Ok(kept.and(Some(id)))
}

/// `GET /indicators/{batch}/returned`: the refused rows as the workbook that came.
pub async fn download_returned(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let office = visitor.office();
    let batch = seen(&visitor, id).await?;
    if !sight::is_own(office, &batch) {
        return Err(Failure::NotHere);
    }
    match returned(office, &batch).await? {
        Some(file) => taken(office, file).await,
        None => Err(Failure::NotHere),
    }
}

/// A kept file as an answer.
pub async fn taken(office: &Office, id: i64) -> Outcome {
    let folder = tempfile::tempdir().map_err(|error| Failure::World(error.into()))?;
    let path = unpack(office, id, folder.path()).await?;
    let bytes = std::fs::read(&path).map_err(|error| Failure::World(error.into()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(file(&name, bytes))
}

/// `GET /indicators/{batch}/remarks`: everything that was said of the rows, as a workbook.
pub async fn download_remarks(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let office = visitor.office();
    let batch = seen(&visitor, id).await?;
    let remarks = remarks(&findings(office, id).await?, sight::is_own(office, &batch));
    let report = described(office, &batch, &remarks);
    let title = format!("第{id}批次逐行说明（{}）", kind_name(office, &batch.kind));
    let bytes = sheets::bytes(&title, &report.tables[0], &[])?;
    Ok(file(&format!("第{id}批次逐行说明.xlsx"), bytes))
}

#[cfg(test)]
mod tests {
    use super::{Rows, compared};

    fn rows(pairs: &[(u128, i64)]) -> Rows {
        Rows {
            keys: pairs.iter().map(|(key, _)| *key).collect(),
            numbers: vec![(
                "sales".to_string(),
                pairs.iter().map(|(_, value)| *value).collect(),
            )],
            texts: Vec::new(),
        }
    }

    #[test]
    fn a_correction_is_counted_firm_by_firm() {
        type Rows = &'static [(u128, i64)];
        let cases: [(Rows, Rows, [u64; 4]); 4] = [
            (
                &[(1, 5), (2, 6), (4, 1)],
                &[(1, 5), (2, 7), (3, 1)],
                [1, 1, 1, 1],
            ),
            (&[], &[(1, 1)], [1, 0, 0, 0]),
            (&[(1, 1)], &[], [0, 1, 0, 0]),
            (&[(1, 1), (1, 2)], &[(1, 1), (1, 3)], [0, 0, 1, 1]),
        ];
        for (before, after, expected) in cases {
            assert_eq!(compared(&rows(before), &rows(after)), expected);
        }
    }
}
