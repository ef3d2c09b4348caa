//! Bulletins in the browser: drafted as a job, checked and issued by somebody else than the
//! author, read by everybody once issued.

mod acts;

use super::compared::{Compared, compared};
use super::paper;
use crate::jobs::{self, JobView};
use crate::office::{Office, today};
use crate::web::assets;
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use anyhow::Result;
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use programme::bulletins::{self, AnnexKind, Entry, Issue, PaperForm};
use programme::outlook;
use programme::people::Organisation;
use rules::pack::roles::Right;
use rules::period::ReportPeriod;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

pub fn routes() -> Routes {
    let read = Access::May(Right::Bulletins);
    acts::routes()
        .get("/bulletins", read, list_bulletins)
        .get("/bulletins/periods/{period}", read, show_period)
        .get("/bulletins/{id}", read, find_bulletin)
        .get("/bulletins/{id}/reading", read, show_reading)
        .get("/bulletins/{id}/papers/{form}", read, show_paper)
        .get("/bulletins/{id}/comparison", read, show_comparison)
        .get(
            "/bulletins/jobs/{job}",
            Access::MayAny(&[Right::Compose, Right::Issue]),
            show_job,
        )
}

/// Where a period stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    NotBegun,
    Drafted,
    Checked,
    Issued,
    Corrected,
    /// Issued, and a correction is being drafted.
    Correcting,
}

impl State {
    /// By the records of a period, newest first.
    fn of(records: &[Issue]) -> State {
        let issues = records
            .iter()
            .filter(|own| own.entry == Entry::Issued)
            .count();
        let mut papers = records.iter().filter(|own| is_paper(own));
        let Some(latest) = papers.next() else {
            return State::NotBegun;
        };
        let is_checked = records
            .iter()
            .any(|own| own.entry == Entry::Approved && own.id > latest.id);
        match (latest.entry, issues) {
            (Entry::Issued, 1) => State::Issued,
            (Entry::Issued, _) => State::Corrected,
            (_, 1..) => State::Correcting,
            _ if is_checked => State::Checked,
            _ => State::Drafted,
        }
    }

    fn name(self) -> &'static str {
        match self {
            State::NotBegun => "未起草",
            State::Drafted => "送审稿，待核稿",
            State::Checked => "已核稿，待印发",
            State::Issued => "已印发",
            State::Corrected => "已更正",
            State::Correcting => "已印发，更正稿待印发",
        }
    }

    fn class(self) -> &'static str {
        match self {
            State::NotBegun => "none",
            State::Drafted | State::Checked | State::Correcting => "at-risk",
            State::Issued | State::Corrected => "on-course",
        }
    }
}

fn is_paper(issue: &Issue) -> bool {
    matches!(issue.entry, Entry::Draft | Entry::Issued)
}

/// Whether the visitor sees what is not issued yet.
fn sees_drafts(visitor: &Visitor) -> bool {
    visitor.may(Right::Compose) || visitor.may(Right::Issue)
}

#[derive(Template)]
#[template(path = "bulletins.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<ListRow>,
    /// Periods that can be drafted; empty where the visitor drafts nothing.
    drafts: Vec<(String, String)>,
}

struct ListRow {
    period: String,
    address: String,
    state: &'static str,
    class: &'static str,
    number: String,
    on: String,
    snapshot: i64,
}

async fn list_bulletins(visitor: Visitor) -> Outcome {
    let office = visitor.office();
    let sees_drafts = sees_drafts(&visitor);
    let mut periods: BTreeMap<(i32, u32, bool), Vec<Issue>> = BTreeMap::new();
    for issue in bulletins::issues(office.db.reading()).await? {
        if sees_drafts || issue.entry == Entry::Issued {
            let month = issue.period.last_month();
            let is_annual = matches!(issue.period, ReportPeriod::Year(_));
            let key = (month.year(), month.number(), is_annual);
            periods.entry(key).or_default().push(issue);
        }
    }
    let rows = periods.into_values().rev().map(|records| {
        let state = State::of(&records);
        let period = records[0].period;
        let issued = records.iter().find(|own| own.entry == Entry::Issued);
        let latest = issued.unwrap_or(&records[0]);
        ListRow {
            period: period.in_words(),
            address: format!("/bulletins/periods/{period}"),
            state: state.name(),
            class: state.class(),
            number: latest.number.clone().unwrap_or_else(|| "—".to_string()),
            on: latest.on.to_string(),
            snapshot: latest.snapshot,
        }
    });
    let drafts = match visitor.may(Right::Compose) {
        true => draftable(office).await?,
        false => Vec::new(),
    };
    html(&ListPage {
        rows: rows.collect(),
        drafts,
        frame: visitor.frame("通报", "/bulletins").await?,
    })
}

/// Periods at whose end there is a snapshot, newest first.
async fn draftable(office: &Office) -> Result<Vec<(String, String)>, Failure> {
    let mut months: Vec<_> = outlook::snapshots(office.db.reading())
        .await?
        .into_iter()
        .filter(|own| own.known_by > own.as_of.last_day())
        .map(|own| own.as_of)
        .filter(|month| month.number().is_multiple_of(3))
        .collect();
    months.sort_unstable();
    months.dedup();
    let mut found = Vec::new();
    for month in months.into_iter().rev() {
        let quarter = ReportPeriod::Quarter {
            year: month.year(),
            quarter: month.number() / 3,
        };
        let year = (month.number() == 12).then_some(ReportPeriod::Year(month.year()));
        let both = year.into_iter().chain([quarter]);
        found.extend(both.map(|period| (period.to_string(), period.in_words())));
    }
    Ok(found)
}

#[derive(Template)]
#[template(path = "bulletin.html")]
struct PeriodPage {
    frame: Frame,
    period: String,
    name: String,
    state: &'static str,
    class: &'static str,
    steps: Vec<Step>,
    records: Vec<Record>,
    /// The newest paper that the visitor may read.
    paper: Option<i64>,
    may_draft: bool,
    may_correct: bool,
    may_check: bool,
    may_issue: bool,
    /// Why the visitor may neither check nor issue.
    own_draft: bool,
    annexes: Vec<(&'static str, &'static str)>,
    prefix: String,
    today: String,
}

struct Step {
    name: &'static str,
    class: &'static str,
    note: String,
}

struct Record {
    id: i64,
    what: String,
    on: String,
    by: String,
    number: String,
    snapshot: i64,
    fingerprint: String,
    is_paper: bool,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    done: String,
}

async fn show_period(
    visitor: Visitor,
    Path(period): Path<String>,
    Query(asked): Query<Asked>,
) -> Outcome {
    let office = visitor.office();
    let period: ReportPeriod = period.parse().map_err(|_| Failure::NotHere)?;
    let mut records = bulletins::of_period(office.db.reading(), period).await?;
    if !sees_drafts(&visitor) {
        records.retain(|own| own.entry == Entry::Issued);
    }
    let can_draft = visitor.may(Right::Compose);
    if records.is_empty() && !can_draft {
        return Err(Failure::NotHere);
    }
    let state = State::of(&records);
    let latest = records.iter().find(|own| is_paper(own));
    let draft = latest.filter(|own| own.entry == Entry::Draft);
    let check = match draft {
        Some(draft) => bulletins::check_of(office.db.reading(), draft).await?,
        None => None,
    };
    let own_draft = draft.is_some_and(|draft| is_author(&visitor, draft));
    let may_issue = visitor.may(Right::Issue) && draft.is_some() && !own_draft;
    let annexes = match (period, draft) {
        (ReportPeriod::Year(_), Some(_)) if may_issue => AnnexKind::ALL.iter(),
        _ => [].iter(),
    };
    let annexes = annexes.filter(|kind| {
        let entry = Entry::AnnexApproved(**kind);
        !records
            .iter()
            .any(|own| own.entry == entry && Some(own.snapshot) == draft.map(|own| own.snapshot))
    });
    let mut frame = visitor
        .frame(format!("{}通报", period.in_words()), "/bulletins")
        .await?;
    frame.flash = done(&asked.done);
    html(&PeriodPage {
        period: period.to_string(),
        name: period.in_words(),
        state: state.name(),
        class: state.class(),
        steps: steps(&records, check.as_ref()),
        paper: latest.map(|own| own.id),
        may_draft: can_draft && !matches!(state, State::Issued | State::Corrected),
        may_correct: can_draft && matches!(state, State::Issued | State::Corrected),
        may_check: may_issue && check.is_none(),
        may_issue: may_issue && check.is_some(),
        own_draft: own_draft && visitor.may(Right::Issue),
        annexes: annexes.map(|kind| (kind.id(), kind.name())).collect(),
        prefix: office.pack.office.number_prefix.clone(),
        today: today().to_string(),
        records: records.iter().map(|own| record(office, own)).collect(),
        frame,
    })
}

fn done(code: &str) -> Option<Flash> {
    let text = match code {
        "checked" => "已核稿，可以印发",
        "annex" => "附件已批准，重新起草后不再标注“拟议稿”",
        _ => return None,
    };
    Some(Flash {
        kind: "done".to_string(),
        text: text.to_string(),
    })
}

fn is_author(visitor: &Visitor, draft: &Issue) -> bool {
    let seat = visitor.seat().ok();
    seat.is_some_and(|seat| {
        draft.person == seat.person && draft.organisation == seat.organisation.id()
    })
}

fn steps(records: &[Issue], check: Option<&Issue>) -> Vec<Step> {
    let latest = records.iter().find(|own| is_paper(own));
    let issued = latest.filter(|own| own.entry == Entry::Issued);
    let of = |entry: Entry| records.iter().find(|own| own.entry == entry);
    let check = check.or_else(|| issued.and_then(|_| of(Entry::Approved)));
    let said =
        |own: Option<&Issue>| own.map_or(String::new(), |own| format!("{} {}", own.on, own.person));
    let is_checked = check.is_some() || issued.is_some();
    let class = |is_done: bool, is_next: bool| match (is_done, is_next) {
        (true, _) => "done",
        (false, true) => "current",
        (false, false) => "",
    };
    let drafted = latest.is_some();
    vec![
        Step {
            name: "起草",
            class: class(drafted, true),
            note: said(of(Entry::Draft)),
        },
        Step {
            name: "核稿",
            class: class(is_checked, drafted),
            note: said(check),
        },
        Step {
            name: "印发",
            class: class(issued.is_some(), is_checked),
            note: said(issued),
        },
    ]
}

fn record(office: &Office, issue: &Issue) -> Record {
    let what = match (issue.entry, issue.corrects) {
        (Entry::Draft, None) => "送审稿".to_string(),
        (Entry::Draft, Some(id)) => format!("更正送审稿（更正第{id}号）"),
        (Entry::Approved, _) => "核稿".to_string(),
        (Entry::Issued, None) => "印发".to_string(),
        (Entry::Issued, Some(id)) => format!("更正印发（更正第{id}号）"),
        (Entry::AnnexApproved(kind), _) => format!("批准{}", kind.name()),
    };
    let by = Organisation::from_id(&office.pack, &issue.organisation);
    let by = by.map_or(issue.organisation.clone(), |by| {
        by.name(&office.pack, issue.on)
    });
    Record {
        id: issue.id,
        what,
        on: issue.on.to_string(),
        by: format!("{by}　{}", issue.person),
        number: issue.number.clone().unwrap_or_else(|| "—".to_string()),
        snapshot: issue.snapshot,
        fingerprint: issue.fingerprint.chars().take(16).collect(),
        is_paper: is_paper(issue),
    }
}

/// A bulletin that the visitor may read; there is no other.
async fn readable(visitor: &Visitor, id: i64) -> Result<Issue, Failure> {
    let all = bulletins::issues(visitor.office().db.reading()).await?;
    let found = all.into_iter().find(|own| own.id == id && is_paper(own));
    let found = found.filter(|own| own.entry == Entry::Issued || sees_drafts(visitor));
    found.ok_or(Failure::NotHere)
}

async fn find_bulletin(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let issue = readable(&visitor, id).await?;
    let address = format!("/bulletins/periods/{}", issue.period);
    Ok(Redirect::to(&address).into_response())
}

/// The page for reading: its styles come from an asset, since pages hold none.
async fn show_reading(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    readable(&visitor, id).await?;
    let (_, bytes) = paper(visitor.office(), id, PaperForm::Html).await?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, rest) = text.split_once("<style>").unwrap_or((text.as_str(), ""));
    let body = rest.split_once("</style>").map_or("", |(_, body)| body);
    let link = format!(
        "<link rel=\"stylesheet\" href=\"{}\">",
        assets::of_documents()
    );
    let page = format!("{head}{link}{body}");
    Ok(crate::page::sent(
        axum::http::StatusCode::OK,
        "text/html; charset=utf-8",
        page,
    ))
}

async fn show_paper(visitor: Visitor, Path((id, form)): Path<(i64, String)>) -> Outcome {
    readable(&visitor, id).await?;
    let form = PaperForm::read(&form).ok_or(Failure::NotHere)?;
    let (name, bytes) = paper(visitor.office(), id, form).await?;
    let kind = match form {
        PaperForm::Docx => {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        }
        PaperForm::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        PaperForm::Html => "text/html; charset=utf-8",
    };
    let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let attached = format!("attachment; filename*=UTF-8''{encoded}");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&attached) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

#[derive(Template)]
#[template(path = "bulletin-comparison.html")]
struct ComparisonPage {
    frame: Frame,
    id: i64,
    period: String,
    compared: Option<Arc<Compared>>,
}

async fn show_comparison(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let issue = readable(&visitor, id).await?;
    let mut found = compared(visitor.office(), &issue).await?;
    // Against a draft only those compare who may read it.
    found = found.filter(|own| own.before.entry == Entry::Issued || sees_drafts(&visitor));
    html(&ComparisonPage {
        frame: visitor.frame("与上一期通报对比", "/bulletins").await?,
        id,
        period: issue.period.to_string(),
        compared: found,
    })
}

#[derive(Template)]
#[template(path = "bulletin-job.html")]
struct JobPage {
    frame: Frame,
    job: JobView,
}

async fn show_job(visitor: Visitor, Path(id): Path<i64>) -> Outcome {
    let office = visitor.office();
    let known = programme::jobs::job(office.db.reading(), id).await?;
    if known.is_none() {
        return Err(Failure::NotHere);
    }
    let job = jobs::look(office, id).await?;
    let is_own = job.organisation == visitor.seat()?.organisation.id();
    if !is_own || job.kind != jobs::BULLETIN {
        return Err(Failure::NotHere);
    }
    html(&JobPage {
        frame: visitor.frame(job.kind_name.clone(), "/bulletins").await?,
        job,
    })
}
