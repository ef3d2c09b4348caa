//! Scores of one set of firms at one month-end, beside those of two rules of thumb.

use super::{FIRMS_MIN, Judged};
use crate::outlook::backtest::Said;
use crate::outlook::scores::{self, Forecast};

/// How good the probabilities were; absent where it cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scores {
    /// Firms judged, and how many of them reached the threshold.
    pub firms: usize,
    pub reached: usize,
    pub brier: Option<f64>,
    pub log_score: Option<f64>,
    pub area_under_curve: Option<f64>,
    pub kolmogorov_smirnov: Option<f64>,
    /// Expected calibration error.
    pub calibration_error: Option<f64>,
}

/// Where the truth lay: within low and high, below low, above high; counts of firms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interval {
    pub held: usize,
    pub below: usize,
    pub above: usize,
}

impl Interval {
    pub fn firms(&self) -> usize {
        self.held + self.below + self.above
    }

    /// The share of truths within, 0 to 1; of too few firms nothing is said.
    pub fn coverage(&self) -> Option<f64> {
        self.share(self.held)
    }

    /// One of the three counts as a share, 0 to 1.
    pub fn share(&self, count: usize) -> Option<f64> {
        let firms = self.firms();
        (firms >= FIRMS_MIN).then(|| count as f64 / firms as f64)
    }
}

/// How good a statement was.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Judgement {
    /// Of a rule of thumb, which says yes or no, it equals the share wrong.
    pub brier: Option<f64>,
    /// Share of firms where yes (from one half on) or no was wrong, 0 to 1.
    pub wrong: Option<f64>,
    pub area_under_curve: Option<f64>,
}

/// A rule of thumb and the forecast on the same firms: those where the rule says something.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Versus {
    pub firms: usize,
    pub rule: Judgement,
    pub ours: Judgement,
}

/// Scores of one set of firms.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Segment {
    pub scores: Scores,
    /// Of what was meant to hold the truth four times out of five.
    pub interval: Interval,
    /// Median distance of the middle from the truth, as a share of the truth; firms without
    /// revenue in the year are left out.
    pub middle_error: Option<f64>,
    /// The months of the year so far, times twelve by their number.
    pub by_share: Versus,
    /// The months of the year so far, times what the year before made of the same months.
    pub by_year_before: Versus,
}

impl Segment {
    pub(super) fn of(judged: &[Judged], threshold: f64) -> Segment {
        let forecasts: Vec<Forecast> = judged
            .iter()
            .map(|one| (one.said.above, one.came))
            .collect();
        let mut interval = Interval::default();
        for one in judged {
            match one.truth {
                truth if truth < one.said.low => interval.below += 1,
                truth if truth > one.said.high => interval.above += 1,
                _ => interval.held += 1,
            }
        }
        let errors = judged.iter().filter(|one| one.truth > 0.0);
        let errors = errors.map(|one| (one.said.middle - one.truth).abs() / one.truth);
        Segment {
            scores: Scores::of(&forecasts),
            interval,
            middle_error: median(errors.collect()),
            by_share: Versus::of(judged, threshold, |said| said.by_share),
            by_year_before: Versus::of(judged, threshold, |said| said.by_year_before),
        }
    }

    /// Month-ends together: counts are added up, and every score is the mean of the month-ends
    /// that have it, weighed by their firms.
    pub fn pooled(parts: &[&Segment]) -> Segment {
        let sum = |count: fn(&Segment) -> usize| parts.iter().map(|part| count(part)).sum();
        let scores = |score: fn(&Scores) -> Option<f64>| {
            weighed(
                parts
                    .iter()
                    .map(|part| (part.scores.firms, score(&part.scores))),
            )
        };
        Segment {
            scores: Scores {
                firms: sum(|part| part.scores.firms),
                reached: sum(|part| part.scores.reached),
                brier: scores(|own| own.brier),
                log_score: scores(|own| own.log_score),
                area_under_curve: scores(|own| own.area_under_curve),
                kolmogorov_smirnov: scores(|own| own.kolmogorov_smirnov),
                calibration_error: scores(|own| own.calibration_error),
            },
            interval: Interval {
                held: sum(|part| part.interval.held),
                below: sum(|part| part.interval.below),
                above: sum(|part| part.interval.above),
            },
            middle_error: weighed(
                parts
                    .iter()
                    .map(|part| (part.scores.firms, part.middle_error)),
            ),
            by_share: Versus::pooled(parts.iter().map(|part| &part.by_share)),
            by_year_before: Versus::pooled(parts.iter().map(|part| &part.by_year_before)),
        }
    }
}

impl Scores {
    fn of(forecasts: &[Forecast]) -> Scores {
        let counted = Scores {
            firms: forecasts.len(),
            reached: forecasts.iter().filter(|(_, came)| *came).count(),
            ..Scores::default()
        };
        if forecasts.len() < FIRMS_MIN {
            return counted;
        }
        Scores {
            brier: scores::brier(forecasts),
            log_score: scores::log_score(forecasts),
            area_under_curve: scores::area_under_curve(forecasts),
            kolmogorov_smirnov: scores::kolmogorov_smirnov(forecasts),
            calibration_error: scores::calibration_error(forecasts),
            ..counted
        }
    }
}

impl Versus {
    fn of(judged: &[Judged], threshold: f64, rule: fn(&Said) -> Option<f64>) -> Versus {
        let (mut ranked, mut stated, mut ours) = (Vec::new(), Vec::new(), Vec::new());
        for one in judged {
            let Some(year) = rule(one.said).filter(|year| year.is_finite()) else {
                continue;
            };
            // Any scale between 0 and 1 that keeps the order.
            let rank = 0.5 + (year / threshold).atan() / std::f64::consts::PI;
            ranked.push((rank, one.came));
            stated.push((if year >= threshold { 1.0 } else { 0.0 }, one.came));
            ours.push((one.said.above, one.came));
        }
        if ours.len() < FIRMS_MIN {
            return Versus {
                firms: ours.len(),
                ..Versus::default()
            };
        }
        Versus {
            firms: ours.len(),
            rule: Judgement {
                area_under_curve: scores::area_under_curve(&ranked),
                ..Judgement::of(&stated)
            },
            ours: Judgement::of(&ours),
        }
    }

    fn pooled<'a>(parts: impl Iterator<Item = &'a Versus> + Clone) -> Versus {
        let side = |of: fn(&Versus) -> &Judgement| {
            let mean = |score: fn(&Judgement) -> Option<f64>| {
                weighed(parts.clone().map(|part| (part.firms, score(of(part)))))
            };
            Judgement {
                brier: mean(|own| own.brier),
                wrong: mean(|own| own.wrong),
                area_under_curve: mean(|own| own.area_under_curve),
            }
        };
        Versus {
            firms: parts.clone().map(|part| part.firms).sum(),
            rule: side(|part| &part.rule),
            ours: side(|part| &part.ours),
        }
    }
}

impl Judgement {
    fn of(forecasts: &[Forecast]) -> Judgement {
        let wrong = forecasts
            .iter()
            .filter(|(said, came)| (*said >= 0.5) != *came);
        Judgement {
            brier: scores::brier(forecasts),
            wrong: Some(wrong.count() as f64 / forecasts.len() as f64),
            area_under_curve: scores::area_under_curve(forecasts),
        }
    }
}

/// Mean of what is there, weighed by firms.
fn weighed(parts: impl Iterator<Item = (usize, Option<f64>)>) -> Option<f64> {
    let (mut firms, mut sum) = (0.0, 0.0);
    for (count, score) in parts {
        if let Some(score) = score {
            firms += count as f64;
            sum += count as f64 * score;
        }
    }
    (firms > 0.0).then(|| sum / firms)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    if values.len() < FIRMS_MIN {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    Some(match values.len() % 2 {
        0 => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    })
}
