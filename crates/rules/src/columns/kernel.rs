//! The inner loops, as wide as the processor at hand allows.
//!
//! The program is built for the plain target; `pulp` asks the processor once and runs each
//! loop in its AVX-512, AVX2 or plain form, so that there is no unsafe code here. All loops go
//! over whole words of 64 lanes. They know bits and integers, not what these mean.
//!
//! ```text
//! (a ^ turn_a) & (b ^ turn_b): AND of two planes or their opposites, 512 firms a step
//! ```

use pulp::Arch;

/// A plane's words and what turns them into its opposite: 0 or all bits.
pub(super) type Source<'a> = (&'a [u64], u64);

/// `out` becomes what both sources have.
pub(super) fn both(arch: Arch, one: Source<'_>, other: Source<'_>, out: &mut [u64]) {
    let ((one, turn_one), (other, turn_other)) = (one, other);
    arch.dispatch(|| {
        for ((out, one), other) in out.iter_mut().zip(one).zip(other) {
            *out = (one ^ turn_one) & (other ^ turn_other);
        }
    });
}

/// `out` keeps what two further sources have.
pub(super) fn keep_both(arch: Arch, one: Source<'_>, other: Source<'_>, out: &mut [u64]) {
    let ((one, turn_one), (other, turn_other)) = (one, other);
    arch.dispatch(|| {
        for ((out, one), other) in out.iter_mut().zip(one).zip(other) {
            *out &= (one ^ turn_one) & (other ^ turn_other);
        }
    });
}

/// `out` keeps what the source has.
pub(super) fn keep(arch: Arch, source: Source<'_>, out: &mut [u64]) {
    let (source, turn) = source;
    arch.dispatch(|| {
        for (out, word) in out.iter_mut().zip(source) {
            *out &= word ^ turn;
        }
    });
}

/// `out` becomes the source.
pub(super) fn copy(arch: Arch, source: Source<'_>, out: &mut [u64]) {
    let (source, turn) = source;
    arch.dispatch(|| {
        for (out, word) in out.iter_mut().zip(source) {
            *out = word ^ turn;
        }
    });
}

/// How many bits source and chosen firms share.
pub(super) fn count(arch: Arch, source: Source<'_>, within: &[u64]) -> usize {
    let (source, turn) = source;
    let mut total = 0;
    arch.dispatch(|| {
        let pairs = source.iter().zip(within);
        total = pairs
            .map(|(word, chosen)| u64::from(((word ^ turn) & chosen).count_ones()))
            .sum();
    });
    total as usize
}

/// Numbers one by one, from a column's lanes or from other numbers.
pub(super) fn map<From: Copy>(
    arch: Arch,
    from: &[From],
    out: &mut [i64],
    to: impl Fn(From) -> i64,
) {
    arch.dispatch(|| {
        for (out, number) in out.iter_mut().zip(from) {
            *out = to(*number);
        }
    });
}

/// Numbers from pairs of numbers.
pub(super) fn zip(
    arch: Arch,
    left: &[i64],
    right: &[i64],
    out: &mut [i64],
    to: impl Fn(i64, i64) -> i64,
) {
    arch.dispatch(|| {
        for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
            *out = to(*left, *right);
        }
    });
}
