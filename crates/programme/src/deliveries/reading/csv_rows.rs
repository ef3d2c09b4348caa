//! Rows of a CSV file: encoding, delimiter, records.
//!
//! The encoding is decided over the whole file before the first row: UTF-8 if every
//! byte says so, else GB18030. Rows are then decoded as they are read, in constant
//! memory. Knows nothing of headers.

use super::faults::ReadFault;
use super::rows::{Cells, HEAD_ROWS_MAX, HeadRow, Row};
use super::text_decoding::{DecodeFault, Decoded, Encoded, MEGABYTES_PER_ROW_MAX};
use std::path::Path;

/// So many records are looked at for rows that say something.
const LOOKED_AT_MAX: usize = 1_000;

/// An open CSV file, standing before or on a row.
pub(super) struct CsvRows {
    records: csv::Reader<Decoded>,
    record: csv::StringRecord,
    number: u64,
    /// Line feeds inside quoted fields so far; they do not begin rows.
    inner_lines: u64,
    first_of_several_lines: Option<u64>,
}

impl CsvRows {
    pub(super) fn open(path: &Path) -> Result<CsvRows, ReadFault> {
        let encoded = Encoded::detect(path)?;
        let delimiter = delimiter_of(&encoded.head(path)?);
        let decoded = Decoded::open(path, encoded)?;
        let records = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(64 * 1024)
            .from_reader(decoded);
        Ok(CsvRows {
            records,
            record: csv::StringRecord::new(),
            number: 0,
            inner_lines: 0,
            first_of_several_lines: None,
        })
    }

    /// Moves to the next record that is not an empty line.
    pub(super) fn advance(&mut self) -> Result<bool, ReadFault> {
        self.records.get_mut().renew_allowance();
        let more = match self.records.read_record(&mut self.record) {
            Ok(more) => more,
            Err(error) => return Err(self.fault_of(error)),
        };
        if !more {
            return match self.first_of_several_lines {
                Some(row) if self.records.get_ref().quotes_are_odd() => {
                    Err(ReadFault::OpenQuote { row })
                }
                _ => Ok(false),
            };
        }
        let inner = self.record.as_slice().bytes().filter(|byte| *byte == b'\n');
        let inner = inner.count() as u64;
        self.number = self.number_of_record(inner);
        self.inner_lines += inner;
        if inner > 0 {
            self.first_of_several_lines.get_or_insert(self.number);
        }
        Ok(true)
    }

    pub(super) fn current(&self) -> Row<'_> {
        Row {
            number: self.number,
            cells: Cells::Csv(&self.record),
        }
    }

    /// Share of the file's bytes that have been read.
    pub(super) fn fraction_read(&self) -> f32 {
        self.records.get_ref().fraction_read()
    }

    /// Counted from the line feeds before the record, so that blank lines count, which
    /// the reader passes over in silence.
    fn number_of_record(&self, inner: u64) -> u64 {
        let lines = self.records.position().line() - 1;
        let counted = lines.saturating_sub(self.inner_lines + inner);
        counted.max(self.number + 1)
    }

    fn fault_of(&self, error: csv::Error) -> ReadFault {
        let row = self.number + 1;
        match error.into_kind() {
            csv::ErrorKind::Io(error) => match error.get_ref().and_then(|e| e.downcast_ref()) {
                Some(DecodeFault::Malformed { line }) => ReadFault::Encoding { line: *line },
                Some(DecodeFault::Allowance) => ReadFault::LongRow {
                    row,
                    max_megabytes: MEGABYTES_PER_ROW_MAX,
                },
                None => ReadFault::world(&error),
            },
            csv::ErrorKind::Utf8 { .. } => ReadFault::Encoding { line: row },
            _ => ReadFault::Broken(format!("第{row}行")),
        }
    }
}

/// The first rows, for finding the header.
pub(super) fn head(path: &Path) -> Result<Vec<HeadRow>, ReadFault> {
    let mut rows = CsvRows::open(path)?;
    let mut head = Vec::new();
    for _ in 0..LOOKED_AT_MAX {
        if head.len() == HEAD_ROWS_MAX || !rows.advance()? {
            break;
        }
        if !rows.current().is_blank() {
            head.push(HeadRow::of(rows.current()));
        }
    }
    Ok(head)
}

/// The sign that parts most lines into the same number of fields; a comma in doubt.
fn delimiter_of(head: &str) -> u8 {
    let mut best = ((0, 0), b',');
    for delimiter in *b",\t;" {
        let counts: Vec<usize> = head
            .lines()
            .take(HEAD_ROWS_MAX)
            .map(|line| outside_quotes(line, delimiter))
            .filter(|count| *count > 0)
            .collect();
        let alike = |count: &usize| counts.iter().filter(|other| *other == count).count();
        let score = counts.iter().map(|count| (alike(count), *count)).max();
        let score = score.unwrap_or_default();
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

fn outside_quotes(line: &str, delimiter: u8) -> usize {
    let mut inside = false;
    let mut count = 0;
    for byte in line.bytes() {
        match byte {
            b'"' => inside = !inside,
            byte if byte == delimiter && !inside => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_seen_in_the_lines() {
        let cases = [
            ("标题\na,b,c\n1,2,3", b','),
            ("a\tb\tc\n1,000\t2\t3", b'\t'),
            ("a;b\n1,5;2,5\n", b';'),
            ("只有一列\n1", b','),
            ("a,\"x;y;z\"\n1,\"p;q;r\"", b','),
        ];
        for (head, expected) in cases {
            assert_eq!(delimiter_of(head), expected, "{head}");
        }
    }
}
