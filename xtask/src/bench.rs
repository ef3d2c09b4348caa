//! `cargo xtask bench`: the budgets of the design, measured on this machine and written
//! to `docs/benchmarks.md` beside the yardsticks. Nothing here passes or fails.
//!
//! Example: `cargo xtask bench --yardsticks`, which leaves the budgets' table as it stands.

mod forecast;
mod page;
mod python;
mod server;
mod web;
mod yardsticks;

use crate::{cargo, root, succeed};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Firms of a province and of a nation.
const PROVINCE: usize = 500_000;
const NATION: usize = 5_000_000;
const ROUNDS: usize = 3;

/// Batches of the filled database: register, confirmed list, then three kinds a month,
/// newest month first, then lists.
const NEWEST_TAX_BATCH: usize = 3;

/// One measured command: best wall time of its rounds, highest memory.
struct Measured {
    seconds: f64,
    peak_megabytes: u64,
}

struct Line {
    work: &'static str,
    budget: &'static str,
    measured: String,
    command: String,
}

/// `--nation` adds the five million firms, which take some minutes, and ten
/// times the province's disk and memory;
/// `--yardsticks` measures the verdicts beside other engines instead of the budgets,
/// `--forecast` the forecast beside another method, `web` the pages under many users.
pub fn run(arguments: &[String]) -> Result<()> {
    let asked = |name: &str| arguments.iter().any(|argument| argument == name);
    succeed(cargo().args(["build", "--release", "--package", "app"]))?;
    let folder = std::env::temp_dir().join(format!("shenggui-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = root().join("docs/benchmarks.md");
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    let made = if asked("--yardsticks") {
        yardsticks::section(&folder)
    } else if asked("web") || asked("--web") {
        web::section(&folder)
    } else if asked("--forecast") {
        forecast::section(&folder)
    } else {
        measure_all(&folder, asked("--nation")).map(|lines| page::budgets(&lines, &old))
    };
    std::fs::remove_dir_all(&folder).context("remove what the measuring left")?;
    let section = made?;
    std::fs::write(&path, page::with_section(&old, &section))?;
    println!("{section}");
    Ok(())
}

fn program() -> PathBuf {
    built().join("release/shenggui")
}

/// Where cargo puts what it builds.
fn built() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn measure_all(folder: &Path, with_nation: bool) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let province = folder.join("province");
    let batches = fill(&province, PROVINCE)?;
    imports(folder, &province, batches, &mut lines)?;
    lines.push(run_line(
        &province,
        "run of 500,000 firms",
        "≤ 6 s, ≤ 2 GB",
    )?);
    lines.push(server::start_up(&province)?);
    lines.push(eligible(&province)?);
    if with_nation {
        std::fs::remove_dir_all(&province)?;
        let nation = folder.join("nation");
        fill(&nation, NATION)?;
        lines.push(run_line(
            &nation,
            "run of 5,000,000 firms",
            "≤ 10 × the province, ≤ 12 GB",
        )?);
    }
    Ok(lines)
}

/// Fills a database and says how many batches it has.
fn fill(data: &Path, firms: usize) -> Result<usize> {
    eprintln!("filling {firms} firms × 36 months × 8 series, and every list");
    let firms = firms.to_string();
    let filled = answer(data, &["bench", "fill", "--firms", &firms])?;
    let batches = filled["batches"].as_u64().context("batches")?;
    Ok(batches as usize)
}

/// What a command of the program answers, as JSON.
fn answer(data: &Path, arguments: &[&str]) -> Result<serde_json::Value> {
    let output = Command::new(program())
        .arg("--data")
        .arg(data)
        .args(arguments)
        .arg("--json")
        .stderr(Stdio::inherit())
        .output()?;
    anyhow::ensure!(output.status.success(), "shenggui {}", arguments.join(" "));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn imports(folder: &Path, data: &Path, batches: usize, lines: &mut Vec<Line>) -> Result<()> {
    let files = write_files(folder, data)?;
    let data = data.display().to_string();
    let yardstick = best(|| {
        let sheet = files.join("tax.xlsx");
        measured(&["bench", "read-sheet", &sheet.display().to_string()])
    })?;
    let mut replaced = NEWEST_TAX_BATCH;
    for (name, work, budget) in [
        ("tax.csv", "import of 500,000 rows, CSV", "≤ 2 s, ≤ 300 MB"),
        (
            "tax.xlsx",
            "import of 500,000 rows, XLSX",
            "≤ 1.5 × the reader library, ≤ 300 MB",
        ),
    ] {
        let file = files.join(name).display().to_string();
        // The newest month's batch is replaced by the file, and then by the other file.
        let found = best(|| {
            let newest = replaced.to_string();
            measured(&[
                "--data",
                &data,
                "import",
                "tax",
                &file,
                "--as",
                "税务局",
                "--supersedes",
                &newest,
                "--dry-run",
            ])
        })?;
        let stored = measured(&[
            "--data",
            &data,
            "import",
            "tax",
            &file,
            "--as",
            "税务局",
            "--supersedes",
            &replaced.to_string(),
        ])?;
        // The file that was just stored is the batch after all others.
        replaced = batches + 1;
        let beside = if name == "tax.xlsx" {
            format!(
                "; calamine's bare cell loop {:.2} s, ratio {:.2} without and {:.2} with storing",
                yardstick.seconds,
                found.seconds / yardstick.seconds,
                stored.seconds / yardstick.seconds
            )
        } else {
            String::new()
        };
        lines.push(Line {
            work,
            budget,
            measured: format!(
                "{:.2} s, {} MB (without storing {:.2} s){beside}",
                stored.seconds, stored.peak_megabytes, found.seconds
            ),
            command: format!("shenggui import tax {name} --as 税务局"),
        });
    }
    Ok(())
}

/// One month of figures as CSV and as XLSX.
fn write_files(folder: &Path, data: &Path) -> Result<PathBuf> {
    eprintln!("writing one month of {PROVINCE} rows as CSV and XLSX");
    let files = folder.join("files");
    let (data, out) = (data.display().to_string(), files.display().to_string());
    let firms = PROVINCE.to_string();
    succeed(
        Command::new(program())
            .args([
                "--data", &data, "bench", "files", "--firms", &firms, "--out", &out,
            ])
            .stdout(Stdio::null()),
    )?;
    Ok(files)
}

fn run_line(data: &Path, work: &'static str, budget: &'static str) -> Result<Line> {
    eprintln!("{work}");
    let data = data.display().to_string();
    let found = best(|| measured(&["--data", &data, "run", "--as-of", "2026-09", "--json"]))?;
    Ok(Line {
        work,
        budget,
        measured: format!("{:.2} s, {} MB", found.seconds, found.peak_megabytes),
        command: "shenggui run --as-of 2026-09".to_string(),
    })
}

/// The list of one measure, from starting the program to its end.
fn eligible(data: &Path) -> Result<Line> {
    let measures = answer(data, &["measures", "list"])?;
    let first = measures["measures"][0]["id"]
        .as_str()
        .context("a measure")?;
    let data = data.display().to_string();
    let found = best(|| measured(&["--data", &data, "measures", "eligible", first, "--json"]))?;
    Ok(Line {
        work: "who is entitled to one measure, from start to end",
        budget: "—",
        measured: format!("{:.2} s, {} MB", found.seconds, found.peak_megabytes),
        command: "shenggui measures eligible MEASURE".to_string(),
    })
}

fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    kilobytes(&status, "VmHWM:") / 1024
}

fn memory_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    kilobytes(&status, "VmRSS:") / 1024
}

fn kilobytes(text: &str, label: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(label));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn best(mut once: impl FnMut() -> Result<Measured>) -> Result<Measured> {
    let mut best = once()?;
    for _ in 1..ROUNDS {
        let next = once()?;
        best.seconds = best.seconds.min(next.seconds);
        best.peak_megabytes = best.peak_megabytes.max(next.peak_megabytes);
    }
    Ok(best)
}

fn measured(arguments: &[&str]) -> Result<Measured> {
    let started = Instant::now();
    let output = Command::new(program())
        .args(arguments)
        .env("SHENGGUI_MEASURE", "1")
        .output()?;
    let seconds = started.elapsed().as_secs_f64();
    let told = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}: {told}", arguments.join(" "));
    Ok(Measured {
        seconds,
        peak_megabytes: kilobytes(&told, "peak ") / 1024,
    })
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |line| {
            line.trim_start_matches(['\t', ' ', ':'])
        });
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let gigabytes = kilobytes(&memory, "MemTotal:") / 1024 / 1024;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    // Whoever measures while others build should see it.
    let load = load.split_whitespace().nth(1).unwrap_or("unknown");
    format!(
        "{cores} cores ({model}), {gigabytes} GB of memory, Linux; load average of the last five minutes {load}"
    )
}
