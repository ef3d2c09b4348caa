//! A table of an answer as a workbook: what stands on the screen, complete, for the office.

use crate::report::{Field, Table};
use anyhow::{Context, Result};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// Rows of a sheet that Excel takes, less those above the table.
const ROWS_MAX: usize = 1_048_000;
const WIDTH_MAX: usize = 60;

/// Writes a table with its title and notes; the file appears whole or not at all.
///
/// # Errors
/// Where the file cannot be written or has more rows than a sheet takes.
pub fn write(path: &Path, title: &str, table: &Table, notes: &[String]) -> Result<()> {
    if path.extension().is_none_or(|ending| ending != "xlsx") {
        return crate::office::refuse("导出文件请以 .xlsx 结尾");
    }
    let mut workbook = made(title, table, notes)?;
    let partial = path.with_extension("part");
    workbook
        .save(&partial)
        .with_context(|| format!("“{}”不能写入", path.display()))?;
    std::fs::rename(&partial, path).with_context(|| format!("“{}”不能写入", path.display()))
}

/// The same as bytes, to be sent to a browser.
///
/// # Errors
/// Where the table has more rows than a sheet takes.
pub fn bytes(title: &str, table: &Table, notes: &[String]) -> Result<Vec<u8>> {
    Ok(made(title, table, notes)?.save_to_buffer()?)
}

fn made(title: &str, table: &Table, notes: &[String]) -> Result<Workbook> {
    if table.rows.len() > ROWS_MAX {
        return crate::office::refuse(format!(
            "共{}行，一张表最多{ROWS_MAX}行，请按市、县分开导出",
            table.rows.len()
        ));
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    fill(sheet, title, table, notes)?;
    Ok(workbook)
}

/// The title above a list.
pub fn head() -> Format {
    Format::new()
        .set_bold()
        .set_font_size(16)
        .set_align(FormatAlign::Center)
}

/// The names of its columns.
pub fn label() -> Format {
    Format::new()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_text_wrap()
}

fn fill(
    sheet: &mut Worksheet,
    title: &str,
    table: &Table,
    notes: &[String],
) -> Result<(), XlsxError> {
    let (head, label) = (head(), label());
    let money = Format::new().set_num_format("#,##0.00");
    let columns = table.columns.len() as u16;
    if columns > 1 {
        sheet.merge_range(0, 0, 0, columns - 1, title, &head)?;
    }
    for (column, (_, name)) in table.columns.iter().enumerate() {
        sheet.write_string_with_format(1, column as u16, name, &label)?;
        let cells = table.rows.iter().take(200);
        let widest = cells
            .map(|row| row[column].shown().width())
            .max()
            .unwrap_or(0);
        let width = widest.max(name.width()).clamp(6, WIDTH_MAX) + 2;
        sheet.set_column_width(column as u16, width as f64)?;
    }
    sheet.set_freeze_panes(2, 0)?;
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 1)?;
    let mut line = 2;
    for row in &table.rows {
        for (column, field) in row.iter().enumerate() {
            let column = column as u16;
            match field {
                Field::Count(number) => sheet.write_number(line, column, *number as f64)?,
                Field::Yuan(fen) => {
                    sheet.write_number_with_format(line, column, *fen as f64 / 100.0, &money)?
                }
                Field::Empty => sheet.write_string(line, column, "")?,
                other => sheet.write_string(line, column, other.shown())?,
            };
        }
        line += 1;
    }
    for note in notes {
        line += 1;
        sheet.write_string(line, 0, format!("注：{note}"))?;
    }
    Ok(())
}
