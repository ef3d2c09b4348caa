//! Official documents as files: one [`Document`] becomes DOCX, an XLSX workbook or an HTML page.
//!
//! Nothing here computes a figure or decides a word; everything is said by the value.
//! Rendering is pure: no clock, no random ids, the same value gives the same bytes, so
//! that a signed file can be compared with its rendering years later.
//!
//! ```text
//! std::fs::write("通报.docx", documents::docx(&bulletin)?)?;
//! ```

mod axis;
mod docx;
mod header;
mod html;
mod palette;
mod wording;
mod xlsx;

#[cfg(test)]
mod sample;
#[cfg(test)]
pub mod wellformed;

use anyhow::{Context, Result};
use programme::bulletins::chart::Chart;
use programme::bulletins::document::{Block, Document};
use std::path::Path;

pub use wording::decimal;

/// Writes a file that appears whole or not at all.
///
/// # Errors
/// Where the path cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = path.with_extension("part");
    std::fs::write(&partial, bytes)
        .and_then(|()| std::fs::rename(&partial, path))
        .with_context(|| format!("“{}”不能写入", path.display()))
}

/// The document for signature and print, laid out after GB/T 9704-2012.
pub fn docx(document: &Document) -> anyhow::Result<Vec<u8>> {
    docx::render(document)
}

/// The tables of the annexes, one sheet each, and the origin of every figure.
pub fn xlsx(document: &Document) -> anyhow::Result<Vec<u8>> {
    xlsx::render(document)
}

/// The whole document as one self-contained page for reading on a screen or a phone.
pub fn html(document: &Document) -> String {
    html::render(document)
}

/// The charts that have something to draw, in the order in which they are read.
fn charts(document: &Document) -> impl Iterator<Item = &Chart> {
    let annexes = document.annexes.iter().flat_map(|annex| &annex.body);
    let blocks = document.body.iter().chain(annexes);
    blocks.filter_map(|block| match block {
        Block::Chart(chart) if !chart.is_empty() => Some(chart.as_ref()),
        Block::Chart(_) | Block::Heading { .. } | Block::Paragraph(_) => None,
    })
}
