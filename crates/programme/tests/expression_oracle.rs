//! The row evaluator and the databases agree on every generated condition and every null.
//!
//! The database judges the very text of the condition over columns named like the facts, codes
//! and choices as text: none of our translation stands between them. What goes beyond plain
//! SQL, CASE and least among it, is judged as the SQL that we write for the database.

use rules::expression::{Condition, Dialect, Row, SqlRefusal, parse};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

#[path = "../../rules/tests/generate/expression.rs"]
mod generate;
use generate::questions::{self, Asked, Day, Tally};
use generate::{Generator, Values};

const CONDITIONS: usize = 600;
const ROWS: usize = 200;
const CONDITIONS_PER_STATEMENT: usize = 20;

#[tokio::test]
async fn conditions_come_out_as_in_sqlite() {
    compare(&connect("sqlite::memory:").await).await;
}

/// Where the run of the tests provides a PostgreSQL, as `cargo xtask ci` does.
#[tokio::test]
async fn conditions_come_out_as_in_postgresql() {
    if let Ok(url) = std::env::var("SHENGGUI_TEST_POSTGRES_URL") {
        compare(&connect(&url).await).await;
    }
}

#[tokio::test]
async fn written_sql_comes_out_alike_in_sqlite() {
    let db = connect("sqlite::memory:").await;
    let refused = compare_written(&db, Dialect::Sqlite).await;
    // Only where 64 bits may not suffice, and then with the one reason for it.
    assert!(refused.share_percent() < 35, "{refused:?}");
    let no_wider = |refusal: &SqlRefusal| *refusal == SqlRefusal::NoWiderInteger;
    assert!(refused.reasons.iter().all(no_wider), "{refused:?}");
}

#[tokio::test]
async fn written_sql_comes_out_alike_in_postgresql() {
    if let Ok(url) = std::env::var("SHENGGUI_TEST_POSTGRES_URL") {
        let refused = compare_written(&connect(&url).await, Dialect::Postgres).await;
        assert!(refused.share_percent() < 2, "{refused:?}");
    }
}

/// One connection: neither a database in memory nor a temporary table is shared by two.
async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("a database")
}

async fn compare(db: &DatabaseConnection) {
    let mut generator = Generator::new(20_260_930);
    let rows: Vec<Values> = (0..ROWS).map(|_| generator.row()).collect();
    fill(db, &rows).await;
    let vocabulary = generate::vocabulary();
    let conditions: Vec<(String, Condition)> = (0..CONDITIONS)
        .map(|index| {
            let text = generator.condition(index % 4);
            let condition =
                parse(&text, &vocabulary).unwrap_or_else(|findings| panic!("{text}\n{findings:?}"));
            (text, condition)
        })
        .collect();
    let mut seen = [0usize; 3];
    for chunk in conditions.chunks(CONDITIONS_PER_STATEMENT) {
        let answers = ask(db, chunk).await;
        for (column, (text, condition)) in chunk.iter().enumerate() {
            for (values, answer) in rows.iter().zip(&answers) {
                let row = Row {
                    facts: &values.facts,
                    parameters: &values.parameters,
                };
                let own = condition.evaluate(row);
                assert_eq!(own, answer[column], "{text}\n{values:?}");
                seen[own.map_or(2, usize::from)] += 1;
            }
        }
    }
    let share_min = CONDITIONS * ROWS / 10;
    assert!(seen.iter().all(|count| *count > share_min), "{seen:?}");
}

async fn fill(db: &DatabaseConnection, rows: &[Values]) {
    let table = generate::create_table("firms");
    db.execute_unprepared(&table).await.expect("a table");
    for (number, values) in rows.iter().enumerate() {
        let insert = generate::insert_row("firms", number, values);
        db.execute_unprepared(&insert).await.expect("a row");
    }
}

/// For each row the answer to each condition: 1, 0 or NULL.
async fn ask(db: &DatabaseConnection, chunk: &[(String, Condition)]) -> Vec<Vec<Option<bool>>> {
    let columns: Vec<String> = chunk
        .iter()
        .enumerate()
        .map(|(column, (text, _))| {
            format!("CASE WHEN {text} THEN 1 WHEN NOT ({text}) THEN 0 END AS c{column}")
        })
        .collect();
    let sql = format!("SELECT {} FROM firms ORDER BY number", columns.join(", "));
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let answers = db.query_all_raw(statement).await.expect("valid SQL");
    answers
        .iter()
        .map(|answer| {
            (0..chunk.len())
                .map(|column| {
                    let name = format!("c{column}");
                    let cell: Option<i32> = answer.try_get("", &name).expect("a column");
                    cell.map(|cell| cell == 1)
                })
                .collect()
        })
        .collect()
}

const FIRMS: usize = 250;
const DAYS_OF_LAW: u64 = 14;
const QUESTIONS_PER_DAY: usize = 160;
/// How many times as many days of law the slow suite looks at.
const SLOW_FACTOR: u64 = 10;

/// Questions that an engine was not asked.
#[derive(Debug, Default)]
struct Refused {
    asked: usize,
    reasons: Vec<SqlRefusal>,
}

impl Refused {
    fn share_percent(&self) -> usize {
        100 * self.reasons.len() / (self.asked + self.reasons.len())
    }
}

/// Every question of every day of law, put to the same firms.
async fn compare_written(db: &DatabaseConnection, dialect: Dialect) -> Refused {
    let mut rows = questions::firms(FIRMS);
    let table = questions::create_table("wide_firms", dialect);
    db.execute_unprepared(&table).await.expect("a table");
    let insert = questions::insert_rows("wide_firms", &rows);
    db.execute_unprepared(&insert).await.expect("rows");
    let is_slow = std::env::var_os("SHENGGUI_SLOW").is_some();
    let days = DAYS_OF_LAW * if is_slow { SLOW_FACTOR } else { 1 };
    let mut refused = Refused::default();
    let mut tally = Tally::default();
    for number in 0..days {
        let day = Day::new(number, QUESTIONS_PER_DAY, dialect);
        for values in &mut rows {
            values.parameters.clone_from(&day.parameters);
        }
        refused.asked += day.questions.len();
        refused.reasons.extend(day.refused);
        for chunk in day.questions.chunks(CONDITIONS_PER_STATEMENT) {
            compare_chunk(db, chunk, &rows, &mut tally).await;
        }
    }
    tally.close(&dialect.to_string());
    refused
}

async fn compare_chunk(
    db: &DatabaseConnection,
    chunk: &[Asked],
    rows: &[Values],
    tally: &mut Tally,
) {
    let sql = questions::select("wide_firms", chunk);
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let answers = db.query_all_raw(statement).await.expect("valid SQL");
    assert_eq!(answers.len(), rows.len());
    for (values, answer) in rows.iter().zip(&answers) {
        for (column, asked) in chunk.iter().enumerate() {
            let found: Option<String> = answer.try_get_by_index(column).expect("a column");
            tally.check(asked, values, found.as_deref());
        }
    }
}
