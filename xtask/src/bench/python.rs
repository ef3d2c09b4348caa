//! Programs in Python that are measured beside ours, each in an environment of its own below
//! the folder of what is built.
//!
//! Knows no engine. Example: `script(&provide("forecast-venv", &PACKAGES), "theta_yardstick", …)`.

use super::built;
use crate::{root, succeed};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A Python with these packages, made where it is missing.
pub fn provide(name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = built().join(name);
    let python = folder.join("bin/python");
    if !python.is_file() {
        let make = ["-m", "venv"];
        succeed(Command::new("python3").args(make).arg(&folder))?;
    }
    let install = ["-m", "pip", "install", "--quiet"];
    succeed(Command::new(&python).args(install).args(packages))?;
    Ok(python)
}

/// What a script of `xtask/yardsticks` prints as its last line; nothing where it prints
/// nothing. The first argument is a folder or a file, and is not told.
pub fn script(
    python: &Result<PathBuf>,
    name: &str,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Result<Value> {
    let python = match python {
        Ok(python) => python,
        Err(error) => bail!("{error:#}"),
    };
    eprintln!("{name} {}", arguments[1..].join(" "));
    let mut command = Command::new(python);
    command
        .arg(root().join(format!("xtask/yardsticks/{name}.py")))
        .args(arguments)
        .envs(variables.iter().copied())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    printed(command)
}

/// The last line that a program prints, as JSON.
pub fn printed(mut command: Command) -> Result<Value> {
    let output = command.stderr(Stdio::inherit()).output()?;
    anyhow::ensure!(output.status.success(), "ended with {}", output.status);
    let text = String::from_utf8(output.stdout)?;
    match text.lines().last() {
        Some(line) => serde_json::from_str(line).context("what it printed"),
        None => Ok(Value::Null),
    }
}
