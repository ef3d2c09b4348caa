//! Before and after going above scale, for one firm: as text, for programs, and as a sheet
//! that an official can hand to a worried owner.

use super::answer::{Answer, Asked};
use super::firm::{Subject, subject};
use crate::cli::CompareMeasuresArgs;
use crate::documents;
use crate::office::{Office, today};
use crate::report::{Field, Group, Item, Report};
use crate::settings;
use anyhow::{Context, Result};
use programme::bulletins::document::{
    Annex, Block, Cell, Document, RowWeight, Span, Table, TableColumn, TableRow,
};
use rules::measures::Verdict;
use rules::pack::Pack;
use rules::pack::comparison::{Caused, ComparisonLine, What};
use serde_json::json;

/// One line with what it comes to in every step.
pub struct Compared {
    pub group: String,
    pub name: String,
    /// By step.
    pub cells: Vec<String>,
    pub cause: Cause,
    pub law: String,
    pub say: String,
}

/// What makes the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nothing changes.
    Unchanged,
    /// Going above scale.
    Scale,
    /// Growth, by law, wherever the firm stands in the statistics.
    Growth,
    /// Practice of some places.
    Practice,
}

impl Cause {
    /// As programs say it.
    pub fn id(self) -> &'static str {
        match self {
            Cause::Unchanged => "unchanged",
            Cause::Scale => "scale",
            Cause::Growth => "growth",
            Cause::Practice => "practice",
        }
    }

    /// As the owner reads it.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Unchanged => "无关，前后相同",
            Cause::Scale => "有关，升规引起",
            Cause::Growth => "无关，收入增长依法引起",
            Cause::Practice => "部分有关，属各地做法",
        }
    }
}

/// `shenggui measures compare`.
pub async fn command(office: &Office, arguments: &CompareMeasuresArgs) -> Result<Report> {
    let reader = (
        arguments.agency.as_deref(),
        arguments.itself,
        arguments.purpose.as_deref(),
    );
    let subject = subject(office, &arguments.uscc, reader, &arguments.law).await?;
    let lines = compared(&office.pack, &subject);
    let report = report(&office.pack, &subject, &lines);
    let Some(folder) = &arguments.out else {
        return Ok(report);
    };
    let document = document(office, &subject, &lines).await?;
    let stem = format!("升规前后对照-{}", subject.firms.uscc(subject.firm));
    std::fs::create_dir_all(folder)
        .with_context(|| format!("目录“{}”不能建立", folder.display()))?;
    let files = [
        (format!("{stem}.docx"), documents::docx(&document)?),
        (
            format!("{stem}.html"),
            documents::html(&document).into_bytes(),
        ),
    ];
    let mut report = report;
    for (name, bytes) in files {
        let path = folder.join(name);
        documents::write_whole(&path, &bytes)?;
        report = report.note(format!("已写出：{}", path.display()));
    }
    Ok(report)
}

/// Said where nothing lies ahead any more.
const ALREADY: &str = "该企业已在规，“现状”就是升规后的情形";

/// Every line of the pack's comparison for a firm.
pub fn compared(pack: &Pack, subject: &Subject) -> Vec<Compared> {
    let parameters = pack.parameters_on(subject.on);
    let mut facts = subject.firms.facts(subject.firm);
    let mut steps: Vec<Vec<Option<i64>>> = Vec::new();
    for step in &pack.comparison.steps {
        facts = step.apply(&facts, &parameters);
        steps.push(facts.clone());
    }
    let is_in_scale = subject.firms.in_scale(subject.firm) == Some(true);
    let lines = pack.comparison.lines.iter();
    lines
        .map(|line| match &line.what {
            What::Measure(measure) => {
                let answers = steps.iter().map(|facts| {
                    let asked = Asked {
                        pack,
                        facts,
                        parameters: &parameters,
                        on: subject.on,
                        scope: &subject.reader.scope,
                    };
                    asked.answer(*measure)
                });
                of_measure(pack, line, *measure, &answers.collect::<Vec<Answer>>())
            }
            What::Effect {
                name,
                below,
                above,
                caused,
                law,
            } => Compared {
                group: line.group.clone(),
                name: name.clone(),
                cells: match is_in_scale {
                    true => vec![above.clone(); steps.len()],
                    false => below_until_last(below, above, steps.len()),
                },
                cause: match caused {
                    Caused::Yes => Cause::Scale,
                    Caused::No => Cause::Unchanged,
                    Caused::Partly => Cause::Practice,
                },
                law: law.clone(),
                say: line.say.clone(),
            },
        })
        .collect()
}

fn below_until_last(below: &str, above: &str, steps: usize) -> Vec<String> {
    let mut cells = vec![below.to_string(); steps.saturating_sub(1)];
    cells.push(above.to_string());
    cells
}

fn of_measure(pack: &Pack, line: &ComparisonLine, measure: usize, answers: &[Answer]) -> Compared {
    let cells: Vec<String> = answers.iter().map(in_a_cell).collect();
    let count = cells.len();
    let cause = match count {
        0 | 1 => Cause::Unchanged,
        _ if cells[count - 2] != cells[count - 1] => Cause::Scale,
        _ if cells[0] != cells[count - 1] => Cause::Growth,
        _ => Cause::Unchanged,
    };
    let law = answers
        .iter()
        .map(|answer| answer.law.as_str())
        .find(|law| !law.is_empty());
    let own = &pack.measures[measure];
    Compared {
        group: line.group.clone(),
        name: own.name.clone(),
        cells,
        cause,
        law: law.map_or_else(
            || format!("方案条款 {}", own.clauses.join("、")),
            str::to_string,
        ),
        say: line.say.clone(),
    }
}

/// 可享，每年 560,000.00 元 · 不可享：…
fn in_a_cell(answer: &Answer) -> String {
    let name = answer.verdict.name();
    match answer.verdict {
        Verdict::NotEntitled => {
            let why: Vec<&str> = answer
                .failing
                .iter()
                .map(|told| told.name.as_str())
                .collect();
            format!("{name}（不符合：{}）", why.join("、"))
        }
        Verdict::Unknown => name.to_string(),
        _ => {
            let amounts = answer.gets.iter().filter_map(|got| {
                let shown = got.amount.shown()?;
                Some(format!("{}{shown}", got.every.name()))
            });
            let amounts: Vec<String> = amounts.collect();
            match amounts.is_empty() {
                true => name.to_string(),
                false => format!("{name}，{}", amounts.join("，")),
            }
        }
    }
}

/// Every line as an answer.
pub fn report(pack: &Pack, subject: &Subject, lines: &[Compared]) -> Report {
    let comparison = &pack.comparison;
    let count = |cause: Cause| {
        let own = lines.iter().filter(|line| line.cause == cause);
        Field::Count(own.count() as i64)
    };
    let (firms, firm) = (&subject.firms, subject.firm);
    let code = Field::text(firms.uscc(firm).to_string());
    let mut report = Report::new(format!("{}：{}", firms.name(firm), comparison.title))
        .fact("uscc", "统一社会信用代码", code)
        .fact("on", "按哪一天的规定", Field::text(subject.on.to_string()))
        .fact("unchanged", "与升规无关、前后相同", count(Cause::Unchanged))
        .fact("growth", "因收入增长依法变化", count(Cause::Growth))
        .fact("scale", "因升规变化", count(Cause::Scale))
        .fact("practice", "属各地做法", count(Cause::Practice));
    for title in groups(lines) {
        let own = lines.iter().filter(|line| line.group == title);
        report = report.group(Group {
            is_one_of_many: true,
            key: "groups",
            title: title.to_string(),
            items: own.map(|line| item(pack, line)).collect(),
        });
    }
    if firms.in_scale(firm) == Some(true) {
        report = report.note(ALREADY);
    }
    report.note(comparison.notice.clone())
}

/// The groups in the order of the lines.
fn groups(lines: &[Compared]) -> Vec<&str> {
    let mut groups: Vec<&str> = Vec::new();
    for line in lines {
        if !groups.contains(&line.group.as_str()) {
            groups.push(&line.group);
        }
    }
    groups
}

fn item(pack: &Pack, line: &Compared) -> Item {
    let steps = pack.comparison.steps.iter().zip(&line.cells);
    let mut lines = Vec::new();
    let is_same = line.cells.windows(2).all(|pair| pair[0] == pair[1]);
    match line.cells.first().filter(|_| is_same) {
        Some(only) => lines.push(format!("前后都是：{only}")),
        None => lines.extend(
            steps
                .clone()
                .map(|(step, cell)| format!("{}：{cell}", step.name)),
        ),
    }
    lines.push(line.say.clone());
    lines.push(format!("依据：{}", line.law));
    let cells: serde_json::Map<String, serde_json::Value> = steps
        .map(|(step, cell)| (step.id.clone(), json!(cell)))
        .collect();
    Item {
        head: format!("{}（{}）", line.name, line.cause.name()),
        link: None,
        lines,
        value: json!({
            "name": line.name,
            "steps": cells,
            "cause": line.cause.id(),
            "law": line.law,
            "say": line.say,
        }),
    }
}

/// The sheet for the owner: what it says in words, and the table as an annex.
pub async fn document(office: &Office, subject: &Subject, lines: &[Compared]) -> Result<Document> {
    let pack = &office.pack;
    let comparison = &pack.comparison;
    let name = subject.firms.name(subject.firm).to_string();
    let mut body = vec![paragraph(format!(
        "本对照按 {} 的规定、截至{}的数据列出贵企业升规前后逐项待遇和义务的变化，每项写明是否由升规引起。",
        subject.on,
        subject.snapshot.as_of.in_words()
    ))];
    if subject.firms.in_scale(subject.firm) == Some(true) {
        body.push(paragraph(format!("{ALREADY}。")));
    }
    let parts = [
        (Cause::Scale, "一、升规引起的变化，有得也有失"),
        (Cause::Practice, "二、各地做法不一的"),
        (Cause::Growth, "三、收入增长依法引起、与升规无关的"),
    ];
    for (cause, title) in parts {
        body.push(heading(title));
        let own: Vec<&Compared> = lines.iter().filter(|line| line.cause == cause).collect();
        if own.is_empty() {
            body.push(paragraph("没有。".to_string()));
        }
        for line in own {
            body.push(paragraph(format!("{}：{}", line.name, line.say)));
        }
    }
    let same = lines.iter().filter(|line| line.cause == Cause::Unchanged);
    let same: Vec<&str> = same.map(|line| line.name.as_str()).collect();
    body.push(heading("四、升规前后相同的"));
    body.push(paragraph(format!(
        "以下{}项不以是否在规为条件，升规前后按同样的规定办理：{}。逐项情况见附件。",
        same.len(),
        same.join("、")
    )));
    body.push(heading("五、说明"));
    body.push(paragraph(comparison.notice.clone()));
    let day = today();
    Ok(Document {
        masthead: "小升规政策告知单".to_string(),
        number: Some(format!("快照第{}号", subject.snapshot.id)),
        title: vec![comparison.title.clone()],
        addressees: name,
        body,
        signature: pack.office.signature.clone(),
        date: day,
        remark: None,
        annexes: vec![Annex {
            title: "逐项对照表".to_string(),
            standing: None,
            landscape: true,
            body: Vec::new(),
            table: Some(sheet(pack, lines)),
        }],
        copies_to: None,
        printed_by: pack.office.signature.clone(),
        printed_on: day,
        sources: Vec::new(),
        banner: settings::banner(office).await?,
    })
}

fn heading(text: &str) -> Block {
    Block::Heading {
        level: 1,
        text: text.to_string(),
    }
}

fn paragraph(text: String) -> Block {
    Block::Paragraph(vec![Span::Text(text)])
}

fn sheet(pack: &Pack, lines: &[Compared]) -> Table {
    let column = |label: &str, width: u32| TableColumn {
        group: None,
        label: label.to_string(),
        width,
    };
    let mut columns = vec![column("事项", 18)];
    columns.extend(
        pack.comparison
            .steps
            .iter()
            .map(|step| column(&step.name, 20)),
    );
    columns.extend([column("与升规是否有关", 12), column("依据", 20)]);
    let rows = lines.iter().map(|line| {
        let mut cells = vec![Cell::Text(line.name.clone())];
        cells.extend(line.cells.iter().map(|cell| Cell::Text(cell.clone())));
        cells.push(Cell::Text(line.cause.name().to_string()));
        cells.push(Cell::Text(line.law.clone()));
        TableRow {
            cells,
            weight: RowWeight::Plain,
        }
    });
    Table {
        unit: None,
        columns,
        rows: rows.collect(),
        notes: Vec::new(),
    }
}
