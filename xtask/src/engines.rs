//! A Python that has DuckDB and Spark, for the slow tests that let them judge conditions.
//!
//! Takes the one that `SHENGGUI_ENGINES_PYTHON` names, else makes an environment of its own
//! below `target` and installs both from the package index, once. Knows nothing of the tests.
//!
//! Example: `cargo xtask engines -- cargo test -p programme --test expression_engines`

use crate::{root, succeed};
use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The variable that names the Python for tests.
pub const PYTHON: &str = "SHENGGUI_ENGINES_PYTHON";

/// The versions that the tests were written with; a newer one is tried on purpose.
const PACKAGES: [(&str, &str); 2] = [("duckdb", "2.0.1"), ("pyspark", "4.3.0")];

/// `cargo xtask engines -- COMMAND…`
pub fn run(arguments: &[String]) -> Result<()> {
    let command = match arguments {
        [dashes, rest @ ..] if dashes == "--" => rest,
        all => all,
    };
    let [program, rest @ ..] = command else {
        bail!("usage: cargo xtask engines -- COMMAND…");
    };
    let python = provide()?;
    succeed(Command::new(program).args(rest).env(PYTHON, python))
}

/// The named Python, or one of our own; says all that is missing, not only the first.
pub fn provide() -> Result<PathBuf> {
    let named = env::var_os(PYTHON).filter(|value| !value.is_empty());
    let python = match named {
        Some(python) => PathBuf::from(python),
        None => own()?,
    };
    let missing = missing(&python);
    if !missing.is_empty() {
        bail!(
            "for the comparison with DuckDB and Spark are missing:\n{}\n\
             Install them, or set {PYTHON} to a Python that has both packages",
            missing.join("\n")
        );
    }
    eprintln!("DuckDB and Spark: {}", python.display());
    Ok(python)
}

/// An environment below `target`. What could not be installed is found missing afterwards.
fn own() -> Result<PathBuf> {
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("engines");
    let python = folder.join("bin").join("python");
    if !python.is_file() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder)).context(
            "Python 3 with its module `venv` is missing (Debian: apt-get install python3-venv)",
        )?;
    }
    for (package, version) in PACKAGES {
        if !has_package(&python, package) {
            let wanted = format!("{package}=={version}");
            let install = ["-m", "pip", "install", "--quiet", wanted.as_str()];
            if let Err(error) = succeed(Command::new(&python).args(install)) {
                eprintln!("{error:#}");
            }
        }
    }
    Ok(python)
}

fn missing(python: &Path) -> Vec<String> {
    let mut missing: Vec<String> = PACKAGES
        .into_iter()
        .filter(|(package, _)| !has_package(python, package))
        .map(|(package, version)| {
            let python = python.display();
            format!(
                "- Python package {package} {version}: {python} -m pip install {package}=={version}"
            )
        })
        .collect();
    if !runs(Command::new("java").arg("-version")) {
        missing.push("- Java 17 or newer, which Spark runs on".to_string());
    }
    missing
}

fn has_package(python: &Path, package: &str) -> bool {
    runs(
        Command::new(python)
            .arg("-c")
            .arg(format!("import {package}")),
    )
}

fn runs(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
