//! One view of an answer: the same value becomes a table for people, JSON for programs
//! and a page. It knows fields and columns; it knows no noun.

use crate::documents;
use programme::bulletins::chart::{Finite, Form};
use rules::money::{Fen, grouped};
use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;

/// An answer: facts about one thing, and tables.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub title: String,
    pub facts: Vec<Fact>,
    /// Groups of things that need sentences rather than columns.
    pub groups: Vec<Group>,
    pub tables: Vec<Table>,
    /// What the reader should know beside the figures.
    pub notes: Vec<String>,
    /// A text that is the whole answer, to be piped on: a statement, or a table as CSV.
    pub statement: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Fact {
    pub key: &'static str,
    pub label: String,
    pub field: Field,
}

/// Things under one heading.
#[derive(Debug, Clone)]
pub struct Group {
    pub key: &'static str,
    /// Whether other groups share the key; programs then get them with their titles.
    pub is_one_of_many: bool,
    pub title: String,
    pub items: Vec<Item>,
}

/// One thing with its sentences; the same for programs beside it.
#[derive(Debug, Clone)]
pub struct Item {
    pub head: String,
    /// Where it can be seen in full: a path of the pages.
    pub link: Option<String>,
    pub lines: Vec<String>,
    pub value: Value,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub key: &'static str,
    pub title: String,
    pub columns: Vec<(&'static str, String)>,
    pub rows: Vec<Vec<Field>>,
}

/// One value with its meaning, so that each view can show it in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    Text(String),
    Count(i64),
    /// Shown in 万元 with one decimal; fen in JSON.
    Money(i64),
    /// Shown in 元 to the fen; fen in JSON.
    Yuan(i64),
    /// One decimal; exact parts in JSON.
    Percent {
        part: i64,
        of: i64,
    },
    /// Two decimals.
    Multiple {
        part: i64,
        of: i64,
    },
    /// A measured or estimated number, never money, as its form says.
    Decimal {
        value: Finite,
        form: Form,
    },
    Flag(bool),
    /// Nothing to be said here: “—”.
    Empty,
    /// Not known: “待补”.
    Unknown,
}

impl Field {
    pub fn text(text: impl Into<String>) -> Field {
        Field::Text(text.into())
    }

    pub fn count(number: impl Into<i64>) -> Field {
        Field::Count(number.into())
    }

    pub fn maybe_count(number: Option<impl Into<i64>>) -> Field {
        number.map_or(Field::Empty, Field::count)
    }

    /// As people read it.
    pub fn shown(&self) -> String {
        match self {
            Field::Text(text) => text.clone(),
            Field::Count(number) => signed(*number),
            Field::Money(fen) => Fen(*fen).in_wan_yuan(),
            Field::Yuan(fen) => Fen(*fen).in_yuan(),
            Field::Percent { of: 0, .. } | Field::Multiple { of: 0, .. } | Field::Empty => {
                "—".to_string()
            }
            Field::Percent { part, of } => {
                let tenths = rounded(i128::from(*part) * 1000, i128::from(*of));
                format!("{}.{}%", tenths / 10, (tenths % 10).abs())
            }
            Field::Multiple { part, of } => {
                let hundredths = rounded(i128::from(*part) * 100, i128::from(*of));
                format!("{}.{:02}倍", hundredths / 100, (hundredths % 100).abs())
            }
            Field::Decimal { value, form } => documents::decimal(value.get(), *form),
            Field::Flag(true) => "是".to_string(),
            Field::Flag(false) => "否".to_string(),
            Field::Unknown => "待补".to_string(),
        }
    }

    pub fn is_number(&self) -> bool {
        !matches!(
            self,
            Field::Text(_) | Field::Flag(_) | Field::Empty | Field::Unknown
        )
    }

    fn json(&self) -> Value {
        match self {
            Field::Text(text) => json!(text),
            Field::Count(number) | Field::Money(number) | Field::Yuan(number) => json!(number),
            Field::Percent { part, of } | Field::Multiple { part, of } => {
                json!({ "part": part, "of": of, "shown": self.shown() })
            }
            Field::Decimal { value, .. } => json!(value.get()),
            Field::Flag(truth) => json!(truth),
            Field::Empty | Field::Unknown => Value::Null,
        }
    }
}

/// Division to the nearest, half away from zero; `of` is positive.
fn rounded(part: i128, of: i128) -> i128 {
    let half = if part < 0 { -of / 2 } else { of / 2 };
    (part + half) / of
}

fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(number.unsigned_abs()))
}

impl Report {
    pub fn new(title: impl Into<String>) -> Report {
        Report {
            title: title.into(),
            ..Report::default()
        }
    }

    /// An answer that is one text, shown as it is.
    pub fn statement(text: String) -> Report {
        Report {
            statement: Some(text),
            ..Report::default()
        }
    }

    pub fn fact(mut self, key: &'static str, label: &str, field: Field) -> Report {
        self.facts.push(Fact {
            key,
            label: label.to_string(),
            field,
        });
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Report {
        self.notes.push(note.into());
        self
    }

    pub fn table(mut self, table: Table) -> Report {
        self.tables.push(table);
        self
    }

    pub fn group(mut self, group: Group) -> Report {
        self.groups.push(group);
        self
    }

    /// The view for programs.
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("title".to_string(), json!(self.title));
        for fact in &self.facts {
            object.insert(fact.key.to_string(), fact.field.json());
        }
        for group in &self.groups {
            let items: Value = group.items.iter().map(|item| item.value.clone()).collect();
            if !group.is_one_of_many {
                object.insert(group.key.to_string(), items);
                continue;
            }
            let own = object.entry(group.key).or_insert_with(|| json!([]));
            if let Value::Array(own) = own {
                own.push(json!({ "title": group.title, "items": items }));
            }
        }
        for table in &self.tables {
            object.insert(table.key.to_string(), table.json());
        }
        if let Some(statement) = &self.statement {
            object.insert("statement".to_string(), json!(statement));
        }
        if !self.notes.is_empty() {
            object.insert("notes".to_string(), json!(self.notes));
        }
        Value::Object(object)
    }

    /// The view for people at a terminal.
    pub fn text(&self) -> String {
        if let Some(statement) = &self.statement {
            // A table of text has its line ends; a statement is closed as databases want it.
            return match statement.ends_with('\n') {
                true => statement.clone(),
                false => format!("{statement};\n"),
            };
        }
        let mut text = String::new();
        if !self.title.is_empty() {
            text.push_str(&self.title);
            text.push('\n');
        }
        let width = self
            .facts
            .iter()
            .map(|fact| fact.label.width())
            .max()
            .unwrap_or(0);
        for fact in &self.facts {
            text.push_str("  ");
            text.push_str(&fact.label);
            text.push_str(&" ".repeat(width - fact.label.width() + 2));
            text.push_str(&fact.field.shown());
            text.push('\n');
        }
        for group in &self.groups {
            text.push_str(&format!("\n{}（{}项）\n", group.title, group.items.len()));
            for item in &group.items {
                text.push_str(&format!("  {}\n", item.head));
                for line in &item.lines {
                    text.push_str(&format!("      {line}\n"));
                }
            }
        }
        for table in &self.tables {
            text.push('\n');
            text.push_str(&table.text());
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        for note in &self.notes {
            text.push_str("注：");
            text.push_str(note);
            text.push('\n');
        }
        text
    }
}

impl Table {
    pub fn new(key: &'static str, title: &str, columns: &[(&'static str, &str)]) -> Table {
        Table {
            key,
            title: title.to_string(),
            columns: columns
                .iter()
                .map(|(key, label)| (*key, (*label).to_string()))
                .collect(),
            rows: Vec::new(),
        }
    }

    pub fn row(&mut self, fields: Vec<Field>) {
        debug_assert_eq!(fields.len(), self.columns.len());
        self.rows.push(fields);
    }

    fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let fields = self.columns.iter().zip(row);
            Value::Object(
                fields
                    .map(|((key, _), field)| ((*key).to_string(), field.json()))
                    .collect(),
            )
        });
        Value::Array(rows.collect())
    }

    fn text(&self) -> String {
        if self.rows.is_empty() && !self.title.is_empty() {
            return format!("{}：无\n", self.title);
        }
        let shown: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(Field::shown).collect())
            .collect();
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, (_, label))| {
                let cells = shown.iter().map(|row| row[index].width());
                cells.chain([label.width()]).max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        if !self.title.is_empty() {
            text.push_str(&format!("{}（{}条）\n", self.title, self.rows.len()));
        }
        let numeric: Vec<bool> = (0..self.columns.len())
            .map(|index| self.rows.iter().any(|row| row[index].is_number()))
            .collect();
        let labels: Vec<&str> = self
            .columns
            .iter()
            .map(|(_, label)| label.as_str())
            .collect();
        push_line(&mut text, &labels, &widths, &numeric);
        text.push_str(&format!(
            "  {}\n",
            "─".repeat((widths.iter().sum::<usize>() + 2 * widths.len()).saturating_sub(2))
        ));
        for row in &shown {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            push_line(&mut text, &cells, &widths, &numeric);
        }
        text
    }
}

fn push_line(text: &mut String, cells: &[&str], widths: &[usize], numeric: &[bool]) {
    let mut line = String::new();
    for ((cell, width), right) in cells.iter().zip(widths).zip(numeric) {
        let gap = " ".repeat(width.saturating_sub(cell.width()));
        line.push_str("  ");
        if *right {
            line.push_str(&gap);
            line.push_str(cell);
        } else {
            line.push_str(cell);
            line.push_str(&gap);
        }
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_show_as_the_design_says() {
        let cases = [
            (Field::Count(-1234), "-1,234"),
            (Field::Money(1_876_600_000), "1,876.6"),
            (Field::Percent { part: 78, of: 310 }, "25.2%"),
            (Field::Percent { part: 1, of: 0 }, "—"),
            (
                Field::Multiple {
                    part: 3214,
                    of: 2500,
                },
                "1.29倍",
            ),
            (Field::Unknown, "待补"),
            (Field::Count(0), "0"),
        ];
        for (field, expected) in cases {
            assert_eq!(field.shown(), expected);
        }
    }

    #[test]
    fn wide_characters_line_up() {
        let mut table = Table::new("areas", "", &[("name", "地区"), ("count", "家数")]);
        table.row(vec![Field::text("郑州市"), Field::count(5)]);
        table.row(vec![Field::text("济源"), Field::count(1234)]);
        let text = Report::default().table(table).text();
        let widths: Vec<usize> = text.lines().skip(1).map(UnicodeWidthStr::width).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{text}");
    }
}
