//! How far each area and county is: gross new firms of the year, of which first and
//! returned, exits, net, completion, against the straight and the expected line.
//!
//! Counted from the confirmed lists and nothing else; shares of a target are compared by
//! products, never as rounded percentages.
//!
//! 郑州 at mid-2022: 78 of 310 are 25.2 %, behind the straight line's 50 and ahead of the
//! 25 that experience expects.

use crate::outlook::Firms;
use crate::register::{Door, Spell, StatusBook};
use rules::pack::Pack;
use rules::pack::divisions::{DivisionCode, Level};
use rules::period::Month;
use rules::uscc::Uscc;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

/// Progress of the province and all its divisions at the end of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub as_of: Month,
    /// The areas and the unplaced together.
    pub province: DivisionProgress,
    /// In order of their codes; each with its counties.
    pub areas: Vec<AreaProgress>,
    /// Firms whose area is not known: not in the register, and first registered outside
    /// the province. Absent where there is nothing to count.
    pub unplaced: Option<DivisionProgress>,
    pub standing: Standing,
    /// Share of the year's target that the straight line asks for by now, in percent.
    pub linear_percent: u32,
    /// The same by experience.
    pub expected_percent: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaProgress {
    pub area: DivisionProgress,
    /// In order of their codes; the last may be the firms whose county is not known.
    /// Empty for an area without counties (济源).
    pub counties: Vec<DivisionProgress>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DivisionProgress {
    /// `None` for firms of an area whose county is not known.
    pub division: Option<DivisionCode>,
    /// Issued target of the year; none where none was issued.
    pub target: Option<u32>,
    /// Entered this year (gross), of which for the first time and again.
    pub entered: u32,
    pub first: u32,
    pub returned: u32,
    /// Left this year.
    pub left: u32,
    /// Above scale at the end of the month.
    pub in_scale: u32,
    /// Entered in the same months of the year before.
    pub entered_year_before: u32,
}

/// Whether the statistics authority's final list of the year is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Preliminary,
    Final,
}

impl DivisionProgress {
    /// Entered less left.
    pub fn net(&self) -> i64 {
        i64::from(self.entered) - i64::from(self.left)
    }

    /// Entered of the target: the exact share. None where there is no target to complete.
    pub fn completion(&self) -> Option<(u32, u32)> {
        self.target
            .filter(|target| *target > 0)
            .map(|target| (self.entered, target))
    }

    /// The completion in tenths of a percent, rounded half up: for reading only.
    pub fn completion_permille(&self) -> Option<u64> {
        self.completion().map(|(part, of)| {
            let (part, of) = (u64::from(part), u64::from(of));
            (part * 2000 + of) / (of * 2)
        })
    }

    /// Whether less than this share of the target is done. None where no target was issued.
    pub fn is_behind(&self, percent: u32) -> Option<bool> {
        self.target
            .map(|target| u64::from(self.entered) * 100 < u64::from(target) * u64::from(percent))
    }

    /// Orders by completion, least first; divisions without a target before all others.
    pub fn compare_completion(&self, other: &DivisionProgress) -> Ordering {
        match (self.completion(), other.completion()) {
            (Some((part, of)), Some((other_part, other_of))) => {
                let own = u64::from(part) * u64::from(other_of);
                own.cmp(&(u64::from(other_part) * u64::from(of)))
            }
            (own, other) => own.is_some().cmp(&other.is_some()),
        }
    }

    fn new(division: DivisionCode, targets: &BTreeMap<DivisionCode, u32>) -> DivisionProgress {
        DivisionProgress {
            division: Some(division),
            target: targets.get(&division).copied(),
            ..DivisionProgress::default()
        }
    }

    fn add(&mut self, firm: &Tally) {
        self.entered += firm.entered;
        self.first += firm.first;
        self.returned += firm.entered - firm.first;
        self.left += firm.left;
        self.in_scale += firm.in_scale;
        self.entered_year_before += firm.entered_year_before;
    }

    fn is_zero(&self) -> bool {
        self.entered == 0 && self.left == 0 && self.in_scale == 0 && self.entered_year_before == 0
    }
}

/// Counts every firm of the book where it produces, in one pass.
///
/// `firms` is the snapshot of the month. `book` may hold later lists than it: a year's
/// figures become final by a list of the year after.
pub fn progress(
    pack: &Pack,
    firms: &Firms,
    book: &StatusBook,
    targets: &BTreeMap<DivisionCode, u32>,
    as_of: Month,
) -> Progress {
    let mut progress = blank(pack, targets, as_of);
    let places = places(&progress);
    let mut unplaced = DivisionProgress::default();
    for key in book.keys() {
        let firm = Uscc::from_key(key).and_then(|uscc| firms.find(uscc));
        let mut tally = tally(pack, book, as_of, key);
        tally.in_scale = u32::from(firm.and_then(|firm| firms.in_scale(firm)) == Some(true));
        progress.province.add(&tally);
        let (area, county) = match firm {
            Some(firm) => (firms.area(firm), firms.county(firm)),
            None => (registering_area(pack, key), None),
        };
        let Some((area, _)) = area.and_then(|area| places.get(&area)) else {
            unplaced.add(&tally);
            continue;
        };
        let row = &mut progress.areas[*area];
        row.area.add(&tally);
        let county = county.and_then(|county| places.get(&county));
        match county {
            Some((of, Some(county))) if of == area => row.counties[*county].add(&tally),
            // The last row of an area that has counties is for the unknown ones.
            _ => {
                if let Some(unknown) = row.counties.last_mut() {
                    unknown.add(&tally);
                }
            }
        }
    }
    for row in &mut progress.areas {
        row.counties
            .pop_if(|county| county.division.is_none() && county.is_zero());
    }
    progress.unplaced = Some(unplaced).filter(|unplaced| !unplaced.is_zero());
    progress.standing = standing(pack, book, as_of.year());
    progress
}

/// The confirmed numbers above scale by which a target is divided: of the areas for the
/// province, of the counties for an area. Empty for any other division.
pub fn bases_from(
    pack: &Pack,
    progress: &Progress,
    division: DivisionCode,
) -> Vec<(DivisionCode, u64)> {
    let base = |row: &DivisionProgress| Some((row.division?, u64::from(row.in_scale)));
    let level = pack.divisions.get(division).map(|found| found.level);
    if level == Some(Level::Province) {
        let areas = progress.areas.iter();
        return areas.filter_map(|row| base(&row.area)).collect();
    }
    let own = progress
        .areas
        .iter()
        .find(|row| row.area.division == Some(division));
    own.map_or(Vec::new(), |row| {
        row.counties.iter().filter_map(base).collect()
    })
}

/// Every division with its target and nothing counted yet. Each area with counties ends
/// with a row for the unknown ones.
fn blank(pack: &Pack, targets: &BTreeMap<DivisionCode, u32>, as_of: Month) -> Progress {
    let areas: Vec<AreaProgress> = pack
        .divisions
        .areas()
        .map(|area| {
            let mut counties: Vec<DivisionProgress> = pack
                .divisions
                .counties_of(area.code)
                .map(|county| DivisionProgress::new(county.code, targets))
                .collect();
            if !counties.is_empty() {
                counties.push(DivisionProgress::default());
            }
            AreaProgress {
                area: DivisionProgress::new(area.code, targets),
                counties,
            }
        })
        .collect();
    // The province's target is what its areas were given; none where none was given any.
    let given = areas.iter().filter_map(|row| row.area.target);
    let target = given.clone().next().map(|_| given.sum());
    Progress {
        as_of,
        province: DivisionProgress {
            division: pack.about.division.parse().ok(),
            target,
            ..DivisionProgress::default()
        },
        areas,
        unplaced: None,
        standing: Standing::Preliminary,
        linear_percent: percent_by(pack.progress.linear_percent, as_of),
        expected_percent: percent_by(pack.progress.expected_percent, as_of),
    }
}

/// Where each division's row stands: place of the area, and of the county within it.
fn places(progress: &Progress) -> HashMap<DivisionCode, (usize, Option<usize>)> {
    let mut places = HashMap::new();
    for (area, row) in progress.areas.iter().enumerate() {
        places.extend(row.area.division.map(|code| (code, (area, None))));
        for (county, row) in row.counties.iter().enumerate() {
            places.extend(row.division.map(|code| (code, (area, Some(county)))));
        }
    }
    places
}

/// A firm that the snapshot does not know, because only a later list names it, counts
/// where it was registered, as the run would count it.
fn registering_area(pack: &Pack, key: u128) -> Option<DivisionCode> {
    let code = Uscc::from_key(key)?.registering_division().parse().ok()?;
    pack.divisions.place(code).map(|place| place.area)
}

/// What one firm adds.
#[derive(Default)]
struct Tally {
    entered: u32,
    first: u32,
    left: u32,
    in_scale: u32,
    entered_year_before: u32,
}

/// The movements of one firm; whether it is above scale stands in the snapshot.
fn tally(pack: &Pack, book: &StatusBook, as_of: Month, key: u128) -> Tally {
    let through = pack.progress.annual_entry_counts_back_through_month;
    let mut tally = Tally::default();
    // A new code for the same firm is neither an exit nor an entry.
    let months = pack.progress.code_change_within_months;
    for spell in book.spells(key) {
        let carries_on = book.carries_on(key, spell.entered, months);
        if !carries_on && counts_by(spell, through, as_of) {
            tally.entered += 1;
            tally.first += u32::from(!book.was_in_before(key, spell.entered));
        }
        let year_before = !carries_on && counts_by(spell, through, as_of.plus(-12));
        tally.entered_year_before += u32::from(year_before);
        let left_now = |left: Month| left.year() == as_of.year() && left <= as_of;
        let left = spell.left.filter(|left| left_now(*left));
        tally.left += u32::from(left.is_some_and(|left| !book.is_carried_on(key, left, months)));
    }
    tally
}

/// Whether an entry counts to the year of a month by the end of it. Annual entries up to
/// month `through` count to the year before: to its December, once they are known.
fn counts_by(spell: &Spell, through: u32, as_of: Month) -> bool {
    let counts_back = spell.door == Door::Annual && spell.entered.number() <= through;
    let year = spell.entered.year() - i32::from(counts_back);
    year == as_of.year() && (spell.entered <= as_of || as_of.number() == 12)
}

/// Final once a list of the fixed month of the next year covers every area.
fn standing(pack: &Pack, book: &StatusBook, year: i32) -> Standing {
    let number = pack.progress.final_from_month_of_next_year;
    let Some(from) = Month::new(year + 1, number) else {
        return Standing::Preliminary;
    };
    let covers = |area: DivisionCode| {
        book.lists()
            .iter()
            .any(|list| list.month >= from && list.region.is_none_or(|region| region == area))
    };
    match pack.divisions.areas().all(|area| covers(area.code)) {
        true => Standing::Final,
        false => Standing::Preliminary,
    }
}

/// The percent that a line asks for by the end of each month of a year.
pub fn line_of_year(quarters: [u32; 4]) -> Vec<u32> {
    let months = (1..=12).filter_map(|number| Month::new(2000, number));
    months.map(|month| percent_by(quarters, month)).collect()
}

/// Percent by the end of a month: straight between the ends of quarters, rounded down.
fn percent_by(quarters: [u32; 4], as_of: Month) -> u32 {
    let month = as_of.number() as usize;
    let quarter = (month - 1) / 3;
    let before = match quarter {
        0 => 0,
        _ => quarters[quarter - 1],
    };
    let months = (month - quarter * 3) as u32;
    (before * (3 - months) + quarters[quarter] * months) / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(entered: u32, target: Option<u32>) -> DivisionProgress {
        DivisionProgress {
            entered,
            target,
            ..DivisionProgress::default()
        }
    }

    #[test]
    fn lines_are_straight_within_quarters() {
        let expected: Vec<u32> = (1..=12)
            .filter_map(|month| Month::new(2026, month))
            .map(|month| percent_by([10, 25, 40, 100], month))
            .collect();
        assert_eq!(expected, [3, 6, 10, 15, 20, 25, 30, 35, 40, 60, 80, 100]);
    }

    #[test]
    fn completion_is_compared_by_products() {
        let zhengzhou = with(78, Some(310));
        assert_eq!(zhengzhou.completion(), Some((78, 310)));
        assert_eq!(zhengzhou.completion_permille(), Some(252));
        assert_eq!(zhengzhou.is_behind(25), Some(false));
        assert_eq!(zhengzhou.is_behind(26), Some(true));
        assert_eq!(with(1, Some(4)).is_behind(25), Some(false));
        assert_eq!(with(1, None).is_behind(25), None);
        assert_eq!(with(0, Some(0)).completion(), None);
        assert_eq!(with(0, Some(0)).is_behind(100), Some(false));
        assert_eq!(
            with(u32::MAX, Some(1)).completion_permille(),
            Some(4_294_967_295_000)
        );
        let third = with(1, Some(3));
        assert_eq!(third.compare_completion(&with(2, Some(6))), Ordering::Equal);
        assert_eq!(
            third.compare_completion(&with(33, Some(100))),
            Ordering::Greater
        );
        assert_eq!(third.compare_completion(&with(9, None)), Ordering::Greater);
    }
}
