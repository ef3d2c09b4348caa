//! The cases of a measure: facts as anybody can read them, and the verdict they must get.
//!
//! They stand in `cases.toml` beside the measure and are the proof that its text says what
//! the law says. A case states only how it differs from the ordinary one.

use super::judge::{OUT_OF_FORCE, Verdict, amounts, judge_alone};
use super::read::Known;
use super::{Measure, Version};
use crate::expression::{Definition, Missing, Row, Slot, Vocabulary};
use crate::money::Fen;
use crate::pack::Pack;
use crate::pack::source::{Placed, Source};
use crate::pack::stated::{how_to_state, stated_value};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// One case, complete with what it takes over from the ordinary one.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    /// Line in its file.
    pub line: usize,
    /// The day of law.
    pub on: NaiveDate,
    /// By slot of the pack's facts.
    pub facts: Vec<Option<i64>>,
    pub expected: Expected,
}

/// What must come out.
#[derive(Debug, Clone)]
pub enum Expected {
    Verdict {
        verdict: Verdict,
        /// Ids of the failing conditions, where the verdict is 不可享.
        fails: Vec<String>,
        /// The smallest sets of missing facts, where the verdict is 待补数据.
        missing: Vec<BTreeSet<String>>,
        /// Fen by benefit, where all conditions hold; `None` where unknown.
        amounts: BTreeMap<String, Option<i64>>,
        /// The document of the version in force, where it matters which one it is.
        law: Option<String>,
    },
    Definition {
        id: String,
        holds: Option<bool>,
    },
}

/// A case that came out otherwise, or something that the cases leave untried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFailure {
    pub measure: String,
    /// Path and line.
    pub place: String,
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ordinary {
    on: NaiveDate,
    #[serde(default)]
    facts: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseEntry {
    name: String,
    #[serde(default)]
    on: Option<NaiveDate>,
    #[serde(default)]
    facts: BTreeMap<String, toml::Value>,
    #[serde(default)]
    verdict: Option<String>,
    #[serde(default)]
    fails: Vec<String>,
    #[serde(default)]
    missing: Vec<BTreeSet<String>>,
    #[serde(default)]
    amounts: BTreeMap<String, String>,
    #[serde(default)]
    law: Option<String>,
    #[serde(default)]
    definition: Option<String>,
    #[serde(default)]
    holds: Option<toml::Value>,
}

/// Where a measure's cases stand in its pack.
pub fn path_of(pack: &Pack, measure: &Measure) -> String {
    let local = measure.place.as_ref().and_then(|place| {
        let locals = pack.locals.iter();
        locals
            .filter(|local| local.division == place.division)
            .map(|local| local.folder.as_str())
            .next()
    });
    format!("{}measures/{}/cases.toml", local.unwrap_or(""), measure.id)
}

/// The cases of a measure, as they stand in the pack.
pub fn cases_of(pack: &Pack, measure: &Measure) -> Vec<Case> {
    read_from(pack, &path_of(pack, measure))
}

/// The cases of the shared definitions.
pub fn definition_cases(pack: &Pack) -> Vec<Case> {
    read_from(pack, "definitions.toml")
}

fn read_from(pack: &Pack, path: &str) -> Vec<Case> {
    let text = pack.files.0.get(path).map_or("", String::as_str);
    let mut source = Source::new(path, text);
    source.set_aside("definition");
    read(&mut source, &pack.vocabulary, pack.facts.len())
}

/// Reads the cases for their faults only.
pub(super) fn check(source: &mut Source<'_>, measure: &Measure, known: &Known<'_>) {
    let cases = read(source, known.vocabulary, known.facts.len());
    if cases.is_empty() && source.findings.is_empty() {
        source.note_line(
            1,
            format!("措施“{}”没有任何案例，请写 [[case]]", measure.id),
        );
    }
    let conditions = measure
        .versions
        .iter()
        .flat_map(|version| &version.requirements);
    let ids: BTreeSet<&str> = conditions
        .map(|condition| condition.id.as_str())
        .chain([OUT_OF_FORCE])
        .collect();
    for case in &cases {
        let Expected::Verdict { fails, .. } = &case.expected else {
            source.note_line(case.line, "案例没有写明结论 verdict".to_string());
            continue;
        };
        for id in fails.iter().filter(|id| !ids.contains(id.as_str())) {
            source.note_line(case.line, format!("fails 所写的“{id}”不是本措施的条件"));
        }
    }
}

fn read(source: &mut Source<'_>, vocabulary: &Vocabulary, facts: usize) -> Vec<Case> {
    let entries: Vec<Placed<CaseEntry>> = source.entries("case");
    if entries.is_empty() {
        source.set_aside("ordinary");
        return Vec::new();
    }
    let Some(ordinary) = source.required::<Ordinary>("ordinary") else {
        return Vec::new();
    };
    let mut base = vec![None; facts];
    fill(&mut base, &ordinary.facts, vocabulary, 1, source);
    let mut cases = Vec::new();
    for Placed { line, value } in entries {
        let mut facts = base.clone();
        fill(&mut facts, &value.facts, vocabulary, line, source);
        let expected = match expected(&value) {
            Ok(expected) => expected,
            Err(message) => {
                source.note_line(line, message);
                continue;
            }
        };
        cases.push(Case {
            name: value.name,
            line,
            on: value.on.unwrap_or(ordinary.on),
            facts,
            expected,
        });
    }
    cases
}

fn fill(
    facts: &mut [Option<i64>],
    stated: &BTreeMap<String, toml::Value>,
    vocabulary: &Vocabulary,
    line: usize,
    source: &mut Source<'_>,
) {
    for (id, value) in stated {
        let symbol = vocabulary.named(id);
        let Some((slot, kind)) = symbol.and_then(|symbol| match symbol.slot {
            Slot::Fact(slot) => Some((slot, &symbol.kind)),
            Slot::Parameter(_) => None,
        }) else {
            source.note_line(line, format!("没有“{id}”这项事实"));
            continue;
        };
        match stated_value(value, kind) {
            Some(value) => facts[slot] = value,
            None => {
                let message = format!("事实“{id}”不能写 {value}：{}", how_to_state(kind));
                source.note_line(line, message);
            }
        }
    }
}

fn expected(entry: &CaseEntry) -> Result<Expected, String> {
    if let Some(id) = &entry.definition {
        let holds = match &entry.holds {
            Some(toml::Value::Boolean(holds)) => Some(*holds),
            Some(toml::Value::String(text)) if text == "?" => None,
            _ => return Err("holds 写 true、false 或 \"?\"".to_string()),
        };
        let id = id.clone();
        return Ok(Expected::Definition { id, holds });
    }
    let name = entry.verdict.as_deref().unwrap_or_default();
    let verdict = Verdict::ALL.into_iter().find(|own| own.name() == name);
    let Some(verdict) = verdict else {
        let names = Verdict::ALL.map(Verdict::name).join("、");
        return Err(format!("结论“{name}”不在 {names} 之内"));
    };
    if (verdict == Verdict::NotEntitled) == entry.fails.is_empty() {
        return Err("不可享的案例要写明不符合的条件 fails，其他案例不写".to_string());
    }
    if (verdict == Verdict::Unknown) == entry.missing.is_empty() {
        return Err("待补数据的案例要写明缺哪些事实 missing，其他案例不写".to_string());
    }
    let mut amounts = BTreeMap::new();
    for (benefit, text) in &entry.amounts {
        let fen = Fen::read_decimal(text, Fen::PER_YUAN).map(|fen| fen.0);
        if fen.is_none() && text != "?" {
            return Err(format!(
                "数额“{text}”应写成以元为单位的数，例如 \"1250.00\""
            ));
        }
        amounts.insert(benefit.clone(), fen);
    }
    Ok(Expected::Verdict {
        verdict,
        fails: entry.fails.clone(),
        missing: entry.missing.clone(),
        amounts,
        law: entry.law.clone(),
    })
}

/// Tries all cases of a measure, and looks for conditions that no case tries alone.
pub fn try_cases(pack: &Pack, measure: &Measure) -> Vec<CaseFailure> {
    let path = path_of(pack, measure);
    let cases = cases_of(pack, measure);
    let mut failures = Vec::new();
    for case in &cases {
        let parameters = pack.parameters_on(case.on);
        if let Err(message) = try_case(pack, measure, case, &parameters) {
            failures.push(CaseFailure {
                measure: measure.id.clone(),
                place: format!("{path}:{}", case.line),
                message: format!("{}：{message}", case.name),
            });
        }
    }
    for version in &measure.versions {
        for requirement in &version.requirements {
            let is_tried = cases.iter().any(|case| {
                version.is_on(case.on)
                    && matches!(&case.expected, Expected::Verdict { fails, .. }
                        if *fails == [requirement.id.clone()])
            });
            if !is_tried {
                failures.push(CaseFailure {
                    measure: measure.id.clone(),
                    place: path.clone(),
                    message: format!(
                        "{}起施行的版本：没有只因“{}”（{}）不符而不可享的案例",
                        version.from, requirement.id, requirement.name
                    ),
                });
            }
        }
    }
    failures
}

/// Tries the cases of the shared definitions.
pub fn try_definitions(pack: &Pack) -> Vec<CaseFailure> {
    let failed = definition_cases(pack).into_iter().filter_map(|case| {
        let parameters = pack.parameters_on(case.on);
        let message = try_definition(pack, &case, &parameters).err()?;
        Some(CaseFailure {
            measure: "definitions".to_string(),
            place: format!("definitions.toml:{}", case.line),
            message: format!("{}：{message}", case.name),
        })
    });
    failed.collect()
}

pub(super) fn try_definition(
    pack: &Pack,
    case: &Case,
    parameters: &[Option<i64>],
) -> Result<(), String> {
    let Expected::Definition { id, holds } = &case.expected else {
        return Err("没有写明哪一条定义 definition".to_string());
    };
    let Some(Definition::Condition(condition)) = pack.vocabulary.definition(id) else {
        return Err(format!("没有名为“{id}”的条件定义"));
    };
    let facts = &case.facts;
    let found = condition.evaluate(Row { facts, parameters });
    if found == *holds {
        return Ok(());
    }
    let words = |holds: Option<bool>| match holds {
        Some(true) => "成立",
        Some(false) => "不成立",
        None => "待补数据",
    };
    Err(format!("应为{}，得到{}", words(*holds), words(found)))
}

/// Tries one case under given parameters. `Err` says what came out instead.
pub(super) fn try_case(
    pack: &Pack,
    measure: &Measure,
    case: &Case,
    parameters: &[Option<i64>],
) -> Result<(), String> {
    let Expected::Verdict {
        verdict,
        fails,
        missing,
        amounts: expected,
        law,
    } = &case.expected
    else {
        return Ok(());
    };
    let row = Row {
        facts: &case.facts,
        parameters,
    };
    let found = judge_alone(measure, row, case.on);
    let failing = found.failing(measure);
    if found.verdict != *verdict {
        let because = match failing.is_empty() {
            true => String::new(),
            false => format!("（{}）", failing.join("、")),
        };
        let found = found.verdict.name();
        return Err(format!("应为{}，得到{found}{because}", verdict.name()));
    }
    if *verdict == Verdict::NotEntitled {
        let (own, stated): (BTreeSet<&str>, BTreeSet<&str>) = (
            failing.iter().copied().collect(),
            fails.iter().map(String::as_str).collect(),
        );
        if own != stated {
            let (own, stated) = (failing.join("、"), fails.join("、"));
            return Err(format!("不符合的条件应为 {stated}，得到 {own}"));
        }
    }
    let Some(version) = found.version.map(|version| &measure.versions[version]) else {
        return Ok(());
    };
    if let Some(law) = law
        && *law != version.law
    {
        return Err(format!("依据应为 {law}，得到 {}", version.law));
    }
    if *verdict == Verdict::Unknown {
        try_missing(pack, version, row, missing)?;
    }
    if verdict.is_open_door() {
        try_amounts(version, row, expected)?;
    }
    Ok(())
}

fn try_missing(
    pack: &Pack,
    version: &Version,
    row: Row<'_>,
    stated: &[BTreeSet<String>],
) -> Result<(), String> {
    let named = |set: &[usize]| -> BTreeSet<String> {
        set.iter()
            .map(|slot| pack.facts[*slot].id.clone())
            .collect()
    };
    let sets = match version.missing(row, &pack.vocabulary) {
        Missing::Smallest { sets, .. } => sets,
        Missing::Sufficient(set) => vec![set],
        _ => Vec::new(),
    };
    let found: BTreeSet<BTreeSet<String>> = sets.iter().map(|set| named(set)).collect();
    let stated: BTreeSet<BTreeSet<String>> = stated.iter().cloned().collect();
    if found == stated {
        return Ok(());
    }
    let words = |sets: &BTreeSet<BTreeSet<String>>| -> String {
        let sets = sets.iter().map(|set| {
            let ids: Vec<&str> = set.iter().map(String::as_str).collect();
            format!("[{}]", ids.join("、"))
        });
        sets.collect::<Vec<_>>().join(" ")
    };
    let (stated, found) = (words(&stated), words(&found));
    Err(format!("所缺事实应为 {stated}，得到 {found}"))
}

fn try_amounts(
    version: &Version,
    row: Row<'_>,
    stated: &BTreeMap<String, Option<i64>>,
) -> Result<(), String> {
    let granted = amounts(version, row);
    let yuan = |fen: Option<i128>| match fen {
        Some(fen) => i64::try_from(fen).map_or_else(|_| fen.to_string(), |f| Fen(f).in_yuan()),
        None => "待补".to_string(),
    };
    for granted in &granted {
        let benefit = &version.benefits[granted.benefit];
        let Some(expected) = stated.get(&benefit.id) else {
            let found = yuan(granted.fen);
            return Err(format!("没有写明“{}”的数额，得到 {found}", benefit.id));
        };
        let expected = expected.map(i128::from);
        if expected != granted.fen {
            let (expected, found) = (yuan(expected), yuan(granted.fen));
            return Err(format!("“{}”应为 {expected}，得到 {found}", benefit.id));
        }
    }
    let ids: Vec<&str> = granted
        .iter()
        .map(|granted| version.benefits[granted.benefit].id.as_str())
        .collect();
    match stated.keys().find(|id| !ids.contains(&id.as_str())) {
        Some(id) => Err(format!("“{id}”不是本版本有数额的内容")),
        None => Ok(()),
    }
}
