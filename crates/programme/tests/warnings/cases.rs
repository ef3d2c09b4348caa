//! The cases beside the card come out as they say, and would notice any other number.

use super::firms::pack;
use programme::outlook::card;
use rules::pack::Pack;
use rules::pack::stated::stated_value;
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = "warnings-cases.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    ordinary: Ordinary,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ordinary {
    on: String,
    facts: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    on: Option<String>,
    #[serde(default)]
    facts: BTreeMap<String, toml::Value>,
    /// None where the firm has no card.
    points: Option<i64>,
    level: Option<String>,
    /// Points that could come on top; not looked at where absent.
    further: Option<i64>,
    /// The level itself where absent.
    possible: Option<String>,
    #[serde(default)]
    items: Vec<String>,
    #[serde(default)]
    unknown: Vec<String>,
    #[serde(default)]
    reasons: Vec<String>,
}

fn cases(pack: &Pack) -> Cases {
    toml::from_str(&pack.files.0[FILE]).expect("cases")
}

fn facts(pack: &Pack, ordinary: &Ordinary, case: &Case) -> Vec<Option<i64>> {
    let mut facts = vec![None; pack.facts.len()];
    for (id, value) in ordinary.facts.iter().chain(&case.facts) {
        let slot = pack.fact_slot(id).unwrap_or_else(|| panic!("no fact {id}"));
        let stated = stated_value(value, &pack.facts[slot].kind);
        facts[slot] = stated.unwrap_or_else(|| panic!("{}: {id} = {value}", case.name));
    }
    facts
}

fn parameters(pack: &Pack, ordinary: &Ordinary, case: &Case) -> Vec<Option<i64>> {
    let day = case.on.as_ref().unwrap_or(&ordinary.on);
    pack.parameters_on(day.parse().expect("a day"))
}

/// What differs from the case, in words.
fn fault(
    pack: &Pack,
    case: &Case,
    facts: &[Option<i64>],
    parameters: &[Option<i64>],
) -> Option<String> {
    let card = card(pack, facts, parameters);
    let Some(points) = case.points else {
        return card.map(|card| format!("there is a card with {} points", card.points));
    };
    let Some(card) = card else {
        return Some("there is no card".to_string());
    };
    if let Some(further) = case.further.filter(|own| *own != card.further) {
        return Some(format!("{} points further, wanted {further}", card.further));
    }
    let level = |level: Option<usize>| match level {
        Some(level) => pack.warnings.levels[level].id.clone(),
        None => "none".to_string(),
    };
    let lines = |holds: Option<bool>| -> Vec<String> {
        let lines = card.lines.iter().zip(&pack.warnings.items);
        let own = lines.filter(|(line, _)| line.holds == holds);
        own.map(|(_, item)| item.id.clone()).collect()
    };
    let reasons: Vec<String> = card
        .reasons
        .iter()
        .map(|reason| pack.warnings.reasons[*reason].id.clone())
        .collect();
    let wanted = case.level.clone().expect("a level where there are points");
    let possible = case.possible.clone().unwrap_or_else(|| wanted.clone());
    let found = (
        (card.points, level(card.level), level(card.possible)),
        (lines(Some(true)), lines(None), reasons),
    );
    let wanted = (
        (points, wanted, possible),
        (
            case.items.clone(),
            case.unknown.clone(),
            case.reasons.clone(),
        ),
    );
    (found != wanted).then(|| format!("found {found:?}\nwanted {wanted:?}"))
}

#[test]
fn every_case_comes_out_as_it_says() {
    let pack = pack();
    let Cases { ordinary, case } = cases(&pack);
    let mut faults = Vec::new();
    for case in &case {
        let facts = facts(&pack, &ordinary, case);
        let parameters = parameters(&pack, &ordinary, case);
        if let Some(fault) = fault(&pack, case, &facts, &parameters) {
            faults.push(format!("{}: {fault}", case.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Each number of the card has a case at it and one beside it: changed by its last digit, up
/// or down, some case comes out otherwise.
#[test]
fn every_number_of_the_card_has_a_case_at_it_and_one_beside_it() {
    let pack = pack();
    let Cases { ordinary, case } = cases(&pack);
    let warnings = &pack.warnings;
    let mut numbers: Vec<usize> = warnings.levels.iter().map(|level| level.points).collect();
    for item in &warnings.items {
        numbers.push(item.points);
        for slot in item.condition.slots() {
            if let rules::expression::Slot::Parameter(parameter) = slot {
                numbers.push(parameter);
            }
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    let mut unnoticed = Vec::new();
    for number in numbers {
        for sign in [1, -1] {
            let is_noticed = case.iter().any(|case| {
                let facts = facts(&pack, &ordinary, case);
                let mut parameters = parameters(&pack, &ordinary, case);
                let parameter = &pack.parameters[number];
                let dated = parameter.values.last().expect("a value");
                let change = sign * parameter.last_digit(&dated.value);
                parameters[number] = parameters[number].map(|value| value + change);
                fault(&pack, case, &facts, &parameters).is_some()
            });
            if !is_noticed {
                unnoticed.push(format!("{} {sign:+}", pack.parameters[number].id));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:?}");
}

#[test]
fn every_item_holds_alone_in_some_case() {
    let pack = pack();
    let Cases { case, .. } = cases(&pack);
    let alone = |id: &String| case.iter().any(|case| case.items == [id.clone()]);
    let items = pack.warnings.items.iter().map(|item| &item.id);
    let never: Vec<&String> = items.filter(|id| !alone(id)).collect();
    assert!(never.is_empty(), "{never:?}");
}
