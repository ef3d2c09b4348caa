//! XLSX: sheets, formulas, dates, numbers that should be texts.

use super::*;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

/// A sheet from rows of cells; what reads as a number is one, `=…` is a formula.
pub(super) fn fill(sheet: &mut Worksheet, rows: &[&str]) {
    for (row, cells) in (0u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(cells.split('|')) {
            match (cell.parse::<f64>(), cell.strip_prefix('=')) {
                (Ok(number), _) => sheet.write_number(row, column, number),
                (_, Some(formula)) => {
                    sheet.write_formula(row, column, Formula::new(formula).set_result("7"))
                }
                _ => sheet.write_string(row, column, cell.trim_start_matches('\'')),
            }
            .expect("written");
        }
    }
}

pub(super) fn workbook(folder: &Folder, sheets: &[(&str, &[&str])]) -> PathBuf {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name.trim_start_matches('~')).expect("named");
        sheet.set_hidden(name.starts_with('~'));
        fill(sheet, rows);
    }
    let path = folder.path("表.xlsx");
    workbook.save(&path).expect("saved");
    path
}

const HEADER: &str = "纳税人识别号|纳税人名称|应税销售额（元）";

fn check(sheets: &[(&str, &[&str])], expected: Result<&[&str], &str>) {
    let folder = Folder::new();
    let path = workbook(&folder, sheets);
    match (read_all(&path, &tax()), expected) {
        (Ok(lines), Ok(expected)) => assert_eq!(lines, expected),
        (Err(fault), Err(expected)) => assert_eq!(fault.to_string(), expected),
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
}

#[test]
fn the_sheet_with_the_header_is_read() {
    let rows: &[&str] = &["2026年9月", HEADER, "91A|甲|1.5", "", "91B|乙|2"];
    let lines: &[&str] = &["3:91A|甲|1.5", "5:91B|乙|2"];
    check(&[("说明", &["填表说明"]), ("数据", rows)], Ok(lines));
    check(&[("数据", rows), ("~旧", rows)], Ok(lines));
    check(
        &[("甲", rows), ("乙", rows)],
        Err("“甲”、“乙”都有符合要求的表头，请只保留要导入的那一个工作表"),
    );
    check(
        &[("甲", &["x"]), ("乙", &["纳税人识别号|法人"])],
        Err(
            "第1行的表头缺少必需的列“企业名称”、“应税销售额”，找到的列有“纳税人识别号”、“法人”，请补齐后重新导入",
        ),
    );
}

#[test]
fn formulas_in_recognised_columns_are_refused() {
    check(
        &[(
            "表",
            &[
                HEADER,
                "91A|甲|=A1",
                "91B|乙|2|=A1",
                "91C|=A1|=A1",
                "91D|丁|=A1",
            ],
        )],
        Err("C2、B4、C4等共4处是公式，公式结果可能没有更新，请复制后选择性粘贴为数值再重新导入"),
    );
    check(
        &[("表", &[HEADER, "91B|乙|2|=A1", "合 计||=SUM(C2:C2)"])],
        Ok(&["2:91B|乙|2|7", "3:合 计||7"]),
    );
}

#[test]
fn dates_errors_and_truths_are_told_apart() {
    let folder = Folder::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &["统一社会信用代码|企业名称|县区|成立时间|从业人数"]);
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    sheet.write_string(1, 0, "91A").expect("written");
    sheet
        .write_number_with_format(1, 3, 45_000.0, &day)
        .expect("written");
    sheet.write_boolean(1, 4, true).expect("written");
    sheet
        .write_formula(1, 8, Formula::new("1/0").set_result("#DIV/0!"))
        .expect("written");
    let path = folder.path("表.xlsx");
    book.save(&path).expect("saved");

    let (mut rows, header) = RowSource::open(&path, &register(), None).expect("opens");
    let row = rows.next_row().expect("reads").expect("a row");
    assert_eq!(row.cell(0), Cell::Text("91A"));
    assert_eq!(row.cell(1), Cell::Empty);
    assert_eq!(row.cell(3), Cell::Day(45_000.0));
    assert_eq!(row.cell(4), Cell::Bool(true));
    assert_eq!(row.cell(8), Cell::Error("#DIV/0!"));
    assert_eq!(row.cell(99), Cell::Empty);
    assert_eq!(header.sheet.as_deref(), Some("Sheet1"));
}

#[test]
fn a_flood_of_formatted_blank_rows_is_refused() {
    let folder = Folder::new();
    let write = |blank: u32| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().expect("a sheet");
        fill(sheet, &[HEADER, "91A|甲|1"]);
        let bold = Format::new().set_bold();
        for row in 2..2 + blank {
            sheet.write_blank(row, 0, &bold).expect("written");
        }
        let path = folder.path("表.xlsx");
        book.save(&path).expect("saved");
        path
    };
    assert_eq!(
        read_all(&write(100_000), &tax()).map(|lines| lines.len()),
        Ok(1)
    );
    assert_eq!(
        fault_of(&write(100_001), &tax()),
        "第2行之后连续空白行超过100000行，请删除空白行后重新导入"
    );
}

#[test]
fn many_rows_arrive_in_order() {
    let folder = Folder::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &[HEADER]);
    for row in 1..=40_000u32 {
        sheet
            .write_string(row, 0, format!("代码{row}"))
            .expect("written");
        sheet.write_number(row, 2, f64::from(row)).expect("written");
    }
    let path = folder.path("表.xlsx");
    book.save(&path).expect("saved");
    let (mut rows, _) = RowSource::open(&path, &tax(), None).expect("opens");
    let mut count = 0u64;
    while let Some(row) = rows.next_row().expect("reads") {
        count += 1;
        assert_eq!(row.number, count + 1);
        assert_eq!(row.cell(0), Cell::Text(&format!("代码{count}")));
        assert_eq!(row.cell(2), Cell::Number(count as f64));
    }
    assert_eq!(count, 40_000);
}
