//! The sum of a pool against every outcome, against fine grids of the shared years, and what
//! must hold for all pools.

use super::draws::uniform;
use super::*;
use proptest::prelude::*;

/// Adds up all 2ⁿ outcomes of independent firms: the probability of every count.
pub(super) fn by_outcomes(probabilities: &[f64]) -> Vec<f64> {
    let mut masses = vec![0.0; probabilities.len() + 1];
    for outcome in 0u32..1 << probabilities.len() {
        let chance =
            probabilities
                .iter()
                .enumerate()
                .map(|(firm, lands)| match outcome >> firm & 1 {
                    1 => *lands,
                    _ => 1.0 - lands,
                });
        masses[outcome.count_ones() as usize] += chance.product::<f64>();
    }
    masses
}

fn prospect(firm: usize, above: f64, area: DivisionCode, industry: u32) -> Prospect {
    Prospect {
        firm,
        in_pool: true,
        above: Some(above),
        industry: Some(industry),
        area,
        county: Some(area + 1),
        class: Some(firm % 4),
    }
}

/// A pool of firms in the given areas and industries, in turn; probabilities by a seed.
fn pool(firms: usize, areas: u32, industries: u32, seed: u64) -> Vec<Prospect> {
    let one = |firm: usize| {
        let above = (uniform(seed, 9, firm as u64) * 10_000.0).floor() / 10_000.0;
        let turn = firm as u32;
        prospect(
            firm,
            above,
            410_100 + 100 * (turn % areas),
            13 + turn % industries,
        )
    };
    (0..firms).map(one).collect()
}

fn goal(target: u32) -> Goal {
    Goal {
        ground: Ground::Province,
        target: Some(target),
        entered: 0,
    }
}

fn sampling(province: f64, area: f64, industry: f64, seed: u64) -> Sampling {
    Sampling {
        shocks: Shocks {
            province,
            area,
            industry,
        },
        seed,
        draws: 10_000,
    }
}

fn one_of(prospects: &[Prospect], target: u32, sampling: &Sampling) -> Sufficiency {
    sufficiency(prospects, &[goal(target)], sampling).remove(0)
}

/// The distribution by the trapezoidal rule over all shared factors, which is exact to many
/// digits for what is as smooth as this, and all outcomes at each point.
fn by_grid(prospects: &[Prospect], shocks: Shocks, areas: u32, industries: u32) -> Vec<f64> {
    const STEP: f64 = 0.7;
    const HALF: i32 = 8;
    let width = (1 + areas + industries) as usize;
    let side = (2 * HALF + 1) as usize;
    let mut masses = vec![0.0; prospects.len() + 1];
    for point in 0..side.pow(width as u32) {
        let mut rest = point;
        let mut weight = 1.0;
        let factors: Vec<f64> = (0..width)
            .map(|_| {
                let x = f64::from((rest % side) as i32 - HALF) * STEP;
                rest /= side;
                weight *= STEP * normal::density(x);
                x
            })
            .collect();
        let lands = prospects.iter().enumerate().map(|(firm, prospect)| {
            let area = 1 + firm % areas as usize;
            let industry = 1 + areas as usize + firm % industries as usize;
            let common = shocks.province.sqrt() * factors[0]
                + shocks.area.sqrt() * factors[area]
                + shocks.industry.sqrt() * factors[industry];
            let level = normal::quantile(prospect.above.expect("known"));
            normal::cdf((common + level) / shocks.own().sqrt())
        });
        let lands: Vec<f64> = lands.collect();
        for (mass, own) in masses.iter_mut().zip(by_outcomes(&lands)) {
            *mass += weight * own;
        }
    }
    masses
}

#[test]
fn nothing_shared_is_exact() {
    for firms in 1..=10 {
        let prospects = pool(firms, 2, 3, firms as u64);
        let probabilities: Vec<f64> = prospects.iter().filter_map(|firm| firm.above).collect();
        let exact = by_outcomes(&probabilities);
        for target in 0..=firms {
            let found = one_of(&prospects, target as u32, &sampling(0.0, 0.0, 0.0, 5));
            let expected: f64 = exact[target..].iter().sum();
            let reached = found.reached.expect("a target");
            assert!((reached - expected).abs() < 1e-10, "{firms} {target}");
        }
    }
}

#[test]
fn shared_years_agree_with_a_fine_grid() {
    let cases = [
        (6, 1, 2, (0.1, 0.2, 0.15)),
        (5, 2, 1, (0.05, 0.1, 0.05)),
        (6, 1, 1, (0.4, 0.0, 0.3)),
        (4, 2, 1, (0.0, 0.3, 0.3)),
    ];
    for (firms, areas, industries, (province, area, industry)) in cases {
        let prospects = pool(firms, areas, industries, 11);
        let sampling = sampling(province, area, industry, 3);
        let grid = by_grid(&prospects, sampling.shocks, areas, industries);
        assert!(
            (grid.iter().sum::<f64>() - 1.0).abs() < 1e-6,
            "the grid is fine"
        );
        for target in 1..=firms {
            let found = one_of(&prospects, target as u32, &sampling).reached;
            let expected: f64 = grid[target..].iter().sum();
            let distance = (found.expect("a target") - expected).abs();
            assert!(distance < 5e-4, "{firms} {areas} {target}: {distance}");
        }
    }
}

#[test]
fn a_seed_moves_the_fourth_digit() {
    let prospects = pool(60, 3, 12, 17);
    let area = Goal {
        ground: Ground::Area(410_100),
        ..goal(11)
    };
    for (goal, within) in [(goal(32), 0.0006), (area, 0.0005)] {
        let reached = (1..=6).map(|seed| {
            let sampling = sampling(0.05, 0.05, 0.05, seed);
            let found = sufficiency(&prospects, &[goal], &sampling).remove(0);
            found.reached.expect("a target")
        });
        let reached: Vec<f64> = reached.collect();
        let least = reached.iter().copied().fold(1.0, f64::min);
        let most = reached.iter().copied().fold(0.0, f64::max);
        assert!(least > 0.05 && most < 0.95, "a case that says something");
        assert!(most - least < within, "{goal:?} {reached:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let prospects = pool(40, 3, 7, 2);
    let sampling = sampling(0.02, 0.01, 0.02, 8);
    let first = one_of(&prospects, 15, &sampling);
    assert_eq!(first, one_of(&prospects, 15, &sampling));
    // Recorded: another machine or another number of threads must not change it.
    assert_eq!(first.reached.map(f64::to_bits), Some(RECORDED));
}

/// Bits of the probability that the case above gives everywhere.
const RECORDED: u64 = 4_607_032_335_989_085_895;

#[test]
fn sizes_are_the_smallest_that_do() {
    // Five of firms with one half each: the binomial distribution is known.
    let cases = [
        (0.5, 5, [Some(12), Some(14), Some(16)]),
        (0.5, 0, [Some(0), Some(0), Some(0)]),
        (1.0, 7, [Some(7), Some(7), Some(7)]),
        (0.0, 1, [None, None, None]),
        (0.0001, 3, [None, None, None]),
    ];
    for (above, target, expected) in cases {
        let prospects: Vec<Prospect> = (0..10)
            .map(|firm| prospect(firm, above, 410_100, 13))
            .collect();
        let found = one_of(&prospects, target, &sampling(0.0, 0.0, 0.0, 1));
        assert_eq!(found.needed, expected, "{above} {target}");
    }
    let nobody = one_of(&[], 3, &Sampling::default());
    assert_eq!((nobody.reached, nobody.needed), (Some(0.0), [None; 3]));
}

#[test]
fn one_half_each_and_five_needed() {
    let prospects: Vec<Prospect> = (0..10)
        .map(|firm| prospect(firm, 0.5, 410_100, 13))
        .collect();
    let found = one_of(&prospects, 5, &sampling(0.0, 0.0, 0.0, 1));
    assert!((found.reached.expect("a target") - 0.623_046_875).abs() < 1e-9);
    assert_eq!(found.spread, [3, 5, 7]);
    assert_eq!(found.multiple(), Some((14, 5)));
}

#[test]
fn sharing_makes_a_pool_less_sure() {
    let prospects: Vec<Prospect> = (0..40)
        .map(|firm| prospect(firm, 0.7, 410_100, 13))
        .collect();
    let alone = one_of(&prospects, 24, &sampling(0.0, 0.0, 0.0, 1));
    let shared = one_of(&prospects, 24, &sampling(0.1, 0.1, 0.1, 1));
    assert!(shared.reached < alone.reached);
    assert!(shared.needed[1] > alone.needed[1]);
}

#[test]
fn unknown_firms_do_not_land_and_are_told() {
    let mut prospects = pool(20, 1, 4, 6);
    prospects[3].above = None;
    prospects[11].above = None;
    let found = one_of(&prospects, 4, &sampling(0.0, 0.0, 0.0, 1));
    assert_eq!((found.in_pool, found.unknown, found.known()), (20, 2, 18));
    prospects.retain(|firm| firm.above.is_some());
    let without = one_of(&prospects, 4, &sampling(0.0, 0.0, 0.0, 1));
    assert_eq!(found.reached, without.reached);
}

#[test]
fn what_entered_is_no_longer_needed() {
    let prospects = pool(12, 1, 4, 6);
    let cases = [(10, 4, Some(6)), (10, 10, Some(0)), (10, 12, Some(0))];
    for (target, entered, expected) in cases {
        let goal = Goal {
            entered,
            ..goal(target)
        };
        assert_eq!(goal.still_needed(), expected);
        let found = sufficiency(&prospects, &[goal], &Sampling::default()).remove(0);
        if expected == Some(0) {
            assert!((found.reached.expect("a target") - 1.0).abs() < 1e-9);
            assert_eq!(found.needed, [Some(0); 3]);
            assert_eq!(found.multiple(), None);
        }
    }
    let none = Goal {
        target: None,
        ..goal(0)
    };
    let found = sufficiency(&prospects, &[none], &Sampling::default()).remove(0);
    assert_eq!((found.reached, found.needed), (None, [None; 3]));
    assert!(found.expected > 0.0);
}

#[test]
fn an_admission_raises_the_probability_by_what_was_told() {
    let mut prospects = pool(14, 2, 3, 4);
    for candidate in &mut prospects[9..] {
        candidate.in_pool = false;
    }
    for sampling in [sampling(0.0, 0.0, 0.0, 1), sampling(0.1, 0.1, 0.1, 1)] {
        let before = one_of(&prospects, 5, &sampling).reached.expect("a target");
        let told = reinforcement(&prospects, goal(5), 4, 3, &sampling);
        assert_eq!((told.candidates, told.best.len()), (5, 3));
        assert!(told.best.is_sorted_by(|one, other| one.rise >= other.rise));
        for marginal in told.best {
            let mut admitted = prospects.clone();
            admitted[marginal.firm].in_pool = true;
            let after = one_of(&admitted, 5, &sampling).reached.expect("a target");
            let rise = after - before;
            assert!((rise - marginal.rise).abs() < 5e-4, "{rise} {marginal:?}");
        }
    }
}

#[test]
fn further_firms_of_a_class_make_it_sure() {
    let mut prospects = pool(24, 1, 3, 4);
    prospects.retain(|firm| firm.class != Some(3));
    let target = 12;
    let told = reinforcement(&prospects, goal(target), 5, 0, &sampling(0.0, 0.0, 0.0, 1));
    for need in &told.classes[..3] {
        let mean = need.mean.expect("firms of the class");
        let further = need.further.expect("within reach") as usize;
        let with = |number: usize| {
            let more = (0..number).map(|firm| prospect(100 + firm, mean, 410_100, 13));
            let all: Vec<Prospect> = prospects.iter().copied().chain(more).collect();
            let found = one_of(&all, target, &sampling(0.0, 0.0, 0.0, 1));
            found.reached.expect("a target")
        };
        assert!(further > 0 && with(further) >= 0.9 && with(further - 1) < 0.9);
    }
    assert_eq!(
        (told.classes[3].mean, told.classes[3].further),
        (None, None)
    );
}

#[test]
fn a_class_without_firms_here_is_taken_as_in_the_province() {
    let mut prospects = pool(24, 2, 3, 4);
    prospects.retain(|firm| firm.area == 410_100 || firm.class == Some(1));
    prospects.retain(|firm| firm.area != 410_100 || firm.class != Some(1));
    let area = Goal {
        ground: Ground::Area(410_100),
        ..goal(8)
    };
    let told = reinforcement(&prospects, area, 4, 0, &Sampling::default());
    assert!(told.classes[1].is_provincial && told.classes[1].further.is_some());
    assert!(!told.classes[0].is_provincial);
}

fn any_pool() -> impl Strategy<Value = Vec<Prospect>> {
    let firm = (
        proptest::option::weighted(0.9, 0u32..=10_000),
        0u32..3,
        0u32..5,
    );
    proptest::collection::vec(firm, 0..20).prop_map(|firms| {
        let one = |(place, (above, area, industry)): (usize, (Option<u32>, u32, u32))| Prospect {
            above: above.map(|parts| f64::from(parts) / 10_000.0),
            ..prospect(place, 0.0, 410_100 + 100 * area, 13 + industry)
        };
        firms.into_iter().enumerate().map(one).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn what_holds_for_every_pool(prospects in any_pool(), target in 0u32..12, seed in 0u64..9) {
        let sampling = Sampling { draws: 600, ..sampling(0.05, 0.05, 0.05, seed) };
        let goals = [goal(target), goal(target + 1)];
        let found = sufficiency(&prospects, &goals, &sampling);
        let (less, more) = (&found[0], &found[1]);
        // A probability; the more is needed, the less sure and the larger the pool.
        prop_assert!(less.reached <= Some(1.0) && more.reached >= Some(0.0));
        prop_assert!(more.reached <= less.reached);
        for (less, more) in less.needed.iter().zip(&more.needed) {
            prop_assert!(more.is_none() || (less.is_some() && less <= more));
        }
        let needed: Vec<u32> = less.needed.iter().flatten().copied().collect();
        prop_assert!(needed.is_sorted());
        // All of the probability is there, and its mean is the firms' own sum.
        let masses = &less.distribution.masses;
        prop_assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let numbers = (less.distribution.first..).zip(masses);
        let mean: f64 = numbers.map(|(number, mass)| f64::from(number) * mass).sum();
        prop_assert!((mean - less.expected).abs() < 0.05, "{mean} {}", less.expected);
        prop_assert!(less.spread.is_sorted());
        // Nobody makes a pool worse.
        let mut larger = prospects.clone();
        larger.push(prospect(99, 0.4, 410_100, 13));
        let larger = one_of(&larger, target, &sampling);
        prop_assert!(larger.reached.unwrap_or(0.0) >= less.reached.unwrap_or(1.0) - 0.003);
    }
}
