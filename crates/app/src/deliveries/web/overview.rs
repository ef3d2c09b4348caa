//! What has come, kind by kind and month by month, and every batch below it.

use super::super::{deliverer, kind_name, kinds, sight};
use crate::office::{Office, today};
use crate::page::wants_json;
use crate::report::{Field, Report, Table};
use crate::web::address::Address;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::parts::{Chip, Choice, Pager, answer_json, choices};
use crate::web::visitor::{Visitor, html};
use anyhow::Result;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use programme::deliveries::{self, Batch, in_force};
use programme::people::Organisation;
use rules::layout::{Layout, LayoutPeriod};
use rules::money::grouped;
use rules::pack::roles::Right;
use rules::period::Month;
use serde::Deserialize;
use std::collections::HashSet;

/// Months of the matrix.
const MONTHS: i32 = 13;
const PAGE: usize = 50;

#[derive(Deserialize, Clone, Default)]
pub struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    month: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    page: usize,
}

/// One kind of delivery over the months.
struct Kind {
    name: String,
    by: String,
    address: String,
    cells: Vec<Cell>,
    missing: usize,
}

/// One month of a kind.
struct Cell {
    meaning: &'static str,
    word: String,
    address: String,
}

/// One batch of the list.
struct Row {
    id: i64,
    kind: String,
    month: String,
    by: String,
    received_on: String,
    accepted: String,
    remarked: String,
    rejected: String,
    state: String,
    is_gone: bool,
    file: String,
}

#[derive(Template)]
#[template(path = "deliveries/overview.html")]
struct Overview {
    frame: Frame,
    may_run: bool,
    /// Names of the kinds that the visitor may hand in.
    deliverable: Vec<String>,
    upload_megabytes: usize,
    months: Vec<String>,
    monthly: Vec<Kind>,
    lists: Vec<Row>,
    kinds: Vec<Choice>,
    offices: Vec<Choice>,
    month: String,
    chips: Vec<Chip>,
    total: String,
    rows: Vec<Row>,
    pager: Pager,
}

/// `GET /indicators`.
pub async fn list_batches(
    State(workplace): State<crate::web::Workplace>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let all = deliveries::batches(office.db.reading())
        .await
        .map_err(anyhow::Error::from)?;
    let seen: Vec<Batch> = all
        .iter()
        .filter(|batch| sight::sees(office, batch))
        .cloned()
        .collect();
    if wants_json(&headers) {
        return answer_json(&listed(office, &wanted(&seen, &asked)?, &seen));
    }
    let organisation = visitor.seat()?.organisation.clone();
    let deliverable: Vec<String> = match visitor.may(Right::Deliver) {
        true => kinds::deliverable(&office.pack, &organisation)
            .map(|layout| layout.name.clone())
            .collect(),
        false => Vec::new(),
    };
    let shown = shown(office, &organisation, &seen);
    // That something has come is no secret; what it is, is.
    let force = in_force(&all, today());
    let last = Month::of(today());
    let months: Vec<Month> = (0..MONTHS).rev().map(|back| last.plus(-back)).collect();
    let hits = wanted(&seen, &asked)?;
    let address = asked.address();
    let pager = Pager::of(&address, asked.page, PAGE, hits.len(), "批");
    let superseded = superseded(&seen);
    let rows = pager
        .cut(&hits)
        .iter()
        .map(|batch| row(office, batch, &superseded));
    let page = Overview {
        frame: visitor.frame("来文数据", "/indicators").await?,
        may_run: visitor.may(Right::Run),
        deliverable,
        upload_megabytes: workplace.config.upload_bytes / 1024 / 1024,
        months: months.iter().map(|month| short(*month)).collect(),
        monthly: shown
            .iter()
            .filter(|layout| layout.period == LayoutPeriod::Month)
            .map(|layout| over_months(office, layout, &force, &months))
            .collect(),
        lists: newest_lists(office, &shown, &force),
        kinds: choices(
            shown
                .iter()
                .map(|layout| (layout.id.clone(), layout.name.clone())),
            &asked.kind,
        ),
        offices: offices(office, &seen, &asked.by),
        month: asked.month.clone(),
        chips: asked.chips(office),
        total: grouped(hits.len() as u64),
        rows: rows.collect(),
        pager,
    };
    html(&page)
}

/// Kinds that the visitor hands in or has seen something of.
fn shown<'a>(office: &'a Office, organisation: &Organisation, seen: &[Batch]) -> Vec<&'a Layout> {
    let is_shown = |layout: &&Layout| {
        sight::sees_all(office)
            || organisation.is_among(&layout.agencies)
            || seen.iter().any(|batch| batch.kind == layout.id)
    };
    office.pack.layouts.iter().filter(is_shown).collect()
}

impl Asked {
    fn address(&self) -> Address {
        Address::of("/indicators")
            .with("kind", &self.kind)
            .with("month", &self.month)
            .with("by", &self.by)
    }

    fn chips(&self, office: &Office) -> Vec<Chip> {
        let address = self.address();
        let chip = |name: &str, label: &str, value: String| Chip {
            label: label.to_string(),
            value,
            without: address.without(name).to_string(),
        };
        let mut chips = Vec::new();
        if !self.kind.is_empty() {
            chips.push(chip("kind", "种类", kind_name(office, &self.kind)));
        }
        if !self.month.is_empty() {
            chips.push(chip("month", "月份", self.month.clone()));
        }
        if !self.by.is_empty() {
            let named = super::super::named(office, &self.by, today());
            chips.push(chip("by", "交付单位", named));
        }
        chips
    }
}

/// The batches that are asked for, newest first.
fn wanted<'a>(seen: &'a [Batch], asked: &Asked) -> Result<Vec<&'a Batch>, Failure> {
    let month: Option<Month> = match asked.month.as_str() {
        "" => None,
        text => match text.parse() {
            Ok(month) => Some(month),
            Err(_) => {
                let text = format!("月份“{text}”请写成 2026-09");
                return Err(Failure::Malformed(text));
            }
        },
    };
    let fits = |batch: &&Batch| {
        (asked.kind.is_empty() || batch.kind == asked.kind)
            && (asked.by.is_empty() || batch.organisation == asked.by)
            && month.is_none_or(|month| batch.month == month)
    };
    Ok(seen.iter().rev().filter(fits).collect())
}

fn superseded(batches: &[Batch]) -> HashSet<i64> {
    batches
        .iter()
        .filter_map(|batch| batch.supersedes)
        .collect()
}

fn short(month: Month) -> String {
    match month.number() {
        1 => format!("{}年1月", month.year()),
        number => format!("{number}月"),
    }
}

fn over_months(office: &Office, layout: &Layout, force: &[Batch], months: &[Month]) -> Kind {
    let own: Vec<&Batch> = force
        .iter()
        .filter(|batch| batch.kind == layout.id)
        .collect();
    let last = months.last().copied();
    let cells: Vec<Cell> = months
        .iter()
        .map(|month| {
            let of_month = own.iter().filter(|batch| batch.month == *month);
            let count = of_month.clone().count();
            let is_corrected = of_month.clone().any(|batch| batch.supersedes.is_some());
            let (meaning, word) = match (count, is_corrected) {
                // The month that has not ended owes nothing yet.
                (0, _) if Some(*month) == last => ("none", "未到期".to_string()),
                (0, _) => ("behind", "缺".to_string()),
                (_, true) => ("at-risk", "更正".to_string()),
                (1, false) => ("on-course", "已到".to_string()),
                (count, false) => ("on-course", format!("已到{count}批")),
            };
            let address = Address::of("/indicators")
                .with("kind", &layout.id)
                .with("month", month);
            Cell {
                meaning,
                word,
                address: match of_month.clone().any(|batch| sight::sees(office, batch)) {
                    false => String::new(),
                    true => address.to_string(),
                },
            }
        })
        .collect();
    Kind {
        name: layout.name.clone(),
        by: agencies(office, layout),
        address: Address::of("/indicators")
            .with("kind", &layout.id)
            .to_string(),
        missing: cells.iter().filter(|cell| cell.meaning == "behind").count(),
        cells,
    }
}

/// Who hands a kind in.
fn agencies(office: &Office, layout: &Layout) -> String {
    let names = layout
        .agencies
        .iter()
        .map(|id| crate::measures::agency_name(&office.pack, id, today()));
    names.collect::<Vec<_>>().join("、")
}

/// The newest batch in force of each list.
fn newest_lists(office: &Office, shown: &[&Layout], force: &[Batch]) -> Vec<Row> {
    let lists = shown
        .iter()
        .filter(|layout| layout.period == LayoutPeriod::List);
    lists
        .map(|layout| {
            let own = |batch: &&Batch| batch.kind == layout.id;
            let seen = |batch: &&Batch| own(batch) && sight::sees(office, batch);
            let newest = force.iter().rfind(seen).or(force.iter().rfind(own));
            match newest {
                Some(batch) => Row {
                    is_gone: !sight::sees(office, batch),
                    ..row(office, batch, &HashSet::new())
                },
                None => Row {
                    id: 0,
                    kind: layout.name.clone(),
                    month: "—".to_string(),
                    by: agencies(office, layout),
                    received_on: "—".to_string(),
                    accepted: "—".to_string(),
                    remarked: "—".to_string(),
                    rejected: "—".to_string(),
                    state: "缺".to_string(),
                    is_gone: false,
                    file: String::new(),
                },
            }
        })
        .collect()
}

fn offices(office: &Office, seen: &[Batch], chosen: &str) -> Vec<Choice> {
    let mut found: Vec<(String, String)> = Vec::new();
    for batch in seen {
        if !found.iter().any(|(id, _)| *id == batch.organisation) {
            found.push((batch.organisation.clone(), deliverer(office, batch)));
        }
    }
    found.sort();
    choices(found.into_iter(), chosen)
}

fn row(office: &Office, batch: &Batch, superseded: &HashSet<i64>) -> Row {
    let is_gone = superseded.contains(&batch.id);
    Row {
        id: batch.id,
        kind: kind_name(office, &batch.kind),
        month: batch.month.to_string(),
        by: deliverer(office, batch),
        received_on: batch.received_on.to_string(),
        accepted: grouped(batch.accepted),
        remarked: grouped(batch.remarked),
        rejected: grouped(batch.rejected),
        state: match (is_gone, batch.supersedes) {
            (true, _) => "已被更正".to_string(),
            (false, Some(earlier)) => format!("更正第{earlier}批"),
            (false, None) => "有效".to_string(),
        },
        is_gone,
        file: batch.file_name.clone(),
    }
}

/// The list for programs.
fn listed(office: &Office, hits: &[&Batch], seen: &[Batch]) -> Report {
    let columns = [
        ("batch", "批次"),
        ("kind", "种类"),
        ("month", "月份"),
        ("by", "交付单位"),
        ("received_on", "接收日期"),
        ("accepted", "收下"),
        ("remarked", "备注"),
        ("rejected", "退回"),
        ("state", "状态"),
    ];
    let mut table = Table::new("batches", "交付批次", &columns);
    let superseded = superseded(seen);
    for batch in hits {
        let row = row(office, batch, &superseded);
        table.row(vec![
            Field::count(batch.id),
            Field::text(row.kind),
            Field::text(row.month),
            Field::text(row.by),
            Field::text(row.received_on),
            Field::count(batch.accepted as i64),
            Field::count(batch.remarked as i64),
            Field::count(batch.rejected as i64),
            Field::text(row.state),
        ]);
    }
    Report::new("交付批次一览").table(table)
}
