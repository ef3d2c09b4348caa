//! What a firm sells, draws from the grid and pays in for its people, month by month.
//!
//! Any month of any firm is computed on its own, so nothing is stored: the level of the
//! firm, slow waves between fixed knots, the season, the climate of its area and its
//! trade, and the noise of the month. Power and insurance follow the sales.

use super::chance::{bell, exponential, hash, unit};
use super::firms::{Firm, Trait};
use rules::period::Month;

/// Share of the months in a year, times twelve. Growth within a year and new plants move
/// about a point from the first quarter to the last; with them the province comes near the
/// national quarters of 23.5, 25.3, 24.5 and 26.7 % (2021 to 2025).
const SEASON: [f64; 12] = [
    0.84, 0.84, 1.27, 1.0, 1.0, 1.02, 0.96, 0.96, 0.99, 1.005, 1.03, 1.085,
];
const PROFILES: usize = 4;
/// How trades lean against the common season: usual, food, building materials, utilities.
const LEAN: [[f64; 12]; PROFILES] = [
    [1.0; 12],
    [
        1.16, 0.94, 0.86, 0.93, 0.95, 0.96, 0.97, 1.01, 1.09, 1.04, 1.04, 1.06,
    ],
    [
        0.7, 0.6, 0.98, 1.12, 1.14, 1.08, 0.97, 0.97, 1.06, 1.09, 1.05, 0.98,
    ],
    [
        1.35, 1.3, 0.9, 0.94, 0.93, 0.98, 1.12, 1.1, 0.95, 0.92, 0.96, 1.02,
    ],
];
/// Years in which the Spring Festival falls in January.
const FESTIVAL_IN_JANUARY: [i32; 7] = [2012, 2014, 2017, 2020, 2023, 2025, 2028];
const DIVISIONS: usize = 47;
/// Knots of the waves, in months, and the size of each wave.
const WAVES: [(i32, f64); 2] = [(12, 0.27), (5, 0.11)];
const RAMP_MONTHS: i32 = 6;

/// What all firms of an area, a trade or a season have in common, as factors.
pub struct Climate {
    seed: u64,
    start: i32,
    months: usize,
    middle: i32,
    areas: Vec<f64>,
    trades: Vec<f64>,
    seasons: Vec<f64>,
}

/// One month of one firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    pub sales_fen: i64,
    pub tax_fen: i64,
    pub invoiced_fen: i64,
    pub export_fen: i64,
    pub electricity_kwh: i64,
    pub gas_m3: i64,
    pub persons: i64,
    pub base_fen: i64,
}

impl Climate {
    /// `start` is the first month that is ever asked for, `end` the last.
    pub fn new(seed: u64, areas: usize, start: Month, end: Month) -> Climate {
        let months = (end.index() - start.index() + 1) as usize;
        let wave = |kind: u64, of: usize, month: usize, size: f64| {
            let month = start.index() + month as i32;
            let year = hash([seed, kind, of as u64, (month / 12) as u64]);
            1.0 + size * (slow(seed, kind * 1000 + of as u64, month, 7) + 0.4 * bell(year))
        };
        let table = |kind: u64, count: usize, size: f64| {
            (0..count * months)
                .map(|at| wave(kind, at / months, at % months, size).max(0.5))
                .collect()
        };
        Climate {
            seed,
            start: start.index(),
            months,
            middle: (start.index() + end.index()) / 2,
            areas: table(901, areas, 0.025),
            trades: table(902, DIVISIONS, 0.05),
            seasons: (0..PROFILES * months)
                .map(|at| season(at / months, start.plus((at % months) as i32)))
                .collect(),
        }
    }

    /// Sales in fen; `None` where the firm is not yet or no longer there.
    pub fn sales(&self, firm: &Firm, key: u64, month: Month) -> Option<i64> {
        if !firm.delivers_in(month) {
            return None;
        }
        Some(self.sales_of_level(firm, key, month, self.level(firm, key, month)))
    }

    /// Everything that departments deliver of the month.
    pub fn figures(&self, firm: &Firm, key: u64, month: Month) -> Option<Figures> {
        if !firm.delivers_in(month) {
            return None;
        }
        let level = self.level(firm, key, month);
        let sales = self.sales_of_level(firm, key, month, level);
        let draw = hash([self.seed, key, month.index() as u64, 3]);
        let slip = bell(draw);
        let traits = hash([self.seed, key, 0, 4]);
        let share = |bits: u32, low: f64, high: f64| {
            low + (high - low) * ((traits >> bits) & 0xFF) as f64 / 255.0
        };
        let exports = if firm.has(Trait::Exports) {
            share(0, 0.05, 0.5)
        } else {
            0.0
        };
        let real = sales as f64 / 100.0;
        let kwh = f64::from(firm.intensity) * (0.25 * level + 0.75 * real) * (1.0 + 0.05 * slip);
        let gas = if firm.has(Trait::Gas) {
            kwh * share(8, 0.02, 0.15)
        } else {
            0.0
        };
        let stopped = firm.stopped_for(month);
        let staff = level * 12.0 / share(16, 450_000.0, 1_300_000.0);
        let persons = match stopped {
            None => staff.max(3.0),
            Some(0..=2) => (staff * 0.5).max(2.0),
            Some(_) => 0.0,
        };
        let running = if stopped.is_some() { 0.0 } else { 1.0 };
        Some(Figures {
            sales_fen: sales,
            tax_fen: (sales as f64 * share(24, 0.012, 0.045)) as i64,
            invoiced_fen: (sales as f64 * (1.0 + 0.02 * bell(traits ^ draw))) as i64,
            export_fen: (sales as f64 * exports) as i64,
            electricity_kwh: (kwh.max(60.0) * running) as i64,
            gas_m3: (gas * running) as i64,
            persons: persons as i64,
            base_fen: persons as i64 * (share(32, 4000.0, 7200.0) as i64 * 100),
        })
    }

    /// Yuan a month before season and noise.
    fn level(&self, firm: &Firm, key: u64, month: Month) -> f64 {
        let at = month.index();
        let mut power =
            f64::from(firm.log_size) + f64::from(firm.growth) * f64::from(at - self.middle) / 12.0;
        for (index, (knot, size)) in WAVES.into_iter().enumerate() {
            power += size * slow(self.seed ^ index as u64, key, at, knot);
        }
        if at >= i32::from(firm.step_month) {
            power += f64::from(firm.step);
        }
        let age = at - i32::from(firm.commissioned);
        let ramp = f64::from((age + 3).clamp(0, RAMP_MONTHS)) / f64::from(RAMP_MONTHS);
        exponential(power) * ramp
    }

    fn sales_of_level(&self, firm: &Firm, key: u64, month: Month, level: f64) -> i64 {
        if firm.stopped_for(month).is_some() {
            return 0;
        }
        let at = (month.index() - self.start).clamp(0, self.months as i32 - 1) as usize;
        let draw = hash([self.seed, key, month.index() as u64, 2]);
        if firm.has(Trait::Patchy) && unit(draw) < 0.08 {
            return 0;
        }
        let common = self.seasons[usize::from(firm.profile) * self.months + at]
            * self.areas[usize::from(firm.area) * self.months + at]
            * self.trades[usize::from(firm.division) * self.months + at];
        let noise = (1.0 + f64::from(firm.noise) * bell(draw)).max(0.05);
        (level * common * noise * 100.0) as i64
    }
}

/// Profile of the season that fits an industrial division.
pub fn profile_of(division: u32) -> u8 {
    match division {
        13..=15 => 1,
        10 | 30 | 33 => 2,
        6 | 44..=46 => 3,
        _ => 0,
    }
}

fn season(profile: usize, month: Month) -> f64 {
    let weight = |number: usize| {
        let festival = match (number, FESTIVAL_IN_JANUARY.contains(&month.year())) {
            (0, true) | (1, false) => 0.91,
            (0 | 1, _) => 1.09,
            _ => 1.0,
        };
        SEASON[number] * LEAN[profile][number] * festival
    };
    let year: f64 = (0..12).map(weight).sum();
    weight(month.number() as usize - 1) * 12.0 / year
}

/// A wave that runs straight between a draw at every knot.
fn slow(seed: u64, key: u64, month: i32, knot: i32) -> f64 {
    // Knots of firms are staggered so that the province does not bend as one.
    let at = month + (key % knot as u64) as i32;
    let draw = |number: i32| bell(hash([seed, key, number as u64, 1]));
    let (before, past) = (at.div_euclid(knot), at.rem_euclid(knot));
    let share = f64::from(past) / f64::from(knot);
    draw(before) * (1.0 - share) + draw(before + 1) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_year_comes_near_the_known_quarters() {
        let share = |from: u32, to: u32| -> f64 {
            let months = (from..=to).filter_map(|number| Month::new(2025, number));
            months.map(|month| season(0, month)).sum::<f64>() / 12.0
        };
        for (from, to, expected) in [(1, 3, 0.235), (4, 6, 0.253), (7, 9, 0.245), (10, 12, 0.267)] {
            assert!((share(from, to) - expected).abs() < 0.013, "{from}-{to}");
        }
    }
}
