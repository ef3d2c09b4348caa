//! The province's lists: how many firms have which verdict, who is entitled, what is missing.

use super::answer::{Asked, Money};
use super::cases::unknown;
use crate::cli::{EligibleArgs, LawArgs, ListArgs, MissingArgs};
use crate::office::{Office, refuse, today};
use crate::outlook::{name_of, newest};
use crate::reader::Reader;
use crate::register::book::seen;
use crate::report::{Field, Group, Item, Report, Table};
use crate::sheets;
use crate::workbook::{Cell, Cover, Heading, Pipe, WorkbookWriter, sheet_name};
use anyhow::Result;
use chrono::{DateTime, Local, NaiveDate, Utc};
use programme::journal::Act;
use programme::measures::{Verdicts, ones, unresolved, within};
use programme::outlook::{Firms, Snapshot};
use programme::people::Scope;
use rules::expression::Missing;
use rules::measures::Verdict;
use rules::pack::Pack;
use serde_json::json;
use std::io;
use std::sync::Arc;
use unicode_width::UnicodeWidthStr;

/// Firms of a list that are laid out at once where it is written to a file.
const AT_ONCE: usize = 1_000;
const WIDTH_MAX: usize = 60;

/// A snapshot, decided on a day of law.
pub struct Decided {
    pub snapshot: Snapshot,
    pub firms: Arc<Firms>,
    pub verdicts: Arc<Verdicts>,
    pub on: NaiveDate,
}

/// Decides the newest snapshot.
pub async fn decided(office: &Office, law: &LawArgs) -> Result<Decided> {
    let (snapshot, firms) = newest(office, law.as_of).await?;
    let on = law.on.unwrap_or_else(today);
    let verdicts = match office.memory.verdicts(snapshot.id, on) {
        Some(verdicts) => verdicts,
        None => {
            let decided = Arc::new(Verdicts::on(&office.pack, firms.columns(), on));
            office.memory.keep_verdicts(snapshot.id, &decided);
            decided
        }
    };
    Ok(Decided {
        snapshot,
        firms,
        verdicts,
        on,
    })
}

impl Decided {
    fn stamp(&self, report: Report) -> Report {
        stamped(report, self.on, &self.snapshot)
    }
}

/// By which law and which figures an answer was made.
pub fn stamped(report: Report, on: NaiveDate, snapshot: &Snapshot) -> Report {
    let figures = format!("{}（快照 {}）", snapshot.as_of.in_words(), snapshot.id);
    report
        .fact("on", "按哪一天的规定", Field::text(on.to_string()))
        .fact("as_of", "数据截至", Field::text(figures))
}

fn check_division(pack: &Pack, division: Option<u32>) -> Result<()> {
    match division {
        Some(code) if pack.divisions.get(code).is_none() => {
            refuse(format!("区划表没有代码 {code}，请写六位市、县代码"))
        }
        _ => Ok(()),
    }
}

fn measure_of(pack: &Pack, id: &str) -> Result<usize> {
    match pack.measure_named(id) {
        Some(measure) => Ok(measure),
        None => refuse(unknown(pack, id)),
    }
}

/// `shenggui measures list`.
pub async fn list(office: &Office, arguments: &ListArgs) -> Result<Report> {
    let pack = &office.pack;
    check_division(pack, arguments.division)?;
    let scope = Reader::of(office, None, None)?.scope;
    let decided = decided(office, &arguments.law).await?;
    let chosen = region(office, &decided, &scope, arguments.division);
    // Who looks at no firm is told of measures, not of counts.
    let sees_firms = scope.covers_province() || scope.place().is_some();
    let mut table = Table::new(
        "measures",
        "政策措施",
        &[
            ("id", "标识"),
            ("name", "措施"),
            ("clauses", "条款"),
            ("force", "效力"),
            ("entitled", "可享"),
            ("discretion", "裁量"),
            ("local", "依地方细则"),
            ("unknown", "待补数据"),
            ("not_entitled", "不可享"),
        ],
    );
    if let Some(clause) = &arguments.clause
        && !pack.clauses.iter().any(|own| own.id == *clause)
    {
        return refuse(format!("方案没有条款 {clause}，条款写成 2.4.1 这样"));
    }
    let asked = pack.measures.iter().enumerate().filter(|(_, measure)| {
        let wanted = arguments.clause.as_ref();
        wanted.is_none_or(|clause| measure.clauses.contains(clause))
    });
    for (index, measure) in asked {
        let counts = decided.verdicts.counts(index, chosen.as_deref());
        let mut row = vec![
            Field::text(measure.id.clone()),
            Field::text(measure.name.clone()),
            Field::text(measure.clauses.join("、")),
            Field::text(measure.force.name()),
        ];
        match decided.verdicts.version(index).filter(|_| sees_firms) {
            Some(_) => row.extend(counts.map(|count| Field::Count(count as i64))),
            None => row.extend([const { Field::Empty }; 5]),
        }
        table.row(row);
    }
    let title = match arguments.division {
        Some(code) => format!("政策措施一览：{}", pack.divisions.name(code)),
        None => "政策措施一览".to_string(),
    };
    let report = decided.stamp(Report::new(title)).table(table);
    Ok(report.note("“—”表示当日没有施行中的规定。名单：shenggui measures eligible 措施"))
}

/// Firms with a verdict that a reader may see.
pub struct Eligible {
    pub decided: Decided,
    pub title: String,
    pub listed: Vec<usize>,
    measure: usize,
    reader: Reader,
}

/// The firms that are asked for; the purpose is written down where one is needed.
pub async fn found(office: &Office, arguments: &EligibleArgs) -> Result<Eligible> {
    let pack = &office.pack;
    check_division(pack, arguments.division)?;
    let measure = measure_of(pack, &arguments.id)?;
    let wanted = wanted(arguments.verdict.as_deref())?;
    let reader = Reader::of(office, arguments.agency.as_deref(), None)?;
    let decided = decided(office, &arguments.law).await?;
    let name = &pack.measures[measure].name;
    let (subject, purpose) = (format!("{name}的名单"), arguments.purpose.as_deref());
    reader.state_purpose(office, subject, purpose).await?;
    let mut plane = vec![0u64; decided.firms.len().div_ceil(64)];
    for verdict in &wanted {
        let own = decided.verdicts.plane(measure, *verdict);
        plane.iter_mut().zip(own).for_each(|(to, more)| *to |= more);
    }
    if let Some(chosen) = region(office, &decided, &reader.scope, arguments.division) {
        plane
            .iter_mut()
            .zip(chosen)
            .for_each(|(to, only)| *to &= only);
    }
    let names: Vec<&str> = wanted.iter().map(|verdict| verdict.name()).collect();
    Ok(Eligible {
        listed: ones(&plane).map(|firm| firm as usize).collect(),
        title: format!("{name}：{}企业名单", names.join("、")),
        decided,
        measure,
        reader,
    })
}

impl Eligible {
    /// Some of the firms as a table.
    pub fn table(&self, pack: &Pack, firms: &[usize]) -> Table {
        firms_table(pack, &self.decided, &self.reader, self.measure, firms)
    }

    /// Writes all of them as a workbook, some at a time; on a thread that may wait.
    ///
    /// # Errors
    /// Where the reader has gone.
    pub fn write(&self, pack: &Pack, act: &Act, to: Pipe) -> io::Result<()> {
        let first = self.table(pack, &self.listed[..self.listed.len().min(AT_ONCE)]);
        let headings = first.columns.iter().enumerate().map(|(column, (_, text))| {
            let cells = first.rows.iter().map(|row| row[column].shown().width());
            Heading {
                width: cells.max().unwrap_or(0).max(text.width()).min(WIDTH_MAX) + 2,
                text: text.clone(),
            }
        });
        let headings = headings.collect();
        let mut writer =
            WorkbookWriter::new(to, self.cover(pack, act), headings, self.listed.len())?;
        for some in self.listed.chunks(AT_ONCE) {
            for row in self.table(pack, some).rows {
                let cells: Vec<Cell> = row.iter().map(Cell::of).collect();
                writer.row(&cells)?;
            }
        }
        writer.finish()?;
        Ok(())
    }

    fn cover(&self, pack: &Pack, act: &Act) -> Cover {
        let at = DateTime::<Utc>::from_timestamp(act.at, 0).unwrap_or_default();
        let author = act.organisation.name(pack, act.on);
        let taken = at
            .with_timezone(&Local)
            .format("%Y-%m-%d %H:%M")
            .to_string();
        let mut notes = vec![
            ("名单".to_string(), self.title.clone()),
            ("导出人".to_string(), format!("{author} {}", act.person)),
            ("导出时间".to_string(), taken),
            ("家数".to_string(), self.listed.len().to_string()),
        ];
        let said = self.notes().into_iter();
        notes.extend(said.map(|note| ("说明".to_string(), note)));
        Cover {
            title: sheet_name("企业名单"),
            author,
            made: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            notes,
        }
    }

    /// What is said beside the list.
    pub fn notes(&self) -> Vec<String> {
        vec![
            format!(
                "按 {} 的规定，数据截至{}",
                self.decided.on,
                self.decided.snapshot.as_of.in_words()
            ),
            "名单只用于落实本项政策，不得用于下达指标或要求企业报数".to_string(),
        ]
    }

    /// Whose list it is.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}

/// `shenggui measures eligible`.
pub async fn eligible(office: &Office, arguments: &EligibleArgs) -> Result<Report> {
    let found = found(office, arguments).await?;
    let listed = &found.listed;
    let shown = match arguments.export {
        Some(_) => listed.len(),
        None => arguments.limit,
    };
    let table = found.table(&office.pack, &listed[..shown.min(listed.len())]);
    let title = found.title.clone();
    let mut report = found.decided.stamp(Report::new(title.clone())).fact(
        "count",
        "家数",
        Field::Count(listed.len() as i64),
    );
    let notes = found.notes();
    if let Some(path) = &arguments.export {
        sheets::write(path, &title, &table, &notes)?;
        return Ok(report.note(format!("已导出：{}", path.display())));
    }
    if listed.len() > table.rows.len() {
        report = report.note(format!(
            "只列出前{}家，全部请用 --export 名单.xlsx 导出",
            table.rows.len()
        ));
    }
    Ok(report.table(table).note(notes[1].clone()))
}

/// The firms of a reader's region, and of a division within it, by bits; all where neither
/// bounds them.
fn region(
    office: &Office,
    decided: &Decided,
    scope: &Scope,
    division: Option<u32>,
) -> Option<Vec<u64>> {
    let chosen = division.map(|division| within(&decided.firms, division));
    if scope.covers_province() {
        return chosen;
    }
    let own = seen(office, decided.snapshot.id, &decided.firms, scope).all();
    let own = match chosen {
        Some(chosen) => own.among(&chosen),
        None => own,
    };
    Some(own.into_plane())
}

fn wanted(verdict: Option<&str>) -> Result<Vec<Verdict>> {
    let Some(text) = verdict else {
        return Ok(Verdict::ALL
            .into_iter()
            .filter(|v| v.is_open_door())
            .collect());
    };
    let found = Verdict::ALL
        .into_iter()
        .find(|v| v.id() == text || v.name() == text);
    match found {
        Some(verdict) => Ok(vec![verdict]),
        None => {
            let known = Verdict::ALL.map(|v| format!("{}（{}）", v.id(), v.name()));
            refuse(format!("没有“{text}”这种结论，可写：{}", known.join("、")))
        }
    }
}

fn firms_table(
    pack: &Pack,
    decided: &Decided,
    reader: &Reader,
    measure: usize,
    listed: &[usize],
) -> Table {
    let mut table = Table::new(
        "firms",
        "企业",
        &[
            ("uscc", "统一社会信用代码"),
            ("name", "企业名称"),
            ("area", "省辖市"),
            ("county", "县（市、区）"),
            ("verdict", "结论"),
            ("amount", "数额（元）"),
        ],
    );
    let parameters = pack.parameters_on(decided.on);
    let place = |code: Option<u32>| {
        code.map_or(Field::Unknown, |code| {
            Field::text(pack.divisions.name(code))
        })
    };
    for firm in listed {
        let facts = decided.firms.facts(*firm);
        let asked = Asked {
            pack,
            facts: &facts,
            parameters: &parameters,
            on: decided.on,
            scope: &reader.scope,
        };
        let verdict = decided.verdicts.of(measure, *firm);
        table.row(vec![
            Field::text(decided.firms.uscc(*firm).to_string()),
            name_of(&decided.firms, *firm),
            place(decided.firms.area(*firm)),
            place(decided.firms.county(*firm)),
            Field::text(verdict.name()),
            match asked.amount(measure) {
                Money::None => Field::Empty,
                Money::Known(fen) => Field::Yuan(fen),
                Money::Band(band) => Field::Text(band),
                Money::Unknown => Field::Unknown,
            },
        ]);
    }
    table
}

/// `shenggui measures missing`.
pub async fn missing(office: &Office, arguments: &MissingArgs) -> Result<Report> {
    let pack = &office.pack;
    check_division(pack, arguments.division)?;
    let measure = measure_of(pack, &arguments.id)?;
    let scope = Reader::of(office, None, None)?.scope;
    let decided = decided(office, &arguments.law).await?;
    let chosen = region(office, &decided, &scope, arguments.division);
    let found = unresolved(
        pack,
        &decided.firms,
        &decided.verdicts,
        measure,
        chosen.as_deref(),
    );
    let mut groups = found.groups;
    groups.sort_by_key(|(_, firms)| std::cmp::Reverse(firms.len()));
    let total: usize = groups.iter().map(|(_, firms)| firms.len()).sum();
    let items = groups.iter().map(|(missing, firms)| Item {
        head: format!("{}家：{}", firms.len(), missing.in_words(&pack.vocabulary)),
        link: None,
        lines: sources(pack, missing),
        value: json!({
            "firms": firms.len(),
            "missing": missing.in_words(&pack.vocabulary),
        }),
    });
    let report = Report::new(format!("{}：待补数据的企业", pack.measures[measure].name));
    Ok(decided
        .stamp(report)
        .fact("count", "家数", Field::Count(total as i64))
        .group(Group {
            is_one_of_many: false,
            key: "groups",
            title: "按所缺事实归并".to_string(),
            items: items.collect(),
        }))
}

/// Who could deliver what is missing.
fn sources(pack: &Pack, missing: &Missing) -> Vec<String> {
    let facts: Vec<usize> = match missing {
        Missing::Smallest { sets, .. } => sets.iter().flatten().copied().collect(),
        Missing::Sufficient(set) | Missing::Unsettled(set) => set.clone(),
        _ => Vec::new(),
    };
    let mut names: Vec<String> = Vec::new();
    for fact in facts {
        if let Some(name) = pack.source_of(fact)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    match names.is_empty() {
        true => Vec::new(),
        false => vec![format!("来自：{}", names.join("、"))],
    }
}
