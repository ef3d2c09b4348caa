//! The repository's own commands: `cargo xtask ci`, `cargo xtask tidy` and others.
//!
//! Knows cargo, git and PostgreSQL's programs; knows nothing of what the product does.
//! A new command is a module and one line in `COMMANDS`.

mod bench;
mod browser;
mod ci;
mod engines;
mod postgres;
mod schemathesis;
mod tidy;

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, ExitCode};

type Run = fn(&[String]) -> Result<()>;

const COMMANDS: &[(&str, &str, Run)] = &[
    (
        "ci",
        "everything that must hold before a change lands [--slow]",
        ci::run,
    ),
    (
        "bench",
        "measures the budgets and writes docs/benchmarks.md [web | --nation | --yardsticks | --forecast]",
        bench::run,
    ),
    (
        "engines",
        "a Python with DuckDB and Spark around a command: engines -- COMMAND…",
        engines::run,
    ),
    (
        "postgres",
        "a throw-away PostgreSQL around a command: postgres -- COMMAND…",
        postgres::run,
    ),
    (
        "schemathesis",
        "the interface against its document, tried by schemathesis",
        schemathesis::run,
    ),
    (
        "tidy",
        "the conventions that a machine can check",
        tidy::run,
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().map(String::as_str).unwrap_or("help");
    let Some((_, _, run)) = COMMANDS.iter().find(|(known, ..)| *known == name) else {
        eprint!("{}", usage());
        return ExitCode::from(if name == "help" { 0 } else { 2 });
    };
    match run(&arguments[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for (name, meaning, _) in COMMANDS {
        text.push_str(&format!("  {name:<14}{meaning}\n"));
    }
    text
}

/// The folder that holds the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the workspace")
}

/// The cargo that runs us, in the workspace's folder.
fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs a command on our own output and fails where it fails.
fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("`{}` cannot be started", line_of(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", line_of(command));
    }
    Ok(())
}

/// A command as one types it.
fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name();
    let words = program.into_iter().chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}
