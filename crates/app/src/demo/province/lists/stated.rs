//! What fixture firms state for lists, read by the kind of each column.

use super::bind::number_of;
use super::values::{Drawn, day_number};
use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use rules::layout::{Column, ColumnKind, Layout};
use rules::money::Fen;
use rules::period::Month;
use std::collections::BTreeMap;

/// Column and value as `demo/fixtures.toml` writes them: money in yuan, shares in percent,
/// days as 2026-03-31, choices by id, flags as 是 or 否.
pub type Stated = BTreeMap<String, String>;

/// The row that a fixture states.
///
/// # Errors
/// Where a column or a value does not fit the layout.
pub fn row(layout: &Layout, stated: &Stated) -> anyhow::Result<Drawn> {
    let mut row = Drawn::default();
    row.clear(layout.columns.len());
    for (id, text) in stated {
        let place = layout
            .column(id)
            .with_context(|| format!("“{}”没有列“{id}”", layout.id))?;
        let column = &layout.columns[place];
        if column.kind == ColumnKind::Text {
            row.texts[place].clone_from(text);
        } else {
            row.numbers[place] = number(column, text)
                .with_context(|| format!("“{}”的列“{id}”不能是“{text}”", layout.id))?;
        }
    }
    Ok(row)
}

fn number(column: &Column, text: &str) -> anyhow::Result<i64> {
    let decimal = |text: &str| Fen::read_decimal(text, Fen::PER_YUAN).map(|fen| fen.0);
    match column.kind {
        ColumnKind::Money => decimal(text).context("not an amount"),
        ColumnKind::Percent => {
            decimal(text.strip_suffix('%').context("no percent sign")?).context("not a share")
        }
        ColumnKind::Count | ColumnKind::Electricity | ColumnKind::Gas => Ok(text.parse()?),
        ColumnKind::Flag => match text {
            "是" => Ok(1),
            "否" => Ok(0),
            _ => Err(anyhow!("neither 是 nor 否")),
        },
        ColumnKind::Choice => number_of(column, text).map_err(|fault| anyhow!(fault)),
        ColumnKind::Date => Ok(day_number(text.parse::<NaiveDate>()?)),
        ColumnKind::Month => Ok(i64::from(text.parse::<Month>()?.index())),
        ColumnKind::Uscc | ColumnKind::Text | ColumnKind::Division | ColumnKind::Industry => {
            Err(anyhow!("a fixture cannot state such a column"))
        }
    }
}
