//! Lines of the journal, newest first.

use super::answer::{answer, moment};
use super::asked::Asked;
use super::bulletins::organisation;
use super::cursor::Pages;
use super::deliveries::PageQuery;
use super::me::Organisation;
use crate::web::failure::Outcome;
use crate::web::visitor::Visitor;
use chrono::{DateTime, Utc};
use programme::journal;
use serde::Serialize;
use utoipa::ToSchema;

/// 日志的一页，新的在前。
#[derive(Serialize, ToSchema)]
pub struct JournalPage {
    pub lines: Vec<JournalLine>,
    /// 下一页的游标；没有下一页时为空。
    pub next: Option<String>,
}

/// 日志的一条。
#[derive(Serialize, ToSchema)]
pub struct JournalLine {
    /// 序号，没有间断。
    pub id: i64,
    pub at: DateTime<Utc>,
    pub organisation: Organisation,
    pub person: String,
    /// 做了什么，例如 pool.admit。
    pub act: String,
    /// 对什么。
    pub subject: String,
    pub detail: String,
}

#[utoipa::path(
    get, path = "/api/v1/journal", tag = "journal", operation_id = "list_journal_lines",
    summary = "日志",
    params(PageQuery),
    responses((status = 200, description = "日志的一页", body = JournalPage)),
)]
pub async fn list_lines(visitor: Visitor, Asked(asked): Asked<PageQuery>) -> Outcome {
    let office = visitor.office();
    // Lines are never changed and only added: the cursor holds whatever was written since.
    let pages = Pages::new(&visitor, &["journal"])?;
    let before = match pages.start(asked.cursor())? {
        0 => i64::MAX,
        id => i64::try_from(id).unwrap_or(i64::MAX),
    };
    let most = asked.limit.0;
    let written = journal::before(office.db.reading(), before, most as i64).await?;
    let last = written.last().map_or(1, |line| line.id);
    let next = (written.len() == most && last > 1).then(|| pages.at(last as u64));
    let lines = written.into_iter().map(|line| JournalLine {
        id: line.id,
        at: moment(line.at),
        organisation: organisation(office, &line.organisation),
        person: line.person,
        act: line.act,
        subject: line.subject,
        detail: line.detail,
    });
    answer(&JournalPage {
        lines: lines.collect(),
        next,
    })
}
