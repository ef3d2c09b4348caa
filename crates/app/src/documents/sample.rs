//! A small document that uses every part of the model, for the tests of this module.

use chrono::NaiveDate;
use programme::bulletins::chart::{Along, Axis, Band, Chart, Cloud, Form, Plot, Point, Series};
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

/// A report with a chart of every kind in its text, and one in an annex.
pub fn report() -> Document {
    let charts = [months(), areas(), forecast(), calibration(), span()];
    let mut body = bulletin().body;
    body.extend(charts.map(|chart| Block::Chart(Box::new(chart))));
    let mut document = Document { body, ..bulletin() };
    let empty = Box::new(lines("没有一个点", vec![None; 3]));
    document.annexes[0].body = vec![Block::Chart(Box::new(areas())), Block::Chart(empty)];
    document
}

/// A line with these values at 1, 2, 3 …
pub fn lines(title: &str, values: Vec<Option<f64>>) -> Chart {
    let numbers = (1..=values.len()).map(|number| number as f64).collect();
    Chart::new(
        title,
        Axis::new("序号", Form::Decimal(0)),
        Axis::new("数值（个）", Form::Decimal(1)),
        Plot::Line {
            along: Along::numbers(numbers).expect("numbers"),
            series: vec![Series::new("数值", values).expect("numbers")],
        },
    )
    .expect("a chart")
}

fn series(name: &str, values: &[f64]) -> Series {
    let values = values.iter().copied().map(Some).collect();
    Series::new(name, values).expect("numbers")
}

fn month_names(count: usize) -> Vec<String> {
    let months = (0..count).map(|month| format!("{}年{}月", 2025 + month / 12, month % 12 + 1));
    months.collect()
}

fn months() -> Chart {
    let found: Vec<Option<f64>> = (0..18)
        .map(|month| (month != 7).then_some(0.52 + 0.013 * f64::from(month)))
        .collect();
    let rule: Vec<f64> = (0..18)
        .map(|month| 0.49 + 0.006 * f64::from(month % 5))
        .collect();
    Chart::new(
        "图1 前100名的命中率一年半来上升二成，<规则>\"&\"排序没有变化",
        Axis::new("预测月份", Form::Decimal(0)),
        Axis::new("命中率（%）", Form::Percent(1)),
        Plot::Line {
            along: Along::Categories(month_names(18)),
            series: vec![
                Series::new("模型排序", found).expect("numbers"),
                series("规则排序", &rule).dashed(),
            ],
        },
    )
    .expect("a chart")
    .sourced(1)
}

fn areas() -> Chart {
    let names = [
        "郑州市",
        "开封市",
        "洛阳市",
        "平顶山市",
        "安阳市",
        "鹤壁市",
        "新乡市",
        "焦作市",
        "濮阳市",
        "许昌市",
        "漯河市",
        "三门峡市",
        "南阳市",
        "商丘市",
        "信阳市",
        "周口市",
        "驻马店市",
        "济源示范区",
    ];
    let forecast = [
        310.0, 121.0, 188.0, 97.0, 132.0, 41.0, 205.0, 118.0, 88.0, 176.0, 64.0, 52.0, 231.0,
        142.0, 120.0, 155.0, 137.0, 23.0,
    ];
    let real = forecast.map(|number| (number * 0.93_f64 + 4.0).round());
    Chart::new(
        "图2 各地预计入库数与实际相差多在一成以内",
        Axis::new("地区", Form::Decimal(0)),
        Axis::new("新增规上企业（家）", Form::Decimal(0)),
        Plot::Bars {
            categories: names.map(str::to_string).to_vec(),
            series: vec![series("预计", &forecast), series("实际", &real)],
        },
    )
    .expect("a chart")
}

fn forecast() -> Chart {
    let middle = |month: usize| 1_380.0 + 62.0 * month as f64;
    let band = |name: &str, width: f64| {
        let ranges = (0..12).map(|month| {
            let room = width * ((month as f64) - 5.0).max(0.0).sqrt();
            (month > 5).then_some((middle(month) - room, middle(month) + room * 1.3))
        });
        Band::new(name, ranges.collect()).expect("numbers")
    };
    let median = (0..12).map(|month| (month > 5).then_some(middle(month)));
    let real = (0..12).map(|month| {
        let noise = [12.0, -30.0, 25.0, -8.0, 31.0, -15.0, 40.0, 66.0];
        noise.get(month).map(|noise| middle(month) + noise)
    });
    Chart::new(
        "图3 年底预计落在二千家上下，八成可能在一千八百六十至二千二百七十家之间",
        Axis::new("月份", Form::Decimal(0)),
        Axis::new("在库企业（家）", Form::Decimal(0)),
        Plot::Fan {
            along: Along::Categories((1..=12).map(|month| format!("{month}月")).collect()),
            bands: vec![band("80%区间", 78.0), band("50%区间", 38.0)],
            median: Series::new("预测中位数", median.collect())
                .expect("numbers")
                .dashed(),
            others: vec![Series::new("实际", real.collect()).expect("numbers")],
        },
    )
    .expect("a chart")
}

/// A fan over numbers, which Word draws by its edges.
fn span() -> Chart {
    let numbers: Vec<f64> = vec![1.0, 2.0, 4.0, 8.0, 16.0, 30.0];
    let ranges = numbers
        .iter()
        .map(|number| Some((-number.sqrt(), number.sqrt())));
    let median: Vec<f64> = numbers.iter().map(|number| 0.1 * number.sqrt()).collect();
    Chart::new(
        "图5 提前越久，误差越大",
        Axis::new("提前的月数（个月）", Form::Decimal(0)),
        Axis::new("误差（个百分点）", Form::Decimal(1)),
        Plot::Fan {
            along: Along::numbers(numbers.clone()).expect("numbers"),
            bands: vec![Band::new("80%区间", ranges.collect()).expect("numbers")],
            median: series("中位数", &median),
            others: Vec::new(),
        },
    )
    .expect("a chart")
}

fn calibration() -> Chart {
    let points = (0..10_u32).map(|tenth| {
        let across = 0.05 + 0.1 * f64::from(tenth);
        let up = across * (1.06 - 0.12 * across);
        Point::new(across, up, Some(2_400 / (1 + 3 * u64::from(tenth)))).expect("numbers")
    });
    let axis = |title: &str| {
        Axis::new(title, Form::Percent(0))
            .covering(0.0, 1.0)
            .expect("ends")
    };
    Chart::new(
        "图4 说有几成把握的，大体就有几成入库",
        axis("预测概率（%）"),
        axis("实际入库比例（%）"),
        Plot::Scatter {
            clouds: vec![Cloud {
                name: "十档概率".to_string(),
                points: points.collect(),
            }],
            diagonal: Some("完全校准".to_string()),
        },
    )
    .expect("a chart")
}
