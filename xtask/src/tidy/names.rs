//! What things may be called: no drawers, an introduction to each module, no measure in code.

use super::{Finding, Tree, has_word};
use std::collections::BTreeSet;

/// Names that say where something was put, not what it is.
const DRAWERS: [&str; 9] = [
    "util", "utils", "helper", "helpers", "manager", "common", "misc", "data", "info",
];

/// Drawers too, but only as the last word: a service provider (服务机构) is a thing of the plan.
const LAST_WORD_DRAWERS: [&str; 2] = ["service", "services"];

/// Files, folders and modules with the name of a drawer.
pub fn drawers(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        if !file.path.starts_with("crates/") && !file.path.starts_with("xtask/") {
            continue;
        }
        for part in file.path.split('/') {
            let name = part.split('.').next().unwrap_or_default();
            if let Some(word) = drawer_in(name) {
                findings.push(Finding::new(&file.path, 0, advice(word)));
            }
        }
    }
    for (file, source) in tree.sources() {
        for (index, line) in source.code.lines().enumerate() {
            let mut words = line.split_whitespace().skip_while(|word| *word != "mod");
            let name = words.nth(1).unwrap_or_default();
            if let Some(word) = drawer_in(name.trim_end_matches(['{', '}', ';'])) {
                findings.push(Finding::new(&file.path, index + 1, advice(word)));
            }
        }
    }
    findings
}

fn drawer_in(name: &str) -> Option<&str> {
    let words: Vec<&str> = name.split(['_', '-']).collect();
    let last = words
        .last()
        .copied()
        .filter(|word| LAST_WORD_DRAWERS.contains(word));
    last.or_else(|| words.into_iter().find(|word| DRAWERS.contains(word)))
}

fn advice(word: &str) -> String {
    format!("`{word}` names a drawer: say what is in it")
}

/// Rust files that do not begin by saying what they are.
pub fn introductions(tree: &Tree) -> Vec<Finding> {
    let is_missing = |text: &str| {
        let first = text.lines().find(|line| !line.trim().is_empty());
        !first.is_some_and(|line| line.starts_with("//!") && line.trim().len() > "//!".len())
    };
    tree.texts()
        .filter(|(file, text)| file.source.is_some() && is_missing(text))
        .map(|(file, _)| {
            let message = "begin with `//!`: what it is, what it refuses to know, one example";
            Finding::new(&file.path, 1, message)
        })
        .collect()
}

/// Rust files that name a measure: the plan is data, a measure is a folder of it.
pub fn measures(tree: &Tree) -> Vec<Finding> {
    let ids: BTreeSet<&str> = tree
        .files
        .iter()
        .filter_map(|file| measure_id(&file.path))
        .collect();
    let mut findings = Vec::new();
    for (file, source) in tree.sources() {
        for id in &ids {
            let name = id.replace('-', "_");
            // A measure called `land` does not forbid the word; `first-entry-reward` is nobody else.
            let is_telling = name.contains('_');
            let in_code = source
                .code
                .lines()
                .enumerate()
                .filter(|(_, line)| is_telling && has_word(line, &name))
                .map(|(index, _)| index + 1);
            let in_literals = source
                .literals
                .iter()
                .filter(|literal| {
                    literal.text == *id
                        || is_telling
                            && (has_word(&literal.text, id) || has_word(&literal.text, &name))
                })
                .map(|literal| literal.line);
            for line in in_code.chain(in_literals) {
                let message = format!("names the measure `{id}`: that belongs into its pack");
                findings.push(Finding::new(&file.path, line, message));
            }
        }
    }
    findings
}

fn measure_id(path: &str) -> Option<&str> {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["policy", _, "measures", id, _, ..] => Some(id),
        ["policy", "local", _, "measures", id, _, ..] => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn no_file_folder_or_module_is_a_drawer() {
        let cases = [
            ("crates/app/src/utils/dates.rs", "", 1),
            ("crates/app/src/date_helper.rs", "", 1),
            ("crates/app/tests/common/mod.rs", "", 1),
            ("crates/app/src/market/service.rs", "", 1),
            ("crates/app/src/market/service_providers.rs", "", 0),
            ("crates/app/src/database.rs", "", 0),
            ("crates/app/src/a.rs", "pub(crate) mod misc;", 1),
            ("crates/app/src/a.rs", "mod case_manager {", 1),
            ("crates/app/src/a.rs", "mod tests { let data = 1; }", 0),
            ("crates/app/src/a.rs", "// mod misc;", 0),
            ("docs/data.md", "", 0),
        ];
        for (path, text, findings) in cases {
            assert_eq!(
                found(drawers, &[(path, text)]).len(),
                findings,
                "{path} {text}"
            );
        }
    }

    #[test]
    fn every_module_begins_with_its_introduction() {
        let cases = [
            ("a.rs", "//! What it is.\n", 0),
            ("a.rs", "\n//! What it is.\n", 0),
            ("a.rs", "//!\n", 1),
            ("a.rs", "// What it is.\n", 1),
            ("a.rs", "use b;\n//! Late.\n", 1),
            ("a.rs", "", 1),
            ("a.txt", "", 0),
        ];
        for (path, text, findings) in cases {
            assert_eq!(
                found(introductions, &[(path, text)]).len(),
                findings,
                "{text}"
            );
        }
    }

    #[test]
    fn no_rust_file_names_a_measure() {
        let cases = [
            ("f(\"entry-reward\")", 1),
            ("f(\"a entry-reward b\")", 1),
            ("f(\"entry-rewards\")", 0),
            ("fn entry_reward() {}", 1),
            ("fn entry_reward_now() {}", 0),
            ("// entry-reward", 0),
            ("f(\"land\")", 1),
            ("f(\"land use\", land)", 0),
        ];
        for (text, findings) in cases {
            let files = [
                ("crates/app/src/a.rs", text),
                ("policy/henan/measures/entry-reward/measure.toml", ""),
                ("policy/henan/measures/land/measure.toml", ""),
            ];
            assert_eq!(found(measures, &files).len(), findings, "{text}");
        }
    }
}
