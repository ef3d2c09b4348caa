//! What operators attach to their pack: the plan's own text, an approved map.

use super::table;
use sea_orm_migration::prelude::*;

pub(super) struct Attachments;

impl MigrationName for Attachments {
    fn name(&self) -> &str {
        "m0008_attachments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Attachments {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            "id",
            "'kind",
            "'name",
            "'approval",
            "'hash",
            "*content",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ];
        manager.create_table(table("attachments", &columns)).await
    }
}
