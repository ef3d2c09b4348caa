//! All measures for all firms of a snapshot on one day of law, as bit planes.
//!
//! The same decision as `rules::measures::judge` makes for one firm, for a province at once.
//!
//! ```text
//! let verdicts = Verdicts::on(&pack, firms.columns(), day);
//! assert_eq!(verdicts.of(measure, firm), judge(&pack, measure, row, day).verdict);
//! ```

use crate::outlook::Firms;
use chrono::NaiveDate;
use rules::columns::{Columns, Planes, Program};
use rules::expression::Condition;
use rules::measures::{Decider, Verdict, local_rules};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;

/// Verdicts of one day, by measure of the pack and firm of the snapshot.
#[derive(Debug, Clone)]
pub struct Verdicts {
    pub on: NaiveDate,
    firms: usize,
    measures: Vec<Decided>,
}

/// What was decided of one measure.
#[derive(Debug, Clone)]
struct Decided {
    /// The version in force; outside all of them nobody is entitled.
    version: Option<usize>,
    decided_by: Decider,
    /// The version's conditions, or those of the local measure that decides a firm.
    planes: Planes,
    /// Firms that a local measure decided, with who has the last word there.
    by_locals: Vec<(usize, Decider, Vec<u64>)>,
}

impl Verdicts {
    /// Decides everything on a day of law.
    pub fn on(pack: &Pack, columns: &Columns, on: NaiveDate) -> Verdicts {
        let parameters = pack.parameters_on(on);
        let versions: Vec<Option<usize>> = pack
            .measures
            .iter()
            .map(|measure| measure.version_on(on))
            .collect();
        let wholes: Vec<Condition> = pack
            .measures
            .iter()
            .zip(&versions)
            .map(|(measure, version)| match version {
                Some(version) => measure.versions[*version].whole(),
                None => Condition::Always(false),
            })
            .collect();
        // Where a local measure holds at all is its first condition.
        let places = pack
            .measures
            .iter()
            .zip(&versions)
            .map(|(measure, version)| {
                let own = measure.place.as_ref().and(*version);
                own.map_or(Condition::Always(false), |version| {
                    measure.versions[version].requirements[0].condition.clone()
                })
            });
        let places: Vec<Condition> = places.collect();
        let conditions: Vec<&Condition> = wholes.iter().chain(&places).collect();
        let mut planes = Program::new(&conditions, &parameters, columns).evaluate(columns);
        let places = planes.split_off(wholes.len());
        let measures = planes.into_iter().zip(&versions).zip(&pack.measures).map(
            |((planes, version), measure)| Decided {
                version: *version,
                decided_by: version.map_or(Decider::Rule, |v| measure.versions[v].decided_by),
                planes,
                by_locals: Vec::new(),
            },
        );
        let mut verdicts = Verdicts {
            on,
            firms: columns.firms(),
            measures: measures.collect(),
        };
        verdicts.apply_locals(pack, &places);
        verdicts
    }

    /// Where a measure leaves its rule to localities, the local one in force decides.
    fn apply_locals(&mut self, pack: &Pack, places: &[Planes]) {
        for (index, measure) in pack.measures.iter().enumerate() {
            if self.measures[index].decided_by != Decider::Locality || measure.place.is_some() {
                continue;
            }
            let mut left = self.measures[index].planes.holds.clone();
            for (local, _) in local_rules(pack, &measure.id, self.on) {
                let pairs = left.iter().zip(&places[local].holds);
                let mine: Vec<u64> = pairs.map(|(left, place)| left & place).collect();
                let rule = self.measures[local].planes.clone();
                let decider = self.measures[local].decided_by;
                let own = &mut self.measures[index];
                for (word, mine) in mine.iter().enumerate() {
                    left[word] &= !mine;
                    own.planes.holds[word] &= !mine | rule.holds[word];
                    own.planes.fails[word] |= mine & rule.fails[word];
                }
                own.by_locals.push((local, decider, mine));
            }
        }
    }

    pub fn firms(&self) -> usize {
        self.firms
    }

    /// The version of a measure that is in force.
    pub fn version(&self, measure: usize) -> Option<usize> {
        self.measures[measure].version
    }

    /// Whose text decides which firms: the measure's own, and local ones where they carry it
    /// out; a plane each.
    pub fn deciding(&self, measure: usize) -> Vec<(usize, Vec<u64>)> {
        let own = &self.measures[measure];
        let mut rest = vec![u64::MAX; self.firms.div_ceil(64)];
        let mut deciding = Vec::new();
        for (local, _, mine) in &own.by_locals {
            rest.iter_mut()
                .zip(mine)
                .for_each(|(word, mine)| *word &= !mine);
            deciding.push((*local, mine.clone()));
        }
        deciding.push((measure, rest));
        deciding
    }

    /// The verdict of a measure for a firm.
    pub fn of(&self, measure: usize, firm: usize) -> Verdict {
        let own = &self.measures[measure];
        let has = |plane: &[u64]| plane[firm / 64] >> (firm % 64) & 1 == 1;
        let local = own.by_locals.iter().find(|(_, _, mine)| has(mine));
        let decided_by = local.map_or(own.decided_by, |(_, decider, _)| *decider);
        Verdict::of(own.planes.verdict(firm), decided_by)
    }

    /// The firms with a verdict, a bit each.
    pub fn plane(&self, measure: usize, verdict: Verdict) -> Vec<u64> {
        let own = &self.measures[measure];
        let planes = &own.planes;
        match verdict {
            Verdict::NotEntitled => planes.fails.clone(),
            Verdict::Unknown => {
                let pairs = planes.holds.iter().zip(&planes.fails);
                let mut open: Vec<u64> = pairs.map(|(holds, fails)| !(holds | fails)).collect();
                if let Some(last) = open.last_mut()
                    && !self.firms.is_multiple_of(64)
                {
                    *last &= (1 << (self.firms % 64)) - 1;
                }
                open
            }
            open_door => {
                let mut plane = vec![0; planes.holds.len()];
                let mut others = planes.holds.clone();
                for (_, decider, mine) in &own.by_locals {
                    let is_meant = Verdict::of(Some(true), *decider) == open_door;
                    for (word, mine) in mine.iter().enumerate() {
                        let here = others[word] & mine;
                        others[word] &= !mine;
                        plane[word] |= if is_meant { here } else { 0 };
                    }
                }
                if Verdict::of(Some(true), own.decided_by) == open_door {
                    plane
                        .iter_mut()
                        .zip(others)
                        .for_each(|(to, more)| *to |= more);
                }
                plane
            }
        }
    }

    /// How many firms have each verdict, in the order of [`Verdict::ALL`], among those of a
    /// plane or among all.
    pub fn counts(&self, measure: usize, within: Option<&[u64]>) -> [usize; 5] {
        Verdict::ALL.map(|verdict| {
            let plane = self.plane(measure, verdict);
            let words = plane.iter().enumerate();
            words
                .map(|(place, word)| {
                    let chosen = within.map_or(u64::MAX, |within| within[place]);
                    (word & chosen).count_ones() as usize
                })
                .sum()
        })
    }
}

/// The firms that produce in an area or a county, a bit each.
pub fn within(firms: &Firms, division: DivisionCode) -> Vec<u64> {
    let mut plane = vec![0u64; firms.len().div_ceil(64)];
    for firm in 0..firms.len() {
        let is_here = firms.area(firm) == Some(division) || firms.county(firm) == Some(division);
        plane[firm / 64] |= u64::from(is_here) << (firm % 64);
    }
    plane
}
