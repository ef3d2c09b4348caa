//! Whether a pool suffices: its firms against ceil(factor × target), firms that it
//! brought above scale this year counted, so that success does not look like a
//! shortfall (clause 2.1.1).

use rules::pack::divisions::DivisionCode;

/// The pool of one area or county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The area, or the county within it; `None` for firms of an area whose county is
    /// not known.
    pub area: DivisionCode,
    pub county: Option<DivisionCode>,
    /// Whether this is the line of the whole area.
    pub is_area: bool,
    /// Issued target of the year; none where no target was issued to this division.
    pub target: Option<u32>,
    /// ceil(factor × target).
    pub required: Option<u32>,
    /// In the pool now.
    pub in_pool: u32,
    /// Of the pool, above scale this year.
    pub promoted: u32,
    /// In the pool now, by the pack's classes; firms of no class in the last place.
    pub by_class: Vec<u32>,
}

impl Coverage {
    /// Pool firms that count: in the pool now, or promoted from it this year.
    pub fn counted(&self) -> u32 {
        self.in_pool + self.promoted
    }

    /// How many firms are missing; zero where the pool suffices.
    pub fn missing(&self) -> Option<u32> {
        self.required.map(|required| required.saturating_sub(self.counted()))
    }
}

/// ceil(factor × target) with the factor in percent.
pub fn required(target: u32, factor_percent: i64) -> u32 {
    let product = i64::from(target) * factor_percent;
    u32::try_from((product.max(0) + 99) / 100).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::required;

    #[test]
    fn the_factor_is_rounded_up() {
        let cases = [(310, 120, 372), (130, 120, 156), (50, 120, 60), (1, 120, 2), (5, 120, 6), (6, 120, 8), (0, 120, 0)];
        for (target, factor, expected) in cases {
            assert_eq!(required(target, factor), expected, "{target} × {factor} %");
        }
    }
}
