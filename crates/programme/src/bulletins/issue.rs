//! What is recorded of a bulletin: drafts, issues, corrections, and approvals of annexes.

use chrono::{Datelike, NaiveDate};
use rules::period::ReportPeriod;

/// A draft or an issue that is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueRecord {
    pub period: ReportPeriod,
    /// Number of the snapshot that the text was written from.
    pub snapshot: i64,
    /// SM3 of the document as it was given out.
    pub fingerprint: String,
    /// Number of the issue that this one corrects.
    pub corrects: Option<i64>,
    pub standing: IssueStanding,
    /// 发文字号; a draft has none.
    pub number: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueStanding {
    Draft,
    Issued,
}

/// A row of the records: never changed, never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Number from 1, without gaps.
    pub id: i64,
    pub period: ReportPeriod,
    pub snapshot: i64,
    pub fingerprint: String,
    pub corrects: Option<i64>,
    pub entry: Entry,
    pub number: Option<String>,
    /// Agency id or division code.
    pub organisation: String,
    pub person: String,
    pub on: NaiveDate,
    /// Seconds since 1970 in UTC.
    pub at: i64,
}

/// What a row records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Draft,
    /// The draft was checked and may be issued (核稿).
    Approved,
    Issued,
    AnnexApproved(AnnexKind),
}

/// The annexes of an annual bulletin that need approval of their own (clause 3.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnexKind {
    /// 表扬名单
    Praise,
    /// 批评名单
    Criticism,
    /// 提请约谈建议
    Summons,
}

/// In which form a bulletin was written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperForm {
    /// For signature and print; its SM3 is the fingerprint of the record.
    Docx,
    /// Tables of the annexes and the origin of every figure.
    Xlsx,
    Html,
}

impl PaperForm {
    pub const ALL: [PaperForm; 3] = [PaperForm::Docx, PaperForm::Xlsx, PaperForm::Html];

    /// The ending of its file.
    pub fn id(self) -> &'static str {
        match self {
            PaperForm::Docx => "docx",
            PaperForm::Xlsx => "xlsx",
            PaperForm::Html => "html",
        }
    }

    pub fn read(id: &str) -> Option<PaperForm> {
        PaperForm::ALL.into_iter().find(|form| form.id() == id)
    }
}

/// Which annexes were approved; the others are shown as proposals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ApprovedAnnexes {
    pub praise: bool,
    pub criticism: bool,
    pub summons: bool,
}

/// Why a draft or an issue is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueRefusal {
    #[error(
        "{}通报已于{}以{number}印发，不能重复起草、印发；数据有误的，用 --correct 发更正通报", period.in_words(), day_in_words(*on)
    )]
    AlreadyIssued {
        period: ReportPeriod,
        id: i64,
        number: String,
        on: NaiveDate,
    },
    #[error("{}没有第{corrects}号印发记录，没有可更正的通报；尚未印发的，请直接修改送审稿", .period.in_words())]
    NeverIssued { period: ReportPeriod, corrects: i64 },
    #[error("第{corrects}号通报已由第{latest}号更正，请更正第{latest}号")]
    AlreadyCorrected { corrects: i64, latest: i64 },
    #[error("印发通报须有发文字号，例如 豫民企组办〔2026〕5号")]
    NoNumber,
    #[error("发文字号{number}已用于第{id}号印发记录，请换一个字号")]
    NumberTaken { number: String, id: i64 },
    #[error("印发通报须写明签发人")]
    NoPerson,
    #[error("{}通报由{person}起草，起草人不能印发，请由另一人签发印发", period.in_words())]
    OwnDraft {
        period: ReportPeriod,
        person: String,
    },
}

/// Why an annex is not approved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalRefusal {
    #[error("{}不是年度通报，没有需要批准的附件", .0.in_words())]
    NotAnnual(ReportPeriod),
    #[error("{}通报还没有送审稿，不能批准{}；请先起草", period.in_words(), kind.name())]
    NoDraft {
        period: ReportPeriod,
        kind: AnnexKind,
    },
    #[error("{}已由{person}于{}批准，不需重复批准", kind.name(), day_in_words(*on))]
    AlreadyApproved {
        kind: AnnexKind,
        person: String,
        on: NaiveDate,
    },
    #[error("批准附件须写明批准人")]
    NoPerson,
    #[error("{}由{person}起草，起草人不能批准", kind.name())]
    OwnDraft { kind: AnnexKind, person: String },
}

/// Why a draft is not passed on for issuing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckRefusal {
    #[error("{}通报没有待核稿的送审稿；请先起草", .0.in_words())]
    NoDraft(ReportPeriod),
    #[error("{}通报的送审稿已由{person}于{}核稿，不需重复办理", period.in_words(), day_in_words(*on))]
    AlreadyChecked {
        period: ReportPeriod,
        person: String,
        on: NaiveDate,
    },
    #[error("{}通报由{person}起草，起草人不能核稿，请由另一人核稿", period.in_words())]
    OwnDraft {
        period: ReportPeriod,
        person: String,
    },
    #[error("核稿须写明核稿人")]
    NoPerson,
}

impl AnnexKind {
    pub const ALL: [AnnexKind; 3] = [AnnexKind::Praise, AnnexKind::Criticism, AnnexKind::Summons];

    pub fn id(self) -> &'static str {
        match self {
            AnnexKind::Praise => "praise",
            AnnexKind::Criticism => "criticism",
            AnnexKind::Summons => "summons",
        }
    }

    /// As offices say it.
    pub fn name(self) -> &'static str {
        match self {
            AnnexKind::Praise => "表扬名单",
            AnnexKind::Criticism => "批评名单",
            AnnexKind::Summons => "提请约谈建议",
        }
    }

    /// Understands the id or the name.
    pub fn read(text: &str) -> Option<AnnexKind> {
        AnnexKind::ALL
            .into_iter()
            .find(|kind| kind.id() == text || kind.name() == text)
    }
}

impl ApprovedAnnexes {
    pub fn has(self, kind: AnnexKind) -> bool {
        match kind {
            AnnexKind::Praise => self.praise,
            AnnexKind::Criticism => self.criticism,
            AnnexKind::Summons => self.summons,
        }
    }

    pub(super) fn add(&mut self, kind: AnnexKind) {
        match kind {
            AnnexKind::Praise => self.praise = true,
            AnnexKind::Criticism => self.criticism = true,
            AnnexKind::Summons => self.summons = true,
        }
    }
}

impl Entry {
    /// As the table keeps it: `draft`, `issued`, `annex-approved:praise`.
    pub(super) fn id(self) -> String {
        match self {
            Entry::Draft => "draft".to_string(),
            Entry::Approved => "approved".to_string(),
            Entry::Issued => "issued".to_string(),
            Entry::AnnexApproved(kind) => format!("annex-approved:{}", kind.id()),
        }
    }

    pub(super) fn read(text: &str) -> Option<Entry> {
        match text {
            "draft" => Some(Entry::Draft),
            "approved" => Some(Entry::Approved),
            "issued" => Some(Entry::Issued),
            _ => text
                .strip_prefix("annex-approved:")
                .and_then(AnnexKind::read)
                .map(Entry::AnnexApproved),
        }
    }
}

impl From<IssueStanding> for Entry {
    fn from(standing: IssueStanding) -> Entry {
        match standing {
            IssueStanding::Draft => Entry::Draft,
            IssueStanding::Issued => Entry::Issued,
        }
    }
}

fn day_in_words(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}
