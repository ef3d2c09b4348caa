//! From register batches to one line per enterprise: for each firm the newest list of
//! or before the month counts, or else the oldest after it.

use crate::deliveries::Batch;
use crate::deliveries::payload::{EMPTY, Rows};
use rules::pack::divisions::{DivisionCode, Divisions, Place};
use rules::period::Month;
use rules::uscc::Uscc;
use std::collections::HashMap;

/// A firm as the register last described it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enterprise {
    pub key: u128,
    pub name: String,
    /// Place of production; it decides area and county.
    pub place: Place,
    pub registered_place: Option<DivisionCode>,
    pub address: String,
    /// Four-digit class of GB/T 4754-2017, as a number.
    pub industry: i64,
    /// Days since 1970-01-01; [`EMPTY`] where unknown.
    pub established: i64,
    pub commissioned: i64,
    pub persons: i64,
    pub predecessor: Option<Uscc>,
    pub certificates: Vec<Certificate>,
    /// The batch that said so.
    pub batch: i64,
}

/// A certificate with its validity, days since 1970-01-01 or [`EMPTY`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub name: String,
    pub from: i64,
    pub to: i64,
}

/// Batches of one kind in the order in which later ones win over earlier ones:
/// lists after the month first (the youngest of them first), then those up to the month.
pub fn ordered_lists<'a>(batches: &'a [Batch], kind: &str, as_of: Month) -> Vec<&'a Batch> {
    let mut lists: Vec<&Batch> = batches.iter().filter(|batch| batch.kind == kind).collect();
    lists.sort_by_key(|batch| {
        let after = batch.month > as_of;
        let distance = (batch.month.index() - as_of.index()).abs();
        (!after, -distance, batch.id)
    });
    lists
}

/// The columns that [`fold`] reads; lists say more, which a run does not need.
pub const COLUMNS: [&str; 12] = [
    "name",
    "place",
    "address",
    "registered_place",
    "industry",
    "established",
    "commissioned",
    "persons",
    "predecessor",
    "certificate",
    "certificate_from",
    "certificate_to",
];

/// Folds the rows of ordered batches. The result is sorted by key.
pub fn fold(lists: Vec<(i64, Rows)>, divisions: &Divisions) -> Vec<Enterprise> {
    let mut firms: HashMap<u128, Enterprise> = HashMap::new();
    for (batch, rows) in &lists {
        let column = |name: &str| rows.number(name).unwrap_or_default();
        let text = |name: &str| rows.text(name).unwrap_or_default();
        let (places, registered) = (column("place"), column("registered_place"));
        let (names, addresses, predecessors) = (text("name"), text("address"), text("predecessor"));
        let certificate = (
            text("certificate"),
            column("certificate_from"),
            column("certificate_to"),
        );
        let (industry, persons) = (column("industry"), column("persons"));
        let (established, commissioned) = (column("established"), column("commissioned"));
        for (row, key) in rows.keys.iter().enumerate() {
            let number = |values: &[i64]| values.get(row).copied().unwrap_or(EMPTY);
            let words = |values: &[String]| values.get(row).cloned().unwrap_or_default();
            let Some(place) = divisions.place(number(places) as DivisionCode) else {
                continue;
            };
            let mut certificates = firms
                .remove(key)
                .map(|firm| firm.certificates)
                .unwrap_or_default();
            let name = words(certificate.0);
            if !name.is_empty() {
                certificates.retain(|known: &Certificate| known.name != name);
                certificates.push(Certificate {
                    name,
                    from: number(certificate.1),
                    to: number(certificate.2),
                });
            }
            let firm = Enterprise {
                key: *key,
                name: words(names),
                place,
                registered_place: DivisionCode::try_from(number(registered)).ok(),
                address: words(addresses),
                industry: number(industry),
                established: number(established),
                commissioned: number(commissioned),
                persons: number(persons),
                predecessor: Uscc::read(&words(predecessors)).ok().map(|(code, _)| code),
                certificates,
                batch: *batch,
            };
            firms.insert(*key, firm);
        }
    }
    let mut firms: Vec<Enterprise> = firms.into_values().collect();
    firms.sort_unstable_by_key(|firm| firm.key);
    firms
}
