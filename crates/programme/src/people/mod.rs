//! Who acts and what they may see.
//!
//! [`Scope`] is the one gate: region and classes of data. It is made from an
//! organisation of the pack and from nothing else. Accounts come with the workplace.

use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::divisions::DivisionCode;
pub use rules::pack::organisation::{Organisation, OrganisationFault};
use std::collections::BTreeSet;

/// What a reader may see: a region, and classes of data in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    region: Region,
    classes: BTreeSet<DataClass>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Region {
    Province,
    Area(DivisionCode),
    County(DivisionCode),
}

impl Scope {
    /// The scope of an organisation: deny by default, the pack's list widens it.
    pub fn of(pack: &Pack, organisation: &Organisation) -> Scope {
        let mut classes = BTreeSet::from([DataClass::Open]);
        let region = match organisation {
            Organisation::Agency(id) => {
                if let Some(agency) = pack.agency(id) {
                    classes.extend(agency.sees.iter().copied());
                }
                Region::Province
            }
            Organisation::Area(code) => {
                // 济源 is an area that is its own county.
                Region::Area(*code)
            }
            Organisation::County(code) => Region::County(*code),
        };
        if !matches!(region, Region::Province) {
            classes.extend([
                DataClass::Electricity,
                DataClass::Insurance,
                DataClass::Stated,
            ]);
        }
        Scope { region, classes }
    }

    /// The scope of a firm that looks at itself: all that is known of it.
    pub fn of_enterprise_itself() -> Scope {
        Scope {
            region: Region::Province,
            classes: BTreeSet::from(DataClass::ALL),
        }
    }

    /// Whether figures of this class may be shown as they are.
    pub fn sees(&self, class: DataClass) -> bool {
        self.classes.contains(&class)
    }

    /// Whether a firm producing there is within the region.
    pub fn covers(&self, area: DivisionCode, county: Option<DivisionCode>) -> bool {
        match self.region {
            Region::Province => true,
            Region::Area(code) => code == area,
            Region::County(code) => county == Some(code),
        }
    }

    /// The same where the place may be unknown: such firms are the province's to see.
    pub fn covers_firm(&self, area: Option<DivisionCode>, county: Option<DivisionCode>) -> bool {
        match self.region {
            Region::Province => true,
            Region::Area(code) => area == Some(code),
            Region::County(code) => county == Some(code),
        }
    }

    /// Whether a whole division lies within the region.
    pub fn covers_division(&self, pack: &Pack, code: DivisionCode) -> bool {
        match self.region {
            Region::Province => true,
            Region::Area(area) => pack.divisions.place(code).is_some_and(|p| p.area == area),
            Region::County(county) => code == county,
        }
    }
}
