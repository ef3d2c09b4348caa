//! All measures for all firms, in our columns and in other engines: the same facts and the
//! same statement, in one run on one machine.
//!
//! Engines come from their registries into the folder of what is built; one that cannot be
//! had is said and left out. Knows no rule: `xtask/yardsticks` translates the statement.
//! Example: `section(folder)`.

mod table;

use super::{PROVINCE, answer, built, fill};
use crate::{cargo, root, succeed};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use table::Table;

/// The day of law, the last of the filled months.
const DAY: &str = "2026-09-30";
const THREADS: &str = "2";
const ROUNDS: &str = "5";
/// Rounds of ours: they are short, and others work on the machine.
const OWN_ROUNDS: &str = "50";
/// A nation is the province so many times over.
const NATION_TIMES: &str = "10";
/// Firms that ZEN evaluates, and that the rest is reckoned from.
const ROWS: &str = "20000";
/// Amounts that OpenFisca computes.
const AMOUNTS: &str = "2";
const PACKAGES: [&str; 6] = [
    "duckdb",
    "polars",
    "pyarrow",
    "numpy",
    "sqlglot",
    "openfisca-core",
];

/// Measures everything and writes it down.
pub fn section(folder: &Path) -> Result<String> {
    let data = folder.join("province");
    let facts = folder.join("facts").display().to_string();
    fill(&data, PROVINCE)?;
    answer(&data, &["run", "--as-of", &DAY[..7]])?;
    answer(&data, &["bench", "facts", "--out", &facts, "--on", DAY])?;
    let ours = |threads: &str, times: &str| {
        eprintln!("ours, {threads} threads, {times} ×");
        let rounds = ["--rounds", OWN_ROUNDS, "--on", DAY];
        let asked = ["bench", "verdicts", "--threads", threads, "--times", times];
        answer(&data, &[&asked[..], &rounds[..]].concat())
    };
    let mut table = Table::default();
    let province = ours(THREADS, "1")?;
    table.own(&province);
    table.own(&ours("1", "1")?);
    let python = python();
    for times in ["1", NATION_TIMES] {
        if times == NATION_TIMES {
            table.own(&ours(THREADS, times)?);
        }
        let polars = [facts.as_str(), ROUNDS, times];
        table.other("Polars", script(&python, "polars_yardstick", &polars));
        let duckdb = [facts.as_str(), ROUNDS, times, THREADS];
        table.other("DuckDB", script(&python, "duckdb_yardstick", &duckdb));
    }
    let openfisca = [facts.as_str(), ROUNDS, AMOUNTS];
    let openfisca = script(&python, "openfisca_yardstick", &openfisca);
    table.other("OpenFisca-core", openfisca);
    let written = script(&python, "zen_expressions", &[&facts, ROWS]);
    table.other("zen-expression", written.and_then(|_| zen(&facts)));
    Ok(table.text(&province))
}

/// A Python of our own with the engines, made where it is missing.
fn python() -> Result<PathBuf> {
    let folder = built().join("yardsticks-venv");
    let python = folder.join("bin/python");
    if !python.is_file() {
        let make = ["-m", "venv"];
        succeed(Command::new("python3").args(make).arg(&folder))?;
    }
    let install = ["-m", "pip", "install", "--quiet"];
    succeed(Command::new(&python).args(install).args(PACKAGES))?;
    Ok(python)
}

/// What a script prints as its last line; nothing where it prints nothing.
fn script(python: &Result<PathBuf>, name: &str, arguments: &[&str]) -> Result<Value> {
    let python = match python {
        Ok(python) => python,
        Err(error) => bail!("{error:#}"),
    };
    eprintln!("{name} {}", arguments[1..].join(" "));
    let mut command = Command::new(python);
    let file = format!("xtask/yardsticks/{name}.py");
    command
        .arg(root().join(file))
        .args(arguments)
        .env("POLARS_MAX_THREADS", THREADS)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    printed(command)
}

fn zen(facts: &str) -> Result<Value> {
    let project = root().join("xtask/yardsticks/zen");
    let mut command = cargo();
    command
        .args(["run", "--quiet", "--release", "--locked", "--target-dir"])
        .arg(built().join("yardsticks-zen"))
        .arg("--manifest-path")
        .arg(project.join("Cargo.toml"))
        .args(["--", facts, ROUNDS]);
    printed(command)
}

fn printed(mut command: Command) -> Result<Value> {
    let output = command.stderr(Stdio::inherit()).output()?;
    anyhow::ensure!(output.status.success(), "ended with {}", output.status);
    let text = String::from_utf8(output.stdout)?;
    match text.lines().last() {
        Some(line) => serde_json::from_str(line).context("what it printed"),
        None => Ok(Value::Null),
    }
}
