//! All measures as one SQL statement, for a warehouse that already holds the figures.

use crate::cli::SqlArgs;
use crate::office::{refuse, today};
use crate::report::{Field, Report};
use anyhow::Result;
use rules::expression::Dialect;
use rules::measures::{Measure, schema, statement};
use rules::pack::Pack;

/// `shenggui measures sql`: the statement itself, so that it can be piped on.
pub fn command(pack: &Pack, arguments: &SqlArgs) -> Result<Report> {
    let dialect: Dialect = match arguments.dialect.parse() {
        Ok(dialect) => dialect,
        Err(fault) => return refuse(fault),
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if arguments.table.is_empty() || !arguments.table.chars().all(is_plain) {
        return refuse(format!("表名“{}”只能用字母、数字和下划线", arguments.table));
    }
    let on = arguments.on.unwrap_or_else(today);
    let is_in_force = |measure: &Measure| measure.version_on(on).is_some();
    if !pack.measures.iter().any(is_in_force) {
        return refuse(format!("{on} 没有施行中的措施，请用 --on 写明另一天"));
    }
    let text = match arguments.schema {
        true => schema(pack, dialect, &arguments.table),
        false => match statement(pack, dialect, &arguments.table, on) {
            Ok(statement) => statement.sql,
            Err(refusal) => return refuse(refusal),
        },
    };
    Ok(Report::statement(text).fact("on", "按哪一天的规定", Field::text(on.to_string())))
}
