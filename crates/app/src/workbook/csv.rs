//! The same rows as comma-separated text, in UTF-8 with its mark, as Excel and WPS open it.
//!
//! Such a file has no kinds of cells: a text that would be read as a formula gets an apostrophe
//! in front.

use super::{Cell, Heading};
use std::io::{Result, Write};

const MARK: &[u8] = "\u{feff}".as_bytes();

/// Rows that are being written as text.
pub struct CsvWriter<W: Write> {
    rows: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Begins with the headings.
    ///
    /// # Errors
    /// Where the bytes are not taken.
    pub fn new(mut to: W, headings: &[Heading]) -> Result<CsvWriter<W>> {
        to.write_all(MARK)?;
        let mut rows = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(to);
        rows.write_record(headings.iter().map(|heading| harmless(&heading.text)))?;
        Ok(CsvWriter { rows })
    }

    /// # Errors
    /// Where the bytes are not taken.
    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        self.rows.write_record(cells.iter().map(plain))?;
        Ok(())
    }

    /// # Errors
    /// Where the bytes are not taken.
    pub fn finish(self) -> Result<W> {
        self.rows
            .into_inner()
            .map_err(|error| std::io::Error::other(error.to_string()))
    }
}

/// Figures without separators, in the unit of the heading.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Count(count) => count.to_string(),
        Cell::Money(_) | Cell::Yuan(_) => cell.shown().replace(',', ""),
        Cell::Empty => String::new(),
        other => harmless(&other.shown()),
    }
}

fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{text}"),
        _ => text.to_string(),
    }
}
