//! Lists that are issued to finance platforms and banks (clauses 2.5.1 and 2.5.2): who is on
//! them, for how long they hold, who got them.
//!
//! A measure decides who is listed, a firm's consent whether it may be, and the pack what is
//! said of it. An issued list is a record and never changes; it is replaced by the next.

mod store;

pub use store::{issue, list, lists, rows, take};

use crate::measures::Verdicts;
use crate::outlook::Firms;
use chrono::NaiveDate;
use rules::pack::Pack;
use rules::pack::exchange::{ListColumn, ListKind};
use sm3::{Digest, Sm3};

/// More firms than this no list has.
pub const FIRMS_MAX: usize = 500_000;

/// An issued list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedList {
    /// Number from 1, without gaps.
    pub id: i64,
    /// Id of its kind in the pack.
    pub kind: String,
    pub name: String,
    /// Agency that may take it.
    pub receiver: String,
    pub snapshot: i64,
    /// Fingerprint of the pack that decided.
    pub pack: String,
    pub program: String,
    pub from: NaiveDate,
    /// The last day on which it holds.
    pub to: NaiveDate,
    pub notice: String,
    pub columns: Vec<String>,
    pub count: u64,
    /// SM3 over the stored rows.
    pub fingerprint: String,
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
    pub at: i64,
}

/// Who would be listed, and what is said of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Firms that the measure has, and that did not agree or withdrew.
    pub without_consent: usize,
}

/// Why a list is not issued or not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeRefusal {
    #[error("没有“{0}”这种名单，全部种类见政策包 exchange.toml")]
    NoKind(String),
    #[error("“{name}”不发给{receiver}")]
    NotItsReceiver { name: String, receiver: String },
    #[error("没有可以列入的企业：没有符合条件的，或者都没有同意推送的记录")]
    NoFirm,
    #[error("名单有{0}家，超过一份名单的上限{FIRMS_MAX}家")]
    TooMany(usize),
    #[error("同一快照的同一名单已作为第{0}号发给这个单位，没有重复发放")]
    Repeated(i64),
    #[error("没有第{0}号名单，或者不是发给本单位的")]
    Unknown(i64),
    #[error("第{id}号名单已于{to}到期，不再领取；请等下一期名单")]
    Lapsed { id: i64, to: NaiveDate },
    #[error("第{id}号名单发放后有{count}家企业撤回了同意，已停止领取；请发放单位重新发放")]
    Withdrawn { id: i64, count: usize },
}

/// Draws a list from what was decided of a snapshot.
pub fn draw(pack: &Pack, kind: &ListKind, firms: &Firms, verdicts: &Verdicts) -> Drawn {
    let has = |firm: &usize| kind.verdicts.contains(&verdicts.of(kind.measure, *firm));
    let entitled: Vec<usize> = (0..firms.len()).filter(has).collect();
    let mut agreed: Vec<usize> = entitled
        .iter()
        .copied()
        .filter(|firm| has_consent(kind, firms, *firm))
        .collect();
    let without_consent = entitled.len() - agreed.len();
    agreed.sort_by_key(|firm| (firms.area(*firm), firms.county(*firm), firms.keys()[*firm]));
    let rows = agreed.iter().map(|firm| {
        let columns = kind.columns.iter();
        columns
            .map(|column| said(pack, firms, *firm, *column))
            .collect()
    });
    Drawn {
        columns: kind
            .columns
            .iter()
            .map(|column| head(pack, *column))
            .collect(),
        rows: rows.collect(),
        without_consent,
    }
}

/// Whether a firm's agreement stands on record: unknown is no agreement.
pub fn has_consent(kind: &ListKind, firms: &Firms, firm: usize) -> bool {
    firms.fact(firm, kind.consent) == Some(1)
}

fn head(pack: &Pack, column: ListColumn) -> String {
    match column {
        ListColumn::Uscc => "统一社会信用代码".to_string(),
        ListColumn::Name => "企业名称".to_string(),
        ListColumn::Area => "省辖市".to_string(),
        ListColumn::County => "县（市、区）".to_string(),
        ListColumn::Fact(slot) => pack.facts[slot].name.clone(),
    }
}

fn said(pack: &Pack, firms: &Firms, firm: usize, column: ListColumn) -> String {
    let place = |code: Option<u32>| code.map_or(String::new(), |code| pack.divisions.name(code));
    match column {
        ListColumn::Uscc => firms.uscc(firm).to_string(),
        ListColumn::Name => firms.name(firm).to_string(),
        ListColumn::Area => place(firms.area(firm)),
        ListColumn::County => place(firms.county(firm)),
        ListColumn::Fact(slot) => firms.fact(firm, slot).map_or(String::new(), |value| {
            pack.facts[slot].kind.in_figures(i128::from(value))
        }),
    }
}

/// SM3 over the stored rows.
fn fingerprint_of(payload: &[u8]) -> String {
    rules::pack::files::hexadecimal(&Sm3::digest(payload))
}
