//! Runs of the province: which months, by which data, with which pack.

use super::answer::{answer, moment};
use super::asked::Asked;
use super::cursor::Pages;
use super::deliveries::PageQuery;
use crate::web::failure::Outcome;
use crate::web::visitor::Visitor;
use chrono::{DateTime, NaiveDate, Utc};
use programme::outlook::{self, Snapshot};
use serde::Serialize;
use utoipa::ToSchema;

/// 快照的一页，新的在前。
#[derive(Serialize, ToSchema)]
pub struct SnapshotPage {
    pub snapshots: Vec<SnapshotLine>,
    /// 下一页的游标；没有下一页时为空。
    pub next: Option<String>,
}

/// 一次全省计算。
#[derive(Serialize, ToSchema)]
pub struct SnapshotLine {
    pub id: i64,
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub as_of: String,
    pub known_by: NaiveDate,
    pub made_at: DateTime<Utc>,
    /// 政策包的指纹。
    pub pack: String,
    /// 程序版本。
    pub program: String,
    /// 快照的 SM3。
    pub sm3: String,
}

#[utoipa::path(
    get, path = "/api/v1/snapshots", tag = "snapshots", operation_id = "list_snapshots",
    summary = "快照一览",
    params(PageQuery),
    responses((status = 200, description = "快照的一页", body = SnapshotPage)),
)]
pub async fn list_snapshots(visitor: Visitor, Asked(asked): Asked<PageQuery>) -> Outcome {
    let all = outlook::snapshots(visitor.office().db.reading()).await?;
    let newest = all.last().map_or(0, |snapshot| snapshot.id);
    let pages = Pages::new(&visitor, &["snapshots", &newest.to_string()])?;
    let (places, next) = pages.cut(asked.cursor(), asked.limit.0, all.len())?;
    let newest_first: Vec<&Snapshot> = all.iter().rev().collect();
    let lines = newest_first[places].iter().map(|own| SnapshotLine {
        id: own.id,
        as_of: own.as_of.to_string(),
        known_by: own.known_by,
        made_at: moment(own.at),
        pack: own.pack.clone(),
        program: own.program.clone(),
        sm3: own.fingerprint.clone(),
    });
    answer(&SnapshotPage {
        snapshots: lines.collect(),
        next,
    })
}
