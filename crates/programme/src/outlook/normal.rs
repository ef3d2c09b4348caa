//! The standard normal distribution in additions, multiplications, divisions and square
//! roots only, so that every machine computes the same bytes.
//!
//! It calls no function of the machine's mathematical library; those differ in the last
//! digit from one system to the next.
//!
//! Example: `cdf(1.959963984540054)` is 0.975, `quantile(0.975)` leads back.

use super::forecast::maths::{exponential, logarithm};
use std::sync::OnceLock;

/// 1 ⁄ √(2π).
const DENSITY_AT_ZERO: f64 = 0.398_942_280_401_432_7;

/// Beyond this the distribution is 0 or 1 to within 1e-16.
const FAR: f64 = 8.5;
/// Table entries per unit.
const FINENESS: f64 = 64.0;

/// The density at `x`.
pub fn density(x: f64) -> f64 {
    DENSITY_AT_ZERO * exponential(-0.5 * x * x)
}

/// The probability of at most `x`, to about 1e-15.
fn cdf_in_full(x: f64) -> f64 {
    let far = x.abs();
    let tail = if far > 3.5 {
        // Continued fraction of the upper tail, from its inside outwards.
        let mut below = far;
        for step in (1..=60).rev() {
            below = far + f64::from(step) / below;
        }
        density(far) / below
    } else {
        let mut term = far;
        let mut sum = far;
        for step in 1..=80 {
            term *= far * far / f64::from(2 * step + 1);
            sum += term;
        }
        0.5 - density(far) * sum
    };
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// Distribution and density at evenly spaced points, and Taylor's series between them.
pub struct Table {
    nodes: Vec<[f64; 2]>,
}

impl Table {
    /// The one table of the program.
    pub fn get() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let last = (2.0 * FAR * FINENESS) as usize;
            let nodes = (0..=last).map(|node| {
                let x = node as f64 / FINENESS - FAR;
                [cdf_in_full(x), density(x)]
            });
            Table {
                nodes: nodes.collect(),
            }
        })
    }

    /// The probability of at most `x`, to about 1e-12.
    pub fn cdf(&self, x: f64) -> f64 {
        if x <= -FAR {
            return 0.0;
        }
        if x >= FAR {
            return 1.0;
        }
        let node = ((x + FAR) * FINENESS + 0.5) as usize;
        let at = node as f64 / FINENESS - FAR;
        let [below, density] = self.nodes[node];
        let step = x - at;
        // Derivatives of the density are Hermite's polynomials times the density.
        let third = (at * at - 1.0) * (1.0 / 6.0);
        let fourth = at * (3.0 - at * at) * (1.0 / 24.0);
        let slope = 1.0 + step * (-0.5 * at + step * (third + step * fourth));
        below + density * step * slope
    }
}

/// The probability of at most `x`.
pub fn cdf(x: f64) -> f64 {
    Table::get().cdf(x)
}

/// The `x` that is undercut with a probability between 0 and 1; −40 and 40 stand for what
/// never and always happens.
pub fn quantile(probability: f64) -> f64 {
    if probability <= 0.0 {
        return -40.0;
    }
    if probability >= 1.0 {
        return 40.0;
    }
    let rough = quantile_to_nine_digits(probability);
    if rough.abs() > 6.0 {
        return rough;
    }
    // One step of Halley's method.
    let error = (cdf(rough) - probability) / density(rough);
    rough - error / (1.0 + 0.5 * rough * error)
}

/// P. J. Acklam's rational approximation, to nine digits.
fn quantile_to_nine_digits(probability: f64) -> f64 {
    const EDGE: f64 = 0.02425;
    if probability > 0.5 {
        return -quantile_to_nine_digits(1.0 - probability);
    }
    let polynomial = |of: f64, by: &[f64]| by.iter().fold(0.0, |sum, term| sum * of + term);
    if probability < EDGE {
        let root = (-2.0 * logarithm(probability)).sqrt();
        return polynomial(root, &TAIL_ABOVE) / polynomial(root, &TAIL_BELOW);
    }
    let offset = probability - 0.5;
    let square = offset * offset;
    offset * polynomial(square, &MIDDLE_ABOVE) / polynomial(square, &MIDDLE_BELOW)
}

const MIDDLE_ABOVE: [f64; 6] = [
    -3.969683028665376e+01,
    2.209460984245205e+02,
    -2.759285104469687e+02,
    1.38357751867269e+02,
    -3.066479806614716e+01,
    2.506628277459239e+00,
];
const MIDDLE_BELOW: [f64; 6] = [
    -5.447609879822406e+01,
    1.615858368580409e+02,
    -1.556989798598866e+02,
    6.680131188771972e+01,
    -1.328068155288572e+01,
    1.0,
];
const TAIL_ABOVE: [f64; 6] = [
    -7.784894002430293e-03,
    -3.223964580411365e-01,
    -2.400758277161838e+00,
    -2.549732539343734e+00,
    4.374664141464968e+00,
    2.938163982698783e+00,
];
const TAIL_BELOW: [f64; 5] = [
    7.784695709041462e-03,
    3.224671290700398e-01,
    2.445134137142996e+00,
    3.754408661907416e+00,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, within: f64, of: &str) {
        assert!(
            (found - expected).abs() <= within,
            "{of}: {found} {expected}"
        );
    }

    #[test]
    fn known_values_come_out() {
        let cases = [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_542_9),
            (-1.0, 0.158_655_253_931_457_05),
            (2.5, 0.993_790_334_674_223_8),
            (-4.0, 3.167_124_183_311_992e-5),
            (-6.0, 9.865_876_450_376_98e-10),
            (1.959_963_984_540_054, 0.975),
        ];
        for (x, expected) in cases {
            near(
                cdf_in_full(x),
                expected,
                2e-16 + expected * 1e-14,
                "in full",
            );
            near(cdf(x), expected, 1e-12, "by table");
        }
    }

    #[test]
    fn the_table_agrees_with_the_series_everywhere() {
        for step in -9_000..9_000 {
            let x = f64::from(step) / 1_000.0 + 0.000_37;
            near(cdf(x), cdf_in_full(x), 2e-12, "at a thousandth");
        }
    }

    #[test]
    fn quantile_and_distribution_lead_back_to_each_other() {
        for step in 1..10_000 {
            let probability = f64::from(step) / 10_000.0;
            near(
                cdf(quantile(probability)),
                probability,
                1e-12,
                "there and back",
            );
            let mirrored = -quantile(1.0 - probability);
            near(quantile(probability), mirrored, 1e-9, "mirrored");
        }
        assert_eq!(cdf(quantile(0.0)), 0.0);
        assert_eq!(cdf(quantile(1.0)), 1.0);
    }
}
