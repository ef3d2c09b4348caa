//! Measures as a page: clause, name, versions with dates and law, force, agencies; the five
//! verdicts; the conditions that measures share.
//!
//! Example: `measures.md`.

use super::page::{Page, cell, code, table};
use crate::measures::agency_name;
use chrono::NaiveDate;
use rules::expression::Definition;
use rules::measures::{Decider, Measure, Verdict, Version};
use rules::pack::Pack;

/// The page of all measures.
pub fn page(pack: &Pack) -> Page {
    let mut page = Page::new("measures.md", "政策措施");
    page.heading("五种结论");
    let rows = Verdict::ALL.map(|verdict| {
        let id = code(verdict.id());
        vec![verdict.name().to_string(), id, meaning(verdict).to_string()]
    });
    page.part(&table(&["结论", "标识", "意思"], rows.into_iter()));
    page.heading("全部措施");
    page.line("一项措施的条件、数额、材料和出处：`shenggui measures show 标识`。");
    let rows = pack.measures.iter().map(|measure| row(pack, measure));
    page.part(&table(
        &["方案条款", "标识", "名称", "效力", "版本", "责任单位"],
        rows,
    ));
    page.heading("共用的条件");
    page.line("条件里直接写标识。");
    let rows = pack.definitions.iter().map(|entry| {
        let mut name = entry.name.clone();
        if entry.uncertain {
            name.push_str("（待核实）");
        }
        let kind = match entry.definition {
            Definition::Condition(_) => "条件",
            Definition::Amount(_) => "数值",
        };
        vec![
            code(&entry.id),
            cell(&name),
            kind.to_string(),
            code(&cell(&entry.text)),
            cell(&entry.meaning),
        ]
    });
    page.part(&table(&["标识", "名称", "类别", "写法", "口径"], rows));
    page
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Entitled => "各条件都成立，照规定就能享受",
        Verdict::Discretion => "各条件都成立，是否给予由责任单位决定",
        Verdict::LocalRules => "方案的条件都成立，细则由当地定，当地的还没有载入",
        Verdict::Unknown => "缺数，判断不了；列出补上哪几项就能判断",
        Verdict::NotEntitled => "至少一个条件不成立，或不在施行期；列出哪一条、差多少",
    }
}

fn row(pack: &Pack, measure: &Measure) -> Vec<String> {
    let agencies = measure.agencies.iter();
    // Names of the newest: the page is of no particular day.
    let agencies = agencies.map(|id| agency_name(pack, id, NaiveDate::MAX));
    let versions = measure.versions.iter().map(version);
    let mut name = cell(&measure.name);
    if let Some(place) = &measure.place {
        name.push_str(&format!("（{}）", pack.divisions.name(place.division)));
    }
    vec![
        measure.clauses.join("、"),
        code(&measure.id),
        name,
        measure.force.name().to_string(),
        versions.collect::<Vec<_>>().join("<br>"),
        cell(&agencies.collect::<Vec<_>>().join("、")),
    ]
}

fn version(version: &Version) -> String {
    let to = version
        .to
        .map_or("起".to_string(), |to| format!(" 至 {to}"));
    let decided = match version.decided_by {
        Decider::Rule => "条件具备即可享",
        Decider::Agency => "部门裁量",
        Decider::Locality => "依地方细则",
    };
    let doubt = if version.uncertain {
        "，待核实"
    } else {
        ""
    };
    cell(&format!(
        "{}{to}：{}，{decided}{doubt}",
        version.from, version.law
    ))
}
