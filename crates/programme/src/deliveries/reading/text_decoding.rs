//! Text files to UTF-8: which encoding, and decoding while reading.
//!
//! Bytes that the encoding does not know are a fault that names the line; they are
//! never replaced by a question mark.

use super::faults::ReadFault;
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// A row of more bytes is taken for an unpaired quotation mark.
pub(super) const MEGABYTES_PER_ROW_MAX: u64 = 4;
const ALLOWANCE: u64 = MEGABYTES_PER_ROW_MAX * 1024 * 1024;
const CHUNK: usize = 256 * 1024;
/// So many bytes of well-formed non-ASCII UTF-8 never come about in GB18030 by chance.
const CERTAIN_UTF8_BYTES: u64 = 60;

/// A text file's encoding and how many bytes of its beginning mark it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Encoded {
    encoding: &'static Encoding,
    mark: u64,
}

impl Encoded {
    /// Reads the whole file once.
    pub(super) fn detect(path: &Path) -> Result<Encoded, ReadFault> {
        let mut file = File::open(path).map_err(|error| ReadFault::world(&error))?;
        let mut first = [0u8; 4];
        let length = read_full(&mut file, &mut first)?;
        let marked = |encoding, mark| Ok(Encoded { encoding, mark });
        match &first[..length] {
            [0xef, 0xbb, 0xbf, ..] => return marked(UTF_8, 3),
            [0xff, 0xfe, ..] => return marked(UTF_16LE, 2),
            [0xfe, 0xff, ..] => return marked(UTF_16BE, 2),
            _ => {}
        }
        file.seek(SeekFrom::Start(0))
            .map_err(|error| ReadFault::world(&error))?;
        let utf8 = is_utf8(&mut file)?;
        marked(if utf8 { UTF_8 } else { GB18030 }, 0)
    }

    /// The file's first lines as text, for looking at only.
    pub(super) fn head(self, path: &Path) -> Result<String, ReadFault> {
        let mut file = File::open(path).map_err(|error| ReadFault::world(&error))?;
        file.seek(SeekFrom::Start(self.mark))
            .map_err(|error| ReadFault::world(&error))?;
        let mut bytes = vec![0u8; 64 * 1024];
        let length = read_full(&mut file, &mut bytes)?;
        let (text, _) = self.encoding.decode_without_bom_handling(&bytes[..length]);
        Ok(text.into_owned())
    }
}

/// Why decoding stopped; travels inside an [`std::io::Error`].
#[derive(Debug, thiserror::Error)]
pub(super) enum DecodeFault {
    #[error("line {line} holds bytes of no known encoding")]
    Malformed { line: u64 },
    #[error("one row took more bytes than allowed")]
    Allowance,
}

/// A text file read as UTF-8.
pub(super) struct Decoded {
    file: File,
    size: u64,
    read: u64,
    decoder: Decoder,
    raw: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    finished: bool,
    allowance: u64,
    lines: u64,
    quotes: u64,
    last: u8,
    after_return: bool,
}

impl Decoded {
    pub(super) fn open(path: &Path, encoded: Encoded) -> Result<Decoded, ReadFault> {
        let mut file = File::open(path).map_err(|error| ReadFault::world(&error))?;
        let size = file
            .seek(SeekFrom::End(0))
            .and_then(|size| file.seek(SeekFrom::Start(encoded.mark)).map(|_| size))
            .map_err(|error| ReadFault::world(&error))?;
        Ok(Decoded {
            file,
            size,
            read: encoded.mark,
            decoder: encoded.encoding.new_decoder_without_bom_handling(),
            raw: vec![0; CHUNK],
            start: 0,
            end: 0,
            at_end: false,
            finished: false,
            allowance: ALLOWANCE,
            lines: 0,
            quotes: 0,
            last: b'\n',
            after_return: false,
        })
    }

    /// Called before each row: it may take so many bytes again.
    pub(super) fn renew_allowance(&mut self) {
        self.allowance = ALLOWANCE;
    }

    pub(super) fn quotes_are_odd(&self) -> bool {
        self.quotes % 2 == 1
    }

    pub(super) fn fraction_read(&self) -> f32 {
        if self.size == 0 {
            return 1.0;
        }
        (self.read as f64 / self.size as f64).min(1.0) as f32
    }

    fn decode_into(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if self.start == self.end && !self.at_end {
                self.end = self.file.read(&mut self.raw)?;
                self.start = 0;
                self.read += self.end as u64;
                self.at_end = self.end == 0;
            }
            let raw = &self.raw[self.start..self.end];
            let (result, taken, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(raw, out, self.at_end);
            self.start += taken;
            self.finished = self.at_end && result == DecoderResult::InputEmpty;
            let written = self.unify_line_ends(&mut out[..written]);
            self.note(&out[..written]);
            if let DecoderResult::Malformed(..) = result {
                let line = self.lines + 1;
                return Err(std::io::Error::other(DecodeFault::Malformed { line }));
            }
            if written > 0 || self.finished {
                return Ok(written);
            }
            if result == DecoderResult::OutputFull && taken == 0 {
                return Err(std::io::Error::other(
                    "the buffer to decode into is too small",
                ));
            }
        }
    }

    /// Makes every line end a line feed, in place, so that rows can be counted by them.
    /// Returns how many bytes are left.
    fn unify_line_ends(&mut self, decoded: &mut [u8]) -> usize {
        if !self.after_return && !decoded.contains(&b'\r') {
            return decoded.len();
        }
        let mut kept = 0;
        for at in 0..decoded.len() {
            let byte = decoded[at];
            let ends_pair = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if !ends_pair {
                decoded[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        kept
    }

    fn note(&mut self, decoded: &[u8]) {
        let count = |sought: u8| decoded.iter().filter(|byte| **byte == sought).count() as u64;
        let line_feeds = count(b'\n');
        self.lines += line_feeds;
        self.quotes += count(b'"');
        self.last = decoded.last().copied().unwrap_or(self.last);
        // Empty lines belong to no row, unless a quoted field takes them in.
        let free = if self.quotes_are_odd() { 0 } else { line_feeds };
        self.allowance = self.allowance.saturating_sub(decoded.len() as u64 - free);
    }
}

impl Read for Decoded {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if self.allowance == 0 {
            return Err(std::io::Error::other(DecodeFault::Allowance));
        }
        let length = match self.finished {
            true => 0,
            false => self.decode_into(out)?,
        };
        // A last line without its line feed gets one, so that it is counted as a line.
        if length == 0 && self.last != b'\n' {
            self.last = b'\n';
            out[0] = b'\n';
            return Ok(1);
        }
        Ok(length)
    }
}

/// Whether the file is UTF-8: all of it, or so much before its first odd byte that it
/// must be meant as UTF-8. Reading then names the odd line.
fn is_utf8(file: &mut File) -> Result<bool, ReadFault> {
    let mut buffer = vec![0u8; CHUNK];
    let (mut kept, mut beyond_ascii) = (0, 0u64);
    loop {
        let length = read_full(file, &mut buffer[kept..])? + kept;
        let chunk = &buffer[..length];
        let at_end = length < buffer.len();
        let (valid, error) = match std::str::from_utf8(chunk) {
            Ok(_) => (length, None),
            Err(error) => (error.valid_up_to(), Some(error)),
        };
        let wide = chunk[..valid].iter().filter(|byte| !byte.is_ascii());
        beyond_ascii += wide.count() as u64;
        match error {
            Some(error) if error.error_len().is_some() || at_end => {
                return Ok(beyond_ascii >= CERTAIN_UTF8_BYTES);
            }
            _ if at_end => return Ok(true),
            _ => {}
        }
        buffer.copy_within(valid..length, 0);
        kept = length - valid;
    }
}

/// Fills the buffer as far as the file goes.
pub(super) fn read_full(file: &mut File, buffer: &mut [u8]) -> Result<usize, ReadFault> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ReadFault::world(&error)),
        }
    }
    Ok(length)
}
