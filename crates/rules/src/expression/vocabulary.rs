//! The names that an expression may use: facts and parameters with their kinds.
//!
//! Knows nothing of packs: whoever reads one fills the vocabulary name by name.
//!
//! ```
//! use rules::expression::{Kind, Slot, Symbol, Vocabulary};
//! let mut vocabulary = Vocabulary::default();
//! let entered = Symbol { slot: Slot::Fact(0), name: "已入统".into(), kind: Kind::Boolean };
//! vocabulary.insert("is_entered", entered).expect("a new name");
//! assert_eq!(vocabulary.named("is_entered").map(|symbol| symbol.name.as_str()), Some("已入统"));
//! ```

use super::lexis;
use super::tree::{Amount, Condition};
use crate::money::{Fen, grouped};
use crate::period::Month;
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Where a value stands in a [`super::Row`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    Fact(usize),
    Parameter(usize),
}

/// What a fact or parameter measures. At run time each value is one i64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Fen.
    Money,
    /// Kilowatt-hours.
    Electricity,
    /// Things counted: people, patents, months without power.
    Count,
    /// A bare number: a factor, points, a span of days or months.
    Integer,
    /// A share, counted in parts of which `per` make the whole; a power of ten.
    Rate { per: i64 },
    /// Days since 1970-01-01.
    Day,
    /// [`Month::index`].
    Month,
    /// 0 or 1.
    Boolean,
    /// A code of fixed length, held as the number its digits make.
    Code { digits: u8 },
    /// One of a list, held as its place in the list from 0.
    Choice(Vec<Choice>),
}

/// One entry of a [`Kind::Choice`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Choice {
    /// As expressions write it: `'small'`.
    pub id: String,
    /// As people read it: 小型.
    pub name: String,
}

/// A fact or parameter as expressions see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Symbol {
    pub slot: Slot,
    /// As people read it: 近12个月应税销售额.
    pub name: String,
    pub kind: Kind,
}

/// Why a name cannot join the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameRefused {
    #[error("“{0}”不能作名称：用小写字母开头，其后只用小写字母、数字和下划线，例如 revenue_12m")]
    Shape(String),
    #[error("“{0}”是条件语言自己的词，请换一个名称")]
    Reserved(String),
    #[error("名称“{0}”已经用过，请换一个名称")]
    Taken(String),
    #[error("“{0}”的位置已被“{1}”占用，请另给一个位置")]
    SlotTaken(String, String),
    #[error("“{0}”的代码位数须在 1 至 18 之间")]
    Digits(String),
    #[error("“{0}”的选项须至少一项且标识各不相同")]
    Choices(String),
    #[error("“{0}”的比例须以十、百、千、万等为全份")]
    Whole(String),
}

/// What the pack calls by a name of its own: written once, used in many places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definition {
    Condition(Condition),
    /// The amount is a [`super::Term::Named`].
    Amount(Amount),
}

/// All names that expressions may use; a name and a slot belong to one symbol only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    symbols: BTreeMap<String, Symbol>,
    identifiers: BTreeMap<Slot, String>,
    definitions: BTreeMap<String, Definition>,
    /// Largest distances from zero that are known better than by kind.
    magnitudes: BTreeMap<Slot, u128>,
    /// Days and months until which something is valid.
    expiries: BTreeSet<Slot>,
}

impl Vocabulary {
    /// Adds a name. The vocabulary stays as it was where the name is refused.
    pub fn insert(&mut self, identifier: &str, symbol: Symbol) -> Result<(), NameRefused> {
        let own = identifier.to_string();
        self.check_name(identifier)?;
        if let Some(holder) = self.identifiers.get(&symbol.slot) {
            return Err(NameRefused::SlotTaken(own, holder.clone()));
        }
        match &symbol.kind {
            Kind::Code { digits } if !(1..=18).contains(digits) => {
                return Err(NameRefused::Digits(own));
            }
            Kind::Choice(choices) if choices.is_empty() || repeats(choices) => {
                return Err(NameRefused::Choices(own));
            }
            Kind::Rate { per } if !is_power_of_ten(*per) => {
                return Err(NameRefused::Whole(own));
            }
            _ => {}
        }
        self.identifiers.insert(symbol.slot, own.clone());
        self.symbols.insert(own, symbol);
        Ok(())
    }

    /// Adds a condition or an amount under a name, for expressions read from now on.
    pub fn define(&mut self, identifier: &str, definition: Definition) -> Result<(), NameRefused> {
        self.check_name(identifier)?;
        self.definitions.insert(identifier.to_string(), definition);
        Ok(())
    }

    fn check_name(&self, identifier: &str) -> Result<(), NameRefused> {
        let own = identifier.to_string();
        if !has_shape(identifier) {
            return Err(NameRefused::Shape(own));
        }
        if lexis::is_reserved(identifier) {
            return Err(NameRefused::Reserved(own));
        }
        if self.symbols.contains_key(identifier) || self.definitions.contains_key(identifier) {
            return Err(NameRefused::Taken(own));
        }
        Ok(())
    }

    /// Says that no value at `slot` lies further from zero.
    pub fn bound(&mut self, slot: Slot, magnitude_max: u128) {
        self.magnitudes.insert(slot, magnitude_max);
    }

    /// Says that the time at `slot` is the last of a validity.
    pub fn mark_expiry(&mut self, slot: Slot) {
        self.expiries.insert(slot);
    }

    pub(super) fn is_expiry(&self, slot: Slot) -> bool {
        self.expiries.contains(&slot)
    }

    pub(super) fn magnitude_max(&self, slot: Slot) -> Option<u128> {
        let by_kind = self.at(slot)?.kind.magnitude_max();
        Some(
            self.magnitudes
                .get(&slot)
                .map_or(by_kind, |own| by_kind.min(*own)),
        )
    }

    /// What the pack defined under `identifier`.
    pub fn definition(&self, identifier: &str) -> Option<&Definition> {
        self.definitions.get(identifier)
    }

    /// The symbol that expressions call `identifier`.
    pub fn named(&self, identifier: &str) -> Option<&Symbol> {
        self.symbols.get(identifier)
    }

    /// The symbol that stands at `slot`.
    pub fn at(&self, slot: Slot) -> Option<&Symbol> {
        self.symbols.get(self.identifier(slot)?)
    }

    /// What expressions call the symbol at `slot`.
    pub fn identifier(&self, slot: Slot) -> Option<&str> {
        self.identifiers.get(&slot).map(String::as_str)
    }

    /// Every name in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Symbol)> {
        self.symbols
            .iter()
            .map(|(identifier, symbol)| (identifier.as_str(), symbol))
    }
}

fn has_shape(identifier: &str) -> bool {
    identifier.starts_with(|c: char| c.is_ascii_lowercase())
        && identifier
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn is_power_of_ten(number: i64) -> bool {
    let mut whole = 1i64;
    while whole < number && whole <= RATE_PER_MAX {
        whole *= 10;
    }
    whole == number && number <= RATE_PER_MAX
}

fn repeats(choices: &[Choice]) -> bool {
    choices
        .iter()
        .enumerate()
        .any(|(index, choice)| choices[..index].iter().any(|other| other.id == choice.id))
}

/// Four trillion yuan: more than the year of any firm, and small enough that its product
/// with a rate fits 64 bits, so that every database computes it exactly.
pub const MONEY_MAX: i64 = 400_000_000_000_000;
/// Rates are written to at most six digits after the point.
const RATE_PER_MAX: i64 = 1_000_000;

impl Kind {
    /// The largest distance from zero that a value of this kind may have.
    /// Intermediate results are proved from it to fit, so that no sum or product wraps.
    pub fn magnitude_max(&self) -> u128 {
        match self {
            Kind::Money => MONEY_MAX as u128,
            Kind::Electricity => 1_000_000_000_000,
            Kind::Rate { per } => 100 * per.unsigned_abs() as u128,
            Kind::Count | Kind::Integer => 1_000_000_000,
            Kind::Day => 100_000,
            Kind::Month => 26_400,
            Kind::Boolean => 1,
            Kind::Code { digits } => 10u128.pow(u32::from(*digits)) - 1,
            Kind::Choice(choices) => choices.len() as u128,
        }
    }

    /// Whether `value` may stand in a slot of this kind; loaders ask before they store.
    pub fn admits(&self, value: i64) -> bool {
        match self {
            Kind::Money | Kind::Electricity | Kind::Count | Kind::Integer | Kind::Rate { .. } => {
                u128::from(value.unsigned_abs()) <= self.magnitude_max()
            }
            Kind::Day => in_calendar(value),
            Kind::Month => i32::try_from(value).is_ok_and(|i| Month::from_index(i).is_some()),
            Kind::Boolean => value == 0 || value == 1,
            Kind::Code { .. } => value >= 0 && value as u128 <= self.magnitude_max(),
            Kind::Choice(choices) => usize::try_from(value).is_ok_and(|i| i < choices.len()),
        }
    }

    /// The kind as findings call it.
    pub fn in_words(&self) -> String {
        match self {
            Kind::Money => "金额".to_string(),
            Kind::Electricity => "电量".to_string(),
            Kind::Count => "数量".to_string(),
            Kind::Integer => "整数".to_string(),
            Kind::Rate { .. } => "比例".to_string(),
            Kind::Day => "日期".to_string(),
            Kind::Month => "月份".to_string(),
            Kind::Boolean => "是否".to_string(),
            Kind::Code { digits } => format!("{digits}位代码"),
            Kind::Choice(_) => "选项".to_string(),
        }
    }

    /// A value as people read it, with its unit: 2,345.6 万元 · 2026-09-30 · 小型.
    pub fn in_figures(&self, value: i128) -> String {
        match self {
            Kind::Money => wan_yuan(value),
            Kind::Electricity => format!("{} 千瓦时", whole(value)),
            Kind::Count | Kind::Integer => whole(value),
            Kind::Rate { per } => share(value, i128::from(*per)),
            Kind::Day => day_in_figures(value).unwrap_or_else(|| whole(value)),
            Kind::Month => i32::try_from(value)
                .ok()
                .and_then(Month::from_index)
                .map_or_else(|| whole(value), Month::in_words),
            Kind::Boolean => if value == 0 { "否" } else { "是" }.to_string(),
            Kind::Code { digits } => format!("{value:0width$}", width = usize::from(*digits)),
            Kind::Choice(choices) => usize::try_from(value)
                .ok()
                .and_then(|index| choices.get(index))
                .map_or_else(|| whole(value), |choice| choice.name.clone()),
        }
    }

    /// Can be added, subtracted, negated, and compared with 0.
    pub(super) fn is_quantity(&self) -> bool {
        use Kind::{Count, Electricity, Integer, Money, Rate};
        matches!(self, Money | Electricity | Count | Integer | Rate { .. })
    }

    /// Whether values may be compared and added; rates of different parts may.
    pub(super) fn is_like(&self, other: &Kind) -> bool {
        match (self, other) {
            (Kind::Rate { .. }, Kind::Rate { .. }) => true,
            _ => self == other,
        }
    }

    /// Can be less or more than another.
    pub(super) fn is_ordered(&self) -> bool {
        !matches!(self, Kind::Boolean | Kind::Choice(_))
    }
}

fn in_calendar(days: i64) -> bool {
    i128::from(days).unsigned_abs() <= Kind::Day.magnitude_max()
        && day_in_figures(i128::from(days)).is_some()
}

fn day_in_figures(days: i128) -> Option<String> {
    let distance = Days::new(u64::try_from(days.unsigned_abs()).ok()?);
    let epoch = NaiveDate::default();
    let day = if days < 0 {
        epoch.checked_sub_days(distance)
    } else {
        epoch.checked_add_days(distance)
    }?;
    Some(day.to_string())
}

/// 万元 where the amount is a Fen; beyond that range in whole 万元.
fn wan_yuan(fen: i128) -> String {
    match i64::try_from(fen) {
        Ok(fen) => format!("{} 万元", Fen(fen).in_wan_yuan()),
        Err(_) => format!("{} 万元", whole(fen / i128::from(Fen::PER_WAN_YUAN))),
    }
}

/// 12.5% · 0.05%: exact, without needless noughts.
fn share(value: i128, per: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let hundredfold = value.unsigned_abs() * 100;
    let (whole_part, rest) = (hundredfold / per as u128, hundredfold % per as u128);
    let mut text = format!("{sign}{}", whole(whole_part as i128));
    if rest > 0 {
        let digits = per.ilog10() as usize;
        let decimals = format!("{rest:0digits$}");
        text.push('.');
        text.push_str(decimals.trim_end_matches('0'));
    }
    text + "%"
}

pub(super) fn yuan(fen: i128) -> String {
    match i64::try_from(fen) {
        Ok(fen) => format!("{} 元", Fen(fen).in_yuan()),
        Err(_) => format!("{} 元", whole(fen / i128::from(Fen::PER_YUAN))),
    }
}

pub(super) fn whole(number: i128) -> String {
    let sign = if number < 0 { "-" } else { "" };
    match u64::try_from(number.unsigned_abs()) {
        Ok(number) => format!("{sign}{}", grouped(number)),
        Err(_) => number.to_string(),
    }
}
