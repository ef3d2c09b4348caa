//! Checking a pack: every finding with file and line, and which clauses work; writing it out
//! for those who change it, and telling of it in pages.

pub mod attach;
mod export;
mod reference;

use crate::cli::{PackCommand, PackSource};
use crate::office::{Refused, pack_files, read_pack};
use crate::report::{Field, Report, Table};
use anyhow::Result;
use programme::CAPABILITIES;
use rules::pack::Pack;
use rules::pack::clauses::carried_by;

/// `shenggui pack`.
pub fn command(source: &PackSource, command: &PackCommand) -> Result<Report> {
    match command {
        PackCommand::Check { folder } => {
            let mut source = source.clone();
            source.pack = folder.clone().or(source.pack);
            check(&source)
        }
        PackCommand::Export { folder } => export::export(source, folder),
        PackCommand::Reference { out } => reference::write(source, out),
        PackCommand::Attach(_) | PackCommand::AttachMap(_) => {
            unreachable!("answered with the data folder")
        }
    }
}

/// `shenggui pack check`.
fn check(source: &PackSource) -> Result<Report> {
    let files = match pack_files(source, None) {
        Ok(files) => files,
        Err(error) => return Err(Refused(format!("{error:#}")).into()),
    };
    if let Err(findings) = Pack::check(files.clone(), CAPABILITIES) {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let text = format!("政策包有{}处问题：\n{}", findings.len(), lines.join("\n"));
        return Err(Refused(text).into());
    }
    let pack = read_pack(files)?;
    let working = pack
        .clauses
        .iter()
        .filter(|clause| {
            !clause.works.is_empty() || carried_by(&clause.id, &pack.measures).next().is_some()
        })
        .count();
    Ok(Report::new(format!(
        "{}（{}）检查通过",
        pack.about.name, pack.about.edition
    ))
    .fact(
        "fingerprint",
        "指纹（SM3）",
        Field::text(pack.fingerprint.clone()),
    )
    .fact("clauses", "条款", Field::Count(pack.clauses.len() as i64))
    .fact("working", "已有功能支撑", Field::Count(working as i64))
    .fact(
        "uncovered",
        "未覆盖（清单只减不增）",
        Field::Count(pack.uncovered.len() as i64),
    )
    .fact("agencies", "机构", Field::Count(pack.agencies.len() as i64))
    .fact("facts", "事实", Field::Count(pack.facts.len() as i64))
    .fact(
        "parameters",
        "参数",
        Field::Count(pack.parameters.len() as i64),
    )
    .fact(
        "measures",
        "政策措施",
        Field::Count(pack.measures.len() as i64),
    )
    .table(coverage(&pack)))
}

/// What makes each clause work, or why nothing does yet.
fn coverage(pack: &Pack) -> Table {
    let mut table = Table::new(
        "coverage",
        "条款覆盖",
        &[
            ("clause", "条款"),
            ("section", "章节"),
            ("works", "由什么支撑"),
            ("uncovered", "尚未覆盖"),
        ],
    );
    for clause in &pack.clauses {
        let uncovered = pack
            .uncovered
            .iter()
            .find(|entry| entry.clause == clause.id);
        let measures = carried_by(&clause.id, &pack.measures).map(|measure| &measure.id);
        let works: Vec<String> = clause
            .works
            .iter()
            .cloned()
            .chain(measures.map(|id| format!("measure:{id}")))
            .collect();
        table.row(vec![
            Field::text(clause.id.clone()),
            Field::text(clause.section.clone()),
            match works.is_empty() {
                true => Field::Empty,
                false => Field::text(works.join("、")),
            },
            uncovered.map_or(Field::Empty, |entry| Field::text(entry.reason.clone())),
        ]);
    }
    table
}
