//! What the checker of a pack found, with file and line. It collects; it never stops
//! at the first.

use std::fmt;

/// One fault of a pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path inside the pack.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong and what to write instead, in Chinese.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}  {}", self.file, self.line, self.message)
    }
}
