//! A list as a file: written while it is sent, and written down before its first byte leaves.

use super::book::Book;
use super::columns::Column;
use super::listing;
use super::wanted::Wanted;
use crate::office::{Office, Refused, refuse};
use crate::workbook::{Cover, CsvWriter, Heading, Pipe, WorkbookWriter, sheet_name};
use anyhow::Result;
use chrono::{DateTime, Local, Utc};
use programme::journal::{self, Act, Line};
use programme::outlook::Inside;
use rules::uscc::Uscc;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use unicode_width::UnicodeWidthStr;

/// What every list says that leaves the house.
pub const NOTICE: &str = "本名单只用于落实小升规政策和服务企业，不得用于向企业下达指标、核对或要求企业报送统计数据；本平台不代替联网直报。";
/// Firms by which the widths of columns are chosen.
const MEASURED: usize = 100;
const WIDTH_MAX: usize = 50;

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Workbook,
    Text,
}

impl Form {
    pub fn named(id: &str) -> Option<Form> {
        match id {
            "xlsx" => Some(Form::Workbook),
            "csv" => Some(Form::Text),
            _ => None,
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            Form::Workbook => "xlsx",
            Form::Text => "csv",
        }
    }
}

/// What is asked beside the list itself.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Why figures are taken that are not everybody's.
    pub purpose: String,
    /// Only these of the firms that are found.
    pub chosen: Option<BTreeSet<Uscc>>,
}

/// A list ready to be written.
pub struct Export {
    book: Arc<Book>,
    columns: Vec<Column>,
    firms: Vec<Inside>,
    headings: Vec<Heading>,
    cover: Cover,
}

/// Lays the list out and writes down who takes it.
///
/// # Errors
/// Refusals: a purpose is missing, or there is no firm.
pub async fn prepare(
    office: &Office,
    book: Arc<Book>,
    wanted: &Wanted,
    asked: Asked,
    act: &Act,
) -> Result<Export> {
    let purpose = asked.purpose.trim();
    let guarded = listing::guarded(&book.seen, wanted);
    if !guarded.is_empty() && purpose.is_empty() {
        return refuse(format!(
            "名单含{}，导出前请填写用途，用途记入日志",
            guarded.join("、")
        ));
    }
    let shared = book.clone();
    let (own, chosen) = (wanted.clone(), asked.chosen.clone());
    let laid_out = tokio::task::spawn_blocking(move || lay_out(&shared, &own, chosen.as_ref()));
    let (columns, firms, headings) = laid_out.await??;
    let filters = wanted.in_words(&book.pack);
    let filters = match asked.chosen {
        Some(_) => format!("{filters}；只取其中选定的"),
        None => filters,
    };
    let cover = cover(&book, act, &filters, purpose, firms.len());
    let names: Vec<String> = columns
        .iter()
        .map(|column| column.heading(&book.pack))
        .collect();
    let mut detail = format!("{filters}；列：{}", names.join("、"));
    if !purpose.is_empty() {
        detail.push_str(&format!("；用途：{purpose}"));
    }
    let line = Line {
        act: "register.export",
        subject: format!("{}家", firms.len()),
        detail,
    };
    let tx = office.db.begin_writing().await?;
    journal::append(&tx, act, &line).await?;
    tx.commit().await?;
    Ok(Export {
        book,
        columns,
        firms,
        headings,
        cover,
    })
}

type LaidOut = (Vec<Column>, Vec<Inside>, Vec<Heading>);

fn lay_out(book: &Book, wanted: &Wanted, chosen: Option<&BTreeSet<Uscc>>) -> Result<LaidOut> {
    let listing = listing::find(book, wanted);
    let mut listing = listing.map_err(|refusal| Refused(refusal.to_string()))?;
    if let Some(chosen) = chosen {
        let seen = &book.seen;
        let firms: BTreeSet<Inside> = chosen.iter().filter_map(|code| seen.find(*code)).collect();
        listing.found = listing.found.keep(|firm| firms.contains(&firm));
        listing.count = listing.found.len();
    }
    if listing.count == 0 {
        return refuse("没有符合条件的企业，没有导出");
    }
    let columns = listing.columns();
    let firms = listing.firms(0..listing.count);
    let mut widths: Vec<usize> = columns.iter().map(|_| 0).collect();
    for firm in firms.iter().take(MEASURED) {
        for (width, cell) in widths.iter_mut().zip(listing.row(*firm, &columns)) {
            *width = (*width).max(cell.shown().width());
        }
    }
    let headings = columns.iter().zip(widths).map(|(column, width)| {
        let text = column.heading(&book.pack);
        Heading {
            width: width.max(text.width().min(16)).min(WIDTH_MAX) + 2,
            text,
        }
    });
    let headings = headings.collect();
    Ok((columns, firms, headings))
}

fn cover(book: &Book, act: &Act, filters: &str, purpose: &str, count: usize) -> Cover {
    let pack = &book.pack;
    let snapshot = &book.snapshot;
    let at = DateTime::<Utc>::from_timestamp(act.at, 0).unwrap_or_default();
    let organisation = act.organisation.name(pack, act.on);
    let who = match act.person.as_str() {
        "" => organisation.clone(),
        person => format!("{organisation} {person}"),
    };
    let mut notes = vec![
        ("导出人".to_string(), who),
        (
            "导出时间".to_string(),
            at.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string(),
        ),
        ("筛选条件".to_string(), filters.to_string()),
        ("家数".to_string(), count.to_string()),
        (
            "数据截至".to_string(),
            format!("{}（快照 {}）", snapshot.as_of.in_words(), snapshot.id),
        ),
        (
            "政策包".to_string(),
            format!("{} {}", pack.about.name, pack.about.edition),
        ),
        (
            "读法".to_string(),
            "金额单位为万元；“待补”是还没有收到数据，不是零；档次是本单位不看原值的指标所在的区间。".to_string(),
        ),
    ];
    if !purpose.is_empty() {
        notes.push(("用途".to_string(), purpose.to_string()));
    }
    notes.push(("使用要求".to_string(), NOTICE.to_string()));
    Cover {
        title: sheet_name("企业名单"),
        author: organisation,
        made: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        notes,
    }
}

impl Export {
    pub fn count(&self) -> usize {
        self.firms.len()
    }

    /// Writes the file to whoever reads the pipe; on a thread that may wait.
    ///
    /// # Errors
    /// Where the reader has gone.
    pub fn write(&self, form: Form, to: Pipe) -> io::Result<()> {
        match form {
            Form::Workbook => {
                let (cover, headings) = (self.cover.clone(), self.headings.clone());
                let mut writer = WorkbookWriter::new(to, cover, headings, self.firms.len())?;
                self.each_row(|cells| writer.row(cells))?;
                writer.finish()?;
            }
            Form::Text => {
                let mut writer = CsvWriter::new(to, &self.headings)?;
                self.each_row(|cells| writer.row(cells))?;
                io::Write::flush(&mut writer.finish()?)?;
            }
        }
        Ok(())
    }

    fn each_row(
        &self,
        mut write: impl FnMut(&[crate::workbook::Cell]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut cells = Vec::with_capacity(self.columns.len());
        for firm in &self.firms {
            cells.clear();
            let columns = self.columns.iter();
            cells.extend(columns.map(|column| column.cell(&self.book, *firm)));
            write(&cells)?;
        }
        Ok(())
    }
}
