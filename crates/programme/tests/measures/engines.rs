//! DuckDB and Spark give the whole statement the verdicts and amounts that we give. Part of
//! the slow suite, like `expression_engines`, whose `engines/judge.py` lies between.

use crate::day;
use crate::firms::{Firms, pack};
use crate::statement::amount;
use rules::expression::{Dialect, Kind, Row};
use rules::measures::{StatementColumn, judge, statement};
use rules::pack::Pack;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The variable that names a Python with the engines.
const PYTHON: &str = "SHENGGUI_ENGINES_PYTHON";
/// What `judge.py` calls the table.
const TABLE: &str = "wide_firms";
const FIRMS: usize = 400;
const DAYS: [&str; 2] = ["2022-06-30", "2026-06-30"];

#[test]
fn duckdb_judges_as_we_do() {
    check(Dialect::Duckdb);
}

#[test]
fn spark_judges_as_we_do() {
    check(Dialect::Spark);
}

fn check(dialect: Dialect) {
    let Some(python) = std::env::var_os(PYTHON) else {
        return;
    };
    let pack = pack();
    let firms = Firms::draw(&pack, FIRMS, 20_240_301);
    let folder = tempfile::tempdir().expect("a folder");
    ask(folder.path(), &pack, &firms, dialect);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/judge.py");
    let output = Command::new(python)
        .arg(script)
        .arg(dialect.to_string())
        .arg(folder.path())
        .output()
        .expect("the Python that the variable names");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let answers = fs::read_to_string(folder.path().join("answers.jsonl")).expect("answers");
    for (on, answer) in DAYS.map(day).into_iter().zip(answers.lines()) {
        let rows: Vec<Vec<Value>> = serde_json::from_str(answer).expect("rows");
        assert_eq!(rows.len(), FIRMS);
        let text = statement(&pack, dialect, TABLE, on).expect("exact");
        let parameters = pack.parameters_on(on);
        for (facts, cells) in firms.rows.iter().zip(&rows) {
            let row = Row {
                facts,
                parameters: &parameters,
            };
            for (column, cell) in text.columns.iter().zip(&cells[1..]) {
                match column {
                    StatementColumn::Verdict(measure) => {
                        let own = judge(&pack, *measure, row, on).verdict.id();
                        assert_eq!(cell.as_str(), Some(own), "{}", pack.measures[*measure].id);
                    }
                    StatementColumn::Amount { measure, benefit } => {
                        let own = amount(&pack, *measure, *benefit, row, on);
                        assert_eq!(cell.as_i64(), own, "{}", pack.measures[*measure].id);
                    }
                }
            }
        }
    }
}

fn ask(folder: &Path, pack: &Pack, firms: &Firms, dialect: Dialect) {
    let columns: Vec<String> = pack
        .facts
        .iter()
        .map(|fact| {
            let name = dialect.quoted(&fact.id);
            format!("{name} {}", dialect.column_type(&fact.kind))
        })
        .collect();
    let uscc = dialect.quoted("uscc");
    let columns = format!("{uscc} {}, {}", dialect.text_type(), columns.join(", "));
    let lines: Vec<String> = firms
        .rows
        .iter()
        .enumerate()
        .map(|(number, facts)| {
            let cells = pack.facts.iter().zip(facts);
            let cells = cells.map(|(fact, value)| cell(&fact.kind, *value));
            let line: Vec<Value> = [format!("{number:06}").into()]
                .into_iter()
                .chain(cells)
                .collect();
            serde_json::to_string(&line).expect("a line")
        })
        .collect();
    let questions = DAYS.map(|on| {
        let text = statement(pack, dialect, TABLE, day(on)).expect("exact");
        text.sql.replace('\n', " ")
    });
    let write = |name: &str, text: String| fs::write(folder.join(name), text).expect(name);
    write("columns.sql", columns);
    write("rows.jsonl", lines.join("\n"));
    write("questions.sql", questions.join("\n"));
}

/// As the warehouse holds it: codes with their leading zeros, choices by their ids.
fn cell(kind: &Kind, value: Option<i64>) -> Value {
    let Some(value) = value else {
        return Value::Null;
    };
    match kind {
        Kind::Boolean => (value != 0).into(),
        Kind::Code { .. } => kind.in_figures(i128::from(value)).into(),
        Kind::Choice(choices) => choices[value as usize].id.clone().into(),
        _ => value.into(),
    }
}
