//! An official document as a value: what it says, not how it looks.
//!
//! The application turns it into DOCX (GB/T 9704-2012), XLSX and HTML. Every figure
//! in the text points at its [`Source`]: the snapshot and the query that gave it.

use chrono::NaiveDate;

use super::chart::{Chart, Finite, Form};

/// A document of the provincial office, before or after signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// 发文机关标志, printed red: “…领导小组办公室文件”.
    pub masthead: String,
    /// 发文字号: “豫企升办〔2026〕5号”; a draft has none and shows “（送审稿）”.
    pub number: Option<String>,
    /// Title, broken into centred lines by meaning.
    pub title: Vec<String>,
    /// 主送机关, without the closing colon.
    pub addressees: String,
    pub body: Vec<Block>,
    /// 发文机关署名.
    pub signature: String,
    /// 成文日期.
    pub date: NaiveDate,
    /// 附注, without brackets: “此件公开发布”.
    pub remark: Option<String>,
    pub annexes: Vec<Annex>,
    /// 抄送机关, without the label.
    pub copies_to: Option<String>,
    /// 印发机关 and 印发日期 stand in the last line of the last page.
    pub printed_by: String,
    pub printed_on: NaiveDate,
    /// Numbered from 1 in order of first use.
    pub sources: Vec<Source>,
    /// “演示数据” on demonstration provinces: printed in the page header and in HTML.
    pub banner: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Level 1 一、(黑体) · 2（一）(楷体) · 3 1. · 4（1）(仿宋). The text carries its number.
    Heading {
        level: u8,
        text: String,
    },
    Paragraph(Vec<Span>),
    /// Stands between paragraphs, its title above it; see [`Chart`].
    Chart(Box<Chart>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    Text(String),
    /// A figure as it is printed, and the number of its source.
    Figure {
        text: String,
        source: usize,
    },
}

/// An annex starts on its own page with “附件1” at the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annex {
    pub title: String,
    /// A standing that must be seen: “拟议稿，未经批准不生效”.
    pub standing: Option<String>,
    pub landscape: bool,
    pub body: Vec<Block>,
    pub table: Option<Table>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Right above the table: “单位：家、%”.
    pub unit: Option<String>,
    pub columns: Vec<TableColumn>,
    pub rows: Vec<TableRow>,
    /// Below the table: “注：…”.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// Neighbouring columns of one group share a merged upper header cell.
    pub group: Option<String>,
    pub label: String,
    /// Relative width.
    pub width: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    pub cells: Vec<Cell>,
    pub weight: RowWeight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowWeight {
    /// The sum of all: bold.
    Total,
    /// An area, where counties follow below it: bold.
    Group,
    Plain,
}

/// Text is aligned left, numbers right, [`Cell::Empty`] shows “—”.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Count(i64),
    /// Shown with one decimal; half away from zero; `of` = 0 shows “—”.
    Percent {
        part: i64,
        of: i64,
    },
    /// Shown with two decimals and “倍”; `of` = 0 shows “—”.
    Multiple {
        part: i64,
        of: i64,
    },
    /// A measured or estimated number, never money: shown as its form says.
    Decimal {
        value: Finite,
        form: Form,
    },
    Empty,
}

/// Where a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub number: usize,
    /// What is counted: “全省本年新增规上工业企业”.
    pub what: String,
    pub value: String,
    /// The command that shows it again: `shenggui targets progress …`.
    pub query: String,
    /// The snapshot it was computed from, by number and fingerprint.
    pub snapshot: String,
}
