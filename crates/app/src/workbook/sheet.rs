//! One sheet: its headings, its rows, and what closes it.

use super::markup::{Style, escaped};
use super::{Cell, Heading};
use std::fmt::Write;

/// A sheet that is being written.
pub(super) struct Sheet {
    /// Rows without the one of headings.
    rows: usize,
    /// Letters of the columns.
    letters: Vec<String>,
}

const SPACE: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
/// Excel shows no wider column.
const WIDTH_MAX: usize = 80;
/// What a fen is in 万元, in decimals.
const FEN_DECIMALS: u32 = 6;
/// Excel counts days from here; months before 1900-03-01 it counts wrongly.
const DAYS_BEFORE_1970: i64 = 25_569;
const DAY_MIN: i64 = 61 - DAYS_BEFORE_1970;

impl Sheet {
    /// Writes the head of a sheet and its headings.
    pub fn open(headings: &[Heading], is_shown: bool, to: &mut String) -> Sheet {
        let letters: Vec<String> = (0..headings.len()).map(letters).collect();
        let selected = if is_shown { " tabSelected=\"1\"" } else { "" };
        push(
            to,
            format_args!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{SPACE}\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews><sheetView workbookViewId=\"0\"{selected}><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/><selection pane=\"bottomLeft\" activeCell=\"A2\" sqref=\"A2\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>",
            ),
        );
        for (index, heading) in headings.iter().enumerate() {
            let width = heading.width.clamp(6, WIDTH_MAX);
            let place = index + 1;
            push(
                to,
                format_args!(
                    "<col min=\"{place}\" max=\"{place}\" width=\"{width}\" customWidth=\"1\"/>"
                ),
            );
        }
        to.push_str("</cols><sheetData><row r=\"1\">");
        for (heading, letter) in headings.iter().zip(&letters) {
            text(to, letter, 1, Style::Heading, &heading.text);
        }
        to.push_str("</row>");
        Sheet { rows: 0, letters }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn row(&mut self, cells: &[Cell], to: &mut String) {
        self.rows += 1;
        let number = self.rows + 1;
        push(to, format_args!("<row r=\"{number}\">"));
        for (cell, letter) in cells.iter().zip(&self.letters) {
            write_cell(to, letter, number, cell);
        }
        to.push_str("</row>");
    }

    pub fn close(self, columns: usize, to: &mut String) {
        to.push_str("</sheetData>");
        push(
            to,
            format_args!("<autoFilter ref=\"{}\"/>", plain_range(columns, self.rows)),
        );
        to.push_str("<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" orientation=\"landscape\" fitToWidth=\"1\" fitToHeight=\"0\"/><headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter></worksheet>");
    }
}

/// The sheet that says who made the list, when, and of what.
pub(super) fn notes(notes: &[(String, String)], to: &mut String) {
    push(
        to,
        format_args!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{SPACE}\"><sheetViews><sheetView workbookViewId=\"0\"/></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols><col min=\"1\" max=\"1\" width=\"16\" customWidth=\"1\"/><col min=\"2\" max=\"2\" width=\"90\" customWidth=\"1\"/></cols><sheetData>",
        ),
    );
    for (index, (label, said)) in notes.iter().enumerate() {
        let number = index + 1;
        push(to, format_args!("<row r=\"{number}\">"));
        text(to, "A", number, Style::Heading, label);
        text(to, "B", number, Style::Wrapped, said);
        to.push_str("</row>");
    }
    to.push_str("</sheetData></worksheet>");
}

/// The cells of a sheet, with fixed places as names want them.
pub(super) fn range(columns: usize, rows: usize) -> String {
    let last = letters(columns.saturating_sub(1));
    format!("$A$1:${last}${}", rows + 1)
}

fn plain_range(columns: usize, rows: usize) -> String {
    let last = letters(columns.saturating_sub(1));
    format!("A1:{last}{}", rows + 1)
}

/// A, B, … Z, AA, AB, …
fn letters(index: usize) -> String {
    let mut rest = index;
    let mut letters = vec![b'A' + (rest % 26) as u8];
    while rest >= 26 {
        rest = rest / 26 - 1;
        letters.push(b'A' + (rest % 26) as u8);
    }
    letters.reverse();
    String::from_utf8(letters).expect("letters are ASCII")
}

fn write_cell(to: &mut String, letter: &str, row: usize, cell: &Cell) {
    match cell {
        Cell::Text(own) => text(to, letter, row, Style::Text, own),
        Cell::Count(count) => number(to, letter, row, Style::Count, format_args!("{count}")),
        Cell::Money(fen) => {
            let sign = if *fen < 0 { "-" } else { "" };
            let unit = 10u64.pow(FEN_DECIMALS);
            let (whole, rest) = (fen.unsigned_abs() / unit, fen.unsigned_abs() % unit);
            number(
                to,
                letter,
                row,
                Style::Money,
                format_args!("{sign}{whole}.{rest:06}"),
            );
        }
        Cell::Yuan(fen) => {
            let sign = if *fen < 0 { "-" } else { "" };
            let (whole, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
            number(
                to,
                letter,
                row,
                Style::Yuan,
                format_args!("{sign}{whole}.{rest:02}"),
            );
        }
        Cell::Percent { of: 0, .. } | Cell::Empty => {}
        Cell::Percent { part, of } => {
            let share = *part as f64 / *of as f64;
            number(to, letter, row, Style::Percent, format_args!("{share}"));
        }
        Cell::Day(day) if *day >= DAY_MIN => {
            let serial = day + DAYS_BEFORE_1970;
            number(to, letter, row, Style::Day, format_args!("{serial}"));
        }
        Cell::Month(month) => match first_day(*month) {
            Some(day) if day >= DAY_MIN => {
                let serial = day + DAYS_BEFORE_1970;
                number(to, letter, row, Style::Month, format_args!("{serial}"));
            }
            _ => text(to, letter, row, Style::Text, &cell.shown()),
        },
        other => text(to, letter, row, Style::Text, &other.shown()),
    }
}

fn first_day(month: i64) -> Option<i64> {
    let month = rules::period::Month::from_index(i32::try_from(month).ok()?)?;
    Some(rules::pack::days_since_epoch(month.first_day()))
}

fn text(to: &mut String, letter: &str, row: usize, style: Style, text: &str) {
    let style = style as usize;
    push(
        to,
        format_args!(
            "<c r=\"{letter}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"
        ),
    );
    escaped(to, text);
    to.push_str("</t></is></c>");
}

fn number(to: &mut String, letter: &str, row: usize, style: Style, value: std::fmt::Arguments) {
    let style = style as usize;
    push(
        to,
        format_args!("<c r=\"{letter}{row}\" s=\"{style}\"><v>{value}</v></c>"),
    );
}

fn push(to: &mut String, words: std::fmt::Arguments) {
    to.write_fmt(words).expect("memory takes what is written");
}
