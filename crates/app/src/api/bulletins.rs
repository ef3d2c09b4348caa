//! Bulletins as they were issued; drafts are seen by those who draft and issue.

use super::answer::answer;
use super::asked::{Asked, Nothing};
use super::me::Organisation;
use crate::office::{Office, today};
use crate::web::failure::Outcome;
use crate::web::visitor::Visitor;
use chrono::NaiveDate;
use programme::bulletins::{self, Entry, Issue};
use rules::pack::organisation::Organisation as Known;
use rules::pack::roles::Right;
use serde::Serialize;
use utoipa::ToSchema;

/// 通报一览，新的在前。
#[derive(Serialize, ToSchema)]
pub struct BulletinList {
    pub bulletins: Vec<BulletinLine>,
}

/// 一期通报。
#[derive(Serialize, ToSchema)]
pub struct BulletinLine {
    pub id: i64,
    /// 通报期：2026-Q3 是季度，2026 是年度。
    #[schema(pattern = "^[0-9]{4}(-Q[1-4])?$")]
    pub period: String,
    pub standing: BulletinStanding,
    /// 发文字号；草稿没有。
    pub number: Option<String>,
    pub on: NaiveDate,
    /// 用的快照。
    pub snapshot: i64,
    /// 成文的 SM3。
    pub sm3: String,
    /// 更正的是哪一期；不是更正时为空。
    pub corrects: Option<i64>,
    pub organisation: Organisation,
}

/// 通报的状态。
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulletinStanding {
    /// 草稿。
    Draft,
    /// 已印发。
    Issued,
}

#[utoipa::path(
    get, path = "/api/v1/bulletins", tag = "bulletins", operation_id = "list_bulletins",
    summary = "通报一览",
    description = "起草和签发的岗位还看得到草稿。",
    responses((status = 200, description = "最近的通报", body = BulletinList)),
)]
pub async fn list_bulletins(visitor: Visitor, Asked(_): Asked<Nothing>) -> Outcome {
    let office = visitor.office();
    let sees_drafts = visitor.may(Right::Compose) || visitor.may(Right::Issue);
    let issues = bulletins::issues(office.db.reading()).await?;
    let lines = issues.iter().filter_map(|issue| {
        let standing = match issue.entry {
            Entry::Draft if sees_drafts => BulletinStanding::Draft,
            Entry::Issued => BulletinStanding::Issued,
            Entry::Draft | Entry::Approved | Entry::AnnexApproved(_) => return None,
        };
        Some(line(office, issue, standing))
    });
    answer(&BulletinList {
        bulletins: lines.collect(),
    })
}

fn line(office: &Office, issue: &Issue, standing: BulletinStanding) -> BulletinLine {
    BulletinLine {
        id: issue.id,
        period: issue.period.to_string(),
        standing,
        number: issue.number.clone(),
        on: issue.on,
        snapshot: issue.snapshot,
        sm3: issue.fingerprint.clone(),
        corrects: issue.corrects,
        organisation: organisation(office, &issue.organisation),
    }
}

/// An organisation by its id.
pub fn organisation(office: &Office, id: &str) -> Organisation {
    let known = Known::from_id(&office.pack, id);
    Organisation {
        id: id.to_string(),
        name: known.map_or_else(|| id.to_string(), |own| own.name(&office.pack, today())),
    }
}
