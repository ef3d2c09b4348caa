//! The page of a firm and its sides. A side is a page of its own, a part of a page for a
//! script that asks for just that, and JSON for programs.

use super::acts::{Acts, acts};
use super::head::{CardShown, card_shown};
use super::record::{Record, record};
use super::{
    Archive, Head, Ledger, Policy, Purpose, READ, UNMASK, answers, archive, delivered, granted,
    head, history, is_unmasked, ledger, material, open, policy, purpose, recorded, state,
};
use crate::cli::{FollowUpArgs, OutcomeArgs, Signature};
use crate::documents;
use crate::measures::{self, Cause, Compared, Subject, compared};
use crate::outlook::{follow_up, warnings::judged};
use crate::page::{Link, sent, wants_json};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use chrono::NaiveDate;
use rules::pack::roles::Right;
use serde::{Deserialize, Serialize};

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

/// The sides of a firm, in the order in which an official asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Ledger,
    Policy,
    History,
    Comparison,
    Archive,
    Record,
    Acts,
}

impl Side {
    const ALL: [Side; 7] = [
        Side::Ledger,
        Side::Policy,
        Side::History,
        Side::Comparison,
        Side::Archive,
        Side::Record,
        Side::Acts,
    ];

    fn id(self) -> &'static str {
        match self {
            Side::Ledger => "ledger",
            Side::Policy => "policy",
            Side::History => "history",
            Side::Comparison => "comparison",
            Side::Archive => "archive",
            Side::Record => "record",
            Side::Acts => "acts",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Side::Ledger => "账本",
            Side::Policy => "政策",
            Side::History => "经历",
            Side::Comparison => "升规前后",
            Side::Archive => "档案",
            Side::Record => "记录",
            Side::Acts => "办理",
        }
    }
}

/// Before and after, line by line.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    pub steps: Vec<String>,
    pub groups: Vec<(String, Vec<ComparedShown>)>,
    pub is_already: bool,
    pub notice: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ComparedShown {
    pub name: String,
    pub cause: &'static str,
    pub cause_name: &'static str,
    pub cells: Vec<String>,
    pub is_same: bool,
    pub say: String,
    pub law: String,
}

/// What a page of a firm shows: head and the sides that were asked for.
#[derive(Debug, Clone, Default, Serialize)]
pub struct View {
    pub head: Option<Head>,
    pub as_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Ledger>,
    /// Beside the ledger, for those who see guarded figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<CardShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<super::history::History>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts: Option<Acts>,
    pub purpose: Option<String>,
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

/// Reads and lays out what was asked for.
async fn view(visitor: &Visitor, subject: &Subject, sides: &[Side]) -> Result<View, Failure> {
    let office = visitor.office();
    let pack = &office.pack;
    let delivered = delivered(office, subject).await?;
    let recorded = recorded(office, subject, &delivered).await?;
    let answers = answers(pack, subject, granted(&recorded));
    let judged = judged(office, None).await?;
    let mut view = View {
        head: Some(head(pack, subject, &judged, &recorded, &answers)),
        as_of: subject.snapshot.as_of.in_words(),
        ..View::default()
    };
    for side in sides {
        match side {
            Side::Ledger => {
                let material = material(office, subject, &delivered).await?;
                view.ledger = Some(ledger(pack, subject, &material));
                view.card = card_shown(&judged, subject);
            }
            Side::Policy => view.policy = Some(policy(pack, subject.on, &answers)),
            Side::History => view.history = Some(history(pack, &recorded)),
            Side::Comparison => view.comparison = Some(comparison(pack, subject)),
            Side::Archive => {
                let is_masked = !is_unmasked(visitor, subject).await?;
                let own = archive(office, subject, &delivered, &recorded, is_masked).await?;
                view.archive = Some(own);
            }
            Side::Record => {
                let may_audit = visitor.may(Right::Journal);
                view.record = Some(record(office, subject, may_audit).await?);
            }
            Side::Acts => view.acts = Some(acts(visitor, subject, &recorded, &answers)),
        }
    }
    Ok(view)
}

/// Lays the comparison out.
pub fn comparison(pack: &rules::pack::Pack, subject: &Subject) -> Comparison {
    let mut groups: Vec<(String, Vec<ComparedShown>)> = Vec::new();
    for line in compared(pack, subject) {
        let group = line.group.clone();
        let shown = compared_shown(line);
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, own)) => own.push(shown),
            None => groups.push((group, vec![shown])),
        }
    }
    Comparison {
        steps: pack
            .comparison
            .steps
            .iter()
            .map(|own| own.name.clone())
            .collect(),
        groups,
        is_already: subject.firms.in_scale(subject.firm) == Some(true),
        notice: pack.comparison.notice.clone(),
    }
}

fn compared_shown(line: Compared) -> ComparedShown {
    ComparedShown {
        is_same: line.cause == Cause::Unchanged,
        cause: line.cause.id(),
        cause_name: line.cause.name(),
        name: line.name,
        cells: line.cells,
        say: line.say,
        law: line.law,
    }
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

#[derive(Deserialize)]
struct Stated {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    side: String,
}

async fn create_reading(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Form(stated): Form<Stated>,
) -> Outcome {
    let subject = open(&visitor, &uscc, None).await?;
    state(&visitor, &subject, READ, &stated.purpose).await?;
    let side = Side::ALL.into_iter().find(|side| side.id() == stated.side);
    let side = match stated.side.as_str() {
        "sheet" => "sheet",
        _ => side.map_or("ledger", Side::id),
    };
    back(&subject, side, "reading")
}

async fn create_contact_reading(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Form(stated): Form<Stated>,
) -> Outcome {
    let subject = open(&visitor, &uscc, None).await?;
    state(&visitor, &subject, UNMASK, &stated.purpose).await?;
    back(&subject, "archive", "contact")
}

/// Back to a side of the firm that shows what was done.
fn back(subject: &Subject, side: &str, done: &str) -> Outcome {
    let uscc = subject.firms.uscc(subject.firm);
    let address = format!("/register/{uscc}/{side}?done={done}");
    Ok(Redirect::to(&address).into_response())
}

#[derive(Deserialize)]
struct CameOut {
    measure: String,
    /// `granted` or `refused`.
    result: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    reason: String,
}

/// 登记办理结果.
async fn create_outcome(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Form(given): Form<CameOut>,
) -> Outcome {
    let subject = open(&visitor, &uscc, None).await?;
    let is_granted = match given.result.as_str() {
        "granted" => true,
        "refused" => false,
        _ => return Err(Failure::Malformed("请选择已享受或者未批准".to_string())),
    };
    let amount = given.amount.trim().replace(',', "");
    let arguments = OutcomeArgs {
        id: Some(given.measure),
        uscc: Some(subject.firms.uscc(subject.firm).to_string()),
        granted: is_granted,
        refused: !is_granted,
        amount: (!amount.is_empty()).then_some(amount),
        reason: given.reason,
        list: None,
        signature: signature(&visitor)?,
    };
    measures::outcome(visitor.office(), &arguments).await?;
    back(&subject, "history", "outcome")
}

fn signature(visitor: &Visitor) -> Result<Signature, Failure> {
    let seat = visitor.seat()?;
    Ok(Signature {
        agency: seat.organisation.id(),
        person: seat.person.clone(),
        on: None,
    })
}

#[derive(Deserialize)]
struct Followed {
    text: String,
    #[serde(default)]
    close: String,
}

/// 跟进, or its close.
async fn create_follow_up(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Form(given): Form<Followed>,
) -> Outcome {
    let subject = open(&visitor, &uscc, None).await?;
    let signed = signature(&visitor)?;
    let is_close = given.close == "yes";
    if given.text.trim().is_empty() {
        return Err(Failure::Refused("请写明跟进情况或办结原因".to_string()));
    }
    let arguments = FollowUpArgs {
        uscc: subject.firms.uscc(subject.firm).to_string(),
        note: (!is_close).then(|| given.text.clone()),
        close: is_close,
        reason: is_close.then_some(given.text),
        agency: Some(signed.agency),
        person: Some(signed.person),
        on: None,
    };
    follow_up::command(visitor.office(), &arguments).await?;
    back(&subject, "history", if is_close { "close" } else { "note" })
}
