//! A handed list as files for its receiver: a workbook in the columns that offices use (domain
//! §8.1, sheet 4) and a letter. Neither has a place for a figure of a firm.

use super::hand_over::named;
use crate::documents::{self, write_whole};
use crate::office::Office;
use crate::report::{Field, Table};
use crate::{settings, sheets};
use anyhow::{Context, Result};
use programme::bulletins::document::{
    Annex, Block, Cell, Document, RowWeight, Source, Span, Table as DocumentTable, TableColumn,
    TableRow,
};
use programme::outlook::hand_overs::{HandOver, Handed};
use programme::people::Organisation;
use rules::pack::Pack;
use rules::uscc::Uscc;
use std::path::{Path, PathBuf};

/// Key, name and relative width of each column.
const COLUMNS: [(&str, &str, u32); 11] = [
    ("number", "序号", 2),
    ("county", "县区", 4),
    ("firm", "企业名称", 9),
    ("uscc", "统一社会信用代码", 7),
    ("entered", "入统时间", 4),
    ("level", "预警级别", 3),
    ("incomplete", "数据", 6),
    ("reasons", "原因类别", 5),
    ("measures", "帮扶措施", 5),
    ("person", "责任人", 3),
    ("result", "结果", 3),
];

/// Writes both files; each appears whole or not at all.
pub async fn write(
    office: &Office,
    saved: &HandOver,
    list: &[Handed],
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("目录“{}”不能建立", folder.display()))?;
    let stem = format!("拟退规预警名单-第{}号移交", saved.id);
    let workbook = folder.join(format!("{stem}.xlsx"));
    write_whole(&workbook, &workbook_of(office, saved, list)?)?;
    let letter = folder.join(format!("{stem}.docx"));
    write_whole(&letter, &letter_bytes(office, saved, list).await?)?;
    Ok(vec![workbook, letter])
}

/// The workbook, to be sent to a browser.
pub fn workbook_of(office: &Office, saved: &HandOver, list: &[Handed]) -> Result<Vec<u8>> {
    let title = format!("拟退规预警名单（截至{}）", saved.request.as_of.in_words());
    let notice = office.pack.warnings.hand_over.notice.clone();
    sheets::bytes(&title, &table(&office.pack, list), &[notice])
}

/// The letter that goes with it.
pub async fn letter_bytes(office: &Office, saved: &HandOver, list: &[Handed]) -> Result<Vec<u8>> {
    let banner = settings::banner(office).await?;
    documents::docx(&letter_of(office, saved, list, banner))
}

/// By place, then by code.
pub fn in_order(list: &[Handed]) -> Vec<&Handed> {
    let mut ordered: Vec<&Handed> = list.iter().collect();
    ordered.sort_by_key(|own| (own.area, own.county, own.key));
    ordered
}

/// Whether everything was known when the firm was handed on.
pub fn completeness(own: &Handed) -> String {
    match own.possible.as_str() {
        "" => "齐全".to_string(),
        level => format!("数据不全，查明后最高可到{level}"),
    }
}

/// The texts of a row, without its number; the last three are for the receiver to fill in.
fn texts(pack: &Pack, own: &Handed) -> [String; 10] {
    let place = own.county.or(own.area);
    let entered = own.entered.map(|month| month.to_string());
    [
        place.map_or("待补".to_string(), |code| pack.divisions.name(code)),
        own.name.clone(),
        Uscc::from_key(own.key).map_or(String::new(), |uscc| uscc.to_string()),
        entered.unwrap_or("待补".to_string()),
        own.level.clone(),
        completeness(own),
        own.reasons.join("、"),
        String::new(),
        String::new(),
        String::new(),
    ]
}

fn table(pack: &Pack, list: &[Handed]) -> Table {
    let columns = COLUMNS.map(|(key, name, _)| (key, name));
    let mut table = Table::new("firms", "企业", &columns);
    for (index, own) in in_order(list).into_iter().enumerate() {
        let mut row = vec![Field::Count(index as i64 + 1)];
        row.extend(texts(pack, own).map(|text| match text.is_empty() {
            true => Field::Empty,
            false => Field::Text(text),
        }));
        table.row(row);
    }
    table
}

/// The letter with the list as its annex.
fn letter_of(
    office: &Office,
    saved: &HandOver,
    list: &[Handed],
    banner: Option<String>,
) -> Document {
    let pack = &office.pack;
    let owner = pack.agency(&pack.warnings.hand_over.agency);
    let owner = owner.map_or(String::new(), |own| own.name_on(saved.on).name.clone());
    let request = &saved.request;
    let text = |text: String| Block::Paragraph(vec![Span::Text(text)]);
    let counted = Block::Paragraph(vec![
        Span::Text(format!(
            "根据{}，我局对截至{}的在规企业逐户核对，现将{}预警企业",
            request.basis,
            request.as_of.in_words(),
            request.levels
        )),
        Span::Figure {
            text: saved.count.to_string(),
            source: 1,
        },
        Span::Text(format!("家的名单移交你单位，用于{}。", request.purpose)),
    ]);
    Document {
        masthead: owner.clone(),
        number: Some(format!("第{}号移交", saved.id)),
        title: vec!["关于移交拟退规预警企业名单的函".to_string()],
        addressees: full_name(office, saved),
        body: vec![
            counted,
            text(format!(
                "名单只列企业、级别和原因类别。{}标明数据不全的，有关数据查明后级别可能升高。",
                pack.warnings.hand_over.notice
            )),
            text("请按一企一策逐户了解情况、落实帮扶，跟进情况记入升规通。".to_string()),
        ],
        signature: owner.clone(),
        date: saved.on,
        remark: Some("此件不公开".to_string()),
        annexes: vec![annex(pack, saved, list)],
        copies_to: None,
        printed_by: owner,
        printed_on: saved.on,
        sources: vec![Source {
            number: 1,
            what: "移交的预警企业".to_string(),
            value: saved.count.to_string(),
            query: format!("shenggui outlook hand-over-list {}", saved.id),
            snapshot: format!("第{}号", request.snapshot),
        }],
        banner,
    }
}

fn full_name(office: &Office, saved: &HandOver) -> String {
    let id = &saved.request.receiver;
    match Organisation::read(&office.pack, id) {
        Ok(Organisation::Agency(id)) => {
            let agency = office.pack.agency(&id);
            agency.map_or(id, |own| own.name_on(saved.on).name.clone())
        }
        _ => named(office, id),
    }
}

fn annex(pack: &Pack, saved: &HandOver, list: &[Handed]) -> Annex {
    let columns = COLUMNS.map(|(_, label, width)| TableColumn {
        group: None,
        label: label.to_string(),
        width,
    });
    let rows = in_order(list).into_iter().enumerate().map(|(index, own)| {
        let mut cells = vec![Cell::Count(index as i64 + 1)];
        cells.extend(texts(pack, own).map(Cell::Text));
        TableRow {
            cells,
            weight: RowWeight::Plain,
        }
    });
    Annex {
        title: format!("拟退规预警名单（截至{}）", saved.request.as_of.in_words()),
        standing: None,
        landscape: true,
        body: Vec::new(),
        table: Some(DocumentTable {
            unit: None,
            columns: columns.to_vec(),
            rows: rows.collect(),
            notes: vec![format!("注：{}", pack.warnings.hand_over.notice)],
        }),
    }
}
