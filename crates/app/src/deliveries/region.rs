//! Lists of an area keep to the firms of that area.

use super::import::Order;
use crate::office::Office;
use anyhow::Result;
use programme::deliveries::import::Judged;
use programme::outlook;
use rules::layout::{ColumnKind, Layout};
use rules::pack::facts::Origin;
use rules::uscc::Uscc;

/// A list of facts that is limited to an area takes no firm of another one, also where its rows
/// do not say where the firm is: then the newest run knows.
pub async fn refuse_outside(
    office: &Office,
    order: &Order,
    layout: &Layout,
    judged: &mut Judged,
) -> Result<()> {
    let pack = &office.pack;
    let Some(area) = order.area else {
        return Ok(());
    };
    let place = pack.layouts.iter().position(|own| own.id == layout.id);
    let states_facts = pack.facts.iter().any(|fact| match fact.origin {
        Origin::Delivered(delivered) => Some(delivered.layout) == place,
        _ => false,
    });
    let says_where = layout
        .columns
        .iter()
        .any(|column| column.id == "place" && column.kind == ColumnKind::Division);
    let has_run = outlook::newest(office.db.reading(), None).await?.is_some();
    if !states_facts || says_where || !has_run {
        return Ok(());
    }
    let (_, firms) = crate::outlook::newest(office, None).await?;
    judged.refuse_where(|key| {
        let firm = Uscc::from_key(key).and_then(|uscc| firms.find(uscc))?;
        let is_elsewhere = firms.area(firm).is_some_and(|own| own != area);
        is_elsewhere.then(|| {
            format!(
                "生产经营地不在{}，不属于本次交付范围",
                pack.divisions.name(area)
            )
        })
    });
    Ok(())
}
