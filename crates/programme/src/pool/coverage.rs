//! Whether a pool suffices: its firms against ceil(factor × target), firms that it
//! brought above scale this year counted, so that success does not look like a
//! shortfall (clause 2.1.1).

use super::membership::Membership;
use crate::outlook::Firms;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::{Origin, RunField, StatusField};
use std::collections::{BTreeMap, HashMap};

/// The pool of one area or county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The area, or the county within it; `None` for firms of an area whose county is
    /// not known.
    pub area: DivisionCode,
    pub county: Option<DivisionCode>,
    /// Whether this is the line of the whole area.
    pub is_area: bool,
    /// Issued target of the year; none where no target was issued to this division.
    pub target: Option<u32>,
    /// ceil(factor × target).
    pub required: Option<u32>,
    /// In the pool now.
    pub in_pool: u32,
    /// Of the pool, above scale this year.
    pub promoted: u32,
    /// In the pool now, by the pack's classes; firms of no class in the last place.
    pub by_class: Vec<u32>,
}

impl Coverage {
    /// Pool firms that count: in the pool now, or promoted from it this year.
    pub fn counted(&self) -> u32 {
        self.in_pool + self.promoted
    }

    /// How many firms are missing; zero where the pool suffices.
    pub fn missing(&self) -> Option<u32> {
        self.required
            .map(|required| required.saturating_sub(self.counted()))
    }
}

/// Coverage of every area, each followed by its counties and, where there are any, by
/// its firms whose county is not known.
pub fn coverage(
    pack: &Pack,
    firms: &Firms,
    members: &HashMap<u128, Membership>,
    targets: &BTreeMap<DivisionCode, u32>,
    factor_percent: i64,
) -> Vec<Coverage> {
    let mut lines: BTreeMap<(DivisionCode, u8, DivisionCode), Coverage> = BTreeMap::new();
    let line = |area: DivisionCode, county: Option<DivisionCode>, is_area: bool| {
        let division = if is_area { Some(area) } else { county };
        let target = division.and_then(|code| targets.get(&code)).copied();
        Coverage {
            area,
            county,
            is_area,
            target,
            required: target.map(|target| required(target, factor_percent)),
            in_pool: 0,
            promoted: 0,
            by_class: vec![0; pack.classes.len() + 1],
        }
    };
    for area in pack.divisions.areas() {
        lines.insert((area.code, 0, 0), line(area.code, None, true));
        for county in pack.divisions.counties_of(area.code) {
            let key = (area.code, 1, county.code);
            lines.insert(key, line(area.code, Some(county.code), false));
        }
    }
    for firm in 0..firms.len() {
        let member = members
            .get(&firms.keys()[firm])
            .copied()
            .unwrap_or_default();
        let (Some(place), Some(area)) = (counts(pack, firms, firm, member), firms.area(firm))
        else {
            continue;
        };
        let class = firms.first_class(firm).unwrap_or(pack.classes.len());
        let own = pack.divisions.counties_of(area).next().is_none();
        let county_key = match firms.county(firm) {
            _ if own => None,
            Some(county) => Some((area, 1, county)),
            None => Some((area, 2, 0)),
        };
        for key in [Some((area, 0, 0)), county_key].into_iter().flatten() {
            let entry = lines.entry(key).or_insert_with(|| line(area, None, false));
            match place {
                Counted::Promoted => entry.promoted += 1,
                Counted::Member => {
                    entry.in_pool += 1;
                    entry.by_class[class] += 1;
                }
            }
        }
    }
    lines.into_values().collect()
}

enum Counted {
    Member,
    Promoted,
}

/// Whether a firm counts: in the pool and not above scale, or promoted out of it this year.
fn counts(pack: &Pack, firms: &Firms, firm: usize, member: Membership) -> Option<Counted> {
    if firms.in_scale(firm) != Some(true) {
        return member.standing.admitted.then_some(Counted::Member);
    }
    let fact = |origin| pack.slot(origin).and_then(|slot| firms.fact(firm, slot));
    let entered = fact(Origin::Status(StatusField::Entered))?;
    let year_start = fact(Origin::Run(RunField::YearStart))?;
    (member.ever_admitted && entered >= year_start).then_some(Counted::Promoted)
}

/// ceil(factor × target) with the factor in percent.
pub fn required(target: u32, factor_percent: i64) -> u32 {
    let product = i64::from(target) * factor_percent;
    u32::try_from((product.max(0) + 99) / 100).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::required;

    #[test]
    fn the_factor_is_rounded_up() {
        let cases = [
            (310, 120, 372),
            (130, 120, 156),
            (50, 120, 60),
            (1, 120, 2),
            (5, 120, 6),
            (6, 120, 8),
            (0, 120, 0),
        ];
        for (target, factor, expected) in cases {
            assert_eq!(required(target, factor), expected, "{target} × {factor} %");
        }
    }
}
