//! What operators attach to their pack and never leaves their database: the text of the plan
//! as it was issued, and a map with its approval number.
//!
//! An attachment is never changed: a newer one of the same kind takes its place. What stands in
//! it is judged by whoever shows it; here it is bytes.

mod store;

pub use store::{attach, newest, of_kind};

use chrono::NaiveDate;

/// A text of a plan is a few pages.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// A map of a province, simplified for screens.
pub const MAP_BYTES_MAX: usize = 4 << 20;

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentKind {
    /// The plan's own text.
    PlanText,
    /// The areas' shapes as GeoJSON.
    Map,
}

impl AttachmentKind {
    pub fn id(self) -> &'static str {
        match self {
            AttachmentKind::PlanText => "plan-text",
            AttachmentKind::Map => "map",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            AttachmentKind::PlanText => "方案原文",
            AttachmentKind::Map => "行政区划图",
        }
    }

    pub fn bytes_max(self) -> usize {
        match self {
            AttachmentKind::PlanText => TEXT_BYTES_MAX,
            AttachmentKind::Map => MAP_BYTES_MAX,
        }
    }

    fn read(text: &str) -> Option<AttachmentKind> {
        [AttachmentKind::PlanText, AttachmentKind::Map]
            .into_iter()
            .find(|kind| kind.id() == text)
    }
}

/// One attachment, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// From 1, without gaps.
    pub id: i64,
    pub kind: AttachmentKind,
    /// Name of the file.
    pub name: String,
    /// Approval number of a map (审图号); empty for a text.
    pub approval: String,
    /// SM3 of the content.
    pub hash: String,
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
    /// Seconds since 1970 in UTC.
    pub at: i64,
}

/// What is to be attached.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub kind: AttachmentKind,
    pub name: &'a str,
    pub approval: &'a str,
    pub content: &'a [u8],
}

/// Why it is not attached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentRefusal {
    #[error("文件“{0}”是空的，没有存入")]
    Empty(String),
    #[error("文件“{name}”超过 {max} 字节的上限，没有存入；请精简后再试")]
    TooLarge { name: String, max: usize },
    #[error("公开使用的地图要有审图号，请写明（例如 豫S〔2026年〕001号），没有存入")]
    NoApproval,
    #[error("请写明经办人，没有存入")]
    NoPerson,
    #[error("与第{0}号附件相同，不必再次存入")]
    Same(i64),
}
