//! One measure as the pack has it: versions, conditions, benefits, papers, sources.

use super::answer::{agency_name, doubts};
use super::cases::unknown;
use crate::cli::ShowArgs;
use crate::office::{refuse, today};
use crate::report::{Field, Group, Item, Report};
use anyhow::Result;
use rules::expression::Kind;
use rules::measures::{Decider, Measure, Version};
use rules::pack::Pack;
use serde_json::json;

/// `shenggui measures show`.
pub fn command(pack: &Pack, arguments: &ShowArgs) -> Result<Report> {
    let Some(index) = pack.measure_named(&arguments.id) else {
        return refuse(unknown(pack, &arguments.id));
    };
    let measure = &pack.measures[index];
    let on = arguments.on.unwrap_or_else(today);
    let mut report = described(pack, measure, on);
    let versions = measure.versions.iter();
    for version in versions.filter(|version| arguments.on.is_none_or(|on| version.is_on(on))) {
        report = report.group(Group {
            is_one_of_many: true,
            key: "versions",
            title: period(version),
            items: lines(pack, version),
        });
    }
    Ok(report)
}

fn described(pack: &Pack, measure: &Measure, on: chrono::NaiveDate) -> Report {
    let agencies: Vec<String> = measure
        .agencies
        .iter()
        .map(|id| agency_name(pack, id, on))
        .collect();
    let papers = match measure.papers.is_empty() {
        true => "无须提交材料".to_string(),
        false => measure.papers.join("；"),
    };
    let state = match measure.version_on(on) {
        Some(_) => format!("{on} 在施行期内"),
        None => format!("{on} 不在施行期内"),
    };
    let mut report = Report::new(measure.name.clone())
        .fact("id", "标识", Field::text(measure.id.clone()))
        .fact(
            "clauses",
            "方案条款",
            Field::text(measure.clauses.join("、")),
        )
        .fact("force", "效力", Field::text(measure.force.name()))
        .fact("state", "状态", Field::text(state))
        .fact("agencies", "责任单位", Field::text(agencies.join("、")))
        .fact("channel", "办理渠道", Field::text(measure.channel.clone()))
        .fact("papers", "材料", Field::text(papers));
    if !measure.note.is_empty() {
        report = report.note(measure.note.clone());
    }
    if let Some(place) = &measure.place {
        let name = pack.divisions.name(place.division);
        report = report.fact("place", "适用地区", Field::text(name));
        if place.example {
            report = report.note("示例，内容虚构，不是任何地方的真实政策");
        }
    }
    report
}

fn period(version: &Version) -> String {
    let to = version.to.map_or("".to_string(), |to| format!("至 {to}"));
    let decided = match version.decided_by {
        Decider::Rule => "条件具备即可享",
        Decider::Agency => "条件具备后由部门裁量",
        Decider::Locality => "条件具备后依地方细则",
    };
    format!("{} 起{to}：{}，{decided}", version.from, version.law)
}

fn lines(pack: &Pack, version: &Version) -> Vec<Item> {
    let mut items = Vec::new();
    for figure in &version.figures {
        items.push(Item {
            head: format!("计算：{}", figure.name),
            link: None,
            lines: Vec::new(),
            value: json!({ "figure": figure.id, "name": figure.name }),
        });
    }
    for requirement in &version.requirements {
        let mut sources = requirement
            .cites
            .iter()
            .map(|c| format!("方案条款 {c}"))
            .collect::<Vec<_>>();
        if !requirement.law.is_empty() {
            sources.push(requirement.law.clone());
        }
        let text: Vec<&str> = requirement.text.split_whitespace().collect();
        items.push(Item {
            head: format!("条件：{}", requirement.name),
            link: None,
            lines: spoken(pack, version, &requirement.text)
                .filter(|said| said.trim_matches(['“', '”']) != requirement.name)
                .into_iter()
                .chain([format!("出处：{}", sources.join("；"))])
                .collect(),
            value: json!({
                "condition": requirement.id,
                "name": requirement.name,
                "when": text.join(" "),
                "sources": sources,
            }),
        });
    }
    for benefit in &version.benefits {
        let what = match benefit.amount {
            Some(_) => format!("{}按分计算", benefit.every.name()),
            None => benefit.every.name().to_string(),
        };
        let lines = [what, benefit.text.clone()];
        items.push(Item {
            head: format!("享受：{}（{}）", benefit.name, benefit.force.name()),
            link: None,
            lines: lines.into_iter().filter(|line| !line.is_empty()).collect(),
            value: json!({
                "benefit": benefit.id,
                "name": benefit.name,
                "force": benefit.force.name(),
                "every": benefit.every.name(),
                "text": benefit.text,
            }),
        });
    }
    items.extend(numbers(pack, version));
    for doubt in doubts(pack, version) {
        items.push(Item {
            head: format!("待核实：{doubt}"),
            link: None,
            lines: Vec::new(),
            value: json!({ "doubt": doubt }),
        });
    }
    items
}

/// A condition as officials read it: names instead of identifiers, words instead of signs.
/// Nothing where a sign of programs would remain; the condition's name says it all then.
fn spoken(pack: &Pack, version: &Version, text: &str) -> Option<String> {
    let mut words = Vec::new();
    let mut is_time = false;
    for word in text.split_whitespace() {
        let core = word.trim_matches(|c| "(),".contains(c));
        let (before, after) = match word.split_once(core).filter(|_| !core.is_empty()) {
            Some(parts) => parts,
            None => (word, ""),
        };
        if let Some(symbol) = pack.vocabulary.named(core) {
            is_time = matches!(symbol.kind, Kind::Day | Kind::Month);
        }
        let said = match core {
            "<=" if is_time => "不晚于".to_string(),
            ">=" if is_time => "不早于".to_string(),
            "<" if is_time => "早于".to_string(),
            ">" if is_time => "晚于".to_string(),
            "AND" => "并且".to_string(),
            "OR" => "或者".to_string(),
            "NOT" => "不是".to_string(),
            "IN" | "LIKE" => "属于".to_string(),
            "ANY" | "IS" => String::new(),
            "<=" => "不超过".to_string(),
            ">=" => "不低于".to_string(),
            "<" => "低于".to_string(),
            ">" => "超过".to_string(),
            "=" => "为".to_string(),
            "<>" => "不为".to_string(),
            "*" => "×".to_string(),
            "-" => "−".to_string(),
            "BETWEEN" => "介于".to_string(),
            "NULL" => "没有数据".to_string(),
            "CASE" | "END" => String::new(),
            "WHEN" => "凡".to_string(),
            "THEN" => "的，计".to_string(),
            "ELSE" => "；其余计".to_string(),
            _ => named(pack, version, core).unwrap_or_else(|| core.replace('%', "…")),
        };
        words.push(format!("{before}{said}{after}"));
    }
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let said = words.join(" ").replace("不是 属于", "不属于");
    let is_of_programs = |c: char| c.is_ascii_lowercase() || c == '_' || c == '\'';
    (!said.contains(is_of_programs)).then_some(said)
}

fn named(pack: &Pack, version: &Version, id: &str) -> Option<String> {
    if let Some(symbol) = pack.vocabulary.named(id) {
        return Some(format!("“{}”", symbol.name));
    }
    let definition = pack.definitions.iter().find(|entry| entry.id == id);
    let figure = version.figures.iter().find(|figure| figure.id == id);
    definition
        .map(|entry| entry.name.clone())
        .or(figure.map(|figure| figure.name.clone()))
}

/// The numbers of the version with their dated values and documents.
fn numbers(pack: &Pack, version: &Version) -> Vec<Item> {
    let items = version.numbers.iter().map(|slot| {
        let parameter = &pack.parameters[*slot];
        let dated = parameter.values.iter().filter(|dated| {
            version.to.is_none_or(|to| dated.from <= to)
                && dated.to.is_none_or(|to| version.from <= to)
        });
        let lines: Vec<String> = dated
            .map(|dated| {
                let to = dated.to.map_or(String::new(), |to| format!("至 {to}"));
                let value = parameter.number(&dated.value).unwrap_or_default();
                let shown = parameter.expression_kind().in_figures(i128::from(value));
                format!("{} 起{to}：{shown}（{}）", dated.from, dated.document)
            })
            .collect();
        Item {
            head: format!("参数：{}", parameter.name),
            link: None,
            value: json!({ "parameter": parameter.id, "name": parameter.name, "values": lines }),
            lines,
        }
    });
    items.collect()
}
