//! The fixture firms of `demo/fixtures.toml`: speaking names, fixed codes, exact figures.
//!
//! Tests and guides refer to them; nothing about them is drawn. Their months are those of
//! the calendar, whatever the recipe says.

use super::firms::Identity;
use super::lists::Stated;
use super::series::Figures;
use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use rules::money::Fen;
use rules::period::Month;
use rules::uscc::Uscc;
use serde::Deserialize;
use std::collections::BTreeMap;

const FIXTURES: &str = include_str!("../../../../../demo/fixtures.toml");
/// Yuan of sales for each kilowatt-hour, where the fixture does not state its power.
const YUAN_PER_KWH: i64 = 20;
const BASE_FEN_PER_PERSON: i64 = 500_000;

/// One firm of the fixture world.
#[derive(Debug, Clone)]
pub struct Fixture {
    pub place: Option<String>,
    pub established: NaiveDate,
    pub commissioned: NaiveDate,
    pub persons: i64,
    pub spells: Vec<FixtureSpell>,
    pub pool: Option<String>,
    /// First month in which the register knows the firm; always, where not given.
    pub registered: Option<Month>,
    states: Vec<State>,
    sales: Vec<(Month, i64)>,
    power: Vec<(Month, i64)>,
    missing: Vec<Month>,
    lists: BTreeMap<String, StatedRows>,
}

/// What the firm is called and where it stands, from a month on.
#[derive(Debug, Clone)]
pub struct State {
    pub from: Month,
    pub uscc: String,
    pub name: String,
    pub division: u32,
    pub industry: String,
}

#[derive(Debug, Clone)]
pub struct FixtureSpell {
    pub uscc: String,
    pub name: String,
    pub entered: Month,
    pub is_annual: bool,
    pub left: Option<(Month, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    firm: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    uscc: String,
    division: u32,
    place: Option<String>,
    industry: String,
    established: NaiveDate,
    commissioned: NaiveDate,
    persons: i64,
    registered: Option<String>,
    /// Month and yuan a month from then on.
    sales: Vec<(String, String)>,
    /// Month and kilowatt-hours a month from then on.
    #[serde(default)]
    power: Vec<(String, i64)>,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    confirmed: Vec<ConfirmedEntry>,
    pool: Option<String>,
    #[serde(default)]
    changes: Vec<Change>,
    /// What it states in every delivery of a list, by the list's kind.
    #[serde(default)]
    lists: BTreeMap<String, StatedRows>,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "what measures have to answer is a test's business"
    )]
    verdicts: BTreeMap<String, Vec<String>>,
    #[expect(dead_code, reason = "told to people in demo/README.md")]
    story: String,
}

/// One row of a list, or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum StatedRows {
    One(Stated),
    Several(Vec<Stated>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmedEntry {
    entered: String,
    door: String,
    left: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    month: String,
    name: Option<String>,
    uscc: Option<String>,
    division: Option<u32>,
    industry: Option<String>,
}

impl Fixture {
    /// All of them, in the order of the file.
    ///
    /// # Errors
    /// Where the file was edited into something wrong; the firm is named.
    pub fn all() -> anyhow::Result<Vec<Fixture>> {
        let file: File = toml::from_str(FIXTURES).context("read demo/fixtures.toml")?;
        let read = |entry: Entry| {
            let name = entry.name.clone();
            Fixture::read(entry).with_context(|| format!("demo/fixtures.toml: {name}"))
        };
        file.firm.into_iter().map(read).collect()
    }

    fn read(entry: Entry) -> anyhow::Result<Fixture> {
        let mut states = vec![State {
            from: Month::new(1900, 1).context("the first month")?,
            uscc: valid(&entry.uscc)?,
            name: entry.name,
            division: entry.division,
            industry: entry.industry,
        }];
        for change in entry.changes {
            let before = states.last().context("a first state")?.clone();
            states.push(State {
                from: change.month.parse()?,
                uscc: change.uscc.map_or(Ok(before.uscc), |code| valid(&code))?,
                name: change.name.unwrap_or(before.name),
                division: change.division.unwrap_or(before.division),
                industry: change.industry.unwrap_or(before.industry),
            });
        }
        let spells = entry.confirmed.into_iter().map(|spell| spell.read(&states));
        let fen = |text: &str| {
            Fen::read_decimal(text, Fen::PER_YUAN)
                .map(|fen| fen.0)
                .ok_or_else(|| anyhow!("“{text}” is no amount in yuan"))
        };
        Ok(Fixture {
            spells: spells.collect::<anyhow::Result<_>>()?,
            place: entry.place,
            established: entry.established,
            commissioned: entry.commissioned,
            persons: entry.persons,
            pool: entry.pool,
            registered: entry.registered.map(|month| month.parse()).transpose()?,
            states,
            sales: entry
                .sales
                .iter()
                .map(|(month, yuan)| Ok((month.parse()?, fen(yuan)?)))
                .collect::<anyhow::Result<_>>()?,
            power: entry
                .power
                .iter()
                .map(|(month, kwh)| Ok((month.parse()?, *kwh)))
                .collect::<anyhow::Result<_>>()?,
            missing: entry
                .missing
                .iter()
                .map(|month| Ok(month.parse()?))
                .collect::<anyhow::Result<_>>()?,
            lists: entry.lists,
        })
    }

    pub fn state(&self, month: Month) -> &State {
        let known = self.states.iter().rev().find(|state| state.from <= month);
        known.unwrap_or(&self.states[0])
    }

    /// The code before the one of `month`, where there was another.
    pub fn predecessor(&self, month: Month) -> Option<&str> {
        let now = &self.state(month).uscc;
        let before = self.states.iter().rev().filter(|state| state.from <= month);
        before
            .map(|state| state.uscc.as_str())
            .find(|code| code != now)
    }

    /// The area in which it began.
    pub fn area(&self) -> u32 {
        area_of(self.states[0].division)
    }

    pub fn sales(&self, month: Month) -> Option<i64> {
        if self.missing.contains(&month) {
            return None;
        }
        in_force(&self.sales, month)
    }

    pub fn figures(&self, month: Month) -> Option<Figures> {
        let sales = self.sales(month)?;
        let stated = in_force(&self.power, month);
        let kwh = stated.unwrap_or(sales.max(0) / Fen::PER_YUAN / YUAN_PER_KWH);
        Some(Figures {
            sales_fen: sales,
            tax_fen: sales.max(0) / 50,
            invoiced_fen: sales,
            export_fen: 0,
            electricity_kwh: kwh,
            gas_m3: 0,
            persons: self.persons,
            base_fen: self.persons * BASE_FEN_PER_PERSON,
        })
    }

    /// Its rows in every delivery of a list.
    pub fn stated(&self, kind: &str) -> &[Stated] {
        match self.lists.get(kind) {
            None => &[],
            Some(StatedRows::One(row)) => std::slice::from_ref(row),
            Some(StatedRows::Several(rows)) => rows,
        }
    }

    pub fn identify(&self, month: Month, identity: &mut Identity) {
        let state = self.state(month);
        identity.code.push_str(&state.uscc);
        identity.name.push_str(&state.name);
    }

    /// The last month up to `month` in which the register had something to note.
    pub fn noted_until(&self, month: Month) -> Month {
        let appears = self
            .registered
            .unwrap_or_else(|| Month::of(self.established));
        let changed = self.states.iter().rev().map(|state| state.from);
        changed
            .filter(|from| *from <= month)
            .fold(appears, Month::max)
    }
}

impl ConfirmedEntry {
    fn read(self, states: &[State]) -> anyhow::Result<FixtureSpell> {
        let entered: Month = self.entered.parse()?;
        let state = states.iter().rev().find(|state| state.from <= entered);
        let state = state.unwrap_or(&states[0]);
        let left = match (self.left, self.reason) {
            (Some(month), Some(reason)) => Some((month.parse()?, reason)),
            (None, None) => None,
            _ => return Err(anyhow!("give both left and reason, or neither")),
        };
        Ok(FixtureSpell {
            uscc: state.uscc.clone(),
            name: state.name.clone(),
            entered,
            is_annual: self.door == "annual",
            left,
        })
    }
}

/// The area of a division: itself where it is one.
pub fn area_of(division: u32) -> u32 {
    // Divisions that the province governs itself (9001 and on) are area and county at once.
    if division % 10_000 >= 9000 {
        division
    } else {
        division / 100 * 100
    }
}

fn in_force(steps: &[(Month, i64)], month: Month) -> Option<i64> {
    steps
        .iter()
        .rev()
        .find(|(from, _)| *from <= month)
        .map(|(_, amount)| *amount)
}

fn valid(code: &str) -> anyhow::Result<String> {
    let (read, changed) = Uscc::read(code)?;
    anyhow::ensure!(
        !changed,
        "“{code}” is not written as the standard writes it"
    );
    Ok(read.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_are_distinct_and_stand_in_the_readme() {
        let readme = include_str!("../../../../../demo/README.md");
        let fixtures = Fixture::all().expect("fixtures");
        assert!(fixtures.len() >= 40, "{}", fixtures.len());
        let mut codes = std::collections::BTreeSet::new();
        for fixture in &fixtures {
            let first = &fixture.states[0];
            assert!(codes.insert(&first.uscc), "{} twice", first.uscc);
            assert!(
                readme.contains(&first.uscc),
                "{} is not in demo/README.md",
                first.uscc
            );
            assert!(
                readme.contains(&first.name),
                "{} is not in demo/README.md",
                first.name
            );
        }
    }

    #[test]
    fn edges_of_the_threshold_are_exact() {
        let fixtures = Fixture::all().expect("fixtures");
        let year = |name: &str| -> i64 {
            let of_name = |fixture: &&Fixture| fixture.states[0].name.starts_with(name);
            let fixture = fixtures.iter().find(of_name).expect(name);
            let months = (1..=12).filter_map(|number| Month::new(2025, number));
            months.filter_map(|month| fixture.sales(month)).sum()
        };
        assert_eq!(year("恰好两千万元示范"), 2_000_000_000);
        assert_eq!(year("差一分两千万元示范"), 1_999_999_999);
    }
}
