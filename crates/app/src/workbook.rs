//! A workbook written while it is read: rows come one after the other, bytes leave at once, and
//! however long the list is, only a few rows of it are in memory.
//!
//! It knows cells, columns and notes; which firms stand in the rows it does not know. Texts are
//! always written as texts: a name that begins with “=” never runs as a formula.
//!
//! Parts that the format wants at the front name every sheet, so the number of rows has to be
//! known when writing begins.

mod cell;
mod csv;
mod markup;
mod pipe;
mod sheet;

pub use cell::Cell;
pub use csv::CsvWriter;
pub use pipe::{Pipe, pipe};

use markup::{RELATIONS, STYLES};
use sheet::Sheet;
use std::io::{Result, Write};
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

/// Rows that a sheet takes, with the one of headings.
const SHEET_ROWS_MAX: usize = 1_048_576;
/// Bytes of markup that are gathered before they are compressed.
const BUFFER: usize = 64 * 1024;

/// A column of the list.
#[derive(Debug, Clone)]
pub struct Heading {
    pub text: String,
    /// In half characters.
    pub width: usize,
}

/// What a workbook says beside its rows.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The name of the sheets with rows.
    pub title: String,
    /// Who made it, for the properties of the file.
    pub author: String,
    /// Of the making, as `2026-09-30T08:00:00Z`.
    pub made: String,
    /// What is said on the sheet of notes: label and text.
    pub notes: Vec<(String, String)>,
}

/// A workbook that is being written.
pub struct WorkbookWriter<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    cover: Cover,
    headings: Vec<Heading>,
    /// Rows of each sheet without the headings.
    sheets: Vec<usize>,
    current: Option<(usize, Sheet)>,
    markup: String,
}

fn options() -> SimpleFileOptions {
    // The quickest compression: markup shrinks well even so.
    SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(1))
}

/// Rows of each sheet, `most` of them on one.
fn split(rows: usize, most: usize) -> Vec<usize> {
    let full = rows / most;
    let mut sheets = vec![most; full];
    if !rows.is_multiple_of(most) || rows == 0 {
        sheets.push(rows % most);
    }
    sheets
}

impl<W: Write> WorkbookWriter<W> {
    /// Begins a workbook of so many rows.
    ///
    /// # Errors
    /// Where the bytes are not taken.
    pub fn new(to: W, cover: Cover, headings: Vec<Heading>, rows: usize) -> Result<Self> {
        Self::on_sheets(to, cover, headings, split(rows, SHEET_ROWS_MAX - 1))
    }

    /// The same with so many rows on each sheet.
    fn on_sheets(to: W, cover: Cover, headings: Vec<Heading>, sheets: Vec<usize>) -> Result<Self> {
        let mut writer = WorkbookWriter {
            zip: ZipWriter::new_stream(to),
            sheets,
            cover,
            headings,
            current: None,
            markup: String::with_capacity(2 * BUFFER),
        };
        writer.write_front()?;
        Ok(writer)
    }

    /// Writes the next row.
    ///
    /// # Errors
    /// Where the bytes are not taken, or there are more rows than were announced.
    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        loop {
            match &mut self.current {
                None => self.open_sheet(0)?,
                Some((index, sheet)) if sheet.rows() == self.sheets[*index] => {
                    let next = *index + 1;
                    if next == self.sheets.len() {
                        return Err(std::io::Error::other("more rows than were announced"));
                    }
                    self.close_sheet()?;
                    self.open_sheet(next)?;
                }
                Some((_, sheet)) => {
                    sheet.row(cells, &mut self.markup);
                    break;
                }
            }
        }
        if self.markup.len() >= BUFFER {
            self.pour()?;
        }
        Ok(())
    }

    /// Writes what closes a workbook and gives back what it was written to.
    ///
    /// # Errors
    /// Where the bytes are not taken.
    pub fn finish(mut self) -> Result<W> {
        if self.current.is_none() {
            self.open_sheet(0)?;
        }
        self.close_sheet()?;
        self.begin(&format!("xl/worksheets/sheet{}.xml", self.sheets.len() + 1))?;
        sheet::notes(&self.cover.notes, &mut self.markup);
        self.pour()?;
        let mut to = self
            .zip
            .finish()
            .map_err(std::io::Error::from)?
            .into_inner();
        to.flush()?;
        Ok(to)
    }

    fn write_front(&mut self) -> Result<()> {
        let count = self.sheets.len() + 1;
        let front = [
            ("[Content_Types].xml", markup::content_types(count)),
            ("_rels/.rels", RELATIONS.to_string()),
            ("docProps/core.xml", markup::properties(&self.cover)),
            ("xl/workbook.xml", self.workbook()),
            ("xl/_rels/workbook.xml.rels", markup::sheet_relations(count)),
            ("xl/styles.xml", STYLES.to_string()),
        ];
        for (name, text) in front {
            self.begin(name)?;
            self.markup.push_str(&text);
            self.pour()?;
        }
        Ok(())
    }

    /// Names of the sheets in their order: those with rows, then the one with notes.
    fn names(&self) -> Vec<String> {
        let title = &self.cover.title;
        let mut names: Vec<String> = match self.sheets.len() {
            1 => vec![title.clone()],
            count => (1..=count).map(|n| format!("{title}{n}")).collect(),
        };
        names.push("说明".to_string());
        names
    }

    fn workbook(&self) -> String {
        let names = self.names();
        let ranges: Vec<String> = self
            .sheets
            .iter()
            .map(|rows| sheet::range(self.headings.len(), *rows))
            .collect();
        markup::workbook(&names, &ranges)
    }

    fn begin(&mut self, name: &str) -> Result<()> {
        let begun = self.zip.start_file(name, options());
        begun.map_err(std::io::Error::from)
    }

    fn open_sheet(&mut self, index: usize) -> Result<()> {
        self.begin(&format!("xl/worksheets/sheet{}.xml", index + 1))?;
        let is_first = index == 0;
        let sheet = Sheet::open(&self.headings, is_first, &mut self.markup);
        self.current = Some((index, sheet));
        Ok(())
    }

    fn close_sheet(&mut self) -> Result<()> {
        if let Some((_, sheet)) = self.current.take() {
            sheet.close(self.headings.len(), &mut self.markup);
        }
        self.pour()
    }

    fn pour(&mut self) -> Result<()> {
        self.zip.write_all(self.markup.as_bytes())?;
        self.markup.clear();
        Ok(())
    }
}

/// The name of a sheet as the format takes it: no forbidden signs, at most 31 units.
pub fn sheet_name(title: &str) -> String {
    let allowed = title.chars().filter(|sign| {
        !matches!(sign, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') && !sign.is_control()
    });
    // Room for the number of the sheet.
    let mut name = String::new();
    for sign in allowed {
        if name.encode_utf16().count() + sign.len_utf16() > 28 {
            break;
        }
        name.push(sign);
    }
    match name.trim() {
        "" => "名单".to_string(),
        name => name.to_string(),
    }
}

#[cfg(test)]
mod tests;
