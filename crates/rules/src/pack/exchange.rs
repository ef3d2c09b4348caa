//! Kinds of lists that are issued to finance platforms and banks: which measure decides who is
//! listed, who gets them, and what they say of a firm.
//!
//! A column is checked against what every receiver may see when the pack is read, so that no
//! list of a pack that passed its check can carry a figure to whom it does not belong.

use super::agencies::{Agency, DataClass};
use super::facts::Fact;
use super::source::{Placed, Source};
use crate::measures::{Measure, Verdict};
use serde::Deserialize;
use std::collections::BTreeSet;

/// One kind of list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListKind {
    pub id: String,
    pub name: String,
    pub clause: String,
    /// Index of the measure in the pack.
    pub measure: usize,
    pub verdicts: Vec<Verdict>,
    /// Slot of the fact that says that the firm agreed.
    pub consent: usize,
    /// Ids of agencies.
    pub receivers: Vec<String>,
    pub columns: Vec<ListColumn>,
    pub valid_days: u64,
    pub notice: String,
}

/// What a list says of a firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListColumn {
    Uscc,
    Name,
    Area,
    County,
    /// A fact by its slot.
    Fact(usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    clause: String,
    measure: String,
    verdicts: Vec<String>,
    consent: String,
    receivers: Vec<String>,
    columns: Vec<String>,
    valid_days: u64,
    notice: String,
}

/// What lists are checked against.
pub(super) struct Known<'a> {
    pub agencies: &'a [Agency],
    pub facts: &'a [Fact],
    pub measures: &'a [Measure],
    pub clauses: &'a BTreeSet<String>,
}

pub(super) fn read(source: &mut Source<'_>, known: &Known<'_>) -> Vec<ListKind> {
    let entries: Vec<Placed<Entry>> = source.entries("list");
    let mut ids = BTreeSet::new();
    let mut lists = Vec::new();
    for Placed { line, value } in entries {
        let name = value.id.clone();
        if !ids.insert(name.clone()) {
            source.note_line(line, format!("名单“{name}”重复"));
        }
        match one(value, known) {
            Ok(list) => lists.push(list),
            Err(faults) => {
                for fault in faults {
                    source.note_line(line, format!("名单“{name}”：{fault}"));
                }
            }
        }
    }
    lists
}

fn one(entry: Entry, known: &Known<'_>) -> Result<ListKind, Vec<String>> {
    let mut faults = Vec::new();
    if !known.clauses.contains(&entry.clause) {
        faults.push(format!("没有条款“{}”", entry.clause));
    }
    let mut measures = known.measures.iter();
    let measure = measures.position(|own| own.id == entry.measure);
    match measure.map(|place| &known.measures[place]) {
        None => faults.push(format!("没有措施“{}”", entry.measure)),
        Some(own) if !own.clauses.contains(&entry.clause) => {
            faults.push(format!("措施“{}”不落实条款 {}", own.id, entry.clause));
        }
        Some(_) => {}
    }
    let mut verdicts = Vec::new();
    for text in &entry.verdicts {
        match Verdict::ALL.into_iter().find(|own| own.id() == text) {
            Some(verdict) if verdict.is_open_door() => verdicts.push(verdict),
            _ => faults.push(format!("不能按结论“{text}”列名单")),
        }
    }
    let slot = |id: &str| known.facts.iter().position(|fact| fact.id == id);
    let consent = slot(&entry.consent);
    if consent.is_none() {
        faults.push(format!("没有事实“{}”", entry.consent));
    }
    let receivers: Vec<Option<&Agency>> = entry
        .receivers
        .iter()
        .map(|id| known.agencies.iter().find(|agency| agency.id == *id))
        .collect();
    for (id, agency) in entry.receivers.iter().zip(&receivers) {
        if agency.is_none() {
            faults.push(format!("没有机构“{id}”"));
        }
    }
    let columns = columns(&entry.columns, known.facts, &receivers, &mut faults);
    if entry.notice.trim().is_empty() || entry.valid_days == 0 || verdicts.is_empty() {
        faults.push("要写明结论、有效天数和告知语".to_string());
    }
    match (measure, consent) {
        (Some(measure), Some(consent)) if faults.is_empty() => Ok(ListKind {
            id: entry.id,
            name: entry.name,
            clause: entry.clause,
            measure,
            verdicts,
            consent,
            receivers: entry.receivers,
            columns,
            valid_days: entry.valid_days,
            notice: entry.notice,
        }),
        _ => Err(faults),
    }
}

fn columns(
    named: &[String],
    facts: &[Fact],
    receivers: &[Option<&Agency>],
    faults: &mut Vec<String>,
) -> Vec<ListColumn> {
    let mut found = Vec::new();
    for text in named {
        let column = match text.as_str() {
            "uscc" => ListColumn::Uscc,
            "name" => ListColumn::Name,
            "area" => ListColumn::Area,
            "county" => ListColumn::County,
            id => match facts.iter().position(|fact| fact.id == id) {
                Some(slot) => ListColumn::Fact(slot),
                None => {
                    faults.push(format!("没有列“{id}”"));
                    continue;
                }
            },
        };
        if let ListColumn::Fact(slot) = column {
            let class = facts[slot].class;
            let sees = |agency: &Agency| agency.sees.contains(&class);
            let is_guarded = matches!(class, DataClass::Tax | DataClass::Statistical);
            if is_guarded || !receivers.iter().flatten().all(|agency| sees(agency)) {
                faults.push(format!("列“{text}”的数据不是每个接收单位都可以看"));
            }
        }
        found.push(column);
    }
    if !found.contains(&ListColumn::Uscc) || !found.contains(&ListColumn::Name) {
        faults.push("要有列 uscc 和 name".to_string());
    }
    found
}
