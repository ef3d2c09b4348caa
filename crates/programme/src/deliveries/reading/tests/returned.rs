//! Rejected rows as a workbook, and the same workbook handed in again.

use super::*;
use std::collections::BTreeMap;

/// Rejects rows of a file, reads the returned workbook back with its titles.
fn returned(
    folder: &Folder,
    path: &Path,
    layout: &Layout,
    rejected: &[(u64, &str)],
) -> Vec<String> {
    let (_, recognised) = RowSource::open(path, layout, None).expect("opens");
    let rejected: BTreeMap<u64, String> = rejected
        .iter()
        .map(|(row, reason)| (*row, (*reason).to_string()))
        .collect();
    let out = folder.path("退回.xlsx");
    rejects::write(path, &recognised, &rejected, &out).expect("written");
    let left: Vec<_> = std::fs::read_dir(folder.0.path())
        .expect("a folder")
        .collect();
    assert!(left.len() <= 3, "{left:?}");

    let (mut rows, again) = RowSource::open(&out, layout, None).expect("opens again");
    assert_eq!(again.header_rows, recognised.header_rows);
    assert_eq!(again.title, recognised.title);
    assert_eq!(again.reason_column, Some(again.width - 1));
    let mut lines = Vec::new();
    while let Some(row) = rows.next_row().expect("reads") {
        let cell = |index| match row.cell(index) {
            Cell::Text(text) => format!("'{text}"),
            cell => values::said(cell),
        };
        let cells: Vec<String> = (0..row.width()).map(cell).collect();
        lines.push(cells.join("|"));
    }
    lines
}

#[test]
fn only_rejected_rows_come_back_with_their_reasons() {
    let folder = Folder::new();
    let header = "纳税人识别号|纳税人名称|应税销售额";
    let rows: &[&str] = &[
        "2026年9月",
        "单位：元",
        header,
        "91A|甲|1.5",
        "91B|乙|=A1|备忘",
        "9141|'0012|2",
    ];
    let path = super::workbooks::workbook(&folder, &[("数据", rows)]);
    // The formula stands in a rejected row of a file refused as a whole.
    assert!(read_all(&path, &tax()).is_err());
    let lines = returned(
        &folder,
        &path,
        &tax(),
        &[(5, "金额是公式"), (6, "代码位数不对")],
    );
    assert_eq!(
        lines,
        [
            "'91B|'乙|7|'金额是公式|'备忘",
            "'9141|'0012|2|'代码位数不对"
        ]
    );
}

#[test]
fn a_csv_comes_back_as_a_workbook() {
    let folder = Folder::new();
    let text = "纳税人识别号,纳税人名称,应税销售额（元）\n91A,甲,零\n\n91B,乙,\"1,000.00\"\n";
    let path = folder.file("税务.csv", encoding_rs::GB18030.encode(text).0);
    assert_eq!(
        returned(
            &folder,
            &path,
            &tax(),
            &[(2, "“零”不是数字金额"), (4, "重复")]
        ),
        ["'91A|'甲|'零|'“零”不是数字金额", "'91B|'乙|'1,000.00|'重复"]
    );
}

#[test]
fn a_returned_workbook_returned_again_keeps_one_reason() {
    let folder = Folder::new();
    let rows: &[&str] = &[
        "序号|企业名称|统一社会信用代码|生产经营地||行业||成立时间|原因",
        "|||县（市、区）|详细地址|代码|名称",
        "1|甲|'91A|伊川县|某路|'0932|开采|20240714|旧原因",
    ];
    let path = super::workbooks::workbook(&folder, &[("名录", rows)]);
    assert_eq!(
        returned(&folder, &path, &register(), &[(3, "新原因")]),
        ["1|'甲|'91A|'伊川县|'某路|'0932|'开采|20240714|'新原因"]
    );
}

#[test]
fn a_workbook_that_cannot_be_written_leaves_nothing() {
    let folder = Folder::new();
    let text = "纳税人识别号,纳税人名称,应税销售额（元）\n91A,甲,1\n";
    let path = folder.file("a.csv", text);
    let (_, recognised) = RowSource::open(&path, &tax(), None).expect("opens");
    let out = folder.path("没有这个文件夹").join("退回.xlsx");
    let fault = rejects::write(&path, &recognised, &BTreeMap::new(), &out).expect_err("no folder");
    assert!(
        fault.to_string().starts_with("退回的工作簿写不进“"),
        "{fault}"
    );
}
