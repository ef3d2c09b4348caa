//! The pages of `docs/reference` are what the pack gives, and short enough to read.

mod desk;

use desk::{Desk, Place};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const PAGE_LINES_MAX: usize = 200;
const AGAIN: &str = "write the pages anew with `cargo run -p app -- pack reference --out docs/reference` and read what changed";

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference")
}

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).expect("a folder with the pages");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let named = paths.map(|path| {
        let name = path.file_name().expect("a name").to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("a page in UTF-8");
        (name.into_owned(), text)
    });
    named.collect()
}

#[test]
fn the_pages_are_what_the_pack_gives() {
    let desk = Desk::new(&Place::File);
    desk.run(&["pack", "reference", "--out", "参考"]).done();
    let (written, kept) = (pages(&desk.path("参考")), pages(&kept()));
    let mut stale = Vec::new();
    for name in written.keys().chain(kept.keys()) {
        match (written.get(name), kept.get(name)) {
            (None, _) => stale.push(format!("{name}: the pack no longer gives it, delete it")),
            (written, kept) if written != kept => stale.push(format!("{name}: differs")),
            _ => {}
        }
    }
    stale.dedup();
    assert!(stale.is_empty(), "{AGAIN}:\n{}", stale.join("\n"));
}

#[test]
fn no_page_is_too_long_to_read() {
    let long = pages(&kept()).into_iter().filter_map(|(name, text)| {
        let lines = text.lines().count();
        (lines > PAGE_LINES_MAX).then(|| format!("{name}: {lines} lines, split its topic file"))
    });
    let long: Vec<String> = long.collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn an_exported_pack_is_the_same_pack_and_overwrites_nothing() {
    let desk = Desk::new(&Place::File);
    let written = desk
        .run(&["--json", "pack", "export", "政策包"])
        .done()
        .json();
    let own = desk.run(&["--json", "pack", "check"]).done().json();
    let other = desk
        .run(&["--json", "pack", "check", "政策包"])
        .done()
        .json();
    assert!(own["fingerprint"].is_string(), "{own}");
    assert_eq!(own["fingerprint"], other["fingerprint"]);
    assert_eq!(own["fingerprint"], written["fingerprint"]);
    let again = desk.run(&["pack", "export", "政策包"]);
    assert_eq!(again.code, Some(1), "{}", again.stdout);
    assert!(again.stderr.contains("已有文件"), "{}", again.stderr);
    std::fs::create_dir(desk.path("空")).expect("an empty folder");
    desk.run(&["--pack", "政策包", "pack", "export", "空"])
        .done();
    let copied = desk.run(&["--json", "pack", "check", "空"]).done().json();
    assert_eq!(own["fingerprint"], copied["fingerprint"]);
}
