//! Rows of Excel sheets. XLSX is read cell by cell; XLS (at most 65,536 rows a sheet)
//! as one range.

use super::{Cell, FileKind, ReadFault, RowBuffer};
use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsx, XlsxError};
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

/// Uncompressed size of a workbook, and of its table of texts, which is held in memory.
const WORKBOOK_BYTES_MAX: u64 = 8 << 30;
const TEXTS_BYTES_MAX: u64 = 1 << 30;

type File_ = BufReader<File>;

pub(super) fn sheets(path: &Path, kind: FileKind) -> Result<Vec<String>, ReadFault> {
    let listed = match kind {
        FileKind::Xlsx => open_xlsx(path)?.sheets_metadata().to_vec(),
        _ => open_xls(path)?.sheets_metadata().to_vec(),
    };
    Ok(listed
        .into_iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name)
        .collect())
}

pub(super) fn visit_xlsx(
    path: &Path,
    sheet: &str,
    on_row: &mut dyn FnMut(&RowBuffer) -> ControlFlow<()>,
) -> Result<(), ReadFault> {
    let mut workbook = open_xlsx(path)?;
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(xlsx_fault)?;
    let last = cells.dimensions().end.0.max(1) as f32;
    let mut row = RowBuffer::default();
    while let Some(cell) = cells
        .next_cell_with_formula_metadata()
        .map_err(xlsx_fault)?
    {
        let number = u64::from(cell.pos.0) + 1;
        if number != row.number {
            if row.number > 0 && on_row(&row).is_break() {
                return Ok(());
            }
            row.start(number);
            row.progress = (cell.pos.0 as f32 / last).min(1.0);
        }
        let index = cell.pos.1 as usize;
        match cell.value {
            DataRef::SharedString(text) => row.set_text(index, text),
            DataRef::String(text) => row.set(index, Cell::Text(text)),
            DataRef::Float(number) => row.set(index, Cell::Number(number)),
            DataRef::Int(number) => row.set(index, Cell::Number(number as f64)),
            DataRef::Bool(truth) => row.set(index, Cell::Bool(truth)),
            DataRef::DateTime(time) => row.set(index, Cell::Day(time.as_f64())),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                row.set(index, Cell::Text(text));
            }
            DataRef::Error(error) => row.set(index, Cell::Error(error.to_string())),
            DataRef::Empty => row.set(index, Cell::Empty),
        }
        if cell.formula.is_some() {
            row.set_formula(index);
        }
    }
    if row.number > 0 {
        let _ = on_row(&row);
    }
    Ok(())
}

pub(super) fn visit_xls(
    path: &Path,
    sheet: &str,
    on_row: &mut dyn FnMut(&RowBuffer) -> ControlFlow<()>,
) -> Result<(), ReadFault> {
    let mut workbook = open_xls(path)?;
    let range = workbook.worksheet_range(sheet).map_err(xls_fault)?;
    let formulas = workbook.worksheet_formula(sheet).map_err(xls_fault)?;
    let Some((top, left)) = range.start() else {
        return Ok(());
    };
    let height = range.height().max(1) as f32;
    let mut row = RowBuffer::default();
    for (offset, cells) in range.rows().enumerate() {
        let at = top + offset as u32;
        row.start(u64::from(at) + 1);
        row.progress = offset as f32 / height;
        for (column, cell) in cells.iter().enumerate() {
            let index = left as usize + column;
            match cell {
                Data::String(text) => row.set_text(index, text),
                Data::Float(number) => row.set(index, Cell::Number(*number)),
                Data::Int(number) => row.set(index, Cell::Number(*number as f64)),
                Data::Bool(truth) => row.set(index, Cell::Bool(*truth)),
                Data::DateTime(time) => row.set(index, Cell::Day(time.as_f64())),
                Data::DateTimeIso(text) | Data::DurationIso(text) => row.set_text(index, text),
                Data::Error(error) => row.set(index, Cell::Error(error.to_string())),
                Data::Empty => row.set(index, Cell::Empty),
            }
            let formula = formulas.get_value((at, index as u32));
            if formula.is_some_and(|formula| !formula.is_empty()) {
                row.set_formula(index);
            }
        }
        if on_row(&row).is_break() {
            break;
        }
    }
    Ok(())
}

/// A workbook that unpacks to an absurd size is not opened at all.
pub(super) fn refuse_bomb(path: &Path) -> Result<(), ReadFault> {
    let damaged = |error: zip::result::ZipError| ReadFault::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?)).map_err(damaged)?;
    let mut total = 0u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(damaged)?;
        total = total.saturating_add(entry.size());
        let held = entry.name().ends_with("sharedStrings.xml") && entry.size() > TEXTS_BYTES_MAX;
        if held || total > WORKBOOK_BYTES_MAX {
            return Err(ReadFault::Bomb(total >> 20));
        }
    }
    Ok(())
}

/// An old container may hold an encrypted XLSX; that is said before anything else.
pub(super) fn refuse_password(path: &Path) -> Result<(), ReadFault> {
    match Xlsx::new(BufReader::new(File::open(path)?)) {
        Err(XlsxError::Password) => Err(ReadFault::Password),
        _ => Ok(()),
    }
}

fn open_xlsx(path: &Path) -> Result<Xlsx<File_>, ReadFault> {
    Xlsx::new(BufReader::with_capacity(256 << 10, File::open(path)?)).map_err(xlsx_fault)
}

fn open_xls(path: &Path) -> Result<Xls<File_>, ReadFault> {
    Xls::new(BufReader::new(File::open(path)?)).map_err(xls_fault)
}

fn xlsx_fault(error: XlsxError) -> ReadFault {
    match error {
        XlsxError::Password => ReadFault::Password,
        XlsxError::FileNotFound(_) => ReadFault::UnknownKind,
        other => ReadFault::Damaged(other.to_string()),
    }
}

fn xls_fault(error: XlsError) -> ReadFault {
    match error {
        XlsError::Password => ReadFault::Password,
        other => ReadFault::Damaged(other.to_string()),
    }
}
