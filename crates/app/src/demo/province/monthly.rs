//! The three monthly deliveries: tax, power and social insurance, one row for each firm.

use super::chance::{hash, unit};
use super::faults::{self, Fault};
use super::files::{Encoding, Table};
use super::firms::{Identity, Trait, World};
use super::names;
use super::series::Figures;
use chrono::NaiveDate;
use rules::period::Month;
use std::fmt::Write;
use std::path::Path;

/// More firms than this are never put into a workbook.
pub const SHEET_FIRMS_MAX: usize = 100_000;
/// Numbers of codes from here on belong to no firm of the province.
const STRANGERS: u64 = 100_000_000;
const BRANCHES: u64 = 200_000_000;
/// Rows that a department forgets, and rows that spell the month in their own way.
const FORGOTTEN_SHARE: f64 = 0.0015;
const OWN_SPELLING_SHARE: f64 = 0.01;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Tax,
    Power,
    Insurance,
}

/// One delivery of figures.
pub struct MonthFile<'a> {
    pub figure: Figure,
    pub month: Month,
    pub path: &'a Path,
    pub made_on: NaiveDate,
    /// The area whose amounts are in 万元 by mistake (tax only).
    pub mistaken_area: Option<u16>,
}

impl Figure {
    pub fn kind(self) -> &'static str {
        match self {
            Figure::Tax => "tax",
            Figure::Power => "power",
            Figure::Insurance => "insurance",
        }
    }

    pub fn agency(self) -> &'static str {
        match self {
            Figure::Tax => "tax",
            Figure::Power => "power",
            Figure::Insurance => "human-resources",
        }
    }

    /// Whether the month comes as a workbook.
    pub fn is_sheet(self, month: Month, firms: usize) -> bool {
        self == Figure::Power && month.number() % 6 == 1 && firms <= SHEET_FIRMS_MAX
    }

    fn header(self, is_sheet: bool) -> &'static [&'static str] {
        match self {
            Figure::Tax => &[
                "纳税人识别号",
                "纳税人名称",
                "所属期",
                "应税销售额（元）",
                "入库税额（元）",
                "开票金额（元）",
                "出口销售额（元）",
            ],
            Figure::Power if is_sheet => &[
                "用户编号",
                "用户名称",
                "统一社会信用代码",
                "用电量（万千瓦时）",
                "用气量（立方米）",
                "月份",
            ],
            Figure::Power => &[
                "用户编号",
                "用户名称",
                "统一社会信用代码",
                "用电量（千瓦时）",
                "用气量（立方米）",
                "月份",
            ],
            Figure::Insurance => &[
                "单位名称",
                "统一社会信用代码",
                "所属期",
                "参保人数（人）",
                "缴费基数（元）",
            ],
        }
    }
}

/// Writes one delivery.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(world: &World, file: &MonthFile) -> anyhow::Result<()> {
    let is_sheet = file.figure.is_sheet(file.month, world.recipe.firms);
    let utf8 = file.figure == Figure::Tax && file.month.index() % 5 == 2;
    let mut table = if is_sheet {
        Table::sheet(file.path, "用电用气", file.made_on)?
    } else if utf8 {
        Table::text(file.path, Encoding::Utf8WithMark)?
    } else {
        Table::text(file.path, Encoding::Gb18030)?
    };
    table.words(file.figure.header(is_sheet))?;
    let number = file.figure as u64 + 10;
    let mut rows = Rows {
        figure: file.figure,
        is_sheet,
        month: file.month,
        spelling: hash([world.recipe.seed, number, file.month.index() as u64, 61]) as u8 & 3,
        table,
        text: String::new(),
        sum: Figures::default(),
    };
    let file_key = number << 32 | file.month.index() as u64;
    let mut identity = Identity::default();
    for index in 0..world.len() {
        let Some(mut figures) = due(world, file.figure, index, file.month) else {
            continue;
        };
        world.identify(index, file.month, &mut identity);
        let Some(firm) = world.drawn(index) else {
            rows.row(&identity, index, &figures, Style::default())?;
            continue;
        };
        let draw = unit(hash([world.recipe.seed, file_key, index as u64, 62]));
        if draw < FORGOTTEN_SHARE {
            continue;
        }
        if file.mistaken_area == Some(firm.area) {
            figures.sales_fen /= 10_000;
            figures.invoiced_fen /= 10_000;
        }
        let style = Style {
            fault: faults::of_row(world.recipe.seed, file_key, index),
            separators: faults::has_separators(world.recipe.seed, file_key, index),
            own_spelling: draw > 1.0 - OWN_SPELLING_SHARE,
        };
        faults::spoil_code(&mut identity.code, style.fault);
        rows.row(&identity, index, &figures, style)?;
        rows.extra_row(world, &mut identity, index, &figures, style)?;
    }
    rows.finish()
}

/// The figures, unless this department has none of the firm.
fn due(world: &World, figure: Figure, index: usize, month: Month) -> Option<Figures> {
    let absent = match figure {
        Figure::Tax => None,
        Figure::Power => Some(Trait::NoPowerAccount),
        Figure::Insurance => Some(Trait::NoInsurance),
    };
    if let (Some(what), Some(firm)) = (absent, world.drawn(index))
        && firm.has(what)
    {
        return None;
    }
    world.figures(index, month)
}

/// A code that belongs to no firm of the province.
pub fn stranger_code(world: &World, county: usize, index: usize) -> [u8; 18] {
    let county = world.codes.counties[county].code;
    names::code(world.recipe.seed, county, STRANGERS + index as u64, false)
}

/// The code of a branch that has one of its own.
pub fn branch_code(world: &World, county: usize, index: usize) -> [u8; 18] {
    let county = world.codes.counties[county].code;
    names::code(world.recipe.seed, county, BRANCHES + index as u64, false)
}

#[derive(Debug, Clone, Copy, Default)]
struct Style {
    fault: Option<Fault>,
    separators: bool,
    own_spelling: bool,
}

struct Rows {
    figure: Figure,
    is_sheet: bool,
    month: Month,
    spelling: u8,
    table: Table,
    text: String,
    sum: Figures,
}

impl Rows {
    fn row(
        &mut self,
        identity: &Identity,
        account: usize,
        figures: &Figures,
        style: Style,
    ) -> anyhow::Result<()> {
        self.sum.sales_fen = self.sum.sales_fen.saturating_add(figures.sales_fen);
        self.sum.tax_fen = self.sum.tax_fen.saturating_add(figures.tax_fen);
        match self.figure {
            Figure::Tax => {
                self.table.word(&identity.code)?;
                self.table.word(&identity.name)?;
                self.month(style)?;
                self.first_amount(figures.sales_fen, style)?;
                self.amount(figures.tax_fen, false)?;
                self.amount(figures.invoiced_fen, style.separators)?;
                self.amount(figures.export_fen, false)?;
            }
            Figure::Power => {
                self.text.clear();
                write!(self.text, "41{:08}", account as u64 + 10_000)?;
                self.table.word(&self.text)?;
                self.table.word(&identity.name)?;
                self.table.word(&identity.code)?;
                self.power(figures.electricity_kwh, style)?;
                self.whole(figures.gas_m3)?;
                self.month(style)?;
            }
            Figure::Insurance => {
                self.table.word(&identity.name)?;
                self.table.word(&identity.code)?;
                self.month(style)?;
                match style.fault {
                    Some(Fault::NoAmount(word)) => self.table.word(word)?,
                    _ => self.whole(figures.persons)?,
                }
                self.amount(figures.base_fen, style.separators)?;
            }
        }
        self.table.end_row()
    }

    /// Faults that are a row of their own.
    fn extra_row(
        &mut self,
        world: &World,
        identity: &mut Identity,
        index: usize,
        figures: &Figures,
        style: Style,
    ) -> anyhow::Result<()> {
        let county = world
            .drawn(index)
            .map_or(0, |firm| usize::from(firm.county));
        let code = match style.fault {
            Some(Fault::Twice) => return self.row(identity, index, figures, style),
            Some(Fault::Branch) => {
                identity.name.push_str("第一分公司");
                branch_code(world, county, index)
            }
            Some(Fault::Stranger) => {
                identity.name.clear();
                identity.name.push_str("不在名录的示范公司");
                stranger_code(world, county, index)
            }
            _ => return Ok(()),
        };
        identity.code.clear();
        identity.code.push_str(names::code_text(&code));
        self.row(identity, index, figures, Style::default())
    }

    fn first_amount(&mut self, fen: i64, style: Style) -> anyhow::Result<()> {
        match style.fault {
            Some(Fault::NoAmount(word)) => self.table.word(word),
            _ => self.amount(fen, style.separators),
        }
    }

    fn amount(&mut self, fen: i64, separators: bool) -> anyhow::Result<()> {
        self.text.clear();
        if separators {
            write!(self.text, "{}", rules::money::Fen(fen))?;
            return self.table.word(&self.text);
        }
        let sign = if fen < 0 { "-" } else { "" };
        let fen = fen.unsigned_abs();
        write!(self.text, "{sign}{}.{:02}", fen / 100, fen % 100)?;
        self.table.number(&self.text)
    }

    fn power(&mut self, kwh: i64, style: Style) -> anyhow::Result<()> {
        if let Some(Fault::NoAmount(word)) = style.fault {
            return self.table.word(word);
        }
        if !self.is_sheet {
            return self.whole(kwh);
        }
        self.text.clear();
        write!(self.text, "{}.{:04}", kwh / 10_000, kwh % 10_000)?;
        self.table.number(&self.text)
    }

    fn whole(&mut self, number: i64) -> anyhow::Result<()> {
        self.text.clear();
        write!(self.text, "{number}")?;
        self.table.number(&self.text)
    }

    fn month(&mut self, style: Style) -> anyhow::Result<()> {
        self.text.clear();
        let (year, number) = (self.month.year(), self.month.number());
        match (self.spelling + u8::from(style.own_spelling)) & 3 {
            0 => write!(self.text, "{year}{number:02}")?,
            1 => write!(self.text, "{year}-{number:02}")?,
            2 => write!(self.text, "{year}年{number}月")?,
            _ => write!(self.text, "{year}.{number:02}")?,
        }
        self.table.word(&self.text)
    }

    /// Quarters of the tax office end on a total.
    fn finish(mut self) -> anyhow::Result<()> {
        if self.figure == Figure::Tax && self.month.number().is_multiple_of(3) {
            let sum = self.sum;
            self.table.word("合计")?;
            self.table.word("")?;
            self.table.word("")?;
            self.amount(sum.sales_fen, false)?;
            self.amount(sum.tax_fen, false)?;
            self.table.word("")?;
            self.table.word("")?;
            self.table.end_row()?;
        }
        self.table.close()
    }
}
