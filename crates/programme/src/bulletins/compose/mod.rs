//! The text of a bulletin, written from figures and from nothing else.
//!
//! Pure: the same [`Material`] gives an equal [`Document`]. It states what the figures
//! say; it never gives a cause that it was not told, names no firm, and goes no deeper
//! than the county. Each section is one module that answers with no block where there is
//! nothing to say; the sections that remain are numbered here.
//!
//! ```text
//! let document = compose::quarterly(&material);
//! std::fs::write("通报.docx", documents::docx(&document)?)?;
//! ```

mod areas;
mod changes;
mod demands;
mod head;
mod ledger;
mod lists;
mod overall;
mod picture;
mod pools;
mod problems;
mod tables;
#[cfg(test)]
mod tests;
mod words;

pub use changes::changes;

use super::document::{Block, Document};
use super::issue::ApprovedAnnexes;
use crate::pool::coverage::Coverage;
use crate::targets::progress::Progress;
use chrono::NaiveDate;
use ledger::Ledger;
use picture::Picture;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::period::{Month, ReportPeriod};
use std::collections::BTreeMap;

/// Everything that a bulletin is written from.
#[derive(Debug, Clone)]
pub struct Material<'a> {
    pub pack: &'a Pack,
    pub period: ReportPeriod,
    /// At the period's last month, or at the newest month within it that has figures.
    pub progress: &'a Progress,
    /// Areas and counties, at the same month.
    pub coverage: &'a [Coverage],
    pub exits: ExitsByReason,
    pub candidates: CandidateCounts,
    pub snapshot: SnapshotRef,
    /// 成文日期.
    pub date: NaiveDate,
    /// 发文字号; none before signature.
    pub number: Option<String>,
    /// “演示数据” on demonstration provinces.
    pub banner: Option<String>,
    /// Where this is a 更正通报.
    pub correction: Option<CorrectionRef>,
    /// Used by the annual bulletin only.
    pub annual_rules: AnnualRules,
    /// Used by the annual bulletin only.
    pub approved: ApprovedAnnexes,
}

/// Firms that left this year, by the reason that the statistics authority gave. Firms
/// without a reason are not here; they are the difference to what [`Progress`] counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExitsByReason {
    pub province: Vec<ReasonCount>,
    pub areas: BTreeMap<DivisionCode, Vec<ReasonCount>>,
}

/// “规上转规下”, 30.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCount {
    pub reason: String,
    pub count: u32,
}

/// Firms that fit the pool by the data, whether they are in it or not; each is counted
/// once, in the first class of the pack that holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CandidateCounts {
    /// In the pack's order of classes.
    pub by_class: Vec<u32>,
    /// Firms that reached the scale and are not in the statistics (class A).
    pub reached: u32,
    /// The same per area; areas with none may be left out.
    pub reached_by_area: BTreeMap<DivisionCode, u32>,
}

/// The snapshot that all figures were computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRef {
    pub id: i64,
    /// SM3 in hexadecimal.
    pub fingerprint: String,
    pub as_of: Month,
    /// Deliveries received up to this day are in it.
    pub known_by: NaiveDate,
}

/// The bulletin that this one corrects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRef {
    pub number: String,
    /// Its whole title in one line.
    pub title: String,
    /// The snapshot that it was written from.
    pub snapshot: SnapshotRef,
    /// See [`changes`].
    pub changes: Vec<Change>,
}

/// One figure that reads otherwise now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// “全省本年新增规模以上工业企业”.
    pub what: String,
    pub before: String,
    pub after: String,
    pub query: String,
}

/// The numbers of the rules by which an annual bulletin proposes praise and criticism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnualRules {
    /// Praise: completion at or above this, and a pool that suffices.
    pub praise_percent: u32,
    /// Criticism: completion below this.
    pub criticism_percent: u32,
    /// Summons: completion below this …
    pub summon_percent: u32,
    /// … or among this many lowest of those who are criticised.
    pub summon_lowest: u32,
}

impl SnapshotRef {
    /// “快照 12（sm3 1a2b3c4d…）”
    pub fn in_words(&self) -> String {
        let short: String = self.fingerprint.chars().take(8).collect();
        format!("快照 {}（sm3 {short}…）", self.id)
    }
}

/// The bulletin of a quarter (clause 3.4.1).
pub fn quarterly(material: &Material<'_>) -> Document {
    write(&Picture::new(material, false))
}

/// The bulletin of a year with its proposals (clauses 3.4.2, 3.4.3).
pub fn annual(material: &Material<'_>) -> Document {
    write(&Picture::new(material, true))
}

type Section = fn(&Picture<'_>, &mut Ledger) -> Vec<Block>;

const SECTIONS: [(&str, Section); 5] = [
    ("总体情况", overall::section),
    ("各地进展", areas::section),
    ("培育库建设", pools::section),
    ("存在问题", problems::section),
    ("下步要求", demands::section),
];

fn write(picture: &Picture<'_>) -> Document {
    let material = picture.material;
    let office = &material.pack.office;
    let mut ledger = Ledger::new(material.snapshot.in_words());
    let mut body = head::preface(picture, &mut ledger);
    let mut number = 0;
    for (title, section) in SECTIONS {
        let blocks = section(picture, &mut ledger);
        if !blocks.is_empty() {
            number += 1;
            let text = format!("{}、{title}", words::ordinal(number));
            body.push(Block::Heading { level: 1, text });
            body.extend(blocks);
        }
    }
    // The lists have text of their own: its sources come before those of whole tables.
    let lists = lists::annexes(picture, &mut ledger);
    let mut annexes = tables::annexes(picture, &mut ledger);
    annexes.extend(lists);
    Document {
        masthead: office.masthead.clone(),
        number: material.number.clone(),
        title: head::title(picture),
        addressees: office.addressees.clone(),
        body,
        signature: office.signature.clone(),
        date: material.date,
        remark: None,
        annexes,
        copies_to: Some(office.copies_to.clone()).filter(|copies| !copies.is_empty()),
        printed_by: head::printed_by(material),
        printed_on: material.date,
        sources: ledger.into_sources(),
        banner: material.banner.clone(),
    }
}
