//! What is done about bulletins: drafting as a job, checking, approving annexes, issuing.

use super::is_author;
use crate::bulletins::command;
use crate::cli::BulletinArgs;
use crate::jobs::{self, BulletinWork, Work};
use crate::office::{refuse, today};
use crate::web::failure::{Failure, Outcome};
use crate::web::routes::{Access, Routes};
use crate::web::visitor::Visitor;
use axum::extract::Form;
use axum::response::{IntoResponse, Redirect};
use programme::bulletins::{self, Entry};
use rules::pack::roles::Right;
use rules::period::ReportPeriod;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    let compose = Access::May(Right::Compose);
    let issue = Access::May(Right::Issue);
    Routes::new()
        .post("/bulletins/drafts", compose, create_draft)
        .post("/bulletins/checks", issue, create_check)
        .post("/bulletins/annexes", issue, create_annex_approval)
        .post("/bulletins/issues", issue, create_issue)
}

/// What forms hold.
#[derive(Deserialize)]
struct Given {
    period: String,
    #[serde(default)]
    correct: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    annex: String,
}

impl Given {
    fn period(&self) -> Result<ReportPeriod, Failure> {
        self.period.parse().map_err(|_| Failure::NotHere)
    }
}

/// Puts the writing into the queue and leads to where it can be watched.
async fn ask(visitor: &Visitor, work: BulletinWork) -> Outcome {
    let act = visitor.act()?;
    let account = visitor.account().id;
    let work = Work::Bulletin(work);
    let asked = jobs::ask(visitor.office(), &work, Some(account), None, &act).await?;
    Ok(Redirect::to(&format!("/bulletins/jobs/{}", asked.job)).into_response())
}

async fn create_draft(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let work = BulletinWork {
        period: given.period()?,
        date: None,
        snapshot: None,
        correct: given.correct == "1",
        issue: None,
    };
    ask(&visitor, work).await
}

async fn create_check(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let period = given.period()?;
    let act = visitor.act()?;
    let tx = visitor.office().db.begin_writing().await?;
    bulletins::approve_draft(&tx, period, &act)
        .await?
        .or_else(refuse)?;
    tx.commit().await.map_err(anyhow::Error::from)?;
    let address = format!("/bulletins/periods/{period}?done=checked");
    Ok(Redirect::to(&address).into_response())
}

async fn create_annex_approval(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let period = given.period()?;
    let arguments = BulletinArgs {
        approve: Some(given.annex),
        agency: Some(visitor.seat()?.organisation.id()),
        person: Some(visitor.seat()?.person.clone()),
        ..BulletinArgs::of_period(period)
    };
    command(visitor.office(), &arguments).await?;
    let address = format!("/bulletins/periods/{period}?done=annex");
    Ok(Redirect::to(&address).into_response())
}

/// On pages only what somebody else has checked is issued; the author is refused at once, and
/// once more by the record.
async fn create_issue(visitor: Visitor, Form(given): Form<Given>) -> Outcome {
    let period = given.period()?;
    let Ok(number) = given.number.trim().parse() else {
        return Err(Failure::Refused("文号请写年度内的序号，例如 5".to_string()));
    };
    let date = match given.date.trim() {
        "" => None,
        text => match text.parse() {
            Ok(day) if day <= today() => Some(day),
            Ok(_) => return Err(Failure::Refused("成文日期不能晚于今天".to_string())),
            Err(_) => return Err(Failure::Refused("成文日期请写成 2026-09-30".to_string())),
        },
    };
    let db = visitor.office().db.reading();
    let latest = bulletins::latest_for(db, period).await?;
    let draft = latest.filter(|own| own.entry == Entry::Draft);
    if let Some(draft) = &draft {
        if is_author(&visitor, draft) {
            let text = format!(
                "{}通报由{}起草，起草人不能印发，请由另一人签发印发",
                period.in_words(),
                draft.person
            );
            return Err(Failure::Refused(text));
        }
        if bulletins::check_of(db, draft).await?.is_none() {
            let text = format!("{}通报的送审稿还没有核稿，不能印发", period.in_words());
            return Err(Failure::Refused(text));
        }
    }
    let Some(draft) = draft else {
        let text = format!("{}通报没有送审稿，请先起草", period.in_words());
        return Err(Failure::Refused(text));
    };
    let work = BulletinWork {
        period,
        date,
        snapshot: Some(draft.snapshot),
        correct: false,
        issue: Some(number),
    };
    ask(&visitor, work).await
}
