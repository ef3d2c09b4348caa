//! How likely each area or county reaches its target, for pages that show it beside other
//! figures: computed once for everybody, told to each as far as they may see it.

use super::{FIRMS_MIN, Ground, Material, Sampling, gather};
use crate::office::Office;
use crate::register::firm::learnt;
use anyhow::Result;
use programme::outlook::{Firms, Shocks, Snapshot};
use programme::people::Scope;
use programme::pool::{self, sufficiency::sufficiency};
use programme::targets;
use rules::pack::agencies::DataClass;
use rules::pack::divisions::DivisionCode;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What follows from the pool of one division.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// Firms of the pool whose own probability is known, and all of them.
    known: u32,
    in_pool: u32,
    /// Probability to complete the year, in tenths of a percent; none without a target.
    permille: Option<i64>,
    /// Firms that land on average, and between which numbers eight years of ten lie.
    expected: i64,
    spread: (u32, u32),
    is_done: bool,
}

/// What one reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Tenths of a percent; none without a target. Firms that land, and their spread.
    Known {
        permille: Option<i64>,
        expected: i64,
        spread: (u32, u32),
    },
    /// Nothing is known of any firm of the pool.
    Unknown,
    /// It would be the figure of one or two firms.
    Hidden,
    /// It is told on another page.
    Elsewhere,
}

impl Chance {
    pub fn told(&self, scope: &Scope) -> Told {
        if self.known == 0 && self.in_pool > 0 && !self.is_done {
            return Told::Unknown;
        }
        let may_see = self.known == 0 || self.known >= FIRMS_MIN || scope.sees(DataClass::Tax);
        if !may_see {
            return Told::Hidden;
        }
        Told::Known {
            permille: self.permille,
            expected: self.expected,
            spread: self.spread,
        }
    }
}

/// By division; the province under none.
pub type Chances = BTreeMap<Option<DivisionCode>, Chance>;

/// Of the province and its areas, or of one area with its counties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub area: Option<DivisionCode>,
}

/// What was computed before, while nothing that it follows from has changed.
pub async fn kept(
    office: &Office,
    snapshot: &Snapshot,
    wanted: Wanted,
) -> Result<Option<Arc<Chances>>> {
    let made_from = made_from(office, snapshot, wanted).await?;
    Ok(office.memory.chances.get(&made_from))
}

/// The same, computed where it was not.
pub async fn chances(
    office: &Office,
    snapshot: &Snapshot,
    firms: &Arc<Firms>,
    wanted: Wanted,
) -> Result<Arc<Chances>> {
    let made_from = made_from(office, snapshot, wanted).await?;
    if let Some(kept) = office.memory.chances.get(&made_from) {
        return Ok(kept);
    }
    let _turn = office.memory.composing.lock().await;
    if let Some(kept) = office.memory.chances.get(&made_from) {
        return Ok(kept);
    }
    let ground = wanted.area.map_or(Ground::Province, Ground::Area);
    let learnt = learnt(office, snapshot).await?;
    let sampling = Sampling {
        shocks: learnt.map_or_else(Shocks::default, |learnt| learnt.forecaster.shared.shocks),
        ..Sampling::default()
    };
    let material = gather(office, snapshot.clone(), firms.clone(), ground, true).await?;
    let material = Material {
        goals: match wanted.area {
            Some(_) => material.goals,
            None => material
                .goals
                .into_iter()
                .filter(|own| !is_county(own.ground))
                .collect(),
        },
        ..material
    };
    // Other questions are answered meanwhile.
    let found = tokio::task::spawn_blocking(move || told_of(&material, &sampling)).await?;
    let found = Arc::new(found);
    office.memory.chances.keep(made_from, &found);
    Ok(found)
}

fn is_county(ground: Ground) -> bool {
    matches!(ground, Ground::County(_))
}

fn told_of(material: &Material, sampling: &Sampling) -> Chances {
    let lines = sufficiency(&material.prospects, &material.goals, sampling);
    let one = |line: &programme::pool::sufficiency::Sufficiency| {
        let code = match line.goal.ground {
            Ground::Province => None,
            Ground::Area(code) | Ground::County(code) => Some(code),
        };
        let [low, _, high] = line.spread;
        let chance = Chance {
            known: line.known(),
            in_pool: line.in_pool,
            // Where nothing is to be reached nothing is said of reaching it.
            permille: line
                .reached
                .filter(|_| line.goal.target != Some(0))
                .map(|reached| (reached * 1000.0).round() as i64),
            expected: line.expected.round() as i64,
            spread: (low, high),
            is_done: line.goal.still_needed() == Some(0),
        };
        (code, chance)
    };
    lines.iter().map(one).collect()
}

/// Everything that they are a function of.
async fn made_from(office: &Office, snapshot: &Snapshot, wanted: Wanted) -> Result<String> {
    let db = office.db.reading();
    let acts = pool::last_act(db).await?;
    let issued = targets::issued(db, &office.pack, snapshot.as_of.year()).await?;
    Ok(format!("{:?}", (snapshot.id, acts, issued, wanted)))
}
