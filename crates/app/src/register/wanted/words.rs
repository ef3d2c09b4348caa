//! What is wanted in the words of the office: chips above the list, and the sheet beside it.

use super::read::kinds;
use super::{Chip, Wanted, written};
use crate::register::book::Pool;
use rules::expression::Kind;
use rules::measures::Verdict;
use rules::pack::Pack;
use rules::pack::facts::{Origin, WarningField};

impl Wanted {
    /// The filters that are set, each with the way to the list without it.
    pub fn chips(&self, pack: &Pack) -> Vec<Chip> {
        let filters = self.filters();
        let chips = filters.map(|(key, value)| Chip {
            key,
            value: value.to_string(),
            text: format!("{}：{}", label(key), in_words(pack, key, value)),
            without: self.query_without_value(key, value),
        });
        chips.collect()
    }

    /// The filters as one sentence.
    pub fn in_words(&self, pack: &Pack) -> String {
        let chips = self.chips(pack).into_iter().map(|chip| chip.text);
        let chips: Vec<String> = chips.collect();
        match chips.is_empty() {
            true => "全部企业".to_string(),
            false => chips.join("；"),
        }
    }

    fn query_without_value(&self, key: &str, value: &str) -> String {
        let kept = self.pairs.iter().filter(|(own, known)| {
            let is_meant = *own == key && known == value;
            // A verdict says nothing without its measure.
            let is_left_over = key == "measure" && *own == "verdict";
            !is_meant && !is_left_over && *own != "page"
        });
        written(kept.map(|(key, value)| (*key, value.as_str())))
    }
}

/// What a filter is called.
pub fn label(key: &str) -> &'static str {
    match key {
        "q" => "查找",
        "area" => "省辖市",
        "county" => "县（市、区）",
        "zone" => "开发区",
        "industry" => "行业",
        "stage" => "阶段",
        "kind" => "类型",
        "class" => "培育类别",
        "size" => "从业人数",
        "measure" => "政策措施",
        "verdict" => "结论",
        "warning" => "预警级别",
        "pool" => "培育库",
        _ => "自定义条件",
    }
}

fn in_words(pack: &Pack, key: &str, value: &str) -> String {
    let found = match key {
        "area" | "county" | "zone" => value.parse().ok().map(|code| pack.divisions.name(code)),
        "industry" => {
            let name = pack.industries.get(value).map(|own| own.name.as_str());
            Some(match name {
                Some(name) => format!("{value} {name}"),
                None => format!("{value}门类"),
            })
        }
        "stage" => {
            let found = pack.stages.iter().find(|stage| stage.id == value);
            found.map(|stage| stage.name.clone())
        }
        "kind" => {
            let kinds = kinds(pack);
            let found = kinds.iter().find(|(id, _)| id == value);
            found.map(|(_, (stage, kind))| pack.stages[*stage].kinds[*kind].name.clone())
        }
        "class" => {
            let mut classes = pack.classes.iter();
            let found = classes.find(|class| class.id == value || class.letter == value);
            found.map(|class| format!("{}类 {}", class.letter, class.name))
        }
        "size" => {
            let bound = value.parse::<i64>().ok();
            bound.map(|bound| pack.bands.of(&Kind::Count, i128::from(bound).max(1)))
        }
        "measure" => {
            let found = pack.measure_named(value);
            found.map(|measure| pack.measures[measure].name.clone())
        }
        "verdict" => {
            let found = Verdict::ALL.into_iter().find(|own| own.id() == value);
            found.map(|verdict| verdict.name().to_string())
        }
        "warning" => level_name(pack, value),
        "pool" => {
            let found = Pool::ALL.into_iter().find(|pool| pool.id() == value);
            found.map(|pool| pool.name().to_string())
        }
        _ => None,
    };
    found.unwrap_or_else(|| value.to_string())
}

fn level_name(pack: &Pack, value: &str) -> Option<String> {
    let slot = pack.slot(Origin::Warning(WarningField::Level))?;
    let Kind::Choice(choices) = &pack.facts[slot].kind else {
        return None;
    };
    let found = choices.iter().find(|choice| choice.id == value);
    found.map(|choice| choice.name.clone())
}
