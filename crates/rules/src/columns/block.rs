//! One block of firms through the graph, register by register.
//!
//! A block is small enough that what is computed of it stays in the cache. Knows which part
//! of the columns it is; who else works on the others, it does not.
//!
//! ```text
//! word 64 to 127 of every column → planes of firms 4096 to 8191
//! ```

use super::column::Lanes;
use super::compare::{self, Lane};
use super::graph::{Graph, Id, Literal, Node, Operation};
use super::kernel::{self, Source};
use super::schedule::{Schedule, Sizes};
use super::table::Columns;
use super::wide::{self, Numbers};
use super::{BLOCK_WORDS, WORD};
use crate::period::civil;
use pulp::Arch;

/// What has been computed of a block.
pub(super) struct Registers {
    planes: Vec<Vec<u64>>,
    narrow: Vec<Vec<i64>>,
    wide: Vec<Vec<i128>>,
    never: Vec<u64>,
}

impl Registers {
    pub(super) fn new(sizes: Sizes) -> Registers {
        Registers {
            planes: vec![vec![0; BLOCK_WORDS]; sizes.planes],
            narrow: vec![vec![0; BLOCK_WORDS * WORD]; sizes.narrow],
            wide: vec![vec![0; BLOCK_WORDS * WORD]; sizes.wide],
            never: vec![0; BLOCK_WORDS],
        }
    }
}

/// A part of the columns, in whole words.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) graph: &'a Graph,
    pub(super) schedule: &'a Schedule,
    pub(super) columns: &'a Columns,
    pub(super) arch: Arch,
    pub(super) first: usize,
    pub(super) words: usize,
}

impl<'a> Block<'a> {
    pub(super) fn source<'r>(&self, registers: &'r Registers, literal: Literal) -> Source<'r>
    where
        'a: 'r,
    {
        let turn = if literal.is_opposite { u64::MAX } else { 0 };
        (self.plane(registers, literal.plane), turn)
    }

    fn plane<'r>(&self, registers: &'r Registers, id: Id) -> &'r [u64]
    where
        'a: 'r,
    {
        let part = self.first..self.first + self.words;
        match self.graph.nodes[id as usize] {
            Node::Never => &registers.never[..self.words],
            Node::Known(fact) => {
                let known = self.columns.column(fact).and_then(|own| own.known());
                &known.expect("the shape was compared")[part]
            }
            Node::Bits(fact) => match self.columns.column(fact).map(|own| own.lanes()) {
                Some(Lanes::Bits(bits)) => &bits[part],
                _ => panic!("the shape was compared"),
            },
            _ => &registers.planes[self.schedule.places[id as usize]][..self.words],
        }
    }

    pub(super) fn numbers<'r>(&self, registers: &'r Registers, id: Id) -> Numbers<'r>
    where
        'a: 'r,
    {
        let lanes = self.words * WORD;
        let place = self.schedule.places[id as usize];
        match self.graph.nodes[id as usize] {
            Node::Number(number) => Numbers::Constant(number),
            Node::Fact(fact) if let Some(own) = plain(self.columns, fact) => {
                Numbers::Narrow(&own[self.first * WORD..][..lanes])
            }
            _ if self.graph.of(id).is_wide => Numbers::Wide(&registers.wide[place][..lanes]),
            _ => Numbers::Narrow(&registers.narrow[place][..lanes]),
        }
    }

    pub(super) fn compute(&self, id: Id, registers: &mut Registers) {
        let node = &self.graph.nodes[id as usize];
        let place = self.schedule.places[id as usize];
        if !node.is_number() {
            let mut out = std::mem::take(&mut registers.planes[place]);
            self.compute_plane(node, registers, &mut out[..self.words]);
            registers.planes[place] = out;
        } else if self.graph.of(id).is_wide {
            let mut out = std::mem::take(&mut registers.wide[place]);
            self.compute_wide(node, registers, &mut out[..self.words * WORD]);
            registers.wide[place] = out;
        } else {
            let mut out = std::mem::take(&mut registers.narrow[place]);
            self.compute_narrow(node, registers, &mut out[..self.words * WORD]);
            registers.narrow[place] = out;
        }
    }

    fn compute_plane(&self, node: &Node, registers: &Registers, out: &mut [u64]) {
        let numbers = |id: Id| self.numbers(registers, id);
        match node {
            Node::Range { fact, from, beyond } => self.pass(*fact, *from, *beyond, out),
            Node::And(parts) => self.and(parts, registers, out),
            Node::Reaches(id, bound) => match (numbers(*id), i64::try_from(*bound)) {
                (Numbers::Narrow(own), Ok(bound)) => {
                    compare::pass(self.arch, own, bound, None, out);
                }
                (own, _) => wide::reaches(own, *bound, out),
            },
            Node::AtLeast(left, right) => match (numbers(*left), numbers(*right)) {
                (Numbers::Narrow(left), Numbers::Narrow(right)) => {
                    compare::at_least(self.arch, left, right, out);
                }
                (left, right) => wide::at_least(left, right, out),
            },
            Node::Equal(left, right) => match (numbers(*left), numbers(*right)) {
                (Numbers::Narrow(left), Numbers::Narrow(right)) => {
                    compare::equal(self.arch, left, right, out);
                }
                (left, right) => wide::equal(left, right, out),
            },
            Node::Fits(id) => match &self.graph.nodes[*id as usize] {
                Node::Both(operation, left, right) => {
                    wide::both_fit(*operation, numbers(*left), numbers(*right), out);
                }
                Node::Calendar(days) => wide::calendars_fit(numbers(*days), out),
                other => panic!("{other:?} cannot leave i128"),
            },
            other => panic!("{other:?} is read where it stands"),
        }
    }

    fn pass(&self, fact: usize, from: i64, beyond: Option<i64>, out: &mut [u64]) {
        let column = self.columns.column(fact).expect("the shape was compared");
        let lane = |value: i64| value.wrapping_sub(column.base());
        let (arch, from, beyond) = (self.arch, lane(from), beyond.map(lane));
        let part = self.first * WORD..(self.first + self.words) * WORD;
        match column.lanes() {
            Lanes::I8(own) => {
                compare::pass(arch, &own[part], Lane::of(from), beyond.map(Lane::of), out);
            }
            Lanes::I16(own) => {
                compare::pass(arch, &own[part], Lane::of(from), beyond.map(Lane::of), out);
            }
            Lanes::I32(own) => {
                compare::pass(arch, &own[part], Lane::of(from), beyond.map(Lane::of), out);
            }
            Lanes::I64(own) => compare::pass(arch, &own[part], from, beyond, out),
            Lanes::Constant | Lanes::Bits(_) => panic!("such a column has no range to test"),
        }
    }

    fn and(&self, parts: &[Literal], registers: &Registers, out: &mut [u64]) {
        let source = |literal: Literal| self.source(registers, literal);
        let (pairs, rest) = parts.as_chunks::<2>();
        for (index, [one, other]) in pairs.iter().enumerate() {
            let (one, other) = (source(*one), source(*other));
            match index {
                0 => kernel::both(self.arch, one, other, out),
                _ => kernel::keep_both(self.arch, one, other, out),
            }
        }
        for literal in rest {
            kernel::keep(self.arch, source(*literal), out);
        }
    }

    fn compute_narrow(&self, node: &Node, registers: &Registers, out: &mut [i64]) {
        let numbers = |id: Id| self.numbers(registers, id);
        match node {
            Node::Fact(fact) => self.unpack(*fact, out),
            Node::Both(operation, left, right) => {
                let (left, right) = (numbers(*left), numbers(*right));
                let arch = self.arch;
                match operation {
                    Operation::Add => narrow(arch, left, right, out, i64::wrapping_add),
                    Operation::Subtract => narrow(arch, left, right, out, i64::wrapping_sub),
                    Operation::Multiply => narrow(arch, left, right, out, i64::wrapping_mul),
                    Operation::Least => narrow(arch, left, right, out, i64::min),
                    Operation::Greatest => narrow(arch, left, right, out, i64::max),
                }
            }
            Node::Choose(when, one, other) => {
                let (plane, turn) = self.source(registers, *when);
                let (one, other) = (numbers(*one), numbers(*other));
                choose(plane, turn, one, other, out);
            }
            Node::Calendar(days) => {
                let days = narrowed(numbers(*days));
                kernel::map(self.arch, days, out, |day| {
                    let (months, day) = civil(day);
                    months * 32 + day
                });
            }
            Node::Quotient(number, divisor) => {
                let by = *divisor;
                kernel::map(self.arch, narrowed(numbers(*number)), out, |own| own / by);
            }
            other => panic!("{other:?} is no number to compute"),
        }
    }

    /// A column's lanes as the values they stand for.
    fn unpack(&self, fact: usize, out: &mut [i64]) {
        let column = self.columns.column(fact).expect("the shape was compared");
        let (arch, base) = (self.arch, column.base());
        let part = self.first * WORD..(self.first + self.words) * WORD;
        match column.lanes() {
            Lanes::I8(lanes) => {
                kernel::map(arch, &lanes[part], out, |own| base.wrapping_add(own.into()));
            }
            Lanes::I16(lanes) => {
                kernel::map(arch, &lanes[part], out, |own| base.wrapping_add(own.into()));
            }
            Lanes::I32(lanes) => {
                kernel::map(arch, &lanes[part], out, |own| base.wrapping_add(own.into()));
            }
            Lanes::I64(lanes) => kernel::map(arch, &lanes[part], out, |own| own),
            Lanes::Bits(bits) => {
                let bits = &bits[self.first..];
                for (lane, out) in out.iter_mut().enumerate() {
                    let bit = bits[lane / WORD] >> (lane % WORD) & 1;
                    *out = base.wrapping_add(bit as i64);
                }
            }
            Lanes::Constant => panic!("a column of one value is a number"),
        }
    }

    fn compute_wide(&self, node: &Node, registers: &Registers, out: &mut [i128]) {
        let numbers = |id: Id| self.numbers(registers, id);
        match node {
            Node::Both(operation, left, right) => {
                wide::both(*operation, numbers(*left), numbers(*right), out);
            }
            Node::Choose(when, one, other) => {
                let when = self.source(registers, *when);
                wide::choose(when, numbers(*one), numbers(*other), out);
            }
            Node::Calendar(days) => wide::calendars(numbers(*days), out),
            Node::Quotient(number, divisor) => wide::quotients(numbers(*number), *divisor, out),
            other => panic!("{other:?} is never wide"),
        }
    }
}

/// The values of a column that holds them as they are.
pub(super) fn plain(columns: &Columns, fact: usize) -> Option<&[i64]> {
    let column = columns.column(fact)?;
    match column.lanes() {
        Lanes::I64(lanes) if column.base() == 0 => Some(lanes),
        _ => None,
    }
}

/// Whether a number fits is proved by its bounds in the graph.
fn narrowed(numbers: Numbers<'_>) -> &[i64] {
    match numbers {
        Numbers::Narrow(numbers) => numbers,
        other => panic!("{other:?} has other bounds"),
    }
}

fn narrow(
    arch: Arch,
    left: Numbers<'_>,
    right: Numbers<'_>,
    out: &mut [i64],
    operation: impl Fn(i64, i64) -> i64,
) {
    let constant = |number: i128| i64::try_from(number).expect("a wide constant makes wide");
    match (left, right) {
        (Numbers::Narrow(left), Numbers::Narrow(right)) => {
            kernel::zip(arch, left, right, out, operation);
        }
        (Numbers::Constant(left), right) => {
            let left = constant(left);
            kernel::map(arch, narrowed(right), out, |right| operation(left, right));
        }
        (left, Numbers::Constant(right)) => {
            let right = constant(right);
            kernel::map(arch, narrowed(left), out, |left| operation(left, right));
        }
        (left, right) => panic!("{left:?} and {right:?} have other bounds"),
    }
}

fn choose(plane: &[u64], turn: u64, one: Numbers<'_>, other: Numbers<'_>, out: &mut [i64]) {
    for (lane, out) in out.iter_mut().enumerate() {
        let is_one = (plane[lane / WORD] ^ turn) >> (lane % WORD) & 1 == 1;
        let chosen = if is_one { one } else { other };
        *out = chosen.get(lane) as i64;
    }
}
