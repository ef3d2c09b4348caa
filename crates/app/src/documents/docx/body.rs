//! The document before its annexes: head, title, text, annex list, signature, date, remark.

use programme::bulletins::document::{Block, Document};

use super::chart;
use super::markup::{CHARACTER, LINE, adjusted_paragraph, paragraph, run, styled_run};
use super::origin::Origins;
use super::page::{PORTRAIT, Sheet};
use crate::documents::wording;

/// 发文机关标志上边缘至版心上边缘 35 mm.
const MASTHEAD_TOP: i64 = 1_984;
/// 发文机关标志 at its largest, in half points: 48 pt.
const MASTHEAD_SIZE_MAX: i64 = 96;
/// A long name is set narrower rather than below 30 pt.
const MASTHEAD_SIZE_MIN: i64 = 60;
/// 右空四字, in half characters.
const DATE_INDENT: i64 = 8;
/// 附件： begins two characters in and takes three.
const ANNEX_LABEL: i64 = 2 * CHARACTER;
const ANNEX_NUMBER: i64 = 5 * CHARACTER;
/// “1. ” takes a character and a half, so that the names stand under each other.
const ANNEX_NAME: i64 = ANNEX_NUMBER + 3 * CHARACTER / 2;

/// From the masthead to the red line.
pub fn head(document: &Document) -> String {
    let number = paragraph("DocumentNumber", &run(wording::number(document)));
    format!("{}{number}", masthead(&document.masthead))
}

/// From the title to the remark.
pub fn main_text(document: &Document, origins: &mut Origins) -> String {
    let mut text = title(&document.title);
    text.push_str(&paragraph(
        "Addressees",
        &run(&format!("{}：", document.addressees)),
    ));
    text.push_str(&held_blocks(&document.body, origins));
    text.push_str(&annex_list(document));
    text.push_str(&signature(document));
    if let Some(remark) = &document.remark {
        text.push_str(&paragraph("Remark", &run(&format!("（{remark}）"))));
    }
    text
}

/// Headings, paragraphs and charts, in the text as in an annex. Charts are as wide as the sheet.
pub fn blocks(blocks: &[Block], sheet: &Sheet, origins: &mut Origins) -> String {
    blocks
        .iter()
        .map(|block| match block {
            Block::Heading { level, text } => {
                paragraph(&format!("Heading{}", level.clamp(&1, &4)), &run(text))
            }
            Block::Paragraph(spans) => paragraph("Body", &origins.runs(spans)),
            Block::Chart(chart) => chart::figure(chart, sheet.text_width(), "", origins),
        })
        .collect()
}

/// The text, its last block held to what follows: no signature stands on a page alone.
fn held_blocks(body: &[Block], origins: &mut Origins) -> String {
    let Some((last, before)) = body.split_last() else {
        return String::new();
    };
    let before = blocks(before, &PORTRAIT, origins);
    let held = "<w:keepNext/>";
    let last = match last {
        Block::Paragraph(spans) => adjusted_paragraph("Body", held, &origins.runs(spans)),
        Block::Chart(chart) => chart::figure(chart, PORTRAIT.text_width(), held, origins),
        Block::Heading { .. } => blocks(std::slice::from_ref(last), &PORTRAIT, origins),
    };
    format!("{before}{last}")
}

/// The name fills the line at most: first it gets smaller, then narrower.
fn masthead(name: &str) -> String {
    let characters = wording::half_width(name).max(1) as i64;
    // Half points that all characters may take together, a side bearing kept free.
    let room = PORTRAIT.text_width() / 10 - MASTHEAD_SIZE_MIN / 4;
    let size = (2 * room / characters).clamp(MASTHEAD_SIZE_MIN, MASTHEAD_SIZE_MAX);
    let narrow = (200 * room / (characters * size)).clamp(50, 100);
    // The characters stand a tenth of their size below the top of a line of 1.2 times it.
    let place = format!(
        "<w:spacing w:before=\"{}\" w:line=\"{}\" w:lineRule=\"exact\"/>",
        MASTHEAD_TOP - size,
        size * 12
    );
    let look =
        format!("<w:w w:val=\"{narrow}\"/><w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
    adjusted_paragraph("Masthead", &place, &styled_run(&look, name))
}

/// 红色分隔线下空二行, one paragraph for each line of the title.
fn title(lines: &[String]) -> String {
    lines
        .iter()
        .enumerate()
        .map(|(index, line)| match index {
            0 => adjusted_paragraph("Title", &space_before(2 * LINE), &run(line)),
            _ => paragraph("Title", &run(line)),
        })
        .collect()
}

/// 附件说明, one line below the text. It has no marks at the ends of its lines.
fn annex_list(document: &Document) -> String {
    let annexes = &document.annexes;
    let mut list = String::new();
    for (index, annex) in annexes.iter().enumerate() {
        let (start, name, text) = match (index, annexes.len()) {
            (0, 1) => (ANNEX_LABEL, ANNEX_NUMBER, format!("附件：{}", annex.title)),
            (0, _) => (ANNEX_LABEL, ANNEX_NAME, "附件：1.".to_string()),
            _ => (ANNEX_NUMBER, ANNEX_NAME, format!("{}.", index + 1)),
        };
        let space = if index == 0 {
            space_before(LINE)
        } else {
            String::new()
        };
        let properties = format!(
            "{space}<w:ind w:left=\"{name}\" w:hanging=\"{}\"/>",
            name - start
        );
        let rest = match annexes.len() {
            1 => String::new(),
            // The hanging indent is a tab stop: the name begins where its next line will.
            _ => format!("<w:r><w:tab/></w:r>{}", run(&annex.title)),
        };
        let content = format!("{}{rest}", run(&text));
        list.push_str(&adjusted_paragraph("AnnexList", &properties, &content));
    }
    list
}

/// 署名 is centred over the date, and the date stands four characters in. A name too long
/// for that ends at the edge of the type area, and the date moves in under its middle.
fn signature(document: &Document) -> String {
    let date = wording::date(document.date);
    let name_width = wording::half_width(&document.signature) as i64;
    let date_width = wording::half_width(&date) as i64;
    let name_indent = (DATE_INDENT + (date_width - name_width) / 2).max(0);
    let date_indent = (name_indent + (name_width - date_width) / 2).max(DATE_INDENT);
    let right =
        |half_characters: i64| format!("<w:ind w:right=\"{}\"/>", half_characters * CHARACTER / 2);
    let held = if document.remark.is_some() {
        "<w:keepNext/>"
    } else {
        ""
    };
    // Two lines of room above for the seal.
    let name_place = format!("{}{}", space_before(2 * LINE), right(name_indent));
    format!(
        "{}{}",
        adjusted_paragraph("Signature", &name_place, &run(&document.signature)),
        adjusted_paragraph(
            "Date",
            &format!("{held}{}", right(date_indent)),
            &run(&date)
        )
    )
}

/// Blank lines are space, not empty paragraphs. The line height stays that of the style.
fn space_before(before: i64) -> String {
    format!("<w:spacing w:before=\"{before}\"/>")
}
