//! The plan's own text, set beside the clauses of a pack.
//!
//! The text is the operator's: it is never part of a pack. Where somebody has put markers such
//! as 【2.1.1】 in front of its sentences they say which clause a sentence is; everything else
//! is found by the headings that the clauses name.

use super::clauses::Clause;
use std::collections::{BTreeMap, BTreeSet};

/// What the plan says, by clause where that is marked, and by section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Original {
    /// Paragraphs of a clause.
    pub clauses: BTreeMap<String, Vec<String>>,
    /// Paragraphs under a heading, as the clauses write it.
    pub sections: BTreeMap<String, Vec<String>>,
}

/// Why a text cannot be set beside the clauses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginalFault {
    #[error("第{line}行标注的条款“{id}”不在政策包里，请核对编号")]
    UnknownClause { line: usize, id: String },
    #[error("没有一段能与条款对应：标题要与政策包的章节一致，或在句前标注条款编号，例如 【2.1.1】")]
    NothingFits,
}

impl Original {
    /// Reads a text.
    ///
    /// # Errors
    /// All faults: markers of clauses that do not exist, or nothing that fits anywhere.
    pub fn read(text: &str, clauses: &[Clause]) -> Result<Original, Vec<OriginalFault>> {
        let sections: BTreeSet<&str> = clauses.iter().map(|own| own.section.as_str()).collect();
        let mut original = Original::default();
        let mut faults = Vec::new();
        let (mut chapter, mut section) = (String::new(), None);
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_matches(|sign: char| sign.is_whitespace() || sign == '\u{feff}');
            if line.is_empty() {
                continue;
            }
            let pieces = pieces(line);
            let plain: String = pieces.iter().map(|(_, words)| *words).collect();
            if is_chapter(&plain) {
                (chapter, section) = (plain.clone(), None);
            }
            let begun = sections.iter().find(|own| {
                let rest = own.strip_prefix(chapter.as_str());
                !chapter.is_empty() && rest.is_some_and(|rest| plain.starts_with(rest))
            });
            section = begun.copied().or(section);
            if let Some(section) = section {
                let own = original.sections.entry(section.to_string()).or_default();
                own.push(plain);
            }
            for (marker, words) in pieces {
                let Some(id) = marker else { continue };
                if clauses.iter().all(|clause| clause.id != id) {
                    let id = id.to_string();
                    let line = number + 1;
                    faults.push(OriginalFault::UnknownClause { line, id });
                } else if !words.trim().is_empty() {
                    let own = original.clauses.entry(id.to_string()).or_default();
                    own.push(words.trim().to_string());
                }
            }
        }
        if faults.is_empty() && original == Original::default() {
            faults.push(OriginalFault::NothingFits);
        }
        match faults.is_empty() {
            true => Ok(original),
            false => Err(faults),
        }
    }
}

/// “二、主要举措”: a number of one to three signs, then 、, and no sentence.
fn is_chapter(line: &str) -> bool {
    let Some((number, rest)) = line.split_once('、') else {
        return false;
    };
    let is_number = number
        .chars()
        .all(|sign| "一二三四五六七八九十".contains(sign));
    is_number && (1..=3).contains(&number.chars().count()) && !rest.contains('。')
}

/// The parts of a line, each with the marker in front of it.
fn pieces(line: &str) -> Vec<(Option<&str>, &str)> {
    let mut found = Vec::new();
    let (mut marker, mut rest) = (None, line);
    while let Some((place, id, after)) = next_marker(rest) {
        if place > 0 || marker.is_some() {
            found.push((marker, &rest[..place]));
        }
        (marker, rest) = (Some(id), after);
    }
    found.push((marker, rest));
    found
}

/// Where the next marker stands, what it says, and what follows it.
fn next_marker(text: &str) -> Option<(usize, &str, &str)> {
    let places = text.match_indices('【');
    let mut markers = places.filter_map(|(place, open)| {
        let inner = &text[place + open.len()..];
        let (id, after) = inner.split_once('】')?;
        let is_id = !id.is_empty() && id.chars().all(|sign| sign.is_ascii_digit() || sign == '.');
        is_id.then_some((place, id, after))
    });
    markers.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(id: &str, section: &str) -> Clause {
        Clause {
            id: id.to_string(),
            kinds: Vec::new(),
            section: section.to_string(),
            text: String::new(),
            agencies: Vec::new(),
            works: Vec::new(),
        }
    }

    /// Lines of what was found: “条款 文字”, “章节：文字”, or the faults.
    fn read(text: &str) -> Vec<String> {
        let clauses = [
            clause("1.1", "一、总则（一）目标"),
            clause("2.1.1", "二、举措（一）培育"),
            clause("2.1.2", "二、举措（一）培育"),
        ];
        match Original::read(text, &clauses) {
            Err(faults) => faults.iter().map(ToString::to_string).collect(),
            Ok(original) => {
                let join =
                    |(id, lines): (&String, &Vec<String>)| format!("{id}：{}", lines.join("|"));
                let clauses = original.clauses.iter().map(join);
                clauses.chain(original.sections.iter().map(join)).collect()
            }
        }
    }

    #[test]
    fn sentences_are_found_by_heading_and_by_marker() {
        let cases: [(&str, &[&str]); 5] = [
            (
                "标题\n　　一、总则\n　　（一）目标。每年二千家。\n接着说。\n二、举措\n（一）培育。建库。（责任单位：省厅）",
                &[
                    "一、总则（一）目标：（一）目标。每年二千家。|接着说。",
                    "二、举措（一）培育：（一）培育。建库。（责任单位：省厅）",
                ],
            ),
            (
                "二、举措\n（一）培育。【2.1.1】建库。【2.1.2】引导申报。",
                &[
                    "2.1.1：建库。",
                    "2.1.2：引导申报。",
                    "二、举措（一）培育：（一）培育。建库。引导申报。",
                ],
            ),
            ("【2.1.1】只有一句", &["2.1.1：只有一句"]),
            (
                "一、总则\n【9.9】没有\n【8】也没有",
                &[
                    "第2行标注的条款“9.9”不在政策包里，请核对编号",
                    "第3行标注的条款“8”不在政策包里，请核对编号",
                ],
            ),
            (
                "（一）目标。不在任何一章里。",
                &[
                    "没有一段能与条款对应：标题要与政策包的章节一致，或在句前标注条款编号，例如 【2.1.1】",
                ],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
