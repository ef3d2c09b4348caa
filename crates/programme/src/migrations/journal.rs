//! Indexes by which auditors read the journal; each ends with the number of the line, so
//! that pages come in order from the index itself.

use super::jobs::index;
use sea_orm_migration::prelude::*;

pub(super) struct Journal;

impl MigrationName for Journal {
    fn name(&self) -> &str {
        "m0007_journal"
    }
}

const INDEXES: &[(&str, &[&str])] = &[
    ("journal_lines_by_act", &["act", "id"]),
    ("journal_lines_by_organisation", &["organisation", "id"]),
    (
        "journal_lines_by_organisation_and_act",
        &["organisation", "act", "id"],
    ),
    ("journal_lines_by_person", &["person", "id"]),
    ("journal_lines_by_subject", &["subject", "id"]),
    ("journal_lines_by_moment", &["at", "id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Journal {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in INDEXES {
            let index = index(name, "journal_lines", columns, false);
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
