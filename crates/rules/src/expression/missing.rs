//! Which missing facts would decide a verdict that is unknown.
//!
//! A set of facts decides when the condition comes out true or false whatever their values
//! turn out to be, while everything else stays unknown. Knows neither who may see a fact nor
//! who could deliver it. Every set that it names is proved to decide; whether nothing smaller
//! does is said, and where a bound ends the search that is said too.
//!
//! ```
//! use rules::expression::{Kind, Missing, Row, Slot, Symbol, Vocabulary, parse};
//! let mut vocabulary = Vocabulary::default();
//! for (index, (identifier, name)) in [("employees", "从业人数"), ("patents", "发明专利")].into_iter().enumerate() {
//!     let symbol = Symbol { slot: Slot::Fact(index), name: name.to_string(), kind: Kind::Count };
//!     vocabulary.insert(identifier, symbol).expect("a new name");
//! }
//! let condition = parse("employees > 0 AND (patents > 0 OR employees <= 0)", &vocabulary).expect("a condition");
//! let row = Row { facts: &[None, None], parameters: &[] };
//! let missing = condition.smallest_missing(row, &vocabulary);
//! assert_eq!(missing, Missing::Smallest { sets: vec![vec![0, 1]], is_cut: false });
//! assert_eq!(missing.in_words(&vocabulary), "补齐以下各项即可判定：从业人数、发明专利");
//! ```

mod line;
mod proof;
mod reduce;
mod residue;
mod sets;
mod space;
mod terms;

use super::evaluate::Row;
use super::tree::Condition;
use super::vocabulary::{Slot, Vocabulary};
use line::Mask;
use proof::Question;
use reduce::reduce;

use sets::{Found, Search};

/// More sets than this are not listed.
pub const MISSING_SETS_MAX: usize = 8;

/// What would decide a condition. Facts and parameters are indices of slots, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Missing {
    /// Nothing: the condition is true or false already.
    Nothing,
    /// Each set decides and no smaller one does; in order, and all that there are of this
    /// size unless `is_cut`.
    Smallest { sets: Vec<Vec<usize>>, is_cut: bool },
    /// These facts decide; fewer may do as well.
    Sufficient(Vec<usize>),
    /// No facts decide in every case before these parameters have values on the day of law.
    Parameters(Vec<usize>),
    /// No facts decide in every case: a CASE has no value for some firms.
    Undecidable,
    /// The search was given up; the facts are all that are read and unknown.
    Unsettled(Vec<usize>),
}

impl Condition {
    /// The smallest sets of unknown facts that decide the condition on `row`, whatever values
    /// they have that their kinds admit. `vocabulary` is the one it was parsed with.
    pub fn smallest_missing(&self, row: Row<'_>, vocabulary: &Vocabulary) -> Missing {
        if self.evaluate(row).is_some() {
            return Missing::Nothing;
        }
        let Some((residue, space)) = reduce(self, row, vocabulary) else {
            let slots = self.slots().into_iter();
            let unknown = slots.filter(|slot| row.value(*slot).is_none());
            return Missing::Unsettled(unknown.filter_map(fact).collect());
        };
        let question = Question {
            condition: self,
            row,
            residue,
            space,
        };
        let space = &question.space;
        let facts = space.all(|slot| fact(slot).is_some());
        match Search::new(&question, 0).smallest(facts) {
            Found::Smallest { sets, is_complete } => {
                let sets = sets.into_iter().map(|set| space.indices(set));
                let mut sets: Vec<Vec<usize>> = sets.collect();
                sets.sort();
                let is_cut = !is_complete || sets.len() > MISSING_SETS_MAX;
                sets.truncate(MISSING_SETS_MAX);
                Missing::Smallest { sets, is_cut }
            }
            Found::Sufficient(set) => Missing::Sufficient(space.indices(set)),
            Found::Nothing => without_values(&question, facts),
            Found::Open => Missing::Unsettled(space.indices(facts & question.residue.reads())),
        }
    }
}

/// The parameters without which no facts decide: had they values, some facts would.
fn without_values(question: &Question<'_>, facts: Mask) -> Missing {
    let (residue, space) = (&question.residue, &question.space);
    let mut needed = space.all(|slot| fact(slot).is_none()) & residue.reads();
    let with = |given: Mask| Search::new(question, given).smallest(facts);
    match with(needed) {
        Found::Nothing => return Missing::Undecidable,
        Found::Open => return Missing::Unsettled(space.indices(facts & question.residue.reads())),
        Found::Smallest { .. } | Found::Sufficient(_) => {}
    }
    for parameter in line::slots(needed) {
        if let Found::Smallest { .. } | Found::Sufficient(_) = with(needed & !parameter) {
            needed &= !parameter;
        }
    }
    Missing::Parameters(space.indices(needed))
}

fn fact(slot: Slot) -> Option<usize> {
    match slot {
        Slot::Fact(index) => Some(index),
        Slot::Parameter(_) => None,
    }
}

impl Missing {
    /// What to deliver, as one sentence without its full stop; empty where nothing is missing.
    pub fn in_words(&self, vocabulary: &Vocabulary) -> String {
        let names = |indices: &[usize], slot: fn(usize) -> Slot| {
            let symbols = indices
                .iter()
                .filter_map(|index| vocabulary.at(slot(*index)));
            let names: Vec<&str> = symbols.map(|symbol| symbol.name.as_str()).collect();
            names.join("、")
        };
        match self {
            Missing::Nothing => String::new(),
            Missing::Smallest { sets, is_cut } => {
                let lists: Vec<String> = sets.iter().map(|set| names(set, Slot::Fact)).collect();
                let more = if *is_cut {
                    "；可能还有其他组合"
                } else {
                    ""
                };
                match (sets.as_slice(), is_cut) {
                    ([one], false) if one.len() == 1 => format!("补齐{}即可判定", lists[0]),
                    ([_], false) => format!("补齐以下各项即可判定：{}", lists[0]),
                    _ => format!("补齐以下一组即可判定：{}{more}", lists.join("；或：")),
                }
            }
            Missing::Sufficient(facts) => {
                format!(
                    "补齐以下各项足以判定，未必都要：{}",
                    names(facts, Slot::Fact)
                )
            }
            Missing::Parameters(parameters) => format!(
                "{}待定，补齐数据也未必能判定",
                names(parameters, Slot::Parameter)
            ),
            Missing::Undecidable => "条件在有的情形下没有结果，补齐数据也未必能判定".to_string(),
            Missing::Unsettled(facts) if facts.is_empty() => "条件太繁，没有查明缺什么".to_string(),
            Missing::Unsettled(facts) => format!(
                "条件太繁，没有查明补哪些即可判定；尚缺：{}",
                names(facts, Slot::Fact)
            ),
        }
    }
}
