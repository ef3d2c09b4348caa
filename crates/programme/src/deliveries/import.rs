//! One delivery, from the file to a batch: every row accepted, accepted with a remark, or
//! refused with a reason; then all of it stored, or nothing.

mod columns;
mod interpret;

use super::RowFinding;
use super::payload::{EMPTY, Rows};
use super::reading::{ReadFault, Recognised, RowSource, Unit};
use interpret::Interpreter;
use rules::layout::{Layout, LayoutPeriod};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use rules::uscc::Uscc;
use sm3::{Digest, Sm3};
use std::collections::{BTreeMap, HashSet};
use std::io::Read;
use std::path::Path;

/// What a delivery is read against.
pub struct Against<'a> {
    pub pack: &'a Pack,
    pub layout: &'a Layout,
    /// Month that the caller named.
    pub month: Option<Month>,
    pub unit: Option<Unit>,
    /// Codes that pass in spite of their check symbol.
    pub exceptions: &'a HashSet<Uscc>,
    /// Keys of the register; rows of other firms get a remark.
    pub registered: &'a HashSet<u128>,
    /// Area that the delivery is limited to.
    pub region: Option<DivisionCode>,
    /// Month of receiving: the last resort of a list that names none.
    pub received: Month,
}

/// A delivery that was read and judged, but not yet stored.
#[derive(Debug)]
pub struct Judged {
    pub month: Month,
    /// Accepted rows, sorted by key.
    pub rows: Rows,
    /// Row numbers of the accepted rows, in the same order.
    pub row_numbers: Vec<u64>,
    pub findings: Vec<RowFinding>,
    pub reading: Reading,
    /// How the month was found, in words.
    pub month_from: &'static str,
}

impl Judged {
    pub fn refused(&self) -> u64 {
        self.findings
            .iter()
            .filter(|finding| finding.refused)
            .count() as u64
    }

    /// Accepted rows that carry a remark.
    pub fn remarked(&self) -> u64 {
        let rows = self.findings.iter().filter(|finding| !finding.refused);
        rows.map(|finding| finding.row)
            .collect::<HashSet<_>>()
            .len() as u64
    }

    /// Reasons by row, for the returned workbook.
    pub fn reasons(&self) -> BTreeMap<u64, String> {
        let refused = self.findings.iter().filter(|finding| finding.refused);
        refused
            .map(|finding| (finding.row, finding.message.clone()))
            .collect()
    }

    /// Refuses accepted rows after the fact: those whose key an earlier batch has.
    pub fn refuse_delivered(&mut self, earlier: &[(i64, HashSet<u128>)]) {
        self.refuse_where(|key| {
            let (batch, _) = earlier.iter().find(|(_, keys)| keys.contains(&key))?;
            Some(format!(
                "该企业本月数据已在第{batch}批次；如需更正，请整批更正后用 --supersedes {batch} 重新交付"
            ))
        });
    }

    /// Refuses accepted rows after the fact, for a reason that their key has.
    pub fn refuse_where(&mut self, reason: impl Fn(u128) -> Option<String>) {
        let mut kept = Vec::new();
        for (index, key) in self.rows.keys.iter().enumerate() {
            match reason(*key) {
                None => kept.push(index as u32),
                Some(message) => {
                    let row = self.row_numbers[index];
                    self.findings.retain(|finding| finding.row != row);
                    self.findings.push(RowFinding {
                        row,
                        refused: true,
                        message,
                    });
                }
            }
        }
        if kept.len() < self.rows.len() {
            self.rows = self.rows.pick(&kept);
            self.row_numbers = kept.iter().map(|i| self.row_numbers[*i as usize]).collect();
            self.findings.sort_by_key(|finding| finding.row);
        }
    }
}

/// What was read of a file.
#[derive(Debug, Clone)]
pub struct Reading {
    pub recognised: Recognised,
    /// Rows below the header that say something.
    pub rows: u64,
    pub blank_rows: u64,
}

/// Why a whole delivery is refused.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    #[error(transparent)]
    Read(#[from] ReadFault),
    #[error("没有写明是哪个月的数据。请用 --month 2026-09 这样的写法指明")]
    NoMonth,
    #[error("表内有{0}，不是一个月的数据。请按月拆分，或用 --month 指明月份（其他月份的行将退回）")]
    SeveralMonths(String),
    #[error("表内没有可用的数据行")]
    NothingAccepted,
    #[error("文件行数超过 {0}，请分批导入")]
    TooManyRows(usize),
}

/// More rows than this are not taken in one delivery.
const ROWS_MAX: usize = 20_000_000;

/// Reads a file and judges every row. Nothing is stored.
pub fn judge(
    path: &Path,
    against: &Against<'_>,
    progress: &mut dyn FnMut(f32),
) -> Result<Judged, ImportFault> {
    let (mut source, recognised) = RowSource::open(path, against.layout, against.unit)?;
    let mut interpreter = Interpreter::new(against);
    let mut read = 0u64;
    while let Some(row) = source.next_row()? {
        interpreter.take(&recognised, row);
        read += 1;
        if interpreter.len() >= ROWS_MAX {
            return Err(ImportFault::TooManyRows(ROWS_MAX));
        }
        if read.is_multiple_of(4096) {
            progress(source.fraction_read());
        }
    }
    progress(1.0);
    let reading = Reading {
        blank_rows: source.blank_rows(),
        rows: read,
        recognised,
    };
    finish(path, against, interpreter, reading)
}

fn finish(
    path: &Path,
    against: &Against<'_>,
    interpreter: Interpreter<'_>,
    reading: Reading,
) -> Result<Judged, ImportFault> {
    if reading.rows == 0 {
        return Err(ImportFault::NothingAccepted);
    }
    let (month, month_from) = month_of(path, against, &interpreter, &reading)?;
    let (rows, row_numbers, mut findings) = interpreter.finish(month);
    findings.sort_by_key(|finding| (finding.row, !finding.refused));
    if rows.is_empty() && findings.is_empty() {
        return Err(ImportFault::NothingAccepted);
    }
    Ok(Judged {
        month,
        rows,
        row_numbers,
        findings,
        reading,
        month_from,
    })
}

/// The month: named by the caller, by the rows, by the title, by the file's name, or for
/// a list the month of receiving.
fn month_of(
    path: &Path,
    against: &Against<'_>,
    interpreter: &Interpreter<'_>,
    reading: &Reading,
) -> Result<(Month, &'static str), ImportFault> {
    if let Some(month) = against.month {
        return Ok((month, "命令指明"));
    }
    let months = interpreter.months();
    match months.len() {
        0 => {}
        1 => return Ok((*months.keys().next().expect("one"), "表内所属期")),
        _ => {
            let listed: Vec<String> = months
                .iter()
                .map(|(month, rows)| format!("{}（{rows}行）", month.in_words()))
                .collect();
            return Err(ImportFault::SeveralMonths(listed.join("、")));
        }
    }
    if let Some(month) = reading.recognised.month_in_title {
        return Ok((month, "表名"));
    }
    let name = path
        .file_stem()
        .map(|name| name.to_string_lossy().into_owned());
    if let Some(month) = name.and_then(|name| super::reading::month_in_text(&name)) {
        return Ok((month, "文件名"));
    }
    match against.layout.period {
        LayoutPeriod::List => Ok((against.received, "接收月份")),
        LayoutPeriod::Month => Err(ImportFault::NoMonth),
    }
}

/// SM3 of a file, in hexadecimal.
pub fn hash_file(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut digest = Sm3::new();
    let mut buffer = vec![0u8; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
    }
    Ok(rules::pack::files::hexadecimal(&digest.finalize()))
}

/// Sorts by key and drops what `order` leaves out.
fn sorted(keys: &[u128]) -> Vec<u32> {
    use rayon::prelude::*;
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order.par_sort_by_key(|index| (keys[*index as usize], *index));
    order
}

/// Adds values of one firm; unknown stays out of the sum.
fn add(total: &mut i64, value: i64) {
    if value == EMPTY {
        return;
    }
    *total = if *total == EMPTY {
        value
    } else {
        total.saturating_add(value)
    };
}
