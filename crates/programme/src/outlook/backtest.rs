//! Looking back: what the forecast would have said at the end of a month, with what had been
//! received by then and nothing else, and what the year brought.
//!
//! Each look back goes through the same reading and the same forecast as a run. A batch that
//! was received later ends it with a refusal: a back-test that knows the future is worse than
//! none.

use super::forecast::{Kind, Landing};
use super::landing::{Learnt, Part, SeriesSlots, area_number, delivered, industry_number};
use super::run::{Context, LoadedPart, RunFailure, context, each_part, learn_from, load};
use crate::database::Database;
use crate::deliveries::payload::EMPTY;
use crate::deliveries::{Batch, in_force};
use chrono::NaiveDate;
use rules::pack::Pack;
use rules::period::Month;
use std::collections::HashMap;
use std::sync::Arc;

/// A moment of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub as_of: Month,
    /// Only what had been received by this day counts.
    pub known_by: NaiveDate,
}

impl Origin {
    /// The end of a month, with what had been received by its last day.
    pub fn end_of(as_of: Month) -> Origin {
        Origin {
            as_of,
            known_by: as_of.last_day(),
        }
    }
}

/// What was said of one firm at one moment; money in fen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    pub key: u128,
    /// Number of the two-digit industry and of the area; 0 for none.
    pub industry: u8,
    pub area: u8,
    /// Whether the firm was above scale as confirmed by then; none where no list had come.
    pub in_scale: Option<bool>,
    pub kind: Kind,
    pub above: f64,
    pub low: f64,
    pub middle: f64,
    pub high: f64,
    /// Months of the year that were not known.
    pub open: u32,
    /// The year by the share of it that has passed.
    pub by_share: Option<f64>,
    /// The year by what the same months brought the year before.
    pub by_year_before: Option<f64>,
}

/// Figures that went into the forecast, for the watch over their drift; [`None`] where missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    pub sales_latest: Option<f64>,
    pub sales_year: Option<f64>,
    pub growth: Option<f64>,
    pub power_latest: Option<f64>,
    pub staff_latest: Option<f64>,
}

/// What was said of a province at one moment.
#[derive(Debug, Clone)]
pub struct Look {
    pub origin: Origin,
    /// The last month of revenue that had come in.
    pub last_month: Month,
    pub said: Vec<Said>,
    pub inputs: Vec<Input>,
    /// Kinds with a table learnt from the province's own past, by then.
    pub learnt: Vec<Kind>,
}

/// Looks back from one moment. `batches` are those that had been received by then and not been
/// superseded. `None` where no revenue had come in.
///
/// # Errors
/// [`RunFailure::Leak`] where a batch was received later.
pub async fn look_back(
    db: &Database,
    pack: Arc<Pack>,
    origin: Origin,
    batches: Vec<Batch>,
) -> Result<Option<Look>, RunFailure> {
    if let Some(batch) = batches
        .iter()
        .find(|batch| batch.received_on > origin.known_by)
    {
        return Err(RunFailure::Leak {
            batch: batch.id,
            received_on: batch.received_on,
            known_by: origin.known_by,
        });
    }
    let standings = super::Standings::default();
    let context = Arc::new(context(db, pack, origin.as_of, batches, standings).await?);
    let (kept, learnt) = learn_from(&context).await?;
    let Some(learnt) = learnt else {
        return Ok(None);
    };
    let one = |context: Arc<Context>, part: usize| {
        let (kept, learnt) = (kept.clone(), learnt.clone());
        async move {
            let own = match kept.take(part) {
                Some(own) => own,
                None => load(context.clone(), part).await?,
            };
            Ok(say(&context, &own, &learnt))
        }
    };
    let parts = each_part(0..context.parts, &context, one, |_| {}).await?;
    let mut look = Look {
        origin,
        last_month: learnt.last_month(origin.as_of),
        said: Vec::new(),
        inputs: Vec::new(),
        learnt: learnt.kinds_learnt(),
    };
    for (said, inputs) in parts {
        look.said.extend(said);
        look.inputs.extend(inputs);
    }
    Ok(Some(look))
}

fn say(context: &Context, loaded: &LoadedPart, learnt: &Learnt) -> (Vec<Said>, Vec<Input>) {
    let Some(slots) = SeriesSlots::of(&context.pack) else {
        return (Vec::new(), Vec::new());
    };
    let subjects = super::run::subjects(context, &loaded.firms, loaded.part);
    let members = super::run::members(context, &subjects, 0);
    let part = Part::of(&context.pack, slots, &loaded.figures, &subjects, members);
    let january = learnt.january(context.as_of);
    let landings = learnt.land(&part);
    let sources = part.sources();
    let (mut said, mut inputs) = (Vec::new(), Vec::new());
    for (place, (subject, landing)) in subjects.iter().zip(&landings).enumerate() {
        let Some(landing) = landing else {
            continue;
        };
        let firm = sources.firm(place, learnt.reach(), 0);
        let sums = Sums::of(firm.revenue, january);
        let industry = subject.enterprise.map_or(EMPTY, |firm| firm.industry);
        let status = context.book.on(subject.key, subject.area, context.as_of);
        said.push(Said {
            key: subject.key,
            industry: industry_number(industry) as u8,
            area: area_number(&context.pack, subject.area) as u8,
            in_scale: status.in_scale,
            by_share: sums.by_share(),
            by_year_before: sums.by_year_before(),
            ..of_landing(landing)
        });
        inputs.push(Input {
            sales_latest: last(firm.revenue),
            sales_year: sums.year,
            growth: sums.growth(),
            power_latest: last(firm.power),
            staff_latest: last(firm.staff),
        });
    }
    (said, inputs)
}

fn of_landing(landing: &Landing) -> Said {
    Said {
        key: 0,
        industry: 0,
        area: 0,
        in_scale: None,
        kind: landing.expectation.kind,
        above: landing.above,
        low: landing.low,
        middle: landing.middle,
        high: landing.high,
        open: landing.expectation.open,
        by_share: None,
        by_year_before: None,
    }
}

fn last(series: &[i64]) -> Option<f64> {
    series
        .last()
        .filter(|value| **value != EMPTY)
        .map(|value| *value as f64)
}

/// Sums by which rules of thumb tell the year.
struct Sums {
    /// Of the year so far, and of the same months and the whole of the year before; none where
    /// a month is missing.
    year: Option<f64>,
    months: usize,
    same_before: Option<f64>,
    whole_before: Option<f64>,
}

impl Sums {
    fn of(revenue: &[i64], january: i32) -> Sums {
        let sum = |from: i32, to: i32| -> Option<f64> {
            let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
            let own = revenue.get(from..to)?;
            let known = !own.contains(&EMPTY) && !own.is_empty();
            known.then(|| own.iter().map(|value| *value as f64).sum())
        };
        let end = revenue.len() as i32;
        Sums {
            year: sum(january, end),
            months: usize::try_from(end - january).unwrap_or(0),
            same_before: sum(january - 12, end - 12),
            whole_before: sum(january - 12, january),
        }
    }

    fn by_share(&self) -> Option<f64> {
        self.year.map(|year| year / self.months as f64 * 12.0)
    }

    fn by_year_before(&self) -> Option<f64> {
        let (year, same) = (self.year?, self.same_before.filter(|same| *same > 0.0)?);
        Some(year * self.whole_before? / same)
    }

    fn growth(&self) -> Option<f64> {
        Some(self.year? / self.same_before.filter(|same| *same > 0.0)?)
    }
}

/// The revenue of a year in fen by firm, as it is known today; firms of which a month is missing
/// are counted and left out. Months before a firm's first are no months of it. Nothing is told
/// of a year in which deliveries began only later.
pub async fn actual_years(
    db: &Database,
    pack: &Arc<Pack>,
    all: &[Batch],
    known_by: NaiveDate,
    year: i32,
) -> Result<(HashMap<u128, f64>, usize), RunFailure> {
    let none = (HashMap::new(), 0);
    let (Some(december), Some(slots)) = (Month::new(year, 12), SeriesSlots::of(pack)) else {
        return Ok(none);
    };
    let batches = in_force(all, known_by);
    let standings = super::Standings::default();
    let context = Arc::new(context(db, pack.clone(), december, batches, standings).await?);
    let one = move |context: Arc<Context>, part: usize| async move {
        let loaded = load(context, part).await?;
        Ok(YearOfPart::of(&loaded, slots.revenue))
    };
    let parts = each_part(0..context.parts, &context, one, |_| {}).await?;
    let mut counts = vec![0; parts.first().map_or(0, |part| part.counts.len())];
    for part in &parts {
        counts
            .iter_mut()
            .zip(&part.counts)
            .for_each(|(sum, own)| *sum += own);
    }
    let begun = delivered(&counts).map(|(begun, _)| begun);
    if begun.is_none_or(|begun| begun + 12 > counts.len()) {
        return Ok(none);
    }
    let incomplete = parts.iter().map(|part| part.incomplete).sum();
    let whole = parts.into_iter().flat_map(|part| part.whole);
    Ok((whole.collect(), incomplete))
}

/// The year of the firms of one part.
struct YearOfPart {
    whole: Vec<(u128, f64)>,
    incomplete: usize,
    /// Firms with revenue, by month read.
    counts: Vec<usize>,
}

impl YearOfPart {
    fn of(loaded: &LoadedPart, revenue: usize) -> YearOfPart {
        let mut own = YearOfPart {
            whole: Vec::new(),
            incomplete: 0,
            counts: vec![0; loaded.figures.months],
        };
        for (place, key) in loaded.keys.iter().enumerate() {
            let months = loaded.figures.of(revenue, place);
            for (count, value) in own.counts.iter_mut().zip(months) {
                *count += usize::from(*value != EMPTY);
            }
            let year = &months[months.len().saturating_sub(12)..];
            match whole_year(months) {
                Some(total) => own.whole.push((*key, total)),
                None => own.incomplete += usize::from(year.iter().any(|value| *value != EMPTY)),
            }
        }
        own
    }
}

/// Sum of the last twelve of these months, where all from the firm's first on are known.
fn whole_year(months: &[i64]) -> Option<f64> {
    let first = months.iter().position(|value| *value != EMPTY)?;
    let january = months.len().checked_sub(12)?;
    let own = &months[january.max(first)..];
    let is_whole = !own.is_empty() && !own.contains(&EMPTY);
    is_whole.then(|| own.iter().map(|value| *value as f64).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_whole_from_the_firms_first_month_on() {
        let mut months = vec![EMPTY; 6];
        months.extend([1; 10]);
        assert_eq!(whole_year(&months), Some(10.0));
        months.extend([1; 4]);
        assert_eq!(whole_year(&months), Some(12.0));
        months.push(EMPTY);
        assert_eq!(whole_year(&months), None);
        assert_eq!(whole_year(&[EMPTY; 24]), None);
    }

    #[test]
    fn rules_of_thumb_need_every_month() {
        let revenue: Vec<i64> = (1..=18).collect();
        let sums = Sums::of(&revenue, 12);
        assert_eq!(sums.year, Some((13..=18).sum::<i64>() as f64));
        assert_eq!(sums.by_share(), Some(186.0));
        assert_eq!(sums.by_year_before(), Some(93.0 * 78.0 / 21.0));
        let mut gap = revenue.clone();
        gap[3] = EMPTY;
        assert_eq!(Sums::of(&gap, 12).by_year_before(), None);
        assert_eq!(Sums::of(&revenue, 18).year, None);
    }
}
