//! Whether the cases would notice a wrong number: every number of a measure is changed by
//! one unit, and some case must then come out otherwise.

use super::Measure;
use super::cases::{Case, cases_of, definition_cases, try_case, try_definition};
use crate::expression::{Definition, Slot};
use crate::pack::Pack;
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

/// A changed number that no case noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    pub measure: String,
    /// What was changed and how, in words.
    pub change: String,
}

/// Changes every number of a measure: the parameters that its text names, in each of their
/// dated values, and the days of its versions.
pub fn survivors(pack: &Pack, measure: &Measure) -> Vec<Survivor> {
    let cases = cases_of(pack, measure);
    let mut survivors = Vec::new();
    let mut keep = |change: String| {
        survivors.push(Survivor {
            measure: measure.id.clone(),
            change,
        });
    };
    let numbers: BTreeSet<(usize, usize)> = measure
        .versions
        .iter()
        .flat_map(|version| {
            let slots = version.numbers.iter().copied();
            slots.flat_map(move |slot| {
                let dated = pack.parameters[slot].values.iter().enumerate();
                let overlapping = dated.filter(|(_, dated)| {
                    version.to.is_none_or(|to| dated.from <= to)
                        && dated.to.is_none_or(|to| version.from <= to)
                });
                overlapping.map(move |(place, _)| (slot, place))
            })
        })
        .collect();
    for (slot, place) in numbers {
        for sign in [1, -1] {
            let is_noticed = cases.iter().any(|case| {
                let parameters = changed(pack, case, slot, place, sign);
                try_case(pack, measure, case, &parameters).is_err()
            });
            if !is_noticed {
                keep(described(pack, slot, place, sign));
            }
        }
    }
    for (place, version) in measure.versions.iter().enumerate() {
        for (end, day) in [("生效日期", Some(version.from)), ("失效日期", version.to)] {
            let Some(day) = day else { continue };
            for later in [true, false] {
                let moved = moved(day, later);
                let other = with_end(measure, place, end == "生效日期", moved);
                let is_noticed = cases.iter().any(|case| {
                    let parameters = pack.parameters_on(case.on);
                    try_case(pack, &other, case, &parameters).is_err()
                });
                if !is_noticed {
                    keep(format!("{end} {day} 改为 {moved}"));
                }
            }
        }
    }
    survivors
}

/// The measure with one end of a version moved; a neighbour that it would overlap gives way.
fn with_end(measure: &Measure, place: usize, is_from: bool, day: NaiveDate) -> Measure {
    let mut other = measure.clone();
    if is_from {
        other.versions[place].from = day;
        let before = place
            .checked_sub(1)
            .map(|before| &mut other.versions[before]);
        if let Some(before) = before
            && before.to.is_some_and(|to| to >= day)
        {
            before.to = Some(moved(day, false));
        }
        return other;
    }
    other.versions[place].to = Some(day);
    if let Some(after) = other.versions.get_mut(place + 1)
        && after.from <= day
    {
        after.from = moved(day, true);
    }
    other
}

/// The same for the numbers of the shared definitions.
pub fn definition_survivors(pack: &Pack) -> Vec<Survivor> {
    let cases = definition_cases(pack);
    let mut slots = BTreeSet::new();
    for entry in &pack.definitions {
        let own = match &entry.definition {
            Definition::Condition(condition) => condition.slots(),
            Definition::Amount(amount) => amount.slots(),
        };
        slots.extend(own.into_iter().filter_map(|slot| match slot {
            Slot::Parameter(slot) if slot < pack.parameters.len() => Some(slot),
            _ => None,
        }));
    }
    let mut survivors = Vec::new();
    for slot in slots {
        for place in 0..pack.parameters[slot].values.len() {
            for sign in [1, -1] {
                let is_noticed = cases.iter().any(|case| {
                    let parameters = changed(pack, case, slot, place, sign);
                    try_definition(pack, case, &parameters).is_err()
                });
                if !is_noticed {
                    survivors.push(Survivor {
                        measure: "definitions".to_string(),
                        change: described(pack, slot, place, sign),
                    });
                }
            }
        }
    }
    survivors
}

/// The parameters of a case's day, one dated value changed by a unit.
fn changed(pack: &Pack, case: &Case, slot: usize, place: usize, sign: i64) -> Vec<Option<i64>> {
    let mut parameters = pack.parameters_on(case.on);
    let parameter = &pack.parameters[slot];
    let dated = &parameter.values[place];
    if dated.from <= case.on && dated.to.is_none_or(|to| case.on <= to) {
        let unit = parameter.last_digit(&dated.value);
        parameters[slot] = parameters[slot].map(|value| value + sign * unit);
    }
    parameters
}

fn described(pack: &Pack, slot: usize, place: usize, sign: i64) -> String {
    let parameter = &pack.parameters[slot];
    let dated = &parameter.values[place];
    let (id, name) = (&parameter.id, &parameter.name);
    let more = if sign > 0 { "加" } else { "减" };
    format!(
        "参数 {id}（{name}）{}起的取值 {} {more}一个单位",
        dated.from, dated.value
    )
}

fn moved(day: NaiveDate, later: bool) -> NaiveDate {
    match later {
        true => day + Days::new(1),
        false => day - Days::new(1),
    }
}
