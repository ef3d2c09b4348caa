//! The figures under a clause, and the ways into the lists behind them.

use super::live::Live;
use super::{ListLink, Viewer};
use crate::extent::Extent;
use crate::report::Field;
use programme::targets::progress::DivisionProgress;
use rules::pack::clauses::Clause;
use rules::pack::roles::Right;
use rules::period::ReportPeriod;

/// Links under one clause.
const LINKS_MAX: usize = 3;

/// The share of the target that is reached.
pub fn completion(line: &DivisionProgress) -> Field {
    line.target.map_or(Field::Empty, |target| Field::Percent {
        part: i64::from(line.entered),
        of: i64::from(target),
    })
}

fn shown(number: usize) -> String {
    Field::Count(number as i64).shown()
}

/// Lines of figures, each once: of what the program does for the clause, and of its measures.
pub(super) fn lines(live: &Live, clause: &Clause, measures: &[usize]) -> Vec<String> {
    if live.extent.is_none() {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    for capability in capabilities(clause) {
        let line = of_targets(live, capability)
            .or_else(|| of_firms(live, clause, capability))
            .or_else(|| of_records(live, capability));
        if let Some(text) = line.filter(|text| !lines.contains(text)) {
            lines.push(text);
        }
    }
    lines.extend(of_measures(live, measures));
    lines
}

fn capabilities(clause: &Clause) -> impl Iterator<Item = &str> {
    let works = clause.works.iter();
    works.filter_map(|work| Some(work.split_once(':')?.1))
}

fn of_targets(live: &Live, capability: &str) -> Option<String> {
    let as_of = live.snapshot.as_of;
    let year = as_of.year();
    match capability {
        "targets.progress" => {
            let line = live.progress_line()?;
            Some(match line.target {
                Some(target) => format!(
                    "{year}年1—{}月新增 {} 家，目标 {target} 家，完成率 {}；预期进度 {}%",
                    as_of.number(),
                    line.entered,
                    completion(line).shown(),
                    live.sums.progress.expected_percent
                ),
                None => format!("{year}年新增 {} 家，年度目标尚未下达", line.entered),
            })
        }
        "targets.cumulative" => {
            let (first, entered) = live.since;
            Some(format!("{first}年以来累计新增 {} 家", shown(entered)))
        }
        "targets.issued" => {
            let years = live.pack.targets.iter();
            let years = years.map(|own| format!("{}年 {} 家", own.year, own.total));
            let years: Vec<String> = years.collect();
            Some(format!("已随方案下达的年度：{}", years.join("、")))
        }
        "targets.measure" => Some(match live.progress_line()?.target {
            Some(target) => format!("{year}年目标 {target} 家，已测算、会商、报批并下达"),
            None => format!("{year}年目标尚未下达"),
        }),
        _ => None,
    }
}

fn of_firms(live: &Live, clause: &Clause, capability: &str) -> Option<String> {
    match capability {
        "pool.coverage" => pool_line(live),
        "pool.candidates" => {
            let classes = live.pack.classes.iter().enumerate();
            let own = classes.filter(|(_, class)| class.cites.contains(&clause.id));
            let counted = own.map(|(index, class)| {
                let firms = live.count_of(|firm| live.firms.class(firm, index) == Some(true));
                format!("{} {} 家", class.name, shown(firms))
            });
            let counted: Vec<String> = counted.collect();
            (!counted.is_empty()).then(|| counted.join("，"))
        }
        "outlook.warnings" => {
            let stage = live.pack.stages.iter().position(|own| own.id == "warned")?;
            let warned = live.count_of(|firm| live.firms.stage(firm) == Some(stage));
            let left = live.progress_line().map(|line| line.left);
            let left = left.map_or(String::new(), |left| format!("，本年已退库 {left} 家"));
            Some(format!("在规企业中有退规风险的 {} 家{left}", shown(warned)))
        }
        _ => None,
    }
}

fn of_records(live: &Live, capability: &str) -> Option<String> {
    match capability {
        "measures.pushes" => Some(match &live.push {
            Some(push) => format!(
                "最近一次推送：第{}次，{}，全省 {} 条",
                push.id,
                push.on,
                Field::Count(push.count as i64).shown()
            ),
            None => "还没有推送过".to_string(),
        }),
        "measures.comparison" => Some(format!(
            "升规前后对照 {} 项，在企业页面查看",
            live.pack.comparison.lines.len()
        )),
        "outlook.hand-overs" => {
            let firms: u64 = live.hand_overs.iter().map(|own| own.count).sum();
            Some(match live.hand_overs.len() {
                0 => "还没有移交过拟退规预警名单".to_string(),
                lists => format!("已移交拟退规预警名单 {lists} 次、{firms} 家次"),
            })
        }
        "outlook.follow-ups" => {
            let closed = live.follow_ups.iter().filter(|own| own.is_closed()).count();
            let open = live.follow_ups.iter().filter(|own| !own.is_closed());
            let silent = open.clone().filter(|own| own.acts.is_empty()).count();
            let open = open.count();
            Some(format!(
                "逐户跟进 {open} 家，其中尚无跟进记录 {silent} 家，已办结 {closed} 家"
            ))
        }
        "bulletins.quarterly" | "bulletins.annual" => {
            let is_annual = capability == "bulletins.annual";
            let own = live
                .issued
                .iter()
                .filter(|own| matches!(own.period, ReportPeriod::Year(_)) == is_annual);
            let last = own.clone().map(|own| own.period).next();
            let last = last.map_or(String::new(), |own| format!("，最近一期{}", own.in_words()));
            Some(format!("已印发通报 {} 份{last}", own.count()))
        }
        _ => None,
    }
}

fn pool_line(live: &Live) -> Option<String> {
    let pool = live.pool()?;
    let counted = Field::count(pool.counted).shown();
    let Some(target) = pool.target else {
        return Some(format!("培育库 {counted} 家，年度目标尚未下达"));
    };
    let multiple = Field::Multiple {
        part: i64::from(pool.counted),
        of: i64::from(target),
    };
    let short = match (live.extent, pool.missing.unwrap_or(0)) {
        (Some(Extent::Province), _) => format!("{} 个市不足", pool.short_within),
        (Some(Extent::Area(_)), 0) => format!("已足，{} 个县（市、区）不足", pool.short_within),
        (Some(Extent::Area(_)), gap) => {
            format!("缺 {gap} 家，{} 个县（市、区）不足", pool.short_within)
        }
        (_, 0) => "已足".to_string(),
        (_, gap) => format!("缺 {gap} 家"),
    };
    Some(format!(
        "培育库 {counted} 家，目标的 {}，{short}",
        multiple.shown()
    ))
}

/// Who is entitled, what came of it, and how much money that was.
fn of_measures(live: &Live, measures: &[usize]) -> Vec<String> {
    if measures.is_empty() {
        return Vec::new();
    }
    let (mut open, mut unknown) = (0, 0);
    for measure in measures {
        let counts = live.verdicts.counts(*measure, live.plane.as_deref());
        let [entitled, discretion, local, missing, _] = counts;
        open += entitled + discretion + local;
        unknown += missing;
    }
    let mut lines = vec![format!(
        "政策措施 {} 项：符合条件 {} 家次，待补数据 {} 家次",
        measures.len(),
        shown(open),
        shown(unknown)
    )];
    let ids: Vec<&str> = measures
        .iter()
        .map(|own| live.pack.measures[*own].id.as_str())
        .collect();
    let outcomes = live.outcomes.iter();
    let own = outcomes.filter(|own| ids.contains(&own.measure.as_str()));
    let granted: Vec<_> = own.clone().filter(|own| own.is_granted).collect();
    let refused = own.filter(|own| !own.is_granted).count();
    if !granted.is_empty() || refused > 0 {
        let money: i64 = granted.iter().filter_map(|own| own.amount_fen).sum();
        let money = match money {
            0 => String::new(),
            fen => format!("、{} 万元", Field::Money(fen).shown()),
        };
        lines.push(format!(
            "已享受 {} 家次{money}，未批准 {} 家次",
            shown(granted.len()),
            shown(refused)
        ));
    }
    lines
}

/// At most three ways into lists, none to what the reader may not open.
pub(super) fn links(
    live: &Live,
    viewer: Viewer<'_>,
    clause: &Clause,
    measures: &[usize],
) -> Vec<ListLink> {
    let mut found: Vec<ListLink> = Vec::new();
    if live.extent.is_some() {
        for capability in capabilities(clause) {
            let wanted = ways(live, clause, capability);
            let open = wanted
                .into_iter()
                .filter(|(right, _)| viewer.role.may(*right));
            for (_, link) in open {
                if found.iter().all(|own| own.address != link.address) {
                    found.push(link);
                }
            }
        }
    }
    if viewer.role.may(Right::Measures) {
        found.extend(ways_to_measures(
            live,
            clause,
            measures,
            LINKS_MAX - found.len().min(2),
        ));
    }
    found.truncate(LINKS_MAX);
    found
}

fn ways_to_measures(
    live: &Live,
    clause: &Clause,
    measures: &[usize],
    most: usize,
) -> Vec<ListLink> {
    let division = live.extent.and_then(Extent::code);
    let division = division.map(|code| format!("division={code:06}"));
    if measures.len() > most {
        let division = division.map_or(String::new(), |own| format!("&{own}"));
        return vec![ListLink {
            address: format!("/measures?clause={}{division}", clause.id),
            text: format!("这 {} 项措施", measures.len()),
        }];
    }
    let own = measures.iter().map(|index| &live.pack.measures[*index]);
    let links = own.map(|measure| ListLink {
        address: match &division {
            Some(division) => format!("/measures/{}?{division}", measure.id),
            None => format!("/measures/{}", measure.id),
        },
        text: measure.name.clone(),
    });
    links.collect()
}

/// Where the lists of a capability are, with the right that opens them.
fn ways(live: &Live, clause: &Clause, capability: &str) -> Vec<(Right, ListLink)> {
    let query = live.extent.map_or(String::new(), Extent::query);
    let code = live.extent.and_then(Extent::code);
    let with = |path: &str, query: &str| match query.is_empty() {
        true => path.to_string(),
        false => format!("{path}?{query}"),
    };
    let link = |address: String, text: &str| ListLink {
        address,
        text: text.to_string(),
    };
    match capability {
        "targets.progress" | "targets.measure" | "targets.issued" => {
            let year = live.snapshot.as_of.year();
            let year = match capability {
                "targets.issued" => live.pack.targets.first().map_or(year, |own| own.year),
                _ => year,
            };
            let text = format!("{year}年目标和进度");
            vec![(Right::Targets, link(format!("/targets?year={year}"), &text))]
        }
        "targets.cumulative" => vec![(Right::Map, link("/outlook".to_string(), "各地进展"))],
        "pool.coverage" => vec![(Right::Pool, link(with("/pool", &query), "培育库"))],
        "pool.candidates" => {
            let own = live.pack.classes.iter();
            let own = own.filter(|class| class.cites.contains(&clause.id));
            let ways = own.map(|class| {
                let wanted = [format!("class={}", class.id), query.clone()];
                let wanted: Vec<String> = wanted.into_iter().filter(|q| !q.is_empty()).collect();
                let address = with("/register", &wanted.join("&"));
                (Right::Firms, link(address, &class.name))
            });
            ways.collect()
        }
        "outlook.warnings" => {
            let query = code.map_or(String::new(), |code| format!("division={code:06}"));
            let address = with("/outlook/warnings", &query);
            vec![(Right::Warnings, link(address, "退规预警名单"))]
        }
        "exchange.lists" => {
            let own = link("/exchange".to_string(), "名单交换");
            vec![(Right::Exchange, own)]
        }
        "bulletins.quarterly" | "bulletins.annual" | "bulletins.annexes" => {
            vec![(Right::Bulletins, link("/bulletins".to_string(), "通报"))]
        }
        _ => Vec::new(),
    }
}
