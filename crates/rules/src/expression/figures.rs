//! The amounts inside reasons: names with their figures, what was computed, what is awaited.
//!
//! Knows how one amount is said, not why it was compared. Which arm of a CASE applied would
//! tell something of the firm in words that anybody may read, so it is not said.
//!
//! ```text
//! 研发费用 23.4 万元 × 倍数 33（合 772.2 万元） · 自投产日期 2024-10-04 至申请日期 2026-10-01 已满 23 个月
//! ```

use super::evaluate::round;
use super::explain::Writer;
use super::tree::{Amount, Condition, Span, Term};
use super::vocabulary::{Kind, Slot};
use super::wording::{Scale, Words, expiry_name, gap_before, in_figures, literal};
use std::collections::BTreeSet;

impl Writer<'_> {
    /// 行业代码 3922; with the unit of the other side where `scale` asks for it.
    pub(super) fn named_value(&self, slot: Slot, scale: Option<Scale>, words: &mut Words) {
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
    pub(super) fn amount(&self, amount: &Amount, scale: Option<Scale>, words: &mut Words) {
        match bare(&amount.term) {
            Term::Slot(slot) => self.named_value(*slot, scale, words),
            Term::Number(number) => words.known_figure(&literal(*number, &amount.kind)),
            Term::Named { name, .. } => {
                words.text(&format!("{name} "));
                self.result(amount, scale, words);
            }
            Term::Case { .. } => {
                words.text(&format!("按规定分档确定的{} ", noun(&amount.kind)));
                self.result(amount, scale, words);
            }
            Term::Elapsed { from, to, .. } => {
                self.span(from, to, scale, words);
                words.after_figure("已满 ");
                self.result(amount, scale, words);
            }
            term => {
                match term {
                    Term::Least(terms) => self.chosen(terms, least_of(&amount.kind), scale, words),
                    Term::Greatest(terms) => {
                        self.chosen(terms, greatest_of(&amount.kind), scale, words);
                    }
                    term => self.term(term, false, scale, words),
                }
                if amount.evaluate(self.row).is_some() {
                    let is_chosen = matches!(term, Term::Least(_) | Term::Greatest(_));
                    words.text(if is_chosen { "（即 " } else { "（合 " });
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
        let mut text = in_figures(number, &kind, scale);
        if let Some(unit) = unit_of(amount) {
            text = format!("{text} {unit}");
        }
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
            Term::Least(terms) => self.chosen(terms, least_of(&Kind::Integer), scale, words),
            Term::Greatest(terms) => self.chosen(terms, greatest_of(&Kind::Integer), scale, words),
            Term::Case { .. } => words.text("按规定分档确定的数"),
            Term::Elapsed { unit, from, to, .. } => {
                self.span(from, to, scale, words);
                words.after_figure(match unit {
                    Span::Months => "所满月数",
                    Span::Years => "所满年数",
                });
            }
        }
        words.text(if enclosed { "）" } else { "" });
    }

    /// 自投产日期 2024-10-04 至申请日期 2026-10-01
    fn span(&self, from: &Term, to: &Term, scale: Option<Scale>, words: &mut Words) {
        words.text("自");
        self.term(from, false, scale, words);
        words.after_figure("至");
        self.term(to, false, scale, words);
    }

    /// 甲与乙中较小者 · 甲、乙与丙中最小者
    fn chosen(
        &self,
        terms: &[Term],
        [of_two, of_many]: [&str; 2],
        scale: Option<Scale>,
        words: &mut Words,
    ) {
        for (index, term) in terms.iter().enumerate() {
            if index > 0 && index + 1 < terms.len() {
                words.text("、");
            } else if index > 0 {
                words.after_figure("与");
            }
            self.term(term, false, scale, words);
        }
        let which = if terms.len() > 2 { of_many } else { of_two };
        words.after_figure(&format!("中{which}"));
    }

    /// 企业规模为小型
    pub(super) fn being(&self, amount: &Amount, words: &mut Words) {
        let (Term::Slot(slot), Some(number)) = (&amount.term, amount.evaluate(self.row)) else {
            return self.determined(amount, words);
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

    /// 按规定分档确定的类别为小型
    fn determined(&self, amount: &Amount, words: &mut Words) {
        if !matches!(amount.term, Term::Case { .. }) {
            return self.amount(amount, None, words);
        }
        let (name, gap) = (noun(&amount.kind), gap_before(&amount.kind));
        words.text(&format!("按规定分档确定的{name}为{gap}"));
        self.result(amount, None, words);
    }

    /// 高新技术企业证书已于 2026-03-31 到期，已过 239 天
    pub(super) fn expiry(&self, slot: Slot, until: i128, now: i128, words: &mut Words) {
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

    /// What an unknown leaf waits for: of a CASE only what its search met.
    pub(super) fn awaited(&self, leaf: &Condition) -> Vec<Slot> {
        let amounts: Vec<&Amount> = match leaf {
            Condition::Compare { left, right, .. } => vec![left, right],
            Condition::Between { value, low, high } => vec![value, low, high],
            Condition::OneOf { value, list } => [value].into_iter().chain(list).collect(),
            Condition::Missing(amount) => vec![amount],
            other => return other.slots(),
        };
        let mut slots = BTreeSet::new();
        for amount in amounts {
            self.gather_awaited(&amount.term, &mut slots);
        }
        slots.into_iter().collect()
    }

    fn gather_awaited(&self, term: &Term, slots: &mut BTreeSet<Slot>) {
        match term {
            Term::Case { arms, otherwise } => {
                for (condition, term) in arms {
                    match condition.evaluate(self.row) {
                        Some(true) => return self.gather_awaited(term, slots),
                        Some(false) => {}
                        None => return slots.extend(condition.slots()),
                    }
                }
                if let Some(term) = otherwise {
                    self.gather_awaited(term, slots);
                }
            }
            Term::Slot(slot) => {
                slots.insert(*slot);
            }
            Term::Number(_) => {}
            Term::Negate(inner) | Term::Parts(inner, _) | Term::Named { term: inner, .. } => {
                self.gather_awaited(inner, slots);
            }
            Term::Add(left, right)
            | Term::Subtract(left, right)
            | Term::Multiply(left, right)
            | Term::Elapsed {
                from: left,
                to: right,
                ..
            } => {
                self.gather_awaited(left, slots);
                self.gather_awaited(right, slots);
            }
            Term::Least(terms) | Term::Greatest(terms) => {
                terms
                    .iter()
                    .for_each(|term| self.gather_awaited(term, slots));
            }
        }
    }
}

/// What a value of the kind is called where it has no name of its own.
fn noun(kind: &Kind) -> &'static str {
    match kind {
        Kind::Money => "数额",
        Kind::Rate { .. } => "比例",
        Kind::Day => "日期",
        Kind::Month => "月份",
        Kind::Code { .. } => "代码",
        Kind::Choice(_) => "类别",
        _ => "数",
    }
}

/// The smallest of two, and of more.
fn least_of(kind: &Kind) -> [&'static str; 2] {
    match kind {
        Kind::Day | Kind::Month => ["较早者", "最早者"],
        _ => ["较小者", "最小者"],
    }
}

/// The largest of two, and of more.
fn greatest_of(kind: &Kind) -> [&'static str; 2] {
    match kind {
        Kind::Day | Kind::Month => ["较晚者", "最晚者"],
        _ => ["较大者", "最大者"],
    }
}

/// The unit of elapsed time that is not part of a larger sum.
pub(super) fn unit_of(amount: &Amount) -> Option<&'static str> {
    match bare(&amount.term) {
        Term::Elapsed { unit, .. } => Some(match unit {
            Span::Months => "个月",
            Span::Years => "年",
        }),
        _ => None,
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
pub(super) fn in_units(value: i128, amount: &Amount) -> (i128, Kind) {
    match &amount.kind {
        Kind::Rate { .. } => (value, Kind::Rate { per: amount.per }),
        kind => (round(value, amount.per), kind.clone()),
    }
}

/// A gap in whole units, rounded up: what is missing must suffice when it is there.
pub(super) fn enough(gap: i128, amount: &Amount) -> i128 {
    match amount.kind {
        Kind::Rate { .. } => gap,
        _ => {
            let per = i128::from(amount.per);
            (gap + per - 1) / per
        }
    }
}

pub(super) fn facts_in(slots: &[Slot]) -> Vec<usize> {
    let fact = |slot: &Slot| match slot {
        Slot::Fact(index) => Some(*index),
        Slot::Parameter(_) => None,
    };
    slots.iter().filter_map(fact).collect()
}

pub(super) fn facts_of(amount: &Amount) -> Vec<usize> {
    facts_in(&amount.slots())
}
