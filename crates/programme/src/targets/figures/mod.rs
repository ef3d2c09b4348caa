//! Figures that were once reported, so that what is later found otherwise is seen: the
//! list of restatements (domain §7.2). Only province and areas; a firm never.

mod store;

pub use store::{record_figures, restatements};

use super::progress::{Progress, Standing};
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use std::collections::HashMap;

/// What was reported of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    pub entered: u32,
    pub left: u32,
    pub standing: Standing,
}

/// A figure that a later run found otherwise, or confirmed as final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restatement {
    pub as_of: Month,
    pub division: DivisionCode,
    pub before: Figure,
    pub after: Figure,
    /// The snapshot that gave the later figure.
    pub snapshot: i64,
}

/// A recorded figure.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RecordedFigure {
    pub snapshot: i64,
    pub as_of: Month,
    pub division: DivisionCode,
    pub figure: Figure,
}

/// The figures of the province and its areas.
fn figures_of(progress: &Progress) -> Vec<(DivisionCode, Figure)> {
    let areas = progress.areas.iter().map(|row| &row.area);
    std::iter::once(&progress.province)
        .chain(areas)
        .filter_map(|row| {
            let figure = Figure {
                entered: row.entered,
                left: row.left,
                standing: progress.standing,
            };
            row.division.map(|division| (division, figure))
        })
        .collect()
}

/// Each recorded figure that replaced another of its month and division; `recorded` stands
/// in the order of recording, and so does the result.
fn consecutive(recorded: &[RecordedFigure]) -> Vec<Restatement> {
    let mut last: HashMap<(Month, DivisionCode), Figure> = HashMap::new();
    let mut found = Vec::new();
    for row in recorded {
        let before = last.insert((row.as_of, row.division), row.figure);
        found.extend(before.map(|before| Restatement {
            as_of: row.as_of,
            division: row.division,
            before,
            after: row.figure,
            snapshot: row.snapshot,
        }));
    }
    found
}
