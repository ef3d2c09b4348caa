//! What firms lack before a measure can be decided, for a whole province.
//!
//! Firms whose comparisons came out alike lack the same facts, so the smallest sets are
//! computed once for each such group and not for each firm.

use super::verdicts::Verdicts;
use crate::outlook::Firms;
use rayon::prelude::*;
use rules::columns::{Planes, Program};
use rules::expression::{Condition, Missing, Row};
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
    let Some(version) = verdicts.version(measure) else {
        return Unresolved::default();
    };
    let mut open = verdicts.plane(measure, Verdict::Unknown);
    if let Some(within) = within {
        open.iter_mut()
            .zip(within)
            .for_each(|(word, own)| *word &= own);
    }
    let undecided: Vec<u32> = ones(&open).collect();
    if undecided.is_empty() {
        return Unresolved::default();
    }
    let version = &pack.measures[measure].versions[version];
    let whole = version.whole();
    let mut leaves = Vec::new();
    whole.leaves(&mut leaves);
    let parameters = pack.parameters_on(verdicts.on);
    let planes = Program::new(&leaves, &parameters, firms.columns()).evaluate(firms.columns());
    let mut by_outcomes: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
    for firm in undecided {
        let key = outcomes(&planes, firm as usize);
        by_outcomes.entry(key).or_default().push(firm);
    }
    let mut found: Vec<(Missing, Vec<u32>)> = by_outcomes
        .into_par_iter()
        .map(|(_, own)| {
            let facts = firms.facts(own[0] as usize);
            (lacking(pack, &whole, &facts, &parameters), own)
        })
        .collect();
    found.sort_by_key(|(_, own)| own[0]);
    let mut groups: Vec<(Missing, Vec<u32>)> = Vec::new();
    for (missing, own) in found {
        match groups.iter_mut().find(|(other, _)| *other == missing) {
            Some((_, all)) => all.extend(own),
            None => groups.push((missing, own)),
        }
    }
    for (_, own) in &mut groups {
        own.sort_unstable();
    }
    Unresolved { groups }
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
