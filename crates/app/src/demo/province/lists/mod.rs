//! The lists that departments hand over beside the monthly figures: certificates, credit,
//! yearly tax figures, what firms stated with applications.
//!
//! What they hold is said in `demo/lists.toml`; what their columns are called, in the
//! pack's layouts. No list is named here, and a draw hangs on names and on the firm,
//! never on an order.

mod bind;
mod firm_size;
mod recipe;
mod sheet;
mod stated;
mod values;

pub use bind::List;
pub use stated::Stated;

use super::chance::{hash, unit};
use super::confirmed::Spell;
use super::faults::{self, Fault};
use super::firms::{Firm, Identity, World};
use super::monthly::{SHEET_FIRMS_MAX, stranger_code};
use super::names;
use super::pool_lists::Candidate;
use anyhow::Context;
use chrono::NaiveDate;
use firm_size::{FirmSize, Standing, standings};
use recipe::{Among, ListEntry};
use rules::layout::{ColumnKind, Layout};
use rules::period::Month;
use sheet::{Sheet, Spoilt, text_key};
use std::path::Path;
use values::{Drawn, RowKey, draw};

/// Deliveries that have generators of their own.
pub const OTHERWISE_MADE: [&str; 6] = [
    "register",
    "tax",
    "power",
    "insurance",
    "confirmed",
    "pool-list",
];
/// So many rows of a short list have a fault.
const FAULTY_ROWS: f64 = 5.0;
const FAULTY_SHARE_MAX: f64 = 0.04;

/// One list of one month.
pub struct ListFile<'a> {
    pub list: &'a List,
    pub month: Month,
    pub path: &'a Path,
    pub made_on: NaiveDate,
}

/// The lists of the recipe whose layouts the pack has, as far as they fit.
///
/// # Errors
/// Where `demo/lists.toml` cannot be read.
pub fn lists(layouts: &[Layout]) -> anyhow::Result<Vec<List>> {
    Ok(bound(layouts)?.into_iter().map(|(list, _)| list).collect())
}

/// What the demonstration cannot deliver, in words: layouts without an entry, columns
/// without a rule, entries that do not fit.
///
/// # Errors
/// Where `demo/lists.toml` cannot be read.
pub fn gaps(layouts: &[Layout]) -> anyhow::Result<Vec<String>> {
    let bound = bound(layouts)?;
    let missing = layouts.iter().filter(|layout| {
        let is_made = OTHERWISE_MADE.contains(&layout.id.as_str());
        !is_made && !bound.iter().any(|(list, _)| list.layout.id == layout.id)
    });
    let mut gaps: Vec<String> = missing
        .map(|layout| format!("交付格式“{}”（{}）没有写", layout.name, layout.id))
        .collect();
    for (list, troubles) in &bound {
        let kind = &list.layout.id;
        gaps.extend(troubles.iter().map(|trouble| format!("{kind}：{trouble}")));
    }
    Ok(gaps)
}

fn bound(layouts: &[Layout]) -> anyhow::Result<Vec<(List, Vec<String>)>> {
    let mut bound = Vec::new();
    for entry in ListEntry::all()? {
        if let Some(layout) = layouts.iter().find(|layout| layout.id == entry.kind) {
            bound.push(List::bind(entry, layout));
        }
    }
    Ok(bound)
}

impl List {
    /// The layout's id.
    pub fn kind(&self) -> &str {
        &self.layout.id
    }

    /// Whether it comes in that month of a province that ends with `last`.
    pub fn is_delivered_in(&self, month: Month, last: Month) -> bool {
        self.entry.months.contains(&month.number())
            && month > last.plus(-(self.entry.within as i32))
    }

    /// The first of ten days from the eighth on which the file arrives the month after.
    pub fn arrives_on(&self, seed: u64, month: Month) -> u64 {
        8 + hash([seed, text_key(self.kind()), month.index() as u64, 92]) % 10
    }

    /// Whether its files are workbooks in a province of so many firms.
    pub fn is_sheet(&self, firms: usize) -> bool {
        sheet::is_sheet(self, firms, SHEET_FIRMS_MAX)
    }
}

/// Writes one list.
///
/// # Errors
/// Where the file cannot be written, or a fixture states what the layout does not have.
pub fn write(
    world: &World,
    spells: &[Spell],
    pools: &[Vec<Candidate>],
    file: &ListFile,
) -> anyhow::Result<()> {
    let (list, month, seed) = (file.list, file.month, world.recipe.seed);
    let is_sheet = list.is_sheet(world.recipe.firms);
    let mut sheet = Sheet::begin(list, seed, (month, is_sheet), file.path, file.made_on)?;
    let mut identity = Identity::default();
    write_fixtures(world, file, &mut sheet, &mut identity)?;
    let named = named(world, list, month, &standings(world, spells, pools, month));
    let faulty = FAULTY_ROWS / named.len().max(1) as f64;
    let mut faults = Faults {
        seed,
        file: text_key(list.kind()) ^ month.index() as u64,
        share: faulty.clamp(faults::FAULT_SHARE, FAULTY_SHARE_MAX),
        figure: place(list, |kind| {
            matches!(kind, ColumnKind::Money | ColumnKind::Count)
        }),
        choice: place(list, |kind| {
            matches!(kind, ColumnKind::Choice | ColumnKind::Flag)
        }),
    };
    let columns = list.layout.columns.iter();
    let column_keys: Vec<u64> = columns.map(|column| text_key(&column.id)).collect();
    let mut row = Drawn::default();
    for (index, sort) in named {
        let key = RowKey {
            layout: &list.layout,
            column_keys: &column_keys,
            list_key: text_key(list.kind()).rotate_left(sort as u32),
            seed,
            month,
        };
        let mut size = FirmSize::new(world, index, month);
        draw(&key, &list.rows[sort].rules, world, &mut size, &mut row);
        world.identify(index, month, &mut identity);
        faults.write(world, index, &mut identity, &row, &mut sheet)?;
    }
    sheet.close()
}

fn write_fixtures(
    world: &World,
    file: &ListFile,
    sheet: &mut Sheet,
    identity: &mut Identity,
) -> anyhow::Result<()> {
    let list = file.list;
    for (index, fixture) in world.fixtures.iter().enumerate() {
        for stated in fixture.stated(list.kind()) {
            world.identify(index, file.month, identity);
            let row = stated::row(&list.layout, stated)
                .with_context(|| format!("demo/fixtures.toml: {}", identity.name))?;
            sheet.row(&identity.code, &identity.name, &row, Spoilt::default())?;
        }
    }
    Ok(())
}

/// Firms that the list names, with the sort of row.
fn named(world: &World, list: &List, month: Month, standings: &[Standing]) -> Vec<(usize, usize)> {
    let key = text_key(list.kind());
    let at = if list.entry.steady {
        0
    } else {
        month.index() as u64 + 1
    };
    let mut named = Vec::new();
    for (index, standing) in standings.iter().enumerate() {
        let Some(firm) = world.drawn(index).filter(|firm| firm.delivers_in(month)) else {
            continue;
        };
        for (sort, rows) in list.rows.iter().enumerate() {
            let share = share(&rows.among, *standing);
            let chance = unit(hash([
                world.recipe.seed,
                key ^ (sort as u64 + 1),
                index as u64,
                at,
            ]));
            if chance < share && is_eligible(world, list, firm, index, month) {
                named.push((index, sort));
            }
        }
    }
    named
}

fn share(among: &Among, standing: Standing) -> f64 {
    match standing {
        Standing::First => among.first,
        Standing::Pool => among.pool,
        Standing::Above => among.above,
        Standing::Other => among.others,
    }
}

fn is_eligible(world: &World, list: &List, firm: &Firm, index: usize, month: Month) -> bool {
    let is_there = list
        .entry
        .area
        .is_none_or(|area| world.codes.counties[world.county_of(firm, month)].area == area);
    let sells = list.entry.sales_from.is_none_or(|yuan| {
        let mut size = FirmSize::new(world, index, month);
        size.figure(firm_size::FirmFigure::Sales(1)) >= yuan * 100
    });
    is_there && sells
}

/// The first column of a kind that the list delivers.
fn place(list: &List, is_meant: impl Fn(ColumnKind) -> bool) -> Option<usize> {
    let ruled = list.rows.first()?.rules.iter().map(|rule| rule.column);
    ruled
        .filter(|column| is_meant(list.layout.columns[*column].kind))
        .min()
}

/// What is wrong with some rows of a list.
struct Faults {
    seed: u64,
    file: u64,
    share: f64,
    figure: Option<usize>,
    choice: Option<usize>,
}

impl Faults {
    /// The row, as it should be or not, with what else such a fault brings.
    fn write(
        &mut self,
        world: &World,
        index: usize,
        identity: &mut Identity,
        row: &Drawn,
        sheet: &mut Sheet,
    ) -> anyhow::Result<()> {
        let spoilt = Spoilt {
            cell: None,
            separators: faults::has_separators(self.seed, self.file, index),
        };
        let fault = faults::of_share(self.seed, self.file, index, self.share);
        let cell = match fault {
            Some(Fault::NoAmount(word)) => self.figure.map(|place| (place, word)),
            // Trades and branches have no meaning here.
            Some(Fault::Trade) => self.choice.map(|place| (place, "待核")),
            Some(Fault::Branch) => self.choice.map(|place| (place, "其他情况")),
            _ => None,
        };
        faults::spoil_code(&mut identity.code, fault);
        sheet.row(
            &identity.code,
            &identity.name,
            row,
            Spoilt { cell, ..spoilt },
        )?;
        let county = world
            .drawn(index)
            .map_or(0, |firm| usize::from(firm.county));
        match fault {
            Some(Fault::Twice) => sheet.row(&identity.code, &identity.name, row, spoilt),
            Some(Fault::Stranger) => {
                let code = stranger_code(world, county, index);
                let name = "不在名录的示范公司";
                sheet.row(names::code_text(&code), name, row, spoilt)
            }
            _ => Ok(()),
        }
    }
}
