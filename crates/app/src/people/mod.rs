//! Organisations.

pub mod authenticator;
pub mod operator;
pub mod own;
pub mod passwords;
pub mod secrets;
pub mod web;

use crate::office::{Office, today};
use crate::report::{Field, Report, Table};

/// `shenggui people`.
pub fn list(office: &Office) -> Report {
    let mut table = Table::new(
        "agencies",
        "机构",
        &[
            ("id", "代号"),
            ("name", "现名"),
            ("short", "简称"),
            ("in_plan", "方案中的名称"),
        ],
    );
    for agency in &office.pack.agencies {
        let name = agency.name_on(today());
        table.row(vec![
            Field::text(agency.id.clone()),
            Field::text(name.name.clone()),
            Field::text(name.short.clone()),
            agency.in_plan.clone().map_or(Field::Empty, Field::Text),
        ]);
    }
    Report::new("机构一览")
        .table(table)
        .note("市县写名称或六位代码，例如 洛阳市、410300、伊川县")
}
