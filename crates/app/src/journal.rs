//! The journal as people read it: whether it is whole, what stands in it, and all of it as a
//! workbook.

mod export;
pub mod web;

pub use export::export;

use crate::cli::{JournalCommand, JournalListArgs};
use crate::jobs::answer::moment;
use crate::office::{Office, refuse};
use crate::report::{Field, Report, Table};
use anyhow::Result;
use chrono::{Days, Local, NaiveDate, NaiveTime, TimeZone};
use programme::journal::{self, Chain, Head, JournalFilter, KeptLine};
use programme::people::Organisation;

/// `shenggui journal`.
pub async fn command(office: &Office, command: &JournalCommand) -> Result<Report> {
    match command {
        JournalCommand::Verify { anchor } => verify(office, anchor).await,
        JournalCommand::Head => head(office).await,
        JournalCommand::List(arguments) => list(office, arguments).await,
    }
}

async fn verify(office: &Office, noted: &[String]) -> Result<Report> {
    let anchors = JournalCommand::anchors(noted).or_else(refuse)?;
    match journal::verify_against(office.db.reading(), &anchors).await? {
        Chain::Whole { lines } => {
            let report = Report::new("日志完整，没有被改动");
            let report = report.fact("lines", "条数", Field::Count(lines));
            Ok(match anchors.len() {
                0 => report,
                count => report.note(format!("与抄存的{count}个校验值相符")),
            })
        }
        Chain::Broken { line } => refuse(format!(
            "日志第{line}条起与校验链不符，可能被改动或缺失，请立即核查并保留现场"
        )),
        Chain::Diverged { line } => refuse(format!(
            "日志第{line}条与抄存的校验值不符：校验链虽然连贯，但第{line}条或以前的内容被整段改写或删去，请立即核查并保留现场"
        )),
    }
}

async fn head(office: &Office) -> Result<Report> {
    let Head { lines, hash } = journal::head(office.db.reading()).await?;
    if lines == 0 {
        return Ok(Report::new("日志还没有内容").fact("lines", "条数", Field::Count(0)));
    }
    Ok(Report::new("日志到此为止")
        .fact("lines", "条数", Field::Count(lines))
        .fact("hash", "末条校验值", Field::text(hash.clone()))
        .fact("anchor", "请抄存", Field::text(format!("{lines}:{hash}")))
        .note("日后核对：shenggui journal verify --anchor 抄存的内容"))
}

async fn list(office: &Office, arguments: &JournalListArgs) -> Result<Report> {
    let filter = filter_of(office, arguments)?;
    if let Some(path) = &arguments.export {
        let person = arguments.by.as_deref().unwrap_or_default();
        let act = office.act(office.provincial_office(), person, None)?;
        let lines = export(office, filter, path, &act).await?;
        return Ok(Report::new("日志已导出")
            .fact("lines", "条数", Field::count(lines as i64))
            .fact("file", "文件", Field::text(path.display().to_string())));
    }
    let db = office.db.reading();
    let page = journal::search(db, &filter).await?;
    let counted = journal::count(db, &filter).await?;
    let mut table = Table::new("lines", "日志", &COLUMNS);
    for line in &page.lines {
        table.row(fields(office, line));
    }
    let lines = counted.lines;
    let title = match (counted.is_more, &filter.text) {
        (false, _) => format!("日志：{lines}条"),
        (true, None) => format!("日志：{lines}条以上"),
        // Words are looked for in the newest lines first.
        (true, Some(_)) => format!("日志：较近的部分里有{lines}条"),
    };
    let mut report = Report::new(title).table(table);
    if let Some(next) = page.next {
        report = report.note(format!("还有更早的，接着看：--before {next}"));
    }
    Ok(report)
}

fn filter_of(office: &Office, arguments: &JournalListArgs) -> Result<JournalFilter> {
    let organisation = match &arguments.organisation {
        Some(name) => Some(office.organisation(name)?.id()),
        None => None,
    };
    let after = arguments
        .to
        .and_then(|day| day.checked_add_days(Days::new(1)));
    Ok(JournalFilter {
        act: arguments.act.clone(),
        organisation,
        person: arguments.person.clone(),
        subject: arguments.subject.clone(),
        from: arguments.from.and_then(start_of),
        to: after.and_then(start_of).map(|next| next - 1),
        text: arguments.text.clone(),
        before: arguments.before,
        limit: arguments.limit,
    })
}

/// The first second of a day in local time.
pub fn start_of(day: NaiveDate) -> Option<i64> {
    let start = Local.from_local_datetime(&day.and_time(NaiveTime::MIN));
    Some(start.earliest()?.timestamp())
}

/// What is shown of a line, and how it is called.
pub const COLUMNS: [(&str, &str); 7] = [
    ("line", "条"),
    ("at", "时间"),
    ("by", "单位"),
    ("person", "经办人"),
    ("act", "事项"),
    ("subject", "对象"),
    ("detail", "说明"),
];

/// A line as people read it, in the order of [`COLUMNS`].
pub fn fields(office: &Office, line: &KeptLine) -> Vec<Field> {
    let by = match Organisation::read(&office.pack, &line.organisation) {
        Ok(known) => known.name(&office.pack, crate::office::today()),
        Err(_) => line.organisation.clone(),
    };
    vec![
        Field::count(line.id),
        Field::text(moment(line.at)),
        Field::text(by),
        Field::text(line.person.clone()),
        Field::text(act_name(&line.act)),
        Field::text(line.subject.clone()),
        Field::text(line.detail.clone()),
    ]
}

/// What acts are called, in the order of nouns.
pub const ACT_NAMES: &[(&str, &str)] = &[
    ("attachments.attach", "附上文件"),
    ("bulletins.check", "核稿"),
    ("people.bind-factor", "启用第二因子"),
    ("people.change-password", "更改密码"),
    ("people.claim", "企业认领账号"),
    ("people.claim-refused", "认领未成"),
    ("people.close-account", "注销账号"),
    ("people.confirm-sign-on", "本人确认统一身份"),
    ("people.create-account", "新建账号"),
    ("people.create-token", "建立令牌"),
    ("people.end-post", "结束岗位"),
    ("people.end-sessions", "结束登录"),
    ("people.end-token", "停用令牌"),
    ("people.give-post", "授予岗位"),
    ("people.invite", "邀请企业认领"),
    ("people.link-sign-on", "关联统一身份"),
    ("people.lock", "锁定账号"),
    ("people.lock-address", "限制地址"),
    ("people.propose-factor", "登记第二因子"),
    ("people.reset-factor", "重置第二因子"),
    ("people.reset-password", "重置密码"),
    ("people.sign-in", "登录"),
    ("people.sign-in-refused", "登录未成"),
    ("people.sign-out", "退出"),
    ("people.switch-post", "换岗位"),
    ("people.unlink-sign-on", "取消关联统一身份"),
    ("people.unlock", "解除锁定"),
    ("people.unmask", "查看完整个人信息"),
    ("pool.export", "导出培育库"),
    ("register.delete-view", "删除常用查询"),
    ("register.export", "导出企业名单"),
    ("register.save-view", "保存常用查询"),
    ("measures.export", "导出政策名单"),
    ("exchange.issue", "发出名单"),
    ("exchange.take", "领取名单"),
    ("exchange.key", "生成签名密钥"),
    ("backup.make", "备份"),
    ("backup.restore", "由备份恢复"),
    ("journal.export", "导出日志"),
    ("jobs.ask", "提交任务"),
    ("jobs.upload", "上传文件"),
    ("jobs.finish", "任务办完"),
    ("jobs.refuse", "任务未予办理"),
    ("jobs.fail", "任务没有办成"),
    ("jobs.cancel", "取消任务"),
    ("deliveries.accept", "存入批次"),
    ("register.exception", "登记代码例外"),
    ("indicators.read", "查看原值"),
    ("outlook.run", "全省计算"),
    ("outlook.read", "查看移交名单"),
    ("outlook.hand-over", "移交预警名单"),
    ("outlook.follow-up", "记录跟进"),
    ("outlook.close", "跟进办结"),
    ("measures.push", "推送政策"),
    ("measures.outcome", "登记政策结果"),
    ("pool.admit", "纳入培育库"),
    ("pool.remove", "移出培育库"),
    ("pool.declare", "记录申报"),
    ("pool.withdraw", "记录撤回申报"),
    ("targets.measure", "测算目标"),
    ("targets.adjust", "调整目标"),
    ("targets.consult", "会商目标"),
    ("targets.approve", "批准目标"),
    ("targets.issue", "下达目标"),
    ("targets.restate", "更正进度"),
    ("bulletins.draft", "起草通报"),
    ("bulletins.issue", "印发通报"),
    ("bulletins.correct", "更正通报"),
    ("bulletins.approve", "批准附件"),
];

/// What an act is called; its sign where nobody named it.
pub fn act_name(act: &str) -> &str {
    let found = ACT_NAMES.iter().find(|(own, _)| *own == act);
    found.map_or(act, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::ACT_NAMES;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => sources(&path, found),
                false => found.push(path),
            }
        }
    }

    /// A line whose act is written out where it is made has a name that people understand.
    #[test]
    fn every_act_has_a_name() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut files = Vec::new();
        for name in ["programme/src", "app/src"] {
            sources(&crates.join(name), &mut files);
        }
        let mut acts = 0;
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a source");
            for rest in text.split("act: \"").skip(1) {
                let act = rest.split('"').next().unwrap_or_default();
                if !act.contains('.') {
                    continue;
                }
                acts += 1;
                let is_named = ACT_NAMES.iter().any(|(own, _)| *own == act);
                assert!(is_named, "{}: {act} has no name", file.display());
            }
        }
        assert!(acts > 5, "only {acts} acts were found");
    }
}
