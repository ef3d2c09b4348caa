//! The firms of a snapshot as one reader may see them: those of his region, and of their
//! figures those of his classes; of the others he reads the band.
//!
//! Whoever answers a reader works with this and never with [`Firms`]. An [`Inside`] is the proof
//! that a firm lies in the region; only [`Seen`] makes one, and a firm outside has none. A
//! condition, an order or a sum over figures that are hidden is refused here, since each of them
//! would tell the figures step by step.
//!
//! ```text
//! let seen = Seen::new(pack, firms, &scope);
//! let firm = seen.find(uscc)?;              // None: unknown, or not the reader's
//! seen.figure(firm, slot)                   // Known(fen), Hidden("1,000–1,500万元"), Unknown
//! ```

use super::snapshot::Firms;
use super::stages::{explain_class, explain_stage};
use crate::people::Scope;
use crate::register::Directory;
use rules::columns::Program;
use rules::expression::{Condition, Reason, Slot};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::uscc::Uscc;
use std::ops::Range;
use std::sync::Arc;

/// A firm that lies in the region of the reader for whom it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Inside(u32);

impl Inside {
    /// Its place in columns beside those of the snapshot, such as planes of verdicts.
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

/// A figure as a reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    Known(i64),
    /// The band that it lies in.
    Hidden(String),
    Unknown,
}

/// Facts that a reader may not see in full, by slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenFacts(pub Vec<usize>);

/// Some of the firms that a reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// A bit for each firm of the snapshot; none outside the region.
    bits: Vec<u64>,
}

/// The firms of a snapshot that one scope covers.
#[derive(Debug)]
pub struct Seen {
    pack: Arc<Pack>,
    firms: Arc<Firms>,
    scope: Scope,
    inside: Selection,
}

impl Selection {
    /// How many firms.
    pub fn len(&self) -> usize {
        let words = self.bits.iter().map(|word| word.count_ones() as usize);
        words.sum()
    }

    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|word| *word == 0)
    }

    pub fn contains(&self, firm: Inside) -> bool {
        self.bits[firm.place() / 64] >> (firm.place() % 64) & 1 == 1
    }

    /// Its firms in the order of the snapshot.
    pub fn iter(&self) -> impl Iterator<Item = Inside> {
        let words = self.bits.iter().enumerate();
        words.flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(Inside(index as u32 * 64 + bit))
            })
        })
    }

    /// A bit for each firm of the snapshot.
    pub fn into_plane(self) -> Vec<u64> {
        self.bits
    }

    /// Only the firms of a plane; what the plane has besides is not taken.
    pub fn among(mut self, plane: &[u64]) -> Selection {
        assert_eq!(self.bits.len(), plane.len(), "a bit for each firm");
        let pairs = self.bits.iter_mut().zip(plane);
        pairs.for_each(|(own, other)| *own &= other);
        self
    }

    /// Only the firms of which something is true.
    pub fn keep(mut self, mut is_kept: impl FnMut(Inside) -> bool) -> Selection {
        for (index, word) in self.bits.iter_mut().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                if !is_kept(Inside(index as u32 * 64 + bit)) {
                    *word &= !(1 << bit);
                }
            }
        }
        self
    }
}

impl Seen {
    /// What a scope covers of a snapshot.
    pub fn new(pack: Arc<Pack>, firms: Arc<Firms>, scope: &Scope) -> Seen {
        let mut bits = vec![0u64; firms.len().div_ceil(64)];
        for firm in 0..firms.len() {
            let is_covered = scope.covers_firm(&firms.whereabouts(firm));
            bits[firm / 64] |= u64::from(is_covered) << (firm % 64);
        }
        Seen {
            pack,
            firms,
            scope: scope.clone(),
            inside: Selection { bits },
        }
    }

    pub fn pack(&self) -> &Arc<Pack> {
        &self.pack
    }

    /// For whom this is.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// All firms of the region.
    pub fn all(&self) -> Selection {
        self.inside.clone()
    }

    /// How many firms the region has.
    pub fn len(&self) -> usize {
        self.inside.len()
    }

    pub fn is_empty(&self) -> bool {
        self.inside.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = Inside> {
        self.inside.iter()
    }

    /// The firm of a code, where it lies in the region.
    pub fn find(&self, uscc: Uscc) -> Option<Inside> {
        self.find_key(uscc.key())
    }

    /// The same by the key of the code.
    pub fn find_key(&self, key: u128) -> Option<Inside> {
        let place = self.firms.keys().binary_search(&key).ok()?;
        let firm = Inside(u32::try_from(place).ok()?);
        self.inside.contains(firm).then_some(firm)
    }

    /// Firms that a text means, by name, initials or code.
    pub fn matching(&self, directory: &Directory, text: &str) -> Selection {
        self.all().among(&directory.find(text))
    }

    /// Firms of which a condition is true.
    ///
    /// # Errors
    /// The facts of the condition that the reader may not see in full.
    pub fn holding(
        &self,
        condition: &Condition,
        parameters: &[Option<i64>],
    ) -> Result<Selection, HiddenFacts> {
        self.check_seen(facts_of(condition).into_iter())?;
        let columns = self.firms.columns();
        let planes = Program::new(&[condition], parameters, columns).evaluate(columns);
        Ok(self.all().among(&planes[0].holds))
    }

    /// Whether the reader may see a fact in full.
    pub fn sees_fact(&self, slot: usize) -> bool {
        self.scope.sees(self.pack.facts[slot].class)
    }

    /// # Errors
    /// The facts that the reader may not see in full.
    pub fn check_seen(&self, slots: impl Iterator<Item = usize>) -> Result<(), HiddenFacts> {
        let hidden: Vec<usize> = slots.filter(|slot| !self.sees_fact(*slot)).collect();
        match hidden.is_empty() {
            true => Ok(()),
            false => Err(HiddenFacts(hidden)),
        }
    }

    /// The firms of a selection from one place of an order to another. Those of which the key is
    /// unknown stand last in either direction; equal ones stand in the order of the dictionary.
    pub fn ordered<Key: Ord + Copy>(
        &self,
        selection: &Selection,
        directory: &Directory,
        is_descending: bool,
        wanted: Range<usize>,
        key: impl Fn(Inside) -> Option<Key>,
    ) -> Vec<Inside> {
        let mut firms: Vec<(Option<Key>, u32, Inside)> = selection
            .iter()
            .map(|firm| {
                let place = self.proved(firm);
                (key(firm), directory.rank(place), firm)
            })
            .collect();
        let order = |one: &(Option<Key>, u32, Inside), other: &(Option<Key>, u32, Inside)| {
            let by_key = match (one.0, other.0) {
                (Some(one), Some(other)) if is_descending => other.cmp(&one),
                (Some(one), Some(other)) => one.cmp(&other),
                (one, other) => one.is_none().cmp(&other.is_none()),
            };
            by_key.then(one.1.cmp(&other.1))
        };
        let end = wanted.end.min(firms.len());
        let start = wanted.start.min(end);
        if end < firms.len() {
            firms.select_nth_unstable_by(end, order);
            firms.truncate(end);
        }
        if start > 0 && start < end {
            firms.select_nth_unstable_by(start, order);
        }
        let chosen = &mut firms[start..];
        chosen.sort_unstable_by(order);
        chosen.iter().map(|(_, _, firm)| *firm).collect()
    }

    pub fn name(&self, firm: Inside) -> &str {
        self.firms.name(self.proved(firm))
    }

    pub fn uscc(&self, firm: Inside) -> Uscc {
        self.firms.uscc(self.proved(firm))
    }

    /// Key of the credit code.
    pub fn key(&self, firm: Inside) -> u128 {
        self.firms.keys()[self.proved(firm)]
    }

    pub fn area(&self, firm: Inside) -> Option<DivisionCode> {
        self.firms.area(self.proved(firm))
    }

    pub fn county(&self, firm: Inside) -> Option<DivisionCode> {
        self.firms.county(self.proved(firm))
    }

    pub fn zone(&self, firm: Inside) -> Option<DivisionCode> {
        self.firms.zone(self.proved(firm))
    }

    pub fn in_scale(&self, firm: Inside) -> Option<bool> {
        self.firms.in_scale(self.proved(firm))
    }

    /// Whether the register has the firm; others are known from confirmed lists only.
    pub fn registered(&self, firm: Inside) -> bool {
        self.firms.registered(self.proved(firm))
    }

    /// Index into the pack's stages.
    pub fn stage(&self, firm: Inside) -> Option<usize> {
        self.firms.stage(self.proved(firm))
    }

    /// Index into the kinds of the stage.
    pub fn kind(&self, firm: Inside) -> Option<usize> {
        self.firms.kind(self.proved(firm))
    }

    /// Whether a class of the pool holds; unknown where data are missing.
    pub fn class(&self, firm: Inside, class: usize) -> Option<bool> {
        self.firms.class(self.proved(firm), class)
    }

    /// The first class that holds.
    pub fn first_class(&self, firm: Inside) -> Option<usize> {
        self.firms.first_class(self.proved(firm))
    }

    /// A fact as the reader may see it.
    pub fn figure(&self, firm: Inside, slot: usize) -> Figure {
        let fact = &self.pack.facts[slot];
        match self.firms.fact(self.proved(firm), slot) {
            None => Figure::Unknown,
            Some(value) if self.scope.sees(fact.class) => Figure::Known(value),
            Some(value) => {
                let value = match fact.kind {
                    // What is impossible or sure lies in the lowest or the highest band.
                    rules::expression::Kind::Rate { per } if fact.origin.is_estimate() => {
                        value.clamp(1, per - 1)
                    }
                    _ => value,
                };
                Figure::Hidden(self.pack.bands.of(&fact.kind, i128::from(value)))
            }
        }
    }

    /// A fact that the reader sees in full; nothing where it is unknown.
    ///
    /// # Errors
    /// Where the reader may not see the fact in full.
    pub fn open_fact(&self, firm: Inside, slot: usize) -> Result<Option<i64>, HiddenFacts> {
        match self.sees_fact(slot) {
            true => Ok(self.firms.fact(self.proved(firm), slot)),
            false => Err(HiddenFacts(vec![slot])),
        }
    }

    /// All facts as rules read them; what is shown of them has to pass the scope.
    pub fn row(&self, firm: Inside) -> Vec<Option<i64>> {
        self.firms.facts(self.proved(firm))
    }

    /// Why a firm stands where it stands; each piece of a reason names the facts that it tells.
    pub fn stage_reasons(&self, firm: Inside, parameters: &[Option<i64>]) -> Vec<Reason> {
        explain_stage(&self.pack, &self.row(firm), parameters).0
    }

    /// Why a class of the pool holds, fails or is undecided.
    pub fn class_reasons(
        &self,
        firm: Inside,
        class: usize,
        parameters: &[Option<i64>],
    ) -> Vec<Reason> {
        explain_class(&self.pack, class, &self.row(firm), parameters)
    }

    /// The firm's place; a firm that was found for another reader is a bug.
    fn proved(&self, firm: Inside) -> usize {
        assert!(self.inside.contains(firm), "found for another reader");
        firm.place()
    }
}

/// The facts that a condition reads.
pub fn facts_of(condition: &Condition) -> Vec<usize> {
    let slots = condition.slots().into_iter();
    let facts = slots.filter_map(|slot| match slot {
        Slot::Fact(fact) => Some(fact),
        Slot::Parameter(_) => None,
    });
    facts.collect()
}

/// Names of the facts, as a refusal says them.
impl HiddenFacts {
    pub fn names(&self, pack: &Pack) -> String {
        let names = self.0.iter().map(|slot| pack.facts[*slot].name.as_str());
        names.collect::<Vec<&str>>().join("、")
    }
}
