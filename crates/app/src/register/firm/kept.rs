//! What the pages of firms keep between two questions: what a snapshot's forecast had learnt,
//! and the notices of pushes by firm. Both never change once they are written.

use super::material::Delivered;
use crate::office::Office;
use crate::outlook::pack_of;
use anyhow::Result;
use programme::measures::{self as records, Notice, Push, PushInputs};
use programme::outlook::landing::Learnt;
use programme::outlook::{self, Snapshot};
use std::sync::{Arc, Mutex};

/// Snapshots whose forecast is kept.
const LEARNT_KEPT: usize = 2;
/// The newest pushes, whose notices are kept and shown.
const PUSHES_KEPT: usize = 16;

/// One push with its notices in the order of the firms' keys.
pub struct Told {
    pub push: Push,
    pub inputs: PushInputs,
    notices: Vec<Notice>,
}

impl Told {
    /// What it told one firm.
    pub fn to(&self, key: u128) -> &[Notice] {
        let from = self.notices.partition_point(|notice| notice.key < key);
        let rest = &self.notices[from..];
        let count = rest.iter().take_while(|notice| notice.key == key).count();
        &rest[..count]
    }
}

/// Of a snapshot; nothing where it has no forecast.
type KeptLearnt = (i64, Option<Arc<Learnt>>);

/// What is kept.
#[derive(Default)]
pub struct Kept {
    learnt: Mutex<Vec<KeptLearnt>>,
    told: Mutex<Vec<Arc<Told>>>,
    /// The batches of a snapshot by its number.
    pub delivered: crate::kept::Kept<Arc<Delivered>, LEARNT_KEPT>,
}

/// What the forecast of a snapshot had learnt; none where it had no revenue.
pub async fn learnt(office: &Office, snapshot: &Snapshot) -> Result<Option<Arc<Learnt>>> {
    let kept = &office.memory.firm_pages.learnt;
    if let Ok(all) = kept.lock()
        && let Some((_, own)) = all.iter().find(|(id, _)| *id == snapshot.id)
    {
        return Ok(own.clone());
    }
    let pack = pack_of(office, snapshot).await?;
    let stored = outlook::forecaster(office.db.reading(), snapshot.id).await?;
    let own = stored.and_then(|stored| Learnt::again(&pack, stored, snapshot.as_of));
    let own = own.map(Arc::new);
    if let Ok(mut all) = kept.lock() {
        if all.len() == LEARNT_KEPT {
            all.remove(0);
        }
        all.push((snapshot.id, own.clone()));
    }
    Ok(own)
}

/// The newest pushes, oldest first.
pub async fn told(office: &Office) -> Result<Vec<Arc<Told>>> {
    let db = office.db.reading();
    let pushes = records::pushes(db).await?;
    let newest = pushes.len().saturating_sub(PUSHES_KEPT);
    let mut found = Vec::new();
    for push in pushes.into_iter().skip(newest) {
        found.push(one(office, push).await?);
    }
    if let Ok(mut kept) = office.memory.firm_pages.told.lock() {
        *kept = found.clone();
    }
    Ok(found)
}

async fn one(office: &Office, push: Push) -> Result<Arc<Told>> {
    if let Ok(kept) = office.memory.firm_pages.told.lock()
        && let Some(own) = kept.iter().find(|own| own.push.id == push.id)
    {
        return Ok(own.clone());
    }
    let mut notices = records::notices(office.db.reading(), push.id).await?;
    notices.sort_by_key(|notice| notice.key);
    let inputs = serde_json::from_str(&push.inputs)?;
    Ok(Arc::new(Told {
        push,
        inputs,
        notices,
    }))
}
