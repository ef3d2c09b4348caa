//! The form above the list: everything that can be asked, with what is asked chosen.

use crate::register::book::{Book, Pool};
use crate::register::wanted::{Wanted, kinds};
use crate::web::parts::Choice;
use rules::expression::Kind;
use rules::measures::Verdict;
use rules::pack::divisions::Level;
use rules::pack::facts::{Origin, WarningField};

/// Choices of which several may be ticked.
pub struct Group {
    pub key: &'static str,
    pub label: &'static str,
    pub choices: Vec<Choice>,
}

/// The form.
pub struct Filters {
    pub text: String,
    pub areas: Vec<Choice>,
    pub counties: Vec<Choice>,
    pub zones: Vec<Choice>,
    pub industries: Vec<Choice>,
    /// A class of four digits.
    pub class_code: String,
    pub measures: Vec<Choice>,
    pub groups: Vec<Group>,
    pub condition: String,
    /// Further values of fields that take one: handed on unchanged.
    pub others: Vec<(&'static str, String)>,
    /// Whether the part that is folded away is open.
    pub is_open: bool,
}

impl Filters {
    pub fn of(book: &Book, wanted: &Wanted) -> Filters {
        let pack = &book.pack;
        let place = book.seen.scope().place();
        let area_of = |code: u32| pack.divisions.place(code).map(|own| own.area);
        let own_area = place.and_then(area_of);
        let areas = pack.divisions.areas();
        let areas = areas.filter(|area| own_area.is_none_or(|own| own == area.code));
        let areas = areas.map(|area| (area.code.to_string(), area.name.clone()));
        let shown_area = wanted.areas.first().copied().or(own_area);
        let below = |level: Level| {
            let own = pack.divisions.all().filter(move |division| {
                division.level == level && shown_area.is_some() && division.parent == shown_area
            });
            own.map(|division| (division.code.to_string(), division.name.clone()))
                .collect::<Vec<_>>()
        };
        let groups = groups(book, wanted);
        let class_code = wanted
            .filters()
            .find(|(key, value)| *key == "industry" && value.len() == 4);
        let condition = wanted.value("where").to_string();
        Filters {
            text: wanted.text.clone(),
            areas: offered(wanted, "area", areas),
            counties: offered(wanted, "county", below(Level::County).into_iter()),
            zones: offered(wanted, "zone", below(Level::Zone).into_iter()),
            industries: offered(wanted, "industry", industries(book).into_iter()),
            measures: offered(
                wanted,
                "measure",
                pack.measures
                    .iter()
                    .map(|own| (own.id.clone(), own.name.clone())),
            ),
            is_open: false,
            class_code: class_code.map_or(String::new(), |(_, value)| value.to_string()),
            others: others(wanted),
            groups,
            condition,
        }
    }
}

impl Filters {
    /// The form with a condition that is not understood, so that it can be put right.
    pub fn with_faults(mut self, query: &str) -> Filters {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        if let Some((_, text)) = pairs.find(|(key, _)| key == "where") {
            self.condition = text.into_owned();
        }
        self.is_open = true;
        self
    }
}

fn offered(wanted: &Wanted, key: &str, all: impl Iterator<Item = (String, String)>) -> Vec<Choice> {
    let mut is_taken = false;
    let choices = all.map(|(value, text)| {
        // A field of one choice shows the first; others are handed on.
        let is_chosen = !is_taken && wanted.has(key, &value);
        is_taken |= is_chosen;
        Choice {
            is_chosen,
            value,
            text,
        }
    });
    choices.collect()
}

/// Sections, each with its divisions.
fn industries(book: &Book) -> Vec<(String, String)> {
    let pack = &book.pack;
    let mut all = Vec::new();
    for section in &pack.legal_entity.sections {
        all.push((section.clone(), format!("{section} 门类")));
        let divisions = pack.industries.divisions();
        let own = divisions.filter(|division| division.section == *section);
        all.extend(own.map(|own| (own.code.clone(), format!("{} {}", own.code, own.name))));
    }
    all
}

fn groups(book: &Book, wanted: &Wanted) -> Vec<Group> {
    let pack = &book.pack;
    let group = |key, label, all: Vec<(String, String)>| Group {
        key,
        label,
        choices: all
            .into_iter()
            .map(|(value, text)| Choice {
                is_chosen: wanted.has(key, &value),
                value,
                text,
            })
            .collect(),
    };
    let stages = pack
        .stages
        .iter()
        .map(|own| (own.id.clone(), own.name.clone()));
    let kinds = kinds(pack).into_iter().map(|(id, (stage, kind))| {
        let name = pack.stages[stage].kinds[kind].name.clone();
        (id, name)
    });
    let classes = pack.classes.iter();
    let classes = classes.map(|own| (own.letter.clone(), format!("{} {}", own.letter, own.name)));
    let pools = Pool::ALL.map(|own| (own.id().to_string(), own.name().to_string()));
    let sizes = pack.bands.count.iter().map(|bound| {
        let band = pack.bands.of(&Kind::Count, i128::from(*bound).max(1));
        let text = match band.strip_suffix("以上") {
            Some(bound) => format!("{bound}人以上"),
            None => format!("{band}人"),
        };
        (bound.to_string(), text)
    });
    let verdicts = Verdict::ALL.map(|own| (own.id().to_string(), own.name().to_string()));
    let mut groups = vec![
        group("stage", "阶段", stages.collect()),
        group("kind", "类型", kinds.collect()),
        group("class", "培育类别", classes.collect()),
        group("pool", "培育库", pools.to_vec()),
        group("size", "从业人数", sizes.collect()),
    ];
    if let Some(slot) = pack.slot(Origin::Warning(WarningField::Level))
        && book.seen.sees_fact(slot)
        && let Kind::Choice(levels) = &pack.facts[slot].kind
    {
        let levels = levels.iter().map(|own| (own.id.clone(), own.name.clone()));
        groups.push(group("warning", "预警级别", levels.collect()));
    }
    groups.push(group("verdict", "所选措施的结论", verdicts.to_vec()));
    groups
}

/// Values that the form has no field for.
fn others(wanted: &Wanted) -> Vec<(&'static str, String)> {
    let mut others = Vec::new();
    for key in ["area", "county", "zone", "industry", "measure"] {
        let own = wanted.filters().filter(|(known, _)| *known == key);
        let own = own.filter(|(key, value)| *key != "industry" || value.len() != 4);
        others.extend(own.skip(1).map(|(_, value)| (key, value.to_string())));
        if key == "industry" {
            let classes = wanted.filters().filter(|(k, v)| *k == key && v.len() == 4);
            others.extend(classes.skip(1).map(|(_, value)| (key, value.to_string())));
        }
    }
    others
}
