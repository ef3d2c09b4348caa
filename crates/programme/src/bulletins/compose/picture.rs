//! What the sections look at: areas with their pools side by side, ranked and grouped.
//!
//! Comparisons are exact (products of whole numbers); only what is printed is rounded.

use super::super::issue::AnnexKind;
use super::ledger::Origin;
use super::{Material, words};
use crate::pool::coverage::Coverage;
use crate::targets::progress::DivisionProgress;
use chrono::Datelike;
use rules::pack::divisions::DivisionCode;
use rules::period::Month;
use std::cmp::Reverse;

/// More counties without a new firm than this are listed in an annex of their own.
pub const IDLE_NAMED_MAX: usize = 30;

/// The material as the sections use it.
pub struct Picture<'a> {
    pub material: &'a Material<'a>,
    pub is_annual: bool,
    /// The month at whose end the figures stand.
    pub month: Month,
    /// In order of codes.
    pub areas: Vec<AreaLine<'a>>,
}

/// An area, its counties and its pool.
#[derive(Debug, Clone)]
pub struct AreaLine<'a> {
    pub code: DivisionCode,
    pub name: String,
    pub progress: &'a DivisionProgress,
    pub counties: &'a [DivisionProgress],
    pub pool: Option<&'a Coverage>,
}

/// Areas with a target by the line that they reached, each group in order of rank.
pub struct Groups<'p, 'a> {
    /// At or above both lines.
    pub ahead: Vec<&'p AreaLine<'a>>,
    /// At or above the expected line, below the straight one.
    pub between: Vec<&'p AreaLine<'a>>,
    pub behind: Vec<&'p AreaLine<'a>>,
}

/// Sums over the pools of all areas.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PoolSums {
    pub in_pool: u32,
    pub promoted: u32,
    pub by_class: Vec<u32>,
    /// Of the areas that have a target.
    pub target: u32,
    pub required: u32,
    pub counted: u32,
    pub missing: u32,
}

impl AreaLine<'_> {
    /// A target that can be completed.
    pub fn target(&self) -> Option<u32> {
        self.progress.target.filter(|target| *target > 0)
    }

    pub fn missing(&self) -> u32 {
        self.pool.and_then(Coverage::missing).unwrap_or(0)
    }

    /// Whether completion reached this many percent; false without a target.
    pub fn has_reached(&self, percent: u32) -> bool {
        self.target().is_some_and(|target| {
            u64::from(self.progress.entered) * 100 >= u64::from(target) * u64::from(percent)
        })
    }

    /// Firms missing to this many percent of the target.
    pub fn short_of(&self, percent: u32) -> u32 {
        let asked = u64::from(self.target().unwrap_or(0)) * u64::from(percent);
        let asked = u32::try_from(asked.div_ceil(100)).unwrap_or(u32::MAX);
        asked.saturating_sub(self.progress.entered)
    }
}

impl<'a> Picture<'a> {
    pub fn new(material: &'a Material<'a>, is_annual: bool) -> Picture<'a> {
        let areas = material.progress.areas.iter().map(|area| {
            let code = area.area.division.unwrap_or_default();
            let pool = material
                .coverage
                .iter()
                .find(|coverage| coverage.is_area && coverage.area == code);
            AreaLine {
                code,
                name: match area.area.division {
                    Some(code) => material.pack.divisions.name(code),
                    None => "地区待核".to_string(),
                },
                progress: &area.area,
                counties: &area.counties,
                pool,
            }
        });
        Picture {
            material,
            is_annual,
            month: material.progress.as_of,
            areas: areas.collect(),
        }
    }

    /// The province's target, or what its areas were given.
    pub fn target(&self) -> Option<u32> {
        let areas = || self.areas.iter().filter_map(AreaLine::target).sum();
        let province = self.material.progress.province.target;
        Some(province.unwrap_or_else(areas)).filter(|target| *target > 0)
    }

    /// Areas with a target, by completion; ties by entered firms, then in order of codes.
    pub fn aimed(&self) -> Vec<&AreaLine<'a>> {
        let mut areas: Vec<_> = self.areas.iter().filter(|a| a.target().is_some()).collect();
        areas.sort_by(|one, other| {
            let product = |a: &AreaLine<'_>, b: &AreaLine<'_>| {
                u64::from(a.progress.entered) * u64::from(b.target().unwrap_or(0))
            };
            product(other, one)
                .cmp(&product(one, other))
                .then(other.progress.entered.cmp(&one.progress.entered))
                .then(one.code.cmp(&other.code))
        });
        areas
    }

    /// All areas by entered firms, then in order of codes.
    pub fn by_entered(&self) -> Vec<&AreaLine<'a>> {
        let mut areas: Vec<_> = self.areas.iter().collect();
        areas.sort_by_key(|area| (Reverse(area.progress.entered), area.code));
        areas
    }

    pub fn groups(&self) -> Groups<'_, 'a> {
        let (linear, expected) = self.lines();
        let (kept, behind): (Vec<_>, Vec<_>) = self
            .aimed()
            .into_iter()
            .partition(|area| area.has_reached(expected));
        let (ahead, between) = kept
            .into_iter()
            .partition(|area| area.has_reached(linear.max(expected)));
        Groups {
            ahead,
            between,
            behind,
        }
    }

    /// Percent of the target that the straight and the expected line ask for by now.
    pub fn lines(&self) -> (u32, u32) {
        let progress = self.material.progress;
        (progress.linear_percent, progress.expected_percent)
    }

    /// Areas whose pool does not suffice, the largest gap first.
    pub fn short_of_pool(&self) -> Vec<&AreaLine<'a>> {
        let mut areas: Vec<_> = self
            .areas
            .iter()
            .filter(|area| area.missing() > 0)
            .collect();
        areas.sort_by_key(|area| (Reverse(area.missing()), area.code));
        areas
    }

    pub fn pool_sums(&self) -> PoolSums {
        let mut sums = PoolSums::default();
        for pool in self.areas.iter().filter_map(|area| area.pool) {
            sums.in_pool += pool.in_pool;
            sums.promoted += pool.promoted;
            sums.by_class
                .resize(sums.by_class.len().max(pool.by_class.len()), 0);
            for (sum, count) in sums.by_class.iter_mut().zip(&pool.by_class) {
                *sum += count;
            }
            if let (Some(target), Some(required)) = (pool.target, pool.required) {
                sums.target += target;
                sums.required += required;
                sums.counted += pool.counted();
                sums.missing += pool.missing().unwrap_or(0);
            }
        }
        sums
    }

    /// Counties without a new firm this year, by area; areas without such are left out.
    pub fn idle(&self) -> Vec<(&AreaLine<'a>, Vec<DivisionCode>)> {
        let idle_of = |area: &AreaLine<'a>| -> Vec<DivisionCode> {
            let counties = area.counties.iter().filter(|county| county.entered == 0);
            counties.filter_map(|county| county.division).collect()
        };
        self.areas
            .iter()
            .map(|area| (area, idle_of(area)))
            .filter(|(_, counties)| !counties.is_empty())
            .collect()
    }

    pub fn idle_count(&self) -> usize {
        self.idle().iter().map(|(_, counties)| counties.len()).sum()
    }

    pub fn has_idle_annex(&self) -> bool {
        self.idle_count() > IDLE_NAMED_MAX
    }

    /// Areas of a list of the annual bulletin: the best first, of the others the lowest.
    pub fn listed(&self, kind: AnnexKind) -> Vec<&AreaLine<'a>> {
        let rules = self.material.annual_rules;
        if !self.is_annual {
            return Vec::new();
        }
        if kind == AnnexKind::Praise {
            let mut areas = self.aimed();
            areas.retain(|area| {
                area.has_reached(rules.praise_percent)
                    && area.pool.and_then(Coverage::missing) == Some(0)
            });
            return areas;
        }
        let mut lowest = self.aimed();
        lowest.retain(|area| !area.has_reached(rules.criticism_percent));
        lowest.reverse();
        if kind == AnnexKind::Summons {
            let certain = rules.summon_lowest as usize;
            let mut rank = 0;
            lowest.retain(|area| {
                rank += 1;
                rank <= certain || !area.has_reached(rules.summon_percent)
            });
        }
        lowest
    }

    /// The lists with somebody on them, and the number of the annex that each becomes.
    pub fn lists(&self) -> Vec<(AnnexKind, usize)> {
        let first = if self.has_idle_annex() { 4 } else { 3 };
        AnnexKind::ALL
            .into_iter()
            .filter(|kind| !self.listed(*kind).is_empty())
            .enumerate()
            .map(|(index, kind)| (kind, first + index))
            .collect()
    }

    /// What the pool must be, in percent of the target, on the last day of the figures.
    pub fn pool_factor(&self) -> Option<i64> {
        let pack = self.material.pack;
        pack.parameter(&pack.scale.pool_factor_percent)?
            .on(self.month.last_day())
    }

    /// “截至9月底”, or “2026年全年” where an annual bulletin has all its months.
    pub fn until(&self) -> String {
        if self.is_whole_year() {
            format!("{}年全年", self.month.year())
        } else {
            format!("截至{}月底", self.month.number())
        }
    }

    /// “9月底” or “2026年底”.
    pub fn end(&self) -> String {
        if self.is_whole_year() {
            format!("{}年底", self.month.year())
        } else {
            format!("{}月底", self.month.number())
        }
    }

    /// “本年”, or “全年” in an annual bulletin, which is written in the year after.
    pub fn this_year(&self) -> &'static str {
        if self.is_annual { "全年" } else { "本年" }
    }

    /// Said where the year has no issued target.
    pub fn no_target(&self) -> String {
        let not = if self.is_annual { "未" } else { "尚未" };
        format!("{}年度预期目标{not}下达", self.year())
    }

    /// “尚无”, or “没有” where the year is over.
    pub fn not_yet(&self) -> &'static str {
        if self.is_annual { "没有" } else { "尚无" }
    }

    /// Whether both lines ask for the whole target: then the target itself is spoken of.
    pub fn is_year_end(&self) -> bool {
        let (linear, expected) = self.lines();
        linear >= 100 && expected >= 100
    }

    fn is_whole_year(&self) -> bool {
        self.is_annual && self.month.number() == 12
    }

    /// The year that targets and cumulative figures belong to.
    pub fn year(&self) -> i32 {
        self.material.period.year()
    }

    /// Whether the yearly window of entry is still to come when this is written.
    pub fn is_before_yearly_entry(&self) -> bool {
        !self.is_annual && self.month.number() < 10 && self.material.date.year() == self.year()
    }

    /// A figure of progress: of the province, or of one area.
    pub fn progress(&self, what: &str, area: Option<&AreaLine<'_>>) -> Origin {
        self.origin("targets progress", what, area)
    }

    /// A figure of the pools.
    pub fn pool(&self, what: &str, area: Option<&AreaLine<'_>>) -> Origin {
        self.origin("pool coverage", what, area)
    }

    /// A count of firms that fit the pool by the data.
    pub fn candidates(&self, what: &str, area: Option<&AreaLine<'_>>) -> Origin {
        self.origin("pool candidates", what, area)
    }

    /// A count of firms that left, by reason.
    pub fn exits(&self, what: &str, area: Option<&AreaLine<'_>>) -> Origin {
        self.origin("targets exits", what, area)
    }

    fn origin(&self, command: &str, what: &str, area: Option<&AreaLine<'_>>) -> Origin {
        let mut query = format!("shenggui {command} --as-of {}", self.month);
        if let Some(area) = area {
            query.push_str(&format!(" --division {:06}", area.code));
        }
        Origin {
            what: format!("{}{what}", area.map_or("全省", |area| area.name.as_str())),
            query,
        }
    }

    /// “35.2%” of an area with a target.
    pub fn completion(area: &AreaLine<'_>) -> String {
        words::percent(area.progress.entered, area.target().unwrap_or(1))
    }
}
