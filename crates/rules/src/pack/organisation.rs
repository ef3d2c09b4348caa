//! Who may act: an agency of the pack, or the office of an area or county.
//!
//! It knows names and codes; it does not know accounts, nor who may see what.

use super::Pack;
use super::divisions::DivisionCode;

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
