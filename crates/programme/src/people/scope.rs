//! The one gate: which firms, for whom, and which classes of data.
//!
//! A [`Scope`] is made from an organisation of the pack, or from a post that somebody
//! holds, and from nothing else. It decides; it fetches nothing.

use super::Organisation;
use rules::pack::Pack;
use rules::pack::agencies::{AgencyKind, DataClass};
use rules::pack::divisions::DivisionCode;
use rules::pack::roles::{Role, RoleRegion};
use rules::uscc::Uscc;
use std::collections::BTreeSet;

/// What a reader may see and touch: a region, an organisation, and classes of data in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    organisation: Organisation,
    region: Region,
    classes: BTreeSet<DataClass>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Region {
    Province,
    Area(DivisionCode),
    County(DivisionCode),
    Zone(DivisionCode),
    Firm(Uscc),
    Nothing,
}

/// Where a firm produces, as far as that is known, and which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whereabouts {
    /// Key of the credit code.
    pub key: u128,
    pub area: Option<DivisionCode>,
    pub county: Option<DivisionCode>,
    pub zone: Option<DivisionCode>,
}

impl Scope {
    /// The scope of an organisation: deny by default, the pack's list widens it.
    pub fn of(pack: &Pack, organisation: &Organisation) -> Scope {
        let mut classes = BTreeSet::from([DataClass::Open]);
        let local = [
            DataClass::Electricity,
            DataClass::Insurance,
            DataClass::Stated,
        ];
        let region = match organisation {
            Organisation::Agency(id) => match pack.agency(id) {
                Some(agency) => {
                    classes.extend(agency.sees.iter().copied());
                    region_of(agency.kind)
                }
                None => Region::Nothing,
            },
            // 济源 is an area that is its own county.
            Organisation::Area(code) => Region::Area(*code),
            Organisation::County(code) => Region::County(*code),
            Organisation::Zone(code) => Region::Zone(*code),
            Organisation::Firm(uscc) => {
                classes.extend(DataClass::ALL);
                Region::Firm(*uscc)
            }
        };
        if matches!(
            region,
            Region::Area(_) | Region::County(_) | Region::Zone(_)
        ) {
            classes.extend(local);
        }
        Scope {
            organisation: organisation.clone(),
            region,
            classes,
        }
    }

    /// The scope of a post: never wider than its organisation's.
    pub fn of_post(pack: &Pack, organisation: &Organisation, role: &Role) -> Scope {
        let mut scope = Scope::of(pack, organisation);
        scope.region = match (role.region, scope.region) {
            (RoleRegion::None, _) => Region::Nothing,
            (RoleRegion::Province, Region::Province) => Region::Province,
            (RoleRegion::Own, own @ (Region::Area(_) | Region::County(_) | Region::Zone(_))) => own,
            (RoleRegion::Itself, own @ Region::Firm(_)) => own,
            _ => Region::Nothing,
        };
        if let Some(bound) = &role.classes {
            scope.classes.retain(|class| bound.contains(class));
        }
        scope
    }

    /// Whose scope it is.
    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// Whether figures of this class may be shown as they are.
    pub fn sees(&self, class: DataClass) -> bool {
        self.classes.contains(&class)
    }

    /// Whether a firm is within the region. One whose place is unknown is the province's.
    pub fn covers_firm(&self, firm: &Whereabouts) -> bool {
        match self.region {
            Region::Province => true,
            Region::Area(code) => firm.area == Some(code),
            Region::County(code) => firm.county == Some(code),
            Region::Zone(code) => firm.zone == Some(code),
            Region::Firm(uscc) => firm.key == uscc.key(),
            Region::Nothing => false,
        }
    }

    /// Whether every firm there is lies within the region.
    pub fn covers_province(&self) -> bool {
        self.region == Region::Province
    }

    /// The area, county or zone that bounds the region, if one does.
    pub fn place(&self) -> Option<DivisionCode> {
        match self.region {
            Region::Area(code) | Region::County(code) | Region::Zone(code) => Some(code),
            Region::Province | Region::Firm(_) | Region::Nothing => None,
        }
    }

    /// Whether a whole division lies within the region.
    pub fn covers_division(&self, pack: &Pack, code: DivisionCode) -> bool {
        match self.region {
            Region::Province => true,
            Region::Area(area) => pack.divisions.place(code).is_some_and(|p| p.area == area),
            Region::County(own) | Region::Zone(own) => code == own,
            Region::Firm(_) | Region::Nothing => false,
        }
    }
}

/// Agencies look at the province; those who lend and guarantee get the lists that are issued
/// to them, and look at nothing by themselves.
fn region_of(kind: AgencyKind) -> Region {
    match kind {
        AgencyKind::LeadingGroup
        | AgencyKind::Office
        | AgencyKind::Department
        | AgencyKind::Supplier
        | AgencyKind::Enforcement
        | AgencyKind::Supervisor => Region::Province,
        AgencyKind::Bank | AgencyKind::Guarantor | AgencyKind::Insurer | AgencyKind::Platform => {
            Region::Nothing
        }
    }
}
