//! The names that a pack's expressions may use: its facts, its parameters, and the day of
//! law with its month.

use super::facts::Fact;
use super::finding::Finding;
use super::parameters::Parameter;
use super::source::Placed;
use crate::expression::{Kind, NameRefused, Slot, Symbol, Vocabulary};

/// The day whose law is applied, and its month, as expressions call them.
const LAW_DAY: (&str, &str, Kind) = ("law_day", "判定日", Kind::Day);
const LAW_MONTH: (&str, &str, Kind) = ("law_month", "判定月份", Kind::Month);

/// Every fact and every parameter by its slot.
pub(super) fn gather(
    facts: &[(String, Placed<Fact>)],
    parameters: &[(String, Placed<Parameter>)],
    findings: &mut Vec<Finding>,
) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let mut note = |file: &str, line: usize, result: Result<(), NameRefused>| {
        if let Err(refusal) = result {
            findings.push(Finding {
                file: file.to_string(),
                line,
                message: refusal.to_string(),
            });
        }
    };
    for (slot, (file, placed)) in facts.iter().enumerate() {
        let fact = &placed.value;
        let slot = Slot::Fact(slot);
        let symbol = Symbol {
            slot,
            name: fact.name.clone(),
            kind: fact.kind.clone(),
        };
        note(file, placed.line, vocabulary.insert(&fact.id, symbol));
        if let Some(max) = fact.max {
            vocabulary.bound(slot, u128::from(max.unsigned_abs()));
        }
        if fact.expires {
            vocabulary.mark_expiry(slot);
        }
    }
    for (slot, (file, placed)) in parameters.iter().enumerate() {
        let parameter = &placed.value;
        let slot = Slot::Parameter(slot);
        let symbol = Symbol {
            slot,
            name: parameter.name.clone(),
            kind: parameter.expression_kind(),
        };
        note(file, placed.line, vocabulary.insert(&parameter.id, symbol));
        let values = parameter
            .values
            .iter()
            .filter_map(|dated| parameter.number(&dated.value));
        if let Some(most) = values.map(i64::unsigned_abs).max() {
            vocabulary.bound(slot, u128::from(most) + 1);
        }
    }
    for (place, (id, name, kind)) in [LAW_DAY, LAW_MONTH].into_iter().enumerate() {
        let symbol = Symbol {
            slot: Slot::Parameter(parameters.len() + place),
            name: name.to_string(),
            kind,
        };
        note("parameters.toml", 1, vocabulary.insert(id, symbol));
    }
    vocabulary
}
