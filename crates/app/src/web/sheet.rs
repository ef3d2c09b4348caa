//! A report as a page with what can be done about it: filters above, forms that say what will
//! happen, lists with ways to what stands in them.

use super::failure::Outcome;
use super::frame::{Flash, Frame};
use super::parts::{Chip, Choice, Pager, Way};
use super::visitor::html;
use super::words::for_pages;
use crate::report::{Field, Group, Report, Table};
use askama::Template;

/// The page.
#[derive(Template)]
#[template(path = "sheet.html")]
pub struct Sheet {
    pub frame: Frame,
    pub tabs: Vec<Way>,
    pub lead: String,
    /// Buttons beside the heading; those that are current take a file away.
    pub actions: Vec<Way>,
    pub filter: Option<Form>,
    pub chips: Vec<Chip>,
    pub facts: Vec<(String, String)>,
    pub forms: Vec<Form>,
    /// Forms that stand below what they are about.
    pub last: Vec<Form>,
    pub groups: Vec<Group>,
    pub tables: Vec<List>,
    pub pager: Option<Pager>,
    pub notes: Vec<String>,
}

/// A form, with what it will do.
#[derive(Default, Clone)]
pub struct Form {
    pub head: String,
    pub says: String,
    pub address: String,
    pub fields: Vec<Input>,
    pub verb: String,
    pub is_grave: bool,
}

/// One thing that a form asks for.
#[derive(Default, Clone)]
pub struct Input {
    pub name: &'static str,
    pub label: String,
    /// `text`, `date`, `month`, `select`, `check`, `hidden`, `area`.
    pub kind: &'static str,
    pub value: String,
    pub hint: String,
    pub choices: Vec<Choice>,
    pub is_required: bool,
}

impl Input {
    pub fn of(kind: &'static str, name: &'static str, label: &str, value: &str) -> Input {
        Input {
            name,
            label: label.to_string(),
            kind,
            value: value.to_string(),
            ..Input::default()
        }
    }

    pub fn required(self, hint: &str) -> Input {
        Input {
            hint: hint.to_string(),
            is_required: true,
            ..self
        }
    }

    /// A choice; `all` stands for none of them, where that may be.
    pub fn select(name: &'static str, label: &str, all: &str, choices: Vec<Choice>) -> Input {
        Input {
            value: all.to_string(),
            choices,
            ..Input::of("select", name, label, "")
        }
    }

    pub fn hidden(name: &'static str, value: impl ToString) -> Input {
        Input::of("hidden", name, "", &value.to_string())
    }
}

/// A table of the page.
pub struct List {
    pub title: String,
    pub columns: Vec<(String, bool)>,
    pub rows: Vec<Vec<Cell>>,
}

pub struct Cell {
    pub text: String,
    pub link: String,
    pub is_number: bool,
    pub is_long: bool,
}

/// Where a cell leads: given the table, the row and the column's key.
pub type Leads<'a> = &'a dyn Fn(&Table, &[Field], &str) -> Option<String>;

/// Codes lead to their firm.
pub fn to_firms(_: &Table, row: &[Field], key: &str) -> Option<String> {
    let first = row.first()?.shown();
    let is_name = matches!(key, "firm" | "name");
    (is_name && first.len() == rules::uscc::Uscc::LENGTH).then(|| format!("/register/{first}"))
}

/// The same, looked up by the table's columns.
pub fn field<'a>(table: &Table, row: &'a [Field], key: &str) -> Option<&'a Field> {
    let place = table.columns.iter().position(|(own, _)| *own == key)?;
    row.get(place)
}

impl Sheet {
    /// A report as it is, with ways out of its cells.
    pub fn of(frame: Frame, report: Report, leads: Leads<'_>) -> Sheet {
        let facts = report.facts.iter().filter(|fact| fact.key != "id");
        let facts = facts.map(|fact| (fact.label.clone(), fact.field.shown()));
        Sheet {
            frame,
            tabs: Vec::new(),
            lead: String::new(),
            actions: Vec::new(),
            filter: None,
            chips: Vec::new(),
            facts: facts.collect(),
            forms: Vec::new(),
            last: Vec::new(),
            tables: report
                .tables
                .iter()
                .map(|table| list(table, leads))
                .collect(),
            groups: report.groups,
            pager: None,
            notes: notes(&report.notes),
        }
    }

    /// With a sentence about what was just done.
    pub fn told(mut self, kind: &str, text: impl Into<String>) -> Sheet {
        self.frame.flash = Some(Flash {
            kind: kind.to_string(),
            text: text.into(),
        });
        self
    }

    pub fn answer(self) -> Outcome {
        html(&self)
    }
}

/// What a reader of pages should know; how to type commands is for the terminal.
fn notes(notes: &[String]) -> Vec<String> {
    let own = notes.iter();
    own.filter(|note| !note.contains("--") && !note.contains("shenggui "))
        .map(|note| for_pages(note))
        .collect()
}

fn list(table: &Table, leads: Leads<'_>) -> List {
    const LONG: usize = 20;
    let is_number = |place: usize| table.rows.iter().any(|row| row[place].is_number());
    let shown: Vec<usize> = (0..table.columns.len())
        .filter(|place| table.columns[*place].0 != "id")
        .collect();
    let numbers: Vec<bool> = shown.iter().map(|place| is_number(*place)).collect();
    let rows = table.rows.iter().map(|row| {
        let cells = shown.iter().zip(&numbers).map(|(place, is_number)| {
            let text = row[*place].shown();
            Cell {
                link: leads(table, row, table.columns[*place].0).unwrap_or_default(),
                is_number: *is_number,
                is_long: text.chars().count() > LONG,
                text,
            }
        });
        cells.collect()
    });
    List {
        title: table.title.clone(),
        rows: rows.collect(),
        columns: shown
            .iter()
            .zip(&numbers)
            .map(|(place, is_number)| (table.columns[*place].1.clone(), *is_number))
            .collect(),
    }
}
