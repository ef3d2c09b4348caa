//! The plan clause by clause, what makes each work, and the shrinking list of those
//! that nothing makes work yet.

use super::source::{Placed, Source};
use crate::measures::Measure;
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    pub id: String,
    pub kinds: Vec<ClauseKind>,
    pub section: String,
    pub text: String,
    pub agencies: Vec<String>,
    /// “kind:capability” of the program that lets somebody do what the clause asks.
    #[serde(default)]
    pub works: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseKind {
    Target,
    Rule,
    Case,
    Fund,
    List,
    Event,
    Market,
    Report,
    Document,
    Guard,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncovered {
    pub clause: String,
    pub reason: String,
}

/// Reads the clauses; `known_agencies` and `capabilities` are what they may name.
pub(super) fn read(
    source: &mut Source<'_>,
    known_agencies: &BTreeSet<String>,
    capabilities: &[&str],
) -> Vec<Placed<Clause>> {
    let clauses: Vec<Placed<Clause>> = source.entries("clause");
    let mut ids = BTreeSet::new();
    for Placed { line, value } in &clauses {
        if !ids.insert(value.id.clone()) {
            source.note_line(*line, format!("条款 {} 重复", value.id));
        }
        if value.kinds.is_empty() {
            source.note_line(*line, format!("条款 {} 没有类别，请补上 kinds", value.id));
        }
        let special = ["areas", "counties"];
        for agency in &value.agencies {
            if !known_agencies.contains(agency) && !special.contains(&agency.as_str()) {
                let at = source.line_of(*line, "agencies");
                source.note_line(at, format!("责任单位“{agency}”不在机构表内"));
            }
        }
        for work in &value.works {
            let capability = work.split_once(':').map(|(_, capability)| capability);
            if !capability.is_some_and(|name| capabilities.contains(&name)) {
                let at = source.line_of(*line, "works");
                source.note_line(at, format!("程序没有“{work}”这项功能，请核对写法"));
            }
        }
    }
    clauses
}

/// Whether a rule is what the clause asks for: who is entitled, or what must not happen.
fn asks_for_rule(clause: &Clause) -> bool {
    let kinds = &clause.kinds;
    kinds.contains(&ClauseKind::Rule) || kinds.contains(&ClauseKind::Guard)
}

/// Measures that carry out a clause.
pub fn carried_by<'a>(
    clause: &'a str,
    measures: &'a [Measure],
) -> impl Iterator<Item = &'a Measure> {
    measures
        .iter()
        .filter(move |measure| measure.clauses.iter().any(|own| own == clause))
}

/// What of a clause nothing makes work yet: its rule, and whatever else it asks for.
fn open_parts(clause: &Clause, measures: &[Measure]) -> (bool, bool) {
    let is_rule_work = |work: &String| work.starts_with("rule:") || work.starts_with("guard:");
    let has_rule =
        clause.works.iter().any(is_rule_work) || carried_by(&clause.id, measures).next().is_some();
    let is_rule_kind = |kind: &ClauseKind| matches!(kind, ClauseKind::Rule | ClauseKind::Guard);
    let asks_more = !clause.kinds.iter().all(is_rule_kind);
    let does_more = clause.works.iter().any(|work| !is_rule_work(work));
    (asks_for_rule(clause) && !has_rule, asks_more && !does_more)
}

/// Each part of a clause must have something that makes it work, or a reason in the
/// shrinking list; a clause whose parts all work must have left the list.
pub(super) fn check_coverage(
    source: &mut Source<'_>,
    clauses: &[Placed<Clause>],
    list: &[Placed<Uncovered>],
    measures: &[Measure],
) {
    source.set_aside("uncovered");
    let mut named = BTreeSet::new();
    for Placed { line, value } in list {
        let clause = clauses
            .iter()
            .find(|clause| clause.value.id == value.clause);
        match clause {
            None => source.note_line(*line, format!("没有条款 {}", value.clause)),
            Some(clause) if open_parts(&clause.value, measures) == (false, false) => {
                let message = format!("条款 {} 已有功能支撑，请从本清单删去", value.clause);
                source.note_line(*line, message);
            }
            Some(_) => {}
        }
        if !named.insert(value.clause.clone()) {
            source.note_line(*line, format!("条款 {} 重复", value.clause));
        }
        if value.reason.trim().is_empty() {
            source.note_line(*line, format!("条款 {} 没有写明原因", value.clause));
        }
    }
    for Placed { value: clause, .. } in clauses {
        if named.contains(&clause.id) {
            continue;
        }
        let message = match open_parts(clause, measures) {
            (false, false) => continue,
            (true, _) => format!(
                "条款 {} 要有规则：既没有政策措施引用它，也不在未覆盖清单内，请补其一",
                clause.id
            ),
            (false, true) => format!(
                "条款 {} 既没有功能支撑，也不在未覆盖清单内，请补其一",
                clause.id
            ),
        };
        source.note_line(1, message);
    }
}
