//! What a reader may see of a firm's figures: as they are, or as a band.
//!
//! Red lines 4 and 5: tax figures are for tax and the firm itself, statistical figures
//! for statistics; everybody else sees a band or a yes or no.

use crate::report::Field;
use programme::people::Scope;
use rules::expression::{Kind, Piece, Reason};
use rules::pack::Pack;
use rules::pack::agencies::DataClass;

/// Reasons as one reader may see them.
pub fn reasons(pack: &Pack, scope: &Scope, reasons: &[Reason]) -> String {
    let sentences: Vec<String> = reasons
        .iter()
        .map(|reason| sentence(pack, scope, reason))
        .collect();
    sentences.join("；")
}

fn sentence(pack: &Pack, scope: &Scope, reason: &Reason) -> String {
    reason
        .words
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Near { facts, text, plain } => {
                match sees_all(pack, scope, facts.iter().copied()) {
                    true => text.clone(),
                    false => plain.clone(),
                }
            }
            Piece::Value {
                facts,
                number,
                kind,
                text,
            } => {
                let hidden = facts
                    .iter()
                    .any(|fact| !scope.sees(pack.facts[*fact].class));
                if hidden {
                    format!("（{}）", pack.bands.of(kind, *number))
                } else {
                    text.clone()
                }
            }
        })
        .collect()
}

/// Whether a reader may see what follows from these facts.
pub fn sees_all(pack: &Pack, scope: &Scope, mut facts: impl Iterator<Item = usize>) -> bool {
    facts.all(|fact| scope.sees(pack.facts[fact].class))
}

/// A figure of a class as one reader may see it.
pub fn money(pack: &Pack, scope: &Scope, class: DataClass, fen: i64) -> Field {
    if scope.sees(class) {
        Field::Money(fen)
    } else {
        Field::Text(pack.bands.of_money(fen))
    }
}

/// A probability of a class, in parts of `per`: exact, or the band that it lies in.
pub fn probability(pack: &Pack, scope: &Scope, class: DataClass, parts: i64, per: i64) -> Field {
    if scope.sees(class) {
        return Field::Percent {
            part: parts,
            of: per,
        };
    }
    // The lowest and the highest band have no end of their own for what is impossible or sure.
    let inside = parts.clamp(1, per - 1);
    Field::Text(pack.bands.of(&Kind::Rate { per }, i128::from(inside)))
}

/// A count of a class; hidden where the reader may not see it.
pub fn quantity(scope: &Scope, class: DataClass, number: i64) -> Field {
    if scope.sees(class) {
        Field::Count(number)
    } else {
        Field::text("（不公开）")
    }
}
