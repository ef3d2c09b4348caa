//! Material for `cargo xtask bench`: large deliveries and databases made quickly, and what
//! only the program itself can measure. Nothing here is reachable from an ordinary command.
//!
//! ```text
//! shenggui bench verdicts --on 2026-09-30 --threads 2
//! ```

mod facts;
mod files;
mod fill;
mod forecast;
mod landing;
mod lists;
mod months;
mod verdicts;
mod web;

use crate::cli::{BenchCommand, PackSource};
use crate::office::{self, Office};
use crate::report::Report;
use anyhow::{Context, Result};
use rules::uscc::Uscc;
use std::path::Path;

pub async fn command(folder: &Path, pack: &PackSource, command: &BenchCommand) -> Result<Report> {
    match command {
        BenchCommand::Fill { firms, months } => {
            let office = office::make(folder, pack).await?;
            fill::fill(&office, *firms, *months).await
        }
        BenchCommand::Files { firms, out } => {
            let office = office::make(folder, pack).await?;
            files::files(&office, *firms, out)
        }
        BenchCommand::ReadSheet { file } => files::read_sheet(file),
        BenchCommand::Verdicts(arguments) => {
            work_on(arguments.threads)?;
            verdicts::verdicts(folder, pack, arguments).await
        }
        BenchCommand::Landing(arguments) => {
            work_on(arguments.threads)?;
            landing::landing(folder, pack, arguments)
        }
        BenchCommand::Forecast(arguments) => {
            work_on(arguments.threads)?;
            forecast::forecast(arguments)
        }
        BenchCommand::Web(arguments) => {
            let office = web::opened(folder, pack).await?;
            web::web(&office, arguments).await
        }
        BenchCommand::Facts { out, on, sample } => {
            let office = office::open(folder, pack).await?;
            facts::facts(&office, out, *on, *sample).await
        }
    }
}

/// Works on so many threads, where it is asked for.
fn work_on(threads: Option<usize>) -> Result<()> {
    let Some(threads) = threads else {
        return Ok(());
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build_global().context("threads")
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

/// The check symbol of an organisation's code within the credit code (GB 11714): one of
/// eleven, by which parts of deliveries are cut as well.
fn subject_check(subject: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let values = subject.chars().filter_map(|symbol| symbol.to_digit(36));
    let sum: u32 = values
        .zip(WEIGHTS)
        .map(|(value, weight)| value * weight)
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

/// Codes of so many firms, sorted by key.
fn codes(office: &Office, firms: usize) -> Vec<Uscc> {
    const SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let counties = counties(office);
    let mut codes: Vec<Uscc> = (0..firms)
        .filter_map(|firm| {
            let mut rest = mixed(firm as u64, 7) % 31u64.pow(6);
            let mut subject = String::from("MA");
            for _ in 0..6 {
                subject.push(SYMBOLS[(rest % 31) as usize] as char);
                rest /= 31;
            }
            let check = subject_check(&subject);
            let county = counties[firm % counties.len()];
            Uscc::compose(&format!("91{county}{subject}{check}"))
        })
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
