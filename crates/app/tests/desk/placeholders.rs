//! What differs from day to day and from build to build, as placeholders.
//!
//! Fingerprints are numbered by their first appearance in a scenario, so that a reader
//! sees which are equal: 〈指纹1〉, 〈指纹2〉.

use chrono::{FixedOffset, NaiveDate, Utc};

const FINGERPRINT_DIGITS: usize = 64;
const PACK_DIGITS: usize = 16;

/// The day where the desk stands: its commands run in the time of Beijing.
pub fn today() -> NaiveDate {
    let beijing = FixedOffset::east_opt(8 * 3600).expect("eight hours");
    Utc::now().with_timezone(&beijing).date_naive()
}

/// The placeholders of one scenario.
#[derive(Default)]
pub struct Placeholders {
    fingerprints: Vec<String>,
}

impl Placeholders {
    /// `began` is the day on which the command was given; it may end on the next.
    pub fn put(&mut self, text: &str, began: NaiveDate) -> String {
        let mut put = self.without_fingerprints(text);
        for day in [began, today()] {
            put = put.replace(&day.to_string(), "〈今天〉");
            put = put.replace(&day.format("%Y年%-m月%-d日").to_string(), "〈今天〉");
        }
        put = without_moments(&put);
        let version = concat!("shenggui ", env!("CARGO_PKG_VERSION"));
        put.replace(version, "shenggui 〈版本〉")
    }

    fn without_fingerprints(&mut self, text: &str) -> String {
        let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        let mut put = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(is_digit) {
            put.push_str(&rest[..start]);
            let run = &rest[start..];
            let end = run.find(|c| !is_digit(c)).unwrap_or(run.len());
            match end {
                FINGERPRINT_DIGITS => {
                    put.push_str(&format!("〈指纹{}〉", self.number(&run[..end])));
                }
                PACK_DIGITS => put.push_str("〈政策包〉"),
                _ => put.push_str(&run[..end]),
            }
            rest = &run[end..];
        }
        put + rest
    }

    fn number(&mut self, fingerprint: &str) -> usize {
        let known = self.fingerprints.iter().position(|f| f == fingerprint);
        known.unwrap_or_else(|| {
            self.fingerprints.push(fingerprint.to_string());
            self.fingerprints.len() - 1
        }) + 1
    }
}

/// Times of day as 〈时刻〉, which is as wide.
fn without_moments(text: &str) -> String {
    const WIDTH: usize = "12:34:56".len();
    let is_moment = |part: &str| {
        let marks = part.char_indices();
        marks.fold(true, |holds, (index, symbol)| {
            holds
                && if index % 3 == 2 {
                    symbol == ':'
                } else {
                    symbol.is_ascii_digit()
                }
        })
    };
    let mut put = String::new();
    let mut rest = text;
    while let Some(colon) = rest.find(':') {
        let start = colon.checked_sub(2);
        match start.filter(|start| rest.get(*start..start + WIDTH).is_some_and(is_moment)) {
            Some(start) => {
                put.push_str(&rest[..start]);
                put.push_str("〈时刻〉");
                rest = &rest[start + WIDTH..];
            }
            None => {
                put.push_str(&rest[..=colon]);
                rest = &rest[colon + 1..];
            }
        }
    }
    put + rest
}
