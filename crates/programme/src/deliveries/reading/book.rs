//! A delivery's file as a book of sheets: what kind it is, which sheet holds the header.
//!
//! The kind is decided by content, never by the name's ending. Knows no row below the
//! header.

use super::csv_rows::{self, CsvRows};
use super::faults::ReadFault;
use super::header::{self, HeaderFault, Recognised};
use super::rows::{Row, SheetHead};
use super::units::Unit;
use super::xls_rows::{XlsBook, XlsRows};
use super::xlsx_rows::{XlsxBook, XlsxRows};
use super::{ole, text_decoding};
use rules::layout::Layout;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

/// Larger files are refused.
pub const FILE_MEGABYTES_MAX: u64 = 2_048;

/// A file whose sheet has not been chosen yet.
pub(super) enum Book {
    Csv,
    Xlsx(Box<XlsxBook>),
    Xls(Box<XlsBook>),
}

/// All rows of one sheet, title and header included.
pub(super) enum AllRows {
    Csv(Box<CsvRows>),
    Xlsx(Box<XlsxRows>),
    Xls(Box<XlsRows>),
}

impl Book {
    /// Decides by content what the file is.
    pub(super) fn open(path: &Path) -> Result<Book, ReadFault> {
        let named = || path.display().to_string();
        let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => ReadFault::NotFound(named()),
            _ => ReadFault::world(&error),
        })?;
        if metadata.is_dir() {
            return Err(ReadFault::Directory(named()));
        }
        let megabytes = metadata.len() / 1024 / 1024;
        if megabytes > FILE_MEGABYTES_MAX {
            return Err(ReadFault::TooLarge {
                megabytes,
                max_megabytes: FILE_MEGABYTES_MAX,
            });
        }
        let mut file = File::open(path).map_err(|error| ReadFault::world(&error))?;
        let mut first = vec![0u8; 16 * 1024];
        let length = text_decoding::read_full(&mut file, &mut first)?;
        match kind_of(&first[..length])? {
            FileKind::Xlsx => Ok(Book::Xlsx(Box::new(XlsxBook::open(path)?))),
            FileKind::Xls => Ok(Book::Xls(Box::new(XlsBook::open(path)?))),
            FileKind::Csv => Ok(Book::Csv),
        }
    }

    /// Recognises the header in the one sheet that holds it. Several sheets are taken
    /// for one only where all but one are hidden.
    pub(super) fn recognise(
        &self,
        path: &Path,
        layout: &Layout,
        unit_given: Option<Unit>,
    ) -> Result<Recognised, ReadFault> {
        choose_sheet(&self.heads(path)?, layout, unit_given)
    }

    /// The first rows of every sheet.
    fn heads(&self, path: &Path) -> Result<Vec<SheetHead>, ReadFault> {
        match self {
            Book::Csv => Ok(vec![SheetHead {
                name: None,
                visible: true,
                rows: csv_rows::head(path)?,
            }]),
            Book::Xlsx(book) => Ok(book.heads().to_vec()),
            Book::Xls(book) => Ok(book.heads().to_vec()),
        }
    }

    pub(super) fn rows(self, path: &Path, sheet: Option<&str>) -> Result<AllRows, ReadFault> {
        let sheet = sheet.unwrap_or_default();
        match self {
            Book::Csv => Ok(AllRows::Csv(Box::new(CsvRows::open(path)?))),
            Book::Xlsx(book) => Ok(AllRows::Xlsx(Box::new(book.rows(sheet)?))),
            Book::Xls(book) => Ok(AllRows::Xls(Box::new(book.rows(sheet)?))),
        }
    }
}

impl AllRows {
    /// Opens a sheet that was recognised before.
    pub(super) fn open(path: &Path, sheet: Option<&str>) -> Result<AllRows, ReadFault> {
        Book::open(path)?.rows(path, sheet)
    }

    pub(super) fn advance(&mut self) -> Result<bool, ReadFault> {
        match self {
            AllRows::Csv(rows) => rows.advance(),
            AllRows::Xlsx(rows) => rows.advance(),
            AllRows::Xls(rows) => rows.advance(),
        }
    }

    pub(super) fn current(&self) -> Option<Row<'_>> {
        match self {
            AllRows::Csv(rows) => Some(rows.current()),
            AllRows::Xlsx(rows) => rows.current(),
            AllRows::Xls(rows) => rows.current(),
        }
    }

    pub(super) fn fraction_read(&self) -> f32 {
        match self {
            AllRows::Csv(rows) => rows.fraction_read(),
            AllRows::Xlsx(rows) => rows.fraction_read(),
            AllRows::Xls(rows) => rows.fraction_read(),
        }
    }
}

enum FileKind {
    Xlsx,
    Xls,
    Csv,
}

fn kind_of(first: &[u8]) -> Result<FileKind, ReadFault> {
    if first.is_empty() {
        return Err(ReadFault::Empty);
    }
    if first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06") {
        return Ok(FileKind::Xlsx);
    }
    if ole::is_compound(first) {
        return Ok(FileKind::Xls);
    }
    let known: [(&[u8], &str); 7] = [
        (b"%PDF", "PDF 文件"),
        (b"\x89PNG", "图片"),
        (b"\xff\xd8\xff", "图片"),
        (b"Rar!", "RAR 压缩包"),
        (b"7z\xbc\xaf", "7z 压缩包"),
        (b"{\\rtf", "RTF 文档"),
        (b"\x1f\x8b", "压缩包"),
    ];
    if let Some((_, what)) = known.iter().find(|(start, _)| first.starts_with(start)) {
        return Err(ReadFault::NotATable(what));
    }
    let marked_utf16 = first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]);
    if !marked_utf16 && first.contains(&0) {
        return Err(ReadFault::NotATable("二进制文件"));
    }
    let start = first
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(first)
        .trim_ascii_start();
    let begins = |with: &[u8]| {
        let front = start.get(..with.len());
        front.is_some_and(|front| front.eq_ignore_ascii_case(with))
    };
    if begins(b"<html") || begins(b"<!doctype") || begins(b"<table") || begins(b"<meta") {
        return Err(ReadFault::NotATable(
            "网页（有些系统导出的 .xls 其实是网页）",
        ));
    }
    if begins(b"<?xml") || begins(b"<workbook") {
        return Err(ReadFault::NotATable("XML 文件"));
    }
    Ok(FileKind::Csv)
}

fn choose_sheet(
    heads: &[SheetHead],
    layout: &Layout,
    unit_given: Option<Unit>,
) -> Result<Recognised, ReadFault> {
    let mut found: Vec<(&SheetHead, Recognised)> = Vec::new();
    let mut closest: Option<HeaderFault> = None;
    for head in heads {
        match header::recognise(&head.rows, layout, unit_given) {
            Ok(recognised) => found.push((head, recognised)),
            Err(fault) => {
                let closer = closest
                    .as_ref()
                    .is_none_or(|closest| fault.closeness() > closest.closeness());
                if closer {
                    closest = Some(fault);
                }
            }
        }
    }
    if found.len() > 1 {
        let names = found.iter().filter_map(|(head, _)| head.name.clone());
        let names = names.collect();
        found.retain(|(head, _)| head.visible);
        if found.len() != 1 {
            return Err(ReadFault::SeveralSheets(names));
        }
    }
    match (found.pop(), closest) {
        (Some((head, mut recognised)), _) => {
            recognised.sheet.clone_from(&head.name);
            Ok(recognised)
        }
        (None, Some(fault)) => Err(fault.into()),
        (None, None) => Err(ReadFault::NoSheet),
    }
}
