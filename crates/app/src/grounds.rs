//! What many pages are made from, for whoever looks: who was above scale when, how targets go,
//! how full pools are. It is read and added up once for all readers, until something changes.
//!
//! Nothing here is narrowed to a reader; whoever shows of it narrows it.

use crate::cli::LawArgs;
use crate::kept::Kept;
use crate::measures::decided;
use crate::office::Office;
use crate::outlook::newest;
use crate::outlook::prospect::Probability;
use crate::outlook::warnings::judged;
use crate::pool::coverage_by;
use crate::targets::book_of;
use crate::targets::course::course;
use anyhow::Result;
use programme::journal::Horizon;
use programme::outlook::{self, Firms, Snapshot};
use programme::people::Whereabouts;
use programme::pool::sufficiency::Prospect;
use programme::pool::{self, Coverage, Membership};
use programme::register::StatusBook;
use programme::targets;
use programme::targets::progress::{Progress, progress};
use rules::pack::Pack;
use rules::period::Month;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Snapshots whose books are kept.
const BOOKS_KEPT: usize = 2;
/// Moments of which sums are kept: now, and a few of the past.
const SUMS_KEPT: usize = 4;
/// How often a new run is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Who is and was in the pool, by key of the credit code.
pub type Members = HashMap<u128, Membership>;

/// What is kept.
#[derive(Default)]
pub struct Grounds {
    books: Kept<Arc<Book>, BOOKS_KEPT>,
    members: Kept<Arc<Members>, 1>,
    sums: Kept<Arc<Sums>, SUMS_KEPT>,
    fits: Kept<Arc<Fits>, BOOKS_KEPT>,
    prospects: Kept<Arc<Vec<Prospect>>, 1>,
    /// One is made at a time: whoever waits finds it made.
    making: tokio::sync::Mutex<()>,
    /// The same for members, which others are made from.
    folding: tokio::sync::Mutex<()>,
}

/// Who was above scale when, by the batches that a snapshot was made from.
pub struct Book {
    pub status: StatusBook,
    /// Places of firms of the snapshot by month of entry, as often as they entered; none where
    /// the snapshot does not have the firm.
    pub entries: Vec<(Month, Option<usize>)>,
}

/// What is added up over all areas and counties.
pub struct Sums {
    pub progress: Progress,
    pub coverage: Vec<Coverage>,
}

/// Firms by the classes of the pool, whether they are in it or not.
pub struct Fits {
    /// Those that fit a class: the likeliest to land first, those of whom nothing is known
    /// last; then by place and by code, since the order of keys says nothing to a reader.
    pub firms: Vec<Fit>,
    /// Those of which data are missing to tell.
    pub undecided: Vec<(usize, Whereabouts)>,
}

/// A firm that fits a class.
pub struct Fit {
    pub firm: usize,
    pub class: usize,
    pub place: Whereabouts,
}

/// The firms of a snapshot, by the classes of the pool.
pub async fn fits(office: &Office, snapshot: &Snapshot, firms: &Arc<Firms>) -> Result<Arc<Fits>> {
    let grounds = &office.memory.grounds;
    let made_from = format!("{} {}", snapshot.id, office.pack.fingerprint);
    if let Some(fits) = grounds.fits.get(&made_from) {
        return Ok(fits);
    }
    let _turn = grounds.making.lock().await;
    if let Some(fits) = grounds.fits.get(&made_from) {
        return Ok(fits);
    }
    let (pack, firms) = (office.pack.clone(), firms.clone());
    let fits = tokio::task::spawn_blocking(move || Arc::new(fitting(&pack, &firms))).await?;
    grounds.fits.keep(made_from, &fits);
    Ok(fits)
}

fn fitting(pack: &Pack, firms: &Firms) -> Fits {
    let mut fits = Fits {
        firms: Vec::new(),
        undecided: Vec::new(),
    };
    for firm in (0..firms.len()).filter(|firm| firms.area(*firm).is_some()) {
        let place = firms.whereabouts(firm);
        match firms.first_class(firm) {
            Some(class) => fits.firms.push(Fit { firm, class, place }),
            None => {
                let mut classes = 0..pack.classes.len();
                if classes.any(|class| firms.class(firm, class).is_none()) {
                    fits.undecided.push((firm, place));
                }
            }
        }
    }
    fits.firms.sort_by_cached_key(|own| {
        let above = Probability::of(pack, firms, own.firm).map(|above| above.parts);
        let code = firms.uscc(own.firm).to_string();
        (Reverse(above), own.place.area, own.place.county, code)
    });
    fits
}

/// Firms in the pool and beside it that may land this year.
pub async fn prospects(
    office: &Office,
    snapshot: &Snapshot,
    firms: &Arc<Firms>,
) -> Result<Arc<Vec<Prospect>>> {
    let grounds = &office.memory.grounds;
    let acts = pool::last_act(office.db.reading()).await?;
    let made_from = format!("{} {acts} {}", snapshot.id, office.pack.fingerprint);
    if let Some(prospects) = grounds.prospects.get(&made_from) {
        return Ok(prospects);
    }
    let _turn = grounds.making.lock().await;
    if let Some(prospects) = grounds.prospects.get(&made_from) {
        return Ok(prospects);
    }
    let (pack, firms, members) = (office.pack.clone(), firms.clone(), members(office).await?);
    let found = tokio::task::spawn_blocking(move || pool::prospects(&pack, &firms, &members));
    let prospects = Arc::new(found.await?);
    if pool::last_act(office.db.reading()).await? == acts {
        grounds.prospects.keep(made_from, &prospects);
    }
    Ok(prospects)
}

/// The book of a snapshot.
pub async fn book(office: &Office, snapshot: &Snapshot, firms: &Firms) -> Result<Arc<Book>> {
    let grounds = &office.memory.grounds;
    let made_from = snapshot.id.to_string();
    if let Some(book) = grounds.books.get(&made_from) {
        return Ok(book);
    }
    let _turn = grounds.making.lock().await;
    if let Some(book) = grounds.books.get(&made_from) {
        return Ok(book);
    }
    let status = book_of(office, snapshot).await?;
    let entries = status.keys().flat_map(|key| {
        let place = firms.keys().binary_search(&key).ok();
        status
            .spells(key)
            .iter()
            .map(move |spell| (spell.entered, place))
    });
    let book = Arc::new(Book {
        entries: entries.collect(),
        status,
    });
    grounds.books.keep(made_from, &book);
    Ok(book)
}

/// Who is and was in the pool, by all records.
pub async fn members(office: &Office) -> Result<Arc<Members>> {
    let db = office.db.reading();
    let grounds = &office.memory.grounds;
    let through = pool::last_act(db).await?;
    let made_from = through.to_string();
    if let Some(members) = grounds.members.get(&made_from) {
        return Ok(members);
    }
    let _turn = grounds.folding.lock().await;
    if let Some(members) = grounds.members.get(&made_from) {
        return Ok(members);
    }
    let acts = pool::acts(db).await?;
    let members = Arc::new(pool::fold(acts.iter()));
    // Somebody may have acted since the number was read.
    if acts.last().map_or(0, |act| act.id) == through {
        grounds.members.keep(made_from, &members);
    }
    Ok(members)
}

/// Progress and coverage at a snapshot, by all records and the targets as they are now.
pub async fn sums_now(office: &Office, snapshot: &Snapshot, firms: &Firms) -> Result<Arc<Sums>> {
    sums(office, snapshot, firms, Horizon::ALL).await
}

/// The same by the records and targets of a moment.
pub async fn sums(
    office: &Office,
    snapshot: &Snapshot,
    firms: &Firms,
    by: Horizon,
) -> Result<Arc<Sums>> {
    let db = office.db.reading();
    let book = book(office, snapshot, firms).await?;
    let as_of = snapshot.as_of;
    let issued = targets::issued_by(db, &office.pack, as_of.year(), by).await?;
    let acts = pool::last_act(db).await?;
    let pack = &office.pack.fingerprint;
    let made_from = format!("{:?}", (snapshot.id, acts, &issued, pack, by));
    let grounds = &office.memory.grounds;
    if let Some(sums) = grounds.sums.get(&made_from) {
        return Ok(sums);
    }
    let _turn = grounds.making.lock().await;
    if let Some(sums) = grounds.sums.get(&made_from) {
        return Ok(sums);
    }
    let sums = Arc::new(Sums {
        progress: progress(&office.pack, firms, &book.status, &issued, as_of),
        coverage: coverage_by(office, firms, as_of, by).await?,
    });
    if pool::last_act(db).await? == acts {
        grounds.sums.keep(made_from, &sums);
    }
    Ok(sums)
}

/// Lays out what the pages of the newest run are made from, before somebody asks.
///
/// # Errors
/// Where the database does not answer.
pub async fn warm(office: &Office) -> Result<()> {
    let (snapshot, firms) = newest(office, None).await?;
    crate::register::book::directory(office, snapshot.id, &firms).await?;
    let law = LawArgs {
        on: None,
        as_of: None,
    };
    decided(office, &law).await?;
    sums_now(office, &snapshot, &firms).await?;
    course(office, snapshot.as_of.year()).await?;
    fits(office, &snapshot, &firms).await?;
    prospects(office, &snapshot, &firms).await?;
    let judged = judged(office, None).await?;
    tokio::task::spawn_blocking(move || judged.all().count()).await?;
    Ok(())
}

/// Does so whenever a run has come, by whatever node, until the server stops.
pub async fn keep_warm(office: Office) {
    let mut warmed = None;
    loop {
        let newest = outlook::newest(office.db.reading(), None).await;
        let id = newest.ok().flatten().map(|snapshot| snapshot.id);
        if id.is_some() && id != warmed {
            match warm(&office).await {
                Ok(()) => warmed = id,
                Err(error) => tracing::warn!(error = error.to_string(), "pages are not laid out"),
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
