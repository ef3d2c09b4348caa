//! Verdicts of the province's own measures: rows, columns and SQL agree, cases hold, and
//! pushes say each change once.

#[path = "measures/engines.rs"]
mod engines;
#[path = "measures/firms.rs"]
mod firms;
#[path = "measures/statement.rs"]
mod statement;

use chrono::NaiveDate;
use firms::{Firms, pack};
use programme::measures::{Verdicts, unresolved};
use rules::columns::Program;
use rules::expression::{Condition, Row};
use rules::measures::{
    Verdict, definition_survivors, judge, survivors, try_cases, try_definitions,
};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn every_case_of_every_measure_holds() {
    let pack = pack();
    let mut failures = try_definitions(&pack);
    for measure in &pack.measures {
        failures.extend(try_cases(&pack, measure));
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// No number of the law can be a unit off without a case saying so.
#[test]
fn every_number_is_held_by_a_case() {
    let pack = pack();
    let mut left = definition_survivors(&pack);
    for measure in &pack.measures {
        left.extend(survivors(&pack, measure));
    }
    assert!(left.is_empty(), "{left:#?}");
}

/// Verdict, and each condition that fails or is open, as the explanation of the firm says.
#[test]
fn ten_thousand_firms_are_explained_as_they_were_decided() {
    let pack = pack();
    let firms = Firms::draw(&pack, 10_000, 20_261_031);
    let columns = firms.columns(&pack);
    for on in ["2022-06-30", "2026-06-30"].map(day) {
        let parameters = pack.parameters_on(on);
        let verdicts = Verdicts::on(&pack, &columns, on);
        for (index, measure) in pack.measures.iter().enumerate() {
            let Some(version) = measure.version_on(on) else {
                continue;
            };
            let requirements = &measure.versions[version].requirements;
            let conditions: Vec<&Condition> =
                requirements.iter().map(|own| &own.condition).collect();
            let planes = Program::new(&conditions, &parameters, &columns).evaluate(&columns);
            for (firm, facts) in firms.rows.iter().enumerate() {
                let row = Row {
                    facts,
                    parameters: &parameters,
                };
                let own = judge(&pack, index, row, on);
                assert_eq!(
                    own.verdict,
                    verdicts.of(index, firm),
                    "{} {firm}",
                    measure.id
                );
                for (place, condition) in conditions.iter().enumerate() {
                    let outcome = own.outcomes[place];
                    assert_eq!(
                        outcome,
                        planes[place].verdict(firm),
                        "{} {firm}",
                        measure.id
                    );
                    if firm.is_multiple_of(16) {
                        let reasons = condition.explain(row, &pack.vocabulary);
                        assert!(!reasons.is_empty());
                        let says = |wanted| reasons.iter().any(|r| r.verdict == wanted);
                        assert!(says(outcome), "{} {firm}: {reasons:?}", measure.id);
                    }
                }
            }
        }
    }
}

/// Firms are grouped by what each of them lacks, and each stands in one group.
#[test]
fn what_a_province_lacks_is_what_each_firm_lacks() {
    let pack = pack();
    let drawn = Firms::draw(&pack, 300, 31);
    let firms = drawn.snapshot(&pack);
    let on = day("2026-06-30");
    let parameters = pack.parameters_on(on);
    let verdicts = Verdicts::on(&pack, firms.columns(), on);
    for (index, measure) in pack.measures.iter().enumerate() {
        let mut seen = vec![false; drawn.rows.len()];
        for (missing, own) in unresolved(&pack, &firms, &verdicts, index, None).groups {
            for firm in own.into_iter().map(|firm| firm as usize) {
                let row = Row {
                    facts: &drawn.rows[firm],
                    parameters: &parameters,
                };
                let judged = judge(&pack, index, row, on);
                let (decided_by, version) = match &judged.local {
                    Some((local, own)) => (*local, own.version),
                    None => (index, judged.version),
                };
                let version = version.map(|own| &pack.measures[decided_by].versions[own]);
                let of_firm = version.map(|own| own.missing(row, &pack.vocabulary));
                assert_eq!(of_firm, Some(missing.clone()), "{} {firm}", measure.id);
                assert!(!seen[firm], "{} {firm} stands twice", measure.id);
                seen[firm] = true;
            }
        }
        for (firm, seen) in seen.into_iter().enumerate() {
            let is_open = verdicts.of(index, firm) == Verdict::Unknown;
            assert_eq!(seen, is_open, "{} {firm}", measure.id);
        }
    }
}

#[test]
fn counts_add_up_to_all_firms() {
    let pack = pack();
    let firms = Firms::draw(&pack, 1_003, 7);
    let verdicts = Verdicts::on(&pack, &firms.columns(&pack), day("2026-06-30"));
    for measure in 0..pack.measures.len() {
        let counts = verdicts.counts(measure, None);
        assert_eq!(
            counts.iter().sum::<usize>(),
            1_003,
            "{}",
            pack.measures[measure].id
        );
    }
}
