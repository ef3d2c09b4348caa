//! Bulletins: documents for leaders, written from the figures of a snapshot.
//!
//! [`compose`] writes the text, [`document`] is what it writes, the records of drafts,
//! issues and approvals are kept by [`record_issue`] and [`approve_annex`]. It never
//! decides who is praised: it proposes by stated rules, and people approve.

pub mod chart;
pub mod compose;
pub mod document;
mod issue;
mod store;

pub use issue::{
    AnnexKind, ApprovalRefusal, ApprovedAnnexes, CheckRefusal, Entry, Issue, IssueRecord,
    IssueRefusal, IssueStanding, PaperForm,
};
pub use store::{
    approve_annex, approve_draft, approved_annexes, check_of, issues, keep_papers, latest_for,
    of_period, paper, record_issue,
};
