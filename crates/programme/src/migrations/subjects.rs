//! What was done for one firm is found without reading the whole journal.

use super::*;

pub(super) struct Subjects;

impl MigrationName for Subjects {
    fn name(&self) -> &str {
        "m0009_journal_subjects"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Subjects {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::create();
        index
            .name("journal_lines_by_subject")
            .table(Alias::new("journal_lines"))
            .col(Alias::new("subject"))
            .col(Alias::new("id"));
        manager.create_index(index).await
    }
}
