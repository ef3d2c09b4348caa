//! Why a condition came out as it did, in the words of an official letter.
//!
//! The reasons are the parts that decide: where a condition is false its false parts,
//! where it is unknown its unknown parts, each at its leaves. Figures of facts stand apart
//! from the words around them, so that a reader who may not see one gets a band instead.
//!
//! ```text
//! 近12个月应税销售额 1,876.6 万元，未达到规模标准 2,000.0 万元，还差 123.4 万元
//! ```

use super::evaluate::{Row, round};
use super::tree::{Amount, Condition, Relation, Span, Term};
use super::vocabulary::{Kind, Slot, Symbol, Vocabulary};
use super::wording::{
    Scale, Words, code_phrase, date_phrase, distance, expiry_name, gap_before, in_figures, literal,
    size_phrase,
};
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
}

/// As somebody reads it who may see every figure.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.words {
            match piece {
                Piece::Text(text) | Piece::Value { text, .. } => f.write_str(text)?,
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

struct Writer<'a> {
    row: Row<'a>,
    vocabulary: &'a Vocabulary,
}

impl Writer<'_> {
    /// Whatever the connective, the parts that decide are those that came out as the whole did.
    fn decisive(&self, condition: &Condition, negated: bool, reasons: &mut Vec<Reason>) {
        let outcome = condition.evaluate(self.row);
        match condition {
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
            self.missing(&leaf.slots(), &mut words);
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
                    self.missing(&amount.slots(), &mut words);
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

    /// A待补 for facts, B待定 for parameters: what is unknown of these slots.
    fn missing(&self, slots: &[Slot], words: &mut Words) {
        let unknown = |slot: &&Slot| self.row.value(**slot).is_none();
        let of_kind = |is_fact: bool| -> Vec<Slot> {
            let own = slots.iter().filter(unknown);
            own.filter(|slot| matches!(slot, Slot::Fact(_)) == is_fact)
                .copied()
                .collect()
        };
        let (facts, parameters) = (of_kind(true), of_kind(false));
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

    fn symbol(&self, slot: Slot) -> &Symbol {
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

    /// 行业代码 3922; with the unit of the other side where `scale` asks for it.
    fn named_value(&self, slot: Slot, scale: Option<Scale>, words: &mut Words) {
        let symbol = self.symbol(slot);
        match self.row.value(slot).map(i128::from) {
            Some(number) => {
                words.text(&format!("{} ", symbol.name));
                let text = in_figures(number, &symbol.kind, scale);
                words.value(facts_in(&[slot]), number, &symbol.kind, text);
            }
            None => self.missing(&[slot], words),
        }
    }

    /// Names and values of an amount, with its result where it is computed.
    fn amount(&self, amount: &Amount, scale: Option<Scale>, words: &mut Words) {
        match bare(&amount.term) {
            Term::Slot(slot) => self.named_value(*slot, scale, words),
            Term::Number(number) => words.known_figure(&literal(*number, &amount.kind)),
            Term::Named { name, .. } => {
                words.text(&format!("{name} "));
                self.result(amount, scale, words);
            }
            term => {
                self.term(term, false, scale, words);
                if amount.evaluate(self.row).is_some() {
                    words.text("（合 ");
                    self.result(amount, scale, words);
                    words.text("）");
                }
            }
        }
    }

    /// What a computed amount comes to.
    fn result(&self, amount: &Amount, scale: Option<Scale>, words: &mut Words) {
        let Some(result) = amount.evaluate(self.row) else {
            return words.text("待补");
        };
        let (number, kind) = in_units(result, amount);
        let text = in_figures(number, &kind, scale);
        words.value(facts_of(amount), number, &kind, text);
    }

    fn term(&self, term: &Term, in_parentheses: bool, scale: Option<Scale>, words: &mut Words) {
        let is_sum = matches!(term, Term::Add(..) | Term::Subtract(..) | Term::Negate(_));
        let enclosed = in_parentheses && is_sum;
        words.text(if enclosed { "（" } else { "" });
        match term {
            Term::Slot(slot) => self.named_value(*slot, scale, words),
            Term::Number(number) => words.text(&number.to_string()),
            Term::Negate(inner) => {
                words.text("−");
                self.term(inner, true, scale, words);
            }
            Term::Add(left, right) => {
                self.term(left, false, scale, words);
                words.text(" + ");
                self.term(right, false, scale, words);
            }
            Term::Subtract(left, right) => {
                self.term(left, false, scale, words);
                words.text(" − ");
                self.term(right, true, scale, words);
            }
            Term::Multiply(left, right) => {
                self.term(left, true, scale, words);
                words.text(" × ");
                self.term(right, true, scale, words);
            }
            Term::Parts(inner, _) => self.term(inner, in_parentheses, scale, words),
            Term::Named { name, .. } => words.text(name),
            Term::Least(terms) => self.chosen(terms, "中较小者", scale, words),
            Term::Greatest(terms) => self.chosen(terms, "中较大者", scale, words),
            Term::Case { .. } => words.text("按规定分档计算的数"),
            Term::Elapsed { unit, from, to, .. } => {
                words.text("自");
                self.term(from, false, scale, words);
                words.after_figure("至");
                self.term(to, false, scale, words);
                words.after_figure(match unit {
                    Span::Months => "所满月数",
                    Span::Years => "所满年数",
                });
            }
        }
        words.text(if enclosed { "）" } else { "" });
    }

    fn chosen(&self, terms: &[Term], which: &str, scale: Option<Scale>, words: &mut Words) {
        for (index, term) in terms.iter().enumerate() {
            words.text(if index > 0 { "与" } else { "" });
            self.term(term, false, scale, words);
        }
        words.after_figure(which);
    }

    /// 高新技术企业证书已于 2026-03-31 到期，已过 239 天
    fn expiry(&self, slot: Slot, until: i128, now: i128, words: &mut Words) {
        let symbol = self.symbol(slot);
        let facts = facts_in(&[slot]);
        let day = symbol.kind.in_figures(until);
        let name = expiry_name(&symbol.name);
        if until >= now {
            words.text(&format!("{name}有效期至 "));
            return words.value(facts, until, &symbol.kind, day);
        }
        words.text(&format!("{name}已于 "));
        words.value(facts.clone(), until, &symbol.kind, day);
        words.text(" 到期，已过 ");
        let unit = if symbol.kind == Kind::Day {
            "天"
        } else {
            "个月"
        };
        let text = format!("{} {unit}", Kind::Integer.in_figures(now - until));
        words.value(facts, now - until, &Kind::Integer, text);
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
        if let (Term::Slot(slot), Relation::AtLeast | Relation::Greater) = (&left.term, relation)
            && self.vocabulary.is_expiry(*slot)
        {
            return self.expiry(*slot, one, other, words);
        }
        let (one_shown, kind) = in_units(one, left);
        let scale = Scale::telling(&kind, one_shown, in_units(other, left).0);
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
        distance(gap, &kind, is_short, facts, words);
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

    /// 企业规模为小型
    fn being(&self, amount: &Amount, words: &mut Words) {
        let (Term::Slot(slot), Some(number)) = (&amount.term, amount.evaluate(self.row)) else {
            return self.amount(amount, None, words);
        };
        let name = &self.symbol(*slot).name;
        words.text(&format!("{name}为{}", gap_before(&amount.kind)));
        words.value(
            facts_in(&[*slot]),
            number,
            &amount.kind,
            amount.kind.in_figures(number),
        );
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
        distance(enough(gap, value), &kind, is_short, facts, words);
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

/// The term without the parts in which it is counted.
fn bare(term: &Term) -> &Term {
    match term {
        Term::Parts(inner, _) => bare(inner),
        other => other,
    }
}

/// A value of the amount in whole units, with the kind that shows it.
fn in_units(value: i128, amount: &Amount) -> (i128, Kind) {
    match &amount.kind {
        Kind::Rate { .. } => (value, Kind::Rate { per: amount.per }),
        kind => (round(value, amount.per), kind.clone()),
    }
}

/// A gap in whole units, rounded up: what is missing must suffice when it is there.
fn enough(gap: i128, amount: &Amount) -> i128 {
    match amount.kind {
        Kind::Rate { .. } => gap,
        _ => {
            let per = i128::from(amount.per);
            (gap + per - 1) / per
        }
    }
}

fn facts_in(slots: &[Slot]) -> Vec<usize> {
    let fact = |slot: &Slot| match slot {
        Slot::Fact(index) => Some(*index),
        Slot::Parameter(_) => None,
    };
    slots.iter().filter_map(fact).collect()
}

fn facts_of(amount: &Amount) -> Vec<usize> {
    facts_in(&amount.slots())
}

/// Codes are the same or not; only where they are ordered is one more than another.
fn is_plain_code(amount: &Amount, relation: Relation) -> bool {
    matches!(amount.kind, Kind::Code { .. }) && !relation.is_ordering()
}
