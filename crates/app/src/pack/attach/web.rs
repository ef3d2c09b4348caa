//! Attachments in the settings: what is attached, and how to attach another.

use crate::outlook::map;
use crate::plan;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Query};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use programme::attachments::{self, Attachment, AttachmentKind, MAP_BYTES_MAX, TEXT_BYTES_MAX};
use programme::people::Organisation;
use rules::pack::roles::Right;
use serde::Deserialize;

/// What a form adds to a file.
const FORM_BYTES: usize = 64 << 10;

pub fn routes() -> Routes {
    let settings = Access::May(Right::Settings);
    let limit = |bytes: usize| DefaultBodyLimit::max(bytes + FORM_BYTES);
    Routes::new()
        .get("/settings/attachments", settings, show_attachments)
        .post_with(
            "/settings/attachments/plan-text",
            settings,
            post(create_plan_text).layer(limit(TEXT_BYTES_MAX)),
        )
        .post_with(
            "/settings/attachments/map",
            settings,
            post(create_map).layer(limit(MAP_BYTES_MAX)),
        )
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "attachments.html")]
struct Page {
    frame: Frame,
    texts: Vec<Shown>,
    maps: Vec<Shown>,
}

/// One attachment as it is listed.
struct Shown {
    id: i64,
    name: String,
    approval: String,
    hash: String,
    on: String,
    by: String,
}

async fn show_attachments(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let mut frame = visitor.frame("方案原文和地图", "/settings").await?;
    let text = match asked.done.as_str() {
        "plan-text" => Some("已存入方案原文，“方案进展”页面已与条款对照"),
        "map" => Some("已存入行政区划图，地图页已经显示"),
        _ => None,
    };
    frame.flash = text.map(|text| Flash {
        kind: "done".to_string(),
        text: text.to_string(),
    });
    html(&Page {
        frame,
        texts: shown(&visitor, AttachmentKind::PlanText).await?,
        maps: shown(&visitor, AttachmentKind::Map).await?,
    })
}

async fn shown(visitor: &Visitor, kind: AttachmentKind) -> Result<Vec<Shown>, Failure> {
    let office = visitor.office();
    let all = attachments::of_kind(office.db.reading(), kind).await?;
    let one = |own: Attachment| {
        let by = Organisation::read(&office.pack, &own.organisation);
        let by = by.map_or(own.organisation, |by| by.name(&office.pack, own.on));
        Shown {
            id: own.id,
            name: own.name,
            approval: own.approval,
            hash: own.hash,
            on: own.on.to_string(),
            by: format!("{by}　{}", own.person),
        }
    };
    Ok(all.into_iter().map(one).collect())
}

/// A file and the words that came with it.
#[derive(Default)]
struct Given {
    name: String,
    content: Vec<u8>,
    approval: String,
}

async fn given(mut form: Multipart) -> Result<Given, Failure> {
    let mut given = Given::default();
    let broken = |_| Failure::TooLarge;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("file") => {
                given.name = field.file_name().unwrap_or_default().to_string();
                given.content = field.bytes().await.map_err(broken)?.to_vec();
            }
            Some("approval") => given.approval = field.text().await.map_err(broken)?,
            _ => {}
        }
    }
    if given.name.is_empty() {
        return Err(Failure::Malformed("请先选择文件".to_string()));
    }
    Ok(given)
}

async fn create_plan_text(visitor: Visitor, form: Multipart) -> Outcome {
    let given = given(form).await?;
    let act = visitor.act()?;
    plan::original::attach(visitor.office(), &given.name, &given.content, &act).await?;
    Ok(Redirect::to("/settings/attachments?done=plan-text").into_response())
}

async fn create_map(visitor: Visitor, form: Multipart) -> Outcome {
    let given = given(form).await?;
    let act = visitor.act()?;
    let office = visitor.office();
    map::file::attach(office, &given.name, &given.approval, &given.content, &act).await?;
    Ok(Redirect::to("/settings/attachments?done=map").into_response())
}
