//! One firm as one visitor may see it: who it is and what matters next, its ledger, policies,
//! history, comparison, archive, and what was done for it.
//!
//! It opens a firm for a visitor and for nobody else: one outside the visitor's region looks
//! exactly like one that does not exist, and figures that are guarded wait for a purpose.

mod acts;
mod archive;
mod head;
mod history;
mod kept;
mod ledger;
mod material;
mod matters;
mod policy;
mod record;
#[cfg(test)]
mod tests;
mod view;
pub mod web;

pub use archive::{Archive, archive, place};
pub use head::{Head, head, name, standing};
pub use history::{Recorded, history, measure_name, pushes_in_words, recorded};
pub use kept::{Kept, learnt};
pub use ledger::{Ledger, ledger};
pub use material::{delivered, material};
pub use matters::matters;
pub use policy::{Answers, Policy, Shown, answers, policy};
pub use view::{Comparison, comparison};

use crate::measures::Subject;
use crate::office::today;
use crate::outlook::newest;
use crate::reader::{Reader, read_code};
use crate::web::failure::Failure;
use crate::web::visitor::Visitor;
use chrono::{NaiveDate, Utc};
use programme::journal::{self, Line};
use programme::outlook::{Firms, Snapshot};
use rules::pack::roles::Right;
use rules::uscc::Uscc;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A stated purpose holds for so long; whoever reads on states it again.
const READING_SECONDS: i64 = 30 * 60;
/// Personal data are shown for so long after a purpose was stated.
const UNMASKED_SECONDS: i64 = 5 * 60;
/// Journal lines of a firm among which a stated purpose is looked for.
const LINES_MAX: u32 = 200;

/// The act of reading guarded figures, and of reading personal data.
const READ: &str = "indicators.read";
const UNMASK: &str = "people.unmask";

/// Opens a firm for a visitor, with the law of a day.
///
/// # Errors
/// [`Failure::NotHere`] where there is no such firm, or none that this visitor may know of.
pub async fn open(
    visitor: &Visitor,
    code: &str,
    on: Option<NaiveDate>,
) -> Result<Subject, Failure> {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let (snapshot, firms) = newest(office, None).await?;
    let Ok(uscc) = read_code(code) else {
        return Err(Failure::NotHere);
    };
    found(reader, snapshot, firms, uscc, on)
}

/// The visitor's own firm.
///
/// # Errors
/// [`Failure::NotHere`] where the newest run does not know it.
pub async fn open_own(visitor: &Visitor) -> Result<Subject, Failure> {
    let office = visitor.office();
    let reader = Reader::of(office, None, None)?;
    let programme::people::Organisation::Firm(uscc) = reader.organisation else {
        return Err(Failure::Denied);
    };
    let (snapshot, firms) = newest(office, None).await?;
    found(reader, snapshot, firms, uscc, None)
}

fn found(
    reader: Reader,
    snapshot: Snapshot,
    firms: Arc<Firms>,
    uscc: Uscc,
    on: Option<NaiveDate>,
) -> Result<Subject, Failure> {
    let firm = firms
        .find(uscc)
        .filter(|firm| reader.scope.covers_firm(&firms.whereabouts(*firm)));
    match firm {
        Some(firm) => Ok(Subject {
            snapshot,
            firms,
            firm,
            on: on.unwrap_or_else(today),
            reader,
        }),
        None => Err(Failure::NotHere),
    }
}

/// Whether guarded figures may be shown now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// This reader sees none.
    NotNeeded,
    /// Stated a while ago, and written down.
    Stated(String),
    /// Not stated yet.
    Wanted,
}

/// What the visitor stated of this firm lately. The journal is the memory: what is not written
/// down was not stated.
pub async fn purpose(visitor: &Visitor, subject: &Subject) -> Result<Purpose, Failure> {
    if !subject.reader.sees_guarded() {
        return Ok(Purpose::NotNeeded);
    }
    let stated = stated(visitor, subject, READ, READING_SECONDS).await?;
    Ok(stated.map_or(Purpose::Wanted, Purpose::Stated))
}

/// Whether the visitor may see personal data of this firm now: its own, or for a purpose.
pub async fn is_unmasked(visitor: &Visitor, subject: &Subject) -> Result<bool, Failure> {
    if subject.reader.is_firm {
        return Ok(true);
    }
    let stated = stated(visitor, subject, UNMASK, UNMASKED_SECONDS).await?;
    Ok(stated.is_some())
}

async fn stated(
    visitor: &Visitor,
    subject: &Subject,
    act: &str,
    seconds: i64,
) -> Result<Option<String>, Failure> {
    let since = Utc::now().timestamp() - seconds;
    let uscc = subject.firms.uscc(subject.firm).to_string();
    let db = visitor.office().db.reading();
    let lines = journal::about(db, &uscc, LINES_MAX).await?;
    let seat = visitor.seat()?;
    let organisation = seat.organisation.id();
    let own = lines.into_iter().find(|line| {
        line.act == act
            && line.at >= since
            && line.person == seat.person
            && line.organisation == organisation
    });
    Ok(own.map(|line| line.detail))
}

/// Writes down that the visitor reads this firm's guarded figures, or personal data.
pub async fn state(
    visitor: &Visitor,
    subject: &Subject,
    act: &'static str,
    purpose: &str,
) -> Result<(), Failure> {
    let purpose = purpose.trim();
    if purpose.is_empty() {
        return Err(Failure::Refused("请写明用途，用途记入日志".to_string()));
    }
    if purpose.chars().count() > PURPOSE_MAX {
        let text = format!("用途请写在{PURPOSE_MAX}字以内");
        return Err(Failure::Refused(text));
    }
    let office = visitor.office();
    let by = visitor.act()?;
    let line = Line {
        act,
        subject: subject.firms.uscc(subject.firm).to_string(),
        detail: purpose.to_string(),
    };
    let tx = office.db.begin_writing().await?;
    journal::append(&tx, &by, &line).await?;
    tx.commit()
        .await
        .map_err(|error| Failure::World(error.into()))?;
    Ok(())
}

const PURPOSE_MAX: usize = 200;
/// What is written down where a firm looks at itself.
const OWN_PURPOSE: &str = "本企业查看";
/// One line a person and day says as much as one a click: nobody else's figures are read.
const OWN_SECONDS: i64 = 24 * 3600;

/// Writes down, at most once a day and person, that a firm read its own figures.
pub async fn note_own_reading(visitor: &Visitor, subject: &Subject) -> Result<(), Failure> {
    let noted = stated(visitor, subject, READ, OWN_SECONDS).await?;
    match noted {
        Some(_) => Ok(()),
        None => state(visitor, subject, READ, OWN_PURPOSE).await,
    }
}

/// Measures that the firm has had, by what was recorded.
pub fn granted(recorded: &Recorded) -> BTreeSet<String> {
    let mut granted = BTreeSet::new();
    for own in &recorded.outcomes {
        match own.outcome.is_granted {
            true => granted.insert(own.outcome.measure.clone()),
            false => granted.remove(&own.outcome.measure),
        };
    }
    granted
}

/// What a visitor may do to a firm from its page.
pub const ACTS: [Right; 3] = [Right::Admit, Right::Outcome, Right::FollowUp];
