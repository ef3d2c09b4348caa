//! The register and the confirmed lists out of the database.

use super::exceptions::{Exception, ExceptionRefusal, admissible};
use super::fold::{COLUMNS, Enterprise, fold, ordered_lists};
use super::status::{ConfirmedList, StatusBook};
use crate::database::{DatabaseFailure, execute, next_number, row, rows};
use crate::deliveries::payload::Rows;
use crate::deliveries::{Batch, BatchFailure, StoredBatch, extend_rows, load_part, rows_of};
use crate::journal::{self, Act, Line};
use chrono::NaiveDate;
use rules::pack::Pack;
use rules::period::Month;
use rules::uscc::Uscc;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, HashMap, HashSet};

const REGISTER: &str = "register";
/// Codes of one firm that are followed back.
const CODES_MAX: usize = 16;

/// Enterprises of one part of the key space as known from these batches.
pub async fn enterprises<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
    (part, parts): (usize, usize),
) -> Result<Vec<Enterprise>, BatchFailure> {
    let mut lists = Vec::new();
    for batch in ordered_lists(batches, "register", as_of) {
        if let Some(place) = stored.get(&batch.id) {
            let rows = load_part(db, *place, part, parts, Some(&COLUMNS)).await?;
            lists.push((batch.id, rows));
        }
    }
    Ok(fold(lists, &pack.divisions))
}

/// One enterprise; only its part of each batch is read.
pub async fn one_enterprise<C: ConnectionTrait>(
    db: &C,
    pack: &Pack,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
    uscc: Uscc,
) -> Result<Option<Enterprise>, BatchFailure> {
    let lists = own_rows(db, batches, stored, as_of, uscc, Some(&COLUMNS)).await?;
    Ok(fold(lists, &pack.divisions).pop())
}

/// The rows of one firm in the register's lists, in the order in which later ones win.
async fn own_rows<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
    uscc: Uscc,
    wanted: Option<&[&str]>,
) -> Result<Vec<(i64, Rows)>, BatchFailure> {
    let lists = ordered_lists(batches, REGISTER, as_of);
    let places = lists
        .iter()
        .filter_map(|batch| stored.get(&batch.id).copied());
    let places: Vec<StoredBatch> = places.collect();
    rows_of(db, &places, uscc.key(), wanted).await
}

/// Every name that the lists gave a firm, oldest list first, each with the month of the first
/// list that used it.
pub async fn names_of<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    uscc: Uscc,
) -> Result<Vec<(Month, String)>, BatchFailure> {
    let mut lists: Vec<&Batch> = batches.iter().filter(|b| b.kind == REGISTER).collect();
    lists.sort_by_key(|batch| (batch.month, batch.id));
    let places = lists
        .iter()
        .filter_map(|batch| stored.get(&batch.id).copied());
    let places: Vec<StoredBatch> = places.collect();
    let months: HashMap<i64, Month> = lists.iter().map(|b| (b.id, b.month)).collect();
    let mut names: Vec<(Month, String)> = Vec::new();
    for (batch, rows) in rows_of(db, &places, uscc.key(), Some(&["name"])).await? {
        let name = rows.text("name").and_then(|names| names.first());
        let name = name.filter(|name| !name.is_empty());
        if let Some(name) = name.filter(|name| names.iter().all(|(_, own)| own != *name)) {
            names.push((months[&batch], name.clone()));
        }
    }
    Ok(names)
}

/// Whom to call at a firm, as the newest list that says so has it. Personal: only for those
/// who say what for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    pub person: String,
    pub phone: String,
}

/// The contact of one firm; none where no list names one.
pub async fn contact_of<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
    uscc: Uscc,
) -> Result<Option<Contact>, BatchFailure> {
    let wanted = ["contact", "phone"];
    let lists = own_rows(db, batches, stored, as_of, uscc, Some(&wanted)).await?;
    let text = |rows: &Rows, name: &str| {
        let texts = rows.text(name).unwrap_or_default();
        texts.first().cloned().unwrap_or_default()
    };
    let contacts = lists.iter().rev().map(|(_, rows)| Contact {
        person: text(rows, "contact"),
        phone: text(rows, "phone"),
    });
    let mut said = contacts.filter(|own| !own.person.is_empty() || !own.phone.is_empty());
    Ok(said.next())
}

/// The spells of one firm and of the codes that it had before, as [`status_book`] has them of
/// all; only its part of each list is read. The codes come oldest first, the firm's last.
pub async fn status_of<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
    uscc: Uscc,
) -> Result<(StatusBook, Vec<Uscc>), BatchFailure> {
    let mut codes = vec![uscc];
    let mut predecessors = HashMap::new();
    while codes.len() < CODES_MAX {
        let now = codes[codes.len() - 1];
        let wanted = ["predecessor"];
        let lists = own_rows(db, batches, stored, as_of, now, Some(&wanted)).await?;
        let named = lists.iter().rev().find_map(|(_, rows)| {
            let text = rows.text("predecessor")?.first()?;
            Uscc::read(text).ok().map(|(code, _)| code)
        });
        match named.filter(|code| !codes.contains(code)) {
            Some(before) => {
                predecessors.insert(now.key(), before.key());
                codes.push(before);
            }
            None => break,
        }
    }
    codes.reverse();
    let confirmed = counting(batches, as_of);
    let mut lists: Vec<(ConfirmedList, Rows)> = confirmed
        .iter()
        .map(|batch| (listed(batch), Rows::default()))
        .collect();
    let places = confirmed
        .iter()
        .filter_map(|batch| stored.get(&batch.id).copied());
    let places: Vec<StoredBatch> = places.collect();
    for code in &codes {
        for (batch, rows) in rows_of(db, &places, code.key(), Some(&SPELL)).await? {
            let own = lists.iter_mut().find(|(list, _)| list.batch == batch);
            if let Some((_, all)) = own {
                extend_rows(all, rows);
            }
        }
    }
    Ok((StatusBook::new(lists, predecessors), codes))
}

/// Keys of every firm in the register batches.
pub async fn known_keys<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
) -> Result<HashSet<u128>, BatchFailure> {
    let mut keys = HashSet::new();
    for batch in batches.iter().filter(|batch| batch.kind == "register") {
        if let Some(place) = stored.get(&batch.id) {
            keys.extend(load_part(db, *place, 0, 1, Some(&[])).await?.keys);
        }
    }
    Ok(keys)
}

/// The spells of all firms. Lists after the month are used only where none is before it.
pub async fn status_book<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
    as_of: Month,
) -> Result<StatusBook, BatchFailure> {
    let mut lists = Vec::new();
    for batch in counting(batches, as_of) {
        if let Some(place) = stored.get(&batch.id) {
            let rows = load_part(db, *place, 0, 1, Some(&SPELL)).await?;
            lists.push((listed(batch), rows));
        }
    }
    let predecessors = predecessors(db, batches, stored).await?;
    Ok(StatusBook::new(lists, predecessors))
}

/// Columns of a confirmed list that make a spell.
const SPELL: [&str; 4] = ["entered", "entry_door", "left", "left_reason"];

/// The confirmed lists that count at a month, oldest first.
fn counting(batches: &[Batch], as_of: Month) -> Vec<&Batch> {
    let mut confirmed: Vec<&Batch> = batches.iter().filter(|b| b.kind == "confirmed").collect();
    confirmed.sort_by_key(|batch| (batch.month, batch.id));
    if confirmed.iter().any(|batch| batch.month <= as_of) {
        confirmed.retain(|batch| batch.month <= as_of);
    } else {
        confirmed.truncate(1);
    }
    confirmed
}

fn listed(batch: &Batch) -> ConfirmedList {
    ConfirmedList {
        batch: batch.id,
        month: batch.month,
        region: batch.region,
    }
}

/// Which code a firm had before, by key.
async fn predecessors<C: ConnectionTrait>(
    db: &C,
    batches: &[Batch],
    stored: &BTreeMap<i64, StoredBatch>,
) -> Result<HashMap<u128, u128>, BatchFailure> {
    let mut links = HashMap::new();
    for batch in batches.iter().filter(|batch| batch.kind == "register") {
        let Some(place) = stored.get(&batch.id) else {
            continue;
        };
        let rows = load_part(db, *place, 0, 1, Some(&["predecessor"])).await?;
        for (key, text) in rows
            .keys
            .iter()
            .zip(rows.text("predecessor").unwrap_or_default())
        {
            if let Ok((code, _)) = Uscc::read(text)
                && code.key() != *key
            {
                links.insert(*key, code.key());
            }
        }
    }
    Ok(links)
}

/// The recorded exceptions by code.
pub async fn exceptions<C: ConnectionTrait>(
    db: &C,
) -> Result<HashMap<Uscc, Exception>, DatabaseFailure> {
    let sql =
        "SELECT uscc, evidence, organisation, person, on_day FROM register_exceptions ORDER BY id";
    let mut found = HashMap::new();
    for row in rows(db, sql, []).await? {
        let text: String = row.try_get("", "uscc")?;
        let code = match Uscc::read(&text) {
            Ok((code, _)) | Err(rules::uscc::UsccFault::CheckSymbol { code, .. }) => code,
            Err(_) => continue,
        };
        let exception = Exception {
            uscc: code,
            evidence: row.try_get("", "evidence")?,
            organisation: row.try_get("", "organisation")?,
            person: row.try_get("", "person")?,
            on: crate::deliveries::day_of(row.try_get("", "on_day")?),
        };
        found.insert(code, exception);
    }
    Ok(found)
}

/// Records an exception with its journal line.
pub async fn record_exception<C: ConnectionTrait>(
    tx: &C,
    text: &str,
    evidence: &str,
    act: &Act,
) -> Result<Result<Uscc, ExceptionRefusal>, DatabaseFailure> {
    let code = match admissible(text, evidence, &act.person) {
        Ok(code) => code,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sql = "SELECT person, on_day FROM register_exceptions WHERE uscc = ?";
    if let Some(found) = row(tx, sql, [code.to_string().into()]).await? {
        let day: NaiveDate = crate::deliveries::day_of(found.try_get("", "on_day")?);
        return Ok(Err(ExceptionRefusal::Recorded(
            code,
            found.try_get("", "person")?,
            day,
        )));
    }
    let id = next_number(tx, "register_exceptions").await?;
    execute(
        tx,
        "INSERT INTO register_exceptions (id, uscc, evidence, organisation, person, on_day, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            id.into(),
            code.to_string().into(),
            evidence.into(),
            act.organisation.id().into(),
            act.person.clone().into(),
            crate::deliveries::day_number(act.on).into(),
            act.at.into(),
        ],
    )
    .await?;
    let line = Line {
        act: "register.exception",
        subject: code.to_string(),
        detail: evidence.to_string(),
    };
    journal::append(tx, act, &line).await?;
    Ok(Ok(code))
}
