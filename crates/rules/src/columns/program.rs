//! Many conditions as one computation over the table.
//!
//! Made for the parameters of a day of law and the ranges of a table's columns, it may be run
//! over every table of that shape. Blocks of firms are computed in parallel, and what is
//! equal in any two conditions is computed once. Knows no measure and no clause.
//!
//! ```
//! use rules::columns::{Column, Columns, Program};
//! use rules::expression::{Condition, Slot};
//! let columns = Columns::new(2, vec![Some(Column::from_values(&[0, 1]))]);
//! let condition = Condition::Holds(Slot::Fact(0));
//! let program = Program::new(&[&condition], &[], &columns);
//! assert_eq!(program.counts(&columns, None)[0].holds, 1);
//! ```

use super::block::{Block, Registers, plain};
use super::compile::{Compiler, Pair};
use super::graph::{Graph, Id, Node, Shape, shapes};
use super::kernel;
use super::planes::{Counts, Planes};
use super::schedule::{Delivery, Schedule, Step};
use super::table::Columns;
use super::{BLOCK_WORDS, WORD, words_of};
use crate::expression::Condition;
use pulp::Arch;
use rayon::prelude::*;
use std::fmt;

/// Conditions compiled for one shape of table.
#[derive(Debug)]
pub struct Program {
    conditions: usize,
    pub(super) engine: Engine,
}

/// What a program computes, whatever is done with it.
#[derive(Debug)]
pub(super) struct Engine {
    graph: Graph,
    schedule: Schedule,
    shapes: Vec<Shape>,
    arch: Arch,
}

impl Program {
    /// Conditions with the parameters of a day of law; `columns` says between what the facts
    /// lie. A slot outside parameters or table is a bug.
    pub fn new(
        conditions: &[&Condition],
        parameters: &[Option<i64>],
        columns: &Columns,
    ) -> Program {
        let mut compiler = compiler(parameters, columns);
        let pairs: Vec<Pair> = conditions
            .iter()
            .map(|condition| compiler.condition(condition))
            .collect();
        let deliveries = pairs.iter().enumerate().flat_map(|(index, pair)| {
            let holds = Delivery::Holds(index, pair.holds);
            [holds, Delivery::Fails(index, pair.fails)]
        });
        let deliveries: Vec<Delivery> = deliveries.collect();
        Program {
            conditions: conditions.len(),
            engine: Engine::new(compiler.graph, &deliveries, columns),
        }
    }

    /// Planes of every condition in the order given; a table of another shape is a bug.
    pub fn evaluate(&self, columns: &Columns) -> Vec<Planes> {
        let mut planes = Vec::new();
        self.evaluate_into(columns, &mut planes);
        planes
    }

    /// As [`Program::evaluate`], in planes that are no longer needed: fresh memory costs more
    /// than what is computed into it.
    pub fn evaluate_into(&self, columns: &Columns, planes: &mut Vec<Planes>) {
        self.engine.assert_shape(columns);
        let words = words_of(columns.firms());
        planes.resize_with(self.conditions, Planes::default);
        for own in planes.iter_mut() {
            for plane in [&mut own.holds, &mut own.fails] {
                // Every word is written below; fresh zeros cost nothing until then.
                if plane.len() != words {
                    *plane = vec![0; words];
                }
            }
        }
        let mut shares = Engine::shares(words);
        let mut parts: Vec<Vec<(&mut [u64], &mut [u64])>> = Vec::new();
        parts.resize_with(shares.len(), Vec::new);
        let share = shares.first().map_or(1, |(_, words)| *words);
        for own in planes.iter_mut() {
            let holds = own.holds.chunks_mut(share);
            let chunks = holds.zip(own.fails.chunks_mut(share));
            for (part, chunk) in parts.iter_mut().zip(chunks) {
                part.push(chunk);
            }
        }
        let tasks = shares.par_drain(..).zip(&mut parts);
        tasks.for_each(|((first, words), part)| {
            self.engine
                .run(columns, first, words, |block, registers, delivery| {
                    let at = block.first - first..block.first - first + block.words;
                    match delivery {
                        Delivery::Holds(index, literal) => {
                            let source = block.source(registers, literal);
                            kernel::copy(block.arch, source, &mut part[index].0[at]);
                        }
                        Delivery::Fails(index, literal) => {
                            let source = block.source(registers, literal);
                            kernel::copy(block.arch, source, &mut part[index].1[at]);
                        }
                        Delivery::Amount(..) => {}
                    }
                });
        });
        let rest = last_word(columns.firms());
        for own in planes.iter_mut() {
            for plane in [&mut own.holds, &mut own.fails] {
                plane.last_mut().into_iter().for_each(|word| *word &= rest);
            }
        }
    }

    /// How many firms each condition holds of and fails of, among those of a plane or among
    /// all; no planes are kept, and blocks without a chosen firm are passed over.
    pub fn counts(&self, columns: &Columns, within: Option<&[u64]>) -> Vec<Counts> {
        self.engine.assert_shape(columns);
        let words = words_of(columns.firms());
        let mut chosen = match within {
            Some(plane) => plane.to_vec(),
            None => vec![u64::MAX; words],
        };
        assert_eq!(chosen.len(), words, "a bit for each firm");
        let rest = last_word(columns.firms());
        chosen.last_mut().into_iter().for_each(|word| *word &= rest);
        let nothing = || vec![Counts::default(); self.conditions];
        let counted = Engine::shares(words).into_par_iter().map(|(first, words)| {
            let mut counts = nothing();
            let count = |block: &Block<'_>, registers: &Registers, delivery| {
                let chosen = &chosen[block.first..][..block.words];
                let count =
                    |literal| kernel::count(block.arch, block.source(registers, literal), chosen);
                match delivery {
                    Delivery::Holds(index, literal) => counts[index].holds += count(literal),
                    Delivery::Fails(index, literal) => counts[index].fails += count(literal),
                    Delivery::Amount(..) => {}
                }
            };
            let is_chosen = |first: usize, words: usize| {
                chosen[first..first + words].iter().any(|word| *word != 0)
            };
            self.engine
                .run_where(columns, first, words, is_chosen, count);
            counts
        });
        counted.reduce(nothing, |mut sums, counts| {
            for (sum, own) in sums.iter_mut().zip(counts) {
                sum.holds += own.holds;
                sum.fails += own.fails;
            }
            sums
        })
    }
}

/// How much is computed, for people who measure.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Engine { schedule, arch, .. } = &self.engine;
        let steps = schedule.steps.iter();
        let computed = steps
            .filter(|step| matches!(step, Step::Compute(_)))
            .count();
        let sizes = schedule.sizes;
        let form = format!("{arch:?}");
        let form = form.split('(').next().unwrap_or_default();
        write!(
            f,
            "{computed} nodes in {} + {} + {} registers, {form}",
            sizes.planes, sizes.narrow, sizes.wide
        )
    }
}

pub(super) fn compiler<'a>(parameters: &'a [Option<i64>], columns: &'a Columns) -> Compiler<'a> {
    Compiler {
        graph: Graph::new(),
        parameters,
        columns,
    }
}

/// The bits of the last word that stand for firms.
pub(super) fn last_word(firms: usize) -> u64 {
    match firms % WORD {
        0 => u64::MAX,
        rest => (1 << rest) - 1,
    }
}

impl Engine {
    pub(super) fn new(graph: Graph, deliveries: &[Delivery], columns: &Columns) -> Engine {
        let is_at_hand = |id: Id| match graph.nodes[id as usize] {
            Node::Never | Node::Known(_) | Node::Bits(_) | Node::Number(_) => true,
            Node::Fact(fact) => plain(columns, fact).is_some(),
            _ => false,
        };
        let schedule = Schedule::new(&graph, deliveries, is_at_hand);
        Engine {
            graph,
            schedule,
            shapes: shapes(columns),
            arch: Arch::new(),
        }
    }

    pub(super) fn assert_shape(&self, columns: &Columns) {
        let is_same = self.shapes == shapes(columns);
        assert!(is_same, "the program was made for columns of other ranges");
    }

    /// First word and number of words of what one task does at a time: whole blocks, several
    /// shares for each thread.
    pub(super) fn shares(words: usize) -> Vec<(usize, usize)> {
        let blocks = words.div_ceil(BLOCK_WORDS);
        let tasks = rayon::current_num_threads() * 4;
        let share = blocks.div_ceil(tasks).max(1) * BLOCK_WORDS;
        let firsts = (0..words).step_by(share);
        firsts
            .map(|first| (first, share.min(words - first)))
            .collect()
    }

    /// Computes a share block by block and hands over what is delivered.
    pub(super) fn run(
        &self,
        columns: &Columns,
        first: usize,
        words: usize,
        deliver: impl FnMut(&Block<'_>, &Registers, Delivery),
    ) {
        self.run_where(columns, first, words, |_, _| true, deliver);
    }

    fn run_where(
        &self,
        columns: &Columns,
        first: usize,
        words: usize,
        is_wanted: impl Fn(usize, usize) -> bool,
        mut deliver: impl FnMut(&Block<'_>, &Registers, Delivery),
    ) {
        let mut registers = Registers::new(self.schedule.sizes);
        let end = first + words;
        for first in (first..end).step_by(BLOCK_WORDS) {
            let block = Block {
                graph: &self.graph,
                schedule: &self.schedule,
                columns,
                arch: self.arch,
                first,
                words: BLOCK_WORDS.min(end - first),
            };
            if !is_wanted(first, block.words) {
                continue;
            }
            for step in &self.schedule.steps {
                match step {
                    Step::Compute(id) => block.compute(*id, &mut registers),
                    Step::Deliver(delivery) => deliver(&block, &registers, *delivery),
                }
            }
        }
    }
}
