//! Rows of an Excel 97–2003 workbook.
//!
//! The library that reads XLSX would hold such a sheet three times over, copy every
//! shared text into every cell and may end the process on a malformed file; a sheet of
//! 65,536 rows is small enough to keep its stream in memory and walk its records.
//! Knows nothing of headers.

use super::biff::{
    self, BOF, BOOL_OR_ERROR, EOF, FORMULA, FormulaResult, Globals, GlobalsFault, LABEL, MANY_RK,
    NUMBER, RICH_LABEL, RK, Record, SHARED_LABEL, formula_result, rk_number,
};
use super::biff_texts::Texts;
use super::faults::ReadFault;
use super::ole::{CompoundFile, u16_at, u32_at};
use super::rows::{Cell, HEAD_ROWS_MAX, HeadRow, Row, RowBatch, SheetHead};
use std::path::Path;

const MEGABYTES_MAX: u64 = 100;
const SHEETS_MAX: usize = 200;
/// Days between the 1900 and the 1904 system of dates.
const DAYS_1904: f64 = 1462.0;

/// An open workbook whose sheet has not been chosen yet.
pub(super) struct XlsBook {
    stream: Vec<u8>,
    globals: Globals,
    heads: Vec<SheetHead>,
}

/// Rows of one sheet, standing before or on a row.
pub(super) struct XlsRows {
    stream: Vec<u8>,
    globals: Globals,
    cells: Vec<CellRecord>,
    next: usize,
    row: RowBatch,
}

/// Where a row's cell record begins.
#[derive(Debug, Clone, Copy)]
struct CellRecord {
    row: u16,
    at: u32,
}

impl XlsBook {
    pub(super) fn open(path: &Path) -> Result<XlsBook, ReadFault> {
        let size = std::fs::metadata(path).map_err(|error| ReadFault::world(&error))?;
        let megabytes = size.len() / 1024 / 1024;
        if megabytes > MEGABYTES_MAX {
            return Err(ReadFault::TooLarge {
                megabytes,
                max_megabytes: MEGABYTES_MAX,
            });
        }
        let bytes = std::fs::read(path).map_err(|error| ReadFault::world(&error))?;
        let stream = workbook_stream(bytes)?;
        let globals = Globals::read(&stream).map_err(|fault| match fault {
            GlobalsFault::Protected => ReadFault::Protected,
            GlobalsFault::TooOld => ReadFault::NotATable("Excel 95 或更早的工作簿"),
            GlobalsFault::Malformed => malformed(),
        })?;
        if globals.sheets.len() > SHEETS_MAX {
            return Err(ReadFault::ManySheets {
                found: globals.sheets.len(),
                max: SHEETS_MAX,
            });
        }
        let mut rows = XlsRows {
            stream,
            globals,
            cells: Vec::new(),
            next: 0,
            row: RowBatch::default(),
        };
        let mut heads = Vec::new();
        for index in 0..rows.globals.sheets.len() {
            heads.push(rows.head(index)?);
        }
        Ok(XlsBook {
            stream: rows.stream,
            globals: rows.globals,
            heads,
        })
    }

    pub(super) fn heads(&self) -> &[SheetHead] {
        &self.heads
    }

    /// Starts reading a sheet from its first row.
    pub(super) fn rows(self, sheet: &str) -> Result<XlsRows, ReadFault> {
        let found = self.globals.sheets.iter().find(|found| found.name == sheet);
        let from = found.ok_or(ReadFault::NoSheet)?.at;
        Ok(XlsRows {
            cells: cell_records(&self.stream, from).ok_or_else(malformed)?,
            stream: self.stream,
            globals: self.globals,
            next: 0,
            row: RowBatch::default(),
        })
    }
}

impl XlsRows {
    pub(super) fn advance(&mut self) -> Result<bool, ReadFault> {
        self.row.clear();
        let Some(first) = self.cells.get(self.next).copied() else {
            return Ok(false);
        };
        self.row.begin_row(u64::from(first.row) + 1);
        while let Some(cell) = self.cells.get(self.next)
            && cell.row == first.row
        {
            let record = biff::record_at(&self.stream, cell.at as usize).ok_or_else(malformed)?;
            place(&mut self.row, &self.globals, &self.stream, record).ok_or_else(malformed)?;
            self.next += 1;
        }
        Ok(true)
    }

    pub(super) fn current(&self) -> Option<Row<'_>> {
        self.row.row(0)
    }

    pub(super) fn fraction_read(&self) -> f32 {
        if self.cells.is_empty() {
            return 1.0;
        }
        self.next as f32 / self.cells.len() as f32
    }

    fn head(&mut self, index: usize) -> Result<SheetHead, ReadFault> {
        let sheet = self.globals.sheets[index].clone();
        self.cells = cell_records(&self.stream, sheet.at).ok_or_else(malformed)?;
        self.next = 0;
        let mut rows = Vec::new();
        while rows.len() < HEAD_ROWS_MAX && self.advance()? {
            rows.extend(
                self.current()
                    .filter(|row| !row.is_blank())
                    .map(HeadRow::of),
            );
        }
        Ok(SheetHead {
            name: Some(sheet.name),
            visible: sheet.visible,
            rows,
        })
    }
}

fn workbook_stream(bytes: Vec<u8>) -> Result<Vec<u8>, ReadFault> {
    let broken = || ReadFault::broken("文件结构不完整");
    let file = CompoundFile::read(bytes).ok_or_else(broken)?;
    if file.holds("EncryptedPackage") {
        return Err(ReadFault::Protected);
    }
    if file.holds("WordDocument") {
        return Err(ReadFault::NotATable("Word 文档"));
    }
    match (file.holds("Workbook"), file.holds("Book")) {
        (true, _) => file.stream("Workbook").ok_or_else(broken),
        (_, true) => Err(ReadFault::NotATable("Excel 95 或更早的工作簿")),
        _ => Err(ReadFault::NotATable("不含工作簿的复合文档")),
    }
}

/// The cell records of the sheet that begins at an offset, by row. Charts inside the
/// sheet are passed over. `None` where the sheet has no end: rows would be lost.
fn cell_records(stream: &[u8], from: usize) -> Option<Vec<CellRecord>> {
    let first = biff::record_at(stream, from).filter(|record| record.kind == BOF)?;
    let mut inside = 0usize;
    let mut ended = false;
    let mut cells: Vec<CellRecord> = Vec::new();
    for record in biff::records(stream, first.end()) {
        match record.kind {
            BOF => inside += 1,
            EOF if inside > 0 => inside -= 1,
            EOF => {
                ended = true;
                break;
            }
            FORMULA | NUMBER | LABEL | RICH_LABEL | BOOL_OR_ERROR | RK | MANY_RK | SHARED_LABEL
                if inside == 0 =>
            {
                cells.push(CellRecord {
                    row: u16_at(record.body, 0)?,
                    at: u32::try_from(record.at).ok()?,
                });
            }
            _ => {}
        }
    }
    if !ended {
        return None;
    }
    if !cells.is_sorted_by_key(|cell| cell.row) {
        cells.sort_by_key(|cell| cell.row);
    }
    Some(cells)
}

/// Places what a record holds in the batch's row; `None` where it is cut short.
fn place(row: &mut RowBatch, globals: &Globals, stream: &[u8], record: Record<'_>) -> Option<()> {
    let body = record.body;
    let column = u32::from(u16_at(body, 2)?);
    let format = u16_at(body, 4)?;
    match record.kind {
        NUMBER => {
            let number = f64::from_le_bytes(*body.get(6..)?.first_chunk()?);
            row.place(column, number_cell(globals, format, number));
        }
        RK => {
            let number = rk_number(u32_at(body, 6)?);
            row.place(column, number_cell(globals, format, number));
        }
        MANY_RK => {
            let packed = body.get(4..body.len().checked_sub(2)?)?.as_chunks::<6>().0;
            for (column, packed) in (column..).zip(packed) {
                let format = u16_at(packed, 0)?;
                let number = rk_number(u32_at(packed, 2)?);
                row.place(column, number_cell(globals, format, number));
            }
        }
        SHARED_LABEL => {
            let text = globals.texts.get(u32_at(body, 6)? as usize)?;
            row.place(column, Cell::Text(text));
        }
        LABEL | RICH_LABEL => {
            let text = Texts::of(stream, record.at).skipping(6).long_text()?;
            row.place(column, Cell::Text(&text));
        }
        BOOL_OR_ERROR => match (*body.get(6)?, *body.get(7)?) {
            (truth, 0) => row.place(column, Cell::Bool(truth != 0)),
            (code, _) => row.place(column, Cell::Error(biff::error_shown(code))),
        },
        FORMULA => {
            row.note_formula(column);
            match formula_result(stream, record)? {
                FormulaResult::Number(number) => {
                    row.place(column, number_cell(globals, format, number));
                }
                FormulaResult::Text(text) => row.place(column, Cell::Text(&text)),
                FormulaResult::Bool(truth) => row.place(column, Cell::Bool(truth)),
                FormulaResult::Error(shown) => row.place(column, Cell::Error(shown)),
                FormulaResult::Nothing => {}
            }
        }
        _ => {}
    }
    Some(())
}

fn number_cell(globals: &Globals, format: u16, number: f64) -> Cell<'static> {
    let shift = if globals.is_1904 { DAYS_1904 } else { 0.0 };
    match globals.shows_day(format) {
        true => Cell::Day(number + shift),
        false => Cell::Number(number),
    }
}

fn malformed() -> ReadFault {
    ReadFault::broken("工作表内容不合规范")
}
