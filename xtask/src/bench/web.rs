//! The pages under fifty users with 500,000 firms, and the export of all of them.
//!
//! The users stand in another process on the same two cores, so that what they cost is in the
//! times as well. Example: `cargo xtask bench web`.

use super::server::{PORT, Server};
use super::{PROVINCE, answer, fill, machine};
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::path::Path;

/// Pauses between two pages of a user, in milliseconds: as people look, and without any.
const PAUSES: [(&str, &str); 2] = [
    ("1000", "each user pauses one second between two pages"),
    ("0", "nobody pauses: the most that the server bears"),
];

/// Measures and words it.
pub fn section(folder: &Path) -> Result<String> {
    let data = folder.join("province");
    fill(&data, PROVINCE)?;
    eprintln!("run");
    answer(&data, &["run", "--as-of", "2026-09"])?;
    let server = Server::start(&data)?;
    let address = format!("127.0.0.1:{PORT}");
    let mut text = String::from(
        "## Pages under fifty users\n\nMeasured by `cargo xtask bench web`: 500,000 firms, fifty signed-in users (one of the provincial office, the others of areas), SQLite; times from the request to the last byte, taken by the users, who share the two cores with the server.\n\n",
    );
    let _ = writeln!(text, "Machine: {}.", machine());
    for (pause, words) in PAUSES {
        eprintln!("{words}");
        let told = answer(
            &data,
            &["bench", "web", "--address", &address, "--pause", pause],
        )?;
        let (peak, now) = server.memory();
        let _ = write!(
            text,
            "\n{words}; {} requests, memory {now} MB (at most {peak} MB):\n\n| page | requests | failed | median ms | p99 ms | slowest ms |\n|---|---|---|---|---|---|\n",
            told["requests"]
        );
        for row in told["pages"].as_array().context("pages")? {
            let number = |key: &str| row[key].as_f64().unwrap_or_default();
            let _ = writeln!(
                text,
                "| {} | {} | {} | {:.1} | {:.1} | {:.1} |",
                row["page"].as_str().unwrap_or_default(),
                row["count"],
                row["failed"],
                number("median"),
                number("p99"),
                number("slowest")
            );
        }
    }
    for form in ["xlsx", "csv"] {
        server.forget_peak()?;
        let (_, before) = server.memory();
        let told = answer(
            &data,
            &["bench", "web", "--address", &address, "--export", form],
        )?;
        let (peak, _) = server.memory();
        let number = |key: &str| told[key].as_f64().unwrap_or_default();
        let _ = write!(
            text,
            "\nExport of {} rows as {}: begins after {:.0} ms, whole after {:.1} s, {:.0} MB; the server had {before} MB before and {peak} MB at most.\n",
            told["rows"],
            form.to_uppercase(),
            number("began"),
            number("whole") / 1000.0,
            number("bytes") / 1e6,
        );
    }
    Ok(text)
}
