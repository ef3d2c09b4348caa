//! Months and years between two days, as whole numbers that every engine divides alike.
//!
//! A day becomes a number in which months weigh 32 and days of the month 1; the months
//! between two days are then one whole division, towards zero in both directions. The
//! engines' own date functions differ in range and type, so none is used.
//!
//! ```text
//! from 2024-01-31 to 2024-02-29: one day short of a month, 0; to 2024-03-31: 2
//! ```

use super::{Dialect, SqlRefusal};

/// Days of four hundred years, and their months.
const ERA_DAYS: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01; years that begin in March end with the leap day.
const EPOCH: i64 = 719_468;
/// Beyond this, four times a day would leave 64 bits.
const DAYS_MAX: u128 = 1 << 59;
/// More than the days of any month.
const MONTH_WEIGHT: i64 = 32;

/// Places days on a scale that only knows whole numbers above zero, as far as `magnitude`.
pub(super) struct Calendar {
    dialect: Dialect,
    shift: i64,
}

impl Calendar {
    pub(super) fn new(dialect: Dialect, magnitude: u128) -> Result<Calendar, SqlRefusal> {
        if magnitude > DAYS_MAX {
            return Err(SqlRefusal::DayTooFar);
        }
        let before = (magnitude as i64 - EPOCH).max(0);
        let eras = (before + ERA_DAYS - 1) / ERA_DAYS;
        let shift = EPOCH + eras * ERA_DAYS;
        Ok(Calendar { dialect, shift })
    }

    /// The place of a day that is an expression. It is written four times.
    pub(super) fn place(&self, day: &str) -> String {
        let divided = |number: &str, by| self.dialect.divided(number, by);
        let quarters = format!("(4 * ({day} + {}) + 3)", self.shift);
        let centuries = divided(&quarters, ERA_DAYS);
        let of_century = divided(&format!("({quarters} % {ERA_DAYS})"), 4);
        let of_century = format!("(4 * {of_century} + 3)");
        let years = divided(&of_century, 1_461);
        let of_year = divided(&format!("({of_century} % 1461)"), 4);
        let of_year = format!("(5 * {of_year} + 461)");
        let months = divided(&of_year, 153);
        let day_of_month = divided(&format!("({of_year} % 153)"), 5);
        format!(
            "({MONTH_WEIGHT} * (1200 * {centuries} + 12 * {years} + {months}) + {day_of_month})"
        )
    }

    /// As [`Calendar::place`], of a day that is known.
    pub(super) fn known_place(&self, day: i64) -> i64 {
        let quarters = 4 * (day + self.shift) + 3;
        let of_century = 4 * (quarters % ERA_DAYS / 4) + 3;
        let of_year = 5 * (of_century % 1_461 / 4) + 461;
        let months = 1_200 * (quarters / ERA_DAYS) + 12 * (of_century / 1_461) + of_year / 153;
        MONTH_WEIGHT * months + of_year % 153 / 5
    }

    /// Whole units of so many months between two places.
    pub(super) fn between(&self, from: &str, to: &str, months: i64) -> String {
        let distance = format!("({to} - {from})");
        self.dialect.divided(&distance, MONTH_WEIGHT * months)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::evaluate::elapsed;
    use crate::expression::tree::Span;

    /// All pairs would be too many: each day of three centuries against days that end months,
    /// begin them, and lie far away.
    #[test]
    fn places_give_the_months_between_as_the_evaluator_does() {
        let calendar = Calendar::new(Dialect::Sqlite, 100_000).expect("near");
        let far = Calendar::new(Dialect::Sqlite, 1_000_000_000).expect("near enough");
        let others: Vec<i64> = [-25_567, -25_509, 0, 58, 59, 60, 10_956, 10_957, 84_005]
            .into_iter()
            .chain(19_700..19_830)
            .collect();
        for day in -25_567..84_006 {
            for other in &others {
                for (span, months) in [(Span::Months, 1), (Span::Years, 12)] {
                    let own = elapsed(span, true, i128::from(day), i128::from(*other));
                    for calendar in [&calendar, &far] {
                        let distance = calendar.known_place(*other) - calendar.known_place(day);
                        let found = distance / (MONTH_WEIGHT * months);
                        assert_eq!(own, Some(i128::from(found)), "{day} {other}");
                    }
                }
            }
        }
    }
}
