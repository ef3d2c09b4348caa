//! The tables of a back-test: one value behind the report at a terminal and the annexes.

mod by_month;
mod by_place;

pub use by_month::WATCHED;

use super::Backtest;
use crate::report::{self, Field};
use programme::bulletins::chart::{Finite, Form};
use programme::bulletins::document::{self, Annex, Cell, RowWeight, TableColumn, TableRow};
use programme::outlook::assessment::FIRMS_MIN;

/// A column: key for programs, upper and lower header, relative width.
pub struct Column {
    key: &'static str,
    group: Option<&'static str>,
    label: &'static str,
    width: u32,
}

/// One table.
pub struct Sheet {
    key: &'static str,
    title: &'static str,
    unit: &'static str,
    columns: Vec<Column>,
    /// The cells of each row, and whether it sums up others.
    rows: Vec<(Vec<Cell>, bool)>,
    notes: Vec<String>,
}

fn column(key: &'static str, label: &'static str, width: u32) -> Column {
    Column {
        key,
        group: None,
        label,
        width,
    }
}

fn grouped(group: &'static str, key: &'static str, label: &'static str, width: u32) -> Column {
    Column {
        group: Some(group),
        ..column(key, label, width)
    }
}

impl Sheet {
    pub fn for_report(&self) -> report::Table {
        let mut table = report::Table::new(self.key, "", &[]);
        table.title = format!("{}（{}）", self.title, self.unit);
        let columns = self.columns.iter().map(|own| {
            let label = match own.group {
                Some(group) => format!("{group}{}", own.label),
                None => own.label.to_string(),
            };
            (own.key, label)
        });
        table.columns = columns.collect();
        for (cells, _) in &self.rows {
            table.row(cells.iter().map(field).collect());
        }
        table
    }

    pub fn for_document(self) -> Annex {
        let columns = self.columns.iter().map(|own| TableColumn {
            group: own.group.map(str::to_string),
            label: own.label.to_string(),
            width: own.width,
        });
        let rows = self.rows.into_iter().map(|(cells, is_total)| TableRow {
            cells,
            weight: match is_total {
                true => RowWeight::Total,
                false => RowWeight::Plain,
            },
        });
        Annex {
            title: self.title.to_string(),
            standing: None,
            landscape: self.columns.len() > 8,
            body: Vec::new(),
            table: Some(document::Table {
                unit: Some(format!("单位：{}", self.unit)),
                columns: columns.collect(),
                rows: rows.collect(),
                notes: self.notes,
            }),
        }
    }
}

/// What stands at a terminal.
pub fn main(found: &Backtest) -> Vec<Sheet> {
    let mut sheets = vec![
        by_month::scores_in_play(found),
        by_month::rules(found),
        by_month::visits(found),
        by_place::reliability(found),
        by_place::lead(found),
        by_month::drift(found),
    ];
    sheets.extend(by_month::open(found));
    sheets
}

/// All of them, for the annexes.
pub fn all(found: &Backtest) -> Vec<Sheet> {
    let mut sheets = vec![
        by_month::scores_of_all(found),
        by_month::scores_in_play(found),
        by_month::rules(found),
        by_place::reliability(found),
        by_place::errors(found),
        by_month::visits(found),
        by_place::lead(found),
        by_place::areas(found),
        by_place::industries(found),
        by_month::drift(found),
    ];
    sheets.extend(by_month::open(found));
    sheets
}

/// The same cell at a terminal.
pub fn field(cell: &Cell) -> Field {
    match cell {
        Cell::Text(text) => Field::text(text.clone()),
        Cell::Count(count) => Field::Count(*count),
        Cell::Percent { part, of } => Field::Percent {
            part: *part,
            of: *of,
        },
        Cell::Multiple { part, of } => Field::Multiple {
            part: *part,
            of: *of,
        },
        Cell::Decimal { value, form } => Field::Decimal {
            value: *value,
            form: *form,
        },
        Cell::Empty => Field::Empty,
    }
}

fn number(value: Option<f64>, form: Form) -> Cell {
    match value.and_then(|value| Finite::new(value).ok()) {
        Some(value) => Cell::Decimal { value, form },
        None => Cell::Empty,
    }
}

/// A share from 0 to 1 as percent.
pub fn share(value: Option<f64>) -> Cell {
    number(value, Form::Percent(1))
}

/// A score.
fn score(value: Option<f64>) -> Cell {
    number(value, Form::Decimal(3))
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// A count of firms; one or two are not shown.
fn firms(count: usize) -> Cell {
    match count {
        0 => Cell::Count(0),
        few if few < FIRMS_MIN => Cell::Empty,
        many => Cell::Count(many as i64),
    }
}
