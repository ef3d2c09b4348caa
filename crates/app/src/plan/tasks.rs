//! What wants doing this week by who looks: each thing with the way to where it is done. Only
//! what the role may do and the scope covers is told.

use super::live::Live;
use super::{ListLink, Viewer};
use crate::extent::{Extent, is_in};
use crate::office::{Office, today};
use crate::outlook::warnings::judged;
use anyhow::Result;
use programme::bulletins::{self, Entry, Issue};
use programme::deliveries;
use programme::targets::{self, Deed, RoundState};
use rules::layout::LayoutPeriod;
use rules::pack::roles::Right;
use rules::period::{Month, ReportPeriod};
use std::collections::{BTreeMap, HashSet};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub link: ListLink,
    /// What to do about it, in a few words.
    pub note: String,
}

fn task(address: impl Into<String>, text: impl Into<String>, note: &str) -> Task {
    Task {
        link: ListLink {
            address: address.into(),
            text: text.into(),
        },
        note: note.to_string(),
    }
}

/// Everything, gravest first.
pub(super) async fn tasks(office: &Office, viewer: Viewer<'_>, live: &Live) -> Result<Vec<Task>> {
    let mut found = Vec::new();
    if viewer.role.may(Right::FollowUp) {
        found.extend(unfollowed(office, live).await?);
    }
    if viewer.role.may(Right::Consult) || viewer.role.may(Right::SetTargets) {
        found.extend(rounds(office, viewer, live).await?);
    }
    if viewer.role.may(Right::Compose) || viewer.role.may(Right::Issue) {
        found.extend(drafts(office, viewer, live).await?);
    }
    if viewer.role.may(Right::Deliver) {
        found.extend(missing_deliveries(office, viewer).await?);
    }
    if viewer.role.may(Right::Pool) {
        found.extend(short_pool(viewer, live));
    }
    Ok(found)
}

/// Firms of the gravest level that nobody follows.
async fn unfollowed(office: &Office, live: &Live) -> Result<Option<Task>> {
    let judged = judged(office, None).await?;
    let Some(gravest) = judged.pack.warnings.levels.len().checked_sub(1) else {
        return Ok(None);
    };
    let open = live.follow_ups.iter().filter(|own| !own.is_closed());
    let followed: HashSet<u128> = open.map(|own| own.uscc.key()).collect();
    let plane = live.plane.as_deref();
    let alone = judged.all().filter(|(firm, level)| {
        let is_followed = || followed.contains(&judged.firms.keys()[*firm]);
        *level == gravest && is_in(plane, *firm) && !is_followed()
    });
    let count = alone.count();
    let level = &judged.pack.warnings.levels[gravest];
    let division = live.extent.and_then(Extent::code);
    let division = division.map_or(String::new(), |code| format!("&division={code:06}"));
    Ok((count > 0).then(|| {
        let address = format!("/outlook/warnings?level={}{division}", level.id);
        let text = format!("{count} 家{}预警企业无人跟进", level.name);
        task(address, text, "统计部门移交后逐户跟进")
    }))
}

/// Rounds of targets that wait for the reader.
async fn rounds(office: &Office, viewer: Viewer<'_>, live: &Live) -> Result<Vec<Task>> {
    let db = office.db.reading();
    let pack = &office.pack;
    let now = live.snapshot.as_of.year();
    let own = viewer.scope.organisation().id();
    let mut found = Vec::new();
    let ground = match (viewer.scope.covers_province(), viewer.scope.place()) {
        (true, _) => pack.about.division.parse().ok(),
        (false, place) => place.filter(|code| pack.divisions.counties_of(*code).next().is_some()),
    };
    let Some(ground) = ground else {
        return Ok(found);
    };
    for year in now..=now + 1 {
        let address = format!("/targets?year={year}");
        let round = targets::round(db, year, ground).await?;
        let Some(round) = round else {
            let issued = targets::issued(db, pack, year).await?;
            let is_area = !viewer.scope.covers_province();
            if is_area && viewer.role.may(Right::SetTargets) && issued.contains_key(&ground) {
                let text = format!("{year}年度目标尚未分解到县（市、区）");
                found.push(task(address, text, "测算、会商后下达"));
            }
            continue;
        };
        let has_said = round
            .acts
            .iter()
            .any(|act| matches!(&act.deed, Deed::Consulted { with, .. } if *with == own));
        let may_set = viewer.role.may(Right::SetTargets);
        let text = match round.state {
            RoundState::Measured | RoundState::Consulted
                if viewer.role.may(Right::Consult) && !has_said =>
            {
                Some(("测算方案待本单位会商", "填写会商意见"))
            }
            RoundState::Measured if may_set => Some(("已测算，待会商", "请有关单位会商")),
            RoundState::Consulted if may_set => Some(("已会商，待报批", "报批后登记批准")),
            RoundState::Approved if may_set => Some(("已批准，待下达", "编号下达")),
            _ => None,
        };
        found.extend(text.map(|(text, note)| task(address, format!("{year}年度目标{text}"), note)));
    }
    Ok(found)
}

/// Drafts that wait, and the last quarter where nobody has drafted.
async fn drafts(office: &Office, viewer: Viewer<'_>, live: &Live) -> Result<Vec<Task>> {
    let mut newest: BTreeMap<String, Issue> = BTreeMap::new();
    for issue in bulletins::issues(office.db.reading()).await? {
        let is_step = !matches!(issue.entry, Entry::AnnexApproved(_));
        if is_step {
            newest.entry(issue.period.to_string()).or_insert(issue);
        }
    }
    let mut found = Vec::new();
    for issue in newest.values() {
        let period = issue.period;
        let text = match issue.entry {
            Entry::Draft => "通报送审稿待核稿",
            Entry::Approved => "通报已核稿，待印发",
            _ => continue,
        };
        if viewer.role.may(Right::Issue) {
            let text = format!("{}{text}", period.in_words());
            found.push(task(
                format!("/bulletins/periods/{period}"),
                text,
                "起草人不能核稿和印发",
            ));
        }
    }
    let as_of = live.snapshot.as_of;
    let ended = as_of.plus(-((as_of.number() as i32) % 3));
    let quarter = ReportPeriod::Quarter {
        year: ended.year(),
        quarter: ended.number() / 3,
    };
    if viewer.role.may(Right::Compose) && !newest.contains_key(&quarter.to_string()) {
        let text = format!("{}通报尚未起草", quarter.in_words());
        found.push(task(
            format!("/bulletins/periods/{quarter}"),
            text,
            "起草送审稿",
        ));
    }
    Ok(found)
}

/// Monthly deliveries of the reader's organisation that have not come for the last month.
async fn missing_deliveries(office: &Office, viewer: Viewer<'_>) -> Result<Vec<Task>> {
    let due = Month::of(today()).plus(-1);
    let batches = deliveries::batches(office.db.reading()).await?;
    let force = deliveries::in_force(&batches, today());
    let layouts = office.pack.layouts.iter();
    let monthly = layouts.filter(|own| own.period == LayoutPeriod::Month);
    let organisation = viewer.scope.organisation();
    let all = viewer.role.may(Right::Run);
    let mut found = Vec::new();
    for layout in monthly.filter(|own| all || organisation.is_among(&own.agencies)) {
        let months = force.iter().filter(|own| own.kind == layout.id);
        let last = months.map(|own| own.month).max();
        if last.is_some_and(|last| last >= due) {
            continue;
        }
        let text = format!("{}{}还没有收到", due.in_words(), layout.name);
        let note = match (all, last) {
            (true, Some(last)) => format!("只到{}，请催报", last.in_words()),
            (false, Some(last)) => format!("只到{}，请报送", last.in_words()),
            (_, None) => "从未报送".to_string(),
        };
        found.push(task("/indicators", text, &note));
    }
    Ok(found)
}

fn short_pool(viewer: Viewer<'_>, live: &Live) -> Option<Task> {
    let pool = live.pool()?;
    let gap = pool.missing.filter(|gap| *gap > 0)?;
    let query = live.extent.map_or(String::new(), Extent::query);
    let (address, text) = match live.extent {
        Some(Extent::Province) => {
            let text = format!("{} 个市培育库不足，共缺 {gap} 家", pool.short_within);
            ("/pool".to_string(), text)
        }
        _ => (format!("/pool?{query}"), format!("培育库缺 {gap} 家")),
    };
    let note = match viewer.role.may(Right::Admit) {
        true => "从候选企业中纳入",
        false => "由市、县纳入",
    };
    Some(task(address, text, note))
}
