//! What holds for the landing of any firm, whatever its months.

use super::*;
use crate::deliveries::payload::EMPTY;
use proptest::prelude::*;

const STRIDE: usize = 36;
const PROFILE: [f64; 12] = [1.0; 12];
/// January of the third year.
const START: usize = 24;

/// Firms with the same months for revenue, and none for the rest.
struct Province {
    revenue: Vec<i64>,
    power: Vec<i64>,
    groups: Vec<usize>,
}

impl Province {
    fn of(firms: &[Vec<i64>]) -> Province {
        let mut revenue = Vec::new();
        for firm in firms {
            assert_eq!(firm.len(), STRIDE);
            revenue.extend(firm);
        }
        Province {
            revenue,
            power: Vec::new(),
            groups: (0..firms.len()).map(|firm| firm % 3).collect(),
        }
    }

    fn history(&self, months: usize) -> History<'_> {
        History {
            parts: vec![Sources {
                stride: STRIDE,
                revenue: &self.revenue,
                power: &self.power,
                staff: &[],
                industries: &self.groups,
                areas: &self.groups,
                members: &[],
            }],
            phase: 0,
            reach: Reach {
                months,
                power: months,
                staff: months,
                ..Reach::default()
            },
            years_back: 0,
        }
    }

    fn land(&self, months: usize, threshold: f64) -> Vec<Option<Landing>> {
        let history = self.history(months);
        let forecaster = Forecaster::learn(&history, question(threshold));
        let factors = forecaster.factors();
        let mut estimator = Estimator::default();
        history
            .firms()
            .map(|firm| forecaster.land(&mut estimator, &factors, &firm, threshold))
            .collect()
    }
}

/// The third year against a threshold.
fn question(threshold: f64) -> Question<'static> {
    Question {
        profile: &PROFILE,
        groups: (3, 3),
        start: START as i32,
        count: 12,
        threshold,
    }
}

/// Thirty-six months, of which those from `from` to `to` have this value.
fn months(from: usize, to: usize, value: i64) -> Vec<i64> {
    (0..STRIDE)
        .map(|place| {
            if (from..to).contains(&place) {
                value
            } else {
                EMPTY
            }
        })
        .collect()
}

fn check(landing: &Landing) {
    let Landing {
        above,
        low,
        middle,
        high,
        ..
    } = *landing;
    assert!((0.0..=1.0).contains(&above), "{landing:?}");
    assert!(
        low >= 0.0 && low <= middle && middle <= high && high.is_finite(),
        "{landing:?}"
    );
}

#[test]
fn each_kind_of_firm_is_seen_as_what_it_is() {
    let stopped = |zeros: usize| {
        let mut firm = months(0, 30, 100);
        firm[30 - zeros..30].fill(0);
        firm
    };
    let cases = [
        ("running", months(0, 30, 100), Some(Kind::Running)),
        (
            "began within the last months",
            months(25, 30, 100),
            Some(Kind::Young),
        ),
        ("one zero", stopped(1), Some(Kind::Paused)),
        ("two zeros", stopped(2), Some(Kind::Paused)),
        ("three zeros", stopped(3), Some(Kind::Stopped)),
        (
            "one month missing at the end",
            months(0, 29, 100),
            Some(Kind::Running),
        ),
        (
            "two months missing at the end",
            months(0, 28, 100),
            Some(Kind::Late),
        ),
        ("nothing but zeros", months(0, 30, 0), Some(Kind::Stopped)),
        ("nothing at all", months(0, 0, 0), None),
    ];
    let firms: Vec<Vec<i64>> = cases.iter().map(|(_, firm, _)| firm.clone()).collect();
    let landings = Province::of(&firms).land(30, 1200.0);
    for ((name, _, kind), landing) in cases.iter().zip(landings) {
        assert_eq!(
            landing.map(|landing| landing.expectation.kind),
            *kind,
            "{name}"
        );
        landing.iter().for_each(check);
    }
}

#[test]
fn a_year_that_is_over_is_what_it_was() {
    let firms = [months(0, 36, 100), months(0, 36, 99)];
    let landings = Province::of(&firms).land(36, 1200.0);
    let above: Vec<f64> = landings.iter().flatten().map(|l| l.above).collect();
    assert_eq!(above, [1.0, 0.0], "at the threshold and one unit beside it");
    let first = landings[0].expect("known");
    assert_eq!(
        (first.low, first.middle, first.high),
        (1200.0, 1200.0, 1200.0)
    );
    assert_eq!(first.expectation.open, 0);
}

#[test]
fn what_is_passed_already_is_sure_and_the_rest_never_is() {
    let firms = [months(0, 30, 200), months(0, 30, 100), months(0, 30, 1)];
    let landings = Province::of(&firms).land(30, 1200.0);
    let above: Vec<f64> = landings.iter().flatten().map(|l| l.above).collect();
    assert_eq!(above[0], 1.0, "six months brought the whole");
    assert!((0.2..0.8).contains(&above[1]), "on the line: {}", above[1]);
    assert!((above[2] - CERTAINTY).abs() < 1e-9, "{}", above[2]);
}

#[test]
fn a_steady_year_is_its_months() {
    let firms = vec![months(0, 30, 1_000_000); 5];
    let landing = Province::of(&firms).land(30, 1.0)[0].expect("known");
    assert!(
        (landing.middle / 12_000_000.0 - 1.0).abs() < 0.01,
        "{landing:?}"
    );
    assert_eq!(landing.expectation.known, 6_000_000.0);
    let sources = landing.expectation.sources;
    assert!(sources[..6].iter().all(|source| *source == Source::Known));
    assert!(sources[6..].iter().all(|source| *source == Source::Path));
}

#[test]
fn gaps_and_first_months_are_told_apart() {
    let mut gap = months(0, 30, 100);
    gap[26] = EMPTY;
    let landings = Province::of(&[gap, months(27, 30, 100), months(0, 30, 100)]).land(30, 1.0);
    let gap = landings[0].expect("known").expectation;
    assert_eq!(gap.sources[2], Source::Between);
    assert!((gap.months[2] - 100.0).abs() < 5.0);
    let new = landings[1].expect("known").expectation;
    assert_eq!(
        &new.sources[..4],
        &[
            Source::NotYet,
            Source::NotYet,
            Source::NotYet,
            Source::Known
        ]
    );
    assert_eq!(new.months[0], 0.0);
}

#[test]
fn an_area_that_is_late_or_began_late_says_nothing_of_its_firms() {
    // Area 0 delivers all along, area 1 ends three months early, area 2 began in the third year.
    let firms = [months(0, 30, 100), months(0, 27, 100), months(25, 30, 100)];
    let province = Province::of(&firms);
    let mut history = province.history(30);
    history.reach.areas = vec![(0, 30), (0, 27), (25, 30)];
    let forecaster = Forecaster::learn(&history, question(1200.0));
    let factors = forecaster.factors();
    let mut estimator = Estimator::default();
    let year: Vec<Expectation> = history
        .firms()
        .filter_map(|firm| forecaster.expect(&mut estimator, &factors, &firm))
        .collect();
    let kinds: Vec<Kind> = year.iter().map(|own| own.kind).collect();
    assert_eq!(kinds, [Kind::Running, Kind::Running, Kind::Short]);
    assert_eq!(year[1].open, 9, "three months more are open");
    assert_eq!(
        year[2].sources[0],
        Source::Between,
        "January was not delivered"
    );
    for own in &year {
        let whole = own.known + own.rest;
        assert!((whole / 1200.0 - 1.0).abs() < 0.02, "{whole}");
    }
}

#[test]
fn power_tells_a_month_whose_revenue_is_late() {
    // Two hundred and fifty firms whose sales follow their power, up and down by half.
    let wave = |firm: usize, place: usize| 100 + 50 * i64::from((firm * 7 + place * 5) % 9 < 4);
    let firms: Vec<Vec<i64>> = (0..250)
        .map(|firm| {
            let value = |place| {
                if place < 30 {
                    wave(firm, place) * 1000
                } else {
                    EMPTY
                }
            };
            (0..STRIDE).map(value).collect()
        })
        .collect();
    let mut province = Province::of(&firms);
    province.power = (0..250 * STRIDE)
        .map(|at| match at % STRIDE {
            place if place <= 30 => wave(at / STRIDE, place),
            _ => EMPTY,
        })
        .collect();
    let mut history = province.history(30);
    history.reach.power = 31;
    let forecaster = Forecaster::learn(&history, question(1200.0));
    let factors = forecaster.factors();
    let mut estimator = Estimator::default();
    for (place, firm) in history.firms().enumerate() {
        let expectation = forecaster
            .expect(&mut estimator, &factors, &firm)
            .expect("known");
        assert_eq!(expectation.sources[6], Source::Power);
        let actual = (wave(place, 30) * 1000) as f64;
        assert!(
            (expectation.months[6] / actual - 1.0).abs() < 0.1,
            "{place}"
        );
    }
}

#[test]
fn firms_without_revenue_are_taken_for_their_like() {
    let mut firms = vec![months(0, 30, 5_000); 40];
    firms.push(months(0, 0, 0));
    let mut province = Province::of(&firms);
    province.groups = vec![1; firms.len()];
    province.power = months(0, 30, 50).repeat(firms.len());
    let landings = province.land(30, 1.0);
    let like = landings[40].expect("power is known").expectation;
    assert_eq!(like.kind, Kind::Powered);
    assert!((like.rest / 60_000.0 - 1.0).abs() < 0.05, "{}", like.rest);
}

#[test]
fn what_a_year_ago_could_not_be_seen_is_not_learnt_from() {
    // The future of the first province is turned upside down behind the end of its history.
    let firms: Vec<Vec<i64>> = (0..40).map(|firm| months(0, 36, 100 + firm)).collect();
    let mut changed = firms.clone();
    for firm in &mut changed {
        firm[30..].fill(987_654);
    }
    let plain = Province::of(&firms).land(30, 1200.0);
    assert_eq!(plain, Province::of(&changed).land(30, 1200.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_months_lead_astray(
        firms in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    3 => 0i64..2_000_000_000,
                    1 => Just(0i64),
                    1 => Just(EMPTY),
                    1 => -5_000i64..1_000_000_000_000_000,
                ],
                STRIDE,
            ),
            1..6,
        ),
        months in 1usize..=STRIDE,
    ) {
        let province = Province::of(&firms);
        let landings = province.land(months, 2e9);
        for landing in landings.iter().flatten() {
            check(landing);
        }
        // A higher threshold is never likelier to be reached.
        for (low, high) in landings.iter().zip(province.land(months, 3e9)) {
            if let (Some(low), Some(high)) = (low, high) {
                prop_assert!(high.above <= low.above);
            }
        }
    }
}
