//! The pack of Henan is read without findings, and faults are found where they stand.

use rules::pack::Pack;
use rules::pack::files::PackFiles;
use std::path::Path;

const CAPABILITIES: &[&str] = &[
    "targets.issued",
    "targets.progress",
    "targets.cumulative",
    "targets.measure",
    "pool.coverage",
    "pool.candidates",
    "pool.comparison",
    "outlook.stages",
    "outlook.warnings",
    "outlook.hand-overs",
    "outlook.follow-ups",
    "measures.verdicts",
    "measures.pushes",
    "measures.comparison",
    "bulletins.quarterly",
    "bulletins.annual",
    "bulletins.annexes",
];

fn files() -> PackFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/henan");
    PackFiles::read(&folder).expect("the pack is readable")
}

fn pack() -> Pack {
    Pack::check(files(), CAPABILITIES).unwrap_or_else(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

#[test]
fn the_pack_holds_the_plan() {
    let pack = pack();
    assert_eq!(pack.clauses.len(), 59);
    assert_eq!(pack.divisions.areas().count(), 18);
    assert_eq!(pack.targets[0].total, 2500);
    let in_plan = pack
        .agencies
        .iter()
        .filter(|agency| agency.in_plan.is_some());
    assert_eq!(in_plan.count(), 17);
    assert_eq!(pack.industries.classes().count(), 666);
    assert_eq!(
        pack.calendar.years().collect::<Vec<_>>(),
        [2022, 2023, 2024, 2025, 2026]
    );
}

#[test]
fn parameters_follow_the_day() {
    let pack = pack();
    let threshold = pack
        .parameter("scale_threshold")
        .expect("named in pack.toml");
    let on = |text: &str| threshold.on(text.parse().expect("day"));
    assert_eq!(on("2010-12-31"), Some(500_000_000));
    assert_eq!(on("2011-01-01"), Some(2_000_000_000));
    assert_eq!(on("2006-12-31"), None);
}

#[test]
fn places_are_understood_as_people_write_them() {
    let pack = pack();
    let cases = [
        (
            "伊川县",
            410_329,
            Some((410_300, Some(410_329), None, false)),
        ),
        (
            "410329",
            410_329,
            Some((410_300, Some(410_329), None, false)),
        ),
        (
            "河南省洛阳市伊川县",
            410_102,
            Some((410_300, Some(410_329), None, false)),
        ),
        (
            "洛阳伊川",
            410_102,
            Some((410_300, Some(410_329), None, false)),
        ),
        (
            "孟津县",
            410_322,
            Some((410_300, Some(410_308), None, true)),
        ),
        (
            "410322",
            410_322,
            Some((410_300, Some(410_308), None, true)),
        ),
        ("郏", 410_425, Some((410_400, Some(410_425), None, false))),
        (
            "扶沟县",
            411_621,
            Some((411_600, Some(411_621), None, false)),
        ),
        ("平顶山市直", 410_102, Some((410_400, None, None, true))),
        ("市直", 411_523, Some((411_500, None, None, true))),
        (
            "高新区",
            410_102,
            Some((410_100, None, Some(410_172), true)),
        ),
        ("高新区", 411_403, Some((411_400, None, None, true))),
        ("济源", 410_102, Some((419_001, Some(419_001), None, false))),
        (
            "郑州市高新区",
            411_403,
            Some((410_100, None, Some(410_172), true)),
        ),
        ("石家庄市", 410_102, None),
        ("高新区", 130_102, None),
    ];
    for (text, registering, expected) in cases {
        let found = pack.divisions.understand(text, registering);
        let found = found.map(|(p, remark)| (p.area, p.county, p.zone, remark.is_some()));
        assert_eq!(found, expected, "{text} {registering}");
    }
}

#[test]
fn working_days_skip_holidays_and_count_working_weekends() {
    let pack = pack();
    let day = |text: &str| text.parse().expect("day");
    let after = |text: &str, count| pack.calendar.working_days_after(day(text), count);
    assert_eq!(after("2022-01-28", 1), Some(day("2022-01-29")));
    assert_eq!(after("2022-01-30", 1), Some(day("2022-02-07")));
    assert_eq!(after("2026-12-31", 1), None);
}

/// Breaks one file of the pack and expects a finding there that says this.
fn check_finding(file: &str, change: impl Fn(&str) -> String, line: usize, says: &str) {
    let mut files = files();
    let text = files.0.get_mut(file).expect("file of the pack");
    *text = change(text);
    let findings = Pack::check(files, CAPABILITIES).expect_err("a fault was planted");
    assert!(
        findings
            .iter()
            .any(|f| f.file == file && f.line == line && f.message.contains(says)),
        "{findings:#?}"
    );
}

#[test]
fn faults_are_found_with_file_and_line() {
    let replace = |from: &'static str, to: &'static str| {
        move |text: &str| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        }
    };
    let line = |file: &str, text: &str| {
        let files = files();
        let found = files.0[file].lines().position(|line| line.contains(text));
        found.expect("text of the file") + 1
    };
    let scale = line("stages.toml", "condition = \"in_scale\"");
    check_finding(
        "stages.toml",
        replace("condition = \"in_scale\"", "condition = \"in_skale\""),
        scale,
        "in_skale",
    );
    check_finding(
        "stages.toml",
        replace(
            "NOT in_scale AND has_left",
            "NOT in_scale AND warning_points > 0",
        ),
        1,
        "warning_points",
    );
    let total = 1;
    check_finding(
        "targets/2022.toml",
        replace("count = 310", "count = 311"),
        total,
        "合计 2501",
    );
    let threshold = line("parameters.toml", "id = \"scale_threshold\"") + 5;
    check_finding(
        "parameters.toml",
        replace("\"5000000.00\"", "\"五百万\""),
        threshold,
        "五百万",
    );
    let work = line("clauses.toml", "works = ");
    check_finding(
        "clauses.toml",
        replace("targets.progress", "targets.magic"),
        work,
        "targets.magic",
    );
    check_finding("uncovered.toml", |_| String::new(), 1, "既没有功能支撑");
    check_finding(
        "facts.toml",
        replace("kind = \"money\"", "knd = \"money\""),
        line("facts.toml", "kind = \"money\""),
        "knd",
    );
}

#[test]
fn no_entitlement_hangs_on_a_forecast() {
    let fact = "sales_12m <= ";
    let files = files();
    let (file, text) = files
        .0
        .iter()
        .find(|(file, text)| file.ends_with("measure.toml") && text.contains(fact))
        .expect("a measure that looks at sales");
    let line = text.lines().position(|line| line.contains(fact));
    let line = line.expect("found above") + 1;
    let forecast = |text: &str| text.replacen(fact, "landing_middle <= ", 1);
    check_finding(file, forecast, line, "是预测，不是事实");
}

#[test]
fn faults_of_the_landing_are_found() {
    let faults = [
        (
            "profile = [700, 690,",
            "profile = [701, 690,",
            "合计应为10000",
        ),
        (
            "revenue = \"vat_sales\"",
            "revenue = \"sales\"",
            "序列“sales”",
        ),
        ("months = 36", "months = 61", "13到60之间"),
    ];
    for (from, to, says) in faults {
        let change = |text: &str| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        };
        check_finding("pack.toml", change, 1, says);
    }
}

#[test]
fn every_area_has_its_own_tile() {
    let pack = pack();
    assert_eq!(pack.tiles.len(), 18);
    let first = "area = \"410500\"\ncolumn = 3\nrow = 1";
    // What stands in place of the first tile, the line of the finding, and what is said.
    let faults = [
        (
            "area = \"410600\"\ncolumn = 3\nrow = 1",
            9,
            "鹤壁市写了两次",
        ),
        (
            "area = \"410500\"\ncolumn = 4\nrow = 1",
            9,
            "鹤壁市与安阳市在同一格",
        ),
        (
            "area = \"410500\"\ncolumn = 8\nrow = 1",
            4,
            "安阳市的位置超出地图",
        ),
        (
            "area = \"410500\"\ncolumn = 3\nrow = 0",
            4,
            "安阳市的位置超出地图",
        ),
        (
            "area = \"410502\"\ncolumn = 3\nrow = 1",
            4,
            "“410502”不是省辖市代码",
        ),
        (
            "area = \"410600\"\ncolumn = 3\nrow = 1",
            1,
            "地图上没有安阳市",
        ),
    ];
    for (to, line, says) in faults {
        let change = |text: &str| {
            assert!(text.contains(first), "{first}");
            text.replacen(first, to, 1)
        };
        check_finding("tiles.toml", change, line, says);
    }
    let mut files = files();
    files.0.remove("tiles.toml");
    let pack = Pack::check(files, CAPABILITIES).expect("older packs have no tiles");
    let places: Vec<(u32, u32)> = pack.tiles.iter().map(|own| (own.column, own.row)).collect();
    assert_eq!(
        places[..7],
        [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (1, 2)]
    );
    assert_eq!(places.len(), 18);
}

#[test]
fn all_findings_are_reported_at_once() {
    let mut files = files();
    files.0.remove("agencies.toml");
    files
        .0
        .insert("calendar/2023.toml".into(), "year = \"二〇二三\"\n".into());
    let findings = Pack::check(files, CAPABILITIES).expect_err("two files are broken");
    let broken: std::collections::BTreeSet<&str> = findings
        .iter()
        .map(|finding| finding.file.as_str())
        .collect();
    assert!(broken.contains("agencies.toml") && broken.contains("calendar/2023.toml"));
}

/// Planted faults of the points card: what is replaced by what, what stands on the line (the
/// first line where it is empty), and what is then said.
const CARD_FAULTS: [(&str, &str, &str, &str); 15] = [
    (
        "landing_above < warning_likely_low\"",
        "landing_over < warning_likely_low\"",
        "landing_over",
        "landing_over",
    ),
    (
        "is_dishonest OR",
        "warning_level = 'red' OR",
        "warning_level",
        "由积分卡算出",
    ),
    (
        "sales_12m_before > 0 AND sales_12m <=",
        "sales_12m_before > 5 AND sales_12m <=",
        "> 5",
        "5",
    ),
    (
        "reason = \"silent\"",
        "reason = \"mute\"",
        "\"mute\"",
        "没有原因类别“mute”",
    ),
    (
        "reason = \"silent\"",
        "reason = \"below\"",
        "id = \"silent\"",
        "“silent”没有用到",
    ),
    (
        "points = \"warning_points_missing\"",
        "points = \"warning_points_gone\"",
        "warning_points_gone",
        "没有“warning_points_gone”",
    ),
    (
        "points = \"warning_points_missing\"",
        "points = \"warning_likely_low\"",
        "points = \"warning_likely_low\"",
        "应为 count",
    ),
    (
        "points = \"warning_orange_from\"",
        "points = \"warning_yellow_from\"",
        "id = \"orange\"",
        "始终大于",
    ),
    (
        "id = \"orange\"",
        "id = \"amber\"",
        "",
        "none、yellow、amber、red",
    ),
    ("id = \"orange\"", "id = \"yellow\"", "", "选项应依次为"),
    (
        "agency = \"statistics\"",
        "agency = \"astronomy\"",
        "",
        "astronomy",
    ),
    ("band = \"fall\"\n", "", "", "只有一项"),
    (
        "relief = \"完成信用修复，移出名单\"",
        "relief = \" \"",
        "relief = \" \"",
        "不能空着",
    ),
    (
        "cites = [\"2.1.4\", \"2.1.5\"]",
        "cites = [\"2.1.99\"]",
        "2.1.99",
        "2.1.99",
    ),
    (
        "id = \"sales-missing\"",
        "id = \"closed\"",
        "此前有销售数据",
        "重复",
    ),
];

#[test]
fn faults_of_the_points_card_are_found_where_they_stand() {
    let file = "warnings.toml";
    for (from, to, at, says) in CARD_FAULTS {
        let mut files = files();
        let text = files.0.get_mut(file).expect("the card");
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        let line = text
            .lines()
            .position(|line| !at.is_empty() && line.contains(at));
        let line = line.map_or(1, |line| line + 1);
        let findings = Pack::check(files, CAPABILITIES).expect_err("a fault was planted");
        // An entry begins on its own line, above its id or name.
        let is_it = |found: &rules::pack::finding::Finding| {
            found.file == file
                && (found.line..=found.line + 2).contains(&line)
                && found.message.contains(says)
        };
        assert!(findings.iter().any(is_it), "{from} → {to}: {findings:#?}");
    }
}

#[test]
fn a_pack_without_the_points_card_is_no_pack() {
    let mut files = files();
    files.0.remove("warnings.toml");
    let findings = Pack::check(files, CAPABILITIES).expect_err("a file is missing");
    assert!(findings.iter().any(|found| found.file == "warnings.toml"));
}
