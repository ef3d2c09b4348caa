//! From a file on disk to rows of cells under recognised columns.
//!
//! Reads XLSX, XLS and CSV as offices hand them over, one row at a time. It knows
//! layouts; it knows no firm, no batch and no database, and it repairs nothing.

mod cells;
mod csv_rows;
mod header;
mod rejects;
mod sheet_rows;
mod values;

pub use cells::{Cell, RowBuffer};
pub use header::{ColumnAt, Recognised, Unit};
pub use rejects::write_rejects;
pub(crate) use values::month_in_text;
pub use values::{DayPrecision, ValueFault, amount, code_text, count, day, month, text};

use header::{HeaderFault, recognise};
use rules::layout::Layout;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

/// A file larger than this is not opened.
const FILE_BYTES_MAX: u64 = 2 << 30;
/// More blank rows than this in a row end the reading with a fault.
const BLANK_ROWS_MAX: u64 = 100_000;
/// The header stands within this many rows.
const HEADER_WITHIN_ROWS: usize = 40;

/// Why a file cannot be read. Nothing of it is taken.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    #[error("找不到文件“{0}”，请核对路径")]
    NotFound(String),
    #[error("“{0}”是文件夹，请指定其中的文件")]
    Folder(String),
    #[error("文件不能打开：{0}")]
    Io(#[from] std::io::Error),
    #[error("文件是空的，请核对是否导出完整")]
    Empty,
    #[error("文件有 {0} MB，超过 2048 MB 的上限，请分成几个文件导入")]
    TooLarge(u64),
    #[error("文件设有打开密码，请在 Excel 中取消密码后另存，再重新导入")]
    Password,
    #[error("文件损坏，不能作为工作簿打开（{0}）。请在 Excel 中打开并另存为 .xlsx 后重新导入")]
    Damaged(String),
    #[error("文件解压后过大（{0} MB），疑似异常压缩包，未予打开")]
    Bomb(u64),
    #[error("这不是 Excel 工作簿，也不是 CSV 文本。请另存为 .xlsx、.xls 或 .csv 后导入")]
    UnknownKind,
    #[error(
        "第{0}行含有既不是 UTF-8 也不是 GB18030 的字符，请用原系统重新导出，或另存为 UTF-8 编码的 CSV"
    )]
    Encoding(u64),
    #[error("第{line}行的 CSV 写法有误（{reason}），请核对引号是否成对")]
    Csv { line: u64, reason: String },
    #[error("第{0}行起连续空白行超过 10 万行，请删除空白行后重新导入")]
    BlankRows(u64),
    #[error("{0}")]
    Header(#[from] HeaderFault),
    #[error("工作表{}都像是要导入的表，请只保留一张", .0.join("、"))]
    SeveralSheets(Vec<String>),
    #[error("数据列中有公式：{cells}等共 {count} 处。请全选后“选择性粘贴”为数值，再重新导入")]
    Formulas { cells: String, count: u64 },
}

/// How a file's content is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Xlsx,
    Xls,
    Csv,
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Reading {
    pub recognised: Recognised,
    /// Sheet that holds the table; empty for CSV.
    pub sheet: String,
    /// Rows below the header that were handed over.
    pub rows: u64,
    pub blank_rows: u64,
}

/// Reads the table of a file: recognises the header, then hands over each row below it.
/// `on_row` may end the reading early (a preview).
///
/// # Errors
/// [`ReadFault`]; rows may have been handed over before it, and must then be dropped.
pub fn read_table(
    path: &Path,
    layout: &Layout,
    unit_given: Option<Unit>,
    on_row: &mut dyn FnMut(&Recognised, &RowBuffer) -> ControlFlow<()>,
) -> Result<Reading, ReadFault> {
    let kind = kind_of(path)?;
    let (sheet, recognised) = find_table(path, kind, layout, unit_given)?;
    let header_end = recognised.header_end;
    let mut reading = Reading {
        sheet: sheet.clone(),
        rows: 0,
        blank_rows: 0,
        recognised,
    };
    let mut formulas = Formulas::default();
    let mut blank_since = 0;
    let mut fault = None;
    visit(path, kind, &sheet, &mut |row| {
        if row.number <= header_end {
            return ControlFlow::Continue(());
        }
        if row.is_blank() {
            reading.blank_rows += 1;
            blank_since += 1;
            if blank_since > BLANK_ROWS_MAX {
                fault = Some(ReadFault::BlankRows(row.number - BLANK_ROWS_MAX));
                return ControlFlow::Break(());
            }
            return ControlFlow::Continue(());
        }
        blank_since = 0;
        reading.rows += 1;
        formulas.look(&reading.recognised, row);
        on_row(&reading.recognised, row)
    })?;
    if let Some(fault) = fault {
        return Err(fault);
    }
    formulas.fault().map_or(Ok(reading), Err)
}

/// The one sheet in which the header is found.
fn find_table(
    path: &Path,
    kind: FileKind,
    layout: &Layout,
    unit_given: Option<Unit>,
) -> Result<(String, Recognised), ReadFault> {
    let sheets = match kind {
        FileKind::Csv => vec![String::new()],
        FileKind::Xlsx | FileKind::Xls => sheet_rows::sheets(path, kind)?,
    };
    let mut found = Vec::new();
    let mut first_fault = None;
    for sheet in sheets {
        let mut head: Vec<RowBuffer> = Vec::new();
        visit(path, kind, &sheet, &mut |row| {
            head.push(row.clone());
            if head.len() < HEADER_WITHIN_ROWS {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        match recognise(&head, layout, unit_given) {
            Ok(recognised) => found.push((sheet, recognised)),
            Err(fault) if first_fault.is_none() || fault.is_closer() => first_fault = Some(fault),
            Err(_) => {}
        }
    }
    if found.len() > 1 {
        let names = found
            .iter()
            .map(|(sheet, _)| format!("“{sheet}”"))
            .collect();
        return Err(ReadFault::SeveralSheets(names));
    }
    match (found.pop(), first_fault) {
        (Some(found), _) => Ok(found),
        (None, Some(fault)) => Err(fault.into()),
        (None, None) => Err(ReadFault::Empty),
    }
}

/// Hands over every row of a sheet, header and titles included.
fn visit(
    path: &Path,
    kind: FileKind,
    sheet: &str,
    on_row: &mut dyn FnMut(&RowBuffer) -> ControlFlow<()>,
) -> Result<(), ReadFault> {
    match kind {
        FileKind::Csv => csv_rows::visit(path, on_row),
        FileKind::Xlsx => sheet_rows::visit_xlsx(path, sheet, on_row),
        FileKind::Xls => sheet_rows::visit_xls(path, sheet, on_row),
    }
}

/// Decides by content, never by the ending of the name.
fn kind_of(path: &Path) -> Result<FileKind, ReadFault> {
    let shown = path.display().to_string();
    let about = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ReadFault::NotFound(shown.clone()),
        _ => ReadFault::Io(error),
    })?;
    if about.is_dir() {
        return Err(ReadFault::Folder(shown));
    }
    if about.len() == 0 {
        return Err(ReadFault::Empty);
    }
    if about.len() > FILE_BYTES_MAX {
        return Err(ReadFault::TooLarge(about.len() >> 20));
    }
    let mut start = Vec::new();
    File::open(path)?.take(4096).read_to_end(&mut start)?;
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        sheet_rows::refuse_bomb(path)?;
        return Ok(FileKind::Xlsx);
    }
    if start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return sheet_rows::refuse_password(path).map(|()| FileKind::Xls);
    }
    if start.contains(&0) {
        return Err(ReadFault::UnknownKind);
    }
    Ok(FileKind::Csv)
}

/// Formulas met in recognised columns of data rows.
#[derive(Default)]
struct Formulas {
    first: Vec<String>,
    count: u64,
}

impl Formulas {
    fn look(&mut self, recognised: &Recognised, row: &RowBuffer) {
        if !row.has_formula() || row.says_total() {
            return;
        }
        for column in recognised.columns.iter().flatten() {
            if row.is_formula(column.index) {
                self.count += 1;
                if self.first.len() < 3 {
                    self.first.push(cells::address(column.index, row.number));
                }
            }
        }
    }

    fn fault(self) -> Option<ReadFault> {
        (self.count > 0).then(|| ReadFault::Formulas {
            cells: self.first.join("、"),
            count: self.count,
        })
    }
}
