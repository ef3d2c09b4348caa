//! Hand-made looks of few firms, with values computed by hand. The threshold is 100.

use super::*;
use crate::outlook::backtest::{Input, Origin};
use crate::outlook::forecast::Kind;

const THRESHOLD: f64 = 100.0;

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

/// A candidate of area 1 and industry 13 with a middle of 100 between 80 and 120.
fn ordinary(key: u128, above: f64) -> Said {
    Said {
        key,
        industry: 13,
        area: 1,
        in_scale: Some(false),
        kind: Kind::Running,
        above,
        low: 80.0,
        middle: 100.0,
        high: 120.0,
        open: 3,
        by_share: None,
        by_year_before: None,
    }
}

fn look(as_of: &str, said: Vec<Said>) -> Look {
    Look {
        origin: Origin::end_of(month(as_of)),
        last_month: month(as_of).plus(-1),
        said,
        inputs: Vec::new(),
        learnt: vec![Kind::Running],
    }
}

fn year(revenue: &[(u128, f64)]) -> Year {
    Year {
        revenue: revenue.iter().copied().collect(),
        incomplete: 0,
    }
}

fn close(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn assess(looks: &[Look], year: &Year) -> Assessment {
    let mut assessor = Assessor::new(3);
    for look in looks {
        assessor.take(look, THRESHOLD, Some(year));
    }
    assessor.finish()
}

#[test]
fn a_month_end_is_scored_over_all_firms_and_over_those_in_play() {
    let tiny = Said {
        low: 1.0,
        middle: 2.0,
        high: 3.0,
        ..ordinary(5, 0.0)
    };
    let said = vec![
        ordinary(1, 0.9),
        ordinary(2, 0.6),
        ordinary(3, 0.4),
        ordinary(4, 0.5),
        tiny,
    ];
    // The fourth has no whole year and is left out.
    let truth = year(&[(1, 110.0), (2, 70.0), (3, 125.0), (5, 2.0)]);
    let found = assess(&[look("2025-06", said)], &truth);
    let own = &found.months[0];
    assert_eq!((own.left_out, own.kinds_learnt), (1, 1));
    assert_eq!(own.last_month, month("2025-05"));
    assert_eq!((own.all.scores.firms, own.all.scores.reached), (4, 2));
    assert_eq!(
        (own.in_play.scores.firms, own.in_play.scores.reached),
        (3, 2)
    );
    // (0.01 + 0.36 + 0.36) by 4 and by 3.
    assert!(close(own.all.scores.brier, Some(0.73 / 4.0)));
    assert!(close(own.in_play.scores.brier, Some(0.73 / 3.0)));
    // In play 0.9 stands above 0.6, and 0.4 below it.
    assert!(close(own.in_play.scores.area_under_curve, Some(0.5)));
    assert!(close(own.all.scores.area_under_curve, Some(0.75)));
    let interval = own.in_play.interval;
    assert_eq!(
        interval,
        Interval {
            held: 1,
            below: 1,
            above: 1
        }
    );
    assert!(close(interval.coverage(), Some(1.0 / 3.0)));
    // 10/110, 30/70 and 25/125; the tiny one is exact.
    assert!(close(own.in_play.middle_error, Some(0.2)));
    assert!(close(
        own.all.middle_error,
        Some((10.0 / 110.0 + 0.2) / 2.0)
    ));
}

#[test]
fn rules_of_thumb_are_held_against_the_forecast_on_their_own_firms() {
    let said = |key, above, share| Said {
        by_share: share,
        ..ordinary(key, above)
    };
    let looked = look(
        "2025-06",
        vec![
            said(1, 0.9, Some(90.0)),
            said(2, 0.2, Some(100.0)),
            said(3, 0.1, Some(20.0)),
            said(4, 0.0, None),
        ],
    );
    let truth = year(&[(1, 100.0), (2, 99.0), (3, 10.0), (4, 500.0)]);
    let found = assess(&[looked], &truth);
    let versus = found.months[0].all.by_share;
    assert_eq!(versus.firms, 3);
    // It says no, yes, no; the year said yes, no, no.
    assert!(close(versus.rule.brier, Some(2.0 / 3.0)));
    assert_eq!(versus.rule.brier, versus.rule.wrong);
    assert!(close(versus.rule.area_under_curve, Some(0.5)));
    assert!(close(versus.ours.brier, Some((0.01 + 0.04 + 0.01) / 3.0)));
    assert_eq!(versus.ours.wrong, Some(0.0));
    assert_eq!(versus.ours.area_under_curve, Some(1.0));
    assert_eq!(found.months[0].all.by_year_before, Versus::default());
}

#[test]
fn month_ends_are_pooled_by_their_firms() {
    let first = look("2025-06", (1..=3).map(|key| ordinary(key, 0.5)).collect());
    let second = look("2025-07", (1..=6).map(|key| ordinary(key, 0.0)).collect());
    let truth: Vec<(u128, f64)> = (1..=6).map(|key| (key, 90.0)).collect();
    let found = assess(&[first, second], &year(&truth));
    assert_eq!(found.all.scores.firms, 9);
    assert!(close(found.all.scores.brier, Some(0.25 * 3.0 / 9.0)));
    assert_eq!(found.all.interval.held, 9);
    let all = found.reliability.all;
    assert_eq!((all[0].count, all[5].count, all[9].count), (6, 3, 0));
    assert_eq!(
        (all[5].mean_predicted, all[5].share_observed),
        (Some(0.5), Some(0.0))
    );
    assert_eq!(all[9].mean_predicted, None);
    assert_eq!(found.reliability.members[0].count, 0);
    // Each firm is counted once by place, each statement in its means.
    assert_eq!((found.areas[0].number, found.areas[0].firms), (1, 6));
    assert!(close(found.areas[0].bias, Some(1.5 / 9.0)));
    assert_eq!(found.industries[0].coverage, Some(1.0));
    assert!(close(found.industries[0].brier_in_play, Some(0.75 / 9.0)));
}

#[test]
fn of_fewer_than_three_firms_nothing_is_said() {
    let said = vec![ordinary(1, 0.9), ordinary(2, 0.1)];
    let found = assess(&[look("2025-12", said)], &year(&[(1, 110.0), (2, 90.0)]));
    assert_eq!(found.all.scores.firms, 2);
    let own = &found.months[0].all;
    assert_eq!(own.scores.brier, None);
    assert_eq!((own.interval.coverage(), own.middle_error), (None, None));
    assert_eq!(found.candidates.precision, None);
    assert_eq!(
        (found.areas[0].coverage, found.areas[0].brier_in_play),
        (None, None)
    );
    assert_eq!(found.errors[11].quantiles, None);
    assert_eq!(found.landed.median(), None);
}

#[test]
fn visits_find_the_mean_of_areas_and_cannot_find_more_than_there_is() {
    let placed = |key, area, above| Said {
        area,
        ..ordinary(key, above)
    };
    let mut said = vec![
        placed(1, 1, 0.9),
        placed(2, 1, 0.8),
        placed(3, 1, 0.7),
        placed(4, 1, 0.1),
        placed(5, 2, 0.9),
        placed(6, 2, 0.8),
        placed(7, 2, 0.2),
        placed(8, 3, 0.9),
    ];
    said.extend((9..=11).map(|key| Said {
        in_scale: Some(true),
        ..placed(key, 1, 0.9)
    }));
    let above = [1, 2, 5, 8, 9, 10];
    let truth: Vec<(u128, f64)> = (1..=11)
        .map(|key| (key, if above.contains(&key) { 100.0 } else { 99.0 }))
        .collect();
    let found = assess(&[look("2025-03", said)], &year(&truth));
    let own = found.months[0].candidates;
    assert_eq!(own.areas, 2);
    // Two of three in area 1, one of three in area 2; the third has too few.
    assert!(close(own.precision, Some((2.0 / 3.0 + 1.0 / 3.0) / 2.0)));
    assert!(close(own.by_chance, Some((2.0 / 4.0 + 1.0 / 3.0) / 2.0)));
    assert!(close(own.possible, Some((2.0 / 3.0 + 1.0 / 3.0) / 2.0)));
    let members = found.months[0].members;
    assert!(close(members.precision, Some(1.0 / 3.0)));
    assert_eq!(members.areas, 1);
}

/// Chances by month from January on; one a firm.
fn lead(chances: &[&[f64]], in_scale: bool, truth: f64) -> (Lead, Lead) {
    let months = chances[0].len();
    let looks: Vec<Look> = (0..months)
        .map(|month| {
            let said = chances.iter().enumerate().map(|(key, own)| Said {
                in_scale: Some(in_scale),
                ..ordinary(key as u128, own[month])
            });
            look(&format!("2025-{:02}", month + 13 - months), said.collect())
        })
        .collect();
    let truth: Vec<(u128, f64)> = (0..chances.len() as u128).map(|key| (key, truth)).collect();
    let found = assess(&looks, &year(&truth));
    (found.landed, found.fell)
}

#[test]
fn lead_is_counted_from_the_month_end_from_which_it_stayed_right() {
    // From September to December: at once, after a relapse, at the last moment, never.
    let chances: [&[f64]; 4] = [
        &[0.5, 0.6, 0.9, 1.0],
        &[0.9, 0.4, 0.5, 0.7],
        &[0.0, 0.0, 0.0, 0.5],
        &[0.9, 0.9, 0.9, 0.49],
    ];
    let (landed, fell) = lead(&chances, false, 100.0);
    let mut seen = [0; 12];
    (seen[3], seen[1], seen[0]) = (1, 1, 1);
    assert_eq!(landed, Lead { seen, missed: 1 });
    // Missed, 0, 1, 3: the lower of the two in the middle.
    assert_eq!(landed.median(), Some(0));
    assert_eq!(fell.firms(), 0);
    // Members that fell below: the same, with less than a half for right.
    let (landed, fell) = lead(&chances, true, 99.0);
    assert_eq!(landed.firms(), 0);
    let mut seen = [0; 12];
    seen[0] = 1;
    assert_eq!(fell, Lead { seen, missed: 3 });
    assert_eq!(fell.median(), None);
    // Those that stayed where they were are not asked for.
    assert_eq!(lead(&chances, true, 100.0).1.firms(), 0);
}

#[test]
fn a_year_that_was_not_looked_at_until_december_has_no_lead() {
    let said: Vec<Said> = (1..=3).map(|key| ordinary(key, 0.9)).collect();
    let truth = year(&[(1, 100.0), (2, 100.0), (3, 100.0)]);
    let found = assess(&[look("2025-11", said)], &truth);
    assert_eq!(found.landed.firms(), 0);
}

#[test]
fn open_years_are_listed_and_only_their_drift_is_looked_at() {
    let input = |sales| Input {
        sales_latest: sales,
        sales_year: Some(1.0),
        growth: None,
        power_latest: None,
        staff_latest: None,
    };
    let looked = |as_of: &str, inputs: Vec<Input>| Look {
        inputs,
        ..look(as_of, vec![ordinary(1, 0.5)])
    };
    let spread: Vec<Input> = (1..=10)
        .map(|value| input(Some(f64::from(value))))
        .collect();
    let gone: Vec<Input> = (0..10).map(|_| input(None)).collect();
    let mut assessor = Assessor::new(3);
    for (as_of, inputs) in [
        ("2025-01", spread.clone()),
        ("2025-02", spread.clone()),
        ("2026-01", spread.clone()),
        ("2026-02", gone),
    ] {
        let unfinished = Year {
            incomplete: 2,
            ..year(&[(1, 100.0)])
        };
        assessor.take(&looked(as_of, inputs), THRESHOLD, Some(&unfinished));
    }
    let found = assessor.finish();
    assert!(found.months.is_empty());
    assert_eq!(found.open.len(), 4);
    let bases: Vec<Option<Month>> = found.drift.iter().map(|own| own.base).collect();
    let expected = [None, Some("2025-01"), Some("2025-01"), Some("2025-02")];
    assert_eq!(bases, expected.map(|base| base.map(month)));
    assert_eq!(found.drift[1].moved[0].index, Some(0.0));
    // The sum of the year so far has no base in the first year.
    assert_eq!(found.drift[1].moved[1].index, None);
    assert_eq!(found.drift[2].moved[1].index, Some(0.0));
    // Nobody had the growth then: nothing to compare.
    assert_eq!(found.drift[2].moved[2].index, None);
    assert_eq!(found.drift[2].moved[2].missing, Some(1.0));
    let moved = found.drift[3].moved[0];
    assert_eq!(moved.missing, Some(1.0));
    assert_eq!(moved.reading(), Some(Reading::Drifted));
}

#[test]
fn stability_is_read_by_custom() {
    let cases = [
        (0.0999, Reading::Stable),
        (0.1, Reading::Changed),
        (0.25, Reading::Changed),
        (0.2501, Reading::Drifted),
    ];
    for (index, reading) in cases {
        let moved = Moved {
            index: Some(index),
            missing: None,
        };
        assert_eq!(moved.reading(), Some(reading), "{index}");
    }
}

#[test]
fn the_truth_is_told_by_its_ratio_to_the_middle() {
    let said: Vec<Said> = (1..=4).map(|key| ordinary(key, 0.5)).collect();
    let truth = year(&[(1, 50.0), (2, 100.0), (3, 125.0), (4, 150.0)]);
    let found = assess(&[look("2025-03", said)], &truth);
    assert_eq!(found.errors[2].firms, 4);
    assert_eq!(
        found.errors[2].quantiles,
        Some([-0.5, -0.5, 0.0, 0.25, 0.5])
    );
    assert_eq!(found.errors[3].quantiles, None);
}
