//! Reading the journal: newest first, page by page, by what auditors ask for.
//!
//! Every question is answered from an index, or looks at a bounded number of lines: a page of
//! five million lines must not take longer than one of a thousand.

use super::super::{JournalFilter, KeptLine, LineCount, LinePage};
use super::head;
use crate::database::{DatabaseFailure, rows, rows_of};
use sea_orm::{ConnectionTrait, QueryResult, Value};

const COLUMNS: &str = "id, at, organisation, person, act, subject, detail, hash";
/// Lines that a search for words looks through at a time; the next page goes on from there.
const SCANNED_MAX: i64 = 200_000;
/// Beyond this a count says “more than”.
const COUNTED_MAX: i64 = 10_000;
/// By how much the moments of lines may contradict their order, in seconds.
const DISORDER: i64 = 86_400;

/// Lines that a filter lets through, newest first.
pub async fn search<C: ConnectionTrait>(
    db: &C,
    filter: &JournalFilter,
) -> Result<LinePage, DatabaseFailure> {
    let window = window(db, filter).await?;
    let mut lines = Vec::new();
    for condition in conditions(db, filter, &window).await? {
        let Condition { text, mut values } = condition;
        let sql =
            format!("SELECT {COLUMNS} FROM journal_lines WHERE {text} ORDER BY id DESC LIMIT ?");
        values.push(i64::from(filter.limit).into());
        for found in rows_of(db, &sql, values).await? {
            lines.push(read(&found)?);
        }
    }
    lines.sort_unstable_by_key(|line| -line.id);
    lines.truncate(filter.limit as usize);
    let is_full = lines.len() == filter.limit as usize;
    let next = match lines.last() {
        Some(last) if is_full => Some(last.id),
        _ => window.goes_on.then_some(window.after + 1),
    };
    Ok(LinePage { lines, next })
}

/// How many lines a filter lets through, wherever its page begins.
pub async fn count<C: ConnectionTrait>(
    db: &C,
    filter: &JournalFilter,
) -> Result<LineCount, DatabaseFailure> {
    let filter = JournalFilter {
        before: None,
        ..filter.clone()
    };
    let window = window(db, &filter).await?;
    let mut lines = 0;
    for condition in conditions(db, &filter, &window).await? {
        let Condition { text, mut values } = condition;
        let sql = format!(
            "SELECT COUNT(*) AS count FROM \
             (SELECT id FROM journal_lines WHERE {text} LIMIT ?) AS found"
        );
        values.push((COUNTED_MAX + 1).into());
        for found in rows_of(db, &sql, values).await? {
            lines += found.try_get::<i64>("", "count")?;
        }
    }
    Ok(LineCount {
        lines: lines.min(COUNTED_MAX),
        is_more: lines > COUNTED_MAX || window.goes_on,
    })
}

/// Every kind of act that stands in the journal, in alphabetical order.
pub async fn acts<C: ConnectionTrait>(db: &C) -> Result<Vec<String>, DatabaseFailure> {
    // From one to the next by the index, instead of through all lines.
    let sql = "WITH RECURSIVE known (act) AS (SELECT MIN(act) FROM journal_lines UNION ALL \
         SELECT (SELECT MIN(act) FROM journal_lines WHERE act > known.act) FROM known \
         WHERE known.act IS NOT NULL) SELECT act FROM known WHERE act IS NOT NULL";
    let mut acts = Vec::new();
    for found in rows(db, sql, []).await? {
        acts.push(found.try_get("", "act")?);
    }
    acts.sort_unstable();
    Ok(acts)
}

/// Numbers of lines that are looked at: after, and before.
struct Window {
    after: i64,
    before: i64,
    /// Whether older lines were left for the next page.
    goes_on: bool,
}

async fn window<C: ConnectionTrait>(
    db: &C,
    filter: &JournalFilter,
) -> Result<Window, DatabaseFailure> {
    let mut window = Window {
        after: 0,
        before: head(db).await?.lines + 1,
        goes_on: false,
    };
    if let Some(before) = filter.before {
        window.before = window.before.min(before);
    }
    // Lines are written in the order of time, but for clocks and for who had to wait.
    if let Some(from) = filter.from {
        let sql = "SELECT id FROM journal_lines WHERE at < ? ORDER BY at DESC, id DESC LIMIT 1";
        if let Some(found) = rows(db, sql, [(from - DISORDER).into()]).await?.first() {
            window.after = found.try_get("", "id")?;
        }
    }
    if let Some(to) = filter.to {
        let sql = "SELECT id FROM journal_lines WHERE at > ? ORDER BY at, id LIMIT 1";
        if let Some(found) = rows(db, sql, [(to + DISORDER).into()]).await?.first() {
            window.before = window.before.min(found.try_get("", "id")?);
        }
    }
    let oldest = window.before - 1 - SCANNED_MAX;
    if filter.text.is_some() && oldest > window.after {
        window.after = oldest;
        window.goes_on = true;
    }
    Ok(window)
}

struct Condition {
    text: String,
    values: Vec<Value>,
}

impl Condition {
    fn and(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        if !self.text.is_empty() {
            self.text.push_str(" AND ");
        }
        self.text.push_str(text);
        self.values.extend(values);
    }
}

/// One condition for each kind of act that is asked for, so that each is read in order from
/// its index.
async fn conditions<C: ConnectionTrait>(
    db: &C,
    filter: &JournalFilter,
    window: &Window,
) -> Result<Vec<Condition>, DatabaseFailure> {
    let acts = match &filter.act {
        None => vec![None],
        Some(prefix) => {
            let all = acts(db).await?.into_iter();
            let wanted = all.filter(|act| act.starts_with(prefix.as_str()));
            wanted.map(Some).collect()
        }
    };
    Ok(acts
        .into_iter()
        .map(|act| condition(filter, act, window))
        .collect())
}

fn condition(filter: &JournalFilter, act: Option<String>, window: &Window) -> Condition {
    let mut condition = Condition {
        text: String::new(),
        values: Vec::new(),
    };
    condition.and(
        "id > ? AND id < ?",
        [window.after.into(), window.before.into()],
    );
    let equal = [
        ("act = ?", act),
        ("organisation = ?", filter.organisation.clone()),
        ("person = ?", filter.person.clone()),
        ("subject = ?", filter.subject.clone()),
    ];
    for (text, value) in equal {
        if let Some(value) = value {
            condition.and(text, [value.into()]);
        }
    }
    if let Some(from) = filter.from {
        condition.and("at >= ?", [from.into()]);
    }
    if let Some(to) = filter.to {
        condition.and("at <= ?", [to.into()]);
    }
    if let Some(text) = &filter.text {
        let pattern = pattern(text);
        condition.and(
            "(LOWER(subject) LIKE ? ESCAPE '!' OR LOWER(detail) LIKE ? ESCAPE '!')",
            [pattern.clone().into(), pattern.into()],
        );
    }
    condition
}

/// Words as a pattern that matches them and nothing else.
fn pattern(text: &str) -> String {
    let mut pattern = "%".to_string();
    for symbol in text.to_ascii_lowercase().chars() {
        if matches!(symbol, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(symbol);
    }
    pattern + "%"
}

fn read(row: &QueryResult) -> Result<KeptLine, DatabaseFailure> {
    Ok(KeptLine {
        id: row.try_get("", "id")?,
        at: row.try_get("", "at")?,
        organisation: row.try_get("", "organisation")?,
        person: row.try_get("", "person")?,
        act: row.try_get("", "act")?,
        subject: row.try_get("", "subject")?,
        detail: row.try_get("", "detail")?,
        hash: row.try_get("", "hash")?,
    })
}
