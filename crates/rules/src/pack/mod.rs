//! A policy pack: the plan as data, read and checked in one pass.
//!
//! A pack is only given to the program when nothing is wrong with it; [`Pack::check`]
//! reports every finding with file and line. The pack knows no firm and no database.

pub mod about;
pub mod agencies;
pub mod calendar;
pub mod clauses;
pub mod codes;
pub mod comparison;
pub mod definitions;
pub mod delivered;
pub mod divisions;
pub mod exchange;
pub mod facts;
pub mod files;
pub mod finding;
pub mod local;
pub mod organisation;
pub mod original;
pub mod parameters;
mod places;
pub mod roles;
pub mod security;
pub(crate) mod source;
pub mod stages;
pub mod stated;
pub mod targets;
pub mod tiles;
mod vocabulary;
pub mod warnings;
mod words;

use crate::expression::{Slot, Vocabulary};
use crate::layout::Layout;
use crate::measures;
use about::{About, Bands, Landing, LegalEntity, Measure, Office, Progress, Scale};
use agencies::{Agency, Duty};
use calendar::Calendar;
use chrono::NaiveDate;
use clauses::{Clause, Uncovered};
use codes::Industries;
use comparison::Comparison;
use definitions::DefinitionEntry;
use divisions::Divisions;
use exchange::ListKind;
use facts::{Fact, Origin, Series};
use files::PackFiles;
use finding::Finding;
use local::LocalPack;
use parameters::Parameter;
use roles::Role;
use security::Security;
use source::{Placed, Source};
use stages::{Class, Stage};
use std::collections::BTreeSet;
use targets::YearTargets;
use tiles::Tile;
use warnings::Warnings;
use words::Words;

/// The plan as data, free of findings.
#[derive(Debug, Clone)]
pub struct Pack {
    pub files: PackFiles,
    /// SM3 of all files; it names the edition that a computation used.
    pub fingerprint: String,
    pub about: About,
    pub office: Office,
    pub scale: Scale,
    pub legal_entity: LegalEntity,
    pub progress: Progress,
    pub measure: Measure,
    pub landing: Landing,
    pub bands: Bands,
    pub agencies: Vec<Agency>,
    pub duties: Vec<Duty>,
    /// What accounts may open and do.
    pub roles: Vec<Role>,
    pub security: Security,
    pub clauses: Vec<Clause>,
    pub uncovered: Vec<Uncovered>,
    pub parameters: Vec<Parameter>,
    pub series: Vec<Series>,
    /// In the order of their slots in a row.
    pub facts: Vec<Fact>,
    pub vocabulary: Vocabulary,
    /// Conditions and amounts that many rules share.
    pub definitions: Vec<DefinitionEntry>,
    /// The province's first, then those of cities and counties.
    pub measures: Vec<measures::Measure>,
    /// Before and after going above scale.
    pub comparison: Comparison,
    /// Packs of cities and counties that are loaded.
    pub locals: Vec<LocalPack>,
    pub classes: Vec<Class>,
    pub stages: Vec<Stage>,
    /// The points card that warns of firms about to leave.
    pub warnings: Warnings,
    /// Lists for finance platforms and banks.
    pub exchange: Vec<ListKind>,
    pub layouts: Vec<Layout>,
    pub divisions: Divisions,
    pub industries: Industries,
    pub calendar: Calendar,
    pub targets: Vec<YearTargets>,
    /// Where each area stands on the map, in order of codes.
    pub tiles: Vec<Tile>,
}

impl Pack {
    /// Reads and checks a pack. `capabilities` are the things the program can do that a
    /// clause may name as what makes it work.
    ///
    /// # Errors
    /// Every finding, in order of file and line.
    pub fn check(files: PackFiles, capabilities: &[&str]) -> Result<Pack, Vec<Finding>> {
        let mut findings = Vec::new();
        let pack = read(&files, capabilities, &mut findings);
        findings.sort();
        findings.dedup();
        match pack {
            Some(pack) if findings.is_empty() => Ok(pack),
            _ => Err(findings),
        }
    }

    pub fn layout(&self, id: &str) -> Option<&Layout> {
        self.layouts.iter().find(|layout| layout.id == id)
    }

    pub fn agency(&self, text: &str) -> Option<&Agency> {
        agencies::find(&self.agencies, text)
    }

    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    pub fn parameter(&self, id: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.id == id)
    }

    /// Slot of the first fact with this origin.
    pub fn slot(&self, origin: Origin) -> Option<usize> {
        self.facts.iter().position(|fact| fact.origin == origin)
    }

    pub fn fact_slot(&self, id: &str) -> Option<usize> {
        self.facts.iter().position(|fact| fact.id == id)
    }

    /// The delivery that a fact comes from, as officials call it; none for what the program
    /// itself knows.
    pub fn source_of(&self, fact: usize) -> Option<String> {
        let named = |id: &str| self.layout(id).map(|layout| layout.name.clone());
        match self.facts[fact].origin {
            Origin::Delivered(delivered) => Some(self.layouts[delivered.layout].name.clone()),
            Origin::Register(_) => named("register"),
            Origin::Status(_) => named("confirmed"),
            Origin::Feature(feature) => {
                let id = &self.series[feature.series].id;
                let feeds = |layout: &&Layout| {
                    let mut columns = layout.columns.iter();
                    columns.any(|column| column.series.as_ref() == Some(id))
                };
                self.layouts
                    .iter()
                    .find(feeds)
                    .map(|layout| layout.name.clone())
            }
            Origin::Run(_)
            | Origin::Pool(_)
            | Origin::Landing(_)
            | Origin::AnyClass
            | Origin::Warning(_) => None,
        }
    }

    /// All parameters' values on a day, by slot; the day and its month stand at the end.
    pub fn parameters_on(&self, day: NaiveDate) -> Vec<Option<i64>> {
        let month = i64::from(crate::period::Month::of(day).index());
        self.parameters
            .iter()
            .map(|parameter| parameter.on(day))
            .chain([Some(days_since_epoch(day)), Some(month)])
            .collect()
    }

    pub fn measure_named(&self, id: &str) -> Option<usize> {
        self.measures.iter().position(|measure| measure.id == id)
    }

    /// The pool factor on a day, in percent.
    pub fn pool_factor_percent(&self, day: NaiveDate) -> Option<i64> {
        self.parameter(&self.scale.pool_factor_percent)?.on(day)
    }
}

fn read(files: &PackFiles, capabilities: &[&str], findings: &mut Vec<Finding>) -> Option<Pack> {
    let head = read_head(files, findings);
    let (agencies, duties) = with(files, "agencies.toml", findings, agencies::read);
    let agency_ids: BTreeSet<String> = agencies.iter().map(|agency| agency.id.clone()).collect();
    let (roles, security) = with(files, "roles.toml", findings, |source| {
        (roles::read(source, &agency_ids), security::read(source))
    });
    let placed = with(files, "clauses.toml", findings, |source| {
        clauses::read(source, &agency_ids, capabilities)
    });
    let uncovered: Vec<Placed<Uncovered>> = match files.0.get("uncovered.toml") {
        Some(text) => Source::new("uncovered.toml", text).entries("uncovered"),
        None => Vec::new(),
    };
    let clause_ids = placed.iter().map(|clause| clause.value.id.clone());
    let clause_ids: BTreeSet<String> = clause_ids.collect();
    let words = words::read(files, &agency_ids, &clause_ids, findings);
    let Rules {
        classes,
        stages,
        warnings,
        measures,
        comparison,
    } = read_rules(files, &words, (&clause_ids, &agency_ids), findings);
    let exchange = read_exchange(files, &words, (&agencies, &measures, &clause_ids), findings);
    with(files, "uncovered.toml", findings, |source| {
        clauses::check_coverage(source, &placed, &uncovered, &measures)
    });
    let clauses: Vec<Clause> = placed.into_iter().map(|placed| placed.value).collect();
    let uncovered = uncovered.into_iter().map(|placed| placed.value).collect();
    let places = places::read(files, head.as_ref(), findings);
    let head = head?;
    check_head(&head, &agency_ids, &words, findings);
    Some(Pack {
        files: files.clone(),
        fingerprint: files.fingerprint(),
        about: head.about,
        office: head.office,
        scale: head.scale,
        legal_entity: head.legal_entity,
        progress: head.progress,
        measure: head.measure,
        landing: head.landing,
        bands: head.bands,
        agencies,
        duties,
        roles,
        security,
        clauses,
        uncovered,
        parameters: words.parameters,
        series: words.series,
        facts: words.facts,
        vocabulary: words.vocabulary,
        definitions: words.definitions,
        measures,
        comparison,
        locals: words.locals,
        classes,
        stages,
        warnings,
        exchange,
        layouts: words.layouts,
        divisions: places.divisions,
        industries: places.industries,
        calendar: places.calendar,
        targets: places.targets,
        tiles: places.tiles,
    })
}

/// Lists for finance platforms; a pack may have none.
fn read_exchange(
    files: &PackFiles,
    words: &Words,
    (agencies, measures, clauses): (&[Agency], &[measures::Measure], &BTreeSet<String>),
    findings: &mut Vec<Finding>,
) -> Vec<ListKind> {
    if !files.0.contains_key("exchange.toml") {
        return Vec::new();
    }
    let known = exchange::Known {
        agencies,
        facts: &words.facts,
        measures,
        clauses,
    };
    with(files, "exchange.toml", findings, |source| {
        exchange::read(source, &known)
    })
}

/// Days since 1970-01-01, as expressions count days.
pub fn days_since_epoch(day: NaiveDate) -> i64 {
    day.signed_duration_since(NaiveDate::default()).num_days()
}

struct Rules {
    classes: Vec<Class>,
    stages: Vec<Stage>,
    warnings: Warnings,
    measures: Vec<measures::Measure>,
    comparison: Comparison,
}

fn read_rules(
    files: &PackFiles,
    words: &Words,
    (clauses, agencies): (&BTreeSet<String>, &BTreeSet<String>),
    findings: &mut Vec<Finding>,
) -> Rules {
    let (classes, stages) = with(files, "stages.toml", findings, |source| {
        stages::read(source, &words.vocabulary, clauses)
    });
    check_classes(&classes, &words.facts, findings);
    let warnings = with(files, "warnings.toml", findings, |source| {
        let known = warnings::Known {
            vocabulary: &words.vocabulary,
            facts: &words.facts,
            parameters: &words.parameters,
            clauses,
            agencies,
        };
        warnings::read(source, &known)
    });
    let known = measures::Known {
        vocabulary: &words.vocabulary,
        facts: &words.facts,
        parameters: &words.parameters,
        clauses,
        agencies,
        locals: &words.locals,
    };
    let measures = measures::read(files, &known, findings);
    let comparison = with(files, "comparison.toml", findings, |source| {
        comparison::read(source, &words.vocabulary, &words.facts, &measures)
    });
    Rules {
        classes,
        stages,
        warnings,
        measures,
        comparison: comparison.unwrap_or_default(),
    }
}

/// Classes are decided first: what follows from them or from the points card is not known yet.
fn check_classes(classes: &[Class], facts: &[Fact], findings: &mut Vec<Finding>) {
    for class in classes {
        for slot in class.condition.slots() {
            let Slot::Fact(fact) = slot else { continue };
            let fact = &facts[fact];
            if matches!(fact.origin, Origin::AnyClass | Origin::Warning(_)) {
                findings.push(Finding {
                    file: "stages.toml".to_string(),
                    line: 1,
                    message: format!(
                        "“{}”在四类之后才算出，不能写进“{}”的条件",
                        fact.id, class.id
                    ),
                });
            }
        }
    }
}

struct Head {
    about: About,
    office: Office,
    scale: Scale,
    legal_entity: LegalEntity,
    progress: Progress,
    measure: Measure,
    landing: Landing,
    bands: Bands,
}

fn read_head(files: &PackFiles, findings: &mut Vec<Finding>) -> Option<Head> {
    with(files, "pack.toml", findings, |source| {
        let about = source.required("pack");
        let office = source.required("office");
        let scale = source.required("scale");
        let legal_entity = source.required("legal_entity");
        let progress = source.required("progress");
        let measure = source.required("measure");
        let landing = source.required("landing");
        let bands = source.required("bands");
        Some(Head {
            about: about?,
            office: office?,
            scale: scale?,
            legal_entity: legal_entity?,
            progress: progress?,
            measure: measure?,
            landing: landing?,
            bands: bands?,
        })
    })
}

fn check_head(
    head: &Head,
    agencies: &BTreeSet<String>,
    words: &Words,
    findings: &mut Vec<Finding>,
) {
    let mut note = |message: String| {
        findings.push(Finding {
            file: "pack.toml".to_string(),
            line: 1,
            message,
        });
    };
    if !agencies.contains(&head.office.agency) {
        note(format!("发文机关“{}”不在机构表内", head.office.agency));
    }
    for id in [&head.scale.threshold, &head.scale.pool_factor_percent] {
        if !words.parameters.iter().any(|parameter| parameter.id == *id) {
            note(format!("参数表没有“{id}”"));
        }
    }
    if head.measure.unit == 0 {
        note("测算单位 measure.unit 应大于 0".to_string());
    }
    let bands = &head.bands;
    let lists = [
        &bands.money_wan_yuan,
        &bands.count,
        &bands.electricity_wan,
        &bands.percent,
    ];
    if !lists.iter().all(|bounds| bounds.is_sorted()) {
        note("档界 bands 各项应由小到大".to_string());
    }
    let landing = &head.landing;
    let named = [
        Some(&landing.revenue),
        landing.power.as_ref(),
        landing.staff.as_ref(),
    ];
    for id in named.into_iter().flatten() {
        if !words.series.iter().any(|series| series.id == *id) {
            note(format!("落点预测 landing 所用的序列“{id}”不在事实表内"));
        }
    }
    if !(13..=60).contains(&landing.months) {
        note("落点预测 landing.months 应在13到60之间".to_string());
    }
    if landing.profile.iter().sum::<u32>() != 10_000 || landing.profile.contains(&0) {
        note("落点预测 landing.profile 十二个月都应大于0，合计应为10000".to_string());
    }
}

/// Reads one file; where it is missing, that is a finding and the file counts as empty.
pub(crate) fn with<T>(
    files: &PackFiles,
    file: &str,
    findings: &mut Vec<Finding>,
    read: impl FnOnce(&mut Source<'_>) -> T,
) -> T {
    let text = files.0.get(file).map_or("", String::as_str);
    let mut source = Source::new(file, text);
    if !files.0.contains_key(file) {
        source.note_line(1, "缺少这个文件，请补上".to_string());
    }
    let value = read(&mut source);
    findings.extend(source.finish());
    value
}

pub(crate) fn below<'a>(files: &'a PackFiles, folder: &'a str) -> impl Iterator<Item = &'a str> {
    files
        .0
        .keys()
        .map(String::as_str)
        .filter(move |path| path.starts_with(folder) && path.ends_with(".toml"))
}
