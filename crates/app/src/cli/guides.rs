//! Every command that a page or a help text shows is one that the program understands.
//!
//! Nothing is carried out here; what a command answers is tried in `tests/`.

use super::Cli;
use clap::{CommandFactory, Parser};
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn pages() -> Vec<PathBuf> {
    let root = Path::new(ROOT);
    let mut pages: Vec<PathBuf> = ["README.md", "README.en.md", "demo/README.md"]
        .iter()
        .map(|name| root.join(name))
        .collect();
    let guides = std::fs::read_dir(root.join("docs/guide")).expect("the guides");
    pages.extend(guides.map(|entry| entry.expect("an entry").path()));
    pages.sort();
    pages
}

/// The lines inside blocks of commands, with their numbers.
fn command_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut info: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &info) {
            (Some(opened), None) => info = Some(opened.to_string()),
            (Some(_), Some(_)) => info = None,
            (None, Some(kind)) if kind.starts_with("sh") || kind.starts_with("console") => {
                lines.push((index + 1, line.trim_start_matches("$ ").to_string()));
            }
            _ => {}
        }
    }
    lines
}

/// The calls of the program in a line of a shell; `$month` stands for a month, any other
/// variable for a file.
fn calls(line: &str) -> Vec<Vec<String>> {
    let parts = line.split([';', '|']).map(str::trim);
    let parts = parts.map(|part| part.strip_prefix("do ").unwrap_or(part));
    let mut calls = Vec::new();
    for part in parts {
        let words = part.split_whitespace();
        let words = words.skip_while(|word| word.contains('=') && !word.starts_with('-'));
        let words = words.take_while(|word| !["#", ">", "&&"].contains(word));
        let words: Vec<String> = words
            .map(|word| word.replace("$month", "2026-09").replace(['"', '$'], ""))
            .collect();
        if words.first().is_some_and(|word| word == "shenggui") {
            calls.push(words);
        }
    }
    calls
}

fn complaint(words: &[String]) -> Option<String> {
    let error = Cli::try_parse_from(words).err()?;
    let is_answer = !error.use_stderr();
    (!is_answer).then(|| error.to_string())
}

#[test]
fn every_command_of_the_pages_is_understood() {
    let mut found = Vec::new();
    let mut tried = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page in UTF-8");
        for (line, shown) in command_lines(&text) {
            for words in calls(&shown) {
                tried += 1;
                if let Some(complaint) = complaint(&words) {
                    found.push(format!("{}:{line}: {shown}\n{complaint}", page.display()));
                }
            }
        }
    }
    assert!(tried > 50, "only {tried} commands were found");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_example_of_the_help_is_understood() {
    let mut found = Vec::new();
    let mut open = vec![Cli::command()];
    while let Some(command) = open.pop() {
        let help = command.get_after_help().map(ToString::to_string);
        let help = help.unwrap_or_default().replace("示例：", "");
        for words in help.lines().flat_map(calls) {
            if let Some(complaint) = complaint(&words) {
                found.push(format!("{}\n{complaint}", words.join(" ")));
            }
        }
        open.extend(command.get_subcommands().cloned());
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
