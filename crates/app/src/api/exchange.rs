//! Lists that were issued to the visitor's organisation: which there are, and their signed files.

use super::answer::{answer, moment};
use super::asked::{Asked, Nothing, number};
use super::bulletins::organisation;
use super::cursor::Pages;
use super::deliveries::PageQuery;
use super::me::Organisation;
use crate::exchange::{packed, taken};
use crate::office::{Office, today};
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::file;
use crate::web::visitor::Visitor;
use axum::extract::Path;
use chrono::{DateTime, NaiveDate, Utc};
use programme::exchange::{self, IssuedList};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// 发给本单位的名单的一页，新的在前。
#[derive(Serialize, ToSchema)]
pub struct ReceivedPage {
    pub lists: Vec<ReceivedList>,
    /// 下一页的游标；没有下一页时为空。
    pub next: Option<String>,
}

/// 发给本单位的一份名单。
#[derive(Serialize, ToSchema)]
pub struct ReceivedList {
    /// 名单号。
    pub id: i64,
    /// 种类的标识。
    pub kind: String,
    pub name: String,
    pub issuer: Organisation,
    pub issued_at: DateTime<Utc>,
    /// 从哪一天起有效。
    pub valid_from: NaiveDate,
    /// 有效到哪一天。
    pub valid_to: NaiveDate,
    /// 今天是否还在有效期内；过期的不能领取。
    pub is_valid: bool,
    /// 家数。
    pub count: u64,
    /// 名单所据的快照。
    pub snapshot: i64,
    pub notice: String,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "only its description is used")]
pub struct ListPath {
    /// 名单号。
    #[param(value_type = i64, minimum = 1, maximum = 999_999_999_999_999_999_i64)]
    id: i64,
}

/// 文件的全部字节。
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "a schema")]
pub struct FileBytes(Vec<u8>);

#[utoipa::path(
    get, path = "/api/v1/exchange/lists", tag = "exchange", operation_id = "list_received_lists",
    summary = "发给本单位的名单",
    params(PageQuery),
    responses((status = 200, description = "名单的一页", body = ReceivedPage)),
)]
pub async fn list_received(visitor: Visitor, Asked(asked): Asked<PageQuery>) -> Outcome {
    let office = visitor.office();
    let own = visitor.seat()?.organisation.id();
    let all = exchange::lists(office.db.reading()).await?;
    let received: Vec<&IssuedList> = all
        .iter()
        .rev()
        .filter(|list| list.receiver == own)
        .collect();
    let newest = received.first().map_or(0, |list| list.id);
    let pages = Pages::new(&visitor, &["exchange lists", &newest.to_string()])?;
    let (places, next) = pages.cut(asked.cursor(), asked.limit.0, received.len())?;
    let lists = received[places].iter().map(|list| line(office, list));
    answer(&ReceivedPage {
        lists: lists.collect(),
        next,
    })
}

fn line(office: &Office, list: &IssuedList) -> ReceivedList {
    ReceivedList {
        id: list.id,
        kind: list.kind.clone(),
        name: list.name.clone(),
        issuer: organisation(office, &list.organisation),
        issued_at: moment(list.at),
        valid_from: list.from,
        valid_to: list.to,
        is_valid: list.to >= today(),
        count: list.count,
        snapshot: list.snapshot,
        notice: list.notice.clone(),
    }
}

#[utoipa::path(
    get, path = "/api/v1/exchange/lists/{id}/files", tag = "exchange",
    operation_id = "take_received_files",
    summary = "领取一份名单",
    description = "答复是 ZIP：CSV 两种编码各一份，附签名清单。每次领取记入日志。",
    params(ListPath),
    responses((
        status = 200, description = "名单的签名文件",
        body = FileBytes, content_type = "application/zip",
    )),
)]
pub async fn take_files(
    visitor: Visitor,
    Path(id): Path<String>,
    Asked(_): Asked<Nothing>,
) -> Outcome {
    let office = visitor.office();
    let own = visitor.seat()?.organisation.clone();
    let id = number(&id)?;
    let list = exchange::list(office.db.reading(), id).await?;
    if list.is_none_or(|list| list.receiver != own.id()) {
        return Err(Failure::NotHere);
    }
    let bytes = packed(&taken(office, id, own).await?)?;
    Ok(file(&format!("第{id}号名单.zip"), bytes))
}
