//! Level and trend of one seasonally adjusted series: thirty-two smoothers side by side.
//!
//! Three families, each with several weights of the newest month; in every family the
//! smoother with the smallest squared one-step errors counts, and the three are averaged:
//!
//! - simple: the level alone,
//! - drift: the level moves by half the straight line's slope (the Theta method),
//! - damped: the level has a trend of its own that fades.
//!
//! All lanes take the same months, so that a loop over them runs as wide as its caller's
//! processor allows. Numbers are 32 bits wide: the series is scaled to a mean of one.

/// Smoothers that run side by side.
pub const LANES: usize = 32;
const WEIGHTS: [f32; 5] = [0.1, 0.2, 0.4, 0.6, 0.85];
/// Weight of the trend as a share of that of the level, and how fast the trend fades.
const TREND_SHARES: [f32; 2] = [0.05, 0.2];
const FADES: [f32; 2] = [0.85, 0.95];
/// The first months, whose mean the level starts from.
const START_MONTHS: usize = 12;
/// Series with fewer months have no trend.
pub const TREND_MONTHS: usize = 8;
const SIMPLE: std::ops::Range<usize> = 0..6;
const DRIFT: std::ops::Range<usize> = 6..12;
const DAMPED: std::ops::Range<usize> = 12..32;

type Lanes = [f32; LANES];

/// The weights of all lanes.
#[derive(Debug, Clone)]
pub struct Smoothers {
    weight: Lanes,
    trend_weight: Lanes,
    fade: Lanes,
    /// 1 where the straight line's half slope moves the level.
    drifts: Lanes,
}

/// Where a series stands after its last month, in its own unit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    /// One level for each family; those of the drift and the damped one with their move.
    simple: f64,
    drift: (f64, f64),
    damped: (f64, f64, f64),
    families: u8,
    /// Mean square of the one-step errors by the mean square of the level: relative, without unit.
    pub noise: f64,
}

impl Standing {
    /// The level `months` after the last one, 1 for the next month; never below zero.
    pub fn ahead(&self, months: u32) -> f64 {
        if self.families == 1 {
            return self.simple.max(0.0);
        }
        let steps = f64::from(months);
        let (level, slope) = self.drift;
        let (damped, trend, fade) = self.damped;
        let (mut reach, mut power) = (0.0, 1.0);
        for _ in 0..months.min(200) {
            power *= fade;
            reach += power;
        }
        let sum = self.simple + (level + slope * steps) + (damped + trend * reach);
        (sum / 3.0).max(0.0)
    }
}

impl Default for Smoothers {
    fn default() -> Smoothers {
        Smoothers::new()
    }
}

impl Smoothers {
    pub fn new() -> Smoothers {
        let mut smoothers = Smoothers {
            weight: [0.3; LANES],
            trend_weight: [0.0; LANES],
            fade: [1.0; LANES],
            drifts: [0.0; LANES],
        };
        for family in [SIMPLE, DRIFT] {
            for (lane, weight) in family.clone().zip(WEIGHTS) {
                smoothers.weight[lane] = weight;
            }
        }
        for lane in DRIFT {
            smoothers.drifts[lane] = 1.0;
        }
        for (number, lane) in DAMPED.enumerate() {
            let weight = WEIGHTS[number / 4];
            smoothers.weight[lane] = weight;
            smoothers.trend_weight[lane] = weight * TREND_SHARES[number / 2 % 2];
            smoothers.fade[lane] = FADES[number % 2];
        }
        smoothers
    }

    /// Runs all lanes over the months; `known` says which of them have a value.
    /// `None` where none has.
    #[inline(always)]
    pub fn run(&self, values: &[f64], known: &[bool]) -> Option<Standing> {
        let count = known.iter().filter(|known| **known).count();
        if count == 0 {
            return None;
        }
        let sum: f64 = pairs(values, known).map(|(_, value)| value).sum();
        let mean = sum / count as f64;
        if mean <= 0.0 || !mean.is_finite() {
            return Some(Standing {
                families: 1,
                ..Standing::default()
            });
        }
        let slope = if count >= TREND_MONTHS {
            0.5 * straight_slope(values, known, count, mean) / mean
        } else {
            0.0
        };
        let start = start_of(values, known, mean, slope);
        let scaled = |value: f64| (value / mean) as f32;
        let mut state = State {
            level: [start.level as f32; LANES],
            trend: [0.0; LANES],
            drift: self.drifts.map(|drifts| drifts * slope as f32),
            errors: [0.0; LANES],
        };
        for lane in DRIFT {
            state.level[lane] = start.drift_level as f32;
        }
        for lane in DAMPED {
            state.level[lane] = start.trend_level as f32;
            state.trend[lane] = start.trend as f32;
        }
        let first = known.iter().position(|known| *known).unwrap_or(0);
        for (place, (value, known)) in values.iter().zip(known).enumerate().skip(first) {
            if *known {
                state.take(self, scaled(*value), place > first);
            } else {
                state.pass(self);
            }
        }
        Some(state.standing(self, count, mean))
    }
}

/// What every lane carries from month to month.
struct State {
    level: Lanes,
    trend: Lanes,
    drift: Lanes,
    errors: Lanes,
}

impl State {
    #[inline(always)]
    fn take(&mut self, smoothers: &Smoothers, value: f32, counts: bool) {
        let counts = if counts { 1.0 } else { 0.0 };
        for lane in 0..LANES {
            let moved = smoothers.fade[lane] * self.trend[lane];
            let ahead = self.level[lane] + moved + self.drift[lane];
            let error = value - ahead;
            self.errors[lane] += counts * error * error;
            self.level[lane] = ahead + smoothers.weight[lane] * error;
            self.trend[lane] = moved + smoothers.trend_weight[lane] * error;
        }
    }

    /// A month without a value moves what moves and teaches nothing.
    #[inline(always)]
    fn pass(&mut self, smoothers: &Smoothers) {
        for lane in 0..LANES {
            self.trend[lane] *= smoothers.fade[lane];
            self.level[lane] += self.trend[lane] + self.drift[lane];
        }
    }

    #[inline(always)]
    fn standing(&self, smoothers: &Smoothers, count: usize, mean: f64) -> Standing {
        let simple = self.best(SIMPLE);
        let level = |lane: usize| f64::from(self.level[lane]) * mean;
        let has_trend = count >= TREND_MONTHS;
        let families: &[usize] = &[simple, self.best(DRIFT), self.best(DAMPED)];
        let used = if has_trend { families } else { &families[..1] };
        let errors: f64 = used.iter().map(|lane| f64::from(self.errors[*lane])).sum();
        let steps = (count.saturating_sub(1)).max(1) * used.len();
        let [simple, drift, damped] = [families[0], families[1], families[2]];
        Standing {
            simple: level(simple),
            drift: (level(drift), f64::from(self.drift[drift]) * mean),
            damped: (
                level(damped),
                f64::from(self.trend[damped]) * mean,
                f64::from(smoothers.fade[damped]),
            ),
            families: used.len() as u8,
            noise: errors / steps as f64,
        }
    }

    #[inline(always)]
    fn best(&self, family: std::ops::Range<usize>) -> usize {
        let mut best = family.start;
        for lane in family {
            if self.errors[lane] < self.errors[best] {
                best = lane;
            }
        }
        best
    }
}

struct Start {
    level: f64,
    drift_level: f64,
    trend_level: f64,
    trend: f64,
}

fn pairs<'a>(values: &'a [f64], known: &'a [bool]) -> impl Iterator<Item = (usize, f64)> + 'a {
    let both = values.iter().zip(known).enumerate();
    both.filter(|(_, (_, known))| **known)
        .map(|(place, (value, _))| (place, *value))
}

/// Slope of the straight line through the known months, in units a month.
#[inline(always)]
fn straight_slope(values: &[f64], known: &[bool], count: usize, mean: f64) -> f64 {
    let places: usize = pairs(values, known).map(|(place, _)| place).sum();
    let middle = places as f64 / count as f64;
    let (mut product, mut square) = (0.0, 0.0);
    for (place, value) in pairs(values, known) {
        let distance = place as f64 - middle;
        product += distance * (value - mean);
        square += distance * distance;
    }
    if square > 0.0 { product / square } else { 0.0 }
}

/// Where the lanes begin, in means: the mean of the first year, and half of the move from its
/// first to its second half.
#[inline(always)]
fn start_of(values: &[f64], known: &[bool], mean: f64, slope: f64) -> Start {
    let (mut head, mut tail) = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0));
    let first = known.iter().position(|known| *known).unwrap_or(0);
    let span = START_MONTHS.min(values.len() - first);
    for (place, value) in pairs(values, known).take_while(|(place, _)| *place < first + span) {
        let side = if place - first < span.div_ceil(2) {
            &mut head
        } else {
            &mut tail
        };
        side.0 += value / mean;
        side.1 += 1.0;
        side.2 += (place - first) as f64;
    }
    let count = head.1 + tail.1;
    let level = (head.0 + tail.0) / count;
    let centre = (head.2 + tail.2) / count;
    let mut trend = 0.0;
    if head.1 > 1.0 && tail.1 > 1.0 {
        let apart = tail.2 / tail.1 - head.2 / head.1;
        trend = 0.5 * (tail.0 / tail.1 - head.0 / head.1) / apart;
    }
    Start {
        level,
        drift_level: level - slope * (centre + 1.0),
        trend_level: level - trend * (centre + 1.0),
        trend,
    }
}
