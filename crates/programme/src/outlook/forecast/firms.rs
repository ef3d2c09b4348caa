//! The months of many firms as the forecast reads them: revenue, power, staff, up to a point.
//!
//! Looking back means taking a shorter [`History`]: what lies behind its end cannot be reached
//! through it.

use crate::deliveries::payload::EMPTY;

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
}

/// What is visible: revenue for the first `months`, other series for the first `other` ones.
#[derive(Debug, Clone)]
pub struct History<'a> {
    pub parts: Vec<Sources<'a>>,
    /// Month of the year of the first month, from 0.
    pub phase: usize,
    pub months: usize,
    pub other: usize,
    /// Months before the first one that was delivered at all.
    pub begun: usize,
}

/// One firm's visible months.
#[derive(Debug, Clone, Copy)]
pub struct Firm<'a> {
    pub revenue: &'a [i64],
    pub power: &'a [i64],
    pub staff: &'a [i64],
    pub industry: usize,
    pub area: usize,
}

impl Sources<'_> {
    pub fn len(&self) -> usize {
        self.industries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.industries.is_empty()
    }

    /// One firm as it was when revenue was known for `months` and the rest for `other` months.
    pub fn firm(&self, place: usize, months: usize, other: usize) -> Firm<'_> {
        let cut = |series: &'_ [i64], months: usize| -> std::ops::Range<usize> {
            let start = place * self.stride;
            if series.is_empty() {
                return 0..0;
            }
            start..start + months
        };
        Firm {
            revenue: &self.revenue[cut(self.revenue, months)],
            power: &self.power[cut(self.power, other)],
            staff: &self.staff[cut(self.staff, other)],
            industry: self.industries[place],
            area: self.areas[place],
        }
    }
}

impl<'a> History<'a> {
    /// Months of which revenue was delivered.
    pub fn delivered(&self) -> usize {
        self.months - self.begun
    }

    pub fn firms(&self) -> impl Iterator<Item = Firm<'_>> {
        let parts = self.parts.iter();
        parts.flat_map(move |part| {
            (0..part.len()).map(move |place| part.firm(place, self.months, self.other))
        })
    }

    /// The same, seen when fewer months were known. `None` where none were.
    pub fn earlier(&self, months: usize) -> Option<History<'a>> {
        (months + self.begun < self.months).then(|| History {
            parts: self.parts.clone(),
            phase: self.phase,
            months: self.months - months,
            other: self.other.saturating_sub(months),
            begun: self.begun,
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
