//! What a pack's rules are written with: facts and the deliveries that carry them,
//! parameters, shared definitions; of the province and of the loaded local packs.

use super::below;
use super::definitions::{self, DefinitionEntry};
use super::facts::{self, Fact, Series};
use super::files::PackFiles;
use super::finding::Finding;
use super::local::{self, LocalPack};
use super::parameters::{self, Parameter};
use super::source::{Placed, Source};
use super::vocabulary;
use super::with;
use crate::expression::Vocabulary;
use crate::layout::{COLUMNS_MAX, Layout, LayoutPeriod};
use std::collections::BTreeSet;

pub(super) struct Words {
    pub locals: Vec<LocalPack>,
    pub series: Vec<Series>,
    pub layouts: Vec<Layout>,
    /// In the order of their slots.
    pub facts: Vec<Fact>,
    pub parameters: Vec<Parameter>,
    pub vocabulary: Vocabulary,
    pub definitions: Vec<DefinitionEntry>,
}

/// Reads all of it, fault by fault.
pub(super) fn read(
    files: &PackFiles,
    agencies: &BTreeSet<String>,
    clauses: &BTreeSet<String>,
    findings: &mut Vec<Finding>,
) -> Words {
    let locals = local::read(files, findings);
    let roots: Vec<&str> = std::iter::once("")
        .chain(locals.iter().map(|local| local.folder.as_str()))
        .collect();
    let parameters = read_parameters(files, &roots, clauses, findings);
    let series = with(files, "facts.toml", findings, |source| {
        source.set_aside("fact");
        facts::read_series(source, agencies)
    });
    let layouts = read_layouts(files, &roots, agencies, &series, findings);
    let facts = read_facts(files, &roots, &series, &layouts, findings);
    let mut vocabulary = vocabulary::gather(&facts, &parameters, findings);
    let definitions = with(files, "definitions.toml", findings, |source| {
        definitions::read(source, &mut vocabulary, clauses)
    });
    Words {
        series,
        layouts,
        facts: facts.into_iter().map(|(_, placed)| placed.value).collect(),
        parameters: parameters
            .into_iter()
            .map(|(_, placed)| placed.value)
            .collect(),
        vocabulary,
        definitions,
        locals,
    }
}

/// Entries of one file, and of all files in the folder of its name, in every root.
fn topic_files<'a>(
    files: &'a PackFiles,
    roots: &'a [&'a str],
    name: &'a str,
) -> impl Iterator<Item = &'a str> {
    roots.iter().flat_map(move |root| {
        let own = format!("{root}{name}.toml");
        let folder = format!("{root}{name}/");
        let is_ours = move |path: &&str| **path == own || path.starts_with(&folder);
        let paths = files.0.keys().map(String::as_str);
        paths.filter(is_ours).filter(|path| path.ends_with(".toml"))
    })
}

fn read_parameters(
    files: &PackFiles,
    roots: &[&str],
    clauses: &BTreeSet<String>,
    findings: &mut Vec<Finding>,
) -> Vec<(String, Placed<Parameter>)> {
    let mut all = Vec::new();
    for file in topic_files(files, roots, "parameters") {
        let read = with(files, file, findings, |source| {
            parameters::read(source, clauses)
        });
        all.extend(read.into_iter().map(|placed| (file.to_string(), placed)));
    }
    all
}

fn read_facts(
    files: &PackFiles,
    roots: &[&str],
    series: &[Series],
    layouts: &[Layout],
    findings: &mut Vec<Finding>,
) -> Vec<(String, Placed<Fact>)> {
    let mut all = Vec::new();
    for file in topic_files(files, roots, "facts") {
        let read = with(files, file, findings, |source| {
            source.set_aside("series");
            facts::read(source, series, layouts)
        });
        all.extend(read.into_iter().map(|placed| (file.to_string(), placed)));
    }
    let any_class = Placed {
        line: 1,
        value: facts::any_class(),
    };
    all.push(("facts.toml".to_string(), any_class));
    all
}

fn read_layouts(
    files: &PackFiles,
    roots: &[&str],
    agencies: &BTreeSet<String>,
    series: &[Series],
    findings: &mut Vec<Finding>,
) -> Vec<Layout> {
    let mut layouts: Vec<Layout> = Vec::new();
    for root in roots {
        let folder = format!("{root}deliveries/");
        for file in below(files, &folder) {
            let layout: Option<Layout> = with(files, file, findings, |source| {
                let layout = source.whole::<Layout>()?;
                check_layout(&layout, agencies, series, source);
                if layouts.iter().any(|other| other.id == layout.id) {
                    source.note_line(1, format!("交付格式“{}”重复", layout.id));
                }
                Some(layout)
            });
            layouts.extend(layout);
        }
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
    if layout.columns.len() > COLUMNS_MAX {
        source.note_line(1, format!("列数超过 {COLUMNS_MAX}，请拆成几种交付格式"));
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
