//! What has to be learned of a firm before a measure can be decided.

use super::Version;
use crate::expression::Row;
use crate::pack::Pack;

/// The smallest sets of fact slots that would decide the version's conditions.
pub fn of(_pack: &Pack, version: &Version, row: Row<'_>) -> Vec<Vec<usize>> {
    let slots = version.whole().slots();
    let unknown = slots.iter().filter_map(|slot| match slot {
        crate::expression::Slot::Fact(fact) if row.facts[*fact].is_none() => Some(*fact),
        _ => None,
    });
    vec![unknown.collect()]
}
