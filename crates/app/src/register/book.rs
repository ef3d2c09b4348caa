//! Everything that the list of firms is read from, for one reader: his firms, the directory by
//! which they are found, records of the pool and verdicts of the day.
//!
//! What takes long to lay out is laid out once and kept beside the firms.

use crate::office::{Office, today};
use crate::outlook::newest;
use anyhow::Result;
use chrono::NaiveDate;
use programme::measures::Verdicts;
use programme::outlook::{Firms, Inside, Seen, Snapshot};
use programme::people::Scope;
use programme::pool::{self, Membership};
use programme::register::Directory;
use rules::pack::Pack;
use std::sync::{Arc, Mutex};

/// Where a firm stands by the records of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// Admitted.
    In,
    /// Has applied to the statistics authority.
    Declared,
    /// Was admitted once and was removed.
    Left,
    Out,
}

impl Pool {
    pub const ALL: [Pool; 4] = [Pool::In, Pool::Declared, Pool::Left, Pool::Out];

    /// What queries call it.
    pub fn id(self) -> &'static str {
        match self {
            Pool::In => "in",
            Pool::Declared => "declared",
            Pool::Left => "left",
            Pool::Out => "out",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Pool::In => "在库",
            Pool::Declared => "已申报",
            Pool::Left => "已移出",
            Pool::Out => "未纳入",
        }
    }
}

/// The pool's records laid beside the firms of a snapshot.
#[derive(Debug, Default)]
pub struct PoolPlanes {
    admitted: Vec<u64>,
    declared: Vec<u64>,
    ever: Vec<u64>,
}

impl PoolPlanes {
    pub fn new<'a>(
        firms: &Firms,
        members: impl Iterator<Item = (&'a u128, &'a Membership)>,
    ) -> PoolPlanes {
        let none = || vec![0u64; firms.len().div_ceil(64)];
        let mut planes = PoolPlanes {
            admitted: none(),
            declared: none(),
            ever: none(),
        };
        for (key, member) in members {
            let Ok(firm) = firms.keys().binary_search(key) else {
                continue;
            };
            let facts = [
                (&mut planes.admitted, member.standing.admitted),
                (&mut planes.declared, member.standing.declared),
                (&mut planes.ever, member.ever_admitted),
            ];
            for (plane, holds) in facts {
                plane[firm / 64] |= u64::from(holds) << (firm % 64);
            }
        }
        planes
    }

    pub fn of(&self, firm: Inside) -> Pool {
        let has = |plane: &[u64]| plane[firm.place() / 64] >> (firm.place() % 64) & 1 == 1;
        match (has(&self.declared), has(&self.admitted), has(&self.ever)) {
            (true, _, _) => Pool::Declared,
            (_, true, _) => Pool::In,
            (_, _, true) => Pool::Left,
            _ => Pool::Out,
        }
    }
}

/// What one reader's lists are read from.
pub struct Book {
    pub pack: Arc<Pack>,
    pub snapshot: Snapshot,
    /// The day of law.
    pub on: NaiveDate,
    /// Parameters of the last day of the snapshot's month, by which stages were decided.
    pub parameters: Vec<Option<i64>>,
    pub seen: Arc<Seen>,
    pub directory: Arc<Directory>,
    pub pool: Arc<PoolPlanes>,
    pub verdicts: Arc<Verdicts>,
}

/// Regions whose firms are kept laid out.
const SEEN_KEPT: usize = 64;

/// What is kept between two questions.
#[derive(Default)]
pub struct Shelf {
    directory: Mutex<Option<(i64, Arc<Directory>)>>,
    /// One layout at a time: it takes all the memory that it needs, but once.
    laying_out: tokio::sync::Mutex<()>,
    seen: Mutex<Vec<(i64, Arc<Seen>)>>,
    pool: Mutex<Option<LaidPool>>,
}

/// The pool's planes by snapshot and number of the last act.
type LaidPool = ((i64, i64), Arc<PoolPlanes>);

impl Shelf {
    fn directory(&self, snapshot: i64) -> Option<Arc<Directory>> {
        let kept = self.directory.lock().ok()?;
        let (id, directory) = kept.as_ref()?;
        (*id == snapshot).then(|| directory.clone())
    }

    fn seen(&self, snapshot: i64, scope: &Scope) -> Option<Arc<Seen>> {
        let kept = self.seen.lock().ok()?;
        let found = kept
            .iter()
            .find(|(id, seen)| *id == snapshot && seen.scope() == scope);
        found.map(|(_, seen)| seen.clone())
    }

    fn keep_seen(&self, snapshot: i64, seen: &Arc<Seen>) {
        if let Ok(mut kept) = self.seen.lock() {
            kept.retain(|(id, _)| *id == snapshot);
            if kept.len() == SEEN_KEPT {
                kept.remove(0);
            }
            kept.push((snapshot, seen.clone()));
        }
    }
}

/// The directory of the newest firms, laid out where it is not yet.
pub async fn directory(office: &Office, id: i64, firms: &Arc<Firms>) -> Result<Arc<Directory>> {
    let shelf = &office.memory.shelf;
    if let Some(directory) = shelf.directory(id) {
        return Ok(directory);
    }
    let _turn = shelf.laying_out.lock().await;
    if let Some(directory) = shelf.directory(id) {
        return Ok(directory);
    }
    let firms = firms.clone();
    let laid_out = tokio::task::spawn_blocking(move || {
        let named = (0..firms.len()).map(|firm| (firms.uscc(firm), firms.name(firm)));
        Arc::new(Directory::new(named))
    });
    let directory = laid_out.await?;
    if let Ok(mut kept) = shelf.directory.lock() {
        *kept = Some((id, directory.clone()));
    }
    Ok(directory)
}

/// The firms that a scope covers.
pub fn seen(office: &Office, id: i64, firms: &Arc<Firms>, scope: &Scope) -> Arc<Seen> {
    let shelf = &office.memory.shelf;
    if let Some(seen) = shelf.seen(id, scope) {
        return seen;
    }
    let seen = Arc::new(Seen::new(office.pack.clone(), firms.clone(), scope));
    shelf.keep_seen(id, &seen);
    seen
}

async fn pool_planes(office: &Office, id: i64, firms: &Firms) -> Result<Arc<PoolPlanes>> {
    let db = office.db.reading();
    let through = pool::last_act(db).await?;
    let shelf = &office.memory.shelf;
    if let Ok(kept) = shelf.pool.lock()
        && let Some((_, planes)) = kept.as_ref().filter(|(own, _)| *own == (id, through))
    {
        return Ok(planes.clone());
    }
    let members = crate::pool::members(office).await?;
    let planes = Arc::new(PoolPlanes::new(firms, members.iter()));
    if let Ok(mut kept) = shelf.pool.lock() {
        *kept = Some(((id, through), planes.clone()));
    }
    Ok(planes)
}

/// Opens what a reader's lists are read from.
pub async fn open(office: &Office, scope: &Scope) -> Result<Book> {
    let (snapshot, firms) = newest(office, None).await?;
    let on = today();
    let verdicts = match office.memory.verdicts(snapshot.id, on) {
        Some(verdicts) => verdicts,
        None => {
            let decided = Arc::new(Verdicts::on(&office.pack, firms.columns(), on));
            office.memory.keep_verdicts(snapshot.id, &decided);
            decided
        }
    };
    Ok(Book {
        pack: office.pack.clone(),
        on,
        parameters: office.pack.parameters_on(snapshot.as_of.last_day()),
        seen: seen(office, snapshot.id, &firms, scope),
        directory: directory(office, snapshot.id, &firms).await?,
        pool: pool_planes(office, snapshot.id, &firms).await?,
        verdicts,
        snapshot,
    })
}
