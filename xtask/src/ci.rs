//! Everything that must hold before a change lands, cheapest step first.
//!
//! A step shows all it finds; the first step that fails ends the run and says what to do.
//! Runs the same way on a developer's machine and elsewhere.

use crate::postgres::{self, Database};
use crate::{browser, cargo, engines, root, schemathesis, succeed, tidy};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PACK: &str = "policy/henan";
/// Everything is checked and tested with the features that are off otherwise: one build, and
/// only a look at the program without them.
pub const FEATURES: [&str; 2] = ["--features", "app/oidc"];

/// `cargo xtask ci [--slow]`
pub fn run(arguments: &[String]) -> Result<()> {
    let slow = match arguments {
        [] => false,
        [only] if only == "--slow" => true,
        _ => bail!("usage: cargo xtask ci [--slow]"),
    };
    let mut log = Log::default();
    checks(&mut log)?;
    tests(&mut log, slow)?;
    log.step(
        "pack",
        "mend the pack at the file and line named above",
        pack,
    )?;
    if slow {
        log.step(
            "interface",
            "mend what schemathesis names above; `cargo xtask schemathesis` runs it alone",
            || schemathesis::run(&[]),
        )?;
    }
    log.close();
    Ok(())
}

fn pack() -> Result<()> {
    let program = ["run", "--quiet", "--package", "app"];
    let check = ["--", "pack", "check", PACK];
    succeed(cargo().args(program).args(FEATURES).args(check))
}

/// What needs no database.
fn checks(log: &mut Log) -> Result<()> {
    log.step(
        "format",
        "run `cargo fmt --all` and look at what it changed",
        || succeed(cargo().args(["fmt", "--all", "--check"])),
    )?;
    log.step(
        "lint",
        "mend what clippy names above; an `#[allow]` needs its reason beside it",
        || {
            let lint = ["clippy", "--workspace", "--all-targets"];
            let lint = [&lint[..], &FEATURES].concat();
            succeed(cargo().args(lint).args(["--", "-D", "warnings"]))
        },
    )?;
    log.step(
        "plain",
        "mend what clippy names in the program as it is built without features",
        || {
            let plain = ["clippy", "--package", "app", "--", "-D", "warnings"];
            succeed(cargo().args(plain))
        },
    )?;
    log.step(
        "tidy",
        "mend what is listed above; CONVENTIONS.md says why",
        || tidy::check(root()),
    )
}

/// All tests, with what they need.
fn tests(log: &mut Log, slow: bool) -> Result<()> {
    log.step(
        "browser",
        "install chromium and its driver; the tests of pages drive them",
        browser::provide,
    )?;
    let database = log.step(
        "database",
        "install PostgreSQL's server, or name one that may be written to",
        postgres::provide,
    )?;
    // Half a gigabyte of other people's engines: only where the slow tests need them.
    let python = match slow {
        true => Some(log.step(
            "engines",
            "provide what is listed below; `cargo xtask ci` without --slow needs none of it",
            engines::provide,
        )?),
        false => None,
    };
    let surroundings = Surroundings { database, python };
    // Documentation tests come first: the runner's closing line on all others stands last.
    log.step(
        "examples",
        "mend the example in the documentation, or what it shows",
        || {
            let examples = ["test", "--doc", "--workspace", "--no-fail-fast"];
            test(&[&examples[..], &FEATURES].concat(), &surroundings)
        },
    )?;
    log.step(
        "tests",
        "mend what fails above; `cargo xtask postgres -- cargo test --workspace NAME` runs one alone",
        || test(&[&runner()[..], &FEATURES].concat(), &surroundings),
    )
}

/// The arguments that make cargo run all tests but those in documentation.
fn runner() -> Vec<&'static str> {
    let has_nextest = cargo()
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if has_nextest {
        vec!["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        vec![
            "test",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--no-fail-fast",
        ]
    }
}

/// What tests may use beside the workspace.
struct Surroundings {
    database: Database,
    /// A Python with DuckDB and Spark; where there is one, the slow suite runs.
    python: Option<PathBuf>,
}

fn test(arguments: &[&str], surroundings: &Surroundings) -> Result<()> {
    let mut command: Command = cargo();
    command
        .args(arguments)
        .env(postgres::URL, &surroundings.database.url);
    match &surroundings.python {
        Some(python) => command
            .env("SHENGGUI_SLOW", "1")
            .env(engines::PYTHON, python),
        None => command
            .env_remove("SHENGGUI_SLOW")
            .env_remove(engines::PYTHON),
    };
    succeed(&mut command)
}

/// What ran so far and how long it took.
#[derive(Default)]
struct Log {
    done: Vec<(&'static str, Duration)>,
}

impl Log {
    fn step<T>(
        &mut self,
        name: &'static str,
        advice: &str,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let number = self.done.len() + 1;
        eprintln!("\n== {number} {name}");
        let start = Instant::now();
        let result = work().with_context(|| {
            format!("CI failed at step {number}, {name}.\nWhat to do: {advice}.\nWhy")
        });
        let time = start.elapsed();
        if result.is_ok() {
            eprintln!("== {number} {name}: holds, {:.1} s", time.as_secs_f64());
            self.done.push((name, time));
        }
        result
    }

    fn close(&self) {
        let times: Vec<String> = self
            .done
            .iter()
            .map(|(name, time)| format!("{name} {:.0} s", time.as_secs_f64()))
            .collect();
        let total: Duration = self.done.iter().map(|(_, time)| *time).sum();
        eprintln!(
            "\nAll {} steps hold after {:.0} s: {}.",
            self.done.len(),
            total.as_secs_f64(),
            times.join(", ")
        );
    }
}
