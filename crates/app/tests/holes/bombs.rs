//! Workbooks that are small on the way and huge when they are opened.

use super::desk::province::Province;
use super::uploads::upload;
use std::io::Write;
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const MEGABYTE: usize = 1024 * 1024;
/// Nobody waits longer for a refusal, also where machines are busy.
const LONGEST: Duration = Duration::from_secs(40);
const CONTENT: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="税务" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const PARTS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const TEXTS: &str = r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>x</t></si></sst>"#;

fn book(texts: &[u8], sheet: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let parts: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", CONTENT.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", PARTS.as_bytes()),
        ("xl/sharedStrings.xml", texts),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, bytes) in parts {
        archive
            .start_file(name, SimpleFileOptions::default())
            .expect("begun");
        archive.write_all(bytes).expect("written");
    }
    archive.finish().expect("a workbook").into_inner()
}

fn sheet(rows: &str) -> String {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    )
}

/// Hands a workbook in; it is refused soon, and the server has not grown.
fn refused(province: &Province, what: &str, bytes: &[u8], found: &mut Vec<String>) {
    let started = Instant::now();
    let before = province.served.memory();
    let reply = upload(province, "税务2026-09.xlsx", bytes);
    let to = reply.header("location").unwrap_or_default().to_string();
    let (status, text) = match reply.status {
        303 => {
            let page = province.viewer("tax").visit.get(&to);
            (page.status, page.text())
        }
        status => (status, reply.text()),
    };
    let took = started.elapsed();
    if !matches!(status, 200 | 400 | 409 | 413) || took > LONGEST {
        found.push(format!("{what} is answered with {status} after {took:?}"));
    }
    if text.contains("确认导入") && !text.contains("不能") {
        found.push(format!("{what} can be stored"));
    }
    let grown = province.served.memory().saturating_sub(before) / MEGABYTE as u64;
    if grown > 60 {
        found.push(format!("{what} made the server {grown} MB larger"));
    }
    if province.served.visit().get("/healthz").status != 200 {
        found.push(format!("{what} ended the server"));
    }
}

/// Seventy megabytes of blanks in a few hundred kilobytes.
pub fn zip_bomb(province: &Province, found: &mut Vec<String>) {
    let blanks = " ".repeat(70 * MEGABYTE);
    let bytes = book(TEXTS.as_bytes(), sheet(&blanks).as_bytes());
    assert!(bytes.len() < MEGABYTE, "{} bytes", bytes.len());
    refused(province, "a huge sheet", &bytes, found);
}

/// The same in the texts of the workbook, while the archive says that they are small.
pub fn zip_bomb_that_lies(province: &Province, found: &mut Vec<String>) {
    let one = format!("<si><t>{}</t></si>", "x".repeat(4000));
    let texts = format!(
        "{}{}</sst>",
        &TEXTS[..TEXTS.len() - 6],
        one.repeat(100 * MEGABYTE / one.len())
    );
    let mut bytes = book(texts.as_bytes(), sheet("").as_bytes());
    let real = (texts.len() as u32).to_le_bytes();
    let small = 4096u32.to_le_bytes();
    // Both the head of the part and the directory at the end say how large it is.
    let places: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, four)| *four == real)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty(), "the archive says how large it is");
    for at in places {
        bytes[at..at + 4].copy_from_slice(&small);
    }
    refused(province, "texts that are said to be small", &bytes, found);
}

/// Entities that stand for each other, and one that stands for a file.
pub fn xml_bomb(province: &Province, found: &mut Vec<String>) {
    let mut entities = String::from("<!ENTITY e0 \"haha\">");
    for level in 1..12 {
        let earlier = format!("&e{};", level - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY e{level} \"{earlier}\">"));
    }
    entities.push_str("<!ENTITY file SYSTEM \"file:///etc/passwd\">");
    let head = format!("<?xml version=\"1.0\"?><!DOCTYPE sst [{entities}]>");
    let texts = format!(
        "{head}<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>&e11;</t></si><si><t>&file;</t></si></sst>"
    );
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>"#;
    let bytes = book(texts.as_bytes(), sheet(rows).as_bytes());
    refused(province, "entities", &bytes, found);
    let reply = upload(province, "税务2026-09.xlsx", &bytes);
    let to = reply.header("location").unwrap_or_default().to_string();
    if reply.status == 303 {
        let text = province.viewer("tax").visit.get(&to).text();
        if text.contains("root:") || text.contains("hahahaha") {
            found.push("entities are written out".to_string());
        }
    }
}
