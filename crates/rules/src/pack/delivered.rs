//! Facts that stand in a column of a list which a department delivers.
//!
//! A new fact of this kind is a line in a layout and an entry in the facts; no program is
//! changed for it.
//!
//! ```toml
//! delivery = { kind = "certificates", column = "valid_to", where = { column = "certificate", is = "high-tech" } }
//! ```

use crate::expression::{Choice, Kind};
use crate::layout::{Column, ColumnKind, Layout};
use serde::Deserialize;

/// Shares in deliveries are kept in ten-thousandths.
pub(super) const PERCENT_PER: i64 = 10_000;

/// Which rows of which list make the fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Delivered {
    /// Index of the layout in the pack.
    pub layout: usize,
    /// Index of the column in the layout; none where only the row's presence counts.
    pub column: Option<usize>,
    /// Only rows whose choice column has this value.
    pub filter: Option<(usize, i64)>,
    pub take: Take,
}

/// What is taken of a firm's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// The value that the newest list states.
    #[default]
    Latest,
    /// The sum over the rows of the newest list that names the firm.
    Sum,
    /// The largest over the rows of the newest list that names the firm.
    Max,
    /// Whether any list in force names the firm; validity is a matter of its own dates.
    Exists,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveredEntry {
    kind: String,
    #[serde(default)]
    column: Option<String>,
    #[serde(default, rename = "where")]
    filter: Option<FilterEntry>,
    #[serde(default)]
    take: Take,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilterEntry {
    column: String,
    is: String,
}

/// The origin, and the kind that the column has.
pub(super) fn read(
    entry: &DeliveredEntry,
    layouts: &[Layout],
) -> Result<(Delivered, Kind), String> {
    let found = layouts.iter().position(|layout| layout.id == entry.kind);
    let Some(layout) = found else {
        return Err(format!("没有交付格式“{}”", entry.kind));
    };
    let place = |column: &String| {
        let place = layouts[layout].column(column);
        place.ok_or_else(|| format!("交付格式“{}”没有列“{column}”", entry.kind))
    };
    let filter = match &entry.filter {
        None => None,
        Some(filter) => {
            let column = place(&filter.column)?;
            let choices = &layouts[layout].columns[column].choices;
            let value = choices.iter().position(|choice| choice.id == filter.is);
            let Some(value) = value else {
                return Err(format!("列“{}”没有选项“{}”", filter.column, filter.is));
            };
            Some((column, value as i64))
        }
    };
    let column = entry.column.as_ref().map(place).transpose()?;
    let kind = match (entry.take, column) {
        (Take::Exists, _) => Kind::Boolean,
        (_, None) => return Err("要写明取哪一列 column".to_string()),
        (_, Some(column)) => column_kind(&layouts[layout].columns[column])?,
    };
    let delivered = Delivered {
        layout,
        column,
        filter,
        take: entry.take,
    };
    Ok((delivered, kind))
}

/// The kind that a fact declares, where the column can give it.
pub(super) fn fit(id: &str, declared: Kind, delivered: &Kind) -> Result<Kind, String> {
    let fits = match (&declared, delivered) {
        (Kind::Count | Kind::Integer, Kind::Count) => true,
        (Kind::Choice(own), Kind::Choice(choices)) => {
            let ids = |list: &[Choice]| -> Vec<String> {
                list.iter().map(|choice| choice.id.clone()).collect()
            };
            if ids(own) != ids(choices) {
                return Err(format!(
                    "事实“{id}”的选项须与交付格式该列的选项相同、次序相同：{}",
                    ids(choices).join("、")
                ));
            }
            true
        }
        (own, given) => own == given,
    };
    if fits {
        return Ok(declared);
    }
    Err(format!(
        "事实“{id}”声明为{}，交付的列是{}，两者不符",
        declared.in_words(),
        delivered.in_words()
    ))
}

fn column_kind(column: &Column) -> Result<Kind, String> {
    Ok(match column.kind {
        ColumnKind::Money => Kind::Money,
        ColumnKind::Electricity => Kind::Electricity,
        ColumnKind::Gas | ColumnKind::Count => Kind::Count,
        ColumnKind::Date => Kind::Day,
        ColumnKind::Month => Kind::Month,
        ColumnKind::Flag => Kind::Boolean,
        ColumnKind::Percent => Kind::Rate { per: PERCENT_PER },
        ColumnKind::Division => Kind::Code { digits: 6 },
        ColumnKind::Industry => Kind::Code { digits: 4 },
        ColumnKind::Choice => {
            let choices = column.choices.iter().map(|choice| Choice {
                id: choice.id.clone(),
                name: choice.names.first().cloned().unwrap_or_default(),
            });
            Kind::Choice(choices.collect())
        }
        ColumnKind::Text | ColumnKind::Uscc => {
            return Err(format!("列“{}”是文字，不能作事实", column.id));
        }
    })
}
