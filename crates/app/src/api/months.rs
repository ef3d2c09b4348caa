//! A firm's figures month by month, each with the delivery that it comes from.

use super::answer::{NOTICE, Stamp, answer};
use super::asked::Asked;
use super::figure::{Figure, FigureValue};
use super::firm::{FirmPath, PurposeQuery, found, purpose};
use crate::office::Office;
use crate::reader::Reader;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::extract::Path;
use programme::deliveries::{self, in_force};
use programme::indicators;
use programme::outlook::Snapshot;
use programme::people::Scope;
use rules::pack::facts::SeriesKind;
use rules::uscc::Uscc;
use serde::Serialize;
use utoipa::ToSchema;

/// Months that are shown.
const MONTHS: usize = 12;

/// 一家企业近12个月的各项数据。
#[derive(Serialize, ToSchema)]
pub struct FiguresView {
    pub stamp: Stamp,
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$")]
    pub uscc: String,
    pub series: Vec<SeriesView>,
    pub notice: String,
}

/// 一项指标。
#[derive(Serialize, ToSchema)]
pub struct SeriesView {
    pub id: String,
    pub name: String,
    pub unit: SeriesUnit,
    /// 提供数据的单位。
    pub source: String,
    pub months: Vec<MonthView>,
}

/// 指标的单位；金额一律为分。
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesUnit {
    /// 分。
    Fen,
    /// 千瓦时。
    KilowattHour,
    /// 立方米。
    CubicMetre,
    /// 人。
    Person,
}

/// 一个月的数。
#[derive(Serialize, ToSchema)]
pub struct MonthView {
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    pub figure: Figure,
    /// 来自哪一批交付。
    pub batch: i64,
}

#[utoipa::path(
    get, path = "/api/v1/firms/{uscc}/figures", tag = "firms", operation_id = "show_figures",
    summary = "一家企业的逐月数据",
    description = "税务原值只给税务部门和企业本人，统计原值只给统计部门和企业本人；其他单位看档次或不看。每次查看原值都连同用途记入日志。",
    params(FirmPath, PurposeQuery),
    responses((status = 200, description = "近12个月数据，逐数注明来自哪一批交付", body = FiguresView)),
)]
pub async fn show_figures(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Asked(asked): Asked<PurposeQuery>,
) -> Outcome {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let (book, firm) = found(office, &reader, &uscc).await?;
    let purpose = purpose(&reader, asked.stated())?;
    reader.state_purpose(office, uscc.clone(), purpose).await?;
    let own = book.seen.uscc(firm);
    answer(&FiguresView {
        stamp: Stamp::of(&book.snapshot),
        uscc: own.to_string(),
        series: series(office, &reader.scope, &book.snapshot, own).await?,
        notice: NOTICE.to_string(),
    })
}

async fn series(
    office: &Office,
    scope: &Scope,
    snapshot: &Snapshot,
    uscc: Uscc,
) -> Result<Vec<SeriesView>, Failure> {
    let (db, pack) = (office.db.reading(), &office.pack);
    let all = deliveries::batches(db).await.map_err(world)?;
    let batches = in_force(&all, snapshot.known_by);
    let stored = deliveries::stored(db).await.map_err(world)?;
    let mut found = Vec::new();
    for (index, series) in pack.series.iter().enumerate() {
        let span = (snapshot.as_of, MONTHS);
        let months = indicators::one_series(db, pack, &batches, &stored, uscc, index, span)
            .await
            .map_err(world)?;
        let is_seen = scope.sees(series.class);
        let months = months.iter().map(|own| MonthView {
            month: own.month.to_string(),
            batch: own.batch,
            figure: match (is_seen, series.kind) {
                (true, SeriesKind::Money) => Figure::known(FigureValue::Money {
                    amount_fen: own.value,
                }),
                (true, _) => Figure::known(FigureValue::Count { count: own.value }),
                (false, SeriesKind::Money) => Figure::hidden(Some(pack.bands.of_money(own.value))),
                (false, _) => Figure::hidden(None),
            },
        });
        let agency = pack.agency(&series.agency);
        found.push(SeriesView {
            id: series.id.clone(),
            name: series.name.clone(),
            unit: match series.kind {
                SeriesKind::Money => SeriesUnit::Fen,
                SeriesKind::Electricity => SeriesUnit::KilowattHour,
                SeriesKind::Gas => SeriesUnit::CubicMetre,
                SeriesKind::Count => SeriesUnit::Person,
            },
            source: agency.map_or(String::new(), |agency| {
                agency.name_on(snapshot.as_of.last_day()).short.clone()
            }),
            months: months.collect(),
        });
    }
    Ok(found)
}

fn world(error: impl Into<anyhow::Error>) -> Failure {
    Failure::World(error.into())
}
