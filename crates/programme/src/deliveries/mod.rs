//! What departments deliver: files read as they are, accepted rows kept as immutable
//! batches, rejected rows handed back with reasons.
//!
//! It knows layouts and batches. What a row means for a firm is the business of
//! `register` and `indicators`.

pub mod import;
pub mod payload;
pub mod reading;
mod store;

pub use store::{
    BatchFailure, StoredBatch, batch, batches, findings, insert, load_part, rows_of, same_file,
    stored,
};
pub(crate) use store::{day_number, day_of, extend_rows};

use chrono::NaiveDate;
use rules::pack::divisions::DivisionCode;
use rules::period::Month;

/// One accepted delivery. It is never changed; a correction is a new batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number from 1, without gaps.
    pub id: i64,
    /// Kind of layout.
    pub kind: String,
    pub month: Month,
    /// Who delivered it: agency id or division code.
    pub organisation: String,
    /// The area it covers, where it does not cover the province.
    pub region: Option<DivisionCode>,
    pub purpose: String,
    pub basis: String,
    pub file_name: String,
    /// SM3 of the file.
    pub file_hash: String,
    pub received_on: NaiveDate,
    /// Seconds since 1970 in UTC.
    pub at: i64,
    pub accepted: u64,
    pub rejected: u64,
    pub remarked: u64,
    /// The batch that this one replaces.
    pub supersedes: Option<i64>,
}

/// What was said of one row of a delivered file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowFinding {
    /// Row of the sheet as Excel counts, or record of the CSV, header = 1.
    pub row: u64,
    /// Refused rows are in the returned workbook; others were accepted with a remark.
    pub refused: bool,
    pub message: String,
}

/// The batches in force: known by the day, and not superseded by another known batch.
pub fn in_force(all: &[Batch], known_by: NaiveDate) -> Vec<Batch> {
    let known = |batch: &&Batch| batch.received_on <= known_by;
    let superseded: Vec<i64> = all
        .iter()
        .filter(known)
        .filter_map(|batch| batch.supersedes)
        .collect();
    all.iter()
        .filter(known)
        .filter(|batch| !superseded.contains(&batch.id))
        .cloned()
        .collect()
}

/// A stored day; `None` for no value.
pub fn day_from(number: i64) -> Option<NaiveDate> {
    known_number(number).map(day_of)
}

/// A stored number; `None` for no value.
pub fn known_number(number: i64) -> Option<i64> {
    (number != payload::EMPTY).then_some(number)
}
