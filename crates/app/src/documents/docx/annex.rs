//! An annex: mark at the top left, title on the third line, standing, text and table.

use programme::bulletins::document::Annex;

use super::body;
use super::markup::{LINE, adjusted_paragraph, paragraph, run};
use super::origin::Origins;
use super::page::Sheet;
use super::table;

/// `breaks_page` when no new section has already begun a page for it.
pub fn annex(
    annex: &Annex,
    mark: &str,
    sheet: &Sheet,
    breaks_page: bool,
    origins: &mut Origins,
) -> String {
    let page_break = if breaks_page {
        "<w:pageBreakBefore/>"
    } else {
        ""
    };
    let mut text = adjusted_paragraph("AnnexMark", page_break, &run(mark));
    let third_line = format!("<w:spacing w:before=\"{LINE}\"/>");
    text.push_str(&adjusted_paragraph(
        "AnnexTitle",
        &third_line,
        &run(&annex.title),
    ));
    if let Some(standing) = &annex.standing {
        text.push_str(&paragraph("Standing", &run(&format!("（{standing}）"))));
    }
    if !annex.body.is_empty() {
        text.push_str(&paragraph("Body", ""));
        text.push_str(&body::blocks(&annex.body, sheet, origins));
    }
    if let Some(table) = &annex.table {
        text.push_str(&table::table(table, sheet.text_width()));
    }
    text
}
