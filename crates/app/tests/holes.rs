//! Holes that other kits are known for, each tried against the real program. Requests stand in
//! `holes/requests.toml`; what needs several steps stands beside it as a procedure.
//! `docs/known-holes.md` names every one of them, and nothing else.
//!
//! `SHENGGUI_HOLE=words` tries only those with these words in their name.

mod desk;

#[path = "holes/bombs.rs"]
mod bombs;
#[path = "holes/doors.rs"]
mod doors;
#[path = "holes/others.rs"]
mod others;
#[path = "holes/requests.rs"]
mod requests;
#[path = "holes/scripts.rs"]
mod scripts;
#[path = "holes/uploads.rs"]
mod uploads;

use desk::Place;
use desk::province::Province;
use std::collections::BTreeSet;
use std::time::Instant;

/// Tries one hole; tells what is open.
type Procedure = fn(&Province, &mut Vec<String>);

/// In this order: the last ones lock accounts and addresses.
const PROCEDURES: [(&str, Procedure); 27] = [
    ("stored-scripts", scripts::stored_scripts),
    ("scripts-in-people-and-notes", scripts::scripts_in_notes),
    ("formulas-in-exports", scripts::formulas_in_exports),
    ("scripts-in-documents", scripts::scripts_in_documents),
    ("upload-names", uploads::upload_names),
    ("upload-kinds", uploads::upload_kinds),
    ("zip-bomb", bombs::zip_bomb),
    ("zip-bomb-that-lies", bombs::zip_bomb_that_lies),
    ("xml-bomb", bombs::xml_bomb),
    ("mass-assignment", others::mass_assignment),
    (
        "idempotency-key-of-another",
        others::idempotency_key_of_another,
    ),
    ("cursor-of-another", others::cursor_of_another),
    ("rights-of-a-token", others::rights_of_a_token),
    ("token-beyond-the-post", others::token_beyond_the_post),
    ("double-submission", others::double_submission),
    ("writers-in-line", others::writers_in_line),
    ("secrets-on-pages", others::secrets_on_pages),
    ("open-redirect", doors::open_redirect),
    ("session-fixation", doors::session_fixation),
    ("session-after-sign-out", doors::session_after_sign_out),
    ("cookie-flags", doors::cookie_flags),
    ("cookie-tossing", doors::cookie_tossing),
    ("slow-bodies", doors::slow_bodies),
    ("endless-bodies", doors::endless_bodies),
    ("log-injection", doors::log_injection),
    ("user-enumeration", doors::user_enumeration),
    ("brute-force", doors::brute_force),
];

#[test]
fn known_holes_are_closed() {
    let started = Instant::now();
    let wanted = std::env::var("SHENGGUI_HOLE").unwrap_or_default();
    let province = Province::build(&Place::File);
    let mut found = Vec::new();
    requests::all(&province, &wanted, &mut found);
    for (name, procedure) in PROCEDURES.iter().filter(|own| own.0.contains(&wanted)) {
        let mut own = Vec::new();
        procedure(&province, &mut own);
        found.extend(own.into_iter().map(|fault| format!("{name}: {fault}")));
        eprintln!("{:>6.1} s: {name}", started.elapsed().as_secs_f64());
    }
    let health = province.served.visit().get("/healthz");
    assert_eq!(health.status, 200, "it still serves");
    let chain = province.desk.run(&["journal", "verify"]).done();
    assert!(!chain.stdout.is_empty());
    for line in province.served.told() {
        eprintln!("the server says: {line}");
    }
    assert!(
        found.is_empty(),
        "{} holes:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// The list says what is tried, and nothing else.
#[test]
fn the_list_of_known_holes_names_every_test() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/known-holes.md");
    let text = std::fs::read_to_string(path).expect("the list");
    let told = text.lines().filter_map(|line| {
        let line = line.strip_prefix("- ")?;
        let (_, name) = line
            .rsplit_once('`')
            .and_then(|(rest, _)| rest.rsplit_once('`'))?;
        Some(name.to_string())
    });
    let told: Vec<String> = told.collect();
    let unique: BTreeSet<String> = told.iter().cloned().collect();
    assert_eq!(told.len(), unique.len(), "a hole stands twice in the list");
    let procedures = PROCEDURES.iter().map(|own| own.0.to_string());
    let elsewhere = ELSEWHERE.iter().map(|own| own.0.to_string());
    let mut tried: BTreeSet<String> = requests::names().into_iter().collect();
    tried.extend(procedures.chain(elsewhere));
    assert_eq!(unique, tried);
    for (name, file) in ELSEWHERE {
        let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        assert!(std::path::Path::new(&path).is_file(), "{name}: {file}");
    }
}

/// Holes that tests in other files try: name and file.
const ELSEWHERE: [(&str, &str); 4] = [
    ("scope-matrix", "tests/matrix.rs"),
    ("concurrent-regions", "tests/matrix/hammer.rs"),
    ("figures-beyond-their-class", "tests/red_lines.rs"),
    ("forged-forwarded-address", "src/web/caller.rs"),
];
