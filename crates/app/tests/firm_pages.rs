//! The pages of firms over HTTP: who may open which, that no figure gets to whom it does not
//! belong, that purposes are written down, and what owners see of themselves.

mod desk;

use desk::served::{Served, Visit, percent};
use desk::{Desk, Place};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

const FIRMS: &str = "400";
const PASSWORD: &str = "Shenggui#2026";
/// The firm of the account `firm`; it lies in 禹州市, 许昌市.
const OWN: &str = "91411081MX0000011P";
/// In 襄城县, 许昌市.
const SISTER: &str = "91411025MX0000012P";
/// In 洛阳市.
const ELSEWHERE: [&str; 2] = ["91410327MX0000014X", "91410328MX0000017M"];
const SIDES: [&str; 8] = [
    "",
    "/ledger",
    "/policy",
    "/history",
    "/comparison",
    "/archive",
    "/record",
    "/sheet",
];

struct World {
    desk: Desk,
    served: Served,
    visits: RefCell<HashMap<String, Visit>>,
}

impl World {
    fn new() -> World {
        let desk = Desk::new(&Place::File);
        desk.run(&["demo", "--no-serve", "--firms", FIRMS]).done();
        let served = desk.serve(&[]);
        World {
            desk,
            served,
            visits: RefCell::default(),
        }
    }

    fn visit(&self, login: &str) -> Visit {
        let mut visits = self.visits.borrow_mut();
        let own = visits.entry(login.to_string());
        let own = own.or_insert_with(|| self.served.signed_in(login, PASSWORD));
        own.clone()
    }

    /// Warned firms of the province, by code.
    fn warned(&self) -> Vec<String> {
        let json = self
            .desk
            .run(&["--json", "outlook", "warnings"])
            .done()
            .json();
        let firms = json["firms"].as_array().expect("firms").iter();
        firms
            .map(|own| own["uscc"].as_str().expect("a code").to_string())
            .collect()
    }
}

fn json(visit: &Visit, path: &str) -> Value {
    let accept = [("Accept", "application/json")];
    let reply = visit.ask("GET", path, &accept, b"").expect("an answer");
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

fn state(visit: &Visit, uscc: &str, purpose: &str) {
    let form = [("purpose", purpose), ("side", "ledger")];
    let reply = visit.post(&format!("/register/{uscc}/readings"), &form);
    assert_eq!(reply.status, 303, "{}", reply.text());
}

/// One figure as programs and people write it.
fn written(fen: i64) -> Vec<String> {
    let yuan = fen / 100;
    let tenths = (fen + 50_000) / 100_000;
    vec![
        fen.to_string(),
        yuan.to_string(),
        grouped(yuan),
        format!("{}.{}", tenths / 10, tenths % 10),
        format!("{}.{}", grouped(tenths / 10), tenths % 10),
    ]
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let places = digits.len();
    let put = digits.chars().enumerate().map(|(at, digit)| {
        match at > 0 && (places - at).is_multiple_of(3) {
            true => format!(",{digit}"),
            false => digit.to_string(),
        }
    });
    put.collect()
}

/// Texts that would betray the tax figures of a firm, out of what the tax bureau is shown.
fn betraying(ledger: &Value) -> Vec<String> {
    let series = ledger["ledger"]["series"].as_array().expect("series");
    let money = series.iter().filter(|own| own["unit"] == "万元");
    let months = money.flat_map(|own| own["months"].as_array().expect("months"));
    let values = months.filter_map(|own| own["value"].as_i64());
    // A round figure says nothing: it stands in other places too.
    let exact = values.filter(|fen| *fen > 10_000_000 && fen % 100_000 != 0);
    let mut found: Vec<String> = exact.flat_map(written).collect();
    let charts = ledger["ledger"]["charts"].as_array().expect("charts");
    let drawn = charts
        .iter()
        .flat_map(|own| own["series"].as_array().expect("series"));
    let drawn = drawn.flat_map(|own| own["values"].as_array().expect("values"));
    let exact = drawn
        .filter_map(Value::as_f64)
        .filter(|own| *own > 100.0 && own.fract() != 0.0);
    found.extend(exact.map(|own| own.to_string()));
    found.sort();
    found.dedup();
    found
}

#[test]
fn pages_of_firms_open_to_whom_they_belong_and_keep_their_figures() {
    let world = World::new();
    scopes(&world);
    figures(&world);
    purposes(&world);
    own_pages(&world);
    acts(&world);
}

/// Own, sister, foreign, bank, the firm itself, another firm.
fn scopes(world: &World) {
    let other = ELSEWHERE[0];
    let unknown = "91410100MA00000000";
    let cases = [
        ("office", OWN, 200),
        ("auditor", OWN, 200),
        ("xuchang", OWN, 200),
        ("yuzhou", OWN, 200),
        ("xuchang", SISTER, 200),
        ("yuzhou", SISTER, 404),
        ("firm", SISTER, 403),
        ("luoyang", OWN, 404),
        ("luoyang", other, 200),
        ("xuchang", other, 404),
        ("yuzhou", other, 404),
        ("office", unknown, 404),
        ("xuchang", "not-a-code", 404),
        ("bank", OWN, 403),
        ("firm", OWN, 403),
        ("firm", other, 403),
        ("system", OWN, 403),
    ];
    for (login, uscc, expected) in cases {
        let visit = world.visit(login);
        for side in SIDES.iter().chain(&["/comparison.docx", "/acts"]) {
            let path = format!("/register/{uscc}{side}");
            assert_eq!(visit.get(&path).status, expected, "{login} {path}");
        }
        let path = format!("/measures/compare/{uscc}");
        assert_eq!(visit.get(&path).status, expected, "{login} {path}");
        let post = visit.post(
            &format!("/register/{uscc}/readings"),
            &[("purpose", "核对")],
        );
        let expected = if expected == 200 { 303 } else { expected };
        assert_eq!(post.status, expected, "{login} states a purpose of {uscc}");
    }
    // Nothing tells a firm outside the region from one that does not exist.
    let visit = world.visit("xuchang");
    let outside = visit.get(&format!("/register/{other}")).text();
    let nowhere = visit.get(&format!("/register/{unknown}")).text();
    assert_eq!(outside.replace(other, ""), nowhere.replace(unknown, ""));
    for path in ["/own", "/own/figures", "/own/comparison"] {
        assert_eq!(world.visit("office").get(path).status, 403, "{path}");
    }
}

/// What the tax bureau is shown in figures, nobody else finds anywhere.
fn figures(world: &World) {
    let mut firms = world.warned();
    firms.retain(|uscc| !uscc.contains("MX00000"));
    firms.truncate(4);
    assert!(!firms.is_empty(), "firms with figures of their own");
    firms.push(OWN.to_string());
    let tax = world.visit("tax");
    let statistics = world.visit("statistics");
    for uscc in &firms {
        state(&tax, uscc, "核对落点");
        state(&statistics, uscc, "核对预警");
        let ledger = json(&tax, &format!("/register/{uscc}/ledger"));
        assert_eq!(ledger["ledger"]["is_exact"], true);
        let betraying = betraying(&ledger);
        if uscc != OWN {
            assert!(betraying.len() > 20, "{uscc} has figures: {betraying:?}");
        }
        let html = tax.get(&format!("/register/{uscc}/ledger")).text();
        assert!(html.contains("data-chart"), "tax sees the chart");
        for login in [
            "office",
            "xuchang",
            "yuzhou",
            "auditor",
            "finance",
            "statistics",
        ] {
            let visit = match login {
                "statistics" => statistics.clone(),
                login => world.visit(login),
            };
            for side in SIDES {
                let path = format!("/register/{uscc}{side}");
                let reply = visit.get(&path);
                if reply.status == 404 {
                    continue;
                }
                assert_eq!(reply.status, 200, "{login} {path}");
                let accept = [("Accept", "application/json")];
                let program = visit.ask("GET", &path, &accept, b"").expect("an answer");
                for text in [reply.text(), program.text()] {
                    for figure in &betraying {
                        assert!(!text.contains(figure), "{login} {path} holds {figure}");
                    }
                    assert!(!text.contains("\"fan\""), "{login} {path} draws a fan");
                    let tells_points = login != "statistics" && text.contains("积分");
                    assert!(!tells_points, "{login} {path} tells of points");
                }
            }
        }
    }
}

/// A purpose is asked first, written down once, and holds for that firm alone.
fn purposes(world: &World) {
    let [uscc, elsewhere] = ELSEWHERE;
    let tax = world.visit("tax");
    let path = format!("/register/{uscc}/ledger");
    let asked = tax.get(&path).text();
    assert!(asked.contains("查看前请写明用途") && !asked.contains("data-chart"));
    let accept = [("Accept", "application/json")];
    assert_eq!(
        tax.ask("GET", &path, &accept, b"")
            .expect("an answer")
            .status,
        409
    );
    let empty = tax.post(&format!("/register/{uscc}/readings"), &[("purpose", "  ")]);
    assert_eq!(empty.status, 409);
    state(&tax, uscc, "核对达规未入统");
    for _ in 0..3 {
        assert!(tax.get(&path).text().contains("核对达规未入统"));
    }
    let record = json(&tax, &format!("/register/{uscc}/record"));
    let lines = record["record"]["lines"].as_array().expect("lines");
    let own = lines.iter().filter(|own| own["act"] == "indicators.read");
    assert_eq!(own.count(), 1, "{lines:?}");
    // Others do not learn who read, but the auditor does.
    let office = world.visit("office");
    let seen = |visit: &Visit| {
        let record = json(visit, &format!("/register/{uscc}/record"));
        record.to_string().contains("indicators.read")
    };
    assert!(!seen(&office) && seen(&world.visit("auditor")));
    let asked = tax.get(&format!("/register/{elsewhere}")).text();
    assert!(
        asked.contains("查看前请写明用途"),
        "another firm, another purpose"
    );
}

/// The owner sees the own figures, nobody else's, no points, and the red line.
fn own_pages(world: &World) {
    let firm = world.visit("firm");
    let own = json(&firm, "/own");
    assert_eq!(own["uscc"], OWN);
    assert_eq!(own["ledger"]["is_exact"], true);
    let kinds: Vec<&str> = own["ledger"]["charts"]
        .as_array()
        .expect("charts")
        .iter()
        .filter_map(|own| own["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["fan", "line"]);
    let names: Vec<&str> = own["ledger"]["series"]
        .as_array()
        .expect("series")
        .iter()
        .filter_map(|own| own["id"].as_str())
        .collect();
    assert!(
        names.contains(&"vat_sales") && names.contains(&"electricity"),
        "{names:?}"
    );
    for path in ["/own", "/own/figures", "/own/comparison"] {
        let reply = firm.get(path);
        assert_eq!(reply.status, 200, "{path}");
        let text = reply.text();
        for word in ["积分", "/register/"] {
            assert!(!text.contains(word), "{path} says {word}");
        }
        assert!(
            text.contains("可以拒绝并向统计机构举报"),
            "{path} bears the red line"
        );
    }
    let document = firm.get("/own/comparison.docx");
    assert!(document.body.starts_with(b"PK"), "a document");
    // Many looks of one day are one line.
    let record = json(&world.visit("auditor"), &format!("/register/{OWN}/record"));
    let lines = record["record"]["lines"].as_array().expect("lines");
    let looks = lines.iter().filter(|own| own["detail"] == "本企业查看");
    assert_eq!(looks.count(), 1, "{lines:?}");
}

/// Results and contacts: what is done shows, and what may not be done is refused.
fn acts(world: &World) {
    let office = world.visit("office");
    let acts = json(&office, &format!("/register/{OWN}/acts"));
    let measure = acts["acts"]["outcomes"][0]["value"]
        .as_str()
        .expect("a measure");
    let path = format!("/register/{OWN}/outcomes");
    let form = [
        ("measure", measure),
        ("result", "granted"),
        ("amount", "1,250.00"),
        ("reason", "豫工信〔2026〕1号"),
    ];
    assert_eq!(office.post(&path, &form).status, 303);
    let again = office.post(&path, &form);
    assert_eq!(again.status, 409, "the same twice a day");
    let history = json(&office, &format!("/register/{OWN}/history"));
    assert!(
        history
            .to_string()
            .contains("1,250.00元，豫工信〔2026〕1号")
    );
    let unsaid = [("measure", measure), ("result", "refused"), ("reason", "")];
    assert_eq!(
        office.post(&path, &unsaid).status,
        409,
        "a refusal has its reason"
    );
    assert_eq!(world.visit("auditor").post(&path, &form).status, 403);
    assert_eq!(world.visit("luoyang").post(&path, &form).status, 404);
    let archive = format!("/register/{OWN}/archive");
    let contact = json(&office, &archive)["archive"]["contact"].clone();
    if !contact.is_null() {
        assert_eq!(contact["is_masked"], true, "{contact}");
        let path = format!("/register/{OWN}/contact-readings");
        assert_eq!(office.post(&path, &[("purpose", "")]).status, 409);
        assert_eq!(office.post(&path, &[("purpose", "上门帮扶")]).status, 303);
        assert_eq!(
            json(&office, &archive)["archive"]["contact"]["is_masked"],
            false
        );
    }
    let part = [("HX-Request", "true")];
    let part = office
        .ask("GET", &archive, &part, b"")
        .expect("an answer")
        .text();
    assert!(
        part.contains("企业档案") && !part.contains("<html"),
        "a part alone"
    );
    let day = format!("/register/{OWN}/policy?on={}", percent("2022-01-02"));
    assert_eq!(json(&office, &day)["policy"]["on"], "2022-01-02");
    assert_eq!(
        office.get(&format!("/register/{OWN}/policy?on=x")).status,
        400
    );
}
