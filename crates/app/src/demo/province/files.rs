//! Tables as departments write them: CSV in GB18030 or UTF-8 with a mark, and workbooks.
//!
//! Rows go to the disk as they come; nothing of a table is kept in memory. This module
//! knows cells and encodings, not what stands in them.

use anyhow::Context;
use chrono::{Datelike, NaiveDate};
use encoding_rs::GB18030;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const FLUSH_BYTES: usize = 64 * 1024;
const BOM: &str = "\u{feff}";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Gb18030,
    Utf8WithMark,
}

/// One table on its way to a file.
pub enum Table {
    Text(TextTable),
    Sheet(Box<SheetTable>),
}

impl Table {
    pub fn text(path: &Path, encoding: Encoding) -> anyhow::Result<Table> {
        let file = File::create(path).with_context(|| format!("create {}", path.display()))?;
        let mut table = TextTable {
            out: BufWriter::with_capacity(2 * FLUSH_BYTES, file),
            rows: String::with_capacity(FLUSH_BYTES + 1024),
            starts_row: true,
            encoder: match encoding {
                Encoding::Gb18030 => Some(Gb18030Encoder::default()),
                Encoding::Utf8WithMark => None,
            },
        };
        if encoding == Encoding::Utf8WithMark {
            table.rows.push_str(BOM);
        }
        Ok(Table::Text(table))
    }

    /// `made_on` stands in the properties of the file: a clock would make each run differ.
    pub fn sheet(path: &Path, name: &str, made_on: NaiveDate) -> anyhow::Result<Table> {
        let mut workbook = Workbook::new();
        let day = ExcelDateTime::from_ymd(
            u16::try_from(made_on.year()).context("the year of the workbook")?,
            made_on.month() as u8,
            made_on.day() as u8,
        )?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&day));
        workbook
            .add_worksheet_with_constant_memory()?
            .set_name(name)?;
        Ok(Table::Sheet(Box::new(SheetTable {
            workbook,
            path: path.to_path_buf(),
            row: 0,
            column: 0,
            centred: Format::new().set_align(FormatAlign::Center).set_bold(),
        })))
    }

    /// A whole row of text.
    pub fn words(&mut self, words: &[&str]) -> anyhow::Result<()> {
        words.iter().try_for_each(|word| self.word(word))?;
        self.end_row()
    }

    pub fn word(&mut self, word: &str) -> anyhow::Result<()> {
        match self {
            Table::Text(table) => {
                table.field(word);
                Ok(())
            }
            Table::Sheet(table) => table.word(word),
        }
    }

    /// A decimal number as text; a workbook holds it as a number where it is one.
    pub fn number(&mut self, number: &str) -> anyhow::Result<()> {
        match self {
            Table::Text(table) => {
                table.field(number);
                Ok(())
            }
            Table::Sheet(table) => table.number(number),
        }
    }

    pub fn end_row(&mut self) -> anyhow::Result<()> {
        match self {
            Table::Text(table) => table.end_row(),
            Table::Sheet(table) => {
                (table.row, table.column) = (table.row + 1, 0);
                Ok(())
            }
        }
    }

    pub fn close(self) -> anyhow::Result<()> {
        match self {
            Table::Text(mut table) => {
                table.flush()?;
                table.out.flush().context("close a table")
            }
            Table::Sheet(mut table) => {
                let path = &table.path;
                table
                    .workbook
                    .save(path)
                    .with_context(|| format!("write {}", path.display()))
            }
        }
    }
}

pub struct TextTable {
    out: BufWriter<File>,
    rows: String,
    starts_row: bool,
    encoder: Option<Gb18030Encoder>,
}

impl TextTable {
    fn field(&mut self, text: &str) {
        if !self.starts_row {
            self.rows.push(',');
        }
        self.starts_row = false;
        if text
            .bytes()
            .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
        {
            self.rows.push('"');
            self.rows.push_str(&text.replace('"', "\"\""));
            self.rows.push('"');
        } else {
            self.rows.push_str(text);
        }
    }

    fn end_row(&mut self) -> anyhow::Result<()> {
        self.rows.push_str("\r\n");
        self.starts_row = true;
        if self.rows.len() >= FLUSH_BYTES {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let bytes = match &mut self.encoder {
            Some(encoder) => encoder.encode(&self.rows),
            None => self.rows.as_bytes(),
        };
        self.out.write_all(bytes).context("write a table")?;
        self.rows.clear();
        Ok(())
    }
}

/// The library looks a Chinese symbol up by walking its table; a province needs each
/// symbol millions of times, so that found ones are kept.
struct Gb18030Encoder {
    /// Two bytes for each symbol of the basic plane; 0 where not yet looked up.
    known: Vec<u16>,
    bytes: Vec<u8>,
}

impl Default for Gb18030Encoder {
    fn default() -> Gb18030Encoder {
        Gb18030Encoder {
            known: vec![0; 65_536],
            bytes: Vec::with_capacity(FLUSH_BYTES),
        }
    }
}

impl Gb18030Encoder {
    fn encode(&mut self, text: &str) -> &[u8] {
        self.bytes.clear();
        let mut rest = text;
        while let Some(symbol) = rest.chars().next() {
            let (one, behind) = rest.split_at(symbol.len_utf8());
            rest = behind;
            if symbol.is_ascii() {
                self.bytes.push(symbol as u8);
                continue;
            }
            let known = self.known.get(symbol as usize).copied().unwrap_or(0);
            if known != 0 {
                self.bytes.extend(known.to_be_bytes());
                continue;
            }
            let (bytes, _, _) = GB18030.encode(one);
            if let ([first, second], Some(slot)) = (&bytes[..], self.known.get_mut(symbol as usize))
            {
                *slot = u16::from_be_bytes([*first, *second]);
            }
            self.bytes.extend_from_slice(&bytes);
        }
        &self.bytes
    }
}

pub struct SheetTable {
    workbook: Workbook,
    path: PathBuf,
    row: u32,
    column: u16,
    centred: Format,
}

impl SheetTable {
    /// A heading over several cells, rows and columns counted from the present row.
    pub fn merge(&mut self, columns: (u16, u16), rows: u32, text: &str) -> anyhow::Result<()> {
        let (row, format) = (self.row, self.centred.clone());
        let sheet = self.workbook.worksheet_from_index(0)?;
        sheet.merge_range(row, columns.0, row + rows - 1, columns.1, text, &format)?;
        self.column = columns.1 + 1;
        Ok(())
    }

    /// Continues at a column of the present row.
    pub fn skip_to(&mut self, column: u16) {
        self.column = column;
    }

    fn word(&mut self, word: &str) -> anyhow::Result<()> {
        let (row, column) = (self.row, self.column);
        self.column += 1;
        if !word.is_empty() {
            self.workbook
                .worksheet_from_index(0)?
                .write_string(row, column, word)?;
        }
        Ok(())
    }

    fn number(&mut self, number: &str) -> anyhow::Result<()> {
        let Ok(value) = number.parse::<f64>() else {
            return self.word(number);
        };
        let (row, column) = (self.row, self.column);
        self.column += 1;
        self.workbook
            .worksheet_from_index(0)?
            .write_number(row, column, value)?;
        Ok(())
    }
}
