//! Measures out of the files of a pack, every fault with its line.

use super::judge::{OUT_OF_FORCE, produces_in};
use super::{Benefit, Decider, Every, Figure, Force, Measure, Place, Requirement, Version, cases};
use crate::expression::{Condition, Definition, Kind, Slot, Vocabulary, parse, parse_amount};
use crate::pack::definitions::named;
use crate::pack::facts::{Fact, Origin, RegisterField};
use crate::pack::files::PackFiles;
use crate::pack::finding::Finding;
use crate::pack::local::LocalPack;
use crate::pack::parameters::Parameter;
use crate::pack::source::Source;
use crate::pack::with;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// What measures may refer to.
pub(crate) struct Known<'a> {
    pub vocabulary: &'a Vocabulary,
    pub facts: &'a [Fact],
    pub parameters: &'a [Parameter],
    pub clauses: &'a BTreeSet<String>,
    pub agencies: &'a BTreeSet<String>,
    pub locals: &'a [LocalPack],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasureEntry {
    name: String,
    clauses: Spanned<Vec<String>>,
    force: Force,
    agencies: Spanned<Vec<String>>,
    channel: String,
    papers: Vec<String>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    implements: Option<String>,
    #[serde(rename = "version")]
    versions: Vec<Spanned<VersionEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionEntry {
    from: NaiveDate,
    #[serde(default)]
    to: Option<NaiveDate>,
    law: String,
    #[serde(default)]
    uncertain: bool,
    decided_by: Decider,
    #[serde(default, rename = "figure")]
    figures: Vec<FigureEntry>,
    #[serde(default, rename = "condition")]
    conditions: Vec<ConditionEntry>,
    #[serde(default, rename = "benefit")]
    benefits: Vec<BenefitEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureEntry {
    id: Spanned<String>,
    name: String,
    value: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionEntry {
    id: Spanned<String>,
    name: String,
    when: Spanned<String>,
    #[serde(default)]
    cites: Vec<String>,
    #[serde(default)]
    law: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BenefitEntry {
    id: Spanned<String>,
    name: String,
    #[serde(default)]
    amount: Option<Spanned<String>>,
    #[serde(default)]
    every: Every,
    #[serde(default)]
    text: String,
    #[serde(default)]
    force: Option<Force>,
    #[serde(default = "yes")]
    adds_up: bool,
}

fn yes() -> bool {
    true
}

/// Reads every measure of the province and of the loaded local packs.
pub(crate) fn read(
    files: &PackFiles,
    known: &Known<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Measure> {
    let mut measures: Vec<Measure> = Vec::new();
    let roots = std::iter::once(None).chain(known.locals.iter().map(Some));
    for local in roots {
        let root = local.map_or("", |local| local.folder.as_str());
        let folder = format!("{root}measures/");
        let paths = files.0.keys().filter(|path| path.starts_with(&folder));
        for path in paths.filter(|path| path.ends_with("/measure.toml")) {
            let id = path[folder.len()..].trim_end_matches("/measure.toml");
            let measure = with(files, path, findings, |source| {
                one_measure(id, local, known, source)
            });
            let Some(measure) = measure else { continue };
            if measures.iter().any(|other| other.id == measure.id) {
                findings.push(Finding {
                    file: path.clone(),
                    line: 1,
                    message: format!("措施“{id}”重复，目录名须各不相同"),
                });
            }
            check_implements(&measure, &measures, path, findings);
            let beside = path.replace("measure.toml", "cases.toml");
            with(files, &beside, findings, |source| {
                cases::check(source, &measure, known)
            });
            measures.push(measure);
        }
    }
    // As the plan has them, and those of localities after them.
    measures.sort_by_cached_key(|measure| {
        let clause = measure.clauses.first().map_or("", String::as_str);
        let numbers = clause.split('.').map(|part| part.parse().unwrap_or(0));
        let numbers: Vec<u32> = numbers.collect();
        (measure.place.is_some(), numbers, measure.id.clone())
    });
    measures
}

fn check_implements(
    measure: &Measure,
    earlier: &[Measure],
    path: &str,
    findings: &mut Vec<Finding>,
) {
    let Some(id) = measure
        .place
        .as_ref()
        .and_then(|place| place.implements.as_ref())
    else {
        return;
    };
    let leaves_to_localities = earlier
        .iter()
        .filter(|other| other.id == *id)
        .flat_map(|other| &other.versions)
        .any(|version| version.decided_by == Decider::Locality);
    if !leaves_to_localities {
        findings.push(Finding {
            file: path.to_string(),
            line: 1,
            message: format!("implements 所指的“{id}”不是省级政策包中由地方定细则的措施"),
        });
    }
}

fn one_measure(
    id: &str,
    local: Option<&LocalPack>,
    known: &Known<'_>,
    source: &mut Source<'_>,
) -> Option<Measure> {
    let entry = source.whole::<MeasureEntry>()?;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.chars().all(is_plain) {
        source.note_line(1, format!("目录名“{id}”只能用小写字母、数字和连字符"));
    }
    for cite in entry.clauses.get_ref() {
        if !known.clauses.contains(cite) {
            source.note(entry.clauses.span().start, format!("没有条款 {cite}"));
        }
    }
    if entry.clauses.get_ref().is_empty() {
        let message = "没有写明落实方案哪一条，请补上 clauses".to_string();
        source.note(entry.clauses.span().start, message);
    }
    for agency in entry.agencies.get_ref() {
        let is_special = ["areas", "counties"].contains(&agency.as_str());
        if !is_special && !known.agencies.contains(agency) {
            let message = format!("责任单位“{agency}”不在机构表内");
            source.note(entry.agencies.span().start, message);
        }
    }
    if entry.implements.is_some() && local.is_none() {
        source.note_line(1, "implements 只用于市县政策包".to_string());
    }
    let mut versions = Vec::new();
    for spanned in entry.versions {
        let start = spanned.span().start;
        let reader = VersionReader {
            known,
            force: entry.force,
            place: local.map(|local| local.division),
        };
        let version = reader.read(spanned.into_inner(), start, source);
        versions.extend(version.map(|version| (start, version)));
    }
    check_order(&versions, source);
    Some(Measure {
        id: id.to_string(),
        name: entry.name,
        clauses: entry.clauses.into_inner(),
        force: entry.force,
        agencies: entry.agencies.into_inner(),
        channel: entry.channel,
        papers: entry.papers,
        note: entry.note,
        place: local.map(|local| Place {
            division: local.division,
            implements: entry.implements,
            example: local.example,
        }),
        versions: versions.into_iter().map(|(_, version)| version).collect(),
    })
}

fn check_order(versions: &[(usize, Version)], source: &mut Source<'_>) {
    if versions.is_empty() && source.findings.is_empty() {
        source.note_line(1, "没有任何版本，请写 [[version]]".to_string());
    }
    for (start, version) in versions {
        if version.to.is_some_and(|to| to < version.from) {
            source.note(*start, "失效日期早于生效日期".to_string());
        }
    }
    for pair in versions.windows(2) {
        let (before, (start, after)) = (&pair[0].1, &pair[1]);
        if before.to.is_none_or(|to| to >= after.from) {
            let message = "版本应按生效日期先后、互不重叠，前一版本要写失效日期 to".to_string();
            source.note(*start, message);
        }
    }
}

struct VersionReader<'a> {
    known: &'a Known<'a>,
    force: Force,
    place: Option<u32>,
}

impl VersionReader<'_> {
    fn read(&self, entry: VersionEntry, start: usize, source: &mut Source<'_>) -> Option<Version> {
        let mut vocabulary = self.known.vocabulary.clone();
        let mut numbers = BTreeSet::new();
        let mut figures = Vec::new();
        for figure in entry.figures {
            self.name_numbers(figure.value.get_ref(), &mut numbers);
            let amount = match parse_amount(figure.value.get_ref(), &vocabulary) {
                Ok(amount) => named(&figure.name, amount),
                Err(found) => {
                    source.note_expression(figure.value.span().start, &found);
                    continue;
                }
            };
            let id = figure.id.get_ref();
            let definition = Definition::Amount(amount.clone());
            if let Err(refusal) = vocabulary.define(id, definition) {
                source.note(figure.id.span().start, refusal.to_string());
            }
            figures.push(Figure {
                id: id.clone(),
                name: figure.name,
                amount,
            });
        }
        let mut requirements = Vec::from_iter(self.place_requirement());
        // What is written wrongly has its finding already: it is not missing besides.
        let is_bare = requirements.is_empty() && entry.conditions.is_empty();
        let gives_nothing = entry.benefits.is_empty();
        for condition in entry.conditions {
            self.name_numbers(condition.when.get_ref(), &mut numbers);
            requirements.extend(self.requirement(condition, &requirements, &vocabulary, source));
        }
        if is_bare {
            source.note(
                start,
                "没有任何条件，请写 [[version.condition]]".to_string(),
            );
        }
        let mut benefits = Vec::new();
        for benefit in entry.benefits {
            if let Some(amount) = &benefit.amount {
                self.name_numbers(amount.get_ref(), &mut numbers);
            }
            benefits.extend(self.benefit(benefit, &vocabulary, source));
        }
        if gives_nothing {
            let message = "没有写明能得到什么，请写 [[version.benefit]]".to_string();
            source.note(start, message);
        }
        self.check_in_force(&numbers, (entry.from, entry.to), start, source);
        Some(Version {
            from: entry.from,
            to: entry.to,
            law: entry.law,
            uncertain: entry.uncertain,
            decided_by: entry.decided_by,
            figures,
            requirements,
            benefits,
            numbers: numbers.into_iter().collect(),
        })
    }

    /// A local measure holds for the firms of its place.
    fn place_requirement(&self) -> Option<Requirement> {
        let division = self.place?;
        let at = |field| {
            let origin = Origin::Register(field);
            self.known
                .facts
                .iter()
                .position(|fact| fact.origin == origin)
        };
        // 济源 aside, a county's code ends in other digits than 00.
        let is_county = division % 100 != 0;
        let county = at(RegisterField::County).filter(|_| is_county);
        let area = at(RegisterField::Area).filter(|_| !is_county || county.is_none());
        Some(Requirement {
            id: "place".to_string(),
            name: "在本地生产经营".to_string(),
            condition: produces_in(area, county, division),
            text: String::new(),
            cites: Vec::new(),
            law: "地方政策只适用于本地企业".to_string(),
        })
    }

    fn requirement(
        &self,
        entry: ConditionEntry,
        earlier: &[Requirement],
        vocabulary: &Vocabulary,
        source: &mut Source<'_>,
    ) -> Option<Requirement> {
        let id = entry.id.get_ref().clone();
        let at = entry.id.span().start;
        if earlier.iter().any(|other| other.id == id) || id == OUT_OF_FORCE {
            source.note(at, format!("条件标识“{id}”已经用过，请换一个"));
        }
        if entry.cites.is_empty() && entry.law.trim().is_empty() {
            let message = format!("条件“{id}”没有出处，请补上 cites 或 law");
            source.note(at, message);
        }
        for cite in entry
            .cites
            .iter()
            .filter(|c| !self.known.clauses.contains(*c))
        {
            source.note(at, format!("没有条款 {cite}"));
        }
        match parse(entry.when.get_ref(), vocabulary) {
            Ok(condition) => {
                self.check_condition(&condition, entry.when.span().start, source);
                Some(Requirement {
                    id,
                    name: entry.name,
                    condition,
                    text: entry.when.into_inner(),
                    cites: entry.cites,
                    law: entry.law,
                })
            }
            Err(found) => {
                source.note_expression(entry.when.span().start, &found);
                None
            }
        }
    }

    /// Databases compute in 64 bits; what cannot outgrow them is the same everywhere.
    fn check_condition(&self, condition: &Condition, at: usize, source: &mut Source<'_>) {
        let most = condition.magnitude_max(self.known.vocabulary);
        if most.is_none_or(|most| most > i64::MAX as u128) {
            source.note(at, TOO_WIDE.to_string());
        }
        self.check_no_estimate(condition.slots(), at, source);
    }

    /// What a firm is entitled to follows from facts: a forecast is none.
    fn check_no_estimate(&self, slots: Vec<Slot>, at: usize, source: &mut Source<'_>) {
        for slot in slots {
            let Slot::Fact(slot) = slot else { continue };
            let Fact { name, origin, .. } = &self.known.facts[slot];
            if origin.is_estimate() {
                source.note(
                    at,
                    format!("“{name}”是预测，不是事实：条件和数额不能用预测和预警"),
                );
            }
        }
    }

    fn benefit(
        &self,
        entry: BenefitEntry,
        vocabulary: &Vocabulary,
        source: &mut Source<'_>,
    ) -> Option<Benefit> {
        let amount = match &entry.amount {
            None => None,
            Some(text) => match parse_amount(text.get_ref(), vocabulary) {
                Ok(amount) => {
                    let at = text.span().start;
                    if amount.kind != Kind::Money {
                        let kind = amount.kind.in_words();
                        source.note(at, format!("数额须是金额，这里是{kind}"));
                    }
                    let most = amount.magnitude_max(self.known.vocabulary);
                    if most.is_none_or(|most| most > i64::MAX as u128) {
                        source.note(at, TOO_WIDE.to_string());
                    }
                    self.check_no_estimate(amount.slots(), at, source);
                    Some(amount)
                }
                Err(found) => {
                    source.note_expression(text.span().start, &found);
                    return None;
                }
            },
        };
        if amount.is_none() && entry.text.trim().is_empty() {
            let message = format!("“{}”没有数额也没有说明，请写 amount 或 text", entry.name);
            source.note(entry.id.span().start, message);
        }
        Some(Benefit {
            id: entry.id.into_inner(),
            name: entry.name,
            amount,
            every: entry.every,
            text: entry.text,
            force: entry.force.unwrap_or(self.force),
            adds_up: entry.adds_up,
        })
    }

    /// Slots of the parameters that a text names.
    fn name_numbers(&self, text: &str, numbers: &mut BTreeSet<usize>) {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in words {
            let slot = self.known.parameters.iter().position(|own| own.id == word);
            numbers.extend(slot);
        }
    }

    /// Each number has a value on every day of the version.
    fn check_in_force(
        &self,
        numbers: &BTreeSet<usize>,
        (from, to): (NaiveDate, Option<NaiveDate>),
        start: usize,
        source: &mut Source<'_>,
    ) {
        for slot in numbers {
            let parameter = &self.known.parameters[*slot];
            let mut day = from;
            let gap = loop {
                let Some(dated) = parameter.dated_on(day) else {
                    break Some(day);
                };
                match (dated.to, to) {
                    (None, _) => break None,
                    (Some(end), Some(to)) if end >= to => break None,
                    (Some(end), _) => match end.succ_opt() {
                        Some(next) => day = next,
                        None => break None,
                    },
                }
            };
            // An open version may outlive its parameters: the verdict is then unknown.
            if let Some(day) = gap.filter(|_| to.is_some()) {
                let message = format!(
                    "版本施行期内的 {day} 没有参数“{}”（{}）的取值",
                    parameter.id, parameter.name
                );
                source.note(start, message);
            }
        }
    }
}

const TOO_WIDE: &str = "结果可能超出数据库整数的范围：少乘几个因数，或给所用事实写上限 max（例如 max = \"100%\"、max = \"1000000000.00\"）";
