//! Writing a paragraph while every figure in it is booked with its source.

use super::super::document::{Block, Source, Span};
use std::fmt::Display;

/// What a figure counts, and the command that shows it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub what: String,
    pub query: String,
}

/// The sources of a document, numbered by first use, each once.
#[derive(Debug)]
pub struct Ledger {
    snapshot: String,
    sources: Vec<Source>,
}

impl Ledger {
    pub fn new(snapshot: String) -> Ledger {
        Ledger {
            snapshot,
            sources: Vec::new(),
        }
    }

    /// Begins a paragraph.
    pub fn text(&mut self) -> Text<'_> {
        Text {
            ledger: self,
            spans: Vec::new(),
        }
    }

    /// Books a source and answers its number.
    pub fn book(&mut self, origin: Origin, value: String, snapshot: Option<&str>) -> usize {
        let snapshot = snapshot.unwrap_or(&self.snapshot).to_string();
        let known = self.sources.iter().find(|source| {
            source.what == origin.what
                && source.value == value
                && source.query == origin.query
                && source.snapshot == snapshot
        });
        if let Some(known) = known {
            return known.number;
        }
        let number = self.sources.len() + 1;
        self.sources.push(Source {
            number,
            what: origin.what,
            value,
            query: origin.query,
            snapshot,
        });
        number
    }

    pub fn into_sources(self) -> Vec<Source> {
        self.sources
    }
}

/// A paragraph in the making.
#[derive(Debug)]
pub struct Text<'l> {
    ledger: &'l mut Ledger,
    spans: Vec<Span>,
}

impl Text<'_> {
    /// Adds words. Figures of the programme do not belong here.
    pub fn say(&mut self, words: impl AsRef<str>) -> &mut Self {
        let words = words.as_ref();
        match self.spans.last_mut() {
            Some(Span::Text(before)) => before.push_str(words),
            _ if words.is_empty() => {}
            _ => self.spans.push(Span::Text(words.to_string())),
        }
        self
    }

    /// Adds a figure and its unit; the unit stands in the text and in the source's value.
    pub fn figure(&mut self, value: impl Display, unit: &str, origin: Origin) -> &mut Self {
        let printed = value.to_string();
        let source = self.ledger.book(origin, format!("{printed}{unit}"), None);
        self.push(printed, source).say(unit)
    }

    /// Adds a figure of another snapshot.
    pub fn former(&mut self, value: &str, origin: Origin, snapshot: &str) -> &mut Self {
        let source = self.ledger.book(origin, value.to_string(), Some(snapshot));
        self.push(value.to_string(), source)
    }

    /// Adds items with `separator` between them.
    pub fn each<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        add: impl Fn(&mut Self, T),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.say(separator);
            }
            add(self, item);
        }
        self
    }

    pub fn paragraph(self) -> Block {
        Block::Paragraph(self.spans)
    }

    fn push(&mut self, text: String, source: usize) -> &mut Self {
        self.spans.push(Span::Figure { text, source });
        self
    }
}
