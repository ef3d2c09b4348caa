//! The journal in the database.

pub(super) mod search;

use super::{Act, Anchor, Chain, Head, Line, Written};
use crate::database::{DatabaseFailure, execute, row, rows};
use rules::pack::files::hexadecimal;
use sea_orm::{ConnectionTrait, QueryResult};
use sm3::{Digest, Sm3};

/// Adds a line inside the transaction of the act itself.
pub async fn append<C: ConnectionTrait>(
    tx: &C,
    act: &Act,
    line: &Line,
) -> Result<(), DatabaseFailure> {
    let Head {
        lines,
        hash: before,
    } = head(tx).await?;
    let id = lines + 1;
    let organisation = act.organisation.id();
    let texts = [
        organisation.as_str(),
        &act.person,
        line.act,
        &line.subject,
        &line.detail,
    ];
    let hash = link(&before, id, act.at, texts);
    execute(
        tx,
        "INSERT INTO journal_lines (id, at, organisation, person, act, subject, detail, hash) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            id.into(),
            act.at.into(),
            organisation.clone().into(),
            act.person.clone().into(),
            line.act.into(),
            line.subject.clone().into(),
            line.detail.clone().into(),
            hash.clone().into(),
        ],
    )
    .await?;
    execute(
        tx,
        "UPDATE journal_head SET lines = ?, hash = ?",
        [id.into(), hash.into()],
    )
    .await?;
    Ok(())
}

/// The persons who did an act to a subject, first to last.
pub async fn persons<C: ConnectionTrait>(
    db: &C,
    act: &str,
    subject: &str,
) -> Result<Vec<String>, DatabaseFailure> {
    let found = rows(
        db,
        "SELECT person FROM journal_lines WHERE act = ? AND subject = ? ORDER BY id",
        [act.into(), subject.into()],
    )
    .await?;
    let persons = found.iter().map(|line| line.try_get("", "person"));
    Ok(persons.collect::<Result<_, _>>()?)
}

/// How far the journal was looked through for changes, and the last one found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looked {
    pub through: i64,
    /// Number of the last line that tells of a change in what pages show; 0 where there is none.
    pub change: i64,
}

/// Looks through the lines that were written since. Signing in and reading leave lines too,
/// but change nothing.
pub async fn look_on<C: ConnectionTrait>(
    db: &C,
    looked: Looked,
) -> Result<Looked, DatabaseFailure> {
    let sql = "SELECT MAX(id) AS through, \
               MAX(CASE WHEN act NOT LIKE 'people.%' AND act <> ? THEN id END) AS change \
               FROM journal_lines WHERE id > ?";
    let found = row(db, sql, ["indicators.read".into(), looked.through.into()]).await?;
    let Some(found) = found else {
        return Ok(looked);
    };
    let through: Option<i64> = found.try_get("", "through")?;
    let change: Option<i64> = found.try_get("", "change")?;
    Ok(Looked {
        through: through.unwrap_or(looked.through),
        change: change.unwrap_or(looked.change),
    })
}

/// The newest lines about one subject, newest first. Who may read which of them is the
/// caller's to decide.
pub async fn about<C: ConnectionTrait>(
    db: &C,
    subject: &str,
    most: u32,
) -> Result<Vec<Written>, DatabaseFailure> {
    let sql = "SELECT id, at, organisation, person, act, subject, detail FROM journal_lines \
               WHERE subject = ? ORDER BY id DESC LIMIT ?";
    let found = rows(db, sql, [subject.into(), i64::from(most).into()]).await?;
    found.iter().map(written).collect()
}

/// Lines before a number, newest first.
pub async fn before<C: ConnectionTrait>(
    db: &C,
    id: i64,
    most: i64,
) -> Result<Vec<Written>, DatabaseFailure> {
    let sql = "SELECT id, at, organisation, person, act, subject, detail FROM journal_lines \
               WHERE id < ? ORDER BY id DESC LIMIT ?";
    let found = rows(db, sql, [id.into(), most.into()]).await?;
    found.iter().map(written).collect()
}

fn written(line: &QueryResult) -> Result<Written, DatabaseFailure> {
    Ok(Written {
        id: line.try_get("", "id")?,
        at: line.try_get("", "at")?,
        organisation: line.try_get("", "organisation")?,
        person: line.try_get("", "person")?,
        act: line.try_get("", "act")?,
        subject: line.try_get("", "subject")?,
        detail: line.try_get("", "detail")?,
    })
}

/// Walks the whole chain, also while lines are added to it.
pub async fn verify<C: ConnectionTrait>(db: &C) -> Result<Chain, DatabaseFailure> {
    let mut before = String::new();
    let mut expected = 1;
    let mut promised = 0;
    loop {
        if let Some(line) = walk(db, &mut before, &mut expected).await? {
            return Ok(Chain::Broken { line });
        }
        let Head { lines, hash } = head(db).await?;
        if lines == expected - 1 && hash == before {
            return Ok(Chain::Whole { lines });
        }
        // A head that is further on has lines, which were written meanwhile: the next walk
        // must find those that this head promises.
        if lines < expected || expected <= promised {
            return Ok(Chain::Broken { line: expected });
        }
        promised = lines;
    }
}

/// Walks on as far as there are lines; gives the first one that does not follow.
async fn walk<C: ConnectionTrait>(
    db: &C,
    before: &mut String,
    expected: &mut i64,
) -> Result<Option<i64>, DatabaseFailure> {
    const PAGE: i64 = 10_000;
    loop {
        let page = rows(
            db,
            "SELECT id, at, organisation, person, act, subject, detail, hash FROM journal_lines \
             WHERE id >= ? ORDER BY id LIMIT ?",
            [(*expected).into(), PAGE.into()],
        )
        .await?;
        for line in &page {
            let hash: String = line.try_get("", "hash")?;
            if line.try_get::<i64>("", "id")? != *expected || hash != relink(before, line)? {
                return Ok(Some(*expected));
            }
            *before = hash;
            *expected += 1;
        }
        if (page.len() as i64) < PAGE {
            return Ok(None);
        }
    }
}

/// Walks the whole chain, and looks whether lines are still those that were noted elsewhere.
pub async fn verify_against<C: ConnectionTrait>(
    db: &C,
    anchors: &[Anchor],
) -> Result<Chain, DatabaseFailure> {
    let chain = verify(db).await?;
    if !matches!(chain, Chain::Whole { .. }) {
        return Ok(chain);
    }
    let mut anchors: Vec<&Anchor> = anchors.iter().collect();
    anchors.sort_unstable_by_key(|anchor| anchor.line);
    for anchor in anchors {
        let sql = "SELECT hash FROM journal_lines WHERE id = ?";
        let found = row(db, sql, [anchor.line.into()]).await?;
        let hash = found.map(|found| found.try_get::<String>("", "hash"));
        if hash.transpose()?.as_ref() != Some(&anchor.hash) {
            return Ok(Chain::Diverged { line: anchor.line });
        }
    }
    Ok(chain)
}

/// Where the chain ends.
pub async fn head<C: ConnectionTrait>(db: &C) -> Result<Head, DatabaseFailure> {
    let head = row(db, "SELECT lines, hash FROM journal_head", [])
        .await?
        .expect("the first migration writes the head");
    Ok(Head {
        lines: head.try_get("", "lines")?,
        hash: head.try_get("", "hash")?,
    })
}

fn relink(before: &str, line: &QueryResult) -> Result<String, DatabaseFailure> {
    let text = |column: &str| line.try_get::<String>("", column);
    let texts = [
        text("organisation")?,
        text("person")?,
        text("act")?,
        text("subject")?,
        text("detail")?,
    ];
    let id = line.try_get("", "id")?;
    let at = line.try_get("", "at")?;
    Ok(link(before, id, at, texts.each_ref().map(String::as_str)))
}

fn link(before: &str, id: i64, at: i64, texts: [&str; 5]) -> String {
    let mut digest = Sm3::new();
    digest.update(before);
    digest.update(id.to_be_bytes());
    digest.update(at.to_be_bytes());
    for text in texts {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    hexadecimal(&digest.finalize())
}
