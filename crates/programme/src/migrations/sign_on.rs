//! Sign-on at a provider of identities: what is under way, who is linked, and by what means a
//! session was begun.

use super::jobs::index;
use super::table;
use sea_orm_migration::prelude::*;

pub(super) struct SignOn;

impl MigrationName for SignOn {
    fn name(&self) -> &str {
        "m0010_sign_on"
    }
}

const SIGN_ON_TABLES: &[(&str, &[&str])] = &[
    // Kept for ten minutes and taken once; the state is with the browser, here is its hash.
    (
        "people_sign_ons",
        &[
            "'!hash",
            "'browser",
            "'nonce",
            "'verifier",
            "'next",
            "'address",
            "=made_at",
            "?used_at",
        ],
    ),
    (
        "people_sign_on_links",
        &[
            "id",
            "=account",
            "'issuer",
            "'subject",
            "=made_at",
            // Null until the owner proved the account with its own password.
            "?confirmed_at",
            "?ended_at",
        ],
    ),
];

const INDEXES: &[(&str, &str, &[&str])] = &[
    (
        "people_sign_ons_by_address",
        "people_sign_ons",
        &["address", "made_at"],
    ),
    ("people_sign_ons_by_moment", "people_sign_ons", &["made_at"]),
    (
        "people_sign_on_links_by_account",
        "people_sign_on_links",
        &["account"],
    ),
    (
        "people_sign_on_links_by_subject",
        "people_sign_on_links",
        &["subject"],
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for SignOn {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in SIGN_ON_TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        for (name, of, columns) in INDEXES {
            manager
                .create_index(index(name, of, columns, false))
                .await?;
        }
        // Sessions from before were begun with a password.
        let mut means = ColumnDef::new(Alias::new("means"));
        means.big_integer().not_null().default(0);
        let mut sessions = Table::alter();
        sessions
            .table(Alias::new("people_sessions"))
            .add_column(&mut means);
        manager.alter_table(sessions).await
    }
}
