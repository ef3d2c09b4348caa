//! Which missing facts decide: cases in a table, and every answer held against brute force.
//!
//! To add a test is to add a line to `expression/missing.txt`. A line states only what is
//! known, in fen, days and list places; the answer names facts as people read it.

use rules::expression::{Condition, Kind, MISSING_SETS_MAX, Missing, Row, Slot, Vocabulary, parse};

#[path = "generate/expression.rs"]
mod generate;
#[path = "generate/missing.rs"]
mod small;
use generate::Values;
use small::Sample;

#[test]
fn the_smallest_sets_are_named() {
    let table = include_str!("expression/missing.txt");
    let vocabulary = generate::vocabulary();
    let mut differences = String::new();
    let mut lines = table.lines().filter(|line| !line.starts_with('#'));
    while let (Some(case), Some(expected)) = (lines.next(), lines.next()) {
        let (text, facts) = case.rsplit_once('|').expect("condition | values");
        let condition = read(text, &vocabulary);
        let values = known(facts, &vocabulary);
        let missing = condition.smallest_missing(row(&values), &vocabulary);
        let found = format!("    {}", missing.in_words(&vocabulary));
        if found.trim_end() != expected.trim_end() {
            differences.push_str(&format!("{case}\n{found}\n"));
        }
    }
    assert!(
        differences.is_empty(),
        "came out differently:\n{differences}"
    );
}

/// Over small domains the answer is what trying every set with all its values gives.
#[test]
fn answers_are_those_of_brute_force() {
    let vocabulary = small::vocabulary(Some(3));
    let mut seen = Seen::default();
    for seed in 0..4_000 {
        let mut sample = Sample::new(seed);
        let text = sample.condition(1 + (seed % 3) as usize);
        // The longest are longer than the language allows.
        let Ok(condition) = parse(&text, &vocabulary) else {
            seen.too_long += 1;
            continue;
        };
        for _ in 0..2 {
            let values = sample.row(4);
            let missing = condition.smallest_missing(row(&values), &vocabulary);
            let trial = Trial::new(&condition, &values, &vocabulary, &small_domain);
            if let Err(fault) = trial.judge(&missing, true) {
                panic!("{fault}: {text}\n{values:?}\n{missing:?}");
            }
            seen.count(&missing, &trial);
        }
    }
    assert!(seen.given_up == 0 && seen.too_long < 500, "{seen:?}");
    let least = [
        (seen.nothing, 1_000),
        (seen.all, 500),
        (seen.fewer, 100),
        (seen.several, 50),
        (seen.parameters, 200),
        (seen.undecidable, 100),
    ];
    assert!(least.iter().all(|(seen, least)| seen >= least), "{seen:?}");
}

/// Over the whole range of the kinds no value near the thresholds or at the ends contradicts
/// a set, and some such value refutes every smaller one.
#[test]
fn answers_hold_over_the_whole_range_of_the_kinds() {
    let vocabulary = small::vocabulary(None);
    let mut seen = Seen::default();
    for seed in 10_000..10_700 {
        let mut sample = Sample::new(seed);
        let text = sample.condition(1 + (seed % 3) as usize);
        // The longest are longer than the language allows.
        let Ok(condition) = parse(&text, &vocabulary) else {
            seen.too_long += 1;
            continue;
        };
        let values = sample.row(3);
        let missing = condition.smallest_missing(row(&values), &vocabulary);
        let trial = Trial::new(&condition, &values, &vocabulary, &|kind| match kind {
            Kind::Boolean => vec![0, 1],
            Kind::Choice(_) => vec![0, 1, 2],
            Kind::Code { .. } => (0..10).collect(),
            Kind::Rate { .. } => [-1_000, 1_000].into_iter().chain(-100..=100).collect(),
            Kind::Day => (-12..=12)
                .chain((-140..=140).step_by(5))
                .chain([-100_000, 100_000])
                .collect(),
            _ => (-12..=12)
                .chain((-90..=90).step_by(10))
                .chain([-1_000_000_000, 1_000_000_000])
                .collect(),
        });
        if let Err(fault) = trial.judge(&missing, false) {
            panic!("{fault}: {text}\n{values:?}\n{missing:?}");
        }
        seen.count(&missing, &trial);
    }
    assert!(seen.given_up < 10, "{seen:?}");
}

/// Sums with too many choices to try each are answered surely, or not at all.
#[test]
fn sums_of_many_choices_are_never_wrongly_decided() {
    let vocabulary = small::vocabulary(Some(3));
    let mut seen = Seen::default();
    for seed in 20_000..20_200 {
        let mut sample = Sample::new(seed);
        let text = sample.points();
        let Ok(condition) = parse(&text, &vocabulary) else {
            seen.too_long += 1;
            continue;
        };
        let values = sample.row(3);
        let missing = condition.smallest_missing(row(&values), &vocabulary);
        let trial = Trial::new(&condition, &values, &vocabulary, &small_domain);
        if let Err(fault) = trial.judge(&missing, true) {
            panic!("{fault}: {text}\n{values:?}\n{missing:?}");
        }
        seen.count(&missing, &trial);
    }
    assert!(seen.given_up > 10 && seen.too_long < 100, "{seen:?}");
}

fn small_domain(kind: &Kind) -> Vec<i64> {
    match kind {
        Kind::Boolean => vec![0, 1],
        Kind::Choice(_) => vec![0, 1, 2],
        Kind::Code { .. } => vec![0, 1, 2, 3],
        _ => (-3..=3).collect(),
    }
}

#[derive(Default, Debug)]
struct Seen {
    nothing: usize,
    all: usize,
    fewer: usize,
    several: usize,
    parameters: usize,
    undecidable: usize,
    given_up: usize,
    too_long: usize,
}

impl Seen {
    fn count(&mut self, missing: &Missing, trial: &Trial<'_>) {
        match missing {
            Missing::Nothing => self.nothing += 1,
            Missing::Smallest { sets, .. } if sets.len() > 1 => self.several += 1,
            Missing::Smallest { sets, .. } if sets[0].len() == trial.facts.len() => self.all += 1,
            Missing::Smallest { .. } => self.fewer += 1,
            Missing::Parameters(_) => self.parameters += 1,
            Missing::Undecidable => self.undecidable += 1,
            Missing::Sufficient(_) | Missing::Unsettled(_) => self.given_up += 1,
        }
    }
}

/// Every set of unknown slots, tried with all values.
struct Trial<'a> {
    condition: &'a Condition,
    values: &'a Values,
    /// The unknown facts and parameters that the condition reads.
    facts: Vec<(Slot, Vec<i64>)>,
    parameters: Vec<(Slot, Vec<i64>)>,
}

impl<'a> Trial<'a> {
    fn new(
        condition: &'a Condition,
        values: &'a Values,
        vocabulary: &Vocabulary,
        domain: &dyn Fn(&Kind) -> Vec<i64>,
    ) -> Trial<'a> {
        let slots = condition.slots().into_iter();
        let unknown = slots.filter(|slot| row(values).value(*slot).is_none());
        let with_values = unknown.map(|slot| {
            let symbol = vocabulary.at(slot).expect("a slot of the vocabulary");
            (slot, domain(&symbol.kind))
        });
        let (facts, parameters) = with_values.partition(|(slot, _)| matches!(slot, Slot::Fact(_)));
        Trial {
            condition,
            values,
            facts,
            parameters,
        }
    }

    fn judge(&self, missing: &Missing, is_complete: bool) -> Result<(), &'static str> {
        let outcome = self.condition.evaluate(row(self.values));
        let is_known = |wanted: bool| if wanted { Ok(()) } else { Err("wrongly named") };
        match missing {
            Missing::Nothing => is_known(outcome.is_some()),
            Missing::Smallest { sets, is_cut } => {
                let size = sets[0].len();
                let found = (0..=size).map(|size| self.deciding(size, &[]));
                let found: Vec<Vec<Vec<usize>>> = found.collect();
                if found[..size].iter().any(|sets| !sets.is_empty()) {
                    return Err("something smaller decides");
                }
                let all = &found[size];
                if sets.iter().any(|set| !all.contains(set)) {
                    return Err("a set does not decide");
                }
                let is_whole = sets.len() == all.len().min(MISSING_SETS_MAX);
                let says_so = *is_cut == (all.len() > MISSING_SETS_MAX);
                is_known(outcome.is_none() && sets.is_sorted() && is_whole && says_so)
            }
            Missing::Sufficient(set) => {
                is_known(self.deciding(set.len(), &[]).contains(set) && outcome.is_none())
            }
            Missing::Parameters(parameters) => {
                if is_complete && self.is_ever_decided(&[]) {
                    return Err("facts alone decide");
                }
                let given = |except: Option<usize>| -> Vec<(Slot, Vec<i64>)> {
                    let own = self.parameters.iter().filter(|(slot, _)| match slot {
                        Slot::Parameter(index) => {
                            parameters.contains(index) && Some(*index) != except
                        }
                        Slot::Fact(_) => false,
                    });
                    own.cloned().collect()
                };
                is_known(!parameters.is_empty() && self.is_ever_decided(&given(None)))
            }
            Missing::Undecidable => {
                is_known(!self.is_ever_decided(&[]) && !self.is_ever_decided(&self.parameters))
            }
            Missing::Unsettled(_) => is_known(outcome.is_none()),
        }
    }

    fn is_ever_decided(&self, given: &[(Slot, Vec<i64>)]) -> bool {
        (0..=self.facts.len()).any(|size| !self.deciding(size, given).is_empty())
    }

    /// Every set of so many facts that decides together with what is given, in order.
    fn deciding(&self, size: usize, given: &[(Slot, Vec<i64>)]) -> Vec<Vec<usize>> {
        let mut sets = Vec::new();
        for mask in 0..1usize << self.facts.len() {
            if mask.count_ones() as usize != size {
                continue;
            }
            let own = self.facts.iter().enumerate();
            let chosen: Vec<&(Slot, Vec<i64>)> = own
                .filter(|(place, _)| mask & (1 << place) != 0)
                .map(|(_, slot)| slot)
                .collect();
            let learned: Vec<&(Slot, Vec<i64>)> = chosen.iter().copied().chain(given).collect();
            if self.decides(&learned, &mut self.values.clone()) {
                let indices = chosen.iter().map(|(slot, _)| match slot {
                    Slot::Fact(index) | Slot::Parameter(index) => *index,
                });
                sets.push(indices.collect());
            }
        }
        sets.sort();
        sets
    }

    fn decides(&self, learned: &[&(Slot, Vec<i64>)], values: &mut Values) -> bool {
        let Some(((slot, domain), rest)) = learned.split_first() else {
            return self.condition.evaluate(row(values)).is_some();
        };
        let is_decided = domain.iter().all(|value| {
            *place(values, *slot) = Some(*value);
            self.decides(rest, values)
        });
        *place(values, *slot) = None;
        is_decided
    }
}

fn place(values: &mut Values, slot: Slot) -> &mut Option<i64> {
    match slot {
        Slot::Fact(index) => &mut values.facts[index],
        Slot::Parameter(index) => &mut values.parameters[index],
    }
}

fn known(facts: &str, vocabulary: &Vocabulary) -> Values {
    let mut values = generate::nothing_known();
    for fact in facts.split_whitespace() {
        let (identifier, value) = fact.split_once('=').expect("name=value");
        let slot = vocabulary.named(identifier).expect(identifier).slot;
        *place(&mut values, slot) = Some(value.parse().expect("a whole number"));
    }
    values
}

fn row(values: &Values) -> Row<'_> {
    Row {
        facts: &values.facts,
        parameters: &values.parameters,
    }
}

fn read(text: &str, vocabulary: &Vocabulary) -> Condition {
    parse(text, vocabulary).unwrap_or_else(|found| panic!("{text}\n{found:?}"))
}
