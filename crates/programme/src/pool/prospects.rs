//! Who of a snapshot may land this year: the firms of the pool, and the candidates beside it.
//!
//! It reads the forecast's probability as the snapshot has it; where there is none, the firm
//! is there without one.

use super::membership::Membership;
use super::sufficiency::Prospect;
use crate::outlook::Firms;
use rules::expression::Kind;
use rules::pack::Pack;
use rules::pack::facts::{LandingField, Origin, RegisterField};
use std::collections::HashMap;

/// Firms of the pool that are not above scale, and firms outside it that fit a class; those
/// whose area is not known belong to nobody's pool and are left out.
pub fn prospects(pack: &Pack, firms: &Firms, members: &HashMap<u128, Membership>) -> Vec<Prospect> {
    let industry = pack.slot(Origin::Register(RegisterField::Industry));
    let one = |firm: usize| {
        let area = firms.area(firm)?;
        let member = members.get(&firms.keys()[firm]);
        let is_admitted = member.is_some_and(|member| member.standing.admitted);
        let class = firms.first_class(firm);
        let may_land = firms.in_scale(firm) != Some(true) && (is_admitted || class.is_some());
        may_land.then(|| Prospect {
            firm,
            in_pool: is_admitted,
            above: probability(pack, firms, firm),
            industry: industry
                .and_then(|slot| firms.fact(firm, slot))
                .and_then(|code| u32::try_from(code / 100).ok()),
            area,
            county: firms.county(firm),
            class,
        })
    };
    (0..firms.len()).filter_map(one).collect()
}

/// Probability (0 to 1) that the year's revenue reaches the threshold; none where the
/// forecast does not say.
fn probability(pack: &Pack, firms: &Firms, firm: usize) -> Option<f64> {
    let slot = pack.slot(Origin::Landing(LandingField::Above))?;
    let Kind::Rate { per } = pack.facts[slot].kind else {
        return None;
    };
    let parts = firms.fact(firm, slot)?;
    Some(parts as f64 / per as f64)
}
