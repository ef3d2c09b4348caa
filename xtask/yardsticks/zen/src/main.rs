//! ZEN evaluates conditions row by row: the expression machine of zen-engine, without the
//! decision graph around it, conditions compiled once.
//!
//! Reads what `zen_expressions.py` wrote. A condition that ends in an error has no answer;
//! errors are counted, since ZEN has no comparison with null.
//!
//! ```text
//! zen-yardstick FOLDER ROUNDS
//! ```

use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::Instant;
use zen_expression::expression::Standard;
use zen_expression::variable::Variable;
use zen_expression::vm::VM;
use zen_expression::{Expression, Isolate};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let rounds: u32 = arguments[2].parse()?;
    let file = BufReader::new(File::open(format!("{}/zen.jsonl", arguments[1]))?);
    let mut lines = file.lines();
    let texts: Vec<String> = serde_json::from_str(&lines.next().ok_or("no conditions")??)?;
    let rows: Vec<(Value, Vec<Option<bool>>)> = lines
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect::<Result<_, Failure>>()?;
    let started = Instant::now();
    let contexts: Vec<Variable> = rows.iter().map(|(row, _)| row.clone().into()).collect();
    let load_seconds = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let mut isolate = Isolate::new();
    let conditions: Vec<Expression<Standard>> = texts
        .iter()
        .map(|text| Ok(isolate.compile_standard(text).map_err(|e| e.to_string())?))
        .collect::<Result<_, Failure>>()?;
    let compile_seconds = started.elapsed().as_secs_f64();
    let mut answers = evaluate(&conditions, &contexts);
    let mut seconds = f64::INFINITY;
    for _ in 0..rounds {
        let started = Instant::now();
        answers = evaluate(&conditions, &contexts);
        seconds = seconds.min(started.elapsed().as_secs_f64());
    }
    let pairs = rows
        .iter()
        .zip(&answers)
        .flat_map(|((_, ours), theirs)| ours.iter().zip(theirs));
    let [mut unequal, mut errors, mut guesses] = [0u64; 3];
    for (ours, theirs) in pairs {
        match (ours, theirs) {
            (ours, Some(theirs)) => {
                unequal += u64::from(ours.is_some_and(|ours| ours != *theirs));
                guesses += u64::from(ours.is_none());
            }
            (ours, None) => errors += u64::from(ours.is_some()),
        }
    }
    let found = json!({
        "engine": "zen-expression 2.1",
        "firms": rows.len(), "threads": 1, "conditions": texts.len(),
        "load_seconds": load_seconds, "compile_seconds": compile_seconds,
        "evaluate_seconds": seconds,
        "compared": rows.len() * texts.len(), "unequal": unequal,
        // Answered though it was unknown; an error though it is known.
        "guesses": guesses, "errors": errors,
    });
    println!("{found}");
    Ok(())
}

fn evaluate(conditions: &[Expression<Standard>], contexts: &[Variable]) -> Vec<Vec<Option<bool>>> {
    let mut machine = VM::new();
    let mut all = Vec::with_capacity(contexts.len());
    for context in contexts {
        let answers = conditions.iter().map(|condition| {
            let answer = condition.evaluate_with(context.clone(), &mut machine);
            answer.ok().and_then(|answer| answer.as_bool())
        });
        all.push(answers.collect());
    }
    all
}
