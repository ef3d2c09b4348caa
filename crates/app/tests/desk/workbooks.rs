//! Small workbooks from lines of text, and back; and files that no office program makes.

use calamine::{Data, Reader, open_workbook_auto};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::path::Path;

/// Writes lines of cells to an XLSX file. `[name]` begins a sheet; cells stand between
/// commas. `=B2*2` is a formula, `@2025-09-30` a day, `1.5` a number, `'15` text, and so
/// is a credit code of digits only; `{1000 × }` stands for as many blank formatted rows.
pub fn write(path: &Path, lines: &[String]) {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&day("2025-10-09")));
    let mut row = 0;
    let mut sheet: Option<Worksheet> = None;
    for line in lines {
        let name = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'));
        if let Some(name) = name {
            if let Some(full) = sheet.take() {
                workbook.push_worksheet(full);
            }
            let mut fresh = Worksheet::new();
            fresh.set_name(name).expect("a sheet's name");
            sheet = Some(fresh);
            row = 0;
            continue;
        }
        let sheet = sheet.get_or_insert_with(Worksheet::new);
        match blank_rows(line) {
            Some(count) => {
                for blank in row..row + count {
                    let grey = Format::new().set_italic();
                    sheet.write_blank(blank, 0, &grey).expect("a blank cell");
                }
                row += count;
            }
            None => {
                put(sheet, row, line);
                row += 1;
            }
        }
    }
    workbook.push_worksheet(sheet.expect("a sheet"));
    workbook.save(path).expect("a workbook");
}

fn blank_rows(line: &str) -> Option<u32> {
    let inner = line.strip_prefix('{')?.strip_suffix('}')?;
    inner.split_once('×')?.0.trim().parse().ok()
}

fn day(text: &str) -> ExcelDateTime {
    ExcelDateTime::parse_from_str(text).expect("a day")
}

fn put(sheet: &mut Worksheet, row: u32, line: &str) {
    const CODE_SYMBOLS: usize = 18;
    for (column, cell) in line.split(',').enumerate() {
        let column = column as u16;
        let number = cell.parse::<f64>().ok();
        let number = number.filter(|_| cell.len() != CODE_SYMBOLS);
        let done = match (cell.chars().next(), number) {
            (None, _) => continue,
            (Some('='), _) => sheet.write_formula(row, column, Formula::new(cell).set_result("1")),
            (Some('@'), _) => {
                let format = Format::new().set_num_format("yyyy-mm-dd");
                sheet.write_datetime_with_format(row, column, day(&cell[1..]), &format)
            }
            (Some('\''), _) => sheet.write_string(row, column, &cell[1..]),
            (_, Some(number)) => sheet.write_number(row, column, number),
            (_, None) => sheet.write_string(row, column, cell),
        };
        done.expect("a cell");
    }
}

/// The cells of every sheet, a line a row: `[name]`, then cells between commas.
pub fn lines(path: &Path) -> Vec<String> {
    let mut workbook = open_workbook_auto(path).expect("a workbook");
    let mut lines = Vec::new();
    for name in workbook.sheet_names() {
        lines.push(format!("[{name}]"));
        let range = workbook.worksheet_range(&name).expect("a sheet");
        for row in range.rows() {
            let cells: Vec<String> = row.iter().map(shown).collect();
            lines.push(cells.join(",").trim_end_matches(',').to_string());
        }
    }
    lines
}

fn shown(cell: &Data) -> String {
    match cell {
        Data::String(text) if text.parse::<f64>().is_ok() => format!("'{text}"),
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("@{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

/// What Excel makes of a workbook with a password to open: an OLE container with the
/// streams EncryptionInfo and EncryptedPackage, whose content nobody can read.
pub fn write_encrypted(path: &Path) {
    const SECTOR: usize = 512;
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let mut header = vec![0u8; SECTOR];
    header[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &1u32.to_le_bytes());
    put(48, &1u32.to_le_bytes());
    put(56, &4096u32.to_le_bytes());
    put(60, &END.to_le_bytes());
    put(68, &END.to_le_bytes());
    put(76, &0u32.to_le_bytes());
    for slot in 1..109 {
        put(76 + slot * 4, &FREE.to_le_bytes());
    }
    // Sector 0 is the table, 1 the directory, 2 to 9 and 10 to 17 the two streams.
    let mut table = vec![0xffff_fffdu32, END];
    for first in [2u32, 10] {
        table.extend(first + 1..first + 8);
        table.push(END);
    }
    table.resize(SECTOR / 4, FREE);
    let mut container = header;
    container.extend(table.iter().flat_map(|entry| entry.to_le_bytes()));
    container.extend(directory_entry("Root Entry", 5, 1, END, 0));
    container.extend(directory_entry("EncryptedPackage", 2, 2, 10, 4096));
    container.extend(directory_entry("EncryptionInfo", 2, FREE, 2, 4096));
    container.extend(directory_entry("", 0, FREE, 0, 0));
    container.extend((0..16 * SECTOR).map(|place| (place * 197 % 251) as u8));
    std::fs::write(path, container).expect("a container");
}

/// One entry of 128 bytes; `next` is the child of the root and the left sibling of others.
fn directory_entry(name: &str, kind: u8, next: u32, start: u32, bytes: u32) -> Vec<u8> {
    const NONE: [u8; 4] = [0xff; 4];
    let mut entry = vec![0u8; 128];
    for (place, unit) in name.encode_utf16().enumerate() {
        entry[place * 2..place * 2 + 2].copy_from_slice(&unit.to_le_bytes());
    }
    if !name.is_empty() {
        entry[64] = (name.len() as u8 + 1) * 2;
    }
    entry[66] = kind;
    entry[67] = 1;
    entry[68..72].copy_from_slice(&NONE);
    entry[72..76].copy_from_slice(&NONE);
    entry[76..80].copy_from_slice(&NONE);
    let place = if kind == 5 { 76 } else { 68 };
    entry[place..place + 4].copy_from_slice(&next.to_le_bytes());
    entry[116..120].copy_from_slice(&start.to_le_bytes());
    entry[120..124].copy_from_slice(&bytes.to_le_bytes());
    entry
}
