//! Numbers beyond i64, firm by firm in i128 with every step checked.
//!
//! Rare: what leaves i64 within a column's own range is a product of large amounts or a
//! figure that no kind admits. Knows numbers only.
//!
//! ```text
//! revenue × factor where both reach 4×10^14: exact here, wrapped in i64
//! ```

use super::compare::word;
use super::graph::{Operation, calendar};
use super::kernel::Source;

/// One operand of a block of firms.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbers<'a> {
    Constant(i128),
    Narrow(&'a [i64]),
    Wide(&'a [i128]),
}

impl Numbers<'_> {
    #[inline]
    pub(super) fn get(self, lane: usize) -> i128 {
        match self {
            Numbers::Constant(number) => number,
            Numbers::Narrow(numbers) => i128::from(numbers[lane]),
            Numbers::Wide(numbers) => numbers[lane],
        }
    }
}

/// Where a step leaves i128 the number means nothing, and [`fits`] says so.
pub(super) fn both(operation: Operation, left: Numbers<'_>, right: Numbers<'_>, out: &mut [i128]) {
    for (lane, out) in out.iter_mut().enumerate() {
        let number = operation.checked(left.get(lane), right.get(lane));
        *out = number.unwrap_or_default();
    }
}

pub(super) fn both_fit(
    operation: Operation,
    left: Numbers<'_>,
    right: Numbers<'_>,
    out: &mut [u64],
) {
    words(out, |lane| {
        operation.checked(left.get(lane), right.get(lane)).is_some()
    });
}

pub(super) fn choose(
    (plane, turn): Source<'_>,
    one: Numbers<'_>,
    other: Numbers<'_>,
    out: &mut [i128],
) {
    for (lane, out) in out.iter_mut().enumerate() {
        let is_one = (plane[lane / 64] ^ turn) >> (lane % 64) & 1 == 1;
        *out = if is_one { one } else { other }.get(lane);
    }
}

pub(super) fn calendars(days: Numbers<'_>, out: &mut [i128]) {
    for (lane, out) in out.iter_mut().enumerate() {
        *out = calendar(days.get(lane)).unwrap_or_default();
    }
}

pub(super) fn calendars_fit(days: Numbers<'_>, out: &mut [u64]) {
    words(out, |lane| calendar(days.get(lane)).is_some());
}

pub(super) fn quotients(numbers: Numbers<'_>, divisor: i64, out: &mut [i128]) {
    for (lane, out) in out.iter_mut().enumerate() {
        *out = numbers.get(lane) / i128::from(divisor);
    }
}

pub(super) fn reaches(numbers: Numbers<'_>, bound: i128, out: &mut [u64]) {
    words(out, |lane| numbers.get(lane) >= bound);
}

pub(super) fn at_least(left: Numbers<'_>, right: Numbers<'_>, out: &mut [u64]) {
    words(out, |lane| left.get(lane) >= right.get(lane));
}

pub(super) fn equal(left: Numbers<'_>, right: Numbers<'_>, out: &mut [u64]) {
    words(out, |lane| left.get(lane) == right.get(lane));
}

fn words(out: &mut [u64], answer: impl Fn(usize) -> bool) {
    for (place, out) in out.iter_mut().enumerate() {
        *out = word(|lane| answer(place * 64 + lane));
    }
}
