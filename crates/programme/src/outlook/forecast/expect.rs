//! What a firm's year is expected to come to: twelve months, known or estimated, and of what
//! kind the firm is as far as surprise goes.

use super::climate::Factors;
use super::firms::Firm;
use super::path::{Follower, Path};
use super::season::{MONTHS, Months};
use serde::{Deserialize, Serialize};

/// Firms that surprise alike; each kind has its own table of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// A year or more of months, sales going on.
    Running,
    /// Fewer than twelve known months, because deliveries began late.
    Short,
    /// Began selling within the last months.
    Young,
    /// The last one or two known months are zero.
    Paused,
    /// The last three or more known months are zero.
    Stopped,
    /// The last two or more months are missing while those of others are there: it may be gone.
    Late,
    /// No revenue known: estimated from power.
    Powered,
    /// Neither revenue nor power: estimated from insured persons.
    Staffed,
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::Running,
        Kind::Short,
        Kind::Young,
        Kind::Paused,
        Kind::Stopped,
        Kind::Late,
        Kind::Powered,
        Kind::Staffed,
    ];

    /// Whether the rest of the year is measured as a share of what it was before the stop,
    /// because it may well be nothing.
    pub fn is_share(self) -> bool {
        matches!(self, Kind::Paused | Kind::Stopped | Kind::Late)
    }
}

/// Where the figure of a month comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// Delivered.
    Known,
    /// Level, trend and season of the firm.
    #[default]
    Path,
    /// The same, corrected by the power drawn in the month.
    Power,
    /// Missing between known months: their level and season.
    Between,
    /// Before the firm's first month.
    NotYet,
    /// From power or persons alone.
    Like,
}

/// The expectation of one firm's year, in fen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    pub kind: Kind,
    /// From `start` on: January first for a calendar year.
    pub months: [f64; MONTHS],
    pub sources: [Source; MONTHS],
    /// How many of them were asked for.
    pub count: usize,
    /// Sum of the delivered months.
    pub known: f64,
    /// Sum of the estimated months; for a stopped firm what they would be had it gone on.
    pub rest: f64,
    /// Estimated months that are still open to surprise.
    pub open: u32,
    /// Relative variance of one month around its expectation.
    pub noise: f64,
    /// Persistence of the level after the last known month, without season.
    pub level: f64,
}

/// Sales by power and by persons of the industries, and how well power tells a month.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Likeness {
    /// By industry: logarithm of yearly sales in fen a kilowatt-hour, and its variance.
    pub power: Vec<(f64, f64)>,
    /// The same a person.
    pub staff: Vec<(f64, f64)>,
    /// Weight of what power says of a month against what the path says.
    pub power_weight: f64,
}

/// Months in which a firm is new.
const YOUNG_MONTHS: usize = 9;
const SHORT_MONTHS: usize = 12;
const STOPPED_MONTHS: usize = 3;
const LATE_MONTHS: usize = 2;
/// Months whose sales by power are looked at.
const POWER_MONTHS: usize = 12;
const POWER_MONTHS_MIN: usize = 3;
/// Months around a gap whose level stands for it.
const GAP_REACH: usize = 4;

/// Estimates firms one after the other; keeps its working space.
#[derive(Debug, Clone, Default)]
pub struct Estimator {
    follower: Follower,
    values: Vec<f64>,
    known: Vec<bool>,
}

/// The year that is asked for, and the factors of the time.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    pub factors: &'a Factors,
    pub likeness: &'a Likeness,
    /// Month of the year of the first month seen, from 0.
    pub phase: usize,
    /// Place of the first of the twelve months among the months seen; below zero where it
    /// lies before them. For a calendar year that of its January.
    pub start: i32,
    /// How many months are asked for, at most twelve.
    pub count: usize,
    /// Noise of an ordinary firm, towards which a short series' own is drawn.
    pub noise: f64,
}

impl Calendar<'_> {
    /// Month of the year, from 0, of a place among the months seen.
    fn month_of(&self, place: i32) -> usize {
        (self.phase as i32 + place).rem_euclid(MONTHS as i32) as usize
    }
}

/// Months of a firm's own noise that weigh as much as the ordinary noise.
const NOISE_MONTHS: f64 = 8.0;

impl Estimator {
    /// What the year is expected to bring; `None` where nothing at all is known of the firm.
    pub fn expect(&mut self, firm: &Firm<'_>, calendar: Calendar<'_>) -> Option<Expectation> {
        let visible = firm.revenue.len();
        let spoken = Spoken::of(firm);
        let Some(spoken) = spoken else {
            return like_others(firm, calendar);
        };
        let expected = calendar.factors.seen(firm.industry, firm.area);
        // What the firm was before it stopped; a stop teaches no level.
        let end = spoken.last + 1 - spoken.zeros;
        self.fill(firm, &spoken, end);
        let path = self.follower.follow(Months {
            values: &self.values,
            known: &self.known,
            expected: &expected[spoken.first..end],
            phase: (calendar.phase + spoken.first) % MONTHS,
        })?;
        let mut year = Year::new(firm, calendar, &spoken, &path, end);
        for month in 0..calendar.count {
            year.take(month);
        }
        let own = (end - spoken.first) as f64;
        let noise = (own * path.noise() + NOISE_MONTHS * calendar.noise) / (own + NOISE_MONTHS);
        Some(Expectation {
            kind: spoken.kind(visible, firm.begun),
            months: year.months,
            sources: year.sources,
            count: calendar.count,
            known: year.known,
            rest: year.rest,
            open: year.open,
            noise,
            level: path.level(1),
        })
    }

    /// The months from the first sale on. Two or more zeros in a row are a stop, and teach
    /// nothing of the level either.
    fn fill(&mut self, firm: &Firm<'_>, spoken: &Spoken, end: usize) {
        self.values.clear();
        self.known.clear();
        for place in spoken.first..end {
            let value = firm.revenue(place);
            let is_zero = |place: usize| firm.revenue(place) == Some(0.0);
            let is_stop = is_zero(place)
                && (is_zero(place + 1) || (place > spoken.first && is_zero(place - 1)));
            self.values.push(value.unwrap_or(0.0));
            self.known.push(value.is_some() && !is_stop);
        }
    }
}

/// What a firm's revenue series says at a glance.
struct Spoken {
    /// First month with sales, last known month, zeros at the end of the known months.
    first: usize,
    last: usize,
    zeros: usize,
    known: usize,
}

impl Spoken {
    fn of(firm: &Firm<'_>) -> Option<Spoken> {
        let months = firm.revenue.len();
        let first = (0..months).find(|place| firm.revenue(*place).is_some_and(|v| v > 0.0))?;
        let last = (first..months)
            .rev()
            .find(|place| firm.revenue(*place).is_some())?;
        let mut zeros = 0;
        // A month below zero is a correction, not a stop.
        while zeros < last - first && firm.revenue(last - zeros).is_none_or(|v| v == 0.0) {
            zeros += 1;
        }
        let known = (first..=last)
            .filter(|place| firm.revenue(*place).is_some())
            .count();
        Some(Spoken {
            first,
            last,
            zeros,
            known,
        })
    }

    fn kind(&self, visible: usize, begun: usize) -> Kind {
        let silent = visible - 1 - self.last;
        if self.zeros >= STOPPED_MONTHS {
            return Kind::Stopped;
        }
        if silent >= LATE_MONTHS {
            return Kind::Late;
        }
        if self.zeros > 0 {
            return Kind::Paused;
        }
        if self.first > begun && self.last + 1 - self.first <= YOUNG_MONTHS {
            return Kind::Young;
        }
        match self.known < SHORT_MONTHS {
            true => Kind::Short,
            false => Kind::Running,
        }
    }
}

/// The twelve months as they are put together.
struct Year<'a> {
    firm: &'a Firm<'a>,
    calendar: Calendar<'a>,
    spoken: &'a Spoken,
    path: &'a Path,
    /// Place after the last month that the path has seen.
    end: usize,
    power: Option<f64>,
    months: [f64; MONTHS],
    sources: [Source; MONTHS],
    known: f64,
    rest: f64,
    open: u32,
}

impl<'a> Year<'a> {
    fn new(
        firm: &'a Firm<'a>,
        calendar: Calendar<'a>,
        spoken: &'a Spoken,
        path: &'a Path,
        end: usize,
    ) -> Year<'a> {
        Year {
            firm,
            calendar,
            spoken,
            path,
            end,
            power: sales_by_power(firm, spoken.last),
            months: [0.0; MONTHS],
            sources: [Source::Path; MONTHS],
            known: 0.0,
            rest: 0.0,
            open: 0,
        }
    }

    fn take(&mut self, month: usize) {
        let place = self.calendar.start + month as i32;
        let delivered = usize::try_from(place)
            .ok()
            .and_then(|place| self.firm.revenue(place));
        let (value, source) = match delivered {
            Some(value) => (value, Source::Known),
            None => self.estimate(place),
        };
        match source {
            Source::Known => self.known += value,
            Source::NotYet => {}
            _ => {
                self.rest += value;
                self.open += 1;
            }
        }
        self.months[month] = value;
        self.sources[month] = source;
    }

    fn estimate(&self, place: i32) -> (f64, Source) {
        let factors = self.calendar.factors;
        let month = self.calendar.month_of(place);
        let year = factors.year(self.firm.industry, self.firm.area)[month];
        if place > self.spoken.last as i32 {
            let ahead = (place - self.end as i32 + 1) as u32;
            let point = self.path.ahead(ahead, year);
            return self.with_power(place as usize, point);
        }
        let began_later = self.spoken.first > self.firm.begun;
        if place < self.firm.begun as i32 && !began_later {
            // Before anything was delivered: the year is rounded off with the level of then.
            return (self.around(self.spoken.first, month, year), Source::Between);
        }
        if place < self.spoken.first as i32 {
            return (0.0, Source::NotYet);
        }
        let seen = factors.seen(self.firm.industry, self.firm.area)[place as usize];
        (self.around(place as usize, month, seen), Source::Between)
    }

    /// Level of the known months around a place, with the season of the month.
    fn around(&self, place: usize, month: usize, factor: f64) -> f64 {
        let seen = self
            .calendar
            .factors
            .seen(self.firm.industry, self.firm.area);
        let last = self.spoken.last;
        let from = place.saturating_sub(GAP_REACH).max(self.spoken.first);
        let from = from
            .min(last.saturating_sub(GAP_REACH))
            .max(self.spoken.first);
        let to = (place + GAP_REACH)
            .max(self.spoken.first + GAP_REACH)
            .min(last);
        let (mut sum, mut count) = (0.0, 0.0);
        for (near, factor) in seen.iter().enumerate().take(to + 1).skip(from) {
            if let Some(value) = self.firm.revenue(near) {
                let index = self.path.index(self.calendar.phase + near);
                sum += value / (factor * index);
                count += 1.0;
            }
        }
        let level = if count > 0.0 {
            sum / count
        } else {
            self.path.level(1)
        };
        (level * factor * self.path.index(month)).max(0.0)
    }

    /// Corrects a month whose power is known by the sales that it usually goes with.
    fn with_power(&self, place: usize, point: f64) -> (f64, Source) {
        let weight = self.calendar.likeness.power_weight;
        let (Some(sales), Some(power)) = (self.power, self.firm.power(place)) else {
            return (point, Source::Path);
        };
        if weight <= 0.0 || point <= 0.0 || self.spoken.zeros > 0 {
            return (point, Source::Path);
        }
        let mixed = weight * sales * power + (1.0 - weight) * point;
        (mixed, Source::Power)
    }
}

/// Sales in fen a kilowatt-hour over the last months in which both are known.
pub(super) fn sales_by_power(firm: &Firm<'_>, last: usize) -> Option<f64> {
    let (mut sales, mut power, mut months) = (0.0, 0.0, 0);
    for place in (last + 1).saturating_sub(POWER_MONTHS)..=last {
        let known = firm.revenue(place).zip(firm.power(place));
        let running = known.filter(|(revenue, drawn)| *revenue > 0.0 && *drawn > 0.0);
        if let Some((revenue, drawn)) = running {
            sales += revenue;
            power += drawn;
            months += 1;
        }
    }
    (months >= POWER_MONTHS_MIN).then(|| sales / power)
}

/// A firm without any sales known: what its power or its persons usually go with.
fn like_others(firm: &Firm<'_>, calendar: Calendar<'_>) -> Option<Expectation> {
    if firm
        .revenue
        .iter()
        .any(|value| *value != crate::deliveries::payload::EMPTY)
    {
        // Known months, all of them zero: nothing points to sales.
        return Some(nothing_sold(firm, calendar));
    }
    let by = |mean: Option<f64>, table: &[(f64, f64)]| {
        let (log, variance) = table.get(firm.industry).copied()?;
        let mean = mean.filter(|mean| *mean > 0.0)?;
        Some((mean * super::maths::exponential(log), variance))
    };
    let power = by(mean_of(firm.power), &calendar.likeness.power);
    let staff = by(mean_of(firm.staff), &calendar.likeness.staff);
    let (kind, (level, noise)) = match (power, staff) {
        (Some(found), _) => (Kind::Powered, found),
        (None, Some(found)) => (Kind::Staffed, found),
        (None, None) => return None,
    };
    let factors = calendar.factors.year(firm.industry, firm.area);
    let months = std::array::from_fn(|month| match month < calendar.count {
        true => level * factors[calendar.month_of(calendar.start + month as i32)],
        false => 0.0,
    });
    Some(Expectation {
        kind,
        months,
        sources: [Source::Like; MONTHS],
        count: calendar.count,
        known: 0.0,
        rest: months.iter().sum(),
        open: calendar.count as u32,
        noise,
        level,
    })
}

fn nothing_sold(firm: &Firm<'_>, calendar: Calendar<'_>) -> Expectation {
    let mut sources = [Source::Path; MONTHS];
    let mut open = calendar.count as u32;
    for (month, source) in sources.iter_mut().enumerate().take(calendar.count) {
        let place = usize::try_from(calendar.start + month as i32).ok();
        if place.and_then(|place| firm.revenue(place)).is_some() {
            *source = Source::Known;
            open -= 1;
        }
    }
    Expectation {
        kind: Kind::Stopped,
        months: [0.0; MONTHS],
        sources,
        count: calendar.count,
        known: 0.0,
        rest: 0.0,
        open,
        noise: calendar.noise,
        level: 0.0,
    }
}

/// Mean of the last known months of a series.
pub(super) fn mean_of(series: &[i64]) -> Option<f64> {
    let known = series
        .iter()
        .rev()
        .filter(|value| **value != crate::deliveries::payload::EMPTY)
        .take(POWER_MONTHS);
    let (mut sum, mut count) = (0.0, 0.0);
    for value in known {
        sum += *value as f64;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}
