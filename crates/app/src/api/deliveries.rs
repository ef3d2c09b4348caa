//! Batches that were delivered, as far as the visitor may know of them.

use super::answer::{Place, answer, moment};
use super::asked::{Asked, Cursor, Limit};
use super::bulletins::organisation;
use super::cursor::Pages;
use super::me::Organisation;
use crate::deliveries::sees_batch as sees;
use crate::office::Office;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use chrono::{DateTime, NaiveDate, Utc};
use programme::deliveries::{self, Batch};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 交付批次的一页，新的在前。
#[derive(Serialize, ToSchema)]
pub struct DeliveryPage {
    pub count: u64,
    pub deliveries: Vec<DeliveryLine>,
    /// 下一页的游标；没有下一页时为空。
    pub next: Option<String>,
}

/// 一个批次。
#[derive(Serialize, ToSchema)]
pub struct DeliveryLine {
    pub id: i64,
    /// 种类的标识。
    pub kind: String,
    pub kind_name: String,
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    pub organisation: Organisation,
    /// 只含这个省辖市的数据；含全省的为空。
    pub area: Option<Place>,
    pub file_name: String,
    /// 文件的 SM3。
    pub sm3: String,
    pub received_on: NaiveDate,
    pub received_at: DateTime<Utc>,
    /// 收下的行数，其中有备注的行数，退回的行数。
    pub accepted: u64,
    pub remarked: u64,
    pub rejected: u64,
    /// 更正的是哪一批；不是更正时为空。
    pub supersedes: Option<i64>,
    /// 被哪一批更正；没有时为空。
    pub superseded_by: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// 每页条数，不写为 100。
    #[serde(default)]
    #[param(value_type = u16, required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: Limit,
    /// 上一页给出的游标。
    #[param(value_type = String, required = false, pattern = "^[0-9a-f]{25,40}$")]
    pub cursor: Option<Cursor>,
}

impl PageQuery {
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_ref().map(|cursor| cursor.0.as_str())
    }
}

#[utoipa::path(
    get, path = "/api/v1/deliveries", tag = "deliveries", operation_id = "list_deliveries",
    summary = "交付批次",
    params(PageQuery),
    responses((status = 200, description = "批次的一页", body = DeliveryPage)),
)]
pub async fn list_deliveries(visitor: Visitor, Asked(asked): Asked<PageQuery>) -> Outcome {
    let office = visitor.office();
    let all = deliveries::batches(office.db.reading()).await;
    let all = all.map_err(|failure| Failure::World(failure.into()))?;
    let newest = all.iter().map(|batch| batch.id).max().unwrap_or(0);
    let shown: Vec<&Batch> = all
        .iter()
        .rev()
        .filter(|batch| sees(office, batch))
        .collect();
    let pages = Pages::new(&visitor, &["deliveries", &newest.to_string()])?;
    let (places, next) = pages.cut(asked.cursor(), asked.limit.0, shown.len())?;
    let lines = shown[places].iter().map(|batch| line(office, batch, &all));
    answer(&DeliveryPage {
        count: shown.len() as u64,
        deliveries: lines.collect(),
        next,
    })
}

fn line(office: &Office, batch: &Batch, all: &[Batch]) -> DeliveryLine {
    let pack = &office.pack;
    let layout = pack.layout(&batch.kind);
    let later = all.iter().find(|own| own.supersedes == Some(batch.id));
    DeliveryLine {
        id: batch.id,
        kind: batch.kind.clone(),
        kind_name: layout.map_or_else(|| batch.kind.clone(), |layout| layout.name.clone()),
        month: batch.month.to_string(),
        organisation: organisation(office, &batch.organisation),
        area: Place::of(pack, batch.region),
        file_name: batch.file_name.clone(),
        sm3: batch.file_hash.clone(),
        received_on: batch.received_on,
        received_at: moment(batch.at),
        accepted: batch.accepted,
        remarked: batch.remarked,
        rejected: batch.rejected,
        supersedes: batch.supersedes,
        superseded_by: later.map(|own| own.id),
    }
}
