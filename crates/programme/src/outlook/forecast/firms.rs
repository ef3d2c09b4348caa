//! The months of many firms as the forecast reads them: revenue, power, staff, up to a point.
//!
//! Looking back means taking a shorter [`History`]: what lies behind its end cannot be reached
//! through it.

use super::season::MONTHS;
use crate::deliveries::payload::EMPTY;
use serde::{Deserialize, Serialize};

/// Series of the firms of a part, each `stride` months a firm, oldest first; [`EMPTY`] for a
/// month without a figure. A series that the pack does not have is empty.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    pub stride: usize,
    pub revenue: &'a [i64],
    pub power: &'a [i64],
    pub staff: &'a [i64],
    /// Number of each firm's two-digit industry and of its area, 0 where it is not known.
    pub industries: &'a [usize],
    pub areas: &'a [usize],
    /// Whether each firm was above scale now, a year ago and two years ago; empty where nothing
    /// is known of any.
    pub members: &'a [[Option<bool>; YEARS]],
}

/// Years of which a firm's standing is known: this one and those before.
pub const YEARS: usize = 3;

/// How far each series reaches. Areas deliver by themselves: where one is late, its firms are
/// not silent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reach {
    /// Months of revenue that most firms of the province delivered.
    pub months: usize,
    /// Months before the first one that was delivered at all.
    pub begun: usize,
    pub power: usize,
    pub staff: usize,
    /// Begin and end of revenue by number of the area; that of the province where an area has
    /// too few firms to tell.
    pub areas: Vec<(usize, usize)>,
}

impl Reach {
    /// Begin and end of the revenue of an area.
    pub fn of_area(&self, area: usize) -> (usize, usize) {
        let own = self.areas.get(area).copied();
        let (begun, end) = own.unwrap_or((self.begun, self.months));
        (begun, end.min(self.months))
    }

    /// The same when so many months fewer were known; what is late today was as late then.
    fn earlier(&self, months: usize) -> Option<Reach> {
        (months + self.begun < self.months).then(|| Reach {
            months: self.months - months,
            begun: self.begun,
            power: self.power.saturating_sub(months),
            staff: self.staff.saturating_sub(months),
            areas: self
                .areas
                .iter()
                .map(|(begun, end)| (*begun, end.saturating_sub(months).max(*begun)))
                .collect(),
        })
    }
}

/// What is visible of the firms of some parts.
#[derive(Debug, Clone)]
pub struct History<'a> {
    pub parts: Vec<Sources<'a>>,
    /// Month of the year of the first month, from 0.
    pub phase: usize,
    pub reach: Reach,
    /// Years that the end lies back.
    pub years_back: usize,
}

/// One firm's visible months.
#[derive(Debug, Clone, Copy)]
pub struct Firm<'a> {
    pub revenue: &'a [i64],
    pub power: &'a [i64],
    pub staff: &'a [i64],
    pub industry: usize,
    pub area: usize,
    /// Whether the firm was above scale; none where that is not known.
    pub member: Option<bool>,
    /// Months before the first one that its area delivered: what the firm did in them nobody
    /// knows.
    pub begun: usize,
}

impl Sources<'_> {
    /// Firms of the part.
    pub fn count(&self) -> usize {
        self.industries.len()
    }

    /// Whether a firm was above scale so many years ago.
    pub fn member(&self, place: usize, years_back: usize) -> Option<bool> {
        *self.members.get(place)?.get(years_back)?
    }

    /// One firm as far as its series reached, so many years ago.
    pub fn firm(&self, place: usize, reach: &Reach, years_back: usize) -> Firm<'_> {
        let area = self.areas[place];
        let (begun, end) = reach.of_area(area);
        let cut = |series: &'_ [i64], months: usize| -> std::ops::Range<usize> {
            let start = place * self.stride;
            if series.is_empty() {
                return 0..0;
            }
            start..start + months
        };
        Firm {
            revenue: &self.revenue[cut(self.revenue, end)],
            power: &self.power[cut(self.power, reach.power)],
            staff: &self.staff[cut(self.staff, reach.staff)],
            industry: self.industries[place],
            area,
            member: self.member(place, years_back),
            begun,
        }
    }
}

impl<'a> History<'a> {
    /// Months of which revenue was delivered.
    pub fn delivered(&self) -> usize {
        self.reach.months - self.reach.begun
    }

    pub fn firms(&self) -> impl Iterator<Item = Firm<'_>> {
        let parts = self.parts.iter();
        parts.flat_map(move |part| {
            (0..part.count()).map(move |place| part.firm(place, &self.reach, self.years_back))
        })
    }

    /// The same, seen when fewer months were known. `None` where none were.
    pub fn earlier(&self, months: usize) -> Option<History<'a>> {
        self.reach.earlier(months).map(|reach| History {
            parts: self.parts.clone(),
            phase: self.phase,
            reach,
            // Within a year a standing may have come from the very months that are held back.
            years_back: match months % MONTHS {
                0 => self.years_back + months / MONTHS,
                _ => YEARS,
            },
        })
    }
}

impl Firm<'_> {
    /// Revenue of a month, where it is known.
    pub fn revenue(&self, place: usize) -> Option<f64> {
        figure(self.revenue, place)
    }

    pub fn power(&self, place: usize) -> Option<f64> {
        figure(self.power, place)
    }

    pub fn staff(&self, place: usize) -> Option<f64> {
        figure(self.staff, place)
    }
}

fn figure(series: &[i64], place: usize) -> Option<f64> {
    let value = series.get(place).copied().unwrap_or(EMPTY);
    (value != EMPTY).then_some(value as f64)
}
