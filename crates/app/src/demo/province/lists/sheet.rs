//! How a list looks on paper: title, headers as officials write them, cells by kind.

use super::super::chance::hash;
use super::super::files::{Encoding, Table};
use super::bind::List;
use super::recipe::{Form, MoneyUnit, UnitPlace};
use super::values::{Drawn, EMPTY};
use chrono::NaiveDate;
use rules::layout::{Column, ColumnKind};
use rules::money::Fen;
use rules::period::Month;
use std::collections::HashSet;
use std::fmt::Write;
use std::path::Path;

const FEN_PER_WAN: u64 = 1_000_000;

/// A list on its way to a file.
pub struct Sheet<'a> {
    list: &'a List,
    table: Table,
    /// Places of the layout's columns that the file has.
    shown: Vec<usize>,
    /// Whether the money of the column, by place, is in 万元.
    in_wan: Vec<bool>,
    day_format: &'static str,
    text: String,
}

/// Words in place of values, for rows that are not as they should be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spoilt {
    /// Place of a column and what stands there.
    pub cell: Option<(usize, &'static str)>,
    /// Amounts are written with separators.
    pub separators: bool,
}

impl<'a> Sheet<'a> {
    /// Opens the file and writes title and header.
    pub fn begin(
        list: &'a List,
        seed: u64,
        (month, is_sheet): (Month, bool),
        path: &Path,
        made_on: NaiveDate,
    ) -> anyhow::Result<Sheet<'a>> {
        let layout = &list.layout;
        let columns = &layout.columns;
        let ruled: HashSet<usize> = list
            .rows
            .iter()
            .flat_map(|sort| sort.rules.iter().map(|rule| rule.column))
            .collect();
        let shown = (0..columns.len())
            .filter(|place| {
                ruled.contains(place) || ["uscc", "name"].contains(&columns[*place].id.as_str())
            })
            .collect();
        let mut table = if is_sheet {
            Table::sheet(path, "Sheet1", made_on)?
        } else {
            Table::text(path, Encoding::Gb18030)?
        };
        if is_sheet {
            table.words(&[&format!("{}（截至{}）", layout.name, month.in_words())])?;
            if list.entry.units_in == UnitPlace::Title {
                table.words(&[&format!("单位：{}", unit_word(list.entry.unit))])?;
            }
        }
        let draw = |place: usize| {
            let key = text_key(&layout.id) ^ text_key(&columns[place].id);
            hash([seed, key, month.index() as u64, 71])
        };
        let shown: Vec<usize> = shown;
        let headers: Vec<String> = shown
            .iter()
            .map(|place| header(list, *place, is_sheet, draw(*place)))
            .collect();
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        table.words(&headers)?;
        let formats = ["%Y-%m-%d", "%Y年%-m月%-d日", "%Y/%-m/%-d", "%Y%m%d"];
        Ok(Sheet {
            list,
            table,
            shown,
            in_wan: columns
                .iter()
                .map(|column| list.entry.unit == MoneyUnit::WanYuan && !names_yuan(&column.name))
                .collect(),
            day_format: formats[(draw(0) & 3) as usize],
            text: String::new(),
        })
    }

    /// One firm's row.
    pub fn row(
        &mut self,
        code: &str,
        name: &str,
        row: &Drawn,
        spoilt: Spoilt,
    ) -> anyhow::Result<()> {
        for at in 0..self.shown.len() {
            let place = self.shown[at];
            if let Some((_, word)) = spoilt.cell.filter(|(spoilt, _)| *spoilt == place) {
                self.table.word(word)?;
                continue;
            }
            match self.list.layout.columns[place].id.as_str() {
                "uscc" => self.table.word(code)?,
                "name" => self.table.word(name)?,
                _ => self.cell(place, row, spoilt.separators)?,
            }
        }
        self.table.end_row()
    }

    fn cell(&mut self, place: usize, row: &Drawn, separators: bool) -> anyhow::Result<()> {
        let column = &self.list.layout.columns[place];
        let number = row.numbers[place];
        if number == EMPTY {
            return self.table.word(&row.texts[place]);
        }
        self.text.clear();
        match column.kind {
            ColumnKind::Money if self.in_wan[place] => {
                let (sign, fen) = signed(number);
                write!(
                    self.text,
                    "{sign}{}.{:06}",
                    fen / FEN_PER_WAN,
                    fen % FEN_PER_WAN
                )?;
                self.table.number(&self.text)
            }
            ColumnKind::Money if separators => {
                write!(self.text, "{}", Fen(number))?;
                self.table.word(&self.text)
            }
            ColumnKind::Money => {
                let (sign, fen) = signed(number);
                write!(self.text, "{sign}{}.{:02}", fen / 100, fen % 100)?;
                self.table.number(&self.text)
            }
            ColumnKind::Percent => {
                write!(self.text, "{}.{:02}%", number / 100, number % 100)?;
                self.table.word(&self.text)
            }
            ColumnKind::Flag => self.table.word(flag(column, number == 1)),
            ColumnKind::Choice => {
                let names = &column.choices[number as usize].names;
                self.table.word(&names[place % names.len()])
            }
            ColumnKind::Date => {
                let day = i32::try_from(number).ok();
                let day = day.and_then(NaiveDate::from_num_days_from_ce_opt);
                let format = self.day_format;
                let written = day.map(|day| day.format(format).to_string());
                self.table.word(&written.unwrap_or_default())
            }
            ColumnKind::Month => {
                let month = i32::try_from(number).ok().and_then(Month::from_index);
                self.table
                    .word(&month.map_or(String::new(), |month| month.to_string()))
            }
            _ => {
                write!(self.text, "{number}")?;
                self.table.number(&self.text)
            }
        }
    }

    /// Ends the file.
    pub fn close(self) -> anyhow::Result<()> {
        self.table.close()
    }
}

/// Whether the file is a workbook: none beyond `firms_max` firms.
pub fn is_sheet(list: &List, firms: usize, firms_max: usize) -> bool {
    list.entry.form == Form::Xlsx && firms <= firms_max
}

/// One in eight headers is one of the other words in use.
fn header(list: &List, place: usize, is_sheet: bool, draw: u64) -> String {
    let column = &list.layout.columns[place];
    let others: Vec<&String> = column
        .also
        .iter()
        .filter(|word| is_unambiguous(list, place, word))
        .collect();
    let mut header = match draw & 7 {
        0 if !others.is_empty() => others[(draw >> 3) as usize % others.len()].clone(),
        _ => column.name.clone(),
    };
    let in_title = is_sheet && list.entry.units_in == UnitPlace::Title;
    match column.kind {
        ColumnKind::Money if !in_title && !names_yuan(&header) => {
            // A column that is always in yuan says so under each of its names.
            let is_yuan = names_yuan(&column.name);
            let unit = if is_yuan {
                MoneyUnit::Yuan
            } else {
                list.entry.unit
            };
            header.push_str(&format!("（{}）", unit_word(unit)));
        }
        ColumnKind::Electricity => header.push_str("（千瓦时）"),
        ColumnKind::Gas => header.push_str("（立方米）"),
        _ => {}
    }
    header
}

fn is_unambiguous(list: &List, place: usize, word: &str) -> bool {
    let columns = list.layout.columns.iter().enumerate();
    let mut others = columns.filter(|(other, _)| *other != place);
    !others.any(|(_, column)| column.name == word || column.also.iter().any(|also| also == word))
}

fn names_yuan(header: &str) -> bool {
    header.contains("（元）")
}

fn unit_word(unit: MoneyUnit) -> &'static str {
    match unit {
        MoneyUnit::Yuan => "元",
        MoneyUnit::WanYuan => "万元",
    }
}

fn flag(column: &Column, is_yes: bool) -> &'static str {
    match (column.name.contains("有无"), is_yes) {
        (true, true) => "有",
        (true, false) => "无",
        (false, true) => "是",
        (false, false) => "否",
    }
}

fn signed(fen: i64) -> (&'static str, u64) {
    (if fen < 0 { "-" } else { "" }, fen.unsigned_abs())
}

/// A number for a text that does not depend on where it stands.
pub fn text_key(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |key, byte| {
        (key ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
