//! Verdicts of one condition over many firms, and counting them.
//!
//! Two bits a firm: neither set is unknown, both is impossible. Knows no condition.
//!
//! ```
//! use rules::columns::Planes;
//! let planes = Planes { holds: vec![0b0011], fails: vec![0b0100] };
//! assert_eq!(planes.verdict(2), Some(false));
//! assert_eq!(planes.verdict(3), None);
//! assert_eq!(planes.counts(Some(&[0b0110])).holds, 1);
//! ```

use super::WORD;

/// Bit planes of one condition, 64 firms a word; bits beyond the last firm are 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planes {
    /// Of which firms the condition is true.
    pub holds: Vec<u64>,
    /// Of which firms it is false.
    pub fails: Vec<u64>,
}

/// Of how many firms a condition is true and of how many it is false.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub holds: usize,
    pub fails: usize,
}

impl Planes {
    /// As the row evaluator answers: `None` is unknown.
    pub fn verdict(&self, firm: usize) -> Option<bool> {
        let has_bit = |plane: &[u64]| plane[firm / WORD] >> (firm % WORD) & 1 == 1;
        match (has_bit(&self.holds), has_bit(&self.fails)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }

    /// Counts over the firms of a plane, such as those of one area, or over all.
    pub fn counts(&self, within: Option<&[u64]>) -> Counts {
        Counts {
            holds: count(&self.holds, within),
            fails: count(&self.fails, within),
        }
    }
}

fn count(plane: &[u64], within: Option<&[u64]>) -> usize {
    let ones = |word: u64| word.count_ones() as usize;
    match within {
        None => plane.iter().map(|word| ones(*word)).sum(),
        Some(within) => {
            assert_eq!(plane.len(), within.len(), "a bit for each firm");
            let pairs = plane.iter().zip(within);
            pairs.map(|(word, chosen)| ones(word & chosen)).sum()
        }
    }
}
