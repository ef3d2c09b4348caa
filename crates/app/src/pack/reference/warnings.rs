//! The points card as a page: levels, categories of reasons, items with points, condition and
//! what would take the points off.
//!
//! Example: `warnings.md`.

use super::page::{Page, cell, code, first_comment, table};
use rules::pack::Pack;
use rules::pack::parameters::Parameter;

/// The page of the card.
pub fn page(pack: &Pack) -> Page {
    let warnings = &pack.warnings;
    let mut page = Page::new("warnings.md", "退规预警积分卡");
    for sentence in first_comment(pack, "warnings.toml") {
        page.line(&sentence);
    }
    page.heading("级别");
    let rows = warnings.levels.iter().map(|level| {
        vec![
            cell(&level.name),
            code(&level.id),
            points(pack, level.points),
            cell(&level.meaning),
            cell(&level.cites.join("、")),
        ]
    });
    let head = ["级别", "标识", "起点", "意思", "方案条款"];
    page.part(&table(&head, rows));
    page.heading("积分项目");
    page.line("同一档组的各项最多成立一项；名单移交时只写原因类别。");
    let rows = warnings.items.iter().map(|item| {
        vec![
            cell(&item.name),
            code(&item.id),
            points(pack, item.points),
            cell(&warnings.reasons[item.reason].name),
            item.band
                .as_ref()
                .map_or("—".to_string(), |band| code(band)),
            code(&cell(&item.text)),
            cell(&item.relief),
            cell(&item.cites.join("、")),
        ]
    });
    let head = [
        "项目",
        "标识",
        "分值",
        "原因类别",
        "档组",
        "条件",
        "怎样消除",
        "方案条款",
    ];
    page.part(&table(&head, rows));
    page.heading("移交");
    let owner = pack.agency(&warnings.hand_over.agency);
    let names = owner.map(|owner| owner.names.iter().map(|name| name.name.clone()));
    let names: Vec<String> = names.into_iter().flatten().collect();
    page.line(&format!("由{}移交。", names.join("、")));
    page.line(&format!("依据：{}。", warnings.hand_over.basis));
    page.line(&warnings.hand_over.notice);
    page
}

/// The newest value of a parameter of points, with its name in the pack.
fn points(pack: &Pack, slot: usize) -> String {
    let parameter: &Parameter = &pack.parameters[slot];
    let value = parameter.values.last().map_or("", |dated| &dated.value);
    format!("{value}（{}）", code(&parameter.id))
}
