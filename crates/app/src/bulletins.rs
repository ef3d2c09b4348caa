//! Bulletins as people handle them: write the files, record the signature, approve
//! annexes, correct what was issued.

pub mod compared;
pub mod material;
mod papers;
#[cfg(test)]
mod tests;
pub mod web;

pub use papers::paper;

use crate::cli::BulletinArgs;
use crate::documents;
use crate::office::{Office, refuse};
use crate::report::{Field, Report, Table};
use anyhow::{Context, Result};
use chrono::{Datelike, Days, NaiveDate};
use material::{Gathered, gather};
use papers::Papers;
use programme::bulletins::compose::{CorrectionRef, SnapshotRef};
use programme::bulletins::compose::{annual, changes, quarterly};
use programme::bulletins::document::Document;
use programme::bulletins::{
    self, AnnexKind, ApprovedAnnexes, Entry, Issue, IssueRecord, IssueStanding,
};
use programme::jobs::{self, Ending, Ticket};
use programme::journal::Act;
use programme::outlook::{self, Snapshot};
use rules::period::ReportPeriod;

/// What is to be written.
struct Draft {
    document: Document,
    snapshot: Snapshot,
    /// Number of the issue that it corrects.
    corrects: Option<i64>,
}

/// `shenggui bulletin`.
pub async fn command(office: &Office, arguments: &BulletinArgs) -> Result<Report> {
    if let Some(annex) = &arguments.approve {
        return approve(office, arguments, annex).await;
    }
    write(office, arguments, None).await
}

/// Writes a draft or an issue and records it. With a ticket, recording it finishes the job.
pub async fn write(
    office: &Office,
    arguments: &BulletinArgs,
    ticket: Option<&Ticket>,
) -> Result<Report> {
    let db = office.db.reading();
    let latest = bulletins::latest_for(db, arguments.period).await?;
    let issued = latest.as_ref().filter(|issue| issue.entry == Entry::Issued);
    if let (Some(issued), false, None) = (issued, arguments.correct, arguments.issue) {
        return again(office, arguments, issued, ticket).await;
    }
    let all = bulletins::issues(db).await?;
    // The draft of a correction stays a correction when it is signed.
    let drafted = latest.as_ref().and_then(|draft| draft.corrects);
    let corrected = match drafted.filter(|_| issued.is_none()) {
        Some(id) => all.iter().find(|issue| issue.id == id),
        None => issued.filter(|_| arguments.correct),
    };
    if arguments.correct && corrected.is_none() {
        return refuse(format!(
            "{}通报还没有印发，不需要更正；直接重新生成送审稿即可",
            arguments.period.in_words()
        ));
    }
    let snapshot = chosen_snapshot(office, arguments, latest.as_ref()).await?;
    let number = arguments
        .issue
        .map(|number| document_number(office, signed_date(arguments, snapshot.known_by), number));
    let draft = compose_draft(office, arguments, snapshot, number.clone(), corrected, None).await?;
    let papers = papers::render(&draft.document)?;
    // Recorded first: a refused signature must leave no signed paper behind, and a kill
    // in between leaves a record whose files the same command writes again.
    let recording = Recording {
        draft: &draft,
        papers: &papers,
        latest,
        number,
    };
    record(office, arguments, recording, ticket).await?;
    written(arguments, &draft, &papers)
}

/// An issued bulletin is written again as it was; nothing is recorded.
async fn again(
    office: &Office,
    arguments: &BulletinArgs,
    issued: &Issue,
    ticket: Option<&Ticket>,
) -> Result<Report> {
    let Some(snapshot) = outlook::snapshot(office.db.reading(), issued.snapshot).await? else {
        return refuse(format!("印发时所用的快照 {} 不存在", issued.snapshot));
    };
    let all = bulletins::issues(office.db.reading()).await?;
    let corrected = issued
        .corrects
        .and_then(|id| all.iter().find(|issue| issue.id == id));
    let draft = compose_draft(
        office,
        arguments,
        snapshot,
        issued.number.clone(),
        corrected,
        Some(issued),
    )
    .await?;
    let papers = papers::render(&draft.document)?;
    if papers.fingerprint != issued.fingerprint {
        return refuse(format!(
            "{}通报已印发；程序或政策包已变，重出的内容与印发件不同，没有写出，请以印发件为准。数据有误的用 --correct 出更正通报",
            arguments.period.in_words()
        ));
    }
    let report = written(arguments, &draft, &papers)?;
    if let Some(ticket) = ticket {
        let act = signer(office, arguments, false)?;
        let tx = office.db.begin_writing().await?;
        jobs::finish(&tx, ticket, &ending(issued, false), &act).await?;
        tx.commit().await?;
    }
    Ok(report.note("该期通报已印发，本次按印发时的快照和记录原样重出，内容逐字节相同；数据有误的用 --correct 出更正通报"))
}

fn document_number(office: &Office, date: NaiveDate, number: u32) -> String {
    let year = date.year();
    format!("{}〔{year}〕{number}号", office.pack.office.number_prefix)
}

/// 成文日期: as given, or the fifteenth day after the period ends; never before the day
/// up to which data were received.
fn signed_date(arguments: &BulletinArgs, known_by: NaiveDate) -> NaiveDate {
    let end = arguments.period.last_month().last_day();
    let usual = end.checked_add_days(Days::new(15)).unwrap_or(end);
    arguments.date.unwrap_or(usual.max(known_by))
}

async fn chosen_snapshot(
    office: &Office,
    arguments: &BulletinArgs,
    latest: Option<&Issue>,
) -> Result<Snapshot> {
    let db = office.db.reading();
    let month = arguments.period.last_month();
    // What is signed is what was drafted, unless another snapshot is named.
    let drafted = latest
        .filter(|_| arguments.issue.is_some())
        .map(|issue| issue.snapshot);
    let found = match arguments.snapshot.or(drafted) {
        Some(id) => outlook::snapshot(db, id).await?,
        None => outlook::newest(db, Some(month)).await?,
    };
    match found {
        Some(snapshot) if snapshot.known_by <= month.last_day() => refuse(format!(
            "快照 {} 的数据截止 {}，早于{}结束，不能据以通报；请在数据收齐后重新执行 shenggui run --as-of {month}",
            snapshot.id,
            snapshot.known_by,
            arguments.period.in_words()
        )),
        Some(snapshot) if snapshot.as_of == month => Ok(snapshot),
        Some(snapshot) => refuse(format!(
            "快照 {} 截至{}，不是{}末（{}）的数据",
            snapshot.id,
            snapshot.as_of.in_words(),
            arguments.period.in_words(),
            month.in_words()
        )),
        None => refuse(format!(
            "还没有截至{}的快照，请先执行 shenggui run --as-of {month}",
            month.in_words()
        )),
    }
}

async fn compose_draft(
    office: &Office,
    arguments: &BulletinArgs,
    snapshot: Snapshot,
    number: Option<String>,
    corrected: Option<&Issue>,
    signed: Option<&Issue>,
) -> Result<Draft> {
    let usual = || signed_date(arguments, snapshot.known_by);
    let date = signed.map_or_else(usual, |issue| issue.on);
    let approved =
        bulletins::approved_annexes(office.db.reading(), arguments.period, snapshot.id).await?;
    let gathered = gather(office, &snapshot, signed.map(|issue| issue.at)).await?;
    let correction = match corrected {
        None => None,
        Some(issue) => Some(correction(office, arguments, &gathered, issue, date).await?),
    };
    let document = compose(
        office,
        arguments.period,
        &gathered,
        date,
        number,
        correction,
        approved,
    );
    Ok(Draft {
        document,
        snapshot,
        corrects: corrected.map(|issue| issue.id),
    })
}

fn compose(
    office: &Office,
    period: ReportPeriod,
    gathered: &Gathered,
    date: NaiveDate,
    number: Option<String>,
    correction: Option<CorrectionRef>,
    approved: ApprovedAnnexes,
) -> Document {
    let material = gathered.material(office, period, date, number, correction, approved);
    match period {
        ReportPeriod::Quarter { .. } => quarterly(&material),
        ReportPeriod::Year(_) => annual(&material),
    }
}

/// What the issued bulletin said and what reads otherwise now.
async fn correction(
    office: &Office,
    arguments: &BulletinArgs,
    now: &Gathered,
    issue: &Issue,
    date: NaiveDate,
) -> Result<CorrectionRef> {
    let Some(snapshot) = outlook::snapshot(office.db.reading(), issue.snapshot).await? else {
        return refuse(format!("印发时所用的快照 {} 不存在", issue.snapshot));
    };
    let then = gather(office, &snapshot, Some(issue.at)).await?;
    let none = ApprovedAnnexes::default();
    let before = compose(office, arguments.period, &then, date, None, None, none);
    let after = compose(office, arguments.period, now, date, None, None, none);
    let found = changes(&before, &after);
    if found.is_empty() {
        return refuse("与已印发的通报相比，数字没有变化，不需要更正");
    }
    Ok(CorrectionRef {
        number: issue.number.clone().unwrap_or_default(),
        title: before.title.concat(),
        snapshot: SnapshotRef {
            id: snapshot.id,
            fingerprint: snapshot.fingerprint,
            as_of: snapshot.as_of,
            known_by: snapshot.known_by,
        },
        changes: found,
    })
}

fn written(arguments: &BulletinArgs, draft: &Draft, papers: &Papers) -> Result<Report> {
    let document = &draft.document;
    let mut report = Report::new(document.title.concat())
        .fact("period", "期", Field::text(arguments.period.to_string()))
        .fact(
            "number",
            "文号",
            document
                .number
                .clone()
                .map_or(Field::text("（送审稿）"), Field::text),
        )
        .fact("snapshot", "快照", Field::count(draft.snapshot.id))
        .fact(
            "figures",
            "有出处的数字",
            Field::count(document.sources.len() as i64),
        )
        .fact(
            "fingerprint",
            "指纹（SM3）",
            Field::text(papers.fingerprint.clone()),
        );
    let Some(folder) = &arguments.out else {
        return Ok(report);
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("目录“{}”不能建立", folder.display()))?;
    let mut table = Table::new("files", "文件", &[("file", "文件"), ("what", "内容")]);
    for (form, bytes) in &papers.files {
        let name = papers::file_name(arguments.period, draft.corrects.is_some(), *form);
        let path = folder.join(name);
        documents::write_whole(&path, bytes)?;
        table.row(vec![
            Field::text(path.display().to_string()),
            Field::text(papers::meaning(*form)),
        ]);
    }
    report = report.table(table);
    Ok(report)
}

/// What is recorded.
struct Recording<'a> {
    draft: &'a Draft,
    papers: &'a Papers,
    latest: Option<Issue>,
    number: Option<String>,
}

/// Records a draft once for each different text, and every issue; the papers with it.
async fn record(
    office: &Office,
    arguments: &BulletinArgs,
    recording: Recording<'_>,
    ticket: Option<&Ticket>,
) -> Result<()> {
    let Recording {
        draft,
        papers,
        latest,
        number,
    } = recording;
    let standing = match number {
        Some(_) => IssueStanding::Issued,
        None => IssueStanding::Draft,
    };
    let unchanged = latest.is_some_and(|issue| issue.fingerprint == papers.fingerprint);
    if standing == IssueStanding::Draft && unchanged && ticket.is_none() {
        return Ok(());
    }
    let mut act = signer(office, arguments, standing == IssueStanding::Issued)?;
    if standing == IssueStanding::Issued {
        // 成文日期 is the day of the signature.
        act = office.act(act.organisation, &act.person, Some(draft.document.date))?;
    }
    let record = IssueRecord {
        period: arguments.period,
        snapshot: draft.snapshot.id,
        fingerprint: papers.fingerprint.clone(),
        corrects: draft.corrects,
        standing,
        number,
    };
    let tx = office.db.begin_writing().await?;
    let before = bulletins::latest_for(&tx, arguments.period).await?;
    let issue = match bulletins::record_issue(&tx, &record, &act).await? {
        Ok(issue) => issue,
        Err(refusal) => return refuse(refusal),
    };
    bulletins::keep_papers(&tx, issue.id, &papers.files).await?;
    if let Some(ticket) = ticket {
        let is_new = before.is_none_or(|before| before.id != issue.id);
        jobs::finish(&tx, ticket, &ending(&issue, is_new), &act).await?;
    }
    Ok(tx.commit().await?)
}

/// What the job of a bulletin says in the end.
fn ending(issue: &Issue, is_new: bool) -> Ending {
    let what = match issue.entry {
        Entry::Issued => "通报",
        Entry::Draft | Entry::Approved | Entry::AnnexApproved(_) => "通报送审稿",
    };
    let change = if is_new { "已存入" } else { "没有变化" };
    let outcome = serde_json::json!({
        "issue": issue.id,
        "period": issue.period.to_string(),
        "snapshot": issue.snapshot,
        "fingerprint": issue.fingerprint,
        "is_new": is_new,
        "words": format!("{}{what}（第{}号）{change}", issue.period.in_words(), issue.id),
    });
    Ending::Done(outcome.to_string())
}

fn signer(office: &Office, arguments: &BulletinArgs, required: bool) -> Result<Act> {
    let organisation = match &arguments.agency {
        Some(name) => office.organisation(name)?,
        None => office.provincial_office(),
    };
    let person = arguments.person.as_deref().unwrap_or_default();
    if required && person.trim().is_empty() {
        return refuse("印发、批准要写明签发人（--by）");
    }
    office.act(organisation, person, None)
}

async fn approve(office: &Office, arguments: &BulletinArgs, annex: &str) -> Result<Report> {
    let known = if annex == "summon" {
        AnnexKind::Summons.id()
    } else {
        annex
    };
    let Some(kind) = AnnexKind::read(known) else {
        return refuse(format!(
            "没有“{annex}”这个附件，可用 praise 表扬、criticism 批评、summon 约谈"
        ));
    };
    let act = signer(office, arguments, true)?;
    let latest = bulletins::latest_for(office.db.reading(), arguments.period).await?;
    if let Some(draft) = &latest {
        let snapshot = chosen_snapshot(office, arguments, Some(draft)).await?;
        let drafted = compose_draft(office, arguments, snapshot, None, None, None).await?;
        let held = drafted
            .document
            .annexes
            .iter()
            .any(|held| held.title.contains(kind.name()));
        if !held {
            return refuse(format!(
                "{}通报的送审稿没有{}这个附件，没有可批准的内容",
                arguments.period.in_words(),
                kind.name()
            ));
        }
    }
    let tx = office.db.begin_writing().await?;
    match bulletins::approve_annex(&tx, arguments.period, kind, &act).await? {
        Ok(issue) => {
            tx.commit().await?;
            Ok(Report::new(format!("已批准{}", kind.name()))
                .fact("period", "期", Field::text(arguments.period.to_string()))
                .fact("snapshot", "快照", Field::count(issue.snapshot))
                .note("重新生成通报后，该附件不再标注“拟议稿”"))
        }
        Err(refusal) => refuse(refusal),
    }
}
