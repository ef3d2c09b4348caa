//! All measures for all firms, in our columns and in other engines: the same facts and the
//! same statement, in one run on one machine.
//!
//! Engines come from their registries into the folder of what is built; one that cannot be
//! had is said and left out. Knows no rule: `xtask/yardsticks` translates the statement.
//! Example: `section(folder)`.

mod table;

use super::python::{self, printed};
use super::{PROVINCE, answer, built, fill};
use crate::{cargo, root};
use anyhow::Result;
use serde_json::Value;
use std::path::{Path, PathBuf};
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
    let python = python::provide("yardsticks-venv", &PACKAGES);
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

/// One engine's program on so many threads as ours.
fn script(python: &Result<PathBuf>, name: &str, arguments: &[&str]) -> Result<Value> {
    python::script(python, name, arguments, &[("POLARS_MAX_THREADS", THREADS)])
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
