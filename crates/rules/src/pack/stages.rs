//! Where a firm stands: classes of the cultivation pool and stages of the ladder, as
//! conditions of the pack.

use super::source::{Placed, Source};
use crate::expression::{Condition, Vocabulary, parse};
use serde::Deserialize;
use std::collections::BTreeSet;

/// A class of the pool.
#[derive(Debug, Clone)]
pub struct Class {
    pub id: String,
    /// A, B, C, D as offices say it.
    pub letter: String,
    pub name: String,
    pub condition: Condition,
    pub cites: Vec<String>,
}

/// A stage of the ladder; the first whose condition is true is where the firm stands.
#[derive(Debug, Clone)]
pub struct Stage {
    pub id: String,
    pub name: String,
    pub meaning: String,
    pub condition: Condition,
    pub cites: Vec<String>,
    /// Finer kinds within the stage, first match.
    pub kinds: Vec<StageKind>,
}

#[derive(Debug, Clone)]
pub struct StageKind {
    pub id: String,
    pub name: String,
    pub condition: Condition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassEntry {
    id: String,
    letter: String,
    name: String,
    condition: String,
    cites: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageEntry {
    id: String,
    name: String,
    meaning: String,
    condition: String,
    cites: Vec<String>,
    #[serde(default)]
    kinds: Vec<KindEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindEntry {
    id: String,
    name: String,
    condition: String,
}

pub(super) fn read(
    source: &mut Source<'_>,
    vocabulary: &Vocabulary,
    clauses: &BTreeSet<String>,
) -> (Vec<Class>, Vec<Stage>) {
    let mut reader = ConditionReader {
        vocabulary,
        clauses,
        ids: BTreeSet::new(),
    };
    let mut classes = Vec::new();
    for Placed { line, value } in source.entries::<ClassEntry>("class") {
        reader.check_entry(source, line, &value.id, &value.cites);
        if let Some(condition) = reader.condition(source, line, "condition", &value.condition) {
            classes.push(Class {
                id: value.id,
                letter: value.letter,
                name: value.name,
                condition,
                cites: value.cites,
            });
        }
    }
    let mut stages = Vec::new();
    for Placed { line, value } in source.entries::<StageEntry>("stage") {
        reader.check_entry(source, line, &value.id, &value.cites);
        let mut kinds = Vec::new();
        for kind in value.kinds {
            if let Some(condition) = reader.condition(source, line, "kinds", &kind.condition) {
                kinds.push(StageKind {
                    id: kind.id,
                    name: kind.name,
                    condition,
                });
            }
        }
        if let Some(condition) = reader.condition(source, line, "condition", &value.condition) {
            stages.push(Stage {
                id: value.id,
                name: value.name,
                meaning: value.meaning,
                condition,
                cites: value.cites,
                kinds,
            });
        }
    }
    if stages.is_empty() {
        source.note_line(1, "没有任何阶段，请写 [[stage]]".to_string());
    }
    (classes, stages)
}

struct ConditionReader<'a> {
    vocabulary: &'a Vocabulary,
    clauses: &'a BTreeSet<String>,
    ids: BTreeSet<String>,
}

impl ConditionReader<'_> {
    fn check_entry(&mut self, source: &mut Source<'_>, line: usize, id: &str, cites: &[String]) {
        if !self.ids.insert(id.to_string()) {
            source.note_line(line, format!("“{id}”重复"));
        }
        let at = source.line_of(line, "cites");
        if cites.is_empty() {
            source.note_line(at, format!("“{id}”没有引用条款，请补上 cites"));
        }
        for cite in cites.iter().filter(|cite| !self.clauses.contains(*cite)) {
            source.note_line(at, format!("没有条款 {cite}"));
        }
    }

    fn condition(
        &self,
        source: &mut Source<'_>,
        line: usize,
        key: &str,
        text: &str,
    ) -> Option<Condition> {
        match parse(text, self.vocabulary) {
            Ok(condition) => Some(condition),
            Err(findings) => {
                let at = source.line_of(line, key);
                for finding in findings {
                    let place = format!("条件第{}字：{}", finding.column, finding.message);
                    source.note_line(at + finding.line - 1, place);
                }
                None
            }
        }
    }
}
