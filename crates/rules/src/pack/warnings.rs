//! The points card that warns of firms about to fall below scale: levels, categories of
//! reasons, and items with their conditions and points, as data.
//!
//! It reads and checks; it judges no firm. An item looks like this:
//!
//! ```toml
//! [[item]]
//! id = "sales-stopped"
//! name = "连续多月没有销售"
//! points = "warning_points_stopped"   # a parameter
//! reason = "stopped"                  # a category
//! band = "sales"                      # items of a band exclude each other
//! condition = "sales_zero_months >= warning_zero_sales_months"
//! relief = "恢复销售"
//! cites = ["2.1.4"]
//! ```

use super::facts::{Fact, Origin, WarningField};
use super::parameters::{Parameter, ParameterKind};
use super::source::{Placed, Source};
use crate::expression::{Condition, Kind, Slot, Vocabulary, parse};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// More items than this no official reads, and what takes points off is looked for among all
/// their subsets.
pub const ITEMS_MAX: usize = 32;
/// Lists count firms by level side by side.
pub const LEVELS_MAX: usize = 5;
/// Points of one item or level; sums of all items stay far inside 64 bits.
const POINTS_MAX: i64 = 1_000;
/// The first choice of the fact of the level: nothing to warn of.
pub const NO_LEVEL: &str = "none";

/// The whole card.
#[derive(Debug, Clone, Default)]
pub struct Warnings {
    pub hand_over: HandOver,
    /// From light to grave.
    pub levels: Vec<Level>,
    pub reasons: Vec<ReasonCategory>,
    pub items: Vec<Item>,
}

/// Who hands lists of warned firms on, and on what ground.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Id of the one agency that hands on.
    pub agency: String,
    pub basis: String,
    /// What every list says of its use.
    pub notice: String,
    pub cites: Vec<String>,
}

/// How grave it is.
#[derive(Debug, Clone)]
pub struct Level {
    pub id: String,
    pub name: String,
    /// Parameter: from so many points on.
    pub points: usize,
    pub meaning: String,
    pub cites: Vec<String>,
}

/// What agencies tell each other of why a firm is warned of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonCategory {
    pub id: String,
    pub name: String,
}

/// One line of the card.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    /// As an official reads it.
    pub name: String,
    /// Parameter: the points it adds.
    pub points: usize,
    /// Index into the categories.
    pub reason: usize,
    /// Of the items of one band at most one holds.
    pub band: Option<String>,
    pub condition: Condition,
    /// The condition as it stands in the pack.
    pub text: String,
    /// What would take the points off.
    pub relief: String,
    pub cites: Vec<String>,
}

impl Warnings {
    /// The level of an id or a name.
    pub fn level_named(&self, text: &str) -> Option<usize> {
        let is_it = |level: &Level| level.id == text || level.name == text;
        self.levels.iter().position(is_it)
    }

    /// The category of an id or a name.
    pub fn reason_named(&self, text: &str) -> Option<usize> {
        let is_it = |reason: &ReasonCategory| reason.id == text || reason.name == text;
        self.reasons.iter().position(is_it)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelEntry {
    id: String,
    name: String,
    points: String,
    meaning: String,
    cites: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemEntry {
    id: String,
    name: String,
    points: String,
    reason: String,
    #[serde(default)]
    band: Option<String>,
    condition: Spanned<String>,
    relief: String,
    cites: Vec<String>,
}

/// What the card is written with.
pub(super) struct Known<'a> {
    pub vocabulary: &'a Vocabulary,
    pub facts: &'a [Fact],
    pub parameters: &'a [Parameter],
    pub clauses: &'a BTreeSet<String>,
    pub agencies: &'a BTreeSet<String>,
}

pub(super) fn read(source: &mut Source<'_>, known: &Known<'_>) -> Warnings {
    let hand_over: HandOver = source.required("hand_over").unwrap_or_default();
    if !hand_over.agency.is_empty() && !known.agencies.contains(&hand_over.agency) {
        source.note_line(1, format!("移交机构“{}”不在机构表内", hand_over.agency));
    }
    known.check_cites(source, 1, "hand_over", &hand_over.cites);
    let levels = read_levels(source, known);
    let reasons: Vec<Placed<ReasonCategory>> = source.entries("reason");
    let mut names = BTreeSet::new();
    for Placed { line, value } in &reasons {
        if !names.insert(&value.id) || !names.insert(&value.name) {
            source.note_line(*line, format!("原因类别“{}”重复", value.id));
        }
    }
    let items = read_items(source, known, &reasons);
    check_use(source, &reasons, &items);
    check_facts(source, known.facts, &levels);
    Warnings {
        hand_over,
        levels,
        reasons: reasons.into_iter().map(|placed| placed.value).collect(),
        items,
    }
}

fn read_levels(source: &mut Source<'_>, known: &Known<'_>) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for Placed { line, value } in source.entries::<LevelEntry>("level") {
        let is_taken = |level: &Level| level.id == value.id || level.name == value.name;
        if levels.iter().any(is_taken) || value.id == NO_LEVEL {
            source.note_line(line, format!("级别“{}”重复", value.id));
        }
        known.check_cites(source, line, &value.id, &value.cites);
        let Some(points) = known.points(source, line, &value.points) else {
            continue;
        };
        if let Some(lighter) = levels.last() {
            check_order(source, line, known, (lighter.points, points));
        }
        levels.push(Level {
            id: value.id,
            name: value.name,
            points,
            meaning: value.meaning,
            cites: value.cites,
        });
    }
    if levels.is_empty() {
        source.note_line(1, "没有任何级别，请写 [[level]]".to_string());
    }
    if levels.len() > LEVELS_MAX {
        source.note_line(1, format!("级别最多{LEVELS_MAX}个"));
    }
    levels
}

/// On every day on which either is known, the graver level begins higher.
fn check_order(
    source: &mut Source<'_>,
    line: usize,
    known: &Known<'_>,
    (lighter, graver): (usize, usize),
) {
    let (lighter, graver) = (&known.parameters[lighter], &known.parameters[graver]);
    let days = lighter.values.iter().chain(&graver.values);
    let is_wrong = |day| match (lighter.on(day), graver.on(day)) {
        (Some(low), Some(high)) => low >= high,
        (low, high) => low.is_some() != high.is_some(),
    };
    if days.map(|dated| dated.from).any(is_wrong) {
        let message = format!(
            "级别由轻到重排列，“{}”应始终大于“{}”",
            graver.id, lighter.id
        );
        source.note_line(line, message);
    }
}

fn read_items(
    source: &mut Source<'_>,
    known: &Known<'_>,
    reasons: &[Placed<ReasonCategory>],
) -> Vec<Item> {
    let mut ids = BTreeSet::new();
    let mut items = Vec::new();
    for Placed { line, value } in source.entries::<ItemEntry>("item") {
        if !ids.insert(value.id.clone()) {
            source.note_line(line, format!("“{}”重复", value.id));
        }
        known.check_cites(source, line, &value.id, &value.cites);
        for (key, text) in [("name", &value.name), ("relief", &value.relief)] {
            if text.trim().is_empty() {
                source.note_line(source.line_of(line, key), format!("{key} 不能空着"));
            }
        }
        let reason = reasons.iter().position(|own| own.value.id == value.reason);
        if reason.is_none() {
            let at = source.line_of(line, "reason");
            source.note_line(at, format!("没有原因类别“{}”", value.reason));
        }
        let points = known.points(source, line, &value.points);
        let condition = known.condition(source, &value.condition);
        if let (Some(reason), Some(points), Some(condition)) = (reason, points, condition) {
            items.push(Item {
                id: value.id,
                name: value.name,
                points,
                reason,
                band: value.band,
                condition,
                text: value.condition.into_inner(),
                relief: value.relief,
                cites: value.cites,
            });
        }
    }
    if items.len() > ITEMS_MAX {
        source.note_line(1, format!("积分卡最多{ITEMS_MAX}项，请合并"));
    }
    items
}

fn check_use(source: &mut Source<'_>, reasons: &[Placed<ReasonCategory>], items: &[Item]) {
    for (index, Placed { line, value }) in reasons.iter().enumerate() {
        if !items.iter().any(|item| item.reason == index) {
            source.note_line(*line, format!("原因类别“{}”没有用到", value.id));
        }
    }
    for item in items {
        let Some(band) = &item.band else { continue };
        let own = items.iter().filter(|own| own.band.as_ref() == Some(band));
        if own.count() < 2 {
            source.note_line(1, format!("“{band}”只有一项，不必写 band"));
        }
    }
}

/// The facts that the run fills from the card have its levels as their choices.
fn check_facts(source: &mut Source<'_>, facts: &[Fact], levels: &[Level]) {
    let wanted: Vec<&str> = std::iter::once(NO_LEVEL)
        .chain(levels.iter().map(|level| level.id.as_str()))
        .collect();
    for field in [
        WarningField::Points,
        WarningField::Level,
        WarningField::Possible,
    ] {
        let fact = facts
            .iter()
            .find(|fact| fact.origin == Origin::Warning(field));
        let Some(fact) = fact else {
            let message = format!("事实表没有来源为 {} 的事实", field.id());
            source.note_line(1, message);
            continue;
        };
        let fits = match (&fact.kind, field) {
            (Kind::Count, WarningField::Points) => true,
            (Kind::Choice(choices), WarningField::Level | WarningField::Possible) => choices
                .iter()
                .map(|own| own.id.as_str())
                .eq(wanted.iter().copied()),
            _ => false,
        };
        if !fits {
            let message = match field {
                WarningField::Points => format!("事实“{}”应为 count", fact.id),
                _ => format!("事实“{}”的选项应依次为 {}", fact.id, wanted.join("、")),
            };
            source.note_line(1, message);
        }
    }
}

impl Known<'_> {
    fn check_cites(&self, source: &mut Source<'_>, line: usize, id: &str, cites: &[String]) {
        let at = source.line_of(line, "cites");
        if cites.is_empty() {
            source.note_line(at, format!("“{id}”没有引用条款，请补上 cites"));
        }
        for cite in cites.iter().filter(|cite| !self.clauses.contains(*cite)) {
            source.note_line(at, format!("没有条款 {cite}"));
        }
    }

    /// The parameter that holds a number of points.
    fn points(&self, source: &mut Source<'_>, line: usize, id: &str) -> Option<usize> {
        let at = source.line_of(line, "points");
        let found = self.parameters.iter().position(|own| own.id == id);
        let Some(index) = found else {
            source.note_line(at, format!("参数表没有“{id}”；分值要写成参数"));
            return None;
        };
        let parameter = &self.parameters[index];
        let is_points = |text: &String| {
            let number = parameter.number(text);
            number.is_some_and(|number| (1..=POINTS_MAX).contains(&number))
        };
        let fits = parameter.kind == ParameterKind::Count
            && parameter.values.iter().all(|dated| is_points(&dated.value));
        if !fits {
            source.note_line(
                at,
                format!("参数“{id}”应为 count，在 1 到 {POINTS_MAX} 之间"),
            );
        }
        Some(index)
    }

    fn condition(&self, source: &mut Source<'_>, text: &Spanned<String>) -> Option<Condition> {
        let condition = match parse(text.get_ref(), self.vocabulary) {
            Ok(condition) => condition,
            Err(findings) => {
                source.note_expression(text.span().start, &findings);
                return None;
            }
        };
        for slot in condition.slots() {
            let Slot::Fact(fact) = slot else { continue };
            let fact = &self.facts[fact];
            if matches!(fact.origin, Origin::Warning(_)) {
                let message = format!("“{}”由积分卡算出，不能写进积分卡的条件", fact.id);
                source.note(text.span().start, message);
            }
        }
        Some(condition)
    }
}
