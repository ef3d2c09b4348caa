//! From checked conditions to planes of the graph, with the law of the day folded in.
//!
//! What a condition asks of one column becomes a range of that column's values; conditions
//! that mean the same steps become one node, however they were written. A parameter that is
//! unknown makes what reads it unknown here and now.
//!
//! ```text
//! revenue < 20000000 and NOT revenue >= 20000000: one plane, the opposite of "at least"
//! ```

use super::column::Lanes;
use super::graph::{Graph, Literal, Node};
use super::table::Columns;
use super::terms::Value;
use crate::expression::{Amount, Condition, Relation, Slot};

/// Of which firms a condition is true and of which it is false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) holds: Literal,
    pub(super) fails: Literal,
}

impl Pair {
    /// Unknown of every firm.
    const UNKNOWN: Pair = Pair {
        holds: Literal::NO,
        fails: Literal::NO,
    };

    /// Never unknown.
    fn total(holds: Literal) -> Pair {
        Pair {
            holds,
            fails: holds.opposite(),
        }
    }
}

pub(super) struct Compiler<'a> {
    pub(super) graph: Graph,
    pub(super) parameters: &'a [Option<i64>],
    pub(super) columns: &'a Columns,
}

impl Compiler<'_> {
    pub(super) fn condition(&mut self, condition: &Condition) -> Pair {
        match condition {
            Condition::Always(true) => Pair::total(Literal::YES),
            Condition::Always(false) => Pair::total(Literal::NO),
            Condition::Holds(slot) => match self.slot(*slot) {
                Some(value) => {
                    let is_zero = self.within(value.id, 0, 0);
                    self.masked(is_zero.opposite(), value.known)
                }
                None => Pair::UNKNOWN,
            },
            Condition::Compare {
                left,
                relation,
                right,
            } => self.compare(left, *relation, right),
            Condition::Between { value, low, high } => {
                let reached = self.compare(low, Relation::AtMost, value);
                let kept = self.compare(value, Relation::AtMost, high);
                self.all(&[reached, kept])
            }
            Condition::OneOf { value, list } => {
                let hits: Vec<Pair> = list
                    .iter()
                    .map(|other| self.compare(value, Relation::Equal, other))
                    .collect();
                self.any(&hits)
            }
            Condition::Begins {
                code, low, high, ..
            } => self.begins(*code, *low, *high),
            Condition::Missing(amount) => {
                let value = self.value(&amount.term);
                let known = value.map_or(Literal::NO, |value| value.known);
                Pair::total(known.opposite())
            }
            Condition::Is { condition, truth } => {
                let pair = self.condition(condition);
                Pair::total(match truth {
                    Some(true) => pair.holds,
                    Some(false) => pair.fails,
                    None => self.graph.any([pair.holds, pair.fails]).opposite(),
                })
            }
            Condition::Not(condition) => {
                let Pair { holds, fails } = self.condition(condition);
                Pair {
                    holds: fails,
                    fails: holds,
                }
            }
            Condition::All(parts) => {
                let parts: Vec<Pair> = parts.iter().map(|part| self.condition(part)).collect();
                self.all(&parts)
            }
            Condition::Any(parts) => {
                let parts: Vec<Pair> = parts.iter().map(|part| self.condition(part)).collect();
                self.any(&parts)
            }
        }
    }

    /// `holds` where all are known.
    fn masked(&mut self, holds: Literal, known: Literal) -> Pair {
        let one = self.graph.all([known, holds]);
        let other = self.graph.all([known, holds.opposite()]);
        Pair {
            holds: one,
            fails: other,
        }
    }

    fn all(&mut self, parts: &[Pair]) -> Pair {
        Pair {
            holds: self.graph.all(parts.iter().map(|part| part.holds)),
            fails: self.graph.any(parts.iter().map(|part| part.fails)),
        }
    }

    fn any(&mut self, parts: &[Pair]) -> Pair {
        Pair {
            holds: self.graph.any(parts.iter().map(|part| part.holds)),
            fails: self.graph.all(parts.iter().map(|part| part.fails)),
        }
    }

    fn compare(&mut self, left: &Amount, relation: Relation, right: &Amount) -> Pair {
        let (Some(left), Some(right)) = (self.value(&left.term), self.value(&right.term)) else {
            return Pair::UNKNOWN;
        };
        let holds = match relation {
            Relation::Equal => self.equal(left, right),
            Relation::NotEqual => self.equal(left, right).opposite(),
            Relation::AtLeast => self.at_least(left, right),
            Relation::Less => self.at_least(left, right).opposite(),
            Relation::AtMost => self.at_least(right, left),
            Relation::Greater => self.at_least(right, left).opposite(),
        };
        let known = self.graph.all([left.known, right.known]);
        self.masked(holds, known)
    }

    fn equal(&mut self, left: Value, right: Value) -> Literal {
        if let Some(number) = self.graph.constant(left.id) {
            return self.within(right.id, number, number);
        }
        if let Some(number) = self.graph.constant(right.id) {
            return self.within(left.id, number, number);
        }
        let (one, other) = (left.id.min(right.id), left.id.max(right.id));
        let (first, second) = (self.graph.of(one), self.graph.of(other));
        if one == other {
            Literal::YES
        } else if first.most < second.least || second.most < first.least {
            Literal::NO
        } else {
            self.graph.plane(Node::Equal(one, other))
        }
    }

    fn at_least(&mut self, left: Value, right: Value) -> Literal {
        if let Some(number) = self.graph.constant(right.id) {
            return self.within(left.id, number, i128::MAX);
        }
        if let Some(number) = self.graph.constant(left.id) {
            return self.within(right.id, i128::MIN, number);
        }
        let (one, other) = (self.graph.of(left.id), self.graph.of(right.id));
        if left.id == right.id || one.least >= other.most {
            Literal::YES
        } else if one.most < other.least {
            Literal::NO
        } else {
            self.graph.plane(Node::AtLeast(left.id, right.id))
        }
    }

    fn begins(&mut self, code: Slot, low: i64, high: i64) -> Pair {
        match self.slot(code) {
            Some(value) => {
                let holds = self.within(value.id, low.into(), high.into());
                self.masked(holds, value.known)
            }
            None => Pair::UNKNOWN,
        }
    }

    /// A column lies in a range that holds some of its values and not all.
    pub(super) fn range(&mut self, fact: usize, low: i128, high: i128) -> Literal {
        let column = self.columns.column(fact);
        let (Some(column), Some((least, most))) = (column, column.and_then(|own| own.range()))
        else {
            return Literal::NO;
        };
        let bound = |number: i128| i64::try_from(number).expect("within the column's range");
        let (low, high) = (bound(low), bound(high));
        if matches!(column.lanes(), Lanes::Bits(_)) {
            let greater = self.graph.plane(Node::Bits(fact));
            return if low == most {
                greater
            } else {
                greater.opposite()
            };
        }
        // A range from the least on is the opposite of one that begins later.
        let beyond = (high < most).then(|| high + 1);
        let range = |from, beyond| Node::Range { fact, from, beyond };
        match beyond {
            Some(beyond) if low == least => self.graph.plane(range(beyond, None)).opposite(),
            _ => self.graph.plane(range(low, beyond)),
        }
    }
}
