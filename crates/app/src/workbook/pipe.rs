//! Bytes from a thread that writes to somebody who reads them: a few pieces are under way, then
//! the writer waits; when the reader has gone, the writer hears it and stops.

use std::io::{Error, ErrorKind, Result, Write};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Bytes of a piece.
const PIECE: usize = 64 * 1024;
/// Pieces that may be under way.
const PIECES: usize = 8;
/// Pieces up to here leave as they come, so that the reader sees at once that something comes.
const EAGER: usize = 1024;

/// The end that is written to, on a thread that may wait.
pub struct Pipe {
    to: Sender<Vec<u8>>,
    piece: Vec<u8>,
    sent: usize,
}

/// Both ends.
pub fn pipe() -> (Pipe, Receiver<Vec<u8>>) {
    let (to, from) = channel(PIECES);
    let pipe = Pipe {
        to,
        piece: Vec::with_capacity(PIECE),
        sent: 0,
    };
    (pipe, from)
}

impl Pipe {
    fn send(&mut self) -> Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.sent += piece.len();
        let sent = self.to.blocking_send(piece);
        sent.map_err(|_| Error::new(ErrorKind::BrokenPipe, "nobody reads any more"))
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.piece.extend_from_slice(bytes);
        let is_first = self.sent == 0 && self.piece.len() >= EAGER;
        if is_first || self.piece.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        self.send()
    }
}
