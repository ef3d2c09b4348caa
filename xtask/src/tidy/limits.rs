//! How long a file and a function may be, and the list of those that are longer.
//!
//! The list is a ratchet: it names the length of today, so that what it excuses can shrink
//! and never grow.

use super::{Finding, Tree};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const EXCEPTIONS: &str = "xtask/tidy-exceptions.txt";

/// Something longer than allowed, or an entry of the list that excuses it.
struct Excess {
    path: String,
    /// `None` for the file as a whole.
    function: Option<String>,
    line: usize,
    lines: usize,
}

impl Excess {
    fn is_of(&self, other: &Excess) -> bool {
        self.path == other.path && self.function == other.function
    }
}

/// Files and functions that are too long, and entries that are no longer right.
pub fn lengths(tree: &Tree) -> Vec<Finding> {
    let excesses = measure(tree);
    let (entries, mut findings) = read_exceptions(tree.text(EXCEPTIONS).unwrap_or_default());
    for excess in &excesses {
        let allowed = entries.iter().find(|entry| entry.is_of(excess));
        if allowed.is_none_or(|entry| entry.lines < excess.lines) {
            findings.push(too_long(excess));
        }
    }
    for entry in &entries {
        let longest = excesses
            .iter()
            .filter(|excess| excess.is_of(entry))
            .map(|excess| excess.lines)
            .max();
        let advice = match longest {
            None => "this entry is no longer needed: delete it".to_string(),
            Some(lines) if lines < entry.lines => format!("this entry can shrink to {lines}"),
            Some(_) => continue,
        };
        findings.push(Finding::new(EXCEPTIONS, entry.line, advice));
    }
    findings
}

fn measure(tree: &Tree) -> Vec<Excess> {
    let mut excesses = Vec::new();
    for (file, text) in tree.texts() {
        let Some(source) = &file.source else { continue };
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            excesses.push(Excess {
                path: file.path.clone(),
                function: None,
                line: 0,
                lines,
            });
        }
        for function in source.functions() {
            if function.lines > FUNCTION_LINES_MAX {
                excesses.push(Excess {
                    path: file.path.clone(),
                    function: Some(function.name),
                    line: function.line,
                    lines: function.lines,
                });
            }
        }
    }
    excesses
}

fn too_long(excess: &Excess) -> Finding {
    let lines = excess.lines;
    let message = match &excess.function {
        None => format!("{lines} lines, {FILE_LINES_MAX} allowed: split it by capability"),
        Some(name) => format!(
            "`{name}` has {lines} lines, {FUNCTION_LINES_MAX} allowed: \
             one function decides, others compute"
        ),
    };
    Finding::new(&excess.path, excess.line, message)
}

fn read_exceptions(list: &str) -> (Vec<Excess>, Vec<Finding>) {
    let mut entries = Vec::new();
    let mut findings = Vec::new();
    for (index, text) in list.lines().enumerate() {
        let line = index + 1;
        let words: Vec<&str> = text.split_whitespace().collect();
        let (path, function, lines) = match words[..] {
            [] => continue,
            [first, ..] if first.starts_with('#') => continue,
            ["file", path, lines] => (path, None, lines),
            ["function", path, name, lines] => (path, Some(name.to_string()), lines),
            _ => ("", None, ""),
        };
        match lines.parse() {
            Ok(lines) => entries.push(Excess {
                path: path.to_string(),
                function,
                line,
                lines,
            }),
            Err(_) => findings.push(Finding::new(
                EXCEPTIONS,
                line,
                "write `file PATH LINES` or `function PATH NAME LINES`",
            )),
        }
    }
    (entries, findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    fn check(lines: usize, list: &str, expected: &[&str]) {
        let file = "//\n".repeat(lines);
        assert_eq!(
            found(lengths, &[("a.rs", &file), (EXCEPTIONS, list)]),
            expected
        );
    }

    #[test]
    fn a_file_has_at_most_500_lines() {
        check(500, "", &[]);
        check(
            501,
            "",
            &["a.rs: 501 lines, 500 allowed: split it by capability"],
        );
    }

    #[test]
    fn an_exception_excuses_todays_length_and_no_more() {
        check(600, "# why\n\nfile a.rs 600", &[]);
        check(
            601,
            "file a.rs 600",
            &["a.rs: 601 lines, 500 allowed: split it by capability"],
        );
    }

    #[test]
    fn the_list_of_exceptions_only_shrinks() {
        let place = "xtask/tidy-exceptions.txt:1:";
        check(
            599,
            "file a.rs 600",
            &[&format!("{place} this entry can shrink to 599")],
        );
        let unneeded = format!("{place} this entry is no longer needed: delete it");
        check(500, "file a.rs 600", &[&unneeded]);
        check(9, "file gone.rs 600", &[&unneeded]);
        check(9, "function a.rs b 71", &[&unneeded]);
        check(
            9,
            "a.rs 600",
            &[&format!(
                "{place} write `file PATH LINES` or `function PATH NAME LINES`"
            )],
        );
    }

    #[test]
    fn a_function_has_at_most_70_lines() {
        let function = |lines: usize| format!("\nfn a() {{{}}}", "\n".repeat(lines - 1));
        let too_long = "a.rs:2: `a` has 71 lines, 70 allowed: \
                        one function decides, others compute";
        assert!(found(lengths, &[("a.rs", &function(70))]).is_empty());
        assert_eq!(found(lengths, &[("a.rs", &function(71))]), [too_long]);
        let excused = [
            ("a.rs", function(71)),
            (EXCEPTIONS, "function a.rs a 71".into()),
        ];
        let excused = excused
            .each_ref()
            .map(|(path, text)| (*path, text.as_str()));
        assert!(found(lengths, &excused).is_empty());
    }
}
