//! Series of many firms side by side, and the figures computed from one of them.

use crate::deliveries::payload::EMPTY;
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::{Feature, FeatureMeasure, Window};
use rules::period::Month;

/// Months of several series for the firms of one part of the key space.
///
/// `values[series]` holds one run of `months` values per firm, oldest month first;
/// [`EMPTY`] stands for a month without a figure.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    pub first: Option<Month>,
    pub months: usize,
    pub values: Vec<Vec<i64>>,
    /// Of each series the months that were delivered: place of the month, and the area that
    /// the delivery covers; the province where absent.
    pub delivered: Vec<Vec<(usize, Option<DivisionCode>)>>,
}

impl Figures {
    /// The months of one firm in one series, oldest first.
    pub fn of(&self, series: usize, firm: usize) -> &[i64] {
        let values = &self.values[series];
        values
            .get(firm * self.months..(firm + 1) * self.months)
            .unwrap_or_default()
    }

    /// Which months of a series were delivered for firms of an area.
    pub fn delivered_to(&self, series: usize, area: Option<DivisionCode>) -> Vec<bool> {
        let mut months = vec![false; self.months];
        let own = self.delivered.get(series).into_iter().flatten();
        for (month, region) in own {
            if region.is_none() || *region == area {
                months[*month] = true;
            }
        }
        months
    }
}

/// How many months before and including the run's month the features need.
pub fn lookback_months(features: impl Iterator<Item = Feature>) -> usize {
    features
        .map(|feature| match feature.window {
            Window::Months12 | Window::Year => 12,
            Window::Months12Before => 24,
        })
        .max()
        .unwrap_or(0)
}

/// One feature from a firm's months, of which the last is the run's month.
/// [`EMPTY`] where it is unknown, or where a sum leaves the range. `delivered` says of each
/// month whether the firm's area was delivered; only missing months look at it.
pub fn feature(feature: Feature, months: &[i64], delivered: &[bool], as_of: Month) -> i64 {
    let end = match feature.window {
        Window::Months12Before => months.len().saturating_sub(12),
        Window::Months12 | Window::Year => months.len(),
    };
    let length = match feature.window {
        Window::Year => as_of.number() as usize,
        Window::Months12 | Window::Months12Before => 12,
    };
    let window = &months[end.saturating_sub(length)..end];
    let mut known = window.iter().copied().filter(|value| *value != EMPTY);
    match feature.measure {
        FeatureMeasure::Sum if window.len() < length || window.contains(&EMPTY) => EMPTY,
        FeatureMeasure::Sum => sum(known),
        FeatureMeasure::SumKnown if known.clone().next().is_none() => EMPTY,
        FeatureMeasure::SumKnown => sum(known),
        FeatureMeasure::Known => known.count() as i64,
        FeatureMeasure::Latest => known.next_back().unwrap_or(EMPTY),
        FeatureMeasure::MissingRun => {
            let delivered = delivered.get(end.saturating_sub(length)..end);
            missing_run(window, delivered.unwrap_or_default())
        }
        FeatureMeasure::ZeroRun => match window.last() {
            None | Some(&EMPTY) => EMPTY,
            Some(_) => window.iter().rev().take_while(|value| **value == 0).count() as i64,
        },
    }
}

fn missing_run(window: &[i64], delivered: &[bool]) -> i64 {
    let months = window.iter().zip(delivered).rev();
    let mut delivered = months.filter(|(_, delivered)| **delivered).peekable();
    if delivered.peek().is_none() {
        return EMPTY;
    }
    delivered.take_while(|(value, _)| **value == EMPTY).count() as i64
}

fn sum(mut values: impl Iterator<Item = i64>) -> i64 {
    values
        .try_fold(0i64, i64::checked_add)
        .filter(|sum| *sum != EMPTY)
        .unwrap_or(EMPTY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_follow_their_definition() {
        let as_of = Month::new(2026, 3).expect("month");
        let gap = EMPTY;
        let full: Vec<i64> = (1..=24).collect();
        let mut gaps = full.clone();
        gaps[20] = gap;
        let stopped = [vec![5; 21], vec![0, 0, 0]].concat();
        let ended = [vec![5; 23], vec![gap]].concat();
        use FeatureMeasure::{Known, Latest, Sum, SumKnown, ZeroRun};
        use Window::{Months12, Months12Before, Year};
        let cases: [(&str, &[i64], FeatureMeasure, Window, i64); 14] = [
            ("twelve months", &full, Sum, Months12, (13..=24).sum()),
            (
                "the twelve before",
                &full,
                Sum,
                Months12Before,
                (1..=12).sum(),
            ),
            ("this year", &full, Sum, Year, 22 + 23 + 24),
            ("a gap is unknown", &gaps, Sum, Months12, EMPTY),
            ("a gap outside the window", &gaps, Sum, Year, 22 + 23 + 24),
            (
                "known part",
                &gaps,
                SumKnown,
                Months12,
                (13..=24).sum::<i64>() - 21,
            ),
            ("nothing known", &[gap; 12], SumKnown, Months12, EMPTY),
            ("months known", &gaps, Known, Months12, 11),
            ("no month known", &[], Known, Months12, 0),
            ("three zeros", &stopped, ZeroRun, Months12, 3),
            ("no zero", &full, ZeroRun, Months12, 0),
            ("last month unknown", &ended, ZeroRun, Months12, EMPTY),
            ("last known month", &ended, Latest, Months12, 5),
            ("too few months", &[1, 2, 3], Sum, Months12, EMPTY),
        ];
        for (name, months, measure, window, expected) in cases {
            let found = feature(
                Feature {
                    series: 0,
                    measure,
                    window,
                },
                months,
                &[],
                as_of,
            );
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn months_are_missing_where_others_were_delivered() {
        let as_of = Month::new(2026, 3).expect("month");
        let gap = EMPTY;
        let silent = [vec![5; 10], vec![gap, gap]].concat();
        let spoken = [vec![5; 10], vec![gap, 5]].concat();
        let all = [true; 12];
        let late = [vec![true; 11], vec![false]].concat();
        let none_lately = [vec![true; 10], vec![false, false]].concat();
        let cases: [(&str, &[i64], &[bool], i64); 7] = [
            ("two months", &silent, &all, 2),
            ("one month, the other is late for all", &silent, &late, 1),
            ("late for all", &silent, &none_lately, 0),
            ("a gap before a figure", &spoken, &all, 0),
            ("never a figure", &[gap; 12], &all, 12),
            ("nobody was delivered", &silent, &[false; 12], EMPTY),
            ("deliveries are unknown", &silent, &[], EMPTY),
        ];
        for (name, months, delivered, expected) in cases {
            let definition = Feature {
                series: 0,
                measure: FeatureMeasure::MissingRun,
                window: Window::Months12,
            };
            assert_eq!(
                feature(definition, months, delivered, as_of),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn a_delivery_of_one_area_says_nothing_of_another() {
        let figures = Figures {
            months: 3,
            delivered: vec![vec![(0, None), (2, Some(410_300))]],
            ..Figures::default()
        };
        assert_eq!(figures.delivered_to(0, Some(410_300)), [true, false, true]);
        assert_eq!(figures.delivered_to(0, Some(410_100)), [true, false, false]);
        assert_eq!(figures.delivered_to(0, None), [true, false, false]);
    }

    #[test]
    fn a_sum_beyond_the_range_is_unknown() {
        let as_of = Month::new(2026, 3).expect("month");
        let huge = Feature {
            series: 0,
            measure: FeatureMeasure::Sum,
            window: Window::Months12,
        };
        assert_eq!(feature(huge, &[i64::MAX / 2; 12], &[], as_of), EMPTY);
    }
}
