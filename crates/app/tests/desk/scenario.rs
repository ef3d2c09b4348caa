//! Playing a scenario: each command is given, and what it answers is set beside what was
//! recorded. `SHENGGUI_RECORD=1` writes the answers into the text instead.

use super::placeholders::{Placeholders, today};
use super::steps::{Deed, Step, read};
use super::{Answer, Desk, Place, workbooks};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// No command of a scenario takes longer, not even in a debug build.
const COMMAND_DURATION_MAX: Duration = Duration::from_secs(30);

/// Where scenarios stand.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Lays out a desk as `scenarios/given/<name>.txt` says.
pub fn given(desk: &Desk, name: &str) {
    let path = folder().join("given").join(format!("{name}.txt"));
    for step in read(&path) {
        let answer = perform(desk, &step.deed, &mut Placeholders::default());
        let went_well = answer.iter().all(|line| !line.starts_with('='));
        assert!(
            went_well,
            "given {name}, {:?}:\n{}",
            step.written,
            answer.join("\n")
        );
    }
}

/// Plays a scenario. Gives back where it differs from the record, in words.
pub fn play(path: &Path, place: &Place, is_recording: bool) -> Vec<String> {
    let desk = Desk::new(place);
    let mut placeholders = Placeholders::default();
    let mut differences = Vec::new();
    let mut played = Vec::new();
    for Step {
        line,
        written,
        deed,
    } in read(path)
    {
        if matches!((&deed, place), (Deed::OnlyOnSqlite, Place::Server(_))) {
            break;
        }
        let answer = perform(&desk, &deed, &mut placeholders);
        if let Deed::Command {
            answer: recorded, ..
        } = &deed
            && *recorded != answer
        {
            differences.push(difference(path, line, &written[0], recorded, &answer));
        }
        played.extend(written);
        played.extend(answer);
    }
    if is_recording && !differences.is_empty() {
        std::fs::write(path, played.join("\n") + "\n").expect("recorded");
        return Vec::new();
    }
    differences
}

fn difference(
    path: &Path,
    line: usize,
    command: &str,
    recorded: &[String],
    answer: &[String],
) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let same = recorded
        .iter()
        .zip(answer)
        .take_while(|(r, a)| r == a)
        .count();
    format!(
        "{name}, line {line}: {command}\n  after {same} equal lines, recorded:\n    {}\n  answered:\n    {}",
        recorded[same..].join("\n    "),
        answer[same..].join("\n    ")
    )
}

/// Does one step; a command gives back its answer with marks.
fn perform(desk: &Desk, deed: &Deed, placeholders: &mut Placeholders) -> Vec<String> {
    match deed {
        Deed::Words | Deed::OnlyOnSqlite => {}
        Deed::Given(name) => given(desk, name),
        Deed::Lay { block, name, lines } => block.write(desk.folder(), name, lines),
        Deed::Encrypted(name) => workbooks::write_encrypted(&desk.path(name)),
        Deed::Folder(name) => std::fs::create_dir(desk.path(name)).expect("a folder"),
        Deed::Command { words, .. } => {
            let began = today();
            let answer = answer(desk, words);
            let marked = marked(&answer);
            let put = marked.iter().map(|line| placeholders.put(line, began));
            return put.collect();
        }
    }
    Vec::new()
}

fn answer(desk: &Desk, words: &[String]) -> Answer {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["shenggui", arguments @ ..] => {
            let began = Instant::now();
            let answer = desk.run(arguments);
            let taken = began.elapsed();
            assert!(taken < COMMAND_DURATION_MAX, "{words:?} took {taken:?}");
            answer
        }
        ["show", name] => printed(shown(&desk.path(name))),
        ["list"] => printed(listed(desk.folder(), Path::new(""))),
        ["same", one, other] => {
            let bytes = |name: &str| std::fs::read(desk.path(name)).ok();
            let word = match (bytes(one), bytes(other)) {
                (None, _) | (_, None) => "no such file",
                (one, other) if one == other => "same",
                _ => "different",
            };
            printed(vec![word.to_string()])
        }
        _ => panic!("no such command: {words:?}"),
    }
}

fn printed(lines: Vec<String>) -> Answer {
    Answer {
        stdout: lines.iter().map(|line| format!("{line}\n")).collect(),
        stderr: String::new(),
        code: Some(0),
    }
}

fn shown(path: &Path) -> Vec<String> {
    if !path.is_file() {
        return vec!["no such file".to_string()];
    }
    if path.extension().is_some_and(|ending| ending == "xlsx") {
        return workbooks::lines(path);
    }
    let text = std::fs::read_to_string(path).expect("a text file");
    text.lines().map(str::to_string).collect()
}

fn listed(root: &Path, below: &Path) -> Vec<String> {
    const DATA_FOLDER: &str = "shenggui-data";
    let entries = std::fs::read_dir(root.join(below)).expect("a folder");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    let mut listed = Vec::new();
    for name in names.into_iter().filter(|name| name != DATA_FOLDER) {
        let path = below.join(name);
        if root.join(&path).is_dir() {
            listed.push(format!("{}/", path.display()));
            listed.extend(self::listed(root, &path));
        } else {
            listed.push(path.display().to_string());
        }
    }
    listed
}

fn marked(answer: &Answer) -> Vec<String> {
    let with = |mark: &str, text: &str| -> Vec<String> {
        let marked = text.lines().map(|line| format!("{mark} {line}"));
        marked.map(|line| line.trim_end().to_string()).collect()
    };
    let mut lines = with("|", &answer.stdout);
    lines.extend(with("!", &answer.stderr));
    match answer.code {
        Some(0) => {}
        Some(code) => lines.push(format!("= {code}")),
        None => lines.push("= killed".to_string()),
    }
    lines
}
