//! What is recorded of a year's targets: the scope, its acts, and the round that they
//! make up. The lowest division that a record can name is a county.

use super::refusal::TargetRefusal;
use chrono::NaiveDate;
use rules::pack::Pack;
use rules::pack::divisions::{Division, DivisionCode, Level};

/// What is divided: a year's target of the province among its areas, or of one area among
/// its counties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetScope {
    pub year: i32,
    /// The province or an area.
    pub division: DivisionCode,
    pub name: String,
    is_province: bool,
}

/// One record: what was done, and the shares as they stood after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetAct {
    pub id: i64,
    pub year: i32,
    pub division: DivisionCode,
    /// Number of the measuring, from 1.
    pub edition: u32,
    pub deed: Deed,
    pub shares: Vec<(DivisionCode, u32)>,
    /// Id of the organisation that recorded it.
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
    /// Seconds since 1970 in UTC.
    pub at: i64,
}

/// What was done, with what must be known of it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Computed from bases; ties as in [`super::allocation::Allocation`].
    Measured {
        bases: Vec<(DivisionCode, u64)>,
        ties: Vec<(DivisionCode, DivisionCode)>,
    },
    Adjusted {
        reason: String,
    },
    /// `with` is the id of the organisation whose opinion it is.
    Consulted {
        with: String,
        opinion: String,
    },
    /// The note says who approved, and by what.
    Approved {
        note: String,
    },
    /// The document number: “豫民企组办〔2027〕3号”.
    Issued {
        document: String,
    },
}

/// The newest measuring and what followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    pub year: i32,
    pub division: DivisionCode,
    pub edition: u32,
    pub state: RoundState,
    /// As they stand now, in order of codes.
    pub shares: Vec<(DivisionCode, u32)>,
    /// Of this edition, oldest first.
    pub acts: Vec<TargetAct>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoundState {
    Measured,
    Consulted,
    Approved,
    Issued,
}

impl TargetScope {
    /// The scope of a year and a division.
    ///
    /// # Errors
    /// Where the division is neither the province nor an area with counties.
    pub fn new(
        pack: &Pack,
        year: i32,
        division: DivisionCode,
    ) -> Result<TargetScope, TargetRefusal> {
        let found = pack.divisions.get(division);
        let found = found.ok_or(TargetRefusal::NoDivision(division))?;
        match found.level {
            Level::Province => {}
            Level::Area if pack.divisions.counties_of(division).next().is_some() => {}
            Level::Area => return Err(TargetRefusal::NoCounties(found.name.clone())),
            Level::County | Level::Zone => {
                return Err(TargetRefusal::BelowCounty(found.name.clone()));
            }
        }
        Ok(TargetScope {
            year,
            division,
            name: found.name.clone(),
            is_province: found.level == Level::Province,
        })
    }

    /// Targets are whole multiples of this.
    pub fn unit(&self, pack: &Pack) -> u32 {
        if self.is_province {
            pack.measure.unit
        } else {
            1
        }
    }

    pub fn is_province(&self) -> bool {
        self.is_province
    }

    /// The divisions that receive a share, in order of codes.
    pub(super) fn parts<'a>(&self, pack: &'a Pack) -> Vec<&'a Division> {
        if self.is_province {
            pack.divisions.areas().collect()
        } else {
            pack.divisions.counties_of(self.division).collect()
        }
    }

    /// “shenggui targets approve --year 2027”, to be named as the next step.
    pub fn command(&self, verb: &str) -> String {
        let area = match self.is_province {
            true => String::new(),
            false => format!(" --area {:06}", self.division),
        };
        format!("shenggui targets {verb} --year {}{area}", self.year)
    }
}

/// “2027年度目标”, “洛阳市2027年度目标”.
impl std::fmt::Display for TargetScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.is_province {
            f.write_str(&self.name)?;
        }
        write!(f, "{}年度目标", self.year)
    }
}

impl Deed {
    /// The word by which it is stored.
    pub fn word(&self) -> &'static str {
        match self {
            Deed::Measured { .. } => "measured",
            Deed::Adjusted { .. } => "adjusted",
            Deed::Consulted { .. } => "consulted",
            Deed::Approved { .. } => "approved",
            Deed::Issued { .. } => "issued",
        }
    }
}

impl Round {
    /// The newest edition among the records of one scope, oldest first.
    pub fn newest(acts: &[TargetAct]) -> Option<Round> {
        let last = acts.last()?;
        let own = acts.iter().filter(|act| act.edition == last.edition);
        let state = own.clone().filter_map(|act| match act.deed {
            Deed::Measured { .. } => Some(RoundState::Measured),
            Deed::Adjusted { .. } => None,
            Deed::Consulted { .. } => Some(RoundState::Consulted),
            Deed::Approved { .. } => Some(RoundState::Approved),
            Deed::Issued { .. } => Some(RoundState::Issued),
        });
        Some(Round {
            year: last.year,
            division: last.division,
            edition: last.edition,
            state: state.max()?,
            shares: last.shares.clone(),
            acts: own.cloned().collect(),
        })
    }

    pub fn total(&self) -> u64 {
        sum_of(&self.shares)
    }

    /// The number of the document by which it was issued.
    pub fn document(&self) -> Option<&str> {
        self.acts.iter().find_map(|act| match &act.deed {
            Deed::Issued { document } => Some(document.as_str()),
            _ => None,
        })
    }
}

/// What the counts add up to.
pub(super) fn sum_of(shares: &[(DivisionCode, u32)]) -> u64 {
    shares.iter().map(|(_, count)| u64::from(*count)).sum()
}
