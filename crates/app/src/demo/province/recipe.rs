//! What is asked for: the recipe of a province, the codes it stands on, the files it yields.

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use rules::layout::Layout;
use rules::period::Month;
use serde::Deserialize;
use std::path::PathBuf;

const RECIPE: &str = include_str!("../../../../../demo/recipe.toml");
const FIRMS_MAX: usize = 5_000_000;
const MONTHS_MIN: u32 = 13;
const MONTHS_MAX: u32 = 120;

/// The same recipe and the same codes give the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    pub seed: u64,
    /// All firms of the province, the fixture firms included.
    pub firms: usize,
    /// How many months are delivered.
    pub months: u32,
    pub last_month: Month,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeFile {
    seed: u64,
    firms: usize,
    months: u32,
    last_month: String,
}

impl Recipe {
    /// `demo/recipe.toml`.
    ///
    /// # Errors
    /// Only where that file was edited into something unreadable.
    pub fn from_file() -> anyhow::Result<Recipe> {
        let file: RecipeFile = toml::from_str(RECIPE).context("read demo/recipe.toml")?;
        let last_month = file
            .last_month
            .parse()
            .context("last_month in demo/recipe.toml")?;
        Ok(Recipe {
            seed: file.seed,
            firms: file.firms,
            months: file.months,
            last_month,
        })
    }

    pub fn first_month(&self) -> Month {
        self.last_month.plus(1 - self.months as i32)
    }

    /// # Errors
    /// Where a number is out of bounds.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            (1..=FIRMS_MAX).contains(&self.firms),
            "演示企业数应在1到{FIRMS_MAX}之间，这里是{}",
            self.firms
        );
        ensure!(
            (MONTHS_MIN..=MONTHS_MAX).contains(&self.months),
            "演示月数应在{MONTHS_MIN}到{MONTHS_MAX}之间，这里是{}",
            self.months
        );
        let year = self.last_month.year();
        ensure!(
            (2012..=2100).contains(&year),
            "演示截止年份应在2012到2100之间，这里是{year}"
        );
        Ok(())
    }
}

/// The codes of the pack on which the province stands.
#[derive(Debug, Clone)]
pub struct Codes {
    pub counties: Vec<County>,
    pub industries: Vec<Industry>,
    /// New firms above scale which the province expects in a year.
    pub targets_total: u32,
    /// Layouts of the pack; lists are made for those that the recipe knows.
    pub layouts: Vec<Layout>,
}

#[derive(Debug, Clone)]
pub struct County {
    pub code: u32,
    pub name: String,
    pub area: u32,
    pub area_name: String,
    /// Its part of the province, in any unit.
    pub weight: u32,
}

#[derive(Debug, Clone)]
pub struct Industry {
    /// Other than four digits of divisions 06 to 46 is passed over.
    pub code: String,
    pub name: String,
}

/// One file as a department hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryFile {
    /// Layout of the pack.
    pub kind: String,
    pub path: PathBuf,
    pub month: Month,
    /// Agency of the pack; the code of an area for pool lists.
    pub agency: String,
    pub area: Option<u32>,
    pub received_on: NaiveDate,
    /// Place in the list of the earlier file which this one corrects.
    pub supersedes: Option<usize>,
}
