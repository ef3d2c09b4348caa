//! The whole statement over random firms gives each engine the verdicts and amounts that we
//! give.

use crate::day;
use crate::firms::{Firms, pack};
use rules::expression::{Dialect, Kind, Row};
use rules::measures::{StatementColumn, amounts, judge, schema, statement};
use rules::pack::Pack;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

const FIRMS: usize = 300;

#[tokio::test]
async fn sqlite_judges_as_we_do() {
    compare(&connect("sqlite::memory:").await, Dialect::Sqlite).await;
}

/// Where the run of the tests provides a PostgreSQL, as `cargo xtask ci` does.
#[tokio::test]
async fn postgresql_judges_as_we_do() {
    if let Ok(url) = std::env::var("SHENGGUI_TEST_POSTGRES_URL") {
        compare(&connect(&url).await, Dialect::Postgres).await;
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("a database")
}

async fn compare(db: &DatabaseConnection, dialect: Dialect) {
    let pack = pack();
    let firms = Firms::draw(&pack, FIRMS, 20_260_630);
    let table = schema(&pack, dialect, "measures_firms");
    let table = table.replacen("CREATE TABLE", "CREATE TEMPORARY TABLE", 1);
    db.execute_unprepared(&table).await.expect("a table");
    for (number, facts) in firms.rows.iter().enumerate() {
        let insert = insert(&pack, number, facts);
        db.execute_unprepared(&insert).await.expect("a row");
    }
    for on in ["2022-06-30", "2024-03-01", "2026-06-30"].map(day) {
        let parameters = pack.parameters_on(on);
        let text = statement(&pack, dialect, "measures_firms", on).expect("64 bits suffice");
        let asked = Statement::from_string(db.get_database_backend(), text.sql.clone());
        let answers = db.query_all_raw(asked).await.expect("valid SQL");
        assert_eq!(answers.len(), FIRMS);
        for (facts, answer) in firms.rows.iter().zip(&answers) {
            let row = Row {
                facts,
                parameters: &parameters,
            };
            for (place, column) in text.columns.iter().enumerate() {
                match column {
                    StatementColumn::Verdict(measure) => {
                        let own = judge(&pack, *measure, row, on).verdict.id();
                        let found: String = answer.try_get_by_index(place + 1).expect("a text");
                        assert_eq!(own, found, "{}", pack.measures[*measure].id);
                    }
                    StatementColumn::Amount { measure, benefit } => {
                        let own = amount(&pack, *measure, *benefit, row, on);
                        let found: Option<i64> = answer.try_get_by_index(place + 1).expect("fen");
                        assert_eq!(own, found, "{}", pack.measures[*measure].id);
                    }
                }
            }
        }
    }
}

/// The amount where the measure's own conditions hold.
pub fn amount(
    pack: &Pack,
    measure: usize,
    benefit: usize,
    row: Row<'_>,
    on: chrono::NaiveDate,
) -> Option<i64> {
    let own = &pack.measures[measure];
    let version = &own.versions[own.version_on(on)?];
    let is_open = version.whole().evaluate(row) == Some(true);
    let granted = amounts(version, row);
    let granted = granted.iter().find(|granted| granted.benefit == benefit)?;
    granted.fen.filter(|_| is_open).map(|fen| fen as i64)
}

fn insert(pack: &Pack, number: usize, facts: &[Option<i64>]) -> String {
    let cells = pack
        .facts
        .iter()
        .zip(facts)
        .map(|(fact, value)| match value {
            None => "NULL".to_string(),
            Some(value) => match &fact.kind {
                Kind::Boolean => if *value == 1 { "TRUE" } else { "FALSE" }.to_string(),
                Kind::Code { digits } => {
                    format!("'{value:0width$}'", width = usize::from(*digits))
                }
                Kind::Choice(choices) => format!("'{}'", choices[*value as usize].id),
                _ => value.to_string(),
            },
        });
    let cells: Vec<String> = cells.collect();
    format!(
        "INSERT INTO measures_firms VALUES ('{number:06}', {})",
        cells.join(", ")
    )
}
