//! Finding the header among titles, merged rows and synonyms, with units and month.

use super::cells::{Cell, RowBuffer};
use super::values;
use rules::layout::{Column, ColumnKind, Layout};
use rules::period::Month;
use std::collections::HashMap;

use unicode::plain;

/// What one written unit is worth in base units (fen, kWh, cubic metre, one).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    pub kind: UnitKind,
    pub worth: i64,
    pub name: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    Money,
    Electricity,
    Gas,
    Pieces,
}

const UNITS: &[(&str, UnitKind, i64)] = &[
    ("元", UnitKind::Money, 100),
    ("人民币元", UnitKind::Money, 100),
    ("千元", UnitKind::Money, 100_000),
    ("万元", UnitKind::Money, 1_000_000),
    ("人民币万元", UnitKind::Money, 1_000_000),
    ("百万元", UnitKind::Money, 100_000_000),
    ("亿元", UnitKind::Money, 10_000_000_000),
    ("千瓦时", UnitKind::Electricity, 1),
    ("kwh", UnitKind::Electricity, 1),
    ("kw.h", UnitKind::Electricity, 1),
    ("度", UnitKind::Electricity, 1),
    ("兆瓦时", UnitKind::Electricity, 1_000),
    ("mwh", UnitKind::Electricity, 1_000),
    ("万千瓦时", UnitKind::Electricity, 10_000),
    ("万kwh", UnitKind::Electricity, 10_000),
    ("万度", UnitKind::Electricity, 10_000),
    ("立方米", UnitKind::Gas, 1),
    ("m3", UnitKind::Gas, 1),
    ("方", UnitKind::Gas, 1),
    ("万立方米", UnitKind::Gas, 10_000),
    ("万方", UnitKind::Gas, 10_000),
    ("人", UnitKind::Pieces, 1),
    ("家", UnitKind::Pieces, 1),
    ("户", UnitKind::Pieces, 1),
];

impl Unit {
    /// The unit of a written name; `None` for other words.
    pub fn read(text: &str) -> Option<Unit> {
        let wanted = plain(text).to_lowercase();
        UNITS
            .iter()
            .find(|(name, _, _)| *name == wanted)
            .map(|(name, kind, worth)| Unit {
                kind: *kind,
                worth: *worth,
                name,
            })
    }

    fn fits(self, kind: ColumnKind) -> bool {
        matches!(
            (self.kind, kind),
            (UnitKind::Money, ColumnKind::Money)
                | (UnitKind::Electricity, ColumnKind::Electricity)
                | (UnitKind::Gas, ColumnKind::Gas)
        )
    }
}

/// Where a layout's column stands in the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnAt {
    /// From 0.
    pub index: usize,
    /// The header as written.
    pub header: String,
    pub unit: Option<Unit>,
}

/// A recognised header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Number of the last header row; data begin below it.
    pub header_end: u64,
    /// One entry per column of the layout.
    pub columns: Vec<Option<ColumnAt>>,
    /// All text above the header.
    pub title: String,
    pub month_in_title: Option<Month>,
}

/// Why no header was recognised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    #[error(
        "没有找到“{layout}”的表头。需要的列：{wanted}。请核对文件是否选对，表头是否在前 40 行内"
    )]
    NotFound { layout: String, wanted: String },
    #[error("表头缺少必需的列：{missing}。表头现有：{found}。请补上，或把列名改成常用叫法")]
    Missing {
        missing: String,
        found: String,
        matched: usize,
    },
    #[error("“{column}”出现在两列（{first}、{second}），请只保留一列")]
    Twice {
        column: String,
        first: String,
        second: String,
    },
    #[error(
        "“{0}”没有写明单位。请在列名后注明，例如“{0}（{1}）”，或在表名下写“单位：{1}”，也可以用 --unit 指定"
    )]
    NoUnit(String, &'static str),
}

impl HeaderFault {
    /// Whether the fault comes from a sheet that almost is the table.
    pub(super) fn is_closer(&self) -> bool {
        !matches!(self, HeaderFault::NotFound { .. })
    }
}

/// One way to read rows as a header: for each layout column the sheet column.
struct Hypothesis {
    first: usize,
    rows: usize,
    labels: Vec<String>,
    /// For each layout column the sheet columns that match.
    matches: Vec<Vec<usize>>,
}

impl Hypothesis {
    fn matched(&self) -> usize {
        self.matches
            .iter()
            .filter(|places| !places.is_empty())
            .count()
    }
}

pub(super) fn recognise(
    rows: &[RowBuffer],
    layout: &Layout,
    unit_given: Option<Unit>,
) -> Result<Recognised, HeaderFault> {
    let names = synonyms(layout);
    let mut best: Option<Hypothesis> = None;
    for first in 0..rows.len() {
        for height in [1, 2] {
            if first + height > rows.len() {
                continue;
            }
            let hypothesis = suppose(&rows[first..first + height], first, &names, layout);
            // A row above that adds nothing is a title, not an upper header.
            let better = best.as_ref().is_none_or(|best| {
                let (found, known) = (hypothesis.matched(), best.matched());
                found > known || (found == known && hypothesis.rows < best.rows)
            });
            if better {
                best = Some(hypothesis);
            }
        }
    }
    let Some(best) = best.filter(|best| best.matched() >= 2.min(layout.columns.len())) else {
        let required = layout.columns.iter().filter(|column| column.required);
        return Err(HeaderFault::NotFound {
            layout: layout.name.clone(),
            wanted: required
                .map(|c| c.name.as_str())
                .collect::<Vec<_>>()
                .join("、"),
        });
    };
    check_columns(&best, layout)?;
    let title = title_of(&rows[..best.first]);
    let unit_in_title = unit_in_title(&title);
    let mut columns = Vec::new();
    for (column, places) in layout.columns.iter().zip(&best.matches) {
        columns.push(match places.first() {
            Some(index) => Some(place(column, *index, &best, unit_given.or(unit_in_title))?),
            None => None,
        });
    }
    Ok(Recognised {
        header_end: rows[best.first + best.rows - 1].number,
        columns,
        month_in_title: values::month_in_text(&title),
        title,
    })
}

/// Normalised names of all columns.
fn synonyms(layout: &Layout) -> HashMap<String, usize> {
    let mut names = HashMap::new();
    for (index, column) in layout.columns.iter().enumerate() {
        for name in std::iter::once(&column.name).chain(&column.also) {
            names.entry(plain(name)).or_insert(index);
        }
    }
    names
}

fn suppose(
    rows: &[RowBuffer],
    first: usize,
    names: &HashMap<String, usize>,
    layout: &Layout,
) -> Hypothesis {
    let upper = &rows[0];
    let lower = rows.get(1);
    let width = rows.iter().map(RowBuffer::len).max().unwrap_or(0);
    let mut hypothesis = Hypothesis {
        first,
        rows: rows.len(),
        labels: Vec::new(),
        matches: vec![Vec::new(); layout.columns.len()],
    };
    let mut carried = String::new();
    for index in 0..width {
        let top = words(upper.cell(index));
        let below = lower.map(|row| words(row.cell(index))).unwrap_or_default();
        if !top.is_empty() {
            carried.clone_from(&top);
        }
        // Under a merged upper cell only the first column holds its text.
        let over = if top.is_empty() && !below.is_empty() {
            &carried
        } else {
            &top
        };
        let joined = format!("{over}{below}");
        let found = [joined.as_str(), below.as_str(), top.as_str()]
            .into_iter()
            .filter(|label| !label.is_empty())
            .find_map(|label| names.get(&plain(&without_unit(label).0)).copied());
        if let Some(column) = found {
            hypothesis.matches[column].push(index);
        }
        hypothesis.labels.push(joined);
    }
    hypothesis
}

fn check_columns(best: &Hypothesis, layout: &Layout) -> Result<(), HeaderFault> {
    let mut missing = Vec::new();
    for (column, places) in layout.columns.iter().zip(&best.matches) {
        if column.required && places.is_empty() {
            missing.push(column.name.as_str());
        }
        if let [first, second, ..] = places.as_slice() {
            return Err(HeaderFault::Twice {
                column: column.name.clone(),
                first: best.labels[*first].clone(),
                second: best.labels[*second].clone(),
            });
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let found = best
        .labels
        .iter()
        .filter(|label| !label.is_empty())
        .take(30);
    Err(HeaderFault::Missing {
        missing: missing.join("、"),
        found: found.map(String::as_str).collect::<Vec<_>>().join("、"),
        matched: best.matched(),
    })
}

fn place(
    column: &Column,
    index: usize,
    best: &Hypothesis,
    fallback: Option<Unit>,
) -> Result<ColumnAt, HeaderFault> {
    let header = best.labels[index].clone();
    let own = without_unit(&header).1;
    let unit = [own, fallback]
        .into_iter()
        .flatten()
        .find(|unit| unit.fits(column.kind));
    let wanted = match column.kind {
        ColumnKind::Money => Some("万元"),
        ColumnKind::Electricity => Some("千瓦时"),
        ColumnKind::Gas => Some("立方米"),
        _ => None,
    };
    match (wanted, unit) {
        (Some(example), None) => Err(HeaderFault::NoUnit(column.name.clone(), example)),
        _ => Ok(ColumnAt {
            index,
            header,
            unit,
        }),
    }
}

/// A label without its unit, and the unit: “应税销售额（元）”, “用电量/千瓦时”.
fn without_unit(label: &str) -> (String, Option<Unit>) {
    let label = unicode::narrow(label);
    if let (Some(open), Some(close)) = (label.rfind('('), label.rfind(')'))
        && open < close
        && let Some(unit) = Unit::read(label[open + 1..close].trim_start_matches("单位:"))
    {
        return (
            format!("{}{}", &label[..open], &label[close + 1..]),
            Some(unit),
        );
    }
    for mark in ['/', ',', ':', '_', '-'] {
        if let Some((name, tail)) = label.rsplit_once(mark)
            && let Some(unit) = Unit::read(tail)
        {
            return (name.to_string(), Some(unit));
        }
    }
    (label, None)
}

fn unit_in_title(title: &str) -> Option<Unit> {
    let narrow = unicode::narrow(title);
    let (_, after) = narrow.rsplit_once("单位:")?;
    let word: String = after
        .chars()
        .skip_while(|c| c.is_whitespace())
        .take_while(|c| !c.is_whitespace() && !"()、,;。".contains(*c))
        .collect();
    Unit::read(&word)
}

fn title_of(rows: &[RowBuffer]) -> String {
    let mut words_above = Vec::new();
    for row in rows {
        words_above.extend(row.cells().map(words).filter(|text| !text.is_empty()));
    }
    words_above.join(" ")
}

fn words(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.trim().to_string(),
        Cell::Number(number) => values::figures(*number),
        _ => String::new(),
    }
}

mod unicode {
    //! Spellings made comparable.

    /// Full-width signs become their narrow forms.
    pub fn narrow(text: &str) -> String {
        text.chars()
            .map(|c| match c {
                '\u{ff01}'..='\u{ff5e}' => {
                    char::from_u32(c as u32 - 0xfee0).expect("the block maps onto ASCII")
                }
                '\u{3000}' | '\u{a0}' => ' ',
                '【' | '〔' => '(',
                '】' | '〕' => ')',
                other => other,
            })
            .collect()
    }

    /// Letters and digits only: spaces, brackets and punctuation do not tell names apart.
    pub fn plain(text: &str) -> String {
        narrow(text)
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == '³')
            .map(|c| if c == '³' { '3' } else { c })
            .collect()
    }
}
