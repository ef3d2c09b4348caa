//! Small provinces, the text written from them, and the rules that every text keeps.

use super::super::document::{Annex, Cell, Document, Span};
use super::*;
use crate::pool::coverage::required;
use crate::targets::progress::{AreaProgress, DivisionProgress, Standing};
use rules::pack::files::PackFiles;
use std::path::Path;
use std::sync::LazyLock;

mod quarter;
mod year;

const ZHENGZHOU: DivisionCode = 410_100;
const KAIFENG: DivisionCode = 410_200;
const JIYUAN: DivisionCode = 419_001;

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/henan");
    let files = PackFiles::read(&folder).expect("the pack can be read");
    Pack::check(files, crate::CAPABILITIES).expect("the pack has no findings")
});

/// A province of three areas with a county or two each, to be bent by each case.
#[derive(Clone)]
struct Province {
    period: &'static str,
    progress: Progress,
    coverage: Vec<Coverage>,
    exits: ExitsByReason,
    candidates: CandidateCounts,
    correction: Option<CorrectionRef>,
    approved: ApprovedAnnexes,
}

impl Province {
    /// 郑州 is ahead of both lines, 济源 between them, 开封 behind; 开封's pool is short.
    fn ordinary() -> Province {
        let mut province = Province {
            period: "2026-Q3",
            progress: Progress {
                as_of: "2026-09".parse().expect("a month"),
                province: division(410_000, Some(260), 0),
                areas: vec![
                    area(ZHENGZHOU, 100, 80, &[(410_102, 50), (410_122, 30)]),
                    area(KAIFENG, 130, 13, &[(410_202, 13), (410_221, 0)]),
                    area(JIYUAN, 30, 15, &[(JIYUAN, 15)]),
                ],
                unplaced: None,
                standing: Standing::Preliminary,
                linear_percent: 75,
                expected_percent: 40,
            },
            coverage: vec![
                pool(ZHENGZHOU, 100, 60, 65),
                pool(KAIFENG, 130, 140, 10),
                pool(JIYUAN, 30, 30, 12),
            ],
            exits: ExitsByReason::default(),
            candidates: CandidateCounts::default(),
            correction: None,
            approved: ApprovedAnnexes::default(),
        };
        province.add_up();
        province
    }

    /// The year 2026 at its end.
    fn whole_year(completed: [(u32, u32); 3]) -> Province {
        let mut province = Province::ordinary();
        province.period = "2026";
        province.progress.as_of = "2026-12".parse().expect("a month");
        province.progress.linear_percent = 100;
        province.progress.expected_percent = 100;
        for (area, (entered, target)) in province.progress.areas.iter_mut().zip(completed) {
            area.area.entered = entered;
            area.area.first = entered;
            area.area.target = Some(target);
        }
        province.coverage = vec![
            pool(ZHENGZHOU, 100, 60, 65),
            pool(KAIFENG, 130, 149, 10),
            pool(JIYUAN, 30, 30, 12),
        ];
        province.add_up();
        province
    }

    /// The province is the sum of its areas.
    fn add_up(&mut self) {
        let areas = &self.progress.areas;
        let sum = |pick: fn(&DivisionProgress) -> u32| areas.iter().map(|a| pick(&a.area)).sum();
        self.progress.province = DivisionProgress {
            division: Some(410_000),
            target: areas.iter().map(|area| area.area.target).sum(),
            entered: sum(|a| a.entered),
            first: sum(|a| a.first),
            returned: sum(|a| a.returned),
            left: sum(|a| a.left),
            in_scale: sum(|a| a.in_scale),
            entered_year_before: sum(|a| a.entered_year_before),
        };
    }

    fn without_targets(mut self) -> Province {
        for area in &mut self.progress.areas {
            area.area.target = None;
        }
        for pool in &mut self.coverage {
            pool.target = None;
            pool.required = None;
        }
        self.add_up();
        self
    }

    fn set(&mut self, entered: [u32; 3]) {
        for (area, entered) in self.progress.areas.iter_mut().zip(entered) {
            area.area.entered = entered;
            area.area.first = entered;
        }
        self.add_up();
    }

    fn document(&self) -> Document {
        let period: ReportPeriod = self.period.parse().expect("a period");
        let day = period.last_month().plus(1).first_day();
        let material = Material {
            pack: &PACK,
            period,
            progress: &self.progress,
            coverage: &self.coverage,
            exits: self.exits.clone(),
            candidates: self.candidates.clone(),
            snapshot: snapshot(12),
            date: day,
            number: None,
            banner: None,
            correction: self.correction.clone(),
            annual_rules: AnnualRules {
                praise_percent: 100,
                criticism_percent: 80,
                summon_percent: 60,
                summon_lowest: 2,
            },
            approved: self.approved,
        };
        match period {
            ReportPeriod::Quarter { .. } => quarterly(&material),
            ReportPeriod::Year(_) => annual(&material),
        }
    }
}

fn snapshot(id: i64) -> SnapshotRef {
    SnapshotRef {
        id,
        fingerprint: "1a2b3c4d5e6f".to_string(),
        as_of: "2026-09".parse().expect("a month"),
        known_by: NaiveDate::from_ymd_opt(2026, 9, 30).expect("a day"),
    }
}

fn division(code: DivisionCode, target: Option<u32>, entered: u32) -> DivisionProgress {
    DivisionProgress {
        division: Some(code),
        target,
        entered,
        first: entered,
        returned: 0,
        left: 0,
        in_scale: 1_000,
        entered_year_before: 0,
    }
}

fn area(
    code: DivisionCode,
    target: u32,
    entered: u32,
    counties: &[(DivisionCode, u32)],
) -> AreaProgress {
    let counties = counties
        .iter()
        .map(|(code, entered)| division(*code, None, *entered));
    AreaProgress {
        area: division(code, Some(target), entered),
        counties: counties.collect(),
    }
}

fn pool(area: DivisionCode, target: u32, in_pool: u32, promoted: u32) -> Coverage {
    Coverage {
        area,
        county: None,
        is_area: true,
        target: Some(target),
        required: Some(required(target, 120)),
        in_pool,
        promoted,
        by_class: Vec::new(),
    }
}

/// What is said in the body; whatever the case, the text keeps the rules of every text.
#[track_caller]
fn text_of(document: &Document) -> String {
    let mut text = String::new();
    let mut known = 0;
    let annexes = document.annexes.iter().flat_map(|annex| &annex.body);
    for block in document.body.iter().chain(annexes) {
        let spans = match block {
            Block::Heading { text: heading, .. } => {
                text.push_str(&format!("\n{heading}\n"));
                continue;
            }
            Block::Paragraph(spans) => spans,
            Block::Chart(_) => continue,
        };
        assert!(!spans.is_empty(), "an empty paragraph after {text}");
        for span in spans {
            match span {
                Span::Text(words) => text.push_str(words),
                Span::Figure {
                    text: figure,
                    source,
                } => {
                    assert!(*source <= known + 1, "sources are numbered by first use");
                    known = known.max(*source);
                    let value = &document.sources[source - 1].value;
                    assert!(
                        value.starts_with(figure.as_str()),
                        "{value} is printed as {figure}"
                    );
                    text.push_str(figure);
                }
            }
        }
        text.push('\n');
    }
    keeps_the_rules(document, &text);
    text
}

#[track_caller]
fn keeps_the_rules(document: &Document, text: &str) {
    for block in &document.body {
        if let Block::Paragraph(spans) = block {
            spans.iter().for_each(has_no_loose_number);
        }
    }
    let ill = [
        "，，",
        "。。",
        "，。",
        "；。",
        "、。",
        "：。",
        "、、",
        "；；",
        "，；",
        "是。",
        "有。",
        "！",
        "，、",
        "（）",
        "其中。",
        "--",
    ];
    for ill in ill {
        assert!(!text.contains(ill), "“{ill}” in\n{text}");
    }
    for half in [',', ';', '(', ')', ':', '!', '?'] {
        assert!(!text.contains(half), "“{half}” in\n{text}");
    }
    for (index, source) in document.sources.iter().enumerate() {
        assert_eq!(source.number, index + 1);
        assert!(source.query.starts_with("shenggui "), "{source:?}");
        let again = document.sources[..index].iter().any(|former| {
            (&former.what, &former.value, &former.query, &former.snapshot)
                == (&source.what, &source.value, &source.query, &source.snapshot)
        });
        assert!(!again, "{source:?} stands twice");
    }
}

/// Outside figures only days, years, annexes and document numbers have digits.
#[track_caller]
fn has_no_loose_number(span: &Span) {
    let Span::Text(words) = span else { return };
    let signs: Vec<char> = words.chars().collect();
    for (at, sign) in signs.iter().enumerate() {
        if !sign.is_ascii_digit() || signs.get(at + 1).is_some_and(char::is_ascii_digit) {
            continue;
        }
        let start = (0..=at).rev().find(|i| !signs[*i].is_ascii_digit());
        let before = start.map_or(' ', |i| signs[i]);
        let after = signs.get(at + 1).copied().unwrap_or(' ');
        assert!(
            "年月日〕号".contains(after) || before == '件',
            "a number without a source in “{words}”"
        );
    }
}

#[track_caller]
fn check(province: &Province, said: &[&str], unsaid: &[&str]) {
    let text = text_of(&province.document());
    for sentence in said {
        assert!(text.contains(sentence), "not said: {sentence}\n{text}");
    }
    for sentence in unsaid {
        assert!(!text.contains(sentence), "said: {sentence}\n{text}");
    }
}

#[track_caller]
fn ordinary(bend: impl FnOnce(&mut Province), said: &[&str], unsaid: &[&str]) {
    let mut province = Province::ordinary();
    bend(&mut province);
    check(&province, said, unsaid);
}
