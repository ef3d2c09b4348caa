//! A policy pack: the plan as data, read and checked in one pass.
//!
//! A pack is only given to the program when nothing is wrong with it; [`Pack::check`]
//! reports every finding with file and line. The pack knows no firm and no database.

pub mod about;
pub mod agencies;
pub mod calendar;
pub mod clauses;
pub mod codes;
pub mod divisions;
pub mod facts;
pub mod files;
pub mod finding;
pub mod organisation;
pub mod parameters;
mod source;
pub mod stages;
pub mod targets;

use crate::expression::Vocabulary;
use crate::layout::{Layout, LayoutPeriod};
use about::{About, Bands, LegalEntity, Measure, Office, Progress, Scale};
use agencies::{Agency, Duty};
use calendar::Calendar;
use chrono::NaiveDate;
use clauses::{Clause, Uncovered};
use codes::Industries;
use divisions::Divisions;
use facts::{Fact, Origin, Series};
use files::PackFiles;
use finding::Finding;
use parameters::Parameter;
use source::Source;
use stages::{Class, Stage};
use std::collections::BTreeSet;
use targets::YearTargets;

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
    pub bands: Bands,
    pub agencies: Vec<Agency>,
    pub duties: Vec<Duty>,
    pub clauses: Vec<Clause>,
    pub uncovered: Vec<Uncovered>,
    pub parameters: Vec<Parameter>,
    pub series: Vec<Series>,
    /// In the order of their slots in a row.
    pub facts: Vec<Fact>,
    pub vocabulary: Vocabulary,
    pub classes: Vec<Class>,
    pub stages: Vec<Stage>,
    pub layouts: Vec<Layout>,
    pub divisions: Divisions,
    pub industries: Industries,
    pub calendar: Calendar,
    pub targets: Vec<YearTargets>,
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

    /// All parameters' values on a day, by slot.
    pub fn parameters_on(&self, day: NaiveDate) -> Vec<Option<i64>> {
        self.parameters
            .iter()
            .map(|parameter| parameter.on(day))
            .collect()
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
    let placed = with(files, "clauses.toml", findings, |source| {
        clauses::read(source, &agency_ids, capabilities)
    });
    let uncovered = with(files, "uncovered.toml", findings, |source| {
        clauses::read_uncovered(source, &placed)
    });
    let clauses: Vec<Clause> = placed.into_iter().map(|placed| placed.value).collect();
    let clause_ids: BTreeSet<String> = clauses.iter().map(|clause| clause.id.clone()).collect();
    let parameters = with(files, "parameters.toml", findings, |source| {
        parameters::read(source, &clause_ids)
    });
    let (series, facts, vocabulary) = with(files, "facts.toml", findings, |source| {
        let (series, facts) = facts::read(source, &agency_ids);
        let vocabulary = facts::vocabulary(&facts, &parameters, source);
        (series, facts, vocabulary)
    });
    let (classes, stages) = with(files, "stages.toml", findings, |source| {
        stages::read(source, &vocabulary, &clause_ids)
    });
    let layouts = read_layouts(files, &agency_ids, &series, findings);
    let legal_entity = head.as_ref().map(|head| head.legal_entity.clone());
    let (words, sections) = legal_entity
        .map(|entity| (entity.city_level_words, entity.sections))
        .unwrap_or_default();
    let divisions = codes::read_divisions(files, words, findings);
    let industries = codes::read_industries(files, &sections, findings);
    let targets = read_targets(files, &divisions, findings);
    let calendar = read_calendar(files, findings);
    let head = head?;
    check_head(&head, &agency_ids, &parameters, findings);
    Some(Pack {
        files: files.clone(),
        fingerprint: files.fingerprint(),
        about: head.about,
        office: head.office,
        scale: head.scale,
        legal_entity: head.legal_entity,
        progress: head.progress,
        measure: head.measure,
        bands: head.bands,
        agencies,
        duties,
        clauses,
        uncovered,
        parameters,
        series,
        facts,
        vocabulary,
        classes,
        stages,
        layouts,
        divisions,
        industries,
        calendar,
        targets,
    })
}

struct Head {
    about: About,
    office: Office,
    scale: Scale,
    legal_entity: LegalEntity,
    progress: Progress,
    measure: Measure,
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
        let bands = source.required("bands");
        Some(Head {
            about: about?,
            office: office?,
            scale: scale?,
            legal_entity: legal_entity?,
            progress: progress?,
            measure: measure?,
            bands: bands?,
        })
    })
}

fn check_head(
    head: &Head,
    agencies: &BTreeSet<String>,
    parameters: &[Parameter],
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
        if !parameters.iter().any(|parameter| parameter.id == *id) {
            note(format!("参数表没有“{id}”"));
        }
    }
    if head.measure.unit == 0 {
        note("测算单位 measure.unit 应大于 0".to_string());
    }
    if !head.bands.money_wan_yuan.is_sorted() {
        note("档界 bands.money_wan_yuan 应由小到大".to_string());
    }
}

fn read_layouts(
    files: &PackFiles,
    agencies: &BTreeSet<String>,
    series: &[Series],
    findings: &mut Vec<Finding>,
) -> Vec<Layout> {
    let mut layouts = Vec::new();
    for file in below(files, "deliveries/") {
        let layout: Option<Layout> = with(files, file, findings, |source| {
            let layout = source.whole::<Layout>()?;
            check_layout(&layout, agencies, series, source);
            Some(layout)
        });
        layouts.extend(layout);
    }
    layouts
}

fn check_layout(
    layout: &Layout,
    agencies: &BTreeSet<String>,
    series: &[Series],
    source: &mut Source<'_>,
) {
    let special = ["areas", "counties"];
    for agency in &layout.agencies {
        if !agencies.contains(agency) && !special.contains(&agency.as_str()) {
            source.note_line(1, format!("交付机构“{agency}”不在机构表内"));
        }
    }
    let mut ids = BTreeSet::new();
    for column in &layout.columns {
        if !ids.insert(&column.id) {
            source.note_line(1, format!("列“{}”重复", column.id));
        }
        if let Some(id) = &column.series
            && !series.iter().any(|series| series.id == *id)
        {
            source.note_line(1, format!("列“{}”的序列“{id}”不在事实表内", column.id));
        }
    }
    if layout.column("uscc").is_none() {
        source.note_line(1, "缺少统一社会信用代码列（id = \"uscc\"）".to_string());
    }
    let feeds = layout.columns.iter().any(|column| column.series.is_some());
    if feeds != (layout.period == LayoutPeriod::Month) {
        let message = "按月交付的应有写入序列的列，名单类的不应有";
        source.note_line(1, message.to_string());
    }
}

fn read_targets(
    files: &PackFiles,
    divisions: &Divisions,
    findings: &mut Vec<Finding>,
) -> Vec<YearTargets> {
    let mut years = Vec::new();
    for file in below(files, "targets/") {
        let year = with(files, file, findings, |source| {
            targets::read(source, divisions)
        });
        years.extend(year);
    }
    years.sort_by_key(|targets: &YearTargets| targets.year);
    years
}

fn read_calendar(files: &PackFiles, findings: &mut Vec<Finding>) -> Calendar {
    let mut calendar = Calendar::default();
    for file in below(files, "calendar/") {
        with(files, file, findings, |source| calendar.read(source));
    }
    calendar
}

/// Reads one file; where it is missing, that is a finding and the file counts as empty.
fn with<T>(
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

fn below<'a>(files: &'a PackFiles, folder: &'a str) -> impl Iterator<Item = &'a str> {
    files
        .0
        .keys()
        .map(String::as_str)
        .filter(move |path| path.starts_with(folder) && path.ends_with(".toml"))
}
