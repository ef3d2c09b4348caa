//! The words of reasons: figures with their units, phrases, distances.
//!
//! Knows how things are said, not what is true of a firm.
//!
//! ```text
//! >= and true: 达到 · >= and false: 未达到 …，还差 … · a date too early: 早于 …，早 30 天
//! ```

use super::explain::Piece;
use super::tree::Relation;
use super::vocabulary::{Kind, whole, yuan};

/// The stretches of one reason as they are written, and the facts that lie so near a known
/// figure that writing it out would tell of them.
#[derive(Default)]
pub(super) struct Words(pub(super) Vec<Piece>, pub(super) Vec<usize>);

impl Words {
    pub(super) fn text(&mut self, text: &str) {
        if let Some(Piece::Text(last)) = self.0.last_mut() {
            last.push_str(text);
        } else if !text.is_empty() {
            self.0.push(Piece::Text(text.to_string()));
        }
    }

    /// A figure that anybody may read, after a word.
    pub(super) fn known_figure(&mut self, text: &str) {
        let follows_word = match self.0.last() {
            Some(
                Piece::Text(last)
                | Piece::Value { text: last, .. }
                | Piece::Near { text: last, .. },
            ) => last.ends_with(char::is_alphabetic),
            None => false,
        };
        let starts_with_sign = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        self.text(if follows_word && starts_with_sign {
            " "
        } else {
            ""
        });
        self.text(text);
    }

    /// A word after a figure: digits stand apart from Chinese letters.
    pub(super) fn after_figure(&mut self, text: &str) {
        let ends_in_figure = match self.0.last() {
            Some(
                Piece::Text(last)
                | Piece::Value { text: last, .. }
                | Piece::Near { text: last, .. },
            ) => last.ends_with(|c: char| c.is_ascii_digit() || c == '%'),
            None => false,
        };
        self.text(if ends_in_figure { " " } else { "" });
        self.text(text);
    }

    /// A figure; without facts behind it anybody may read it.
    pub(super) fn value(&mut self, facts: Vec<usize>, number: i128, kind: &Kind, text: String) {
        if facts.is_empty() {
            let plain = kind.in_figures(number);
            if self.1.is_empty() || plain == text {
                return self.text(&text);
            }
            let facts = self.1.clone();
            return self.0.push(Piece::Near { facts, text, plain });
        }
        let kind = kind.clone();
        self.0.push(Piece::Value {
            facts,
            number,
            kind,
            text,
        });
    }
}

/// Money in 元 where 万元 with one decimal would show two different amounts alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Yuan,
}

impl Scale {
    pub(super) fn telling(kind: &Kind, one: i128, other: i128) -> Option<Scale> {
        let looks_alike = *kind == Kind::Money && kind.in_figures(one) == kind.in_figures(other);
        let looks_like_nothing = one != 0 && kind.in_figures(one) == kind.in_figures(0);
        (looks_alike && (one != other || looks_like_nothing)).then_some(Scale::Yuan)
    }
}

/// “高新技术企业证书有效期止” is a certificate when one speaks of its end.
pub(super) fn expiry_name(name: &str) -> &str {
    let endings = [
        "有效期截止日",
        "有效期止",
        "有效期至",
        "有效期",
        "到期日",
        "截止日",
    ];
    let ending = endings.iter().find_map(|ending| name.strip_suffix(ending));
    ending.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

pub(super) fn in_figures(number: i128, kind: &Kind, scale: Option<Scale>) -> String {
    match (kind, scale) {
        (Kind::Money, Some(Scale::Yuan)) => yuan(number),
        _ => kind.in_figures(number),
    }
}

/// What a literal in the text of the condition says: 0, a code, a choice.
pub(super) fn literal(number: i64, kind: &Kind) -> String {
    match kind {
        Kind::Code { .. } | Kind::Choice(_) => kind.in_figures(i128::from(number)),
        _ => number.to_string(),
    }
}

/// Digits stand apart from Chinese letters, words do not.
pub(super) fn gap_before(kind: &Kind) -> &'static str {
    if matches!(kind, Kind::Choice(_) | Kind::Boolean) {
        ""
    } else {
        " "
    }
}

/// What to call the relation that is true; a condition that failed says so.
pub(super) fn size_phrase(relation: Relation, verdict: bool) -> &'static str {
    match (relation, verdict) {
        (Relation::Equal, _) => "等于",
        (Relation::NotEqual, _) => "不等于",
        (Relation::AtLeast, true) => "达到",
        (Relation::AtLeast, false) => "不低于",
        (Relation::Less, true) => "低于",
        (Relation::Less, false) => "未达到",
        (Relation::Greater, _) => "超过",
        (Relation::AtMost, true) => "不超过",
        (Relation::AtMost, false) => "未超过",
    }
}

pub(super) fn code_phrase(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "等于",
        Relation::NotEqual => "不等于",
        Relation::AtLeast => "不小于",
        Relation::Less => "小于",
        Relation::Greater => "大于",
        Relation::AtMost => "不大于",
    }
}

pub(super) fn date_phrase(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "等于",
        Relation::NotEqual => "不等于",
        Relation::AtLeast => "不早于",
        Relation::Less => "早于",
        Relation::Greater => "晚于",
        Relation::AtMost => "不晚于",
    }
}

/// ，还差 123.4 万元 where it falls short, ，超出 123.4 万元 where it is over; `unit` is that of
/// bare numbers.
pub(super) fn distance(
    gap: i128,
    kind: &Kind,
    unit: Option<&str>,
    is_short: bool,
    mut facts: Vec<usize>,
    words: &mut Words,
) {
    let (short, over) = match kind {
        Kind::Day | Kind::Month => ("早", "晚"),
        _ => ("还差", "超出"),
    };
    let text = match kind {
        Kind::Code { .. } | Kind::Boolean | Kind::Choice(_) => return,
        _ if gap == 0 => return,
        Kind::Money if kind.in_figures(gap) == kind.in_figures(0) => yuan(gap),
        Kind::Day => format!("{} 天", whole(gap)),
        Kind::Month => format!("{} 个月", whole(gap)),
        // Between two shares lie points, not a share.
        Kind::Rate { .. } => format!("{} 个百分点", kind.in_figures(gap).trim_end_matches('%')),
        Kind::Integer if let Some(unit) = unit => format!("{} {unit}", whole(gap)),
        _ => kind.in_figures(gap),
    };
    words.text(&format!("，{} ", if is_short { short } else { over }));
    facts.sort_unstable();
    facts.dedup();
    let span = match kind {
        Kind::Day | Kind::Month => &Kind::Integer,
        _ => kind,
    };
    words.value(facts, gap, span, text);
}
