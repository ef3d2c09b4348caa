//! Measures as pages and as JSON: the list, one measure with its firms, one firm, before and
//! after. Who looks sees what the post of the session may see.

use super::{compare, lists, show};
use crate::cli::{EligibleArgs, LawArgs, ListArgs, ShowArgs};
use crate::office::Office;
use crate::page::{self, Link, Page};
use crate::register::firm::{Purpose, open, purpose};
use crate::report::Report;
use crate::web::failure::Outcome;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::Visitor;
use anyhow::Result;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use chrono::NaiveDate;
use rules::measures::Verdict;
use rules::pack::roles::Right;
use serde::Deserialize;

/// Firms shown on a page.
const FIRMS_MAX: usize = 100;

/// The routes of this noun.
pub fn routes() -> Routes {
    let measures = Access::May(Right::Measures);
    let firms = Access::May(Right::Firms);
    Routes::new()
        .get("/measures", measures, list_measures)
        .get("/measures/{id}", measures, show_measure)
        .get("/measures/compare/{uscc}", firms, show_comparison)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    on: String,
    #[serde(default)]
    division: String,
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    clause: String,
}

impl Asked {
    fn on(&self) -> Result<Option<NaiveDate>> {
        match self.on.as_str() {
            "" => Ok(None),
            text => match text.parse() {
                Ok(day) => Ok(Some(day)),
                Err(_) => crate::office::refuse(format!("日期“{text}”请写成 2026-09-30")),
            },
        }
    }

    fn division(&self) -> Result<Option<u32>> {
        match self.division.as_str() {
            "" => Ok(None),
            text => match text.parse() {
                Ok(code) => Ok(Some(code)),
                Err(_) => crate::office::refuse(format!("区划代码“{text}”请写六位数字")),
            },
        }
    }

    fn law(&self) -> Result<LawArgs> {
        Ok(LawArgs {
            on: self.on()?,
            as_of: None,
        })
    }
}

async fn list_measures(
    visitor: Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let office = visitor.office();
    let made: Result<Page> = async {
        let arguments = ListArgs {
            law: asked.law()?,
            division: asked.division()?,
            clause: Some(asked.clause.clone()).filter(|clause| !clause.is_empty()),
        };
        let report = lists::list(office, &arguments).await?;
        Ok(Page::of(report).filtered(&office.pack, arguments.division, arguments.law.on, None))
    }
    .await;
    page::answer(&visitor, "/measures", made?, &headers).await
}

async fn show_measure(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let page = measure(visitor.office(), &id, &asked).await?;
    page::answer(&visitor, "/measures", page, &headers).await
}

/// What the measure says, and the firms with one verdict below it.
async fn measure(office: &Office, id: &str, asked: &Asked) -> Result<Page> {
    let on = asked.on()?;
    let arguments = ShowArgs {
        id: id.to_string(),
        on,
    };
    let mut report: Report = show::command(&office.pack, &arguments)?;
    let verdict = Some(asked.verdict.clone()).filter(|text| !text.is_empty());
    let division = asked.division()?;
    let list = EligibleArgs {
        id: id.to_string(),
        verdict: verdict.clone(),
        division,
        purpose: None,
        agency: None,
        limit: FIRMS_MAX,
        export: None,
        law: asked.law()?,
    };
    let firms = lists::eligible(office, &list).await?;
    report.facts.extend(firms.facts);
    report.tables.extend(firms.tables);
    report.notes.extend(firms.notes);
    let current = verdict.as_deref().unwrap_or("");
    let link = |id: &str, text: &str| Link {
        address: format!(
            "/measures/{}?verdict={id}&division={}&on={}",
            arguments.id, asked.division, asked.on
        ),
        text: text.to_string(),
        is_current: id == current,
    };
    let mut links = vec![link("", "符合条件的")];
    links.extend(Verdict::ALL.map(|verdict| link(verdict.id(), verdict.name())));
    Ok(Page::of(report)
        .filtered(&office.pack, division, on, verdict)
        .linked(links))
}

async fn show_comparison(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Outcome {
    let subject = open(&visitor, &uscc, asked.on()?).await?;
    let uscc = subject.firms.uscc(subject.firm);
    if purpose(&visitor, &subject).await? == Purpose::Wanted {
        // The firm's page asks what the figures are read for.
        return Ok(Redirect::to(&format!("/register/{uscc}/comparison")).into_response());
    }
    let pack = &visitor.office().pack;
    let report = compare::report(pack, &subject, &compare::compared(pack, &subject));
    let link = |address: String, text: &str| Link {
        address,
        text: text.to_string(),
        is_current: false,
    };
    let links = vec![
        link(format!("/register/{uscc}"), "企业页面"),
        link(format!("/register/{uscc}/comparison.docx"), "下载告知单"),
    ];
    page::answer(
        &visitor,
        "/measures",
        Page::of(report).linked(links),
        &headers,
    )
    .await
}
