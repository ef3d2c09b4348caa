//! A snapshot: every firm with its facts and its place on the ladder, as columns.

use crate::deliveries::payload::{EMPTY, Rows};
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

/// The firms of a snapshot in order of their keys.
#[derive(Debug, Clone, Default)]
pub struct Firms {
    pub rows: Rows,
    facts: Vec<usize>,
    stage: usize,
    kind: usize,
    classes: usize,
    undecided: usize,
    zone: usize,
    registered: usize,
    area_slot: Option<usize>,
    county_slot: Option<usize>,
    in_scale_slot: Option<usize>,
}

impl Firms {
    /// Lays the names of the pack over stored columns.
    /// `None` where the snapshot was made with other facts than the pack has.
    pub fn new(pack: &Pack, rows: Rows) -> Option<Firms> {
        let column = |name: &str| rows.numbers.iter().position(|(id, _)| id == name);
        let facts = pack
            .facts
            .iter()
            .map(|fact| column(&fact.id))
            .collect::<Option<Vec<usize>>>()?;
        Some(Firms {
            facts,
            stage: column("#stage")?,
            kind: column("#kind")?,
            classes: column("#classes")?,
            undecided: column("#undecided")?,
            zone: column("#zone")?,
            registered: column("#registered")?,
            area_slot: pack.slot(Origin::Register(RegisterField::Area)),
            county_slot: pack.slot(Origin::Register(RegisterField::County)),
            in_scale_slot: pack.slot(Origin::Status(StatusField::InScale)),
            rows,
        })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn uscc(&self, firm: usize) -> Uscc {
        Uscc::from_key(self.rows.keys[firm]).expect("keys of a snapshot come from credit codes")
    }

    pub fn find(&self, uscc: Uscc) -> Option<usize> {
        self.rows.keys.binary_search(&uscc.key()).ok()
    }

    pub fn name(&self, firm: usize) -> &str {
        self.rows
            .text("name")
            .map_or("", |names| names[firm].as_str())
    }

    /// One fact by its slot.
    pub fn fact(&self, firm: usize, slot: usize) -> Option<i64> {
        let value = self.rows.numbers[self.facts[slot]].1[firm];
        (value != EMPTY).then_some(value)
    }

    /// All facts in the order of their slots.
    pub fn facts(&self, firm: usize) -> Vec<Option<i64>> {
        (0..self.facts.len())
            .map(|slot| self.fact(firm, slot))
            .collect()
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
        let code = self.number(self.zone, firm);
        (code != EMPTY).then_some(code as DivisionCode)
    }

    pub fn in_scale(&self, firm: usize) -> Option<bool> {
        self.in_scale_slot
            .and_then(|slot| self.fact(firm, slot))
            .map(|value| value == 1)
    }

    /// Index into the pack's stages.
    pub fn stage(&self, firm: usize) -> Option<usize> {
        usize::try_from(self.number(self.stage, firm)).ok()
    }

    /// Index into the kinds of the stage.
    pub fn kind(&self, firm: usize) -> Option<usize> {
        usize::try_from(self.number(self.kind, firm)).ok()
    }

    /// Whether a class of the pool holds; unknown where data are missing.
    pub fn class(&self, firm: usize, class: usize) -> Option<bool> {
        let bit = 1i64 << class;
        if self.number(self.undecided, firm) & bit != 0 {
            return None;
        }
        Some(self.number(self.classes, firm) & bit != 0)
    }

    /// The first class that holds.
    pub fn first_class(&self, firm: usize) -> Option<usize> {
        let bits = self.number(self.classes, firm);
        (bits != 0).then(|| bits.trailing_zeros() as usize)
    }

    /// Whether the register has the firm; others are known from confirmed lists only.
    pub fn registered(&self, firm: usize) -> bool {
        self.number(self.registered, firm) == 1
    }

    fn number(&self, column: usize, firm: usize) -> i64 {
        self.rows.numbers[column].1[firm]
    }
}
