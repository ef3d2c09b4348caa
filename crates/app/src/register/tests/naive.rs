//! The list against looking through all firms one by one.

use super::world::{Dice, World};
use crate::register::book::Pool;
use crate::register::listing::{self, Total};
use crate::register::wanted;
use programme::outlook::Firms;
use programme::people::Scope;
use proptest::prelude::*;
use rules::expression::{Row, parse_question};
use rules::measures::Verdict;
use rules::pack::organisation::Organisation;

/// Who looks: all of the province with and without tax figures, areas, counties, and an area
/// without any firm.
const READERS: [&str; 7] = [
    "省工业和信息化厅",
    "省税务局",
    "省统计局",
    "410300",
    "410100",
    "410329",
    "411700",
];

/// Filters of which some are drawn.
const FILTERS: [(&str, &[&str]); 13] = [
    ("q", &["恒昌", "lyhc", "zzzh", "9141", "有限 洛阳", "没有"]),
    ("area", &["410300", "410100"]),
    ("county", &["410329", "410122"]),
    ("zone", &["410371"]),
    ("industry", &["C", "39", "3922", "B"]),
    ("stage", &["pool", "lead", "in_scale"]),
    ("class", &["A", "growing"]),
    ("size", &["10", "20", "300"]),
    ("warning", &["red", "none"]),
    ("pool", &["in", "declared", "left", "out"]),
    ("verdict", &["entitled", "not-entitled", "unknown"]),
    (
        "where",
        &[
            "persons >= 20",
            "persons < 300 AND NOT in_scale",
            "industry LIKE '39%'",
        ],
    ),
    (
        "sort",
        &[
            "-persons", "persons", "name", "uscc", "-county", "stage", "class", "pool",
        ],
    ),
];

fn drawn_query(world: &World, dice: &mut Dice) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (key, values) in FILTERS {
        if dice.below(6) > 0 {
            continue;
        }
        if key == "verdict" {
            let measure = dice.one_of(&world.pack.measures).id.clone();
            pairs.push(("measure".to_string(), measure));
        }
        let value = match key {
            "verdict" => Verdict::ALL[dice.below(5)].id(),
            _ => dice.one_of(values),
        };
        pairs.push((key.to_string(), value.to_string()));
        if matches!(key, "area" | "stage" | "industry" | "pool") && dice.below(2) == 0 {
            pairs.push((key.to_string(), dice.one_of(values).to_string()));
        }
    }
    pairs
}

/// Whether a firm is meant by all filters of a query, asked of the snapshot itself.
fn is_meant(world: &World, query: &[(String, String)], firm: usize) -> bool {
    let keys = FILTERS.iter().map(|(key, _)| *key).chain(["measure"]);
    let mut keys = keys.filter(|key| *key != "sort" && *key != "verdict");
    keys.all(|key| {
        let mut own = query.iter().filter(|(known, _)| known == key).peekable();
        own.peek().is_none() || own.any(|(_, value)| fits(world, query, key, value, firm))
    })
}

fn fits(world: &World, query: &[(String, String)], key: &str, value: &str, firm: usize) -> bool {
    let World { pack, firms, .. } = world;
    let fact = |id: &str| firms.fact(firm, pack.fact_slot(id).expect("a fact"));
    let number = || value.parse::<u32>().ok();
    match key {
        "q" => {
            let name = firms.name(firm);
            match value {
                "有限 洛阳" => name.contains("有限") && name.contains("洛阳"),
                "lyhc" => name.contains("洛阳恒昌"),
                "zzzh" => name.contains("郑州长河"),
                "9141" => true,
                part => name.contains(part),
            }
        }
        "area" => firms.area(firm) == number(),
        "county" => firms.county(firm) == number(),
        "zone" => firms.zone(firm) == number(),
        "industry" => fact("industry").is_some_and(|code| match value {
            "B" => code == 610,
            "C" => [3_922, 3_951, 1_311].contains(&code),
            "39" => code / 100 == 39,
            _ => code == 3_922,
        }),
        "stage" => firms
            .stage(firm)
            .is_some_and(|own| pack.stages[own].id == value),
        "class" => {
            let mut classes = pack.classes.iter();
            let class = classes.position(|own| own.id == value || own.letter == value);
            firms.class(firm, class.expect("a class")) == Some(true)
        }
        "size" => fact("persons").is_some_and(|persons| match value {
            "10" => (10..20).contains(&persons),
            "20" => (20..50).contains(&persons),
            _ => (300..500).contains(&persons),
        }),
        "warning" => fact("warning_level") == Some(if value == "red" { 3 } else { 0 }),
        "pool" => stands(world, firm).id() == value,
        "measure" => {
            let measure = pack.measure_named(value).expect("a measure");
            let on = "2026-10-15".parse().expect("a day");
            let facts = firms.facts(firm);
            let parameters = pack.parameters_on(on);
            let row = Row {
                facts: &facts,
                parameters: &parameters,
            };
            let judged = rules::measures::judge(pack, measure, row, on).verdict;
            query
                .iter()
                .any(|(key, id)| key == "verdict" && judged.id() == id)
        }
        _ => {
            let condition = parse_question(value, &pack.vocabulary).expect("a condition");
            let parameters = pack.parameters_on("2026-10-15".parse().expect("a day"));
            let facts = firms.facts(firm);
            let row = Row {
                facts: &facts,
                parameters: &parameters,
            };
            condition.evaluate(row) == Some(true)
        }
    }
}

fn stands(world: &World, firm: usize) -> Pool {
    let member = world.members.get(&world.firms.keys()[firm]);
    let member = member.copied().unwrap_or_default();
    match (
        member.standing.declared,
        member.standing.admitted,
        member.ever_admitted,
    ) {
        (true, _, _) => Pool::Declared,
        (_, true, _) => Pool::In,
        (_, _, true) => Pool::Left,
        _ => Pool::Out,
    }
}

/// What a firm is ordered by, written so that texts of equal length compare as values do.
fn key(world: &World, firms: &Firms, column: &str, firm: usize) -> Option<String> {
    let number = |value: i64| format!("{:020}", value + 1_000_000_000);
    let slot = |id| world.pack.fact_slot(id).expect("a fact");
    match column {
        "persons" => firms.fact(firm, slot("persons")).map(number),
        "uscc" => Some(firms.uscc(firm).to_string()),
        "name" => Some(number(world.directory.rank(firm).into())),
        "stage" => firms.stage(firm).map(|stage| number(stage as i64)),
        "class" => firms.first_class(firm).map(|class| number(class as i64)),
        "pool" => {
            let own = stands(world, firm);
            let place = Pool::ALL.iter().position(|pool| *pool == own);
            place.map(|place| number(place as i64))
        }
        _ => firms
            .county(firm)
            .or(firms.area(firm))
            .map(|code| number(code.into())),
    }
}

fn expected(world: &World, scope: &Scope, query: &[(String, String)]) -> Vec<usize> {
    let firms = &world.firms;
    let meant = (0..firms.len()).filter(|firm| {
        let is_own = scope.covers_firm(&firms.whereabouts(*firm));
        is_own && is_meant(world, query, *firm)
    });
    let mut meant: Vec<usize> = meant.collect();
    let sort = query.iter().rev().find(|(key, _)| key == "sort");
    let sort = sort.map_or("county", |(_, value)| value);
    let column = sort.trim_start_matches('-');
    meant.sort_by_key(|firm| world.directory.rank(*firm));
    meant.sort_by(|one, other| {
        let (one, other) = (
            key(world, firms, column, *one),
            key(world, firms, column, *other),
        );
        match (one, other) {
            (Some(one), Some(other)) if sort.starts_with('-') => other.cmp(&one),
            (Some(one), Some(other)) => one.cmp(&other),
            (one, other) => one.is_none().cmp(&other.is_none()),
        }
    });
    meant
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_list_is_what_looking_through_all_firms_finds(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let count = dice.below(300);
        let world = World::drawn(&mut dice, count);
        for _ in 0..12 {
            let reader = *dice.one_of(&READERS);
            let reader = Organisation::read(&world.pack, reader).expect("an organisation");
            let scope = Scope::of(&world.pack, &reader);
            let book = world.book_of(&scope);
            let mut query = drawn_query(&world, &mut dice);
            let expected = expected(&world, &scope, &query);
            let rows = 1 + dice.below(60);
            query.push(("rows".to_string(), rows.to_string()));
            let mut found = Vec::new();
            let pages = expected.len().div_ceil(rows).max(1);
            for page in 1..=pages {
                let mut written = form_urlencoded::Serializer::new(String::new());
                written.extend_pairs(&query).append_pair("page", &page.to_string());
                let wanted = wanted::read(&written.finish(), &book.seen).expect("a query");
                let listing = listing::find(&book, &wanted).expect("a list");
                prop_assert_eq!(listing.count, expected.len(), "{:?}", query);
                prop_assert_eq!(listing.pages(), pages);
                let firms = listing.firms(listing.places());
                found.extend(firms.into_iter().map(|firm| firm.place()));
            }
            prop_assert_eq!(found, expected, "{:?}", query);
        }
    }

    /// Sums of what the reader sees, and none over one or two firms.
    #[test]
    fn money_adds_up_over_all_that_is_found(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let count = dice.below(12);
        let world = World::drawn(&mut dice, count);
        let tax = world.book("省税务局");
        let slot = world.pack.fact_slot("sales_12m").expect("a fact");
        let wanted = wanted::read("columns=sales_12m,persons", &tax.seen).expect("a query");
        let listing = listing::find(&tax, &wanted).expect("a list");
        let columns = listing.columns();
        let values = (0..world.firms.len()).filter_map(|firm| world.firms.fact(firm, slot));
        let values: Vec<i64> = values.collect();
        let total = match values.len() {
            0..3 => Total::TooFew,
            known => Total::Sum { fen: values.iter().sum(), known },
        };
        prop_assert_eq!(listing.total(columns[0]), total);
        prop_assert_eq!(listing.total(columns[1]), Total::None);
        let office = world.book("省工业和信息化厅");
        let listing = listing::find(&office, &wanted).expect("a list");
        prop_assert_eq!(listing.total(columns[0]), Total::None);
    }
}
