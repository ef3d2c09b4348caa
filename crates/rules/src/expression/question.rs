//! Values as a reader states them in a question of his own: 万元, percents, days, months.
//!
//! The plan's conditions never see this: there every number is a parameter with its source.
//!
//! ```
//! use rules::expression::{Condition, Kind, Row, Slot, Symbol, Vocabulary, parse_question};
//! let mut vocabulary = Vocabulary::default();
//! let sales = Symbol { slot: Slot::Fact(0), name: "销售额".into(), kind: Kind::Money };
//! vocabulary.insert("sales", sales).expect("a new name");
//! let asked = parse_question("sales >= 1500.5", &vocabulary).expect("a condition");
//! let row = Row { facts: &[Some(1_500_500_000)], parameters: &[] };
//! assert_eq!(asked.evaluate(row), Some(true));
//! ```

use super::vocabulary::Kind;
use crate::money::read_scaled;
use crate::pack::days_since_epoch;
use crate::period::Month;
use chrono::NaiveDate;

/// Fen in the unit in which amounts of firms are spoken of.
const FEN_PER_WAN_YUAN: i64 = 1_000_000;

impl Kind {
    /// Whether a value is stated as a number or a time; codes, choices and truths are not.
    pub(super) fn is_stated_plainly(&self) -> bool {
        !matches!(self, Kind::Boolean | Kind::Code { .. } | Kind::Choice(_))
    }

    /// The value of a text, where the kind takes it.
    pub(super) fn stated(&self, text: &str) -> Option<i64> {
        let value = match self {
            Kind::Money => read_scaled(text, FEN_PER_WAN_YUAN)?,
            Kind::Electricity | Kind::Count | Kind::Integer => read_scaled(text, 1)?,
            Kind::Rate { per } => {
                let percent = text.strip_suffix('%').unwrap_or(text);
                match per / 100 {
                    0 => return None,
                    scale => read_scaled(percent, scale)?,
                }
            }
            Kind::Day => days_since_epoch(text.parse::<NaiveDate>().ok()?),
            Kind::Month => i64::from(text.parse::<Month>().ok()?.index()),
            Kind::Boolean | Kind::Code { .. } | Kind::Choice(_) => return None,
        };
        self.admits(value).then_some(value)
    }

    /// How a value is stated, for those who stated it otherwise.
    pub(super) fn how_stated(&self) -> &'static str {
        match self {
            Kind::Money => "金额写以万元为单位的数，例如 1500 或 1500.5",
            Kind::Electricity => "电量写以千瓦时为单位的整数",
            Kind::Rate { .. } => "比例写百分数，例如 20",
            Kind::Day => "日期写成 '2026-09-30'",
            Kind::Month => "月份写成 '2026-09'",
            _ => "写整数",
        }
    }
}
