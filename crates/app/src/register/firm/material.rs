//! The months of one firm and where its year lands, out of the batches that the snapshot used;
//! of each batch one part is read.

use super::kept::learnt;
use crate::measures::Subject;
use crate::office::Office;
use crate::outlook::pack_of;
use crate::targets::used_batches;
use anyhow::Result;
use programme::deliveries::payload::EMPTY;
use programme::deliveries::{self, Batch, StoredBatch};
use programme::indicators::{Figures, Origin, series_of};
use programme::outlook::landing::{Explanation, FanMonth, Learnt, Part, SeriesSlots};
use rules::pack::Pack;
use rules::pack::facts::{Origin as FactOrigin, RegisterField};
use rules::period::Month;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Months that the pages show: two years, to lay one beside the other.
pub const MONTHS: usize = 24;

/// The batches that a snapshot used.
pub struct Delivered {
    pub batches: Vec<Batch>,
    pub stored: BTreeMap<i64, StoredBatch>,
}

/// The delivered months of one firm by series of the pack, and where its year lands.
pub struct Material {
    pub series: BTreeMap<usize, Vec<Origin>>,
    /// Who delivered a batch: agency id or division code.
    pub agencies: BTreeMap<i64, String>,
    pub landing: Option<(Explanation, Vec<FanMonth>)>,
}

/// The batches behind the snapshot of a subject. They never change, so they are looked up once.
pub async fn delivered(office: &Office, subject: &Subject) -> Result<Arc<Delivered>> {
    let kept = &office.memory.firm_pages.delivered;
    let made_from = subject.snapshot.id.to_string();
    if let Some(delivered) = kept.get(&made_from) {
        return Ok(delivered);
    }
    let delivered = Arc::new(Delivered {
        batches: used_batches(office, &subject.snapshot).await?,
        stored: deliveries::stored(office.db.reading()).await?,
    });
    kept.keep(made_from, &delivered);
    Ok(delivered)
}

/// Reads what the ledger of one firm is made of.
pub async fn material(
    office: &Office,
    subject: &Subject,
    delivered: &Delivered,
) -> Result<Material> {
    let pack = pack_of(office, &subject.snapshot).await?;
    let as_of = subject.snapshot.as_of;
    let learnt = learnt(office, &subject.snapshot).await?;
    let months = learnt
        .as_ref()
        .map_or(MONTHS, |own| own.stride().max(MONTHS));
    let wanted: Vec<usize> = (0..pack.series.len()).collect();
    let series = series_of(
        office.db.reading(),
        &pack,
        &delivered.batches,
        &delivered.stored,
        subject.firms.uscc(subject.firm),
        &wanted,
        (as_of, months),
    )
    .await?;
    let landing = learnt.and_then(|learnt| landing(&pack, subject, &learnt, &series));
    let batches = delivered.batches.iter();
    Ok(Material {
        series,
        agencies: batches.map(|b| (b.id, b.organisation.clone())).collect(),
        landing,
    })
}

/// The way of the year, as the run went it.
fn landing(
    pack: &Pack,
    subject: &Subject,
    learnt: &Learnt,
    series: &BTreeMap<usize, Vec<Origin>>,
) -> Option<(Explanation, Vec<FanMonth>)> {
    let slots = SeriesSlots::of(pack)?;
    let as_of = subject.snapshot.as_of;
    let months = learnt.stride();
    let first = as_of.plus(1 - months as i32);
    let mut figures = Figures {
        first: Some(first),
        months,
        values: vec![Vec::new(); pack.series.len()],
        delivered: vec![Vec::new(); pack.series.len()],
    };
    for slot in slots.all() {
        figures.values[slot] = laid_out(series.get(&slot), first, months);
    }
    let (firms, firm) = (&subject.firms, subject.firm);
    let industry = pack.slot(FactOrigin::Register(RegisterField::Industry));
    let industry = industry.and_then(|slot| firms.fact(firm, slot));
    let whereabouts = (industry.unwrap_or(EMPTY), firms.area(firm));
    let part = Part::of_one(pack, slots, &figures, whereabouts, firms.in_scale(firm));
    let explained = learnt.explain(&part, 0, as_of)?;
    let fan = learnt.fan(&explained);
    Some((explained, fan))
}

/// Months in a row, with gaps where nothing was delivered.
fn laid_out(known: Option<&Vec<Origin>>, first: Month, months: usize) -> Vec<i64> {
    let mut values = vec![EMPTY; months];
    for own in known.into_iter().flatten() {
        let place = usize::try_from(own.month.index() - first.index());
        if let Some(value) = place.ok().and_then(|place| values.get_mut(place)) {
            *value = own.value;
        }
    }
    values
}
