//! The first page.

use super::moment::Wanted;
use super::{Living, Task, Viewer, living};
use crate::extent::Extent;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::Query;
use rules::pack::roles::Right;
use serde::Deserialize;
use std::sync::Arc;

pub fn routes() -> Routes {
    Routes::new().get("/", Access::May(Right::Plan), show_plan)
}

/// What the address says.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    area: String,
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    known_by: String,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct Page {
    frame: Frame,
    living: Arc<Living>,
    notices: Option<Task>,
    /// Places that can be chosen; empty where there is no choice.
    places: Vec<Choice>,
    months: Vec<Choice>,
    known_by: String,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

async fn show_plan(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let office = visitor.office();
    let seat = visitor.seat()?;
    let pack = &office.pack;
    let role = pack.role(&seat.role).ok_or(Failure::Denied)?;
    let extent = Extent::chosen(pack, &seat.scope, &asked.area)?;
    let viewer = Viewer {
        role,
        scope: &seat.scope,
    };
    let wanted = Wanted::read(&asked.as_of, &asked.known_by)?;
    let living = living(office, viewer, extent, wanted).await?;
    let frame = visitor.frame("方案进展", "/").await?;
    let notices = (frame.notices > 0).then(|| Task {
        link: super::ListLink {
            address: "/notices".to_string(),
            text: format!("{} 条消息未读", frame.notices),
        },
        note: String::new(),
    });
    html(&Page {
        notices,
        places: places(&visitor, extent)?,
        months: months(&living, &asked.as_of),
        known_by: asked.known_by,
        frame,
        living,
    })
}

/// All areas for the province, the own area and its counties for an area.
fn places(visitor: &Visitor, extent: Option<Extent>) -> Result<Vec<Choice>, Failure> {
    let pack = &visitor.office().pack;
    let scope = &visitor.seat()?.scope;
    let choice = |code: u32, name: &str| Choice {
        value: format!("{code:06}"),
        text: name.to_string(),
        is_chosen: extent.and_then(Extent::code) == Some(code),
    };
    let area = scope.place().and_then(|code| pack.divisions.get(code));
    Ok(match (scope.covers_province(), area) {
        (true, _) => {
            let whole = Choice {
                value: String::new(),
                text: "全省".to_string(),
                is_chosen: extent == Some(Extent::Province),
            };
            let areas = pack
                .divisions
                .areas()
                .map(|own| choice(own.code, &own.name));
            std::iter::once(whole).chain(areas).collect()
        }
        (false, Some(area)) => {
            let counties: Vec<Choice> = pack
                .divisions
                .counties_of(area.code)
                .map(|own| choice(own.code, &own.name))
                .collect();
            match counties.is_empty() {
                true => Vec::new(),
                false => std::iter::once(choice(area.code, &area.name))
                    .chain(counties)
                    .collect(),
            }
        }
        (false, None) => Vec::new(),
    })
}

fn months(living: &Living, asked: &str) -> Vec<Choice> {
    let months = living.months.iter();
    let months = months.map(|month| Choice {
        value: month.to_string(),
        text: month.in_words(),
        is_chosen: match asked.trim() {
            "" => *month == living.as_of,
            text => month.to_string() == text,
        },
    });
    months.collect()
}
