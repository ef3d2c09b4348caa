//! Exponential and logarithm, by additions and products alone.
//!
//! The platform's own functions differ in their last digit from machine to machine; a
//! snapshot has to come out the same on all of them. Relative errors stay below 2e-14.
//!
//! Both are free of branches and of conversions that only one lane can do, so that a loop over
//! them runs as wide as the processor allows; the width changes no digit.
//!
//! Example: `exponential(logarithm(2.0))` is 2 to the last digits.

use pulp::Arch;
use std::f64::consts::{LN_2, SQRT_2};
use std::sync::LazyLock;

/// ln 2 in two parts, so that a multiple of it loses no digits.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Bits of the fraction of a double.
const FRACTION_BITS: u32 = 52;
const BIAS: i64 = 1023;
/// Beyond these the result is not a normal number.
const EXPONENT_MAX: f64 = 709.0;

/// 2^52, above which a double has no fraction.
const TWO_52: f64 = 4_503_599_627_370_496.0;
/// Added to a small whole number, it leaves the number in the lowest bits.
const WHOLE: f64 = 6_755_399_441_055_744.0;

/// The processor is asked once how wide it is.
static ARCH: LazyLock<Arch> = LazyLock::new(Arch::new);

/// Does something with the loops in it as wide as the processor allows. Only what is inlined
/// becomes wide: the closure itself and all that it calls have to ask for it.
pub fn widely<Answer>(what: impl FnOnce() -> Answer) -> Answer {
    ARCH.dispatch(what)
}

/// e to the power of `x`; 0 below −709, and no more than e^709.
#[inline(always)]
pub fn exponential(x: f64) -> f64 {
    let is_nothing = x < -EXPONENT_MAX;
    let x = x.min(EXPONENT_MAX);
    let turns = (x / LN_2).round();
    let rest = (x - turns * LN_2_HIGH) - turns * LN_2_LOW;
    // The series of e^r for |r| ≤ 0.35: fourteen terms leave less than 1e-17.
    let mut sum = 1.0;
    for term in (1..=14).rev() {
        sum = 1.0 + sum * rest / f64::from(term);
    }
    let whole = (turns + WHOLE).to_bits().wrapping_sub(WHOLE.to_bits());
    let power = f64::from_bits(whole.wrapping_add(BIAS as u64) << FRACTION_BITS);
    if is_nothing { 0.0 } else { sum * power }
}

/// The natural logarithm of a positive number; of anything else that of the smallest one.
#[inline(always)]
pub fn logarithm(x: f64) -> f64 {
    let x = if x > f64::MIN_POSITIVE {
        x
    } else {
        f64::MIN_POSITIVE
    };
    let bits = x.to_bits();
    // The exponent behind the bits of 2^52 is 2^52 more than itself.
    let power = f64::from_bits((bits >> FRACTION_BITS) | TWO_52.to_bits()) - TWO_52;
    let fraction =
        f64::from_bits((bits & ((1 << FRACTION_BITS) - 1)) | ((BIAS as u64) << FRACTION_BITS));
    let is_large = fraction > SQRT_2;
    let fraction = if is_large { fraction * 0.5 } else { fraction };
    let power = power - BIAS as f64 + if is_large { 1.0 } else { 0.0 };
    // ln f = 2 artanh((f − 1) / (f + 1)), where the argument is at most 0.172.
    let ratio = (fraction - 1.0) / (fraction + 1.0);
    let square = ratio * ratio;
    let mut sum = 0.0;
    for term in (0..=10).rev() {
        sum = sum * square + 1.0 / f64::from(2 * term + 1);
    }
    power * LN_2_HIGH + (2.0 * ratio * sum + power * LN_2_LOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(own: f64, other: f64, relative: f64) -> bool {
        (own - other).abs() <= relative * other.abs().max(1e-300)
    }

    #[test]
    fn functions_equal_those_of_the_platform() {
        for step in -7000..=7000 {
            let x = f64::from(step) * 0.1;
            assert!(is_near(exponential(x), x.exp(), 2e-14), "e^{x}");
        }
        for step in 1..=3000 {
            let x = (f64::from(step) * 0.23 - 345.0).exp();
            assert!(
                (logarithm(x) - x.ln()).abs() <= 1e-14 * x.ln().abs().max(1.0),
                "{x}"
            );
        }
    }

    #[test]
    fn the_ends_are_finite() {
        assert_eq!(exponential(-1e300), 0.0);
        assert!(exponential(1e300).is_finite());
        assert!(logarithm(0.0).is_finite() && logarithm(-1.0).is_finite());
    }
}
