//! Reports about invented pools, for readers who may see tax figures and readers who may not.

use super::*;
use crate::pool::invented::{Invented, own_pack};
use programme::pool::Membership;
use rules::pack::organisation::Organisation;
use std::collections::HashMap;

/// A pool in 伊川县 and one of two firms in 栾川县, and two candidates; 偃师区 is nobody's.
fn material(pack: &Pack) -> Material {
    let mut invented = Invented::default();
    let one = |county: i64, above: Option<i64>| {
        let mut facts = vec![
            ("area", 410_300),
            ("county", county),
            ("industry", 3_311),
            ("in_scale", 0),
            ("#classes", 1),
            ("#undecided", 0),
        ];
        facts.extend(above.map(|parts| ("landing_above", parts)));
        facts
    };
    for above in [Some(9_000), Some(8_000), Some(7_500), Some(6_000), None] {
        invented = invented.firm(&one(410_329, above));
    }
    for above in [Some(5_000), Some(2_000)] {
        invented = invented.firm(&one(410_324, above));
    }
    for (county, above) in [(410_329, 8_765), (410_324, 3_000)] {
        invented = invented.firm(&one(county, Some(above)));
    }
    let firms = Arc::new(invented.firms(pack));
    let mut members: HashMap<u128, Membership> = HashMap::new();
    for key in &firms.keys()[..7] {
        members.entry(*key).or_default().standing.admitted = true;
    }
    let goal = |ground, target, entered| Goal {
        ground,
        target,
        entered,
    };
    Material {
        snapshot: Snapshot {
            id: 1,
            as_of: Month::new(2026, 9).expect("a month"),
            known_by: chrono::NaiveDate::default(),
            pack: String::new(),
            program: String::new(),
            inputs: String::new(),
            count: 9,
            fingerprint: String::new(),
            at: 0,
        },
        prospects: Arc::new(pool::prospects(pack, &firms, &members)),
        firms,
        goals: vec![
            goal(Ground::Area(410_300), Some(5), 1),
            goal(Ground::County(410_324), Some(1), 0),
            goal(Ground::County(410_329), Some(4), 1),
            goal(Ground::County(410_307), None, 0),
        ],
        coverage: Vec::new(),
        factor_percent: 120,
    }
}

fn shown(pack: &Arc<Pack>, reader: &str) -> Shown {
    let reader = Organisation::read(pack, reader).expect("an organisation");
    Shown {
        pack: pack.clone(),
        scope: Scope::of(pack, &reader),
        has_help: true,
        sampling: Sampling {
            shocks: Shocks::NONE,
            ..Sampling::default()
        },
        years: 0,
    }
}

/// The cells of a report's table as they are shown.
fn cells(report: &Report, key: &str) -> Vec<Vec<String>> {
    let table = report.tables.iter().find(|table| table.key == key);
    let rows = table.expect("the table").rows.iter();
    rows.map(|row| row.iter().map(Field::shown).collect())
        .collect()
}

#[test]
fn tax_reads_every_sum_and_others_none_of_one_or_two_firms() {
    let pack = own_pack();
    let material = material(&pack);
    let area = "洛阳市 5 1 4 7 1 4 2–5 60.8% 7 9 9 2.25倍 —";
    let hidden = "　栾川县 1 0 1 2 0 不公开 — — — — — — —";
    let told = "　栾川县 1 0 1 2 0 1 0–1 60.0% 4 6 8 6.00倍 —";
    for (reader, small) in [("省税务局", told), ("洛阳市", hidden), ("省统计局", hidden)]
    {
        let report = shown(&pack, reader).report(&material);
        let rows = cells(&report, "sufficiency");
        let rows: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
        assert_eq!(rows[0], area, "{reader}");
        assert_eq!(rows[1], small, "{reader}");
        assert!(
            rows[3].starts_with("　偃师区 — 0 — 0 0 0 0–0 — —"),
            "{}",
            rows[3]
        );
        let is_said = report.notes.iter().any(|note| note.contains("不公开"));
        assert_eq!(is_said, small == hidden, "{reader}");
    }
}

#[test]
fn a_pool_of_which_nothing_is_known_says_so() {
    let pack = own_pack();
    let mut material = material(&pack);
    for prospect in Arc::make_mut(&mut material.prospects) {
        prospect.above = None;
    }
    let report = shown(&pack, "省税务局").report(&material);
    let rows = cells(&report, "sufficiency");
    assert!(rows[0][6..13].iter().all(|cell| cell == "待补"), "{rows:?}");
    assert!(cells(&report, "marginal").is_empty());
    material.goals[0].entered = 5;
    let report = shown(&pack, "洛阳市").report(&material);
    let done = "洛阳市 5 5 0 7 7 待补 待补 100.0% 0 0 0 — —";
    assert_eq!(cells(&report, "sufficiency")[0].join(" "), done);
    assert!(report.notes.iter().any(|note| note.contains("按不达规计")));
}

#[test]
fn candidates_are_named_within_the_region_and_figures_to_whom_they_belong() {
    let pack = own_pack();
    let material = material(&pack);
    let marginal = |reader: &str| {
        let report = shown(&pack, reader).report(&material);
        let rows = cells(&report, "marginal");
        let rows = rows.iter().map(|row| row[1..].join(" "));
        rows.collect::<Vec<String>>()
    };
    let cases = [
        (
            "省税务局",
            vec![
                "虚构企业7 伊川县 A 达规未入统 87.7% 24.45",
                "虚构企业8 栾川县 A 达规未入统 30.0% 8.37",
            ],
        ),
        (
            "洛阳市",
            vec![
                "虚构企业7 伊川县 A 达规未入统 70–100% 5.00以上",
                "虚构企业8 栾川县 A 达规未入统 30–50% 5.00以上",
            ],
        ),
        (
            "栾川县",
            vec!["虚构企业8 栾川县 A 达规未入统 30–50% 5.00以上"],
        ),
        ("郑州市", vec![]),
    ];
    for (reader, expected) in cases {
        assert_eq!(marginal(reader), expected, "{reader}");
    }
}

#[test]
fn classes_say_how_many_more() {
    let pack = own_pack();
    let material = material(&pack);
    let report = shown(&pack, "省工业和信息化厅").report(&material);
    let rows = cells(&report, "classes");
    assert_eq!(rows.len(), pack.classes.len());
    assert_eq!(rows[0].join(" "), "A 达规未入统 62.5% 本库该类6家 3");
    assert_eq!(rows[1].join(" "), "D 退规待返 待补 — 待补");
}

#[test]
fn a_place_is_understood_by_code_and_by_name() {
    let pack = own_pack();
    let cases = [
        ("410300", Some(Ground::Area(410_300))),
        ("洛阳市", Some(Ground::Area(410_300))),
        ("洛阳", Some(Ground::Area(410_300))),
        ("伊川县", Some(Ground::County(410_329))),
        ("济源市", Some(Ground::Area(419_001))),
        ("410000", None),
        ("太原市", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(ground_of(&pack, text).ok(), expected, "{text}");
    }
}

#[test]
fn no_reader_without_tax_sees_a_probability_of_a_firm() {
    let pack = own_pack();
    let material = material(&pack);
    for reader in ["省工业和信息化厅", "省统计局", "洛阳市", "伊川县"] {
        let text = shown(&pack, reader).report(&material).json().to_string();
        for figure in ["8765", "87.7", "87.65", "0.8765", "24.45"] {
            assert!(!text.contains(figure), "{reader}: {figure} in {text}");
        }
    }
}
