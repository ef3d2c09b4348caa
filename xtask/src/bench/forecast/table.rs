//! What was measured of the forecast, as two tables with what has to be said below them.
//!
//! Knows what the programs print, and no method. Example: `table.landing(&found)`.

use super::super::machine;
use super::{LANDING_ROUNDS, ROUNDS};
use anyhow::Result;
use serde_json::Value;
use std::fmt::Write as _;

const WAYS: &str = "
What was measured:

- Ours are the answers of `shenggui outlook forecast`, read back from the file that it writes; its time is that of the forecast alone, without reading and writing.
- Ours forecasts every series twice: once without its last months, to learn how wide its interval has to be; all series of a file are learnt from together, so that its interval knows its like.
- statsforecast forecasts one series after the other after a call that does not count; its time is that of the points, and its intervals were asked for apart. A series by itself is all that it knows.
- Its times include what Python costs for each series; both run on one thread.
- sMAPE is over all series and all months ahead; the error of the year is that of the sum of the next twelve months; the interval is the one from 10 % to 90 %, which 80 % should hit.
- Forecasts below zero are taken as zero everywhere.
- The method was tried on these series while it was made, so they are no blind test of it; anybody can run the command on series of his own.
- Firms of the landing are made up in memory, with season, noise, growth, stops, pauses, gaps and late starts; reading them from the database is part of the run, and not of this.
- Where others keep the cores busy, two threads are hardly faster than one; the load stands above.
- The checksum is that of every bit of every landing: two numbers that differ are two forecasts that differ.
";

/// Rows of both tables, and remarks for below.
#[derive(Default)]
pub struct Table {
    landings: String,
    rows: String,
    notes: Vec<String>,
}

impl Table {
    /// What `shenggui bench landing` found.
    pub fn landing(&mut self, found: &Value) {
        let seconds = |key: &str| found[key].as_f64().unwrap_or(f64::NAN) / 1e6;
        let (learn, land) = (seconds("learn_micros"), seconds("land_micros"));
        let _ = writeln!(
            self.landings,
            "| {} | {} | {learn:.3} s from {} firms | {land:.3} s | **{:.2} s** | {} ns | {} |",
            found["firms"],
            found["threads"],
            found["learnt_from"],
            learn + land,
            found["nanos_each"],
            found["checksum"].as_str().unwrap_or("—"),
        );
    }

    /// Ours on the series of one competition.
    pub fn own(&mut self, competition: &str, about: &Value, found: &Value) {
        let about = format!(
            "{competition} ({} series, {} months ahead)",
            about["series"], about["horizon"]
        );
        self.row(&about, "**shenggui**", found, |micros| {
            format!("**{micros:.1} µs**")
        });
    }

    /// Another method on the same series, or why there is nothing.
    pub fn other(&mut self, competition: &str, model: &str, found: Result<Value>) {
        match found {
            Err(error) => {
                let note = format!("{model} on {competition} was left out: {error:#}.");
                self.notes.push(note);
            }
            Ok(found) => {
                let engine = found["engine"].as_str().unwrap_or(model).to_string();
                self.row(competition, &engine, &found, |micros| {
                    format!("{:.2} ms", micros / 1000.0)
                });
            }
        }
    }

    fn row(&mut self, series: &str, engine: &str, found: &Value, time: impl Fn(f64) -> String) {
        let score = |key: &str| found["scores"][key].as_f64().unwrap_or(f64::NAN);
        let count = found["series"].as_f64().unwrap_or(f64::NAN);
        let micros = found["micros"].as_f64().unwrap_or(f64::NAN);
        let _ = writeln!(
            self.rows,
            "| {series} | {engine} | {:.2} % | {:.2} % | {:.1} % | {} |",
            score("smape"),
            score("total"),
            score("within"),
            time(micros / count),
        );
    }

    /// The section of the page.
    pub fn text(&self, packages: &[&str]) -> String {
        let mut text = format!(
            "## The forecast\n\nMeasured by `cargo xtask bench --forecast`, with {} from the Python package index.\nBest of {LANDING_ROUNDS} rounds for landings, and of {ROUNDS} for our series.\n\nMachine: {}.\n\n",
            packages.join(" and "),
            machine(),
        );
        text.push_str(
            "Landing of 500,000 firms with 36 months each (budget: ≤ 3 s on two threads):\n\n",
        );
        text.push_str("| firms | threads | learning | landing | together | per firm | checksum |\n|---|---|---|---|---|---|---|\n");
        text.push_str(&self.landings);
        text.push_str("\nMonthly series of public competitions:\n\n");
        text.push_str("| series | method | sMAPE | error of the year | within 80 % | per series |\n|---|---|---|---|---|---|\n");
        text.push_str(&self.rows);
        text.push_str(WAYS);
        if !self.notes.is_empty() {
            text.push_str("\nBeside the tables:\n\n");
        }
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }
}
