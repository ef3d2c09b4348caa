//! Who may know whom: crates, nouns, and where SQL may stand.
//!
//! `rules ← programme ← app` is a line, and so are the nouns inside `programme`.

use super::source::Source;
use super::{Finding, Tree};

/// Crate, and what it must not depend on, with everything of the same family (`tokio-util`).
const FORBIDDEN: [(&str, &[&str]); 2] = [
    (
        "rules",
        &["programme", "app", "tokio", "sea-orm", "sqlx", "axum"],
    ),
    ("programme", &["app", "axum", "clap", "indicatif"]),
];

/// Each noun uses only those before it.
const NOUNS: [&str; 15] = [
    "people",
    "deliveries",
    "register",
    "indicators",
    "outlook",
    "measures",
    "pool",
    "exchange",
    "cases",
    "finance",
    "funds",
    "inspections",
    "market",
    "targets",
    "bulletins",
];

const PROGRAMME: &str = "crates/programme/src/";

/// Modules of `programme` that put the nouns together and so see all of them.
const JOINTS: [&str; 2] = ["lib", "migrations"];

/// Dependencies against the direction of the crates.
pub fn crates(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, forbidden) in FORBIDDEN {
        let path = format!("crates/{name}/Cargo.toml");
        let Some(manifest) = tree.text(&path) else {
            findings.push(Finding::new(&path, 0, "this crate is missing"));
            continue;
        };
        for (line, dependency) in dependencies(manifest) {
            let is_family = |root: &&str| {
                dependency
                    .strip_prefix(*root)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            };
            if forbidden.iter().any(is_family) {
                let message = format!("`{name}` must not depend on `{dependency}`");
                findings.push(Finding::new(&path, line, message));
            }
        }
    }
    findings
}

/// Every dependency that a manifest names, of whatever kind, with its line.
fn dependencies(manifest: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut is_list = false;
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            is_list = header.ends_with("dependencies");
            if let Some((_, name)) = header.split_once("dependencies.") {
                found.push((index + 1, name.trim_matches('"').to_string()));
            }
        } else if is_list && !line.starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            found.push((index + 1, name.trim_matches('"').to_string()));
        }
        if let Some((_, renamed)) = line.split_once("package =") {
            let name = renamed.split('"').nth(1).unwrap_or_default();
            found.push((index + 1, name.to_string()));
        }
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}

/// Modules of `programme` that use a noun to their right.
/// What is no noun is a foundation: it stands left of all and uses none.
pub fn nouns(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.sources() {
        let Some(inside) = file.path.strip_prefix(PROGRAMME) else {
            continue;
        };
        let module = inside.split(['/', '.']).next().unwrap_or_default();
        if JOINTS.contains(&module) {
            continue;
        }
        let place = NOUNS.iter().position(|noun| *noun == module);
        for (line, used) in modules_used(source) {
            let Some(other) = NOUNS.iter().position(|noun| *noun == used) else {
                continue;
            };
            let message = match place {
                Some(place) if other <= place => continue,
                Some(_) => format!("`{module}` must not use `{used}`, which stands to its right"),
                None => format!("`{module}` is a foundation and must not use the noun `{used}`"),
            };
            findings.push(Finding::new(&file.path, line, message));
        }
    }
    findings
}

/// The first names of all paths that begin with `crate::`, groups included.
fn modules_used(source: &Source) -> Vec<(usize, String)> {
    let code = &source.code;
    let mut used = Vec::new();
    for (start, root) in code.match_indices("crate::") {
        let mut depth = 0usize;
        let mut expects_name = true;
        let mut name = String::new();
        let mut line = code[..start].matches('\n').count() + 1;
        for symbol in code[start + root.len()..].chars() {
            if expects_name && (symbol == '_' || symbol.is_alphanumeric()) {
                name.push(symbol);
                continue;
            }
            if !name.is_empty() {
                used.push((line, std::mem::take(&mut name)));
                expects_name = false;
            }
            match symbol {
                '\n' => line += 1,
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                ',' if depth == 1 => expects_name = true,
                _ => {}
            }
            if depth == 0 && !symbol.is_whitespace() {
                break;
            }
        }
        if !name.is_empty() {
            used.push((line, name));
        }
    }
    used
}

/// SQL outside of the files that are for it. Tests may ask a database what they like.
pub fn sql(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, source) in tree.sources() {
        if !file.path.starts_with("crates/") || is_for_sql(&file.path) {
            continue;
        }
        for literal in &source.literals {
            if is_sql(&literal.text) {
                let message = "SQL lives in the noun's `store.rs`, in `database` or `migrations`";
                findings.push(Finding::new(&file.path, literal.line, message));
            }
        }
    }
    findings
}

fn is_for_sql(path: &str) -> bool {
    // `statement` writes what other engines run; this program runs none of it.
    let places = ["store", "database", "migrations", "statement", "tests"];
    path.split(['/', '.']).any(|part| places.contains(&part))
}

/// Statements in capitals anywhere; in small letters where a text begins with them.
fn is_sql(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let flat = format!("{} ", words.join(" "));
    let has = |flat: &str, first: &str, second: &str| {
        flat.match_indices(first).any(|(start, _)| {
            !flat[..start].ends_with(char::is_alphanumeric)
                && flat[start + first.len()..].contains(second)
        })
    };
    let is_statement = |flat: &str| {
        has(flat, "SELECT ", " FROM ")
            || has(flat, "INSERT INTO ", "")
            || has(flat, "UPDATE ", " SET ")
            || has(flat, "DELETE FROM ", "")
            || has(flat, "CREATE TABLE ", "")
    };
    let starts = [
        "select ",
        "insert into ",
        "update ",
        "delete from ",
        "create table ",
    ];
    let small = starts.iter().any(|start| flat.starts_with(start));
    is_statement(&flat) || small && is_statement(&flat.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    fn check_crates(rules: &str, programme: &str, expected: &[&str]) {
        let files = [
            ("crates/rules/Cargo.toml", rules),
            ("crates/programme/Cargo.toml", programme),
        ];
        assert_eq!(found(crates, &files), expected);
    }

    #[test]
    fn crates_depend_in_one_direction() {
        check_crates(
            "[dependencies]\nserde = { workspace = true }\ntoml.workspace = true",
            "[dependencies]\nrules = { workspace = true }\ntokio = \"1\"",
            &[],
        );
        check_crates(
            "[dev-dependencies]\n\ntokio-util.workspace = true\n[features]\napp = []",
            "[target.'cfg(unix)'.dependencies]\n# clap = \"4\"\nline = { package = \"clap\" }",
            &[
                "crates/rules/Cargo.toml:3: `rules` must not depend on `tokio-util`",
                "crates/programme/Cargo.toml:3: `programme` must not depend on `clap`",
            ],
        );
        check_crates(
            "[dependencies.sea-orm]\nversion = \"2\"",
            "[dependencies]\naxumatic = \"1\"",
            &["crates/rules/Cargo.toml:1: `rules` must not depend on `sea-orm`"],
        );
    }

    #[test]
    fn a_noun_uses_only_those_to_its_left() {
        let cases = [
            ("pool.rs", "use crate::register::Firm;", ""),
            ("pool.rs", "use crate::pool::admit;", ""),
            (
                "pool/store.rs",
                "use crate::journal;\nuse rules::money;",
                "",
            ),
            (
                "register/mod.rs",
                "\nuse crate::pool::Pool;",
                "2 register pool",
            ),
            (
                "register.rs",
                "fn a() { crate::targets::b() }",
                "1 register targets",
            ),
            (
                "register.rs",
                "use crate::{\n  journal::{targets, bulletins},\n  people,\n  funds::{self},\n};",
                "4 register funds",
            ),
            ("register.rs", "// crate::pool\nf(\"crate::pool\")", ""),
            ("register.rs", "use crate::pools;\npub(crate) mod a;", ""),
            (
                "database.rs",
                "use crate::people::Person;",
                "1 database people",
            ),
            ("lib.rs", "pub use crate::bulletins::issue;", ""),
            ("migrations.rs", "use crate::pool::store;", ""),
        ];
        for (path, text, expected) in cases {
            let place = format!("{PROGRAMME}{path}");
            let findings = found(nouns, &[(&place, text)]);
            let expected: Vec<&str> = expected.split_whitespace().collect();
            let [line, module, used] = expected[..] else {
                assert!(findings.is_empty(), "{path} {text}: {findings:?}");
                continue;
            };
            assert_eq!(findings.len(), 1, "{path} {text}");
            assert!(findings[0].starts_with(&format!("{place}:{line}: `{module}`")));
            assert!(findings[0].contains(&format!("`{used}`")));
        }
    }

    #[test]
    fn sql_stands_in_store_and_migrations() {
        let cases = [
            ("a.rs", "f(\"SELECT a\n FROM b\")", 1),
            ("a.rs", "f(r#\"with c as (SELECT a FROM b) \"#)", 1),
            ("a.rs", "f(\"insert into a values (1)\")", 1),
            ("a.rs", "f(\"UPDATE a SET b = 1\", \"DELETE FROM a\")", 2),
            ("a.rs", "f(\"CREATE TABLE a (b)\")", 1),
            ("a.rs", "f(\"Please select a file from the list\")", 0),
            ("a.rs", "// SELECT a FROM b", 0),
            ("a/store.rs", "f(\"SELECT a FROM b\")", 0),
            ("migrations/m1.rs", "f(\"CREATE TABLE a (b)\")", 0),
            ("database.rs", "f(\"SELECT a FROM b\")", 0),
            ("../tests/oracle.rs", "f(\"SELECT a FROM b\")", 0),
            ("stores.rs", "f(\"SELECT a FROM b\")", 1),
        ];
        for (path, text, findings) in cases {
            let path = format!("{PROGRAMME}{path}");
            assert_eq!(
                found(sql, &[(&path, text)]).len(),
                findings,
                "{path} {text}"
            );
        }
    }
}
