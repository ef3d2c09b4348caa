//! The report from a small hand-made province: one year of month-ends and a January after it.

use super::*;
use crate::office;
use programme::bulletins::document::{Block, Document, Span};
use programme::outlook::backtest::{Input, Look, Said};
use programme::outlook::forecast::Kind;
use rules::pack::files::PackFiles;

const THRESHOLD: f64 = 2_000_000_000.0;
const FIRMS: usize = 24;

/// What the year of a firm brings: from six tenths of the threshold to 1.75 times.
fn truth(firm: usize) -> f64 {
    THRESHOLD * (0.6 + firm as f64 * 0.05)
}

/// Half the firms are in scale; every third is taken for better than it is until June.
fn said(firm: usize, month: u32) -> Said {
    let is_mistaken = firm.is_multiple_of(3) && month <= 6;
    let expected = truth(firm) * if is_mistaken { 1.4 } else { 1.0 };
    let open = f64::from(12 - month) / 12.0;
    let surplus = (expected / THRESHOLD - 1.0) / (0.1 + open);
    Said {
        key: firm as u128,
        industry: 13 + (firm % 2) as u8,
        area: 1 + (firm % 3) as u8,
        in_scale: Some(firm.is_multiple_of(2)),
        kind: Kind::Running,
        above: (0.5 + surplus).clamp(0.0, 1.0),
        low: expected * (0.95 - 0.3 * open),
        middle: expected,
        high: expected * (1.05 + 0.3 * open),
        open: 12 - month,
        by_share: Some(expected * 1.1),
        by_year_before: None,
    }
}

fn look(as_of: Month) -> Look {
    let input = |firm: usize| Input {
        sales_latest: Some(truth(firm) / 12.0 * f64::from(as_of.number())),
        sales_year: None,
        growth: None,
        power_latest: Some(firm as f64),
        staff_latest: (!firm.is_multiple_of(5)).then_some(20.0),
    };
    Look {
        origin: Origin::end_of(as_of),
        last_month: as_of.plus(-1),
        said: (0..FIRMS).map(|firm| said(firm, as_of.number())).collect(),
        inputs: (0..FIRMS).map(input).collect(),
        learnt: Vec::new(),
    }
}

fn pack() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/henan");
    let files = PackFiles::read(&folder).expect("the pack's folder");
    Pack::check(files, programme::CAPABILITIES).expect("a pack")
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn found(pack: &Pack, months: i32) -> Backtest<'_> {
    let mut assessor = Assessor::new(3);
    let year = Year {
        revenue: (0..FIRMS).map(|firm| (firm as u128, truth(firm))).collect(),
        incomplete: 0,
    };
    for at in 0..months {
        let as_of = month("2025-01").plus(at);
        let brought = (as_of.year() == 2025).then_some(&year);
        assessor.take(&look(as_of), THRESHOLD, brought);
    }
    Backtest {
        pack,
        from: month("2024-12"),
        to: month("2024-12").plus(months),
        silent: vec![month("2024-12")],
        known_by: "2026-02-20".parse().expect("a day"),
        batches: 14,
        assessment: assessor.finish(),
    }
}

fn written(found: &Backtest) -> Document {
    let day = "2026-03-01".parse().expect("a day");
    document::of(found, day, Some("演示数据".to_string())).expect("a document")
}

/// The letter as it is read: headings, paragraphs, and charts by their titles.
fn in_words(document: &Document) -> String {
    let mut text = String::new();
    for block in &document.body {
        let line = match block {
            Block::Heading { text, .. } => format!("【{text}】"),
            Block::Paragraph(spans) => {
                let spans = spans.iter().map(|span| match span {
                    Span::Text(text) => text.clone(),
                    Span::Figure { text, .. } => text.clone(),
                });
                spans.collect()
            }
            Block::Chart(chart) => format!("［图］{}", chart.title()),
        };
        text.push_str(&line);
        text.push('\n');
    }
    for annex in &document.annexes {
        let table = annex.table.as_ref().expect("each annex is a table");
        let shape = format!("{}行{}列", table.rows.len(), table.columns.len());
        text.push_str(&format!("［表］{}：{shape}\n", annex.title));
    }
    text
}

/// Compares with the named text; `SHENGGUI_ACCEPT=1` writes it.
#[test]
fn the_report_reads_as_it_was_signed() {
    let pack = pack();
    let text = in_words(&written(&found(&pack, 13)));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/outlook/backtest/report.txt");
    if std::env::var_os("SHENGGUI_ACCEPT").is_some() {
        std::fs::write(&path, &text).expect("the named text can be written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == text, "the report reads otherwise:\n{text}");
}

#[test]
fn figures_are_sourced_and_files_open() {
    let pack = pack();
    let document = written(&found(&pack, 13));
    let charts = document.body.iter();
    let charts = charts.filter(|block| matches!(block, Block::Chart(_)));
    assert_eq!(charts.count(), 7);
    let numbers: Vec<usize> = document.sources.iter().map(|own| own.number).collect();
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<usize>>());
    let page = documents::html(&document);
    assert!(page.contains("全年未结束，未评") && page.contains("演示数据"));
    assert_eq!(page.matches("<svg").count(), 7);
    assert!(!documents::docx(&document).expect("a file").is_empty());
}

#[test]
fn where_nothing_was_judged_the_report_says_so() {
    let pack = pack();
    let mut open = found(&pack, 0);
    open.assessment = {
        let mut assessor = Assessor::new(3);
        assessor.take(&look(month("2026-01")), THRESHOLD, None);
        assessor.finish()
    };
    let text = in_words(&written(&open));
    assert!(text.contains("没有可评的企业"), "{text}");
    let report = report(&open);
    assert!(report.text().contains("全年未结束，未评"));
    assert!(report.json()["months_in_play"].is_array());
}

#[test]
fn a_range_is_refused_where_it_cannot_be_looked_back_at() {
    let check = |from: &str, to: &str, visits: usize| {
        let arguments = BacktestArgs {
            from: month(from),
            to: month(to),
            visits,
            out: None,
        };
        let refused = check(&arguments).err();
        refused.map(|error| error.downcast::<office::Refused>().expect("a refusal").0)
    };
    assert_eq!(check("2016-01", "2025-12", 3), None);
    let many = check("2015-12", "2025-12", 3).expect("121 month-ends");
    assert!(many.contains("121"), "{many}");
    assert_eq!(check("2025-01", "2025-01", 3), None);
    assert!(check("2025-02", "2025-01", 3).is_some());
    assert!(check("2025-01", "2025-01", 2).is_some());
}
