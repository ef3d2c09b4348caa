//! Rejected rows back as a workbook: title and header as they were, the rejected rows,
//! and a last column 原因.
//!
//! Texts stay texts and numbers numbers, so that the sheet can be corrected and handed
//! in again; a 原因 column of an earlier return is replaced. The file appears whole or
//! not at all. Knows nothing of why a row was rejected.

use super::book::AllRows;
use super::faults::ReadFault;
use super::header::Recognised;
use super::rows::{Cell, Row};
use super::values::said;

use rules::layout::ColumnKind;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const REASON: &str = "原因";
const REASON_WIDTH: f64 = 48.0;
/// Excel's limit for one cell.
const SYMBOLS_MAX: usize = 32_767;
/// Rows that fit on a sheet beside title and header.
pub const REJECTED_MAX: usize = 1_048_000;

/// Why the rejected rows could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RejectsFault {
    #[error(transparent)]
    Read(#[from] ReadFault),
    #[error("被退回的行有{found}行，超过一个工作表的上限{max}行，请先核对文件种类和表头")]
    TooMany { found: usize, max: usize },
    #[error("退回的工作簿写不进“{path}”（{detail}），请核对磁盘空间和写入权限")]
    Write { path: String, detail: String },
}

/// Writes the rejected rows of a delivery as an XLSX workbook.
///
/// `rejected` maps row numbers to reasons. The workbook is written beside `out_path`
/// under another name and then renamed.
///
/// # Errors
/// [`RejectsFault`] where the delivery can no longer be read or the workbook not written.
pub fn write(
    source_path: &Path,
    recognised: &Recognised,
    rejected: &BTreeMap<u64, String>,
    out_path: &Path,
) -> Result<(), RejectsFault> {
    if rejected.len() > REJECTED_MAX {
        return Err(RejectsFault::TooMany {
            found: rejected.len(),
            max: REJECTED_MAX,
        });
    }
    let partial = partial_path(out_path);
    let failed = |detail: String| RejectsFault::Write {
        path: out_path.display().to_string(),
        detail,
    };
    let written = copy_rows(source_path, recognised, rejected, &partial).and_then(|()| {
        std::fs::rename(&partial, out_path).map_err(|error| Stop::World(error.to_string()))
    });
    written.map_err(|stop| {
        // What is left of a failed attempt is of no use; it may not exist at all.
        let _ = std::fs::remove_file(&partial);
        match stop {
            Stop::Read(fault) => RejectsFault::Read(fault),
            Stop::Write(error) => failed(error.to_string()),
            Stop::World(detail) => failed(detail),
        }
    })
}

enum Stop {
    Read(ReadFault),
    Write(XlsxError),
    World(String),
}

impl From<ReadFault> for Stop {
    fn from(fault: ReadFault) -> Stop {
        Stop::Read(fault)
    }
}

impl From<XlsxError> for Stop {
    fn from(error: XlsxError) -> Stop {
        Stop::Write(error)
    }
}

/// Where the columns of the new sheet come from, and how they look.
struct Copying {
    /// Column of the reason.
    reason: u16,
    /// The old sheet has a reason there, which is left out.
    replaces: bool,
    /// Columns that hold credit codes.
    codes: Vec<usize>,
    day: Format,
    header: Format,
    text: Format,
    wrapped: Format,
}

fn copy_rows(
    source_path: &Path,
    recognised: &Recognised,
    rejected: &BTreeMap<u64, String>,
    partial: &Path,
) -> Result<(), Stop> {
    let mut rows = AllRows::open(source_path, recognised.sheet.as_deref())?;
    let mut workbook = Workbook::new();
    if let Some(folder) = partial
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        workbook.set_tempdir(folder)?;
    }
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    if let Some(name) = &recognised.sheet {
        // A name that Excel itself would refuse is not worth failing for.
        let _ = sheet.set_name(name);
    }
    let copying = Copying::of(recognised);
    sheet.set_column_width(copying.reason, REASON_WIDTH)?;
    let header_end = *recognised.header_rows.end();
    let mut next = 0u32;
    while rows.advance()? {
        let Some(row) = rows.current() else { break };
        let is_header = recognised.header_rows.contains(&row.number);
        if row.number <= header_end {
            // Title rows keep their places, so that the header does too.
            next = u32::try_from(row.number - 1).unwrap_or(0);
            let format = is_header.then_some(&copying.header);
            copying.copy(sheet, next, row, format)?;
            if row.number == *recognised.header_rows.start() {
                sheet.write_string_with_format(next, copying.reason, REASON, &copying.header)?;
            }
        } else if let Some(reason) = rejected.get(&row.number) {
            copying.copy(sheet, next, row, None)?;
            let reason: String = reason.chars().take(SYMBOLS_MAX).collect();
            sheet.write_string_with_format(next, copying.reason, reason, &copying.wrapped)?;
        } else {
            continue;
        }
        next += 1;
    }
    sheet.set_freeze_panes(u32::try_from(header_end).unwrap_or(0), 0)?;
    workbook.save(partial)?;
    Ok(())
}

impl Copying {
    fn of(recognised: &Recognised) -> Copying {
        let columns = recognised.columns.iter().flatten();
        let codes = columns.filter(|column| column.kind == ColumnKind::Uscc);
        let reason = recognised.reason_column.unwrap_or(recognised.width);
        Copying {
            reason: u16::try_from(reason).unwrap_or(u16::MAX),
            replaces: recognised.reason_column.is_some(),
            codes: codes.map(|column| column.index).collect(),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            header: Format::new()
                .set_bold()
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            text: Format::new().set_num_format("@"),
            wrapped: Format::new().set_text_wrap(),
        }
    }

    fn copy(
        &self,
        sheet: &mut Worksheet,
        to: u32,
        row: Row<'_>,
        format: Option<&Format>,
    ) -> Result<(), XlsxError> {
        for index in 0..row.width() {
            let Some(column) = self.column_of(index) else {
                continue;
            };
            match (row.cell(index), format) {
                (Cell::Empty, _) => {}
                (cell, Some(format)) => {
                    sheet.write_string_with_format(to, column, whole_text(cell), format)?;
                }
                (cell, None) if self.codes.contains(&index) => {
                    sheet.write_string_with_format(to, column, whole_text(cell), &self.text)?;
                }
                (Cell::Number(number), None) if number.is_finite() => {
                    sheet.write_number(to, column, number)?;
                }
                (Cell::Day(serial), None) if serial.is_finite() => {
                    sheet.write_number_with_format(to, column, serial, &self.day)?;
                }
                (Cell::Bool(truth), None) => {
                    sheet.write_boolean(to, column, truth)?;
                }
                (cell, None) => {
                    sheet.write_string(to, column, whole_text(cell))?;
                }
            }
        }
        Ok(())
    }

    /// Cells beyond the header make room for the reason; an old reason is dropped.
    fn column_of(&self, index: usize) -> Option<u16> {
        let reason = usize::from(self.reason);
        let column = match index.cmp(&reason) {
            std::cmp::Ordering::Less => index,
            std::cmp::Ordering::Equal if self.replaces => return None,
            _ if self.replaces => index,
            _ => index + 1,
        };
        u16::try_from(column).ok().filter(|column| *column < 16_384)
    }
}

fn whole_text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) | Cell::Error(text) => text.chars().take(SYMBOLS_MAX).collect(),
        other => said(other),
    }
}

fn partial_path(out_path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(out_path.file_name().unwrap_or_default());
    name.push(format!(".{}.partial", std::process::id()));
    out_path.with_file_name(name)
}
