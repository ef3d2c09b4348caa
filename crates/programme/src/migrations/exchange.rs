//! Lists that were issued to finance platforms and banks.

use super::table;
use sea_orm_migration::prelude::*;

pub(super) struct Exchange;

impl MigrationName for Exchange {
    fn name(&self) -> &str {
        "m0007_exchange"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Exchange {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            "id",
            "'kind",
            "'name",
            "'receiver",
            "=snapshot",
            "'pack",
            "'program",
            "=from_day",
            "=to_day",
            "'notice",
            "'columns",
            "=count",
            "'fingerprint",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
            "*payload",
        ];
        manager
            .create_table(table("exchange_lists", &columns))
            .await
    }
}
