//! Who acts and what they may see.
//!
//! [`Scope`] is the one gate: region and classes of data. It is made from an
//! organisation of the pack and from nothing else. Accounts come with the workplace.

use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::divisions::DivisionCode;
use std::collections::BTreeSet;

/// An agency of the pack, or the office of an area or county.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Organisation {
    Agency(String),
    Area(DivisionCode),
    County(DivisionCode),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationFault {
    #[error(
        "没有“{0}”这个机构。可写部门（如 税务局、统计局、工信厅）或市县（如 洛阳市、410300）；全部机构见 shenggui people"
    )]
    Unknown(String),
}

impl Organisation {
    /// Understands an id, a name as it is or was, an area or a county.
    pub fn read(pack: &Pack, text: &str) -> Result<Organisation, OrganisationFault> {
        if let Some(agency) = pack.agency(text) {
            return Ok(Organisation::Agency(agency.id.clone()));
        }
        let unknown = || OrganisationFault::Unknown(text.to_string());
        let province: DivisionCode = pack.about.division.parse().map_err(|_| unknown())?;
        let (place, _) = pack
            .divisions
            .understand(text, province)
            .ok_or_else(unknown)?;
        match place.county.filter(|county| *county != place.area) {
            Some(county) => Ok(Organisation::County(county)),
            None if place.zone.is_none() => Ok(Organisation::Area(place.area)),
            None => Err(unknown()),
        }
    }

    /// Id of the agency, or the six digits of the division.
    pub fn id(&self) -> String {
        match self {
            Organisation::Agency(id) => id.clone(),
            Organisation::Area(code) | Organisation::County(code) => format!("{code:06}"),
        }
    }

    /// Short name on a day.
    pub fn name(&self, pack: &Pack, on: chrono::NaiveDate) -> String {
        match self {
            Organisation::Agency(id) => pack
                .agency(id)
                .map_or_else(|| id.clone(), |agency| agency.name_on(on).short.clone()),
            Organisation::Area(code) | Organisation::County(code) => pack.divisions.name(*code),
        }
    }

    /// Whether a list of the pack (`areas` and `counties` stand for all of them) names it.
    pub fn is_among(&self, list: &[String]) -> bool {
        let wanted = match self {
            Organisation::Agency(id) => id.as_str(),
            Organisation::Area(_) => "areas",
            Organisation::County(_) => "counties",
        };
        list.iter().any(|entry| entry == wanted)
    }
}

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
            classes.extend([DataClass::Electricity, DataClass::Insurance]);
        }
        Scope { region, classes }
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

    /// Whether a whole division lies within the region.
    pub fn covers_division(&self, pack: &Pack, code: DivisionCode) -> bool {
        match self.region {
            Region::Province => true,
            Region::Area(area) => pack.divisions.place(code).is_some_and(|p| p.area == area),
            Region::County(county) => code == county,
        }
    }
}
