//! Reading one file of a pack: entries with their lines, faults collected.

use super::finding::Finding;
use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// A value together with the line on which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    pub line: usize,
    pub value: T,
}

/// One TOML file while it is read.
pub(crate) struct Source<'a> {
    pub file: &'a str,
    text: &'a str,
    /// Offsets of the line breaks.
    breaks: Vec<usize>,
    table: DeTable<'a>,
    pub findings: Vec<Finding>,
}

impl<'a> Source<'a> {
    pub fn new(file: &'a str, text: &'a str) -> Source<'a> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut source = Source {
            file,
            text,
            breaks: text.match_indices('\n').map(|(offset, _)| offset).collect(),
            table: table.into_inner(),
            findings: Vec::new(),
        };
        for error in errors {
            source.note_syntax(&error);
        }
        source
    }

    /// The entries of an array of tables; an entry that does not fit is a finding.
    pub fn entries<T: DeserializeOwned>(&mut self, key: &str) -> Vec<Placed<T>> {
        let Some((_, value)) = self.table.remove_entry(key) else {
            return Vec::new();
        };
        let span = value.span();
        let DeValue::Array(array) = value.into_inner() else {
            self.note(span.start, format!("“{key}”应写成 [[{key}]] 的若干条"));
            return Vec::new();
        };
        array
            .into_iter()
            .filter_map(|entry| self.entry(entry))
            .collect()
    }

    /// Leaves a key to another reader of the same file.
    pub fn set_aside(&mut self, key: &str) {
        self.table.remove_entry(key);
    }

    /// A table that must be there.
    pub fn required<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        match self.table.remove_entry(key) {
            Some((_, value)) => self.entry(value).map(|placed| placed.value),
            None => {
                self.note(0, format!("缺少“{key}”，请补上"));
                None
            }
        }
    }

    /// A table that may be there.
    pub fn optional<T: DeserializeOwned>(&mut self, key: &str) -> Option<Placed<T>> {
        let (_, value) = self.table.remove_entry(key)?;
        self.entry(value)
    }

    /// The file as one value, for files that are a single entry.
    pub fn whole<T: DeserializeOwned>(&mut self) -> Option<T> {
        let table = std::mem::take(&mut self.table);
        let value = Spanned::new(0..self.text.len(), DeValue::Table(table));
        self.entry(value).map(|placed| placed.value)
    }

    /// What was not asked for is a finding: misspelt keys must not pass unseen.
    pub fn finish(mut self) -> Vec<Finding> {
        let left: Vec<(String, usize)> = self
            .table
            .keys()
            .map(|key| (key.get_ref().to_string(), key.span().start))
            .collect();
        for (key, start) in left {
            self.note(start, format!("不认识的项“{key}”，请核对拼写"));
        }
        self.findings
    }

    /// Findings of an expression whose text stands at `offset`.
    pub fn note_expression(&mut self, offset: usize, findings: &[crate::expression::Finding]) {
        let is_block = self.text[offset.min(self.text.len())..].starts_with("\"\"\"\n");
        let first = self.line(offset) + usize::from(is_block);
        for finding in findings {
            let message = format!("第{}字：{}", finding.column, finding.message);
            self.note_line(first + finding.line - 1, message);
        }
    }

    pub fn note(&mut self, offset: usize, message: String) {
        self.note_line(self.line(offset), message);
    }

    pub fn note_line(&mut self, line: usize, message: String) {
        self.findings.push(Finding {
            file: self.file.to_string(),
            line,
            message,
        });
    }

    /// The line of a byte offset, counted from 1.
    fn line(&self, offset: usize) -> usize {
        self.breaks
            .partition_point(|line_break| *line_break < offset)
            + 1
    }

    /// Line of a key inside the entry that starts at `line`; the entry's own line if absent.
    pub fn line_of(&self, line: usize, key: &str) -> usize {
        for (index, text) in self.text.lines().enumerate().skip(line - 1) {
            let bare = text.trim_start();
            if index + 1 > line && bare.starts_with("[[") {
                break;
            }
            if bare
                .strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
            {
                return index + 1;
            }
        }
        line
    }

    fn entry<T: DeserializeOwned>(&mut self, value: Spanned<DeValue<'a>>) -> Option<Placed<T>> {
        let span = value.span();
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(value) => Some(Placed {
                line: self.line(span.start),
                value,
            }),
            Err(error) => {
                let place = error.span().unwrap_or(span);
                self.note(place.start, plain(error.message()));
                None
            }
        }
    }

    fn note_syntax(&mut self, error: &toml::de::Error) {
        let span: Range<usize> = error.span().unwrap_or(0..0);
        self.note(span.start, format!("TOML 写法有误：{}", error.message()));
    }
}

/// The library's commonest messages in the reader's language.
fn plain(message: &str) -> String {
    let quoted = |rest: &str| rest.trim_matches('`').to_string();
    if let Some(rest) = message.strip_prefix("missing field ") {
        format!("缺少“{}”，请补上", quoted(rest))
    } else if let Some(rest) = message.strip_prefix("unknown field ") {
        let mut parts = rest.splitn(2, ", expected ");
        let field = quoted(parts.next().unwrap_or_default());
        let known = parts.next().unwrap_or_default().replace('`', "");
        format!(
            "不认识的项“{field}”，可用的是：{}",
            known.trim_start_matches("one of ")
        )
    } else if let Some(rest) = message.strip_prefix("unknown variant ") {
        let mut parts = rest.splitn(2, ", expected ");
        let found = quoted(parts.next().unwrap_or_default());
        let known = parts.next().unwrap_or_default().replace('`', "");
        format!(
            "“{found}”不在可选值内，可用的是：{}",
            known.trim_start_matches("one of ")
        )
    } else if let Some(rest) = message.strip_prefix("invalid type: ") {
        format!("类型不对：{rest}")
    } else {
        format!("不能识别：{message}")
    }
}
