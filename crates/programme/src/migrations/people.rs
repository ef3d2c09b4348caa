//! Accounts with posts, passwords and sessions; invitations, notices and tokens.

use super::table;
use sea_orm_migration::prelude::*;

pub(super) struct People;

impl MigrationName for People {
    fn name(&self) -> &str {
        "m0004_people"
    }
}

const PEOPLE_TABLES: &[(&str, &[&str])] = &[
    (
        "people_accounts",
        &["id", "'login", "'name", "'phone", "=made_at", "?closed_at"],
    ),
    // A post is an organisation and a role; one account may hold several.
    (
        "people_posts",
        &[
            "id",
            "=account",
            "'organisation",
            "'role",
            "=given_at",
            "?ended_at",
        ],
    ),
    // Earlier passwords stay, so that they are not taken again.
    (
        "people_passwords",
        &["id", "=account", "'hash", "=set_at", "=must_change"],
    ),
    (
        "people_factors",
        &[
            "id",
            "=account",
            "'secret",
            "=made_at",
            "?confirmed_at",
            "=last_step",
            "?ended_at",
        ],
    ),
    // Attempts to sign in, for lock-out and limits; shared by all nodes.
    (
        "people_attempts",
        &["id", "'login", "'address", "=at", "=outcome"],
    ),
    // Unlocking forgets the failures before it.
    ("people_unlocks", &["id", "=account", "=at"]),
    // The token itself is with the browser only; here is its hash.
    (
        "people_sessions",
        &[
            "'!hash",
            "=account",
            "=post",
            "=stage",
            "=made_at",
            "=seen_at",
            "'address",
            "'browser",
            "?ended_at",
        ],
    ),
    // One-time codes with which a firm claims its account.
    (
        "people_claims",
        &[
            "id",
            "'uscc",
            "'hash",
            "'organisation",
            "'person",
            "=made_at",
            "=ends_at",
            "=failures",
            "?used_at",
            "?account",
            "?ended_at",
        ],
    ),
    // What wants to be known by an organisation or, where named, by one account.
    (
        "people_notices",
        &[
            "id",
            "'organisation",
            "?account",
            "'kind",
            "'text",
            "'address",
            "=at",
        ],
    ),
    ("people_readings", &["=!account", "=!notice", "=at"]),
    // Tokens of programs.
    (
        "people_tokens",
        &[
            "id",
            "'hash",
            "=account",
            "=post",
            "'name",
            "'rights",
            "=made_at",
            "=ends_at",
            "?used_at",
            "?ended_at",
        ],
    ),
];

const PEOPLE_INDEXES: &[(&str, &str, &[&str])] = &[
    ("people_posts_by_account", "people_posts", &["account"]),
    (
        "people_passwords_by_account",
        "people_passwords",
        &["account"],
    ),
    ("people_factors_by_account", "people_factors", &["account"]),
    (
        "people_attempts_by_login",
        "people_attempts",
        &["login", "at"],
    ),
    (
        "people_attempts_by_address",
        "people_attempts",
        &["address", "at"],
    ),
    ("people_attempts_by_time", "people_attempts", &["at"]),
    ("people_unlocks_by_account", "people_unlocks", &["account"]),
    (
        "people_sessions_by_account",
        "people_sessions",
        &["account"],
    ),
    ("people_claims_by_uscc", "people_claims", &["uscc"]),
    (
        "people_notices_by_organisation",
        "people_notices",
        &["organisation", "id"],
    ),
    ("people_notices_by_account", "people_notices", &["account"]),
    ("people_tokens_by_hash", "people_tokens", &["hash"]),
    ("people_tokens_by_account", "people_tokens", &["account"]),
    (
        "people_posts_by_organisation",
        "people_posts",
        &["organisation"],
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for People {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in PEOPLE_TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        let mut login = Index::create();
        login
            .name("people_accounts_by_login")
            .table(Alias::new("people_accounts"))
            .col(Alias::new("login"))
            .unique();
        manager.create_index(login).await?;
        for (name, of, columns) in PEOPLE_INDEXES {
            let mut index = Index::create();
            index.name(*name).table(Alias::new(*of));
            for column in *columns {
                index.col(Alias::new(*column));
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
