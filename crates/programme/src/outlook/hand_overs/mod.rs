//! Lists of warned firms that the statistics authority hands on (clause 2.1.4): who got which
//! firms, when, for what purpose.
//!
//! A list knows names, places, levels and categories of reasons; it has no place for a figure
//! of a firm and none for points (red line 4).

mod store;

pub use store::{earlier, hand_over, hand_overs, hand_overs_by, handed, save};

use chrono::NaiveDate;
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use sm3::{Digest, Sm3};

/// More firms than this are handed on area by area.
pub const HANDED_MAX: usize = 100_000;

/// One firm of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    pub key: u128,
    pub name: String,
    pub area: Option<DivisionCode>,
    pub county: Option<DivisionCode>,
    /// When it entered the scale, as confirmed.
    pub entered: Option<Month>,
    /// Name of the level.
    pub level: String,
    /// Name of the level that it could reach once everything is known; empty where that is
    /// no graver one.
    pub possible: String,
    /// Names of the categories.
    pub reasons: Vec<String>,
}

/// What a list is handed on for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub snapshot: i64,
    pub as_of: Month,
    /// Names of the levels that it holds.
    pub levels: String,
    /// The area or county that it covers; the province where absent.
    pub division: Option<DivisionCode>,
    /// Agency id or division code.
    pub receiver: String,
    pub purpose: String,
    pub basis: String,
}

/// One list that was handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// From 1, without gaps.
    pub id: i64,
    pub request: Request,
    pub count: u64,
    /// SM3 over snapshot and list.
    pub fingerprint: String,
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
}

/// Why a list is not handed on, or not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandOverRefusal {
    #[error("拟退规预警名单只由{0}移交；其他单位可用 shenggui outlook warnings 查看级别和原因类别")]
    NotItsOwner(String),
    #[error("请写明移交用途（--purpose），例如 上门帮扶；用途记入日志")]
    NoPurpose,
    #[error("接收单位就是移交单位，不必移交")]
    ToItself,
    #[error("没有符合的企业，没有移交")]
    NoFirm,
    #[error("共{0}家，一次最多移交{HANDED_MAX}家，请按市分开移交（--area）")]
    TooMany(usize),
    #[error("名单中有{count}家不在{receiver}的管辖范围，请用 --area 只移交其辖区内的企业")]
    OutsideReceiver { count: usize, receiver: String },
    #[error("同一快照的同一名单已在第{0}号移交给这个单位，没有重复移交")]
    Repeated(i64),
    #[error("没有第{0}号移交，全部移交见 shenggui outlook hand-overs")]
    Unknown(i64),
    #[error("第{0}号移交的名单只有移交单位和接收单位可以查看")]
    NotItsReceiver(i64),
}

/// SM3 over the snapshot and the stored list.
fn fingerprint_of(snapshot: i64, payload: &[u8]) -> String {
    let mut digest = Sm3::new();
    digest.update(snapshot.to_be_bytes());
    digest.update(payload);
    rules::pack::files::hexadecimal(&digest.finalize())
}
