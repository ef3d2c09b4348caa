//! Everything that is stored, to see whether it changed.

use super::desk::province::Province;
use super::probes::Book;
use sea_orm::QueryResult;
use std::collections::BTreeMap;

/// Rows of every table, without what the program notes of itself.
pub struct State {
    tables: BTreeMap<String, Vec<String>>,
    /// Journal lines by act.
    acts: BTreeMap<String, i64>,
}

impl State {
    pub fn read(book: &Book, province: &Province) -> State {
        let is_server = province.desk.url().is_some();
        let names = match is_server {
            true => {
                "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
            }
            false => "SELECT name FROM sqlite_master WHERE type = 'table'",
        };
        let names = province.rows(names).into_iter();
        let names = names.map(|row| row.try_get_by_index::<String>(0).expect("a name"));
        let mut tables = BTreeMap::new();
        for name in
            names.filter(|name| !name.starts_with("journal_") && !name.starts_with("sqlite_"))
        {
            if book.unwatched.contains(&name) {
                continue;
            }
            let rows = province.rows(&format!("SELECT * FROM {name}"));
            let mut rows: Vec<String> =
                rows.iter().map(|row| shown(row, &book.unwatched)).collect();
            rows.sort();
            tables.insert(name, rows);
        }
        let acts = "SELECT act, CAST(COUNT(*) AS BIGINT) FROM journal_lines GROUP BY act";
        let acts = province.rows(acts).into_iter().map(|row| {
            let act = row.try_get_by_index::<String>(0).expect("an act");
            (act, row.try_get_by_index::<i64>(1).expect("a count"))
        });
        State {
            tables,
            acts: acts.collect(),
        }
    }

    /// What a later state has other than this one.
    pub fn changes(&self, later: &State, book: &Book) -> Vec<String> {
        let mut found = Vec::new();
        for (table, rows) in &later.tables {
            let before = &self.tables[table];
            let new = rows.iter().filter(|row| before.binary_search(row).is_err());
            found.extend(new.take(3).map(|row| {
                let row: String = row.chars().take(200).collect();
                format!("{table} has {row}")
            }));
            if rows.len() < before.len() {
                found.push(format!("{table} lost rows"));
            }
        }
        for (act, count) in &later.acts {
            let before = self.acts.get(act).copied().unwrap_or(0);
            if *count != before && !book.quiet_acts.contains(act) {
                found.push(format!("the journal has {} more “{act}”", count - before));
            }
        }
        found
    }
}

fn shown(row: &QueryResult, unwatched: &[String]) -> String {
    let mut out = String::new();
    for (at, column) in row.column_names().iter().enumerate() {
        if unwatched.contains(column) {
            continue;
        }
        let value = match row.try_get_by_index::<Option<i64>>(at) {
            Ok(number) => number.map_or("none".to_string(), |number| number.to_string()),
            Err(_) => match row.try_get_by_index::<Option<String>>(at) {
                Ok(text) => text.unwrap_or("none".to_string()),
                Err(_) => {
                    let bytes = row.try_get_by_index::<Vec<u8>>(at).unwrap_or_default();
                    format!("{} bytes", bytes.len())
                }
            },
        };
        out.push_str(&format!("{column}={value} "));
    }
    out
}
