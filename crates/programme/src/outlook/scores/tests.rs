//! Each figure against a small one computed by hand, or against its definition at length.

use super::*;
use proptest::prelude::*;

const SOME: [Forecast; 4] = [(0.9, true), (0.6, false), (0.4, true), (0.1, false)];

#[track_caller]
fn check(found: Option<f64>, expected: f64) {
    let found = found.expect("the figure is defined");
    let is_near = (found - expected).abs() < 1e-12;
    assert!(is_near, "{found} and not {expected}");
}

fn predicted(pairs: &[(f64, f64)]) -> Vec<Predicted> {
    let pairs = pairs.iter();
    pairs
        .map(|&(said, truth)| Predicted { said, truth })
        .collect()
}

fn ranged(triples: &[(f64, f64, f64)]) -> Vec<Ranged> {
    let triples = triples.iter();
    triples
        .map(|&(low, high, truth)| Ranged { low, high, truth })
        .collect()
}

fn present(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

#[test]
fn the_distance_of_said_and_came_is_squared() {
    check(brier(&SOME), (0.01 + 0.36 + 0.36 + 0.01) / 4.0);
    check(brier(&[(1.0, true), (0.0, false)]), 0.0);
    check(brier(&[(1.0, false)]), 1.0);
}

#[test]
fn logarithms_are_clipped() {
    let by_hand = -(0.9_f64.ln() + 0.4_f64.ln() + 0.4_f64.ln() + 0.9_f64.ln()) / 4.0;
    check(log_score(&SOME), by_hand);
    check(log_score(&[(0.0, true)]), -(1e-4_f64.ln()));
    check(log_score(&[(1.0, false)]), -((1.0 - (1.0 - 1e-4_f64)).ln()));
    check(log_score(&[(1.0, true)]), -((1.0 - 1e-4_f64).ln()));
    check(
        log_score(&[(0.5, true), (0.5, false)]),
        std::f64::consts::LN_2,
    );
}

#[test]
fn three_of_four_pairs_stand_in_order() {
    check(area_under_curve(&SOME), 0.75);
    check(area_under_curve(&[(0.5, true), (0.5, false)]), 0.5);
    check(area_under_curve(&[(0.2, true), (0.5, false)]), 0.0);
    check(kolmogorov_smirnov(&SOME), 0.5);
    check(kolmogorov_smirnov(&[(0.5, true), (0.5, false)]), 0.0);
    check(kolmogorov_smirnov(&[(0.2, true), (0.5, false)]), 1.0);
}

#[test]
fn what_has_no_meaning_is_none() {
    type Measure = fn(&[Forecast]) -> Option<f64>;
    let measures: [Measure; 5] = [
        brier,
        log_score,
        area_under_curve,
        kolmogorov_smirnov,
        calibration_error,
    ];
    for measure in measures {
        assert_eq!(measure(&[]), None);
        for wrong in [f64::NAN, -0.1, 1.1, f64::INFINITY] {
            assert_eq!(measure(&[(wrong, true), (0.5, false)]), None, "{wrong}");
        }
    }
    for alike in [true, false] {
        let forecasts = [(0.2, alike), (0.7, alike)];
        assert_eq!(area_under_curve(&forecasts), None);
        assert_eq!(kolmogorov_smirnov(&forecasts), None);
        assert!(brier(&forecasts).is_some());
    }
    assert_eq!(reliability(&[]), None);
}

#[test]
fn a_border_belongs_to_the_tenth_above_it() {
    let borders: [Forecast; 5] = [
        (0.0, false),
        (0.1, true),
        (0.3, true),
        (0.3_f64.next_down(), false),
        (1.0, true),
    ];
    let tenths = reliability(&borders).expect("a table");
    let counts: Vec<u64> = tenths.iter().map(|tenth| tenth.count).collect();
    assert_eq!(counts, [1, 1, 1, 1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(tenths[3].from, 0.3);
    assert_eq!(tenths[9].mean_predicted, Some(1.0));
    assert_eq!(tenths[9].share_observed, Some(1.0));
    assert_eq!(tenths[5].mean_predicted, None);
    assert_eq!(tenths[5].share_observed, None);
}

#[test]
fn calibration_weighs_tenths_by_their_counts() {
    // Two at 0.25 of which one came, one at 0.75 that came: (2 × 0.25 + 0.25) ÷ 3.
    let forecasts = [(0.25, true), (0.25, false), (0.75, true)];
    check(calibration_error(&forecasts), 0.25);
    check(calibration_error(&[(1.0, true), (0.0, false)]), 0.0);
}

#[test]
fn ties_at_the_border_stand_in_by_their_mean() {
    check(precision_among_highest(&SOME, 1), 1.0);
    check(precision_among_highest(&SOME, 2), 0.5);
    check(precision_among_highest(&SOME, 4), 0.5);
    let tied = [
        (0.9, true),
        (0.5, true),
        (0.5, false),
        (0.5, false),
        (0.1, true),
    ];
    check(precision_among_highest(&tied, 2), (1.0 + 1.0 / 3.0) / 2.0);
    assert_eq!(precision_among_highest(&SOME, 0), None);
    assert_eq!(precision_among_highest(&SOME, 5), None);
}

#[test]
fn an_interval_holds_its_ends() {
    let ranges = ranged(&[
        (1.0, 2.0, 1.0),
        (1.0, 2.0, 2.0),
        (1.0, 2.0, 2.1),
        (3.0, 3.0, 3.0),
    ]);
    check(interval_coverage(&ranges), 0.75);
    assert_eq!(interval_coverage(&[]), None);
    assert_eq!(interval_coverage(&ranged(&[(2.0, 1.0, 1.5)])), None);
    assert_eq!(interval_coverage(&ranged(&[(0.0, 1.0, f64::NAN)])), None);
}

#[test]
fn a_sample_has_not_moved_from_itself() {
    let sample: Vec<Option<f64>> = (0..37)
        .map(|n| (n % 5 != 0).then(|| f64::from(n % 11)))
        .collect();
    check(population_stability(&sample, &sample), 0.0);
    let twice: Vec<Option<f64>> = sample.iter().chain(&sample).copied().collect();
    check(population_stability(&sample, &twice), 0.0);
}

#[test]
fn a_move_is_summed_over_the_buckets() {
    // Deciles of 1 to 10 are 1 to 9; the second sample has lost the lowest and doubled the highest.
    let first = present(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
    let second = present(&[11.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
    let lost = (0.05 - 0.1) * (0.05_f64 / 0.1).ln();
    let gained = (0.2 - 0.1) * (0.2_f64 / 0.1).ln();
    check(population_stability(&first, &second), lost + gained);
}

#[test]
fn what_is_missing_has_a_bucket_of_its_own() {
    let first = [Some(1.0), Some(1.0), None, None];
    let second = [Some(1.0), None, None, None];
    let present = (0.25 - 0.5) * (0.25_f64 / 0.5).ln();
    let missing = (0.75 - 0.5) * (0.75_f64 / 0.5).ln();
    check(population_stability(&first, &second), present + missing);
    check(population_stability(&[None], &[None]), 0.0);
    assert!(population_stability(&[None], &[Some(1.0)]).is_some_and(|moved| moved > 0.0));
}

#[test]
fn a_move_away_from_equal_values_is_seen_in_both_directions() {
    let same = present(&[5.0; 20]);
    check(population_stability(&same, &same), 0.0);
    let up = population_stability(&same, &present(&[6.0; 20]));
    let down = population_stability(&same, &present(&[4.0; 20]));
    assert_eq!(up, down);
    // All of one bucket, half an observation in the other, and the same turned round.
    check(up, 2.0 * (1.0 - 0.025) * (1.0_f64 / 0.025).ln());
}

#[test]
fn stability_needs_two_samples_of_numbers() {
    let some = [Some(1.0)];
    assert_eq!(population_stability(&[], &some), None);
    assert_eq!(population_stability(&some, &[]), None);
    assert_eq!(population_stability(&some, &[Some(f64::NAN)]), None);
}

#[test]
fn what_lies_above_a_high_quantile_costs_more() {
    let predictions = predicted(&[(10.0, 12.0), (10.0, 9.0), (10.0, 10.0)]);
    check(pinball_loss(0.9, &predictions), (1.8 + 0.1) / 3.0);
    check(pinball_loss(0.5, &predictions), 0.5);
    for quantile in [0.0, 1.0, f64::NAN] {
        assert_eq!(pinball_loss(quantile, &predictions), None);
    }
    assert_eq!(pinball_loss(0.5, &[]), None);
    assert_eq!(pinball_loss(0.5, &predicted(&[(f64::NAN, 1.0)])), None);
}

#[test]
fn an_error_is_measured_by_both_magnitudes() {
    let predictions = predicted(&[(110.0, 90.0), (0.0, 0.0), (0.0, 5.0), (-1.0, 1.0)]);
    check(
        symmetric_percentage_error(&predictions),
        (0.2 + 0.0 + 2.0 + 2.0) / 4.0,
    );
    let large = predicted(&[(f64::MAX, f64::MAX)]);
    check(symmetric_percentage_error(&large), 0.0);
    assert_eq!(symmetric_percentage_error(&[]), None);
    assert_eq!(
        symmetric_percentage_error(&predicted(&[(1.0, f64::INFINITY)])),
        None
    );
}

/// Half of the probabilities are coarse, so that many are equal.
fn forecasts() -> impl Strategy<Value = Vec<Forecast>> {
    let said = prop_oneof![(0u8..=10).prop_map(|n| f64::from(n) / 10.0), 0.0..=1.0];
    prop::collection::vec((said, any::<bool>()), 1..60)
}

/// All pairs of what came and what did not.
fn pairs_in_order(forecasts: &[Forecast]) -> Option<f64> {
    let of = |came: bool| forecasts.iter().filter(move |one| one.1 == came);
    let (mut won, mut pairs) = (0.0, 0.0);
    for hit in of(true) {
        for miss in of(false) {
            pairs += 1.0;
            won += match hit.0.total_cmp(&miss.0) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    (pairs > 0.0).then(|| won / pairs)
}

/// The distance at every probability that was said.
fn largest_distance(forecasts: &[Forecast]) -> Option<f64> {
    let share = |came: bool, at: f64| {
        let of: Vec<f64> = forecasts
            .iter()
            .filter(|one| one.1 == came)
            .map(|one| one.0)
            .collect();
        let below = of.iter().filter(|said| **said <= at).count();
        (!of.is_empty()).then(|| below as f64 / of.len() as f64)
    };
    let mut largest: f64 = 0.0;
    for (at, _) in forecasts {
        largest = largest.max((share(true, *at)? - share(false, *at)?).abs());
    }
    Some(largest)
}

fn are_near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        (one, other) => one == other,
    }
}

proptest! {
    #[test]
    fn ranking_figures_follow_their_definitions(forecasts in forecasts()) {
        prop_assert!(are_near(area_under_curve(&forecasts), pairs_in_order(&forecasts)));
        prop_assert!(are_near(kolmogorov_smirnov(&forecasts), largest_distance(&forecasts)));
    }

    #[test]
    fn the_table_counts_everyone_once(forecasts in forecasts()) {
        let tenths = reliability(&forecasts).expect("a table");
        let count: u64 = tenths.iter().map(|tenth| tenth.count).sum();
        prop_assert_eq!(count, forecasts.len() as u64);
        for (index, tenth) in tenths.iter().enumerate() {
            if let Some(mean) = tenth.mean_predicted {
                prop_assert!(mean > tenth.from - 1e-9 && mean < (index + 1) as f64 / 10.0 + 1e-9);
            }
        }
    }

    #[test]
    fn the_order_given_does_not_matter_to_ranks(forecasts in forecasts(), count in 1usize..20) {
        let reversed: Vec<Forecast> = forecasts.iter().rev().copied().collect();
        prop_assert_eq!(area_under_curve(&forecasts), area_under_curve(&reversed));
        let one = precision_among_highest(&forecasts, count);
        prop_assert_eq!(one, precision_among_highest(&reversed, count));
        prop_assert!(one.is_none_or(|share| (0.0..=1.0).contains(&share)));
    }

    #[test]
    fn a_move_is_never_below_zero(
        first in prop::collection::vec(prop::option::of((0u8..20).prop_map(f64::from)), 1..80),
        second in prop::collection::vec(prop::option::of((0u8..20).prop_map(f64::from)), 1..80),
    ) {
        let moved = population_stability(&first, &second).expect("two samples");
        prop_assert!(moved.is_finite() && moved >= -1e-12);
    }
}
