//! Random conditions over few facts that meet again and again, for tests that try every value.
//!
//! Included by path; the same seed gives the same text.

use super::generate::{Generator, Values};
use rules::expression::{Choice, Definition, Kind, Slot, Symbol, Vocabulary, parse_amount};

/// Symbols of every kind; with `magnitude_max` no value lies further from zero.
pub fn vocabulary(magnitude_max: Option<u128>) -> Vocabulary {
    let sizes = ["large", "small", "micro"].map(|id| Choice {
        id: id.to_string(),
        name: id.to_string(),
    });
    let facts = [
        ("a", Kind::Count),
        ("b", Kind::Count),
        ("n", Kind::Integer),
        ("flag", Kind::Boolean),
        ("size", Kind::Choice(sizes.to_vec())),
        ("code", Kind::Code { digits: 1 }),
        ("r", Kind::Rate { per: 10 }),
        ("d", Kind::Day),
    ];
    let parameters = [
        ("p", Kind::Count),
        ("q", Kind::Count),
        ("f", Kind::Integer),
        ("is_open", Kind::Boolean),
        ("t", Kind::Day),
        ("s", Kind::Rate { per: 10 }),
    ];
    let facts = facts.into_iter().enumerate();
    let facts = facts.map(|(index, symbol)| (Slot::Fact(index), symbol));
    let parameters = parameters.into_iter().enumerate();
    let parameters = parameters.map(|(index, symbol)| (Slot::Parameter(index), symbol));
    let mut vocabulary = Vocabulary::default();
    for (slot, (identifier, kind)) in facts.chain(parameters) {
        let name = identifier.to_string();
        let symbol = Symbol { slot, name, kind };
        vocabulary.insert(identifier, symbol).expect("a new name");
        if let Some(most) = magnitude_max {
            vocabulary.bound(slot, most);
        }
    }
    let amount = parse_amount("CASE WHEN flag THEN a + b ELSE a END", &vocabulary);
    let mut amount = amount.expect("an amount");
    let (name, term) = ("named".to_string(), Box::new(amount.term));
    amount.term = rules::expression::Term::Named { name, term };
    let definition = Definition::Amount(amount);
    vocabulary.define("named", definition).expect("a new name");
    vocabulary
}

/// Writes conditions and rows; one in two conditions keeps to `a`, `b`, `p` and `q`.
pub struct Sample {
    numbers: Generator,
    is_plain: bool,
}

impl Sample {
    pub fn new(seed: u64) -> Sample {
        let mut numbers = Generator::new(seed);
        let is_plain = numbers.below(2) == 0;
        Sample { numbers, is_plain }
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.numbers.below(of.len())]
    }

    /// At most so many facts are unknown, and at times a parameter.
    pub fn row(&mut self, unknown_max: usize) -> Values {
        let mut number = |kind: usize| match kind {
            0 => self.numbers.below(2) as i64,
            1 => self.numbers.below(3) as i64,
            2 => self.numbers.below(4) as i64,
            _ => self.numbers.below(7) as i64 - 3,
        };
        let facts = [3, 3, 3, 0, 1, 2, 3, 3].map(&mut number);
        let parameters = [3, 3, 3, 0, 3, 3].map(&mut number);
        let mut facts = facts.map(Some);
        let mut parameters = parameters.map(Some);
        for _ in 0..unknown_max {
            let width = if self.is_plain { 2 } else { facts.len() };
            facts[self.numbers.below(width)] = None;
        }
        if self.numbers.below(4) == 0 {
            let width = if self.is_plain { 2 } else { parameters.len() };
            parameters[self.numbers.below(width)] = None;
        }
        Values {
            facts: facts.to_vec(),
            parameters: parameters.to_vec(),
        }
    }

    pub fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.leaf();
        }
        match self.numbers.below(12) {
            0 | 1 => self.leaf(),
            2 => format!("NOT ({})", self.condition(depth - 1)),
            3 => {
                let test = self.pick(&["IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT FALSE"]);
                format!("({}) {test}", self.condition(depth - 1))
            }
            word => {
                let word = if word < 8 { " AND " } else { " OR " };
                let count = 2 + self.numbers.below(3);
                let parts = (0..count).map(|_| format!("({})", self.condition(depth - 1)));
                parts.collect::<Vec<String>>().join(word)
            }
        }
    }

    /// A sum of points, as in an evaluation, beside another condition.
    pub fn points(&mut self) -> String {
        let points = (0..14).map(|_| {
            let (condition, value) = (self.condition(0), self.term(0));
            format!("CASE WHEN {condition} THEN {value} ELSE 0 END")
        });
        let points: Vec<String> = points.collect();
        let word = self.pick(&["AND", "OR"]);
        format!("({}) >= p {word} {}", points.join(" + "), self.condition(0))
    }

    fn leaf(&mut self) -> String {
        let sign = self.pick(&["=", "<>", "<", "<=", ">", ">="]);
        let not = self.pick(&["", "NOT "]);
        match self.numbers.below(if self.is_plain { 8 } else { 16 }) {
            0..=3 => format!("{} {sign} {}", self.term(2), self.term(1)),
            4 => format!(
                "{} {not}BETWEEN {} AND {}",
                self.term(1),
                self.term(1),
                self.term(0)
            ),
            5 => format!(
                "{} {not}IN ({}, {})",
                self.term(1),
                self.term(0),
                self.term(0)
            ),
            6 => format!("{} IS {not}NULL", self.term(1)),
            7 => format!("{} {sign} 0", self.term(1)),
            8 => self
                .pick(&["flag", "is_open", "flag = is_open", "TRUE"])
                .to_string(),
            9 => self
                .pick(&[
                    "size = 'large'",
                    "size IN ('small', 'micro')",
                    "size <> 'micro'",
                ])
                .to_string(),
            10 => self
                .pick(&[
                    "code LIKE '1%'",
                    "code >= '2'",
                    "code NOT LIKE '3%'",
                    "code = '0'",
                ])
                .to_string(),
            11 => format!("months_between(d, t) {sign} n"),
            12 => format!("d {sign} t + n"),
            13 => format!("a * r {sign} {}", self.term(1)),
            14 => format!("r {sign} s"),
            _ => format!("{} * n {sign} {}", self.term(1), self.term(1)),
        }
    }

    fn term(&mut self, depth: usize) -> String {
        if depth == 0 || self.numbers.below(2) == 0 {
            return self.pick(&["a", "b", "p", "q"]).to_string();
        }
        let (one, other) = (self.term(depth - 1), self.term(depth - 1));
        match self.numbers.below(9) {
            0 => format!("({one} + {other})"),
            1 | 2 => format!("({one} - {other})"),
            3 => format!("least({one}, {other})"),
            4 => format!("greatest({one}, {other})"),
            5 => format!("({one} * f)"),
            6 => format!(
                "CASE WHEN {} THEN {one} ELSE {other} END",
                self.condition(0)
            ),
            7 => format!("CASE WHEN {} THEN {one} END", self.condition(0)),
            _ if self.is_plain => format!("(p - {one})"),
            _ => "named".to_string(),
        }
    }
}
