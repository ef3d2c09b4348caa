//! What a bulletin is written from, gathered from one snapshot.

use crate::office::{Office, refuse};
use crate::pool::coverage_at;
use crate::settings;
use crate::targets::{book_of, progress_from};
use anyhow::Result;
use chrono::NaiveDate;
use programme::bulletins::ApprovedAnnexes;
use programme::bulletins::compose::{
    AnnualRules, CandidateCounts, CorrectionRef, ExitsByReason, Material, ReasonCount, SnapshotRef,
};
use programme::journal::Horizon;
use programme::outlook::{self, Firms, Snapshot};
use programme::pool::Coverage;
use programme::register::StatusBook;
use programme::targets::progress::Progress;
use rules::expression::Kind;
use rules::pack::Pack;
use rules::pack::facts::{Origin, StatusField};
use rules::period::{Month, ReportPeriod};
use std::collections::BTreeMap;

/// Figures of one snapshot.
pub(super) struct Gathered {
    progress: Progress,
    coverage: Vec<Coverage>,
    exits: ExitsByReason,
    candidates: CandidateCounts,
    snapshot: SnapshotRef,
    banner: Option<String>,
    rules: AnnualRules,
}

/// `by` is the moment of the signature, where the document was signed already.
pub(super) async fn gather(
    office: &Office,
    snapshot: &Snapshot,
    by: Option<i64>,
) -> Result<Gathered> {
    let by = by.map_or(Horizon::ALL, Horizon::written_by);
    let firms = outlook::load(office.db.reading(), &office.pack, snapshot).await?;
    let book = book_of(office, snapshot).await?;
    Ok(Gathered {
        progress: progress_from(office, snapshot.as_of, &firms, &book, by).await?,
        coverage: coverage_at(office, &firms, snapshot, by).await?,
        exits: exits(&office.pack, &firms, &book, snapshot.as_of),
        candidates: candidates(&office.pack, &firms),
        snapshot: SnapshotRef {
            id: snapshot.id,
            fingerprint: snapshot.fingerprint.clone(),
            as_of: snapshot.as_of,
            known_by: snapshot.known_by,
        },
        banner: settings::banner(office).await?,
        rules: annual_rules(&office.pack, snapshot.as_of)?,
    })
}

impl Gathered {
    pub fn material<'a>(
        &'a self,
        office: &'a Office,
        period: ReportPeriod,
        date: NaiveDate,
        number: Option<String>,
        correction: Option<CorrectionRef>,
        approved: ApprovedAnnexes,
    ) -> Material<'a> {
        Material {
            pack: &office.pack,
            period,
            progress: &self.progress,
            coverage: &self.coverage,
            exits: self.exits.clone(),
            candidates: self.candidates.clone(),
            snapshot: self.snapshot.clone(),
            date,
            number,
            banner: self.banner.clone(),
            correction,
            annual_rules: self.rules,
            approved,
        }
    }
}

fn annual_rules(pack: &Pack, as_of: Month) -> Result<AnnualRules> {
    let day = as_of.last_day();
    let number = |id: &str| {
        let value = pack.parameter(id).and_then(|parameter| parameter.on(day));
        match value.and_then(|value| u32::try_from(value).ok()) {
            Some(value) => Ok(value),
            None => refuse(format!("政策包缺少{day}有效的参数“{id}”")),
        }
    };
    Ok(AnnualRules {
        praise_percent: number("annual_praise_percent")?,
        criticism_percent: number("annual_criticism_percent")?,
        summon_percent: number("annual_summon_percent")?,
        summon_lowest: number("annual_summon_lowest")?,
    })
}

/// Firms that left this year by reason, for the province and each area.
pub fn exits(pack: &Pack, firms: &Firms, book: &StatusBook, as_of: Month) -> ExitsByReason {
    let names: Vec<&str> = pack
        .slot(Origin::Status(StatusField::LeftReason))
        .and_then(|slot| match &pack.facts[slot].kind {
            Kind::Choice(choices) => Some(choices.iter().map(|c| c.name.as_str()).collect()),
            _ => None,
        })
        .unwrap_or_default();
    let mut counts: BTreeMap<(u32, usize), u32> = BTreeMap::new();
    let months = pack.progress.code_change_within_months;
    for key in book.keys() {
        for spell in book.spells(key) {
            let left = spell
                .left
                .filter(|left| left.year() == as_of.year() && *left <= as_of);
            let left = left.filter(|left| !book.is_carried_on(key, *left, months));
            let (Some(_), Some(reason)) = (left, spell.reason) else {
                continue;
            };
            let Ok(firm) = firms.keys().binary_search(&key) else {
                continue;
            };
            let reason = reason.0 as usize;
            *counts.entry((0, reason)).or_default() += 1;
            if let Some(area) = firms.area(firm) {
                *counts.entry((area, reason)).or_default() += 1;
            }
        }
    }
    let of = |division: u32| -> Vec<ReasonCount> {
        let found = counts.range((division, 0)..=(division, usize::MAX));
        let mut reasons: Vec<ReasonCount> = found
            .filter_map(|((_, reason), count)| {
                Some(ReasonCount {
                    reason: (*names.get(*reason)?).to_string(),
                    count: *count,
                })
            })
            .collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
        reasons
    };
    ExitsByReason {
        province: of(0),
        areas: pack
            .divisions
            .areas()
            .map(|area| (area.code, of(area.code)))
            .collect(),
    }
}

fn candidates(pack: &Pack, firms: &Firms) -> CandidateCounts {
    let reached = pack.classes.iter().position(|class| class.id == "reached");
    let mut counts = CandidateCounts {
        by_class: vec![0; pack.classes.len()],
        ..CandidateCounts::default()
    };
    for firm in 0..firms.len() {
        let Some(class) = firms.first_class(firm) else {
            continue;
        };
        counts.by_class[class] += 1;
        if Some(class) == reached {
            counts.reached += 1;
            if let Some(area) = firms.area(firm) {
                *counts.reached_by_area.entry(area).or_default() += 1;
            }
        }
    }
    counts
}
