//! Finding the header of a delivery: which row, which column is which, in what unit.
//!
//! Looks only at the first rows, as texts, and at the layout. Position never counts;
//! names and synonyms do, after normalisation. Nothing is guessed: a column that two
//! headers claim, or a figure without a unit, is a fault.
//!
//! A two-row header is read as upper and lower text joined; the upper one reaches to
//! the right until the next, as merged cells are stored.

use super::header_readings::{best_of, readings};
use super::header_words::Names;
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
        "“{header}”列没有写明{what}单位，请在表头或标题中写明后重新导入，例如“单位：{example}”；也可用 --unit 指明"
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
    let all = readings(first_rows, &names, layout);
    let complete = all
        .iter()
        .filter(|reading| reading.missing(layout).is_empty());
    let best = best_of(complete)
        .or_else(|| best_of(all.iter()))
        .filter(|reading| reading.matched() > 0)
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

pub(super) fn shortened(text: &str) -> String {
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
