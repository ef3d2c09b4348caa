//! The facts of the newest snapshot for other engines, and our verdicts beside them.
//!
//! `facts.arrow` has the columns of `shenggui measures sql --schema`, `verdicts.arrow` those
//! that `statement.sql` answers with, in its order. Both are Arrow IPC files without
//! compression, so that whoever reads them measures reading and not unpacking.
//!
//! ```text
//! shenggui bench facts --out FOLDER --on 2026-09-30
//! ```

use super::verdicts::wholes;
use crate::office::{Office, refuse, today};
use crate::outlook::newest;
use crate::report::{Field as Shown, Report};
use anyhow::{Context, Result};
use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use chrono::NaiveDate;
use programme::measures::Verdicts;
use programme::outlook::Firms;
use rayon::prelude::*;
use rules::columns::{Amounts, Planes, Program, amounts};
use rules::expression::{Amount, Condition, Dialect, Kind};
use rules::measures::{StatementColumn, schema, statement};
use rules::pack::Pack;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// Firms of one record batch.
const ROWS_MAX: usize = 65_536;
/// The table that the statement reads.
const TABLE: &str = "firms";

/// `shenggui bench facts`.
pub(super) async fn facts(
    office: &Office,
    out: &Path,
    on: Option<NaiveDate>,
    sample: Option<usize>,
) -> Result<Report> {
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let on = on.unwrap_or_else(today);
    let pack = &office.pack;
    let (_, firms) = newest(office, None).await?;
    let each = sample.map_or(1, |sample| firms.len().div_ceil(sample.max(1)).max(1));
    let chosen: Vec<usize> = (0..firms.len()).step_by(each).collect();
    let statement = match statement(pack, Dialect::Duckdb, TABLE, on) {
        Ok(statement) => statement,
        Err(refusal) => return refuse(refusal),
    };
    std::fs::write(out.join("statement.sql"), &statement.sql)?;
    let table = schema(pack, Dialect::Duckdb, TABLE);
    std::fs::write(out.join("schema.sql"), table)?;
    write_facts(&out.join("facts.arrow"), pack, &firms, &chosen)?;
    let decided = Decided::on(pack, &firms, on, &statement.columns);
    let verdicts = out.join("verdicts.arrow");
    decided.write(&verdicts, &firms, &chosen, &statement.columns)?;
    Ok(Report::new("已写出")
        .fact("firms", "企业", Shown::Count(chosen.len() as i64))
        .fact("facts", "事实", Shown::Count(pack.facts.len() as i64))
        .note(out.display().to_string()))
}

fn write_facts(path: &Path, pack: &Pack, firms: &Firms, chosen: &[usize]) -> Result<()> {
    let mut fields = vec![Field::new("uscc", DataType::Utf8, false)];
    fields.extend(pack.facts.iter().map(|fact| {
        let kind = match fact.kind {
            Kind::Boolean => DataType::Boolean,
            Kind::Code { .. } | Kind::Choice(_) => DataType::Utf8,
            _ => DataType::Int64,
        };
        Field::new(&fact.id, kind, true)
    }));
    write(path, fields, chosen, |rows| {
        let facts = pack.facts.par_iter().enumerate();
        let columns = facts.map(|(slot, fact)| {
            let values = || rows.iter().map(|firm| firms.fact(*firm, slot));
            let column: ArrayRef = match &fact.kind {
                Kind::Boolean => {
                    let truths = values().map(|value| value.map(|value| value == 1));
                    Arc::new(truths.collect::<BooleanArray>())
                }
                Kind::Choice(choices) => {
                    let ids = values().map(|value| Some(choices[value? as usize].id.as_str()));
                    Arc::new(ids.collect::<StringArray>())
                }
                Kind::Code { digits } => {
                    let width = usize::from(*digits);
                    let codes = values().map(|value| Some(format!("{:0width$}", value?)));
                    Arc::new(codes.collect::<StringArray>())
                }
                _ => Arc::new(values().collect::<Int64Array>()),
            };
            column
        });
        let mut all = vec![codes_of(firms, rows)];
        all.extend(columns.collect::<Vec<ArrayRef>>());
        all
    })
}

fn codes_of(firms: &Firms, rows: &[usize]) -> ArrayRef {
    let codes = rows.iter().map(|firm| Some(firms.uscc(*firm).to_string()));
    Arc::new(codes.collect::<StringArray>())
}

/// What we say of the firms.
struct Decided {
    verdicts: Verdicts,
    wholes: Vec<Planes>,
    /// In the order of the statement's amounts.
    amounts: Vec<Amounts>,
}

impl Decided {
    fn on(pack: &Pack, firms: &Firms, on: NaiveDate, answers: &[StatementColumn]) -> Decided {
        let columns = firms.columns();
        let parameters = pack.parameters_on(on);
        let wholes = wholes(pack, on);
        let conditions: Vec<&Condition> = wholes.iter().collect();
        let granted: Vec<&Amount> = answers
            .iter()
            .filter_map(|answer| match answer {
                StatementColumn::Verdict(_) => None,
                StatementColumn::Amount { measure, benefit } => {
                    let version = pack.measures[*measure].version_on(on)?;
                    let versions = &pack.measures[*measure].versions;
                    versions[version].benefits[*benefit].amount.as_ref()
                }
            })
            .collect();
        Decided {
            verdicts: Verdicts::on(pack, columns, on),
            wholes: Program::new(&conditions, &parameters, columns).evaluate(columns),
            amounts: amounts(&granted, &parameters, columns),
        }
    }

    fn write(
        &self,
        path: &Path,
        firms: &Firms,
        chosen: &[usize],
        answers: &[StatementColumn],
    ) -> Result<()> {
        let mut fields = vec![Field::new("uscc", DataType::Utf8, false)];
        fields.extend(answers.iter().enumerate().map(|(place, answer)| {
            let kind = match answer {
                StatementColumn::Verdict(_) => DataType::Utf8,
                StatementColumn::Amount { .. } => DataType::Int64,
            };
            Field::new(format!("a{place}"), kind, true)
        }));
        write(path, fields, chosen, |rows| {
            let mut all = vec![codes_of(firms, rows)];
            let mut amounts = self.amounts.iter();
            for answer in answers {
                let column: ArrayRef = match answer {
                    StatementColumn::Verdict(measure) => {
                        let ids = rows.iter().map(|firm| {
                            let verdict = self.verdicts.of(*measure, *firm);
                            Some(verdict.id())
                        });
                        Arc::new(ids.collect::<StringArray>())
                    }
                    StatementColumn::Amount { measure, .. } => {
                        let own = amounts.next().expect("one for each amount");
                        let fen = rows.iter().map(|firm| {
                            let holds = self.wholes[*measure].verdict(*firm) == Some(true);
                            let amount = own.get(*firm).filter(|_| holds)?;
                            i64::try_from(amount).ok()
                        });
                        Arc::new(fen.collect::<Int64Array>())
                    }
                };
                all.push(column);
            }
            all
        })
    }
}

fn write(
    path: &Path,
    fields: Vec<Field>,
    chosen: &[usize],
    columns: impl Fn(&[usize]) -> Vec<ArrayRef>,
) -> Result<()> {
    let schema = Arc::new(Schema::new(fields));
    let file = BufWriter::new(File::create(path)?);
    let mut writer = FileWriter::try_new(file, &schema)?;
    for rows in chosen.chunks(ROWS_MAX) {
        writer.write(&RecordBatch::try_new(schema.clone(), columns(rows))?)?;
    }
    writer.finish()?;
    Ok(())
}
