//! Money as whole fen (分). No float ever holds an amount.
//!
//! ```
//! use rules::money::Fen;
//! let sales = Fen::read_decimal("1,234.5", Fen::PER_WAN_YUAN).unwrap();
//! assert_eq!(sales, Fen(1_234_500_000));
//! assert_eq!(sales.in_wan_yuan(), "1,234.5");
//! ```

use std::fmt;

/// An amount in fen; negative amounts are red-letter entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fen(pub i64);

impl Fen {
    pub const PER_YUAN: i64 = 100;
    pub const PER_WAN_YUAN: i64 = 1_000_000;

    /// Reads a decimal number of a unit that is worth `fen_per_unit` fen.
    /// Thousands separators, full-width signs and surrounding space are understood.
    /// Digits below one fen are refused unless they are zero.
    /// `None` where the text is no number or does not fit.
    pub fn read_decimal(text: &str, fen_per_unit: i64) -> Option<Fen> {
        read_scaled(text, fen_per_unit).map(Fen)
    }

    /// 元 with separators and two decimals, as ledgers show it.
    pub fn in_yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", grouped(fen / 100), fen % 100)
    }

    /// 万元 with one decimal, half away from zero, as lists show it.
    pub fn in_wan_yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let tenths = (self.0.unsigned_abs() + 50_000) / 100_000;
        if tenths == 0 {
            return "0.0".to_string();
        }
        format!("{sign}{}.{}", grouped(tenths / 10), tenths % 10)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.in_yuan())
    }
}

/// A whole number with separators every three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Reads a decimal text as a whole number of `1 / scale` units, exactly.
pub fn read_scaled(text: &str, scale: i64) -> Option<i64> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{3000}');
    let (negative, body) = match trimmed.strip_prefix(['-', '－', '−']) {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let mut number: i128 = 0;
    let mut decimals: Option<u32> = None;
    let mut digits = 0;
    for symbol in body.chars() {
        match symbol {
            '0'..='9' | '０'..='９' => {
                let digit = if symbol.is_ascii() {
                    symbol as u32 - '0' as u32
                } else {
                    symbol as u32 - '０' as u32
                };
                number = number.checked_mul(10)?.checked_add(i128::from(digit))?;
                digits += 1;
                if let Some(places) = decimals.as_mut() {
                    *places += 1;
                }
                if digits > 30 {
                    return None;
                }
            }
            ',' | '，' if digits > 0 && decimals.is_none() => {}
            '.' | '．' if decimals.is_none() => decimals = Some(0),
            _ => return None,
        }
    }
    if digits == 0 {
        return None;
    }
    let divisor = 10i128.checked_pow(decimals.unwrap_or(0))?;
    let scaled = number.checked_mul(i128::from(scale))?;
    if scaled % divisor != 0 {
        return None;
    }
    let whole = i64::try_from(scaled / divisor).ok()?;
    Some(if negative { -whole } else { whole })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_written() {
        let cases = [
            ("993,694.08", Fen::PER_YUAN, Some(99_369_408)),
            ("2277.9", Fen::PER_WAN_YUAN, Some(2_277_900_000)),
            ("-12", Fen::PER_YUAN, Some(-1_200)),
            ("１２３．４", Fen::PER_YUAN, Some(12_340)),
            ("0.001", Fen::PER_YUAN, None),
            ("0.010", Fen::PER_YUAN, Some(1)),
            ("零", Fen::PER_YUAN, None),
            ("-", Fen::PER_YUAN, None),
            ("", Fen::PER_YUAN, None),
            ("#N/A", Fen::PER_YUAN, None),
            ("1e5", Fen::PER_YUAN, None),
            ("92233720368547758.07", Fen::PER_YUAN, Some(i64::MAX)),
            ("92233720368547758.08", Fen::PER_YUAN, None),
        ];
        for (text, unit, expected) in cases {
            assert_eq!(Fen::read_decimal(text, unit), expected.map(Fen), "{text}");
        }
    }

    #[test]
    fn lists_show_wan_yuan_with_one_decimal() {
        let cases = [
            (200_000_000_000, "200,000.0"),
            (-2_345_600_000, "-2,345.6"),
            (50_000, "0.1"),
            (49_999, "0.0"),
            (-49_999, "0.0"),
        ];
        for (fen, expected) in cases {
            assert_eq!(Fen(fen).in_wan_yuan(), expected);
        }
    }
}
