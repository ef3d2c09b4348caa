//! Requests of programs that were answered already.

use super::table;
use sea_orm_migration::prelude::*;

pub(super) struct Requests;

impl MigrationName for Requests {
    fn name(&self) -> &str {
        "m0008_api"
    }
}

const COLUMNS: &[&str] = &[
    "=!account",
    "'!idempotency_key",
    "'hash",
    "=status",
    "'body",
    "=at",
];

#[async_trait::async_trait]
impl MigrationTrait for Requests {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table("requests", COLUMNS)).await?;
        let mut index = Index::create();
        index.name("requests_by_age").table(Alias::new("requests"));
        index.col(Alias::new("at"));
        manager.create_index(index).await
    }
}
