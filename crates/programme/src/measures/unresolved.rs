//! What firms lack before a measure can be decided, for a whole province.
//!
//! Firms whose comparisons came out alike lack the same facts, so the smallest sets are
//! computed once for each such group and not for each firm.

use super::verdicts::Verdicts;
use crate::outlook::Firms;
use rayon::prelude::*;
use rules::columns::{Planes, Program};
use rules::expression::{Condition, Missing, Row, Slot};
use rules::measures::Verdict;
use rules::pack::Pack;
use std::collections::HashMap;

/// Firms with the verdict 待补数据 of one measure, by what they lack.
#[derive(Debug, Clone, Default)]
pub struct Unresolved {
    /// What is missing, and the firms, in the order of the first of them.
    pub groups: Vec<(Missing, Vec<u32>)>,
}

/// Groups the undecided firms of a measure. `within` limits them to those of a plane.
pub fn unresolved(
    pack: &Pack,
    firms: &Firms,
    verdicts: &Verdicts,
    measure: usize,
    within: Option<&[u64]>,
) -> Unresolved {
    let mut open = verdicts.plane(measure, Verdict::Unknown);
    if let Some(within) = within {
        open.iter_mut()
            .zip(within)
            .for_each(|(word, own)| *word &= own);
    }
    let mut groups: Vec<(Missing, Vec<u32>)> = Vec::new();
    for (deciding, plane) in verdicts.deciding(measure) {
        let pairs = open.iter().zip(plane);
        let own: Vec<u64> = pairs.map(|(open, own)| open & own).collect();
        let undecided: Vec<u32> = ones(&own).collect();
        let Some(version) = verdicts.version(deciding).filter(|_| !undecided.is_empty()) else {
            continue;
        };
        let whole = pack.measures[deciding].versions[version].whole();
        let parameters = pack.parameters_on(verdicts.on);
        for (missing, own) in alike(pack, firms, &whole, &parameters, undecided) {
            match groups.iter_mut().find(|(other, _)| *other == missing) {
                Some((_, all)) => all.extend(own),
                None => groups.push((missing, own)),
            }
        }
    }
    for (_, own) in &mut groups {
        own.sort_unstable();
    }
    groups.sort_by_key(|(_, own)| own[0]);
    Unresolved { groups }
}

/// Firms that lack the same: their comparisons came out alike, the same facts are unknown,
/// and where a comparison of several facts is open, the known ones are equal.
fn alike(
    pack: &Pack,
    firms: &Firms,
    whole: &Condition,
    parameters: &[Option<i64>],
    undecided: Vec<u32>,
) -> Vec<(Missing, Vec<u32>)> {
    let mut leaves = Vec::new();
    whole.leaves(&mut leaves);
    let planes = Program::new(&leaves, parameters, firms.columns()).evaluate(firms.columns());
    let read: Vec<Vec<usize>> = leaves.iter().map(|leaf| facts_of(leaf)).collect();
    let slots = facts_of(whole);
    let mut by_key: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
    for firm in undecided {
        let mut key = outcomes(&planes, firm as usize);
        for slot in &slots {
            key.push(u8::from(firms.fact(firm as usize, *slot).is_none()));
        }
        for (planes, facts) in planes.iter().zip(&read) {
            if facts.len() > 1 && planes.verdict(firm as usize).is_none() {
                for fact in facts {
                    let value = firms.fact(firm as usize, *fact).unwrap_or(i64::MIN);
                    key.extend(value.to_le_bytes());
                }
            }
        }
        by_key.entry(key).or_default().push(firm);
    }
    by_key
        .into_par_iter()
        .map(|(_, own)| {
            let facts = firms.facts(own[0] as usize);
            (lacking(pack, whole, &facts, parameters), own)
        })
        .collect()
}

fn facts_of(condition: &Condition) -> Vec<usize> {
    let slots = condition.slots().into_iter();
    let facts = slots.filter_map(|slot| match slot {
        Slot::Fact(fact) => Some(fact),
        Slot::Parameter(_) => None,
    });
    facts.collect()
}

fn lacking(
    pack: &Pack,
    whole: &Condition,
    facts: &[Option<i64>],
    parameters: &[Option<i64>],
) -> Missing {
    whole.smallest_missing(Row { facts, parameters }, &pack.vocabulary)
}

/// How every comparison came out for a firm, four to a byte.
fn outcomes(planes: &[Planes], firm: usize) -> Vec<u8> {
    planes
        .chunks(4)
        .map(|chunk| {
            chunk.iter().fold(0u8, |byte, planes| {
                let code = match planes.verdict(firm) {
                    None => 0,
                    Some(false) => 1,
                    Some(true) => 2,
                };
                byte << 2 | code
            })
        })
        .collect()
}

/// The places of the bits that are set.
pub fn ones(plane: &[u64]) -> impl Iterator<Item = u32> + '_ {
    plane.iter().enumerate().flat_map(|(place, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let bit = rest.trailing_zeros();
            rest &= rest - 1;
            Some(place as u32 * 64 + bit)
        })
    })
}
