//! The province is the same every time, holds its fixture firms, and its rows are not clean.

use super::*;
use rules::uscc::Uscc;
use std::collections::BTreeMap;

fn codes() -> Codes {
    let counties = [
        (410102, "中原区", 410100, "郑州市", 52),
        (410122, "中牟县", 410100, "郑州市", 52),
        (410202, "龙亭区", 410200, "开封市", 26),
        (410328, "洛宁县", 410300, "洛阳市", 25),
        (419001, "济源市", 419001, "济源市", 30),
    ];
    let industries = [
        ("1431", "米、面制品制造"),
        ("3031", "粘土砖瓦及建筑砌块制造"),
        ("3484", "机械零部件加工"),
        ("3812", "电动机制造"),
        ("5122", "米、面制品及食用油批发"),
    ];
    Codes {
        counties: counties
            .into_iter()
            .map(|(code, name, area, area_name, weight)| County {
                code,
                name: name.into(),
                area,
                area_name: area_name.into(),
                weight,
            })
            .collect(),
        industries: industries
            .into_iter()
            .map(|(code, name)| Industry {
                code: code.into(),
                name: name.into(),
            })
            .collect(),
        targets_total: 2500,
        layouts: Vec::new(),
    }
}

fn recipe() -> Recipe {
    let recipe = Recipe::from_file().expect("demo/recipe.toml");
    Recipe {
        firms: 3000,
        months: 14,
        ..recipe
    }
}

fn write(recipe: &Recipe) -> (Vec<DeliveryFile>, BTreeMap<String, Vec<u8>>) {
    let dir = tempfile::tempdir().expect("a folder");
    let files = write_deliveries(recipe, &codes(), dir.path(), &mut |_, _| {}).expect("written");
    let bytes = files.iter().map(|file| {
        let name = file
            .path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        (name, std::fs::read(&file.path).expect("a file"))
    });
    let bytes = bytes.collect();
    (files, bytes)
}

fn text(bytes: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    encoding_rs::GB18030.decode(&bytes[name]).0.into_owned()
}

#[test]
fn the_same_recipe_gives_the_same_bytes() {
    let (files, bytes) = write(&recipe());
    let (again, bytes_again) = write(&recipe());
    assert_eq!(files.len(), again.len());
    for (name, content) in &bytes {
        assert!(bytes_again[name] == *content, "{name} differs");
    }
    let (_, other) = write(&Recipe {
        seed: 7,
        ..recipe()
    });
    assert!(other["tax-2026-09.csv"] != bytes["tax-2026-09.csv"]);
}

#[test]
fn files_arrive_in_order_and_one_is_corrected() {
    let (files, bytes) = write(&recipe());
    assert!(files.is_sorted_by_key(|file| file.received_on));
    assert_eq!(files[0].kind, "register");
    assert_eq!(files.len(), bytes.len(), "each file has a name of its own");
    let correction = files
        .iter()
        .find(|file| file.supersedes.is_some())
        .expect("a correction");
    let wrong = &files[correction.supersedes.expect("an index")];
    assert_eq!(
        (&wrong.kind, wrong.month),
        (&correction.kind, correction.month)
    );
    assert!(wrong.received_on < correction.received_on);
    assert!(files.iter().filter(|file| file.kind == "pool-list").count() == 8);
}

#[test]
fn fixture_firms_come_first_with_exact_figures() {
    let (_, bytes) = write(&recipe());
    let tax = text(&bytes, "tax-2026-09.csv");
    let first = tax.lines().nth(1).expect("a row");
    assert!(
        first.starts_with("91410102MX00000012,长期在规示范机械有限公司,"),
        "{first}"
    );
    assert!(first.contains(",3000000.00,"), "{first}");
}

#[test]
fn some_rows_are_dirty_and_most_are_not() {
    let (_, bytes) = write(&recipe());
    let (mut rows, mut refused, mut changed, mut words, mut totals) = (0, 0, 0, 0, 0);
    for (name, _) in bytes.iter().filter(|(name, _)| name.starts_with("tax-")) {
        for line in text(&bytes, name).lines().skip(1) {
            let (code, rest) = line.split_once(',').expect("columns");
            rows += 1;
            totals += usize::from(code == "合计");
            words += usize::from(
                [",零,", ",#N/A,", ",-,"]
                    .iter()
                    .any(|word| rest.contains(word)),
            );
            match Uscc::read(code) {
                Ok((_, true)) => changed += 1,
                Ok((_, false)) => {}
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > totals && changed > 0 && words > 0 && totals > 0);
    assert!(
        (refused + changed + words) * 100 < rows,
        "{refused} {changed} {words} of {rows}"
    );
}
