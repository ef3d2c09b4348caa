//! The page of a firm and its sides. A side is a page of its own, a part of a page for a
//! script that asks for just that, and JSON for programs.

mod doing;

use super::view::{Side, View, view};
use super::{Purpose, open, purpose};
use crate::documents;
use crate::measures::{self, Subject, compared};
use crate::page::{Link, sent, wants_json};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use chrono::NaiveDate;
use doing::{create_contact_reading, create_follow_up, create_outcome, create_reading};
use rules::pack::roles::Right;
use serde::Deserialize;

/// The routes of one firm.
pub fn routes() -> Routes {
    let firms = Access::May(Right::Firms);
    Routes::new()
        .get("/register/{uscc}", firms, show_firm)
        .get("/register/{uscc}/ledger", firms, show_ledger)
        .get("/register/{uscc}/policy", firms, show_policy)
        .get("/register/{uscc}/history", firms, show_history)
        .get("/register/{uscc}/comparison", firms, show_comparison)
        .get("/register/{uscc}/archive", firms, show_archive)
        .get("/register/{uscc}/record", firms, show_record)
        .get("/register/{uscc}/acts", firms, show_acts)
        .get("/register/{uscc}/sheet", firms, show_sheet)
        .get(
            "/register/{uscc}/comparison.docx",
            firms,
            download_comparison,
        )
        .post("/register/{uscc}/readings", firms, create_reading)
        .post(
            "/register/{uscc}/contact-readings",
            firms,
            create_contact_reading,
        )
        .post(
            "/register/{uscc}/outcomes",
            Access::May(Right::Outcome),
            create_outcome,
        )
        .post(
            "/register/{uscc}/follow-ups",
            Access::May(Right::FollowUp),
            create_follow_up,
        )
}

#[derive(Template)]
#[template(path = "register/firm.html")]
struct FirmPage {
    frame: Frame,
    uscc: String,
    tabs: Vec<Link>,
    view: View,
    on: String,
    is_whole: bool,
}

/// The tabs and one side, without the frame around.
#[derive(Template)]
#[template(path = "register/sides.html")]
struct SidePart {
    uscc: String,
    tabs: Vec<Link>,
    view: View,
    on: String,
}

#[derive(Template)]
#[template(path = "register/purpose.html")]
struct PurposePage {
    frame: Frame,
    uscc: String,
    place: String,
    side: String,
}

#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    on: String,
    #[serde(default)]
    done: String,
}

impl Asked {
    /// The day of law, where one is named.
    fn on(&self) -> Result<Option<NaiveDate>, Failure> {
        match self.on.as_str() {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| Failure::Malformed(format!("日期“{text}”请写成 2026-09-30"))),
        }
    }
}

/// What was done before the page was asked for again.
fn flash(done: &str) -> Option<Flash> {
    let text = match done {
        "outcome" => "办理结果已登记，见“经历”",
        "note" => "跟进情况已记下",
        "close" => "跟进已办结",
        "reading" => "用途已记入日志，30分钟内可以查看这家企业",
        "contact" => "用途已记入日志，5分钟内显示联系方式",
        _ => return None,
    };
    Some(Flash {
        kind: "done".to_string(),
        text: text.to_string(),
    })
}

macro_rules! side {
    ($handler:ident, $side:expr) => {
        async fn $handler(
            visitor: Visitor,
            Path(uscc): Path<String>,
            Query(asked): Query<Asked>,
            headers: HeaderMap,
        ) -> Outcome {
            show(&visitor, &uscc, &[$side], &asked, &headers).await
        }
    };
}

side!(show_firm, Side::Ledger);
side!(show_ledger, Side::Ledger);
side!(show_policy, Side::Policy);
side!(show_history, Side::History);
side!(show_comparison, Side::Comparison);
side!(show_archive, Side::Archive);
side!(show_record, Side::Record);
side!(show_acts, Side::Acts);

/// Everything on one sheet, for paper.
async fn show_sheet(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let sides = &Side::ALL[..Side::ALL.len() - 1];
    show(&visitor, &uscc, sides, &asked, &headers).await
}

async fn show(
    visitor: &Visitor,
    uscc: &str,
    sides: &[Side],
    asked: &Asked,
    headers: &HeaderMap,
) -> Outcome {
    let subject = open(visitor, uscc, asked.on()?).await?;
    let uscc = subject.firms.uscc(subject.firm).to_string();
    let stated = purpose(visitor, &subject).await?;
    if stated == Purpose::Wanted {
        return ask_purpose(visitor, &subject, sides, headers).await;
    }
    let mut view = view(visitor, &subject, sides).await?;
    if let Purpose::Stated(text) = stated {
        view.purpose = Some(text);
    }
    if wants_json(headers) {
        let text = serde_json::to_string(&view).map_err(|error| Failure::World(error.into()))?;
        return Ok(sent(
            StatusCode::OK,
            "application/json; charset=utf-8",
            text,
        ));
    }
    let tabs = tabs(visitor, &uscc, sides, &asked.on);
    let on = subject.on.to_string();
    if headers.contains_key("hx-request") && !headers.contains_key("hx-boosted") {
        let mut response = html(&SidePart {
            uscc,
            tabs,
            view,
            on,
        })?;
        let vary = HeaderValue::from_static("HX-Request");
        response.headers_mut().insert(header::VARY, vary);
        return Ok(response);
    }
    let name = super::head::name(&subject);
    let mut frame = visitor.frame(name, "/register").await?;
    frame.flash = flash(&asked.done);
    html(&FirmPage {
        frame,
        uscc,
        tabs,
        view,
        on,
        is_whole: sides.len() > 1,
    })
}

fn tabs(visitor: &Visitor, uscc: &str, sides: &[Side], on: &str) -> Vec<Link> {
    let may_act = super::ACTS.iter().any(|right| visitor.may(*right));
    let query = match on {
        "" => String::new(),
        on => format!("?on={on}"),
    };
    let shown = Side::ALL
        .into_iter()
        .filter(|side| may_act || *side != Side::Acts);
    let links = shown.map(|side| Link {
        address: format!("/register/{uscc}/{}{query}", side.id()),
        text: side.name().to_string(),
        is_current: sides == [side],
    });
    links.collect()
}

/// The page that asks what the figures are read for; it shows none.
async fn ask_purpose(
    visitor: &Visitor,
    subject: &Subject,
    sides: &[Side],
    headers: &HeaderMap,
) -> Outcome {
    if wants_json(headers) {
        let text = "查看税务或统计原值要先写明用途，用途记入日志".to_string();
        return Err(Failure::Refused(text));
    }
    let pack = &visitor.office().pack;
    html(&PurposePage {
        frame: visitor
            .frame(super::head::name(subject), "/register")
            .await?,
        uscc: subject.firms.uscc(subject.firm).to_string(),
        place: super::place(pack, subject),
        side: match sides {
            [side] => side.id().to_string(),
            _ => "sheet".to_string(),
        },
    })
}

/// The sheet for the owner as a document.
async fn download_comparison(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Query(asked): Query<Asked>,
) -> Outcome {
    let subject = open(&visitor, &uscc, asked.on()?).await?;
    if purpose(&visitor, &subject).await? == Purpose::Wanted {
        return Ok(Redirect::to(&format!("/register/{uscc}/comparison")).into_response());
    }
    comparison_file(&visitor, &subject).await
}

/// The sheet of before and after, ready to be taken away.
pub async fn comparison_file(visitor: &Visitor, subject: &Subject) -> Outcome {
    let office = visitor.office();
    let lines = compared(&office.pack, subject);
    let document = measures::comparison_document(office, subject, &lines).await?;
    let bytes = documents::docx(&document)?;
    let uscc = subject.firms.uscc(subject.firm);
    let named = format!("attachment; filename=\"comparison-{uscc}.docx\"");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(DOCX));
    let named = HeaderValue::from_str(&named).map_err(|error| Failure::World(error.into()))?;
    headers.insert(header::CONTENT_DISPOSITION, named);
    Ok(response)
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
