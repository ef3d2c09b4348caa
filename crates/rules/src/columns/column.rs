//! One fact of many firms, held as narrow as its values allow.
//!
//! Values are distances from a base in the smallest integer that takes them all; what is
//! unknown costs a bit for each firm, and only where something is. Lanes are filled up to
//! whole words of 64 firms, so that no kernel meets a remainder; unknown and filled-up lanes
//! hold the least known value, so that bounds proved from the column hold in every lane.
//!
//! ```
//! use rules::columns::{Column, EMPTY};
//! let column = Column::from_parts(&[&[2_000_000_000, EMPTY], &[2_000_000_005]]);
//! assert_eq!(column.get(2), Some(2_000_000_005));
//! assert_eq!(column.get(1), None);
//! ```

use super::{WORD, words_of};

/// Stands for unknown where values come as plain numbers.
pub const EMPTY: i64 = i64::MIN;

/// One fact of many firms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    len: usize,
    /// Least and greatest of the known values; `None` where none is known.
    range: Option<(i64, i64)>,
    /// What a lane of 0 stands for.
    base: i64,
    lanes: Lanes,
    /// A bit for each firm of which the value is known; absent where all are.
    known: Option<Vec<u64>>,
}

/// The values less the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lanes {
    /// All known values are the base.
    Constant,
    /// A bit for each firm: the base or one more. No bit beyond the last firm, and none
    /// where the value is unknown.
    Bits(Vec<u64>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
}

impl Column {
    /// A column of the values, [`EMPTY`] being unknown.
    pub fn from_values(values: &[i64]) -> Column {
        Column::from_parts(&[values])
    }

    /// A column of values that come in parts, one after the other.
    pub fn from_parts(parts: &[&[i64]]) -> Column {
        let len = parts.iter().map(|part| part.len()).sum();
        let values = || parts.iter().flat_map(|part| part.iter().copied());
        let (mut least, mut most, mut count) = (i64::MAX, i64::MIN, 0);
        for value in values() {
            // EMPTY is the least of all numbers, so it never raises `most`.
            most = most.max(value);
            least = least.min(if value == EMPTY { i64::MAX } else { value });
            count += usize::from(value != EMPTY);
        }
        let range = (count > 0).then_some((least, most));
        let known = (count < len).then(|| plane(len, values().map(|value| value != EMPTY)));
        let (base, lanes) = match range {
            Some((least, most)) => narrowest(len, values(), least, most),
            None => (0, Lanes::Constant),
        };
        Column {
            len,
            range,
            base,
            lanes,
            known,
        }
    }

    /// Firms, not known values.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no firm.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A firm's value, or `None` where it is unknown; a firm outside the column is a bug.
    pub fn get(&self, firm: usize) -> Option<i64> {
        assert!(firm < self.len, "firm {firm} of {}", self.len);
        let has_bit = |plane: &[u64]| plane[firm / WORD] >> (firm % WORD) & 1 == 1;
        if let Some(known) = &self.known
            && !has_bit(known)
        {
            return None;
        }
        let lane = match &self.lanes {
            Lanes::Constant => 0,
            Lanes::Bits(bits) => i64::from(has_bit(bits)),
            Lanes::I8(lanes) => i64::from(lanes[firm]),
            Lanes::I16(lanes) => i64::from(lanes[firm]),
            Lanes::I32(lanes) => i64::from(lanes[firm]),
            Lanes::I64(lanes) => lanes[firm],
        };
        Some(self.base.wrapping_add(lane))
    }

    /// The least and the greatest of the known values.
    pub fn range(&self) -> Option<(i64, i64)> {
        self.range
    }

    /// Memory that the values take.
    pub fn bytes(&self) -> usize {
        let lanes = match &self.lanes {
            Lanes::Constant => 0,
            Lanes::Bits(bits) => size_of_val(bits.as_slice()),
            Lanes::I8(lanes) => size_of_val(lanes.as_slice()),
            Lanes::I16(lanes) => size_of_val(lanes.as_slice()),
            Lanes::I32(lanes) => size_of_val(lanes.as_slice()),
            Lanes::I64(lanes) => size_of_val(lanes.as_slice()),
        };
        lanes + self.known().map_or(0, size_of_val)
    }

    /// Which firms' values are known; `None` where all are.
    pub(super) fn known(&self) -> Option<&[u64]> {
        self.known.as_deref()
    }

    pub(super) fn base(&self) -> i64 {
        self.base
    }

    pub(super) fn lanes(&self) -> &Lanes {
        &self.lanes
    }
}

/// The smallest lanes that take every value between `least` and `most`, and their base.
fn narrowest(len: usize, values: impl Iterator<Item = i64>, least: i64, most: i64) -> (i64, Lanes) {
    let width = most.abs_diff(least);
    // Without a base where the values fit as they are.
    let base_for = |low: i64, high: i64| {
        let fits = low <= least && most <= high;
        if fits { 0 } else { least.wrapping_sub(low) }
    };
    let filled = |base: i64| {
        let lanes = values.map(move |value| {
            let value = if value == EMPTY { least } else { value };
            // Exact, since the true difference fits the lane.
            value.wrapping_sub(base)
        });
        let gap = words_of(len) * WORD - len;
        lanes.chain(std::iter::repeat_n(least.wrapping_sub(base), gap))
    };
    const FITS: &str = "the width was measured";
    fn gathered<Lane>(len: usize, lanes: impl Iterator<Item = Lane>) -> Vec<Lane> {
        let mut gathered = Vec::with_capacity(words_of(len) * WORD);
        gathered.extend(lanes);
        gathered
    }
    if width == 0 {
        (least, Lanes::Constant)
    } else if width == 1 {
        (
            least,
            Lanes::Bits(plane(len, filled(least).map(|lane| lane == 1))),
        )
    } else if width <= u64::from(u8::MAX) {
        let base = base_for(i8::MIN.into(), i8::MAX.into());
        let lanes = filled(base).map(|lane| i8::try_from(lane).expect(FITS));
        (base, Lanes::I8(gathered(len, lanes)))
    } else if width <= u64::from(u16::MAX) {
        let base = base_for(i16::MIN.into(), i16::MAX.into());
        let lanes = filled(base).map(|lane| i16::try_from(lane).expect(FITS));
        (base, Lanes::I16(gathered(len, lanes)))
    } else if width <= u64::from(u32::MAX) {
        let base = base_for(i32::MIN.into(), i32::MAX.into());
        let lanes = filled(base).map(|lane| i32::try_from(lane).expect(FITS));
        (base, Lanes::I32(gathered(len, lanes)))
    } else {
        (0, Lanes::I64(gathered(len, filled(0))))
    }
}

/// One bit for each of `len` answers.
fn plane(len: usize, answers: impl Iterator<Item = bool>) -> Vec<u64> {
    let mut words = vec![0; words_of(len)];
    for (firm, answer) in answers.take(len).enumerate() {
        words[firm / WORD] |= u64::from(answer) << (firm % WORD);
    }
    words
}
