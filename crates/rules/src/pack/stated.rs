//! Values of facts as people write them in the pack: in cases and as bounds.
//!
//! ```toml
//! facts = { taxable_income = "2800000.00", hightech_until = "2027-03-31", persons = "?" }
//! ```

use super::days_since_epoch;
use super::parameters::rate;
use crate::expression::Kind;
use crate::money::Fen;
use crate::period::Month;

/// A value as cases write it; “?” is unknown.
pub fn stated_value(value: &toml::Value, kind: &Kind) -> Option<Option<i64>> {
    if value.as_str() == Some("?") {
        return Some(None);
    }
    let number = match kind {
        Kind::Money => Fen::read_decimal(value.as_str()?, Fen::PER_YUAN)?.0,
        Kind::Electricity | Kind::Count | Kind::Integer => value.as_integer()?,
        Kind::Rate { per } => {
            let (number, own) = rate(value.as_str()?)?;
            (per % own == 0).then(|| number * (per / own))?
        }
        Kind::Day => days_since_epoch(value.as_str()?.parse().ok()?),
        Kind::Month => i64::from(value.as_str()?.parse::<Month>().ok()?.index()),
        Kind::Boolean => i64::from(value.as_bool()?),
        Kind::Code { digits } => {
            let text = value.as_str()?;
            (text.len() == usize::from(*digits)).then_some(())?;
            text.parse().ok()?
        }
        Kind::Choice(choices) => {
            let id = value.as_str()?;
            choices.iter().position(|choice| choice.id == id)? as i64
        }
    };
    kind.admits(number).then_some(Some(number))
}

/// How a value of a kind is written, for those who wrote it otherwise.
pub fn how_to_state(kind: &Kind) -> String {
    match kind {
        Kind::Money => "金额写成以元为单位的文字，例如 \"20000000.00\"".to_string(),
        Kind::Electricity | Kind::Count | Kind::Integer => "写整数".to_string(),
        Kind::Rate { .. } => "比例写成 \"12.5%\"".to_string(),
        Kind::Day => "日期写成 \"2026-03-31\"".to_string(),
        Kind::Month => "月份写成 \"2026-03\"".to_string(),
        Kind::Boolean => "写 true 或 false".to_string(),
        Kind::Code { digits } => format!("代码写成 {digits} 位数字的文字"),
        Kind::Choice(choices) => {
            let ids: Vec<&str> = choices.iter().map(|choice| choice.id.as_str()).collect();
            format!("可写 {}", ids.join("、"))
        }
    }
}
