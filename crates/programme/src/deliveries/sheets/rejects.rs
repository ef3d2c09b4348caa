//! The refused rows as the same workbook again, with a column 原因.

use super::cells::{Cell, RowBuffer};
use super::{ReadFault, kind_of, visit};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// Header of the added column; a file handed in again may already have it.
const REASON: &str = "原因";

#[derive(Debug, thiserror::Error)]
pub enum RejectsFault {
    #[error(transparent)]
    Read(#[from] ReadFault),
    #[error("退回文件不能写出：{0}。请核对磁盘空间和目录权限，或用 --errors 另指位置")]
    Write(String),
}

impl From<XlsxError> for RejectsFault {
    fn from(error: XlsxError) -> RejectsFault {
        RejectsFault::Write(error.to_string())
    }
}

/// Writes titles, header and the rows of `refused` (by row number) to an XLSX file, each
/// with its reason in a last column. The file appears whole or not at all.
pub fn write_rejects(
    source: &Path,
    reading: &super::Reading,
    refused: &BTreeMap<u64, String>,
    target: &Path,
) -> Result<(), RejectsFault> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("退回")?;
    let header_end = reading.recognised.header_end;
    let mut line = 0;
    let mut reason_at = 0;
    let mut fault = None;
    visit(source, kind_of(source)?, &reading.sheet, &mut |row| {
        let result = if row.number <= header_end {
            reason_at = reason_column(row, reading, reason_at);
            copy(sheet, line, row, None)
                .and_then(|()| title(sheet, line, row, header_end, reason_at))
        } else if let Some(reason) = refused.get(&row.number) {
            copy(sheet, line, row, Some(reason_at)).and_then(|()| {
                sheet.write_string(line, reason_at, reason)?;
                Ok(())
            })
        } else {
            return ControlFlow::Continue(());
        };
        line += 1;
        match result {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                fault = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = fault {
        return Err(error.into());
    }
    let failed = |error: std::io::Error| RejectsFault::Write(error.to_string());
    let partial = target.with_extension("xlsx.part");
    workbook.save(&partial)?;
    std::fs::rename(&partial, target).map_err(failed)
}

/// Behind the widest header row, or where the header already says 原因.
fn reason_column(row: &RowBuffer, reading: &super::Reading, so_far: u16) -> u16 {
    let named = row
        .cells()
        .position(|cell| matches!(cell, Cell::Text(text) if text.trim() == REASON));
    if let Some(named) = named {
        return named as u16;
    }
    let columns = reading.recognised.columns.iter().flatten();
    let known = columns.map(|column| column.index + 1).max().unwrap_or(0);
    so_far.max(row.len().max(known) as u16)
}

fn title(
    sheet: &mut Worksheet,
    line: u32,
    row: &RowBuffer,
    header_end: u64,
    reason_at: u16,
) -> Result<(), XlsxError> {
    if row.number == header_end {
        let bold = Format::new().set_bold();
        sheet.write_string_with_format(line, reason_at, REASON, &bold)?;
        sheet.set_column_width(reason_at, 60)?;
    }
    Ok(())
}

/// Copies a row; text stays text, so that codes keep their digits.
fn copy(
    sheet: &mut Worksheet,
    line: u32,
    row: &RowBuffer,
    except: Option<u16>,
) -> Result<(), XlsxError> {
    for (index, cell) in row.cells().enumerate() {
        let column = index as u16;
        if Some(column) == except {
            continue;
        }
        match cell {
            Cell::Empty => {}
            Cell::Text(text) | Cell::Error(text) => {
                sheet.write_string(line, column, text.as_str())?;
            }
            Cell::Number(number) => {
                sheet.write_number(line, column, *number)?;
            }
            Cell::Day(serial) => {
                let format = Format::new().set_num_format("yyyy-mm-dd");
                sheet.write_number_with_format(line, column, *serial, &format)?;
            }
            Cell::Bool(truth) => {
                sheet.write_boolean(line, column, *truth)?;
            }
        }
    }
    Ok(())
}
