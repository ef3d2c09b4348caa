//! Every page of `--help`, found by walking from the first one.

mod desk;

use desk::{Desk, Place};

/// A help page: the words of the command, and its text.
struct Page {
    command: Vec<String>,
    text: String,
}

fn pages() -> Vec<Page> {
    let desk = Desk::new(&Place::File);
    let mut open = vec![Vec::new()];
    let mut pages = Vec::new();
    while let Some(command) = open.pop() {
        let mut words: Vec<&str> = command.iter().map(String::as_str).collect();
        words.push("--help");
        let text = desk.run(&words).done().stdout;
        for name in subcommands(&text) {
            let mut below = command.clone();
            below.push(name);
            open.push(below);
        }
        pages.push(Page { command, text });
    }
    pages
}

/// Names in the list of commands of a page.
fn subcommands(text: &str) -> Vec<String> {
    let lines = text.lines();
    let list = lines.skip_while(|line| !matches!(*line, "Commands:" | "命令：" | "命令:"));
    let entries = list.skip(1).take_while(|line| line.starts_with("  "));
    let names = entries.filter_map(|line| line.split_whitespace().next());
    names.map(str::to_string).collect()
}

fn is_chinese(symbol: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&symbol)
}

/// The lines that describe one option or argument, with what belongs to them.
fn entries(text: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in text.lines() {
        let bare = line.trim_start();
        let is_entry = line.starts_with("  ") && (bare.starts_with('-') || bare.starts_with('<'));
        match entries.last_mut() {
            _ if is_entry => entries.push(bare.to_string()),
            Some(last) if line.starts_with("          ") => last.push_str(bare),
            _ => {}
        }
    }
    entries
}

#[test]
fn every_command_is_found() {
    let found: Vec<String> = pages().iter().map(|page| page.command.join(" ")).collect();
    for wanted in [
        "",
        "import",
        "pool admit",
        "targets measure",
        "indicators batch",
    ] {
        assert!(
            found.iter().any(|command| command == wanted),
            "{wanted}: {found:?}"
        );
    }
}

#[test]
fn every_page_begins_in_chinese_and_shows_an_example() {
    let mut missing = Vec::new();
    for page in pages() {
        let first = page.text.lines().next().unwrap_or_default();
        let example = page.text.split_once("示例：").map(|(_, example)| example);
        let shows = example.is_some_and(|example| example.contains("shenggui "));
        if !shows || !first.contains(is_chinese) {
            missing.push(page.command.join(" "));
        }
    }
    assert!(
        missing.is_empty(),
        "without example or not in Chinese: {missing:?}"
    );
}

#[test]
fn every_option_is_described_in_chinese() {
    let mut wordless = Vec::new();
    for page in pages() {
        for entry in entries(&page.text) {
            // The name of a value, 〈单位〉, describes nothing.
            let described = entry
                .rsplit_once('>')
                .map_or(entry.as_str(), |(_, words)| words);
            if !described.contains(is_chinese) {
                wordless.push(format!("{}: {entry}", page.command.join(" ")));
            }
        }
    }
    assert!(
        wordless.is_empty(),
        "without words:\n{}",
        wordless.join("\n")
    );
}

#[test]
fn no_page_has_english_headings() {
    let english = [
        "Usage:",
        "Commands:",
        "Options:",
        "Arguments:",
        "Print ",
        "[default:",
    ];
    let mut found = Vec::new();
    for page in pages() {
        let words = english.iter().filter(|words| page.text.contains(**words));
        let words: Vec<&str> = words.copied().collect();
        if !words.is_empty() {
            found.push(format!("{}: {}", page.command.join(" "), words.join(" ")));
        }
    }
    assert!(
        found.is_empty(),
        "English on help pages:\n{}",
        found.join("\n")
    );
}
