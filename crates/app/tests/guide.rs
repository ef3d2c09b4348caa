//! A new measure, written by following the guide and nothing else: it is in the list, in the
//! text of a firm, in the SQL and in the coverage, and no Rust was touched. Other pages whose
//! commands are carried out are followed here too.

mod desk;

use desk::guide::follow;
use desk::{Desk, Place};

const PAGES: [&str; 3] = ["add-a-measure", "try-a-measure", "add-a-fact"];
const MEASURE: &str = "example-equipment-renewal";
const FIRM: &str = "91410329MA0000002C";
const DAY: &str = "2025-10-15";

#[test]
fn a_measure_written_by_the_guide_is_everywhere_on_sqlite() {
    check(&Place::File);
}

#[test]
fn a_measure_written_by_the_guide_is_everywhere_on_postgresql() {
    match Place::server() {
        Some(server) => check(&server),
        None => eprintln!("SHENGGUI_TEST_POSTGRES_URL is not set: PostgreSQL was not checked"),
    }
}

/// A page that needs no other: its commands do what it says.
#[test]
fn the_page_of_warnings_says_what_is_so() {
    let desk = Desk::new(&Place::File);
    follow(&desk, "warnings", &mut Vec::new());
    // A level that never happens would warn of nobody.
    let list = desk.run(&["--data", "演示", "--json", "outlook", "warnings"]);
    let list = list.done().json();
    let levels = list["levels"].as_array().expect("levels");
    let counts: Vec<_> = levels.iter().map(|level| level["count"].as_i64()).collect();
    assert_eq!(counts.len(), 3, "{levels:?}");
    assert!(
        counts.iter().all(|count| count.is_some_and(|n| n > 0)),
        "{levels:?}"
    );
}

/// Forecasts of a series, and what a back-test of a small province says and refuses.
#[test]
fn the_page_of_forecasts_says_what_is_so() {
    follow(&Desk::new(&Place::File), "forecast", &mut Vec::new());
}

/// Backing up while the program runs, restoring, and what is refused.
#[test]
fn the_page_of_backups_says_what_is_so() {
    follow(&Desk::new(&Place::File), "backup", &mut Vec::new());
}

/// Jobs and the nodes that do them.
#[test]
fn the_page_of_nodes_says_what_is_so() {
    follow(&Desk::new(&Place::File), "nodes", &mut Vec::new());
}

/// The first keepers, accounts and posts by command, with what is refused, on both databases.
#[test]
fn the_page_of_people_says_what_is_so() {
    follow(&Desk::new(&Place::File), "people", &mut Vec::new());
    match Place::server() {
        Some(server) => follow(&Desk::new(&server), "people", &mut Vec::new()),
        None => eprintln!("SHENGGUI_TEST_POSTGRES_URL is not set: PostgreSQL was not checked"),
    }
}

/// The document and the list of routes name what the page says.
#[test]
fn the_page_of_the_interface_says_what_is_so() {
    follow(&Desk::new(&Place::File), "api", &mut Vec::new());
}

fn check(place: &Place) {
    let desk = Desk::new(place);
    let mut environment = Vec::new();
    for page in PAGES {
        follow(&desk, page, &mut environment);
    }
    let ask = |words: &str| {
        let answer = desk.shell(&format!("shenggui {words}"), &environment);
        answer.done().stdout
    };
    let list = ask(&format!("measures list --on {DAY}"));
    let own = list.lines().find(|line| line.contains(MEASURE));
    assert!(own.is_some(), "not in the list:\n{list}");
    let firm = ask(&format!("measures firm {FIRM} --on {DAY}"));
    let (entitled, _) = firm.split_once("待补数据（").unwrap_or((&firm, ""));
    assert!(entitled.contains("设备更新补助（优先）"), "{firm}");
    assert!(entitled.contains("从业人数 96，达到"), "{firm}");
    let sql = ask(&format!("measures sql --dialect postgres --on {DAY}"));
    let column = MEASURE.replace('-', "_");
    for name in [
        format!("AS \"{column}\""),
        format!("AS \"{column}__subsidy\""),
    ] {
        assert!(sql.contains(&name), "{name} is not in\n{sql}");
    }
    let coverage = ask("pack check 政策包");
    let clause = coverage
        .lines()
        .find(|line| line.trim_start().starts_with("2.3.1 "));
    let clause = clause.expect("the clause that the guide names");
    assert!(clause.contains(&format!("measure:{MEASURE}")), "{clause}");
    let eligible = ask(&format!("measures eligible {MEASURE} --on {DAY}"));
    assert!(eligible.contains(FIRM), "{eligible}");
}
