//! All measures as one standard SQL statement, for an engine that already holds the figures.
//!
//! The table has a column for each fact, named like it (see `expression::SqlWriter`), and
//! `uscc`. The answer has a row for each firm: the verdict of each measure as its id, and each
//! amount in fen where all conditions hold. Knows no engine's connection.

use super::judge::{Verdict, local_rules};
use super::{Decider, Version};
use crate::expression::{Dialect, SqlRefusal, SqlWriter};
use crate::pack::Pack;
use chrono::NaiveDate;
use std::fmt::Write;

/// The statement with the names of its columns after `uscc`, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementText {
    pub sql: String,
    pub columns: Vec<StatementColumn>,
}

/// What a column of the answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementColumn {
    /// The verdict of a measure, by index.
    Verdict(usize),
    /// The amount of a benefit of the version in force, in fen.
    Amount { measure: usize, benefit: usize },
}

/// Writes the statement for a day of law.
///
/// # Errors
/// Where the engine cannot compute something exactly; the message says what.
pub fn statement(
    pack: &Pack,
    dialect: Dialect,
    table: &str,
    on: NaiveDate,
) -> Result<StatementText, SqlRefusal> {
    let parameters = pack.parameters_on(on);
    let writer = SqlWriter::new(dialect, &pack.vocabulary, &parameters)?;
    let mut inner = Vec::new();
    for (index, measure) in pack.measures.iter().enumerate() {
        let Some(version) = measure.version_on(on) else {
            continue;
        };
        let version = &measure.versions[version];
        let holds = writer.condition(&version.whole())?;
        inner.push(format!("({holds}) AS {}", dialect.quoted(&holding(index))));
        if measure.place.is_some() {
            let place = writer.condition(&version.requirements[0].condition)?;
            inner.push(format!("({place}) AS {}", dialect.quoted(&placed(index))));
        }
        for (benefit, amount) in amounts(version) {
            let text = writer.amount(amount)?;
            let name = dialect.quoted(&granted(index, benefit));
            inner.push(format!("({text}) AS {name}"));
        }
    }
    let mut columns = Vec::new();
    let mut outer = Vec::new();
    for (index, measure) in pack.measures.iter().enumerate() {
        let name = dialect.quoted(&measure.id.replace('-', "_"));
        columns.push(StatementColumn::Verdict(index));
        outer.push(format!("{} AS {name}", verdict(pack, dialect, index, on)));
        let Some(version) = measure.version_on(on) else {
            continue;
        };
        for (benefit, _) in amounts(&measure.versions[version]) {
            let id = &measure.versions[version].benefits[benefit].id;
            let name = dialect.quoted(&format!("{}__{id}", measure.id.replace('-', "_")));
            let holds = dialect.quoted(&holding(index));
            let amount = dialect.quoted(&granted(index, benefit));
            columns.push(StatementColumn::Amount {
                measure: index,
                benefit,
            });
            outer.push(format!("CASE WHEN {holds} THEN {amount} END AS {name}"));
        }
    }
    let uscc = dialect.quoted("uscc");
    let table = dialect.quoted(table);
    let (inner, outer) = (inner.join(",\n    "), outer.join(",\n  "));
    let sql = format!(
        "WITH judged AS (\n  SELECT {uscc},\n    {inner}\n  FROM {table}\n)\nSELECT {uscc},\n  {outer}\nFROM judged\nORDER BY {uscc}"
    );
    Ok(StatementText { sql, columns })
}

/// The table that the statement reads.
pub fn schema(pack: &Pack, dialect: Dialect, table: &str) -> String {
    let mut text = format!(
        "CREATE TABLE {} (\n  {} {} PRIMARY KEY",
        dialect.quoted(table),
        dialect.quoted("uscc"),
        dialect.text_type()
    );
    if dialect == Dialect::Spark {
        text.truncate(text.len() - " PRIMARY KEY".len());
    }
    for fact in &pack.facts {
        let name = dialect.quoted(&fact.id);
        let kind = dialect.column_type(&fact.kind);
        write!(text, ",\n  {name} {kind}").expect("a text takes any length");
    }
    text + "\n)"
}

fn verdict(pack: &Pack, dialect: Dialect, measure: usize, on: NaiveDate) -> String {
    let own = &pack.measures[measure];
    let Some(version) = own.version_on(on) else {
        return format!("'{}'", Verdict::NotEntitled.id());
    };
    let decided_by = own.versions[version].decided_by;
    let holds = dialect.quoted(&holding(measure));
    let mut arms = String::new();
    if decided_by == Decider::Locality && own.place.is_none() {
        for (local, _) in local_rules(pack, &own.id, on) {
            let place = dialect.quoted(&placed(local));
            let inner = verdict(pack, dialect, local, on);
            write!(arms, "WHEN {holds} AND {place} THEN {inner} ").expect("a text");
        }
    }
    format!(
        "CASE {arms}WHEN {holds} THEN '{}' WHEN NOT {holds} THEN '{}' ELSE '{}' END",
        Verdict::of(Some(true), decided_by).id(),
        Verdict::NotEntitled.id(),
        Verdict::Unknown.id()
    )
}

fn amounts(version: &Version) -> impl Iterator<Item = (usize, &crate::expression::Amount)> {
    let benefits = version.benefits.iter().enumerate();
    benefits.filter_map(|(index, benefit)| Some((index, benefit.amount.as_ref()?)))
}

fn holding(measure: usize) -> String {
    format!("m{measure}")
}

fn placed(measure: usize) -> String {
    format!("p{measure}")
}

fn granted(measure: usize, benefit: usize) -> String {
    format!("m{measure}_{benefit}")
}
