//! People of different regions ask at the same time, over connections that are kept, also
//! while one of them changes posts; and what ends, ends at once.

use super::desk::line::Line;
use super::desk::province::{PASSWORD, Province, Region, Viewer};
use super::desk::served::Visit;
use super::foreign::Foreign;
use super::judge::readable;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Who asks, each over connections of their own.
const ASKING: [&str; 6] = ["xuchang", "luoyang", "xuchang", "luoyang", "firm", "office"];
/// How often each asks.
const TIMES: usize = 300;
/// How often posts are changed.
const SWITCHES: usize = 40;

const LISTS: [&str; 10] = [
    "/api/v1/firms?limit=60&columns=name,area,county",
    "/register?page=1",
    "/outlook/warnings",
    "/pool/members?purpose=%E6%A0%B8%E5%AF%B9",
    "/pool/candidates",
    "/api/v1/pool/members",
    "/api/v1/firms?limit=20&sort=-persons",
    "/outlook",
    "/measures",
    "/notices",
];
const OWN: [&str; 3] = ["/own", "/own/figures", "/notices"];

/// Asks and asks; gives how often was asked.
pub fn hammer(province: &Province, foreign: &Foreign, found: &mut Vec<String>) -> usize {
    let faults = Mutex::new(Vec::new());
    let asked = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for (number, name) in ASKING.iter().enumerate() {
            let (faults, asked) = (&faults, &asked);
            scope.spawn(move || {
                let viewer = province.viewer(name);
                let own = ask(province, foreign, viewer, number);
                asked.fetch_add(TIMES, Ordering::Relaxed);
                faults.lock().expect("no thread fails").extend(own);
            });
        }
        let (faults, asked) = (&faults, &asked);
        scope.spawn(move || {
            let own = switch(province);
            asked.fetch_add(SWITCHES * 2, Ordering::Relaxed);
            faults.lock().expect("no thread fails").extend(own);
        });
    });
    found.extend(faults.into_inner().expect("no thread fails"));
    asked.into_inner()
}

fn ask(province: &Province, foreign: &Foreign, viewer: &Viewer, number: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut line = Line::new(&viewer.visit);
    let covered = province.firms.iter().filter(|firm| viewer.covers(firm));
    let own: Vec<&str> = covered.map(|firm| firm.uscc.as_str()).collect();
    let others = province.firms.iter().filter(|firm| !viewer.covers(firm));
    let others: Vec<&str> = others.map(|firm| firm.uscc.as_str()).collect();
    for turn in 0..TIMES {
        let place = turn * 7 + number;
        let (address, target) = match (&viewer.region, turn % 4) {
            (Region::Firm(_), 0 | 1) => (OWN[place % OWN.len()].to_string(), ""),
            (_, 0 | 1) => (LISTS[place % LISTS.len()].to_string(), ""),
            (_, 2) if !others.is_empty() => {
                let code = others[place % others.len()];
                (format!("/api/v1/firms/{code}"), code)
            }
            _ => {
                let code = own[place % own.len()];
                (format!("/api/v1/firms/{code}"), code)
            }
        };
        let reply = line.get(&address);
        let is_foreign = turn % 4 == 2 && !others.is_empty();
        // Whoever asks too often is told to wait, and nothing else.
        let is_right = match is_foreign {
            true => matches!(reply.status, 404 | 429),
            false => matches!(reply.status, 200 | 429),
        };
        if !is_right {
            found.push(format!(
                "{} hammers {address}: {}",
                viewer.name, reply.status
            ));
        }
        let named = foreign.named(&readable(&reply), viewer, target);
        if !named.is_empty() {
            found.push(format!(
                "{} hammers {address}: {}",
                viewer.name,
                named.join("、")
            ));
        }
    }
    found
}

/// One browser changes posts while another of the same person stays with each.
fn switch(province: &Province) -> Vec<String> {
    let mut found = Vec::new();
    let county = count(&province.viewer("yuzhou").visit);
    let area = count(&province.viewer("yuzhou/2").visit);
    if county == area || county == 0 {
        found.push(format!("two posts see {county} and {area} firms"));
    }
    let visit = province.served.signed_in("yuzhou", PASSWORD);
    for turn in 0..SWITCHES {
        let post = province.post_of("yuzhou", (turn + 1) % 2);
        let reply = visit.post("/session/post", &[("post", &post.to_string())]);
        let expected = if turn % 2 == 0 { area } else { county };
        let seen = count(&visit);
        if reply.status != 303 || seen != expected {
            found.push(format!("after changing posts {seen} firms for {expected}"));
        }
        let others = [("yuzhou", county), ("yuzhou/2", area)];
        let (name, expected) = others[turn % 2];
        let seen = count(&province.viewer(name).visit);
        if seen != expected {
            found.push(format!("{name} sees {seen} firms for {expected}"));
        }
    }
    found
}

/// How many firms a visitor's list has.
fn count(visit: &Visit) -> u64 {
    let reply = visit.get("/api/v1/firms?limit=1");
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["count"].as_u64().expect("a count")
}

/// A post, a session, a token and an account that end are gone with the next request.
pub fn what_ends_ends_at_once(province: &Province, found: &mut Vec<String>) {
    let post = province.post_of("yuzhou", 1).to_string();
    let (county, area) = (province.viewer("yuzhou"), province.viewer("yuzhou/2"));
    let expected = count(&county.visit);
    province
        .desk
        .run(&["people", "end-post", &post, "--by", "试验员"])
        .done();
    let seen = count(&area.visit);
    if seen != expected {
        found.push(format!("a post that ended still sees {seen} firms"));
    }
    let reply = area.visit.post("/session/post", &[("post", &post)]);
    if reply.status != 404 {
        found.push(format!("a post that ended is taken up: {}", reply.status));
    }
    let luoyang = province.viewer("luoyang");
    let form = [("name", "终止"), ("days", "30"), ("right", "firms")];
    let page = luoyang.visit.post("/account/tokens", &form).text();
    let token = page
        .split(|symbol: char| !symbol.is_ascii_alphanumeric() && symbol != '_' && symbol != '-');
    let token = token
        .filter(|word| word.len() >= 32)
        .max_by_key(|word| word.len());
    let token = token.expect("a token on the page").to_string();
    let ask = |what: &str, expected: u16, found: &mut Vec<String>| {
        let bearer = format!("Bearer {token}");
        let visit = province.served.visit();
        let heads = [("Authorization", bearer.as_str())];
        let reply = visit.ask("GET", "/api/v1/firms?limit=1", &heads, b"");
        let status = reply.expect("an answer").status;
        if status != expected {
            found.push(format!("{what} gets {status}"));
        }
    };
    ask("a token", 200, found);
    let id = province
        .number("SELECT MAX(id) FROM people_tokens")
        .to_string();
    let ended = luoyang.visit.post("/account/tokens/end", &[("token", &id)]);
    assert_eq!(ended.status, 303, "{}", ended.text());
    ask("a token that ended", 401, found);
    let second = province.served.signed_in("luoyang", PASSWORD);
    let ended = second.post("/account/sessions/others", &[]);
    assert_eq!(ended.status, 303, "{}", ended.text());
    for (visit, expected) in [(&luoyang.visit, 303), (&second, 200)] {
        let status = visit.get("/register").status;
        if status != expected {
            found.push(format!(
                "ending others: a session gets {status} for {expected}"
            ));
        }
    }
    province
        .desk
        .run(&["people", "close", "luoyang", "--by", "试验员"])
        .done();
    let status = second.get("/register").status;
    if status != 303 {
        found.push(format!("an account that was closed gets {status}"));
    }
}
