//! CSV rows: UTF-8 with or without mark, else GB18030; comma, tab or semicolon.

use super::{ReadFault, RowBuffer};
use encoding_rs::{Encoding, GB18030, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

pub(super) fn visit(
    path: &Path,
    on_row: &mut dyn FnMut(&RowBuffer) -> ControlFlow<()>,
) -> Result<(), ReadFault> {
    let bytes = std::fs::metadata(path)?.len() as f32;
    let encoding = encoding_of(path)?;
    let mut head = Vec::new();
    decoded(path, encoding)?
        .take(64 << 10)
        .read_to_end(&mut head)?;
    // The cut may fall inside a character: only separators and line ends matter here.
    let start = String::from_utf8_lossy(&head);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&start))
        .buffer_capacity(1 << 20)
        .from_reader(decoded(path, encoding)?);
    let mut record = csv::StringRecord::new();
    let mut row = RowBuffer::default();
    let mut lines = Lines::new(&start);
    loop {
        let read = reader.read_record(&mut record).map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            ReadFault::Csv {
                line,
                reason: error.to_string(),
            }
        });
        if !read? {
            return Ok(());
        }
        let at = reader.position();
        row.start(lines.row_of(at.line(), &record));
        row.progress = (at.byte() as f32 / bytes.max(1.0)).min(1.0);
        for (index, field) in record.iter().enumerate() {
            if encoding == GB18030 && field.contains('\u{fffd}') {
                return Err(ReadFault::Encoding(row.number));
            }
            row.set_text(index, field);
        }
        if on_row(&row).is_break() {
            return Ok(());
        }
    }
}

/// Rows as Excel counts them: blank lines count, line breaks inside quotes do not.
struct Lines {
    /// Lines end in CR LF: the reader then stops between the two.
    carriage_returns: bool,
    row: u64,
    end_line: u64,
}

impl Lines {
    fn new(start: &str) -> Lines {
        Lines {
            carriage_returns: start.contains("\r\n"),
            row: 0,
            end_line: 0,
        }
    }

    /// Row of a record, from the line that the reader stands on behind it.
    fn row_of(&mut self, line: u64, record: &csv::StringRecord) -> u64 {
        let inside: usize = record.iter().map(|field| field.matches('\n').count()).sum();
        let inside = inside as u64;
        let end = if self.carriage_returns {
            line
        } else {
            line - 1
        };
        // The last record may have no line end behind it.
        let end = end.max(self.end_line + 1 + inside);
        self.row += (end - inside).saturating_sub(self.end_line).max(1);
        self.end_line = end;
        self.row
    }
}

fn decoded(path: &Path, encoding: &'static Encoding) -> Result<impl Read, ReadFault> {
    let mut builder = DecodeReaderBytesBuilder::new();
    builder
        .encoding(Some(encoding))
        .bom_override(true)
        .strip_bom(true);
    if encoding == UTF_8 {
        // The whole file was just proved to be UTF-8.
        builder.utf8_passthru(true);
    }
    Ok(builder
        .build_with_buffer(File::open(path)?, vec![0; 256 << 10])
        .map_err(|error| std::io::Error::other(error.to_string()))?)
}

/// UTF-8 where the whole file is; else GB18030, of which GBK and GB2312 are parts.
fn encoding_of(path: &Path) -> Result<&'static Encoding, ReadFault> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0u8; 1 << 20];
    let mut kept = 0;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        let filled = kept + read;
        match std::str::from_utf8(&buffer[..filled]) {
            Ok(_) => kept = 0,
            Err(error) if error.error_len().is_none() && read > 0 => {
                let valid = error.valid_up_to();
                buffer.copy_within(valid..filled, 0);
                kept = filled - valid;
            }
            Err(_) => return Ok(GB18030),
        }
        if read == 0 {
            return Ok(UTF_8);
        }
    }
}

/// The separator that stands most often in the first lines.
fn separator(start: &str) -> u8 {
    let lines: Vec<&str> = start.lines().take(20).collect();
    let count = |mark: char| {
        lines
            .iter()
            .map(|line| line.matches(mark).count())
            .sum::<usize>()
    };
    [b',', b'\t', b';']
        .into_iter()
        .rev()
        .max_by_key(|mark| count(*mark as char))
        .unwrap_or(b',')
}
