//! Every address that the scope matrix knows, asked by people to whose posts no figure of taxes
//! belongs: pages, fragments, charts, answers for programs, workbooks and documents.

use super::desk::Desk;
use super::desk::served::{Reply, Served, Visit, percent};
use super::{AREA, FIRMS};
use serde::Deserialize;
use std::io::{Cursor, Read};

const PURPOSE: &str = "%E6%A0%B8%E5%AF%B9";
/// Organisation and role of everybody who asks.
pub const POSTS: [(&str, &str); 9] = [
    ("industry", "office"),
    ("local-finance", "department"),
    ("statistics", "statistics"),
    (AREA, "area"),
    ("410329", "county"),
    ("zhongyuan-bank", "bank"),
    ("audit", "auditor"),
    ("leading-group-office", "system-keeper"),
    ("leading-group-office", "audit-keeper"),
];
/// Columns of figures of taxes: a list with them shows bands, or is refused.
const COLUMNS: [&str; 3] = [
    "name,uscc,sales_12m,sales_ytd,sales_12m_before,landing_low",
    "name,sales_12m",
    "name,landing_low",
];

#[derive(Deserialize)]
struct Book {
    kind: Vec<Kind>,
    probe: Vec<Probe>,
}

#[derive(Deserialize)]
struct Kind {
    name: String,
    by: String,
}

#[derive(Deserialize)]
struct Probe {
    route: String,
    #[serde(default)]
    ask: String,
    #[serde(default)]
    kind: String,
}

impl Probe {
    /// What is asked where something is read.
    fn pattern(&self) -> Option<String> {
        let path = self.route.strip_prefix("GET ")?;
        let pattern = match (self.ask.is_empty(), path.split_once('{')) {
            (false, _) => self.ask.clone(),
            (true, None) => path.to_string(),
            (true, Some((from, rest))) => {
                let (_, to) = rest.split_once('}').expect("a name ends");
                format!("{from}{{target}}{to}")
            }
        };
        let pattern = pattern.replace("{own:measure}", &measure());
        Some(pattern.replace("{own:coming-year}", "2026"))
    }
}

/// Some measure of the pack.
fn measure() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy/henan/measures");
    let entries = std::fs::read_dir(folder).expect("measures").flatten();
    let names = entries.map(|own| own.file_name().to_string_lossy().into_owned());
    names.min().expect("a measure")
}

/// Addresses that are read, with the firms of this world in them.
fn addresses() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matrix/probes.toml");
    let text = std::fs::read_to_string(path).expect("probes");
    let book: Book = toml::from_str(&text).expect("probes");
    let mut addresses = Vec::new();
    for probe in &book.probe {
        let Some(pattern) = probe.pattern() else {
            continue;
        };
        let kind = book.kind.iter().find(|kind| kind.name == probe.kind);
        let targets = match kind.map(|kind| (kind.by.as_str(), kind.name.as_str())) {
            Some(("firm", name)) if name != "pool-act" => FIRMS[..2].to_vec(),
            Some(("division", _)) => vec![AREA, "410329"],
            _ => vec!["1"],
        };
        addresses.extend(targets.iter().map(|own| pattern.replace("{target}", own)));
    }
    for columns in COLUMNS {
        let query = format!("columns={columns}&purpose={PURPOSE}");
        addresses.push(format!("/register?{query}"));
        addresses.push(format!("/api/v1/firms?{query}"));
    }
    addresses.push(format!("/register?sort=-sales_12m&purpose={PURPOSE}"));
    addresses.push("/register?where=sales_12m%20%3E%201".to_string());
    addresses.sort();
    addresses.dedup();
    addresses
}

/// Everything that one visitor gets, by what was asked.
pub fn given(visit: &Visit) -> Vec<(String, String)> {
    let mut given = Vec::new();
    for address in addresses() {
        for accept in ["text/html", "application/json"] {
            let heads = [("Accept", accept)];
            let reply = visit.ask("GET", &address, &heads, b"").expect("an answer");
            assert!(reply.status < 500, "{address}: {}", reply.text());
            let asked = format!("{address} as {accept}: {}", reply.status);
            given.push((asked, text(&reply)));
        }
    }
    for form in ["csv", "xlsx"] {
        for columns in COLUMNS {
            let query = format!("columns={columns}");
            let fields = [("form", form), ("query", &query), ("purpose", "核对")];
            let reply = visit.post("/register/export", &fields);
            let asked = format!("export of {columns} as {form}: {}", reply.status);
            given.push((asked, text(&reply)));
        }
    }
    for code in &FIRMS[..2] {
        let address = format!("/register/{code}/readings");
        let reply = visit.post(&address, &[("purpose", "核对"), ("side", "ledger")]);
        let to = reply.header("location").unwrap_or("/session").to_string();
        let page = visit.get(&to);
        given.push((format!("{to}: {}", page.status), text(&page)));
    }
    given
}

/// The text of an answer; of archives what stands inside.
fn text(reply: &Reply) -> String {
    if !reply.body.starts_with(b"PK") {
        return reply.text();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(&reply.body)).expect("an archive");
    let mut out = String::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("unpacked");
        out.push_str(&String::from_utf8_lossy(&bytes));
    }
    out
}

/// Who may see figures finds them by the same kinds of questions.
pub fn figures_of_tax(visit: &Visit) -> Vec<(String, String)> {
    let purpose = percent("核对");
    let addresses = [
        format!("/api/v1/firms/{}/figures?purpose={purpose}", FIRMS[1]),
        format!("/api/v1/firms?columns=name,sales_12m&purpose={purpose}"),
        format!("/register?columns=name,sales_12m&purpose={purpose}"),
    ];
    let read = |address: String| {
        let reply = visit.get(&address);
        (address, text(&reply))
    };
    addresses.into_iter().map(read).collect()
}

/// Everything that a firm gets, its own pages among it.
pub fn given_to_a_firm(visit: &Visit) -> Vec<(String, String)> {
    let mut given = given(visit);
    for address in ["/own", "/own/figures", "/own/comparison"] {
        let reply = visit.get(address);
        assert_eq!(reply.status, 200, "{address}");
        given.push((address.to_string(), text(&reply)));
    }
    given
}

/// Somebody who has signed in and whose cookie holds this token.
pub fn visit(served: &Served, token: &str) -> Visit {
    served
        .visit()
        .with_cookie(&format!("shenggui-session={token}"))
}

/// Serves a desk where programs may ask as fast as they can.
pub fn serve(desk: &Desk) -> Served {
    let settings = desk.path("shenggui-data/shenggui.toml");
    std::fs::write(settings, "api_per_minute = 1000000\n").expect("written");
    desk.serve(&[])
}
