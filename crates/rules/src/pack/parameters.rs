//! Dated values with their documents. A rule never holds a number of its own.

use super::source::{Placed, Source};
use crate::expression::Kind;
use crate::money::Fen;
use crate::period::Month;
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
    /// What it is compared with comes in steps of so many units (points that are all even);
    /// a smaller change of the value can make no difference to anybody.
    #[serde(default = "one")]
    pub step: i64,
    pub values: Vec<DatedValue>,
}

fn one() -> i64 {
    1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterKind {
    /// Written in yuan with two decimals; held in fen.
    Money,
    /// Things counted; compared with counted facts.
    Count,
    /// A bare number: a factor, points, a span of months.
    Integer,
    /// A share, written with its sign: 5%, 0.1%, 7‰.
    Rate,
    /// 2027-12-31; held in days since 1970-01-01.
    Day,
    /// 2027-12; held as [`Month::index`].
    Month,
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
    /// The value in force on a day, in the parameter's base unit: fen, parts of a whole, a
    /// whole number. `None` where no value is in force.
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

    /// The kind that expressions see.
    pub fn expression_kind(&self) -> Kind {
        match self.kind {
            ParameterKind::Money => Kind::Money,
            ParameterKind::Count => Kind::Count,
            ParameterKind::Integer => Kind::Integer,
            ParameterKind::Rate => Kind::Rate {
                per: self.whole_parts(),
            },
            ParameterKind::Day => Kind::Day,
            ParameterKind::Month => Kind::Month,
        }
    }

    /// A written value in the parameter's base unit.
    pub fn number(&self, text: &str) -> Option<i64> {
        match self.kind {
            ParameterKind::Money => Fen::read_decimal(text, Fen::PER_YUAN).map(|fen| fen.0),
            ParameterKind::Count | ParameterKind::Integer => text.parse().ok(),
            ParameterKind::Rate => {
                let (number, per) = rate(text)?;
                number.checked_mul(self.whole_parts() / per)
            }
            ParameterKind::Day => day(text),
            ParameterKind::Month => {
                let month: Month = text.parse().ok()?;
                Some(i64::from(month.index()))
            }
        }
    }

    /// The smallest change of a value that can matter, in the base unit: one of its last
    /// written digit, or one step.
    pub fn last_digit(&self, text: &str) -> i64 {
        match (self.kind, rate(text)) {
            (ParameterKind::Rate, Some((_, per))) => self.whole_parts() / per,
            _ => self.step.max(1),
        }
    }

    /// In how many parts a whole is counted so that every dated value is exact.
    fn whole_parts(&self) -> i64 {
        let parts = self.values.iter().filter_map(|dated| rate(&dated.value));
        parts.map(|(_, per)| per).max().unwrap_or(100)
    }
}

/// “12.5%” as 125 of 1,000; at most three decimals, so that all parts stay small.
pub(crate) fn rate(text: &str) -> Option<(i64, i64)> {
    let (number, unit) = match (text.strip_suffix('%'), text.strip_suffix('‰')) {
        (Some(number), _) => (number, 100),
        (_, Some(number)) => (number, 1_000),
        _ => return None,
    };
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 3 || !is_plain(whole) || !is_plain(decimals) {
        return None;
    }
    let number = format!("{whole}{decimals}").parse().ok()?;
    Some((number, unit * 10i64.pow(decimals.len() as u32)))
}

fn day(text: &str) -> Option<i64> {
    let day: NaiveDate = text.parse().ok()?;
    Some(super::days_since_epoch(day))
}

pub(super) fn read(source: &mut Source<'_>, clauses: &BTreeSet<String>) -> Vec<Placed<Parameter>> {
    let parameters: Vec<Placed<Parameter>> = source.entries("parameter");
    for Placed { line, value } in &parameters {
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
    parameters
}
