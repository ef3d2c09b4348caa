//! Working days: deadlines in law are counted in them.

use super::source::Source;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    year: i32,
    source: String,
    #[serde(default)]
    uncertain: bool,
    holiday: Vec<Holiday>,
    working_weekends: Vec<NaiveDate>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: String,
    from: NaiveDate,
    to: NaiveDate,
}

/// The working days of the years that the pack knows.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    years: BTreeSet<i32>,
    holidays: BTreeSet<NaiveDate>,
    working_weekends: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Whether a day is a working day; `None` for a year without a calendar.
    pub fn is_working_day(&self, day: NaiveDate) -> Option<bool> {
        if !self.years.contains(&day.year()) {
            return None;
        }
        if self.holidays.contains(&day) {
            return Some(false);
        }
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        Some(!weekend || self.working_weekends.contains(&day))
    }

    /// The day that is `count` working days after `day`, which itself does not count.
    /// `None` where a year on the way has no calendar.
    pub fn working_days_after(&self, day: NaiveDate, count: u32) -> Option<NaiveDate> {
        let mut current = day;
        let mut left = count;
        while left > 0 {
            current = current.checked_add_days(Days::new(1))?;
            if self.is_working_day(current)? {
                left -= 1;
            }
        }
        Some(current)
    }

    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.iter().copied()
    }

    pub(super) fn read(&mut self, source: &mut Source<'_>) {
        let Some(file) = source.whole::<CalendarFile>() else {
            return;
        };
        if !self.years.insert(file.year) {
            source.note_line(1, format!("{}年的工作日历重复", file.year));
        }
        if file.source.trim().is_empty() && !file.uncertain {
            source.note_line(1, "缺少放假安排的文号".to_string());
        }
        for holiday in &file.holiday {
            if holiday.from > holiday.to {
                source.note_line(1, format!("“{}”的起止日期颠倒", holiday.name));
            }
            let days = holiday
                .from
                .iter_days()
                .take_while(|day| *day <= holiday.to);
            self.holidays.extend(days.take(31));
        }
        for day in &file.working_weekends {
            if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                source.note_line(1, format!("{day} 不是周末，不需要列为调休上班"));
            }
            if self.holidays.contains(day) {
                source.note_line(1, format!("{day} 同时列为放假和上班"));
            }
            self.working_weekends.insert(*day);
        }
    }
}
