//! Pages: paper, margins and grid, running header, page numbers.
//!
//! The type area is 156 × 225 mm on both papers. A landscape sheet is bound like its
//! upright neighbours, with its head at their left, so its margins are theirs turned.

use super::markup::{DECLARATION, LINE, NAMESPACES, adjusted_paragraph, paragraph, styled_run};

/// A4 with the margins of the standard.
pub struct Sheet {
    pub is_landscape: bool,
    width: i64,
    height: i64,
    top: i64,
    right: i64,
    bottom: i64,
    pub left: i64,
}

impl Sheet {
    /// Width of the type area.
    pub const fn text_width(&self) -> i64 {
        self.width - self.left - self.right
    }
}

/// 天头 37 mm, 订口 28 mm, then 26 mm right and 35 mm below.
pub const PORTRAIT: Sheet = Sheet {
    is_landscape: false,
    width: 11_906,
    height: 16_838,
    top: 2_098,
    right: 1_474,
    bottom: 1_984,
    left: 1_588,
};

pub const LANDSCAPE: Sheet = Sheet {
    is_landscape: true,
    width: 16_838,
    height: 11_906,
    top: 1_588,
    right: 2_098,
    bottom: 1_474,
    left: 1_984,
};

/// How many footer parts there are; see [`footers`].
pub const FOOTERS: usize = 3;

/// Whether the pages of a section show their numbers.
#[derive(Clone, Copy)]
pub enum Numbers {
    Shown,
    Hidden,
}

/// Where a section starts.
#[derive(Clone, Copy)]
pub enum Start {
    NextPage,
    EvenPage,
}

/// Distance of the header from the paper's edge: 15 mm.
const HEADER: i64 = 851;
/// The dash of the page number stands 7 mm below the type area, in the middle of a line
/// of 7 mm; this is from there to the lower edge of that line.
const NUMBER_DEPTH: i64 = 595;
/// One character of 14 pt between the number and the edge of the type area.
const NUMBER_INDENT: i64 = 280;
/// 四号半角宋体.
const NUMBER_FONT: &str = "<w:rFonts w:ascii=\"宋体\" w:hAnsi=\"宋体\" w:eastAsia=\"宋体\"/>\
     <w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/>";

/// The paragraph that ends a section on this sheet. It takes less than the 18 twips that
/// 22 lines leave over, so that it never makes a page of its own.
pub fn section_end(sheet: &Sheet) -> String {
    let section = section(sheet, Numbers::Shown, Start::NextPage);
    adjusted_paragraph("Sliver", &section, "")
}

/// Section properties. The children stand in the order of the schema; Word repairs otherwise.
pub fn section(sheet: &Sheet, numbers: Numbers, start: Start) -> String {
    let (odd, even) = match numbers {
        Numbers::Shown => ("rId2", "rId3"),
        Numbers::Hidden => ("rId4", "rId4"),
    };
    let start = match start {
        Start::NextPage => "nextPage",
        Start::EvenPage => "evenPage",
    };
    let orientation = if sheet.is_landscape {
        " w:orient=\"landscape\""
    } else {
        ""
    };
    format!(
        "<w:sectPr><w:headerReference w:type=\"even\" r:id=\"rId1\"/>\
         <w:headerReference w:type=\"default\" r:id=\"rId1\"/>\
         <w:footerReference w:type=\"even\" r:id=\"{even}\"/>\
         <w:footerReference w:type=\"default\" r:id=\"{odd}\"/>\
         <w:type w:val=\"{start}\"/>\
         <w:pgSz w:w=\"{}\" w:h=\"{}\"{orientation}/>\
         <w:pgMar w:top=\"{}\" w:right=\"{}\" w:bottom=\"{}\" w:left=\"{}\" \
         w:header=\"{HEADER}\" w:footer=\"{}\" w:gutter=\"0\"/>\
         <w:cols w:space=\"425\"/>\
         <w:docGrid w:type=\"lines\" w:linePitch=\"{LINE}\"/></w:sectPr>",
        sheet.width,
        sheet.height,
        sheet.top,
        sheet.right,
        sheet.bottom,
        sheet.left,
        sheet.bottom - NUMBER_DEPTH,
    )
}

/// The running header: empty, or the warning that these are not real figures.
pub fn header(banner: Option<&str>) -> String {
    let content = banner.map(|text| styled_run("", text)).unwrap_or_default();
    let banner = paragraph("Header", &content);
    format!("{DECLARATION}<w:hdr {NAMESPACES}>{banner}</w:hdr>")
}

/// The footers by number: odd, even, none.
pub fn footers() -> [String; FOOTERS] {
    let odd = format!("<w:ind w:right=\"{NUMBER_INDENT}\"/><w:jc w:val=\"right\"/>");
    let even = format!("<w:ind w:left=\"{NUMBER_INDENT}\"/><w:jc w:val=\"left\"/>");
    [
        footer(&adjusted_paragraph("Footer", &odd, &page_number())),
        footer(&adjusted_paragraph("Footer", &even, &page_number())),
        footer(&paragraph("Footer", "")),
    ]
}

fn footer(content: &str) -> String {
    format!("{DECLARATION}<w:ftr {NAMESPACES}>{content}</w:ftr>")
}

/// “— 1 —”, the number as a field.
fn page_number() -> String {
    let field = |kind: &str| {
        format!("<w:r><w:rPr>{NUMBER_FONT}</w:rPr><w:fldChar w:fldCharType=\"{kind}\"/></w:r>")
    };
    format!(
        "{}{}<w:r><w:rPr>{NUMBER_FONT}</w:rPr><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>\
         {}{}{}{}",
        number_text("— "),
        field("begin"),
        field("separate"),
        number_text("1"),
        field("end"),
        number_text(" —"),
    )
}

fn number_text(text: &str) -> String {
    format!("<w:r><w:rPr>{NUMBER_FONT}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}
