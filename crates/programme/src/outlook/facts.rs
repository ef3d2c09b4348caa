//! The facts of firms, column by column in the pack's order.

use super::forecast::Landing;
use super::landing;
use crate::deliveries::payload::EMPTY;
use crate::indicators::{Figures, feature};
use crate::register::{Door, Enterprise, StatusBook, StatusOn};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::{Feature, Origin, PoolField, RegisterField, RunField, StatusField};
use rules::period::Month;
use std::collections::{BTreeMap, HashMap};

/// What people's records say of a firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    pub admitted: bool,
    pub declared: bool,
}

/// One firm of the run: described by the register, or known only from a confirmed list.
pub(super) struct Subject<'a> {
    pub key: u128,
    pub enterprise: Option<&'a Enterprise>,
    /// Where it counts: place of production, or the registering area where the register
    /// does not have the firm.
    pub area: Option<DivisionCode>,
    pub standing: Standing,
}

/// All facts of the subjects: one column per fact, [`EMPTY`] for unknown.
pub(super) fn columns(
    pack: &Pack,
    subjects: &[Subject<'_>],
    statuses: &[StatusOn],
    (figures, landings): (&Figures, &[Option<Landing>]),
    mut delivered: BTreeMap<usize, Vec<i64>>,
    as_of: Month,
) -> Vec<Vec<i64>> {
    let year_start = as_of.plus(1 - as_of.number() as i32);
    let facts = pack.facts.iter().enumerate();
    let mut columns: Vec<Vec<i64>> = facts
        .map(|(slot, fact)| match fact.origin {
            Origin::Run(RunField::AsOf) => vec![i64::from(as_of.index()); subjects.len()],
            Origin::Run(RunField::YearStart) => {
                vec![i64::from(year_start.index()); subjects.len()]
            }
            Origin::Register(field) => subjects
                .iter()
                .map(|subject| register_fact(field, subject))
                .collect(),
            Origin::Status(field) => statuses
                .iter()
                .map(|status| status_fact(field, status))
                .collect(),
            Origin::Pool(PoolField::Admitted) => subjects
                .iter()
                .map(|subject| i64::from(subject.standing.admitted))
                .collect(),
            Origin::Pool(PoolField::Declared) => subjects
                .iter()
                .map(|subject| i64::from(subject.standing.declared))
                .collect(),
            Origin::Feature(definition) => features(definition, subjects, figures, as_of),
            Origin::Delivered(_) => delivered
                .remove(&slot)
                .unwrap_or_else(|| vec![EMPTY; subjects.len()]),
            Origin::Landing(field) => landing::column(field, landings),
            Origin::AnyClass | Origin::Warning(_) => vec![EMPTY; subjects.len()],
        })
        .collect();
    // What no rule can compute with exactly is not known to the rules.
    for (fact, column) in pack.facts.iter().zip(&mut columns) {
        // What a fact admits has no holes: with the ends goes all that lies between.
        let ends = [least(column), most(column)];
        if ends.into_iter().flatten().all(|end| fact.admits(end)) {
            continue;
        }
        for value in column {
            if *value != EMPTY && !fact.admits(*value) {
                *value = EMPTY;
            }
        }
    }
    columns
}

/// The least and the most known value of a column.
fn least(column: &[i64]) -> Option<i64> {
    // Unknown is less than any value.
    let known = column.iter().map(|value| match *value {
        EMPTY => i64::MAX,
        value => value,
    });
    known.min().filter(|least| *least != i64::MAX)
}

fn most(column: &[i64]) -> Option<i64> {
    let most = column.iter().copied().max();
    most.filter(|most| *most != EMPTY)
}

/// One feature of every subject.
fn features(
    definition: Feature,
    subjects: &[Subject<'_>],
    figures: &Figures,
    as_of: Month,
) -> Vec<i64> {
    let mut delivered: HashMap<Option<DivisionCode>, Vec<bool>> = HashMap::new();
    let firms = subjects.iter().enumerate();
    firms
        .map(|(firm, subject)| {
            let series = definition.series;
            let delivered = delivered
                .entry(subject.area)
                .or_insert_with(|| figures.delivered_to(series, subject.area));
            feature(definition, figures.of(series, firm), delivered, as_of)
        })
        .collect()
}

fn register_fact(field: RegisterField, subject: &Subject<'_>) -> i64 {
    let Some(firm) = subject.enterprise else {
        return match field {
            RegisterField::Area => subject.area.map_or(EMPTY, i64::from),
            _ => EMPTY,
        };
    };
    match field {
        RegisterField::Industry => firm.industry,
        RegisterField::Area => i64::from(firm.place.area),
        RegisterField::County => firm.place.county.map_or(EMPTY, i64::from),
        RegisterField::Persons => firm.persons,
        RegisterField::Established => month_of_day(firm.established),
        RegisterField::Commissioned => month_of_day(firm.commissioned),
    }
}

fn month_of_day(day: i64) -> i64 {
    if day == EMPTY {
        return EMPTY;
    }
    i64::from(Month::of(crate::deliveries::day_of(day)).index())
}

fn status_fact(field: StatusField, status: &StatusOn) -> i64 {
    let Some(in_scale) = status.in_scale else {
        return EMPTY;
    };
    let last = status.last.as_ref();
    match field {
        StatusField::InScale => i64::from(in_scale),
        StatusField::Entered => last.map_or(EMPTY, |spell| i64::from(spell.entered.index())),
        StatusField::EntryDoor => last.map_or(EMPTY, |spell| match spell.door {
            Door::Annual => 0,
            Door::Monthly => 1,
        }),
        StatusField::EntryOrder => last.map_or(EMPTY, |_| i64::from(!status.first)),
        StatusField::HasLeft => i64::from(last.is_some_and(|spell| spell.left.is_some())),
        StatusField::Left => last
            .and_then(|spell| spell.left)
            .map_or(EMPTY, |left| i64::from(left.index())),
        StatusField::LeftReason => last
            .and_then(|spell| spell.reason)
            .map_or(EMPTY, |reason| reason.0),
    }
}

/// Statuses of the subjects.
pub(super) fn statuses(book: &StatusBook, subjects: &[Subject<'_>], as_of: Month) -> Vec<StatusOn> {
    subjects
        .iter()
        .map(|subject| book.on(subject.key, subject.area, as_of))
        .collect()
}
