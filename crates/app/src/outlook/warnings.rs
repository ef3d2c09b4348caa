//! Warned firms as officials see them: level and categories of reasons; no figure, and points
//! for the statistics authority alone (red line 4).

use super::{newest, pack_of};
use crate::cli::WarningsArgs;
use crate::office::{Office, refuse};
use crate::reader::Reader;
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::outlook::{self, Firms, Snapshot, categories, level_of};
use programme::people::{Scope, Whereabouts};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::{Origin, WarningField};
use rules::period::Month;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The newest run with the pack that decided it.
pub struct Judged {
    pub snapshot: Snapshot,
    pub pack: Arc<Pack>,
    pub firms: Arc<Firms>,
    pub parameters: Vec<Option<i64>>,
    /// Slots of the level and of the level that is possible.
    slots: (Option<usize>, Option<usize>),
    /// Laid out where somebody first asks for it, once for all readers.
    roll: Arc<OnceLock<Roll>>,
}

/// Everybody who is warned of, and who could be; no reader is given it whole.
pub struct Roll {
    /// Gravest first, then by place.
    warned: Vec<Warned>,
    /// Firms without a warning that something unknown could bring one, with its level.
    unproven: Vec<(usize, Whereabouts, usize)>,
}

/// A warned firm.
pub struct Warned {
    pub firm: usize,
    place: Whereabouts,
    pub level: usize,
    /// A graver level that it could reach.
    pub possible: Option<usize>,
    pub reasons: Vec<usize>,
}

/// Which firms are looked for; everything where nothing is named.
#[derive(Default)]
pub struct Wanted {
    pub levels: Vec<usize>,
    pub reason: Option<usize>,
    pub division: Option<DivisionCode>,
}

/// A run (of a month where one is given) as its own pack judges it.
pub async fn judged(office: &Office, as_of: Option<Month>) -> Result<Judged> {
    // Where the facts have changed since, this says that the run has to be made again.
    let (snapshot, firms) = newest(office, as_of).await?;
    let pack = pack_of(office, &snapshot).await?;
    let firms = match pack.fingerprint == office.pack.fingerprint {
        true => firms,
        false => as_judged(office, &pack, &snapshot).await?,
    };
    let slot = |field| pack.slot(Origin::Warning(field));
    Ok(Judged {
        slots: (slot(WarningField::Level), slot(WarningField::Possible)),
        roll: office.memory.roll(snapshot.id, &pack.fingerprint),
        parameters: pack.parameters_on(snapshot.as_of.last_day()),
        snapshot,
        pack,
        firms,
    })
}

/// The firms by another pack than today's, loaded once.
async fn as_judged(office: &Office, pack: &Arc<Pack>, snapshot: &Snapshot) -> Result<Arc<Firms>> {
    if let Some(firms) = office.memory.judged(snapshot.id, &pack.fingerprint) {
        return Ok(firms);
    }
    let firms = Arc::new(outlook::load(office.db.reading(), pack, snapshot).await?);
    let memory = &office.memory;
    memory.keep_judged(snapshot.id, &pack.fingerprint, &firms);
    Ok(firms)
}

impl Judged {
    /// The level of a firm and the one that it could reach; none where it has no card.
    pub fn levels(&self, firm: usize) -> Option<(Option<usize>, Option<usize>)> {
        let fact = |slot: Option<usize>| self.firms.fact(firm, slot?);
        let level = fact(self.slots.0)?;
        let level = level_of(Some(level));
        Some((level, level_of(fact(self.slots.1))))
    }

    /// A firm where it is warned of.
    pub fn warned(&self, firm: usize) -> Option<Warned> {
        let (level, possible) = self.levels(firm)?;
        let facts = self.firms.facts(firm);
        Some(Warned {
            firm,
            place: self.firms.whereabouts(firm),
            level: level?,
            possible: possible.filter(|possible| Some(*possible) > level),
            reasons: categories(&self.pack, &facts, &self.parameters),
        })
    }

    fn roll(&self) -> &Roll {
        self.roll.get_or_init(|| {
            let levels = |firm: &usize| self.levels(*firm);
            let firms = 0..self.firms.len();
            let unproven = firms.clone().filter_map(|firm| match levels(&firm)? {
                (None, Some(possible)) => Some((firm, self.firms.whereabouts(firm), possible)),
                _ => None,
            });
            let mut warned: Vec<Warned> = firms.filter_map(|firm| self.warned(firm)).collect();
            warned.sort_unstable_by_key(|own| {
                let place = (own.place.area, own.place.county);
                (std::cmp::Reverse(own.level), place, own.firm)
            });
            Roll {
                unproven: unproven.collect(),
                warned,
            }
        })
    }

    /// Firms without a warning that something unknown could bring one, with its level.
    pub fn unproven(&self, scope: &Scope, wanted: &Wanted) -> Vec<(usize, usize)> {
        let all = self.roll().unproven.iter();
        all.filter(|(_, place, _)| is_inside(place, scope, wanted))
            .map(|(firm, _, level)| (*firm, *level))
            .collect()
    }

    /// The warned firms that a reader may see, gravest first, then by place.
    pub fn find(&self, scope: &Scope, wanted: &Wanted) -> Vec<&Warned> {
        let is_wanted = |own: &&Warned| {
            (wanted.levels.is_empty() || wanted.levels.contains(&own.level))
                && wanted
                    .reason
                    .is_none_or(|reason| own.reasons.contains(&reason))
                && is_inside(&own.place, scope, wanted)
        };
        self.roll().warned.iter().filter(is_wanted).collect()
    }

    /// All warned firms with their levels, for counts; who shows one narrows to a reader.
    pub fn all(&self) -> impl Iterator<Item = (usize, usize)> {
        self.roll().warned.iter().map(|own| (own.firm, own.level))
    }

    pub fn level_name(&self, level: usize) -> &str {
        &self.pack.warnings.levels[level].name
    }

    pub fn reason_names(&self, reasons: &[usize]) -> Vec<String> {
        let all = &self.pack.warnings.reasons;
        reasons.iter().map(|own| all[*own].name.clone()).collect()
    }

    /// What is said of missing data: nothing where the level is certain.
    pub fn incomplete(&self, possible: Option<usize>) -> String {
        possible.map_or(String::new(), |level| {
            format!("数据不全，查明后最高可到{}", self.level_name(level))
        })
    }
}

/// Whether a reader may see a firm, and looks for where it is.
fn is_inside(place: &Whereabouts, scope: &Scope, wanted: &Wanted) -> bool {
    let is_there = wanted.division.is_none()
        || place.area == wanted.division
        || place.county == wanted.division;
    is_there && scope.covers_firm(place)
}

/// The levels and the category that somebody names.
pub fn wanted(
    pack: &Pack,
    levels: &[String],
    reason: Option<&str>,
    division: Option<DivisionCode>,
) -> Result<Wanted> {
    let warnings = &pack.warnings;
    let mut found = Vec::new();
    for text in levels {
        let Some(level) = warnings.level_named(text) else {
            let names = warnings.levels.iter().rev().map(|own| own.name.as_str());
            let names: Vec<&str> = names.collect();
            return refuse(format!("没有“{text}”级，可写 {}", names.join("、")));
        };
        found.push(level);
    }
    let reason = match reason {
        None => None,
        Some(text) => match warnings.reason_named(text) {
            Some(reason) => Some(reason),
            None => {
                let names = warnings.reasons.iter().map(|own| own.name.as_str());
                let names: Vec<&str> = names.collect();
                return refuse(format!("没有“{text}”这类原因，可写 {}", names.join("、")));
            }
        },
    };
    if let Some(code) = division
        && pack.divisions.place(code).is_none()
    {
        return refuse(format!("没有区划代码 {code}，请写省辖市或县的六位代码"));
    }
    Ok(Wanted {
        levels: found,
        reason,
        division,
    })
}

/// `shenggui outlook warnings`.
pub async fn command(office: &Office, arguments: &WarningsArgs) -> Result<Report> {
    let reader = Reader::of(office, arguments.agency.as_deref(), None)?;
    let judged = judged(office, arguments.as_of).await?;
    let wanted = wanted(
        &judged.pack,
        &arguments.level,
        arguments.reason.as_deref(),
        arguments.division,
    )?;
    let own = points_slot(&judged.pack);
    let own = own.filter(|slot| reader.scope.sees(judged.pack.facts[*slot].class));
    let points = own.filter(|_| arguments.purpose.is_some());
    if points.is_some() {
        let subject = "拟退规预警名单".to_string();
        let purpose = arguments.purpose.as_deref();
        reader.state_purpose(office, subject, purpose).await?;
    }
    let unproven = judged.unproven(&reader.scope, &wanted);
    let found = judged.find(&reader.scope, &wanted);
    let title = format!("拟退规预警名单  截至{}", judged.snapshot.as_of.in_words());
    let mut report = Report::new(title)
        .fact("count", "预警企业", Field::Count(found.len() as i64))
        .fact(
            "unproven",
            "暂无预警（数据不全）",
            Field::Count(unproven.len() as i64),
        )
        .table(by_level(&judged, &found))
        .table(by_area(&judged, &found));
    let (list, count) = match arguments.incomplete {
        true => (without(&judged, &unproven, arguments.limit), unproven.len()),
        false => (
            listed(&judged, &found, arguments.limit, points),
            found.len(),
        ),
    };
    report = report.table(list);
    if count > arguments.limit {
        report = report.note(format!(
            "共{count}家，只列出前{}家，用 --limit 增加",
            arguments.limit
        ));
    }
    if own.is_some() && points.is_none() {
        report = report.note("写明用途（--purpose）可见积分，用途记入日志");
    }
    report = report.note(judged.pack.warnings.hand_over.notice.clone());
    Ok(report.note("一家企业的积分卡：shenggui outlook card 代码 --as 统计局 --purpose 用途"))
}

pub fn points_slot(pack: &Pack) -> Option<usize> {
    pack.slot(Origin::Warning(WarningField::Points))
}

pub fn by_level(judged: &Judged, found: &[&Warned]) -> Table {
    let columns = [
        ("level", "级别"),
        ("count", "家数"),
        ("incomplete_count", "其中数据不全"),
        ("meaning", "意思"),
    ];
    let mut table = Table::new("levels", "各级家数", &columns);
    let levels = &judged.pack.warnings.levels;
    let mut counts = vec![(0, 0); levels.len()];
    for own in found {
        let (count, incomplete) = &mut counts[own.level];
        *count += 1;
        *incomplete += i64::from(own.possible.is_some());
    }
    for (level, (count, incomplete)) in levels.iter().zip(counts).rev() {
        table.row(vec![
            Field::text(level.name.clone()),
            Field::Count(count),
            Field::Count(incomplete),
            Field::text(level.meaning.clone()),
        ]);
    }
    table
}

pub fn by_area(judged: &Judged, found: &[&Warned]) -> Table {
    let levels = &judged.pack.warnings.levels;
    let mut columns = vec![("area", "省辖市"), ("count", "家数")];
    let keys = ["level_1", "level_2", "level_3", "level_4", "level_5"];
    let shown: Vec<usize> = (0..levels.len().min(keys.len())).rev().collect();
    columns.extend(
        shown
            .iter()
            .map(|level| (keys[*level], levels[*level].name.as_str())),
    );
    let mut table = Table::new("areas", "各地家数", &columns);
    let mut counts: BTreeMap<Option<DivisionCode>, Vec<i64>> = BTreeMap::new();
    for own in found {
        let area = counts.entry(own.place.area);
        area.or_insert_with(|| vec![0; levels.len()])[own.level] += 1;
    }
    let areas = judged.pack.divisions.areas().map(|area| Some(area.code));
    for area in areas.chain([None]) {
        let Some(own) = counts.get(&area) else {
            continue;
        };
        let mut row = vec![place(&judged.pack, area), Field::Count(own.iter().sum())];
        row.extend(shown.iter().map(|level| Field::Count(own[*level])));
        table.row(row);
    }
    table
}

pub fn listed(judged: &Judged, found: &[&Warned], limit: usize, points: Option<usize>) -> Table {
    let mut columns = vec![
        ("uscc", "统一社会信用代码"),
        ("firm", "企业名称"),
        ("area", "省辖市"),
        ("county", "县（市、区）"),
        ("level", "级别"),
        ("reasons", "原因类别"),
        ("incomplete", "数据"),
    ];
    if points.is_some() {
        columns.push(("points", "积分"));
    }
    let mut table = Table::new("firms", "企业", &columns);
    let firms = &judged.firms;
    for own in found.iter().take(limit) {
        let mut row = vec![
            Field::text(firms.uscc(own.firm).to_string()),
            super::name_of(firms, own.firm),
            place(&judged.pack, firms.area(own.firm)),
            place(&judged.pack, firms.county(own.firm)),
            Field::text(judged.level_name(own.level)),
            Field::text(judged.reason_names(&own.reasons).join("、")),
            match judged.incomplete(own.possible).as_str() {
                "" => Field::text("齐全"),
                text => Field::text(text),
            },
        ];
        if let Some(slot) = points {
            row.push(
                firms
                    .fact(own.firm, slot)
                    .map_or(Field::Unknown, Field::Count),
            );
        }
        table.row(row);
    }
    table
}

/// Firms without a warning of which not everything is known.
pub fn without(judged: &Judged, unproven: &[(usize, usize)], limit: usize) -> Table {
    let columns = [
        ("uscc", "统一社会信用代码"),
        ("firm", "企业名称"),
        ("area", "省辖市"),
        ("county", "县（市、区）"),
        ("level", "级别"),
        ("incomplete", "数据"),
    ];
    let mut table = Table::new("firms", "没有预警、数据不全的企业", &columns);
    let firms = &judged.firms;
    for (firm, possible) in unproven.iter().take(limit) {
        table.row(vec![
            Field::text(firms.uscc(*firm).to_string()),
            super::name_of(firms, *firm),
            place(&judged.pack, firms.area(*firm)),
            place(&judged.pack, firms.county(*firm)),
            Field::text(super::NO_WARNING),
            Field::text(judged.incomplete(Some(*possible))),
        ]);
    }
    table
}

pub fn place(pack: &Pack, code: Option<DivisionCode>) -> Field {
    code.map_or(Field::Unknown, |code| {
        Field::text(pack.divisions.name(code))
    })
}
