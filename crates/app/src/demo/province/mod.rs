//! The demonstration province: from a recipe and a seed to the files that departments
//! would deliver, for the program's ordinary import.
//!
//! It refuses to know the program: nothing is put into a database here, and what is wrong
//! in the files is left for the import to find. Names are invented, persons are “（略）”.
//!
//! ```text
//! let files = write_deliveries(&Recipe::from_file()?, &codes, &dir, &mut |_, _| {})?;
//! assert_eq!(files[0].kind, "register");
//! ```

mod chance;
mod confirmed;
mod confirmed_list;
mod draw;
mod faults;
mod files;
mod firms;
mod fixtures;
mod lists;
mod monthly;
mod names;
mod pool_lists;
mod recipe;
mod register;
mod series;

#[cfg(test)]
mod truth;

#[cfg(test)]
pub use lists::OTHERWISE_MADE;
pub use lists::gaps;
pub use recipe::{Codes, County, DeliveryFile, Industry, Recipe};

use anyhow::Context;
use chrono::{Datelike, Days, NaiveDate};
use confirmed::Spell;
use firms::World;
use lists::{List, ListFile};
use monthly::{Figure, MonthFile};
use pool_lists::Candidate;
use register::RegisterFile;
use rules::period::Month;
use std::collections::BTreeMap;
use std::path::Path;

/// The tax delivery of so many months before the last is corrected later.
const CORRECTED_BACK: i32 = 5;
/// Place of the area whose amounts were wrong at first.
const MISTAKEN_AREA: u16 = 1;
/// Months in which areas hand over their pools.
const POOL_MONTHS: [u32; 2] = [3, 9];

/// What stands in a file that is yet to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Register {
        after: Option<Month>,
    },
    Figures {
        figure: Figure,
        is_mistaken: bool,
    },
    Confirmed,
    /// The list of the area at this place.
    Pool {
        area: usize,
    },
    /// The list at this place among those of the recipe.
    List {
        list: usize,
    },
}

struct Planned {
    content: Content,
    month: Month,
    received_on: NaiveDate,
    corrects: bool,
}

/// Writes all files into `dir` (which is made where it is not there) and names them in the
/// order in which they arrive. The same recipe and codes give the same bytes.
///
/// # Errors
/// Where the recipe is out of bounds, the codes are empty or a file cannot be written.
pub fn write_deliveries(
    recipe: &Recipe,
    codes: &Codes,
    dir: &Path,
    progress: &mut dyn FnMut(usize, usize),
) -> anyhow::Result<Vec<DeliveryFile>> {
    std::fs::create_dir_all(dir).with_context(|| format!("make {}", dir.display()))?;
    let world = World::draw(recipe, codes)?;
    let spells = confirmed::history(&world);
    let lists = lists::lists(&codes.layouts)?;
    let plan = plan(&world, &lists);
    let mut delivered: Vec<DeliveryFile> = Vec::with_capacity(plan.len());
    let mut pools = Pools::default();
    for (done, planned) in plan.iter().enumerate() {
        progress(done, plan.len());
        let pool = match planned.content {
            Content::Pool { .. } | Content::List { .. } => pools.at(&world, &spells, planned.month),
            _ => &[],
        };
        // An area without a candidate hands over no list.
        if let Content::Pool { area } = planned.content
            && pool.get(area).is_none_or(Vec::is_empty)
        {
            continue;
        }
        let mut file = describe(&world, &lists, planned, dir);
        if planned.corrects {
            let same = |one: &DeliveryFile| one.kind == file.kind && one.month == file.month;
            file.supersedes = delivered.iter().position(same);
        }
        let written = match planned.content {
            Content::List { list } => lists::write(
                &world,
                &spells,
                pool,
                &ListFile {
                    list: &lists[list],
                    month: planned.month,
                    path: &file.path,
                    made_on: planned.received_on,
                },
            ),
            _ => write_file(&world, &spells, pool, planned, &file),
        };
        written.with_context(|| format!("write {}", file.path.display()))?;
        delivered.push(file);
    }
    progress(plan.len(), plan.len());
    Ok(delivered)
}

/// The areas' pools by month, each made when first asked for.
#[derive(Default)]
struct Pools(BTreeMap<Month, Vec<Vec<Candidate>>>);

impl Pools {
    /// The pools of the newest pool month up to `month`; none where there was none yet.
    fn at(&mut self, world: &World, spells: &[Spell], month: Month) -> &[Vec<Candidate>] {
        let mut months = (0..12).map(|back| month.plus(-back));
        match months.find(|month| is_pool_month(world, *month)) {
            None => &[],
            Some(month) => self
                .0
                .entry(month)
                .or_insert_with(|| pool_lists::candidates(world, spells, month)),
        }
    }
}

fn is_pool_month(world: &World, month: Month) -> bool {
    let recipe = world.recipe;
    POOL_MONTHS.contains(&month.number())
        && month > recipe.last_month.plus(-12)
        && month >= recipe.first_month()
}

/// All files in the order in which they arrive.
fn plan(world: &World, lists: &[List]) -> Vec<Planned> {
    let recipe = world.recipe;
    let (first, last) = (recipe.first_month(), recipe.last_month);
    let mut plan = Vec::new();
    let mut registered = None;
    for step in 0..recipe.months as i32 {
        let month = first.plus(step);
        let mut add = |content: Content, from: u64, days: u64, corrects: bool| {
            let kind = plan.len() as u64;
            let day = from + chance::hash([recipe.seed, kind, month.index() as u64, 91]) % days;
            let received_on = month.plus(1).first_day() + Days::new(day - 1);
            plan.push(Planned {
                content,
                month,
                received_on,
                corrects,
            });
        };
        if month == first || month.number().is_multiple_of(3) {
            add(Content::Register { after: registered }, 8, 4, false);
            registered = Some(month);
        }
        for figure in [Figure::Tax, Figure::Power, Figure::Insurance] {
            let is_mistaken = figure == Figure::Tax && month == last.plus(-CORRECTED_BACK);
            add(
                Content::Figures {
                    figure,
                    is_mistaken,
                },
                12,
                5,
                false,
            );
            if is_mistaken {
                add(
                    Content::Figures {
                        figure,
                        is_mistaken: false,
                    },
                    33,
                    3,
                    true,
                );
            }
        }
        add(Content::Confirmed, 15, 4, false);
        if is_pool_month(world, month) {
            for area in 0..world.areas.len() {
                add(Content::Pool { area }, 12, 7, false);
            }
        }
    }
    // Behind the others, whose days of arrival hang on their places.
    for step in 0..recipe.months as i32 {
        let month = first.plus(step);
        for (list, one) in lists.iter().enumerate() {
            if one.is_delivered_in(month, last) {
                let day = one.arrives_on(recipe.seed, month);
                plan.push(Planned {
                    content: Content::List { list },
                    month,
                    received_on: month.plus(1).first_day() + Days::new(day - 1),
                    corrects: false,
                });
            }
        }
    }
    plan.sort_by_key(|planned| planned.received_on);
    plan
}

fn describe(world: &World, lists: &[List], planned: &Planned, dir: &Path) -> DeliveryFile {
    let month = planned.month;
    let firms = world.recipe.firms;
    let ending = |is_sheet: bool| if is_sheet { "xlsx" } else { "csv" };
    let (kind, agency, area, name) = match planned.content {
        Content::Register { .. } => {
            let ending = ending(register::is_sheet(firms));
            (
                "register",
                "market-regulation".into(),
                None,
                format!("register-{month}.{ending}"),
            )
        }
        Content::Figures { figure, .. } => {
            let corrected = if planned.corrects { "-corrected" } else { "" };
            let ending = ending(figure.is_sheet(month, firms));
            let name = format!("{}-{month}{corrected}.{ending}", figure.kind());
            (figure.kind(), figure.agency().into(), None, name)
        }
        Content::Confirmed => {
            let ending = ending(confirmed_list::is_sheet(world, month));
            (
                "confirmed",
                "statistics".into(),
                None,
                format!("confirmed-{month}.{ending}"),
            )
        }
        Content::Pool { area } => {
            let code = world.areas[area];
            let name = format!("pool-list-{month}-{code}.xlsx");
            ("pool-list", code.to_string(), Some(code), name)
        }
        Content::List { list } => {
            let list = &lists[list];
            let name = format!("{}-{month}.{}", list.kind(), ending(list.is_sheet(firms)));
            (
                list.kind(),
                list.entry.agency.clone(),
                list.entry.area,
                name,
            )
        }
    };
    DeliveryFile {
        kind: kind.to_string(),
        path: dir.join(name),
        month,
        agency,
        area,
        received_on: planned.received_on,
        supersedes: None,
    }
}

fn write_file(
    world: &World,
    spells: &[Spell],
    pools: &[Vec<pool_lists::Candidate>],
    planned: &Planned,
    file: &DeliveryFile,
) -> anyhow::Result<()> {
    let (month, made_on, path) = (planned.month, planned.received_on, file.path.as_path());
    debug_assert!(made_on.year() >= 1900, "workbooks know no earlier year");
    match planned.content {
        Content::Register { after } => register::write(
            world,
            &RegisterFile {
                month,
                after,
                path,
                made_on,
            },
        ),
        Content::Figures {
            figure,
            is_mistaken,
        } => {
            let mistaken_area = is_mistaken.then_some(MISTAKEN_AREA);
            monthly::write(
                world,
                &MonthFile {
                    figure,
                    month,
                    path,
                    made_on,
                    mistaken_area,
                },
            )
        }
        Content::Confirmed => confirmed_list::write(world, spells, month, path, made_on),
        Content::Pool { area } => {
            let list = pools.get(area).map_or(&[][..], Vec::as_slice);
            pool_lists::write(world, area, list, month, path, made_on)
        }
        Content::List { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests;
