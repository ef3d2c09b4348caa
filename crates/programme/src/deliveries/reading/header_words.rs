//! One header's words: its name, what stands in brackets, its unit.
//!
//! Knows the layout's names and synonyms, not where in the sheet the header stands.

use super::units::{Unit, UnitWord, key, unit_word, without_trailing_unit};
use rules::layout::{ColumnKind, Layout};
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// A header taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HeaderText {
    /// Everything but unit brackets: `县（市、区）` is 县市区.
    full: String,
    /// Without any bracket: `企业名称（全称）` is 企业名称.
    outer: String,
    unit: Option<UnitWord>,
}

/// What a header stands for.
pub(super) struct Found {
    /// Index among the layout's columns.
    pub(super) column: usize,
    pub(super) unit: Option<Unit>,
    /// The header names a unit that does not fit the column or is unknown.
    pub(super) odd_unit: bool,
}

/// The layout's names and synonyms, normalised.
pub(super) struct Names {
    columns: HashMap<String, usize>,
}

impl HeaderText {
    pub(super) fn read(text: &str) -> HeaderText {
        let (mut full, mut outer) = (String::new(), String::new());
        let mut unit = None;
        let mut bracket: Option<String> = None;
        for symbol in text.nfkc() {
            match (symbol, bracket.as_mut()) {
                ('(' | '[' | '{' | '【' | '〔' | '〈' | '《', None) => {
                    bracket = Some(String::new());
                }
                (')' | ']' | '}' | '】' | '〕' | '〉' | '》', Some(inside)) => {
                    match unit_word(inside) {
                        UnitWord::Other => full.push_str(inside),
                        word => unit = unit.or(Some(word)),
                    }
                    bracket = None;
                }
                (symbol, Some(inside)) => inside.push(symbol),
                (symbol, None) => {
                    full.push(symbol);
                    outer.push(symbol);
                }
            }
        }
        full.push_str(&bracket.unwrap_or_default());
        HeaderText {
            full: key(&full),
            outer: key(&outer),
            unit,
        }
    }
}

impl Names {
    /// The first column wins where two share a synonym.
    pub(super) fn of(layout: &Layout) -> Names {
        let mut columns = HashMap::new();
        for (index, column) in layout.columns.iter().enumerate() {
            for name in std::iter::once(&column.name).chain(&column.also) {
                columns.entry(HeaderText::read(name).full).or_insert(index);
            }
        }
        columns.remove("");
        Names { columns }
    }

    pub(super) fn find(&self, header: &HeaderText, layout: &Layout) -> Option<Found> {
        for name in [&header.full, &header.outer] {
            if let Some(column) = self.columns.get(name) {
                let kind = layout.columns[*column].kind;
                let (unit, odd_unit) = fitting(header.unit, kind);
                return Some(Found {
                    column: *column,
                    unit,
                    odd_unit,
                });
            }
        }
        for name in [&header.full, &header.outer] {
            let Some((rest, unit)) = without_trailing_unit(name) else {
                continue;
            };
            if let Some(column) = self.columns.get(rest)
                && layout.columns[*column].kind == unit.kind()
            {
                return Some(Found {
                    column: *column,
                    unit: Some(unit),
                    odd_unit: header.unit.is_some(),
                });
            }
        }
        None
    }
}

/// The unit if it fits the kind, and whether a unit stands there that does not.
fn fitting(word: Option<UnitWord>, kind: ColumnKind) -> (Option<Unit>, bool) {
    let measured = matches!(
        kind,
        ColumnKind::Money | ColumnKind::Electricity | ColumnKind::Gas
    );
    match word {
        None | Some(UnitWord::Other) => (None, false),
        Some(UnitWord::Known(unit)) if unit.kind() == kind => (Some(unit), false),
        Some(UnitWord::Counted) => (None, measured),
        Some(_) => (None, measured || kind == ColumnKind::Count),
    }
}
