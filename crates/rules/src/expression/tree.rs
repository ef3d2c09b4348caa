//! The checked tree of a condition: slots instead of names, kinds agreed, nothing nested
//! in vain. Equal trees are equal conditions, whatever their spacing was.
//!
//! Only [`super::parse()`] makes trees of pack text; what it made needs no check again.
//! Products with rates are held as whole numbers of a stated part, so that nothing is
//! divided and nothing rounded: 3 % of an amount is three times the amount, per 100.
//!
//! ```
//! use rules::expression::{Condition, Slot};
//! let returned = Condition::Holds(Slot::Fact(3));
//! assert_eq!(returned.slots(), [Slot::Fact(3)]);
//! ```

use super::vocabulary::{Kind, Slot, Vocabulary};
use std::collections::BTreeSet;

/// What is true, false or unknown of a firm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// TRUE or FALSE.
    Always(bool),
    /// A boolean fact or parameter.
    Holds(Slot),
    Compare {
        left: Amount,
        relation: Relation,
        right: Amount,
    },
    /// `low <= value AND value <= high`.
    Between {
        value: Amount,
        low: Amount,
        high: Amount,
    },
    /// `value IN (list)`; the list is never empty.
    OneOf {
        value: Amount,
        list: Vec<Amount>,
    },
    /// `code LIKE 'prefix%'`: the code's number lies in `low..=high`.
    Begins {
        code: Slot,
        prefix: String,
        low: i64,
        high: i64,
    },
    /// `amount IS NULL`; never unknown itself.
    Missing(Amount),
    /// `condition IS TRUE`, `IS FALSE`, or `IS NULL` where `truth` is `None`; never unknown itself.
    Is {
        condition: Box<Condition>,
        truth: Option<bool>,
    },
    Not(Box<Condition>),
    /// At least two parts, none of them an `All`.
    All(Vec<Condition>),
    /// At least two parts, none of them an `Any`.
    Any(Vec<Condition>),
}

/// A value with the kind that it was proved to have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Amount {
    pub term: Term,
    pub kind: Kind,
    /// The term counts this part of the kind's unit: 1, or a power of ten where rates
    /// were multiplied in.
    pub per: i64,
}

/// How a value is found. Unknown operands make it unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    Slot(Slot),
    /// 0, or what a text literal stands for in its kind.
    Number(i64),
    Negate(Box<Term>),
    Add(Box<Term>, Box<Term>),
    Subtract(Box<Term>, Box<Term>),
    Multiply(Box<Term>, Box<Term>),
    /// The term in smaller parts, so many to one; readers see the term.
    Parts(Box<Term>, i64),
    /// The smallest; unknown where one is. Never fewer than two.
    Least(Vec<Term>),
    /// The largest; unknown where one is. Never fewer than two.
    Greatest(Vec<Term>),
    /// The value of the first arm whose condition is true; unknown where a condition before
    /// that is, or where no arm holds and there is no other value.
    Case {
        arms: Vec<(Condition, Term)>,
        otherwise: Option<Box<Term>>,
    },
    /// Whole months or years from one time to another, negative where the second is earlier.
    Elapsed {
        unit: Span,
        /// Whether the times are days; months otherwise.
        of_days: bool,
        from: Box<Term>,
        to: Box<Term>,
    },
    /// A value that the pack gives a name of its own.
    Named {
        name: String,
        term: Box<Term>,
    },
}

/// What elapsed time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    Months,
    Years,
}

/// The six comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Condition {
    /// Every slot that the condition reads, once, facts first.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = BTreeSet::new();
        self.gather(&mut slots);
        slots.into_iter().collect()
    }

    fn gather(&self, slots: &mut BTreeSet<Slot>) {
        match self {
            Condition::Always(_) => {}
            Condition::Holds(slot) | Condition::Begins { code: slot, .. } => {
                slots.insert(*slot);
            }
            Condition::Compare { left, right, .. } => {
                left.term.gather(slots);
                right.term.gather(slots);
            }
            Condition::Between { value, low, high } => {
                for amount in [value, low, high] {
                    amount.term.gather(slots);
                }
            }
            Condition::OneOf { value, list } => {
                value.term.gather(slots);
                list.iter().for_each(|amount| amount.term.gather(slots));
            }
            Condition::Missing(amount) => amount.term.gather(slots),
            Condition::Is { condition, .. } | Condition::Not(condition) => condition.gather(slots),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.gather(slots));
            }
        }
    }
}

impl Condition {
    /// The parts that are no AND, OR, NOT or IS themselves, each once.
    pub fn leaves<'a>(&'a self, leaves: &mut Vec<&'a Condition>) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.leaves(leaves));
            }
            Condition::Not(inner)
            | Condition::Is {
                condition: inner, ..
            } => inner.leaves(leaves),
            leaf => {
                if !leaves.contains(&leaf) {
                    leaves.push(leaf);
                }
            }
        }
    }

    /// As [`Amount::magnitude_max`], over every amount in the condition.
    pub fn magnitude_max(&self, vocabulary: &Vocabulary) -> Option<u128> {
        let most = |amounts: &[&Amount]| {
            amounts.iter().try_fold(0, |most: u128, amount| {
                Some(most.max(amount.magnitude_max(vocabulary)?))
            })
        };
        match self {
            Condition::Always(_) | Condition::Holds(_) | Condition::Begins { .. } => Some(1),
            Condition::Compare { left, right, .. } => most(&[left, right]),
            Condition::Between { value, low, high } => most(&[value, low, high]),
            Condition::OneOf { value, list } => {
                let list: Vec<&Amount> = list.iter().chain([value]).collect();
                most(&list)
            }
            Condition::Missing(amount) => most(&[amount]),
            Condition::Is { condition, .. } | Condition::Not(condition) => {
                condition.magnitude_max(vocabulary)
            }
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().try_fold(0, |most: u128, part| {
                    Some(most.max(part.magnitude_max(vocabulary)?))
                })
            }
        }
    }
}

impl Amount {
    /// A value that counts whole units of its kind.
    pub fn whole(term: Term, kind: Kind) -> Amount {
        Amount { term, kind, per: 1 }
    }

    /// The same value in parts of which `per` make a unit; `per` is a multiple of its own.
    pub(super) fn in_parts(self, per: i64) -> Amount {
        if per == self.per {
            return self;
        }
        let term = Term::Parts(Box::new(self.term), per / self.per);
        Amount { term, per, ..self }
    }

    /// Every slot that the amount reads, once, facts first.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = BTreeSet::new();
        self.term.gather(&mut slots);
        slots.into_iter().collect()
    }

    /// The largest distance from zero that the amount or a part of it can reach,
    /// or `None` where that leaves i128. Columns may use i64 where it fits.
    pub fn magnitude_max(&self, vocabulary: &Vocabulary) -> Option<u128> {
        self.term.magnitude_max(vocabulary)
    }
}

impl Term {
    pub(super) fn gather(&self, slots: &mut BTreeSet<Slot>) {
        match self {
            Term::Slot(slot) => {
                slots.insert(*slot);
            }
            Term::Number(_) => {}
            Term::Negate(term) | Term::Parts(term, _) | Term::Named { term, .. } => {
                term.gather(slots);
            }
            Term::Add(left, right) | Term::Subtract(left, right) | Term::Multiply(left, right) => {
                left.gather(slots);
                right.gather(slots);
            }
            Term::Least(terms) | Term::Greatest(terms) => {
                terms.iter().for_each(|term| term.gather(slots));
            }
            Term::Case { arms, otherwise } => {
                for (condition, term) in arms {
                    condition.gather(slots);
                    term.gather(slots);
                }
                if let Some(term) = otherwise {
                    term.gather(slots);
                }
            }
            Term::Elapsed { from, to, .. } => {
                from.gather(slots);
                to.gather(slots);
            }
        }
    }

    pub(super) fn magnitude_max(&self, vocabulary: &Vocabulary) -> Option<u128> {
        let both = |left: &Term, right: &Term| {
            let left = left.magnitude_max(vocabulary)?;
            Some((left, right.magnitude_max(vocabulary)?))
        };
        let largest = |terms: &mut dyn Iterator<Item = &Term>| {
            let mut most = 0u128;
            for term in terms {
                most = most.max(term.magnitude_max(vocabulary)?);
            }
            Some(most)
        };
        let magnitude = match self {
            Term::Slot(slot) => vocabulary.magnitude_max(*slot)?,
            Term::Number(number) => u128::from(number.unsigned_abs()),
            Term::Negate(term) | Term::Named { term, .. } => term.magnitude_max(vocabulary)?,
            Term::Parts(term, parts) => {
                let parts = u128::from(parts.unsigned_abs());
                term.magnitude_max(vocabulary)?.checked_mul(parts)?
            }
            Term::Least(terms) | Term::Greatest(terms) => largest(&mut terms.iter())?,
            Term::Case { arms, otherwise } => {
                // What the conditions compute has to fit as well.
                for (condition, _) in arms {
                    condition.magnitude_max(vocabulary)?;
                }
                let arms = arms.iter().map(|(_, term)| term);
                largest(&mut arms.chain(otherwise.as_deref()))?
            }
            Term::Elapsed { from, to, .. } => {
                let (from, to) = both(from, to)?;
                from.checked_add(to)?
            }
            Term::Add(left, right) | Term::Subtract(left, right) => {
                let (left, right) = both(left, right)?;
                left.checked_add(right)?
            }
            // A factor of 0 must not hide what the other one reaches.
            Term::Multiply(left, right) => {
                let (left, right) = both(left, right)?;
                left.max(1).checked_mul(right.max(1))?
            }
        };
        (magnitude <= i128::MAX as u128).then_some(magnitude)
    }
}

impl Relation {
    /// The relation that holds exactly where this one does not.
    pub fn inverse(self) -> Relation {
        match self {
            Relation::Equal => Relation::NotEqual,
            Relation::NotEqual => Relation::Equal,
            Relation::Less => Relation::AtLeast,
            Relation::AtLeast => Relation::Less,
            Relation::Greater => Relation::AtMost,
            Relation::AtMost => Relation::Greater,
        }
    }

    /// The relation with its sides exchanged.
    pub fn mirrored(self) -> Relation {
        match self {
            Relation::Less => Relation::Greater,
            Relation::Greater => Relation::Less,
            Relation::AtMost => Relation::AtLeast,
            Relation::AtLeast => Relation::AtMost,
            Relation::Equal | Relation::NotEqual => self,
        }
    }

    pub(super) fn is_ordering(self) -> bool {
        !matches!(self, Relation::Equal | Relation::NotEqual)
    }
}
