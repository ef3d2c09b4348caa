//! Reading the code tables of a pack: divisions, aliases, industries.

use super::divisions::{Division, DivisionCode, Divisions, Level};
use super::files::PackFiles;
use super::finding::Finding;
use std::collections::{BTreeMap, BTreeSet};

/// A class or division of GB/T 4754-2017.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Industry {
    pub code: String,
    pub name: String,
    /// Section letter: B, C or D.
    pub section: String,
}

/// The industries of a pack by their code (two or four digits).
#[derive(Debug, Clone, Default)]
pub struct Industries(BTreeMap<String, Industry>);

impl Industries {
    pub fn get(&self, code: &str) -> Option<&Industry> {
        self.0.get(code)
    }

    /// Divisions of two digits, in the order of their codes.
    pub fn divisions(&self) -> impl Iterator<Item = &Industry> {
        self.0.values().filter(|industry| industry.code.len() == 2)
    }

    pub fn classes(&self) -> impl Iterator<Item = &Industry> {
        self.0.values().filter(|industry| industry.code.len() == 4)
    }
}

pub(super) fn read_divisions(
    files: &PackFiles,
    city_level_words: Vec<String>,
    findings: &mut Vec<Finding>,
) -> Divisions {
    let mut divisions = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, row) in rows(files, "codes/divisions.csv", 4, findings) {
        let mut note = |message| findings.push(finding("codes/divisions.csv", line, message));
        let Some(code) = six_digits(&row[0]) else {
            note(format!("“{}”不是六位区划代码", row[0]));
            continue;
        };
        let level = match row[2].as_str() {
            "province" => Level::Province,
            "area" => Level::Area,
            "county" => Level::County,
            "zone" => Level::Zone,
            other => {
                note(format!(
                    "级别“{other}”不在 province、area、county、zone 之内"
                ));
                continue;
            }
        };
        if !seen.insert(code) {
            note(format!("区划代码 {code} 重复"));
        }
        divisions.push((
            line,
            Division {
                code,
                name: row[1].clone(),
                level,
                parent: six_digits(&row[3]),
            },
        ));
    }
    for (line, division) in &divisions {
        let parent_known = division.parent.is_some_and(|parent| seen.contains(&parent));
        if division.level != Level::Province && !parent_known {
            let message = format!("{}的上级区划不在表内", division.name);
            findings.push(finding("codes/divisions.csv", *line, message));
        }
    }
    let aliases = read_aliases(files, &seen, findings);
    let names = read_names(files, &seen, findings);
    let divisions = divisions
        .into_iter()
        .map(|(_, division)| division)
        .collect();
    Divisions::new(divisions, aliases, names, city_level_words)
}

fn read_aliases(
    files: &PackFiles,
    known: &BTreeSet<DivisionCode>,
    findings: &mut Vec<Finding>,
) -> Vec<(DivisionCode, String, DivisionCode)> {
    let file = "codes/division-aliases.csv";
    let mut aliases = Vec::new();
    for (line, row) in rows(files, file, 3, findings) {
        match (six_digits(&row[0]), six_digits(&row[2])) {
            (Some(code), Some(successor)) if known.contains(&successor) => {
                if known.contains(&code) {
                    let message = format!("{code} 是现行代码，不能再作旧代码");
                    findings.push(finding(file, line, message));
                }
                aliases.push((code, row[1].clone(), successor));
            }
            _ => {
                let message = format!("“{}”的现行代码“{}”不在区划表内", row[1], row[2]);
                findings.push(finding(file, line, message));
            }
        }
    }
    aliases
}

fn read_names(
    files: &PackFiles,
    known: &BTreeSet<DivisionCode>,
    findings: &mut Vec<Finding>,
) -> Vec<(String, DivisionCode)> {
    let file = "codes/division-names.csv";
    let mut names = Vec::new();
    for (line, row) in rows(files, file, 2, findings) {
        match six_digits(&row[1]).filter(|code| known.contains(code)) {
            Some(code) => names.push((row[0].clone(), code)),
            None => {
                let message = format!("“{}”的代码“{}”不在区划表内", row[0], row[1]);
                findings.push(finding(file, line, message));
            }
        }
    }
    names
}

pub(super) fn read_industries(
    files: &PackFiles,
    sections: &[String],
    findings: &mut Vec<Finding>,
) -> Industries {
    let file = "codes/industries.csv";
    let mut industries = BTreeMap::new();
    for (line, row) in rows(files, file, 5, findings) {
        let mut note = |message| findings.push(finding(file, line, message));
        let digits = match row[2].as_str() {
            "division" => 2,
            "group" => 3,
            "class" => 4,
            other => {
                note(format!("级别“{other}”不在 division、group、class 之内"));
                continue;
            }
        };
        if row[0].len() != digits || !row[0].bytes().all(|b| b.is_ascii_digit()) {
            note(format!("“{}”不是{digits}位行业代码", row[0]));
            continue;
        }
        if !sections.contains(&row[4]) {
            note(format!("门类“{}”不在政策包的工业门类内", row[4]));
        }
        let industry = Industry {
            code: row[0].clone(),
            name: row[1].clone(),
            section: row[4].clone(),
        };
        if industries.insert(row[0].clone(), industry).is_some() {
            note(format!("行业代码 {} 重复", row[0]));
        }
    }
    let orphans: Vec<String> = industries
        .keys()
        .filter(|code: &&String| code.len() == 4 && !industries.contains_key(&code[..2]))
        .cloned()
        .collect();
    for code in orphans {
        findings.push(finding(file, 1, format!("小类 {code} 的大类不在表内")));
    }
    Industries(industries)
}

/// Rows of a CSV with a header; a missing file or a short row is a finding.
fn rows(
    files: &PackFiles,
    file: &str,
    width: usize,
    findings: &mut Vec<Finding>,
) -> Vec<(usize, Vec<String>)> {
    let Some(text) = files.0.get(file) else {
        findings.push(finding(file, 1, "缺少这个文件，请补上".to_string()));
        return Vec::new();
    };
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let line = index + 2;
        match record {
            Ok(record) if record.len() >= width => {
                rows.push((
                    line,
                    record.iter().map(|cell| cell.trim().to_string()).collect(),
                ));
            }
            Ok(record) => {
                let message = format!("这一行有{}列，应有{width}列", record.len());
                findings.push(finding(file, line, message));
            }
            Err(error) => findings.push(finding(file, line, format!("CSV 写法有误：{error}"))),
        }
    }
    rows
}

fn six_digits(text: &str) -> Option<DivisionCode> {
    (text.len() == 6).then(|| text.parse().ok()).flatten()
}

fn finding(file: &str, line: usize, message: String) -> Finding {
    Finding {
        file: file.to_string(),
        line,
        message,
    }
}
