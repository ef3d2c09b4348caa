//! The living plan: every clause with its state and the figures that matter for it, for the
//! province or one place, now or as it was; and what wants doing by who looks.
//!
//! It decides nothing: figures come from the nouns, words and units from the pack.

mod lines;
pub use lines::completion;
mod live;
mod moment;
pub mod original;
mod tasks;
#[cfg(test)]
mod tests;
pub mod web;

use crate::extent::Extent;
use crate::office::{Office, today};
use crate::report::Field;
use anyhow::Result;
use live::Live;
use moment::{Moment, Wanted, moment};
use programme::attachments;
use programme::people::Scope;
use rules::pack::Pack;
use rules::pack::clauses::{Clause, ClauseKind};
use rules::pack::original::Original;
use rules::pack::roles::{Right, Role};
use rules::period::Month;
use std::sync::Arc;
pub use tasks::Task;

/// Who looks at the page, as far as it matters for what is on it.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    pub role: &'a Role,
    pub scope: &'a Scope,
}

/// The page without its frame: kept until something of it changes.
pub struct Living {
    pub plan_title: String,
    pub extent: String,
    pub snapshot: i64,
    pub as_of: Month,
    pub known_by: String,
    /// Day of the law and of the records where an earlier state is shown.
    pub past: Option<String>,
    /// Months that can be asked for, newest first.
    pub months: Vec<Month>,
    pub headline: Vec<Figure>,
    pub sections: Vec<Section>,
    pub tasks: Vec<Task>,
    /// Name, document hash and day of the attached text.
    pub text: Option<String>,
}

/// One figure at the head.
pub struct Figure {
    pub label: &'static str,
    pub value: String,
    pub address: String,
    pub note: String,
}

/// The clauses under one heading.
pub struct Section {
    pub anchor: String,
    pub title: String,
    pub lamp: Lamp,
    pub state: String,
    pub clauses: Vec<Entry>,
    /// Paragraphs of the plan's own text under this heading.
    pub original: Vec<String>,
}

/// One clause.
pub struct Entry {
    pub id: String,
    pub kinds: String,
    pub text: String,
    pub units: String,
    pub lamp: Lamp,
    pub lines: Vec<String>,
    pub links: Vec<ListLink>,
    pub missing: Option<String>,
    /// Sentences of the plan's own text that are marked as this clause.
    pub original: Vec<String>,
}

/// A way to the list behind a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListLink {
    pub address: String,
    pub text: String,
}

/// Whether something in the program makes a clause work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lamp {
    Works,
    Partly,
    Dark,
}

impl Lamp {
    /// Class of the lamp's shape and colour.
    pub fn class(&self) -> &'static str {
        match self {
            Lamp::Works => "on-course",
            Lamp::Partly => "at-risk",
            Lamp::Dark => "none",
        }
    }

    pub fn word(&self) -> &'static str {
        match self {
            Lamp::Works => "有功能支撑",
            Lamp::Partly => "部分支撑",
            Lamp::Dark => "尚无支撑",
        }
    }

    fn of(working: usize, all: usize, is_dark: bool) -> Lamp {
        match working {
            count if count == all => Lamp::Works,
            0 if is_dark => Lamp::Dark,
            _ => Lamp::Partly,
        }
    }
}

/// The page for somebody, of an extent that is theirs to see; none without a region.
async fn living(
    office: &Office,
    viewer: Viewer<'_>,
    extent: Option<Extent>,
    wanted: Wanted,
) -> Result<Arc<Living>> {
    let (moment, months) = moment(office, wanted).await?;
    let change = office.last_change().await?;
    let made_from = format!(
        "{:?}",
        (
            (
                moment.snapshot.id,
                moment.is_past,
                moment.horizon,
                moment.law
            ),
            (extent, &viewer.role.id, viewer.scope),
            (change, today(), &office.pack.fingerprint),
        )
    );
    let plans = &office.memory.plans;
    if let Some(kept) = plans.get(&made_from) {
        return Ok(kept);
    }
    let _turn = office.memory.composing.lock().await;
    if let Some(kept) = plans.get(&made_from) {
        return Ok(kept);
    }
    let live = live::gather(office, &moment, extent).await?;
    let tasks = match moment.is_past {
        true => Vec::new(),
        false => tasks::tasks(office, viewer, &live).await?,
    };
    let text = original::attached(office).await?;
    let living = compose(&moment, months, &live, viewer, tasks, text);
    let living = Arc::new(living);
    plans.keep(made_from, &living);
    Ok(living)
}

fn compose(
    moment: &Moment,
    months: Vec<Month>,
    live: &Live,
    viewer: Viewer<'_>,
    tasks: Vec<Task>,
    text: Option<(attachments::Attachment, Original)>,
) -> Living {
    let pack = &live.pack;
    let (attachment, original) = match text {
        Some((attachment, original)) => (Some(attachment), original),
        None => (None, Original::default()),
    };
    let mut sections: Vec<Section> = Vec::new();
    for clause in &pack.clauses {
        let entry = entry(live, viewer, clause, &original);
        match sections
            .last_mut()
            .filter(|own| own.title == clause.section)
        {
            Some(section) => section.clauses.push(entry),
            None => sections.push(Section {
                anchor: format!("s{}", sections.len() + 1),
                title: clause.section.clone(),
                lamp: Lamp::Dark,
                state: String::new(),
                clauses: vec![entry],
                original: original
                    .sections
                    .get(&clause.section)
                    .cloned()
                    .unwrap_or_default(),
            }),
        }
    }
    for section in &mut sections {
        let lamps = || section.clauses.iter().map(|entry| entry.lamp);
        let working = lamps().filter(|lamp| *lamp == Lamp::Works).count();
        let is_dark = lamps().all(|lamp| lamp == Lamp::Dark);
        section.lamp = Lamp::of(working, section.clauses.len(), is_dark);
        section.state = format!("{working}/{}", section.clauses.len());
    }
    Living {
        plan_title: pack.about.plan_title.clone(),
        extent: live
            .extent
            .map_or(String::new(), |extent| extent.name(pack)),
        snapshot: moment.snapshot.id,
        as_of: moment.snapshot.as_of,
        known_by: moment.snapshot.known_by.to_string(),
        past: moment.is_past.then(|| moment.law.to_string()),
        months,
        headline: headline(live, viewer),
        sections,
        tasks,
        text: attachment.map(|own| {
            let by = programme::people::Organisation::read(pack, &own.organisation);
            let by = by.map_or(own.organisation.clone(), |by| by.name(pack, own.on));
            format!(
                "原文取自“{}”，{}由{by}存入，SM3 {}",
                own.name, own.on, own.hash
            )
        }),
    }
}

fn headline(live: &Live, viewer: Viewer<'_>) -> Vec<Figure> {
    let Some(extent) = live.extent else {
        return Vec::new();
    };
    let address = |right: Right, path: &str, query: &str| {
        let parts: Vec<String> = [query.to_string(), extent.query()].into();
        let parts: Vec<String> = parts.into_iter().filter(|own| !own.is_empty()).collect();
        match (viewer.role.may(right), parts.is_empty()) {
            (false, _) => String::new(),
            (true, true) => path.to_string(),
            (true, false) => format!("{path}?{}", parts.join("&")),
        }
    };
    let figure = |label, field: Field, address: String, note: String| Figure {
        label,
        value: field.shown(),
        address,
        note,
    };
    let firms = Field::Count(live.count() as i64);
    let register = address(Right::Firms, "/register", "");
    let mut figures = vec![figure("企业", firms, register, String::new())];
    let scale = address(Right::Firms, "/register", "stage=in_scale&stage=warned");
    let pool = address(Right::Pool, "/pool", "");
    if let Some(line) = live.progress_line() {
        let targets = address(Right::Targets, "/targets", "");
        let expected = format!("预期进度 {}%", live.sums.progress.expected_percent);
        figures.extend([
            figure(
                "在库规上企业",
                Field::count(line.in_scale),
                scale,
                String::new(),
            ),
            figure(
                "年度目标",
                Field::maybe_count(line.target),
                targets.clone(),
                String::new(),
            ),
            figure(
                "本年新增",
                Field::count(line.entered),
                targets.clone(),
                String::new(),
            ),
            figure("完成率", lines::completion(line), targets, expected),
        ]);
    }
    if let Some(pool_line) = live.pool() {
        figures.push(figure(
            "培育库",
            Field::count(pool_line.in_pool),
            pool,
            String::new(),
        ));
    }
    figures
}

fn entry(live: &Live, viewer: Viewer<'_>, clause: &Clause, original: &Original) -> Entry {
    let pack: &Pack = &live.pack;
    let kinds: Vec<&str> = clause.kinds.iter().map(|kind| kind_name(*kind)).collect();
    let units = clause.agencies.iter().map(|id| match id.as_str() {
        "areas" => "各省辖市、济源示范区".to_string(),
        "counties" => "各县（市、区）".to_string(),
        id => pack.agency(id).map_or_else(
            || id.to_string(),
            |agency| agency.name_on(live.snapshot.known_by).short.clone(),
        ),
    });
    let units: Vec<String> = units.collect();
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
        units: match units.is_empty() {
            true => String::new(),
            false => format!("责任单位：{}", units.join("、")),
        },
        lamp: match (clause.works.is_empty() && measures.is_empty(), &missing) {
            (true, _) => Lamp::Dark,
            (false, Some(_)) => Lamp::Partly,
            (false, None) => Lamp::Works,
        },
        lines: lines::lines(live, clause, &measures),
        links: lines::links(live, viewer, clause, &measures),
        missing,
        original: original
            .clauses
            .get(&clause.id)
            .cloned()
            .unwrap_or_default(),
    }
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
