//! What a statistician and a cautious office rely on in the workbook.

use std::io::{Cursor, Read};

use zip::{DateTime, ZipArchive};

use super::*;
use crate::documents::sample::{bulletin, report};

fn part(file: &[u8], path: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("a zip");
    let mut text = String::new();
    let mut entry = archive.by_name(path).expect("the part");
    entry.read_to_string(&mut text).expect("text");
    text
}

#[track_caller]
fn check(path: &str, present: &[&str], absent: &[&str]) {
    let text = part(&render(&bulletin()).expect("renders"), path);
    for expected in present {
        assert!(text.contains(expected), "{path} lacks {expected}");
    }
    for unwanted in absent {
        assert!(!text.contains(unwanted), "{path} has {unwanted}");
    }
}

#[test]
fn two_renderings_are_the_same_bytes_and_carry_no_clock() {
    let file = render(&bulletin()).expect("renders");
    assert_eq!(file, render(&bulletin()).expect("renders"));
    let properties = part(&file, "docProps/core.xml");
    assert_eq!(properties.matches("2026-10-09T00:00:00Z").count(), 2);
    assert_eq!(properties.matches("W3CDTF").count(), 2);
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("a zip");
    for index in 0..archive.len() {
        let entry = archive.by_index(index).expect("an entry");
        assert_eq!(
            entry.last_modified(),
            Some(DateTime::default()),
            "{}",
            entry.name()
        );
    }
}

#[test]
fn a_text_that_looks_like_a_formula_stays_text() {
    check(
        "xl/worksheets/sheet1.xml",
        &["<v>2500</v>", "<v>0.9264</v>", "<v>1.25</v>"],
        &["<f>"],
    );
    check(
        "xl/sharedStrings.xml",
        &["=HYPERLINK(", "注：截至9月30日。", "单位：家"],
        &[],
    );
}

#[test]
fn numbers_have_their_formats() {
    check("xl/styles.xml", &["0.0%", "0.00&quot;倍&quot;"], &[]);
}

#[test]
fn a_header_is_merged_frozen_repeated_and_one_page_wide() {
    check(
        "xl/worksheets/sheet1.xml",
        &[
            "<mergeCell ref=\"A5:A6\"/>",
            "<mergeCell ref=\"B5:C5\"/>",
            "ySplit=\"6\"",
            "fitToHeight=\"0\"",
            "orientation=\"landscape\"",
            "paperSize=\"9\"",
        ],
        &[],
    );
    check("xl/workbook.xml", &["_xlnm.Print_Titles", "$5:$6"], &[]);
}

#[test]
fn tables_have_sheets_and_origins_come_last() {
    check(
        "xl/workbook.xml",
        &[
            "name=\"各地完成情况表20269\" sheetId=\"1\"",
            "name=\"数据出处\" sheetId=\"2\"",
        ],
        &["拟约谈名单\" sheetId"],
    );
    check(
        "xl/sharedStrings.xml",
        &["shenggui targets progress", "第12号 a1b2c3"],
        &[],
    );
}

#[test]
fn the_values_of_each_chart_have_a_sheet_of_their_own() {
    let file = render(&report()).expect("renders");
    assert_eq!(file, render(&report()).expect("renders"));
    let sheets = part(&file, "xl/workbook.xml");
    assert_eq!(sheets.matches("<sheet ").count(), 1 + 6 + 1);
    assert!(sheets.contains("name=\"图3 年底预计落在二千家上下"));
    // The chart that stands twice is told apart by its mark.
    assert!(sheets.contains("name=\"图表6 图2 各地预计"));
    let months = part(&file, "xl/worksheets/sheet2.xml");
    assert!(months.contains("<v>0.52</v>"));
    let formats = part(&file, "xl/styles.xml");
    assert!(formats.contains("#,##0.0%"));
}

#[test]
fn sheet_names_are_short_allowed_and_unlike() {
    let mut names = SheetNames::default();
    let long = "长".repeat(40);
    assert_eq!(names.take(&long, "附件1"), "长".repeat(31));
    assert_eq!(
        names.take(&long, "附件2"),
        format!("附件2 {}", "长".repeat(27))
    );
    assert_eq!(names.take("'a:b'", "附件3"), "ab");
    assert_eq!(names.take("AB", "附件4"), "附件4 AB");
    assert_eq!(names.take("数据出处", "附件5"), "附件5 数据出处");
    assert_eq!(names.take("[]", "附件6"), "附件6");
}
