//! How four engines spell the same thing: names, texts, types, whole division, least.
//!
//! Knows no conditions. What stands here was tried on the engines; the tests that compare
//! verdicts keep it true.
//!
//! ```
//! use rules::expression::Dialect;
//! let dialect: Dialect = "spark".parse().expect("one of four");
//! assert_eq!(dialect.quoted("user"), "`user`");
//! ```

use crate::expression::vocabulary::Kind;
use std::fmt;
use std::str::FromStr;

/// The engine that is to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    Sqlite,
    Postgres,
    Duckdb,
    Spark,
}

/// The text names no engine that conditions are written for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("没有“{0}”这种数据库：可写 sqlite、postgres、duckdb、spark")]
pub struct NotADialect(pub String);

impl Dialect {
    /// Every engine that conditions are written for.
    pub const ALL: [Dialect; 4] = [
        Dialect::Sqlite,
        Dialect::Postgres,
        Dialect::Duckdb,
        Dialect::Spark,
    ];

    /// A column's name, whatever the engine means by the word elsewhere.
    /// SQLite would take an unknown name in double quotes for a text.
    pub fn quoted(self, identifier: &str) -> String {
        match self {
            Dialect::Sqlite | Dialect::Spark => format!("`{identifier}`"),
            Dialect::Postgres | Dialect::Duckdb => format!("\"{identifier}\""),
        }
    }

    /// The type of a column that holds a fact of this kind.
    pub fn column_type(self, kind: &Kind) -> &'static str {
        match kind {
            Kind::Boolean => "BOOLEAN",
            Kind::Code { .. } | Kind::Choice(_) => self.text_type(),
            _ => "BIGINT",
        }
    }

    /// The type that holds a text.
    pub fn text_type(self) -> &'static str {
        match self {
            Dialect::Spark => "STRING",
            _ => "TEXT",
        }
    }

    /// As people call it.
    pub fn in_words(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
            Dialect::Duckdb => "DuckDB",
            Dialect::Spark => "Spark",
        }
    }

    /// The exact type for what leaves 64 bits, with the largest distance from zero that it
    /// holds; SQLite has none and would go on in floats.
    pub(super) fn wide_type(self) -> Option<(&'static str, u128)> {
        match self {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some(("NUMERIC", u128::MAX)),
            Dialect::Duckdb => Some(("HUGEINT", i128::MAX.unsigned_abs())),
            Dialect::Spark => Some(("DECIMAL(38, 0)", 10u128.pow(38) - 1)),
        }
    }

    /// Whole division towards zero of a 64-bit value: `/` is a float on DuckDB and Spark.
    pub(super) fn divided(self, number: &str, by: i64) -> String {
        match self {
            Dialect::Sqlite | Dialect::Postgres => format!("({number} / {by})"),
            Dialect::Duckdb => format!("({number} // {by})"),
            Dialect::Spark => format!("({number} div {by})"),
        }
    }

    /// As [`Dialect::divided`], of a value of the wide type; 64 bits come out on Spark.
    pub(super) fn divided_wide(self, number: &str, by: i64) -> String {
        match self {
            Dialect::Postgres => format!("div({number}, {by})"),
            _ => self.divided(number, by),
        }
    }

    /// A text literal.
    pub(super) fn text(self, text: &str) -> String {
        match self {
            Dialect::Spark => {
                let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
                format!("'{escaped}'")
            }
            _ => format!("'{}'", text.replace('\'', "''")),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
            Dialect::Duckdb => "duckdb",
            Dialect::Spark => "spark",
        })
    }
}

impl FromStr for Dialect {
    type Err = NotADialect;

    fn from_str(text: &str) -> Result<Dialect, NotADialect> {
        Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.to_string() == text)
            .ok_or_else(|| NotADialect(text.to_string()))
    }
}
