//! The lists of the demonstration fit the pack that the program carries, and the ordinary
//! import reads them as what they were meant to be.

use super::build::codes;
use super::locals;
use super::province::{DeliveryFile, OTHERWISE_MADE, Recipe, gaps, write_deliveries};
use crate::cli::PackSource;
use crate::office::{pack_files, read_pack};
use programme::deliveries::import::{Against, Judged, judge};
use rules::pack::Pack;
use rules::uscc::Uscc;
use std::collections::{BTreeMap, HashSet};

const EMPTY: i64 = i64::MIN;

/// The program's own pack with the two example packs.
fn pack() -> Pack {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(locals::place(folder.path()).expect("written"));
    assert!(!locals::place(folder.path()).expect("left alone"));
    let files = pack_files(&PackSource::default(), Some(folder.path())).expect("files");
    read_pack(files).expect("a pack")
}

fn recipe() -> Recipe {
    let recipe = Recipe::from_file().expect("demo/recipe.toml");
    Recipe {
        firms: 3000,
        months: 14,
        ..recipe
    }
}

fn read(pack: &Pack, file: &DeliveryFile) -> Judged {
    let (exceptions, registered) = (HashSet::new(), HashSet::new());
    let against = Against {
        pack,
        layout: pack.layout(&file.kind).expect("a layout"),
        month: Some(file.month),
        unit: None,
        exceptions: &exceptions,
        registered: &registered,
        region: file.area,
        received: file.month,
    };
    judge(&file.path, &against, &mut |_| {})
        .unwrap_or_else(|fault| panic!("{}: {fault}", file.kind))
}

/// The newest list of each kind that has no generator of its own.
fn newest(pack: &Pack, files: &[DeliveryFile]) -> BTreeMap<String, Judged> {
    let lists = files
        .iter()
        .filter(|file| !OTHERWISE_MADE.contains(&file.kind.as_str()));
    lists
        .map(|file| (file.kind.clone(), read(pack, file)))
        .collect()
}

#[test]
fn the_recipe_knows_every_layout_and_column_of_the_pack() {
    assert_eq!(
        gaps(&pack().layouts).expect("a recipe"),
        Vec::<String>::new()
    );
}

#[test]
fn a_layout_without_an_entry_is_said() {
    let mut layouts = pack().layouts;
    layouts[0].id = "unheard-of".to_string();
    let gaps = gaps(&layouts).expect("a recipe");
    assert!(
        gaps.iter().any(|gap| gap.contains("unheard-of")),
        "{gaps:?}"
    );
}

#[test]
fn the_order_of_layouts_changes_no_file() {
    let pack = pack();
    let mut written = Vec::new();
    for is_reversed in [false, true] {
        let mut codes = codes(&pack);
        if is_reversed {
            codes.layouts.reverse();
        }
        let folder = tempfile::tempdir().expect("a folder");
        let files =
            write_deliveries(&recipe(), &codes, folder.path(), &mut |_, _| {}).expect("written");
        let bytes = files.iter().map(|file| {
            let bytes = std::fs::read(&file.path).expect("a file");
            (file.path.file_name().expect("a name").to_owned(), bytes)
        });
        written.push(bytes.collect::<BTreeMap<_, _>>());
    }
    for (name, bytes) in &written[0] {
        assert!(written[1][name] == *bytes, "{name:?} differs");
    }
}

#[test]
fn lists_are_read_by_the_import_with_a_few_rows_refused() {
    let pack = pack();
    let folder = tempfile::tempdir().expect("a folder");
    let files =
        write_deliveries(&recipe(), &codes(&pack), folder.path(), &mut |_, _| {}).expect("written");
    let lists = newest(&pack, &files);
    assert_eq!(lists.len(), 15);
    let mut refused = 0;
    for (kind, judged) in &lists {
        refused += judged.refused();
        let rows = judged.rows.len() as u64;
        assert!(
            judged.refused() * 8 <= rows,
            "{kind}: {:?}",
            judged.findings
        );
        let layout = pack.layout(kind).expect("a layout");
        let lacking = layout
            .columns
            .iter()
            .zip(&judged.reading.recognised.columns);
        let lacking: Vec<&str> = lacking
            .filter(|(_, at)| at.is_none())
            .map(|(column, _)| column.id.as_str())
            .collect();
        let left_out = lacking.iter().all(|id| id.starts_with("deferral_"));
        assert!(left_out, "{kind} has no {lacking:?}");
    }
    assert!(refused > 0);
    coupled_columns_agree(&lists);
    fixtures_state_exact_values(&lists);
}

fn coupled_columns_agree(lists: &BTreeMap<String, Judged>) {
    let column = |kind: &str, id: &str| lists[kind].rows.number(id).expect("a column").to_vec();
    let shares = ["bank", "guarantor", "reguarantor", "fund", "other"];
    let shares = shares.map(|who| column("financing", &format!("share_{who}")));
    let mut whole = 0;
    for row in 0..shares[0].len() {
        let parts: Vec<i64> = shares.iter().map(|column| column[row]).collect();
        if !parts.contains(&EMPTY) {
            assert_eq!(parts.iter().sum::<i64>(), 10_000);
            whole += 1;
        }
    }
    assert!(whole > 0);
    let parts = column("innovation-figures", "science_staff");
    for (part, all) in parts.iter().zip(column("innovation-figures", "staff")) {
        assert!(*part <= all);
    }
    let begun = column("certificates", "valid_from");
    for (from, to) in begun.iter().zip(column("certificates", "valid_to")) {
        assert!(*from == EMPTY || (364..=1096).contains(&(to - from)));
    }
}

fn fixtures_state_exact_values(lists: &BTreeMap<String, Judged>) {
    let cases = [
        (
            "tax-annual",
            "taxable_income",
            "91410922MX0000047",
            280_000_000,
        ),
        (
            "tax-annual",
            "taxable_income",
            "91410923MX0000048",
            300_000_001,
        ),
        (
            "financing",
            "regional_raised",
            "91410603MX0000054",
            50_000_000_000,
        ),
        ("energy-added", "power_year", "91411421MX0000062", 1_300_000),
    ];
    for (kind, column, code, value) in cases {
        let rows = &lists[kind].rows;
        let key = Uscc::compose(code).expect("a code").key();
        let row = rows.keys.iter().position(|one| *one == key);
        let row = row.unwrap_or_else(|| panic!("{code} is not in {kind}"));
        assert_eq!(
            rows.number(column).expect("a column")[row],
            value,
            "{kind} {code}"
        );
    }
}
