//! How this node runs, for the system keeper: version, database, pack, jobs, what is set.
//! Nothing is set here; the file of settings and the environment are.

use crate::jobs;
use crate::office::Office;
use crate::outlook::PROGRAM;
use crate::report::Field;
use crate::web::Workplace;
use crate::web::config::Config;
use crate::web::failure::Outcome;
use crate::web::frame::Frame;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::State;
use programme::jobs::JobFilter;
use programme::journal;
use rules::pack::roles::Right;

pub fn routes() -> Routes {
    Routes::new().get("/settings", Access::May(Right::Settings), show_settings)
}

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct SettingsPage {
    frame: Frame,
    running: Vec<Labelled>,
    set: Vec<Labelled>,
    jobs: Vec<JobLine>,
}

struct Labelled {
    label: &'static str,
    text: String,
}

struct JobLine {
    id: i64,
    kind: String,
    state: String,
    asked: String,
    node: String,
}

async fn show_settings(visitor: Visitor, State(workplace): State<Workplace>) -> Outcome {
    let office = visitor.office();
    let filter = JobFilter {
        limit: 20,
        ..JobFilter::default()
    };
    let jobs = jobs::list(office, &filter).await?;
    let jobs = jobs.into_iter().map(|job| JobLine {
        id: job.id,
        kind: job.kind_name,
        state: job.state_words.to_string(),
        asked: jobs::answer::moment(job.asked_at),
        node: job.node.unwrap_or_default(),
    });
    html(&SettingsPage {
        frame: visitor.frame("设置", "/settings").await?,
        running: running(office).await?,
        set: set(&workplace.config),
        jobs: jobs.collect(),
    })
}

async fn running(office: &Office) -> anyhow::Result<Vec<Labelled>> {
    let db = office.db.reading();
    let newest = programme::outlook::newest(db, None).await?;
    let head = journal::head(db).await?;
    let labelled = |label, text: String| Labelled { label, text };
    Ok(vec![
        labelled("程序版本", PROGRAM.to_string()),
        labelled(
            "数据库",
            match office.db.is_file() {
                true => "SQLite，在数据目录内".to_string(),
                false => "PostgreSQL".to_string(),
            },
        ),
        labelled(
            "政策包",
            format!(
                "{}（{}）",
                office.pack.about.name, office.pack.about.edition
            ),
        ),
        labelled("政策包指纹", office.pack.fingerprint.clone()),
        labelled(
            "最近一次运行",
            newest.map_or("还没有运行".to_string(), |snapshot| {
                format!(
                    "快照 {}，截至{}，{}家",
                    snapshot.id,
                    snapshot.as_of.in_words(),
                    Field::Count(snapshot.count as i64).shown()
                )
            }),
        ),
        labelled("日志", format!("{}条", Field::Count(head.lines).shown())),
        labelled(
            "备份",
            "在服务器上执行 shenggui backup，不必停下；PostgreSQL 用数据库自己的工具".to_string(),
        ),
    ])
}

fn set(config: &Config) -> Vec<Labelled> {
    let yes = |truth: bool| if truth { "是" } else { "否" }.to_string();
    let minutes = |seconds: i64| format!("{}分钟", seconds / 60);
    let megabytes = |bytes: usize| format!("{} MB", bytes / 1024 / 1024);
    let labelled = |label, text: String| Labelled { label, text };
    vec![
        labelled("监听地址", config.listen.to_string()),
        labelled("只经 HTTPS 访问", yes(config.secure)),
        labelled("不使用多久后退出", minutes(config.idle_seconds)),
        labelled("登录最长保持", minutes(config.session_seconds)),
        labelled("一个账号只许一处登录", yes(config.one_session)),
        labelled("人人使用第二因子", yes(config.second_factor)),
        labelled("前面有代理", yes(config.behind_proxy)),
        labelled("上传文件上限", megabytes(config.upload_bytes)),
        labelled(
            "节点失联多久后由别的节点接手",
            format!("{}秒", config.lease_seconds),
        ),
    ]
}
