//! The living plan: every clause with its state and the figures that matter for it.
//! A first page; the workplace grows from it.

pub mod web;

use crate::cli::LawArgs;
use crate::measures::decided;
use crate::office::Office;
use crate::outlook::newest;
use crate::pool::coverage_now;
use crate::report::Field;
use crate::settings;
use crate::targets::{book_of, progress_from};
use anyhow::Result;
use askama::Template;
use programme::journal::Horizon;
use programme::measures::{Push, Verdicts};
use programme::outlook::follow_ups::{self, FollowUp};
use programme::outlook::hand_overs;
use programme::outlook::{Firms, Snapshot};
use programme::pool::Coverage;
use programme::register::StatusBook;
use programme::targets::progress::{DivisionProgress, Progress};
use rules::pack::Pack;
use rules::pack::clauses::{Clause, ClauseKind};
use rules::period::Month;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "plan.html")]
pub struct Page {
    title: String,
    stamp: String,
    banner: Option<String>,
    headline: Vec<Figure>,
    sections: Vec<Section>,
    area_columns: Vec<&'static str>,
    area_rows: Vec<Vec<String>>,
}

struct Figure {
    label: &'static str,
    value: String,
}

struct Section {
    anchor: String,
    title: String,
    lamp: &'static str,
    state: String,
    clauses: Vec<Entry>,
}

struct Entry {
    id: String,
    kinds: String,
    text: String,
    units: String,
    lamp: &'static str,
    lines: Vec<String>,
    links: Vec<MeasureLink>,
    missing: Option<String>,
}

/// A way to the measures of a clause.
struct MeasureLink {
    address: String,
    text: String,
}

/// Links under one clause.
const LINKS_MAX: usize = 3;

/// What the page is computed from.
struct Live {
    snapshot: Snapshot,
    firms: Arc<Firms>,
    progress: Progress,
    coverage: Vec<Coverage>,
    bulletins: usize,
    verdicts: Arc<Verdicts>,
    push: Option<Push>,
    /// Lists of warned firms that were handed on.
    hand_overs: usize,
    follow_ups: Vec<FollowUp>,
    /// First year of the plan, and entries (gross) since then.
    since: (i32, usize),
}

/// The page as of the newest snapshot.
pub async fn page(office: &Office) -> Result<Page> {
    let (snapshot, firms) = newest(office, None).await?;
    let book = book_of(office, &snapshot).await?;
    let progress = progress_from(office, snapshot.as_of, &firms, &book, Horizon::ALL).await?;
    let since = entered_since(&office.pack, &book, snapshot.as_of);
    let coverage = coverage_now(office, &firms, snapshot.as_of).await?;
    let bulletins = programme::bulletins::issues(office.db.reading())
        .await?
        .len();
    let law = LawArgs {
        on: None,
        as_of: None,
    };
    let verdicts = decided(office, &law).await?.verdicts;
    let push = programme::measures::newest_push(office.db.reading()).await?;
    let hand_overs = hand_overs::hand_overs(office.db.reading()).await?.len();
    let follow_ups = follow_ups::read(office.db.reading()).await?;
    let banner = settings::banner(office).await?;
    let live = Live {
        verdicts,
        push,
        hand_overs,
        follow_ups,
        snapshot,
        firms,
        progress,
        coverage,
        bulletins,
        since,
    };
    Ok(compose(&office.pack, &live, banner))
}

/// Entries since the first year that the plan set targets for.
fn entered_since(pack: &Pack, book: &StatusBook, as_of: Month) -> (i32, usize) {
    let first = pack
        .targets
        .first()
        .map_or(as_of.year(), |targets| targets.year);
    let counted = |month: Month| month.year() >= first && month <= as_of;
    let spells = book.keys().flat_map(|key| book.spells(key));
    (first, spells.filter(|spell| counted(spell.entered)).count())
}

fn compose(pack: &Pack, live: &Live, banner: Option<String>) -> Page {
    let progress = &live.progress.province;
    let mut sections: Vec<Section> = Vec::new();
    for clause in &pack.clauses {
        let entry = entry(pack, live, clause);
        match sections
            .last_mut()
            .filter(|section| section.title == clause.section)
        {
            Some(section) => section.clauses.push(entry),
            None => sections.push(Section {
                anchor: format!("s{}", sections.len() + 1),
                title: clause.section.clone(),
                lamp: "off",
                state: String::new(),
                clauses: vec![entry],
            }),
        }
    }
    for section in &mut sections {
        let working = section
            .clauses
            .iter()
            .filter(|entry| entry.lamp == "on")
            .count();
        let is_dark = section.clauses.iter().all(|entry| entry.lamp == "off");
        section.lamp = match working {
            all if all == section.clauses.len() => "on",
            0 if is_dark => "off",
            _ => "part",
        };
        section.state = format!("{working}/{}", section.clauses.len());
    }
    Page {
        title: format!("{}　进展一览", pack.about.plan_title),
        stamp: format!(
            "截至{}，快照 {}，数据截止 {}",
            live.snapshot.as_of.in_words(),
            live.snapshot.id,
            live.snapshot.known_by
        ),
        banner,
        headline: headline(live, progress),
        sections,
        area_columns: vec![
            "地区",
            "年度目标",
            "本年新增",
            "首次",
            "再次",
            "完成率",
            "上年同期",
            "退库",
            "净增",
            "在库数",
            "培育库",
            "覆盖倍数",
            "缺口",
        ],
        area_rows: area_rows(pack, live),
    }
}

fn headline(live: &Live, progress: &DivisionProgress) -> Vec<Figure> {
    let figure = |label, field: Field| Figure {
        label,
        value: field.shown(),
    };
    let pool: u32 = live
        .coverage
        .iter()
        .filter(|l| l.is_area)
        .map(|l| l.in_pool)
        .sum();
    vec![
        figure("企业", Field::Count(live.firms.len() as i64)),
        figure("在库规上企业", Field::count(progress.in_scale)),
        figure("年度目标", Field::maybe_count(progress.target)),
        figure("本年新增", Field::count(progress.entered)),
        figure("完成率", completion(progress)),
        figure("培育库", Field::count(pool)),
    ]
}

fn completion(progress: &DivisionProgress) -> Field {
    progress
        .target
        .map_or(Field::Empty, |target| Field::Percent {
            part: i64::from(progress.entered),
            of: i64::from(target),
        })
}

fn area_rows(pack: &Pack, live: &Live) -> Vec<Vec<String>> {
    let areas = live.progress.areas.iter().map(|area| &area.area);
    std::iter::once(&live.progress.province)
        .chain(areas)
        .map(|line| {
            let code = line.division;
            let pool: Vec<&Coverage> = live
                .coverage
                .iter()
                .filter(|c| {
                    c.is_area
                        && (Some(c.area) == code
                            || code.is_none_or(|d| pack.divisions.place(d).is_none()))
                })
                .collect();
            let sum = |pick: fn(&Coverage) -> Option<u32>| -> Option<u32> {
                pool.iter().map(|c| pick(c)).sum()
            };
            let counted: u32 = pool.iter().map(|c| c.counted()).sum();
            let fields = [
                Field::text(code.map_or(String::new(), |code| pack.divisions.name(code))),
                Field::maybe_count(line.target),
                Field::count(line.entered),
                Field::count(line.first),
                Field::count(line.returned),
                completion(line),
                Field::count(line.entered_year_before),
                Field::count(line.left),
                Field::Count(line.net()),
                Field::count(line.in_scale),
                Field::count(counted),
                line.target.map_or(Field::Empty, |target| Field::Multiple {
                    part: i64::from(counted),
                    of: i64::from(target),
                }),
                Field::maybe_count(sum(|c| c.missing())),
            ];
            fields.iter().map(Field::shown).collect()
        })
        .collect()
}

fn entry(pack: &Pack, live: &Live, clause: &Clause) -> Entry {
    let kinds: Vec<&str> = clause.kinds.iter().map(|kind| kind_name(*kind)).collect();
    let units: Vec<String> = clause
        .agencies
        .iter()
        .map(|id| match id.as_str() {
            "areas" => "各省辖市、济源示范区".to_string(),
            "counties" => "各县（市、区）".to_string(),
            id => pack.agency(id).map_or_else(
                || id.to_string(),
                |agency| agency.name_on(live.snapshot.known_by).short.clone(),
            ),
        })
        .collect();
    let missing = pack
        .uncovered
        .iter()
        .find(|uncovered| uncovered.clause == clause.id)
        .map(|uncovered| uncovered.reason.clone());
    let all = pack.measures.iter().enumerate();
    let measures: Vec<usize> = all
        .filter(|(_, own)| own.place.is_none() && own.clauses.contains(&clause.id))
        .map(|(index, _)| index)
        .collect();
    Entry {
        id: clause.id.clone(),
        kinds: kinds.join("、"),
        text: clause.text.clone(),
        units: if units.is_empty() {
            String::new()
        } else {
            format!("责任单位：{}", units.join("、"))
        },
        lamp: match (clause.works.is_empty() && measures.is_empty(), &missing) {
            (true, _) => "off",
            (false, Some(_)) => "part",
            (false, None) => "on",
        },
        lines: lines(pack, live, clause, &measures),
        links: links(pack, clause, &measures),
        missing,
    }
}

/// Lines of figures, each once: of what the program does for the clause, and of its measures.
fn lines(pack: &Pack, live: &Live, clause: &Clause, measures: &[usize]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let works = clause.works.iter();
    for text in works.filter_map(|work| line(pack, live, work.split_once(':')?.1)) {
        if !lines.contains(&text) {
            lines.push(text);
        }
    }
    let counts = measures
        .iter()
        .map(|measure| live.verdicts.counts(*measure, None));
    let (mut open, mut unknown) = (0, 0);
    for [entitled, discretion, local, missing, _] in counts {
        open += entitled + discretion + local;
        unknown += missing;
    }
    if !measures.is_empty() {
        let count = |number: usize| Field::Count(number as i64).shown();
        lines.push(format!(
            "政策措施{}项：符合条件 {} 家次，待补数据 {} 家次",
            measures.len(),
            count(open),
            count(unknown)
        ));
    }
    lines
}

fn links(pack: &Pack, clause: &Clause, measures: &[usize]) -> Vec<MeasureLink> {
    if measures.len() > LINKS_MAX {
        return vec![MeasureLink {
            address: format!("/measures?clause={}", clause.id),
            text: format!("查看这{}项措施", measures.len()),
        }];
    }
    let own = measures.iter().map(|index| &pack.measures[*index]);
    own.map(|measure| MeasureLink {
        address: format!("/measures/{}", measure.id),
        text: measure.name.clone(),
    })
    .collect()
}

fn kind_name(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Target => "目标",
        ClauseKind::Rule => "规则",
        ClauseKind::Case => "办事",
        ClauseKind::Fund => "资金",
        ClauseKind::List => "名单",
        ClauseKind::Event => "活动",
        ClauseKind::Market => "供需",
        ClauseKind::Report => "报告",
        ClauseKind::Document => "文书",
        ClauseKind::Guard => "约束",
    }
}

/// The line of figures that one capability shows under its clauses.
fn line(pack: &Pack, live: &Live, capability: &str) -> Option<String> {
    let year = live.snapshot.as_of.year();
    let province = &live.progress.province;
    let class = |id: &str| {
        let index = pack.classes.iter().position(|class| class.id == id)?;
        let firms = (0..live.firms.len()).filter(|f| live.firms.class(*f, index) == Some(true));
        Some(firms.count())
    };
    match capability {
        "measures.pushes" => Some(push_line(live)),
        "measures.comparison" => Some(format!(
            "升规前后对照{}项，在企业页面查看",
            pack.comparison.lines.len()
        )),
        "targets.progress" => Some(match province.target {
            Some(target) => format!(
                "{year}年1—{}月新增{}家，目标{target}家，完成率{}；预期进度{}%",
                live.snapshot.as_of.number(),
                province.entered,
                completion(province).shown(),
                live.progress.expected_percent
            ),
            None => format!("{year}年新增{}家，年度目标尚未下达", province.entered),
        }),
        "targets.cumulative" => {
            let (first, entered) = live.since;
            Some(format!("{first}年以来累计新增{entered}家"))
        }
        "targets.issued" => Some(format!(
            "已随方案下达的年度：{}",
            pack.targets
                .iter()
                .map(|targets| format!("{}年{}家", targets.year, targets.total))
                .collect::<Vec<_>>()
                .join("、")
        )),
        "targets.measure" => Some(match province.target {
            Some(target) => format!("{year}年目标{target}家，已测算、会商、报批并下达"),
            None => format!("{year}年目标尚未下达，可用 shenggui targets measure 测算"),
        }),
        "pool.coverage" => Some(pool_line(live)),
        "pool.candidates" => Some(format!(
            "达规未入统{}家，新开工投产{}家，退规待返{}家，成长{}家",
            class("reached")?,
            class("commissioned")?,
            class("returning")?,
            class("growing")?
        )),
        "outlook.warnings" => {
            let stage = pack.stages.iter().position(|stage| stage.id == "warned")?;
            let count = (0..live.firms.len())
                .filter(|f| live.firms.stage(*f) == Some(stage))
                .count();
            Some(format!(
                "在规企业中有退规风险的{count}家，本年已退库{}家",
                province.left
            ))
        }
        "outlook.hand-overs" => Some(format!("已移交拟退规预警名单{}次", live.hand_overs)),
        "outlook.follow-ups" => {
            let closed = live.follow_ups.iter().filter(|own| own.is_closed()).count();
            let open = live.follow_ups.len() - closed;
            Some(format!("逐户跟进{open}家，已办结{closed}家"))
        }
        "bulletins.quarterly" | "bulletins.annual" => {
            Some(format!("已生成通报{}份", live.bulletins))
        }
        _ => None,
    }
}

fn push_line(live: &Live) -> String {
    match &live.push {
        Some(push) => format!(
            "最近一次推送：第{}次，{}，{} 条",
            push.id,
            push.on,
            Field::Count(push.count as i64).shown()
        ),
        None => "还没有推送过".to_string(),
    }
}

fn pool_line(live: &Live) -> String {
    let areas: Vec<&Coverage> = live.coverage.iter().filter(|c| c.is_area).collect();
    let counted: u32 = areas.iter().map(|c| c.counted()).sum();
    let short = areas
        .iter()
        .filter(|c| c.missing().is_some_and(|gap| gap > 0))
        .count();
    match live.progress.province.target {
        Some(target) => {
            let multiple = Field::Multiple {
                part: i64::from(counted),
                of: i64::from(target),
            };
            format!(
                "培育库{counted}家，为目标的{}，{short}个市不足",
                multiple.shown()
            )
        }
        None => format!("培育库{counted}家，年度目标尚未下达"),
    }
}
