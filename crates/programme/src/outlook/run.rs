//! Computing a snapshot from what was known at a date.

use super::facts::{Standing, Subject, columns, statuses};
use super::forecast::{Forecaster, YEARS};
use super::landing::{Learnt, Part, SeriesSlots, learnt_parts, months_read};
use super::stages::{Ladder, decide};
use crate::database::Database;
use crate::deliveries::payload::{EMPTY, PayloadFault, Rows, encode, part_of, slices_for};
use crate::deliveries::{Batch, BatchFailure, StoredBatch, in_force};
use crate::indicators::{Figures, Lists, delivered_columns, figures, lists};
use crate::register::{Enterprise, StatusBook, enterprises, status_book};
use rules::pack::Pack;
use rules::pack::divisions::DivisionCode;
use rules::pack::facts::Origin;
use rules::period::Month;
use rules::uscc::Uscc;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};
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
    #[error(
        "回测截至{known_by}，却用到{received_on}才收到的批次{batch}，结果会偏好，已停止；请按接收日期选取批次"
    )]
    Leak {
        batch: i64,
        received_on: chrono::NaiveDate,
        known_by: chrono::NaiveDate,
    },
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
pub(super) struct Context {
    db: Database,
    pub pack: Arc<Pack>,
    batches: Vec<Batch>,
    stored: BTreeMap<i64, StoredBatch>,
    pub book: StatusBook,
    lists: Lists,
    standings: Standings,
    pub as_of: Month,
    pub parts: usize,
    parameters: Vec<Option<i64>>,
    /// Firms of confirmed lists and pool records, by part of the key space.
    also: Vec<Vec<u128>>,
}

/// A snapshot as computed, before it is stored.
#[derive(Debug, Clone, Default)]
pub struct Computed {
    /// Number of rows and payload of each part, in order of the keys.
    pub parts: Vec<(usize, Vec<u8>)>,
    /// What the landing forecast has learnt; none where no revenue was delivered.
    pub forecaster: Option<Forecaster>,
}

/// Computes a snapshot. `progress` is told how many of how many parts are done.
pub async fn compute(
    db: &Database,
    pack: Arc<Pack>,
    as_of: Month,
    batches: Vec<Batch>,
    standings: Standings,
    progress: impl Fn(usize, usize),
) -> Result<Computed, RunFailure> {
    let context = context(db, pack, as_of, batches, standings).await?;
    let context = Arc::new(context);
    let parts = context.parts;
    progress(0, parts);
    let (kept, learnt) = learn_from(&context).await?;
    let landing = learnt.clone();
    let one = move |context: Arc<Context>, part: usize| {
        let (kept, landing) = (kept.clone(), landing.clone());
        async move {
            let own = match kept.take(part) {
                Some(own) => own,
                None => load(context.clone(), part).await?,
            };
            one_part(&context, own, landing.as_deref()).await
        }
    };
    let done = |done| progress(done, parts);
    let parts = each_part(0..parts, &context, one, done).await?;
    Ok(Computed {
        parts,
        forecaster: learnt.map(|learnt| learnt.forecaster.clone()),
    })
}

/// Parts that were read to learn from, each to be used once more.
#[derive(Clone)]
pub(super) struct Kept(Arc<Vec<Mutex<Option<LoadedPart>>>>);

impl Kept {
    pub fn take(&self, part: usize) -> Option<LoadedPart> {
        self.0.get(part)?.lock().ok()?.take()
    }
}

/// Reads a few parts and learns the landing forecast from them. Nothing is learnt where no
/// revenue was delivered.
pub(super) async fn learn_from(
    context: &Arc<Context>,
) -> Result<(Kept, Option<Arc<Learnt>>), RunFailure> {
    let parts = context.parts;
    let mut loaded: Vec<LoadedPart> = Vec::new();
    let needed = |loaded: &[LoadedPart]| learnt_parts(loaded.iter().map(|own| own.keys.len()));
    // How many are read at once depends on the machine; what is learnt must not.
    while loaded.len() < parts && needed(&loaded) == loaded.len() {
        let next = loaded.len()..parts.min(loaded.len() + workers());
        loaded.extend(each_part(next, context, load, |_| {}).await?);
    }
    let samples = &loaded[..needed(&loaded)];
    let samples = samples
        .iter()
        .filter_map(|loaded| sample(context, loaded, YEARS - 1));
    let samples: Vec<Part> = samples.collect();
    let learnt = Learnt::learn(&context.pack, &samples, context.as_of).map(Arc::new);
    let kept = loaded.into_iter().map(|part| Mutex::new(Some(part)));
    Ok((Kept(Arc::new(kept.collect())), learnt))
}

pub(super) async fn context(
    db: &Database,
    pack: Arc<Pack>,
    as_of: Month,
    batches: Vec<Batch>,
    standings: Standings,
) -> Result<Context, RunFailure> {
    let stored = crate::deliveries::stored(db.reading()).await?;
    let book = status_book(db.reading(), &batches, &stored, as_of).await?;
    let lists = lists(db.reading(), &pack, &batches, &stored, as_of).await?;
    let rows = batches.iter().map(|batch| batch.accepted).max();
    let parts = slices_for(rows.unwrap_or(0) as usize);
    let mut also: Vec<Vec<u128>> = vec![Vec::new(); parts];
    let listed: HashSet<u128> = book
        .keys()
        .chain(standings.by_key.keys().copied())
        .collect();
    for key in listed {
        also[part_of(key, parts)].push(key);
    }
    Ok(Context {
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
    })
}

/// One more than the cores: one part is read while the others are computed.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from) + 1
}

/// Does the same with each part, a few at a time; the answers come in order of the parts.
pub(super) async fn each_part<Answer, Doing>(
    parts: Range<usize>,
    context: &Arc<Context>,
    what: impl Fn(Arc<Context>, usize) -> Doing,
    progress: impl Fn(usize),
) -> Result<Vec<Answer>, RunFailure>
where
    Answer: Send + 'static,
    Doing: Future<Output = Result<Answer, RunFailure>> + Send + 'static,
{
    let permits = Arc::new(Semaphore::new(workers()));
    let mut tasks = JoinSet::new();
    let first = parts.start;
    let mut done: Vec<Option<Answer>> = Vec::new();
    done.resize_with(parts.len(), || None);
    let mut finished = 0;
    for part in parts {
        let permits = permits.clone();
        let doing = what(context.clone(), part);
        tasks.spawn(async move {
            let permit = permits.acquire_owned().await;
            let result = doing.await;
            drop(permit);
            result.map(|answer| (part, answer))
        });
    }
    while let Some(joined) = tasks.join_next().await {
        let (part, answer) = joined.map_err(|error| RunFailure::Stopped(error.to_string()))??;
        done[part - first] = Some(answer);
        finished += 1;
        progress(finished);
    }
    Ok(done.into_iter().flatten().collect())
}

/// What was read of one part.
pub(super) struct LoadedPart {
    pub part: usize,
    pub firms: Vec<Enterprise>,
    pub keys: Vec<u128>,
    pub figures: Figures,
}

pub(super) async fn load(context: Arc<Context>, part: usize) -> Result<LoadedPart, RunFailure> {
    let Context {
        db,
        pack,
        batches,
        stored,
        as_of,
        ..
    } = &*context;
    let place = (part, context.parts);
    let firms = enterprises(db.reading(), pack, batches, stored, *as_of, place).await?;
    let keys: Vec<u128> = subjects(&context, &firms, part)
        .iter()
        .map(|subject| subject.key)
        .collect();
    let features = pack.facts.iter().filter_map(|fact| match fact.origin {
        Origin::Feature(feature) => Some(feature),
        _ => None,
    });
    let mut wanted: Vec<usize> = features.clone().map(|feature| feature.series).collect();
    wanted.extend(SeriesSlots::of(pack).into_iter().flat_map(SeriesSlots::all));
    wanted.sort_unstable();
    wanted.dedup();
    let window = (*as_of, months_read(pack));
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
    Ok(LoadedPart {
        part,
        firms,
        keys,
        figures,
    })
}

/// The months of a part as the forecast reads them.
fn sample(context: &Context, loaded: &LoadedPart, years: usize) -> Option<Part> {
    let slots = SeriesSlots::of(&context.pack)?;
    let subjects = subjects(context, &loaded.firms, loaded.part);
    let members = members(context, &subjects, years);
    let part = Part::of(&context.pack, slots, &loaded.figures, &subjects, members);
    Some(part)
}

/// Whether each firm was above scale now, and at the same time of so many years before; none
/// for years beyond.
pub(super) fn members(
    context: &Context,
    subjects: &[Subject<'_>],
    years: usize,
) -> Vec<[Option<bool>; YEARS]> {
    let ago = |subject: &Subject<'_>, back: usize| {
        let then = context.as_of.plus(-12 * back as i32);
        match back {
            0 => context.book.on(subject.key, subject.area, then).in_scale,
            _ => context.book.stood(subject.key, subject.area, then),
        }
    };
    let own = |subject| {
        std::array::from_fn(|back| match back <= years {
            true => ago(subject, back),
            false => None,
        })
    };
    subjects.iter().map(own).collect()
}

async fn one_part(
    context: &Context,
    loaded: LoadedPart,
    learnt: Option<&Learnt>,
) -> Result<(usize, Vec<u8>), RunFailure> {
    let Context {
        db, pack, as_of, ..
    } = context;
    let place = (loaded.part, context.parts);
    let landings = match (learnt, sample(context, &loaded, 0)) {
        (Some(learnt), Some(part)) => learnt.land(&part),
        _ => vec![None; loaded.keys.len()],
    };
    let LoadedPart {
        part,
        firms,
        keys,
        figures,
    } = loaded;
    let subjects = subjects(context, &firms, part);
    let statuses = statuses(&context.book, &subjects, *as_of);
    let areas: Vec<Option<DivisionCode>> = subjects.iter().map(|subject| subject.area).collect();
    let firms_here = (keys.as_slice(), areas.as_slice());
    let delivered =
        delivered_columns(db.reading(), pack, &context.lists, firms_here, place).await?;
    let computed = (&figures, landings.as_slice());
    let mut facts = columns(pack, &subjects, &statuses, computed, delivered, *as_of);
    let ladder = decide(pack, &mut facts, &context.parameters);
    let rows = rows_of(pack, keys, &subjects, facts, ladder);
    Ok((rows.len(), encode(&rows, 0, rows.len())?))
}

fn rows_of(
    pack: &Pack,
    keys: Vec<u128>,
    subjects: &[Subject<'_>],
    facts: Vec<Vec<i64>>,
    ladder: Ladder,
) -> Rows {
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
    rows
}

/// The register's firms of a part, and those that only lists and records name.
pub(super) fn subjects<'a>(
    context: &Context,
    firms: &'a [Enterprise],
    part: usize,
) -> Vec<Subject<'a>> {
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
