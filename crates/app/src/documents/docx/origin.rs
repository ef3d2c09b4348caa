//! Where a figure comes from, carried in the file without a trace in print.
//!
//! A bookmark “出处3” surrounds the first figure of source 3, “出处3_2” the second one.
//! Bookmarks were chosen over content controls: they never show, survive WPS and
//! LibreOffice, and cannot turn into form fields in a PDF. What the sources are is told
//! by an XML part for programs; people read it in the workbook or on the page.

use std::collections::BTreeMap;

use programme::bulletins::document::{Source, Span};

use super::markup::{DECLARATION, run};
use crate::documents::wording::escape;

const NAMESPACE: &str = "urn:shenggui:document-sources";
/// Word wants an id for each XML part. It names the kind of part, so it may be constant.
const PART_ID: &str = "{5A0E2C61-6B0D-4E0B-9C34-53484E474755}";

/// Counts bookmarks and drawings already set: names and ids must be unique in a file.
#[derive(Default)]
pub struct Origins {
    bookmarks: usize,
    drawings: usize,
    uses: BTreeMap<usize, usize>,
}

impl Origins {
    /// The runs of a paragraph, each figure inside its bookmark.
    pub fn runs(&mut self, spans: &[Span]) -> String {
        spans
            .iter()
            .map(|span| match span {
                Span::Text(text) => run(text),
                Span::Figure { text, source } => self.bookmarked(text, *source),
            })
            .collect()
    }

    /// The number of the next drawing, from 1.
    pub fn next_drawing(&mut self) -> usize {
        self.drawings += 1;
        self.drawings
    }

    fn bookmarked(&mut self, text: &str, source: usize) -> String {
        let used = self.uses.entry(source).or_default();
        *used += 1;
        let name = match *used {
            1 => format!("出处{source}"),
            again => format!("出处{source}_{again}"),
        };
        let id = self.bookmarks;
        self.bookmarks += 1;
        format!(
            "<w:bookmarkStart w:id=\"{id}\" w:name=\"{name}\"/>{}<w:bookmarkEnd w:id=\"{id}\"/>",
            run(text)
        )
    }
}

/// The XML part with the sources, and what the package wants around it.
pub fn custom_parts(sources: &[Source]) -> Vec<(String, String)> {
    let rows: String = sources.iter().map(source_element).collect();
    let item = format!("{DECLARATION}<sources xmlns=\"{NAMESPACE}\">{rows}</sources>");
    let properties = format!(
        "{DECLARATION}<ds:datastoreItem ds:itemID=\"{PART_ID}\" \
         xmlns:ds=\"http://schemas.openxmlformats.org/officeDocument/2006/customXml\">\
         <ds:schemaRefs><ds:schemaRef ds:uri=\"{NAMESPACE}\"/></ds:schemaRefs></ds:datastoreItem>"
    );
    let kind = format!("{}/customXmlProps", super::RELATIONSHIPS);
    let links = super::relationships(&[(kind, "itemProps1.xml".to_string())]);
    vec![
        ("customXml/item1.xml".to_string(), item),
        ("customXml/itemProps1.xml".to_string(), properties),
        ("customXml/_rels/item1.xml.rels".to_string(), links),
    ]
}

fn source_element(source: &Source) -> String {
    format!(
        "<source number=\"{}\"><what>{}</what><value>{}</value><query>{}</query>\
         <snapshot>{}</snapshot></source>",
        source.number,
        escape(&source.what),
        escape(&source.value),
        escape(&source.query),
        escape(&source.snapshot)
    )
}
