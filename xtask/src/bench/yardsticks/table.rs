//! What was measured beside other engines, as a table with what has to be said below it.
//!
//! Knows what the programs print, and no engine. Example: `table.own(&found)`.

use super::super::{PROVINCE, machine};
use super::{DAY, OWN_ROUNDS, ROUNDS};
use anyhow::Result;
use serde_json::Value;
use std::fmt::Write as _;

/// How each engine came by the conditions, and what the columns mean.
const WAYS: &str = "
What was measured:

- Evaluation keeps true, false and unknown of every measure for every firm; only counting keeps how many hold and fail.
- Load: ours reads the stored snapshot with all its facts and holds each as narrow as its values allow; the others read an Arrow file without compression, of it the facts that the statement reads.
- DuckDB gets the conditions of `shenggui measures sql --dialect duckdb` as they are.
- Polars gets the same statement, translated node by node with sqlglot into lazy expressions; the better of its two engines counts.
- DuckDB and Polars plan anew with every execution; planning is measured by itself and taken off.
- OpenFisca-core gets the same tree as numpy formulas, one variable for each measure; its conditions have one value for each firm, true or false.
- ZEN gets the tree as expressions, compiled once, without the decision graph of zen-engine around them.
- Equal verdicts: of DuckDB and Polars all answers of the whole statement, amounts included; of the other two the conditions, where an error and a yes or no to what is unknown are not equal.
- The nation is the province ten times over, in memory.
";

/// Rows, and remarks for below.
#[derive(Default)]
pub struct Table {
    rows: String,
    notes: Vec<String>,
}

impl Table {
    /// What `shenggui bench verdicts` found.
    pub fn own(&mut self, found: &Value) {
        let seconds = |key: &str| found[key].as_f64().unwrap_or(f64::NAN) / 1e6;
        let evaluate = seconds("planes_micros");
        let firms = found["firms"].as_u64().unwrap_or(1);
        let load = match firms > PROVINCE as u64 {
            true => "—".to_string(),
            false => format!("{:.2} s", seconds("load_micros")),
        };
        let _ = writeln!(
            self.rows,
            "| **shenggui** | {} | {} | {load} | {:.4} s | **{evaluate:.4} s** | {:.4} s | {:.1} ns | — |",
            grouped(firms),
            found["threads"],
            seconds("compile_micros"),
            seconds("counts_micros"),
            evaluate / firms as f64 * 1e9,
        );
        if found["threads"] == 2 {
            self.notes.push(format!(
                "shenggui, {} firms: {:.4} s with planes in fresh memory; {:.4} s for `Verdicts::on`, which compiles, evaluates and lets local rules decide; columns of {} MB.",
                grouped(firms),
                seconds("fresh_micros"),
                seconds("verdicts_micros"),
                found["column_bytes"].as_u64().unwrap_or(0) / 1_000_000,
            ));
        }
    }

    /// What another engine's program found, or why there is nothing.
    pub fn other(&mut self, name: &str, found: Result<Value>) {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                self.notes.push(format!("{name} was left out: {error:#}."));
                return;
            }
        };
        let shown = |key: &str| {
            let seconds = found[key].as_f64();
            seconds.map_or("—".to_string(), |seconds| format!("{seconds:.3} s"))
        };
        let firms = found["firms"].as_u64().unwrap_or(1);
        let number = |key: &str| found[key].as_u64().unwrap_or(0);
        let equal = match number("compared") {
            0 => "—".to_string(),
            compared => {
                let unlike = number("unequal") + number("guesses") + number("errors");
                format!("{} of {}", grouped(compared - unlike), grouped(compared))
            }
        };
        let engine = found["engine"].as_str().unwrap_or(name);
        let evaluate = found["evaluate_seconds"].as_f64().unwrap_or(f64::NAN);
        let _ = writeln!(
            self.rows,
            "| {engine} | {} | {} | {} | {} | {} | {} | {:.1} ns | {equal} |",
            grouped(firms),
            found["threads"],
            shown("load_seconds"),
            shown("compile_seconds"),
            shown("evaluate_seconds"),
            shown("counts_seconds"),
            evaluate / firms as f64 * 1e9,
        );
        self.remark(engine, firms, &found);
    }

    fn remark(&mut self, engine: &str, firms: u64, found: &Value) {
        let number = |key: &str| grouped(found[key].as_u64().unwrap_or(0));
        let per_firm = found["evaluate_seconds"].as_f64().unwrap_or(0.0) / firms as f64;
        if let Some(seconds) = found["statement_seconds"].as_f64() {
            self.notes.push(format!(
                "{engine}, the whole statement (verdict texts, amounts, sorted by code): {seconds:.2} s."
            ));
        }
        if found.get("amounts_known").is_some() {
            self.notes.push(format!(
                "{engine} has no unknown: a missing input is 0 or false. It gave a yes or no for {} verdicts that are unknown, and the opposite of ours for {} that are known. Money is a 32-bit float there: of {} amounts {} are not the exact fen.",
                number("guesses"),
                number("unequal"),
                number("amounts_known"),
                number("amounts_unequal"),
            ));
        }
        if found.get("errors").is_some() {
            self.notes.push(format!(
                "{engine}: {} conditions for {} firms, which makes {:.1} s for 500,000 on one thread. It has no comparison with null: {} verdicts that are known in three-valued logic ended in an error, {} that are unknown got a yes or no, {} were the opposite of ours.",
                number("conditions"),
                grouped(firms),
                per_firm * PROVINCE as f64,
                number("errors"),
                number("guesses"),
                number("unequal"),
            ));
        }
    }

    /// The section of the page; `found` is ours for the province.
    pub fn text(&self, found: &Value) -> String {
        let mut text = format!(
            "## Verdicts beside other engines\n\nMeasured by `cargo xtask bench --yardsticks`: {} measures with {} conditions ({} different comparisons over {} facts) on {DAY}, facts in memory.\nBest of {OWN_ROUNDS} rounds for ours, and of {ROUNDS} after a warm-up for the others.\n\nMachine: {}.\n\n",
            found["measures"],
            found["conditions"],
            found["leaves"],
            found["facts_read"],
            machine(),
        );
        text.push_str("| engine | firms | threads | load | compile | evaluation | only counting | per firm | equal verdicts |\n|---|---|---|---|---|---|---|---|---|\n");
        text.push_str(&self.rows);
        text.push_str(WAYS);
        text.push_str("\nBeside the table:\n\n");
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }
}

/// A number with separators.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
