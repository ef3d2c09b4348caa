//! Parameters by topic: every dated value with its document.
//!
//! Example: `parameters-tax.md` from `parameters/tax.toml`.

use super::page::{Page, cell, code, first_comment, ids, page_name, table, topic_files};
use rules::pack::Pack;
use rules::pack::parameters::{DatedValue, Parameter};

/// What every pack has without writing it down.
const BUILT_IN: [&str; 2] = ["law_day", "law_month"];

/// One page for each topic.
pub fn pages(pack: &Pack) -> Vec<Page> {
    let files = topic_files(pack, "parameters");
    let pages = files.into_iter().map(|path| page(pack, path));
    pages.collect()
}

fn page(pack: &Pack, path: &str) -> Page {
    let mut page = Page::new(&page_name(path), &format!("参数：{path}"));
    for sentence in first_comment(pack, path) {
        page.line(&sentence);
    }
    page.line("取值按判定日所在的施行期取用；不在任何施行期内的，按待补处理。");
    page.line("标“待核实”的，取值或适用范围没有文件定下来，结论里会提示。");
    let ids = ids(pack, path, "parameter");
    let own = ids.iter().filter_map(|id| pack.parameter(id));
    page.part(&table(
        &[
            "标识",
            "名称",
            "类型",
            "取值（施行期，依据）",
            "口径",
            "方案条款",
        ],
        own.map(row),
    ));
    if path == "parameters.toml" {
        page.heading("随判定日而定");
        let rows = BUILT_IN.iter().filter_map(|id| {
            let symbol = pack.vocabulary.named(id)?;
            Some(vec![code(id), cell(&symbol.name), symbol.kind.in_words()])
        });
        page.part(&table(&["标识", "名称", "类型"], rows));
    }
    page
}

fn row(parameter: &Parameter) -> Vec<String> {
    let mut name = cell(&parameter.name);
    if parameter.uncertain {
        name.push_str("（待核实）");
    }
    let values = parameter.values.iter().map(|dated| value(parameter, dated));
    vec![
        code(&parameter.id),
        name,
        parameter.expression_kind().in_words(),
        values.collect::<Vec<_>>().join("<br>"),
        cell(&parameter.meaning),
        cell(&parameter.cites.join("、")),
    ]
}

fn value(parameter: &Parameter, dated: &DatedValue) -> String {
    let number = parameter.number(&dated.value).map(i128::from);
    let kind = parameter.expression_kind();
    let figures = match kind {
        // To the fen, as it is written: lists show 万元.
        rules::expression::Kind::Money => number
            .and_then(|number| i64::try_from(number).ok())
            .map(|fen| format!("{} 元", rules::money::Fen(fen).in_yuan())),
        _ => number.map(|number| kind.in_figures(number)),
    };
    let to = dated.to.map_or("起".to_string(), |to| format!(" 至 {to}"));
    let figures = figures.unwrap_or_default();
    cell(&format!(
        "{figures}（{}{to}，{}）",
        dated.from, dated.document
    ))
}
