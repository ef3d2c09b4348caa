//! A small document that uses every part of the model, for the tests of this module.

use chrono::NaiveDate;
use programme::bulletins::document::{
    Annex, Block, Cell, Document, RowWeight, Source, Span, Table, TableColumn, TableRow,
};

/// A quarterly bulletin with two annexes: a landscape table, and a list with a standing.
pub fn bulletin() -> Document {
    let day = NaiveDate::from_ymd_opt(2026, 10, 9).expect("a day");
    Document {
        masthead: "河南省“小升规”工作领导小组办公室文件".to_string(),
        number: Some("豫企升办〔2026〕5号".to_string()),
        title: vec![
            "关于2026年第三季度".to_string(),
            "工作进展情况的通报".to_string(),
        ],
        addressees: "各省辖市人民政府".to_string(),
        body: vec![
            Block::Heading {
                level: 1,
                text: "一、总体情况".to_string(),
            },
            Block::Paragraph(vec![
                Span::Text("全省新增".to_string()),
                Span::Figure {
                    text: "2316".to_string(),
                    source: 1,
                },
                Span::Text("家，再说一次".to_string()),
                Span::Figure {
                    text: "2316".to_string(),
                    source: 1,
                },
                Span::Text("家；<b>&“引号”".to_string()),
            ]),
        ],
        signature: "领导小组办公室".to_string(),
        date: day,
        remark: Some("此件公开发布".to_string()),
        annexes: vec![progress(), proposals()],
        copies_to: Some("省统计局。".to_string()),
        printed_by: "省工业和信息化厅办公室".to_string(),
        printed_on: day,
        sources: vec![Source {
            number: 1,
            what: "全省本年新增规上工业企业".to_string(),
            value: "2316".to_string(),
            query: "shenggui targets progress --year 2026".to_string(),
            snapshot: "第12号 a1b2c3".to_string(),
        }],
        banner: Some("演示数据".to_string()),
    }
}

fn column(group: Option<&str>, label: &str, width: u32) -> TableColumn {
    TableColumn {
        group: group.map(str::to_string),
        label: label.to_string(),
        width,
    }
}

fn progress() -> Annex {
    Annex {
        title: "各地完成情况表[2026/9]".to_string(),
        standing: None,
        landscape: true,
        body: vec![],
        table: Some(Table {
            unit: Some("单位：家".to_string()),
            columns: vec![
                column(None, "地区", 3),
                column(Some("新增"), "目标", 2),
                column(Some("新增"), "完成率", 2),
                column(None, "倍数", 2),
            ],
            rows: vec![
                TableRow {
                    cells: vec![
                        Cell::Text("全省".to_string()),
                        Cell::Count(2_500),
                        Cell::Percent {
                            part: 2_316,
                            of: 2_500,
                        },
                        Cell::Multiple { part: 5, of: 4 },
                    ],
                    weight: RowWeight::Total,
                },
                TableRow {
                    cells: vec![
                        Cell::Text("=HYPERLINK(\"http://x\")".to_string()),
                        Cell::Count(0),
                        Cell::Percent { part: 1, of: 0 },
                        Cell::Empty,
                    ],
                    weight: RowWeight::Plain,
                },
            ],
            notes: vec!["注：截至9月30日。".to_string()],
        }),
    }
}

fn proposals() -> Annex {
    Annex {
        title: "拟约谈名单".to_string(),
        standing: Some("拟议稿，未经批准不生效".to_string()),
        landscape: false,
        body: vec![Block::Paragraph(vec![Span::Text("某某市。".to_string())])],
        table: None,
    }
}
