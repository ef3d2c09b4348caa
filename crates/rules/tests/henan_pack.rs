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
