//! Handing a file in: taken part by part, then imported by whichever node is free.
//!
//! The file is taken before the request has its turn, since its SM3 is part of what the request
//! says. What a broken upload or a repeated one leaves is swept with the files that no job has.

use super::super::asked::{Asked, AskedMonth, Division, is_line};
use super::super::once::{KeyHeader, Once, key};
use super::jobs::{JobTaken, take};
use crate::deliveries::web::{Confirmed, is_readable, wish};
use crate::jobs::files::Staging;
use crate::jobs::{ImportWork, Work};
use crate::office::today;
use crate::web::Workplace;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use programme::jobs::{File, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The kind of content that is read.
const KIND: &str = "application/octet-stream";
const NAME_MAX: usize = 120;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    /// 种类的标识，见政策包的交付种类。
    #[param(value_type = super::super::firms::Word)]
    kind: String,
    /// 文件名，带扩展名。
    #[param(
        min_length = 1,
        max_length = 120,
        pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F]+$"
    )]
    file_name: String,
    /// 月份，例如 2026-09；文件里写明的不必给。
    #[param(value_type = String, required = false, pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    month: Option<AskedMonth>,
    /// 数值的单位；文件里写明的不必给。
    #[param(value_type = DeliveryUnit, required = false)]
    unit: Option<DeliveryUnit>,
    /// 只含这个省辖市的数据时写它的六位代码。
    #[param(value_type = String, required = false, pattern = "^[0-9]{6}$")]
    area: Option<Division>,
    /// 更正哪一批次。
    #[param(value_type = i64, required = false, minimum = 1, maximum = 999_999_999)]
    supersedes: Option<u32>,
}

/// 数值的单位。
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
pub enum DeliveryUnit {
    元,
    千元,
    万元,
    亿元,
    千瓦时,
    万千瓦时,
}

impl DeliveryUnit {
    fn text(self) -> &'static str {
        match self {
            DeliveryUnit::元 => "元",
            DeliveryUnit::千元 => "千元",
            DeliveryUnit::万元 => "万元",
            DeliveryUnit::亿元 => "亿元",
            DeliveryUnit::千瓦时 => "千瓦时",
            DeliveryUnit::万千瓦时 => "万千瓦时",
        }
    }
}

#[utoipa::path(
    post, path = "/api/v1/deliveries", tag = "deliveries", operation_id = "create_delivery",
    summary = "报送数据文件",
    description = "内容就是文件本身（XLSX、XLS 或 CSV）。收下后由空闲的节点导入，结果见 /api/v1/jobs/{id}；退回的行在页面上取回。",
    params(KeyHeader, DeliveryQuery),
    request_body(content = super::super::exchange::FileBytes, description = "文件的全部字节", content_type = "application/octet-stream"),
    responses((status = 202, description = "已收下，等待导入", body = JobTaken)),
)]
pub async fn create_delivery(
    State(workplace): State<Workplace>,
    visitor: Visitor,
    headers: HeaderMap,
    Asked(asked): Asked<DeliveryQuery>,
    body: Body,
) -> Outcome {
    key(&headers)?;
    check(&headers, &asked)?;
    let confirmed = confirmed(&asked);
    let wish = wish(&visitor, &confirmed, &asked.kind).await?;
    let file = taken(
        &visitor,
        &asked.file_name,
        body,
        workplace.config.upload_bytes,
    )
    .await?;
    let sm3 = file.hash.clone().unwrap_or_default();
    let said = [
        "delivery",
        &sm3,
        &file.name,
        &confirmed.kind,
        &confirmed.month,
        &confirmed.unit,
        &confirmed.area,
        &confirmed.supersedes,
    ];
    let said = said.map(str::as_bytes);
    let once = Once::of(&visitor, &headers, &said)?;
    let work = Work::Import(ImportWork {
        file: file.id,
        sm3,
        kind: wish.kind,
        month: wish.month.map(|month| month.to_string()),
        area: wish.area,
        unit: asked.unit.map(|unit| unit.text().to_string()),
        supersedes: wish.supersedes,
        received: today(),
    });
    let (office, act) = (visitor.office(), visitor.act()?);
    take(office, once, &work, visitor.account().id, &act).await
}

fn check(headers: &HeaderMap, asked: &DeliveryQuery) -> Result<(), Failure> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(KIND) {
        let text = format!("内容应为文件本身，请写明 Content-Type: {KIND}");
        return Err(Failure::OtherKind(text));
    }
    let is_formed = super::super::firms::is_word(&asked.kind, b"_.-")
        && is_line(&asked.file_name, NAME_MAX)
        && asked.supersedes != Some(0)
        && asked.supersedes.is_none_or(|id| id < 1_000_000_000);
    match is_formed {
        true => Ok(()),
        false => Err(Failure::Malformed(
            "查询参数 kind、file_name 或 supersedes 不符合要求，请对照接口文档核对".to_string(),
        )),
    }
}

fn confirmed(asked: &DeliveryQuery) -> Confirmed {
    let text = |text: Option<String>| text.unwrap_or_default();
    Confirmed {
        kind: asked.kind.clone(),
        month: text(asked.month.map(|month| month.0.to_string())),
        unit: text(asked.unit.map(|unit| unit.text().to_string())),
        area: text(asked.area.map(|area| format!("{:06}", area.0))),
        supersedes: text(asked.supersedes.map(|id| id.to_string())),
    }
}

/// Takes the bytes of the file, as many as the settings allow.
async fn taken(visitor: &Visitor, name: &str, body: Body, most: usize) -> Result<File, Failure> {
    let broken = |_| Failure::Malformed("文件没有收全，请重新提交".to_string());
    let mut bytes = body.into_data_stream();
    let mut part = bytes.next().await.transpose().map_err(broken)?;
    // Empty frames say nothing.
    while part.as_ref().is_some_and(|part| part.is_empty()) {
        part = bytes.next().await.transpose().map_err(broken)?;
    }
    let Some(first) = part else {
        return Err(Failure::Refused("文件是空的，没有接收".to_string()));
    };
    if !is_readable(&first) {
        let text = "这份文件不是 XLSX、XLS 或 CSV，没有接收。请另存为其中一种后再报送";
        return Err(Failure::Refused(text.to_string()));
    }
    let (office, act) = (visitor.office(), visitor.act()?);
    let mut staging = Staging::begin(office, name, Role::Given, &act).await?;
    let mut size = 0;
    let mut part = Some(first);
    while let Some(own) = part {
        size += own.len();
        if size > most {
            return Err(Failure::TooLarge);
        }
        staging.push(office, &own).await?;
        part = bytes.next().await.transpose().map_err(broken)?;
    }
    Ok(staging.seal(office, &act).await?)
}
