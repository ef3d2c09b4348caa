//! What a file would become, as it is shown before anything is stored.

use super::super::import::Outcome as Judged;
use super::super::outcome;
use super::super::sample::Sample;
use crate::report::Table;
use crate::web::words::for_pages;
use rules::money::grouped;
use std::collections::HashMap;

/// Refused rows and remarks that are shown before anything is stored.
const FINDINGS: usize = 12;
/// How often the same is said among them.
const SAME: usize = 3;

pub struct Shown {
    pub row: u64,
    pub word: &'static str,
    pub message: String,
}

/// What a file would become.
pub struct Preview {
    pub month: String,
    pub sheet: String,
    pub header: String,
    pub rows: String,
    pub accepted: String,
    pub remarked: String,
    pub rejected: String,
    pub columns: Vec<(String, String, String)>,
    pub sample: Sample,
    pub groups: Vec<Vec<String>>,
    pub findings: Vec<Shown>,
    pub more: usize,
    pub notes: Vec<String>,
    pub is_storable: bool,
}

/// A judged file as it is shown.
pub fn preview(judged: &Judged) -> Preview {
    let findings = judged.findings.iter();
    // What is refused is shown before what is only remarked upon, and the same not too often.
    let mut ordered: Vec<_> = findings.collect();
    ordered.sort_by_key(|finding| (!finding.refused, finding.row));
    let mut said: HashMap<String, usize> = HashMap::new();
    ordered.retain(|finding| {
        let times = said.entry(outcome::general(&finding.message)).or_default();
        *times += 1;
        *times <= SAME
    });
    let shown = ordered.iter().take(FINDINGS).map(|finding| Shown {
        row: finding.row,
        word: outcome::word(finding.refused),
        message: for_pages(&finding.message),
    });
    Preview {
        month: format!("{}（取自{}）", judged.month.in_words(), judged.month_from),
        sheet: judged.sheet.clone(),
        header: judged.header.clone(),
        rows: grouped(judged.rows),
        accepted: grouped(judged.accepted),
        remarked: grouped(judged.remarked),
        rejected: grouped(judged.rejected),
        columns: judged.columns.clone(),
        sample: judged.sample.clone(),
        groups: cells(&judged.summary()),
        more: judged.findings.len() - ordered.len().min(FINDINGS),
        findings: shown.collect(),
        notes: judged.notes.iter().map(|note| for_pages(note)).collect(),
        is_storable: judged.accepted > 0,
    }
}

/// A table as texts.
fn cells(table: &Table) -> Vec<Vec<String>> {
    let rows = table.rows.iter();
    rows.map(|row| row.iter().map(|field| for_pages(&field.shown())).collect())
        .collect()
}

/// Bytes as people read them.
pub fn size(bytes: i64) -> String {
    match bytes {
        bytes if bytes < 1024 * 1024 => format!("{} KB", bytes / 1024 + 1),
        bytes => format!(
            "{}.{} MB",
            bytes / 1024 / 1024,
            bytes % (1024 * 1024) * 10 / 1024 / 1024
        ),
    }
}
