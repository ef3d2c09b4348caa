//! The records of an Excel 97 workbook stream (MS-XLS): globals, texts, cell values.
//!
//! Knows records, not rows. Every read is checked; what does not fit yields `None`.

use super::biff_texts::Texts;
use super::ole::{u16_at, u32_at};

pub(super) const EOF: u16 = 0x000a;
pub(super) const BOF: u16 = 0x0809;
pub(super) const FORMULA: u16 = 0x0006;
pub(super) const NUMBER: u16 = 0x0203;
pub(super) const LABEL: u16 = 0x0204;
pub(super) const RICH_LABEL: u16 = 0x00d6;
pub(super) const BOOL_OR_ERROR: u16 = 0x0205;
pub(super) const RK: u16 = 0x027e;
pub(super) const MANY_RK: u16 = 0x00bd;
pub(super) const SHARED_LABEL: u16 = 0x00fd;
pub(super) const STRING: u16 = 0x0207;
const SHARED_FORMULA: u16 = 0x04bc;
const ARRAY_FORMULA: u16 = 0x0221;
const FILE_PASS: u16 = 0x002f;
const DATE_1904: u16 = 0x0022;
const FORMAT: u16 = 0x041e;
const CELL_FORMAT: u16 = 0x00e0;
const BOUND_SHEET: u16 = 0x0085;
const SHARED_TEXTS: u16 = 0x00fc;
pub(super) const CONTINUE: u16 = 0x003c;

/// One record: what it is, where it begins, what it holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) at: usize,
    pub(super) body: &'a [u8],
}

/// The record at an offset; `None` at the stream's end or where it is cut short.
pub(super) fn record_at(stream: &[u8], at: usize) -> Option<Record<'_>> {
    let kind = u16_at(stream, at)?;
    let length = usize::from(u16_at(stream, at.checked_add(2)?)?);
    let body = stream.get(at + 4..(at + 4).checked_add(length)?)?;
    Some(Record { kind, at, body })
}

impl Record<'_> {
    pub(super) fn end(&self) -> usize {
        self.at + 4 + self.body.len()
    }
}

/// Records from an offset on, to the end of the stream.
pub(super) fn records(stream: &[u8], from: usize) -> impl Iterator<Item = Record<'_>> {
    let mut at = from;
    std::iter::from_fn(move || {
        let record = record_at(stream, at)?;
        at = record.end();
        Some(record)
    })
}

/// What the workbook says once for all sheets.
#[derive(Debug, Default)]
pub(super) struct Globals {
    pub(super) sheets: Vec<BoundSheet>,
    pub(super) texts: Vec<String>,
    /// For every cell format whether it shows a date.
    shows_day: Vec<bool>,
    pub(super) is_1904: bool,
}

#[derive(Debug, Clone)]
pub(super) struct BoundSheet {
    pub(super) name: String,
    pub(super) visible: bool,
    pub(super) at: usize,
}

/// Why the globals cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum GlobalsFault {
    Protected,
    TooOld,
    Malformed,
}

impl Globals {
    pub(super) fn read(stream: &[u8]) -> Result<Globals, GlobalsFault> {
        let first = record_at(stream, 0).ok_or(GlobalsFault::Malformed)?;
        if first.kind != BOF {
            return Err(GlobalsFault::Malformed);
        }
        if u16_at(first.body, 0) != Some(0x0600) {
            return Err(GlobalsFault::TooOld);
        }
        let mut globals = Globals::default();
        let mut day_formats: Vec<(u16, bool)> = Vec::new();
        let mut cell_formats: Vec<u16> = Vec::new();
        for record in records(stream, first.end()) {
            let body = record.body;
            match record.kind {
                EOF => break,
                FILE_PASS if u16_at(body, 0) != Some(0) || body.len() > 4 => {
                    return Err(GlobalsFault::Protected);
                }
                DATE_1904 => globals.is_1904 = u16_at(body, 0) == Some(1),
                FORMAT => {
                    let code = Texts::of(stream, record.at).skipping(2).long_text();
                    if let (Some(number), Some(code)) = (u16_at(body, 0), code) {
                        day_formats.push((number, code_shows_day(&code)));
                    }
                }
                CELL_FORMAT => cell_formats.push(u16_at(body, 2).unwrap_or(0)),
                BOUND_SHEET => globals.sheets.extend(bound_sheet(stream, record)),
                SHARED_TEXTS => {
                    globals.texts = shared_texts(stream, record).ok_or(GlobalsFault::Malformed)?;
                }
                _ => {}
            }
        }
        let shows_day = |format: &u16| {
            let own = day_formats
                .iter()
                .rev()
                .find(|(number, _)| number == format);
            own.map_or_else(|| built_in_shows_day(*format), |(_, day)| *day)
        };
        globals.shows_day = cell_formats.iter().map(shows_day).collect();
        Ok(globals)
    }

    pub(super) fn shows_day(&self, cell_format: u16) -> bool {
        let shown = self.shows_day.get(usize::from(cell_format));
        shown.copied().unwrap_or(false)
    }
}

/// Worksheets only; charts and macro sheets have no rows.
fn bound_sheet(stream: &[u8], record: Record<'_>) -> Option<BoundSheet> {
    if *record.body.get(5)? != 0 {
        return None;
    }
    Some(BoundSheet {
        at: u32_at(record.body, 0)? as usize,
        visible: record.body.get(4)? & 0x03 == 0,
        name: Texts::of(stream, record.at).skipping(6).short_text()?,
    })
}

fn shared_texts(stream: &[u8], record: Record<'_>) -> Option<Vec<String>> {
    let count = u32_at(record.body, 4)? as usize;
    let mut texts = Texts::of(stream, record.at).skipping(8);
    let mut all = Vec::with_capacity(count.min(stream.len() / 3));
    for _ in 0..count {
        match texts.long_text() {
            Some(text) => all.push(text),
            None => break,
        }
    }
    Some(all)
}

/// A formula's last result.
pub(super) enum FormulaResult {
    Number(f64),
    Text(String),
    Bool(bool),
    Error(&'static str),
    Nothing,
}

pub(super) fn formula_result(stream: &[u8], record: Record<'_>) -> Option<FormulaResult> {
    let result: &[u8; 8] = record.body.get(6..)?.first_chunk()?;
    if result[6..] != [0xff, 0xff] {
        return Some(FormulaResult::Number(f64::from_le_bytes(*result)));
    }
    Some(match result[0] {
        0 => {
            let mut after = records(stream, record.end());
            let text = after.find(|next| !matches!(next.kind, SHARED_FORMULA | ARRAY_FORMULA))?;
            match text.kind {
                STRING => FormulaResult::Text(Texts::of(stream, text.at).long_text()?),
                _ => FormulaResult::Nothing,
            }
        }
        1 => FormulaResult::Bool(result[2] != 0),
        2 => FormulaResult::Error(error_shown(result[2])),
        _ => FormulaResult::Nothing,
    })
}

/// A number in the four bytes of an RK value: an integer or the front of a float,
/// perhaps to be divided by a hundred.
pub(super) fn rk_number(value: u32) -> f64 {
    let number = if value & 2 != 0 {
        f64::from(value as i32 >> 2)
    } else {
        f64::from_bits(u64::from(value & !3) << 32)
    };
    if value & 1 != 0 {
        number / 100.0
    } else {
        number
    }
}

pub(super) fn error_shown(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

fn built_in_shows_day(format: u16) -> bool {
    matches!(format, 14..=22 | 27..=36 | 45 | 47 | 50..=58)
}

/// Whether a format code shows a date or time, and not an elapsed time.
fn code_shows_day(code: &str) -> bool {
    let mut symbols = code.chars();
    while let Some(symbol) = symbols.next() {
        match symbol {
            '"' => {
                symbols.by_ref().find(|c| *c == '"');
            }
            '\\' | '_' | '*' => {
                symbols.next();
            }
            '[' => {
                let inside: String = symbols.by_ref().take_while(|c| *c != ']').collect();
                if inside
                    .chars()
                    .all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S'))
                {
                    return false;
                }
            }
            'y' | 'Y' | 'd' | 'D' | 'm' | 'M' | 'h' | 'H' | 's' | 'S' => return true,
            ';' => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_codes_show_days_or_not() {
        let cases = [
            ("yyyy\\-mm\\-dd", true),
            ("[$-804]yyyy\"年\"m\"月\"", true),
            ("#,##0.00_);[Red]\\(#,##0.00\\)", false),
            ("0.00\"days\"", false),
            ("General", false),
            ("G/通用格式", false),
            ("[h]:mm", false),
            ("@", false),
        ];
        for (code, expected) in cases {
            assert_eq!(code_shows_day(code), expected, "{code}");
        }
    }

    #[test]
    fn packed_numbers_unpack() {
        assert_eq!(rk_number((123 << 2) | 2), 123.0);
        assert_eq!(rk_number((12345 << 2) | 3), 123.45);
        assert_eq!(rk_number(((-7i32 as u32) << 2) | 2), -7.0);
        assert_eq!(rk_number((1.5f64.to_bits() >> 32) as u32), 1.5);
    }
}
