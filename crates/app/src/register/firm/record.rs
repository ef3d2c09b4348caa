//! 记录: what was done for a firm, line by line out of the journal: acts that serve it,
//! whoever did them, and what the reader's own organisation did. Who else read its figures is
//! for those who may read the journal.

use super::history::who;
use crate::measures::Subject;
use crate::office::Office;
use anyhow::Result;
use chrono::DateTime;
use programme::journal::{self, Written};
use serde::Serialize;

/// Lines shown.
const LINES_MAX: u32 = 200;
/// Acts that serve the firm; its page tells of them anyway.
const SERVING: &[&str] = &[
    "pool.admit",
    "pool.remove",
    "pool.declare",
    "pool.withdraw",
    "outlook.follow-up",
    "outlook.close",
    "measures.outcome",
    "register.exception",
];

/// Lines about one firm, newest first.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub lines: Vec<LineShown>,
    /// Whether lines of others are shown too.
    pub is_whole: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct LineShown {
    pub id: i64,
    pub at: String,
    pub act: String,
    pub act_name: String,
    pub detail: String,
    pub by: String,
}

/// Reads the lines that this reader may see.
pub async fn record(office: &Office, subject: &Subject, may_audit: bool) -> Result<Record> {
    let uscc = subject.firms.uscc(subject.firm).to_string();
    let lines = journal::about(office.db.reading(), &uscc, LINES_MAX).await?;
    let own = subject.reader.organisation.id();
    let shown = lines.into_iter().filter(|line| {
        let serves = SERVING.contains(&line.act.as_str());
        may_audit || serves || line.organisation == own
    });
    Ok(Record {
        lines: shown.map(|line| one(office, line)).collect(),
        is_whole: may_audit,
    })
}

fn one(office: &Office, line: Written) -> LineShown {
    let at = DateTime::from_timestamp(line.at, 0).unwrap_or_default();
    let at = at.with_timezone(&chrono::Local);
    LineShown {
        id: line.id,
        at: at.format("%Y-%m-%d %H:%M").to_string(),
        by: who(
            &office.pack,
            &line.organisation,
            &line.person,
            at.date_naive(),
        ),
        act_name: act_name(&line.act).to_string(),
        act: line.act,
        detail: line.detail,
    }
}

/// As officials call it; what has no word here keeps that of the journal.
fn act_name(act: &str) -> &str {
    match act {
        "pool.admit" => "纳入培育库",
        "pool.remove" => "移出培育库",
        "pool.declare" => "申报入统",
        "pool.withdraw" => "撤回申报",
        "measures.outcome" => "登记办理结果",
        "register.exception" => "登记代码例外",
        "indicators.read" => "查看原值",
        "people.unmask" => "查看联系方式",
        "people.claim" => "企业认领账号",
        "outlook.follow-up" => "跟进预警",
        "outlook.close" => "办结跟进",
        act => act,
    }
}
