//! The annex tables as a workbook with real numbers, one sheet each, and their origins last.
//!
//! Text is always written as text: a firm's name that begins with “=” must never run as a
//! formula on an official's computer.

mod origins;

use std::borrow::Cow;
use std::collections::BTreeSet;

use anyhow::Context;
use chrono::Datelike;
use programme::bulletins::document::{Cell, Document, RowWeight, Table};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};

use super::header;
use super::wording::{self, EMPTY};

const ORIGINS_SHEET: &str = "数据出处";
/// Excel's limit for the name of a sheet.
const SHEET_NAME_MAX: usize = 31;
const PAPER_A4: u8 = 9;
/// Column widths in half characters.
const COLUMN_WIDTH_MIN: usize = 6;
const COLUMN_WIDTH_MAX: usize = 60;

/// The whole file.
pub fn render(document: &Document) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(document)?);
    let mut names = SheetNames::default();
    for page in pages(document) {
        let name = names.take(page.title, &page.mark);
        let sheet = workbook.add_worksheet();
        sheet
            .set_name(&name)
            .with_context(|| format!("name the sheet “{name}”"))?;
        write_page(sheet, document, &page).with_context(|| format!("write the sheet “{name}”"))?;
    }
    origins::write(workbook.add_worksheet(), document).context("write the sheet of origins")?;
    workbook.save_to_buffer().context("close the workbook")
}

/// What one sheet holds.
struct Page<'a> {
    mark: String,
    title: &'a str,
    standing: Option<&'a str>,
    table: Cow<'a, Table>,
}

/// The tables of the annexes, then the values of the charts.
fn pages(document: &Document) -> Vec<Page<'_>> {
    let count = document.annexes.len();
    let annexes = document.annexes.iter().enumerate();
    let tables = annexes.filter_map(|(index, annex)| {
        Some(Page {
            mark: wording::annex_mark(index, count),
            title: &annex.title,
            standing: annex.standing.as_deref(),
            table: Cow::Borrowed(annex.table.as_ref()?),
        })
    });
    let charts = super::charts(document)
        .enumerate()
        .map(|(index, chart)| Page {
            mark: format!("图表{}", index + 1),
            title: chart.title(),
            standing: None,
            table: Cow::Owned(chart.table()),
        });
    tables.chain(charts).collect()
}

/// The workbook is as old as the document: a clock would make every rendering differ.
fn properties(document: &Document) -> anyhow::Result<DocProperties> {
    let date = document.date;
    let year = u16::try_from(date.year()).context("the year of the document")?;
    let created = ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8)
        .context("the date of the document")?;
    Ok(DocProperties::new()
        .set_title(document.title.concat())
        .set_author(&document.signature)
        .set_creation_datetime(&created))
}

/// Sheet names already taken. Excel compares them without regard to case.
#[derive(Default)]
struct SheetNames(BTreeSet<String>);

impl SheetNames {
    /// The title without forbidden signs, cut to length; the annex mark tells twins apart.
    fn take(&mut self, title: &str, mark: &str) -> String {
        let allowed: String = title
            .chars()
            .filter(|c| {
                !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') && !c.is_control()
            })
            .collect();
        let short = cut(allowed.trim(), SHEET_NAME_MAX);
        let is_free = !short.is_empty()
            && short != ORIGINS_SHEET
            && !short.eq_ignore_ascii_case("history")
            && !self.0.contains(&short.to_lowercase());
        let name = if is_free {
            short
        } else {
            let rest = SHEET_NAME_MAX - mark.encode_utf16().count() - 1;
            format!("{mark} {}", cut(allowed.trim(), rest))
                .trim()
                .to_string()
        };
        self.0.insert(name.to_lowercase());
        name
    }
}

/// Excel counts UTF-16 units; a sign of two units must not be cut in half.
fn cut(text: &str, units_max: usize) -> String {
    let mut units = 0;
    text.chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= units_max
        })
        .collect()
}

fn base(size: f64) -> Format {
    Format::new()
        .set_font_name("宋体")
        .set_font_size(size)
        .set_align(FormatAlign::VerticalCenter)
}

fn bordered() -> Format {
    base(11.0).set_border(FormatBorder::Thin)
}

fn header_format() -> Format {
    bordered()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_text_wrap()
}

/// Title, standing, unit, header, rows, notes.
fn write_page(sheet: &mut Worksheet, document: &Document, page: &Page<'_>) -> anyhow::Result<()> {
    let table = page.table.as_ref();
    let last_column = u16::try_from(table.columns.len().max(1) - 1).context("too many columns")?;
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|column| column_width(table, column))
        .collect();
    let mut row = 0;
    let mut heading = |sheet: &mut Worksheet, text: &str, format: Format, height: f64| {
        sheet.set_row_height(row, height)?;
        merged(sheet, row, 0, row, last_column, text, &format)?;
        row += 1;
        anyhow::Ok(())
    };
    heading(sheet, &page.mark, base(12.0).set_bold(), 20.0)?;
    let title = base(16.0)
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_text_wrap();
    // A sign of 16 points takes the room of one and a half of 11.
    let title_width = widths.iter().sum::<usize>() * 2 / 3;
    let height = wrapped_height(page.title, title_width, 18.0);
    heading(sheet, page.title, title, height)?;
    let centred = base(11.0).set_align(FormatAlign::Center);
    for text in [page.standing, document.banner.as_deref()]
        .into_iter()
        .flatten()
    {
        heading(sheet, &format!("（{text}）"), centred.clone(), 18.0)?;
    }
    if let Some(unit) = &table.unit {
        heading(sheet, unit, base(11.0).set_align(FormatAlign::Right), 18.0)?;
    }
    let first_body_row = write_header(sheet, table, row)?;
    let end = write_rows(sheet, table, first_body_row)?;
    for (index, note) in table.notes.iter().enumerate() {
        let format = base(10.0).set_text_wrap();
        let row = end + index as u32;
        sheet.set_row_height(row, wrapped_height(note, widths.iter().sum(), 10.0))?;
        merged(sheet, row, 0, row, last_column, note, &format)?;
    }
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width as f64)?;
    }
    set_print(sheet, document)?;
    sheet.set_repeat_rows(row, first_body_row - 1)?;
    sheet.set_freeze_panes(first_body_row, 0)?;
    Ok(())
}

/// Returns the first row below the header.
fn write_header(sheet: &mut Worksheet, table: &Table, first_row: u32) -> anyhow::Result<u32> {
    let format = header_format();
    let rows = header::rows(&table.columns);
    let end = first_row + rows.len() as u32;
    for (index, cells) in rows.iter().enumerate() {
        let row = first_row + index as u32;
        for cell in cells {
            let (left, right) = (cell.column as u16, (cell.column + cell.columns - 1) as u16);
            let bottom = row + cell.rows as u32 - 1;
            merged(sheet, row, left, bottom, right, cell.label, &format)?;
        }
    }
    let lowest = if rows.len() == 1 { 34.0 } else { 30.0 };
    sheet.set_row_height(end - 1, lowest)?;
    Ok(end)
}

/// Returns the first row below the table.
fn write_rows(sheet: &mut Worksheet, table: &Table, first_row: u32) -> anyhow::Result<u32> {
    let mut at = first_row;
    for row in &table.rows {
        for column in 0..table.columns.len() {
            let cell = row.cells.get(column).unwrap_or(&Cell::Empty);
            let mut format = bordered();
            if row.weight != RowWeight::Plain {
                format = format.set_bold();
            }
            let align = match wording::is_right_aligned(table, column, cell) {
                true => FormatAlign::Right,
                false => FormatAlign::Left,
            };
            write_cell(sheet, at, column as u16, cell, format.set_align(align))?;
        }
        at += 1;
    }
    Ok(at)
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    format: Format,
) -> anyhow::Result<()> {
    let (number, shape): (f64, Cow<'_, str>) = match *cell {
        Cell::Text(ref text) => {
            sheet.write_string_with_format(row, column, text, &format)?;
            return Ok(());
        }
        Cell::Percent { of: 0, .. } | Cell::Multiple { of: 0, .. } | Cell::Empty => {
            sheet.write_string_with_format(row, column, EMPTY, &format)?;
            return Ok(());
        }
        Cell::Count(count) => (count as f64, "#,##0".into()),
        Cell::Percent { part, of } => (part as f64 / of as f64, "0.0%".into()),
        Cell::Multiple { part, of } => (part as f64 / of as f64, "0.00\"倍\"".into()),
        Cell::Decimal { value, form } => (value.get(), wording::number_format(form).into()),
    };
    sheet.write_number_with_format(row, column, number, &format.set_num_format(shape))?;
    Ok(())
}

/// A text over a range. The library refuses to merge a single cell.
fn merged(
    sheet: &mut Worksheet,
    top: u32,
    left: u16,
    bottom: u32,
    right: u16,
    text: &str,
    format: &Format,
) -> anyhow::Result<()> {
    if (top, left) == (bottom, right) {
        sheet.write_string_with_format(top, left, text, format)?;
    } else {
        sheet.merge_range(top, left, bottom, right, text, format)?;
    }
    Ok(())
}

fn column_width(table: &Table, column: usize) -> usize {
    let header = table
        .columns
        .get(column)
        .map(|c| wording::half_width(&c.label));
    let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
    let widest = cells
        .map(|cell| wording::half_width(&wording::cell(cell)))
        .max();
    // A header may wrap once, a number may not.
    let header = header.unwrap_or(0).div_ceil(2);
    (widest.unwrap_or(0).max(header) + 3).clamp(COLUMN_WIDTH_MIN, COLUMN_WIDTH_MAX)
}

fn set_print(sheet: &mut Worksheet, document: &Document) -> anyhow::Result<()> {
    sheet.set_paper_size(PAPER_A4).set_landscape();
    sheet
        .set_print_fit_to_pages(1, 0)
        .set_print_center_horizontally(true);
    if let Some(banner) = &document.banner {
        // “&” begins a code in headers.
        sheet.set_header(format!("&C&9{}", banner.replace('&', "&&")));
    }
    sheet.set_footer("&C第&P页 共&N页");
    Ok(())
}

/// The height of a row whose text wraps in `width` half characters. No program finds it
/// for merged cells, and LibreOffice not for others.
fn wrapped_height(text: &str, width: usize, size: f64) -> f64 {
    let room = width.saturating_sub(2).max(2);
    let lines = wording::half_width(text).div_ceil(room).max(1);
    lines as f64 * size * 1.4 + 2.0
}

#[cfg(test)]
mod tests;
