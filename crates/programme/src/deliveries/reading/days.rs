//! Days and months as people write them into sheets.
//!
//! Knows the calendar, not today: a day in the future is a day.

use super::rows::{Cell, is_space};
use super::values::{ValueFault, number_said, quotable, said, trimmed};
use chrono::{Datelike, NaiveDate, TimeDelta};
use rules::period::Month;
use unicode_normalization::UnicodeNormalization;

/// How exactly a cell gives a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayPrecision {
    Day,
    /// Only year and month: the day returned is the month's first.
    Month,
    /// Only the year: the day returned is the first of January.
    Year,
}

/// Reads a day: `20240714` as number or text, `2014.11`, `2020年11月3日`, `2003/5/17`,
/// `1998-07-26`, full-width signs, a date cell; a time of day after it is dropped.
///
/// # Errors
/// [`ValueFault`] for everything else, days that do not exist, and years outside
/// 1900–2100. A bare number like 44197 is no day: nobody sees a date in the sheet.
pub fn day(cell: Cell<'_>) -> Result<Option<(NaiveDate, DayPrecision)>, ValueFault> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) if trimmed(text).is_empty() => Ok(None),
        Cell::Text(text) => read_text(trimmed(text)).map(Some),
        Cell::Number(number) => read_number(number).map(Some),
        Cell::Day(serial) => match of_serial(serial) {
            Some(day) if (1900..=2100).contains(&day.year()) => Ok(Some((day, DayPrecision::Day))),
            _ => Err(ValueFault::YearOutOfRange(said(cell))),
        },
        Cell::Bool(_) => Err(ValueFault::NotADay(said(cell))),
        Cell::Error(text) => Err(ValueFault::CellError(text.to_string())),
    }
}

/// Reads a month: `202607`, `2026年9月`, `2026-09`, `2026.9`, or the month of a day.
///
/// # Errors
/// [`ValueFault`] for everything else; a year alone is no month.
pub fn month(cell: Cell<'_>) -> Result<Option<Month>, ValueFault> {
    match day(cell) {
        Ok(None) => Ok(None),
        Ok(Some((_, DayPrecision::Year))) | Err(ValueFault::NotADay(_)) => {
            Err(ValueFault::NotAMonth(said(cell)))
        }
        Ok(Some((day, _))) => Ok(Some(Month::of(day))),
        Err(fault) => Err(fault),
    }
}

/// The day of an Excel serial number of the 1900 system, with its 29 February 1900.
pub(super) fn of_serial(serial: f64) -> Option<NaiveDate> {
    if !(1.0..3_000_000.0).contains(&serial) {
        return None;
    }
    let days = serial.floor() as i64;
    let base = NaiveDate::from_ymd_opt(1899, 12, if days < 60 { 31 } else { 30 })?;
    base.checked_add_signed(TimeDelta::days(days))
}

fn read_number(number: f64) -> Result<(NaiveDate, DayPrecision), ValueFault> {
    let shown = number_said(number);
    // A sheet drops the last zero of 2014.10, so that one place cannot be told apart.
    if let Some((year, "1")) = shown.split_once('.')
        && year.len() == 4
    {
        return Err(ValueFault::JanuaryOrOctober(shown));
    }
    read_text(&shown)
}

fn read_text(text: &str) -> Result<(NaiveDate, DayPrecision), ValueFault> {
    let not_a_day = || ValueFault::NotADay(quotable(text));
    let (parts, separators) = parts_of(text).ok_or_else(not_a_day)?;
    let separators: &str = &separators;
    let (year, month, day) = match (parts.as_slice(), separators) {
        ([Part { digits: 8, value }], "") => {
            (value / 10_000, Some(value / 100 % 100), Some(value % 100))
        }
        ([Part { digits: 6, value }], "") => (value / 100, Some(value % 100), None),
        ([Part { digits: 4, value }], "" | "年") => (*value, None, None),
        ([year, month], "-" | "/" | "." | "年" | "年月") if year.digits == 4 => {
            (year.value, Some(month.short().ok_or_else(not_a_day)?), None)
        }
        ([year, month, day], "--" | "//" | ".." | "年月" | "年月日" | "年月号")
            if year.digits == 4 =>
        {
            let month = month.short().ok_or_else(not_a_day)?;
            let day = day.short().ok_or_else(not_a_day)?;
            (year.value, Some(month), Some(day))
        }
        _ => return Err(not_a_day()),
    };
    let precision = match (month, day) {
        (_, Some(_)) => DayPrecision::Day,
        (Some(_), None) => DayPrecision::Month,
        (None, None) => DayPrecision::Year,
    };
    if !(1900..=2100).contains(&year) {
        return Err(ValueFault::YearOutOfRange(quotable(text)));
    }
    NaiveDate::from_ymd_opt(year as i32, month.unwrap_or(1), day.unwrap_or(1))
        .map(|day| (day, precision))
        .ok_or_else(|| ValueFault::NoSuchDay(quotable(text)))
}

#[derive(Clone, Copy)]
struct Part {
    digits: usize,
    value: u32,
}

impl Part {
    /// The value of a month or day: one or two digits.
    fn short(self) -> Option<u32> {
        (1..=2).contains(&self.digits).then_some(self.value)
    }
}

/// Numbers and what stands between and after them; a time of day is left out.
fn parts_of(text: &str) -> Option<(Vec<Part>, String)> {
    if text.len() > 100 {
        return None;
    }
    let text: String = text.nfkc().collect();
    let mut parts: Vec<Part> = Vec::new();
    let mut separators = String::new();
    let mut in_number = false;
    for symbol in without_time(&text).chars().filter(|c| !is_space(*c)) {
        match symbol.to_digit(10) {
            Some(digit) => {
                if !in_number {
                    parts.push(Part {
                        digits: 0,
                        value: 0,
                    });
                }
                let part = parts.last_mut()?;
                part.digits += 1;
                part.value = part.value.checked_mul(10)?.checked_add(digit)?;
                in_number = true;
            }
            None if parts.is_empty() => return None,
            None => {
                separators.push(symbol);
                in_number = false;
            }
        }
    }
    (!parts.is_empty()).then_some((parts, separators))
}

/// The part before a time of day: `2020-01-01 08:30:00`, `2020-01-01T00:00:00`.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else {
        return text;
    };
    let front = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    match front
        .strip_suffix('T')
        .or_else(|| front.strip_suffix(is_space))
    {
        Some(date) => date.trim_end_matches(is_space),
        None => text,
    }
}
