//! The conventions that a machine can check: every finding, with file and line.
//!
//! Reads what git tracks and what it would track. Each rule is a function from the files to
//! findings and is tested on small samples; whether something compiles is not asked here.
//!
//! Example: `crates/rules/Cargo.toml:9: `rules` must not depend on `tokio``

mod layers;
mod limits;
mod names;
mod source;
mod texts;

use crate::root;
use anyhow::{Context, Result, bail};
use source::Source;
use std::fmt;
use std::path::Path;
use std::process::Command;

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    limits::lengths,
    names::drawers,
    names::introductions,
    names::measures,
    layers::crates,
    layers::nouns,
    layers::sql,
    texts::whitespace,
    texts::machine_paths,
    texts::unfinished,
    texts::pages,
    texts::glossary,
];

/// `cargo xtask tidy`
pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        bail!("usage: cargo xtask tidy");
    }
    check(root())
}

/// Prints all findings; fails where there is one.
pub fn check(root: &Path) -> Result<()> {
    let tree = Tree::read(root)?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files, nothing found", tree.files.len());
            Ok(())
        }
        1 => bail!("tidy: 1 finding"),
        many => bail!("tidy: {many} findings"),
    }
}

/// What is wrong, and where. Line 0 stands for the file as a whole.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Finding {
        Finding {
            path: path.to_string(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: {}", self.path, self.line, self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// The repository's files, ordered by path.
struct Tree {
    files: Vec<File>,
}

/// One file: its path from the root with `/`, and its text where it is text.
struct File {
    path: String,
    text: Option<String>,
    source: Option<Source>,
}

impl File {
    fn new(path: String, text: Option<String>) -> File {
        let source = match &text {
            Some(text) if path.ends_with(".rs") => Some(Source::read(text)),
            _ => None,
        };
        File { path, text, source }
    }

    /// The part after the last dot of the file's name; empty where there is none.
    fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

impl Tree {
    fn read(root: &Path) -> Result<Tree> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "-co", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("`git` cannot be started")?;
        if !output.status.success() {
            bail!(
                "`git ls-files` failed: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let listing = String::from_utf8(output.stdout).context("a path is not UTF-8")?;
        let mut paths: Vec<&str> = listing
            .split('\0')
            .filter(|path| !path.is_empty())
            .collect();
        paths.sort_unstable();
        paths.dedup();
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let place = root.join(path);
            // Deleted but still in the index, or a link: nothing to read.
            if !place.symlink_metadata().is_ok_and(|entry| entry.is_file()) {
                continue;
            }
            let bytes = std::fs::read(&place).with_context(|| path.to_string())?;
            files.push(File::new(path.to_string(), String::from_utf8(bytes).ok()));
        }
        Ok(Tree { files })
    }

    /// The file with this path, as text.
    fn text(&self, path: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.path == path)?;
        file.text.as_deref()
    }

    /// All files that are text.
    fn texts(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files
            .iter()
            .filter_map(|file| Some((file, file.text.as_deref()?)))
    }

    /// All Rust files.
    fn sources(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.files
            .iter()
            .filter_map(|file| Some((file, file.source.as_ref()?)))
    }
}

/// Whether `word` stands in `text` and is not a part of a longer name.
fn has_word(text: &str, word: &str) -> bool {
    let belongs = |symbol: char| symbol == '_' || symbol.is_ascii_alphanumeric();
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(belongs) && !after.is_some_and(belongs)
    })
}

#[cfg(test)]
fn found(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    let files = files
        .iter()
        .map(|(path, text)| File::new(path.to_string(), Some(text.to_string())))
        .collect();
    let findings = rule(&Tree { files });
    findings.iter().map(Finding::to_string).collect()
}
