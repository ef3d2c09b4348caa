//! Learning from a province's own past, and landing each firm's year.
//!
//! To learn is to forecast again what is known by now: a year ago, two years ago, and the last
//! months, each with what was visible then and nothing else.

use super::climate::{Climate, Factors};
use super::expect::{Calendar, Estimator, Expectation, Likeness, Source, mean_of, sales_by_power};
use super::firms::{Firm, History, Reach};
use super::maths::logarithm;
use super::recalibration::{Case, Recalibration};
use super::season::MONTHS;
use super::shared::{Shared, measure};
use super::spread::{Found, Spreads, TABLE_MIN, goes_on};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What is asked of a forecaster, beside the months themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question<'a> {
    /// Expected shares of the year by month, January first, any unit.
    pub profile: &'a [f64; MONTHS],
    /// Numbers of industries and of areas, with that of none.
    pub groups: (usize, usize),
    /// Place of the year's January among the months seen.
    pub start: i32,
    /// Months that are asked for from there on, at most twelve.
    pub count: usize,
    /// Revenue of a year in fen from which a firm is above scale.
    pub threshold: f64,
}

impl Question<'_> {
    /// The same, asked some months ago.
    fn earlier(mut self, months: usize) -> Self {
        self.start -= months as i32;
        self
    }
}

/// All that was learnt; with it every firm's year is a few microseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecaster {
    climate: Climate,
    likeness: Likeness,
    pub spreads: Spreads,
    /// How far errors of firms go together.
    pub shared: Shared,
    /// What past years say of the probabilities.
    pub recalibration: Recalibration,
    /// Noise of an ordinary firm.
    noise: f64,
    phase: usize,
    start: i32,
    count: usize,
    /// What was visible.
    pub reach: Reach,
}

/// Where a firm's year lands, in fen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Landing {
    pub above: f64,
    pub low: f64,
    pub middle: f64,
    pub high: f64,
    pub expectation: Expectation,
}

/// A year back is learnt from where this many months were visible then.
const BACK_MONTHS_MIN: usize = 6;
/// Two years back where this many were.
const FAR_MONTHS_MIN: usize = 18;
/// Months at the end that are held back, where at least as many stay visible: several lengths,
/// so that the width's growth can be told.
const HELD_MONTHS: [usize; 3] = [1, 3, 6];
/// Fewer months say nothing of a year.
const HELD_OUT_OF: usize = 6;
/// Noise and the weight of power are measured where this many months were delivered.
const MEASURED_MONTHS: usize = 6;
/// Noise of an ordinary firm before any was measured.
const NOISE_ASSUMED: f64 = 0.03;

impl Forecaster {
    /// Learns from what `history` shows.
    pub fn learn(history: &History<'_>, question: Question<'_>) -> Forecaster {
        let years = years_back(history, question);
        let asked: Vec<(Question<'_>, usize)> = HELD_MONTHS
            .into_iter()
            .filter(|held| history.delivered() >= HELD_OUT_OF.max(2 * held))
            .map(|held| (held_back(history, question), held))
            .collect();
        let asked = [years.clone(), asked].concat();
        // Each past is by itself, and today does not need them.
        let (mut own, mut pasts) = rayon::join(
            || Forecaster::alone(history, question),
            || -> Vec<Vec<Found>> {
                let asked = asked.par_iter().with_max_len(1);
                asked
                    .map(|(question, back)| relived(history, *question, *back))
                    .collect()
            },
        );
        let held = pasts.split_off(years.len());
        let of_years = going_on(&pasts);
        let of_months = going_on(&held);
        let found = match of_years.len() >= TABLE_MIN {
            true => &of_years,
            false => &of_months,
        };
        if found.len() >= TABLE_MIN {
            own.spreads.fit_width(found);
        }
        if of_years.len() < TABLE_MIN {
            own.spreads.keep_step();
        }
        let common = Shared::assumed().shocks.province;
        let shorter = shortened(history.delivered());
        own.spreads.fill_tables(&pasts, common, shorter);
        own.spreads.fill_tables(&held, common, 1.0);
        own.spreads.lend_tables();
        own.shared = measure(&own.spreads, &pasts);
        own.recalibration = Recalibration::learn(&cases(&own.spreads, &pasts));
        own
    }

    /// Climate and likeness of what is visible, with assumed spreads.
    fn alone(history: &History<'_>, question: Question<'_>) -> Forecaster {
        let climate = Climate::learn(history, question.profile, question.groups);
        let mut own = Forecaster {
            climate,
            likeness: Likeness::default(),
            spreads: Spreads::assumed(),
            shared: Shared::assumed(),
            recalibration: Recalibration::NONE,
            noise: NOISE_ASSUMED,
            phase: history.phase,
            start: question.start,
            count: question.count,
            reach: history.reach.clone(),
        };
        own.likeness = likeness(history, question.groups.0);
        let factors = own.factors();
        let (noise, weight) = own.measure(history, &factors);
        own.noise = noise;
        own.likeness.power_weight = weight;
        own
    }

    /// The factors of the climate, multiplied out; needed to land firms.
    pub fn factors(&self) -> Factors {
        self.climate.factors()
    }

    /// What the year of a firm is expected to bring.
    pub fn expect(
        &self,
        estimator: &mut Estimator,
        factors: &Factors,
        firm: &Firm<'_>,
    ) -> Option<Expectation> {
        estimator.expect(firm, self.calendar(factors, self.start, self.count))
    }

    fn calendar<'a>(&'a self, factors: &'a Factors, start: i32, count: usize) -> Calendar<'a> {
        Calendar {
            factors,
            likeness: &self.likeness,
            phase: self.phase,
            start,
            count,
            noise: self.noise,
        }
    }

    /// Where the year of a firm lands against a threshold in fen; `None` where nothing is known
    /// of the firm.
    pub fn land(
        &self,
        estimator: &mut Estimator,
        factors: &Factors,
        firm: &Firm<'_>,
        threshold: f64,
    ) -> Option<Landing> {
        let expectation = self.expect(estimator, factors, firm)?;
        Some(self.landed(expectation, threshold, firm.member))
    }

    /// The distribution around an expectation of a firm that is above scale or not.
    pub fn landed(
        &self,
        expectation: Expectation,
        threshold: f64,
        member: Option<bool>,
    ) -> Landing {
        let Expectation { known, open, .. } = expectation;
        if open == 0 {
            let total = known.max(0.0);
            return Landing {
                above: if total >= threshold { 1.0 } else { 0.0 },
                low: total,
                middle: total,
                high: total,
                expectation,
            };
        }
        let rests = self.spreads.rests(&expectation, [0.1, 0.5, 0.9]);
        let [low, middle, high] = rests.map(|rest| (known + rest).max(0.0));
        let need = threshold - known;
        let above = match need > 0.0 {
            true => {
                let above = self.spreads.reaches(&expectation, need);
                match goes_on(expectation.kind) {
                    true => self.recalibration.apply(above, member),
                    false => above,
                }
            }
            false => 1.0,
        };
        Landing {
            above,
            low,
            middle,
            high,
            expectation,
        }
    }

    /// Noise of an ordinary firm, and the weight of power against the path for one month.
    fn measure(&self, history: &History<'_>, factors: &Factors) -> (f64, f64) {
        let mut estimator = Estimator::default();
        let mut noises = Vec::new();
        let mut sums = [0.0; 4];
        if history.delivered() < MEASURED_MONTHS {
            return (NOISE_ASSUMED, 0.0);
        }
        let (start, count) = last_year(history);
        for firm in history.firms() {
            let Some((_, revenue)) = firm.revenue.split_last() else {
                continue;
            };
            let seen = Firm { revenue, ..firm };
            let calendar = self.calendar(factors, start, count);
            let Some(expectation) = estimator.expect(&seen, calendar) else {
                continue;
            };
            if !goes_on(expectation.kind) {
                continue;
            }
            noises.push(expectation.noise);
            if let Some((path, power)) = surprises(&expectation, &firm, &seen, start) {
                for (sum, term) in
                    sums.iter_mut()
                        .zip([path * path, power * power, path * power, 1.0])
                {
                    *sum += term;
                }
            }
        }
        let [path, power, both, count] = sums;
        let weight = match count >= TABLE_MIN as f64 && path + power - 2.0 * both > 0.0 {
            true => ((path - both) / (path + power - 2.0 * both)).clamp(0.0, 1.0),
            false => 0.0,
        };
        noises.sort_by(f64::total_cmp);
        let noise = noises.get(noises.len() / 2).copied();
        (noise.unwrap_or(NOISE_ASSUMED), weight)
    }
}

/// By how much path and power missed the last visible month, as logarithms.
fn surprises(
    expectation: &Expectation,
    firm: &Firm<'_>,
    seen: &Firm<'_>,
    start: i32,
) -> Option<(f64, f64)> {
    const SURPRISE_MAX: f64 = 1.5;
    let place = seen.revenue.len();
    let actual = firm.revenue(place).filter(|value| *value > 0.0)?;
    let power = firm.power(place).filter(|value| *value > 0.0)?;
    let sales = sales_by_power(seen, place - 1)?;
    let month = usize::try_from(place as i32 - start).ok()?;
    let path = expectation.months.get(month).copied()?;
    // Nothing was weighed yet: the month is the path's alone.
    if expectation.sources[month] != Source::Path || path <= 0.0 {
        return None;
    }
    let missed = |point: f64| logarithm(actual / point).clamp(-SURPRISE_MAX, SURPRISE_MAX);
    Some((missed(path), missed(sales * power)))
}

/// Forecasts again from `back` months ago what is asked, and compares with
/// what is known by now.
fn relived(history: &History<'_>, question: Question<'_>, back: usize) -> Vec<Found> {
    let Some(earlier) = history.earlier(back) else {
        return Vec::new();
    };
    let then = Forecaster::alone(&earlier, question);
    let factors = then.factors();
    let mut estimator = Estimator::default();
    let mut found = Vec::new();
    for (seen, now) in earlier.firms().zip(history.firms()) {
        let Some(expectation) = then.expect(&mut estimator, &factors, &seen) else {
            continue;
        };
        if let Some(actual) = rest_of(&expectation, &now, question.start) {
            found.push(Found {
                kind: expectation.kind,
                ratio: actual / expectation.rest,
                noise: expectation.noise,
                open: expectation.open,
                industry: seen.industry,
                area: seen.area,
                member: seen.member,
                needed: Some((question.threshold - expectation.known) / expectation.rest)
                    .filter(|needed| *needed > 0.0),
            });
        }
    }
    found
}

/// The same question one and two years ago, where enough months were visible then; with the
/// months that lie between.
fn years_back<'a>(history: &History<'_>, question: Question<'a>) -> Vec<(Question<'a>, usize)> {
    let years = [(MONTHS, BACK_MONTHS_MIN), (2 * MONTHS, FAR_MONTHS_MIN)].into_iter();
    years
        .filter(|(back, least)| history.delivered() >= back + least)
        .map(|(back, _)| (question.earlier(back), back))
        .collect()
}

/// The last twelve months, or those that there are: of them the last ones are held back.
fn held_back<'a>(history: &History<'_>, question: Question<'a>) -> Question<'a> {
    let (start, count) = last_year(history);
    Question {
        start,
        count,
        ..question
    }
}

/// By how much errors of a year ago have to be narrowed, since they were made with a year less
/// to learn from. Where little was known then, the two cannot be compared.
fn shortened(delivered: usize) -> f64 {
    let variance = |months: usize| 1.0 + MONTHS as f64 / months as f64;
    match delivered.checked_sub(MONTHS) {
        Some(then) if then >= FAR_MONTHS_MIN => (variance(delivered) / variance(then)).sqrt(),
        _ => 1.0,
    }
}

/// What would have been said of firms that went on in past years, and what came.
fn cases(spreads: &Spreads, pasts: &[Vec<Found>]) -> Vec<Case> {
    let found = pasts.iter().flatten().filter(|found| goes_on(found.kind));
    let cases = found.filter_map(|found| {
        let needed = found.needed?;
        Some(Case {
            above: spreads.exceeds(found.kind, found.noise, found.open, needed),
            member: found.member,
            came: found.ratio >= needed,
        })
    });
    cases.collect()
}

/// Place of the first and number of the last twelve months, or of those that there are.
fn last_year(history: &History<'_>) -> (i32, usize) {
    let Reach { months, begun, .. } = history.reach;
    let start = months.saturating_sub(MONTHS).max(begun);
    (start as i32, months - start)
}

/// Errors of firms that go on.
fn going_on(pasts: &[Vec<Found>]) -> Vec<Found> {
    let all = pasts.iter().flatten().copied();
    all.filter(|found| goes_on(found.kind)).collect()
}

/// What the estimated months really brought; `None` where one of them is still not known.
pub fn rest_of(expectation: &Expectation, now: &Firm<'_>, start: i32) -> Option<f64> {
    if expectation.rest <= 0.0 || expectation.open == 0 {
        return None;
    }
    let mut sum = 0.0;
    let asked = expectation
        .sources
        .iter()
        .enumerate()
        .take(expectation.count);
    for (month, source) in asked {
        if matches!(source, Source::Known | Source::NotYet) {
            continue;
        }
        let place = usize::try_from(start + month as i32).ok()?;
        sum += now.revenue(place)?;
    }
    Some(sum.max(0.0))
}

/// What power and persons usually go with, by industry; industries with few firms are drawn
/// towards all.
fn likeness(history: &History<'_>, industries: usize) -> Likeness {
    let mut power = vec![[0.0; 3]; industries];
    let mut staff = vec![[0.0; 3]; industries];
    for firm in history.firms() {
        let Some(sales) = mean_of(firm.revenue).filter(|sales| *sales > 0.0) else {
            continue;
        };
        for (table, series) in [(&mut power, firm.power), (&mut staff, firm.staff)] {
            if let Some(mean) = mean_of(series).filter(|mean| *mean > 0.0) {
                let log = logarithm(sales / mean);
                let cell = &mut table[firm.industry];
                cell[0] += 1.0;
                cell[1] += log;
                cell[2] += log * log;
            }
        }
    }
    Likeness {
        power: drawn(&power),
        staff: drawn(&staff),
        power_weight: 0.0,
    }
}

/// Mean and variance of each group; groups with few firms are drawn towards all.
fn drawn(groups: &[[f64; 3]]) -> Vec<(f64, f64)> {
    const FIRMS: f64 = 20.0;
    let all = groups.iter().fold([0.0; 3], |mut all, group| {
        all.iter_mut()
            .zip(group)
            .for_each(|(sum, term)| *sum += term);
        all
    });
    if all[0] < FIRMS {
        return Vec::new();
    }
    let (mean, square) = (all[1] / all[0], all[2] / all[0]);
    let groups = groups.iter().map(|[count, sum, squares]| {
        let weight = count + FIRMS;
        let own = (sum + FIRMS * mean) / weight;
        let variance = (squares + FIRMS * square) / weight - own * own;
        (own, variance.max(1e-4))
    });
    groups.collect()
}
