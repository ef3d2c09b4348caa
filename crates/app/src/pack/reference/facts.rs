//! Facts by topic and source: what a rule may read of a firm, and who may see it.
//!
//! Example: `facts-land.md` from `facts/land.toml`.

use super::page::topic_files;
use super::page::{Page, cell, code, first_comment, ids, kind_with_unit, page_name, table};
use rules::pack::Pack;
use rules::pack::agencies::DataClass;
use rules::pack::delivered::{Delivered, Take};
use rules::pack::facts::{Fact, Feature, FeatureMeasure, Origin, Window};

const CLASSES: [(DataClass, &str); 8] = [
    (DataClass::Open, "公开"),
    (DataClass::Tax, "税务"),
    (DataClass::Statistical, "统计"),
    (DataClass::Electricity, "用电用气"),
    (DataClass::Insurance, "社保"),
    (DataClass::Finance, "融资"),
    (DataClass::Stated, "企业自填"),
    (DataClass::Personal, "个人"),
];

/// One page for each topic.
pub fn pages(pack: &Pack) -> Vec<Page> {
    let files = topic_files(pack, "facts");
    let pages = files.into_iter().map(|path| page(pack, path));
    pages.collect()
}

fn page(pack: &Pack, path: &str) -> Page {
    let mut slots: Vec<usize> = ids(pack, path, "fact")
        .iter()
        .filter_map(|id| pack.fact_slot(id))
        .collect();
    let is_first = path == "facts.toml";
    if is_first {
        // What the program adds by itself has no entry in any file.
        slots.extend(pack.slot(Origin::AnyClass));
    }
    let mut page = Page::new(&page_name(path), &format!("事实：{path}"));
    for sentence in first_comment(pack, path) {
        page.line(&sentence);
    }
    if is_first {
        readers(pack, &mut page);
    }
    let mut sources: Vec<Option<String>> = Vec::new();
    for slot in &slots {
        let source = pack.source_of(*slot);
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    for source in sources {
        let title = source.clone().unwrap_or("程序自身的记录".to_string());
        page.heading(&format!("来自：{title}"));
        let own = slots.iter().filter(|slot| pack.source_of(**slot) == source);
        let rows = own.map(|slot| row(pack, &pack.facts[*slot]));
        page.part(&table(
            &["标识", "名称", "类型", "取自", "可看原值", "口径"],
            rows,
        ));
    }
    page
}

/// Which agencies see which class in full.
fn readers(pack: &Pack, page: &mut Page) {
    page.heading("谁能看到原值");
    page.line("下表所列单位看到原值；企业本身总能看到自己的；其他单位看到的是档次，或者“是”“否”。");
    let rows = CLASSES.iter().map(|(class, name)| {
        let own = pack
            .agencies
            .iter()
            .filter(|agency| agency.sees.contains(class));
        let names: Vec<&str> = own
            .filter_map(|agency| agency.names.last())
            .map(|name| name.short.as_str())
            .collect();
        let names = match class {
            DataClass::Open => "各单位".to_string(),
            _ => cell(&names.join("、")),
        };
        vec![name.to_string(), names]
    });
    page.part(&table(&["类别", "单位"], rows));
}

fn row(pack: &Pack, fact: &Fact) -> Vec<String> {
    let class = CLASSES.iter().find(|(class, _)| *class == fact.class);
    let mut kind = kind_with_unit(&fact.kind);
    if let Some(max) = fact.max {
        let most = fact.kind.in_figures(i128::from(max));
        kind.push_str(&format!("，超过 {most} 的不采用"));
    }
    if fact.expires {
        kind.push_str("，到期日");
    }
    vec![
        code(&fact.id),
        cell(&fact.name),
        cell(&kind),
        cell(&taken_from(pack, fact.origin)),
        class.map_or("", |(_, name)| name).to_string(),
        cell(&fact.meaning),
    ]
}

fn taken_from(pack: &Pack, origin: Origin) -> String {
    match origin {
        Origin::Run(_) => "运行的统计时点".to_string(),
        Origin::Register(_) => "名录".to_string(),
        Origin::Status(_) => "确认名单".to_string(),
        Origin::Pool(_) => "培育库记录".to_string(),
        Origin::Landing(_) => "落点预测".to_string(),
        Origin::AnyClass => "培育库四类的判断".to_string(),
        Origin::Warning(_) => "退规预警积分卡".to_string(),
        Origin::Feature(feature) => window(pack, feature),
        Origin::Delivered(delivered) => column(pack, delivered),
    }
}

fn window(pack: &Pack, feature: Feature) -> String {
    let window = match feature.window {
        Window::Months12 => "近十二个月",
        Window::Year => "本年1月至统计时点",
        Window::Months12Before => "再往前十二个月",
    };
    let taken = match feature.measure {
        FeatureMeasure::Sum => "合计，缺一个月即待补",
        FeatureMeasure::SumKnown => "已有各月合计",
        FeatureMeasure::Known => "已有几个月",
        FeatureMeasure::ZeroRun => "末尾连续为零的月数",
        FeatureMeasure::MissingRun => "末尾连续缺报的月数，本地区没有交付的月份不算",
        FeatureMeasure::Latest => "最近一个月的数",
    };
    format!("{}，{window}{taken}", pack.series[feature.series].name)
}

fn column(pack: &Pack, delivered: Delivered) -> String {
    let layout = &pack.layouts[delivered.layout];
    let mut text = match delivered.column {
        Some(column) => format!("“{}”列", layout.columns[column].name),
        None => "是否列入".to_string(),
    };
    if let Some((column, value)) = delivered.filter {
        let column = &layout.columns[column];
        let choice = usize::try_from(value)
            .ok()
            .and_then(|at| column.choices.get(at));
        let choice = choice.and_then(|choice| choice.names.first());
        let choice = choice.map_or("", String::as_str);
        text.push_str(&format!("（“{}”为{choice}的行）", column.name));
    }
    text.push_str(match delivered.take {
        Take::Latest => "，最近一期所写",
        Take::Sum => "，最近一期各行之和",
        Take::Max => "，最近一期各行中最大的",
        Take::Exists => "，名单列入的为是；收到过这样的行而未列入的为否；还没有收到的为待补",
    });
    text
}
