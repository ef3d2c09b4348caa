//! Facts: everything that a rule may read, where it comes from, and who may see it.

use super::agencies::DataClass;
use super::parameters::{Parameter, ParameterKind};
use super::source::{Placed, Source};
use crate::expression::{Choice, Kind, Slot, Symbol, Vocabulary};
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
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    Run(RunField),
    Register(RegisterField),
    Status(StatusField),
    Pool(PoolField),
    Feature(Feature),
    /// Whether any class of `stages.toml` holds.
    AnyClass,
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

pub(super) fn read(
    source: &mut Source<'_>,
    agencies: &BTreeSet<String>,
) -> (Vec<Series>, Vec<Fact>) {
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
    let series: Vec<Series> = series.into_iter().map(|placed| placed.value).collect();
    let entries: Vec<Placed<FactEntry>> = source.entries("fact");
    let mut facts = Vec::new();
    for Placed { line, value } in entries {
        let origin = origin(&value, &series).map_err(|message| (line, message));
        let kind = kind(&value).map_err(|message| (line, message));
        match (origin, kind) {
            (Ok(origin), Ok(kind)) => facts.push(Fact {
                id: value.id,
                name: value.name,
                kind,
                class: value.class,
                origin,
                meaning: value.meaning,
            }),
            (origin, kind) => {
                for (line, message) in [origin.err(), kind.err()].into_iter().flatten() {
                    source.note_line(line, message);
                }
            }
        }
    }
    facts.push(Fact {
        id: ANY_CLASS.to_string(),
        name: "符合培育库四类之一".to_string(),
        kind: Kind::Boolean,
        class: DataClass::Open,
        origin: Origin::AnyClass,
        meaning: "stages.toml 的四类条件中至少一类成立。".to_string(),
    });
    (series, facts)
}

/// The words that conditions may use: every fact and every parameter by its slot.
pub(super) fn vocabulary(
    facts: &[Fact],
    parameters: &[Parameter],
    source: &mut Source<'_>,
) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for (slot, fact) in facts.iter().enumerate() {
        let symbol = Symbol {
            slot: Slot::Fact(slot),
            name: fact.name.clone(),
            kind: fact.kind.clone(),
        };
        if let Err(refusal) = vocabulary.insert(&fact.id, symbol) {
            source.note_line(1, refusal.to_string());
        }
    }
    for (slot, parameter) in parameters.iter().enumerate() {
        let symbol = Symbol {
            slot: Slot::Parameter(slot),
            name: parameter.name.clone(),
            kind: match parameter.kind {
                ParameterKind::Money => Kind::Money,
                ParameterKind::Count => Kind::Count,
                ParameterKind::Integer => Kind::Integer,
            },
        };
        if let Err(refusal) = vocabulary.insert(&parameter.id, symbol) {
            source.note_line(1, refusal.to_string());
        }
    }
    vocabulary
}

fn kind(entry: &FactEntry) -> Result<Kind, String> {
    let choices = |entry: &FactEntry| {
        let choices = entry.choices.iter().map(|choice| Choice {
            id: choice.id.clone(),
            name: choice.name.clone(),
        });
        choices.collect()
    };
    match entry.kind.as_str() {
        "money" => Ok(Kind::Money),
        "electricity" => Ok(Kind::Electricity),
        "count" => Ok(Kind::Count),
        "integer" => Ok(Kind::Integer),
        "day" => Ok(Kind::Day),
        "month" => Ok(Kind::Month),
        "boolean" => Ok(Kind::Boolean),
        "choice" => Ok(Kind::Choice(choices(entry))),
        "code" => entry
            .digits
            .map(|digits| Kind::Code { digits })
            .ok_or_else(|| format!("代码类事实“{}”要写明位数 digits", entry.id)),
        other => Err(format!(
            "类型“{other}”不在 money、electricity、count、integer、day、month、boolean、code、choice 之内"
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
        return Err(format!("事实“{}”要写明来源 from 或 feature", entry.id));
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
        other => return Err(format!("来源“{other}”不是程序能提供的")),
    })
}
