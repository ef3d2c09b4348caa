//! A table of an annex, as wide as the type area, its header repeated on every page.

use programme::bulletins::document::{RowWeight, Table, TableRow};

use super::markup::{adjusted_paragraph, paragraph, run, styled_run};
use crate::documents::header;
use crate::documents::wording;

/// 小四, 五号, 小五 in half points, tried in this order.
const SIZES: [i64; 3] = [24, 21, 18];
/// Blank on both sides of a cell's text together: 2 mm.
const CELL_MARGINS: i64 = 114;
/// Text wider than ten characters may wrap and does not ask for a smaller size.
const WRAPPING: usize = 20;

/// Unit, table and notes, `width` twips wide.
pub fn table(table: &Table, width: i64) -> String {
    let widths = column_widths(table, width);
    let look = Look {
        size: font_size(table, &widths),
        widths: &widths,
    };
    let grid: String = widths
        .iter()
        .map(|w| format!("<w:gridCol w:w=\"{w}\"/>"))
        .collect();
    let header = header_rows(table, &look);
    let rows: String = table
        .rows
        .iter()
        .map(|row| body_row(table, row, &look))
        .collect();
    let unit = table
        .unit
        .as_ref()
        .map(|unit| paragraph("TableUnit", &run(unit)));
    let notes: String = table
        .notes
        .iter()
        .map(|note| paragraph("TableNote", &run(note)))
        .collect();
    format!(
        "{}<w:tbl><w:tblPr><w:tblW w:w=\"{width}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>\
         <w:tblBorders>{}</w:tblBorders><w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"57\" w:type=\"dxa\"/><w:right w:w=\"57\" w:type=\"dxa\"/>\
         </w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{header}{rows}</w:tbl>{notes}",
        unit.unwrap_or_default(),
        borders()
    )
}

/// What all cells of one table have in common.
struct Look<'a> {
    /// Half points.
    size: i64,
    widths: &'a [i64],
}

/// How a cell continues downwards.
#[derive(Clone, Copy)]
enum Merge {
    None,
    Begin,
    Continue,
}

fn borders() -> String {
    ["top", "left", "bottom", "right", "insideH", "insideV"]
        .iter()
        .map(|side| {
            format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>")
        })
        .collect()
}

/// The relative widths brought to `width`; the last column takes what rounding left.
fn column_widths(table: &Table, width: i64) -> Vec<i64> {
    let shares: Vec<i64> = table
        .columns
        .iter()
        .map(|c| i64::from(c.width.max(1)))
        .collect();
    let total: i64 = shares.iter().sum::<i64>().max(1);
    let mut widths: Vec<i64> = shares.iter().map(|share| width * share / total).collect();
    let used: i64 = widths.iter().sum();
    if let Some(last) = widths.last_mut() {
        *last += width - used;
    }
    widths
}

/// The largest size at which no number wraps.
fn font_size(table: &Table, widths: &[i64]) -> i64 {
    let longest: Vec<i64> = (0..table.columns.len())
        .map(|column| {
            let texts = table.rows.iter().filter_map(|row| row.cells.get(column));
            let longest = texts
                .map(|cell| wording::half_width(&wording::cell(cell)))
                .max();
            longest.unwrap_or(0).min(WRAPPING) as i64
        })
        .collect();
    let fits = |size: &i64| {
        // A half character of n half points is n × 5 twips wide.
        longest
            .iter()
            .zip(widths)
            .all(|(longest, width)| longest * size * 5 + CELL_MARGINS <= *width)
    };
    SIZES
        .into_iter()
        .find(fits)
        .unwrap_or(SIZES[SIZES.len() - 1])
}

fn header_rows(table: &Table, look: &Look<'_>) -> String {
    let rows = header::rows(&table.columns);
    let last = rows.len() - 1;
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let mut cells = String::new();
        let mut column = 0;
        for cell in row {
            // Columns missing from the lower row are covered from above.
            cells.push_str(&covered(column..cell.column, look));
            let merge = if cell.rows == 2 {
                Merge::Begin
            } else {
                Merge::None
            };
            let content = paragraph("TableHead", &sized_run(cell.label, look.size, ""));
            cells.push_str(&cell_element(
                cell.column,
                cell.columns,
                merge,
                &content,
                look,
            ));
            column = cell.column + cell.columns;
        }
        if index == last {
            cells.push_str(&covered(column..table.columns.len(), look));
        }
        text.push_str(&format!(
            "<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"440\" w:hRule=\"atLeast\"/>\
             <w:tblHeader/></w:trPr>{cells}</w:tr>"
        ));
    }
    text
}

fn covered(columns: std::ops::Range<usize>, look: &Look<'_>) -> String {
    columns
        .map(|column| {
            cell_element(
                column,
                1,
                Merge::Continue,
                &paragraph("TableHead", ""),
                look,
            )
        })
        .collect()
}

fn body_row(table: &Table, row: &TableRow, look: &Look<'_>) -> String {
    let bold = match row.weight {
        RowWeight::Total | RowWeight::Group => "<w:b/><w:bCs/>",
        RowWeight::Plain => "",
    };
    let mut cells = String::new();
    for column in 0..table.columns.len() {
        // A short row is filled up: a missing cell would shift the table in Word.
        let (text, style) = match row.cells.get(column) {
            Some(cell) if wording::is_right_aligned(table, column, cell) => {
                (wording::cell(cell), "TableNumber")
            }
            Some(cell) => (wording::cell(cell), "TableText"),
            None => (wording::EMPTY.to_string(), "TableText"),
        };
        let content = adjusted_paragraph(style, "", &sized_run(&text, look.size, bold));
        cells.push_str(&cell_element(column, 1, Merge::None, &content, look));
    }
    format!(
        "<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"400\" w:hRule=\"atLeast\"/></w:trPr>\
         {cells}</w:tr>"
    )
}

fn sized_run(text: &str, size: i64, properties: &str) -> String {
    let size = format!("{properties}<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
    styled_run(&size, text)
}

fn cell_element(
    column: usize,
    columns: usize,
    merge: Merge,
    content: &str,
    look: &Look<'_>,
) -> String {
    let width: i64 = look.widths[column..column + columns].iter().sum();
    let span = match columns {
        1 => String::new(),
        columns => format!("<w:gridSpan w:val=\"{columns}\"/>"),
    };
    let merge = match merge {
        Merge::None => "",
        Merge::Begin => "<w:vMerge w:val=\"restart\"/>",
        Merge::Continue => "<w:vMerge/>",
    };
    format!(
        "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{span}{merge}\
         <w:vAlign w:val=\"center\"/></w:tcPr>{content}</w:tc>"
    )
}
