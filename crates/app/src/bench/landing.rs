//! How long it takes to learn a province and to land the year of each of its firms, without
//! a database: learning and landing apart, from firms that are made up here.
//!
//! The checksum is that of every bit that was said of every firm, so that whoever makes this
//! faster can tell that he changed nothing.
//!
//! ```text
//! shenggui bench landing --firms 500000 --threads 2
//! ```

use super::{mixed, months};
use crate::cli::{LandingTimeArgs, PackSource};
use crate::office::{pack_files, read_pack};
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use programme::deliveries::payload::parts_for;
use programme::outlook::forecast::Landing;
use programme::outlook::landing::{Learnt, Part, learnt_parts};
use rayon::prelude::*;
use rules::pack::Pack;
use rules::period::Month;
use std::path::Path;
use std::time::Instant;

/// The last month of the run, and up to which month revenue and the other series have come.
const LAST: &str = "2026-09";

/// `shenggui bench landing`.
pub(super) fn landing(
    folder: &Path,
    source: &PackSource,
    arguments: &LandingTimeArgs,
) -> Result<Report> {
    let pack = read_pack(pack_files(source, Some(folder))?)?;
    let as_of: Month = LAST.parse()?;
    let parts = parts_of(&pack, arguments.firms);
    let sizes: Vec<usize> = parts.iter().map(|part| part.sources().count()).collect();
    let sample = &parts[..learnt_parts(sizes.iter().copied())];
    let (mut learn, mut land) = (i64::MAX, i64::MAX);
    let mut checksum = 0;
    let mut known = 0;
    for _ in 0..arguments.rounds.max(1) {
        let started = Instant::now();
        let learnt = Learnt::learn(&pack, sample, as_of).context("nothing to learn from")?;
        learn = learn.min(started.elapsed().as_micros() as i64);
        let started = Instant::now();
        let landings: Vec<_> = parts.iter().map(|part| learnt.land(part)).collect();
        land = land.min(started.elapsed().as_micros() as i64);
        let all = || landings.iter().flatten().flatten();
        checksum = all().fold(0, sum_of);
        known = all().count();
    }
    let firms = sizes.iter().sum::<usize>();
    let learnt_from: usize = sizes[..sample.len()].iter().sum();
    let numbers = [
        ("firms", "企业", firms as i64),
        ("landed", "有落点", known as i64),
        ("learnt_from", "学习所用企业", learnt_from as i64),
        ("threads", "线程", rayon::current_num_threads() as i64),
        ("learn_micros", "学习（微秒）", learn),
        ("land_micros", "算落点（微秒）", land),
        (
            "nanos_each",
            "每家算落点（纳秒）",
            land * 1000 / firms.max(1) as i64,
        ),
    ];
    let report = Report::new("落点预测用时");
    let report = numbers
        .into_iter()
        .fold(report, |report, (key, label, number)| {
            report.fact(key, label, Field::Count(number))
        });
    Ok(report.fact(
        "checksum",
        "全部结果的校验和",
        Field::text(format!("{checksum:016x}")),
    ))
}

/// Parts as large as those of a run.
fn parts_of(pack: &Pack, firms: usize) -> Vec<Part> {
    let count = parts_for(firms);
    let areas = pack.divisions.areas().count();
    let bounds = |part: usize| part * firms / count;
    let parts = (0..count).into_par_iter();
    parts
        .map(|part| months::part(bounds(part)..bounds(part + 1), areas))
        .collect()
}

/// Takes every bit of a landing into the checksum.
fn sum_of(sum: u64, landing: &Landing) -> u64 {
    let own = &landing.expectation;
    let numbers = [
        landing.above,
        landing.low,
        landing.middle,
        landing.high,
        own.known,
        own.rest,
        own.noise,
        own.level,
    ];
    let numbers = numbers.into_iter().chain(own.months).map(f64::to_bits);
    let sources = own.sources.iter().map(|source| *source as u64);
    let others = [own.kind as u64, own.count as u64, u64::from(own.open)];
    numbers.chain(sources).chain(others).fold(sum, mixed)
}
