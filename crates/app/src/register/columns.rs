//! The columns of the list of firms: what a firm is, where it stands, and every fact of the pack.
//!
//! This is the whitelist: what is shown, ordered by or exported is one of these and nothing else.

use super::book::{Book, Pool};
use crate::sight;
use crate::workbook::Cell;
use programme::outlook::{Figure, Inside, Seen};
use rules::expression::Kind;
use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::facts::{LandingField, Origin, RegisterField, WarningField};

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    Uscc,
    Name,
    Area,
    County,
    Zone,
    Stage,
    /// Why it stands there.
    Reason,
    Kind,
    Class,
    /// Where it stands by the records of the pool.
    Pool,
    /// A fact by its slot.
    Fact(usize),
}

/// Columns that every pack has, by what queries call them, with their headings.
const OWN: [(Column, &str, &str); 10] = [
    (Column::Uscc, "uscc", "统一社会信用代码"),
    (Column::Name, "name", "企业名称"),
    (Column::Area, "area", "省辖市"),
    (Column::County, "county", "县（市、区）"),
    (Column::Zone, "zone", "开发区"),
    (Column::Stage, "stage", "阶段"),
    (Column::Reason, "reason", "阶段依据"),
    (Column::Kind, "kind", "类型"),
    (Column::Class, "class", "培育类别"),
    (Column::Pool, "pool", "培育库"),
];

impl Column {
    /// The column that a query names.
    pub fn named(pack: &Pack, id: &str) -> Option<Column> {
        let own = OWN.iter().find(|(_, known, _)| *known == id);
        own.map(|(column, _, _)| *column)
            .or_else(|| pack.fact_slot(id).map(Column::Fact))
    }

    /// Every column that a list may have.
    pub fn all(pack: &Pack) -> impl Iterator<Item = Column> {
        let facts = (0..pack.facts.len()).filter(|slot| {
            let id = pack.facts[*slot].id.as_str();
            OWN.iter().all(|(_, own, _)| *own != id)
        });
        let own = OWN.iter().map(|(column, _, _)| *column);
        own.chain(facts.map(Column::Fact))
    }

    /// What a list shows where nothing is chosen. Figures whose every reading is written down
    /// are there only where they are chosen.
    pub fn usual(seen: &Seen) -> Vec<Column> {
        let pack = seen.pack();
        let fact = |origin| pack.slot(origin).map(Column::Fact);
        let columns = [
            Some(Column::Name),
            Some(Column::Uscc),
            Some(Column::Area),
            Some(Column::County),
            fact(Origin::Register(RegisterField::Industry)),
            fact(Origin::Register(RegisterField::Persons)),
            Some(Column::Stage),
            Some(Column::Class),
            fact(Origin::Landing(LandingField::Above)),
            fact(Origin::Landing(LandingField::Middle)),
            Some(Column::Pool),
            fact(Origin::Warning(WarningField::Level)),
        ];
        let chosen = columns.into_iter().flatten();
        chosen.filter(|column| !column.is_guarded(seen)).collect()
    }

    /// What queries call it.
    pub fn id(self, pack: &Pack) -> &str {
        match self {
            Column::Fact(slot) => &pack.facts[slot].id,
            own => OWN
                .iter()
                .find(|(column, _, _)| *column == own)
                .map_or("", |(_, id, _)| id),
        }
    }

    /// Its heading, with the unit.
    pub fn heading(self, pack: &Pack) -> String {
        let Column::Fact(slot) = self else {
            let own = OWN.iter().find(|(column, _, _)| *column == self);
            return own.map_or(String::new(), |(_, _, heading)| (*heading).to_string());
        };
        let fact = &pack.facts[slot];
        match fact.kind {
            Kind::Money => format!("{}（万元）", fact.name),
            Kind::Electricity => format!("{}（千瓦时）", fact.name),
            _ => fact.name.clone(),
        }
    }

    /// Whether its cells are figures, which stand at the right.
    pub fn is_number(self, pack: &Pack) -> bool {
        let Column::Fact(slot) = self else {
            return false;
        };
        !matches!(
            pack.facts[slot].kind,
            Kind::Boolean | Kind::Code { .. } | Kind::Choice(_)
        )
    }

    /// Whether a list may be ordered by it for this reader. By hidden figures it may not: the
    /// order would tell them.
    pub fn is_sortable(self, seen: &Seen) -> bool {
        match self {
            Column::Reason => false,
            Column::Fact(slot) => seen.sees_fact(slot),
            _ => true,
        }
    }

    /// Whether the reader sees figures in it whose every reading is written down.
    pub fn is_guarded(self, seen: &Seen) -> bool {
        match self {
            Column::Fact(slot) => is_guarded_fact(seen, slot),
            // Reasons tell figures to those who may see them.
            Column::Reason => GUARDED.iter().any(|class| seen.scope().sees(*class)),
            _ => false,
        }
    }

    /// Whether its cells may be added up for this reader.
    pub fn is_summed(self, seen: &Seen) -> bool {
        match self {
            Column::Fact(slot) => {
                let is_money = seen.pack().facts[slot].kind == Kind::Money;
                is_money && seen.sees_fact(slot)
            }
            _ => false,
        }
    }

    /// What stands in it for a firm.
    pub fn cell(self, book: &Book, firm: Inside) -> Cell {
        let (pack, seen) = (&book.pack, &book.seen);
        let place = |code: Option<u32>| {
            let named = code.map(|code| Cell::Text(pack.divisions.name(code)));
            named.unwrap_or(Cell::Unknown)
        };
        match self {
            Column::Uscc => Cell::Text(seen.uscc(firm).to_string()),
            Column::Name => match seen.name(firm) {
                "" => Cell::text("（名录没有名称）"),
                name => Cell::text(name),
            },
            Column::Area => place(seen.area(firm)),
            Column::County => place(seen.county(firm)),
            Column::Zone => match seen.zone(firm) {
                Some(code) => Cell::Text(pack.divisions.name(code)),
                None => Cell::Empty,
            },
            Column::Stage => match seen.stage(firm) {
                Some(stage) => Cell::text(&pack.stages[stage].name),
                None => Cell::Unknown,
            },
            Column::Reason => {
                let reasons = seen.stage_reasons(firm, &book.parameters);
                Cell::Text(sight::reasons(pack, seen.scope(), &reasons))
            }
            Column::Kind => match seen.stage(firm).zip(seen.kind(firm)) {
                Some((stage, kind)) => Cell::text(&pack.stages[stage].kinds[kind].name),
                None => Cell::Empty,
            },
            Column::Class => class_cell(book, firm),
            Column::Pool => Cell::text(book.pool.of(firm).name()),
            Column::Fact(slot) => fact_cell(book, firm, slot),
        }
    }

    /// What the list is ordered by; `None` where it is unknown. Only for columns by which this
    /// reader may order.
    pub fn key(self, book: &Book, firm: Inside) -> Option<i128> {
        let seen = &book.seen;
        let index = |found: Option<usize>| found.map(|index| index as i128);
        match self {
            // Codes of one place share their front, so they are read from the front.
            Column::Uscc => {
                let key = seen.key(firm);
                let symbols = (0..18).fold(0, |read, at| read << 5 | (key >> (5 * at)) & 31);
                i128::try_from(symbols).ok()
            }
            Column::Name => Some(book.directory.rank(firm.place()).into()),
            Column::Area => seen.area(firm).map(i128::from),
            Column::County => seen.county(firm).or(seen.area(firm)).map(i128::from),
            Column::Zone => seen.zone(firm).map(i128::from),
            Column::Stage => index(seen.stage(firm)),
            Column::Kind => {
                let (stage, kind) = seen.stage(firm).zip(seen.kind(firm))?;
                Some((stage * 1_000 + kind) as i128)
            }
            Column::Class => index(seen.first_class(firm)),
            Column::Pool => {
                let own = book.pool.of(firm);
                index(Pool::ALL.iter().position(|pool| *pool == own))
            }
            Column::Fact(slot) => seen.open_fact(firm, slot).ok().flatten().map(i128::from),
            Column::Reason => None,
        }
    }
}

/// Classes whose figures nobody reads without its being written down.
const GUARDED: [DataClass; 2] = [DataClass::Tax, DataClass::Statistical];

/// Whether a reader sees a fact in full whose every reading is written down.
pub fn is_guarded_fact(seen: &Seen, slot: usize) -> bool {
    GUARDED.contains(&seen.pack().facts[slot].class) && seen.sees_fact(slot)
}

fn class_cell(book: &Book, firm: Inside) -> Cell {
    let classes = &book.pack.classes;
    match book.seen.first_class(firm) {
        Some(class) => Cell::Text(format!("{} {}", classes[class].letter, classes[class].name)),
        None => {
            let mut all = 0..classes.len();
            match all.any(|class| book.seen.class(firm, class).is_none()) {
                true => Cell::Unknown,
                false => Cell::Empty,
            }
        }
    }
}

fn fact_cell(book: &Book, firm: Inside, slot: usize) -> Cell {
    let fact = &book.pack.facts[slot];
    let value = match book.seen.figure(firm, slot) {
        Figure::Known(value) => value,
        Figure::Hidden(band) => return Cell::Text(band),
        Figure::Unknown => return Cell::Unknown,
    };
    match &fact.kind {
        Kind::Money => Cell::Money(value),
        Kind::Electricity | Kind::Count | Kind::Integer => Cell::Count(value),
        Kind::Rate { per } => Cell::Percent {
            part: value,
            of: *per,
        },
        Kind::Day => Cell::Day(value),
        Kind::Month => Cell::Month(value),
        Kind::Code { digits: 4 } if fact.origin == Origin::Register(RegisterField::Industry) => {
            let code = format!("{value:04}");
            let named = book.pack.industries.get(&code);
            let name = named.map_or("", |industry| industry.name.as_str());
            Cell::Text(format!("{code} {name}").trim_end().to_string())
        }
        kind => Cell::Text(kind.in_figures(i128::from(value))),
    }
}
