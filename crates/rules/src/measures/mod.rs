//! What the plan gives and asks for, as rules: measures with their dated versions.
//!
//! A measure is data of the pack (`measures/<id>/`). This module reads it, decides it for
//! one firm or for a whole province, says why, and tries its cases. It names no measure and
//! knows no firm's name, no database and no clock.
//!
//! ```text
//! let verdict = judge(&pack, measure, row, day).verdict;
//! ```

mod cases;
mod judge;
mod mutation;
mod read;
mod statement;
mod template;

pub use cases::{
    Case, CaseFailure, Expected, cases_of, definition_cases, path_of, try_cases, try_definitions,
};
pub use judge::{
    Granted, Judgement, OUT_OF_FORCE, Verdict, amounts, judge, local_rule, local_rules,
};
pub use mutation::{Survivor, definition_survivors, survivors};
pub(crate) use read::{Known, read};
pub use statement::{StatementColumn, StatementText, schema, statement};
pub use template::template;

use crate::expression::{Amount, Condition, Missing, Row, Vocabulary};
use crate::pack::divisions::DivisionCode;
use chrono::NaiveDate;
use serde::Deserialize;

/// One measure of the plan or of a local pack.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Name of its folder.
    pub id: String,
    pub name: String,
    /// Clauses of the plan that it carries out.
    pub clauses: Vec<String>,
    pub force: Force,
    /// Ids of agencies, or `areas` and `counties`.
    pub agencies: Vec<String>,
    /// Where and how it is obtained.
    pub channel: String,
    /// What has to be handed in.
    pub papers: Vec<String>,
    pub note: String,
    /// The city or county whose measure it is; the province's where absent.
    pub place: Option<Place>,
    /// In order of their days; they do not overlap.
    pub versions: Vec<Version>,
}

/// Where a local measure holds, and what it carries out there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub division: DivisionCode,
    /// The province's measure that leaves its rule to localities.
    pub implements: Option<String>,
    /// Invented content that only shows how.
    pub example: bool,
}

/// What a measure was from one day to another.
#[derive(Debug, Clone)]
pub struct Version {
    pub from: NaiveDate,
    /// Last day in force; open where absent.
    pub to: Option<NaiveDate>,
    /// The document.
    pub law: String,
    /// Not settled or not verified; pages say so.
    pub uncertain: bool,
    pub decided_by: Decider,
    /// Named values that conditions and benefits use: scores, sums.
    pub figures: Vec<Figure>,
    /// All must hold.
    pub requirements: Vec<Requirement>,
    pub benefits: Vec<Benefit>,
    /// Parameters that its own text names, by slot: the numbers of this measure.
    pub numbers: Vec<usize>,
}

/// A named value of a version.
#[derive(Debug, Clone)]
pub struct Figure {
    pub id: String,
    pub name: String,
    pub amount: Amount,
}

/// One condition of a version.
#[derive(Debug, Clone)]
pub struct Requirement {
    pub id: String,
    pub name: String,
    pub condition: Condition,
    /// As it stands in the pack.
    pub text: String,
    pub cites: Vec<String>,
    pub law: String,
}

/// What a firm gets.
#[derive(Debug, Clone)]
pub struct Benefit {
    pub id: String,
    pub name: String,
    /// Money, where it can be computed.
    pub amount: Option<Amount>,
    pub every: Every,
    pub text: String,
    pub force: Force,
    /// Whether the amount is the firm's own gain: neither paid to others nor owed later.
    pub adds_up: bool,
}

/// How binding a benefit is; only what is due is ever added up as a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Force {
    Due,
    UpTo,
    Priority,
    Encouraged,
    Protection,
}

/// Who has the last word where all conditions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decider {
    Rule,
    Agency,
    Locality,
}

/// For what time an amount is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    #[default]
    Once,
    Year,
    Quarter,
    Month,
}

impl Measure {
    /// The version in force on a day.
    pub fn version_on(&self, day: NaiveDate) -> Option<usize> {
        self.versions.iter().position(|version| version.is_on(day))
    }
}

impl Version {
    pub fn is_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// All conditions as one.
    pub fn whole(&self) -> Condition {
        match self.requirements.as_slice() {
            [] => Condition::Always(true),
            [only] => only.condition.clone(),
            several => Condition::All(
                several
                    .iter()
                    .map(|requirement| requirement.condition.clone())
                    .collect(),
            ),
        }
    }
}

impl Version {
    /// What has to be learned of a firm before the conditions are decided.
    pub fn missing(&self, row: Row<'_>, vocabulary: &Vocabulary) -> Missing {
        self.whole().smallest_missing(row, vocabulary)
    }
}

impl Force {
    /// 应得 and so on, as the plan is read.
    pub fn name(self) -> &'static str {
        match self {
            Force::Due => "应得",
            Force::UpTo => "上限",
            Force::Priority => "优先",
            Force::Encouraged => "鼓励",
            Force::Protection => "保障",
        }
    }
}

impl Every {
    /// 每年 and so on; nothing for what comes once.
    pub fn name(self) -> &'static str {
        match self {
            Every::Once => "",
            Every::Year => "每年",
            Every::Quarter => "每季",
            Every::Month => "每月",
        }
    }
}
