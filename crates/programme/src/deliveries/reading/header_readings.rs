//! Rows read as a header in every possible way, and which way is best.
//!
//! A row alone, or with the row right below it; each reading says which columns of the
//! layout it finds. Knows nothing of titles.

use super::header::{ColumnAt, HeaderFault, column_letters, shortened};
use super::header_words::{HeaderText, Names};
use super::rows::{HEAD_ROWS_MAX, HeadRow};
use super::units::Unit;
use rules::layout::{ColumnKind, Layout};
use std::ops::RangeInclusive;

/// One reading of one or two rows as a header.
pub(super) struct Reading {
    pub(super) rows: RangeInclusive<u64>,
    /// Header text of each physical column.
    pub(super) texts: Vec<String>,
    /// Some upper text reaches over a lower one to its right, as merged headers do.
    spans: bool,
    /// Parallel to the layout's columns: every claim of a physical column.
    claims: Vec<Vec<Claim>>,
}

struct Claim {
    index: usize,
    unit: Option<Unit>,
    odd_unit: bool,
    /// Matched by the joined text, or by the lower one alone.
    whole: bool,
}

impl Reading {
    fn read(
        rows: RangeInclusive<u64>,
        headers: Vec<(String, String)>,
        spans: bool,
        names: &Names,
        layout: &Layout,
    ) -> Reading {
        let mut claims: Vec<Vec<Claim>> = layout.columns.iter().map(|_| Vec::new()).collect();
        for (index, (upper, lower)) in headers.iter().enumerate() {
            let joined = format!("{upper}{lower}");
            if joined.is_empty() {
                continue;
            }
            let (whole, found) = match names.find(&HeaderText::read(&joined), layout) {
                Some(found) => (true, found),
                None if upper.is_empty() || lower.is_empty() => continue,
                None => match names.find(&HeaderText::read(lower), layout) {
                    Some(found) => (false, found),
                    None => continue,
                },
            };
            claims[found.column].push(Claim {
                index,
                unit: found.unit,
                odd_unit: found.odd_unit,
                whole,
            });
        }
        for claims in &mut claims {
            if claims.iter().any(|claim| claim.whole) {
                claims.retain(|claim| claim.whole);
            }
        }
        let texts = headers
            .into_iter()
            .map(|(upper, lower)| upper + &lower)
            .collect();
        Reading {
            rows,
            texts,
            spans,
            claims,
        }
    }

    fn is_double(&self) -> bool {
        self.rows.start() != self.rows.end()
    }

    pub(super) fn matched(&self) -> usize {
        self.claims.iter().filter(|c| !c.is_empty()).count()
    }

    fn matched_whole(&self) -> usize {
        let whole = |claims: &&Vec<Claim>| claims.first().is_some_and(|claim| claim.whole);
        self.claims.iter().filter(whole).count()
    }

    pub(super) fn missing(&self, layout: &Layout) -> Vec<String> {
        let columns = layout.columns.iter().zip(&self.claims);
        columns
            .filter(|(column, claims)| column.required && claims.is_empty())
            .map(|(column, _)| column.name.clone())
            .collect()
    }

    pub(super) fn checked(&self, layout: &Layout) -> Result<(), HeaderFault> {
        let missing = self.missing(layout);
        if !missing.is_empty() {
            let texts = self.texts.iter().filter(|text| !text.is_empty());
            return Err(HeaderFault::Missing {
                row: *self.rows.start(),
                missing,
                found: texts.take(40).map(|text| shortened(text)).collect(),
                matched: self.matched(),
            });
        }
        for (column, claims) in layout.columns.iter().zip(&self.claims) {
            if let [first, second, ..] = claims.as_slice() {
                return Err(HeaderFault::Twice {
                    column: column.name.clone(),
                    first: shortened(&self.texts[first.index]),
                    first_place: column_letters(first.index),
                    second: shortened(&self.texts[second.index]),
                    second_place: column_letters(second.index),
                });
            }
        }
        Ok(())
    }

    pub(super) fn with_units(
        &self,
        layout: &Layout,
        in_title: &[Unit],
        given: Option<Unit>,
    ) -> Result<Vec<Option<ColumnAt>>, HeaderFault> {
        let mut columns = Vec::with_capacity(layout.columns.len());
        for (column, claims) in layout.columns.iter().zip(&self.claims) {
            let Some(claim) = claims.first() else {
                columns.push(None);
                continue;
            };
            let header_text = self.texts[claim.index].trim().to_string();
            let unit = match expectation(column.kind) {
                None => None,
                Some((_, expected, _)) if claim.odd_unit => {
                    return Err(HeaderFault::OddUnit {
                        header: shortened(&header_text),
                        expected,
                    });
                }
                Some((_, _, "")) => None,
                Some((what, _, example)) => Some(
                    claim
                        .unit
                        .or_else(|| only_unit(in_title, column.kind))
                        .or(given.filter(|unit| unit.kind() == column.kind))
                        .ok_or_else(|| HeaderFault::NoUnit {
                            header: shortened(&header_text),
                            what,
                            example,
                        })?,
                ),
            };
            columns.push(Some(ColumnAt {
                index: claim.index,
                header_text,
                kind: column.kind,
                unit,
            }));
        }
        Ok(columns)
    }
}

/// What to say of a figure's unit: what it measures, what may stand there, an example.
/// Counts need no unit and therefore have no example; texts and dates have none at all.
fn expectation(kind: ColumnKind) -> Option<(&'static str, &'static str, &'static str)> {
    match kind {
        ColumnKind::Money => Some(("金额", "元、千元、万元、百万元或亿元", "万元")),
        ColumnKind::Electricity => Some(("电量", "千瓦时、兆瓦时或万千瓦时", "千瓦时")),
        ColumnKind::Gas => Some(("气量", "立方米或万立方米", "立方米")),
        ColumnKind::Count => Some(("数量", "人、家或户", "")),
        _ => None,
    }
}

/// The title's unit of a kind, where it names exactly one.
fn only_unit(in_title: &[Unit], kind: ColumnKind) -> Option<Unit> {
    let mut fitting = in_title.iter().filter(|unit| unit.kind() == kind);
    let first = fitting.next()?;
    fitting.all(|unit| unit == first).then_some(*first)
}

/// Every row as a header of its own, and with the row right below it.
pub(super) fn readings(first_rows: &[HeadRow], names: &Names, layout: &Layout) -> Vec<Reading> {
    let mut all = Vec::new();
    for (at, row) in first_rows.iter().enumerate().take(HEAD_ROWS_MAX) {
        let single = row.cells.iter().map(|text| (text.clone(), String::new()));
        let rows = row.number..=row.number;
        all.push(Reading::read(rows, single.collect(), false, names, layout));
        if let Some(below) = first_rows.get(at + 1)
            && below.number == row.number + 1
        {
            let rows = row.number..=below.number;
            let (headers, spans) = joined(row, below);
            all.push(Reading::read(rows, headers, spans, names, layout));
        }
    }
    all
}

/// Upper and lower header text of each column. An upper text reaches to the right
/// over columns that have only a lower one; the second value says whether one does.
fn joined(upper: &HeadRow, lower: &HeadRow) -> (Vec<(String, String)>, bool) {
    let text = |row: &HeadRow, index: usize| {
        let text = row.cells.get(index).map(|text| text.trim());
        text.unwrap_or_default().to_string()
    };
    let mut reaching = String::new();
    let mut spans = false;
    let headers = (0..upper.cells.len().max(lower.cells.len()))
        .map(|index| {
            let (above, below) = (text(upper, index), text(lower, index));
            if !above.is_empty() {
                reaching.clone_from(&above);
            } else if below.is_empty() {
                reaching.clear();
            }
            match (above.is_empty(), below.is_empty()) {
                (true, false) => {
                    spans |= !reaching.is_empty();
                    (reaching.clone(), below)
                }
                _ => (above, below),
            }
        })
        .collect();
    (headers, spans)
}

/// Most columns; then most by their whole text; then with the row of lower headers
/// below, which would else be taken for data, and without an upper row that adds
/// nothing, which then is a title; then the first.
pub(super) fn best_of<'h>(all: impl Iterator<Item = &'h Reading>) -> Option<&'h Reading> {
    let mut best: Option<&Reading> = None;
    for reading in all {
        let better = best.is_none_or(|best| {
            let rank = |h: &Reading| (h.matched(), h.matched_whole());
            let adds_lower = reading.spans && reading.rows.start() == best.rows.start();
            let drops_upper =
                best.is_double() && reading.rows == (*best.rows.end()..=*best.rows.end());
            rank(reading) > rank(best)
                || (rank(reading) == rank(best) && (adds_lower || drops_upper))
        });
        if better {
            best = Some(reading);
        }
    }
    best
}
