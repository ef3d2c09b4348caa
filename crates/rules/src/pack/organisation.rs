//! Who may act: an agency of the pack, the office of an area, county or zone, or a firm.
//!
//! It knows names and codes; it does not know accounts, nor who may see what.

use super::Pack;
use super::divisions::{DivisionCode, Level};
use crate::uscc::Uscc;

/// An agency of the pack, the office of an area, county or development zone, or a firm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Organisation {
    Agency(String),
    Area(DivisionCode),
    County(DivisionCode),
    Zone(DivisionCode),
    /// A firm, which acts for itself alone.
    Firm(Uscc),
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
            None => place.zone.map(Organisation::Zone).ok_or_else(unknown),
        }
    }

    /// Reads back what [`Organisation::id`] wrote.
    pub fn from_id(pack: &Pack, id: &str) -> Option<Organisation> {
        if let Some(agency) = pack.agencies.iter().find(|agency| agency.id == id) {
            return Some(Organisation::Agency(agency.id.clone()));
        }
        if id.len() == Uscc::LENGTH {
            return Uscc::written(id).map(Organisation::Firm);
        }
        let division = pack.divisions.get(id.parse().ok()?)?;
        Some(match division.level {
            Level::Zone => Organisation::Zone(division.code),
            Level::County => Organisation::County(division.code),
            _ => Organisation::Area(division.code),
        })
    }

    /// Id of the agency, the six digits of the division, or the credit code.
    pub fn id(&self) -> String {
        match self {
            Organisation::Agency(id) => id.clone(),
            Organisation::Area(code) | Organisation::County(code) | Organisation::Zone(code) => {
                format!("{code:06}")
            }
            Organisation::Firm(uscc) => uscc.to_string(),
        }
    }

    /// Short name on a day.
    pub fn name(&self, pack: &Pack, on: chrono::NaiveDate) -> String {
        match self {
            Organisation::Agency(id) => pack
                .agency(id)
                .map_or_else(|| id.clone(), |agency| agency.name_on(on).short.clone()),
            Organisation::Area(code) | Organisation::County(code) | Organisation::Zone(code) => {
                pack.divisions.name(*code)
            }
            Organisation::Firm(uscc) => uscc.to_string(),
        }
    }

    /// Whether a list of the pack (`areas` and `counties` stand for all of them) names it.
    pub fn is_among(&self, list: &[String]) -> bool {
        let wanted = match self {
            Organisation::Agency(id) => id.as_str(),
            Organisation::Area(_) => "areas",
            Organisation::County(_) => "counties",
            Organisation::Zone(_) => "zones",
            Organisation::Firm(_) => "firms",
        };
        list.iter().any(|entry| entry == wanted)
    }
}
