//! Computing a snapshot from what was known at a date.

use super::facts::{Standing, Subject, columns, statuses};
use super::stages::decide;
use crate::database::Database;
use crate::deliveries::payload::{EMPTY, PayloadFault, Rows, encode};
use crate::deliveries::{Batch, BatchFailure, StoredBatch, in_force};
use crate::indicators::{Lists, delivered_columns, figures, lists, lookback_months};
use crate::register::{Enterprise, StatusBook, enterprises, status_book};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::Origin;
use rules::period::Month;
use rules::uscc::Uscc;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What a run is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunRequest {
    pub as_of: Month,
    /// Only what had been received by this day counts.
    pub known_by: chrono::NaiveDate,
}

/// Everything that a snapshot is a function of, besides the pack's and batches' content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    pub as_of: String,
    pub known_by: String,
    /// Fingerprint of the pack.
    pub pack: String,
    /// Version of the program.
    pub program: String,
    /// Batches in force with the hash of their file.
    pub batches: Vec<(i64, String)>,
    /// The last record of the pool that counts.
    pub pool_acts_through: i64,
}

/// What people's records say, up to one of them.
#[derive(Debug, Clone, Default)]
pub struct Standings {
    pub through: i64,
    pub by_key: HashMap<u128, Standing>,
}

#[derive(Debug, thiserror::Error)]
pub enum RunFailure {
    #[error(transparent)]
    Batch(#[from] BatchFailure),
    #[error(transparent)]
    Payload(#[from] PayloadFault),
    #[error("运行中断：{0}")]
    Stopped(String),
    #[error("快照 {0} 不存在，现有快照见 shenggui outlook snapshots")]
    NoSnapshot(i64),
    #[error("快照 {0} 所用政策包没有保存，无法重现")]
    NoPack(i64),
    #[error(
        "政策包的事实有了变化，快照 {0} 是按原来的事实计算的，请重新运行：shenggui run --as-of {1}"
    )]
    OtherFacts(i64, Month),
    #[error("快照损坏：{0}。请从备份恢复数据库")]
    Damaged(String),
}

/// The inputs of a run now.
pub fn inputs_for(
    pack: &Pack,
    request: RunRequest,
    batches: &[Batch],
    standings: &Standings,
    program: &str,
) -> Inputs {
    Inputs {
        as_of: request.as_of.to_string(),
        known_by: request.known_by.to_string(),
        pack: pack.fingerprint.clone(),
        program: program.to_string(),
        batches: in_force(batches, request.known_by)
            .into_iter()
            .map(|batch| (batch.id, batch.file_hash))
            .collect(),
        pool_acts_through: standings.through,
    }
}

/// What every part of a run shares.
struct Context {
    db: Database,
    pack: Arc<Pack>,
    batches: Vec<Batch>,
    stored: BTreeMap<i64, StoredBatch>,
    book: StatusBook,
    lists: Lists,
    standings: Standings,
    as_of: Month,
    parts: usize,
    parameters: Vec<Option<i64>>,
    /// Firms of confirmed lists and pool records, by part of the key space.
    also: Vec<Vec<u128>>,
}

/// Computes the parts of a snapshot: number of rows and payload, in order of the keys.
/// `progress` is told how many of how many parts are done.
pub async fn compute(
    db: &Database,
    pack: Arc<Pack>,
    as_of: Month,
    batches: Vec<Batch>,
    standings: Standings,
    progress: impl Fn(usize, usize),
) -> Result<Vec<(usize, Vec<u8>)>, RunFailure> {
    let stored = crate::deliveries::stored(db.reading()).await?;
    let book = status_book(db.reading(), &batches, &stored, as_of).await?;
    let lists = lists(db.reading(), &pack, &batches, &stored, as_of).await?;
    let parts = batches
        .iter()
        .filter_map(|batch| stored.get(&batch.id))
        .map(|batch| batch.parts)
        .max()
        .unwrap_or(1);
    let mut also: Vec<Vec<u128>> = vec![Vec::new(); parts];
    let listed: HashSet<u128> = book
        .keys()
        .chain(standings.by_key.keys().copied())
        .collect();
    for key in listed {
        also[crate::deliveries::payload::part_of(key, parts)].push(key);
    }
    let context = Arc::new(Context {
        parameters: pack.parameters_on(as_of.last_day()),
        db: db.clone(),
        pack,
        batches,
        stored,
        book,
        lists,
        standings,
        as_of,
        parts,
        also,
    });
    gather(context, progress).await
}

async fn gather(
    context: Arc<Context>,
    progress: impl Fn(usize, usize),
) -> Result<Vec<(usize, Vec<u8>)>, RunFailure> {
    let parts = context.parts;
    // One more than the cores: one part is read while the others are computed.
    let workers = std::thread::available_parallelism().map_or(2, usize::from) + 1;
    let permits = Arc::new(Semaphore::new(workers));
    let mut tasks = JoinSet::new();
    let mut done: Vec<Option<(usize, Vec<u8>)>> = vec![None; parts];
    let mut finished = 0;
    progress(0, parts);
    for part in 0..parts {
        let context = context.clone();
        let permits = permits.clone();
        tasks.spawn(async move {
            let permit = permits.acquire_owned().await;
            let result = one_part(&context, part).await;
            drop(permit);
            result.map(|payload| (part, payload))
        });
    }
    while let Some(joined) = tasks.join_next().await {
        let (part, payload) = joined.map_err(|error| RunFailure::Stopped(error.to_string()))??;
        done[part] = Some(payload);
        finished += 1;
        progress(finished, parts);
    }
    Ok(done.into_iter().flatten().collect())
}

async fn one_part(context: &Context, part: usize) -> Result<(usize, Vec<u8>), RunFailure> {
    let Context {
        db,
        pack,
        batches,
        stored,
        as_of,
        ..
    } = context;
    let place = (part, context.parts);
    let firms = enterprises(db.reading(), pack, batches, stored, *as_of, place).await?;
    let subjects = subjects(context, &firms, part);
    let keys: Vec<u128> = subjects.iter().map(|subject| subject.key).collect();
    let features = pack.facts.iter().filter_map(|fact| match fact.origin {
        Origin::Feature(feature) => Some(feature),
        _ => None,
    });
    let mut wanted: Vec<usize> = features.clone().map(|feature| feature.series).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let window = (*as_of, lookback_months(features));
    let figures = figures(
        db.reading(),
        pack,
        batches,
        stored,
        &keys,
        &wanted,
        window,
        place,
    )
    .await?;
    let statuses = statuses(&context.book, &subjects, *as_of);
    let areas: Vec<Option<DivisionCode>> = subjects.iter().map(|subject| subject.area).collect();
    let firms_here = (keys.as_slice(), areas.as_slice());
    let delivered =
        delivered_columns(db.reading(), pack, &context.lists, firms_here, place).await?;
    let mut facts = columns(pack, &subjects, &statuses, &figures, delivered, *as_of);
    let ladder = decide(pack, &mut facts, &context.parameters);
    let mut rows = Rows {
        keys,
        ..Rows::default()
    };
    for (fact, column) in pack.facts.iter().zip(facts) {
        rows.numbers.push((fact.id.clone(), column));
    }
    let zones = subjects.iter().map(|subject| {
        let zone = subject.enterprise.and_then(|firm| firm.place.zone);
        zone.map_or(EMPTY, i64::from)
    });
    let registered = subjects.iter().map(|s| i64::from(s.enterprise.is_some()));
    rows.numbers.push(("#stage".to_string(), ladder.stage));
    rows.numbers.push(("#kind".to_string(), ladder.kind));
    rows.numbers.push(("#classes".to_string(), ladder.classes));
    rows.numbers
        .push(("#undecided".to_string(), ladder.undecided));
    rows.numbers.push(("#zone".to_string(), zones.collect()));
    rows.numbers
        .push(("#registered".to_string(), registered.collect()));
    let names = subjects.iter().map(|subject| {
        subject
            .enterprise
            .map_or(String::new(), |firm| firm.name.clone())
    });
    rows.texts.push(("name".to_string(), names.collect()));
    Ok((rows.len(), encode(&rows, 0, rows.len())?))
}

/// The register's firms of a part, and those that only lists and records name.
fn subjects<'a>(context: &Context, firms: &'a [Enterprise], part: usize) -> Vec<Subject<'a>> {
    let standing = |key: &u128| {
        let found = context.standings.by_key.get(key);
        found.copied().unwrap_or_default()
    };
    let mut subjects: Vec<Subject<'a>> = firms
        .iter()
        .map(|firm| Subject {
            key: firm.key,
            enterprise: Some(firm),
            area: Some(firm.place.area),
            standing: standing(&firm.key),
        })
        .collect();
    for key in &context.also[part] {
        if firms.binary_search_by_key(key, |firm| firm.key).is_err() {
            subjects.push(Subject {
                key: *key,
                enterprise: None,
                area: registering_area(&context.pack, *key),
                standing: standing(key),
            });
        }
    }
    // A code that was given up is no firm of its own: it counts under the new one.
    subjects.retain(|subject| !context.book.is_former_code(subject.key));
    subjects.sort_unstable_by_key(|subject| subject.key);
    subjects
}

fn registering_area(pack: &Pack, key: u128) -> Option<DivisionCode> {
    let code = Uscc::from_key(key)?.registering_division().parse().ok()?;
    pack.divisions.place(code).map(|place| place.area)
}
