//! What past years say of the probabilities themselves: whether they were too bold, and what a
//! firm's standing adds to its months.
//!
//! A firm that is above scale has been so for years that nobody sees any more; one that is not
//! has a bright month more often than a bright year. On the scale of odds a probability is
//! stretched by a slope and moved by the standing, both fitted to years that are known by now.
//! A constant is fitted beside them and left out: what one year did to all alike is no property
//! of firms.
//!
//! Example: with a slope of 1 and a standing of 0.3, 50 % become 57 % for a member, 43 % for a
//! candidate, and stay where the standing is not known.

use super::maths::{exponential, logarithm};
use super::spread::CERTAINTY;
use serde::{Deserialize, Serialize};

/// How probabilities are moved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Recalibration {
    slope: f64,
    standing: f64,
    /// Firms' years that were fitted to; 0 where nothing is moved.
    pub cases: u32,
}

/// One firm's year: what was said, whether the firm was above scale, what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    pub above: f64,
    pub member: Option<bool>,
    pub came: bool,
}

/// Cases from which anything is moved.
const CASES_MIN: usize = 500;
/// Probabilities nearer to 0 or 1 say nothing of the scale between them.
const SURE: f64 = 0.005;
/// Cases whose word weighs as much as leaving things as they are.
const PRIOR: f64 = 20.0;
const ROUNDS: usize = 20;
const SLOPE: std::ops::RangeInclusive<f64> = 0.5..=2.0;
const STANDING_MAX: f64 = 1.0;

impl Recalibration {
    /// Leaves every probability as it is.
    pub const NONE: Recalibration = Recalibration {
        slope: 1.0,
        standing: 0.0,
        cases: 0,
    };

    /// Fits to past cases; leaves things as they are where they are too few.
    pub fn learn(cases: &[Case]) -> Recalibration {
        let told = |case: &&Case| (SURE..=1.0 - SURE).contains(&case.above);
        let cases: Vec<&Case> = cases.iter().filter(told).collect();
        if cases.len() < CASES_MIN {
            return Recalibration::NONE;
        }
        let mut fitted = [0.0, 1.0, 0.0];
        for _ in 0..ROUNDS {
            let step = newton(&cases, fitted);
            for (value, step) in fitted.iter_mut().zip(step) {
                *value += step.clamp(-1.0, 1.0);
            }
        }
        Recalibration {
            slope: fitted[1].clamp(*SLOPE.start(), *SLOPE.end()),
            standing: fitted[2].clamp(-STANDING_MAX, STANDING_MAX),
            cases: cases.len() as u32,
        }
    }

    /// A probability as past years have it.
    pub fn apply(&self, above: f64, member: Option<bool>) -> f64 {
        if self.cases == 0 {
            return above;
        }
        let odds = self.slope * odds(above) + self.standing * sign(member);
        share(odds).clamp(CERTAINTY, 1.0 - CERTAINTY)
    }
}

/// Logarithm of the odds.
fn odds(above: f64) -> f64 {
    logarithm(above / (1.0 - above).max(f64::MIN_POSITIVE))
}

fn share(odds: f64) -> f64 {
    1.0 / (1.0 + exponential(-odds))
}

fn sign(member: Option<bool>) -> f64 {
    match member {
        Some(true) => 1.0,
        Some(false) => -1.0,
        None => 0.0,
    }
}

/// One step towards the likeliest constant, slope and standing, held to 0, 1 and 0 by the prior.
fn newton(cases: &[&Case], fitted: [f64; 3]) -> [f64; 3] {
    let mut slopes = [0.0; 3];
    let mut curves = [[0.0; 3]; 3];
    for (place, start) in [0.0, 1.0, 0.0].into_iter().enumerate() {
        slopes[place] = -PRIOR * (fitted[place] - start);
        curves[place][place] = PRIOR;
    }
    for case in cases {
        let terms = [1.0, odds(case.above), sign(case.member)];
        let sum = terms.iter().zip(fitted).map(|(t, f)| t * f).sum();
        let said = share(sum);
        let missed = if case.came { 1.0 } else { 0.0 } - said;
        for row in 0..3 {
            slopes[row] += missed * terms[row];
            for column in 0..3 {
                curves[row][column] += said * (1.0 - said) * terms[row] * terms[column];
            }
        }
    }
    solve(curves, slopes)
}

/// The solution of three equations, whose matrix is positive definite.
fn solve(matrix: [[f64; 3]; 3], right: [f64; 3]) -> [f64; 3] {
    let determinant = |m: &[[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let whole = determinant(&matrix);
    std::array::from_fn(|place| {
        let mut replaced = matrix;
        for (row, value) in replaced.iter_mut().zip(right) {
            row[place] = value;
        }
        determinant(&replaced) / whole
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cases that come true as often as probabilities that are moved like this say.
    fn cases(slope: f64, standing: f64, constant: f64) -> Vec<Case> {
        let mut cases = Vec::new();
        for number in 0..40_000u32 {
            let above = 0.02 + 0.96 * f64::from(number % 97) / 96.0;
            let member = Some(number % 2 == 0);
            let truth = share(slope * odds(above) + standing * sign(member) + constant);
            // Evenly spread draws: every share is met to a thousandth.
            let draw = f64::from(number.wrapping_mul(2_654_435_769)) / f64::from(u32::MAX);
            let came = draw < truth;
            cases.push(Case {
                above,
                member,
                came,
            });
        }
        cases
    }

    #[test]
    fn what_moved_the_probabilities_is_found_again() {
        for (slope, standing, constant) in [(1.0, 0.0, 0.0), (0.8, 0.3, 0.0), (1.2, -0.2, 0.5)] {
            let found = Recalibration::learn(&cases(slope, standing, constant));
            assert!((found.slope - slope).abs() < 0.03, "{found:?}");
            assert!((found.standing - standing).abs() < 0.03, "{found:?}");
        }
    }

    #[test]
    fn few_cases_and_unknown_standing_move_nothing() {
        let few = &cases(0.5, 1.0, 0.0)[..CASES_MIN - 1];
        assert_eq!(Recalibration::learn(few), Recalibration::NONE);
        assert_eq!(Recalibration::NONE.apply(0.3, Some(true)), 0.3);
        let moved = Recalibration {
            slope: 1.0,
            standing: 0.3,
            cases: CASES_MIN as u32,
        };
        assert!((moved.apply(0.5, Some(true)) - 0.574).abs() < 0.001);
        assert!((moved.apply(0.5, Some(false)) - 0.426).abs() < 0.001);
        assert!((moved.apply(0.5, None) - 0.5).abs() < 1e-12);
        assert!(moved.apply(CERTAINTY, Some(false)) >= CERTAINTY);
    }

    #[test]
    fn the_order_of_probabilities_is_kept() {
        let found = Recalibration::learn(&cases(0.7, 0.4, 0.0));
        let moved: Vec<f64> = (1..1000)
            .map(|n| found.apply(f64::from(n) / 1000.0, Some(true)))
            .collect();
        assert!(moved.is_sorted());
    }
}
