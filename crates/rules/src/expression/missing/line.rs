//! Weighted sums of unknown quantities, with the slots that they need.
//!
//! Exact: what leaves i128 is refused. Knows neither what the quantities are nor how they
//! are compared.
//!
//! ```text
//! a + b - a: weights {b: 1}, needs {a, b}; unknown as long as a is, as in SQL
//! ```

/// Which of the unknown slots, by their place in [`Space::unknowns`].
pub(super) type Mask = u128;

/// First and last of the whole numbers that something may be; empty where they are crossed.
pub(super) type Range = (i128, i128);

/// Beyond every value: what is compared is proved to lie within [`NEAR`].
pub(super) const FAR: i128 = 1 << 124;
/// No value of a direction lies further from zero.
pub(super) const NEAR: i128 = 1 << 110;

/// The slots of a set one by one.
pub(super) fn slots(of: Mask) -> impl Iterator<Item = Mask> {
    (0..Mask::BITS)
        .map(|place| 1 << place)
        .filter(move |slot| of & slot != 0)
}

/// A weighted sum of quantities; unknown as long as a needed slot is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Quantity and weight, in order, no weight 0.
    pub(super) weights: Vec<(usize, i128)>,
    pub(super) constant: i128,
    pub(super) needs: Mask,
}

impl Line {
    /// Where the line lies; `None` where that is further than [`NEAR`].
    pub(super) fn range(&self, quantities: &[Range]) -> Option<Range> {
        let (mut low, mut high) = (self.constant, self.constant);
        for (quantity, weight) in &self.weights {
            let (first, last) = quantities[*quantity];
            let ends = (first.checked_mul(*weight)?, last.checked_mul(*weight)?);
            low = low.checked_add(ends.0.min(ends.1))?;
            high = high.checked_add(ends.0.max(ends.1))?;
        }
        (low >= -NEAR && high <= NEAR).then_some((low, high))
    }
}

pub(super) fn constant(constant: i128) -> Line {
    Line {
        constant,
        ..Line::default()
    }
}

pub(super) fn quantity(index: usize, needs: impl Fn(usize) -> Mask) -> Line {
    Line {
        weights: vec![(index, 1)],
        constant: 0,
        needs: needs(index),
    }
}

pub(super) fn scaled(line: &Line, factor: i128, needs: Mask) -> Option<Line> {
    let mut weights = Vec::with_capacity(line.weights.len());
    for (quantity, weight) in line.weights.iter().filter(|_| factor != 0) {
        weights.push((*quantity, weight.checked_mul(factor)?));
    }
    Some(Line {
        weights,
        constant: line.constant.checked_mul(factor)?,
        needs,
    })
}

pub(super) fn sum(left: &Line, right: &Line, factor: i128) -> Option<Line> {
    let right = scaled(right, factor, right.needs)?;
    let mut weights = left.weights.clone();
    for (quantity, weight) in right.weights {
        match weights.binary_search_by_key(&quantity, |(own, _)| *own) {
            Ok(place) => weights[place].1 = weights[place].1.checked_add(weight)?,
            Err(place) => weights.insert(place, (quantity, weight)),
        }
    }
    weights.retain(|(_, weight)| *weight != 0);
    Some(Line {
        weights,
        constant: left.constant.checked_add(right.constant)?,
        needs: left.needs | right.needs,
    })
}

pub(super) fn greatest_common_divisor(one: i128, other: i128) -> i128 {
    if other == 0 {
        one
    } else {
        greatest_common_divisor(other, one % other)
    }
}
