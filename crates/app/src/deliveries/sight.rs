//! Whose batches are seen by whom: one's own, those of one's region, and all of them by those
//! who run the province or supervise it.

use crate::office::{Office, Seat};
use programme::deliveries::Batch;
use programme::people::Organisation;
use rules::pack::Pack;
use rules::pack::roles::Right;

/// Whether the visitor, or the operator, sees every batch there is.
pub fn sees_all(office: &Office) -> bool {
    let Some(seat) = &office.visitor else {
        return true;
    };
    let role = office.pack.role(&seat.role);
    role.is_some_and(|role| role.may(Right::Run) || role.may(Right::Journal))
}

/// Whether a batch is shown.
pub fn sees(office: &Office, batch: &Batch) -> bool {
    match &office.visitor {
        None => true,
        Some(seat) => sees_all(office) || is_of(&office.pack, seat, batch),
    }
}

/// Whether the visitor's own organisation handed a batch in: what stands in its rows is its own.
pub fn is_own(office: &Office, batch: &Batch) -> bool {
    let Some(seat) = &office.visitor else {
        return true;
    };
    seat.organisation.id() == batch.organisation
}

fn is_of(pack: &Pack, seat: &Seat, batch: &Batch) -> bool {
    if seat.organisation.id() == batch.organisation {
        return true;
    }
    // Areas see what their counties handed in; agencies only what is theirs.
    let is_local = !matches!(seat.organisation, Organisation::Agency(_));
    match Organisation::from_id(pack, &batch.organisation) {
        Some(Organisation::Area(code) | Organisation::County(code) | Organisation::Zone(code)) => {
            is_local && seat.scope.covers_division(pack, code)
        }
        _ => false,
    }
}
