//! One monthly series and what it points to: level, trend and season of the months to come.

use super::lanes::{Smoothers, Standing};
use super::maths::widely;
use super::season::{Bench, MONTHS, Months, Own, adjust, own_indices};

/// What is kept of a long series: older months say nothing of the next year.
pub const MONTHS_MAX: usize = 240;

/// A series' season and standing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path {
    standing: Standing,
    own: Own,
    /// Month of the year of the first month ahead, from 0.
    next: usize,
}

impl Path {
    /// What the series is expected to bring, `months` after its last month (1 = the next);
    /// `expected` is the index expected of that month, 1 where none is. Never negative.
    pub fn ahead(&self, months: u32, expected: f64) -> f64 {
        let month = (self.next + months as usize - 1) % MONTHS;
        self.standing.ahead(months) * self.own.indices[month] * expected
    }

    /// The same without season.
    pub fn level(&self, months: u32) -> f64 {
        self.standing.ahead(months)
    }

    /// The series' own index of a month of the year, from 0.
    pub fn index(&self, month: usize) -> f64 {
        self.own.indices[month % MONTHS]
    }

    /// Mean square of one-step errors, relative to the level.
    pub fn noise(&self) -> f64 {
        self.standing.noise * self.own.inflation
    }
}

/// Follows series one after the other in the same working space.
#[derive(Debug, Clone, Default)]
pub struct Follower {
    smoothers: Smoothers,
    bench: Bench,
    adjusted: Vec<f64>,
}

impl Follower {
    /// Where a series points to; `None` where no month is known.
    pub fn follow(&mut self, months: Months<'_>) -> Option<Path> {
        let from = months.values.len().saturating_sub(MONTHS_MAX);
        let months = Months {
            values: &months.values[from..],
            known: &months.known[from..],
            expected: &months.expected[from..],
            phase: (months.phase + from) % MONTHS,
        };
        let (bench, adjusted) = (&mut self.bench, &mut self.adjusted);
        let smoothers = &self.smoothers;
        let (own, standing) = widely(
            #[inline(always)]
            || {
                let own = own_indices(months, bench);
                adjust(months, &own.indices, adjusted);
                (own, smoothers.run(adjusted, months.known))
            },
        );
        let standing = standing?;
        Some(Path {
            standing,
            own,
            next: (months.phase + months.values.len()) % MONTHS,
        })
    }
}
