//! From 64 comparisons to one word.
//!
//! Sixty-four answers are written as bytes, which the compiler turns into comparisons of whole
//! vectors, and a product gathers the low bits of eight of them. In AVX-512 and AVX2 that
//! measured the same as their own mask instructions, so these are not written out here.
//!
//! ```text
//! 64 lanes >= step  →  64 bytes of 0 and 1  →  8 products  →  one word
//! ```

use super::WORD;
use pulp::Arch;

/// An integer that columns hold.
pub(super) trait Lane: Copy + Ord {
    /// The lane of a distance from the base that is known to fit.
    fn of(distance: i64) -> Self;
}

impl Lane for i8 {
    fn of(distance: i64) -> i8 {
        distance as i8
    }
}

impl Lane for i16 {
    fn of(distance: i64) -> i16 {
        distance as i16
    }
}

impl Lane for i32 {
    fn of(distance: i64) -> i32 {
        distance as i32
    }
}

impl Lane for i64 {
    fn of(distance: i64) -> i64 {
        distance
    }
}

/// Whether each lane has reached `from`, and `beyond` not yet, where there is one.
pub(super) fn pass<L: Lane>(arch: Arch, lanes: &[L], from: L, beyond: Option<L>, out: &mut [u64]) {
    let (chunks, _) = lanes.as_chunks::<WORD>();
    match beyond {
        None => arch.dispatch(|| {
            for (out, chunk) in out.iter_mut().zip(chunks) {
                *out = word(|lane| chunk[lane] >= from);
            }
        }),
        // In one go, since reading the lanes is most of the work.
        Some(beyond) => arch.dispatch(|| {
            for (out, chunk) in out.iter_mut().zip(chunks) {
                *out = word(|lane| (chunk[lane] >= from) & (chunk[lane] < beyond));
            }
        }),
    }
}

/// Whether each left is at least its right.
pub(super) fn at_least(arch: Arch, left: &[i64], right: &[i64], out: &mut [u64]) {
    pairs(arch, left, right, out, |left, right| left >= right);
}

/// Whether each left is its right.
pub(super) fn equal(arch: Arch, left: &[i64], right: &[i64], out: &mut [u64]) {
    pairs(arch, left, right, out, |left, right| left == right);
}

fn pairs(
    arch: Arch,
    left: &[i64],
    right: &[i64],
    out: &mut [u64],
    answer: impl Fn(i64, i64) -> bool,
) {
    let (left, _) = left.as_chunks::<WORD>();
    let (right, _) = right.as_chunks::<WORD>();
    arch.dispatch(|| {
        for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
            *out = word(|lane| answer(left[lane], right[lane]));
        }
    });
}

/// A word from 64 answers.
#[inline(always)]
pub(super) fn word(mut answer: impl FnMut(usize) -> bool) -> u64 {
    let mut answers = [0u8; WORD];
    for (lane, place) in answers.iter_mut().enumerate() {
        *place = u8::from(answer(lane));
    }
    let (groups, _) = answers.as_chunks::<8>();
    groups.iter().enumerate().fold(0, |word, (group, bytes)| {
        let gathered = u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word | gathered << (group * 8)
    })
}
