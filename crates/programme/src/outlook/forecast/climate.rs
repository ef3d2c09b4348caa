//! What firms of a province, an industry and an area have in common month by month: season,
//! festival and common shocks, as factors on each firm's level.
//!
//! A firm with three months behind it has no season of its own; its industry has. Industry
//! and area are deviations from the province, drawn towards it where few firms speak.

use super::firms::{Firm, History};
use super::maths::{exponential, logarithm, widely};
use super::season::MONTHS;
use serde::{Deserialize, Serialize};

/// Firms whose word weighs as much as the province's on its industry's or area's deviation.
const FIRMS_TO_DEVIATE: f64 = 30.0;
/// Years whose word weighs as much as the expectation on a future month: of the province, whose
/// thousands of firms leave little to chance, and of an industry's or area's deviation.
const PROVINCE_YEARS: f64 = 0.1;
const GROUP_YEARS: f64 = 0.5;
/// Known months that a firm needs to say something of the climate.
const SPEAKS_MONTHS: usize = 6;
const PASSES: usize = 2;
/// Ratios further from the level (as logarithms) are not the climate's doing.
const RATIO_MAX: f64 = 0.7;
const REACH: usize = 6;

/// Factors of the months seen, and of the months of any year ahead, as logarithms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Climate {
    /// Month of the year of the first month seen, from 0.
    phase: usize,
    province: Row,
    /// Two-digit industries, by their number; the place of none is 0.
    industries: Vec<Row>,
    areas: Vec<Row>,
}

/// One factor for each month seen, and one for each month of the year to come.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Row {
    seen: Vec<f64>,
    year: [f64; MONTHS],
}

/// Sums over firms of one group.
#[derive(Debug, Clone, Default)]
struct Tally {
    sums: Vec<f64>,
    counts: Vec<f64>,
}

impl Climate {
    /// Only the profile that is expected of every year: shares of the year by month.
    pub fn expected(
        profile: &[f64; MONTHS],
        groups: (usize, usize),
        (phase, months): (usize, usize),
    ) -> Climate {
        let year = logarithms(profile);
        let seen = (0..months).map(|place| year[(phase + place) % MONTHS]);
        let none = Row {
            seen: vec![0.0; months],
            year: [0.0; MONTHS],
        };
        Climate {
            phase,
            province: Row {
                seen: seen.collect(),
                year,
            },
            industries: vec![none.clone(); groups.0],
            areas: vec![none; groups.1],
        }
    }

    /// Learns the climate of the months that `history` shows from its firms.
    pub fn learn(
        history: &History<'_>,
        profile: &[f64; MONTHS],
        groups: (usize, usize),
    ) -> Climate {
        let span = (history.phase, history.reach.months);
        let mut climate = Climate::expected(profile, groups, span);
        let expected = logarithms(profile);
        for _ in 0..PASSES {
            climate.refine(history, groups, &expected);
        }
        climate
    }

    fn refine(&mut self, history: &History<'_>, groups: (usize, usize), expected: &[f64; MONTHS]) {
        let months = history.reach.months;
        let empty = Tally {
            sums: vec![0.0; months],
            counts: vec![0.0; months],
        };
        let mut province = empty.clone();
        let mut industries = vec![empty.clone(); groups.0];
        let mut areas = vec![empty; groups.1];
        let factors = self.factors();
        let mut listener = Listener::new(months);
        for firm in history.firms() {
            let factor = factors.seen(firm.industry, firm.area);
            let tallies = [
                &mut province,
                &mut industries[firm.industry],
                &mut areas[firm.area],
            ];
            widely(
                #[inline(always)]
                || {
                    if listener.hear(&firm, factor) {
                        for tally in tallies {
                            tally.add(&listener);
                        }
                    }
                },
            );
        }
        let phase = self.phase;
        let before = self.province.seen.clone();
        self.province.seen = province.means(&before, 0.0);
        self.province.year = year_of(
            &self.province.seen,
            &province.counts,
            phase,
            (expected, PROVINCE_YEARS),
        );
        for (rows, tallies) in [
            (&mut self.industries, &industries),
            (&mut self.areas, &areas),
        ] {
            for (row, tally) in rows.iter_mut().zip(tallies) {
                let apart = tally.deviations(&self.province.seen);
                row.year = year_of(&apart, &tally.counts, phase, (&[0.0; MONTHS], GROUP_YEARS));
                row.seen = apart;
            }
        }
    }

    /// Factors ready to multiply with, for every pair of industry and area.
    pub fn factors(&self) -> Factors {
        let months = self.province.seen.len();
        let pairs = self.industries.len() * self.areas.len();
        let mut seen = Vec::with_capacity(pairs * months);
        let mut year = Vec::with_capacity(pairs * MONTHS);
        for industry in &self.industries {
            for area in &self.areas {
                let sums = self
                    .province
                    .seen
                    .iter()
                    .zip(&industry.seen)
                    .zip(&area.seen);
                seen.extend(sums.map(|((p, i), a)| p + i + a));
                let sums = self.province.year.iter().zip(industry.year).zip(area.year);
                year.extend(sums.map(|((p, i), a)| p + i + a));
            }
        }
        widely(
            #[inline(always)]
            || {
                for cells in [&mut seen, &mut year] {
                    for cell in cells {
                        *cell = exponential(*cell);
                    }
                }
            },
        );
        Factors {
            months,
            areas: self.areas.len(),
            seen,
            year,
        }
    }
}

/// The factors of a climate, multiplied out.
#[derive(Debug, Clone)]
pub struct Factors {
    months: usize,
    areas: usize,
    seen: Vec<f64>,
    year: Vec<f64>,
}

impl Factors {
    /// Factors of the months seen.
    pub fn seen(&self, industry: usize, area: usize) -> &[f64] {
        let place = (industry * self.areas + area) * self.months;
        &self.seen[place..place + self.months]
    }

    /// Factors of the months of a year to come, January first.
    pub fn year(&self, industry: usize, area: usize) -> &[f64] {
        let place = (industry * self.areas + area) * MONTHS;
        &self.year[place..place + MONTHS]
    }
}

impl Tally {
    #[inline(always)]
    fn add(&mut self, heard: &Listener) {
        let ratios = self.sums.iter_mut().zip(&heard.ratios);
        ratios.for_each(|(sum, ratio)| *sum += ratio);
        let told = self.counts.iter_mut().zip(&heard.told);
        told.for_each(|(count, told)| *count += told);
    }

    fn means(&self, otherwise: &[f64], prior: f64) -> Vec<f64> {
        let cells = self.sums.iter().zip(&self.counts).zip(otherwise);
        cells
            .map(|((sum, count), otherwise)| match *count > 0.0 {
                true => sum / (count + prior),
                false => *otherwise,
            })
            .collect()
    }

    fn deviations(&self, province: &[f64]) -> Vec<f64> {
        let cells = self.sums.iter().zip(&self.counts).zip(province);
        cells
            .map(|((sum, count), province)| (sum - count * province) / (count + FIRMS_TO_DEVIATE))
            .collect()
    }
}

fn logarithms(profile: &[f64; MONTHS]) -> [f64; MONTHS] {
    let mean = profile.iter().sum::<f64>() / MONTHS as f64;
    profile.map(|share| logarithm(share / mean))
}

/// What one firm says of each month; its working space is kept for the next.
struct Listener {
    /// Revenue where it is above zero, or 0; the same without climate; and 1 where it is.
    values: Vec<f64>,
    adjusted: Vec<f64>,
    present: Vec<f64>,
    /// Sum of the adjusted months around a month, how many of them are known, and how many there
    /// have to be.
    sums: Vec<f64>,
    counts: Vec<f64>,
    needed: Vec<f64>,
    /// Logarithm of a month's value by the level around it, or 0; and 1 where there is one.
    ratios: Vec<f64>,
    told: Vec<f64>,
}

impl Listener {
    fn new(months: usize) -> Listener {
        let none = vec![0.0; months];
        let needed = (0..months).map(|place| match reach_of(place, months) {
            0 | 1 => f64::INFINITY,
            // A level out of few of its months is none.
            reach => 1.5 * reach as f64,
        });
        Listener {
            values: none.clone(),
            adjusted: none.clone(),
            present: none.clone(),
            sums: none.clone(),
            counts: none.clone(),
            needed: needed.collect(),
            ratios: none.clone(),
            told: none,
        }
    }

    /// Whether the firm has enough months to say something; if so, it is found in `ratios` and
    /// `told`. Months stand side by side, each sum in the order of its months.
    #[inline(always)]
    fn hear(&mut self, firm: &Firm<'_>, factor: &[f64]) -> bool {
        let months = self.values.len();
        let mut known = 0;
        for place in 0..months {
            let value = firm.revenue(place).filter(|value| *value > 0.0);
            known += usize::from(value.is_some());
            self.values[place] = value.unwrap_or(0.0);
            self.present[place] = if value.is_some() { 1.0 } else { 0.0 };
        }
        if known < SPEAKS_MONTHS {
            return false;
        }
        let cells = self.adjusted.iter_mut().zip(&self.values).zip(factor);
        cells.for_each(|((adjusted, value), factor)| *adjusted = value / factor);
        self.look_around();
        let told = self.told.iter_mut().zip(&self.adjusted).zip(&self.counts);
        for (((told, adjusted), count), needed) in told.zip(&self.needed) {
            let is_told = (*adjusted > 0.0) & (*count >= *needed);
            *told = if is_told { 1.0 } else { 0.0 };
        }
        let levels = self.values.iter().zip(&self.counts).zip(&self.sums);
        let ratios = self.ratios.iter_mut().zip(&self.told).zip(levels);
        for ((ratio, told), ((value, count), sum)) in ratios {
            let log = logarithm(value * count / sum).clamp(-RATIO_MAX, RATIO_MAX);
            *ratio = if *told > 0.0 { log } else { 0.0 };
        }
        true
    }

    /// Sums the months around each month: as many before it as after it.
    #[inline(always)]
    fn look_around(&mut self) {
        let months = self.adjusted.len();
        let inner = REACH.min(months)..months.saturating_sub(REACH).max(REACH.min(months));
        self.sums.fill(0.0);
        self.counts.fill(0.0);
        for offset in 0..=2 * REACH {
            let near = inner.start + offset - REACH.min(inner.start);
            let near = near..near + inner.len();
            if near.is_empty() {
                break;
            }
            let sums = self.sums[inner.clone()].iter_mut();
            let sums = sums.zip(&mut self.counts[inner.clone()]);
            let terms = self.adjusted[near.clone()].iter().zip(&self.present[near]);
            for ((sum, count), (value, present)) in sums.zip(terms) {
                *sum += value;
                *count += present;
            }
        }
        let ends = (0..inner.start).chain(inner.end..months);
        for place in ends {
            let reach = reach_of(place, months);
            let near = place - reach..=place + reach;
            self.sums[place] = self.adjusted[near.clone()].iter().fold(0.0, |s, v| s + v);
            self.counts[place] = self.present[near].iter().fold(0.0, |s, v| s + v);
        }
    }
}

/// How many months to either side of a month its level is taken from.
fn reach_of(place: usize, months: usize) -> usize {
    place.min(months - 1 - place).min(REACH)
}

/// Means by month of the year, drawn towards what is expected.
fn year_of(
    seen: &[f64],
    counts: &[f64],
    phase: usize,
    (expected, weight): (&[f64; MONTHS], f64),
) -> [f64; MONTHS] {
    let mut sums = [0.0; MONTHS];
    let mut years = [0.0; MONTHS];
    for (place, (value, count)) in seen.iter().zip(counts).enumerate() {
        if *count > 0.0 {
            sums[(phase + place) % MONTHS] += value;
            years[(phase + place) % MONTHS] += 1.0;
        }
    }
    std::array::from_fn(|month| (sums[month] + weight * expected[month]) / (years[month] + weight))
}
