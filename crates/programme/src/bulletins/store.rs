//! The records of bulletins in the database.

use super::issue::{
    AnnexKind, ApprovalRefusal, ApprovedAnnexes, CheckRefusal, Entry, Issue, IssueRecord,
    IssueRefusal, IssueStanding, PaperForm,
};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use crate::deliveries::{day_number, day_of};
use crate::journal::{self, Act, Line};
use rules::period::ReportPeriod;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

const COLUMNS: &str = "id, period, snapshot, fingerprint, corrects, standing, number, \
                       organisation, person, on_day, at";
/// The newest records that [`issues`] lists; a province writes about ten in a year.
const ISSUES_MAX: i64 = 1_000;

/// Records a draft or an issue with its journal line. The very draft that stands last is
/// not recorded again: writing it out once more is no new act.
pub async fn record_issue<C: ConnectionTrait>(
    tx: &C,
    record: &IssueRecord,
    act: &Act,
) -> Result<Result<Issue, IssueRefusal>, DatabaseFailure> {
    if let Some(refusal) = refusal_of(tx, record, act).await? {
        return Ok(Err(refusal));
    }
    if record.standing == IssueStanding::Draft
        && let Some(latest) = latest_for(tx, record.period).await?
        && is_same_draft(&latest, record)
        && (!latest.person.is_empty() || act.person.is_empty())
    {
        return Ok(Ok(latest));
    }
    let issue = Issue {
        id: next_number(tx, "bulletins_issues").await?,
        period: record.period,
        snapshot: record.snapshot,
        fingerprint: record.fingerprint.clone(),
        corrects: record.corrects,
        entry: record.standing.into(),
        number: record
            .number
            .clone()
            .filter(|_| record.standing == IssueStanding::Issued),
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
        at: act.at,
    };
    insert(tx, &issue, act).await?;
    Ok(Ok(issue))
}

/// Approves an annex of the latest annual draft, as written from its snapshot.
pub async fn approve_annex<C: ConnectionTrait>(
    tx: &C,
    period: ReportPeriod,
    kind: AnnexKind,
    act: &Act,
) -> Result<Result<Issue, ApprovalRefusal>, DatabaseFailure> {
    if !matches!(period, ReportPeriod::Year(_)) {
        return Ok(Err(ApprovalRefusal::NotAnnual(period)));
    }
    if act.person.trim().is_empty() {
        return Ok(Err(ApprovalRefusal::NoPerson));
    }
    let draft = latest_for(tx, period).await?;
    let Some(draft) = draft.filter(|latest| latest.entry == Entry::Draft) else {
        return Ok(Err(ApprovalRefusal::NoDraft { period, kind }));
    };
    if is_author(&draft, act) {
        let person = draft.person;
        return Ok(Err(ApprovalRefusal::OwnDraft { kind, person }));
    }
    let approvals = of_period(tx, period).await?;
    let before = approvals
        .into_iter()
        .find(|row| row.entry == Entry::AnnexApproved(kind) && row.snapshot == draft.snapshot);
    if let Some(before) = before {
        return Ok(Err(ApprovalRefusal::AlreadyApproved {
            kind,
            person: before.person,
            on: before.on,
        }));
    }
    let approval = Issue {
        id: next_number(tx, "bulletins_issues").await?,
        entry: Entry::AnnexApproved(kind),
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
        at: act.at,
        ..draft
    };
    insert(tx, &approval, act).await?;
    Ok(Ok(approval))
}

/// Keeps a bulletin as it was written, beside its record; what is kept already stays.
pub async fn keep_papers<C: ConnectionTrait>(
    tx: &C,
    issue: i64,
    papers: &[(PaperForm, Vec<u8>)],
) -> Result<(), DatabaseFailure> {
    for (form, bytes) in papers {
        if paper(tx, issue, *form).await?.is_some() {
            continue;
        }
        let sql = "INSERT INTO bulletins_papers (issue, form, payload) VALUES (?, ?, ?)";
        let values = [issue.into(), form.id().into(), bytes.clone().into()];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

/// A bulletin as it was written; none where its record is older than the keeping of papers.
pub async fn paper<C: ConnectionTrait>(
    db: &C,
    issue: i64,
    form: PaperForm,
) -> Result<Option<Vec<u8>>, DatabaseFailure> {
    let sql = "SELECT payload FROM bulletins_papers WHERE issue = ? AND form = ?";
    let found = row(db, sql, [issue.into(), form.id().into()]).await?;
    let payload = found.map(|found| found.try_get("", "payload"));
    Ok(payload.transpose()?)
}

/// Passes the latest draft on for issuing: somebody else than its author has checked it.
pub async fn approve_draft<C: ConnectionTrait>(
    tx: &C,
    period: ReportPeriod,
    act: &Act,
) -> Result<Result<Issue, CheckRefusal>, DatabaseFailure> {
    if act.person.trim().is_empty() {
        return Ok(Err(CheckRefusal::NoPerson));
    }
    let draft = latest_for(tx, period).await?;
    let Some(draft) = draft.filter(|latest| latest.entry == Entry::Draft) else {
        return Ok(Err(CheckRefusal::NoDraft(period)));
    };
    if let Some(before) = check_of(tx, &draft).await? {
        return Ok(Err(CheckRefusal::AlreadyChecked {
            period,
            person: before.person,
            on: before.on,
        }));
    }
    if is_author(&draft, act) {
        let person = draft.person;
        return Ok(Err(CheckRefusal::OwnDraft { period, person }));
    }
    let check = Issue {
        id: next_number(tx, "bulletins_issues").await?,
        entry: Entry::Approved,
        organisation: act.organisation.id(),
        person: act.person.clone(),
        on: act.on,
        at: act.at,
        ..draft
    };
    insert(tx, &check, act).await?;
    Ok(Ok(check))
}

/// The record by which a draft was checked; a newer text needs its own.
pub async fn check_of<C: ConnectionTrait>(
    db: &C,
    draft: &Issue,
) -> Result<Option<Issue>, DatabaseFailure> {
    let all = of_period(db, draft.period).await?;
    let mut checks = all.into_iter().filter(|row| row.entry == Entry::Approved);
    Ok(checks.find(|row| row.id > draft.id && row.fingerprint == draft.fingerprint))
}

/// Whether the draft is by the very person. Drafts of commands may name nobody.
fn is_author(draft: &Issue, act: &Act) -> bool {
    !draft.person.is_empty()
        && draft.person == act.person
        && draft.organisation == act.organisation.id()
}

/// The records, newest first.
pub async fn issues<C: ConnectionTrait>(db: &C) -> Result<Vec<Issue>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM bulletins_issues ORDER BY id DESC LIMIT ?");
    let found = rows(db, &sql, [ISSUES_MAX.into()]).await?;
    found.iter().map(issue_of).collect()
}

/// The newest draft or issue of a period, corrections among them.
pub async fn latest_for<C: ConnectionTrait>(
    db: &C,
    period: ReportPeriod,
) -> Result<Option<Issue>, DatabaseFailure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bulletins_issues WHERE period = ? AND standing IN (?, ?) \
         ORDER BY id DESC LIMIT 1"
    );
    let standings = [Entry::Draft.id().into(), Entry::Issued.id().into()];
    let [draft, issued] = standings;
    let found = row(db, &sql, [period.to_string().into(), draft, issued]).await?;
    found.as_ref().map(issue_of).transpose()
}

/// Which annexes of a year's bulletin were approved as written from this snapshot. A
/// text from newer figures needs its own approvals.
pub async fn approved_annexes<C: ConnectionTrait>(
    db: &C,
    period: ReportPeriod,
    snapshot: i64,
) -> Result<ApprovedAnnexes, DatabaseFailure> {
    let mut approved = ApprovedAnnexes::default();
    for row in of_period(db, period).await? {
        if let Entry::AnnexApproved(kind) = row.entry
            && row.snapshot == snapshot
        {
            approved.add(kind);
        }
    }
    Ok(approved)
}

async fn refusal_of<C: ConnectionTrait>(
    tx: &C,
    record: &IssueRecord,
    act: &Act,
) -> Result<Option<IssueRefusal>, DatabaseFailure> {
    let period = record.period;
    let issued = latest_issued(tx, period).await?;
    let out_of_turn = match (issued, record.corrects) {
        (None, None) => None,
        (None, Some(corrects)) => Some(IssueRefusal::NeverIssued { period, corrects }),
        (Some(issued), None) => Some(IssueRefusal::AlreadyIssued {
            period,
            id: issued.id,
            number: issued.number.unwrap_or_default(),
            on: issued.on,
        }),
        (Some(issued), Some(corrects)) if corrects == issued.id => None,
        (Some(issued), Some(corrects)) => {
            let is_older_issue = of_period(tx, period)
                .await?
                .iter()
                .any(|row| row.id == corrects && row.entry == Entry::Issued);
            Some(if is_older_issue {
                IssueRefusal::AlreadyCorrected {
                    corrects,
                    latest: issued.id,
                }
            } else {
                IssueRefusal::NeverIssued { period, corrects }
            })
        }
    };
    if out_of_turn.is_some() || record.standing == IssueStanding::Draft {
        return Ok(out_of_turn);
    }
    let Some(number) = record
        .number
        .as_deref()
        .filter(|number| !number.trim().is_empty())
    else {
        return Ok(Some(IssueRefusal::NoNumber));
    };
    if act.person.trim().is_empty() {
        return Ok(Some(IssueRefusal::NoPerson));
    }
    if let Some(draft) = latest_for(tx, period).await?
        && draft.entry == Entry::Draft
        && is_author(&draft, act)
    {
        let person = draft.person;
        return Ok(Some(IssueRefusal::OwnDraft { period, person }));
    }
    let sql = "SELECT id FROM bulletins_issues WHERE number = ? ORDER BY id LIMIT 1";
    match row(tx, sql, [number.into()]).await? {
        Some(taken) => Ok(Some(IssueRefusal::NumberTaken {
            number: number.to_string(),
            id: taken.try_get("", "id")?,
        })),
        None => Ok(None),
    }
}

fn is_same_draft(latest: &Issue, record: &IssueRecord) -> bool {
    latest.entry == Entry::Draft
        && latest.snapshot == record.snapshot
        && latest.fingerprint == record.fingerprint
        && latest.corrects == record.corrects
}

async fn latest_issued<C: ConnectionTrait>(
    db: &C,
    period: ReportPeriod,
) -> Result<Option<Issue>, DatabaseFailure> {
    let all = of_period(db, period).await?;
    Ok(all.into_iter().find(|row| row.entry == Entry::Issued))
}

/// All records of a period, newest first.
pub async fn of_period<C: ConnectionTrait>(
    db: &C,
    period: ReportPeriod,
) -> Result<Vec<Issue>, DatabaseFailure> {
    let sql = format!("SELECT {COLUMNS} FROM bulletins_issues WHERE period = ? ORDER BY id DESC");
    let found = rows(db, &sql, [period.to_string().into()]).await?;
    found.iter().map(issue_of).collect()
}

async fn insert<C: ConnectionTrait>(
    tx: &C,
    issue: &Issue,
    act: &Act,
) -> Result<(), DatabaseFailure> {
    let sql = format!(
        "INSERT INTO bulletins_issues ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    execute(
        tx,
        &sql,
        [
            issue.id.into(),
            issue.period.to_string().into(),
            issue.snapshot.into(),
            issue.fingerprint.clone().into(),
            issue.corrects.into(),
            issue.entry.id().into(),
            issue.number.clone().unwrap_or_default().into(),
            issue.organisation.clone().into(),
            issue.person.clone().into(),
            day_number(issue.on).into(),
            issue.at.into(),
        ],
    )
    .await?;
    journal::append(tx, act, &line_of(issue)).await
}

fn line_of(issue: &Issue) -> Line {
    let act = match (issue.entry, issue.corrects) {
        (Entry::Draft, _) => "bulletins.draft",
        (Entry::Approved, _) => "bulletins.check",
        (Entry::Issued, None) => "bulletins.issue",
        (Entry::Issued, Some(_)) => "bulletins.correct",
        (Entry::AnnexApproved(_), _) => "bulletins.approve",
    };
    let mut detail = format!("第{}号，快照{}", issue.id, issue.snapshot);
    if let Some(number) = &issue.number {
        detail.push_str(&format!("，{number}"));
    }
    if let Some(corrects) = issue.corrects {
        detail.push_str(&format!("，更正第{corrects}号"));
    }
    if let Entry::AnnexApproved(kind) = issue.entry {
        detail.push_str(&format!("，批准{}", kind.name()));
    }
    Line {
        act,
        subject: issue.period.to_string(),
        detail,
    }
}

fn issue_of(row: &QueryResult) -> Result<Issue, DatabaseFailure> {
    let period: String = row.try_get("", "period")?;
    let standing: String = row.try_get("", "standing")?;
    let damaged = |what: &str| DbErr::Custom(format!("通报记录无法识别：{what}"));
    let number: String = row.try_get("", "number")?;
    Ok(Issue {
        id: row.try_get("", "id")?,
        period: period.parse().map_err(|_| damaged(&period))?,
        snapshot: row.try_get("", "snapshot")?,
        fingerprint: row.try_get("", "fingerprint")?,
        corrects: row.try_get("", "corrects")?,
        entry: Entry::read(&standing).ok_or_else(|| damaged(&standing))?,
        number: Some(number).filter(|number| !number.is_empty()),
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        on: day_of(row.try_get("", "on_day")?),
        at: row.try_get("", "at")?,
    })
}
