//! The text of a scenario as steps.
//!
//! ```text
//! # words for the reader
//! only on sqlite                      the rest is not played on PostgreSQL
//! given delivered                     first, everything of scenarios/given/delivered.txt
//! file 税务.csv gb18030 <<             a file, up to the line >>
//! workbook 名录.xlsx <<                an XLSX file, see `workbooks::write`
//! bytes 坏.xlsx <<                     a file of hexadecimal digits
//! encrypted 密.xlsx                    a workbook with a password to open
//! folder 文件夹                        a folder
//! correct 退回.xlsx as 改.xlsx <<      a workbook with cells replaced: old => new
//! $ shenggui import …                 a command, as typed; "…" keeps blanks
//! | what it printed
//! ! what it said on standard error
//! = 1                                 its exit code, where it is not 0
//! $ show 退回.xlsx                     the cells of a workbook, or the lines of a file
//! $ list                              the files on the desk, without the data folder
//! $ same 一.docx 二.docx               whether two files hold the same bytes
//! ```

use super::blocks::Block;
use std::path::Path;

/// One step, with the lines that it was read from.
#[derive(Debug, Clone)]
pub struct Step {
    /// Line of the text in which it begins, from 1.
    pub line: usize,
    /// The lines as written; of a command only the first.
    pub written: Vec<String>,
    pub deed: Deed,
}

#[derive(Debug, Clone)]
pub enum Deed {
    /// Words and empty lines.
    Words,
    OnlyOnSqlite,
    Given(String),
    Lay {
        block: Block,
        name: String,
        lines: Vec<String>,
    },
    Encrypted(String),
    Folder(String),
    Command {
        words: Vec<String>,
        /// Recorded answer, with its marks.
        answer: Vec<String>,
    },
}

/// Reads the steps of a text.
pub fn read(path: &Path) -> Vec<Step> {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines().enumerate().peekable();
    let mut steps = Vec::new();
    while let Some((place, first)) = lines.next() {
        let fault = |what: &str| -> ! { panic!("{}:{}: {what}", path.display(), place + 1) };
        let mut written = vec![first.to_string()];
        let deed = if let Some(command) = first.strip_prefix("$ ") {
            let mut answer = Vec::new();
            while let Some((_, line)) = lines.next_if(|(_, line)| is_answer(line)) {
                answer.push(line.to_string());
            }
            let words = words(command);
            Deed::Command { words, answer }
        } else if let Some(head) = first.strip_suffix(" <<") {
            let Some((block, name)) = Block::read(head) else {
                fault("no such block");
            };
            let mut inside = Vec::new();
            loop {
                let Some((_, line)) = lines.next() else {
                    fault("the block has no end >>");
                };
                written.push(line.to_string());
                if line == ">>" {
                    break;
                }
                inside.push(line.to_string());
            }
            let lines = inside;
            Deed::Lay { block, name, lines }
        } else {
            match first.split_once(' ') {
                _ if first.is_empty() || first.starts_with('#') => Deed::Words,
                Some(("only", "on sqlite")) => Deed::OnlyOnSqlite,
                Some(("given", name)) => Deed::Given(name.to_string()),
                Some(("encrypted", name)) => Deed::Encrypted(name.to_string()),
                Some(("folder", name)) => Deed::Folder(name.to_string()),
                _ => fault("not understood"),
            }
        };
        let line = place + 1;
        steps.push(Step {
            line,
            written,
            deed,
        });
    }
    steps
}

fn is_answer(line: &str) -> bool {
    ["|", "!", "="].iter().any(|mark| line.starts_with(mark))
}

/// The words of a command line; blanks inside double quotes stay.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None;
    let mut is_quoted = false;
    for symbol in command.chars() {
        match symbol {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_with(String::new);
            }
            ' ' if !is_quoted => words.extend(word.take()),
            _ => word.get_or_insert_with(String::new).push(symbol),
        }
    }
    words.extend(word);
    words
}
