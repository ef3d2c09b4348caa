//! Files that are handed in under names, and of kinds, that lead elsewhere in other kits.

use super::desk::province::Province;
use super::desk::served::Reply;
use std::collections::BTreeSet;
use std::path::Path;

const TABLE: &str = "统一社会信用代码,企业名称\r\n91410100MA00000000,试验\r\n";

/// Hands a file in as the page does.
pub fn upload(province: &Province, name: &str, bytes: &[u8]) -> Reply {
    let visit = &province.viewer("tax").visit;
    let mut body = b"--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"".to_vec();
    body.extend(name.bytes());
    body.extend(b"\"\r\nContent-Type: text/csv\r\n\r\n");
    body.extend(bytes);
    body.extend(b"\r\n--part--\r\n");
    let origin = visit.origin();
    let heads = [
        ("Origin", origin.as_str()),
        ("Content-Type", "multipart/form-data; boundary=part"),
    ];
    visit
        .ask("POST", "/indicators/files", &heads, &body)
        .expect("an answer")
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        }
        found.insert(path.display().to_string());
    }
}

pub fn upload_names(province: &Province, found: &mut Vec<String>) {
    let mut before = BTreeSet::new();
    files(province.desk.folder(), &mut before);
    let long = format!("{}.csv", "长".repeat(300));
    let names = [
        "../../evil.csv",
        "..\\..\\evil.csv",
        "/etc/evil.csv",
        "C:\\Windows\\evil.csv",
        "a\u{0}b.csv",
        "CON",
        "nul.csv",
        "....//....//evil.csv",
        "evil.csv\u{202e}gpj",
        &long,
        ".htaccess",
        "..",
        "",
        "%2e%2e%2fevil.csv",
        "evil.csv; rm -rf x",
        "$(touch evil).csv",
        "`touch evil`.csv",
        "evil.jsp",
        "<script>alert(1)<",
        "~/evil.csv",
        "file:///etc/passwd",
    ];
    for name in names {
        let reply = upload(province, name, TABLE.as_bytes());
        let to = reply.header("location").unwrap_or_default().to_string();
        match reply.status {
            303 => {
                let page = province.viewer("tax").visit.get(&to);
                let text = page.text();
                let is_harmless = page.status == 200
                    && !text.contains("../")
                    && !text.contains("..\\")
                    && !text.contains("<script>alert")
                    && !text.contains('\u{0}');
                if !is_harmless {
                    found.push(format!("{name:?} is shown as it came: {}", page.status));
                }
            }
            // Without a name there is no file.
            400 | 409 => {}
            status => found.push(format!("{name:?} is answered with {status}")),
        }
    }
    let stored = province.rows("SELECT name FROM jobs_files");
    for row in stored {
        let name: String = row.try_get_by_index(0).expect("a name");
        let is_plain = name.chars().count() < 80
            && !name
                .chars()
                .any(|own| own.is_control() || "/\\<>:\"|?*".contains(own))
            && !name.starts_with('.');
        if !is_plain {
            found.push(format!("a file is kept as {name:?}"));
        }
    }
    let mut after = BTreeSet::new();
    files(province.desk.folder(), &mut after);
    let new = after
        .difference(&before)
        .filter(|path| path.contains("evil"));
    found.extend(new.map(|path| format!("{path} was written")));
}

/// What is no table is not taken, whatever it is called.
pub fn upload_kinds(province: &Province, found: &mut Vec<String>) {
    let kinds: [(&str, &[u8]); 6] = [
        ("a.csv", b"MZ\x90\x00\x03\x00\x00\x00program"),
        ("a.csv", b"\x7fELF\x02\x01\x01\x00"),
        ("a.xlsx", b"%PDF-1.7\n1 0 obj"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("a.xlsx", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
        ("a.csv", b""),
    ];
    for (name, bytes) in kinds {
        let reply = upload(province, name, bytes);
        if !matches!(reply.status, 400 | 409) {
            let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(4)]).into_owned();
            found.push(format!(
                "{begin:?} as {name} is answered with {}",
                reply.status
            ));
        }
    }
    // A page that is handed in as a table is never served as a page.
    let page = b"<html><script>alert(1)</script></html>";
    let reply = upload(province, "a.html", page);
    if let Some(to) = reply.header("location") {
        let shown = province.viewer("tax").visit.get(to);
        if shown.text().contains("<script>alert") || shown.status >= 500 {
            found.push(format!(
                "a page was handed in and is served: {}",
                shown.status
            ));
        }
    }
}
