//! The statistics bureau's confirmed list: every stay that began, with its end where it had one.

use super::confirmed::Spell;
use super::faults::{self, Fault};
use super::files::{Encoding, Table};
use super::firms::{Identity, World};
use super::monthly::SHEET_FIRMS_MAX;
use chrono::NaiveDate;
use rules::period::Month;
use std::path::Path;

const CONFIRMED_KEY: u64 = 2 << 32;

/// Whether the confirmed list of a month is a workbook.
pub fn is_sheet(world: &World, month: Month) -> bool {
    let ends = month == world.recipe.first_month() || month == world.recipe.last_month;
    ends && world.recipe.firms <= SHEET_FIRMS_MAX
}

/// Writes all stays that began by `month`.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(
    world: &World,
    spells: &[Spell],
    month: Month,
    path: &Path,
    made_on: NaiveDate,
) -> anyhow::Result<()> {
    let mut table = if is_sheet(world, month) {
        Table::sheet(path, "规上工业企业", made_on)?
    } else {
        Table::text(path, Encoding::Gb18030)?
    };
    // Two months without a change would otherwise be the same file.
    table.words(&[&format!(
        "规模以上工业企业确认名单（截至{}）",
        month.in_words()
    )])?;
    table.words(&[
        "统一社会信用代码",
        "单位详细名称",
        "入库时间",
        "入库类型",
        "退库时间",
        "退库原因",
    ])?;
    write_fixtures(world, month, &mut table)?;
    let mut identity = Identity::default();
    for spell in spells
        .iter()
        .filter(|spell| i32::from(spell.entered) <= month.index())
    {
        let index = spell.firm as usize;
        let (entered, left) = (as_month(spell.entered), as_month(spell.left));
        let Some(entered) = entered else { continue };
        let left = left.filter(|left| *left <= month);
        // Who left keeps the code and the name of then.
        world.identify(
            index,
            if left.is_some() { entered } else { month },
            &mut identity,
        );
        let fault = faults::of_row(world.recipe.seed, CONFIRMED_KEY, index);
        faults::spoil_code(&mut identity.code, fault);
        let reason = if left.is_some() { spell.reason } else { "" };
        let left = left.map_or(String::new(), |left| left.to_string());
        let row = [
            identity.code.as_str(),
            &identity.name,
            &entered.to_string(),
            door(spell.is_annual),
            &left,
            reason,
        ];
        table.words(&row)?;
        if fault == Some(Fault::Twice) {
            table.words(&row)?;
        }
    }
    table.close()
}

fn write_fixtures(world: &World, month: Month, table: &mut Table) -> anyhow::Result<()> {
    for fixture in &world.fixtures {
        for spell in fixture.spells.iter().filter(|spell| spell.entered <= month) {
            let left = spell.left.as_ref().filter(|(left, _)| *left <= month);
            let (left, reason) = match left {
                Some((left, reason)) => (left.to_string(), reason.as_str()),
                None => (String::new(), ""),
            };
            let entered = spell.entered.to_string();
            table.words(&[
                &spell.uscc,
                &spell.name,
                &entered,
                door(spell.is_annual),
                &left,
                reason,
            ])?;
        }
    }
    Ok(())
}

fn door(is_annual: bool) -> &'static str {
    if is_annual { "年度" } else { "月度" }
}

fn as_month(index: u16) -> Option<Month> {
    Month::from_index(i32::from(index))
}
