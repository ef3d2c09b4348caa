//! Before and after going above scale: the steps that are thought through, and the lines that
//! an owner asks about.
//!
//! A step changes facts in thought only; the same rules are then asked again, so that each
//! line can say whether going above scale is what changes it, or growth is.

use super::facts::Fact;
use super::source::Source;
use crate::expression::{
    Amount, Condition, Finding, Kind, Row, Slot, Term, Vocabulary, parse, parse_amount,
};
use crate::measures::Measure;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The comparison that the pack describes.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    pub title: String,
    /// Who says so, and that nobody may demand figures.
    pub notice: String,
    /// Each built on the one before; the first is the firm as it is.
    pub steps: Vec<Step>,
    pub lines: Vec<ComparisonLine>,
}

/// A situation of the firm.
#[derive(Debug, Clone)]
pub struct Step {
    pub id: String,
    pub name: String,
    /// Slot of a fact and what it becomes.
    pub settings: Vec<(usize, Setting)>,
}

/// What a fact becomes in a step.
#[derive(Debug, Clone)]
pub enum Setting {
    Truth(Condition),
    Value(Amount),
    /// One or the other; unknown where the condition is.
    Either(Condition, Amount, Amount),
}

/// One line of the comparison.
#[derive(Debug, Clone)]
pub struct ComparisonLine {
    pub group: String,
    /// A sentence for the owner.
    pub say: String,
    pub what: What,
}

/// What a line compares.
#[derive(Debug, Clone)]
pub enum What {
    /// A measure, by index: its verdict and amounts in every step.
    Measure(usize),
    /// A duty or an effect that is no measure.
    Effect {
        name: String,
        below: String,
        above: String,
        caused: Caused,
        law: String,
    },
}

/// Whether going above scale is what changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caused {
    Yes,
    No,
    /// By practice, not by law.
    Partly,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComparisonEntry {
    title: String,
    notice: String,
    #[serde(rename = "step")]
    steps: Vec<StepEntry>,
    #[serde(rename = "line")]
    lines: Vec<Spanned<LineEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepEntry {
    id: String,
    name: String,
    #[serde(default)]
    set: BTreeMap<String, Spanned<SettingEntry>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SettingEntry {
    Always(String),
    Either {
        when: String,
        then: String,
        #[serde(rename = "else")]
        other: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineEntry {
    group: String,
    say: String,
    #[serde(default)]
    measure: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    below: String,
    #[serde(default)]
    above: String,
    #[serde(default)]
    caused: Option<Caused>,
    #[serde(default)]
    law: String,
}

impl Step {
    /// Facts as they are in this step, from those of the step before.
    pub fn apply(&self, facts: &[Option<i64>], parameters: &[Option<i64>]) -> Vec<Option<i64>> {
        let row = Row { facts, parameters };
        let mut changed = facts.to_vec();
        for (slot, setting) in &self.settings {
            changed[*slot] = match setting {
                Setting::Truth(condition) => condition.evaluate(row).map(i64::from),
                Setting::Value(amount) => value(amount, row),
                Setting::Either(when, then, other) => match when.evaluate(row) {
                    Some(true) => value(then, row),
                    Some(false) => value(other, row),
                    None => None,
                },
            };
        }
        changed
    }
}

pub(super) fn read(
    source: &mut Source<'_>,
    vocabulary: &Vocabulary,
    facts: &[Fact],
    measures: &[Measure],
) -> Option<Comparison> {
    let entry = source.whole::<ComparisonEntry>()?;
    let mut steps = Vec::new();
    for step in entry.steps {
        let mut settings = Vec::new();
        for (id, text) in &step.set {
            let at = text.span().start;
            let Some(slot) = facts.iter().position(|fact| fact.id == *id) else {
                source.note(at, format!("没有“{id}”这项事实"));
                continue;
            };
            let setting = setting(id, &facts[slot].kind, text.get_ref(), vocabulary);
            match setting {
                Ok(setting) => settings.push((slot, setting)),
                Err(message) => source.note(at, message),
            }
        }
        steps.push(Step {
            id: step.id,
            name: step.name,
            settings,
        });
    }
    if steps.len() < 2 {
        source.note_line(1, "至少要有现状和升规后两步 [[step]]".to_string());
    }
    let mut lines = Vec::new();
    for spanned in entry.lines {
        let at = spanned.span().start;
        match line(spanned.into_inner(), measures) {
            Ok(line) => lines.push(line),
            Err(message) => source.note(at, message),
        }
    }
    Some(Comparison {
        title: entry.title,
        notice: entry.notice,
        steps,
        lines,
    })
}

fn value(amount: &Amount, row: Row<'_>) -> Option<i64> {
    amount
        .rounded(row)
        .and_then(|value| i64::try_from(value).ok())
}

fn said(found: Vec<Finding>) -> String {
    let texts: Vec<String> = found.into_iter().map(|finding| finding.message).collect();
    texts.join("；")
}

fn setting(
    id: &str,
    kind: &Kind,
    entry: &SettingEntry,
    vocabulary: &Vocabulary,
) -> Result<Setting, String> {
    match entry {
        SettingEntry::Always(text) if *kind == Kind::Boolean => {
            parse(text, vocabulary).map(Setting::Truth).map_err(said)
        }
        SettingEntry::Always(text) => given(id, kind, text, vocabulary).map(Setting::Value),
        SettingEntry::Either { when, then, other } => Ok(Setting::Either(
            parse(when, vocabulary).map_err(said)?,
            given(id, kind, then, vocabulary)?,
            given(id, kind, other, vocabulary)?,
        )),
    }
}

fn given(id: &str, kind: &Kind, text: &str, vocabulary: &Vocabulary) -> Result<Amount, String> {
    if text.starts_with('\'') {
        // A literal has its kind from what it stands beside.
        return match parse(&format!("{id} = {text}"), vocabulary).map_err(said)? {
            Condition::Compare { right, .. } => Ok(right),
            _ => Err(format!("“{text}”不能作事实“{id}”的值")),
        };
    }
    let amount = parse_amount(text, vocabulary).map_err(said)?;
    if amount.kind != *kind && !matches!(amount.term, Term::Slot(Slot::Fact(_))) {
        return Err(format!(
            "事实“{id}”是{}，这里给的是{}",
            kind.in_words(),
            amount.kind.in_words()
        ));
    }
    Ok(amount)
}

fn line(entry: LineEntry, measures: &[Measure]) -> Result<ComparisonLine, String> {
    let what = match (entry.measure, entry.name, entry.caused) {
        (Some(id), None, None) => {
            let found = measures.iter().position(|measure| measure.id == id);
            What::Measure(found.ok_or_else(|| format!("没有“{id}”这项措施"))?)
        }
        (None, Some(name), Some(caused)) => {
            if entry.below.is_empty() || entry.above.is_empty() || entry.law.is_empty() {
                return Err(format!("“{name}”要写 below、above 和 law"));
            }
            What::Effect {
                name,
                below: entry.below,
                above: entry.above,
                caused,
                law: entry.law,
            }
        }
        _ => return Err("写 measure，或写 name、below、above、caused、law".to_string()),
    };
    Ok(ComparisonLine {
        group: entry.group,
        say: entry.say,
        what,
    })
}
