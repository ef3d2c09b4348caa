//! The month and year that a title names.
//!
//! Reads `截至2026年9月`, `2026年1-9月`, `2026-09`, `202609`, `2026年9月30日`; a day
//! is taken only where no plain month stands, since it is often the day of printing.
//! Two different months are none.

use rules::period::Month;
use unicode_normalization::UnicodeNormalization;

/// What a title says of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TitleTime {
    pub(super) month: Option<Month>,
    pub(super) year: Option<i32>,
}

/// One mention of a year, perhaps with month and day.
struct Mention {
    year: i32,
    month: Option<Month>,
    has_day: bool,
}

pub(super) fn time_in_title(title: &str) -> TitleTime {
    let text: Vec<char> = title.nfkc().filter(|c| !c.is_whitespace()).collect();
    let mut mentions = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = digits_at(&text, at);
        if digits == 0 {
            at += 1;
            continue;
        }
        mentions.extend(mention_at(&text, at, digits));
        at += digits;
    }
    let months = |with_day: bool| {
        let chosen = mentions.iter().filter(move |m| m.has_day == with_day);
        chosen.filter_map(|mention| mention.month)
    };
    let month = match months(false).next() {
        Some(_) => only(months(false)),
        None => only(months(true)),
    };
    let year = month
        .map(Month::year)
        .or_else(|| only(mentions.iter().map(|mention| mention.year)));
    TitleTime { month, year }
}

fn only<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

fn mention_at(text: &[char], at: usize, digits: usize) -> Option<Mention> {
    let year = number(text, at, 4)? as i32;
    let plain = |month: Option<Month>, has_day| Mention {
        year,
        month,
        has_day,
    };
    if !(1990..2100).contains(&year) {
        return None;
    }
    if digits == 6 || digits == 8 {
        let month = Month::new(year, number(text, at + 4, 2)?)?;
        return Some(plain(Some(month), digits == 8));
    }
    if digits != 4 {
        return None;
    }
    let mut next = at + 4;
    match text.get(next) {
        Some('年') => {
            next += 1;
            let mut length = digits_at(text, next);
            let through = |c: &char| matches!(c, '-' | '—' | '–' | '~' | '～' | '至' | '到');
            if (1..=2).contains(&length) && text.get(next + length).is_some_and(through) {
                next += length + 1;
                length = digits_at(text, next);
            }
            if !(1..=2).contains(&length) || text.get(next + length) != Some(&'月') {
                return Some(plain(None, false));
            }
            let month = Month::new(year, number(text, next, length)?)?;
            let has_day = digits_at(text, next + length + 1) > 0;
            Some(plain(Some(month), has_day))
        }
        Some(separator @ ('-' | '.' | '/')) => {
            let length = digits_at(text, next + 1);
            if !(1..=2).contains(&length) {
                return Some(plain(None, false));
            }
            let month = Month::new(year, number(text, next + 1, length)?)?;
            let has_day = text.get(next + 1 + length) == Some(separator);
            Some(plain(Some(month), has_day))
        }
        Some('度' | '第') | None => Some(plain(None, false)),
        Some(_) => None,
    }
}

fn digits_at(text: &[char], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.iter().take_while(|c| c.is_ascii_digit()).count()
}

fn number(text: &[char], at: usize, length: usize) -> Option<u32> {
    let digits: String = text.get(at..at + length)?.iter().collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_months_and_years() {
        let cases = [
            (
                "全省工业企业名录（截至2026年9月）",
                Some("2026-09"),
                Some(2026),
            ),
            ("2026年“小升规”重点企业培育库名单", None, Some(2026)),
            ("二〇二六年", None, None),
            ("用电量 2026-09", Some("2026-09"), Some(2026)),
            ("202609用电", Some("2026-09"), Some(2026)),
            ("2026年1-9月营业收入", Some("2026-09"), Some(2026)),
            ("2026 年 9 月 30 日", Some("2026-09"), Some(2026)),
            (
                "2026年9月 制表日期：2026年10月12日",
                Some("2026-09"),
                Some(2026),
            ),
            ("2026年8月与2026年9月", None, Some(2026)),
            ("2025年与2026年", None, None),
            ("文号〔2022〕24号", None, None),
            ("2026年13月", None, None),
            ("电话 20260912345", None, None),
        ];
        for (title, month, year) in cases {
            let time = time_in_title(title);
            assert_eq!(
                time.month.map(|m| m.to_string()).as_deref(),
                month,
                "{title}"
            );
            assert_eq!(time.year, year, "{title}");
        }
    }
}
