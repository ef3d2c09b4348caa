//! From measuring to issuing (clause 1.2.5): what may be done next with a year's targets.
//!
//! Pure: what was recorded and what is wished go in, the next record or a refusal comes
//! out. It knows neither firms nor the database.
//!
//! measured → consulted → approved → issued; adjusted any time before approval. Measuring
//! again opens a new edition; the edition issued before stays in force until then.

use super::allocation::allocate;
use super::records::{Deed, Round, RoundState, TargetScope, sum_of};
use super::refusal::TargetRefusal;
use crate::people::{Organisation, Scope};
use chrono::NaiveDate;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use std::collections::BTreeMap;

/// What a decision looks at.
pub(super) struct Ground<'a> {
    pub pack: &'a Pack,
    pub scope: TargetScope,
    pub round: Option<Round>,
    /// The area's own issued target; of no meaning for the province.
    pub area_target: Option<u32>,
}

/// A record that may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Next {
    pub edition: u32,
    pub deed: Deed,
    pub shares: Vec<(DivisionCode, u32)>,
}

/// Whether an organisation may act on a scope: an area on its own, a county on none.
pub(super) fn competent(
    pack: &Pack,
    scope: &TargetScope,
    actor: &Organisation,
    on: NaiveDate,
) -> Result<(), TargetRefusal> {
    if Scope::of(pack, actor).covers_division(pack, scope.division) {
        return Ok(());
    }
    Err(TargetRefusal::NotCompetent {
        actor: actor.name(pack, on),
        scope: scope.clone(),
    })
}

/// A first or new measuring.
pub(super) fn measured(
    ground: &Ground<'_>,
    total: u32,
    bases: &[(DivisionCode, u64)],
) -> Result<Next, TargetRefusal> {
    let Ground { pack, scope, .. } = ground;
    if scope.is_province()
        && let Some(issued) = pack.targets.iter().find(|t| t.year == scope.year)
    {
        return Err(TargetRefusal::IssuedByPack {
            scope: scope.clone(),
            document: issued.document.clone(),
        });
    }
    same_as_the_area(ground, u64::from(total))?;
    same_divisions(ground, bases)?;
    let allocation = allocate(total, scope.unit(pack), bases)?;
    let mut bases = bases.to_vec();
    bases.sort_unstable();
    Ok(Next {
        edition: ground.round.as_ref().map_or(1, |round| round.edition + 1),
        shares: allocation.counts(),
        deed: Deed::Measured {
            bases,
            ties: allocation.ties,
        },
    })
}

/// New counts for some divisions; the total stays.
pub(super) fn adjusted(
    ground: &Ground<'_>,
    changes: &[(DivisionCode, u32)],
    reason: &str,
) -> Result<Next, TargetRefusal> {
    let Ground { pack, scope, .. } = ground;
    let round = before_approval(ground)?;
    if reason.trim().is_empty() {
        return Err(TargetRefusal::NoReason);
    }
    let unit = scope.unit(pack);
    let mut shares: BTreeMap<DivisionCode, u32> = round.shares.iter().copied().collect();
    for (place, (code, count)) in changes.iter().enumerate() {
        let name = pack.divisions.name(*code);
        if changes[..place].iter().any(|(other, _)| other == code) {
            return Err(TargetRefusal::AdjustedTwice(name));
        }
        if !count.is_multiple_of(unit) {
            return Err(TargetRefusal::NotInUnits {
                name,
                count: *count,
                unit,
            });
        }
        let Some(share) = shares.get_mut(code) else {
            return Err(TargetRefusal::OtherDivisions {
                scope: scope.clone(),
                places: format!("多出{name}"),
            });
        };
        *share = *count;
    }
    let shares: Vec<(DivisionCode, u32)> = shares.into_iter().collect();
    let (sum, total) = (sum_of(&shares), round.total());
    if sum != total {
        return Err(TargetRefusal::OtherSum { sum, total });
    }
    if shares == round.shares {
        return Err(TargetRefusal::NothingAdjusted);
    }
    let reason = reason.trim().to_string();
    Ok(Next {
        edition: round.edition,
        deed: Deed::Adjusted { reason },
        shares,
    })
}

/// An opinion of another organisation than the one that measured.
pub(super) fn consulted(
    ground: &Ground<'_>,
    with: &Organisation,
    opinion: &str,
) -> Result<Next, TargetRefusal> {
    let round = before_approval(ground)?;
    if opinion.trim().is_empty() {
        return Err(TargetRefusal::NoOpinion);
    }
    let with = with.id();
    let measured_by = round.acts.first().map(|act| act.organisation.as_str());
    if measured_by == Some(with.as_str()) {
        return Err(TargetRefusal::OwnOpinion);
    }
    let opinion = opinion.trim().to_string();
    Ok(next(round, Deed::Consulted { with, opinion }))
}

/// Approval; `note` says by whom and by what.
pub(super) fn approved(ground: &Ground<'_>, note: &str) -> Result<Next, TargetRefusal> {
    let round = before_approval(ground)?;
    if round.state < RoundState::Consulted {
        return Err(TargetRefusal::NotConsulted(ground.scope.clone()));
    }
    if note.trim().is_empty() {
        return Err(TargetRefusal::NoApproval);
    }
    same_as_the_area(ground, round.total())?;
    let note = note.trim().to_string();
    Ok(next(round, Deed::Approved { note }))
}

/// Issuing under a document number.
pub(super) fn issued(ground: &Ground<'_>, document: &str) -> Result<Next, TargetRefusal> {
    let scope = || ground.scope.clone();
    let round = match begun(ground)? {
        round if round.state == RoundState::Approved => round,
        round if round.state == RoundState::Issued => return Err(already_issued(ground, round)),
        _ => return Err(TargetRefusal::NotApproved(scope())),
    };
    if document.trim().is_empty() {
        return Err(TargetRefusal::NoDocument);
    }
    same_as_the_area(ground, round.total())?;
    let document = document.trim().to_string();
    Ok(next(round, Deed::Issued { document }))
}

fn next(round: &Round, deed: Deed) -> Next {
    Next {
        edition: round.edition,
        deed,
        shares: round.shares.clone(),
    }
}

fn begun<'a>(ground: &'a Ground<'_>) -> Result<&'a Round, TargetRefusal> {
    let round = ground.round.as_ref();
    round.ok_or_else(|| TargetRefusal::NotMeasured(ground.scope.clone()))
}

fn before_approval<'a>(ground: &'a Ground<'_>) -> Result<&'a Round, TargetRefusal> {
    let round = begun(ground)?;
    match round.state {
        RoundState::Measured | RoundState::Consulted => Ok(round),
        RoundState::Approved => Err(TargetRefusal::Approved {
            scope: ground.scope.clone(),
            edition: round.edition,
        }),
        RoundState::Issued => Err(already_issued(ground, round)),
    }
}

fn already_issued(ground: &Ground<'_>, round: &Round) -> TargetRefusal {
    TargetRefusal::Issued {
        scope: ground.scope.clone(),
        edition: round.edition,
        document: round.document().unwrap_or_default().to_string(),
    }
}

/// Counties add up to what their area was issued, at every step that gives them force:
/// the province may have issued anew since they were measured.
fn same_as_the_area(ground: &Ground<'_>, total: u64) -> Result<(), TargetRefusal> {
    if ground.scope.is_province() {
        return Ok(());
    }
    match ground.area_target {
        None => Err(TargetRefusal::NoAreaTarget(ground.scope.clone())),
        Some(issued) if u64::from(issued) == total => Ok(()),
        Some(issued) => Err(TargetRefusal::NotTheAreaTarget {
            scope: ground.scope.clone(),
            issued,
            total: u32::try_from(total).unwrap_or(u32::MAX),
        }),
    }
}

fn same_divisions(ground: &Ground<'_>, bases: &[(DivisionCode, u64)]) -> Result<(), TargetRefusal> {
    let Ground { pack, scope, .. } = ground;
    let parts = scope.parts(pack);
    let missing = parts
        .iter()
        .filter(|part| bases.iter().all(|(code, _)| *code != part.code))
        .map(|part| format!("缺{}", part.name));
    let foreign = bases
        .iter()
        .filter(|(code, _)| parts.iter().all(|part| part.code != *code))
        .map(|(code, _)| format!("多出{}", pack.divisions.name(*code)));
    let places: Vec<String> = missing.chain(foreign).collect();
    if places.is_empty() {
        return Ok(());
    }
    Err(TargetRefusal::OtherDivisions {
        scope: scope.clone(),
        places: places.join("、"),
    })
}
