//! `docs/benchmarks.md`: a section for each thing that is measured by itself.
//!
//! What is measured replaces its own section and leaves the others as they stand.
//! Example: `with_section(&old, &budgets(&lines, &old))`.

use super::{Line, machine};
use std::fmt::Write as _;

const HEAD: &str =
    "# Benchmarks\n\nMeasured by `cargo xtask bench`; nothing in the test suite asserts a time.\n";

/// The budgets of the design. Rows of `old` for work that was not measured now are kept.
pub fn budgets(lines: &[Line], old: &str) -> String {
    let mut text = String::from(
        "## Budgets\n\nMeasured by `cargo xtask bench` (with `--nation` for five million firms): best wall time of three rounds, highest memory.\nThe budgets are those of the design.\n\n",
    );
    let _ = writeln!(text, "Machine: {}.\n", machine());
    text.push_str("| work | budget | measured | command |\n|---|---|---|---|\n");
    for line in lines {
        let _ = writeln!(
            text,
            "| {} | {} | {} | `{}` |",
            line.work, line.budget, line.measured, line.command
        );
    }
    for row in kept(old, lines) {
        let _ = writeln!(text, "{row}");
    }
    text.push_str("\nThe run reads three series of the eight that are stored, thirty-six months of each for the landing forecast, and every list.\n");
    text
}

/// Rows of the budgets' table whose work is none of the lines'.
fn kept<'a>(old: &'a str, lines: &[Line]) -> Vec<&'a str> {
    let own = old.split("\n## ").find(|part| part.starts_with("Budgets"));
    let rows = own.unwrap_or_default().lines();
    let rows = rows.filter(|row| row.starts_with("| ")).skip(1);
    rows.filter(|row| {
        let work = row.split('|').nth(1).unwrap_or_default().trim();
        lines.iter().all(|line| line.work != work)
    })
    .collect()
}

/// A page with the section in the place of the one with its heading, or at the end.
pub fn with_section(old: &str, section: &str) -> String {
    let heading = section.lines().next().unwrap_or_default();
    let mut sections: Vec<String> = Vec::new();
    for part in old.split("\n## ").skip(1) {
        sections.push(format!("## {}", part.trim_end()));
    }
    let is_own = |part: &&mut String| part.lines().next() == Some(heading);
    match sections.iter_mut().find(is_own) {
        Some(own) => *own = section.trim_end().to_string(),
        None => sections.push(section.trim_end().to_string()),
    }
    format!("{HEAD}\n{}\n", sections.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_now_keeps_its_row() {
        let line = |work| Line {
            work,
            budget: "b",
            measured: "m".to_string(),
            command: "c".to_string(),
        };
        let old = format!("{HEAD}\n{}", budgets(&[line("one"), line("two")], ""));
        assert_eq!(kept(&old, &[line("one")]), ["| two | b | m | `c` |"]);
        assert!(kept(&old, &[line("one"), line("two")]).is_empty());
    }

    #[test]
    fn a_section_replaces_itself_and_leaves_the_others() {
        let both = format!("{HEAD}\n## A\n\nold\n\n## B\n\nkept\n");
        for (old, expected) in [
            ("", "## A\n\nnew"),
            (both.as_str(), "## A\n\nnew\n\n## B\n\nkept"),
            ("# x\n\n## B\n\nkept\n", "## B\n\nkept\n\n## A\n\nnew"),
        ] {
            let found = with_section(old, "## A\n\nnew\n");
            assert_eq!(found, format!("{HEAD}\n{expected}\n"));
        }
    }
}
