//! What is written can be read, texts stay texts, and a long list goes on in a second sheet.

use super::{Cell, Cover, CsvWriter, Heading, SHEET_ROWS_MAX, WorkbookWriter, sheet_name, split};
use crate::documents::wellformed;
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use std::io::{Cursor, Read};

/// Texts that some program or other takes for more than texts.
const TEXTS: [&str; 16] = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-1",
    "@SUM(A1)",
    "=HYPERLINK(\"http://a.b\",\"点我\")",
    "\t=1",
    "<b>&amp;</b>",
    "a]]>b",
    "_x0041_",
    "_x000D_\u{b}换行",
    "  前后有空格  ",
    "第一行\n第二行",
    "91410300MA0000001X",
    "410300000000000000",
    "",
    "😀企业",
];

fn cover(title: &str) -> Cover {
    Cover {
        title: sheet_name(title),
        author: "河南省工业和信息化厅".to_string(),
        made: "2026-10-15T08:00:00Z".to_string(),
        notes: vec![("导出人".to_string(), "=张三".to_string())],
    }
}

fn headings(names: &[&str]) -> Vec<Heading> {
    let headings = names.iter().map(|name| Heading {
        text: (*name).to_string(),
        width: 20,
    });
    headings.collect()
}

fn workbook(rows: &[Vec<Cell>]) -> Vec<u8> {
    let headings = headings(&["企业名称", "=数额（万元）"]);
    let writer = WorkbookWriter::new(Vec::new(), cover("企业[名单]"), headings, rows.len());
    let mut writer = writer.expect("memory");
    for row in rows {
        writer.row(row).expect("memory");
    }
    assert!(writer.row(&[]).is_err(), "one row more than announced");
    let mut writer = WorkbookWriter::new(
        Vec::new(),
        cover("企业[名单]"),
        self::headings(&["企业名称", "=数额（万元）"]),
        rows.len(),
    )
    .expect("memory");
    rows.iter().for_each(|row| writer.row(row).expect("memory"));
    writer.finish().expect("memory")
}

#[test]
fn texts_stay_texts_and_numbers_are_numbers() {
    let rows: Vec<Vec<Cell>> = TEXTS
        .iter()
        .map(|text| vec![Cell::text(*text), Cell::Money(-1_234_567_891)])
        .collect();
    let bytes = workbook(&rows);
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    let formulas = workbook.worksheet_formula("企业名单").expect("a sheet");
    assert!(formulas.is_empty(), "{formulas:?}");
    let range = workbook.worksheet_range("企业名单").expect("a sheet");
    for (row, text) in range.rows().skip(1).zip(TEXTS) {
        let expected: String = text.chars().filter(|sign| *sign != '\u{b}').collect();
        match &row[0] {
            Data::String(found) => assert_eq!(*found, expected),
            Data::Empty => assert_eq!(text, ""),
            other => panic!("{other:?}"),
        }
        assert_eq!(row[1], Data::Float(-1_234.567_891));
    }
}

#[test]
fn every_part_is_well_formed() {
    let rows: Vec<Vec<Cell>> = TEXTS
        .iter()
        .map(|text| vec![Cell::text(*text), Cell::Unknown])
        .collect();
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook(&rows))).expect("an archive");
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let mut text = String::new();
        part.read_to_string(&mut text).expect("text");
        wellformed::check(part.name(), &text);
        parts.push(part.name().to_string());
    }
    assert_eq!(parts[0], "[Content_Types].xml");
    assert_eq!(parts.len(), 8);
}

#[test]
fn a_long_list_goes_on_in_the_next_sheet() {
    let most = SHEET_ROWS_MAX - 1;
    let cases = [
        (0, vec![0]),
        (1, vec![1]),
        (most, vec![most]),
        (most + 1, vec![most, 1]),
        (2 * most, vec![most, most]),
    ];
    for (rows, sheets) in cases {
        assert_eq!(split(rows, most), sheets, "{rows}");
    }
    let sheets = split(7, 3);
    let writer = WorkbookWriter::on_sheets(Vec::new(), cover("名单"), headings(&["家"]), sheets);
    let mut writer = writer.expect("memory");
    for number in 0..7 {
        writer.row(&[Cell::Count(number)]).expect("memory");
    }
    let bytes = writer.finish().expect("memory");
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    assert_eq!(workbook.sheet_names(), ["名单1", "名单2", "名单3", "说明"]);
    let mut cells = |sheet: &str| -> Vec<String> {
        let range = workbook.worksheet_range(sheet).expect("a sheet");
        range.rows().map(|row| row[0].to_string()).collect()
    };
    assert_eq!(cells("名单1"), ["家", "0", "1", "2"]);
    assert_eq!(cells("名单3"), ["家", "6"]);
}

#[test]
fn an_empty_list_is_a_workbook_all_the_same() {
    let bytes = workbook(&[]);
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    let range = workbook.worksheet_range("企业名单").expect("a sheet");
    assert_eq!(range.height(), 1);
}

#[test]
fn a_text_file_holds_no_formula() {
    let mut writer = CsvWriter::new(Vec::new(), &headings(&["名称", "万元"])).expect("memory");
    for text in TEXTS {
        let cells = [Cell::text(text), Cell::Money(-1_234_567_891)];
        writer.row(&cells).expect("memory");
    }
    let bytes = writer.finish().expect("memory");
    let text = String::from_utf8(bytes).expect("text");
    let text = text.strip_prefix('\u{feff}').expect("the mark");
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row"));
    for (row, own) in rows.zip(TEXTS) {
        let is_formula = row[0].starts_with(['=', '+', '-', '@', '\t']);
        assert!(!is_formula, "{own}");
        assert!(row[0].ends_with(own), "{own}: {row:?}");
        assert_eq!(&row[1], "-1234.6");
    }
}
