//! The journal as a workbook, written as it is read: one page of lines is in memory at a time.

use super::{COLUMNS, fields};
use crate::office::{Office, refuse};
use crate::report::Field;
use crate::sheets;
use anyhow::{Context, Result};
use programme::journal::{self, Act, JournalFilter, Line, Walk};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use std::path::Path;

/// Lines on one sheet; a longer journal goes on on the next.
const SHEET_LINES: u32 = 1_000_000;
/// Characters that a cell takes.
const CELL_MAX: usize = 32_000;
const WIDTHS: [f64; 7] = [10.0, 20.0, 22.0, 12.0, 16.0, 24.0, 80.0];

/// Writes all lines that a filter lets through, newest first, and notes in the journal that
/// it was done; gives their number. The file appears whole or not at all.
pub async fn export(office: &Office, filter: JournalFilter, path: &Path, act: &Act) -> Result<u64> {
    if path.extension().is_none_or(|ending| ending != "xlsx") {
        return refuse("导出文件请以 .xlsx 结尾");
    }
    let partial = path.with_extension("part");
    let mut workbook = Workbook::new();
    let mut walk = Walk::of(filter);
    let mut sheets = 0;
    let mut sheet = begin(&mut workbook, &mut sheets)?;
    let mut row = 0;
    let mut lines = 0;
    while let Some(page) = walk.next(office.db.reading()).await? {
        for line in &page {
            if row == SHEET_LINES {
                sheet = begin(&mut workbook, &mut sheets)?;
                row = 0;
            }
            row += 1;
            write(sheet, row, &fields(office, line))?;
        }
        lines += page.len() as u64;
    }
    let saved = tokio::task::block_in_place(|| workbook.save(&partial));
    saved.with_context(|| format!("“{}”不能写入", path.display()))?;
    // Noted first: nobody has the file without a line of it.
    let tx = office.db.begin_writing().await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let line = Line {
        act: "journal.export",
        subject: name.into_owned(),
        detail: format!("{lines}条"),
    };
    journal::append(&tx, act, &line).await?;
    tx.commit().await?;
    std::fs::rename(&partial, path).with_context(|| format!("“{}”不能写入", path.display()))?;
    Ok(lines)
}

fn begin<'a>(workbook: &'a mut Workbook, sheets: &mut u32) -> Result<&'a mut Worksheet, XlsxError> {
    *sheets += 1;
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(format!("日志{sheets}"))?;
    for (column, ((_, name), width)) in (0..).zip(COLUMNS.iter().zip(WIDTHS)) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, *name, &sheets::label())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_repeat_rows(0, 0)?;
    Ok(sheet)
}

fn write(sheet: &mut Worksheet, row: u32, fields: &[Field]) -> Result<(), XlsxError> {
    for (column, field) in (0..).zip(fields) {
        match field {
            Field::Count(number) => sheet.write_number(row, column, *number as f64)?,
            other => {
                let text: String = other.shown().chars().take(CELL_MAX).collect();
                sheet.write_string(row, column, text)?
            }
        };
    }
    Ok(())
}
