//! Material for `cargo xtask bench`: large deliveries and large databases, made quickly.
//! Nothing here is reachable from an ordinary command.

use crate::cli::{BenchCommand, PackSource};
use crate::office::{self, Office};
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use calamine::{Reader, Xlsx};
use programme::deliveries::payload::{EMPTY, Rows, encode_parts};
use programme::deliveries::{self, Batch};
use rules::layout::ColumnKind;
use rules::period::Month;
use rules::uscc::Uscc;
use rust_xlsxwriter::Workbook;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

const LAST: &str = "2026-09";

pub async fn command(folder: &Path, pack: &PackSource, command: &BenchCommand) -> Result<Report> {
    match command {
        BenchCommand::Fill { firms, months } => {
            let office = office::make(folder, pack).await?;
            fill(&office, *firms, *months).await
        }
        BenchCommand::Files { firms, out } => {
            let office = office::make(folder, pack).await?;
            files(&office, *firms, out)
        }
        BenchCommand::ReadSheet { file } => read_sheet(file),
    }
}

/// Tells the highest memory of this process on standard error, where it is asked for.
pub fn tell_peak_memory() {
    if std::env::var_os("SHENGGUI_MEASURE").is_none() {
        return;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    eprintln!("peak {}", peak.map_or("unknown", str::trim));
}

/// A number that looks random and is the same every time.
fn mixed(a: u64, b: u64) -> u64 {
    let mut x = a.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b.wrapping_mul(0xD1B5_4A32_D192_ED03);
    x ^= x >> 31;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 29)
}

fn counties(office: &Office) -> Vec<u32> {
    let areas = office.pack.divisions.areas();
    areas
        .flat_map(|area| office.pack.divisions.counties_of(area.code))
        .map(|county| county.code)
        .collect()
}

/// Codes of so many firms, sorted by key.
fn codes(office: &Office, firms: usize) -> Vec<Uscc> {
    const SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let counties = counties(office);
    let mut codes: Vec<Uscc> = (0..firms)
        .filter_map(|firm| {
            let mut rest = mixed(firm as u64, 7) % 31u64.pow(6);
            let mut subject = String::new();
            for _ in 0..6 {
                subject.push(SYMBOLS[(rest % 31) as usize] as char);
                rest /= 31;
            }
            Uscc::compose(&format!(
                "91{}MA{subject}X",
                counties[firm % counties.len()]
            ))
        })
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

async fn fill(office: &Office, firms: usize, months: u32) -> Result<Report> {
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
    Ok(Report::new("已写入").fact("firms", "企业", Field::Count(keys.len() as i64)))
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

fn files(office: &Office, firms: usize, out: &Path) -> Result<Report> {
    std::fs::create_dir_all(out)?;
    let codes = codes(office, firms);
    let header = [
        "纳税人识别号",
        "纳税人名称",
        "所属期",
        "应税销售额（元）",
        "入库税额（元）",
    ];
    let mut csv = BufWriter::new(File::create(out.join("tax.csv"))?);
    writeln!(csv, "{}", header.join(","))?;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (column, name) in header.iter().enumerate() {
        sheet.write_string(0, column as u16, *name)?;
    }
    for (row, code) in codes.iter().enumerate() {
        let fen = mixed(row as u64, 21) % 1_000_000_000;
        let name = format!("测量用第{row}制造有限公司");
        let sales = format!("{}.{:02}", fen / 100, fen % 100);
        writeln!(csv, "{code},{name},202609,{sales},{}", fen / 3300)?;
        // A sheet holds a million rows at most.
        if row < 1_000_000 {
            let line = row as u32 + 1;
            sheet.write_string(line, 0, code.to_string())?;
            sheet.write_string(line, 1, name)?;
            sheet.write_string(line, 2, "202609")?;
            sheet.write_number(line, 3, fen as f64 / 100.0)?;
            sheet.write_number(line, 4, (fen / 3300) as f64)?;
        }
    }
    csv.flush()?;
    workbook.save(out.join("tax.xlsx"))?;
    Ok(Report::new("已写出").fact("rows", "行", Field::Count(codes.len() as i64)))
}

/// The yardstick: the library's own loop over all cells.
fn read_sheet(file: &Path) -> Result<Report> {
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(File::open(file)?))?;
    let sheet = workbook.sheet_names().first().cloned().context("a sheet")?;
    let mut reader = workbook.worksheet_cells_reader(&sheet)?;
    let mut cells = 0i64;
    while reader.next_cell()?.is_some() {
        cells += 1;
    }
    Ok(Report::new("已读完").fact("cells", "单元格", Field::Count(cells)))
}
