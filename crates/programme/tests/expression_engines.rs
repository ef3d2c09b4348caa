//! DuckDB and Spark agree with the row evaluator on the SQL that we write for them.
//!
//! Part of the slow suite: `cargo xtask ci --slow` provides a Python that has both engines and
//! names it in `SHENGGUI_ENGINES_PYTHON`. Questions and rows go out as files, answers come back
//! as a file; `engines/judge.py` lies between.

use rules::expression::{Dialect, Kind};
use std::fs;
use std::path::Path;
use std::process::Command;

#[path = "../../rules/tests/generate/expression.rs"]
mod generate;
use generate::Values;
use generate::questions::{self, Asked, Day, Tally};

/// The variable that names a Python with the engines.
const PYTHON: &str = "SHENGGUI_ENGINES_PYTHON";
const FIRMS: usize = 1_000;
const QUESTIONS_PER_DAY: usize = 160;
const QUESTIONS_PER_STATEMENT: usize = 5;

#[test]
fn written_sql_comes_out_alike_in_duckdb() {
    check(Dialect::Duckdb, 20);
}

#[test]
fn written_sql_comes_out_alike_in_spark() {
    check(Dialect::Spark, 3);
}

fn check(dialect: Dialect, days: u64) {
    let Some(python) = std::env::var_os(PYTHON) else {
        return;
    };
    let mut rows = questions::firms(FIRMS);
    let days: Vec<Day> = (0..days)
        .map(|number| Day::new(number, QUESTIONS_PER_DAY, dialect))
        .collect();
    let asked: usize = days.iter().map(|day| day.questions.len()).sum();
    let refused: usize = days.iter().map(|day| day.refused.len()).sum();
    assert!(refused * 50 < asked, "{refused} beside {asked}");
    let folder = tempfile::tempdir().expect("a folder");
    write_questions(folder.path(), dialect, &rows, &days);
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/judge.py");
    let mut command = Command::new(&python);
    command
        .arg(judge)
        .arg(dialect.to_string())
        .arg(folder.path());
    let output = command
        .output()
        .expect("the Python that the variable names");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let answers = fs::read_to_string(folder.path().join("answers.jsonl")).expect("answers");
    let mut answers = answers.lines();
    let mut tally = Tally::default();
    for day in &days {
        for values in &mut rows {
            values.parameters.clone_from(&day.parameters);
        }
        for chunk in day.questions.chunks(QUESTIONS_PER_STATEMENT) {
            let answer = answers.next().expect("an answer for each statement");
            compare(chunk, &rows, answer, &mut tally);
        }
    }
    tally.close(&dialect.to_string());
}

fn compare(chunk: &[Asked], rows: &[Values], answer: &str, tally: &mut Tally) {
    let answer: Vec<Vec<Option<String>>> = serde_json::from_str(answer).expect("rows of texts");
    assert_eq!(answer.len(), rows.len());
    for (values, cells) in rows.iter().zip(&answer) {
        assert_eq!(cells.len(), chunk.len());
        for (asked, cell) in chunk.iter().zip(cells) {
            tally.check(asked, values, cell.as_deref());
        }
    }
}

fn write_questions(folder: &Path, dialect: Dialect, rows: &[Values], days: &[Day]) {
    let facts = questions::facts();
    let columns: Vec<String> = facts
        .iter()
        .map(|(identifier, _, kind)| {
            let column = dialect.quoted(identifier);
            format!("{column} {}", dialect.column_type(kind))
        })
        .collect();
    let columns = format!("number BIGINT, {}", columns.join(", "));
    let lines: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(number, values)| {
            let cells = facts
                .iter()
                .map(|(_, index, kind)| cell(kind, values.facts[*index]));
            let line: Vec<serde_json::Value> = [number.into()].into_iter().chain(cells).collect();
            serde_json::to_string(&line).expect("a line")
        })
        .collect();
    let statements: Vec<String> = days
        .iter()
        .flat_map(|day| day.questions.chunks(QUESTIONS_PER_STATEMENT))
        .map(|chunk| questions::select("wide_firms", chunk))
        .collect();
    let write = |name: &str, text: String| fs::write(folder.join(name), text).expect(name);
    write("columns.sql", columns);
    write("rows.jsonl", lines.join("\n"));
    write("questions.sql", statements.join("\n"));
}

/// As the warehouse holds it: codes with their leading zeros, choices by their ids.
fn cell(kind: &Kind, value: Option<i64>) -> serde_json::Value {
    let Some(value) = value else {
        return serde_json::Value::Null;
    };
    match kind {
        Kind::Boolean => (value != 0).into(),
        Kind::Code { .. } => kind.in_figures(i128::from(value)).into(),
        Kind::Choice(choices) => choices[value as usize].id.clone().into(),
        _ => value.into(),
    }
}
