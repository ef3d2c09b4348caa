//! Seeded chance that gives the same numbers on every machine and in every version.
//!
//! Libraries for randomness change their streams between versions, and the exponential of
//! the C library differs between systems. The demonstration province is compared byte by
//! byte, so both are written out here with nothing but whole numbers and IEEE basics.
//! This module knows nothing of firms.
//!
//! ```text
//! let mut chance = Chance::new(2022, 7);
//! assert_eq!(chance.below(6), Chance::new(2022, 7).below(6));
//! ```

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64: a stream of numbers from a seed.
pub struct Chance(u64);

impl Chance {
    /// The stream of one thing (a firm, a file) under the seed of the province.
    pub fn new(seed: u64, thing: u64) -> Chance {
        Chance(hash([seed, thing, 0, 0]))
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        scramble(self.0)
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        unit(self.number())
    }

    /// From 0 up to, not including, `bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.number()) * u128::from(bound)) >> 64) as u64
    }

    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// From `low` up to, not including, `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Mean 0, deviation 1: the sum of twelve even draws.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// One number from four, for draws that must not depend on an order.
pub fn hash(parts: [u64; 4]) -> u64 {
    parts.into_iter().fold(GOLDEN, |state, part| {
        scramble((state ^ part).wrapping_add(GOLDEN))
    })
}

/// A hash as a share from 0 up to, not including, 1.
pub fn unit(number: u64) -> f64 {
    (number >> 11) as f64 / (1u64 << 53) as f64
}

/// A hash as a bell-shaped draw of mean 0, deviation 1, never beyond 3.5: four lanes summed.
pub fn bell(number: u64) -> f64 {
    const LANE: f64 = 1.0 / 65_536.0;
    const SCALE: f64 = 1.732_050_807_568_877_2;
    let sum =
        (number & 0xFFFF) + ((number >> 16) & 0xFFFF) + ((number >> 32) & 0xFFFF) + (number >> 48);
    (sum as f64 * LANE - 2.0) * SCALE
}

/// e to the power of `power`, for powers between -700 and 700.
pub fn exponential(power: f64) -> f64 {
    const LN_2: f64 = std::f64::consts::LN_2;
    let bounded = power.clamp(-700.0, 700.0);
    let doublings = (bounded / LN_2).round();
    let rest = bounded - doublings * LN_2;
    let mut sum = 1.0;
    for step in (1..=12).rev() {
        sum = 1.0 + sum * rest / f64::from(step);
    }
    sum * f64::from_bits(((doublings as i64 + 1023) as u64) << 52)
}

fn scramble(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_what_they_were() {
        let mut chance = Chance(0);
        // The published first outputs of SplitMix64 with seed 0.
        assert_eq!(chance.number(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(chance.number(), 0x6E78_9E6A_A1B9_65F4);
        assert!((exponential(1.0) - std::f64::consts::E).abs() < 1e-14);
        assert!((exponential(-20.0) / (-20f64).exp() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn draws_have_mean_and_spread() {
        let mut chance = Chance::new(2022, 1);
        for draw in [
            |c: &mut Chance| c.normal(),
            |c: &mut Chance| bell(c.number()),
        ] {
            let draws: Vec<f64> = (0..20_000).map(|_| draw(&mut chance)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let spread = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
            assert!(
                mean.abs() < 0.03 && (spread - 1.0).abs() < 0.05,
                "{mean} {spread}"
            );
        }
    }
}
