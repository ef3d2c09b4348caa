//! Why a condition came out as it did, in the words of an official letter.
//!
//! The reasons are the parts that decide: where a condition is false its false parts,
//! where it is unknown its unknown parts, each at its leaves. Figures of facts stand apart
//! from the words around them, so that a reader who may not see one gets a band instead.
//!
//! ```text
//! 近12个月应税销售额 1,876.6 万元，未达到规模标准 2,000.0 万元，还差 123.4 万元
//! ```

use super::evaluate::Row;
use super::figures::{enough, facts_in, facts_of, in_units, unit_of};
use super::tree::{Amount, Condition, Relation, Term};
use super::vocabulary::{Kind, Slot, Symbol, Vocabulary};
use super::wording::{Scale, Words, code_phrase, date_phrase, distance, literal, size_phrase};
use std::fmt;

/// How many values of an IN list are written out.
const LISTED_MAX: usize = 8;

/// One deciding part of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason {
    /// How the part counts towards the outcome; `None` where a value is missing.
    pub verdict: Option<bool>,
    pub words: Vec<Piece>,
}

/// A stretch of a reason's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Anybody may read it: names, words, parameters.
    Text(String),
    /// Tells something of the facts in these slots; `number` is of `kind`, as `text` writes it.
    Value {
        facts: Vec<usize>,
        number: i128,
        kind: Kind,
        text: String,
    },
    /// A figure that anybody may read, written so exactly because the facts in these slots
    /// lie beside it; who may not see them reads `plain`.
    Near {
        facts: Vec<usize>,
        text: String,
        plain: String,
    },
}

/// As somebody reads it who may see every figure.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.words {
            match piece {
                Piece::Text(text) | Piece::Value { text, .. } | Piece::Near { text, .. } => {
                    f.write_str(text)?;
                }
            }
        }
        Ok(())
    }
}

impl Condition {
    /// The parts that decide the outcome, each once, in the order of the text.
    /// `vocabulary` is the one that the condition was parsed with.
    pub fn explain(&self, row: Row<'_>, vocabulary: &Vocabulary) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let writer = Writer { row, vocabulary };
        writer.decisive(self, false, &mut reasons);
        let mut once: Vec<Reason> = Vec::with_capacity(reasons.len());
        for reason in reasons {
            if !once.contains(&reason) {
                once.push(reason);
            }
        }
        once
    }
}

pub(super) struct Writer<'a> {
    pub(super) row: Row<'a>,
    vocabulary: &'a Vocabulary,
}

impl Writer<'_> {
    /// Whatever the connective, the parts that decide are those that came out as the whole did.
    fn decisive(&self, condition: &Condition, negated: bool, reasons: &mut Vec<Reason>) {
        let outcome = condition.evaluate(self.row);
        match condition {
            Condition::Any(parts) if outcome == Some(false) => {
                for run in parts.chunk_by(begin_alike) {
                    match run {
                        [part] => self.decisive(part, negated, reasons),
                        run => reasons.push(self.none_of(run, negated)),
                    }
                }
            }
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    if part.evaluate(self.row) == outcome {
                        self.decisive(part, negated, reasons);
                    }
                }
            }
            Condition::Not(inner) => self.decisive(inner, !negated, reasons),
            Condition::Is { condition, truth } => {
                let first = reasons.len();
                self.decisive(condition, negated ^ (*truth == Some(false)), reasons);
                for reason in &mut reasons[first..] {
                    reason.verdict = outcome.map(|truth| truth != negated);
                }
            }
            leaf => {
                let verdict = outcome.map(|truth| truth != negated);
                reasons.push(Reason {
                    verdict,
                    words: self.leaf(leaf, verdict, negated),
                });
            }
        }
    }

    /// `verdict` is what counts: the leaf's own outcome, or its opposite where `negated`.
    fn leaf(&self, leaf: &Condition, verdict: Option<bool>, negated: bool) -> Vec<Piece> {
        let mut words = Words::default();
        let Some(verdict) = verdict else {
            self.missing(&self.awaited(leaf), &mut words);
            return words.0;
        };
        match leaf {
            Condition::Always(_) => {
                words.text(if verdict {
                    "恒为成立"
                } else {
                    "恒为不成立"
                });
            }
            Condition::Holds(slot) => self.labelled(*slot, &mut words),
            Condition::Compare {
                left,
                relation,
                right,
            } => {
                let relation = if negated {
                    relation.inverse()
                } else {
                    *relation
                };
                let is_left_fact = !facts_of(left).is_empty();
                if is_left_fact || facts_of(right).is_empty() {
                    self.comparison(left, relation, right, verdict, &mut words);
                } else {
                    self.comparison(right, relation.mirrored(), left, verdict, &mut words);
                }
            }
            Condition::Between { value, low, high } => {
                self.between(value, low, high, (verdict, negated), &mut words);
            }
            Condition::OneOf { value, list } => {
                self.one_of(value, list, verdict != negated, &mut words);
            }
            Condition::Begins { code, prefix, .. } => {
                self.named_value(*code, None, &mut words);
                let is_within = verdict != negated;
                words.after_figure(if is_within { "属于 " } else { "不属于 " });
                words.text(&format!("{prefix} 类"));
            }
            Condition::Missing(amount) => {
                if verdict != negated {
                    self.missing(&self.awaited(leaf), &mut words);
                } else {
                    words.text(&self.names(&amount.slots()));
                    words.text("已有数据");
                }
            }
            Condition::Is { .. } | Condition::Not(_) | Condition::All(_) | Condition::Any(_) => {
                unreachable!("not a leaf")
            }
        }
        words.0
    }

    /// 行业代码 3922 不属于 13、14 类: a list of beginnings, none of which is met.
    fn none_of(&self, run: &[Condition], negated: bool) -> Reason {
        let mut words = Words::default();
        let begins = run.iter().filter_map(|part| match part {
            Condition::Begins { code, prefix, .. } => Some((*code, prefix.as_str())),
            _ => None,
        });
        let (codes, prefixes): (Vec<Slot>, Vec<&str>) = begins.unzip();
        self.named_value(codes[0], None, &mut words);
        let listed = prefixes[..prefixes.len().min(LISTED_MAX)].join("、");
        words.after_figure(&format!("不属于 {listed} "));
        if prefixes.len() > LISTED_MAX {
            words.text(&format!("等 {} ", prefixes.len()));
        }
        words.text("类");
        Reason {
            verdict: Some(negated),
            words: words.0,
        }
    }

    /// A待补 for facts, B待定 for parameters: what is unknown of these slots.
    pub(super) fn missing(&self, slots: &[Slot], words: &mut Words) {
        let unknown = |slot: &&Slot| self.row.value(**slot).is_none();
        let of_kind = |is_fact: bool| -> Vec<Slot> {
            let own = slots.iter().filter(unknown);
            own.filter(|slot| matches!(slot, Slot::Fact(_)) == is_fact)
                .copied()
                .collect()
        };
        let (facts, parameters) = (of_kind(true), of_kind(false));
        if facts.is_empty() && parameters.is_empty() {
            return words.text("各档条件均不符合，没有可用的数");
        }
        if !facts.is_empty() {
            words.text(&self.names(&facts));
            words.text("待补");
        }
        if !parameters.is_empty() {
            words.text(if facts.is_empty() { "" } else { "，" });
            words.text(&self.names(&parameters));
            words.text("待定");
        }
    }

    fn names(&self, slots: &[Slot]) -> String {
        let names: Vec<&str> = slots
            .iter()
            .map(|slot| self.symbol(*slot).name.as_str())
            .collect();
        names.join("、")
    }

    pub(super) fn symbol(&self, slot: Slot) -> &Symbol {
        self.vocabulary
            .at(slot)
            .expect("a condition is explained with the vocabulary that it was parsed with")
    }

    /// 已入统：是
    fn labelled(&self, slot: Slot, words: &mut Words) {
        let symbol = self.symbol(slot);
        words.text(&format!("{}：", symbol.name));
        if let Some(value) = self.row.value(slot) {
            let number = i128::from(value);
            words.value(
                facts_in(&[slot]),
                number,
                &symbol.kind,
                symbol.kind.in_figures(number),
            );
        }
    }

    /// `left relation right` came out as `verdict`.
    fn comparison(
        &self,
        left: &Amount,
        relation: Relation,
        right: &Amount,
        verdict: bool,
        words: &mut Words,
    ) {
        let (Some(one), Some(other)) = (left.evaluate(self.row), right.evaluate(self.row)) else {
            unreachable!("a comparison with a verdict has both sides");
        };
        let true_relation = if verdict {
            relation
        } else {
            relation.inverse()
        };
        if matches!(left.kind, Kind::Boolean | Kind::Choice(_)) || is_plain_code(left, relation) {
            return self.sameness(left, right, one == other, words);
        }
        // Against a day of its own, not one computed from others; on the last day itself a
        // strict comparison says both sides.
        if let (Term::Slot(slot), Term::Slot(Slot::Parameter(_))) = (&left.term, &right.term)
            && self.vocabulary.is_expiry(*slot)
            && relation.is_ordering()
            && (one != other || matches!(relation, Relation::AtLeast | Relation::Less))
        {
            return self.expiry(*slot, one, other, words);
        }
        let (one_shown, kind) = in_units(one, left);
        let scale = Scale::telling(&kind, one_shown, in_units(other, left).0);
        if scale.is_some() {
            words.1 = [facts_of(left), facts_of(right)].concat();
        }
        self.amount(left, scale, words);
        let phrase = match left.kind {
            Kind::Day | Kind::Month => date_phrase(true_relation),
            Kind::Code { .. } => code_phrase(true_relation),
            _ => size_phrase(true_relation, verdict),
        };
        words.text(&format!("，{phrase}"));
        self.amount(right, scale, words);
        if verdict || !relation.is_ordering() {
            return;
        }
        let strict = i128::from(relation == Relation::Greater && left.kind.is_quantity());
        let gap = enough((one - other).abs() + strict, left);
        let facts = [facts_of(left), facts_of(right)].concat();
        let is_short = matches!(relation, Relation::Greater | Relation::AtLeast);
        distance(gap, &kind, unit_of(left), is_short, facts, words);
    }

    /// 企业规模为小型 · 行业代码为 3911，不是 3922 · 注册地为 410100，与生产地 410100 相同
    fn sameness(&self, left: &Amount, right: &Amount, is_same: bool, words: &mut Words) {
        self.being(left, words);
        match &right.term {
            Term::Slot(slot) => {
                words.text("，与");
                self.named_value(*slot, None, words);
                words.after_figure(if is_same { "相同" } else { "不同" });
            }
            Term::Number(number) if !is_same => {
                words.text("，不是");
                words.known_figure(&literal(*number, &right.kind));
            }
            _ => {}
        }
    }

    /// `negated`: that the value lies outside is what was asked for.
    fn between(
        &self,
        value: &Amount,
        low: &Amount,
        high: &Amount,
        (verdict, negated): (bool, bool),
        words: &mut Words,
    ) {
        let bounds = [low, high].map(|bound| bound.evaluate(self.row));
        let Some(own) = value.evaluate(self.row) else {
            unreachable!("a range test with a verdict has its value");
        };
        let (own_shown, kind) = in_units(own, value);
        let scale = bounds
            .iter()
            .flatten()
            .find_map(|bound| Scale::telling(&kind, own_shown, in_units(*bound, value).0));
        if scale.is_some() {
            words.1 = facts_of(value);
        }
        let is_within = verdict != negated;
        self.amount(value, scale, words);
        words.text(if is_within { "，介于" } else { "，不在" });
        self.amount(low, scale, words);
        words.after_figure("与");
        self.amount(high, scale, words);
        words.after_figure("之间");
        if verdict || negated {
            return;
        }
        let (bound, gap, is_short) = match bounds {
            [Some(low_value), _] if own < low_value => (low, low_value - own, true),
            [_, Some(high_value)] if own > high_value => (high, own - high_value, false),
            _ => return,
        };
        let facts = [facts_of(value), facts_of(bound)].concat();
        let gap = enough(gap, value);
        distance(gap, &kind, unit_of(value), is_short, facts, words);
    }

    fn one_of(&self, value: &Amount, list: &[Amount], is_listed: bool, words: &mut Words) {
        let is_class = matches!(value.kind, Kind::Choice(_) | Kind::Code { .. });
        if is_class {
            self.being(value, words);
        } else {
            self.amount(value, None, words);
        }
        words.text(match (is_class, is_listed) {
            (true, true) => "，属于",
            (true, false) => "，不属于",
            (false, true) => "，等于以下之一：",
            (false, false) => "，不等于以下任何一项：",
        });
        for (index, other) in list.iter().take(LISTED_MAX).enumerate() {
            words.text(if index > 0 { "、" } else { "" });
            self.amount(other, None, words);
        }
        if list.len() > LISTED_MAX {
            words.after_figure(&format!("等 {} 项", list.len()));
        }
    }
}

/// Codes are the same or not; only where they are ordered is one more than another.
fn is_plain_code(amount: &Amount, relation: Relation) -> bool {
    matches!(amount.kind, Kind::Code { .. }) && !relation.is_ordering()
}

/// Whether both ask how the same code begins, as LIKE ANY does.
fn begin_alike(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::Begins { code: first, .. }, Condition::Begins { code: second, .. }) => {
            first == second
        }
        _ => false,
    }
}
