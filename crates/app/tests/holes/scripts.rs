//! Scripts and formulas that somebody stores: names of firms, reasons, notes, names of people.
//! Wherever they come out, they are text.

use super::desk::province::{Province, pack};
use super::desk::served::{Reply, percent};
use rules::uscc::Uscc;
use std::io::Read;
use std::sync::OnceLock;

const SCRIPT: &str = "<script>alert(7)</script>";
const PICTURE: &str = "\"><img src=x onerror=alert(7)>";
/// Names of firms as a careless or hostile delivery has them.
const NAMES: [&str; 7] = [
    "<script>alert(7)</script>试验公司",
    "\"><img src=x onerror=alert(7)>试验公司",
    "=HYPERLINK(\"http://evil.example\")试验公司",
    "+cmd|' /C calc'!A0试验公司",
    "-2+3试验公司",
    "@SUM(1)试验公司",
    "{{7*7}}${7*7}<%=7*7%>试验公司",
];
/// What may stand nowhere as it is.
const NEVER: [&str; 4] = ["<script>alert(7)", "<img src=x", "\"><img", "</script>试验"];

/// Codes of firms of 伊川县 that carry these names; delivered and run once.
fn firms(province: &Province) -> &'static Vec<String> {
    static CODES: OnceLock<Vec<String>> = OnceLock::new();
    CODES.get_or_init(|| {
        let code = |number: usize| {
            let code = Uscc::compose(&format!("91410329MA00099{number:02}"));
            code.expect("a code").to_string()
        };
        let codes: Vec<String> = (0..NAMES.len()).map(code).collect();
        let head = "统一社会信用代码,企业名称,生产经营地县（市、区）,详细地址,行业代码,成立时间,投产时间,从业人数";
        let mut lines = vec![head.to_string()];
        for (code, name) in codes.iter().zip(NAMES) {
            let name = name.replace('"', "\"\"");
            lines.push(format!("{code},\"{name}\",伊川县,鸦岭镇,3451,2018-06-12,2019-03,96"));
        }
        let path = province.desk.path("名录.csv");
        std::fs::write(path, lines.join("\n")).expect("written");
        let last = province.number("SELECT MAX(as_of) FROM outlook_snapshots");
        let month = format!("{}-{:02}", last / 12, last % 12 + 1);
        let words = ["import", "register", "名录.csv", "--as", "market-regulation", "--month", &month];
        let answer = province.desk.run(&words).done();
        assert!(answer.stdout.contains('7'), "{}", answer.stdout);
        province.desk.run(&["run", "--as-of", &month]).done();
        codes
    })
}

fn harmless(what: &str, reply: &Reply, found: &mut Vec<String>) {
    let text = reply.text();
    if reply.status >= 500 {
        found.push(format!("{what} is answered with {}", reply.status));
    }
    if let Some(never) = NEVER.iter().find(|never| text.contains(**never)) {
        found.push(format!("{what} holds {never}"));
    }
}

pub fn stored_scripts(province: &Province, found: &mut Vec<String>) {
    let codes = firms(province);
    let mut shown = 0;
    for name in ["office", "luoyang", "tax", "statistics"] {
        let visit = &province.viewer(name).visit;
        let mut addresses = vec![
            format!("/register?q={}", percent("试验公司")),
            "/pool/candidates?division=410300".to_string(),
            "/outlook/warnings?division=410300".to_string(),
            format!(
                "/register?q={}&sort=name&columns=name,uscc",
                percent("alert")
            ),
        ];
        for code in &codes[..2] {
            for side in [
                "",
                "/ledger",
                "/policy",
                "/history",
                "/comparison",
                "/archive",
                "/record",
                "/acts",
                "/sheet",
            ] {
                addresses.push(format!("/register/{code}{side}"));
            }
        }
        for address in addresses {
            let reply = visit.get(&address);
            harmless(&format!("{name} {address}"), &reply, found);
            shown += usize::from(
                reply.text().contains("&lt;script&gt;alert(7)")
                    || reply.text().contains("&#60;script&#62;alert(7)"),
            );
        }
        let json = visit.get(&format!(
            "/api/v1/firms?q={}&purpose=x",
            percent("试验公司")
        ));
        let is_json = json
            .header("content-type")
            .is_some_and(|own| own.contains("json"));
        if json.status != 200 || !is_json {
            found.push(format!(
                "{name}: a list for programs is {} and JSON {is_json}",
                json.status
            ));
        }
    }
    if shown < 8 {
        found.push(format!("only {shown} pages show the names at all"));
    }
    // Data of charts stands in pages: nothing in it ends the element that it stands in.
    let page = province
        .viewer("office")
        .visit
        .get(&format!("/register/{}", codes[0]));
    if page.text().matches("<script").count() != page.text().matches("</script>").count() {
        found.push("elements of scripts do not match on a firm's page".to_string());
    }
}

/// Who looks where notes are shown; `{firm}` is the firm that they are about.
const SHOWN: [(&str, &str); 13] = [
    ("luoyang", "/register"),
    ("luoyang", "/account"),
    ("luoyang", "/pool/members"),
    ("luoyang", "/register/{firm}"),
    ("luoyang", "/register/{firm}/history"),
    ("luoyang", "/register/{firm}/acts"),
    ("system", "/people"),
    ("security", "/people/grants"),
    ("audit", "/journal"),
    ("office", "/targets"),
    ("auditor", "/journal"),
    ("luoyang", "/notices"),
    ("luoyang", "/outlook/follow-ups"),
];

type Sent<'a> = (&'a str, String, Vec<(&'a str, &'a str)>);

/// Notes of every kind with a script in them: who sends them, where to, and the form.
fn notes<'a>(code: &'a str, both: &'a str, measure: &str) -> Vec<Sent<'a>> {
    let phone = ("phone", "13800000000");
    vec![
        (
            "luoyang",
            "/pool/admissions".to_string(),
            vec![("uscc", code), ("reason", both)],
        ),
        (
            "luoyang",
            "/register/views".to_string(),
            vec![("name", &both[..30]), ("query", "stage=lead")],
        ),
        (
            "luoyang",
            "/account/tokens".to_string(),
            vec![("name", SCRIPT), ("days", "1"), ("right", "plan")],
        ),
        (
            "luoyang",
            format!("/measures/{measure}/outcomes"),
            vec![("uscc", code), ("result", "refused"), ("reason", both)],
        ),
        (
            "luoyang",
            format!("/register/{code}/follow-ups"),
            vec![("text", both)],
        ),
        (
            "system",
            "/people".to_string(),
            vec![("login", "scripted"), ("name", SCRIPT), phone],
        ),
        (
            "system",
            "/people".to_string(),
            vec![("login", SCRIPT), ("name", "张三"), phone],
        ),
        (
            "tax",
            "/targets/opinions".to_string(),
            vec![("year", "2026"), ("text", both)],
        ),
    ]
}

pub fn scripts_in_notes(province: &Province, found: &mut Vec<String>) {
    let codes = firms(province);
    let both = format!("{SCRIPT}{PICTURE}");
    let code = codes[0].as_str();
    let pack = pack();
    let mut taken = 0;
    let sent = notes(code, &both, &pack.measures[0].id);
    for (name, address, form) in &sent {
        let visit = &province.viewer(name).visit;
        let reply = visit.post(address, form);
        harmless(&format!("{name} POST {address}"), &reply, found);
        if let Some(to) = reply.header("location").map(str::to_string) {
            harmless(&format!("{name} {to}"), &visit.get(&to), found);
        }
        taken += usize::from(matches!(reply.status, 200 | 303));
    }
    if taken < 4 {
        found.push(format!("too little was taken to be a test: {taken}"));
    }
    for (name, address) in SHOWN {
        let address = address.replace("{firm}", code);
        let reply = province.viewer(name).visit.get(&address);
        harmless(&format!("{name} {address}"), &reply, found);
    }
}

/// Parts of an XLSX or DOCX archive with their texts.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut parts = Vec::new();
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).expect("a part");
        let mut text = String::new();
        if part.read_to_string(&mut text).is_ok() {
            parts.push((part.name().to_string(), text));
        }
    }
    parts
}

pub fn formulas_in_exports(province: &Province, found: &mut Vec<String>) {
    firms(province);
    let luoyang = &province.viewer("luoyang").visit;
    let query = format!("q={}&columns=name,uscc", percent("试验公司"));
    let csv = luoyang.post("/register/export", &[("form", "csv"), ("query", &query)]);
    let text = csv.text();
    if csv.status != 200 || !text.contains("HYPERLINK") {
        found.push(format!("the names are not exported: {} {text}", csv.status));
    }
    for line in text.lines().skip(1) {
        let cell = line.trim_start_matches('"');
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            found.push(format!("a cell of text begins as a formula: {line}"));
        }
    }
    let xlsx = luoyang.post("/register/export", &[("form", "xlsx"), ("query", &query)]);
    let parts = parts(&xlsx.body);
    if !parts.iter().any(|(_, text)| text.contains("HYPERLINK")) {
        found.push("the names are not in the workbook".to_string());
    }
    for (name, text) in parts {
        let is_formula =
            name.contains("worksheets/") && (text.contains("<f>") || text.contains("<f "));
        if is_formula || text.contains("<script>") || text.contains("TargetMode=\"External\"") {
            found.push(format!(
                "{name} of the workbook holds a formula, a script or a link"
            ));
        }
    }
    let kind = csv.header("content-disposition").unwrap_or_default();
    if !kind.starts_with("attachment") {
        found.push(format!("an export is shown in the browser: {kind}"));
    }
}

pub fn scripts_in_documents(province: &Province, found: &mut Vec<String>) {
    let codes = firms(province);
    for code in &codes[..2] {
        for (name, address) in [
            ("luoyang", format!("/register/{code}/comparison.docx")),
            ("office", "/pool/export".to_string()),
        ] {
            let reply = province.viewer(name).visit.get(&address);
            if reply.status != 200 || !reply.body.starts_with(b"PK") {
                found.push(format!("{address} is {}", reply.status));
                continue;
            }
            for (part, text) in parts(&reply.body) {
                if text.contains("<script>") || text.contains("<img src") {
                    found.push(format!("{address}: {part} holds a script"));
                }
                let is_marked = part == "word/document.xml" && text.contains("alert(7)");
                if is_marked && !text.contains("&lt;script&gt;") && !text.contains("onerror") {
                    found.push(format!("{address}: the name is not written as text"));
                }
            }
        }
    }
}
