//! Large deliveries as files, and the reader library's own time for them.
//!
//! Knows nothing of what an import does with them.
//!
//! ```text
//! shenggui bench files --firms 500000 --out FOLDER
//! ```

use super::{codes, mixed};
use crate::office::Office;
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use calamine::{Reader, Xlsx};
use rust_xlsxwriter::Workbook;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

pub(super) fn files(office: &Office, firms: usize, out: &Path) -> Result<Report> {
    std::fs::create_dir_all(out)?;
    let codes = codes(office, firms);
    let header = [
        "纳税人识别号",
        "纳税人名称",
        "所属期",
        "应税销售额（元）",
        "入库税额（元）",
    ];
    let mut csv = BufWriter::new(File::create(out.join("tax.csv"))?);
    writeln!(csv, "{}", header.join(","))?;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (column, name) in header.iter().enumerate() {
        sheet.write_string(0, column as u16, *name)?;
    }
    for (row, code) in codes.iter().enumerate() {
        let fen = mixed(row as u64, 21) % 1_000_000_000;
        let name = format!("测量用第{row}制造有限公司");
        let sales = format!("{}.{:02}", fen / 100, fen % 100);
        writeln!(csv, "{code},{name},202609,{sales},{}", fen / 3300)?;
        // A sheet holds a million rows at most.
        if row < 1_000_000 {
            let line = row as u32 + 1;
            sheet.write_string(line, 0, code.to_string())?;
            sheet.write_string(line, 1, name)?;
            sheet.write_string(line, 2, "202609")?;
            sheet.write_number(line, 3, fen as f64 / 100.0)?;
            sheet.write_number(line, 4, (fen / 3300) as f64)?;
        }
    }
    csv.flush()?;
    workbook.save(out.join("tax.xlsx"))?;
    Ok(Report::new("已写出").fact("rows", "行", Field::Count(codes.len() as i64)))
}

/// The yardstick: the library's own loop over all cells.
pub(super) fn read_sheet(file: &Path) -> Result<Report> {
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(File::open(file)?))?;
    let sheet = workbook.sheet_names().first().cloned().context("a sheet")?;
    let mut reader = workbook.worksheet_cells_reader(&sheet)?;
    let mut cells = 0i64;
    while reader.next_cell()?.is_some() {
        cells += 1;
    }
    Ok(Report::new("已读完").fact("cells", "单元格", Field::Count(cells)))
}
