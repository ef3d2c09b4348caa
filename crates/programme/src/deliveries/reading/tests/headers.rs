//! Headers: one or two rows, titles, synonyms, units, and what is refused.

use super::*;

/// Rows of cells parted by `|`; row numbers from 1.
fn head(rows: &[&str]) -> Vec<HeadRow> {
    let row = |(number, row): (u64, &&str)| HeadRow {
        number,
        cells: row.split('|').map(str::to_string).collect(),
    };
    (1..).zip(rows).map(row).collect()
}

/// Header rows, then for each column of the layout its place and unit.
fn check(rows: &[&str], layout: &Layout, expected: &str) {
    let said = match header::recognise(&head(rows), layout, None) {
        Err(fault) => fault.to_string(),
        Ok(header) => {
            let columns = header.columns.iter().map(|column| match column {
                None => "-".to_string(),
                Some(at) => column_letters(at.index) + at.unit.map_or("", |unit| unit.name()),
            });
            let columns: Vec<String> = columns.collect();
            format!("{:?} {}", header.header_rows, columns.join(" "))
        }
    };
    assert_eq!(said, expected, "{rows:?}");
}

#[test]
fn a_header_is_found_by_name_wherever_it_stands() {
    let cases: [(&[&str], &str); 6] = [
        (
            &["纳税人识别号|纳税人名称|应税销售额（元）|所属期"],
            "1..=1 A B D C元 -",
        ),
        (
            &[
                "|税务数据",
                "",
                "序号|销售额(万元)|企 业\n名 称|统一社会信用代码（18位）",
            ],
            "3..=3 D C - B万元 -",
        ),
        (
            &["单位：千元", "*企业名称|*统一社会信用代码|销售额"],
            "2..=2 B A - C千元 -",
        ),
        (
            &["企业名称|统一社会信用代码|销售额万元|入库税额：元"],
            "1..=1 B A - C万元 D元",
        ),
        (
            &[
                "单位：万元",
                "企业名称|统一社会信用代码|销售额|入库税额（元）",
            ],
            "2..=2 B A - C万元 D元",
        ),
        (
            &["企业名称", "企业名称|统一社会信用代码|销售额（亿元）"],
            "2..=2 B A - C亿元 -",
        ),
    ];
    for (rows, expected) in cases {
        check(rows, &tax(), expected);
    }
}

#[test]
fn two_rows_are_read_as_one() {
    check(
        &[
            "名录（截至2026年9月）",
            "序号|企业名称|统一社会信用代码|生产经营地||行业||成立时间|从业人数（人）",
            "|||县（市、区）|详细地址|代码|名称",
            "1|甲|91A|伊川县|某路|3922|通信|20240714|93",
        ],
        &register(),
        "2..=3 C B D E F G H I",
    );
    // An upper row that only groups is no part of the header.
    check(
        &[
            "基本情况||经营情况",
            "企业名称|统一社会信用代码|销售额（元）",
        ],
        &tax(),
        "2..=2 B A - C元 -",
    );
    // Nor is a title that stands over a column nobody asked for.
    check(
        &[
            "名单",
            "|||单位：万元",
            "企业名称|统一社会信用代码|销售额|备注",
        ],
        &tax(),
        "3..=3 B A - C万元 -",
    );
    // Lower headers nobody asked for are still no data.
    check(
        &[
            "统一社会信用代码|企业名称|销售额（元）|联系方式|",
            "|||姓名|电话",
            "91A|甲|1|张|1",
        ],
        &tax(),
        "1..=2 A B - C元 -",
    );
}

#[test]
fn what_cannot_be_used_is_refused_with_its_place() {
    let cases: [(&[&str], &str); 8] = [
        (
            &["甲|乙", "1|2"],
            "前40行里找不到“样例”的表头，请核对文件种类，或补上表头行",
        ),
        (
            &["标题", "统一社会信用代码|法人|销售额（元）"],
            "第2行的表头缺少必需的列“企业名称”，找到的列有“统一社会信用代码”、“法人”、“销售额（元）”，请补齐后重新导入",
        ),
        (
            &["统一社会信用代码|企业名称|销售额（元）|纳税人名称"],
            "B列“企业名称”和D列“纳税人名称”都是“企业名称”，请只保留一列后重新导入",
        ),
        (
            &["统一社会信用代码|企业名称|销售额"],
            "“销售额”列没有写明金额单位，请在表头或标题中写明后重新导入，例如“单位：万元”；也可用 --unit 指明",
        ),
        (
            &["单位：万元", "单位：元", "统一社会信用代码|企业名称|销售额"],
            "“销售额”列没有写明金额单位，请在表头或标题中写明后重新导入，例如“单位：万元”；也可用 --unit 指明",
        ),
        (
            &["单位：千瓦时", "统一社会信用代码|企业名称|销售额"],
            "“销售额”列没有写明金额单位，请在表头或标题中写明后重新导入，例如“单位：万元”；也可用 --unit 指明",
        ),
        (
            &["单位：元", "统一社会信用代码|企业名称|销售额（万美元）"],
            "“销售额（万美元）”列的单位无法识别或与该列不符，请改为元、千元、万元、百万元或亿元后重新导入",
        ),
        (
            &["统一社会信用代码|企业名称|销售额（度）"],
            "“销售额（度）”列的单位无法识别或与该列不符，请改为元、千元、万元、百万元或亿元后重新导入",
        ),
    ];
    for (rows, expected) in cases {
        check(rows, &tax(), expected);
    }
    check(
        &["统一社会信用代码|企业名称|县区|从业人数（万人）"],
        &register(),
        "“从业人数（万人）”列的单位无法识别或与该列不符，请改为人、家或户后重新导入",
    );
}

#[test]
fn a_unit_given_fills_in_only_where_the_file_is_silent() {
    let recognise = |rows: &[&str], unit| {
        let header = header::recognise(&head(rows), &tax(), Some(unit)).ok()?;
        header.columns[3].as_ref()?.unit
    };
    let silent = ["统一社会信用代码|企业名称|销售额"];
    let said = ["统一社会信用代码|企业名称|销售额（元）"];
    assert_eq!(recognise(&silent, Unit::WanYuan), Some(Unit::WanYuan));
    assert_eq!(recognise(&said, Unit::WanYuan), Some(Unit::Yuan));
    assert_eq!(recognise(&silent, Unit::KilowattHour), None);
}

#[test]
fn titles_tell_month_year_and_unit() {
    let rows = head(&[
        "名单（截至2026年9月）|",
        "填报单位：||单位：万元",
        "企业名称|统一社会信用代码|销售额|原因",
    ]);
    let header = header::recognise(&rows, &tax(), None).expect("recognised");
    assert_eq!(header.title, "名单（截至2026年9月）\n填报单位： 单位：万元");
    assert_eq!(
        header.month_in_title.map(|m| m.to_string()).as_deref(),
        Some("2026-09")
    );
    assert_eq!(header.year_in_title, Some(2026));
    assert_eq!(header.units_in_title, [Unit::WanYuan]);
    assert_eq!((header.width, header.reason_column), (4, Some(3)));
}

#[test]
fn columns_have_letters() {
    for (index, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
        assert_eq!(column_letters(index), letters);
    }
}
