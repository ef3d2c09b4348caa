//! What is computed of a block of firms: planes of bits and runs of numbers, each once.
//!
//! Equal nodes are one node. A [`Literal`] is a plane or its opposite, so that NOT costs
//! nothing and OR is the AND of opposites turned round; where everything is known, "fails"
//! is the opposite of "holds" by itself. Knows columns by their slots and ranges only.
//!
//! ```text
//! a OR b, both known:  holds = ¬(¬a ∧ ¬b), fails = ¬a ∧ ¬b, one node
//! ```

use super::column::{Column, Lanes};
use super::table::Columns;
use crate::period::civil;
use std::collections::HashMap;

/// A node's place; operands stand before what uses them.
pub(super) type Id = u32;

/// A plane, or its opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Literal {
    pub(super) plane: Id,
    pub(super) is_opposite: bool,
}

impl Literal {
    /// No bit set.
    pub(super) const NO: Literal = Literal {
        plane: 0,
        is_opposite: false,
    };
    /// All bits set.
    pub(super) const YES: Literal = Literal {
        plane: 0,
        is_opposite: true,
    };

    pub(super) fn opposite(self) -> Literal {
        Literal {
            is_opposite: !self.is_opposite,
            ..self
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// Plane without bits; node 0.
    Never,
    /// Plane: the firms of which a column's value is known.
    Known(usize),
    /// Plane: a column of two values is at its greater.
    Bits(usize),
    /// Plane: a column's value has reached `from`, and not `beyond`.
    Range {
        fact: usize,
        from: i64,
        beyond: Option<i64>,
    },
    /// Plane: a number has reached a constant.
    Reaches(Id, i128),
    /// Plane: left is at least right.
    AtLeast(Id, Id),
    /// Plane: left is right.
    Equal(Id, Id),
    /// Plane: the number did not leave i128.
    Fits(Id),
    /// Plane: all of at least two.
    And(Vec<Literal>),
    /// Number: the same for all firms.
    Number(i128),
    /// Number: a column's values.
    Fact(usize),
    /// Number from two.
    Both(Operation, Id, Id),
    /// Number: one where a plane has its bit, else the other.
    Choose(Literal, Id, Id),
    /// Number: a day as 32 × its month + its day of the month, which counts elapsed months.
    Calendar(Id),
    /// Number: divided towards zero.
    Quotient(Id, i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Least,
    Greatest,
}

impl Operation {
    pub(super) fn checked(self, left: i128, right: i128) -> Option<i128> {
        match self {
            Operation::Add => left.checked_add(right),
            Operation::Subtract => left.checked_sub(right),
            Operation::Multiply => left.checked_mul(right),
            Operation::Least => Some(left.min(right)),
            Operation::Greatest => Some(left.max(right)),
        }
    }
}

/// Between what a number lies, and how it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: i128,
    pub(super) most: i128,
    /// Held in i128; in i64 otherwise.
    pub(super) is_wide: bool,
    /// Whether it may leave i128, so that [`Node::Fits`] has to be asked.
    pub(super) may_leave: bool,
}

impl Bounds {
    fn of(least: i128, most: i128) -> Bounds {
        let fits = |number: i128| i64::try_from(number).is_ok();
        Bounds {
            least,
            most,
            is_wide: !(fits(least) && fits(most)),
            may_leave: false,
        }
    }
}

/// All nodes, and the proofs about numbers among them.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// Of numbers; of planes it says nothing.
    pub(super) bounds: Vec<Bounds>,
    places: HashMap<Node, Id>,
}

/// The days that [`crate::period::civil`] can turn.
const CALENDAR: (i128, i128) = (i64::MIN as i128, i64::MAX as i128 - 719_468);

impl Graph {
    pub(super) fn new() -> Graph {
        let mut graph = Graph {
            nodes: Vec::new(),
            bounds: Vec::new(),
            places: HashMap::new(),
        };
        graph.node(Node::Never, Bounds::of(0, 0));
        graph
    }

    fn node(&mut self, node: Node, bounds: Bounds) -> Id {
        if let Some(id) = self.places.get(&node) {
            return *id;
        }
        let id = Id::try_from(self.nodes.len()).expect("conditions are bounded in length");
        self.nodes.push(node.clone());
        self.bounds.push(bounds);
        self.places.insert(node, id);
        id
    }

    pub(super) fn plane(&mut self, node: Node) -> Literal {
        let plane = self.node(node, Bounds::of(0, 0));
        Literal {
            plane,
            is_opposite: false,
        }
    }

    pub(super) fn all(&mut self, literals: impl IntoIterator<Item = Literal>) -> Literal {
        let mut parts: Vec<Literal> = literals
            .into_iter()
            .filter(|literal| *literal != Literal::YES)
            .collect();
        parts.sort_unstable();
        parts.dedup();
        let contradicts = parts.windows(2).any(|two| two[0].plane == two[1].plane);
        if contradicts || parts.contains(&Literal::NO) {
            return Literal::NO;
        }
        match parts[..] {
            [] => Literal::YES,
            [only] => only,
            _ => self.plane(Node::And(parts)),
        }
    }

    pub(super) fn any(&mut self, literals: impl IntoIterator<Item = Literal>) -> Literal {
        let opposites: Vec<Literal> = literals.into_iter().map(Literal::opposite).collect();
        self.all(opposites).opposite()
    }

    /// The firms of which a column's value is known.
    pub(super) fn known(&mut self, fact: usize, column: &Column) -> Literal {
        match column.known() {
            None => Literal::YES,
            Some(_) => self.plane(Node::Known(fact)),
        }
    }

    pub(super) fn number(&mut self, number: i128) -> Id {
        self.node(Node::Number(number), Bounds::of(number, number))
    }

    pub(super) fn constant(&self, id: Id) -> Option<i128> {
        match self.nodes[id as usize] {
            Node::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn of(&self, id: Id) -> Bounds {
        self.bounds[id as usize]
    }

    /// A column's values; a column of one value is a number.
    pub(super) fn fact(&mut self, fact: usize, least: i64, most: i64) -> Id {
        if least == most {
            return self.number(least.into());
        }
        self.node(Node::Fact(fact), Bounds::of(least.into(), most.into()))
    }

    /// `None` where the result of two constants leaves i128.
    pub(super) fn both(&mut self, operation: Operation, left: Id, right: Id) -> Option<Id> {
        if let (Some(left), Some(right)) = (self.constant(left), self.constant(right)) {
            return operation
                .checked(left, right)
                .map(|number| self.number(number));
        }
        let (one, other) = (self.of(left), self.of(right));
        let bounds = match operation {
            Operation::Least => Bounds::of(one.least.min(other.least), one.most.min(other.most)),
            Operation::Greatest => Bounds::of(one.least.max(other.least), one.most.max(other.most)),
            _ => reach(operation, one, other),
        };
        let is_wide = bounds.is_wide || one.is_wide || other.is_wide;
        let bounds = Bounds { is_wide, ..bounds };
        Some(self.node(Node::Both(operation, left, right), bounds))
    }

    pub(super) fn choose(&mut self, when: Literal, one: Id, other: Id) -> Id {
        if when == Literal::YES || one == other {
            return one;
        }
        if when == Literal::NO {
            return other;
        }
        let (first, second) = (self.of(one), self.of(other));
        let bounds = Bounds::of(first.least.min(second.least), first.most.max(second.most));
        let is_wide = bounds.is_wide || first.is_wide || second.is_wide;
        let bounds = Bounds { is_wide, ..bounds };
        self.node(Node::Choose(when, one, other), bounds)
    }

    pub(super) fn calendar(&mut self, days: Id) -> Id {
        let own = self.of(days);
        let (first, last) = CALENDAR;
        let limited = |day: i128| calendar(day.clamp(first, last)).unwrap_or_default();
        let bounds = Bounds::of(limited(own.least), limited(own.most));
        let may_leave = own.least < first || own.most > last;
        let bounds = Bounds {
            is_wide: bounds.is_wide || own.is_wide || may_leave,
            may_leave,
            ..bounds
        };
        self.node(Node::Calendar(days), bounds)
    }

    pub(super) fn quotient(&mut self, number: Id, divisor: i64) -> Id {
        let own = self.of(number);
        let by = i128::from(divisor);
        let bounds = Bounds {
            is_wide: own.is_wide,
            ..Bounds::of(own.least / by, own.most / by)
        };
        self.node(Node::Quotient(number, divisor), bounds)
    }
}

/// 32 × months since year 0 + day of the month. Whole months between two days are the
/// difference of theirs divided by 32 towards zero, since days differ by less than that.
pub(super) fn calendar(days: i128) -> Option<i128> {
    let (first, last) = CALENDAR;
    let days = i64::try_from(days.clamp(first, last))
        .ok()
        .filter(|own| i128::from(*own) == days)?;
    let (months, day) = civil(days);
    Some(i128::from(months) * 32 + i128::from(day))
}

/// Of a sum, difference or product, whose extremes lie at extremes of the operands.
fn reach(operation: Operation, one: Bounds, other: Bounds) -> Bounds {
    let saturated = |left: i128, right: i128| match operation {
        Operation::Subtract => left.saturating_sub(right),
        Operation::Multiply => left.saturating_mul(right),
        _ => left.saturating_add(right),
    };
    let corners = [
        (one.least, other.least),
        (one.least, other.most),
        (one.most, other.least),
        (one.most, other.most),
    ];
    let results = corners.map(|(left, right)| saturated(left, right));
    let may_leave = corners
        .iter()
        .any(|(left, right)| operation.checked(*left, *right).is_none());
    let (least, most) = results
        .iter()
        .fold((i128::MAX, i128::MIN), |(least, most), corner| {
            (least.min(*corner), most.max(*corner))
        });
    Bounds {
        may_leave,
        ..Bounds::of(least, most)
    }
}

impl Node {
    /// Calls `use_of` with every node whose result this one reads.
    pub(super) fn operands(&self, nodes: &[Node], use_of: &mut impl FnMut(Id)) {
        match self {
            Node::Never | Node::Known(_) | Node::Bits(_) | Node::Range { .. } => {}
            Node::Number(_) | Node::Fact(_) => {}
            Node::And(parts) => parts.iter().for_each(|part| use_of(part.plane)),
            Node::AtLeast(left, right) | Node::Equal(left, right) | Node::Both(_, left, right) => {
                use_of(*left);
                use_of(*right);
            }
            Node::Reaches(number, _) | Node::Calendar(number) | Node::Quotient(number, _) => {
                use_of(*number);
            }
            // Whether a number fits is found from what it is made of.
            Node::Fits(number) => nodes[*number as usize].operands(nodes, use_of),
            Node::Choose(when, one, other) => {
                use_of(when.plane);
                use_of(*one);
                use_of(*other);
            }
        }
    }

    pub(super) fn is_number(&self) -> bool {
        use Node::{Both, Calendar, Choose, Fact, Number, Quotient};
        matches!(
            self,
            Number(_) | Fact(_) | Both(..) | Choose(..) | Calendar(_) | Quotient(..)
        )
    }
}

/// What a program may rely on; it fits every table of the same shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    range: Option<(i64, i64)>,
    is_complete: bool,
    has_bits: bool,
}

pub(super) fn shapes(columns: &Columns) -> Vec<Shape> {
    let shape = |column: Option<&Column>| Shape {
        range: column.and_then(Column::range),
        is_complete: column.is_some_and(|column| column.known().is_none()),
        has_bits: column.is_some_and(|column| matches!(column.lanes(), Lanes::Bits(_))),
    };
    columns.iter().map(shape).collect()
}
