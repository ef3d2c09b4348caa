//! Where the year of every firm lands: what the run reads for it, learns from, and writes as
//! facts.
//!
//! Which firms are learnt from is decided by their codes alone: the first parts of the key
//! space, since parts are spread evenly over industries and areas.

use super::facts::Subject;
use super::forecast::maths::logarithm;
use super::forecast::{
    Estimator, Expectation, Factors, Forecaster, History, Kind, Landing, Question, Reach, Source,
    Sources, YEARS,
};
use crate::deliveries::payload::EMPTY;
use crate::indicators::{Figures, lookback_months};
use rayon::prelude::*;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::{LandingField, Origin};
use rules::period::Month;

/// Firms from which a province is learnt: enough for every industry, few enough for a second.
const LEARNT_FIRMS: usize = 24_000;
/// Two-digit industries end below this; 0 stands for none.
const INDUSTRIES: usize = 50;
/// A month counts as delivered where at least this share of the firms has revenue in it, of the
/// month with most.
const DELIVERED_PERCENT: usize = 50;
/// Probabilities are told in parts of this.
pub const PARTS: f64 = 10_000.0;

/// The series that the forecast reads, by their place among the pack's.
#[derive(Debug, Clone, Copy)]
pub struct SeriesSlots {
    pub revenue: usize,
    pub power: Option<usize>,
    pub staff: Option<usize>,
}

impl SeriesSlots {
    /// `None` where the pack does not have the revenue series.
    pub fn of(pack: &Pack) -> Option<SeriesSlots> {
        let slot = |id: &str| pack.series.iter().position(|series| series.id == id);
        let named = |id: &Option<String>| id.as_deref().and_then(slot);
        Some(SeriesSlots {
            revenue: slot(&pack.landing.revenue)?,
            power: named(&pack.landing.power),
            staff: named(&pack.landing.staff),
        })
    }

    pub fn all(self) -> impl Iterator<Item = usize> {
        [Some(self.revenue), self.power, self.staff]
            .into_iter()
            .flatten()
    }
}

/// The months of the firms of one part, with their industry and area as numbers.
pub struct Part {
    stride: usize,
    revenue: Vec<i64>,
    power: Vec<i64>,
    staff: Vec<i64>,
    industries: Vec<usize>,
    areas: Vec<usize>,
    members: Vec<[Option<bool>; YEARS]>,
}

impl Part {
    /// Firms with `stride` months each of revenue, power and persons, oldest first, and the
    /// numbers of their industry and area.
    pub fn new(stride: usize, series: [Vec<i64>; 3], groups: &[(usize, usize)]) -> Part {
        let [revenue, power, staff] = series;
        assert_eq!(
            revenue.len(),
            groups.len() * stride,
            "every firm has its months"
        );
        let (industries, areas) = groups.iter().copied().unzip();
        Part {
            stride,
            revenue,
            power,
            staff,
            industries,
            areas,
            members: Vec::new(),
        }
    }

    /// The last `months` of the figures of a part.
    pub(super) fn of(
        pack: &Pack,
        slots: SeriesSlots,
        figures: &Figures,
        subjects: &[Subject<'_>],
        members: Vec<[Option<bool>; YEARS]>,
    ) -> Part {
        let places = subjects.iter().map(|subject| {
            let industry = subject.enterprise.map_or(EMPTY, |firm| firm.industry);
            (industry, subject.area)
        });
        let (industries, areas) = places
            .map(|(industry, area)| (industry_number(industry), area_number(pack, area)))
            .unzip();
        Part {
            stride: figures.months,
            revenue: series(figures, Some(slots.revenue)),
            power: series(figures, slots.power),
            staff: series(figures, slots.staff),
            industries,
            areas,
            members,
        }
    }

    /// The months of one firm.
    pub fn of_one(
        pack: &Pack,
        slots: SeriesSlots,
        figures: &Figures,
        (industry, area): (i64, Option<DivisionCode>),
        member: Option<bool>,
    ) -> Part {
        Part {
            stride: figures.months,
            revenue: series(figures, Some(slots.revenue)),
            power: series(figures, slots.power),
            staff: series(figures, slots.staff),
            industries: vec![industry_number(industry)],
            areas: vec![area_number(pack, area)],
            members: vec![[member, None, None]],
        }
    }

    pub fn sources(&self) -> Sources<'_> {
        Sources {
            stride: self.stride,
            revenue: &self.revenue,
            power: &self.power,
            staff: &self.staff,
            industries: &self.industries,
            areas: &self.areas,
            members: &self.members,
        }
    }
}

/// The months of one series; none where the pack does not have it.
fn series(figures: &Figures, slot: Option<usize>) -> Vec<i64> {
    slot.and_then(|slot| figures.values.get(slot).cloned())
        .unwrap_or_default()
}

/// Number of the two-digit industry of a four-digit class; 0 for none.
pub fn industry_number(class: i64) -> usize {
    usize::try_from(class / 100)
        .ok()
        .filter(|number| class != EMPTY && *number < INDUSTRIES)
        .unwrap_or(0)
}

/// Number of an area, from 1 in the pack's order; 0 for none.
pub fn area_number(pack: &Pack, area: Option<DivisionCode>) -> usize {
    let place = area.and_then(|code| pack.divisions.areas().position(|own| own.code == code));
    place.map_or(0, |place| place + 1)
}

/// How one firm's year came to its distribution, in steps that can be followed by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub landing: Landing,
    pub months: Vec<MonthStep>,
    /// What the open months would have to bring for the year to reach the threshold, in fen;
    /// none where nothing is open or the threshold is passed already.
    pub need: Option<f64>,
    /// That need against the expectation: as the logarithm of their ratio in widths, or for a
    /// stopped firm as the ratio itself.
    pub error: Option<f64>,
    /// Standard deviation of the logarithm; none for a stopped firm.
    pub width: Option<f64>,
    /// Past years of firms of the same kind that its chances were counted on; 0 where they are
    /// assumed.
    pub cases: u32,
    /// The probability before past years corrected it.
    pub uncorrected: f64,
    /// Firms' years by which it was corrected; 0 where it was not.
    pub corrected_by: u32,
}

/// One month of the year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthStep {
    pub month: Month,
    pub source: Source,
    /// Index of the month in the firm's industry and area.
    pub season: f64,
    /// Delivered or estimated, in fen.
    pub value: f64,
}

/// Revenue of the year up to and including one month, in fen: undercut once in ten, once in
/// two, nine times in ten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FanMonth {
    pub month: Month,
    /// Whether every month so far was delivered; the three figures are then the same.
    pub is_known: bool,
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// How many parts are learnt from, given the firms of each in order: those that together have
/// enough. The same on every machine.
pub fn learnt_parts(firms: impl IntoIterator<Item = usize>) -> usize {
    let mut before = 0;
    let enough = firms.into_iter().take_while(|firms| {
        let is_needed = before < LEARNT_FIRMS;
        before += firms;
        is_needed
    });
    enough.count()
}

/// What a run has learnt, ready to land firms.
pub struct Learnt {
    pub forecaster: Forecaster,
    factors: Factors,
    threshold: f64,
    stride: usize,
}

impl Learnt {
    /// Learns from parts whose months end with `as_of`. `None` where no revenue was delivered
    /// or the pack has no threshold on the day.
    pub fn learn(pack: &Pack, parts: &[Part], as_of: Month) -> Option<Learnt> {
        let stride = parts.iter().map(|part| part.stride).max()?;
        let reach = reach(parts, stride, pack.divisions.areas().count() + 1)?;
        let first = as_of.plus(1 - stride as i32);
        let history = History {
            parts: parts.iter().map(Part::sources).collect(),
            phase: first.number() as usize - 1,
            reach,
            years_back: 0,
        };
        let threshold = pack
            .parameter(&pack.scale.threshold)?
            .on(as_of.last_day())?;
        let profile = pack.landing.profile.map(f64::from);
        let january = as_of.plus(1 - as_of.number() as i32);
        let question = Question {
            profile: &profile,
            groups: (INDUSTRIES, pack.divisions.areas().count() + 1),
            start: january.index() - first.index(),
            count: 12,
            threshold: threshold as f64,
        };
        let forecaster = Forecaster::learn(&history, question);
        Some(Learnt {
            factors: forecaster.factors(),
            forecaster,
            threshold: threshold as f64,
            stride,
        })
    }

    /// A forecaster that was kept with a snapshot, for firms whose months end with its month.
    pub fn again(pack: &Pack, forecaster: Forecaster, as_of: Month) -> Option<Learnt> {
        let threshold = pack
            .parameter(&pack.scale.threshold)?
            .on(as_of.last_day())?;
        Some(Learnt {
            factors: forecaster.factors(),
            threshold: threshold as f64,
            stride: months_read(pack),
            forecaster,
        })
    }

    /// Where each firm of a part lands; `None` for firms of whom nothing is known.
    pub fn land(&self, part: &Part) -> Vec<Option<Landing>> {
        let sources = part.sources();
        (0..sources.count())
            .into_par_iter()
            .with_min_len(512)
            .map_init(Estimator::default, |estimator, place| {
                let firm = sources.firm(place, &self.forecaster.reach, 0);
                self.forecaster
                    .land(estimator, &self.factors, &firm, self.threshold)
            })
            .collect()
    }

    /// How the landing of one firm of a part comes about. `None` where nothing is known of it.
    pub fn explain(&self, part: &Part, place: usize, as_of: Month) -> Option<Explanation> {
        let sources = part.sources();
        let firm = sources.firm(place, &self.forecaster.reach, 0);
        let (factors, mut estimator) = (&self.factors, Estimator::default());
        let landing = self
            .forecaster
            .land(&mut estimator, factors, &firm, self.threshold)?;
        let expectation = &landing.expectation;
        let year = factors.year(firm.industry, firm.area);
        let january = as_of.plus(1 - as_of.number() as i32);
        let months = (0..expectation.count).map(|month| MonthStep {
            month: january.plus(month as i32),
            source: expectation.sources[month],
            season: year[month],
            value: expectation.months[month],
        });
        let spreads = &self.forecaster.spreads;
        let (kind, open) = (expectation.kind, expectation.open);
        let width = spreads.width(kind, expectation.noise, open);
        let need = self.threshold - expectation.known;
        let ratio = need / expectation.rest;
        let is_open = open > 0 && need > 0.0 && expectation.rest > 0.0;
        Some(Explanation {
            months: months.collect(),
            need: is_open.then_some(need),
            error: is_open.then(|| match kind.is_share() {
                true => ratio,
                false => logarithm(ratio) / width,
            }),
            width: (!kind.is_share()).then_some(width),
            cases: spreads.table(kind).cases,
            uncorrected: spreads.reaches(expectation, need.max(1.0)),
            corrected_by: self.forecaster.recalibration.cases,
            landing,
        })
    }

    /// The year's revenue from January to each month, as a range: known where it is known, and
    /// from then on widening. December is the landing itself.
    pub fn fan(&self, explained: &Explanation) -> Vec<FanMonth> {
        let whole = explained.landing.expectation;
        let (mut known, mut rest, mut open) = (0.0, 0.0, 0);
        let mut fan = Vec::with_capacity(explained.months.len());
        for step in &explained.months {
            match step.source {
                Source::Known => known += step.value,
                Source::NotYet => {}
                _ => {
                    rest += step.value;
                    open += 1;
                }
            }
            let so_far = Expectation {
                known,
                rest,
                open,
                ..whole
            };
            let landing = self.forecaster.landed(so_far, self.threshold, None);
            fan.push(FanMonth {
                month: step.month,
                is_known: open == 0,
                low: landing.low,
                middle: landing.middle,
                high: landing.high,
            });
        }
        fan
    }

    /// How far the series of the run reach.
    pub fn reach(&self) -> &Reach {
        &self.forecaster.reach
    }

    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Place of the year's January among the months.
    pub fn january(&self, as_of: Month) -> i32 {
        self.stride as i32 - as_of.number() as i32
    }

    /// Kinds of firms whose errors were learnt from the province's own past.
    pub fn kinds_learnt(&self) -> Vec<Kind> {
        let tables = |kind: &Kind| self.forecaster.spreads.table(*kind).cases > 0;
        Kind::ALL.into_iter().filter(tables).collect()
    }

    /// Month of the last revenue that counts.
    pub fn last_month(&self, as_of: Month) -> Month {
        as_of.plus(self.reach().months as i32 - self.stride as i32)
    }
}

/// Months that a run reads of the series of features and forecast.
pub fn months_read(pack: &Pack) -> usize {
    let features = pack.facts.iter().filter_map(|fact| match fact.origin {
        Origin::Feature(feature) => Some(feature),
        _ => None,
    });
    lookback_months(features).max(pack.landing.months as usize)
}

/// Firms of an area that can tell how far it delivered.
const AREA_FIRMS_MIN: usize = 10;

/// How far the series reach, in the province and in each area. `None` where no revenue is.
fn reach(parts: &[Part], stride: usize, areas: usize) -> Option<Reach> {
    let mut counts = vec![vec![0usize; stride]; areas];
    for part in parts {
        let months = part.revenue.chunks_exact(stride);
        for (months, area) in months.zip(&part.areas) {
            count_known(&mut counts[*area], months);
        }
    }
    let mut all = vec![0usize; stride];
    for own in &counts {
        all.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }
    let (begun, months) = delivered(&all)?;
    let own = counts.iter().map(|own| {
        let most = own.iter().copied().max().unwrap_or(0);
        delivered(own)
            .filter(|_| most >= AREA_FIRMS_MIN)
            .unwrap_or((begun, months))
    });
    let end = |series: fn(&Part) -> &Vec<i64>| {
        let mut counts = vec![0usize; stride];
        for months in parts
            .iter()
            .flat_map(|part| series(part).chunks_exact(stride))
        {
            count_known(&mut counts, months);
        }
        delivered(&counts).map_or(0, |(_, end)| end)
    };
    Some(Reach {
        months,
        begun,
        power: end(|part| &part.power),
        staff: end(|part| &part.staff),
        areas: own.collect(),
    })
}

fn count_known(counts: &mut [usize], months: &[i64]) {
    for (count, value) in counts.iter_mut().zip(months) {
        *count += usize::from(*value != EMPTY);
    }
}

/// Months before the first, and up to the last one that most firms delivered. `None` where
/// there is none.
pub(super) fn delivered(counts: &[usize]) -> Option<(usize, usize)> {
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let is_delivered = |count: &usize| count * 100 >= most * DELIVERED_PERCENT;
    let first = counts.iter().position(is_delivered)?;
    let last = counts.iter().rposition(is_delivered)?;
    Some((first, last + 1))
}

/// One landing fact of every firm.
pub(super) fn column(field: LandingField, landings: &[Option<Landing>]) -> Vec<i64> {
    let value = |landing: &Landing| match field {
        LandingField::Above => landing.above * PARTS,
        LandingField::Low => landing.low,
        LandingField::Middle => landing.middle,
        LandingField::High => landing.high,
    };
    let cells = landings.iter().map(|landing| {
        landing
            .as_ref()
            .map_or(EMPTY, |landing| value(landing).round() as i64)
    });
    cells.collect()
}
