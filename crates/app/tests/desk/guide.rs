//! A page of the guide as its reader follows it: files are written, commands are given, what
//! they answer is looked for.
//!
//! Blocks of a page, in order:
//!
//! ```text
//! toml 政策包/parameters/a.toml     a file with this content
//! toml 追加 政策包/…/measure.toml   the same, put behind what is there
//! sh                                commands, each must be carried out; `export A=B` stays
//! sh 退出码=1                        commands that must be refused
//! text                              lines that the last command answered, blanks aside
//! ```
//!
//! Other blocks are for the reader alone.

use super::{Answer, Desk};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A fenced block: its info string, its lines, where it begins.
struct Block {
    line: usize,
    info: Vec<String>,
    body: Vec<String>,
}

/// Where guides stand.
pub fn page(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide");
    folder.join(format!("{name}.md"))
}

/// Follows a page on a desk. `environment` is what earlier pages exported.
pub fn follow(desk: &Desk, name: &str, environment: &mut Vec<(String, String)>) {
    let text = std::fs::read_to_string(page(name)).expect("a page of the guide");
    let mut answered = String::new();
    for block in blocks(&text) {
        let place = format!("{name}.md:{}", block.line);
        let info: Vec<&str> = block.info.iter().map(String::as_str).collect();
        match info.as_slice() {
            ["sh"] => answered = give(desk, &block.body, 0, environment, &place),
            ["sh", "退出码=1"] => answered = give(desk, &block.body, 1, environment, &place),
            ["text"] => look_for(&block.body, &answered, &place),
            ["toml" | "csv", path] => lay(&desk.path(path), &block.body, false),
            ["toml" | "csv", "追加", path] => lay(&desk.path(path), &block.body, true),
            [_] | [] => {}
            other => panic!("{place}: no such block: {other:?}"),
        }
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => {
                open = Some(Block {
                    line: index + 1,
                    info: info.split_whitespace().map(str::to_string).collect(),
                    body: Vec::new(),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.body.push(line.to_string()),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block has no end");
    blocks
}

/// Gives commands; what the last of them answered comes back.
fn give(
    desk: &Desk,
    lines: &[String],
    code: i32,
    environment: &mut Vec<(String, String)>,
    place: &str,
) -> String {
    let mut answered = String::new();
    for line in lines {
        if let Some((name, value)) = line
            .strip_prefix("export ")
            .and_then(|pair| pair.split_once('='))
        {
            environment.push((name.to_string(), value.to_string()));
            continue;
        }
        let Answer {
            stdout,
            stderr,
            code: own,
        } = desk.shell(line, environment);
        answered = format!("{stdout}{stderr}");
        assert_eq!(own, Some(code), "{place}: {line}\n{answered}");
    }
    answered
}

fn look_for(lines: &[String], answered: &str, place: &str) {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let answered_plain = plain(answered);
    for line in lines {
        let is_told = answered_plain.contains(&plain(line));
        assert!(is_told, "{place}: “{line}” is not in\n{answered}");
    }
}

fn lay(path: &Path, lines: &[String], is_added: bool) {
    let folder = path.parent().expect("a file in a folder");
    std::fs::create_dir_all(folder).expect("the folder of a file");
    let mut options = std::fs::OpenOptions::new();
    let options = options.create(true).write(true);
    let options = options.append(is_added).truncate(!is_added);
    let mut file = options.open(path).expect("a file to write");
    file.write_all((lines.join("\n") + "\n").as_bytes())
        .expect("written");
}
