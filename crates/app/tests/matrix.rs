//! The scope matrix: every route × everybody × own, sister, parent and foreign things, read and
//! written, on both databases. What is asked stands in `matrix/probes.toml`; a route without a
//! probe is an error.
//!
//! `SHENGGUI_PROBE=words` asks only the probes with these words in their route.

mod desk;

#[path = "matrix/foreign.rs"]
mod foreign;
#[path = "matrix/hammer.rs"]
mod hammer;
#[path = "matrix/judge.rs"]
mod judge;
#[path = "matrix/probes.rs"]
mod probes;
#[path = "matrix/state.rs"]
mod state;

use desk::Place;
use desk::province::Province;
use foreign::Foreign;
use judge::Matrix;
use probes::{Book, Things};
use state::State;
use std::time::Instant;

#[test]
fn nobody_reaches_what_is_not_theirs_on_sqlite() {
    check(&Place::File);
}

#[test]
fn nobody_reaches_what_is_not_theirs_on_postgresql() {
    match Place::server() {
        Some(server) => check(&server),
        None => eprintln!("SHENGGUI_TEST_POSTGRES_URL is not set: PostgreSQL was not checked"),
    }
}

/// Whether the program has what a probe needs.
fn is_built(feature: &str) -> bool {
    match feature {
        "" => true,
        "oidc" => cfg!(feature = "oidc"),
        other => panic!("there is no feature {other}"),
    }
}

fn check(place: &Place) {
    let started = Instant::now();
    let told = |what: &str| eprintln!("{:>6.1} s: {what}", started.elapsed().as_secs_f64());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matrix/probes.toml");
    let text = std::fs::read_to_string(path).expect("probes");
    let mut book: Book = toml::from_str(&text).expect("probes");
    book.probe.retain(|probe| is_built(&probe.feature));
    let wanted = std::env::var("SHENGGUI_PROBE").unwrap_or_default();
    let province = Province::build(place);
    told("the province is served");
    let routes = judge::routes(&province);
    let mut found = judge::coverage(&book, &routes);
    book.probe.retain(|probe| probe.route.contains(&wanted));
    for sql in &book.prepare_sql {
        province.change(sql);
    }
    let none = Things::none();
    Matrix::new(&book, &province, &none, &routes).prepare(&mut found);
    province.settle();
    let things = Things::read(&book, &province);
    let foreign = Foreign::new(&province.firms);
    let matrix = Matrix::new(&book, &province, &things, &routes).against(&foreign);
    let before = State::read(&book, &province);
    let asked = matrix.refusals(&mut found);
    told(&format!("{asked} requests were answered"));
    let changes = before.changes(&State::read(&book, &province), &book);
    found.extend(
        changes
            .into_iter()
            .map(|change| format!("after refusals {change}")),
    );
    if wanted.is_empty() {
        let asked = hammer::hammer(&province, &foreign, &mut found);
        told(&format!("{asked} requests were hammered"));
    }
    matrix.changes(&mut found);
    told("changes were made");
    if wanted.is_empty() {
        hammer::what_ends_ends_at_once(&province, &mut found);
        told("posts and sessions were ended");
    }
    for line in province.served.told() {
        eprintln!("the server says: {line}");
    }
    assert!(
        found.is_empty(),
        "{} faults:\n{}",
        found.len(),
        found.join("\n")
    );
}
