//! `shenggui jobs` and `shenggui work`.

use super::files::{stage, unpack};
use super::{
    BulletinWork, ImportWork, JobView, Node, RunWork, Work, ask, cancel, list, look, stop_on_signal,
};
use crate::cli::{AskCommand, Asker, Asking, JobsArgs, JobsCommand, WorkArgs};
use crate::office::{Office, refuse, today};
use crate::report::{Field, Report, Table};
use crate::{bulletins, documents};
use anyhow::{Context, Result};
use chrono::{Local, TimeZone};
use programme::bulletins::PaperForm;
use programme::jobs::{JobFilter, Role};
use programme::journal::Act;
use std::path::Path;
use std::time::Duration;

/// `shenggui jobs`.
pub async fn command(office: &Office, arguments: &JobsArgs) -> Result<Report> {
    match &arguments.command {
        None => listed(office, arguments).await,
        Some(JobsCommand::Show { id, out: None }) => Ok(shown(&look(office, *id).await?)),
        Some(JobsCommand::Show {
            id,
            out: Some(folder),
        }) => written(office, *id, folder).await,
        Some(JobsCommand::Cancel { id, asker }) => {
            cancel(office, *id, &act_of(office, asker)?).await?;
            Ok(shown(&look(office, *id).await?))
        }
        Some(JobsCommand::Ask(order)) => asked(office, order).await,
    }
}

/// `shenggui work`: a node without pages.
pub async fn work(office: &Office, arguments: &WorkArgs) -> Result<Report> {
    let mut node = Node::new(Duration::from_secs(arguments.lease));
    if let Some(name) = &arguments.name {
        node.name = name.clone();
    }
    node.until_idle = arguments.until_idle;
    let stop = stop_on_signal();
    eprintln!("节点 {} 开始办理任务，按 Ctrl-C 停止", node.name);
    super::work(office.clone(), node, stop).await?;
    Ok(Report::new("已停止"))
}

fn act_of(office: &Office, asker: &Asker) -> Result<Act> {
    office.act(office.organisation(&asker.agency)?, &asker.person, None)
}

async fn asked(office: &Office, order: &AskCommand) -> Result<Report> {
    let (AskCommand::Run { asking, .. }
    | AskCommand::Import { asking, .. }
    | AskCommand::Bulletin { asking, .. }) = order;
    let Asking { asker, key } = asking;
    let act = act_of(office, asker)?;
    let work = work_of(office, order, &act).await?;
    let asked = ask(office, &work, None, key.as_deref(), &act).await?;
    let report = shown(&look(office, asked.job).await?);
    Ok(match asked.is_repeated {
        true => report.note("这个提交编号先前已提交过，没有重复提交"),
        false => report.note(format!("查看办理情况：shenggui jobs show {}", asked.job)),
    })
}

async fn work_of(office: &Office, order: &AskCommand, act: &Act) -> Result<Work> {
    Ok(match order {
        AskCommand::Run {
            as_of, known_by, ..
        } => Work::Run(RunWork {
            as_of: *as_of,
            known_by: known_by.unwrap_or_else(today),
        }),
        AskCommand::Import {
            kind,
            file,
            month,
            area,
            unit,
            supersedes,
            received,
            ..
        } => {
            let file = stage(office, file, Role::Given, act).await?;
            Work::Import(ImportWork {
                file: file.id,
                sm3: file.hash.unwrap_or_default(),
                kind: kind.clone(),
                month: month.map(|month| month.to_string()),
                area: *area,
                unit: unit.clone(),
                supersedes: *supersedes,
                received: received.unwrap_or_else(today),
            })
        }
        AskCommand::Bulletin {
            period,
            date,
            snapshot,
            correct,
            issue,
            ..
        } => Work::Bulletin(BulletinWork {
            period: *period,
            date: *date,
            snapshot: *snapshot,
            correct: *correct,
            issue: *issue,
        }),
    })
}

async fn listed(office: &Office, arguments: &JobsArgs) -> Result<Report> {
    let filter = JobFilter {
        before: arguments.before,
        limit: arguments.limit,
        ..JobFilter::default()
    };
    let mut table = Table::new(
        "jobs",
        "任务",
        &[
            ("job", "任务"),
            ("kind", "种类"),
            ("by", "提交单位"),
            ("person", "经办人"),
            ("asked_at", "提交时间"),
            ("state", "状态"),
            ("words", "结果"),
        ],
    );
    for view in list(office, &filter).await? {
        table.row(vec![
            Field::count(view.id),
            Field::text(view.kind_name.clone()),
            Field::text(view.organisation_name.clone()),
            Field::text(view.person.clone()),
            Field::text(moment(view.asked_at)),
            Field::text(view.state_words),
            Field::text(last_words(&view)),
        ]);
    }
    Ok(Report::new("任务一览").table(table))
}

fn shown(view: &JobView) -> Report {
    let text = |text: &str| match text {
        "" => Field::Empty,
        text => Field::text(text),
    };
    let progress = match (view.percent, view.progress_words.as_str()) {
        (Some(percent), words) => Field::text(format!("{words} {percent}%")),
        (None, words) => text(words),
    };
    let finished = view.finished_at.map(moment);
    let mut report = Report::new(format!("第{}项任务  {}", view.id, view.kind_name))
        .fact("job", "任务", Field::count(view.id))
        .fact("state", "状态", Field::text(view.state_words))
        .fact(
            "by",
            "提交单位",
            Field::text(view.organisation_name.clone()),
        )
        .fact("person", "经办人", text(&view.person))
        .fact("asked_at", "提交时间", Field::text(moment(view.asked_at)))
        .fact("attempts", "办理次数", Field::count(view.attempts))
        .fact("node", "办理节点", text(view.node.as_deref().unwrap_or("")))
        .fact("progress", "进度", progress)
        .fact(
            "finished_at",
            "结束时间",
            text(&finished.unwrap_or_default()),
        )
        .fact("words", "结果", text(&view.words));
    for (key, label) in [
        ("snapshot", "快照"),
        ("batch", "批次"),
        ("issue", "通报记录"),
    ] {
        if let Some(number) = view.outcome[key].as_i64() {
            report = report.fact(key, label, Field::count(number));
        }
    }
    if view.returned.is_some() || view.outcome["issue"].is_i64() {
        report = report.note(format!(
            "写出文件：shenggui jobs show {} --out 目录",
            view.id
        ));
    }
    match &view.cause {
        Some(cause) => report.note(format!("原因：{cause}")),
        None => report,
    }
}

/// Writes the files that a job made: a bulletin in all its forms, refused rows.
async fn written(office: &Office, id: i64, folder: &Path) -> Result<Report> {
    let view = look(office, id).await?;
    let mut written = Vec::new();
    std::fs::create_dir_all(folder)
        .with_context(|| format!("目录“{}”不能建立", folder.display()))?;
    if let Some(issue) = view.outcome["issue"].as_i64() {
        for form in PaperForm::ALL {
            let (name, bytes) = bulletins::paper(office, issue, form).await?;
            let path = folder.join(name);
            documents::write_whole(&path, &bytes)?;
            written.push(path);
        }
    }
    if let Some(file) = view.returned {
        written.push(unpack(office, file, folder).await?);
    }
    if written.is_empty() {
        return refuse(format!(
            "第{id}项任务{}，没有可写出的文件",
            view.state_words
        ));
    }
    let mut table = Table::new("files", "文件", &[("file", "文件")]);
    for path in written {
        table.row(vec![Field::text(path.display().to_string())]);
    }
    Ok(shown(&view).table(table))
}

fn last_words(view: &JobView) -> String {
    match view.is_over {
        true => view.words.clone(),
        false => view.progress_words.clone(),
    }
}

/// A moment in local time.
pub fn moment(at: i64) -> String {
    let moment = Local.timestamp_opt(at, 0).single();
    moment.map_or_else(String::new, |moment| {
        moment.format("%Y-%m-%d %H:%M:%S").to_string()
    })
}
