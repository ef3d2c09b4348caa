//! How values are worded, the same in DOCX, XLSX and HTML: dates, table cells, annex marks.

use chrono::{Datelike, NaiveDate};
use programme::bulletins::chart::{Cloud, Form};
use programme::bulletins::document::{Cell, Document, Table};

/// Stands in place of a number that is not there.
pub const EMPTY: &str = "—";
/// Stands in place of a chart without points.
pub const NO_DATA: &str = "暂无数据";
/// Stands in place of the document number before signature.
pub const DRAFT: &str = "（送审稿）";

/// 成文日期: Arabic digits, no leading zeros.
pub fn date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// What stands in the place of the document number.
pub fn number(document: &Document) -> &str {
    document.number.as_deref().unwrap_or(DRAFT)
}

/// “附件” when there is only one, otherwise “附件1”, “附件2” … counted from `index` 0.
pub fn annex_mark(index: usize, annexes: usize) -> String {
    if annexes == 1 {
        "附件".to_string()
    } else {
        format!("附件{}", index + 1)
    }
}

/// A table cell as it is printed.
pub fn cell(cell: &Cell) -> String {
    match *cell {
        Cell::Text(ref text) => text.clone(),
        Cell::Count(count) => grouped(count),
        Cell::Percent { of: 0, .. } | Cell::Multiple { of: 0, .. } | Cell::Empty => {
            EMPTY.to_string()
        }
        Cell::Percent { part, of } => format!("{}%", ratio(part, of, 100, 1)),
        Cell::Multiple { part, of } => format!("{}倍", ratio(part, of, 1, 2)),
        Cell::Decimal { value, form } => decimal(value.get(), form),
    }
}

/// A measured number as its form says, rounded as its binary value lies; nothing that is
/// printed so decides about money. What rounds to zero has no sign.
pub fn decimal(number: f64, form: Form) -> String {
    let (number, mark) = match form {
        Form::Decimal(_) => (number, ""),
        Form::Percent(_) => (number * 100.0, "%"),
    };
    let digits = format!("{:.*}", usize::from(form.decimals()), number.abs());
    let is_negative = number < 0.0 && digits.chars().any(|c| matches!(c, '1'..='9'));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let sign = if is_negative { "-" } else { "" };
    format!("{sign}{}{rest}{mark}", thousands(whole))
}

/// The same as a format of Office: `#,##0.00`, `0.0%`.
pub fn number_format(form: Form) -> String {
    let decimals = usize::from(form.decimals());
    let point = if decimals == 0 { "" } else { "." };
    let zeros = "0".repeat(decimals);
    match form {
        Form::Decimal(_) => format!("#,##0{point}{zeros}"),
        Form::Percent(_) => format!("#,##0{point}{zeros}%"),
    }
}

/// Thousands with a comma, as in the workbook format `#,##0`.
pub fn grouped(count: i64) -> String {
    let sign = if count < 0 { "-" } else { "" };
    format!("{sign}{}", thousands(&count.unsigned_abs().to_string()))
}

/// “已结案企业（10个点，共2,316个样本，旁注各点样本数）”.
pub fn counted(cloud: &Cloud, are_numbered: bool) -> String {
    let observations: Option<u64> = cloud.points.iter().map(|point| point.count).sum();
    let points = cloud.points.len();
    match observations.and_then(|count| i64::try_from(count).ok()) {
        Some(count) if points > 0 => format!(
            "{}（{points}个点，共{}个样本{}）",
            cloud.name,
            grouped(count),
            if are_numbered {
                "，旁注各点样本数"
            } else {
                ""
            }
        ),
        _ => format!("{}（{points}个点）", cloud.name),
    }
}

/// Whether a cell of this column stands at the right edge. A dash follows its column.
pub fn is_right_aligned(table: &Table, column: usize, cell: &Cell) -> bool {
    match cell {
        Cell::Text(_) => false,
        Cell::Empty => column_has_numbers(table, column),
        Cell::Count(_) | Cell::Percent { .. } | Cell::Multiple { .. } | Cell::Decimal { .. } => {
            true
        }
    }
}

/// Width of a line of text in half characters: a Chinese sign takes two, a Latin one takes one.
pub fn half_width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Text that is safe inside XML and HTML, in elements and in quoted attributes.
///
/// Control characters are dropped: XML 1.0 has no way to write them, and a file that
/// carries one does not open at all.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

fn column_has_numbers(table: &Table, column: usize) -> bool {
    table.rows.iter().any(|row| {
        matches!(
            row.cells.get(column),
            Some(
                Cell::Count(_)
                    | Cell::Percent { .. }
                    | Cell::Multiple { .. }
                    | Cell::Decimal { .. }
            )
        )
    })
}

fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `part ÷ of × scale`, rounded half away from zero, in whole numbers throughout:
/// a float would round 12.25 % up on one machine and down in one's head.
fn ratio(part: i64, of: i64, scale: i128, decimals: u32) -> String {
    let unit = 10_i128.pow(decimals);
    let numerator = i128::from(part) * scale * unit;
    let divisor = i128::from(of);
    let magnitude = (2 * numerator.abs() + divisor.abs()) / (2 * divisor.abs());
    let is_negative = magnitude != 0 && (numerator < 0) != (divisor < 0);
    format!(
        "{}{}.{:0width$}",
        if is_negative { "-" } else { "" },
        magnitude / unit,
        magnitude % unit,
        width = decimals as usize
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Cell, printed: &str) {
        assert_eq!(cell(&value), printed);
    }

    #[test]
    fn cells_print_as_the_standard_tables_do() {
        check(Cell::Count(0), "0");
        check(Cell::Count(-1_234_567), "-1,234,567");
        check(Cell::Count(999), "999");
        check(Cell::Count(1_000), "1,000");
        check(Cell::Percent { part: 1, of: 2_000 }, "0.1%");
        check(
            Cell::Percent {
                part: -1,
                of: 2_000,
            },
            "-0.1%",
        );
        check(
            Cell::Percent {
                part: -1,
                of: 2_001,
            },
            "0.0%",
        );
        check(Cell::Percent { part: 49, of: 400 }, "12.3%");
        check(Cell::Percent { part: 3, of: 3 }, "100.0%");
        check(Cell::Percent { part: 3, of: 0 }, "—");
        check(Cell::Multiple { part: 5, of: 4 }, "1.25倍");
        check(Cell::Multiple { part: 1, of: 0 }, "—");
        check(Cell::Empty, "—");
        check(Cell::Text("<县>".to_string()), "<县>");
    }

    #[test]
    fn measured_numbers_print_as_their_form_says() {
        let check = |number, form, printed: &str| assert_eq!(decimal(number, form), printed);
        check(0.0, Form::Decimal(0), "0");
        check(1_234.5, Form::Decimal(2), "1,234.50");
        check(-1_234.5, Form::Decimal(1), "-1,234.5");
        check(-0.04, Form::Decimal(1), "0.0");
        check(0.18572, Form::Percent(1), "18.6%");
        check(-0.5, Form::Percent(0), "-50%");
        check(1.0, Form::Percent(1), "100.0%");
    }

    #[test]
    fn nothing_in_a_text_can_end_an_element_or_an_attribute() {
        assert_eq!(
            escape("a<b>&\"'\u{0}\u{b}c\nd"),
            "a&lt;b&gt;&amp;&quot;&#39;c d"
        );
    }

    #[test]
    fn a_date_has_no_leading_zeros() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 5).expect("a day");
        assert_eq!(date(day), "2026年1月5日");
    }

    #[test]
    fn one_annex_has_no_number() {
        assert_eq!(annex_mark(0, 1), "附件");
        assert_eq!(annex_mark(1, 2), "附件2");
    }
}
