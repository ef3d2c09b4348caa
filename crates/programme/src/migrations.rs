//! The tables, in the order in which they came.
//!
//! Portable types only: BIGINT, TEXT, BLOB. Rows that record acts are inserted, never
//! updated. Numbers are given by the program, so that official numbers have no gaps.

mod attachments;
mod exchange;
mod jobs;
mod journal;
mod people;
mod register;
mod requests;
mod sign_on;

use sea_orm_migration::prelude::*;

pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(Beginning),
            Box::new(Measures),
            Box::new(Outlook),
            Box::new(people::People),
            Box::new(register::RegisterViews),
            Box::new(jobs::Jobs),
            Box::new(attachments::Attachments),
            Box::new(requests::Requests),
            Box::new(journal::Journal),
            Box::new(exchange::Exchange),
            Box::new(sign_on::SignOn),
        ]
    }
}

struct Beginning;
struct Measures;
struct Outlook;

impl MigrationName for Outlook {
    fn name(&self) -> &str {
        "m0003_outlook"
    }
}

impl MigrationName for Measures {
    fn name(&self) -> &str {
        "m0002_measures"
    }
}

impl MigrationName for Beginning {
    fn name(&self) -> &str {
        "m0001_beginning"
    }
}

/// Name of the table, then columns: `id` number, `=` number, `?` number or null,
/// `'` text, `'?` text or null, `*` bytes.
const TABLES: &[(&str, &[&str])] = &[
    ("journal_head", &["=lines", "'hash"]),
    (
        "journal_lines",
        &[
            "id",
            "=at",
            "'organisation",
            "'person",
            "'act",
            "'subject",
            "'detail",
            "'hash",
        ],
    ),
    ("settings", &["'!name", "'content"]),
    ("pack_editions", &["'!fingerprint", "*archive", "=at"]),
    (
        "deliveries_batches",
        &[
            "id",
            "'kind",
            "=month",
            "'organisation",
            "'?region",
            "'purpose",
            "'basis",
            "'file_name",
            "'file_hash",
            "=received_on",
            "=at",
            "=accepted",
            "=rejected",
            "=remarked",
            "?supersedes",
            "*findings",
        ],
    ),
    (
        "deliveries_parts",
        &["=!batch", "=!part", "=parts", "=count", "*payload"],
    ),
    (
        "register_exceptions",
        &[
            "id",
            "'uscc",
            "'evidence",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ],
    ),
    (
        "outlook_snapshots",
        &[
            "id",
            "=as_of",
            "=known_by",
            "'pack",
            "'program",
            "'inputs",
            "=count",
            "'fingerprint",
            "=at",
        ],
    ),
    (
        "outlook_parts",
        &["=!snapshot", "=!part", "=count", "*payload"],
    ),
    (
        "pool_acts",
        &[
            "id",
            "'uscc",
            "'act",
            "'class",
            "'reason",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ],
    ),
    (
        "targets_acts",
        &[
            "id",
            "=year",
            "=division",
            "=edition",
            "'act",
            "'shares",
            "'note",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ],
    ),
    (
        "targets_figures",
        &[
            "id",
            "=snapshot",
            "=as_of",
            "=division",
            "=entered",
            "=left_count",
            "'standing",
        ],
    ),
    (
        "bulletins_issues",
        &[
            "id",
            "'period",
            "=snapshot",
            "'fingerprint",
            "?corrects",
            "'standing",
            "'number",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ],
    ),
];

/// As [`TABLES`]: pushes with what they said, and what came of them.
const MEASURES_TABLES: &[(&str, &[&str])] = &[
    (
        "measures_pushes",
        &[
            "id",
            "=snapshot",
            "=law_day",
            "'pack",
            "'inputs",
            "=count",
            "'fingerprint",
            "*states",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ],
    ),
    (
        "measures_notices",
        &["=!push", "=!part", "=count", "*payload"],
    ),
    (
        "measures_outcomes",
        &[
            "id",
            "'measure",
            "'uscc",
            "=granted",
            "?amount",
            "'reason",
            "?push",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ],
    ),
];

/// As [`TABLES`]: what the landing forecast of a snapshot had learnt, lists of warned firms that were handed on, and how each firm is followed.
const OUTLOOK_TABLES: &[(&str, &[&str])] = &[
    ("outlook_forecasters", &["=!snapshot", "*content"]),
    (
        "outlook_hand_overs",
        &[
            "id",
            "=snapshot",
            "=as_of",
            "'levels",
            "?division",
            "'receiver",
            "'purpose",
            "'basis",
            "=count",
            "'fingerprint",
            "*payload",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ],
    ),
    (
        "outlook_follow_acts",
        &[
            "id",
            "'uscc",
            "'act",
            "?hand_over",
            "'note",
            "'organisation",
            "'person",
            "=on_day",
            "=at",
        ],
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Outlook {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in OUTLOOK_TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        let mut index = Index::create();
        index
            .name("outlook_follow_acts_by_uscc")
            .table(Alias::new("outlook_follow_acts"))
            .col(Alias::new("uscc"));
        manager.create_index(index).await
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Measures {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in MEASURES_TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        let mut index = Index::create();
        index
            .name("measures_outcomes_by_uscc")
            .table(Alias::new("measures_outcomes"))
            .col(Alias::new("uscc"));
        manager.create_index(index).await
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Beginning {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        let indexes = [
            (
                "deliveries_batches_by_hash",
                "deliveries_batches",
                "file_hash",
            ),
            ("pool_acts_by_uscc", "pool_acts", "uscc"),
        ];
        for (name, table, column) in indexes {
            let mut index = Index::create();
            index
                .name(name)
                .table(Alias::new(table))
                .col(Alias::new(column));
            manager.create_index(index).await?;
        }
        let mut head = Query::insert();
        head.into_table(Alias::new("journal_head"))
            .columns([Alias::new("lines"), Alias::new("hash")])
            .values_panic([0i64.into(), "".into()]);
        manager.execute(head).await
    }
}

fn table(name: &str, columns: &[&str]) -> TableCreateStatement {
    let mut table = Table::create();
    let mut keys = Vec::new();
    table.table(Alias::new(name));
    for column in columns {
        let (mark, bare) = match column.find(|c: char| c.is_ascii_alphabetic()) {
            Some(start) => column.split_at(start),
            None => ("", *column),
        };
        let mut definition = ColumnDef::new(Alias::new(bare));
        if mark.contains('\'') {
            definition.text();
        } else if mark.contains('*') {
            definition.blob();
        } else {
            definition.big_integer();
        }
        if !mark.contains('?') {
            definition.not_null();
        }
        if mark.is_empty() || mark.contains('!') {
            keys.push(Alias::new(bare));
        }
        table.col(&mut definition);
    }
    if !keys.is_empty() {
        let mut primary = Index::create();
        for key in keys {
            primary.col(key);
        }
        table.primary_key(&mut primary);
    }
    table
}
