//! What a measuring would give, shown before anything is recorded.

use super::{Asked, wish};
use crate::targets::measuring;
use crate::targets::page::signed;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::Query;
use programme::targets;
use rules::pack::divisions::DivisionCode;

#[derive(Template)]
#[template(path = "targets-measuring.html")]
struct Preview {
    frame: Frame,
    year: i32,
    area: String,
    name: String,
    total: u32,
    unit: u32,
    as_of: String,
    rows: Vec<PreviewRow>,
    ties: Vec<String>,
    replaces: Option<u32>,
}

struct PreviewRow {
    name: String,
    base: u64,
    exact: String,
    count: u32,
    rounding: String,
    before: String,
    change: String,
}

/// What a measuring would give, before anything is recorded.
pub(super) async fn preview_measuring(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let office = visitor.office();
    let pack = &office.pack;
    let wish = wish(&visitor, &asked.year, &asked.area)?;
    let total = match asked.total.trim() {
        "" => None,
        text => match text.parse() {
            Ok(total) => Some(total),
            Err(_) => return Err(Failure::Refused(format!("总数“{text}”请写成整数"))),
        },
    };
    let found = measuring(office, wish.year, wish.area, total, None).await?;
    let before = targets::issued(office.db.reading(), pack, wish.year - 1).await?;
    let round = targets::round(office.db.reading(), wish.year, found.division).await?;
    let rows = found.allocation.shares.iter().map(|share| {
        let exact = share.exact_hundredths();
        let rounding = i64::from(share.count) * 100 - i64::try_from(exact).unwrap_or(i64::MAX);
        let before = before.get(&share.division);
        PreviewRow {
            name: pack.divisions.name(share.division),
            base: share.base,
            exact: format!("{}.{:02}", exact / 100, exact % 100),
            count: share.count,
            rounding: hundredths(rounding),
            before: before.map_or("—".to_string(), u32::to_string),
            change: before.map_or("—".to_string(), |before| {
                signed(i64::from(share.count) - i64::from(*before))
            }),
        }
    });
    let name = |code: DivisionCode| pack.divisions.name(code);
    let ties = found.allocation.ties.iter();
    html(&Preview {
        frame: visitor.frame("测算方案预览", "/targets").await?,
        year: wish.year,
        area: wish.area.map_or(String::new(), |code| format!("{code:06}")),
        name: name(found.division),
        total: found.total,
        unit: found.unit,
        as_of: found.as_of.in_words(),
        rows: rows.collect(),
        ties: ties
            .map(|(got, not)| format!("{}与{}余额相同，取前者", name(*got), name(*not)))
            .collect(),
        replaces: round.map(|round| round.edition),
    })
}

fn hundredths(value: i64) -> String {
    let sign = match value {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:02}", value / 100, value % 100)
}
