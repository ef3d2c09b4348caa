//! Finding the header of a delivery: which row, which column is which, in what unit.
//!
//! Looks only at the first rows, as texts, and at the layout. Position never counts;
//! names and synonyms do, after normalisation. Nothing is guessed: a column that two
//! headers claim, or a figure without a unit, is a fault.
//!
//! A two-row header is read as upper and lower text joined; the upper one reaches to
//! the right until the next, as merged cells are stored.

use super::header_words::{HeaderText, Names};
use super::rows::HeadRow;
use super::titles::{TitleTime, time_in_title};
use super::units::{Unit, key, units_in_title};
use rules::layout::{ColumnKind, Layout};
use rules::period::Month;
use std::ops::RangeInclusive;

/// Where a layout's column stands in the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnAt {
    /// Zero-based.
    pub index: usize,
    /// As the sheet writes it; both rows of a two-row header.
    pub header_text: String,
    pub kind: ColumnKind,
    /// Unit of money, electricity and gas; `None` for all other kinds.
    pub unit: Option<Unit>,
}

/// A recognised header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The sheet it stands in; CSV has none.
    pub sheet: Option<String>,
    /// Numbers of the header's rows: one or two.
    pub header_rows: RangeInclusive<u64>,
    /// Parallel to the layout's columns.
    pub columns: Vec<Option<ColumnAt>>,
    /// All text above the header, a line for each row.
    pub title: String,
    /// Units that the title names.
    pub units_in_title: Vec<Unit>,
    /// The month of the title, where it names exactly one.
    pub month_in_title: Option<Month>,
    /// The year of the title, where it names exactly one.
    pub year_in_title: Option<i32>,
    /// Columns that the header spans.
    pub width: usize,
    /// The last column where its header says 原因: a returned workbook handed in again.
    pub reason_column: Option<usize>,
}

/// Why no header, or no usable header, was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    #[error("前{rows_max}行里找不到“{layout}”的表头，请核对文件种类，或补上表头行")]
    NotFound { layout: String, rows_max: usize },
    #[error(
        "第{row}行的表头缺少必需的列{}，找到的列有{}，请补齐后重新导入",
        super::faults::quoted(.missing), super::faults::quoted(.found)
    )]
    Missing {
        row: u64,
        missing: Vec<String>,
        found: Vec<String>,
        /// How many columns of the layout were found.
        matched: usize,
    },
    #[error(
        "{first_place}列“{first}”和{second_place}列“{second}”都是“{column}”，请只保留一列后重新导入"
    )]
    Twice {
        column: String,
        first: String,
        first_place: String,
        second: String,
        second_place: String,
    },
    #[error(
        "“{header}”列没有写明{what}单位，请在表头或标题中写明后重新导入，例如“单位：{example}”"
    )]
    NoUnit {
        header: String,
        what: &'static str,
        example: &'static str,
    },
    #[error("“{header}”列的单位无法识别或与该列不符，请改为{expected}后重新导入")]
    OddUnit {
        header: String,
        expected: &'static str,
    },
}

impl HeaderFault {
    /// How close the sheet came; the fault of the closest sheet is the one to show.
    pub(super) fn closeness(&self) -> usize {
        match self {
            HeaderFault::NotFound { .. } => 0,
            HeaderFault::Missing { matched, .. } => *matched,
            _ => usize::MAX,
        }
    }
}

/// Finds the header among the first rows of a sheet.
///
/// `unit_given` is what the person who imports has said about figures without a unit;
/// the file's own words come first.
///
/// # Errors
/// [`HeaderFault`] where no row holds all required columns, two headers claim one
/// column, or a figure's unit is missing or odd.
pub fn recognise(
    first_rows: &[HeadRow],
    layout: &Layout,
    unit_given: Option<Unit>,
) -> Result<Recognised, HeaderFault> {
    let names = Names::of(layout);
    let complete = |hypothesis: &Hypothesis| hypothesis.missing(layout).is_empty();
    let all = hypotheses(first_rows, &names, layout);
    let best = best_of(all.iter().filter(|hypothesis| complete(hypothesis)))
        .or_else(|| best_of(all.iter()))
        .filter(|hypothesis| hypothesis.matched() > 0)
        .ok_or_else(|| HeaderFault::NotFound {
            layout: layout.name.clone(),
            rows_max: super::rows::HEAD_ROWS_MAX,
        })?;
    best.checked(layout)?;
    let title = title_above(first_rows, *best.rows.start());
    let units_in_title = units_in_title(&title);
    let columns = best.with_units(layout, &units_in_title, unit_given)?;
    let TitleTime { month, year } = time_in_title(&title);
    let width = best
        .texts
        .iter()
        .rposition(|text| !text.is_empty())
        .map_or(0, |last| last + 1);
    let last_says_reason = width > 0 && key(&best.texts[width - 1]) == "原因";
    Ok(Recognised {
        sheet: None,
        header_rows: best.rows.clone(),
        columns,
        title,
        units_in_title,
        month_in_title: month,
        year_in_title: year,
        width,
        reason_column: last_says_reason.then(|| width - 1),
    })
}

/// A column's letters as Excel shows them: 0 is A, 26 is AA.
pub fn column_letters(index: usize) -> String {
    let mut rest = index + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// One reading of one or two rows as a header.
struct Hypothesis {
    rows: RangeInclusive<u64>,
    /// Header text of each physical column.
    texts: Vec<String>,
    /// Parallel to the layout's columns: every claim of a physical column.
    claims: Vec<Vec<Claim>>,
}

struct Claim {
    index: usize,
    unit: Option<Unit>,
    odd_unit: bool,
    /// Matched by the joined text, or by the lower one alone.
    whole: bool,
}

impl Hypothesis {
    fn read(
        rows: RangeInclusive<u64>,
        headers: Vec<(String, String)>,
        names: &Names,
        layout: &Layout,
    ) -> Hypothesis {
        let mut claims: Vec<Vec<Claim>> = layout.columns.iter().map(|_| Vec::new()).collect();
        for (index, (upper, lower)) in headers.iter().enumerate() {
            let joined = format!("{upper}{lower}");
            if joined.is_empty() {
                continue;
            }
            let (whole, found) = match names.find(&HeaderText::read(&joined), layout) {
                Some(found) => (true, found),
                None if upper.is_empty() || lower.is_empty() => continue,
                None => match names.find(&HeaderText::read(lower), layout) {
                    Some(found) => (false, found),
                    None => continue,
                },
            };
            claims[found.column].push(Claim {
                index,
                unit: found.unit,
                odd_unit: found.odd_unit,
                whole,
            });
        }
        for claims in &mut claims {
            if claims.iter().any(|claim| claim.whole) {
                claims.retain(|claim| claim.whole);
            }
        }
        let texts = headers
            .into_iter()
            .map(|(upper, lower)| upper + &lower)
            .collect();
        Hypothesis {
            rows,
            texts,
            claims,
        }
    }

    fn matched(&self) -> usize {
        self.claims.iter().filter(|c| !c.is_empty()).count()
    }

    fn matched_whole(&self) -> usize {
        let whole = |claims: &&Vec<Claim>| claims.first().is_some_and(|claim| claim.whole);
        self.claims.iter().filter(whole).count()
    }

    fn missing(&self, layout: &Layout) -> Vec<String> {
        let columns = layout.columns.iter().zip(&self.claims);
        columns
            .filter(|(column, claims)| column.required && claims.is_empty())
            .map(|(column, _)| column.name.clone())
            .collect()
    }

    fn checked(&self, layout: &Layout) -> Result<(), HeaderFault> {
        let missing = self.missing(layout);
        if !missing.is_empty() {
            let texts = self.texts.iter().filter(|text| !text.is_empty());
            return Err(HeaderFault::Missing {
                row: *self.rows.start(),
                missing,
                found: texts.take(40).map(|text| shortened(text)).collect(),
                matched: self.matched(),
            });
        }
        for (column, claims) in layout.columns.iter().zip(&self.claims) {
            if let [first, second, ..] = claims.as_slice() {
                return Err(HeaderFault::Twice {
                    column: column.name.clone(),
                    first: shortened(&self.texts[first.index]),
                    first_place: column_letters(first.index),
                    second: shortened(&self.texts[second.index]),
                    second_place: column_letters(second.index),
                });
            }
        }
        Ok(())
    }

    fn with_units(
        &self,
        layout: &Layout,
        in_title: &[Unit],
        given: Option<Unit>,
    ) -> Result<Vec<Option<ColumnAt>>, HeaderFault> {
        let mut columns = Vec::with_capacity(layout.columns.len());
        for (column, claims) in layout.columns.iter().zip(&self.claims) {
            let Some(claim) = claims.first() else {
                columns.push(None);
                continue;
            };
            let header_text = self.texts[claim.index].trim().to_string();
            let unit = match expectation(column.kind) {
                None => None,
                Some((_, expected, _)) if claim.odd_unit => {
                    return Err(HeaderFault::OddUnit {
                        header: shortened(&header_text),
                        expected,
                    });
                }
                Some((_, _, "")) => None,
                Some((what, _, example)) => Some(
                    claim
                        .unit
                        .or_else(|| only_unit(in_title, column.kind))
                        .or(given.filter(|unit| unit.kind() == column.kind))
                        .ok_or_else(|| HeaderFault::NoUnit {
                            header: shortened(&header_text),
                            what,
                            example,
                        })?,
                ),
            };
            columns.push(Some(ColumnAt {
                index: claim.index,
                header_text,
                kind: column.kind,
                unit,
            }));
        }
        Ok(columns)
    }
}

/// What to say of a figure's unit: what it measures, what may stand there, an example.
/// Counts need no unit and therefore have no example; texts and dates have none at all.
fn expectation(kind: ColumnKind) -> Option<(&'static str, &'static str, &'static str)> {
    match kind {
        ColumnKind::Money => Some(("金额", "元、千元、万元、百万元或亿元", "万元")),
        ColumnKind::Electricity => Some(("电量", "千瓦时、兆瓦时或万千瓦时", "千瓦时")),
        ColumnKind::Gas => Some(("气量", "立方米或万立方米", "立方米")),
        ColumnKind::Count => Some(("数量", "人、家或户", "")),
        _ => None,
    }
}

/// The title's unit of a kind, where it names exactly one.
fn only_unit(in_title: &[Unit], kind: ColumnKind) -> Option<Unit> {
    let mut fitting = in_title.iter().filter(|unit| unit.kind() == kind);
    let first = fitting.next()?;
    fitting.all(|unit| unit == first).then_some(*first)
}

/// Every row as a header of its own, and with the row right below it.
fn hypotheses(first_rows: &[HeadRow], names: &Names, layout: &Layout) -> Vec<Hypothesis> {
    let mut all = Vec::new();
    for (at, row) in first_rows
        .iter()
        .enumerate()
        .take(super::rows::HEAD_ROWS_MAX)
    {
        let single = row.cells.iter().map(|text| (text.clone(), String::new()));
        let rows = row.number..=row.number;
        all.push(Hypothesis::read(rows, single.collect(), names, layout));
        if let Some(below) = first_rows.get(at + 1)
            && below.number == row.number + 1
        {
            let rows = row.number..=below.number;
            all.push(Hypothesis::read(rows, joined(row, below), names, layout));
        }
    }
    all
}

/// Upper and lower header text of each column. An upper text reaches to the right
/// over columns that have only a lower one.
fn joined(upper: &HeadRow, lower: &HeadRow) -> Vec<(String, String)> {
    let text = |row: &HeadRow, index: usize| {
        let text = row.cells.get(index).map(|text| text.trim());
        text.unwrap_or_default().to_string()
    };
    let mut reaching = String::new();
    (0..upper.cells.len().max(lower.cells.len()))
        .map(|index| {
            let (above, below) = (text(upper, index), text(lower, index));
            if !above.is_empty() {
                reaching.clone_from(&above);
            } else if below.is_empty() {
                reaching.clear();
            }
            match (above.is_empty(), below.is_empty()) {
                (true, false) => (reaching.clone(), below),
                _ => (above, below),
            }
        })
        .collect()
}

/// Most columns; then most by their whole text; then the two-row reading of the same
/// rows; then the first.
fn best_of<'h>(all: impl Iterator<Item = &'h Hypothesis>) -> Option<&'h Hypothesis> {
    let mut best: Option<&Hypothesis> = None;
    for hypothesis in all {
        let better = best.is_none_or(|best| {
            let rank = |h: &Hypothesis| (h.matched(), h.matched_whole());
            let same_start = hypothesis.rows.start() == best.rows.start();
            rank(hypothesis) > rank(best) || (rank(hypothesis) == rank(best) && same_start)
        });
        if better {
            best = Some(hypothesis);
        }
    }
    best
}

fn title_above(first_rows: &[HeadRow], header: u64) -> String {
    let above = first_rows.iter().take_while(|row| row.number < header);
    let lines: Vec<String> = above
        .map(|row| {
            let texts = row.cells.iter().map(|text| text.trim());
            let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
            texts.join(" ")
        })
        .collect();
    lines.join("\n")
}

fn shortened(text: &str) -> String {
    let mut symbols = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = symbols.by_ref().take(30).collect();
    if symbols.next().is_some() {
        short.push('…');
    }
    short
}
