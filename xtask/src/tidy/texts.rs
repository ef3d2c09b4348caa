//! Texts: clean line ends, nothing of one machine, nothing left open, pages that can be read.

use super::{File, Finding, Tree, has_word};

const PAGE_LINES_MAX: usize = 200;
const GLOSSARY: &str = "docs/glossary.md";
/// Further pages of the glossary begin like this.
const GLOSSARY_PAGES: &str = "docs/glossary-";

/// What people here write by hand.
const WRITTEN: [&str; 12] = [
    "rs",
    "toml",
    "md",
    "sh",
    "yml",
    "yaml",
    "html",
    "css",
    "js",
    "json",
    "csv",
    "gitignore",
];

/// Folders of the system that no page or program should name.
const MACHINE_FOLDERS: [&str; 4] = ["root", "home", "work", "tmp"];

/// Whether a file is ours to keep clean: no recorded answer, no test's input, nothing vendored.
fn is_ours(file: &File) -> bool {
    let extension = file.extension();
    let is_recorded = file.path.contains("/tests/") && extension != "rs" && extension != "toml";
    let is_vendored = file.path.split('/').any(|part| part.starts_with("vendor"));
    let is_written = WRITTEN.contains(&extension) || file.path.starts_with(".ci/");
    is_written && !is_recorded && !is_vendored
}

fn ours(tree: &Tree) -> impl Iterator<Item = (&File, &str)> {
    tree.texts().filter(|(file, _)| is_ours(file))
}

/// Blanks before a line's end, tabs, carriage returns, a missing or doubled last line end.
pub fn whitespace(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in ours(tree) {
        let mut report = |line, message| findings.push(Finding::new(&file.path, line, message));
        for (index, line) in text.split('\n').enumerate() {
            if line.ends_with('\r') {
                report(
                    index + 1,
                    "carriage return: end lines with a line feed alone",
                );
            } else if line.ends_with([' ', '\t']) {
                report(index + 1, "blanks before the end of the line");
            } else if line.contains('\t') {
                report(index + 1, "tab: indent with spaces");
            }
        }
        let last = text.lines().count();
        if !text.is_empty() && !text.ends_with('\n') {
            report(last, "the last line has no end");
        } else if text.ends_with("\n\n") {
            report(last, "empty lines at the end");
        }
    }
    findings
}

/// Paths that exist on one machine only.
pub fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in ours(tree) {
        // There a path is a route of the site.
        if matches!(file.extension(), "html" | "css" | "js") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for folder in MACHINE_FOLDERS {
                let path = format!("/{folder}/");
                if starts_path(line, &path) {
                    let message = format!("`{path}` is a place of one machine");
                    findings.push(Finding::new(&file.path, index + 1, message));
                }
            }
        }
    }
    findings
}

fn starts_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|symbol| symbol.is_alphanumeric() || "._-~/{}*".contains(symbol))
    })
}

/// Tests that are skipped and notes of what is still to do.
pub fn unfinished(tree: &Tree) -> Vec<Finding> {
    let marks = ["FIXME", "XXX"];
    let mut findings = Vec::new();
    for (file, source) in tree.sources() {
        let lines = source.code.lines().zip(source.comments.lines());
        for (index, (code, comment)) in lines.enumerate() {
            let mut report = |message: String| {
                findings.push(Finding::new(&file.path, index + 1, message));
            };
            if code.contains("#[ignore") {
                report("a test that is not run: mend it or delete it".to_string());
            }
            for name in ["todo", "unimplemented"] {
                if has_word(code, name) && code.contains(&format!("{name}!")) {
                    report(format!("`{name}!`: finish it"));
                }
            }
            for mark in marks.into_iter().filter(|mark| has_word(comment, mark)) {
                report(format!("`{mark}`: do it now or write an issue"));
            }
        }
    }
    for (file, text) in ours(tree).filter(|(file, _)| file.source.is_none()) {
        for (index, line) in text.lines().enumerate() {
            let prose = outside_backticks(line);
            for mark in marks.into_iter().filter(|mark| has_word(&prose, mark)) {
                let message = format!("`{mark}`: do it now or write an issue");
                findings.push(Finding::new(&file.path, index + 1, message));
            }
        }
    }
    findings
}

fn outside_backticks(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').step_by(2).collect();
    parts.join(" ")
}

/// Markdown pages that are too long or have not exactly one title.
pub fn pages(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in ours(tree).filter(|(file, _)| file.extension() == "md") {
        let lines = text.lines().count();
        if lines > PAGE_LINES_MAX {
            let message = format!("{lines} lines, {PAGE_LINES_MAX} allowed: make two pages of it");
            findings.push(Finding::new(&file.path, 0, message));
        }
        let titles = title_lines(text);
        if titles.is_empty() {
            findings.push(Finding::new(&file.path, 1, "the page has no title"));
        }
        for line in titles.into_iter().skip(1) {
            findings.push(Finding::new(&file.path, line, "a second title on the page"));
        }
    }
    findings
}

/// Lines with a first-level heading, code blocks left out.
fn title_lines(text: &str) -> Vec<usize> {
    let mut is_code = false;
    let mut titles = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code && (line.starts_with("# ") || line.starts_with("<h1")) {
            titles.push(index + 1);
        }
    }
    titles
}

/// Identifiers that the glossary promises and nothing bears.
pub fn glossary(tree: &Tree) -> Vec<Finding> {
    if tree.text(GLOSSARY).is_none() {
        return vec![Finding::new(GLOSSARY, 0, "the glossary is missing")];
    }
    let is_page = |path: &str| path == GLOSSARY || path.starts_with(GLOSSARY_PAGES);
    let pages = tree.files.iter().filter(|file| is_page(&file.path));
    let mut findings = Vec::new();
    for page in pages {
        for (index, line) in page.text.as_deref().unwrap_or("").lines().enumerate() {
            let cell = line
                .trim()
                .strip_prefix('|')
                .and_then(|row| row.split('|').nth(1));
            let identifiers = cell.unwrap_or_default().split('`').skip(1).step_by(2);
            for identifier in identifiers.filter(|identifier| !bears(tree, identifier)) {
                let message =
                    format!("nothing in the crates or the packs is called `{identifier}`");
                findings.push(Finding::new(&page.path, index + 1, message));
            }
        }
    }
    findings
}

/// Whether something of the product is called so.
fn bears(tree: &Tree, identifier: &str) -> bool {
    let is_product = |path: &str| path.starts_with("crates/") || path.starts_with("policy/");
    let mut files = tree.files.iter().filter(|file| is_product(&file.path));
    files.any(|file| {
        let text = file.text.as_deref();
        has_word(&file.path, identifier) || text.is_some_and(|text| has_word(text, identifier))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{Rule, found};

    fn check(rule: Rule, cases: &[(&str, &str, &str)]) {
        for (path, text, place) in cases {
            let findings = found(rule, &[(path, text)]);
            match place.is_empty() {
                true => assert!(findings.is_empty(), "{path} {text:?}: {findings:?}"),
                false => {
                    assert_eq!(findings.len(), 1, "{path} {text:?}: {findings:?}");
                    let start = format!("{path}{place}: ");
                    assert!(findings[0].starts_with(&start), "{findings:?}");
                }
            }
        }
    }

    #[test]
    fn lines_end_cleanly() {
        check(
            whitespace,
            &[
                ("a.md", "a\nb\n", ""),
                ("a.md", "", ""),
                ("a.md", "a\nb", ":2"),
                ("a.md", "a\n\n", ":2"),
                ("a.md", "a\nb \nc\n", ":2"),
                ("a.md", "a\r\n", ":1"),
                ("a.rs", "\tb\n", ":1"),
                (".ci/run", "a \n", ":1"),
                ("a.snap", "a \n", ""),
                ("crates/app/tests/deliveries/a.csv", "a\r\n", ""),
                ("crates/app/vendor/a.js", "a \n", ""),
            ],
        );
    }

    #[test]
    fn no_text_names_a_place_of_one_machine() {
        let [root, home, work, tmp] = MACHINE_FOLDERS.map(|folder| format!("/{folder}/a"));
        check(
            machine_paths,
            &[
                ("a.md", &format!("see `{root}`"), ":1"),
                ("a.md", &format!("\n{home}"), ":2"),
                ("a.toml", &format!("path = \"{work}\""), ":1"),
                ("a.rs", &format!("f(\"{tmp}\")"), ":1"),
                ("a.md", &format!("https://example.org{home}"), ""),
                (
                    "a.md",
                    &format!("$HOME{work} and ..{tmp} and {{dir}}{tmp}"),
                    "",
                ),
                ("a.html", &format!("<a href=\"{work}\">"), ""),
            ],
        );
    }

    #[test]
    fn nothing_is_left_open() {
        check(
            unfinished,
            &[
                ("a.rs", "\n#[ignore]\nfn a() {}", ":2"),
                ("a.rs", "#[ignore = \"slow\"]", ":1"),
                ("a.rs", "fn a() { todo!() }", ":1"),
                ("a.rs", "// FIXME later", ":1"),
                ("a.rs", "f(\"FIXME #[ignore] todo!\"); // XXXL", ""),
                ("a.toml", "# XXX", ":1"),
                ("a.md", "a `FIXME` is not allowed", ""),
                ("a.md", "FIXME", ":1"),
            ],
        );
    }

    #[test]
    fn a_page_is_short_and_has_one_title() {
        let page = |lines: usize| format!("# A\n{}", "b\n".repeat(lines - 1));
        check(
            pages,
            &[
                ("a.md", &page(200), ""),
                ("a.md", "## B\n", ":1"),
                ("a.md", "# A\n\n# B\n", ":3"),
                ("a.md", "# A\n```sh\n# b\n```\n", ""),
                ("a.txt", "", ""),
            ],
        );
        assert_eq!(
            found(pages, &[("a.md", &page(201))]),
            ["a.md: 201 lines, 200 allowed: make two pages of it"]
        );
    }

    #[test]
    fn the_glossary_names_what_exists() {
        let table = "| 中文 | identifier |\n|---|---|\n| 纳统 | `entry`, `Entered` | `other` |\n";
        let files = |code| [(GLOSSARY, table), ("crates/rules/src/a.rs", code)];
        assert!(found(glossary, &files("struct Entered; mod entry;")).is_empty());
        assert_eq!(
            found(glossary, &files("struct Entered; mod entry_kind;")),
            ["docs/glossary.md:3: nothing in the crates or the packs is called `entry`"]
        );
        let more = ("docs/glossary-more.md", table);
        assert_eq!(
            found(glossary, &[(GLOSSARY, ""), more]).len(),
            2,
            "a further page is looked at"
        );
        assert_eq!(
            found(glossary, &[]),
            ["docs/glossary.md: the glossary is missing"]
        );
    }
}
