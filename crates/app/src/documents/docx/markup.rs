//! The smallest pieces of WordprocessingML: runs and paragraphs.
//!
//! Lengths are in twips (1/20 pt; 1 mm is 56.7), font sizes in half points, as the format has them.

use crate::documents::wording::escape;

pub const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The two namespaces every Word part here needs.
pub const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// One of the 28 characters of a line: 156 mm ÷ 28.
pub const CHARACTER: i64 = 316;
/// One of the 22 lines of a page: 225 mm ÷ 22, which is 28.95 pt.
pub const LINE: i64 = 579;

/// A run of text without properties of its own.
pub fn run(text: &str) -> String {
    styled_run("", text)
}

/// A run with direct properties. The hint makes Word take quotation marks, dashes and dots,
/// which Latin and Chinese share, from the Chinese font.
pub fn styled_run(properties: &str, text: &str) -> String {
    format!(
        "<w:r><w:rPr><w:rFonts w:hint=\"eastAsia\"/>{properties}</w:rPr>\
         <w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escape(text)
    )
}

/// A paragraph of a named style.
pub fn paragraph(style: &str, content: &str) -> String {
    adjusted_paragraph(style, "", content)
}

/// A paragraph of a named style with direct properties, in the order of the schema.
pub fn adjusted_paragraph(style: &str, properties: &str, content: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{properties}</w:pPr>{content}</w:p>")
}
