//! The firms that are wanted: which, in what order, and what their money adds up to.
//!
//! Every filter narrows a selection of the reader's own firms, so that nothing done here can
//! reach another's.

use super::book::Book;
use super::columns::Column;
use super::wanted::{Industry, Wanted, WantedRefusal};
use crate::workbook::Cell;
use programme::outlook::{Inside, Seen, Selection, facts_of};
use rules::columns::EMPTY;
use rules::measures::Verdict;
use rules::pack::Pack;
use rules::pack::facts::{Origin, RegisterField, WarningField};
use std::ops::Range;

/// A sum over fewer firms would tell what one of them has.
const SUMMED_MIN: usize = 3;

/// The firms that are wanted.
pub struct Listing<'a> {
    pub book: &'a Book,
    pub wanted: &'a Wanted,
    pub found: Selection,
    /// How many.
    pub count: usize,
}

/// What a column adds up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Total {
    /// The column is no money, or its figures are hidden from the reader.
    None,
    /// Fen, and of how many firms they are known.
    Sum { fen: i64, known: usize },
    /// Known of too few firms.
    TooFew,
    /// Does not fit.
    TooLarge,
}

/// Finds the firms that are wanted.
///
/// # Errors
/// Where a filter reads what the reader may not see; the query was then read for another.
pub fn find<'a>(book: &'a Book, wanted: &'a Wanted) -> Result<Listing<'a>, WantedRefusal> {
    let seen = &book.seen;
    let mut found = match wanted.text.is_empty() {
        true => seen.all(),
        false => seen.matching(&book.directory, &wanted.text),
    };
    if let Some(measure) = wanted.measure {
        found = found.among(&verdict_plane(book, measure, &wanted.verdicts));
    }
    if let Some((_, condition)) = &wanted.condition {
        let parameters = book.pack.parameters_on(book.on);
        let holding = seen.holding(condition, &parameters);
        let holding = holding.map_err(|hidden| WantedRefusal::Hidden {
            what: "自定义条件",
            names: hidden.names(&book.pack),
        })?;
        found = found.keep(|firm| holding.contains(firm));
    }
    let rows = RowFilters::of(book, wanted);
    if rows.is_any {
        found = found.keep(|firm| rows.take(firm));
    }
    Ok(Listing {
        book,
        wanted,
        count: found.len(),
        found,
    })
}

fn verdict_plane(book: &Book, measure: usize, verdicts: &[Verdict]) -> Vec<u64> {
    let open_doors = Verdict::ALL.into_iter().filter(|v| v.is_open_door());
    let wanted: Vec<Verdict> = match verdicts.is_empty() {
        true => open_doors.collect(),
        false => verdicts.to_vec(),
    };
    let mut planes = wanted
        .iter()
        .map(|verdict| book.verdicts.plane(measure, *verdict));
    let mut plane = planes.next().unwrap_or_default();
    for more in planes {
        plane
            .iter_mut()
            .zip(more)
            .for_each(|(to, more)| *to |= more);
    }
    plane
}

/// Filters that are asked firm by firm.
struct RowFilters<'a> {
    book: &'a Book,
    wanted: &'a Wanted,
    is_any: bool,
    /// Codes from one to another, both included.
    industries: Vec<(i64, i64)>,
    industry: Option<usize>,
    persons: Option<usize>,
    level: Option<usize>,
}

impl<'a> RowFilters<'a> {
    fn of(book: &'a Book, wanted: &'a Wanted) -> RowFilters<'a> {
        let pack = &book.pack;
        let lists = [
            wanted.areas.len(),
            wanted.counties.len(),
            wanted.zones.len(),
            wanted.industries.len(),
            wanted.stages.len(),
            wanted.kinds.len(),
            wanted.classes.len(),
            wanted.sizes.len(),
            wanted.warnings.len(),
            wanted.pools.len(),
        ];
        RowFilters {
            book,
            wanted,
            is_any: lists.iter().any(|count| *count > 0),
            industries: code_ranges(pack, &wanted.industries),
            industry: pack.slot(Origin::Register(RegisterField::Industry)),
            persons: pack.slot(Origin::Register(RegisterField::Persons)),
            level: pack.slot(Origin::Warning(WarningField::Level)),
        }
    }

    fn take(&self, firm: Inside) -> bool {
        let (wanted, seen) = (self.wanted, &self.book.seen);
        is_among(&wanted.areas, || seen.area(firm))
            && is_among(&wanted.counties, || seen.county(firm))
            && is_among(&wanted.zones, || seen.zone(firm))
            && is_among(&wanted.stages, || seen.stage(firm))
            && is_among(&wanted.kinds, || seen.stage(firm).zip(seen.kind(firm)))
            && is_among(&wanted.warnings, || self.open(firm, self.level))
            && is_among(&wanted.pools, || Some(self.book.pool.of(firm)))
            && self.has_class(firm)
            && self.has_size(firm)
            && self.has_industry(firm)
    }

    fn open(&self, firm: Inside, slot: Option<usize>) -> Option<i64> {
        self.book.seen.open_fact(firm, slot?).ok().flatten()
    }

    fn has_class(&self, firm: Inside) -> bool {
        let mut classes = self.wanted.classes.iter();
        let seen = &self.book.seen;
        self.wanted.classes.is_empty()
            || classes.any(|class| seen.class(firm, *class) == Some(true))
    }

    fn has_size(&self, firm: Inside) -> bool {
        if self.wanted.sizes.is_empty() {
            return true;
        }
        let bounds = &self.book.pack.bands.count;
        let persons = self.open(firm, self.persons);
        let band = persons.and_then(|persons| bounds.iter().rposition(|low| *low <= persons));
        band.is_some_and(|band| self.wanted.sizes.contains(&band))
    }

    fn has_industry(&self, firm: Inside) -> bool {
        if self.wanted.industries.is_empty() {
            return true;
        }
        let code = self.open(firm, self.industry).unwrap_or(EMPTY);
        let mut ranges = self.industries.iter();
        ranges.any(|(low, high)| (*low..=*high).contains(&code))
    }
}

fn is_among<T: PartialEq>(wanted: &[T], own: impl FnOnce() -> Option<T>) -> bool {
    wanted.is_empty() || own().is_some_and(|own| wanted.contains(&own))
}

/// Four-digit codes that belong to parts of the classification.
fn code_ranges(pack: &Pack, wanted: &[Industry]) -> Vec<(i64, i64)> {
    let mut ranges = Vec::new();
    for industry in wanted {
        match industry {
            Industry::Begins { low, high } => ranges.push((*low, *high)),
            Industry::Section(section) => {
                let classes = pack.industries.classes();
                let own = classes.filter(|class| class.section == *section);
                let mut divisions: Vec<i64> = own
                    .filter_map(|class| class.code[..2].parse().ok())
                    .collect();
                divisions.sort_unstable();
                divisions.dedup();
                ranges.extend(divisions.iter().map(|code| (code * 100, code * 100 + 99)));
            }
        }
    }
    ranges
}

impl Listing<'_> {
    /// The columns that are shown.
    pub fn columns(&self) -> Vec<Column> {
        columns(&self.book.seen, self.wanted)
    }

    pub fn pages(&self) -> usize {
        self.count.div_ceil(self.wanted.rows).max(1)
    }

    /// The page that is wanted; the last where there are fewer.
    pub fn page(&self) -> usize {
        self.wanted.page.min(self.pages())
    }

    /// Places of the firms of the page.
    pub fn places(&self) -> Range<usize> {
        let start = (self.page() - 1) * self.wanted.rows;
        start..(start + self.wanted.rows).min(self.count)
    }

    /// Firms from one place to another, as the list is ordered.
    pub fn firms(&self, places: Range<usize>) -> Vec<Inside> {
        let book = self.book;
        let (column, is_descending) = match self.wanted.order {
            Some(order) => (order.column, order.is_descending),
            None => (Column::County, false),
        };
        let key = |firm| column.key(book, firm);
        let directory = &book.directory;
        let seen = &book.seen;
        seen.ordered(&self.found, directory, is_descending, places, key)
    }

    /// The cells of a firm.
    pub fn row(&self, firm: Inside, columns: &[Column]) -> Vec<Cell> {
        let cells = columns.iter().map(|column| column.cell(self.book, firm));
        cells.collect()
    }

    /// What a column adds up to over all firms that are found.
    pub fn total(&self, column: Column) -> Total {
        let seen = &self.book.seen;
        let Column::Fact(slot) = column else {
            return Total::None;
        };
        if !column.is_summed(seen) {
            return Total::None;
        }
        let values = self.found.iter();
        let values = values.filter_map(|firm| seen.open_fact(firm, slot).ok().flatten());
        let (sum, known) = values.fold((0i128, 0), |(sum, known), value| {
            (sum + i128::from(value), known + 1)
        });
        match (known < SUMMED_MIN, i64::try_from(sum)) {
            (true, _) => Total::TooFew,
            (false, Ok(fen)) => Total::Sum { fen, known },
            (false, Err(_)) => Total::TooLarge,
        }
    }
}

/// The columns of a query for a reader.
pub fn columns(seen: &Seen, wanted: &Wanted) -> Vec<Column> {
    match wanted.columns.is_empty() {
        true => Column::usual(seen),
        false => wanted.columns.clone(),
    }
}

/// What a list tells of figures whose every reading is written down with its purpose: what
/// stands in its columns, what it is ordered by, and what its condition asks.
pub fn guarded(seen: &Seen, wanted: &Wanted) -> Vec<String> {
    let pack = seen.pack();
    let order = wanted.order.iter().map(|order| order.column);
    let asked = wanted.condition.iter();
    let asked = asked.flat_map(|(_, condition)| facts_of(condition).into_iter().map(Column::Fact));
    let told = columns(seen, wanted).into_iter().chain(order).chain(asked);
    let mut names: Vec<String> = Vec::new();
    for column in told.filter(|column| column.is_guarded(seen)) {
        let name = column.heading(pack);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

impl Total {
    /// As it stands under the column.
    pub fn shown(&self) -> String {
        match self {
            Total::None => String::new(),
            Total::Sum { fen, .. } => Cell::Money(*fen).shown(),
            Total::TooFew => "不足三家，不合计".to_string(),
            Total::TooLarge => "数额过大".to_string(),
        }
    }
}
