//! How much firms rise and fall together: the shares of what is left open about a firm's
//! year that it has in common with the province, with its area and with its industry.
//!
//! It knows no firm and draws nothing; who adds firms up (`pool::sufficiency`) needs it,
//! since forty firms of one industry are not forty independent chances.
//!
//! Example: with `province: 0.02` two firms that share nothing else are correlated by 0.02.

use serde::{Deserialize, Serialize};

/// Shares (0 to 1, together less than 1) of the variance of a firm's latent normal figure:
/// the firm lands above scale where
/// `√province·Z + √area·A + √industry·I + √own·E` exceeds a bound, with independent
/// standard normal `Z` (one), `A` (one an area), `I` (one a two-digit industry) and `E`
/// (one a firm).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shocks {
    /// In common with every firm of the province.
    pub province: f64,
    /// In common with the firms of the same area.
    pub area: f64,
    /// In common with the firms of the same two-digit industry (大类).
    pub industry: f64,
}

impl Shocks {
    /// Every firm for itself.
    pub const NONE: Shocks = Shocks {
        province: 0.0,
        area: 0.0,
        industry: 0.0,
    };

    /// The share that belongs to the firm alone.
    pub fn own(&self) -> f64 {
        1.0 - self.province - self.area - self.industry
    }

    /// Whether nothing is shared.
    pub fn is_none(&self) -> bool {
        *self == Shocks::NONE
    }

    /// Whether the shares are shares: none negative, some of the variance left to the firm.
    pub fn is_sound(&self) -> bool {
        let shares = [self.province, self.area, self.industry];
        shares.iter().all(|share| *share >= 0.0) && self.own() > 0.0
    }
}

/// An assumption, not a measurement: a twentieth of what is open about a firm's year is
/// shared with others. Small on purpose; what back-tests find takes its place.
impl Default for Shocks {
    fn default() -> Shocks {
        Shocks {
            province: 0.02,
            area: 0.01,
            industry: 0.02,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shocks;

    #[test]
    fn shares_are_sound_or_not() {
        let shocks = |province, area, industry| Shocks {
            province,
            area,
            industry,
        };
        let cases = [
            (Shocks::default(), true),
            (Shocks::NONE, true),
            (shocks(0.5, 0.3, 0.1), true),
            (shocks(0.5, 0.3, 0.2), false),
            (shocks(-0.1, 0.3, 0.2), false),
            (shocks(f64::NAN, 0.0, 0.0), false),
        ];
        for (shocks, expected) in cases {
            assert_eq!(shocks.is_sound(), expected, "{shocks:?}");
        }
    }
}
