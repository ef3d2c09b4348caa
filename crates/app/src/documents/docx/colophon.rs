//! 版记: copies, printing office and printing date between rules at the foot of the last page.
//!
//! It is a floating table bound to the lower edge of the type area, so it stays at the
//! foot however long the text above it is, and moves to a new page with its anchor.

use programme::bulletins::document::Document;

use super::markup::{adjusted_paragraph, paragraph, run};
use super::page::PORTRAIT;
use crate::documents::wording;

/// 左右各空一字, of 14 pt.
const SIDE: i64 = 280;
/// 首条和末条分隔线 0.35 mm, in eighths of a point.
const THICK: u32 = 8;
/// 中间的分隔线 0.25 mm.
const THIN: u32 = 6;

/// The table and the paragraph it is anchored to. Across it is bound to the paper:
/// LibreOffice lets no table as wide as the text float otherwise.
pub fn colophon(document: &Document) -> String {
    let width = PORTRAIT.text_width();
    let copies = document
        .copies_to
        .as_ref()
        .map(|copies| copies_cell(copies));
    let rows: String = copies
        .into_iter()
        .chain([printing_cell(document)])
        .map(|content| {
            format!(
                "<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr>\
                 <w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{content}</w:tc></w:tr>"
            )
        })
        .collect();
    format!(
        "<w:tbl><w:tblPr><w:tblpPr w:leftFromText=\"0\" w:rightFromText=\"0\" \
         w:vertAnchor=\"margin\" w:horzAnchor=\"page\" w:tblpX=\"{}\" \
         w:tblpYSpec=\"bottom\"/><w:tblOverlap w:val=\"never\"/>\
         <w:tblW w:w=\"{width}\" w:type=\"dxa\"/><w:tblBorders>{}{}{}</w:tblBorders>\
         <w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/>\
         <w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>\
         <w:tblGrid><w:gridCol w:w=\"{width}\"/></w:tblGrid>{rows}</w:tbl>{}",
        PORTRAIT.left,
        rule("top", THICK),
        rule("bottom", THICK),
        rule("insideH", THIN),
        paragraph("Sliver", "")
    )
}

fn rule(side: &str, eighths: u32) -> String {
    format!("<w:{side} w:val=\"single\" w:sz=\"{eighths}\" w:space=\"0\" w:color=\"000000\"/>")
}

/// 抄送机关, further lines under the first name, a full stop at the end.
fn copies_cell(copies: &str) -> String {
    let label = 3 * SIDE;
    let place = format!(
        "<w:ind w:left=\"{}\" w:right=\"{SIDE}\" w:hanging=\"{label}\"/>",
        SIDE + label
    );
    let text = format!("抄送：{}。", copies.trim_end_matches('。'));
    adjusted_paragraph("Colophon", &place, &run(&text))
}

/// 印发机关 at the left, 印发日期 at the right, in one line.
fn printing_cell(document: &Document) -> String {
    let right = PORTRAIT.text_width() - SIDE;
    let place = format!(
        "<w:tabs><w:tab w:val=\"right\" w:pos=\"{right}\"/></w:tabs>\
         <w:ind w:left=\"{SIDE}\" w:right=\"{SIDE}\"/><w:jc w:val=\"left\"/>"
    );
    let date = format!("{}印发", wording::date(document.printed_on));
    let content = format!(
        "{}<w:r><w:tab/></w:r>{}",
        run(&document.printed_by),
        run(&date)
    );
    adjusted_paragraph("Colophon", &place, &content)
}
