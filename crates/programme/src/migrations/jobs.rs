//! Jobs that nodes share, files that belong to them, and bulletins as they were written.

use super::table;
use sea_orm_migration::prelude::*;

pub(super) struct Jobs;

impl MigrationName for Jobs {
    fn name(&self) -> &str {
        "m0006_jobs"
    }
}

const TABLES: &[(&str, &[&str])] = &[
    (
        "jobs",
        &[
            "id",
            "'kind",
            "'request",
            "'organisation",
            "'person",
            "?account",
            "=asked_at",
            "'?idempotency_key",
            "'state",
            "'?claimed_by",
            "=token",
            "=lease_until_millis",
            "=attempts",
            "=progress_done",
            "=progress_of",
            "'progress_words",
            "'?outcome",
            "?finished_at",
        ],
    ),
    (
        "jobs_files",
        &[
            "id",
            "?job",
            "'role",
            "'name",
            "'?hash",
            "=bytes",
            "=parts",
            "'organisation",
            "'person",
            "=begun_at",
            "?sealed_at",
        ],
    ),
    ("jobs_file_parts", &["=!file", "=!part", "*payload"]),
    ("bulletins_papers", &["=!issue", "'!form", "*payload"]),
];

/// Name, table, columns, whether a row may stand there once only.
const INDEXES: &[(&str, &str, &[&str], bool)] = &[
    ("jobs_by_state", "jobs", &["state", "id"], false),
    (
        "jobs_by_key",
        "jobs",
        &["organisation", "idempotency_key"],
        true,
    ),
    ("jobs_files_by_job", "jobs_files", &["job"], false),
];

#[async_trait::async_trait]
impl MigrationTrait for Jobs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        for (name, table, columns, is_unique) in INDEXES {
            manager
                .create_index(index(name, table, columns, *is_unique))
                .await?;
        }
        Ok(())
    }
}

/// An index over columns of a table, in order.
pub(super) fn index(
    name: &str,
    table: &str,
    columns: &[&str],
    is_unique: bool,
) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    if is_unique {
        index.unique();
    }
    index
}
