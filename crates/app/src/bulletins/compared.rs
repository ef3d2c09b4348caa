//! A bulletin beside the last one of its kind: which figures read otherwise.

use super::papers::written_again;
use crate::office::Office;
use anyhow::Result;
use programme::bulletins::compose::{Change, changes};
use programme::bulletins::{self, Entry, Issue};
use rules::period::ReportPeriod;
use std::sync::Arc;

/// Two bulletins and what differs.
pub struct Compared {
    pub before: Issue,
    pub after: Issue,
    pub changes: Vec<Change>,
}

/// The newest issued bulletin of the same kind and an earlier period; where none was issued,
/// the newest draft.
fn last_of_kind<'a>(all: &'a [Issue], issue: &Issue) -> Option<&'a Issue> {
    let is_annual = |period| matches!(period, ReportPeriod::Year(_));
    let earlier = all.iter().filter(|own| {
        is_annual(own.period) == is_annual(issue.period)
            && own.period.last_month() < issue.period.last_month()
    });
    let newest = |entry: Entry| {
        let own = earlier.clone().filter(move |own| own.entry == entry);
        own.max_by_key(|own| (own.period.last_month(), own.id))
    };
    newest(Entry::Issued).or_else(|| newest(Entry::Draft))
}

/// Compares a draft or an issue with the last one of its kind; none where it is the first.
pub async fn compared(office: &Office, issue: &Issue) -> Result<Option<Arc<Compared>>> {
    let all = bulletins::issues(office.db.reading()).await?;
    let Some(before) = last_of_kind(&all, issue) else {
        return Ok(None);
    };
    let made_from = format!("{:?}", (issue.id, before.id, &office.pack.fingerprint));
    let kept = &office.memory.comparisons;
    if let Some(found) = kept.get(&made_from) {
        return Ok(Some(found));
    }
    let _turn = office.memory.composing.lock().await;
    let then = written_again(office, before, &all).await?;
    let now = written_again(office, issue, &all).await?;
    let found = Arc::new(Compared {
        changes: changes(&then.document, &now.document),
        before: before.clone(),
        after: issue.clone(),
    });
    kept.keep(made_from, &found);
    Ok(Some(found))
}
