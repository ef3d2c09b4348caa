//! Building the province step by step, each through the door that real data use.

use super::province::{Codes, County, DeliveryFile, Industry, Recipe, gaps, write_deliveries};
use crate::bulletins;
use crate::cli::{BulletinArgs, FollowUpArgs, HandOverArgs, OutlookCommand, Signature};
use crate::deliveries::import::{Order, import};
use crate::grounds::sums_now;
use crate::office::{Office, Refused, refuse};
use crate::outlook;
use crate::pool;
use crate::report::Report;
use anyhow::{Context, Result};
use chrono::{Days, NaiveDate, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use programme::journal::Act;
use programme::outlook::{Firms, RunRequest};
use programme::people::Organisation;
use programme::pool::ActKind;
use programme::targets as records;
use rules::pack::Pack;
use rules::pack::divisions::Level;
use rules::period::{Month, ReportPeriod};
use std::collections::HashSet;

const FILES: &str = "demo-deliveries";
const BULLETINS: &str = "demo-bulletins";
/// Records of a demonstration name nobody.
const PERSON: &str = "（演示）";
/// The fixture firm that has stood still for three months.
const FOLLOWED: &str = "91410482MX0000020C";

pub(super) async fn build(office: &Office, recipe: &Recipe) -> Result<()> {
    recipe.check()?;
    for gap in gaps(&office.pack.layouts)? {
        step(&format!("演示来文的配方 demo/lists.toml 不全：{gap}"));
    }
    let files = deliveries(office, recipe).await?;
    receive(office, &files).await?;
    let years = recipe.first_month().year() + 1..=recipe.last_month.year();
    for year in years {
        set_targets(office, recipe, year).await?;
    }
    let quarter_end = last_quarter_end(recipe.last_month);
    for back in [6, 0] {
        admit(office, &files, quarter_end.plus(-back)).await?;
    }
    let final_month = recipe.last_month;
    step("运行最近两期");
    run(office, quarter_end, day_after(quarter_end)).await?;
    push(office, day_after(quarter_end)).await?;
    write_bulletin(office, quarter_end).await?;
    run(office, final_month, day_after(final_month)).await?;
    push(office, day_after(final_month)).await?;
    warn(office, day_after(final_month)).await?;
    Ok(())
}

/// The statistics bureau hands on those that are most likely to fall out, and one of them is
/// followed.
async fn warn(office: &Office, on: NaiveDate) -> Result<()> {
    let Some(gravest) = office.pack.warnings.levels.last() else {
        return Ok(());
    };
    step(&format!("统计部门移交{}预警名单", gravest.name));
    let hand_over = HandOverArgs {
        level: vec![gravest.name.clone()],
        division: None,
        to: "industry".to_string(),
        purpose: "一企一策精准帮扶（演示）".to_string(),
        out: None,
        as_of: None,
        signature: Signature {
            agency: office.pack.warnings.hand_over.agency.clone(),
            person: PERSON.to_string(),
            on: Some(on),
        },
    };
    unless_refused(outlook::answer(office, &OutlookCommand::HandOver(hand_over), true).await)?;
    let follow_up = FollowUpArgs {
        uscc: FOLLOWED.to_string(),
        note: Some("已上门了解，窑炉检修，计划十二月复产（演示）".to_string()),
        close: false,
        reason: None,
        agency: Some("industry".to_string()),
        person: Some(PERSON.to_string()),
        on: Some(on),
    };
    unless_refused(outlook::answer(office, &OutlookCommand::FollowUp(follow_up), true).await)
}

/// A small province may have nobody to hand on or to follow.
fn unless_refused(answer: Result<Report>) -> Result<()> {
    match answer {
        Err(error) if error.downcast_ref::<Refused>().is_none() => Err(error),
        _ => Ok(()),
    }
}

/// What changed for firms since the push before is told to them and to the agencies.
async fn push(office: &Office, on: NaiveDate) -> Result<()> {
    step("推送有变化的政策事项");
    let by = act(office, "industry", PERSON, on)?;
    crate::measures::push_now(office, &by).await?;
    Ok(())
}

fn step(text: &str) {
    eprintln!("· {text}");
}

fn bar(text: &'static str, length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("· {msg} [{bar:30}] {pos}/{len} {elapsed}")
        .expect("the template is fixed")
        .progress_chars("█░ ");
    ProgressBar::new(length as u64)
        .with_style(style)
        .with_message(text)
}

/// The last March, June, September or December up to a month.
fn last_quarter_end(month: Month) -> Month {
    month.plus(-((month.number() % 3) as i32))
}

/// Deliveries of a month have come in by the twentieth of the next.
fn day_after(month: Month) -> NaiveDate {
    month.plus(1).first_day() + Days::new(19)
}

async fn deliveries(office: &Office, recipe: &Recipe) -> Result<Vec<DeliveryFile>> {
    let codes = codes(&office.pack);
    let folder = office.folder.join(FILES);
    let recipe = *recipe;
    let shown = bar("生成各部门交付文件", 1);
    let told = shown.clone();
    let files = tokio::task::spawn_blocking(move || {
        write_deliveries(&recipe, &codes, &folder, &mut |done, all| {
            told.set_length(all as u64);
            told.set_position(done as u64);
        })
    })
    .await
    .context("生成中断")??;
    shown.finish();
    Ok(files)
}

/// The codes of a pack on which the province stands.
pub(super) fn codes(pack: &Pack) -> Codes {
    let divisions = &pack.divisions;
    let plan = &pack.targets[0];
    let mut counties = Vec::new();
    for (area, target) in &plan.areas {
        let mut inside: Vec<_> = divisions.counties_of(*area).collect();
        if inside.is_empty() {
            inside.extend(divisions.get(*area));
        }
        let share = target * 100 / inside.len().max(1) as u32;
        counties.extend(inside.into_iter().map(|county| County {
            code: county.code,
            name: county.name.clone(),
            area: *area,
            area_name: divisions.name(*area),
            weight: share.max(1),
        }));
    }
    let industries = pack.industries.classes().map(|class| Industry {
        code: class.code.clone(),
        name: class.name.clone(),
    });
    Codes {
        counties,
        industries: industries.collect(),
        targets_total: plan.total,
        layouts: pack.layouts.clone(),
    }
}

async fn receive(office: &Office, files: &[DeliveryFile]) -> Result<()> {
    let shown = bar("逐件导入", files.len());
    let mut batches: Vec<Option<i64>> = Vec::with_capacity(files.len());
    for file in files {
        let order = Order {
            kind: file.kind.clone(),
            file: file.path.clone(),
            month: Some(file.month),
            area: file.area,
            unit: None,
            supersedes: file.supersedes.and_then(|index| batches[index]),
            errors: None,
            dry_run: false,
            ticket: None,
        };
        let act = act(office, &file.agency, "", file.received_on)?;
        let outcome = import(office, &order, &act, |_| {})
            .await
            .with_context(|| format!("导入 {}", file.path.display()))?;
        batches.push(outcome.batch);
        shown.inc(1);
    }
    shown.finish();
    Ok(())
}

fn act(office: &Office, organisation: &str, person: &str, on: NaiveDate) -> Result<Act> {
    Ok(Act {
        organisation: office.organisation(organisation)?,
        person: person.to_string(),
        on,
        at: Utc::now().timestamp(),
    })
}

async fn run(office: &Office, as_of: Month, known_by: NaiveDate) -> Result<()> {
    let act = Act {
        organisation: office.provincial_office(),
        person: String::new(),
        on: known_by,
        at: Utc::now().timestamp(),
    };
    outlook::run(
        office,
        RunRequest { as_of, known_by },
        &act,
        None,
        |_, _| {},
    )
    .await?;
    Ok(())
}

/// A year's target: measured on the last December, consulted, approved, issued.
async fn set_targets(office: &Office, recipe: &Recipe, year: i32) -> Result<()> {
    step(&format!("{year}年度目标：测算、会商、报批、下达"));
    let base = Month::new(year - 1, 12).context("year of a recipe")?;
    run(office, base, day_after(base)).await?;
    let on = Month::new(year, 2).context("year of a recipe")?.last_day();
    let (snapshot, firms) = outlook::newest(office, Some(base)).await?;
    let sums = sums_now(office, &snapshot, &firms).await?;
    let progress = &sums.progress;
    let unit = office.pack.measure.unit;
    let full = u64::from(office.pack.targets[0].total) * recipe.firms as u64 / 80_000;
    let total = ((full as u32).max(unit) / unit) * unit;
    let province = office
        .pack
        .divisions
        .all()
        .find(|d| d.level == Level::Province);
    let province = province.context("the pack has a province")?.code;
    let bases = records::progress::bases_from(&office.pack, progress, province);
    let by = act(office, "industry", PERSON, on)?;
    let with = Organisation::Agency("statistics".to_string());
    let pack = &office.pack;
    let tx = office.db.begin_writing().await?;
    let answers = [
        records::measure(&tx, pack, year, province, total, &bases, &by).await?,
        records::consult(&tx, pack, year, province, &with, "同意（演示）", &by).await?,
        records::approve(&tx, pack, year, province, "省政府同意（演示）", &by).await?,
        records::issue(
            &tx,
            pack,
            year,
            province,
            &format!("演示〔{year}〕1号"),
            &by,
        )
        .await?,
    ];
    for answer in answers {
        if let Err(refusal) = answer {
            return refuse(refusal);
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Areas' own lists of a month are admitted where the data bear them out.
async fn admit(office: &Office, files: &[DeliveryFile], month: Month) -> Result<()> {
    let lists = files
        .iter()
        .filter(|file| file.kind == "pool-list" && file.month == month);
    let lists: Vec<&DeliveryFile> = lists.collect();
    if lists.is_empty() {
        return Ok(());
    }
    step(&format!("{}各市培育库名单：比对、纳入", month.in_words()));
    run(office, month, day_after(month)).await?;
    let (_, firms) = outlook::newest(office, Some(month)).await?;
    let batches = programme::deliveries::batches(office.db.reading()).await?;
    for file in lists {
        let name = file
            .path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let Some(batch) = batches
            .iter()
            .find(|batch| Some(&batch.file_name) == name.as_ref())
        else {
            continue;
        };
        let by = act(office, &file.agency, PERSON, day_after(month))?;
        let codes = pool::listed_codes(office, batch.id).await?;
        drop_unlisted(office, &by, file.area, &codes, &firms).await?;
        pool::record_acts(
            office,
            ActKind::Admit,
            codes,
            "按名单比对后纳入（演示）",
            &by,
            &firms,
        )
        .await?;
    }
    Ok(())
}

/// Firms of the area that its new list no longer names leave the pool.
async fn drop_unlisted(
    office: &Office,
    by: &Act,
    area: Option<u32>,
    listed: &[pool::NamedCode],
    firms: &Firms,
) -> Result<()> {
    let listed: HashSet<u128> = listed
        .iter()
        .filter_map(|(_, code)| code.as_ref().ok())
        .map(|code| code.key())
        .collect();
    let members = pool::members(office).await?;
    let gone = (0..firms.len()).filter(|firm| {
        let key = firms.keys()[*firm];
        let member = members
            .get(&key)
            .is_some_and(|member| member.standing.admitted);
        member
            && firms.area(*firm) == area
            && firms.in_scale(*firm) != Some(true)
            && !listed.contains(&key)
    });
    let gone: Vec<pool::NamedCode> = gone
        .map(|firm| (firms.uscc(firm).to_string(), Ok(firms.uscc(firm))))
        .collect();
    if !gone.is_empty() {
        let reason = "不在最新名单，调整移出（演示）";
        pool::record_acts(office, ActKind::Remove, gone, reason, by, firms).await?;
    }
    Ok(())
}

async fn write_bulletin(office: &Office, month: Month) -> Result<()> {
    step(&format!("写出{}通报", month.in_words()));
    let arguments = BulletinArgs {
        period: ReportPeriod::Quarter {
            year: month.year(),
            quarter: month.number() / 3,
        },
        out: Some(office.folder.join(BULLETINS)),
        date: None,
        snapshot: None,
        correct: false,
        issue: None,
        approve: None,
        agency: None,
        person: None,
    };
    bulletins::command(office, &arguments).await?;
    Ok(())
}
