//! How long all measures take for all firms: reading the pack, loading the snapshot,
//! compiling the conditions and evaluating them, apart.
//!
//! Times are the best of the rounds. Knows no other engine.
//!
//! ```text
//! shenggui bench verdicts --on 2026-09-30 --rounds 10 --threads 2
//! ```

use crate::cli::PackSource;
use crate::office::{self, pack_files, read_pack, today};
use crate::outlook::newest;
use crate::report::{Field, Report};
use anyhow::Result;
use chrono::NaiveDate;
use programme::measures::Verdicts;
use rules::columns::Program;
use rules::expression::Condition;
use rules::pack::Pack;
use std::path::Path;
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
    on: Option<NaiveDate>,
    rounds: u32,
) -> Result<Report> {
    let on = on.unwrap_or_else(today);
    let (pack_micros, _) = best(1, || read_pack(pack_files(source, Some(folder))?));
    let office = office::open(folder, source).await?;
    let pack = &office.pack;
    let started = Instant::now();
    let (_, mut firms) = newest(&office, None).await?;
    let mut load_micros = started.elapsed().as_micros() as i64;
    for _ in 1..rounds.min(3) {
        drop(firms);
        let started = Instant::now();
        firms = newest(&office, None).await?.1;
        load_micros = load_micros.min(started.elapsed().as_micros() as i64);
    }
    let columns = firms.columns();
    let parameters = pack.parameters_on(on);
    let (compile_micros, program) = best(rounds, || {
        let wholes = wholes(pack, on);
        let conditions: Vec<&Condition> = wholes.iter().collect();
        Program::new(&conditions, &parameters, columns)
    });
    let (fresh_micros, mut planes) = best(rounds, || program.evaluate(columns));
    let (planes_micros, ()) = best(rounds, || program.evaluate_into(columns, &mut planes));
    let (counts_micros, _) = best(rounds, || program.counts(columns, None));
    let (verdicts_micros, _) = best(rounds, || Verdicts::on(pack, columns, on));
    let versions = pack.measures.iter().filter_map(|measure| {
        let version = measure.version_on(on)?;
        Some(&measure.versions[version])
    });
    let requirements: Vec<&Condition> = versions
        .flat_map(|version| &version.requirements)
        .map(|requirement| &requirement.condition)
        .collect();
    let mut leaves = Vec::new();
    requirements
        .iter()
        .for_each(|condition| condition.leaves(&mut leaves));
    let in_force = pack
        .measures
        .iter()
        .filter(|measure| measure.version_on(on).is_some());
    let count = |number: usize| Field::Count(number as i64);
    Ok(Report::new("全部措施判定用时")
        .fact("on", "按哪一天的规定", Field::text(on.to_string()))
        .fact("firms", "企业", count(firms.len()))
        .fact("threads", "线程", count(rayon::current_num_threads()))
        .fact("measures", "施行中的措施", count(in_force.count()))
        .fact("conditions", "条件", count(requirements.len()))
        .fact("leaves", "不同的比较", count(leaves.len()))
        .fact("program", "编译结果", Field::text(program.to_string()))
        .fact("column_bytes", "列占内存（字节）", count(columns.bytes()))
        .fact("pack_micros", "读政策包（微秒）", Field::Count(pack_micros))
        .fact("load_micros", "装载快照（微秒）", Field::Count(load_micros))
        .fact(
            "compile_micros",
            "编译（微秒）",
            Field::Count(compile_micros),
        )
        .fact(
            "planes_micros",
            "判定，沿用内存（微秒）",
            Field::Count(planes_micros),
        )
        .fact(
            "fresh_micros",
            "判定，新取内存（微秒）",
            Field::Count(fresh_micros),
        )
        .fact(
            "counts_micros",
            "只计家数（微秒）",
            Field::Count(counts_micros),
        )
        .fact(
            "verdicts_micros",
            "编译、判定并合并地方细则（微秒）",
            Field::Count(verdicts_micros),
        ))
}

/// The best time of the rounds in microseconds, and what the last one made.
fn best<T>(rounds: u32, mut once: impl FnMut() -> T) -> (i64, T) {
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
