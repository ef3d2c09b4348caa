//! How long all measures take for all firms: reading the pack, loading the snapshot,
//! compiling the conditions and evaluating them, apart.
//!
//! Times are the best of the rounds. Knows no other engine.
//!
//! ```text
//! shenggui bench verdicts --on 2026-09-30 --rounds 10 --threads 2
//! ```

use crate::cli::{PackSource, VerdictsArgs};
use crate::office::{self, Office, pack_files, read_pack, today};
use crate::outlook::newest;
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use chrono::NaiveDate;
use programme::measures::Verdicts;
use rules::columns::{Column, Columns, EMPTY, Program};
use rules::expression::{Condition, Slot};
use rules::measures::Version;
use rules::pack::Pack;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The conditions of every measure in force on a day, each as a whole.
pub(super) fn wholes(pack: &Pack, on: NaiveDate) -> Vec<Condition> {
    let measures = pack.measures.iter();
    measures
        .map(|measure| match measure.version_on(on) {
            Some(version) => measure.versions[version].whole(),
            None => Condition::Always(false),
        })
        .collect()
}

/// `shenggui bench verdicts`.
pub(super) async fn verdicts(
    folder: &Path,
    source: &PackSource,
    arguments: &VerdictsArgs,
) -> Result<Report> {
    let on = arguments.on.unwrap_or_else(today);
    let (pack_micros, _) = best(1, || read_pack(pack_files(source, Some(folder))?));
    let office = office::open(folder, source).await?;
    let mut load_micros = i64::MAX;
    let mut loaded = None;
    for _ in 0..arguments.rounds.clamp(1, 3) {
        drop(loaded.take());
        let started = Instant::now();
        // Without what a serving office remembers.
        let fresh = Office {
            memory: Arc::default(),
            ..office.clone()
        };
        loaded = Some(newest(&fresh, None).await?.1);
        load_micros = load_micros.min(started.elapsed().as_micros() as i64);
    }
    let firms = loaded.context("at least one round")?;
    let repeated = (arguments.times > 1).then(|| repeated(firms.columns(), arguments.times));
    let columns = repeated.as_ref().unwrap_or(firms.columns());
    let times = times(&office.pack, columns, on, arguments.rounds);
    let mut report = Report::new("全部措施判定用时")
        .fact("on", "按哪一天的规定", Field::text(on.to_string()))
        .fact("pack_micros", "读政策包（微秒）", Field::Count(pack_micros))
        .fact("load_micros", "装载快照（微秒）", Field::Count(load_micros));
    for (key, label, number) in sizes(&office.pack, columns, on).into_iter().chain(times) {
        report = report.fact(key, label, Field::Count(number));
    }
    Ok(report)
}

/// The firms of a table over and over: a larger table of the same ranges.
fn repeated(columns: &Columns, times: usize) -> Columns {
    let firms = columns.firms();
    let slots = columns.row(0).len();
    let repeated = (0..slots).map(|slot| {
        let column = columns.column(slot)?;
        let values = (0..firms).map(|firm| column.get(firm).unwrap_or(EMPTY));
        let values: Vec<i64> = values.collect();
        Some(Column::from_parts(&vec![values.as_slice(); times]))
    });
    Columns::new(firms * times, repeated.collect())
}

type Line = (&'static str, &'static str, i64);

/// How much there is to do.
fn sizes(pack: &Pack, columns: &Columns, on: NaiveDate) -> Vec<Line> {
    let in_force = pack.measures.iter().filter_map(|measure| {
        let version = measure.version_on(on)?;
        Some(&measure.versions[version])
    });
    let versions: Vec<&Version> = in_force.collect();
    let requirements = versions.iter().flat_map(|version| &version.requirements);
    let conditions: Vec<&Condition> = requirements.map(|own| &own.condition).collect();
    let mut leaves = Vec::new();
    conditions.iter().for_each(|own| own.leaves(&mut leaves));
    let slots: BTreeSet<Slot> = conditions.iter().flat_map(|own| own.slots()).collect();
    let facts = slots.iter().filter(|slot| matches!(slot, Slot::Fact(_)));
    vec![
        ("firms", "企业", columns.firms() as i64),
        ("threads", "线程", rayon::current_num_threads() as i64),
        ("measures", "施行中的措施", versions.len() as i64),
        ("conditions", "条件", conditions.len() as i64),
        ("leaves", "不同的比较", leaves.len() as i64),
        ("facts_read", "读到的事实", facts.count() as i64),
        ("column_bytes", "列占内存（字节）", columns.bytes() as i64),
    ]
}

/// The parts of the work in microseconds.
fn times(pack: &Pack, columns: &Columns, on: NaiveDate, rounds: u32) -> Vec<Line> {
    let parameters = pack.parameters_on(on);
    let (compile, program) = best(rounds, || {
        let wholes = wholes(pack, on);
        let conditions: Vec<&Condition> = wholes.iter().collect();
        Program::new(&conditions, &parameters, columns)
    });
    let (fresh, mut planes) = best(rounds, || program.evaluate(columns));
    let (reused, ()) = best(rounds, || program.evaluate_into(columns, &mut planes));
    let (counts, _) = best(rounds, || program.counts(columns, None));
    drop(planes);
    let (verdicts, _) = best(rounds, || Verdicts::on(pack, columns, on));
    vec![
        ("compile_micros", "编译（微秒）", compile),
        ("planes_micros", "判定，沿用内存（微秒）", reused),
        ("fresh_micros", "判定，新取内存（微秒）", fresh),
        ("counts_micros", "只计家数（微秒）", counts),
        (
            "verdicts_micros",
            "编译、判定并合并地方细则（微秒）",
            verdicts,
        ),
    ]
}

/// The best time of the rounds in microseconds, and what the last one made.
pub(super) fn best<T>(rounds: u32, mut once: impl FnMut() -> T) -> (i64, T) {
    let mut timed = || {
        let started = Instant::now();
        let made = once();
        (started.elapsed().as_micros() as i64, made)
    };
    let (mut best, mut made) = timed();
    for _ in 1..rounds {
        // What an earlier round made is given back first.
        drop(made);
        let (micros, next) = timed();
        (best, made) = (best.min(micros), next);
    }
    (best, made)
}
