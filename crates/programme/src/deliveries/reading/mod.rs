//! Reading a delivery's file: from bytes on disk to recognised columns and rows of cells.
//!
//! Takes XLSX, XLS and CSV as offices hand them over, decides the kind by content,
//! finds the header by the layout's names, and streams rows in bounded memory. It does
//! not know firms, batches or databases, and it judges no value: [`values`] reads a
//! cell when asked, and the caller decides what becomes of the row.
//!
//! ```text
//! let (mut rows, header) = RowSource::open(path, &layout, None)?;
//! let code = header.columns[0].as_ref().expect("required");
//! while let Some(row) = rows.next_row()? {
//!     let code = values::code_text(row.cell(code.index));
//! }
//! ```

mod biff;
mod biff_texts;
mod book;
mod csv_rows;
mod days;
mod faults;
pub mod header;
mod header_readings;
mod header_words;
mod ole;
pub mod rejects;
mod rows;
mod text_decoding;
mod titles;
mod units;
pub mod values;
mod xls_rows;
mod xlsx_rows;

pub use book::FILE_MEGABYTES_MAX;
pub use faults::ReadFault;
pub use header::{ColumnAt, HeaderFault, Recognised, column_letters};
pub use rows::{Cell, HeadRow, Row};
pub use units::Unit;

/// The month that a text names, where it names exactly one: a title, a file's name.
pub fn month_in_text(text: &str) -> Option<Month> {
    titles::time_in_title(text).month
}

use book::{AllRows, Book};
use rules::layout::Layout;
use rules::period::Month;
use std::path::Path;

/// More blank rows in a row than this are refused: somebody formatted the whole sheet.
pub const BLANK_ROWS_MAX: u64 = 100_000;
const FORMULAS_NAMED_MAX: usize = 3;

/// The rows below the header of an open delivery.
pub struct RowSource {
    rows: AllRows,
    below: u64,
    /// Recognised columns, where formulas are refused.
    columns: Vec<usize>,
    blank_rows: u64,
    last_filled: u64,
    ended: bool,
}

impl RowSource {
    /// Opens a file and finds its header. To read the rows again, open it again.
    ///
    /// `unit_given` is what the person who imports has said about figures whose unit
    /// the file does not state.
    ///
    /// # Errors
    /// [`ReadFault`] where the file cannot be read as this kind of delivery.
    pub fn open(
        path: &Path,
        layout: &Layout,
        unit_given: Option<Unit>,
    ) -> Result<(RowSource, Recognised), ReadFault> {
        let book = Book::open(path)?;
        let recognised = book.recognise(path, layout, unit_given)?;
        let rows = book.rows(path, recognised.sheet.as_deref())?;
        let columns = recognised.columns.iter().flatten();
        let source = RowSource {
            rows,
            below: *recognised.header_rows.end(),
            columns: columns.map(|column| column.index).collect(),
            blank_rows: 0,
            last_filled: *recognised.header_rows.end(),
            ended: false,
        };
        Ok((source, recognised))
    }

    /// The next row that says something, or `None` after the last one.
    ///
    /// # Errors
    /// [`ReadFault`] where the file turns out to be unusable, be it on its last row:
    /// only a source that was read to its `None` may be counted as a delivery.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, ReadFault> {
        match self.find_row() {
            Ok(true) => Ok(self.rows.current()),
            Ok(false) => {
                self.ended = true;
                Ok(None)
            }
            Err(fault) => {
                self.ended = true;
                Err(fault)
            }
        }
    }

    /// Blank rows passed over so far.
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows
    }

    /// About how much of the file has been read, from 0 to 1.
    pub fn fraction_read(&self) -> f32 {
        if self.ended {
            return 1.0;
        }
        self.rows.fraction_read()
    }

    fn find_row(&mut self) -> Result<bool, ReadFault> {
        let mut blank = 0;
        while !self.ended && self.rows.advance()? {
            let Some(row) = self.rows.current() else {
                return Ok(false);
            };
            if row.number <= self.below {
                continue;
            }
            let is_blank = row.is_blank();
            // Empty lines of CSV are seen only by the gap that they leave.
            if matches!(self.rows, AllRows::Csv(_)) {
                blank = row.number - self.last_filled - 1;
            }
            if blank + u64::from(is_blank) > BLANK_ROWS_MAX {
                return Err(ReadFault::BlankRows {
                    row: self.last_filled,
                    max: BLANK_ROWS_MAX,
                });
            }
            if is_blank {
                blank += 1;
                continue;
            }
            self.blank_rows += blank;
            self.last_filled = row.number;
            return match row.formulas().is_empty() {
                true => Ok(true),
                false => self.refuse_formulas().map(|()| true),
            };
        }
        self.blank_rows += blank;
        Ok(false)
    }

    /// Where the row at hand holds a formula in a recognised column, reads the rest of
    /// the file to say how many there are.
    fn refuse_formulas(&mut self) -> Result<(), ReadFault> {
        let mut cells = Vec::new();
        let mut count = 0u64;
        while let Some(row) = self.rows.current() {
            let computed = row.formulas().iter().map(|column| *column as usize);
            let computed: Vec<usize> = computed.filter(|c| self.columns.contains(c)).collect();
            if !computed.is_empty() && !row.is_blank() && !row.sums_up() {
                count += computed.len() as u64;
                let left = FORMULAS_NAMED_MAX - cells.len();
                let named = computed.iter().take(left);
                cells.extend(named.map(|c| format!("{}{}", column_letters(*c), row.number)));
            }
            if count == 0 {
                return Ok(());
            }
            if !self.rows.advance()? {
                break;
            }
        }
        Err(ReadFault::Formulas { cells, count })
    }
}

#[cfg(test)]
mod tests;
