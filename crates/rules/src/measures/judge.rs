//! One firm and one measure: the verdict, what decided it, and the amounts.
//!
//! The province run decides by columns; this is the same decision for one row, and the
//! place where its reasons come from.

use super::{Decider, Measure, Version};
use crate::expression::{Amount, Condition, Kind, Relation, Row, Slot, Term};
use crate::pack::Pack;
use crate::pack::divisions::DivisionCode;
use chrono::NaiveDate;

/// What is decided of a firm and a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// 可享
    Entitled,
    /// 裁量: all conditions hold, an agency decides.
    Discretion,
    /// 依地方细则: all conditions hold, local rules decide, and none is loaded.
    LocalRules,
    /// 待补数据
    Unknown,
    /// 不可享
    NotEntitled,
}

/// A verdict with what it follows from.
#[derive(Debug, Clone)]
pub struct Judgement {
    pub verdict: Verdict,
    /// The version in force; none outside all of them.
    pub version: Option<usize>,
    /// How each condition of that version came out.
    pub outcomes: Vec<Option<bool>>,
    /// The local measure that decided, by index, with its own outcome.
    pub local: Option<(usize, Box<Judgement>)>,
}

/// An amount that a firm gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Index of the benefit in its version.
    pub benefit: usize,
    /// Fen, rounded half away from zero; unknown where a figure is missing.
    pub fen: Option<i128>,
}

impl Verdict {
    pub const ALL: [Verdict; 5] = [
        Verdict::Entitled,
        Verdict::Discretion,
        Verdict::LocalRules,
        Verdict::Unknown,
        Verdict::NotEntitled,
    ];

    /// As officials say it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Entitled => "可享",
            Verdict::Discretion => "裁量",
            Verdict::LocalRules => "依地方细则",
            Verdict::Unknown => "待补数据",
            Verdict::NotEntitled => "不可享",
        }
    }

    /// As programs say it.
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Entitled => "entitled",
            Verdict::Discretion => "discretion",
            Verdict::LocalRules => "local",
            Verdict::Unknown => "unknown",
            Verdict::NotEntitled => "not-entitled",
        }
    }

    /// Whether all conditions hold.
    pub fn is_open_door(self) -> bool {
        !matches!(self, Verdict::Unknown | Verdict::NotEntitled)
    }

    /// The verdict of a version whose conditions came out so.
    pub fn of(outcome: Option<bool>, decided_by: Decider) -> Verdict {
        match (outcome, decided_by) {
            (Some(false), _) => Verdict::NotEntitled,
            (None, _) => Verdict::Unknown,
            (Some(true), Decider::Rule) => Verdict::Entitled,
            (Some(true), Decider::Agency) => Verdict::Discretion,
            (Some(true), Decider::Locality) => Verdict::LocalRules,
        }
    }
}

impl Judgement {
    /// Ids of the conditions that fail.
    pub fn failing<'a>(&'a self, measure: &'a Measure) -> Vec<&'a str> {
        let Some(version) = self.version else {
            return vec![OUT_OF_FORCE];
        };
        let requirements = &measure.versions[version].requirements;
        let outcomes = requirements.iter().zip(&self.outcomes);
        outcomes
            .filter(|(_, outcome)| **outcome == Some(false))
            .map(|(requirement, _)| requirement.id.as_str())
            .collect()
    }
}

/// What stands in place of a condition where no version is in force.
pub const OUT_OF_FORCE: &str = "period";

/// Decides a measure for a firm on a day of law. `row` has the parameters of that day.
pub fn judge(pack: &Pack, measure: usize, row: Row<'_>, day: NaiveDate) -> Judgement {
    let mut judgement = judge_alone(&pack.measures[measure], row, day);
    if judgement.verdict == Verdict::LocalRules
        && let Some(local) = local_rule(pack, measure, row, day)
    {
        let own = judge_alone(&pack.measures[local], row, day);
        judgement.verdict = own.verdict;
        judgement.local = Some((local, Box::new(own)));
    }
    judgement
}

/// Decides a measure by its own text, whatever local packs say.
pub(super) fn judge_alone(measure: &Measure, row: Row<'_>, day: NaiveDate) -> Judgement {
    let Some(version) = measure.version_on(day) else {
        return Judgement {
            verdict: Verdict::NotEntitled,
            version: None,
            outcomes: Vec::new(),
            local: None,
        };
    };
    let requirements = &measure.versions[version].requirements;
    let outcomes: Vec<Option<bool>> = requirements
        .iter()
        .map(|requirement| requirement.condition.evaluate(row))
        .collect();
    let whole = crate::expression::all_of(outcomes.iter().copied());
    Judgement {
        verdict: Verdict::of(whole, measure.versions[version].decided_by),
        version: Some(version),
        outcomes,
        local: None,
    }
}

/// The local measure in force that carries out this one where the firm produces; a county's
/// goes before its city's.
pub fn local_rule(pack: &Pack, measure: usize, row: Row<'_>, day: NaiveDate) -> Option<usize> {
    let id = &pack.measures[measure].id;
    local_rules(pack, id, day)
        .map(|(local, _)| local)
        .find(|local| {
            let own = &pack.measures[*local];
            // Where it holds at all is its first condition.
            let place = own
                .version_on(day)
                .and_then(|version| own.versions[version].requirements.first());
            place.is_some_and(|place| place.condition.evaluate(row) == Some(true))
        })
}

/// Local measures in force that carry out a measure of the province, with their divisions;
/// those of counties first.
pub fn local_rules(
    pack: &Pack,
    id: &str,
    day: NaiveDate,
) -> impl Iterator<Item = (usize, DivisionCode)> {
    let own = pack
        .measures
        .iter()
        .enumerate()
        .filter_map(|(index, local)| {
            let place = local.place.as_ref()?;
            local.version_on(day)?;
            (place.implements.as_deref() == Some(id)).then_some((index, place.division))
        });
    let mut rules: Vec<(usize, DivisionCode)> = own.collect();
    // An area's code ends in 00; 419001 is area and county at once.
    rules.sort_by_key(|(index, division)| (division % 100 == 0, *index));
    rules.into_iter()
}

/// The money of a version for a firm; nothing for benefits without an amount.
pub fn amounts(version: &Version, row: Row<'_>) -> Vec<Granted> {
    let benefits = version.benefits.iter().enumerate();
    benefits
        .filter_map(|(benefit, entry)| {
            let amount = entry.amount.as_ref()?;
            Some(Granted {
                benefit,
                fen: amount.rounded(row),
            })
        })
        .collect()
}

/// The condition that a firm produces in a division.
pub(super) fn produces_in(
    area: Option<usize>,
    county: Option<usize>,
    division: DivisionCode,
) -> Condition {
    let equals = |slot: usize| {
        let code = |term| Amount::whole(term, Kind::Code { digits: 6 });
        Condition::Compare {
            left: code(Term::Slot(Slot::Fact(slot))),
            relation: Relation::Equal,
            right: code(Term::Number(i64::from(division))),
        }
    };
    let mut parts: Vec<Condition> = [area, county].into_iter().flatten().map(equals).collect();
    match parts.len() {
        0 => Condition::Always(true),
        1 => parts.remove(0),
        _ => Condition::Any(parts),
    }
}
