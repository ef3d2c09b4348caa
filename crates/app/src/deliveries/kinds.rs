//! Which kinds of delivery an organisation hands in, and which of them a file is.

use crate::office::Office;
use anyhow::{Context, Result};
use programme::deliveries::reading::RowSource;
use programme::people::Organisation;
use rules::layout::Layout;
use rules::pack::Pack;
use std::path::{Path, PathBuf};

/// A kind that a file can be read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    pub kind: String,
    /// Columns of the kind that the file has.
    pub columns: usize,
    pub of: usize,
}

/// The kinds that an organisation may hand in.
pub fn deliverable<'a>(
    pack: &'a Pack,
    organisation: &'a Organisation,
) -> impl Iterator<Item = &'a Layout> {
    let layouts = pack.layouts.iter();
    layouts.filter(|layout| organisation.is_among(&layout.agencies))
}

/// The kinds that a file can be read as, the best first.
pub async fn fits(office: &Office, organisation: &Organisation, file: PathBuf) -> Result<Vec<Fit>> {
    let pack = office.pack.clone();
    let organisation = organisation.clone();
    let found = tokio::task::spawn_blocking(move || fits_of(&pack, &organisation, &file));
    found.await.context("识别中断")
}

fn fits_of(pack: &Pack, organisation: &Organisation, file: &Path) -> Vec<Fit> {
    let mut found: Vec<Fit> = deliverable(pack, organisation)
        .filter_map(|layout| {
            let (_, recognised) = RowSource::open(file, layout, None).ok()?;
            Some(Fit {
                kind: layout.id.clone(),
                columns: recognised.columns.iter().flatten().count(),
                of: layout.columns.len(),
            })
        })
        .collect();
    // More columns first; of equals the kind that wants fewer others.
    found.sort_by_key(|fit| (std::cmp::Reverse(fit.columns), fit.of));
    found
}
