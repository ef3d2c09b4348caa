//! Lists of warned firms that are handed on: what would go out, the act, and the lists of the
//! own organisation, whose every reading is written down.

use super::super::hand_over::Prepared;
use super::super::{hand_over, hand_over_files};
use super::warned::levels;
use super::{actions, tabs};
use crate::cli::{HandOverArgs, Signature};
use crate::office::{Office, Refused};
use crate::page::wants_json;
use crate::report::Field;
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::{Choice, Way, answer_json, choices, file, go_to};
use crate::web::places;
use crate::web::sheet::{Form, Input, Sheet, to_firms};
use crate::web::visitor::Visitor;
use crate::web::words::for_pages;
use anyhow::Result;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use programme::outlook::hand_overs::{HandOver, Handed};
use programme::people::Organisation;
use rules::money::grouped;
use rules::pack::Pack;
use rules::pack::agencies::AgencyKind;

const CURRENT: &str = "/outlook/warnings";
const LISTS: &str = "/outlook/hand-overs";

/// `GET /outlook/hand-overs`: lists that the own organisation handed on or was given.
pub async fn list_hand_overs(visitor: Visitor, headers: HeaderMap) -> Outcome {
    let report = hand_over::list(visitor.office()).await?;
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let frame = visitor.frame("名单移交", CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &|_, row, key| {
        (key == "hand_over").then(|| format!("{LISTS}/{}", row[0].shown()))
    });
    sheet.tabs = tabs(LISTS);
    sheet.actions = actions(&visitor);
    sheet.lead = "统计部门移交给本单位、或由本单位移交的拟退规预警名单；名单没有企业的统计数字。"
        .to_string();
    sheet.answer()
}

type Pairs = Vec<(String, String)>;

fn text(pairs: &Pairs, name: &str) -> String {
    let found = pairs.iter().find(|(own, _)| own == name);
    found.map_or(String::new(), |(_, value)| value.trim().to_string())
}

fn arguments(visitor: &Visitor, pairs: &Pairs) -> Result<HandOverArgs, Failure> {
    let seat = visitor.seat()?;
    let division = places::asked(
        &visitor.office().pack,
        &seat.scope,
        &text(pairs, "division"),
    )?;
    let levels = pairs.iter().filter(|(name, _)| name == "level");
    Ok(HandOverArgs {
        level: levels
            .map(|(_, value)| value.clone())
            .filter(|value| !value.is_empty())
            .collect(),
        division,
        to: text(pairs, "to"),
        purpose: text(pairs, "purpose"),
        out: None,
        as_of: None,
        signature: Signature {
            agency: seat.organisation.id(),
            person: String::new(),
            on: None,
        },
    })
}

/// Who may be given a list: departments, enforcement, areas and counties.
fn receivers(pack: &Pack, chosen: &str) -> Vec<Choice> {
    let today = crate::office::today();
    let fits = |kind: AgencyKind| {
        matches!(
            kind,
            AgencyKind::LeadingGroup
                | AgencyKind::Office
                | AgencyKind::Department
                | AgencyKind::Supplier
                | AgencyKind::Enforcement
        )
    };
    let agencies = pack.agencies.iter().filter(|agency| fits(agency.kind));
    let agencies = agencies.map(|own| (own.id.clone(), own.name_on(today).short.clone()));
    let areas = pack.divisions.areas().flat_map(|area| {
        let counties = pack.divisions.counties_of(area.code);
        let own = Organisation::Area(area.code).id();
        std::iter::once((own, area.name.clone())).chain(counties.map(|county| {
            let id = Organisation::County(county.code).id();
            (id, format!("{}{}", area.name, county.name))
        }))
    });
    choices(areas.chain(agencies), chosen)
}

/// `GET /outlook/hand-overs/new`: how many firms would be named, and that no figure goes out.
pub async fn confirm_hand_over(visitor: Visitor, Query(asked): Query<Pairs>) -> Outcome {
    let office = visitor.office();
    let arguments = arguments(&visitor, &asked)?;
    let pack = &office.pack;
    let level = arguments.level.first().cloned().unwrap_or_default();
    let scope = &visitor.seat()?.scope;
    let frame = visitor.frame("移交预警名单", CURRENT).await?;
    let mut sheet = Sheet::of(frame, crate::report::Report::default(), &to_firms);
    sheet.tabs = tabs(LISTS);
    sheet.lead =
        "移交给帮扶单位的名单只有企业名称、级别和原因类别，没有营业收入等数字，也没有积分。"
            .to_string();
    let whole = places::whole(pack, scope);
    sheet.filter = Some(Form {
        address: format!("{LISTS}/new"),
        fields: vec![
            Input::select("level", "级别", "", levels(pack, &level)),
            Input::select(
                "division",
                "范围",
                &whole,
                places::choices(pack, scope, arguments.division),
            ),
            Input::select("to", "接收单位", "请选定", receivers(pack, &arguments.to)),
        ],
        verb: "看看移交哪些企业".to_string(),
        ..Form::default()
    });
    if level.is_empty() || arguments.to.is_empty() {
        sheet
            .notes
            .push("选定级别、范围和接收单位后，先列出将要移交的企业，再确认移交。".to_string());
        return sheet.answer();
    }
    let act = visitor.act()?;
    let prepared = match hand_over::prepared(office, &arguments, &act).await {
        Ok(prepared) => prepared,
        Err(error) => match error.downcast::<Refused>() {
            Ok(refused) => return sheet.told("refusal", for_pages(&refused.0)).answer(),
            Err(error) => return Err(error.into()),
        },
    };
    if prepared.list.is_empty() {
        return sheet
            .told("notice", "没有符合的企业，没有可以移交的名单")
            .answer();
    }
    shown(office, sheet, &prepared, &arguments, &level).answer()
}

/// The list that would be handed on, with the form that does it.
fn shown(
    office: &Office,
    mut sheet: Sheet,
    prepared: &Prepared,
    arguments: &HandOverArgs,
    level: &str,
) -> Sheet {
    let table = hand_over::firms(&prepared.judged.pack, &prepared.list);
    let report = crate::report::Report::default().table(table);
    let shown = Sheet::of(sheet.frame.clone(), report, &to_firms);
    sheet.tables = shown.tables;
    sheet.facts = vec![
        ("级别".to_string(), prepared.request.levels.clone()),
        (
            "企业".to_string(),
            format!("{} 家", grouped(prepared.list.len() as u64)),
        ),
        (
            "接收单位".to_string(),
            hand_over::named(office, &prepared.request.receiver),
        ),
        ("统计时点".to_string(), prepared.request.as_of.in_words()),
        ("依据".to_string(), prepared.request.basis.clone()),
    ];
    sheet.forms = vec![Form {
        head: format!(
            "把 {} 家企业的名单移交给{}",
            grouped(prepared.list.len() as u64),
            hand_over::named(office, &prepared.request.receiver)
        ),
        says: "移交后接收单位可以查看和下载这份名单，每家企业开始跟进；名单存档，不能撤回。移交和以后的每次查看记入日志。".to_string(),
        address: LISTS.to_string(),
        fields: vec![
            Input::hidden("level", level),
            Input::hidden("division", arguments.division.map_or(String::new(), |c| c.to_string())),
            Input::hidden("to", &arguments.to),
            Input::of("text", "purpose", "用途", "").required("写进名单并记入日志，例如：上门帮扶"),
        ],
        verb: "移交名单".to_string(),
        is_grave: false,
    }];
    sheet
}

/// `POST /outlook/hand-overs`.
pub async fn create_hand_over(
    visitor: Visitor,
    axum::extract::Form(asked): axum::extract::Form<Pairs>,
) -> Outcome {
    let arguments = arguments(&visitor, &asked)?;
    let act = visitor.act()?;
    let (saved, _) = hand_over::handed_on(visitor.office(), &arguments, &act).await?;
    Ok(go_to(format!("{LISTS}/{}?done=handed", saved.id)))
}

/// A list of the own organisation; that it is read is written down.
async fn again(visitor: &Visitor, id: i64, how: &str) -> Result<(HandOver, Vec<Handed>), Failure> {
    let reader = visitor.seat()?.organisation.clone();
    match hand_over::again(visitor.office(), id, reader, how).await {
        Ok(found) => Ok(found),
        // A list of others and one that does not exist look alike.
        Err(error) => match error.downcast::<Refused>() {
            Ok(_) => Err(Failure::NotHere),
            Err(error) => Err(error.into()),
        },
    }
}

/// `GET /outlook/hand-overs/{id}`.
pub async fn show_hand_over(
    visitor: Visitor,
    Path(id): Path<i64>,
    Query(asked): Query<Pairs>,
    headers: HeaderMap,
) -> Outcome {
    let (saved, list) = again(&visitor, id, "再次查看移交名单").await?;
    let report = hand_over::shown(visitor.office(), &saved, &list);
    if wants_json(&headers) {
        return answer_json(&report);
    }
    let frame = visitor.frame(report.title.clone(), CURRENT).await?;
    let mut sheet = Sheet::of(frame, report, &|table, row, key| match key {
        "firm" => {
            let uscc = crate::web::sheet::field(table, row, "uscc").map(Field::shown)?;
            Some(format!("/outlook/follow-ups/{uscc}"))
        }
        _ => None,
    });
    sheet.tabs = tabs(LISTS);
    sheet.actions = vec![
        Way::to(format!("{LISTS}/{id}/workbook"), "下载工作簿", true),
        Way::to(format!("{LISTS}/{id}/letter"), "下载移交函", true),
    ];
    if text(&asked, "done") == "handed" {
        sheet = sheet.told(
            "done",
            "名单已移交，接收单位可以查看；每家企业的跟进从今天开始",
        );
    }
    sheet.answer()
}

/// `GET /outlook/hand-overs/{id}/workbook`.
pub async fn download_workbook(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let (saved, list) = again(&visitor, id, "下载移交名单工作簿").await?;
    let bytes = hand_over_files::workbook_of(visitor.office(), &saved, &list)?;
    Ok(file(&format!("拟退规预警名单-第{id}号移交.xlsx"), bytes))
}

/// `GET /outlook/hand-overs/{id}/letter`.
pub async fn download_letter(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let (saved, list) = again(&visitor, id, "下载移交函").await?;
    let bytes = hand_over_files::letter_bytes(visitor.office(), &saved, &list).await?;
    Ok(file(&format!("拟退规预警名单-第{id}号移交.docx"), bytes))
}
