//! A year's targets as a page shows them: where the round stands, who got how much, what may
//! be done next by who looks.

use super::described_act;
use crate::extent::Extent;
use crate::office::{Office, today};
use crate::web::failure::Failure;
use crate::web::visitor::Visitor;
use anyhow::Result;
use programme::people::Organisation;
use programme::targets::{self, Deed, Round, RoundState, TargetScope};
use rules::pack::divisions::DivisionCode;
use rules::pack::roles::Right;
use std::collections::BTreeMap;

/// One step from measuring to issuing.
pub struct Step {
    pub name: &'static str,
    /// `done`, `current` or nothing.
    pub class: &'static str,
    pub note: String,
}

/// One division's share.
pub struct ShareRow {
    pub name: String,
    pub address: String,
    pub base: String,
    pub exact: String,
    pub count: u32,
    /// Change against the target of the year before.
    pub change: String,
}

/// What was done, in order.
pub struct ActRow {
    pub on: String,
    pub what: &'static str,
    pub by: String,
    pub person: String,
    pub note: String,
}

/// The round of a year and a division, as the reader may see it.
#[derive(Default)]
pub struct RoundView {
    pub edition: u32,
    pub state: String,
    pub steps: Vec<Step>,
    pub shares: Vec<ShareRow>,
    pub total: u64,
    pub acts: Vec<ActRow>,
}

/// What may be done here by who looks.
#[derive(Default)]
pub struct Forms {
    /// A measuring; with a total that is given already for an area.
    pub measure: Option<Option<u32>>,
    pub adjust: Vec<(DivisionCode, String)>,
    /// Whether the own opinion is asked for.
    pub consult: bool,
    /// Whose opinion may be written down for them.
    pub opinions: Vec<(String, String)>,
    pub approve: bool,
    pub issue: bool,
}

impl Forms {
    pub fn is_empty(&self) -> bool {
        self.measure.is_none()
            && self.adjust.is_empty()
            && !self.consult
            && self.opinions.is_empty()
            && !self.approve
            && !self.issue
    }
}

/// The division whose round an extent is about; none for a place without one.
pub fn ground(office: &Office, extent: Extent) -> Option<DivisionCode> {
    let pack = &office.pack;
    match extent {
        Extent::Province => pack.about.division.parse().ok(),
        Extent::Area(code) => Some(code),
        Extent::County(code) => pack.divisions.place(code).map(|place| place.area),
        Extent::Zone(_) => None,
    }
}

/// Shares that the reader may see: all of the own region, and of a county its own.
fn is_shown(visitor: &Visitor, code: DivisionCode) -> bool {
    let scope = visitor.seat().map(|seat| &seat.scope);
    scope.is_ok_and(|scope| scope.covers_division(&visitor.office().pack, code))
}

/// The round as it stands; none where nothing was measured and the plan issued nothing.
pub async fn round_view(
    visitor: &Visitor,
    year: i32,
    ground: DivisionCode,
    round: Option<&Round>,
) -> Result<Option<RoundView>, Failure> {
    let office = visitor.office();
    let pack = &office.pack;
    let before = targets::issued(office.db.reading(), pack, year - 1).await?;
    let is_province = pack.about.division.parse() == Ok(ground);
    let Some(round) = round else {
        let plan = pack.targets.iter().find(|own| own.year == year);
        return Ok(plan.filter(|_| is_province).map(|plan| RoundView {
            state: format!("已随方案下达：{}", plan.document),
            steps: steps(Some(RoundState::Issued), &BTreeMap::new()),
            shares: share_rows(visitor, year, &plan.areas, &[], &before),
            total: u64::from(plan.total),
            ..RoundView::default()
        }));
    };
    let bases = round.acts.iter().find_map(|act| match &act.deed {
        Deed::Measured { bases, .. } => Some(bases.clone()),
        _ => None,
    });
    Ok(Some(RoundView {
        edition: round.edition,
        state: super::state_in_words(round.state).to_string(),
        steps: steps(Some(round.state), &notes(office, round)),
        shares: share_rows(
            visitor,
            year,
            &round.shares,
            &bases.unwrap_or_default(),
            &before,
        ),
        total: round.total(),
        acts: acts(office, round),
    }))
}

fn share_rows(
    visitor: &Visitor,
    year: i32,
    shares: &[(DivisionCode, u32)],
    bases: &[(DivisionCode, u64)],
    before: &BTreeMap<DivisionCode, u32>,
) -> Vec<ShareRow> {
    let pack = &visitor.office().pack;
    let sum: u128 = bases.iter().map(|(_, base)| u128::from(*base)).sum();
    let total: u128 = shares.iter().map(|(_, count)| u128::from(*count)).sum();
    let shown = shares.iter().filter(|(code, _)| is_shown(visitor, *code));
    let rows = shown.map(|(code, count)| {
        let base = bases
            .iter()
            .find(|(own, _)| own == code)
            .map(|(_, base)| *base);
        let exact = base
            .filter(|_| sum > 0)
            .map(|base| u128::from(base) * total * 10 / sum);
        let is_area = pack.divisions.counties_of(*code).next().is_some();
        let address = format!("/targets?year={year}&area={code:06}");
        ShareRow {
            name: pack.divisions.name(*code),
            address: if is_area { address } else { String::new() },
            base: base.map_or("—".to_string(), |base| base.to_string()),
            exact: exact.map_or("—".to_string(), |own| {
                format!("{}.{}", own / 10, own % 10)
            }),
            count: *count,
            change: before.get(code).map_or("—".to_string(), |before| {
                signed(i64::from(*count) - i64::from(*before))
            }),
        }
    });
    rows.collect()
}

/// A change with its sign; no sign where there is none.
pub fn signed(change: i64) -> String {
    match change {
        1.. => format!("+{change}"),
        _ => change.to_string(),
    }
}

const STEPS: [(&str, RoundState); 4] = [
    ("测算", RoundState::Measured),
    ("会商", RoundState::Consulted),
    ("报批", RoundState::Approved),
    ("下达", RoundState::Issued),
];

fn steps(state: Option<RoundState>, notes: &BTreeMap<usize, String>) -> Vec<Step> {
    let next = STEPS.iter().position(|(_, own)| Some(*own) > state);
    let steps = STEPS.iter().enumerate().map(|(place, (name, own))| Step {
        name,
        class: match (Some(*own) <= state, next == Some(place)) {
            (true, _) => "done",
            (false, true) => "current",
            (false, false) => "",
        },
        note: notes.get(&place).cloned().unwrap_or_default(),
    });
    steps.collect()
}

/// The steps of a year that nobody has begun.
pub fn not_begun() -> Vec<Step> {
    steps(None, &BTreeMap::new())
}

fn notes(office: &Office, round: &Round) -> BTreeMap<usize, String> {
    let mut notes = BTreeMap::new();
    for act in &round.acts {
        let place = match act.deed {
            Deed::Measured { .. } => 0,
            Deed::Adjusted { .. } => continue,
            Deed::Consulted { .. } => 1,
            Deed::Approved { .. } => 2,
            Deed::Issued { .. } => 3,
        };
        let note = described_act(office, act).1;
        let note = match place {
            0 => String::new(),
            _ => format!(" {note}"),
        };
        notes.insert(place, format!("{}{note}", act.on));
    }
    notes
}

fn acts(office: &Office, round: &Round) -> Vec<ActRow> {
    let acts = round.acts.iter().map(|act| {
        let (what, note) = described_act(office, act);
        let by = Organisation::from_id(&office.pack, &act.organisation);
        ActRow {
            on: act.on.to_string(),
            what,
            by: by.map_or(act.organisation.clone(), |by| by.name(&office.pack, act.on)),
            person: act.person.clone(),
            note,
        }
    });
    acts.collect()
}

/// What may be done next. Only who sets the targets of the very division sets them.
pub async fn forms(
    visitor: &Visitor,
    year: i32,
    ground: DivisionCode,
    round: Option<&Round>,
) -> Result<Forms, Failure> {
    let office = visitor.office();
    let pack = &office.pack;
    let seat = visitor.seat()?;
    let Ok(scope) = TargetScope::new(pack, year, ground) else {
        return Ok(Forms::default());
    };
    let is_own = match scope.is_province() {
        true => seat.scope.covers_province(),
        false => seat.organisation == Organisation::Area(ground),
    };
    let may_set = is_own && visitor.may(Right::SetTargets);
    let is_given = scope.is_province() && pack.targets.iter().any(|own| own.year == year);
    let is_open = round.is_some_and(|round| round.state < RoundState::Approved);
    let mut forms = Forms::default();
    if may_set && !is_given {
        let issued = targets::issued(office.db.reading(), pack, year).await?;
        forms.measure = match scope.is_province() {
            true => Some(None),
            false => issued.get(&ground).map(|total| Some(*total)),
        };
    }
    let Some(round) = round else {
        return Ok(forms);
    };
    let measured_by = round.acts.first().map(|act| act.organisation.clone());
    let own = seat.organisation.id();
    forms.consult =
        is_own && is_open && visitor.may(Right::Consult) && measured_by.as_ref() != Some(&own);
    if may_set && is_open {
        let parts = round.shares.iter();
        forms.adjust = parts
            .map(|(code, _)| (*code, pack.divisions.name(*code)))
            .collect();
        forms.opinions = others(office, &scope, ground, measured_by.as_deref());
    }
    forms.approve = may_set && round.state == RoundState::Consulted;
    forms.issue = may_set && round.state == RoundState::Approved;
    Ok(forms)
}

/// Departments may be asked about the province's targets, counties about their area's.
fn others(
    office: &Office,
    scope: &TargetScope,
    ground: DivisionCode,
    measured_by: Option<&str>,
) -> Vec<(String, String)> {
    let pack = &office.pack;
    let others: Vec<(String, String)> = match scope.is_province() {
        true => {
            let asked = pack.agencies.iter().filter(|own| {
                let organisation = Organisation::Agency(own.id.clone());
                let roles = pack.roles.iter().filter(|role| role.may(Right::Consult));
                roles
                    .clone()
                    .any(|role| role.suits(&pack.agencies, &organisation))
            });
            let named = asked.map(|own| (own.id.clone(), own.name_on(today()).short.clone()));
            named.collect()
        }
        false => {
            let counties = pack.divisions.counties_of(ground);
            counties
                .map(|own| (format!("{:06}", own.code), own.name.clone()))
                .collect()
        }
    };
    let is_other = |(id, _): &(String, String)| Some(id.as_str()) != measured_by;
    others.into_iter().filter(is_other).collect()
}
