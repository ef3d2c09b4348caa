//! The report of a back-test for officials and statisticians: findings first, each with a plain
//! sentence about its score, then their charts, and the tables as annexes.

use super::sentences::{self, Piece, Sentence};
use super::{Backtest, charts, findings, tables};
use anyhow::Result;
use chrono::NaiveDate;
use programme::bulletins::chart::Chart;
use programme::bulletins::document::{Block, Document, Source, Span};

/// The whole report, dated by the day on which it is written.
pub fn of(found: &Backtest, day: NaiveDate, banner: Option<String>) -> Result<Document> {
    let mut writer = Writer::new(found);
    writer.text(sentences::method(found));
    writer.text(sentences::in_play());
    writer.heading("一、主要结果");
    for (index, sentence) in findings::all(found).into_iter().enumerate() {
        let numbered = Sentence::of(format!("{}．", index + 1));
        let meaning = Sentence::of(format!("。{}", sentences::MEANINGS[index]));
        writer.sentence(Sentence([numbered.0, sentence.0, meaning.0].concat()));
    }
    writer.heading("二、可能性说得准不准");
    writer.chart(charts::rules(found)?);
    writer.text("图中的“本预测”评的是全部临界企业；经验算法只评它算得出的企业，当年没有已知月份或缺月的算不出，同批企业上的对照见附件。");
    writer.chart(charts::reliability(found)?);
    writer.text(sentences::SCORES);
    writer.heading("三、区间宽窄合不合适");
    writer.chart(charts::coverage(found)?);
    writer.chart(charts::errors(found)?);
    writer.heading("四、走访名单有没有用");
    writer.chart(charts::visits(found)?);
    writer.heading("五、提前多久看得出");
    writer.chart(charts::lead(found)?);
    writer.heading("六、进入预测的数据有没有变样");
    writer.chart(charts::drift(found)?);
    writer.heading("七、不能据此说明的");
    for limit in sentences::limits(found) {
        writer.text(limit);
    }
    let office = &found.pack.office;
    Ok(Document {
        masthead: "预测质量报告".to_string(),
        number: Some(format!("数据收到至{}", found.known_by)),
        title: vec![
            "全年落点预测回测报告".to_string(),
            format!("（{}至{}）", found.from.in_words(), found.to.in_words()),
        ],
        addressees: office.addressees.clone(),
        body: writer.body,
        signature: office.signature.clone(),
        date: day,
        remark: Some("本报告只列合计和地区，不涉及具体企业".to_string()),
        annexes: tables::all(found)
            .into_iter()
            .map(tables::Sheet::for_document)
            .collect(),
        copies_to: None,
        printed_by: office.signature.clone(),
        printed_on: day,
        sources: writer.sources,
        banner,
    })
}

/// Writes blocks and remembers where each figure comes from.
struct Writer {
    body: Vec<Block>,
    sources: Vec<Source>,
    query: String,
    origin: String,
}

impl Writer {
    fn new(found: &Backtest) -> Writer {
        Writer {
            body: Vec::new(),
            sources: Vec::new(),
            query: format!(
                "shenggui outlook backtest --from {} --to {} --visits {}",
                found.from, found.to, found.assessment.visits
            ),
            origin: format!("{}以前收到的{}批有效数据", found.known_by, found.batches),
        }
    }

    fn heading(&mut self, text: &str) {
        self.body.push(Block::Heading {
            level: 1,
            text: text.to_string(),
        });
    }

    fn text(&mut self, text: impl Into<String>) {
        self.body
            .push(Block::Paragraph(vec![Span::Text(text.into())]));
    }

    fn sentence(&mut self, sentence: Sentence) {
        let mut spans = Vec::new();
        for piece in sentence.0 {
            spans.push(match piece {
                Piece::Text(text) => Span::Text(text),
                Piece::Figure { what, value } => {
                    let source = self.sources.len() + 1;
                    self.sources.push(Source {
                        number: source,
                        what,
                        value: value.clone(),
                        query: self.query.clone(),
                        snapshot: self.origin.clone(),
                    });
                    Span::Figure {
                        text: value,
                        source,
                    }
                }
            });
        }
        self.body.push(Block::Paragraph(spans));
    }

    fn chart(&mut self, chart: Chart) {
        self.body.push(Block::Chart(Box::new(chart)));
    }
}
