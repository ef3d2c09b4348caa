//! What every answer is made of: JSON, the stamp of the data, places.

use crate::page::sent;
use crate::web::failure::{Failure, Outcome};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use programme::outlook::Snapshot;
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use serde::Serialize;
use utoipa::ToSchema;

pub const JSON: &str = "application/json";

/// A view as JSON.
pub fn answer(view: &impl Serialize) -> Outcome {
    Ok(sent(StatusCode::OK, JSON, written(view)?))
}

pub fn written(view: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(view).map_err(|error| Failure::World(error.into()))
}

/// 数据的时点：哪一次计算，截至哪个月，用的是哪天以前收到的数据。
#[derive(Serialize, ToSchema)]
pub struct Stamp {
    /// 快照号。
    pub snapshot: i64,
    /// 数据截至的月份，例如 2026-09。
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub as_of: String,
    /// 用到这一天为止收到的数据。
    pub known_by: NaiveDate,
}

impl Stamp {
    pub fn of(snapshot: &Snapshot) -> Stamp {
        Stamp {
            snapshot: snapshot.id,
            as_of: snapshot.as_of.to_string(),
            known_by: snapshot.known_by,
        }
    }
}

/// 行政区划或开发区。
#[derive(Serialize, ToSchema)]
pub struct Place {
    /// 六位代码。
    #[schema(pattern = "^[0-9]{6}$")]
    pub code: String,
    pub name: String,
}

impl Place {
    pub fn of(pack: &Pack, code: Option<DivisionCode>) -> Option<Place> {
        code.map(|code| Place {
            code: format!("{code:06}"),
            name: pack.divisions.name(code),
        })
    }
}

/// A moment as programs write it.
pub fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// Said with every answer about one firm.
pub const NOTICE: &str = "本平台不代替联网直报，任何单位不得要求企业按指定数据填报";
