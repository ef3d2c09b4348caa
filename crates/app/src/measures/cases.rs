//! Trying the cases of measures, and making a new measure's files.

use crate::cli::PackSource;
use crate::office::{pack_files, read_pack, refuse};
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use rayon::prelude::*;
use rules::measures::{
    CaseFailure, Survivor, cases_of, definition_cases, definition_survivors, survivors, template,
    try_cases, try_definitions,
};
use rules::pack::Pack;

/// `shenggui measures test`.
pub fn test(source: &PackSource, id: Option<&str>, mutate: bool) -> Result<Report> {
    let pack = read_pack(pack_files(source, None)?)?;
    let chosen: Vec<usize> = match id {
        Some(id) => match pack.measure_named(id) {
            Some(measure) => vec![measure],
            None => return refuse(unknown(&pack, id)),
        },
        None => (0..pack.measures.len()).collect(),
    };
    let mut failures: Vec<CaseFailure> = Vec::new();
    let mut tried = 0;
    if id.is_none() {
        tried += definition_cases(&pack).len();
        failures.extend(try_definitions(&pack));
    }
    for measure in chosen.iter().map(|index| &pack.measures[*index]) {
        tried += cases_of(&pack, measure).len();
        failures.extend(try_cases(&pack, measure));
    }
    let mut left: Vec<Survivor> = Vec::new();
    if mutate {
        left = chosen
            .par_iter()
            .flat_map_iter(|index| survivors(&pack, &pack.measures[*index]))
            .collect();
        if id.is_none() {
            left.extend(definition_survivors(&pack));
        }
    }
    if failures.is_empty() && left.is_empty() {
        let tail = if mutate {
            "，每个数改动一个单位都有案例察觉"
        } else {
            ""
        };
        return Ok(Report::new(format!(
            "{}项措施、{tried}个案例全部相符{tail}",
            chosen.len()
        ))
        .fact("measures", "措施", Field::Count(chosen.len() as i64))
        .fact("cases", "案例", Field::Count(tried as i64)));
    }
    refuse(faults(&failures, &left, tried))
}

fn faults(failures: &[CaseFailure], left: &[Survivor], tried: usize) -> String {
    let mut text = Vec::new();
    if !failures.is_empty() {
        text.push(format!("{tried}个案例中有{}处不符：", failures.len()));
        text.extend(
            failures
                .iter()
                .map(|failure| format!("{}  {}", failure.place, failure.message)),
        );
    }
    if !left.is_empty() {
        text.push(format!("{}处改动没有案例察觉，请补案例：", left.len()));
        text.extend(
            left.iter()
                .map(|one| format!("{}  {}", one.measure, one.change)),
        );
    }
    text.join("\n")
}

/// What to say of a measure that the pack does not have.
pub fn unknown(pack: &Pack, id: &str) -> String {
    let near = pack
        .measures
        .iter()
        .filter(|measure| measure.id.contains(id) || measure.name.contains(id))
        .map(|measure| format!("{}（{}）", measure.id, measure.name));
    let near: Vec<String> = near.take(5).collect();
    match near.is_empty() {
        true => format!("没有“{id}”这项措施，全部措施见 shenggui measures list"),
        false => format!("没有“{id}”这项措施，是否想写：{}", near.join("、")),
    }
}

/// `shenggui measures new`.
pub fn create(source: &PackSource, id: &str, name: &str) -> Result<Report> {
    let Some(folder) = &source.pack else {
        return refuse(
            "程序自带的政策包不能改动。请先用 shenggui pack export 政策包 写出一份，再用 --pack 政策包 指明",
        );
    };
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || !id.chars().all(is_plain) {
        return refuse(format!("措施标识“{id}”只能用小写字母、数字和连字符"));
    }
    let is_name = |c: char| !c.is_control() && c != '"' && c != '\\';
    if name.trim().is_empty() || !name.chars().all(is_name) {
        return refuse("名称不能空着，也不能有英文引号、反斜线和换行");
    }
    if !folder.join("pack.toml").is_file() {
        return refuse(format!(
            "“{}”不是政策包目录，里面没有 pack.toml",
            folder.display()
        ));
    }
    let place = folder.join("measures").join(id);
    if place.exists() {
        return refuse(format!("措施“{id}”已经有了：{}", place.display()));
    }
    std::fs::create_dir_all(&place)
        .with_context(|| format!("目录“{}”不能建立", place.display()))?;
    let mut report = Report::new(format!("已写出措施“{name}”的两个文件，请按说明改写"));
    for (file, text) in template(name) {
        let path = place.join(file);
        std::fs::write(&path, text).with_context(|| format!("“{}”不能写入", path.display()))?;
        report = report.note(path.display().to_string());
    }
    let shown = folder.display();
    Ok(report.note(format!(
        "改好后检查：shenggui pack check {shown}；试算：shenggui --pack {shown} measures test {id}"
    )))
}
