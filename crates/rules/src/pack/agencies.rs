//! Agencies with their dated names, what they may see, and the duty matrix.

use super::source::{Placed, Source};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    pub id: String,
    pub kind: AgencyKind,
    pub names: Vec<AgencyName>,
    #[serde(default)]
    pub also_called: Vec<String>,
    /// Its name in the plan, where it is one of the plan's units.
    #[serde(default)]
    pub in_plan: Option<String>,
    /// Classes of data that it may read in full.
    #[serde(default)]
    pub sees: Vec<DataClass>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgencyKind {
    LeadingGroup,
    Office,
    Department,
    Supplier,
    Enforcement,
    Bank,
    Guarantor,
    Insurer,
    /// Passes lists on to those who lend.
    Platform,
    /// Audit and supervision.
    Supervisor,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencyName {
    pub name: String,
    pub short: String,
    #[serde(default)]
    pub from: Option<NaiveDate>,
    #[serde(default)]
    pub to: Option<NaiveDate>,
    #[serde(default)]
    pub uncertain: bool,
}

/// Classes of data with different readers (design §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataClass {
    Open,
    Tax,
    Statistical,
    Electricity,
    Insurance,
    /// Loans, guarantees, investments.
    Finance,
    /// What a firm stated itself with an application.
    Stated,
    Personal,
}

impl DataClass {
    pub const ALL: [DataClass; 8] = [
        DataClass::Open,
        DataClass::Tax,
        DataClass::Statistical,
        DataClass::Electricity,
        DataClass::Insurance,
        DataClass::Finance,
        DataClass::Stated,
        DataClass::Personal,
    ];
}

/// Who is responsible for a section of part two of the plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    pub section: String,
    pub heading: String,
    pub agencies: Vec<String>,
    pub areas: bool,
}

impl Agency {
    /// Its name on a day; the newest where no name covers the day.
    pub fn name_on(&self, day: NaiveDate) -> &AgencyName {
        self.names
            .iter()
            .rev()
            .find(|name| {
                name.from.is_none_or(|from| from <= day) && name.to.is_none_or(|to| day <= to)
            })
            .or(self.names.last())
            .expect("the checker refuses an agency without a name")
    }
}

/// The agency of an id or of any name it has or had.
pub fn find<'a>(agencies: &'a [Agency], text: &str) -> Option<&'a Agency> {
    let wanted = text.trim();
    agencies.iter().find(|agency| {
        agency.id == wanted
            || agency.also_called.iter().any(|name| name == wanted)
            || agency
                .names
                .iter()
                .any(|name| name.name == wanted || name.short == wanted)
    })
}

pub(super) fn read(source: &mut Source<'_>) -> (Vec<Agency>, Vec<Duty>) {
    let agencies: Vec<Placed<Agency>> = source.entries("agency");
    let duties: Vec<Placed<Duty>> = source.entries("duty");
    let mut owners: HashMap<String, String> = HashMap::new();
    let mut ids = BTreeSet::new();
    for Placed { line, value } in &agencies {
        if !ids.insert(value.id.clone()) {
            source.note_line(*line, format!("机构“{}”重复", value.id));
        }
        if value.names.is_empty() {
            source.note_line(*line, format!("机构“{}”没有名称，请补上 names", value.id));
        }
        let spellings = value.also_called.iter().chain(
            value
                .names
                .iter()
                .flat_map(|name| [&name.name, &name.short]),
        );
        let distinct: BTreeSet<&String> = spellings.collect();
        for spelling in distinct {
            if let Some(other) = owners.insert(spelling.clone(), value.id.clone()) {
                let message = format!("名称“{spelling}”同时属于“{other}”和“{}”", value.id);
                source.note_line(*line, message);
            }
        }
    }
    for Placed { line, value } in &duties {
        for agency in value.agencies.iter().filter(|id| !ids.contains(*id)) {
            source.note_line(*line, format!("责任单位“{agency}”不在机构表内"));
        }
    }
    let values = |placed: Vec<Placed<Agency>>| placed.into_iter().map(|p| p.value).collect();
    let duties = duties.into_iter().map(|placed| placed.value).collect();
    (
        values(
            agencies
                .into_iter()
                .filter(|placed| !placed.value.names.is_empty())
                .collect(),
        ),
        duties,
    )
}
