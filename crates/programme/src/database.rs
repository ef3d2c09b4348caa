//! One database holds everything: SQLite by default, PostgreSQL by URL.
//!
//! Statements are written once, with `?` for values; they avoid what only one of the
//! two understands. Whoever writes begins with [`Database::begin_writing`]: writers
//! stand in one line, so that numbers have no gaps and the journal is one chain.

use crate::migrations::Migrator;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, QueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};
use sea_orm_migration::MigratorTrait;
use std::path::Path;
use std::time::Duration;

/// A failure of the database, with what was being done.
#[derive(Debug, thiserror::Error)]
#[error("数据库操作失败：{0}")]
pub struct DatabaseFailure(#[from] pub DbErr);

/// An open database whose tables are up to date.
///
/// Writers have connections of their own: however many stand in line, whoever reads, also the
/// first in the line itself, is not kept waiting for a connection.
#[derive(Debug, Clone)]
pub struct Database {
    connection: DatabaseConnection,
    writing: DatabaseConnection,
}

/// Connections of writers: of SQLite's one writer, and of a server where they stand in line.
const WRITING_FILE: u32 = 1;
const WRITING_SERVER: u32 = 4;

impl Database {
    /// Opens the SQLite file, making it where it is missing.
    pub async fn open_file(path: &Path) -> Result<Database, DatabaseFailure> {
        // The path goes in as a path: inside a URL a blank or a percent sign would not do.
        let path = path.to_path_buf();
        let mut options = ConnectOptions::new("sqlite://");
        options
            .max_connections(16)
            .sqlx_logging(false)
            .acquire_timeout(Duration::from_secs(60))
            .map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .filename(&path)
                    .in_memory(false)
                    .create_if_missing(true)
                    // Parts of deliveries and snapshots are tens of kilobytes: larger pages read
                    // them with fewer calls. A database keeps the size that it was made with.
                    .page_size(16_384)
                    .pragma("journal_mode", "WAL")
                    // What was acknowledged survives a power cut, not only a kill.
                    .pragma("synchronous", "FULL")
                    .pragma("cache_size", "-8000")
                    .busy_timeout(Duration::from_secs(60))
            });
        Self::connect(options, WRITING_FILE).await
    }

    /// Connects to a database by URL (`postgres://…`).
    pub async fn open_url(url: &str) -> Result<Database, DatabaseFailure> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(16)
            .sqlx_logging(false)
            .acquire_timeout(Duration::from_secs(60))
            // A machine that vanishes must not keep its locks for hours.
            .map_sqlx_postgres_opts(|server| {
                server.options([
                    ("tcp_keepalives_idle", "10"),
                    ("tcp_keepalives_interval", "5"),
                    ("tcp_keepalives_count", "3"),
                ])
            });
        Self::connect(options, WRITING_SERVER).await
    }

    async fn connect(options: ConnectOptions, writers: u32) -> Result<Database, DatabaseFailure> {
        let mut own = options.clone();
        own.max_connections(writers);
        let connection = sea_orm::Database::connect(options).await?;
        make_tables(&connection).await?;
        let writing = sea_orm::Database::connect(own).await?;
        Ok(Database {
            connection,
            writing,
        })
    }

    /// The connection for reading.
    pub fn reading(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Begins a transaction that no other writer shares. Dropping it undoes everything.
    pub async fn begin_writing(&self) -> Result<DatabaseTransaction, DatabaseFailure> {
        let tx = begin_immediate(&self.writing).await?;
        // On PostgreSQL the row lock does what IMMEDIATE does on SQLite.
        execute(&tx, "UPDATE journal_head SET lines = lines", []).await?;
        Ok(tx)
    }

    /// Begins a transaction beside the line of writers: for claims and leases, which give no
    /// number, write no journal line and must not wait for whoever stores a large result.
    pub async fn begin_claiming(&self) -> Result<DatabaseTransaction, DatabaseFailure> {
        Ok(begin_immediate(&self.connection).await?)
    }

    /// Writes a copy of a SQLite database as it is at this moment, while others go on writing.
    /// The file must not exist.
    pub async fn copy_into(&self, path: &Path) -> Result<(), DatabaseFailure> {
        let path = path.to_string_lossy().into_owned();
        execute(&self.connection, "VACUUM INTO ?", [path.into()]).await?;
        Ok(())
    }

    /// Whether the database is a file of ours and not a server's.
    pub fn is_file(&self) -> bool {
        self.connection.get_database_backend() == DbBackend::Sqlite
    }

    pub async fn close(self) -> Result<(), DatabaseFailure> {
        self.writing.close().await?;
        Ok(self.connection.close().await?)
    }
}

/// Number of the lock under which a node makes tables: the letters of the program's name.
const MAKING_TABLES: i64 = 0x73_68_65_6e_67;

/// Makes the tables that are missing. Of several nodes that start at once on one server, each
/// waits for the one that is at it.
async fn make_tables(connection: &DatabaseConnection) -> Result<(), DatabaseFailure> {
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(Migrator::up(connection, None).await?);
    }
    let lock = connection.begin().await?;
    let turn = [MAKING_TABLES.into()];
    execute(&lock, "SELECT pg_advisory_xact_lock(?)", turn).await?;
    Migrator::up(connection, None).await?;
    Ok(lock.commit().await?)
}

async fn begin_immediate(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    connection
        .begin_with_options(TransactionOptions {
            // A read-then-write transaction of SQLite can fail at once unless it takes the
            // lock before it reads.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await
}

/// Name of the newest table layout that this program knows.
pub fn schema() -> String {
    let all = Migrator::migrations();
    let newest = all.last().expect("the first migration is always there");
    newest.name().to_string()
}

/// Builds a statement for the connection's dialect from text with `?` for values.
pub(crate) fn statement<const N: usize>(
    backend: DbBackend,
    sql: &str,
    values: [Value; N],
) -> Statement {
    Statement::from_sql_and_values(backend, numbered(backend, sql), values)
}

/// The marks for values as the dialect writes them.
fn numbered(backend: DbBackend, sql: &str) -> String {
    if backend != DbBackend::Postgres {
        return sql.to_string();
    }
    let mut numbered = String::with_capacity(sql.len() + 32);
    let mut number = 0;
    for symbol in sql.chars() {
        if symbol == '?' {
            number += 1;
            numbered.push_str(&format!("${number}"));
        } else {
            numbered.push(symbol);
        }
    }
    numbered
}

pub(crate) async fn execute<C: ConnectionTrait, const N: usize>(
    db: &C,
    sql: &str,
    values: [Value; N],
) -> Result<ExecResult, DatabaseFailure> {
    let statement = statement(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?)
}

pub(crate) async fn rows<C: ConnectionTrait, const N: usize>(
    db: &C,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<QueryResult>, DatabaseFailure> {
    let statement = statement(db.get_database_backend(), sql, values);
    Ok(db.query_all_raw(statement).await?)
}

/// As [`rows`], for statements that are put together.
pub(crate) async fn rows_of<C: ConnectionTrait>(
    db: &C,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, DatabaseFailure> {
    let backend = db.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, numbered(backend, sql), values);
    Ok(db.query_all_raw(statement).await?)
}

pub(crate) async fn row<C: ConnectionTrait, const N: usize>(
    db: &C,
    sql: &str,
    values: [Value; N],
) -> Result<Option<QueryResult>, DatabaseFailure> {
    let statement = statement(db.get_database_backend(), sql, values);
    Ok(db.query_one_raw(statement).await?)
}

/// The next number of a table whose numbers start at 1 and have no gaps. Only inside a
/// transaction of [`Database::begin_writing`].
pub(crate) async fn next_number<C: ConnectionTrait>(
    tx: &C,
    table: &str,
) -> Result<i64, DatabaseFailure> {
    let sql = format!("SELECT COALESCE(MAX(id), 0) + 1 AS next FROM {table}");
    let row = row(tx, &sql, []).await?.expect("an aggregate has one row");
    Ok(row.try_get("", "next")?)
}

/// Keeps what a transaction did.
pub async fn commit(tx: Transaction) -> Result<(), DatabaseFailure> {
    Ok(tx.commit().await?)
}

/// A transaction of [`Database::begin_writing`].
pub type Transaction = DatabaseTransaction;

/// A remembered setting.
pub async fn setting<C: ConnectionTrait>(
    db: &C,
    name: &str,
) -> Result<Option<String>, DatabaseFailure> {
    let found = row(
        db,
        "SELECT content FROM settings WHERE name = ?",
        [name.into()],
    )
    .await?;
    Ok(found
        .map(|found| found.try_get("", "content"))
        .transpose()?)
}

/// Remembers a setting in place of what stood there.
pub async fn keep_setting<C: ConnectionTrait>(
    tx: &C,
    name: &str,
    content: &str,
) -> Result<(), DatabaseFailure> {
    execute(tx, "DELETE FROM settings WHERE name = ?", [name.into()]).await?;
    let sql = "INSERT INTO settings (name, content) VALUES (?, ?)";
    execute(tx, sql, [name.into(), content.into()]).await?;
    Ok(())
}
