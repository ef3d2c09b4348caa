//! `demo/lists.toml` as it is written: which list comes when, whom it names, and how each
//! column is drawn. Nothing here knows the pack; `bind` fits it to the layouts.

use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeMap;

const RECIPE: &str = include_str!("../../../../../../demo/lists.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    list: Vec<ListEntry>,
}

/// One kind of list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEntry {
    pub kind: String,
    /// Agency of the pack, or the code of an area.
    pub agency: String,
    /// Only firms of this area are named.
    pub area: Option<u32>,
    /// Numbers of the months in which it is delivered.
    pub months: Vec<u32>,
    /// Only in so many months up to the last one.
    pub within: u32,
    pub form: Form,
    #[serde(default)]
    pub unit: MoneyUnit,
    #[serde(default)]
    pub units_in: UnitPlace,
    pub share: Option<f64>,
    pub among: Option<Among>,
    /// Each delivery names the same firms.
    #[serde(default)]
    pub steady: bool,
    /// Firms that sold less yuan last year are left out.
    pub sales_from: Option<i64>,
    /// Columns of the layout that are not delivered.
    #[serde(default)]
    pub omit: Vec<String>,
    pub columns: BTreeMap<String, RuleEntry>,
    #[serde(default)]
    pub rows: Vec<RowsEntry>,
}

/// Rows of one sort; a firm may have one of each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsEntry {
    pub share: Option<f64>,
    pub among: Option<Among>,
    #[serde(default)]
    pub set: BTreeMap<String, RuleEntry>,
}

/// Shares of firms by where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Among {
    pub first: f64,
    pub pool: f64,
    pub above: f64,
    pub others: f64,
}

/// What the file is, where the province is small enough for workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    Csv,
    Xlsx,
}

/// Unit of the amounts in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum MoneyUnit {
    #[default]
    #[serde(rename = "元")]
    Yuan,
    #[serde(rename = "万元")]
    WanYuan,
}

/// Where a workbook names the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitPlace {
    #[default]
    Header,
    Title,
}

/// How one column is drawn; exactly one way is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleEntry {
    pub part_of: Option<Vec<String>>,
    pub minus: Vec<String>,
    pub percent: Option<[f64; 2]>,
    pub least: Option<f64>,
    pub number: Option<[f64; 2]>,
    pub bend: Option<u32>,
    pub round: Option<f64>,
    pub rest_of: Option<Vec<String>>,
    pub yes: Option<f64>,
    pub over: Option<OverEntry>,
    pub choice: Option<BTreeMap<String, f64>>,
    pub size: bool,
    pub days: Option<[i32; 2]>,
    pub after: Option<String>,
    pub months: u32,
    pub founded: bool,
    pub words: Option<Vec<String>>,
    pub year: Option<i32>,
    pub blank: f64,
    pub when: BTreeMap<String, Vec<String>>,
    pub steady: bool,
}

/// Another share of yes from so many yuan on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverEntry {
    pub of: String,
    pub yuan: i64,
    pub yes: f64,
}

impl ListEntry {
    /// All lists of `demo/lists.toml`.
    ///
    /// # Errors
    /// Only where that file was edited into something unreadable.
    pub fn all() -> anyhow::Result<Vec<ListEntry>> {
        let file: File = toml::from_str(RECIPE).context("read demo/lists.toml")?;
        Ok(file.list)
    }
}

impl Among {
    /// The shares that an entry gives: one for all, or one for each standing.
    pub fn read(share: Option<f64>, among: Option<Among>) -> Among {
        let all = share.unwrap_or(0.0);
        among.unwrap_or(Among {
            first: all,
            pool: all,
            above: all,
            others: all,
        })
    }
}
