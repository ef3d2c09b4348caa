//! Months, quarters and years as the plan counts them.
//!
//! A [`Month`] is a whole number of months since year 0, so that windows are
//! subtractions. Days are [`chrono::NaiveDate`]; this module never asks a clock.
//!
//! ```
//! use rules::period::Month;
//! let month: Month = "2026-09".parse().unwrap();
//! assert_eq!(month.plus(-12).to_string(), "2025-09");
//! assert_eq!(month.in_words(), "2026年9月");
//! ```

use chrono::{Datelike, NaiveDate};
use std::fmt;
use std::str::FromStr;

/// A calendar month between 1900-01 and 2199-12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是月份，请写成 2026-09 这样的年-月")]
pub struct NotAMonth(pub String);

/// Months since January of year 0, and the day of the month, of a day that is counted
/// from 1970-01-01. Arithmetic only, so that whole columns can be turned at once.
pub fn civil(days: i64) -> (i64, i64) {
    // Years that begin in March end with the leap day.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let months = (year_of_era + era * 400) * 12 + shifted + 2;
    (months, day)
}

impl Month {
    /// `None` outside 1900–2199 or where `month` is not 1–12.
    pub fn new(year: i32, month: u32) -> Option<Month> {
        ((1900..2200).contains(&year) && (1..=12).contains(&month))
            .then(|| Month(year * 12 + month as i32 - 1))
    }

    pub fn of(day: NaiveDate) -> Month {
        Month(day.year() * 12 + day.month0() as i32)
    }

    /// Months since January of year 0.
    pub fn index(self) -> i32 {
        self.0
    }

    pub fn from_index(index: i32) -> Option<Month> {
        Month::new(index.div_euclid(12), index.rem_euclid(12) as u32 + 1)
    }

    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub fn number(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// The month `months` later; earlier where negative. Saturates at the ends of the range.
    pub fn plus(self, months: i32) -> Month {
        Month((self.0 + months).clamp(1900 * 12, 2200 * 12 - 1))
    }

    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.number(), 1).expect("a month has a first day")
    }

    pub fn last_day(self) -> NaiveDate {
        self.plus(1)
            .first_day()
            .pred_opt()
            .expect("a month has a last day")
    }

    /// 2026年9月
    pub fn in_words(self) -> String {
        format!("{}年{}月", self.year(), self.number())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year(), self.number()))
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Month, NotAMonth> {
        text.split_once('-')
            .and_then(|(year, month)| Month::new(year.parse().ok()?, month.parse().ok()?))
            .ok_or_else(|| NotAMonth(text.to_string()))
    }
}

/// What a bulletin reports on: a quarter or a whole year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportPeriod {
    Quarter { year: i32, quarter: u32 },
    Year(i32),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是通报期，请写成 2026-Q3（季度）或 2026（年度）")]
pub struct NotAReportPeriod(pub String);

impl ReportPeriod {
    pub fn year(self) -> i32 {
        match self {
            ReportPeriod::Quarter { year, .. } | ReportPeriod::Year(year) => year,
        }
    }

    /// The last month that the period covers.
    pub fn last_month(self) -> Month {
        let (year, number) = match self {
            ReportPeriod::Quarter { year, quarter } => (year, quarter * 3),
            ReportPeriod::Year(year) => (year, 12),
        };
        Month::new(year, number).expect("the period was checked when it was read")
    }

    /// 2026年第三季度 or 2026年度.
    pub fn in_words(self) -> String {
        match self {
            ReportPeriod::Quarter { year, quarter } => {
                let ordinal = ["一", "二", "三", "四"][quarter as usize - 1];
                format!("{year}年第{ordinal}季度")
            }
            ReportPeriod::Year(year) => format!("{year}年度"),
        }
    }
}

impl fmt::Display for ReportPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportPeriod::Quarter { year, quarter } => write!(f, "{year}-Q{quarter}"),
            ReportPeriod::Year(year) => write!(f, "{year}"),
        }
    }
}

impl FromStr for ReportPeriod {
    type Err = NotAReportPeriod;

    fn from_str(text: &str) -> Result<ReportPeriod, NotAReportPeriod> {
        let fault = || NotAReportPeriod(text.to_string());
        let year_in_range = |year: i32| (2000..2200).contains(&year);
        match text.split_once("-Q").or_else(|| text.split_once("-q")) {
            Some((year, quarter)) => {
                let year: i32 = year.parse().map_err(|_| fault())?;
                let quarter: u32 = quarter.parse().map_err(|_| fault())?;
                if year_in_range(year) && (1..=4).contains(&quarter) {
                    Ok(ReportPeriod::Quarter { year, quarter })
                } else {
                    Err(fault())
                }
            }
            None => text
                .parse()
                .ok()
                .filter(|year| year_in_range(*year))
                .map(ReportPeriod::Year)
                .ok_or_else(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_count_across_years() {
        let month: Month = "2026-01".parse().expect("month");
        assert_eq!(month.plus(-1).to_string(), "2025-12");
        assert_eq!(month.plus(14).to_string(), "2027-03");
        assert_eq!(Month::from_index(month.index()), Some(month));
        assert_eq!(month.last_day().to_string(), "2026-01-31");
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in ["2026-13", "2026", "26-1", "２０２６-09", ""] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
        for text in ["2026-Q5", "2026-Q0", "Q3", "26", "2026-9"] {
            assert!(text.parse::<ReportPeriod>().is_err(), "{text}");
        }
        assert_eq!(
            "2026-q3"
                .parse::<ReportPeriod>()
                .map(|p| p.in_words())
                .as_deref(),
            Ok("2026年第三季度")
        );
    }
}
