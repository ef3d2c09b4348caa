//! Fixture firms are answered as `demo/fixtures.toml` says, once the smallest province that
//! holds them was built the way every demonstration is.

use super::build::build;
use super::locals;
use super::province::Recipe;
use crate::cli::PackSource;
use crate::office;
use crate::outlook::newest;
use chrono::NaiveDate;
use programme::outlook::Firms;
use rules::expression::Row;
use rules::measures::{amounts, judge};
use rules::money::Fen;
use rules::pack::Pack;
use serde::Deserialize;
use std::collections::BTreeMap;

const FIXTURES: &str = include_str!("../../../../demo/fixtures.toml");
const LAW_DAY: &str = "2026-11-01";
const FIRMS: usize = 300;

#[derive(Deserialize)]
struct File {
    firm: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    name: String,
    /// Verdict by measure, and what is granted in yuan where it is known.
    #[serde(default)]
    verdicts: BTreeMap<String, Vec<String>>,
}

/// The verdict's name, and the sum of the amounts where there are any.
fn answer(pack: &Pack, firms: &Firms, firm: &str, id: &str) -> Vec<String> {
    let on: NaiveDate = LAW_DAY.parse().expect("a day");
    let parameters = pack.parameters_on(on);
    let place = (0..firms.len()).find(|place| firms.name(*place) == firm);
    let facts = firms.facts(place.unwrap_or_else(|| panic!("{firm} is not there")));
    let row = Row {
        facts: &facts,
        parameters: &parameters,
    };
    let measure = pack.measure_named(id);
    let measure = measure.unwrap_or_else(|| panic!("no measure {id}"));
    let judged = judge(pack, measure, row, on);
    let mut answer = vec![judged.verdict.name().to_string()];
    let (text, deciding) = match &judged.local {
        Some((local, own)) => (&pack.measures[*local], own.as_ref()),
        None => (&pack.measures[measure], &judged),
    };
    if let Some(version) = deciding.version.filter(|_| judged.verdict.is_open_door()) {
        let granted = amounts(&text.versions[version], row);
        let known: Vec<i128> = granted.iter().filter_map(|granted| granted.fen).collect();
        if !known.is_empty() {
            let sum = i64::try_from(known.iter().sum::<i128>()).expect("an amount");
            answer.push(Fen(sum).to_string().replace(',', ""));
        }
    }
    answer
}

#[tokio::test]
async fn fixture_firms_get_what_their_names_say() {
    let elsewhere = std::env::var_os("DATABASE_URL");
    assert!(
        elsewhere.is_none(),
        "the demonstration would be built there"
    );
    let folder = tempfile::tempdir().expect("a folder");
    locals::place(folder.path()).expect("written");
    let office = office::make(folder.path(), &PackSource::default()).await;
    let office = office.expect("made");
    let recipe = Recipe {
        firms: FIRMS,
        ..Recipe::from_file().expect("demo/recipe.toml")
    };
    build(&office, &recipe).await.expect("built");
    let (_, firms) = newest(&office, None).await.expect("a snapshot");
    let file: File = toml::from_str(FIXTURES).expect("demo/fixtures.toml");
    let mut asked = 0;
    for firm in &file.firm {
        for (id, expected) in &firm.verdicts {
            let answer = answer(&office.pack, &firms, &firm.name, id);
            assert_eq!(&answer, expected, "{} {id}", firm.name);
            asked += 1;
        }
    }
    assert!(asked >= 20, "{asked}");
}
