//! Doing one job: each kind calls what the command line calls, with the ticket that makes
//! its transaction the end of the job.

use super::folder::Folder;
use super::{BulletinWork, ImportWork, RunWork, Work, files};
use crate::bulletins;
use crate::cli::BulletinArgs;
use crate::deliveries::import;
use crate::office::{Office, refuse};
use crate::outlook;
use anyhow::Result;
use programme::deliveries::reading::Unit;
use programme::jobs::{Job, Progress, Ticket};
use programme::outlook::RunRequest;
use std::sync::{Arc, Mutex};

/// How far a job is; said by the work, read by whoever keeps its lease.
#[derive(Clone, Default)]
pub struct Telling(Arc<Mutex<Progress>>);

impl Telling {
    pub fn say(&self, words: &str, done: usize, of: usize) {
        if let Ok(mut progress) = self.0.lock() {
            *progress = Progress {
                done: i64::try_from(done).unwrap_or(i64::MAX),
                of: i64::try_from(of).unwrap_or(i64::MAX),
                words: words.to_string(),
            };
        }
    }

    pub fn now(&self) -> Progress {
        self.0.lock().map(|now| now.clone()).unwrap_or_default()
    }
}

/// Does a job to its end; where it answers without an error, the job is finished.
pub async fn perform(
    office: &Office,
    job: &Job,
    ticket: &Ticket,
    folder: &Folder,
    telling: &Telling,
) -> Result<()> {
    match Work::read(&job.kind, &job.request)? {
        Work::Run(work) => run(office, job, ticket, work, telling).await,
        Work::Import(work) => import(office, job, ticket, work, folder, telling).await,
        Work::Bulletin(work) => bulletin(office, job, ticket, work, telling).await,
    }
}

async fn run(
    office: &Office,
    job: &Job,
    ticket: &Ticket,
    work: RunWork,
    telling: &Telling,
) -> Result<()> {
    let act = office.act(office.organisation(&job.organisation)?, &job.person, None)?;
    let request = RunRequest {
        as_of: work.as_of,
        known_by: work.known_by,
    };
    let telling = telling.clone();
    telling.say("读取批次", 0, 0);
    let told = move |done: usize, of: usize| match done < of {
        true => telling.say("计算", done, of),
        false => telling.say("存入", done, of),
    };
    outlook::run(office, request, &act, Some(ticket), told).await?;
    Ok(())
}

async fn import(
    office: &Office,
    job: &Job,
    ticket: &Ticket,
    work: ImportWork,
    folder: &Folder,
    telling: &Telling,
) -> Result<()> {
    telling.say("取出文件", 0, 0);
    let month = work.month.as_deref().map(str::parse).transpose();
    let month = month.or_else(refuse)?;
    let unit = match work.unit.as_deref() {
        None => None,
        Some(text) => match Unit::read(text) {
            Some(unit) => Some(unit),
            None => return refuse(format!("不认识单位“{text}”")),
        },
    };
    let organisation = office.organisation(&job.organisation)?;
    let act = office.act(organisation, &job.person, Some(work.received))?;
    let order = import::Order {
        kind: work.kind,
        file: files::unpack_given(office, job.id, folder.path()).await?,
        month,
        area: work.area,
        unit,
        supersedes: work.supersedes,
        errors: None,
        dry_run: false,
        ticket: Some(*ticket),
    };
    const THOUSAND: usize = 1000;
    let telling = telling.clone();
    let told = move |share: f32| match (share * THOUSAND as f32) as usize {
        done @ 0..THOUSAND => telling.say("读取", done, THOUSAND),
        _ => telling.say("存入", THOUSAND, THOUSAND),
    };
    import::import(office, &order, &act, told).await?;
    Ok(())
}

async fn bulletin(
    office: &Office,
    job: &Job,
    ticket: &Ticket,
    work: BulletinWork,
    telling: &Telling,
) -> Result<()> {
    telling.say("起草", 0, 0);
    let arguments = BulletinArgs {
        date: work.date,
        snapshot: work.snapshot,
        correct: work.correct,
        issue: work.issue,
        agency: Some(job.organisation.clone()),
        person: Some(job.person.clone()),
        ..BulletinArgs::of_period(work.period)
    };
    bulletins::write(office, &arguments, Some(ticket)).await?;
    Ok(())
}
