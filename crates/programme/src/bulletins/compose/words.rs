//! Numbers and dates as official texts write them: Arabic digits, no separators, whole
//! numbers all the way so that a percentage never depends on a machine.

use chrono::{Datelike, NaiveDate};

/// 一 to 十, for headings.
pub fn ordinal(number: usize) -> &'static str {
    const ORDINALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    ORDINALS[number - 1]
}

/// `part ÷ of` in tenths of a percent, half away from zero; `of` is not zero.
pub fn tenths_of_percent(part: i64, of: i64) -> i64 {
    rounded(part, of, 1_000)
}

/// 352 → “35.2”; the sign is left to the words around it.
pub fn one_decimal(tenths: i64) -> String {
    let tenths = tenths.abs();
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// “35.2%”
pub fn percent(part: u32, of: u32) -> String {
    let tenths = tenths_of_percent(i64::from(part), i64::from(of));
    format!("{}%", one_decimal(tenths))
}

/// “1.23”
pub fn multiple(part: u32, of: u32) -> String {
    let hundredths = rounded(i64::from(part), i64::from(of), 100);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// 120 → “1.2”, 125 → “1.25”, 200 → “2”.
pub fn factor(percent: i64) -> String {
    let text = format!("{}.{:02}", percent / 100, percent % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// “2026年10月9日”
pub fn day(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Width in half characters, as a line of a title takes it.
pub fn half_width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn rounded(part: i64, of: i64, scale: i64) -> i64 {
    let product = i128::from(part) * i128::from(scale);
    let divisor = i128::from(of);
    let magnitude = (2 * product.abs() + divisor) / (2 * divisor);
    i64::try_from(magnitude * product.signum()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let cases = [
            (1, 2_000, 1),
            (-1, 2_000, -1),
            (1, 2_001, 0),
            (49, 400, 123),
            (5, 5, 1_000),
        ];
        for (part, of, expected) in cases {
            assert_eq!(tenths_of_percent(part, of), expected, "{part} ÷ {of}");
        }
        assert_eq!(percent(7, 120), "5.8%");
        assert_eq!(multiple(1_234, 1_000), "1.23");
        assert_eq!(multiple(1_235, 1_000), "1.24");
    }

    #[test]
    fn a_factor_has_no_idle_zeros() {
        let cases = [(120, "1.2"), (125, "1.25"), (200, "2"), (105, "1.05")];
        for (percent, expected) in cases {
            assert_eq!(factor(percent), expected);
        }
    }
}
