//! Commands with recorded answers, on both databases. To add one, add a text file to
//! `scenarios/`; its name is a sentence, its format stands in `desk/steps.rs`.
//!
//! `SHENGGUI_RECORD=1` records answers anew: read the difference as you read code.
//! `SHENGGUI_SCENARIO=words` plays only the scenarios with these words in their name.

mod desk;

use desk::Place;
use desk::scenario::{folder, play};
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn every_scenario_answers_as_recorded_on_sqlite() {
    let is_recording = std::env::var_os("SHENGGUI_RECORD").is_some();
    play_all(&Place::File, is_recording);
}

#[test]
fn every_scenario_answers_as_recorded_on_postgresql() {
    match Place::server() {
        Some(server) if std::env::var_os("SHENGGUI_RECORD").is_none() => {
            play_all(&server, false);
        }
        Some(_) => eprintln!("answers are recorded on SQLite: PostgreSQL was not checked"),
        None => eprintln!("SHENGGUI_TEST_POSTGRES_URL is not set: PostgreSQL was not checked"),
    }
}

fn texts() -> Vec<PathBuf> {
    let wanted = std::env::var("SHENGGUI_SCENARIO").unwrap_or_default();
    let entries = std::fs::read_dir(folder()).expect("the scenarios");
    let mut texts: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .filter(|path| path.to_string_lossy().contains(&wanted))
        .collect();
    texts.sort();
    assert!(!texts.is_empty(), "no scenario is called “{wanted}”");
    texts
}

/// Plays every scenario, a few at a time, and tells all differences.
fn play_all(place: &Place, is_recording: bool) {
    let texts = texts();
    let next = AtomicUsize::new(0);
    let differences = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(path) = texts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = catch_unwind(|| play(path, place, is_recording));
                    let found = found.unwrap_or_else(|_| {
                        vec![format!("{}: stopped, see above", path.display())]
                    });
                    differences.lock().expect("no worker fails").extend(found);
                }
            });
        }
    });
    let differences = differences.into_inner().expect("no worker fails");
    assert!(differences.is_empty(), "\n{}", differences.join("\n\n"));
}
