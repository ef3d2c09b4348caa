//! Following firms that were handed on: the list, one firm's records, a note, a close.

use super::super::follow_up;
use super::super::warnings::judged;
use super::tabs;
use crate::cli::{FollowUpArgs, FollowUpsArgs};
use crate::page::wants_json;
use crate::reader::{Reader, read_code};
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::{Way, answer_json, go_to};
use crate::web::places;
use crate::web::sheet::{Form, Input, Sheet, field};
use crate::web::visitor::Visitor;
use axum::extract::{Form as Sent, Path, Query};
use axum::http::HeaderMap;
use rules::pack::roles::Right;
use rules::uscc::Uscc;
use serde::Deserialize;

const CURRENT: &str = "/outlook/warnings";
const LIST: &str = "/outlook/follow-ups";
/// Firms that the list shows.
const FIRMS: usize = 300;

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    division: String,
    #[serde(default)]
    open: String,
    #[serde(default)]
    done: String,
}

/// `GET /outlook/follow-ups`.
pub async fn list_follow_ups(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let scope = &visitor.seat()?.scope;
    let division = places::asked(&office.pack, scope, &asked.division)?;
    let arguments = FollowUpsArgs {
        division,
        open: !asked.open.is_empty(),
        agency: None,
        limit: FIRMS,
    };
    let report = follow_up::list(office, &arguments).await?;
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let frame = visitor.frame("跟进", CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &|table, row, key| match key {
        "firm" | "name" => Some(format!("{LIST}/{}", field(table, row, "uscc")?.shown())),
        _ => None,
    });
    sheet.tabs = tabs(LIST);
    sheet.lead =
        "移交过的企业由谁跟进、最近一次情况和现状。脱险、退规、返规由运行判断，不由人填写。"
            .to_string();
    let whole = places::whole(&office.pack, scope);
    sheet.filter = Some(Form {
        address: LIST.to_string(),
        fields: vec![
            Input::select(
                "division",
                "市、县",
                &whole,
                places::choices(&office.pack, scope, division),
            ),
            Input::of("check", "open", "只看跟进中的", &asked.open),
        ],
        verb: "查看".to_string(),
        ..Form::default()
    });
    sheet.answer()
}

/// A firm within the visitor's region; one that nobody knows any more is the province's.
async fn own_firm(visitor: &Visitor, code: &str) -> Result<Uscc, Failure> {
    let uscc = read_code(code).map_err(|_| Failure::NotHere)?;
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let judged = judged(office, None).await?;
    let is_own = match judged.firms.find(uscc) {
        Some(firm) => reader.scope.covers_firm(&judged.firms.whereabouts(firm)),
        None => reader.scope.covers_province(),
    };
    match is_own {
        true => Ok(uscc),
        false => Err(Failure::NotHere),
    }
}

fn arguments(uscc: Uscc) -> FollowUpArgs {
    FollowUpArgs {
        uscc: uscc.to_string(),
        note: None,
        close: false,
        reason: None,
        agency: None,
        person: None,
        on: None,
    }
}

/// `GET /outlook/follow-ups/{uscc}`.
pub async fn show_follow_up(
    visitor: Visitor,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let uscc = own_firm(&visitor, &code).await?;
    let report = follow_up::command(visitor.office(), &arguments(uscc)).await?;
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let is_open = report
        .facts
        .iter()
        .any(|fact| fact.key == "standing" && fact.field.shown() == "跟进中");
    let frame = visitor.frame(report.title.clone(), CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &|_, _, _| None);
    sheet.tabs = tabs("");
    sheet.actions = vec![
        Way::to(format!("/register/{uscc}"), "企业页", false),
        Way::to(LIST, "全部跟进", false),
    ];
    if is_open && visitor.may(Right::FollowUp) {
        sheet.forms = forms(uscc);
    }
    match asked.done.as_str() {
        "noted" => sheet.told("done", "跟进情况已记录").answer(),
        "closed" => sheet
            .told("done", "已办结；再次移交后才能继续跟进")
            .answer(),
        _ => sheet.answer(),
    }
}

fn forms(uscc: Uscc) -> Vec<Form> {
    vec![
        Form {
            head: "记录跟进情况".to_string(),
            says: "记做了什么、企业说了什么；不记企业的统计数字，也不得要求企业提供。".to_string(),
            address: format!("{LIST}/{uscc}/notes"),
            fields: vec![Input::of("area", "text", "跟进情况", "").required("")],
            verb: "记录".to_string(),
            is_grave: false,
        },
        Form {
            head: "办结".to_string(),
            says: "办结后不能再记录，直到统计部门再次移交。".to_string(),
            address: format!("{LIST}/{uscc}/closure"),
            fields: vec![
                Input::of("text", "text", "办结原因", "").required("例如：企业已恢复生产"),
            ],
            verb: "办结".to_string(),
            is_grave: true,
        },
    ]
}

#[derive(Deserialize)]
pub struct Said {
    #[serde(default)]
    text: String,
}

/// `POST /outlook/follow-ups/{uscc}/notes`.
pub async fn create_note(
    visitor: Visitor,
    Path(code): Path<String>,
    Sent(said): Sent<Said>,
) -> Outcome {
    let uscc = own_firm(&visitor, &code).await?;
    let arguments = FollowUpArgs {
        note: Some(said.text),
        agency: Some(visitor.seat()?.organisation.id()),
        ..arguments(uscc)
    };
    follow_up::command(visitor.office(), &arguments).await?;
    Ok(go_to(format!("{LIST}/{uscc}?done=noted")))
}

/// `POST /outlook/follow-ups/{uscc}/closure`.
pub async fn create_closure(
    visitor: Visitor,
    Path(code): Path<String>,
    Sent(said): Sent<Said>,
) -> Outcome {
    let uscc = own_firm(&visitor, &code).await?;
    let arguments = FollowUpArgs {
        close: true,
        reason: Some(said.text),
        agency: Some(visitor.seat()?.organisation.id()),
        ..arguments(uscc)
    };
    follow_up::command(visitor.office(), &arguments).await?;
    Ok(go_to(format!("{LIST}/{uscc}?done=closed")))
}
