//! `shenggui outlook backtest`: what the forecast would have said at the end of each month, and
//! what the year brought.
//!
//! One month-end after the other, with what had been received by its last day; the years are
//! those known today. Sums and areas only: no firm is named.

mod charts;
mod document;
mod findings;
mod sentences;
mod tables;
#[cfg(test)]
mod tests;

use crate::cli::BacktestArgs;
use crate::deliveries::progress_bar;
use crate::documents::{self, write_whole};
use crate::office::{Office, refuse, today};
use crate::report::{Field, Report};
use crate::settings;
use anyhow::{Context, Result};
use chrono::NaiveDate;
use programme::deliveries::{self, Batch, in_force};
use programme::outlook::assessment::{Assessment, Assessor, FIRMS_MIN, Year};
use programme::outlook::backtest::{Origin, actual_years, look_back};
use rules::pack::Pack;
use rules::period::Month;
use std::path::Path;

/// Ten years: more than anybody has data of.
const MONTHS_MAX: i32 = 120;

/// What was looked back at, and what was found.
struct Backtest<'a> {
    pack: &'a Pack,
    from: Month,
    to: Month,
    /// Month-ends at which no revenue had come in.
    silent: Vec<Month>,
    /// Until when batches were received, and how many there are.
    known_by: NaiveDate,
    batches: usize,
    assessment: Assessment,
}

/// Looks back from every month-end, tells the main figures, and writes the report.
pub async fn command(office: &Office, arguments: &BacktestArgs, quiet: bool) -> Result<Report> {
    check(arguments)?;
    let all = deliveries::batches(office.db.reading()).await?;
    let Some(latest) = all.iter().map(|batch| batch.received_on).max() else {
        return refuse("还没有收到任何数据，请先用 shenggui import 导入");
    };
    let known_by = latest.max(today());
    if arguments.to.last_day() > known_by {
        return refuse(format!(
            "{}末还没有到，请把 --to 改为已经过去的月份",
            arguments.to.in_words()
        ));
    }
    let found = looked_back(office, arguments, &all, known_by, quiet).await?;
    if found.assessment.months.is_empty() && found.assessment.open.is_empty() {
        return refuse(format!(
            "{}至{}各月末都还没有收到收入数据，无法回测；请把 --from 和 --to 改为有数据的月份",
            arguments.from.in_words(),
            arguments.to.in_words()
        ));
    }
    let mut report = report(&found);
    if let Some(folder) = &arguments.out {
        let document = document::of(&found, today(), settings::banner(office).await?)?;
        report = written(report, &document, folder)?;
    }
    Ok(report)
}

fn check(arguments: &BacktestArgs) -> Result<()> {
    let months = arguments.to.index() - arguments.from.index() + 1;
    if months < 1 {
        return refuse(format!(
            "起始月份{}晚于截止月份{}，请对调 --from 和 --to",
            arguments.from.in_words(),
            arguments.to.in_words()
        ));
    }
    if months > MONTHS_MAX {
        return refuse(format!(
            "共{months}个月末，一次最多回测{MONTHS_MAX}个，请分段进行"
        ));
    }
    if arguments.visits < FIRMS_MIN {
        return refuse(format!(
            "每个市走访家数（--visits）至少{FIRMS_MIN}家：不足{FIRMS_MIN}家的合计不显示"
        ));
    }
    Ok(())
}

async fn looked_back<'a>(
    office: &'a Office,
    arguments: &BacktestArgs,
    all: &[Batch],
    known_by: NaiveDate,
    quiet: bool,
) -> Result<Backtest<'a>> {
    let pack = &office.pack;
    let bar = progress_bar(quiet, "回测");
    let mut assessor = Assessor::new(arguments.visits);
    let mut silent = Vec::new();
    let mut year: Option<(i32, Option<Year>)> = None;
    let count = arguments.to.index() - arguments.from.index() + 1;
    for done in 0..count {
        let as_of = arguments.from.plus(done);
        if year.as_ref().is_none_or(|(own, _)| *own != as_of.year()) {
            let brought = brought(office, all, known_by, as_of.year()).await?;
            year = Some((as_of.year(), brought));
        }
        let origin = Origin::end_of(as_of);
        let threshold = pack.parameter(&pack.scale.threshold);
        let threshold = threshold.and_then(|own| own.on(as_of.last_day()));
        let batches = in_force(all, origin.known_by);
        let look = look_back(&office.db, pack.clone(), origin, batches).await?;
        match (look, threshold) {
            (Some(look), Some(threshold)) => {
                let brought = year.as_ref().and_then(|(_, own)| own.as_ref());
                assessor.take(&look, threshold as f64, brought);
            }
            _ => silent.push(as_of),
        }
        bar.set_position(((done + 1) * 1000 / count) as u64);
    }
    bar.finish_and_clear();
    Ok(Backtest {
        pack,
        from: arguments.from,
        to: arguments.to,
        silent,
        known_by,
        batches: in_force(all, known_by).len(),
        assessment: assessor.finish(),
    })
}

/// What a year brought; none where it is not over.
async fn brought(
    office: &Office,
    all: &[Batch],
    known_by: NaiveDate,
    year: i32,
) -> Result<Option<Year>> {
    let is_over = Month::new(year, 12).is_some_and(|december| december.last_day() < known_by);
    if !is_over {
        return Ok(None);
    }
    let (revenue, incomplete) = actual_years(&office.db, &office.pack, all, known_by, year).await?;
    Ok(Some(Year {
        revenue,
        incomplete,
    }))
}

/// The main figures; the report as a document has all.
fn report(found: &Backtest) -> Report {
    let assessment = &found.assessment;
    let (all, in_play) = (&assessment.all, &assessment.in_play);
    let months = format!("{} 至 {}", found.from, found.to);
    let mut report = Report::new("全年落点预测回测")
        .fact("range", "月末", Field::text(months))
        .fact(
            "judged",
            "已评的月末（个）",
            Field::count(assessment.months.len() as i64),
        )
        .fact(
            "statements",
            "评价的企业（户次）",
            Field::count(all.scores.firms as i64),
        )
        .fact(
            "statements_in_play",
            "其中临界企业（户次）",
            Field::count(in_play.scores.firms as i64),
        )
        .fact(
            "coverage",
            "八成区间覆盖率",
            tables::field(&tables::share(all.interval.coverage())),
        )
        .fact(
            "coverage_in_play",
            "其中临界企业",
            tables::field(&tables::share(in_play.interval.coverage())),
        );
    for group in findings::groups(found) {
        report = report.group(group);
    }
    for table in tables::main(found) {
        report = report.table(table.for_report());
    }
    for note in sentences::notes(found) {
        report = report.note(note);
    }
    report
}

fn written(
    report: Report,
    document: &programme::bulletins::document::Document,
    folder: &Path,
) -> Result<Report> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("目录“{}”不能建立", folder.display()))?;
    let mut report = report;
    let files = [
        ("回测报告.docx", documents::docx(document)?),
        ("回测报告.html", documents::html(document).into_bytes()),
    ];
    for (name, bytes) in files {
        let path = folder.join(name);
        write_whole(&path, &bytes)?;
        report = report.note(format!("已写出：{}", path.display()));
    }
    Ok(report)
}
