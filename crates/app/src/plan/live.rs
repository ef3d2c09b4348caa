//! What the page is computed from: a snapshot and the records of its moment, narrowed to the
//! place that it is about.

use super::moment::Moment;
use crate::cli::LawArgs;
use crate::extent::{Extent, is_in};
use crate::grounds::{self, Book, Sums};
use crate::measures::decided;
use crate::office::Office;
use crate::outlook::pack_of;
use anyhow::Result;
use programme::bulletins::{self, Entry, Issue};
use programme::measures::{self, Outcome, Push, Verdicts};
use programme::outlook::follow_ups::{self, FollowUp};
use programme::outlook::hand_overs::{self, HandOver};
use programme::outlook::{self, Firms, Snapshot};
use programme::pool::Coverage;
use programme::targets::progress::DivisionProgress;
use rules::pack::Pack;
use std::sync::Arc;

/// Everything that is told, for one place.
pub(super) struct Live {
    pub pack: Arc<Pack>,
    /// None where the reader has no region: then no figure is told.
    pub extent: Option<Extent>,
    pub snapshot: Snapshot,
    pub firms: Arc<Firms>,
    /// The firms of the place; none where all are.
    pub plane: Option<Vec<u64>>,
    /// Of all areas with their counties.
    pub sums: Arc<Sums>,
    pub verdicts: Arc<Verdicts>,
    pub push: Option<Push>,
    pub outcomes: Vec<Outcome>,
    pub hand_overs: Vec<HandOver>,
    pub follow_ups: Vec<FollowUp>,
    pub issued: Vec<Issue>,
    /// First year of the plan, and entries (gross) since then.
    pub since: (i32, usize),
}

pub(super) async fn gather(
    office: &Office,
    moment: &Moment,
    extent: Option<Extent>,
) -> Result<Live> {
    let db = office.db.reading();
    let by = moment.horizon;
    let snapshot = moment.snapshot.clone();
    let (pack, firms, verdicts) = match moment.is_past {
        true => then(office, moment).await?,
        false => {
            let law = LawArgs {
                on: Some(moment.law),
                as_of: None,
            };
            let decided = decided(office, &law).await?;
            (office.pack.clone(), decided.firms, decided.verdicts)
        }
    };
    let book = grounds::book(office, &snapshot, &firms).await?;
    let sums = grounds::sums(office, &snapshot, &firms, by).await?;
    let issues = bulletins::issues(db).await?.into_iter();
    let issued = issues.filter(|own| own.entry == Entry::Issued && by.admits(own.on, own.at));
    let plane = extent.and_then(|extent| extent.plane(&firms));
    let mut live = Live {
        since: (snapshot.as_of.year(), 0),
        outcomes: measures::outcomes_by(db, by).await?,
        push: measures::newest_push_by(db, by).await?,
        hand_overs: hand_overs::hand_overs_by(db, by).await?,
        follow_ups: follow_ups::read_by(db, by).await?,
        issued: issued.collect(),
        pack,
        extent,
        snapshot,
        firms,
        plane,
        sums,
        verdicts,
    };
    live.since = live.entered_since(&book);
    live.narrow();
    Ok(live)
}

/// Firms and verdicts of an earlier snapshot, as its own pack judges them.
async fn then(office: &Office, moment: &Moment) -> Result<(Arc<Pack>, Arc<Firms>, Arc<Verdicts>)> {
    let snapshot = &moment.snapshot;
    let pack = pack_of(office, snapshot).await?;
    let is_same = pack.fingerprint == office.pack.fingerprint;
    let kept = office.memory.firms(snapshot.id).filter(|_| is_same);
    let firms = match kept {
        Some(firms) => firms,
        None => Arc::new(outlook::load(office.db.reading(), &pack, snapshot).await?),
    };
    let law = moment.law;
    let ground = (pack.clone(), firms.clone());
    let verdicts = tokio::task::spawn_blocking(move || {
        let (pack, firms) = ground;
        Verdicts::on(&pack, firms.columns(), law)
    });
    Ok((pack, firms, Arc::new(verdicts.await?)))
}

impl Live {
    /// Records of single firms that are not of the place are left out.
    fn narrow(&mut self) {
        let Some(plane) = &self.plane else {
            return;
        };
        let is_here = |uscc| {
            let firm = self.firms.find(uscc);
            firm.is_some_and(|firm| is_in(Some(plane), firm))
        };
        self.outcomes.retain(|own| is_here(own.uscc));
        self.follow_ups.retain(|own| is_here(own.uscc));
        let code = self.extent.and_then(Extent::code);
        let receiver = code.map(|code| format!("{code:06}"));
        self.hand_overs.retain(|own| {
            own.request.division == code || Some(&own.request.receiver) == receiver.as_ref()
        });
    }

    /// Entries since the first year that the plan set targets for.
    fn entered_since(&self, book: &Book) -> (i32, usize) {
        let as_of = self.snapshot.as_of;
        let first = self.pack.targets.first();
        let first = first.map_or(as_of.year(), |targets| targets.year);
        let plane = self.plane.as_deref();
        let is_here =
            |place: Option<usize>| plane.is_none() || place.is_some_and(|firm| is_in(plane, firm));
        let counted = book.entries.iter().filter(|(entered, place)| {
            entered.year() >= first && *entered <= as_of && is_here(*place)
        });
        (first, counted.count())
    }

    /// Firms of the place that a question is true of.
    pub fn count_of(&self, is_meant: impl Fn(usize) -> bool) -> usize {
        let plane = self.plane.as_deref();
        let firms = (0..self.firms.len()).filter(|firm| is_in(plane, *firm));
        firms.filter(|firm| is_meant(*firm)).count()
    }

    /// Firms of the place.
    pub fn count(&self) -> usize {
        match &self.plane {
            None => self.firms.len(),
            Some(plane) => plane.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    /// The place's line of progress.
    pub fn progress_line(&self) -> Option<&DivisionProgress> {
        self.extent?.progress(&self.sums.progress)
    }

    /// The lines of coverage that are added up for the place.
    pub fn pools(&self) -> Vec<&Coverage> {
        let lines = self.sums.coverage.iter();
        match self.extent {
            None | Some(Extent::Zone(_)) => Vec::new(),
            Some(Extent::Province) => lines.filter(|own| own.is_area).collect(),
            Some(Extent::Area(code)) => lines
                .filter(|own| own.is_area && own.area == code)
                .collect(),
            Some(Extent::County(code)) => lines.filter(|own| own.county == Some(code)).collect(),
        }
    }

    /// The pool of the place; none for a zone.
    pub fn pool(&self) -> Option<Pool> {
        let lines = self.pools();
        if lines.is_empty() {
            return None;
        }
        let is_short = |own: &&Coverage| own.missing().is_some_and(|gap| gap > 0);
        let within = match self.extent {
            Some(Extent::Area(code)) => {
                let counties = self.sums.coverage.iter();
                let counties = counties.filter(|own| own.area == code && own.county.is_some());
                counties.filter(is_short).count()
            }
            _ => lines.iter().copied().filter(|own| is_short(own)).count(),
        };
        Some(Pool {
            in_pool: lines.iter().map(|own| own.in_pool).sum(),
            counted: lines.iter().map(|own| own.counted()).sum(),
            target: lines.iter().map(|own| own.target).sum(),
            missing: lines.iter().map(|own| own.missing()).sum(),
            short_within: within,
        })
    }
}

/// What is told of a pool.
pub(super) struct Pool {
    pub in_pool: u32,
    /// With those that came above scale this year.
    pub counted: u32,
    pub target: Option<u32>,
    /// One area's surplus does not fill another's gap.
    pub missing: Option<u32>,
    /// Areas of the province, or counties of the area, that are short.
    pub short_within: usize,
}
