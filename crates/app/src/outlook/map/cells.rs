//! The table below the tiles: columns, the order that a reader asks for, and the ways from
//! figures to their firms.

use super::{Line, LineKind, Picture};
use crate::extent::Extent;
use crate::plan::completion;
use crate::pool::sufficiency::chances::{Chances, Told};
use crate::report::Field;
use programme::people::Scope;
use rules::pack::Pack;
use rules::pack::facts::{Origin, RunField, StatusField};
use std::cmp::Ordering;

/// A column: key for sorting, words, unit.
pub(super) struct Column {
    pub key: &'static str,
    pub text: &'static str,
    pub unit: &'static str,
}

const fn column(key: &'static str, text: &'static str, unit: &'static str) -> Column {
    Column { key, text, unit }
}

/// All columns after the name.
pub(super) const COLUMNS: [Column; 13] = [
    column("target", "年度目标", "家"),
    column("entered", "本年新增", "家"),
    column("first", "首次", "家"),
    column("completion", "完成率", ""),
    column("before", "上年同期", "家"),
    column("left", "退库", "家"),
    column("scale", "在库规上", "家"),
    column("pool", "培育库", "家"),
    column("multiple", "覆盖倍数", ""),
    column("missing", "缺口", "家"),
    column("chance", "完成概率", ""),
    column("landing", "预计全年新增", "家"),
    column("warnings", "退规预警", "家"),
];

/// One cell; an address leads to the firms behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub field: Field,
    pub text: String,
    pub address: String,
}

/// Which lists the reader may open.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub firms: bool,
    pub warnings: bool,
}

/// The chance of a line as the reader is told it; none where it is not computed yet.
pub(super) fn told(line: &Line, chances: Option<&Chances>, scope: &Scope) -> Option<Told> {
    let own = match line.kind {
        LineKind::Rest => return Some(Told::Elsewhere),
        LineKind::Province => None,
        LineKind::Area | LineKind::County => line.code,
    };
    let found = chances?.get(&own).map(|chance| chance.told(scope));
    Some(found.unwrap_or(Told::Elsewhere))
}

/// The cells of a line.
pub(super) fn cells(pack: &Pack, line: &Line, told: Option<Told>, open: Open) -> Vec<Cell> {
    let progress = &line.progress;
    let to = |what: &str| match (open.firms, place(line)) {
        (true, Some(place)) => {
            let parts = [place, what.to_string()];
            let parts: Vec<String> = parts.into_iter().filter(|own| !own.is_empty()).collect();
            format!("/register?{}", parts.join("&"))
        }
        _ => String::new(),
    };
    let plain = |field: Field| Cell {
        text: field.shown(),
        field,
        address: String::new(),
    };
    let linked = |field: Field, address: String| Cell {
        text: field.shown(),
        field,
        address,
    };
    let pool = to("pool=in");
    vec![
        plain(Field::maybe_count(progress.target)),
        linked(Field::count(progress.entered), to(&entered(pack))),
        plain(Field::count(progress.first)),
        plain(completion(progress)),
        plain(Field::count(progress.entered_year_before)),
        plain(Field::count(progress.left)),
        linked(Field::count(progress.in_scale), to(&in_scale(pack))),
        linked(Field::count(line.pool.in_pool), pool),
        plain(multiple(line)),
        plain(Field::maybe_count(line.pool.missing)),
        chance_cell(told),
        landing_cell(line, told),
        linked(Field::count(line.warned.all), warnings(line, open)),
    ]
}

/// Pool firms that count, of the target.
pub(super) fn multiple(line: &Line) -> Field {
    let target = line.progress.target;
    target.map_or(Field::Empty, |target| Field::Multiple {
        part: i64::from(line.pool.counted),
        of: i64::from(target),
    })
}

fn chance_cell(told: Option<Told>) -> Cell {
    let cell = |field: Field, text: String| Cell {
        field,
        text,
        address: String::new(),
    };
    match told {
        None => cell(Field::Empty, "待算".to_string()),
        Some(Told::Elsewhere) => cell(Field::Empty, Field::Empty.shown()),
        Some(Told::Unknown) => cell(Field::Unknown, Field::Unknown.shown()),
        Some(Told::Hidden) => cell(Field::Empty, "不公开".to_string()),
        Some(Told::Known { permille, .. }) => {
            let field = permille.map_or(Field::Empty, |part| Field::Percent { part, of: 1000 });
            let text = field.shown();
            cell(field, text)
        }
    }
}

/// What has entered, and what is expected of the pool.
fn landing_cell(line: &Line, told: Option<Told>) -> Cell {
    let Some(Told::Known {
        expected, spread, ..
    }) = told
    else {
        let cell = chance_cell(told);
        return Cell {
            field: Field::Empty,
            ..cell
        };
    };
    let entered = i64::from(line.progress.entered);
    let (low, high) = (entered + i64::from(spread.0), entered + i64::from(spread.1));
    let field = Field::Count(entered + expected);
    Cell {
        text: format!("{}（{low}–{high}）", field.shown()),
        field,
        address: String::new(),
    }
}

/// The place as the list of firms asks for it; none where it cannot.
fn place(line: &Line) -> Option<String> {
    match (line.kind, line.code) {
        (LineKind::Province, _) => Some(String::new()),
        (LineKind::Area, Some(code)) => Some(Extent::Area(code).query()),
        (LineKind::County, Some(code)) => Some(Extent::County(code).query()),
        _ => None,
    }
}

/// The facts are the pack's: their names are looked up by what they are.
fn fact(pack: &Pack, origin: Origin) -> Option<&str> {
    pack.slot(origin).map(|slot| pack.facts[slot].id.as_str())
}

fn in_scale(pack: &Pack) -> String {
    let own = fact(pack, Origin::Status(StatusField::InScale));
    own.map_or(String::new(), |own| format!("where={own}"))
}

fn entered(pack: &Pack) -> String {
    let own = fact(pack, Origin::Status(StatusField::Entered));
    let start = fact(pack, Origin::Run(RunField::YearStart));
    match (own, start) {
        (Some(own), Some(start)) => format!("where={own}+%3E%3D+{start}"),
        _ => String::new(),
    }
}

fn warnings(line: &Line, open: Open) -> String {
    match (open.warnings, line.kind, line.code) {
        (true, LineKind::Province, _) => "/outlook/warnings".to_string(),
        (true, LineKind::Area | LineKind::County, Some(code)) => {
            format!("/outlook/warnings?division={code:06}")
        }
        _ => String::new(),
    }
}

/// A column and whether the greatest stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// Place in [`COLUMNS`].
    pub column: usize,
    pub is_descending: bool,
}

impl Order {
    /// “-completion”; none for anything else than a column.
    pub fn read(text: &str) -> Option<Order> {
        let (key, is_descending) = match text.strip_prefix('-') {
            Some(key) => (key, true),
            None => (text, false),
        };
        let column = COLUMNS.iter().position(|own| own.key == key)?;
        Some(Order {
            column,
            is_descending,
        })
    }

    /// Orders rows of cells by their values; what has no value stands last either way.
    pub fn compare(self, one: &[Cell], other: &[Cell]) -> Ordering {
        let (one, other) = (
            value(&one[self.column].field),
            value(&other[self.column].field),
        );
        match (one, other) {
            (Some(one), Some(other)) => {
                let order = (one.0 * other.1).cmp(&(other.0 * one.1));
                match self.is_descending {
                    true => order.reverse(),
                    false => order,
                }
            }
            (one, other) => other.is_some().cmp(&one.is_some()),
        }
    }
}

/// A number as part and whole, so that shares are compared exactly.
fn value(field: &Field) -> Option<(i128, i128)> {
    match field {
        Field::Count(number) => Some((i128::from(*number), 1)),
        Field::Percent { part, of } | Field::Multiple { part, of } if *of > 0 => {
            Some((i128::from(*part), i128::from(*of)))
        }
        _ => None,
    }
}

/// Lines in the order of the table: the province and the place itself first, their parts as
/// asked for.
pub(super) fn sorted(
    picture: &Picture,
    mut rows: Vec<(usize, Vec<Cell>)>,
    order: Option<Order>,
) -> Vec<(usize, Vec<Cell>)> {
    let has_parts = |kind| {
        picture
            .lines
            .iter()
            .filter(|line| line.kind == kind)
            .count()
            > 1
    };
    let part = match has_parts(LineKind::County) {
        true => LineKind::County,
        false => LineKind::Area,
    };
    if let Some(order) = order {
        let is_part = |line: usize| {
            let kind = picture.lines[line].kind;
            kind == part || kind == LineKind::Rest
        };
        rows.sort_by(
            |(one, cells), (other, others)| match (is_part(*one), is_part(*other)) {
                (true, true) => order.compare(cells, others),
                (one, other) => one.cmp(&other),
            },
        );
    }
    rows
}
