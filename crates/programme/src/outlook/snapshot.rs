//! A snapshot: every firm with its facts and its place on the ladder, as columns.

use crate::deliveries::payload::Rows;
use crate::people::Whereabouts;
use rayon::prelude::*;
use rules::columns::{Column, Columns};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::{Origin, RegisterField, StatusField};
use rules::uscc::Uscc;

/// Stands for “none” among stage, kind and class indexes.
pub const NO_INDEX: i64 = -1;

/// What identifies a stored snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub id: i64,
    pub as_of: rules::period::Month,
    pub known_by: chrono::NaiveDate,
    /// Fingerprint of the pack.
    pub pack: String,
    pub program: String,
    /// JSON of [`super::Inputs`].
    pub inputs: String,
    pub count: u64,
    /// SM3 over inputs and all parts.
    pub fingerprint: String,
    pub at: i64,
}

/// The firms of a snapshot in order of their keys: facts as narrow columns, and where each
/// stands on the ladder.
#[derive(Debug, Clone)]
pub struct Firms {
    keys: Vec<u128>,
    names: Vec<String>,
    facts: Columns,
    stage: Column,
    kind: Column,
    classes: Column,
    undecided: Column,
    zone: Column,
    registered: Column,
    area_slot: Option<usize>,
    county_slot: Option<usize>,
    in_scale_slot: Option<usize>,
}

/// Firms whose facts come a few at a time.
pub(super) struct FirmsBuilder {
    count: usize,
    facts: Vec<Option<Column>>,
}

impl FirmsBuilder {
    pub fn new(pack: &Pack, parts: &[Rows]) -> FirmsBuilder {
        FirmsBuilder {
            count: parts.iter().map(Rows::len).sum(),
            facts: vec![None; pack.facts.len()],
        }
    }

    /// Takes these facts out of the parts; `false` where a part does not have one.
    pub fn add(&mut self, pack: &Pack, parts: &[Rows], slots: &[usize]) -> bool {
        let columns: Option<Vec<Column>> = slots
            .par_iter()
            .map(|slot| joined(parts, &pack.facts[*slot].id))
            .collect();
        let Some(columns) = columns else {
            return false;
        };
        for (slot, column) in slots.iter().zip(columns) {
            self.facts[*slot] = Some(column);
        }
        true
    }

    /// Puts names and the ladder beside the facts.
    pub fn finish(self, pack: &Pack, parts: Vec<Rows>) -> Option<Firms> {
        let stage = joined(&parts, "#stage")?;
        let kind = joined(&parts, "#kind")?;
        let classes = joined(&parts, "#classes")?;
        let undecided = joined(&parts, "#undecided")?;
        let zone = joined(&parts, "#zone")?;
        let registered = joined(&parts, "#registered")?;
        let mut keys = Vec::with_capacity(self.count);
        let mut names = Vec::with_capacity(self.count);
        for mut rows in parts {
            keys.extend_from_slice(&rows.keys);
            let own = rows.texts.iter_mut().find(|(id, _)| id == "name")?;
            names.append(&mut own.1);
        }
        Some(Firms {
            keys,
            names,
            facts: Columns::new(self.count, self.facts),
            stage,
            kind,
            classes,
            undecided,
            zone,
            registered,
            area_slot: pack.slot(Origin::Register(RegisterField::Area)),
            county_slot: pack.slot(Origin::Register(RegisterField::County)),
            in_scale_slot: pack.slot(Origin::Status(StatusField::InScale)),
        })
    }
}

fn joined(parts: &[Rows], name: &str) -> Option<Column> {
    let own = parts.iter().map(|rows| rows.number(name));
    Some(Column::from_parts(&own.collect::<Option<Vec<&[i64]>>>()?))
}

/// The columns of numbers that every snapshot has beside its facts.
pub const FRAME: [&str; 6] = [
    "#stage",
    "#kind",
    "#classes",
    "#undecided",
    "#zone",
    "#registered",
];

/// The column of texts that every snapshot has.
pub(super) const NAME: &str = "name";

impl Firms {
    /// Lays the names of the pack over stored columns.
    /// `None` where the snapshot was made with other facts than the pack has.
    pub fn new(pack: &Pack, rows: Rows) -> Option<Firms> {
        Firms::from_parts(pack, vec![rows])
    }

    /// No firm at all.
    pub fn none(pack: &Pack) -> Firms {
        let facts = pack.facts.iter().map(|fact| fact.id.as_str());
        let numbers = facts
            .chain(FRAME)
            .map(|name| (name.to_string(), Vec::new()));
        let rows = Rows {
            keys: Vec::new(),
            numbers: numbers.collect(),
            texts: vec![("name".to_string(), Vec::new())],
        };
        Firms::new(pack, rows).expect("every column is there")
    }

    /// The same of parts that follow each other in the order of their keys.
    pub fn from_parts(pack: &Pack, parts: Vec<Rows>) -> Option<Firms> {
        let mut builder = FirmsBuilder::new(pack, &parts);
        let slots: Vec<usize> = (0..pack.facts.len()).collect();
        if !builder.add(pack, &parts, &slots) {
            return None;
        }
        builder.finish(pack, parts)
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Keys of the credit codes, ascending.
    pub fn keys(&self) -> &[u128] {
        &self.keys
    }

    pub fn uscc(&self, firm: usize) -> Uscc {
        Uscc::from_key(self.keys[firm]).expect("keys of a snapshot come from credit codes")
    }

    pub fn find(&self, uscc: Uscc) -> Option<usize> {
        self.keys.binary_search(&uscc.key()).ok()
    }

    pub fn name(&self, firm: usize) -> &str {
        self.names.get(firm).map_or("", String::as_str)
    }

    /// All facts of all firms, by slot.
    pub fn columns(&self) -> &Columns {
        &self.facts
    }

    /// One fact by its slot.
    pub fn fact(&self, firm: usize, slot: usize) -> Option<i64> {
        self.facts.column(slot).and_then(|column| column.get(firm))
    }

    /// All facts in the order of their slots.
    pub fn facts(&self, firm: usize) -> Vec<Option<i64>> {
        self.facts.row(firm)
    }

    pub fn area(&self, firm: usize) -> Option<DivisionCode> {
        self.area_slot
            .and_then(|slot| self.fact(firm, slot))
            .map(|code| code as DivisionCode)
    }

    pub fn county(&self, firm: usize) -> Option<DivisionCode> {
        self.county_slot
            .and_then(|slot| self.fact(firm, slot))
            .map(|code| code as DivisionCode)
    }

    pub fn zone(&self, firm: usize) -> Option<DivisionCode> {
        self.zone.get(firm).map(|code| code as DivisionCode)
    }

    /// Which firm it is and where it produces, for a scope to judge.
    pub fn whereabouts(&self, firm: usize) -> Whereabouts {
        Whereabouts {
            key: self.keys[firm],
            area: self.area(firm),
            county: self.county(firm),
            zone: self.zone(firm),
        }
    }

    pub fn in_scale(&self, firm: usize) -> Option<bool> {
        self.in_scale_slot
            .and_then(|slot| self.fact(firm, slot))
            .map(|value| value == 1)
    }

    /// Index into the pack's stages.
    pub fn stage(&self, firm: usize) -> Option<usize> {
        usize::try_from(self.stage.get(firm)?).ok()
    }

    /// Index into the kinds of the stage.
    pub fn kind(&self, firm: usize) -> Option<usize> {
        usize::try_from(self.kind.get(firm)?).ok()
    }

    /// Whether a class of the pool holds; unknown where data are missing.
    pub fn class(&self, firm: usize, class: usize) -> Option<bool> {
        let bit = 1i64 << class;
        if self.undecided.get(firm)? & bit != 0 {
            return None;
        }
        Some(self.classes.get(firm)? & bit != 0)
    }

    /// The first class that holds.
    pub fn first_class(&self, firm: usize) -> Option<usize> {
        let bits = self.classes.get(firm)?;
        (bits != 0).then(|| bits.trailing_zeros() as usize)
    }

    /// Whether the register has the firm; others are known from confirmed lists only.
    pub fn registered(&self, firm: usize) -> bool {
        self.registered.get(firm) == Some(1)
    }
}
