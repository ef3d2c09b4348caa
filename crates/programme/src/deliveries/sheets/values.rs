//! Cell values as the layout's kinds of columns want them. What is not plainly a value
//! is refused with the text quoted; nothing is repaired.

use super::cells::Cell;
use super::header::{Unit, UnitKind};
use chrono::NaiveDate;
use rules::money::read_scaled;
use rules::period::Month;

/// Why a cell is not the value that its column holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    #[error("“{0}”不是数字，请填写数值，确无数据的留空并说明")]
    NotANumber(String),
    #[error("“{0}”精确到分以下，请核对单位")]
    TooFine(String),
    #[error("“{0}”超出可记录的范围，请核对单位")]
    TooLarge(String),
    #[error("“{0}”应为不小于零的整数")]
    NotACount(String),
    #[error("“{0}”不是日期，请写成 2026-09-30")]
    NotADay(String),
    #[error("“{0}”不是月份，请写成 2026-09")]
    NotAMonth(String),
    #[error("统一社会信用代码被存成数字“{0}”，位数已经丢失，请把该列设为文本后重新填写")]
    CodeAsNumber(String),
}

/// How exactly a date was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayPrecision {
    Day,
    Month,
    Year,
}

/// An amount in base units; `None` for an empty cell. Money is exact to the fen;
/// electricity and gas are rounded half away from zero to whole units.
pub fn amount(cell: &Cell, unit: Unit) -> Result<Option<i64>, ValueFault> {
    let text = match cell {
        Cell::Empty => return Ok(None),
        Cell::Text(text) if text.trim().is_empty() => return Ok(None),
        Cell::Text(text) => text.trim().to_string(),
        Cell::Number(number) => figures(*number),
        other => return Err(ValueFault::NotANumber(shown(other))),
    };
    if unit.kind == UnitKind::Money {
        return match read_scaled(&text, unit.worth) {
            Some(value) => Ok(Some(value)),
            None => Err(why_no_money(cell, text, unit)),
        };
    }
    // Three more places than the base unit, then rounded.
    let thousandths =
        read_scaled(&text, unit.worth.saturating_mul(1000)).or_else(|| rounded(&text, unit.worth));
    match thousandths {
        Some(value) => Ok(Some((value + value.signum() * 500) / 1000)),
        None => Err(ValueFault::NotANumber(text)),
    }
}

/// Excel keeps fifteen digits, so a computed sum may end in noise below one fen.
fn why_no_money(cell: &Cell, text: String, unit: Unit) -> ValueFault {
    let finer = read_scaled(&text, unit.worth.saturating_mul(1_000_000));
    match (finer, cell) {
        (Some(_), _) => ValueFault::TooFine(text),
        (None, Cell::Number(_)) => ValueFault::TooFine(text),
        (None, _) => {
            let digits = text.chars().filter(char::is_ascii_digit).count();
            if digits > 15
                && text
                    .chars()
                    .all(|c| c.is_ascii_digit() || ".,-".contains(c))
            {
                ValueFault::TooLarge(text)
            } else {
                ValueFault::NotANumber(text)
            }
        }
    }
}

/// Thousandths of a quantity written with more decimals than that.
fn rounded(text: &str, worth: i64) -> Option<i64> {
    let (whole, decimals) = text.split_once('.')?;
    let short: String = decimals.chars().take(6).collect();
    let exact = format!("{whole}.{short}");
    let micro = read_scaled(&exact, worth.checked_mul(1_000_000)?)?;
    decimals
        .chars()
        .all(|c| c.is_ascii_digit())
        .then_some(micro / 1000)
}

/// A whole number of persons or pieces.
pub fn count(cell: &Cell) -> Result<Option<i64>, ValueFault> {
    let text = text(cell);
    if text.is_empty() && !matches!(cell, Cell::Error(_) | Cell::Bool(_)) {
        return Ok(None);
    }
    let bare = text.trim_end_matches(['人', '家', '户']);
    match read_scaled(bare, 1) {
        Some(number) if (0..=1_000_000_000).contains(&number) => Ok(Some(number)),
        _ => Err(ValueFault::NotACount(shown(cell))),
    }
}

/// A date, and how exactly it was written; a bare month counts as its first day.
pub fn day(cell: &Cell) -> Result<Option<(NaiveDate, DayPrecision)>, ValueFault> {
    let fault = || ValueFault::NotADay(shown(cell));
    match cell {
        Cell::Empty => Ok(None),
        Cell::Day(serial) => serial_day(*serial)
            .map(|day| Some((day, DayPrecision::Day)))
            .ok_or_else(fault),
        Cell::Number(_) | Cell::Text(_) => {
            let text = text(cell);
            if text.is_empty() {
                return Ok(None);
            }
            written_day(&text).map(Some).ok_or_else(fault)
        }
        Cell::Bool(_) | Cell::Error(_) => Err(fault()),
    }
}

/// A month; a full date counts as its month.
pub fn month(cell: &Cell) -> Result<Option<Month>, ValueFault> {
    match day(cell) {
        Ok(Some((_, DayPrecision::Year))) | Err(_) => Err(ValueFault::NotAMonth(shown(cell))),
        Ok(Some((day, _))) => Ok(Some(Month::of(day))),
        Ok(None) => Ok(None),
    }
}

/// Text as written, without white space around it.
pub fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text
            .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
            .to_string(),
        Cell::Number(number) | Cell::Day(number) => figures(*number),
        Cell::Empty | Cell::Bool(_) | Cell::Error(_) => String::new(),
    }
}

/// A code that must be text: a sheet that stored it as a number has lost digits.
pub fn code_text(cell: &Cell) -> Result<String, ValueFault> {
    match cell {
        Cell::Number(number) | Cell::Day(number) => Err(ValueFault::CodeAsNumber(figures(*number))),
        Cell::Error(error) => Err(ValueFault::NotANumber(error.clone())),
        Cell::Text(text) => {
            let bare = text.trim();
            let scientific =
                bare.contains(['E', 'e']) && bare.contains('+') && bare.parse::<f64>().is_ok();
            if scientific {
                return Err(ValueFault::CodeAsNumber(bare.to_string()));
            }
            // Kept as written: whoever reads the code says what was normalised.
            Ok(text.clone())
        }
        Cell::Empty | Cell::Bool(_) => Ok(String::new()),
    }
}

/// The first “2026年9月”, “2026-09” or “202609” in a text.
pub(crate) fn month_in_text(text: &str) -> Option<Month> {
    let symbols: Vec<char> = text.chars().collect();
    for start in 0..symbols.len() {
        let before = start.checked_sub(1).map(|i| symbols[i]);
        if !symbols[start].is_ascii_digit() || before.is_some_and(|c| c.is_ascii_digit()) {
            continue;
        }
        let run: String = symbols[start..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .collect();
        let rest = &symbols[start + run.len()..];
        if run.len() == 6 || run.len() == 8 {
            let month = run[4..6].parse().ok();
            if let Some(found) = month.and_then(|m| Month::new(run[..4].parse().ok()?, m)) {
                return Some(found);
            }
        }
        if run.len() == 4 && rest.first().is_some_and(|c| "年-./".contains(*c)) {
            let digits: String = rest[1..]
                .iter()
                .take_while(|c| c.is_ascii_digit())
                .collect();
            if (1..=2).contains(&digits.len())
                && let (Ok(year), Ok(month)) = (run.parse(), digits.parse())
                && let Some(found) = Month::new(year, month)
            {
                return Some(found);
            }
        }
    }
    None
}

/// A number as a person would write it: fifteen significant digits, no exponent.
pub(super) fn figures(number: f64) -> String {
    if !number.is_finite() {
        return number.to_string();
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let magnitude = number.abs().max(f64::MIN_POSITIVE).log10().floor() as i32;
    let decimals = (14 - magnitude).clamp(0, 12) as usize;
    let text = format!("{number:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

fn written_day(text: &str) -> Option<(NaiveDate, DayPrecision)> {
    let narrow: String = text
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
            '．' | '。' => '.',
            '／' => '/',
            '－' | '—' => '-',
            other => other,
        })
        .collect();
    // A time of day after the date does not matter.
    let date = narrow.split([' ', 'T']).next()?;
    if date.chars().all(|c| c.is_ascii_digit()) {
        return match date.len() {
            8 => of_numbers(&[&date[..4], &date[4..6], &date[6..]]),
            6 => of_numbers(&[&date[..4], &date[4..]]),
            4 => of_numbers(&[date]),
            _ => None,
        };
    }
    let ends_well = date.ends_with(|c: char| c.is_ascii_digit() || "年月日号".contains(c));
    let allowed = date
        .chars()
        .all(|c| c.is_ascii_digit() || "-/.年月日号".contains(c));
    if !ends_well || !allowed {
        return None;
    }
    let parts: Vec<&str> = date
        .split(['-', '/', '.', '年', '月', '日', '号'])
        .filter(|part| !part.is_empty())
        .collect();
    of_numbers(&parts)
}

fn of_numbers(parts: &[&str]) -> Option<(NaiveDate, DayPrecision)> {
    if parts.first()?.len() != 4 || parts[1..].iter().any(|part| part.len() > 2) {
        return None;
    }
    let number = |index: usize| parts.get(index).and_then(|part| part.parse::<u32>().ok());
    let year = number(0).filter(|year| (1900..=2100).contains(year))? as i32;
    let (month, day, precision) = match parts.len() {
        1 => (1, 1, DayPrecision::Year),
        2 => (number(1)?, 1, DayPrecision::Month),
        3 => (number(1)?, number(2)?, DayPrecision::Day),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day).map(|day| (day, precision))
}

/// Excel's day number; 60 is the 29 February 1900 that never was.
fn serial_day(serial: f64) -> Option<NaiveDate> {
    if !(61.0..73_415.0).contains(&serial) {
        return None;
    }
    let start = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    start.checked_add_days(chrono::Days::new(serial as u64))
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.trim().to_string(),
        Cell::Number(number) | Cell::Day(number) => figures(*number),
        Cell::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_string(),
        Cell::Error(error) => error.clone(),
    }
}
