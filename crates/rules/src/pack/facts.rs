//! Facts: everything that a rule may read, where it comes from, and who may see it.

use super::agencies::DataClass;
use super::delivered::{self, Delivered, DeliveredEntry};
use super::source::{Placed, Source};
use super::stated::{how_to_state, stated_value};
use crate::expression::{Choice, Kind};
use crate::layout::Layout;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A monthly series that departments deliver.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub id: String,
    pub name: String,
    pub kind: SeriesKind,
    pub class: DataClass,
    pub agency: String,
    pub meaning: String,
    /// Several rows of one firm in one delivery add up (several electricity meters);
    /// otherwise the second row is refused.
    #[serde(default)]
    pub adds: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeriesKind {
    /// Fen.
    Money,
    /// Kilowatt-hours.
    Electricity,
    /// Cubic metres.
    Gas,
    /// Persons.
    Count,
}

/// One fact of a firm.
#[derive(Debug, Clone)]
pub struct Fact {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub class: DataClass,
    pub origin: Origin,
    pub meaning: String,
    /// The last day or month of a validity.
    pub expires: bool,
    /// Values further from zero are taken for mistakes and are not known to the rules.
    pub max: Option<i64>,
}

impl Fact {
    /// Whether the rules may compute with a value.
    pub fn admits(&self, value: i64) -> bool {
        let is_within = self
            .max
            .is_none_or(|max| value.unsigned_abs() <= max.unsigned_abs());
        is_within && self.kind.admits(value)
    }
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    Run(RunField),
    Register(RegisterField),
    Status(StatusField),
    Pool(PoolField),
    Feature(Feature),
    /// The forecast of this year's revenue.
    Landing(LandingField),
    /// A column of a delivered list.
    Delivered(Delivered),
    /// Whether any class of `stages.toml` holds.
    AnyClass,
    /// What the points card of `warnings.toml` says of a firm in scale.
    Warning(WarningField),
}

impl Origin {
    /// Whether it is an estimate, or follows from one.
    pub fn is_estimate(&self) -> bool {
        matches!(self, Origin::Landing(_) | Origin::Warning(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunField {
    AsOf,
    YearStart,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegisterField {
    Industry,
    Area,
    County,
    Persons,
    Established,
    Commissioned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusField {
    InScale,
    Entered,
    EntryDoor,
    EntryOrder,
    HasLeft,
    Left,
    LeftReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PoolField {
    Admitted,
    Declared,
}

/// What the landing forecast says of the year of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LandingField {
    /// Probability that the year's revenue reaches the scale threshold.
    Above,
    /// The year's revenue that is undercut with a probability of a tenth.
    Low,
    /// The year's revenue that is as likely undercut as exceeded.
    Middle,
    /// The year's revenue that is exceeded with a probability of a tenth.
    High,
}

/// What the points card says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WarningField {
    /// Points of the items that hold.
    Points,
    /// The level that the points reach: 0 for none, then the card's levels.
    Level,
    /// The level that would be reached if what is unknown held.
    Possible,
}

impl WarningField {
    /// As `from` names it.
    pub fn id(self) -> &'static str {
        match self {
            WarningField::Points => "warning.points",
            WarningField::Level => "warning.level",
            WarningField::Possible => "warning.possible",
        }
    }
}

/// A figure computed from one series over a window that ends at the run's month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Feature {
    /// Index of the series.
    pub series: usize,
    pub measure: FeatureMeasure,
    pub window: Window,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureMeasure {
    /// Sum; unknown where one month is.
    Sum,
    /// Sum of the known months; unknown where none is.
    SumKnown,
    /// Number of known months; never unknown.
    Known,
    /// Months at the window's end that are zero without a break; unknown where the last is.
    ZeroRun,
    /// Months at the window's end without a figure though others of the area have one; months
    /// that nobody of the area has do not count. Unknown where the area has none at all.
    MissingRun,
    /// The last known month.
    Latest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum Window {
    /// The twelve months that end at the run's month.
    #[serde(rename = "months_12")]
    Months12,
    /// January to the run's month.
    #[serde(rename = "year")]
    Year,
    /// The twelve months before the last twelve.
    #[serde(rename = "months_12_before")]
    Months12Before,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactEntry {
    id: String,
    name: String,
    kind: String,
    #[serde(default)]
    digits: Option<u8>,
    #[serde(default)]
    choices: Vec<ChoiceEntry>,
    class: DataClass,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    feature: Option<FeatureEntry>,
    #[serde(default)]
    delivery: Option<DeliveredEntry>,
    #[serde(default)]
    expires: bool,
    /// Parts of the whole, where the kind is a rate.
    #[serde(default)]
    per: Option<i64>,
    /// As values are written: "100%", "1000000000.00", 300.
    #[serde(default)]
    max: Option<toml::Value>,
    meaning: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceEntry {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureEntry {
    series: String,
    measure: FeatureMeasure,
    window: Window,
}

/// The name by which conditions ask whether any class of the pool holds.
const ANY_CLASS: &str = "any_class";

/// The monthly series.
pub(super) fn read_series(source: &mut Source<'_>, agencies: &BTreeSet<String>) -> Vec<Series> {
    let series: Vec<Placed<Series>> = source.entries("series");
    let mut ids = BTreeSet::new();
    for Placed { line, value } in &series {
        if !ids.insert(value.id.clone()) {
            source.note_line(*line, format!("序列“{}”重复", value.id));
        }
        if !agencies.contains(&value.agency) {
            let at = source.line_of(*line, "agency");
            source.note_line(at, format!("机构“{}”不在机构表内", value.agency));
        }
    }
    series.into_iter().map(|placed| placed.value).collect()
}

/// The facts of one file.
pub(super) fn read(
    source: &mut Source<'_>,
    series: &[Series],
    layouts: &[Layout],
) -> Vec<Placed<Fact>> {
    let mut facts = Vec::new();
    for Placed { line, value } in source.entries::<FactEntry>("fact") {
        let origin = match &value.delivery {
            Some(delivery) => delivered::read(delivery, layouts)
                .map(|(delivered, kind)| (Origin::Delivered(delivered), Some(kind))),
            None => origin(&value, series).map(|origin| (origin, None)),
        };
        let (origin, delivered_kind) = match origin {
            Ok(found) => found,
            Err(message) => {
                source.note_line(line, message);
                continue;
            }
        };
        let kind = kind(&value, delivered_kind.as_ref());
        let kind = kind.and_then(|kind| match &delivered_kind {
            Some(delivered) => delivered::fit(&value.id, kind, delivered),
            None => Ok(kind),
        });
        let bounded = kind.and_then(|kind| {
            let max = value
                .max
                .as_ref()
                .map(|max| bound(max, &kind))
                .transpose()?;
            Ok((kind, max))
        });
        match bounded {
            Ok((kind, max)) => facts.push(Placed {
                line,
                value: Fact {
                    id: value.id,
                    name: value.name,
                    kind,
                    class: value.class,
                    origin,
                    meaning: value.meaning,
                    expires: value.expires,
                    max,
                },
            }),
            Err(message) => source.note_line(line, message),
        }
    }
    facts
}

/// The fact by which conditions ask whether any class of the pool holds.
pub(super) fn any_class() -> Fact {
    Fact {
        id: ANY_CLASS.to_string(),
        name: "符合培育库四类之一".to_string(),
        kind: Kind::Boolean,
        class: DataClass::Open,
        origin: Origin::AnyClass,
        meaning: "stages.toml 的四类条件中至少一类成立。".to_string(),
        expires: false,
        max: None,
    }
}

fn bound(max: &toml::Value, kind: &Kind) -> Result<i64, String> {
    stated_value(max, kind)
        .flatten()
        .ok_or_else(|| format!("上限不能写 {max}：{}", how_to_state(kind)))
}

fn kind(entry: &FactEntry, delivered: Option<&Kind>) -> Result<Kind, String> {
    let choices = entry.choices.iter().map(|choice| Choice {
        id: choice.id.clone(),
        name: choice.name.clone(),
    });
    match entry.kind.as_str() {
        "money" => Ok(Kind::Money),
        "electricity" => Ok(Kind::Electricity),
        "count" | "gas" => Ok(Kind::Count),
        "integer" => Ok(Kind::Integer),
        "day" => Ok(Kind::Day),
        "month" => Ok(Kind::Month),
        "boolean" => Ok(Kind::Boolean),
        "rate" => Ok(Kind::Rate {
            per: entry.per.unwrap_or(delivered::PERCENT_PER),
        }),
        "choice" => match delivered {
            Some(kind @ Kind::Choice(_)) if entry.choices.is_empty() => Ok(kind.clone()),
            _ => Ok(Kind::Choice(choices.collect())),
        },
        "code" => entry
            .digits
            .map(|digits| Kind::Code { digits })
            .ok_or_else(|| format!("代码类事实“{}”要写明位数 digits", entry.id)),
        other => Err(format!(
            "类型“{other}”不在 money、electricity、gas、count、integer、rate、day、month、boolean、code、choice 之内"
        )),
    }
}

fn origin(entry: &FactEntry, series: &[Series]) -> Result<Origin, String> {
    if let Some(feature) = &entry.feature {
        let index = series
            .iter()
            .position(|series| series.id == feature.series)
            .ok_or_else(|| format!("没有序列“{}”", feature.series))?;
        return Ok(Origin::Feature(Feature {
            series: index,
            measure: feature.measure,
            window: feature.window,
        }));
    }
    let Some(from) = &entry.from else {
        return Err(format!(
            "事实“{}”要写明来源 from、feature 或 delivery",
            entry.id
        ));
    };
    Ok(match from.as_str() {
        "run.as_of" => Origin::Run(RunField::AsOf),
        "run.year_start" => Origin::Run(RunField::YearStart),
        "register.industry" => Origin::Register(RegisterField::Industry),
        "register.area" => Origin::Register(RegisterField::Area),
        "register.county" => Origin::Register(RegisterField::County),
        "register.persons" => Origin::Register(RegisterField::Persons),
        "register.established" => Origin::Register(RegisterField::Established),
        "register.commissioned" => Origin::Register(RegisterField::Commissioned),
        "status.in_scale" => Origin::Status(StatusField::InScale),
        "status.entered" => Origin::Status(StatusField::Entered),
        "status.entry_door" => Origin::Status(StatusField::EntryDoor),
        "status.entry_order" => Origin::Status(StatusField::EntryOrder),
        "status.has_left" => Origin::Status(StatusField::HasLeft),
        "status.left" => Origin::Status(StatusField::Left),
        "status.left_reason" => Origin::Status(StatusField::LeftReason),
        "pool.admitted" => Origin::Pool(PoolField::Admitted),
        "pool.declared" => Origin::Pool(PoolField::Declared),
        "landing.above" => Origin::Landing(LandingField::Above),
        "landing.low" => Origin::Landing(LandingField::Low),
        "landing.middle" => Origin::Landing(LandingField::Middle),
        "landing.high" => Origin::Landing(LandingField::High),
        "warning.points" => Origin::Warning(WarningField::Points),
        "warning.level" => Origin::Warning(WarningField::Level),
        "warning.possible" => Origin::Warning(WarningField::Possible),
        other => return Err(format!("来源“{other}”不是程序能提供的")),
    })
}
