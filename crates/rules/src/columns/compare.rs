//! From 64 comparisons to one word, in the form that the processor has.
//!
//! AVX-512 compares into masks; AVX2 gathers signs; everywhere else a product gathers
//! the low bits of eight bytes. Loops are in `kernel`; this knows single words.
//!
//! ```text
//! 64 lanes of 8 bits >= 3: one comparison in AVX-512, whose mask is the word
//! ```

use super::WORD;
use pulp::{Arch, NullaryFnOnce};

/// An integer that columns hold.
pub(super) trait Lane: Copy + Ord {
    /// The lane of a distance from the base that is known to fit.
    fn of(distance: i64) -> Self;

    /// For each firm, whether its lane has passed an odd number of the steps.
    fn pass(arch: Arch, lanes: &[Self], steps: &[i64], base: i64, out: &mut [u64]);
}

/// Whether each left is at least its right.
pub(super) fn at_least(arch: Arch, left: &[i64], right: &[i64], out: &mut [u64]) {
    let question = Question::AtLeast;
    pairs(arch, question, left, right, out);
}

/// Whether each left is its right.
pub(super) fn equal(arch: Arch, left: &[i64], right: &[i64], out: &mut [u64]) {
    let question = Question::Equal;
    pairs(arch, question, left, right, out);
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

/// A form of the comparisons of 64 lanes.
trait Form<L>: Copy {
    fn reach(self, lanes: &[L; WORD], step: L) -> u64;
}

/// A form of the comparisons of 64 pairs.
trait PairForm: Copy {
    fn at_least(self, left: &[i64; WORD], right: &[i64; WORD]) -> u64;
    fn equal(self, left: &[i64; WORD], right: &[i64; WORD]) -> u64;
}

struct Pass<'a, L, F> {
    form: F,
    lanes: &'a [L],
    steps: &'a [i64],
    base: i64,
    out: &'a mut [u64],
}

impl<L: Lane, F: Form<L>> NullaryFnOnce for Pass<'_, L, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let step = |index: usize| L::of(self.steps[index].wrapping_sub(self.base));
        let (chunks, _) = self.lanes.as_chunks::<WORD>();
        let first = step(0);
        if self.steps.len() == 2 {
            let second = step(1);
            for (out, chunk) in self.out.iter_mut().zip(chunks) {
                *out = self.form.reach(chunk, first) ^ self.form.reach(chunk, second);
            }
            return;
        }
        for (out, chunk) in self.out.iter_mut().zip(chunks) {
            *out = self.form.reach(chunk, first);
        }
        for next in 1..self.steps.len() {
            let next = step(next);
            for (out, chunk) in self.out.iter_mut().zip(chunks) {
                *out ^= self.form.reach(chunk, next);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Question {
    AtLeast,
    Equal,
}

struct Pairs<'a, F> {
    form: F,
    question: Question,
    left: &'a [i64],
    right: &'a [i64],
    out: &'a mut [u64],
}

impl<F: PairForm> NullaryFnOnce for Pairs<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (left, _) = self.left.as_chunks::<WORD>();
        let (right, _) = self.right.as_chunks::<WORD>();
        let all = self.out.iter_mut().zip(left.iter().zip(right));
        match self.question {
            Question::AtLeast => {
                all.for_each(|(out, (left, right))| *out = self.form.at_least(left, right));
            }
            Question::Equal => {
                all.for_each(|(out, (left, right))| *out = self.form.equal(left, right));
            }
        }
    }
}

fn pairs(arch: Arch, question: Question, left: &[i64], right: &[i64], out: &mut [u64]) {
    macro_rules! asked {
        ($form:expr) => {
            Pairs {
                form: $form,
                question,
                left,
                right,
                out,
            }
        };
    }
    match arch {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(simd) => simd.vectorize(asked!(simd)),
        #[cfg(target_arch = "x86_64")]
        Arch::V3(simd) => simd.vectorize(asked!(simd)),
        _ => arch.dispatch(asked!(Portable)),
    }
}

macro_rules! lane {
    ($($lane:ty),*) => {$(
        impl Lane for $lane {
            fn of(distance: i64) -> $lane {
                distance as $lane
            }

            fn pass(arch: Arch, lanes: &[$lane], steps: &[i64], base: i64, out: &mut [u64]) {
                match arch {
                    #[cfg(target_arch = "x86_64")]
                    Arch::V4(simd) => simd.vectorize(Pass { form: simd, lanes, steps, base, out }),
                    #[cfg(target_arch = "x86_64")]
                    Arch::V3(simd) => simd.vectorize(Pass { form: simd, lanes, steps, base, out }),
                    _ => arch.dispatch(Pass { form: Portable, lanes, steps, base, out }),
                }
            }
        }
    )*};
}
lane!(i8, i16, i32, i64);

/// What any processor can do.
#[derive(Debug, Clone, Copy)]
struct Portable;

impl<L: Lane> Form<L> for Portable {
    #[inline(always)]
    fn reach(self, lanes: &[L; WORD], step: L) -> u64 {
        word(|lane| lanes[lane] >= step)
    }
}

impl PairForm for Portable {
    #[inline(always)]
    fn at_least(self, left: &[i64; WORD], right: &[i64; WORD]) -> u64 {
        word(|lane| left[lane] >= right[lane])
    }

    #[inline(always)]
    fn equal(self, left: &[i64; WORD], right: &[i64; WORD]) -> u64 {
        word(|lane| left[lane] == right[lane])
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Form, PairForm, WORD};
    use pulp::x86::{V3, V4};
    use pulp::{cast, i8x32, i8x64, i16x16, i16x32, i32x8, i32x16, i64x4, i64x8};

    /// The word of masks that hold `bits` each.
    macro_rules! joined {
        ($parts:expr, $bits:expr, $mask:expr) => {{
            // Shifted step by step: written as an OR of shifts, the compiler makes vectors of
            // the masks, which takes longer than the comparisons.
            let mut word = 0u64;
            for part in $parts.into_iter().rev() {
                word = (word << ($bits % 64)) | $mask(part);
            }
            word
        }};
    }

    impl Form<i8> for V4 {
        #[inline(always)]
        fn reach(self, lanes: &[i8; WORD], step: i8) -> u64 {
            let lanes: i8x64 = cast(*lanes);
            self.cmp_ge_i8x64(lanes, self.splat_i8x64(step)).0
        }
    }

    impl Form<i16> for V4 {
        #[inline(always)]
        fn reach(self, lanes: &[i16; WORD], step: i16) -> u64 {
            let parts: [i16x32; 2] = cast(*lanes);
            let step = self.splat_i16x32(step);
            joined!(parts, 32, |part| u64::from(
                self.cmp_ge_i16x32(part, step).0
            ))
        }
    }

    impl Form<i32> for V4 {
        #[inline(always)]
        fn reach(self, lanes: &[i32; WORD], step: i32) -> u64 {
            let parts: [i32x16; 4] = cast(*lanes);
            let step = self.splat_i32x16(step);
            joined!(parts, 16, |part| u64::from(
                self.cmp_ge_i32x16(part, step).0
            ))
        }
    }

    impl Form<i64> for V4 {
        #[inline(always)]
        fn reach(self, lanes: &[i64; WORD], step: i64) -> u64 {
            let parts: [i64x8; 8] = cast(*lanes);
            let step = self.splat_i64x8(step);
            joined!(parts, 8, |part| u64::from(self.cmp_ge_i64x8(part, step).0))
        }
    }

    impl PairForm for V4 {
        #[inline(always)]
        fn at_least(self, left: &[i64; WORD], right: &[i64; WORD]) -> u64 {
            let (left, right): ([i64x8; 8], [i64x8; 8]) = (cast(*left), cast(*right));
            let parts = left.into_iter().zip(right);
            joined!(parts, 8, |(left, right)| u64::from(
                self.cmp_ge_i64x8(left, right).0
            ))
        }

        #[inline(always)]
        fn equal(self, left: &[i64; WORD], right: &[i64; WORD]) -> u64 {
            let (left, right): ([i64x8; 8], [i64x8; 8]) = (cast(*left), cast(*right));
            let parts = left.into_iter().zip(right);
            joined!(parts, 8, |(left, right)| u64::from(
                self.cmp_eq_i64x8(left, right).0
            ))
        }
    }

    // AVX2 has no "at least": what is gathered is "less", and turned round.

    impl Form<i8> for V3 {
        #[inline(always)]
        fn reach(self, lanes: &[i8; WORD], step: i8) -> u64 {
            let parts: [i8x32; 2] = cast(*lanes);
            let step = self.splat_i8x32(step);
            let gather = |part| {
                let less = self.cmp_gt_i8x32(step, part);
                u64::from(self.avx2._mm256_movemask_epi8(cast(less)) as u32)
            };
            !joined!(parts, 32, gather)
        }
    }

    impl Form<i16> for V3 {
        #[inline(always)]
        fn reach(self, lanes: &[i16; WORD], step: i16) -> u64 {
            let parts: [[i16x16; 2]; 2] = cast(*lanes);
            let step = self.splat_i16x16(step);
            let gather = |part: [i16x16; 2]| {
                let [one, other] = part.map(|part| self.cmp_gt_i16x16(step, part));
                let packed = self.avx2._mm256_packs_epi16(cast(one), cast(other));
                // Packing interleaves the halves.
                let ordered = self.avx2._mm256_permute4x64_epi64::<0b11_01_10_00>(packed);
                u64::from(self.avx2._mm256_movemask_epi8(ordered) as u32)
            };
            !joined!(parts, 32, gather)
        }
    }

    impl Form<i32> for V3 {
        #[inline(always)]
        fn reach(self, lanes: &[i32; WORD], step: i32) -> u64 {
            let parts: [i32x8; 8] = cast(*lanes);
            let step = self.splat_i32x8(step);
            let gather = |part| {
                let less = self.cmp_gt_i32x8(step, part);
                u64::from(self.avx._mm256_movemask_ps(cast(less)) as u32)
            };
            !joined!(parts, 8, gather)
        }
    }

    impl Form<i64> for V3 {
        #[inline(always)]
        fn reach(self, lanes: &[i64; WORD], step: i64) -> u64 {
            let parts: [i64x4; 16] = cast(*lanes);
            let step = self.splat_i64x4(step);
            let gather = |part| {
                let less = self.cmp_gt_i64x4(step, part);
                u64::from(self.avx._mm256_movemask_pd(cast(less)) as u32)
            };
            !joined!(parts, 4, gather)
        }
    }

    impl PairForm for V3 {
        #[inline(always)]
        fn at_least(self, left: &[i64; WORD], right: &[i64; WORD]) -> u64 {
            let (left, right): ([i64x4; 16], [i64x4; 16]) = (cast(*left), cast(*right));
            let gather = |(left, right)| {
                let less = self.cmp_gt_i64x4(right, left);
                u64::from(self.avx._mm256_movemask_pd(cast(less)) as u32)
            };
            !joined!(left.into_iter().zip(right), 4, gather)
        }

        #[inline(always)]
        fn equal(self, left: &[i64; WORD], right: &[i64; WORD]) -> u64 {
            let (left, right): ([i64x4; 16], [i64x4; 16]) = (cast(*left), cast(*right));
            let gather = |(left, right)| {
                let equal = self.cmp_eq_i64x4(left, right);
                u64::from(self.avx._mm256_movemask_pd(cast(equal)) as u32)
            };
            joined!(left.into_iter().zip(right), 4, gather)
        }
    }
}
