//! Lists for finance platforms as pages: the office issues them, each receiver takes its own.

#[cfg(test)]
mod tests;

use super::{files, issued, listed, prepared, taken};
use crate::office::{Office, Refused, today};
use crate::page::wants_json;
use crate::report::{Field, Report, Table};
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::{Choice, answer_json, choices, file, go_to};
use crate::web::routes::{Access, Routes};
use crate::web::sheet::{Form, Input, Sheet};
use crate::web::visitor::Visitor;
use crate::web::words::for_pages;
use axum::extract::{Form as Sent, Path, Query};
use axum::http::HeaderMap;
use programme::exchange::{IssuedList, lists};
use rules::money::grouped;
use rules::pack::roles::Right;
use serde::Deserialize;

/// Firms of a list that are shown before it is issued.
const SHOWN: usize = 100;
const OFFICE: &str = "/exchange";
const RECEIVER: &str = "/exchange/lists";

/// The routes of this noun.
pub fn routes() -> Routes {
    const EITHER: Access = Access::MayAny(&[Right::Exchange, Right::ReceiveLists]);
    let exchange = Access::May(Right::Exchange);
    Routes::new()
        .get("/exchange", exchange, list_issued)
        .get("/exchange/new", exchange, confirm_list)
        .post("/exchange/lists", exchange, create_list)
        .get(
            "/exchange/lists",
            Access::May(Right::ReceiveLists),
            list_received,
        )
        .get("/exchange/lists/{id}/files", EITHER, download_files)
}

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    done: String,
}

/// `GET /exchange`: everything that was issued.
pub async fn list_issued(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let own = visitor.seat()?.organisation.id();
    let all = lists(office.db.reading()).await?;
    let report = listed(office, &all);
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let frame = visitor.frame("名单交换", OFFICE).await?;
    let mut sheet = Sheet::of(frame, report, &|_, row, key| {
        let id = row[0].shown().replace(',', "");
        let list = all.iter().find(|list| list.id.to_string() == id)?;
        let is_open = key == "list" && list.organisation == own && list.to >= today();
        is_open.then(|| format!("{RECEIVER}/{id}/files"))
    });
    sheet.lead = "发给融资平台和金融机构的企业名单。列谁由方案措施的判定和企业的同意决定，名单不含税务、统计数字；发放后不能改动。".to_string();
    sheet.filter = Some(chooser(office, &asked));
    match asked.done.as_str() {
        "issued" => sheet
            .told("done", "名单已发放，接收单位登录后可以领取")
            .answer(),
        _ => sheet.answer(),
    }
}

/// Kind and receiver of a new list.
fn chooser(office: &Office, asked: &Asked) -> Form {
    let kinds = office.pack.exchange.iter();
    let kinds = kinds.map(|kind| (kind.id.clone(), kind.name.clone()));
    let mut receivers: Vec<(String, String)> = Vec::new();
    for id in office.pack.exchange.iter().flat_map(|kind| &kind.receivers) {
        if !receivers.iter().any(|(own, _)| own == id) {
            receivers.push((id.clone(), super::named(office, id)));
        }
    }
    let receivers: Vec<Choice> = choices(receivers.into_iter(), &asked.to);
    Form {
        address: format!("{OFFICE}/new"),
        fields: vec![
            Input::select("kind", "名单", "", choices(kinds, &asked.kind)),
            Input::select("to", "接收单位", "", receivers),
        ],
        verb: "看看发放哪些企业".to_string(),
        ..Form::default()
    }
}

/// `GET /exchange/new`: who would be on the list.
pub async fn confirm_list(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let office = visitor.office();
    let frame = visitor.frame("发放名单", OFFICE).await?;
    let mut sheet = Sheet::of(frame, Report::default(), &crate::web::sheet::to_firms);
    sheet.filter = Some(chooser(office, &asked));
    sheet.actions = vec![crate::web::parts::Way::to(OFFICE, "已发名单", false)];
    let act = visitor.act()?;
    let prepared = match prepared(office, &asked.kind, &asked.to, &act).await {
        Ok(prepared) => prepared,
        Err(error) => match error.downcast::<Refused>() {
            Ok(refused) => return sheet.told("refusal", for_pages(&refused.0)).answer(),
            Err(error) => return Err(error.into()),
        },
    };
    let (wanted, drawn) = (prepared.wanted, prepared.drawn);
    let count = grouped(drawn.rows.len() as u64);
    let receiver = super::named(office, &wanted.receiver);
    sheet.facts = vec![
        ("名单".to_string(), wanted.name.clone()),
        ("接收单位".to_string(), receiver.clone()),
        ("列入企业".to_string(), format!("{count} 家")),
        (
            "有效期".to_string(),
            format!("{} 至 {}", wanted.from, wanted.to),
        ),
        ("名单的列".to_string(), wanted.columns.join("、")),
    ];
    sheet.notes = vec![wanted.notice.clone()];
    if drawn.without_consent > 0 {
        let left = grouped(drawn.without_consent as u64);
        let text = format!("另有 {left} 家符合条件，但没有同意推送的记录，不列入。");
        sheet.notes.push(text);
    }
    if drawn.rows.is_empty() {
        return sheet
            .told("notice", "没有可以列入的企业，不能发放")
            .answer();
    }
    let title = format!("名单（前 {} 家）", drawn.rows.len().min(SHOWN));
    let mut table = Table::new("rows", &title, &[]);
    table.columns = wanted
        .columns
        .iter()
        .map(|text| ("cell", text.clone()))
        .collect();
    for row in drawn.rows.iter().take(SHOWN) {
        table.row(row.iter().map(|text| Field::text(text.clone())).collect());
    }
    let shown = Sheet::of(
        sheet.frame.clone(),
        Report::default().table(table),
        &|_, _, _| None,
    );
    sheet.tables = shown.tables;
    sheet.forms = vec![Form {
        head: format!("把 {count} 家企业的名单发给{receiver}"),
        says: "发放后接收单位可以领取；名单存档、签名，不能改动或撤回，到期自动停止领取。每次领取记入日志。".to_string(),
        address: RECEIVER.to_string(),
        fields: vec![Input::hidden("kind", &wanted.kind), Input::hidden("to", &wanted.receiver)],
        verb: "发放名单".to_string(),
        is_grave: false,
    }];
    sheet.answer()
}

/// `POST /exchange/lists`.
pub async fn create_list(visitor: Visitor, Sent(asked): Sent<Asked>) -> Outcome {
    let act = visitor.act()?;
    issued(visitor.office(), &asked.kind, &asked.to, &act).await?;
    Ok(go_to(format!("{OFFICE}?done=issued")))
}

/// `GET /exchange/lists`: what was issued to the own organisation.
pub async fn list_received(visitor: Visitor, headers: HeaderMap) -> Outcome {
    let office = visitor.office();
    let own = visitor.seat()?.organisation.id();
    let all = lists(office.db.reading()).await?;
    let received: Vec<IssuedList> = all
        .into_iter()
        .filter(|list| list.receiver == own)
        .collect();
    let report = listed(office, &received);
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let frame = visitor.frame("领取名单", RECEIVER).await?;
    let mut sheet = Sheet::of(frame, report, &|_, row, key| {
        let id = row[0].shown().replace(',', "");
        let list = received.iter().find(|list| list.id.to_string() == id)?;
        let is_open = key == "list" && list.to >= today();
        is_open.then(|| format!("{RECEIVER}/{id}/files"))
    });
    sheet.lead =
        "发给本单位的企业名单。点名单号领取：CSV 两种编码各一份，附签名清单；每次领取记入日志。"
            .to_string();
    sheet.notes = received
        .iter()
        .rev()
        .take(1)
        .map(|list| list.notice.clone())
        .collect();
    sheet.answer()
}

/// `GET /exchange/lists/{id}/files`: the signed files in one.
pub async fn download_files(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let office = visitor.office();
    let own = visitor.seat()?.organisation.clone();
    let list = programme::exchange::list(office.db.reading(), id).await?;
    let is_own =
        list.is_some_and(|list| list.receiver == own.id() || list.organisation == own.id());
    if !is_own {
        return Err(Failure::NotHere);
    }
    let made = taken(office, id, own).await?;
    Ok(file(&format!("第{id}号名单.zip"), files::packed(&made)?))
}
