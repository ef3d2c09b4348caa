//! Conditions and amounts that many rules share, written once: “首次小升规工业企业”.
//!
//! A definition may use those that stand above it. It has cases of its own, so that the
//! measures which use it need not try its numbers again.

use super::source::{Placed, Source};
use crate::expression::{Amount, Definition, Term, Vocabulary, parse, parse_amount};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// One shared condition or amount.
#[derive(Debug, Clone)]
pub struct DefinitionEntry {
    pub id: String,
    pub name: String,
    pub meaning: String,
    pub cites: Vec<String>,
    /// The meaning is not settled; pages say so.
    pub uncertain: bool,
    pub definition: Definition,
    /// As it stands in the pack.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    #[serde(default)]
    when: Option<Spanned<String>>,
    #[serde(default)]
    value: Option<Spanned<String>>,
    meaning: String,
    cites: Vec<String>,
    #[serde(default)]
    uncertain: bool,
}

pub(super) fn read(
    source: &mut Source<'_>,
    vocabulary: &mut Vocabulary,
    clauses: &BTreeSet<String>,
) -> Vec<DefinitionEntry> {
    let mut found = Vec::new();
    for Placed { line, value } in source.entries::<Entry>("definition") {
        for cite in value.cites.iter().filter(|cite| !clauses.contains(*cite)) {
            let at = source.line_of(line, "cites");
            source.note_line(at, format!("没有条款 {cite}"));
        }
        let (text, read) = match (&value.when, &value.value) {
            (Some(text), None) => {
                let read = parse(text.get_ref(), vocabulary).map(Definition::Condition);
                (text, read)
            }
            (None, Some(text)) => {
                let read = parse_amount(text.get_ref(), vocabulary);
                let named = read.map(|amount| Definition::Amount(named(&value.name, amount)));
                (text, named)
            }
            _ => {
                source.note_line(
                    line,
                    "写 when（条件）或 value（数值），二者取一".to_string(),
                );
                continue;
            }
        };
        match read {
            Ok(definition) => {
                if let Err(refusal) = vocabulary.define(&value.id, definition.clone()) {
                    source.note_line(line, refusal.to_string());
                }
                found.push(DefinitionEntry {
                    id: value.id.clone(),
                    name: value.name.clone(),
                    meaning: value.meaning.clone(),
                    cites: value.cites.clone(),
                    uncertain: value.uncertain,
                    definition,
                    text: text.get_ref().clone(),
                });
            }
            Err(findings) => source.note_expression(text.span().start, &findings),
        }
    }
    // Their cases are read by whoever tries them.
    source.set_aside("case");
    source.set_aside("ordinary");
    found
}

/// The amount under a name that reasons show instead of its formula.
pub(crate) fn named(name: &str, amount: Amount) -> Amount {
    let term = Term::Named {
        name: name.to_string(),
        term: Box::new(amount.term),
    };
    Amount { term, ..amount }
}
