//! Amounts of many firms: what each is entitled to, and sums over areas.
//!
//! Exact and rounded to whole units as [`Amount::rounded`] rounds one firm's, before anything
//! is added up. Knows numbers and firms, not what is promised.
//!
//! ```
//! use rules::columns::{Column, Columns, amounts};
//! use rules::expression::{Amount, Kind, Slot, Term};
//! let columns = Columns::new(2, vec![Some(Column::from_values(&[250, 100]))]);
//! let share = Term::Multiply(Box::new(Term::Slot(Slot::Fact(0))), Box::new(Term::Number(3)));
//! let share = Amount { term: share, kind: Kind::Money, per: 100 };
//! let of_firms = &amounts(&[&share], &[], &columns)[0];
//! assert_eq!((of_firms.get(0), of_firms.get(1)), (Some(8), Some(3)));
//! assert_eq!(of_firms.total(Some(&[0b10])).sum, 3);
//! ```

use super::block::{Block, Registers};
use super::graph::{Id, Literal};
use super::kernel;
use super::program::{Engine, compiler, last_word};
use super::schedule::Delivery;
use super::table::Columns;
use super::wide::Numbers;
use super::{WORD, words_of};
use crate::expression::{Amount, round};
use rayon::prelude::*;

/// One amount of many firms, in whole units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amounts {
    /// Held in i64 where every amount is proved to fit.
    pub figures: Figures,
    /// Of which firms the amount is known, 64 a word; bits beyond the last firm are 0.
    pub known: Vec<u64>,
}

/// A number for each firm, 0 where it is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figures {
    Narrow(Vec<i64>),
    Wide(Vec<i128>),
}

/// A sum, and of how many firms it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    pub sum: i128,
    pub firms: usize,
}

impl Amounts {
    /// As [`Amount::rounded`] says of the firm's row.
    pub fn get(&self, firm: usize) -> Option<i128> {
        let is_known = self.known[firm / WORD] >> (firm % WORD) & 1 == 1;
        is_known.then(|| match &self.figures {
            Figures::Narrow(figures) => i128::from(figures[firm]),
            Figures::Wide(figures) => figures[firm],
        })
    }

    /// The sum over the firms of a plane, such as those of one area, or over all; firms of
    /// which the amount is unknown are not in it.
    pub fn total(&self, within: Option<&[u64]>) -> Total {
        if let Some(within) = within {
            assert_eq!(within.len(), self.known.len(), "a bit for each firm");
        }
        let mut total = Total::default();
        for (place, known) in self.known.iter().enumerate() {
            let mut rest = known & within.map_or(u64::MAX, |within| within[place]);
            total.firms += rest.count_ones() as usize;
            while rest != 0 {
                let firm = place * WORD + rest.trailing_zeros() as usize;
                total.sum += match &self.figures {
                    Figures::Narrow(figures) => i128::from(figures[firm]),
                    Figures::Wide(figures) => figures[firm],
                };
                rest &= rest - 1;
            }
        }
        total
    }
}

/// Every amount of every firm, with the parameters of a day of law. A slot outside parameters
/// or table is a bug.
pub fn amounts(amounts: &[&Amount], parameters: &[Option<i64>], columns: &Columns) -> Vec<Amounts> {
    let mut compiler = compiler(parameters, columns);
    let values: Vec<Option<(Id, Literal)>> = amounts
        .iter()
        .map(|amount| {
            compiler
                .value(&amount.term)
                .map(|value| (value.id, value.known))
        })
        .collect();
    let firms = columns.firms();
    let mut results: Vec<Amounts> = Vec::with_capacity(amounts.len());
    let mut deliveries = Vec::new();
    for (index, (amount, value)) in amounts.iter().zip(&values).enumerate() {
        let bounds = value.map(|(id, _)| compiler.graph.of(id));
        let is_narrow = bounds.is_none_or(|bounds| {
            [bounds.least, bounds.most]
                .iter()
                .all(|bound| i64::try_from(round(*bound, amount.per)).is_ok())
        });
        results.push(Amounts {
            figures: match is_narrow {
                true => Figures::Narrow(vec![0; firms]),
                false => Figures::Wide(vec![0; firms]),
            },
            known: vec![0; words_of(firms)],
        });
        deliveries.extend(value.map(|(id, known)| Delivery::Amount(index, id, known)));
    }
    let pers: Vec<i64> = amounts.iter().map(|amount| amount.per).collect();
    let engine = Engine::new(compiler.graph, &deliveries, columns);
    fill(&engine, columns, &pers, &mut results);
    results
}

/// A task's part of the results.
struct Part<'a> {
    figures: PartFigures<'a>,
    known: &'a mut [u64],
}

enum PartFigures<'a> {
    Narrow(&'a mut [i64]),
    Wide(&'a mut [i128]),
}

fn fill(engine: &Engine, columns: &Columns, pers: &[i64], results: &mut [Amounts]) {
    let words = words_of(columns.firms());
    let shares = Engine::shares(words);
    let share = shares.first().map_or(1, |(_, words)| *words);
    let mut tasks: Vec<Vec<Part<'_>>> = Vec::new();
    tasks.resize_with(shares.len(), Vec::new);
    for own in results.iter_mut() {
        let figures: Vec<PartFigures<'_>> = match &mut own.figures {
            Figures::Narrow(all) => {
                let chunks = all.chunks_mut(share * WORD);
                chunks.map(PartFigures::Narrow).collect()
            }
            Figures::Wide(all) => {
                let chunks = all.chunks_mut(share * WORD);
                chunks.map(PartFigures::Wide).collect()
            }
        };
        let chunks = figures.into_iter().zip(own.known.chunks_mut(share));
        for (task, (figures, known)) in tasks.iter_mut().zip(chunks) {
            task.push(Part { figures, known });
        }
    }
    let tasks = shares.into_par_iter().zip(tasks);
    tasks.for_each(|((first, words), mut parts)| {
        engine.run(columns, first, words, |block, registers, delivery| {
            if let Delivery::Amount(index, number, known) = delivery {
                let own = block.first - first;
                deliver(
                    block,
                    registers,
                    (number, known),
                    pers[index],
                    own,
                    &mut parts[index],
                );
            }
        });
    });
    let rest = last_word(columns.firms());
    for own in results {
        own.known
            .last_mut()
            .into_iter()
            .for_each(|word| *word &= rest);
    }
}

/// Writes a block's numbers from word `own` of the task's part on.
fn deliver(
    block: &Block<'_>,
    registers: &Registers,
    (number, known): (Id, Literal),
    per: i64,
    own: usize,
    part: &mut Part<'_>,
) {
    let known_words = &mut part.known[own..own + block.words];
    kernel::copy(block.arch, block.source(registers, known), known_words);
    let is_known = |lane: usize| known_words[lane / WORD] >> (lane % WORD) & 1 == 1;
    let numbers = block.numbers(registers, number);
    match &mut part.figures {
        PartFigures::Narrow(figures) => {
            let figures = figures[own * WORD..].iter_mut().take(block.words * WORD);
            for (lane, figure) in figures.enumerate() {
                *figure = match (is_known(lane), numbers) {
                    (false, _) => 0,
                    (true, Numbers::Narrow(numbers)) => rounded(numbers[lane], per),
                    (true, numbers) => round(numbers.get(lane), per) as i64,
                };
            }
        }
        PartFigures::Wide(figures) => {
            let figures = figures[own * WORD..].iter_mut().take(block.words * WORD);
            for (lane, figure) in figures.enumerate() {
                *figure = match is_known(lane) {
                    false => 0,
                    true => round(numbers.get(lane), per),
                };
            }
        }
    }
}

/// As [`round`], within i64.
fn rounded(number: i64, per: i64) -> i64 {
    if per == 1 {
        return number;
    }
    let rest = number % per;
    let goes_up = rest.unsigned_abs() * 2 >= per.unsigned_abs();
    number / per + if goes_up { number.signum() } else { 0 }
}
