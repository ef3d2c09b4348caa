//! DOCX after GB/T 9704-2012: a package of parts, written in a fixed order with fixed dates.
//!
//! The parts are written here as WordprocessingML and not through a library: docx-rs 0.4
//! cannot repeat header rows, declare alternative fonts or write sections in the order the
//! schema demands, and it numbers paragraphs by a counter of the process, so that two
//! renderings of one document differ.
//!
//! Figures stay plain text for print. Each stands inside a bookmark “出处N”, and the
//! sources themselves travel in `customXml/item1.xml` (see [`origin`]).

mod annex;
mod body;
mod chart;
mod colophon;
mod markup;
mod origin;
mod page;
mod styles;
mod table;

use std::io::{Cursor, Write};

use anyhow::Context;
use programme::bulletins::document::Document;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::wording::escape;
use markup::{DECLARATION, NAMESPACES, paragraph};
use origin::Origins;
use page::{LANDSCAPE, Numbers, PORTRAIT, Sheet, Start};

const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const WORD_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// Header, footers, styles, fonts, settings and sources: what every document relates to.
const FIXED_RELATIONS: usize = page::FOOTERS + 5;

/// The whole file.
pub fn render(document: &Document) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // 1980-01-01, the zero of zip: a real time would make every rendering differ.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (path, text) in parts(document) {
        archive
            .start_file(path.as_str(), options)
            .with_context(|| format!("start {path} of the document"))?;
        archive
            .write_all(text.as_bytes())
            .with_context(|| format!("write {path} of the document"))?;
    }
    let file = archive.finish().context("close the document")?;
    Ok(file.into_inner())
}

fn parts(document: &Document) -> Vec<(String, String)> {
    let mut parts = vec![
        ("[Content_Types].xml".to_string(), content_types(document)),
        ("_rels/.rels".to_string(), package_relationships()),
        ("docProps/core.xml".to_string(), core_properties(document)),
        ("docProps/app.xml".to_string(), app_properties()),
        ("word/document.xml".to_string(), main_part(document)),
        (
            "word/_rels/document.xml.rels".to_string(),
            document_relationships(document),
        ),
        ("word/styles.xml".to_string(), styles::styles()),
        ("word/fontTable.xml".to_string(), styles::font_table()),
        ("word/settings.xml".to_string(), styles::settings()),
        (
            "word/header1.xml".to_string(),
            page::header(document.banner.as_deref()),
        ),
    ];
    for (index, footer) in page::footers().into_iter().enumerate() {
        parts.push((format!("word/footer{}.xml", index + 1), footer));
    }
    for (index, chart) in super::charts(document).enumerate() {
        parts.push((
            format!("word/{}", chart_part(index + 1)),
            chart::part(chart),
        ));
    }
    parts.extend(origin::custom_parts(&document.sources));
    parts
}

/// `word/document.xml`: the text, the annexes, and the colophon on the last page.
fn main_part(document: &Document) -> String {
    let mut origins = Origins::default();
    let mut text = body::head(document);
    text.push_str(&body::main_text(document, &mut origins));
    let mut sheet: &Sheet = &PORTRAIT;
    for (index, annex) in document.annexes.iter().enumerate() {
        let next = if annex.landscape {
            &LANDSCAPE
        } else {
            &PORTRAIT
        };
        let turns = next.is_landscape != sheet.is_landscape;
        if turns {
            text.push_str(&page::section_end(sheet));
        }
        let mark = super::wording::annex_mark(index, document.annexes.len());
        text.push_str(&annex::annex(annex, &mark, next, !turns, &mut origins));
        sheet = next;
    }
    if sheet.is_landscape {
        // 版记 stands upright on an even page of its own; such a page carries no number.
        text.push_str(&page::section_end(sheet));
        // LibreOffice loses a section that holds nothing but a floating table.
        text.push_str(&paragraph("Body", ""));
        text.push_str(&colophon::colophon(document));
        text.push_str(&page::section(&PORTRAIT, Numbers::Hidden, Start::EvenPage));
    } else {
        text.push_str(&colophon::colophon(document));
        text.push_str(&page::section(&PORTRAIT, Numbers::Shown, Start::NextPage));
    }
    format!("{DECLARATION}<w:document {NAMESPACES}><w:body>{text}</w:body></w:document>")
}

/// Where the chart with this number lies, seen from the text.
fn chart_part(number: usize) -> String {
    format!("charts/chart{number}.xml")
}

fn content_types(document: &Document) -> String {
    let charts: String = (1..=super::charts(document).count())
        .map(|number| part_type(&format!("/word/{}", chart_part(number)), chart::TYPE))
        .collect();
    let footers: String = (1..=page::FOOTERS)
        .map(|n| {
            part_type(
                &format!("/word/footer{n}.xml"),
                &format!("{WORD_TYPE}.footer+xml"),
            )
        })
        .collect();
    let fixed: String = [
        (
            "/word/document.xml",
            format!("{WORD_TYPE}.document.main+xml"),
        ),
        ("/word/styles.xml", format!("{WORD_TYPE}.styles+xml")),
        ("/word/fontTable.xml", format!("{WORD_TYPE}.fontTable+xml")),
        ("/word/settings.xml", format!("{WORD_TYPE}.settings+xml")),
        ("/word/header1.xml", format!("{WORD_TYPE}.header+xml")),
        (
            "/customXml/itemProps1.xml",
            "application/vnd.openxmlformats-officedocument.customXmlProperties+xml".to_string(),
        ),
        (
            "/docProps/core.xml",
            "application/vnd.openxmlformats-package.core-properties+xml".to_string(),
        ),
        (
            "/docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml".to_string(),
        ),
    ]
    .iter()
    .map(|(part, kind)| part_type(part, kind))
    .collect();
    format!(
        "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{fixed}{footers}{charts}</Types>"
    )
}

fn part_type(part: &str, kind: &str) -> String {
    format!("<Override PartName=\"{part}\" ContentType=\"{kind}\"/>")
}

fn package_relationships() -> String {
    relationships(&[
        (
            format!("{RELATIONSHIPS}/officeDocument"),
            "word/document.xml".to_string(),
        ),
        (
            format!("{PACKAGE}/relationships/metadata/core-properties"),
            "docProps/core.xml".to_string(),
        ),
        (
            format!("{RELATIONSHIPS}/extended-properties"),
            "docProps/app.xml".to_string(),
        ),
    ])
}

/// The relation of a drawing to its chart: charts come after everything else.
fn chart_relation(number: usize) -> String {
    format!("rId{}", FIXED_RELATIONS + number)
}

/// The order gives the ids: `rId1` is the header, `rId2` and on are the footers.
fn document_relationships(document: &Document) -> String {
    let mut targets = vec![(format!("{RELATIONSHIPS}/header"), "header1.xml".to_string())];
    for n in 1..=page::FOOTERS {
        targets.push((format!("{RELATIONSHIPS}/footer"), format!("footer{n}.xml")));
    }
    for part in ["styles", "fontTable", "settings"] {
        targets.push((format!("{RELATIONSHIPS}/{part}"), format!("{part}.xml")));
    }
    targets.push((
        format!("{RELATIONSHIPS}/customXml"),
        "../customXml/item1.xml".to_string(),
    ));
    assert_eq!(targets.len(), FIXED_RELATIONS, "charts are found by number");
    for number in 1..=super::charts(document).count() {
        targets.push((format!("{RELATIONSHIPS}/chart"), chart_part(number)));
    }
    relationships(&targets)
}

/// A relationships part with the ids `rId1`, `rId2` … in the order given.
fn relationships(targets: &[(String, String)]) -> String {
    let entries: String = targets
        .iter()
        .enumerate()
        .map(|(index, (kind, target))| {
            let id = index + 1;
            format!("<Relationship Id=\"rId{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    format!(
        "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">{entries}</Relationships>"
    )
}

/// Title, office and date of the document itself: the file has no history of its own.
fn core_properties(document: &Document) -> String {
    let title = escape(&document.title.concat());
    let creator = escape(&document.signature);
    let day = document.date.format("%Y-%m-%dT00:00:00Z");
    format!(
        "{DECLARATION}<cp:coreProperties \
         xmlns:cp=\"{PACKAGE}/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{title}</dc:title><dc:creator>{creator}</dc:creator>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{day}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{day}</dcterms:modified>\
         </cp:coreProperties>"
    )
}

fn app_properties() -> String {
    format!(
        "{DECLARATION}<Properties \
         xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
         <Application>升规通</Application></Properties>"
    )
}

#[cfg(test)]
mod tests;
