//! Days of law with generated questions, the SQL for an engine, and what it must answer.
//!
//! A table has the facts only; parameters are of one day of law and stand in the SQL.
//! Every answer is a text or missing, so that a float would show.
//!
//! ```text
//! SELECT CAST(CAST((`revenue_12m` >= 5) AS INTEGER) AS TEXT) AS c0 FROM firms ORDER BY number
//! ```

use super::wide::{Wide, vocabulary};
use super::{Values, literal};
use rules::expression::{Amount, Condition, Dialect, Kind, Row, Slot, SqlRefusal, SqlWriter};

/// Facts of so many firms, the same at every call; parameters are left to the day of law.
pub fn firms(count: usize) -> Vec<Values> {
    let mut wide = Wide::new(20_261_125);
    (0..count)
        .map(|_| Values {
            facts: wide.facts(),
            parameters: Vec::new(),
        })
        .collect()
}

/// A day of law with what an engine is asked on it.
pub struct Day {
    pub parameters: Vec<Option<i64>>,
    pub questions: Vec<Asked>,
    /// Why the engine was not asked the others.
    pub refused: Vec<SqlRefusal>,
}

/// A question with its text and the SQL written for it.
pub struct Asked {
    pub text: String,
    pub question: Question,
    pub sql: String,
}

impl Day {
    /// The same questions for every engine.
    pub fn new(number: u64, count: usize, dialect: Dialect) -> Day {
        let mut wide = Wide::new(number);
        let parameters = wide.parameters();
        let mut day = Day {
            parameters: parameters.clone(),
            questions: Vec::new(),
            refused: Vec::new(),
        };
        let writer = SqlWriter::new(dialect, &vocabulary(), &parameters).expect("admitted");
        for index in 0..count {
            let (text, question) = wide.question(1 + index % 3);
            match question.sql(&writer, dialect) {
                Ok(sql) => day.questions.push(Asked {
                    text,
                    question,
                    sql,
                }),
                Err(refusal) => day.refused.push(refusal),
            }
        }
        day
    }
}

/// Answers so far: no or zero, another, unknown.
#[derive(Debug, Default)]
pub struct Tally(pub [usize; 3]);

impl Tally {
    /// Compares what an engine answered of one firm with our own answer.
    pub fn check(&mut self, asked: &Asked, values: &Values, found: Option<&str>) {
        let own = asked.question.answer(values);
        let (text, sql) = (&asked.text, &asked.sql);
        assert_eq!(own.as_deref(), found, "{text}\n{sql}\n{values:?}");
        self.0[match found {
            None => 2,
            Some("0") => 0,
            Some(_) => 1,
        }] += 1;
    }

    /// Each answer must be frequent, or nothing was compared in truth.
    pub fn close(&self, engine: &str) {
        let pairs: usize = self.0.iter().sum();
        eprintln!("{engine}: {pairs} answers compared, {:?}", self.0);
        assert!(self.0.iter().all(|count| *count > pairs / 12), "{self:?}");
    }
}

/// One SELECT with an answer in each column, firm after firm.
pub fn select(table: &str, questions: &[Asked]) -> String {
    let columns: Vec<String> = questions
        .iter()
        .enumerate()
        .map(|(column, asked)| format!("{} AS c{column}", asked.sql))
        .collect();
    format!("SELECT {} FROM {table} ORDER BY number", columns.join(", "))
}

/// What an engine is asked of every firm.
pub enum Question {
    Condition(Condition),
    Amount(Amount),
}

impl Question {
    /// Our own answer, as [`Question::sql`] makes an engine write it.
    pub fn answer(&self, values: &Values) -> Option<String> {
        let row = Row {
            facts: &values.facts,
            parameters: &values.parameters,
        };
        match self {
            Question::Condition(condition) => {
                let truth = condition.evaluate(row)?;
                Some(i32::from(truth).to_string())
            }
            Question::Amount(amount) => {
                let number = amount.rounded(row)?;
                Some(match &amount.kind {
                    Kind::Code { .. } => amount.kind.in_figures(number),
                    Kind::Choice(choices) => choices[number as usize].id.clone(),
                    _ => number.to_string(),
                })
            }
        }
    }

    /// An expression that is a text or NULL: a float would show.
    pub fn sql(&self, writer: &SqlWriter<'_>, dialect: Dialect) -> Result<String, SqlRefusal> {
        let text = dialect.text_type();
        Ok(match self {
            Question::Condition(condition) => {
                let sql = writer.condition(condition)?;
                format!("CAST(CAST(({sql}) AS INTEGER) AS {text})")
            }
            Question::Amount(amount) => format!("CAST({} AS {text})", writer.amount(amount)?),
        })
    }
}

/// A table of facts, one column each.
pub fn create_table(table: &str, dialect: Dialect) -> String {
    let columns: Vec<String> = facts()
        .iter()
        .map(|(identifier, _, kind)| {
            let column = dialect.quoted(identifier);
            format!("{column} {}", dialect.column_type(kind))
        })
        .collect();
    format!(
        "CREATE TEMPORARY TABLE {table} (number BIGINT, {})",
        columns.join(", ")
    )
}

/// The facts of all rows, numbered from 0.
pub fn insert_rows(table: &str, rows: &[Values]) -> String {
    let facts = facts();
    let lines: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(number, values)| {
            let cells = facts.iter().map(|(_, index, kind)| {
                values.facts[*index]
                    .map_or_else(|| "NULL".to_string(), |value| literal(kind, value))
            });
            let cells: Vec<String> = cells.collect();
            format!("({number}, {})", cells.join(", "))
        })
        .collect();
    format!("INSERT INTO {table} VALUES {}", lines.join(", "))
}

/// Name, place and kind of each fact, in the order of the columns.
pub fn facts() -> Vec<(String, usize, Kind)> {
    let vocabulary = vocabulary();
    let facts = vocabulary
        .iter()
        .filter_map(|(identifier, symbol)| match symbol.slot {
            Slot::Fact(index) => Some((identifier.to_string(), index, symbol.kind.clone())),
            Slot::Parameter(_) => None,
        });
    facts.collect()
}
