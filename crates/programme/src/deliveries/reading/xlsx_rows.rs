//! Rows of an XLSX workbook, streamed from calamine's cell reader.
//!
//! The cell reader borrows from its workbook, so a thread of its own holds both and
//! sends rows in batches over a short queue; reading and evaluating thereby overlap.
//! A panic of the parser on a malformed file ends that thread only and becomes a fault.
//! Knows nothing of headers.

use super::faults::ReadFault;
use super::rows::{Cell, HEAD_ROWS_MAX, HeadRow, Row, RowBatch, SheetHead};
use calamine::{CellErrorType, DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

const SHEETS_MAX: usize = 200;
const BATCHES_WAITING_MAX: usize = 4;
/// Files inside the archive; a workbook with many pictures has some hundreds.
const PARTS_MAX: usize = 20_000;
const INFLATED_GIGABYTES_MAX: u128 = 8;
const INFLATED_TIMES_MAX: u128 = 200;
const SHARED_TEXTS_MEGABYTES_MAX: u64 = 256;
const GIGABYTE: u128 = 1024 * 1024 * 1024;
/// Days between the 1900 and the 1904 system of dates.
const DAYS_1904: f64 = 1462.0;

type Workbook = Xlsx<BufReader<Counted>>;

/// An open XLSX workbook whose sheet has not been chosen yet.
pub(super) struct XlsxBook {
    workbook: Workbook,
    heads: Vec<SheetHead>,
    size: u64,
    read: Arc<AtomicU64>,
}

/// Rows of one sheet, standing before or on a row.
pub(super) struct XlsxRows {
    batches: Receiver<Result<Option<RowBatch>, ReadFault>>,
    batch: RowBatch,
    next: usize,
    ended: bool,
    size: u64,
    read: Arc<AtomicU64>,
}

impl XlsxBook {
    pub(super) fn open(path: &Path) -> Result<XlsxBook, ReadFault> {
        let file = || File::open(path).map_err(|error| ReadFault::world(&error));
        check_inflation(file()?)?;
        let size = file()?.metadata().map_or(0, |metadata| metadata.len());
        let read = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            file: file()?,
            read: Arc::clone(&read),
        };
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let mut workbook: Workbook =
                Xlsx::new(BufReader::with_capacity(64 * 1024, counted)).map_err(fault_of)?;
            let heads = heads_of(&mut workbook)?;
            Ok((workbook, heads))
        }));
        let (workbook, heads) = opened.unwrap_or_else(|_| Err(malformed()))?;
        Ok(XlsxBook {
            workbook,
            heads,
            size,
            read,
        })
    }

    pub(super) fn heads(&self) -> &[SheetHead] {
        &self.heads
    }

    /// Starts reading a sheet from its first row.
    pub(super) fn rows(self, sheet: &str) -> Result<XlsxRows, ReadFault> {
        let (sender, batches) = sync_channel(BATCHES_WAITING_MAX);
        let mut workbook = self.workbook;
        let sheet = sheet.to_string();
        self.read.store(0, Ordering::Relaxed);
        std::thread::Builder::new()
            .name("xlsx".to_string())
            .spawn(move || {
                // Sending fails only when nobody listens any more.
                let _ = match send_rows(&mut workbook, &sheet, &sender) {
                    Ok(()) => sender.send(Ok(None)),
                    Err(fault) => sender.send(Err(fault)),
                };
            })
            .map_err(|error| ReadFault::world(&error))?;
        Ok(XlsxRows {
            batches,
            batch: RowBatch::default(),
            next: 0,
            ended: false,
            size: self.size,
            read: self.read,
        })
    }
}

impl XlsxRows {
    pub(super) fn advance(&mut self) -> Result<bool, ReadFault> {
        self.next += 1;
        while !self.ended && self.batch.row(self.next - 1).is_none() {
            match self.batches.recv() {
                Ok(Ok(Some(batch))) => {
                    self.batch = batch;
                    self.next = 1;
                }
                Ok(Ok(None)) => self.ended = true,
                Ok(Err(fault)) => {
                    self.ended = true;
                    return Err(fault);
                }
                Err(_) => {
                    self.ended = true;
                    return Err(malformed());
                }
            }
        }
        Ok(!self.ended)
    }

    pub(super) fn current(&self) -> Option<Row<'_>> {
        self.batch.row(self.next.checked_sub(1)?)
    }

    pub(super) fn fraction_read(&self) -> f32 {
        if self.ended || self.size == 0 {
            return 1.0;
        }
        let read = self.read.load(Ordering::Relaxed);
        (read as f64 / self.size as f64).min(1.0) as f32
    }
}

/// A file that counts the bytes read from it.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

/// Refuses archives that would unpack to absurd sizes, by their own directory, and
/// archives that are no XLSX workbook.
fn check_inflation(file: File) -> Result<(), ReadFault> {
    let packed = file
        .metadata()
        .map_or(0, |metadata| u128::from(metadata.len()));
    let mut archive = zip::ZipArchive::new(BufReader::new(file))
        .map_err(|_| ReadFault::broken("压缩包结构不完整"))?;
    if archive.len() > PARTS_MAX {
        return Err(ReadFault::Inflated(format!("内含{}个文件", archive.len())));
    }
    let mut is_workbook = false;
    for name in archive.file_names() {
        let name = name.replace('\\', "/").to_lowercase();
        match name.as_str() {
            "xl/workbook.bin" => return Err(ReadFault::NotATable("XLSB 二进制工作簿")),
            "word/document.xml" => return Err(ReadFault::NotATable("Word 文档")),
            "ppt/presentation.xml" => return Err(ReadFault::NotATable("演示文稿")),
            "content.xml" => return Err(ReadFault::NotATable("ODS 工作簿")),
            _ => is_workbook |= name.ends_with("workbook.xml"),
        }
    }
    if !is_workbook {
        return Err(ReadFault::NotATable("压缩包"));
    }
    let mut unpacked = 0u128;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index);
        let part = part.map_err(|_| ReadFault::broken("压缩包结构不完整"))?;
        unpacked += u128::from(part.size());
    }
    let absurd = unpacked > GIGABYTE / 16 && unpacked / packed.max(1) > INFLATED_TIMES_MAX;
    if unpacked > INFLATED_GIGABYTES_MAX * GIGABYTE || absurd {
        return Err(ReadFault::Inflated(format!(
            "约{}倍",
            unpacked / packed.max(1)
        )));
    }
    let shared = archive
        .by_name("xl/sharedStrings.xml")
        .map(|part| part.size());
    if let Ok(size) = shared
        && size > SHARED_TEXTS_MEGABYTES_MAX * 1024 * 1024
    {
        let text = format!("文字部分{}MB", size / 1024 / 1024);
        return Err(ReadFault::Inflated(text));
    }
    check_said_sizes(&mut archive)
}

/// Refuses archives whose parts are larger than their directory says, among those that are
/// taken into memory whole. Sheets are read row by row and are not asked.
fn check_said_sizes(archive: &mut zip::ZipArchive<BufReader<File>>) -> Result<(), ReadFault> {
    let broken = || ReadFault::broken("压缩包结构不完整");
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| broken())?;
        let name = part.name().to_lowercase();
        if !is_read_whole(&name) {
            continue;
        }
        let said = part.size();
        let real = std::io::copy(&mut part.take(said + 1), &mut std::io::sink());
        match real {
            Ok(real) if real > said => return Err(broken()),
            Ok(_) => {}
            Err(_) => return Err(broken()),
        }
    }
    Ok(())
}

/// Whether the reader library takes a part into memory whole.
fn is_read_whole(name: &str) -> bool {
    let whole = ["sharedstrings.xml", "styles.xml", "workbook.xml", ".rels"];
    whole.iter().any(|ending| name.ends_with(ending))
}

fn heads_of(workbook: &mut Workbook) -> Result<Vec<SheetHead>, ReadFault> {
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    if sheets.len() > SHEETS_MAX {
        return Err(ReadFault::ManySheets {
            found: sheets.len(),
            max: SHEETS_MAX,
        });
    }
    let mut heads = Vec::with_capacity(sheets.len());
    for (name, visible) in sheets {
        let mut rows = Vec::new();
        let mut batches = 0;
        let taken = walk_cells(workbook, &name, &mut |batch| {
            let batched = (0..).map_while(|index| batch.row(index));
            rows.extend(batched.filter(|row| !row.is_blank()).map(HeadRow::of));
            batches += 1;
            rows.len() < HEAD_ROWS_MAX && batches < 2
        });
        match taken {
            Ok(()) => {}
            Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => continue,
            Err(error) => return Err(fault_of(error)),
        }
        rows.truncate(HEAD_ROWS_MAX);
        heads.push(SheetHead {
            name: Some(name),
            visible,
            rows,
        });
    }
    Ok(heads)
}

fn send_rows(
    workbook: &mut Workbook,
    sheet: &str,
    sender: &SyncSender<Result<Option<RowBatch>, ReadFault>>,
) -> Result<(), ReadFault> {
    walk_cells(workbook, sheet, &mut |batch| {
        sender.send(Ok(Some(std::mem::take(batch)))).is_ok()
    })
    .map_err(fault_of)
}

/// Gives a sheet's rows in batches until the taker has had enough. Small batches come
/// first, so that looking at a head costs little.
fn walk_cells(
    workbook: &mut Workbook,
    sheet: &str,
    take: &mut dyn FnMut(&mut RowBatch) -> bool,
) -> Result<(), XlsxError> {
    let shift = if workbook.has_1904_epoch() {
        DAYS_1904
    } else {
        0.0
    };
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut batch = RowBatch::default();
    let mut current = None;
    let mut rows_begun = 0usize;
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        let (row, column) = cell.pos;
        if current != Some(row) {
            if current.is_some_and(|current| row < current) {
                return Err(XlsxError::Unexpected("rows out of order"));
            }
            let early = rows_begun == HEAD_ROWS_MAX + 1;
            if batch.is_full() || early {
                if !take(&mut batch) {
                    return Ok(());
                }
                batch.clear();
            }
            current = Some(row);
            rows_begun += 1;
            batch.begin_row(u64::from(row) + 1);
        }
        if cell.formula.is_some() {
            batch.note_formula(column);
        }
        match &cell.value {
            DataRef::Empty => {}
            DataRef::SharedString(text) => batch.place(column, Cell::Text(text)),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                batch.place(column, Cell::Text(text));
            }
            DataRef::Int(number) => batch.place(column, Cell::Number(*number as f64)),
            DataRef::Float(number) => batch.place(column, Cell::Number(*number)),
            DataRef::Bool(truth) => batch.place(column, Cell::Bool(*truth)),
            DataRef::DateTime(time) if time.is_duration() => {
                batch.place(column, Cell::Number(time.as_f64()));
            }
            DataRef::DateTime(time) => batch.place(column, Cell::Day(time.as_f64() + shift)),
            DataRef::Error(error) => batch.place(column, Cell::Error(error_shown(error))),
        }
    }
    if !batch.is_empty() {
        take(&mut batch);
    }
    Ok(())
}

/// What Excel shows for a cell's error.
fn error_shown(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

fn malformed() -> ReadFault {
    ReadFault::broken("工作表内容不合规范")
}

fn fault_of(error: XlsxError) -> ReadFault {
    match error {
        XlsxError::Password => ReadFault::Protected,
        XlsxError::Io(error) => ReadFault::World(error.to_string()),
        XlsxError::Zip(_) => ReadFault::broken("压缩包结构不完整"),
        _ => malformed(),
    }
}
