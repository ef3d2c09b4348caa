//! Pushes and results: what would be told, telling it, what was told to whom, and how good it
//! was.

use super::super::{pushing, results};
use super::tabs;
use crate::cli::{NoticesArgs, OutcomeArgs, Signature};
use crate::page::wants_json;
use crate::report::{Field, Report};
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::{Choice, Way, answer_json, go_to};
use crate::web::sheet::{Form, Input, Sheet, field};
use crate::web::visitor::Visitor;
use axum::extract::{Form as Sent, Path, Query};
use axum::http::HeaderMap;
use programme::people::Organisation;
use rules::pack::roles::Right;
use serde::Deserialize;

const CURRENT: &str = "/measures";
const PUSHES: &str = "/measures/pushes";
/// Notices that a page shows.
const NOTICES: usize = 300;

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    push: Option<i64>,
    #[serde(default)]
    done: String,
}

async fn answered(
    visitor: &Visitor,
    report: Report,
    side: &str,
    lead: &str,
    headers: &HeaderMap,
) -> Result<Result<Sheet, axum::response::Response>, Failure> {
    if wants_json(headers) {
        return Ok(Err(answer_json(&report)?));
    }
    let frame = visitor.frame(report.title.clone(), CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &leads);
    sheet.tabs = tabs(visitor, side);
    sheet.lead = lead.to_string();
    Ok(Ok(sheet))
}

/// Firms lead to their page, measures to theirs, pushes to what they told.
fn leads(table: &crate::report::Table, row: &[Field], key: &str) -> Option<String> {
    match (table.key, key) {
        ("notices", "name") => Some(format!("/register/{}", field(table, row, "uscc")?.shown())),
        ("measures", "name") => Some(format!(
            "{CURRENT}/{}",
            field(table, row, "measure")?.shown()
        )),
        ("pushes", "push") => {
            let push = field(table, row, "push")?.shown().replace(',', "");
            Some(format!("/measures/notices?push={push}"))
        }
        _ => None,
    }
}

/// `GET /measures/pushes`.
pub async fn list_pushes(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let report = pushing::list(visitor.office()).await?;
    let lead =
        "每次推送只告知上次以后的变化：新近可享、即将到期、差一项即可判定；同一事项不重复推送。";
    let mut sheet = match answered(&visitor, report, PUSHES, lead, &headers).await? {
        Ok(sheet) => sheet,
        Err(response) => return Ok(response),
    };
    if visitor.may(Right::Push) {
        sheet
            .actions
            .push(Way::to("/measures/pushes/new", "推送政策", false));
    }
    match asked.done.as_str() {
        "pushed" => sheet
            .told("done", "已推送，责任单位、市县和企业可以查看")
            .answer(),
        _ => sheet.answer(),
    }
}

/// `GET /measures/pushes/new`: what would be told.
pub async fn confirm_push(visitor: Visitor, headers: HeaderMap) -> Outcome {
    let act = visitor.act()?;
    let report = pushing::preview(visitor.office(), &act).await?;
    let count = report
        .facts
        .first()
        .map_or(String::new(), |fact| fact.field.shown());
    let lead = "下面是自上次推送以来的变化，还没有推送。";
    let mut sheet = match answered(&visitor, report, "", lead, &headers).await? {
        Ok(sheet) => sheet,
        Err(response) => return Ok(response),
    };
    if count == "0" {
        return sheet
            .told("notice", "自上次推送以来没有变化，不必推送")
            .answer();
    }
    sheet.forms.push(Form {
        head: format!("推送 {count} 条事项"),
        says: "推送后企业、责任单位和所在市县看到与己有关的事项；推送存档，不能撤回，可以逐字节重算核对。".to_string(),
        address: PUSHES.to_string(),
        fields: Vec::new(),
        verb: "推送".to_string(),
        is_grave: false,
    });
    sheet.answer()
}

/// `POST /measures/pushes`.
pub async fn create_push(visitor: Visitor) -> Outcome {
    let act = visitor.act()?;
    if !matches!(act.organisation, Organisation::Agency(_)) {
        return Err(Failure::Denied);
    }
    pushing::push_now(visitor.office(), &act).await?;
    Ok(go_to(format!("{PUSHES}?done=pushed")))
}

/// `GET /measures/notices`: what was told to the own organisation.
pub async fn list_notices(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    const SIDE: &str = "/measures/notices";
    let arguments = NoticesArgs {
        push: asked.push,
        agency: None,
        firm: None,
        limit: NOTICES,
        export: None,
    };
    let report = pushing::notices(visitor.office(), &arguments).await?;
    let lead = "推送给本单位的事项：责任单位看本单位负责的措施，市县看本地企业。";
    match answered(&visitor, report, SIDE, lead, &headers).await? {
        Ok(sheet) => sheet.answer(),
        Err(response) => Ok(response),
    }
}

/// `GET /measures/accuracy`.
pub async fn show_accuracy(visitor: Visitor, headers: HeaderMap) -> Outcome {
    const SIDE: &str = "/measures/accuracy";
    let report = results::accuracy(visitor.office()).await?;
    let lead = "推送过的事项后来办成了多少，办成的事先推送过多少。";
    match answered(&visitor, report, SIDE, lead, &headers).await? {
        Ok(sheet) => sheet.answer(),
        Err(response) => Ok(response),
    }
}

/// The form in which a result is recorded.
pub fn outcome_form(id: &str) -> Form {
    let choice = |value: &str, text: &str| Choice {
        value: value.to_string(),
        text: text.to_string(),
        is_chosen: value == "granted",
    };
    Form {
        head: "登记办理结果".to_string(),
        says: "由责任单位或企业所在市县登记；登记后不能改动，再次办理另记一条。".to_string(),
        address: format!("{CURRENT}/{id}/outcomes"),
        fields: vec![
            Input::of("text", "uscc", "统一社会信用代码", "").required(""),
            Input::select(
                "result",
                "结果",
                "",
                vec![
                    choice("granted", "已批准或已享受"),
                    choice("refused", "未批准"),
                ],
            ),
            Input {
                hint: "元，没有金额的不填".to_string(),
                ..Input::of("text", "amount", "金额", "")
            },
            Input {
                hint: "文号或原因；未批准的必须写明".to_string(),
                ..Input::of("text", "reason", "文号或原因", "")
            },
        ],
        verb: "登记".to_string(),
        is_grave: false,
    }
}

#[derive(Deserialize)]
pub struct Said {
    #[serde(default)]
    uscc: String,
    #[serde(default)]
    result: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    reason: String,
}

/// `POST /measures/{id}/outcomes`.
pub async fn create_outcome(
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(said): Sent<Said>,
) -> Outcome {
    let is_granted = match said.result.as_str() {
        "granted" => true,
        "refused" => false,
        _ => return Err(Failure::Malformed("请选定办理结果".to_string())),
    };
    let arguments = OutcomeArgs {
        id: Some(id.clone()),
        uscc: Some(said.uscc.trim().to_uppercase()),
        granted: is_granted,
        refused: !is_granted,
        amount: Some(said.amount.trim().to_string()).filter(|text| !text.is_empty()),
        reason: said.reason,
        list: None,
        signature: Signature {
            agency: visitor.seat()?.organisation.id(),
            person: String::new(),
            on: None,
        },
    };
    results::outcome(visitor.office(), &arguments).await?;
    Ok(go_to(format!("{CURRENT}/{id}?done=recorded")))
}
