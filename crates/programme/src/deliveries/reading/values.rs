//! What a cell says: an amount, a count, a day, a month, a text.
//!
//! Every reader returns `None` for an empty cell and leaves it to the caller whether
//! that is allowed. Nothing is repaired: what is no number, day or month is a fault
//! that quotes the cell.

use super::rows::{Cell, is_space};
use super::units::Unit;
use rules::layout::ColumnKind;
use rules::money::read_scaled;
use std::borrow::Cow;

pub use super::days::{DayPrecision, day, month};

/// Why a cell cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    #[error("“{0}”不是数字金额，请填写数字，没有数据的留空")]
    NotAnAmount(String),
    #[error("“{0}”不是数字，请填写数字，没有数据的留空")]
    NotANumber(String),
    #[error("“{text}”{unit}精确到分以下，请核对后保留到分")]
    FinerThanFen { text: String, unit: &'static str },
    #[error("“{0}”超出可记录的范围，请核对数值和单位")]
    OutOfRange(String),
    #[error("“{0}”是日期，不是数字，请核对单元格格式")]
    DayForNumber(String),
    #[error("“{0}”不是非负整数，请填写整数")]
    NotACount(String),
    #[error("“{0}”不是日期，请写成 2026-09-30 或 2026年9月30日")]
    NotADay(String),
    #[error("日期“{0}”不存在，请核对后改正")]
    NoSuchDay(String),
    #[error("“{0}”的年份不在1900至2100之间，请核对后改正")]
    YearOutOfRange(String),
    #[error("“{0}”分不清是1月还是10月，请将该列设为文本后写成 2026-01 或 2026-10")]
    JanuaryOrOctober(String),
    #[error("“{0}”不是月份，请写成 2026-09 或 2026年9月")]
    NotAMonth(String),
    #[error("单元格是错误值“{0}”，请改正或清空后重新导入")]
    CellError(String),
    #[error("“{0}”是数字格式，统一社会信用代码被存成数字会丢失位数，请将该列设为文本后重新填写")]
    CodeAsNumber(String),
}

/// Reads an amount of money, electricity or gas in the base unit of its kind: fen,
/// kWh or cubic metres.
///
/// Numbers count with the 15 significant digits that Excel keeps. Money is exact to
/// the fen. Electricity and gas are rounded to whole base units, half away from zero.
///
/// # Errors
/// [`ValueFault`] where the cell holds no number, money finer than a fen, or too much.
pub fn amount(cell: Cell<'_>, unit: Unit) -> Result<Option<i64>, ValueFault> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Number(number) => scaled_number(number, unit).map(Some),
        Cell::Text(text) => {
            let text = trimmed(text);
            if text.is_empty() {
                return Ok(None);
            }
            match read_scaled(text, unit.base_units()) {
                Some(amount) => Ok(Some(amount)),
                None => rounded_or_refused(text, text, unit).map(Some),
            }
        }
        Cell::Day(_) => Err(ValueFault::DayForNumber(said(cell))),
        Cell::Bool(_) => Err(ValueFault::NotAnAmount(said(cell))),
        Cell::Error(text) => Err(ValueFault::CellError(text.to_string())),
    }
}

/// Reads a whole number of persons or pieces, not negative. The word for what is
/// counted may stand behind it: `90人`.
///
/// # Errors
/// [`ValueFault`] for everything else.
pub fn count(cell: Cell<'_>) -> Result<Option<i64>, ValueFault> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Number(number) => {
            let whole = (0.0..9e15).contains(&number) && number.fract() == 0.0;
            whole
                .then_some(Some(number as i64))
                .ok_or_else(|| ValueFault::NotACount(said(cell)))
        }
        Cell::Text(text) => {
            let text = trimmed(text);
            if text.is_empty() {
                return Ok(None);
            }
            let figure = text
                .strip_suffix(['人', '名', '家', '户', '个'])
                .unwrap_or(text);
            match read_scaled(figure, 1) {
                Some(number) if number >= 0 => Ok(Some(number)),
                Some(_) => Err(ValueFault::NotACount(quotable(text))),
                None if read_scaled(text, 1_000_000).is_some() => {
                    Err(ValueFault::NotACount(quotable(text)))
                }
                None => Err(ValueFault::NotANumber(quotable(text))),
            }
        }
        Cell::Day(_) => Err(ValueFault::DayForNumber(said(cell))),
        Cell::Bool(_) => Err(ValueFault::NotANumber(said(cell))),
        Cell::Error(text) => Err(ValueFault::CellError(text.to_string())),
    }
}

/// Reads a text without the white space around it. A number that stands where text is
/// expected is given as its digits, a day as 2026-09-30.
///
/// # Errors
/// [`ValueFault::CellError`] for `#N/A` and its like.
pub fn text<'a>(cell: Cell<'a>) -> Result<Option<Cow<'a, str>>, ValueFault> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) => {
            let text = trimmed(text);
            Ok((!text.is_empty()).then_some(Cow::Borrowed(text)))
        }
        Cell::Error(text) => Err(ValueFault::CellError(text.to_string())),
        Cell::Number(_) | Cell::Day(_) | Cell::Bool(_) => Ok(Some(Cow::Owned(said(cell)))),
    }
}

/// Reads a credit code's text.
///
/// # Errors
/// [`ValueFault::CodeAsNumber`] where the sheet stored a number, or the text is what
/// a spreadsheet made of one (`9.141E+17`): its last digits are lost.
pub fn code_text<'a>(cell: Cell<'a>) -> Result<Option<Cow<'a, str>>, ValueFault> {
    if matches!(cell, Cell::Number(_) | Cell::Day(_)) {
        return Err(ValueFault::CodeAsNumber(said(cell)));
    }
    let code = text(cell)?;
    match &code {
        Some(code) if is_scientific(code) => Err(ValueFault::CodeAsNumber(quotable(code))),
        _ => Ok(code),
    }
}

/// What a cell shows, for messages and for text columns; long texts are cut.
pub fn said(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Error(text) => quotable(trimmed(text)),
        Cell::Number(number) => number_said(number),
        Cell::Bool(true) => "TRUE".to_string(),
        Cell::Bool(false) => "FALSE".to_string(),
        Cell::Day(serial) => super::days::of_serial(serial)
            .map_or_else(|| number_said(serial), |day| day.to_string()),
    }
}

/// A number with the digits that Excel keeps, without an exponent or trailing `.0`.
pub(super) fn number_said(number: f64) -> String {
    if !number.is_finite() || number.abs() >= 1e21 {
        return number.to_string();
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return (number as i64).to_string();
    }
    fifteen_digits(number)
}

pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// A text short enough to quote in a message.
pub(super) fn quotable(text: &str) -> String {
    const SYMBOLS_MAX: usize = 40;
    let mut symbols = text.chars();
    let mut short: String = symbols.by_ref().take(SYMBOLS_MAX).collect();
    if symbols.next().is_some() {
        short.push('…');
    }
    short
}

/// The fast way holds where the product, rounded, divides back to the very same
/// number: then that quotient is the decimal which the file wrote.
fn scaled_number(number: f64, unit: Unit) -> Result<i64, ValueFault> {
    let scale = unit.base_units();
    let product = (number * scale as f64).round();
    if product.abs() < 1e15 && product / scale as f64 == number {
        return Ok(product as i64);
    }
    if !number.is_finite() {
        return Err(ValueFault::OutOfRange(number.to_string()));
    }
    let decimal = fifteen_digits(number);
    match read_scaled(&decimal, scale) {
        Some(amount) => Ok(amount),
        None => rounded_or_refused(&decimal, &number_said(number), unit),
    }
}

/// For a text that is no whole number of base units.
fn rounded_or_refused(decimal: &str, shown: &str, unit: Unit) -> Result<i64, ValueFault> {
    let is_money = unit.kind() == ColumnKind::Money;
    if !is_decimal(decimal) {
        return Err(match is_money {
            true => ValueFault::NotAnAmount(quotable(shown)),
            false => ValueFault::NotANumber(quotable(shown)),
        });
    }
    // Rounding half away from zero needs no place beyond the tenth of a base unit.
    let places = unit.base_units().ilog10() as usize + 1;
    let (whole, fraction) = decimal.split_once(['.', '．']).unwrap_or((decimal, ""));
    let cut: String = fraction.chars().take(places).collect();
    let tenths = read_scaled(&format!("{whole}.{cut}"), unit.base_units() * 10);
    match tenths {
        Some(_) if is_money => Err(ValueFault::FinerThanFen {
            text: quotable(shown),
            unit: unit.name(),
        }),
        Some(tenths) => Ok(tenths / 10 + tenths % 10 / 5),
        None => Err(ValueFault::OutOfRange(quotable(shown))),
    }
}

fn is_decimal(text: &str) -> bool {
    let body = text.strip_prefix(['-', '－', '−', '+']).unwrap_or(text);
    let mut points = 0;
    let mut digits = 0;
    for symbol in body.chars() {
        match symbol {
            '0'..='9' | '０'..='９' => digits += 1,
            '.' | '．' => points += 1,
            ',' | '，' if digits > 0 && points == 0 => {}
            _ => return false,
        }
    }
    digits > 0 && points <= 1
}

/// `9.141E+17`, as spreadsheets show long numbers.
fn is_scientific(text: &str) -> bool {
    let Some((front, exponent)) = text.split_once(['e', 'E', 'ｅ', 'Ｅ']) else {
        return false;
    };
    let exponent = exponent.strip_prefix(['+', '＋']);
    front.contains(['.', '．'])
        && front
            .chars()
            .all(|c| c.is_numeric() || matches!(c, '.' | '．'))
        && exponent.is_some_and(|digits| {
            (1..=3).contains(&digits.chars().count()) && digits.chars().all(char::is_numeric)
        })
}

/// The decimal with fifteen significant digits, as Excel keeps numbers.
fn fifteen_digits(number: f64) -> String {
    let scientific = format!("{:.14e}", number.abs());
    let (front, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = front.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let decimal = if exponent >= 14 {
        digits + &zeros(exponent - 14)
    } else {
        let (whole, fraction) = match usize::try_from(exponent) {
            Ok(last) => (digits[..=last].to_string(), digits[last + 1..].to_string()),
            Err(_) => ("0".to_string(), zeros(-exponent - 1) + &digits),
        };
        let decimal = format!("{whole}.{fraction}");
        decimal
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_string()
    };
    if number < 0.0 {
        format!("-{decimal}")
    } else {
        decimal
    }
}
