//! The map: every area with its progress, pool, probability and warnings, as tiles and as a
//! table that goes down to counties.
//!
//! Only divisions within the reader's region are on it; the province's own line is for every
//! office.

mod cells;
pub mod file;
mod meaning;
#[cfg(test)]
mod tests;
pub mod web;

use crate::extent::Extent;
use crate::grounds::sums_now;
use crate::office::Office;
use crate::outlook::newest;
use crate::outlook::warnings::{Judged, judged};
use anyhow::Result;
use programme::outlook::follow_ups;
use programme::outlook::{Firms, Snapshot};
use programme::people::Scope;
use programme::pool::Coverage;
use programme::targets::progress::{DivisionProgress, Progress};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What is shown of a part of the province, without what takes long to compute.
pub struct Picture {
    pub snapshot: Snapshot,
    pub firms: Arc<Firms>,
    /// Share of the year's target that experience expects by now, in percent.
    pub expected_percent: u32,
    /// Name of the gravest level of warnings.
    pub gravest: String,
    /// The province first, where it is shown; then what the page is about, then its parts.
    pub lines: Vec<Line>,
}

/// One division.
#[derive(Debug, Clone)]
pub struct Line {
    pub kind: LineKind,
    /// None for the province and for firms whose county is not known.
    pub code: Option<DivisionCode>,
    pub name: String,
    pub progress: DivisionProgress,
    pub pool: PoolLine,
    pub warned: Warned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Province,
    Area,
    County,
    /// Firms of an area whose county is not known.
    Rest,
}

/// Of coverage what the map shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolLine {
    pub in_pool: u32,
    /// With those that came above scale this year.
    pub counted: u32,
    /// Firms that are missing; none without a target.
    pub missing: Option<u32>,
}

/// Warned firms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Warned {
    pub all: u32,
    /// Of the gravest level, and of these those that nobody follows.
    pub gravest: u32,
    pub alone: u32,
}

/// The picture of an extent for a scope.
pub async fn picture(office: &Office, scope: &Scope, extent: Extent) -> Result<Arc<Picture>> {
    let (snapshot, firms) = newest(office, None).await?;
    let change = office.last_change().await?;
    let pack = &office.pack.fingerprint;
    let made_from = format!("{:?}", (snapshot.id, change, pack, extent, scope));
    let maps = &office.memory.maps;
    if let Some(kept) = maps.get(&made_from) {
        return Ok(kept);
    }
    let _turn = office.memory.composing.lock().await;
    if let Some(kept) = maps.get(&made_from) {
        return Ok(kept);
    }
    let drawn = Arc::new(draw(office, scope, extent, snapshot, firms).await?);
    maps.keep(made_from, &drawn);
    Ok(drawn)
}

async fn draw(
    office: &Office,
    scope: &Scope,
    extent: Extent,
    snapshot: Snapshot,
    firms: Arc<Firms>,
) -> Result<Picture> {
    let sums = sums_now(office, &snapshot, &firms).await?;
    let (progress, coverage) = (&sums.progress, &sums.coverage);
    let judged = judged(office, None).await?;
    let follow_ups = follow_ups::read(office.db.reading()).await?;
    let open = follow_ups.iter().filter(|own| !own.is_closed());
    let followed: HashSet<u128> = open.map(|own| own.uscc.key()).collect();
    let ground = Ground {
        pack: &office.pack,
        progress,
        coverage,
        warned: warned(&judged, &followed),
    };
    let mut lines = ground.lines(extent);
    lines.retain(|line| match (line.kind, line.code) {
        // How the province does is no secret among offices.
        (LineKind::Province, _) => scope.covers_province() || scope.place().is_some(),
        (_, Some(code)) => scope.covers_division(&office.pack, code),
        (_, None) => {
            matches!(extent, Extent::Area(code) if scope.covers_division(&office.pack, code))
        }
    });
    let levels = &judged.pack.warnings.levels;
    Ok(Picture {
        expected_percent: progress.expected_percent,
        gravest: levels
            .last()
            .map_or(String::new(), |level| level.name.clone()),
        lines,
        snapshot,
        firms,
    })
}

/// What lines are made from.
struct Ground<'a> {
    pack: &'a Pack,
    progress: &'a Progress,
    coverage: &'a [Coverage],
    /// By area and county; an area's own sum stands under no county.
    warned: BTreeMap<(Option<DivisionCode>, Option<DivisionCode>), Warned>,
}

impl Ground<'_> {
    fn lines(&self, extent: Extent) -> Vec<Line> {
        let mut lines = vec![self.province()];
        for row in &self.progress.areas {
            let Some(area) = row.area.division else {
                continue;
            };
            let counties = row.counties.iter();
            match extent {
                Extent::Province => lines.push(self.area(area, &row.area)),
                Extent::Area(code) if code == area => {
                    lines.push(self.area(area, &row.area));
                    lines.extend(counties.map(|county| self.county(area, county)));
                }
                Extent::County(code) => {
                    let own = counties.filter(|county| county.division == Some(code));
                    lines.extend(own.map(|county| self.county(area, county)));
                }
                Extent::Area(_) | Extent::Zone(_) => {}
            }
        }
        lines
    }

    fn province(&self) -> Line {
        let areas = || self.coverage.iter().filter(|own| own.is_area);
        let code: Option<DivisionCode> = self.pack.about.division.parse().ok();
        Line {
            kind: LineKind::Province,
            code: None,
            name: code.map_or("全省".to_string(), |code| self.pack.divisions.name(code)),
            progress: self.progress.province.clone(),
            pool: PoolLine {
                in_pool: areas().map(|own| own.in_pool).sum(),
                counted: areas().map(Coverage::counted).sum(),
                // One area's surplus does not fill another's gap.
                missing: areas().map(Coverage::missing).sum(),
            },
            warned: self.warned.get(&(None, None)).copied().unwrap_or_default(),
        }
    }

    fn area(&self, area: DivisionCode, progress: &DivisionProgress) -> Line {
        let pool = self
            .coverage
            .iter()
            .find(|own| own.is_area && own.area == area);
        Line {
            kind: LineKind::Area,
            code: Some(area),
            name: self.pack.divisions.name(area),
            progress: progress.clone(),
            pool: pool.map(pool_line).unwrap_or_default(),
            warned: self
                .warned
                .get(&(Some(area), None))
                .copied()
                .unwrap_or_default(),
        }
    }

    fn county(&self, area: DivisionCode, progress: &DivisionProgress) -> Line {
        let county = progress.division;
        let pool = self.coverage.iter();
        let pool = pool.filter(|own| !own.is_area && own.area == area);
        let pool = pool.clone().find(|own| own.county == county);
        let unknown = Some(0);
        Line {
            kind: county.map_or(LineKind::Rest, |_| LineKind::County),
            code: county,
            name: county.map_or("市直及县级待核".to_string(), |code| {
                self.pack.divisions.name(code)
            }),
            progress: progress.clone(),
            pool: pool.map(pool_line).unwrap_or_default(),
            warned: self
                .warned
                .get(&(Some(area), county.or(unknown)))
                .copied()
                .unwrap_or_default(),
        }
    }
}

fn pool_line(coverage: &Coverage) -> PoolLine {
    PoolLine {
        in_pool: coverage.in_pool,
        counted: coverage.counted(),
        missing: coverage.missing(),
    }
}

/// Warned firms by place, in one pass; of an unknown county under 0.
fn warned(
    judged: &Judged,
    followed: &HashSet<u128>,
) -> BTreeMap<(Option<DivisionCode>, Option<DivisionCode>), Warned> {
    let gravest = judged.pack.warnings.levels.len().checked_sub(1);
    let mut found: BTreeMap<(Option<DivisionCode>, Option<DivisionCode>), Warned> = BTreeMap::new();
    for (firm, level) in judged.all() {
        let is_gravest = Some(level) == gravest;
        let is_alone = is_gravest && !followed.contains(&judged.firms.keys()[firm]);
        let (area, county) = (judged.firms.area(firm), judged.firms.county(firm));
        let mut places = vec![(None, None)];
        if area.is_some() {
            places.extend([(area, None), (area, county.or(Some(0)))]);
        }
        for place in places {
            let own = found.entry(place).or_default();
            own.all += 1;
            own.gravest += u32::from(is_gravest);
            own.alone += u32::from(is_alone);
        }
    }
    found
}
