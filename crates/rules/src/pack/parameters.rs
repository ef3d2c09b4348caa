//! Dated values with their documents. A rule never holds a number of its own.

use super::source::{Placed, Source};
use crate::money::Fen;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub id: String,
    pub name: String,
    pub kind: ParameterKind,
    pub cites: Vec<String>,
    pub meaning: String,
    /// The value or its scope is not certain; pages say so.
    #[serde(default)]
    pub uncertain: bool,
    pub values: Vec<DatedValue>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterKind {
    /// Written in yuan with two decimals; held in fen.
    Money,
    /// Things counted; compared with counted facts.
    Count,
    /// A bare number: a factor, percent, a span of months.
    Integer,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatedValue {
    pub from: NaiveDate,
    /// Last day in force; open where absent.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    pub value: String,
    pub document: String,
}

impl Parameter {
    /// The value in force on a day: fen or a whole number. `None` before the first.
    pub fn on(&self, day: NaiveDate) -> Option<i64> {
        self.dated_on(day)
            .and_then(|dated| self.number(&dated.value))
    }

    pub fn dated_on(&self, day: NaiveDate) -> Option<&DatedValue> {
        self.values
            .iter()
            .rev()
            .find(|dated| dated.from <= day && dated.to.is_none_or(|to| day <= to))
    }

    fn number(&self, text: &str) -> Option<i64> {
        match self.kind {
            ParameterKind::Money => Fen::read_decimal(text, Fen::PER_YUAN).map(|fen| fen.0),
            ParameterKind::Count | ParameterKind::Integer => text.parse().ok(),
        }
    }
}

pub(super) fn read(source: &mut Source<'_>, clauses: &BTreeSet<String>) -> Vec<Parameter> {
    let parameters: Vec<Placed<Parameter>> = source.entries("parameter");
    let mut ids = BTreeSet::new();
    for Placed { line, value } in &parameters {
        if !ids.insert(value.id.clone()) {
            source.note_line(*line, format!("参数“{}”重复", value.id));
        }
        for cite in value.cites.iter().filter(|cite| !clauses.contains(*cite)) {
            let at = source.line_of(*line, "cites");
            source.note_line(at, format!("没有条款 {cite}"));
        }
        if value.values.is_empty() {
            source.note_line(*line, format!("参数“{}”没有取值", value.id));
        }
        let at = source.line_of(*line, "values");
        for dated in &value.values {
            if value.number(&dated.value).is_none() {
                let message = format!("“{}”不是参数“{}”能用的数", dated.value, value.id);
                source.note_line(at, message);
            }
            if dated.document.trim().is_empty() {
                source.note_line(at, format!("参数“{}”缺少出处文件", value.id));
            }
        }
        for pair in value.values.windows(2) {
            let overlaps = pair[0].to.is_some_and(|to| to >= pair[1].from);
            if pair[0].from >= pair[1].from || overlaps {
                source.note_line(
                    at,
                    format!("参数“{}”的取值应按生效日期先后、互不重叠", value.id),
                );
            }
        }
    }
    parameters.into_iter().map(|placed| placed.value).collect()
}
