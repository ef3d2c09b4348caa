//! Classes and stages of firms from their facts, and why.

use super::snapshot::NO_INDEX;
use super::warnings::WarningColumns;
use crate::deliveries::payload::EMPTY;
use rules::expression::{Reason, Row};
use rules::pack::Pack;
use rules::pack::facts::Origin;

/// Where firms stand: per firm the stage, its kind, and bits of the classes that hold or
/// are undecided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ladder {
    pub stage: Vec<i64>,
    pub kind: Vec<i64>,
    pub classes: Vec<i64>,
    pub undecided: Vec<i64>,
}

/// Decides every firm. Fills the columns of “any class” and of the points card on the way.
pub fn decide(pack: &Pack, facts: &mut [Vec<i64>], parameters: &[Option<i64>]) -> Ladder {
    let firms = facts.first().map_or(0, Vec::len);
    let any_class = pack.slot(Origin::AnyClass);
    let card = WarningColumns::of(pack, parameters);
    let mut ladder = Ladder::default();
    let mut values: Vec<Option<i64>> = vec![None; facts.len()];
    for firm in 0..firms {
        for (value, column) in values.iter_mut().zip(facts.iter()) {
            *value = Some(column[firm]).filter(|number| *number != EMPTY);
        }
        let (mut holds, mut open) = (0i64, 0i64);
        for (bit, class) in pack.classes.iter().enumerate() {
            let row = Row {
                facts: &values,
                parameters,
            };
            match class.condition.evaluate(row) {
                Some(true) => holds |= 1 << bit,
                Some(false) => {}
                None => open |= 1 << bit,
            }
        }
        if let Some(slot) = any_class {
            let any = match (holds != 0, open != 0) {
                (true, _) => Some(1),
                (false, false) => Some(0),
                (false, true) => None,
            };
            values[slot] = any;
            facts[slot][firm] = any.unwrap_or(EMPTY);
        }
        card.fill(pack, parameters, &mut values, facts, firm);
        let row = Row {
            facts: &values,
            parameters,
        };
        let (stage, kind) = stage_of(pack, row);
        ladder.stage.push(stage);
        ladder.kind.push(kind);
        ladder.classes.push(holds);
        ladder.undecided.push(open);
    }
    ladder
}

fn stage_of(pack: &Pack, row: Row<'_>) -> (i64, i64) {
    let found = pack
        .stages
        .iter()
        .position(|stage| stage.condition.evaluate(row) == Some(true));
    let Some(stage) = found else {
        return (NO_INDEX, NO_INDEX);
    };
    let kind = pack.stages[stage]
        .kinds
        .iter()
        .position(|kind| kind.condition.evaluate(row) == Some(true));
    (stage as i64, kind.map_or(NO_INDEX, |kind| kind as i64))
}

/// Why a firm stands where it stands: reasons of its stage, and what stayed undecided in
/// the stages that come before it.
pub fn explain_stage(
    pack: &Pack,
    facts: &[Option<i64>],
    parameters: &[Option<i64>],
) -> (Vec<Reason>, Vec<(String, Vec<Reason>)>) {
    let row = Row { facts, parameters };
    let mut undecided = Vec::new();
    for stage in &pack.stages {
        match stage.condition.evaluate(row) {
            Some(true) => return (stage.condition.explain(row, &pack.vocabulary), undecided),
            Some(false) => {}
            None => undecided.push((
                stage.name.clone(),
                stage.condition.explain(row, &pack.vocabulary),
            )),
        }
    }
    (Vec::new(), undecided)
}

/// Why a class of the pool holds, fails or is undecided.
pub fn explain_class(
    pack: &Pack,
    class: usize,
    facts: &[Option<i64>],
    parameters: &[Option<i64>],
) -> Vec<Reason> {
    let row = Row { facts, parameters };
    pack.classes[class].condition.explain(row, &pack.vocabulary)
}
