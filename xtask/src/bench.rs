//! `cargo xtask bench`: the budgets of the design, measured on this machine and written
//! to `docs/benchmarks.md` beside the yardstick. Nothing here passes or fails.

use crate::{cargo, root, succeed};
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Firms of a province and of a nation.
const PROVINCE: usize = 500_000;
const NATION: usize = 5_000_000;
const ROUNDS: usize = 3;

/// Batches of the filled database: register, confirmed list, then three kinds a month,
/// newest month first.
const NEWEST_TAX_BATCH: usize = 3;
const FIRST_FREE_BATCH: usize = 2 + 3 * 36 + 1;

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

/// `--nation` adds the five million firms, which take some minutes and about 8 GB of disk.
pub fn run(arguments: &[String]) -> Result<()> {
    let with_nation = arguments.iter().any(|argument| argument == "--nation");
    succeed(cargo().args(["build", "--release", "--package", "app"]))?;
    let folder = std::env::temp_dir().join(format!("shenggui-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = measure_all(&folder, with_nation);
    std::fs::remove_dir_all(&folder).context("remove what the measuring left")?;
    let lines = result?;
    let text = page(&lines);
    std::fs::write(root().join("docs/benchmarks.md"), &text)?;
    println!("{text}");
    Ok(())
}

fn program() -> PathBuf {
    root().join("target/release/shenggui")
}

fn measure_all(folder: &Path, with_nation: bool) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let province = folder.join("province");
    fill(&province, PROVINCE)?;
    imports(folder, &province, &mut lines)?;
    lines.push(run_line(
        &province,
        "run of 500,000 firms",
        "≤ 6 s, ≤ 2 GB",
    )?);
    lines.push(start_up(&province)?);
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

fn fill(data: &Path, firms: usize) -> Result<()> {
    eprintln!("filling {firms} firms × 36 months × 8 series");
    let data = data.display().to_string();
    succeed(
        Command::new(program())
            .args([
                "--data",
                &data,
                "bench",
                "fill",
                "--firms",
                &firms.to_string(),
            ])
            .stdout(Stdio::null()),
    )
}

fn imports(folder: &Path, data: &Path, lines: &mut Vec<Line>) -> Result<()> {
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
        replaced = FIRST_FREE_BATCH;
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

/// From starting the program to the first answered page.
fn start_up(data: &Path) -> Result<Line> {
    const PORT: u16 = 18_026;
    let data = data.display().to_string();
    let started = Instant::now();
    let child = Command::new(program())
        .args(["--data", &data, "serve", "--port", &PORT.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut child = Stopped(child);
    let mut seconds = None;
    while started.elapsed() < Duration::from_secs(60) && seconds.is_none() {
        if answers(PORT) {
            seconds = Some(started.elapsed().as_secs_f64());
        } else {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    let peak = peak_of(child.0.id());
    child.0.kill().context("stop the server")?;
    let seconds = seconds.context("the server did not answer within a minute")?;
    Ok(Line {
        work: "start-up with 500,000 firms to the first page",
        budget: "≤ 3 s",
        measured: format!("{seconds:.2} s, {peak} MB"),
        command: "shenggui serve".to_string(),
    })
}

/// A server that does not outlive us.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        // It may have been killed already; both are fine.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn answers(port: u16) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    stream.write_all(request).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    kilobytes(&status, "VmHWM:") / 1024
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

fn page(lines: &[Line]) -> String {
    let mut text = String::from(
        "# Benchmarks\n\nMeasured by `cargo xtask bench` (with `--nation` for five million firms): best wall time of three rounds, highest memory.\nThe budgets are those of the design; nothing in the test suite asserts them.\n\n",
    );
    let _ = writeln!(text, "Machine: {}.\n", machine());
    text.push_str("| work | budget | measured | command |\n|---|---|---|---|\n");
    for line in lines {
        let _ = writeln!(
            text,
            "| {} | {} | {} | `{}` |",
            line.work, line.budget, line.measured, line.command
        );
    }
    text.push_str("\nThe run reads the two series and twenty-four months that today's facts need, out of eight series and thirty-six months stored; the landing forecast will read more.\n");
    text
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
    format!("{cores} cores ({model}), {gigabytes} GB of memory, Linux")
}
