//! Views of the list of firms that accounts keep.

use super::table;
use sea_orm_migration::prelude::*;

pub(super) struct RegisterViews;

impl MigrationName for RegisterViews {
    fn name(&self) -> &str {
        "m0005_register_views"
    }
}

const TABLES: &[(&str, &[&str])] = &[(
    "register_views",
    &["id", "=account", "'name", "'query", "=at"],
)];

#[async_trait::async_trait]
impl MigrationTrait for RegisterViews {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        let mut index = Index::create();
        index
            .name("register_views_by_account")
            .table(Alias::new("register_views"))
            .col(Alias::new("account"));
        manager.create_index(index).await
    }
}
