//! A database filled without files: batches as if every department had delivered.
//!
//! Months come before lists, so that the numbers of the monthly batches stay as they are
//! whatever lists a pack has. Knows nothing of what is measured afterwards.
//!
//! ```text
//! shenggui bench fill --firms 500000
//! ```

use super::{codes, counties, lists, mixed};
use crate::office::Office;
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use programme::deliveries::payload::{EMPTY, Rows, encode_parts};
use programme::deliveries::{self, Batch};
use programme::journal::Act;
use programme::pool::{self, ActKind};
use rules::layout::ColumnKind;
use rules::period::Month;
use rules::uscc::Uscc;

const LAST: &str = "2026-09";
/// One firm of so many is in the pool.
const POOL_EACH: usize = 8;

pub(super) async fn fill(office: &Office, firms: usize, months: u32) -> Result<Report> {
    let codes = codes(office, firms);
    let keys: Vec<u128> = codes.iter().map(|code| code.key()).collect();
    let last: Month = LAST.parse()?;
    let counties = counties(office);
    let classes: Vec<i64> = office
        .pack
        .industries
        .classes()
        .filter_map(|class| class.code.parse().ok())
        .collect();
    let layout = office.pack.layout("register").context("layout")?;
    let mut rows = Rows::for_layout(layout);
    rows.keys.clone_from(&keys);
    for (name, column) in &mut rows.numbers {
        *column = (0..keys.len() as u64)
            .map(|firm| match name.as_str() {
                "place" => i64::from(counties[mixed(firm, 1) as usize % counties.len()]),
                "industry" => classes[mixed(firm, 2) as usize % classes.len()],
                "established" => 10_000 + (mixed(firm, 3) % 10_000) as i64,
                "persons" => (mixed(firm, 4) % 300) as i64,
                _ => EMPTY,
            })
            .collect();
    }
    for (name, column) in &mut rows.texts {
        *column = (0..keys.len())
            .map(|firm| match name.as_str() {
                "name" => format!("测量用第{firm}制造有限公司"),
                _ => String::new(),
            })
            .collect();
    }
    store(office, "register", last, &rows).await?;
    confirmed(office, &keys, last).await?;
    for back in 0..months {
        let month = last.plus(-(back as i32));
        for kind in ["tax", "power", "insurance"] {
            store(office, kind, month, &monthly(office, kind, &keys, back)?).await?;
        }
    }
    let mut batches = 2 + 3 * i64::from(months);
    for layout in lists::read_by_facts(&office.pack) {
        let rows = lists::rows(&office.pack, layout, &keys, last.last_day());
        store(office, &layout.id, last, &rows).await?;
        batches += 1;
    }
    admit(office, &codes, last).await?;
    Ok(Report::new("已写入")
        .fact("firms", "企业", Field::Count(keys.len() as i64))
        .fact("batches", "批次", Field::Count(batches)))
}

/// Takes some firms into the pool.
async fn admit(office: &Office, codes: &[Uscc], last: Month) -> Result<()> {
    let some = codes.iter().step_by(POOL_EACH);
    let firms: Vec<(Uscc, String)> = some.map(|code| (*code, String::new())).collect();
    let act = Act {
        organisation: office.provincial_office(),
        person: String::new(),
        on: last.first_day(),
        at: 0,
    };
    let tx = office.db.begin_writing().await?;
    pool::record(&tx, ActKind::Admit, &firms, "测量", &act).await?;
    tx.commit().await?;
    Ok(())
}

/// Figures of one month for every firm: eight series over the three kinds.
fn monthly(office: &Office, kind: &str, keys: &[u128], back: u32) -> Result<Rows> {
    let layout = office.pack.layout(kind).context("layout")?;
    let mut rows = Rows::for_layout(layout);
    rows.keys = keys.to_vec();
    for (index, (name, column)) in rows.numbers.iter_mut().enumerate() {
        let money = layout
            .columns
            .iter()
            .any(|c| c.id == *name && c.kind == ColumnKind::Money);
        *column = (0..keys.len() as u64)
            .map(|firm| {
                // Sizes differ by firm over four orders of magnitude, months by a third.
                let size = 1u64 << (mixed(firm, 11) % 14);
                let month = mixed(firm, u64::from(back) * 8 + index as u64) % 1000;
                let base = size * (1000 + month);
                (if money { base * 1_357 } else { base / 8 }) as i64
            })
            .collect();
    }
    Ok(rows)
}

async fn confirmed(office: &Office, keys: &[u128], last: Month) -> Result<()> {
    let layout = office.pack.layout("confirmed").context("layout")?;
    let mut rows = Rows::for_layout(layout);
    let quarter: Vec<u128> = keys.iter().copied().step_by(4).collect();
    for (name, column) in &mut rows.numbers {
        *column = (0..quarter.len() as u64)
            .map(|firm| match name.as_str() {
                "entered" => i64::from(last.index()) - (mixed(firm, 5) % 90) as i64,
                "entry_door" => (mixed(firm, 6) % 2) as i64,
                _ => EMPTY,
            })
            .collect();
    }
    for (_, column) in &mut rows.texts {
        *column = vec![String::new(); quarter.len()];
    }
    rows.keys = quarter;
    store(office, "confirmed", last, &rows).await
}

async fn store(office: &Office, kind: &str, month: Month, rows: &Rows) -> Result<()> {
    let batch = Batch {
        id: 0,
        kind: kind.to_string(),
        month,
        organisation: "data".to_string(),
        region: None,
        purpose: "测量".to_string(),
        basis: "测量".to_string(),
        file_name: format!("{kind}-{month}"),
        file_hash: format!("{kind}-{month}"),
        received_on: month.plus(1).first_day(),
        at: 0,
        accepted: rows.len() as u64,
        rejected: 0,
        remarked: 0,
        supersedes: None,
    };
    let parts = encode_parts(rows)?;
    let tx = office.db.begin_writing().await?;
    deliveries::insert(&tx, &batch, &parts, &[]).await?;
    tx.commit().await?;
    Ok(())
}
