//! Files that a scenario lays on the desk: text, workbooks, bytes, corrections.

use super::workbooks;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// What kind of file a block of lines becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Text; with `gb18030` in that encoding, with `bom` with a mark before it.
    Text {
        encoding: String,
    },
    Workbook,
    /// Hexadecimal digits.
    Bytes,
    /// The workbook `of` with cells replaced: each line is `old => new`.
    Correction {
        of: String,
    },
}

impl Block {
    /// Reads `file a.csv gb18030`, `workbook a.xlsx`, `bytes a.xlsx`,
    /// `correct a.xlsx as b.xlsx` (without the ` <<` behind): the kind and the file's name.
    pub fn read(line: &str) -> Option<(Block, String)> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (block, name) = match words.as_slice() {
            ["file", name] => (text("utf-8"), name),
            ["file", name, encoding @ ("gb18030" | "bom")] => (text(encoding), name),
            ["workbook", name] => (Block::Workbook, name),
            ["bytes", name] => (Block::Bytes, name),
            ["correct", of, "as", name] => (Block::Correction { of: of.to_string() }, name),
            _ => return None,
        };
        Some((block, name.to_string()))
    }

    /// Writes the file into the folder.
    pub fn write(&self, folder: &Path, name: &str, lines: &[String]) {
        let path = folder.join(name);
        match self {
            Block::Text { encoding } => write_text(&path, encoding, lines),
            Block::Workbook => workbooks::write(&path, lines),
            Block::Bytes => {
                let digits: Vec<u8> = lines.concat().bytes().filter(|b| *b != b' ').collect();
                std::fs::write(&path, digits.chunks(2).map(byte).collect::<Vec<u8>>())
                    .expect("bytes");
            }
            Block::Correction { of } => correct(&folder.join(of), &path, lines),
        }
    }
}

fn text(encoding: &str) -> Block {
    Block::Text {
        encoding: encoding.to_string(),
    }
}

fn byte(digits: &[u8]) -> u8 {
    let text = std::str::from_utf8(digits).expect("digits");
    u8::from_str_radix(text, 16).expect("two hexadecimal digits")
}

/// `{1000 × ,,,}` stands for that many lines of what follows the sign.
fn write_text(path: &Path, encoding: &str, lines: &[String]) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let mut put = |bytes: &[u8]| file.write_all(bytes).expect("written");
    if encoding == "bom" {
        put("\u{feff}".as_bytes());
    }
    for line in lines {
        let inner = line
            .strip_prefix('{')
            .and_then(|line| line.strip_suffix('}'));
        if let Some((times, same)) = inner.and_then(|inner| inner.split_once('×')) {
            let same = format!("{}\n", same.trim());
            for _ in 0..times.trim().parse::<u64>().expect("a number of lines") {
                put(same.as_bytes());
            }
        } else if encoding == "gb18030" {
            let (bytes, _, unmapped) = encoding_rs::GB18030.encode(line);
            assert!(!unmapped, "{line}");
            put(&bytes);
            put(b"\n");
        } else {
            put(line.as_bytes());
            put(b"\n");
        }
    }
    file.flush().expect("written");
}

fn correct(of: &Path, path: &Path, lines: &[String]) {
    let changes: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| line.split_once(" => ").expect("old => new"))
        .collect();
    let mut missed = changes.clone();
    let corrected: Vec<String> = workbooks::lines(of)
        .into_iter()
        .map(|line| {
            let cells = line.split(',').map(|cell| {
                let change = changes.iter().find(|(old, _)| cell == *old);
                missed.retain(|missed| Some(missed) != change);
                change.map_or(cell, |(_, new)| *new).to_string()
            });
            cells.collect::<Vec<String>>().join(",")
        })
        .collect();
    assert!(missed.is_empty(), "{missed:?} are not in {}", of.display());
    workbooks::write(path, &corrected);
}
