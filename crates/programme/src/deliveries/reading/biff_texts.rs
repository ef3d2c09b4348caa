//! Texts of an Excel 97 workbook stream, which may go on in continuing records.
//!
//! A text that is cut short by the end of its records yields `None`.

use super::biff::{CONTINUE, record_at};

/// Texts in a record and the continuing records after it.
pub(super) struct Texts<'a> {
    stream: &'a [u8],
    body: &'a [u8],
    end: usize,
}

impl<'a> Texts<'a> {
    pub(super) fn of(stream: &'a [u8], at: usize) -> Texts<'a> {
        let record = record_at(stream, at);
        Texts {
            stream,
            body: record.map_or(&[], |record| record.body),
            end: record.map_or(stream.len(), |record| record.end()),
        }
    }

    pub(super) fn skipping(mut self, bytes: usize) -> Texts<'a> {
        self.skip(bytes);
        self
    }

    /// A text whose length takes two bytes.
    pub(super) fn long_text(&mut self) -> Option<String> {
        let length = usize::from(self.number()?);
        let flags = self.byte()?;
        let runs = if flags & 0x08 != 0 { self.number()? } else { 0 };
        let extra = if flags & 0x04 != 0 {
            usize::from(self.number()?) | usize::from(self.number()?) << 16
        } else {
            0
        };
        let text = self.symbols(length, flags & 0x01 != 0)?;
        self.skip(usize::from(runs) * 4 + extra);
        Some(text)
    }

    /// A text whose length takes one byte.
    pub(super) fn short_text(&mut self) -> Option<String> {
        let length = usize::from(self.byte()?);
        let flags = self.byte()?;
        self.symbols(length, flags & 0x01 != 0)
    }

    /// Where a text goes on in the next record, that record says anew how wide its
    /// symbols are.
    fn symbols(&mut self, length: usize, wide: bool) -> Option<String> {
        let mut wide = wide;
        let mut units: Vec<u16> = Vec::with_capacity(length.min(self.stream.len()));
        while units.len() < length {
            let size = if wide { 2 } else { 1 };
            let taken = (self.body.len() / size).min(length - units.len());
            if taken == 0 {
                self.go_on()?;
                wide = self.byte()? & 0x01 != 0;
                continue;
            }
            let (now, rest) = self.body.split_at(taken * size);
            match wide {
                true => units.extend(
                    now.as_chunks::<2>()
                        .0
                        .iter()
                        .map(|u| u16::from_le_bytes(*u)),
                ),
                false => units.extend(now.iter().map(|byte| u16::from(*byte))),
            }
            self.body = rest;
        }
        Some(String::from_utf16_lossy(&units))
    }

    fn byte(&mut self) -> Option<u8> {
        while self.body.is_empty() {
            self.go_on()?;
        }
        let (first, rest) = self.body.split_first()?;
        self.body = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, bytes: usize) {
        let mut left = bytes;
        while left > self.body.len() {
            left -= self.body.len();
            if self.go_on().is_none() {
                left = 0;
            }
        }
        self.body = self.body.get(left..).unwrap_or_default();
    }

    fn go_on(&mut self) -> Option<()> {
        self.body = &[];
        let next = record_at(self.stream, self.end).filter(|next| next.kind == CONTINUE)?;
        self.body = next.body;
        self.end = next.end();
        Some(())
    }
}
