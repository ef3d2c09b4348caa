//! The card of each firm, the columns of the run, and what SQLite adds up from the conditions
//! written as SQL: three ways to the same points and levels.

use super::firms::{COUNT, draw, pack, parameters, read};
use programme::deliveries::payload::EMPTY;
use programme::outlook::{card, decide};
use rules::expression::{Dialect, Kind, SqlWriter};
use rules::pack::Pack;
use rules::pack::facts::{Origin, WarningField};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

/// Points, level and highest possible level; the level counts from 1, 0 is none.
type Answer = Option<(i64, i64, i64)>;

#[test]
fn the_card_of_each_firm_is_what_the_columns_of_the_run_say() {
    let pack = pack();
    let parameters = parameters(&pack);
    let rows = draw(&pack, COUNT, 20_261_125);
    let columns = columns(&pack, &rows, &parameters);
    let mut levels = vec![0usize; pack.warnings.levels.len() + 1];
    let mut raised = 0;
    for (row, column) in rows.iter().zip(&columns) {
        let own = of_card(&pack, row, &parameters);
        assert_eq!(own, *column, "{row:?}");
        if let Some((_, level, possible)) = own {
            levels[level as usize] += 1;
            raised += usize::from(possible > level);
        }
    }
    assert!(
        levels.iter().all(|count| *count > COUNT / 100),
        "{levels:?}"
    );
    assert!(raised > COUNT / 10, "{raised}");
}

#[tokio::test]
async fn sqlite_adds_up_the_same_points() {
    let pack = pack();
    let parameters = parameters(&pack);
    let rows = draw(&pack, COUNT, 42);
    let answers = of_sqlite(&pack, &rows, &parameters).await;
    assert_eq!(answers.len(), rows.len());
    for (row, answer) in rows.iter().zip(&answers) {
        assert_eq!(of_card(&pack, row, &parameters), *answer, "{row:?}");
    }
}

/// Of a band at most one item holds, whatever is known.
#[test]
fn items_of_a_band_exclude_each_other() {
    let pack = pack();
    let parameters = parameters(&pack);
    for row in draw(&pack, COUNT, 7) {
        let Some(card) = card(&pack, &row, &parameters) else {
            continue;
        };
        let mut bands: Vec<&String> = card
            .lines
            .iter()
            .zip(&pack.warnings.items)
            .filter(|(line, _)| line.holds == Some(true))
            .filter_map(|(_, item)| item.band.as_ref())
            .collect();
        let all = bands.len();
        bands.sort();
        bands.dedup();
        assert_eq!(bands.len(), all, "{row:?}");
    }
}

fn of_card(pack: &Pack, row: &[Option<i64>], parameters: &[Option<i64>]) -> Answer {
    let card = card(pack, row, parameters)?;
    let number = |level: Option<usize>| level.map_or(0, |level| level as i64 + 1);
    Some((card.points, number(card.level), number(card.possible)))
}

fn columns(pack: &Pack, rows: &[Vec<Option<i64>>], parameters: &[Option<i64>]) -> Vec<Answer> {
    let mut facts: Vec<Vec<i64>> = (0..pack.facts.len())
        .map(|slot| rows.iter().map(|row| row[slot].unwrap_or(EMPTY)).collect())
        .collect();
    decide(pack, &mut facts, parameters);
    let column = |field| &facts[pack.slot(Origin::Warning(field)).expect("a fact")];
    let points = column(WarningField::Points);
    let level = column(WarningField::Level);
    let possible = column(WarningField::Possible);
    (0..rows.len())
        .map(|firm| {
            let own = (points[firm], level[firm], possible[firm]);
            let is_known = [own.0, own.1, own.2].map(|value| value != EMPTY);
            match is_known {
                [true, true, true] => Some(own),
                [false, false, false] => None,
                _ => panic!("half a card: {own:?}"),
            }
        })
        .collect()
}

async fn of_sqlite(
    pack: &Pack,
    rows: &[Vec<Option<i64>>],
    parameters: &[Option<i64>],
) -> Vec<Answer> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await.expect("a database");
    fill(&db, pack, rows).await;
    let sql = query(pack, parameters);
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let found = db.query_all_raw(statement).await.expect("valid SQL");
    found
        .iter()
        .map(|row| {
            let points: Option<i64> = row.try_get("", "points").expect("points");
            let level: i64 = row.try_get("", "level").expect("level");
            let possible: i64 = row.try_get("", "possible").expect("possible");
            points.map(|points| (points, level, possible))
        })
        .collect()
}

async fn fill(db: &DatabaseConnection, pack: &Pack, rows: &[Vec<Option<i64>>]) {
    let read = read(pack);
    let columns: Vec<String> = read
        .iter()
        .map(|slot| {
            let fact = &pack.facts[*slot];
            format!(
                "\"{}\" {}",
                fact.id,
                Dialect::Sqlite.column_type(&fact.kind)
            )
        })
        .collect();
    let table = format!("CREATE TABLE firms (number BIGINT, {})", columns.join(", "));
    db.execute_unprepared(&table).await.expect("a table");
    for (chunk, rows) in rows.chunks(500).enumerate() {
        let lines: Vec<String> = rows
            .iter()
            .enumerate()
            .map(|(place, row)| {
                let cells = read
                    .iter()
                    .map(|slot| cell(&pack.facts[*slot].kind, row[*slot]));
                let cells: Vec<String> = cells.collect();
                format!("({}, {})", chunk * 500 + place, cells.join(", "))
            })
            .collect();
        let insert = format!("INSERT INTO firms VALUES {}", lines.join(", "));
        db.execute_unprepared(&insert).await.expect("rows");
    }
}

fn cell(kind: &Kind, value: Option<i64>) -> String {
    match (kind, value) {
        (_, None) => "NULL".to_string(),
        (Kind::Choice(choices), Some(value)) => format!("'{}'", choices[value as usize].id),
        (_, Some(value)) => value.to_string(),
    }
}

/// Adds up in SQL what holds, and of each band the most that is unknown.
fn query(pack: &Pack, parameters: &[Option<i64>]) -> String {
    let writer = SqlWriter::new(Dialect::Sqlite, &pack.vocabulary, parameters).expect("fits");
    let mut held = Vec::new();
    let mut further: Vec<(Option<String>, Vec<String>)> = Vec::new();
    for item in &pack.warnings.items {
        let points = parameters[item.points].expect("in force");
        let condition = writer.condition(&item.condition).expect("64 bits suffice");
        held.push(format!("CASE WHEN {condition} THEN {points} ELSE 0 END"));
        let open = format!("CASE WHEN ({condition}) IS NULL THEN {points} ELSE 0 END");
        match further
            .iter_mut()
            .find(|(band, _)| band.is_some() && *band == item.band)
        {
            Some((_, own)) => own.push(open),
            None => further.push((item.band.clone(), vec![open])),
        }
    }
    let further: Vec<String> = further
        .into_iter()
        .map(|(_, own)| match own.as_slice() {
            [one] => one.clone(),
            many => format!("max({})", many.join(", ")),
        })
        .collect();
    let levels = |points: &str| {
        let reached = pack.warnings.levels.iter().map(|level| {
            let from = parameters[level.points].expect("in force");
            format!("({points} >= {from})")
        });
        reached.collect::<Vec<_>>().join(" + ")
    };
    format!(
        "WITH summed AS (SELECT number, \"in_scale\" AS own, {} AS held, {} AS further FROM firms) \
         SELECT CASE WHEN own THEN held END AS points, {} AS level, {} AS possible \
         FROM summed ORDER BY number",
        held.join(" + "),
        further.join(" + "),
        levels("held"),
        levels("(held + further)"),
    )
}
