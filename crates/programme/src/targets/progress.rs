//! How far each area and county is: gross new firms of the year, of which first and
//! returned, exits, net, completion, against the straight and the expected line.

use rules::pack::divisions::DivisionCode;
use rules::period::Month;

/// Progress of the province and all its divisions at the end of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub as_of: Month,
    pub province: DivisionProgress,
    /// In order of their codes; each with its counties.
    pub areas: Vec<AreaProgress>,
    pub standing: Standing,
    /// Share of the year's target that the straight line asks for by now, in percent.
    pub linear_percent: u32,
    /// The same by experience.
    pub expected_percent: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaProgress {
    pub area: DivisionProgress,
    /// In order of their codes; the last may be the firms whose county is not known.
    pub counties: Vec<DivisionProgress>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DivisionProgress {
    /// `None` for firms of an area whose county is not known.
    pub division: Option<DivisionCode>,
    /// Issued target of the year; none where none was issued.
    pub target: Option<u32>,
    /// Entered this year (gross), of which for the first time and again.
    pub entered: u32,
    pub first: u32,
    pub returned: u32,
    /// Left this year.
    pub left: u32,
    /// Above scale at the end of the month.
    pub in_scale: u32,
    /// Entered in the same months of the year before.
    pub entered_year_before: u32,
}

impl DivisionProgress {
    /// Entered less left.
    pub fn net(&self) -> i64 {
        i64::from(self.entered) - i64::from(self.left)
    }
}

/// Whether the statistics authority's final list of the year is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Preliminary,
    Final,
}
