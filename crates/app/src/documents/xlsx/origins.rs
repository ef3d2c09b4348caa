//! The last sheet: where each figure of the document comes from.

use programme::bulletins::document::{Document, Source};
use rust_xlsxwriter::{FormatAlign, Worksheet};

use super::{ORIGINS_SHEET, base, bordered, header_format, merged, set_print, wrapped_height};

/// Labels and widths in half characters.
const COLUMNS: [(&str, usize); 5] = [
    ("序号", 8),
    ("内容", 40),
    ("数值", 14),
    ("查询方式", 56),
    ("快照", 36),
];

/// Names the sheet and fills it.
pub fn write(sheet: &mut Worksheet, document: &Document) -> anyhow::Result<()> {
    sheet.set_name(ORIGINS_SHEET)?;
    let title = base(16.0).set_bold().set_align(FormatAlign::Center);
    sheet.set_row_height(0, 30.0)?;
    let last_column = COLUMNS.len() as u16 - 1;
    merged(sheet, 0, 0, 0, last_column, ORIGINS_SHEET, &title)?;
    for (column, (label, width)) in COLUMNS.into_iter().enumerate() {
        sheet.set_column_width(column as u16, width as f64)?;
        sheet.write_string_with_format(1, column as u16, label, &header_format())?;
    }
    for (index, source) in document.sources.iter().enumerate() {
        write_source(sheet, index as u32 + 2, source)?;
    }
    set_print(sheet, document)?;
    sheet.set_repeat_rows(0, 1)?;
    sheet.set_freeze_panes(2, 0)?;
    Ok(())
}

fn write_source(sheet: &mut Worksheet, row: u32, source: &Source) -> anyhow::Result<()> {
    let text = bordered().set_text_wrap();
    let right = text.clone().set_align(FormatAlign::Right);
    let number = bordered().set_align(FormatAlign::Center);
    sheet.write_number_with_format(row, 0, source.number as f64, &number)?;
    // The value as printed, not a number: this sheet proves the text.
    let texts = [
        (&source.what, &text),
        (&source.value, &right),
        (&source.query, &text),
        (&source.snapshot, &text),
    ];
    let mut height: f64 = 0.0;
    for (index, (content, format)) in texts.into_iter().enumerate() {
        let column = index + 1;
        sheet.write_string_with_format(row, column as u16, content, format)?;
        height = height.max(wrapped_height(content, COLUMNS[column].1, 11.0));
    }
    sheet.set_row_height(row, height)?;
    Ok(())
}
