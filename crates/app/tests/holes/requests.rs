//! Sends the requests of `requests.toml` and judges what comes back.

use super::desk::province::Province;
use super::desk::served::{Reply, Visit, percent};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default, rename = "as")]
    by: Vec<String>,
    ask: Vec<String>,
    #[serde(default)]
    from: String,
    #[serde(default)]
    heads: Vec<(String, String)>,
    #[serde(default)]
    form: Vec<(String, String)>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    content_type: String,
    status: Vec<u16>,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    has: Vec<String>,
    /// Whether the connection may be closed before everything is sent.
    #[serde(default)]
    may_break: bool,
    /// Headers that come with a text in them.
    #[serde(default)]
    header: Vec<(String, String)>,
    /// Headers that do not come.
    #[serde(default)]
    absent: Vec<String>,
}

/// Words that tell how the program is made.
const INSIDES: [&str; 7] = [
    "panicked",
    "sqlx",
    "SQLITE",
    "sea-orm",
    "stack backtrace",
    "argon2",
    "no such table",
];

fn book() -> Book {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/holes/requests.toml");
    let text = std::fs::read_to_string(path).expect("requests");
    toml::from_str(&text).expect("requests")
}

pub fn names() -> Vec<String> {
    book().case.into_iter().map(|case| case.name).collect()
}

/// What stands for `{…}` in requests.
struct Words {
    own: String,
    foreign: String,
    accounts: Vec<(String, i64)>,
}

impl Words {
    fn of(province: &Province) -> Words {
        let firm = |is_own: bool| {
            let luoyang = province.viewer("luoyang");
            let mut all = province.firms.iter();
            let found = all.find(|firm| firm.area.is_some() && luoyang.covers(firm) == is_own);
            found.expect("a firm").uscc.clone()
        };
        let accounts = province.viewers.iter();
        Words {
            own: firm(true),
            foreign: firm(false),
            accounts: accounts
                .map(|own| (own.login.clone(), own.account))
                .collect(),
        }
    }

    fn fill(&self, text: &str) -> String {
        let mut out = text
            .replace("{own}", &self.own)
            .replace("{foreign}", &self.foreign);
        for (login, id) in &self.accounts {
            out = out.replace(&format!("{{account:{login}}}"), &id.to_string());
        }
        for (name, make) in [
            ("long", (|count| "a".repeat(count)) as fn(usize) -> String),
            ("deep", |count| {
                format!("{}1{}", "(".repeat(count), ")".repeat(count))
            }),
            ("deep-json", |count| {
                format!("{}{}", "[".repeat(count), "]".repeat(count))
            }),
            ("fields", |count| "uscc=1&".repeat(count)),
        ] {
            let mark = format!("{{{name}:");
            if let Some(from) = out.find(&mark) {
                let to = from + out[from..].find('}').expect("it ends");
                let count = out[from + mark.len()..to].parse().expect("a number");
                out.replace_range(from..=to, &make(count));
            }
        }
        out
    }
}

/// Tries all of them; nothing that is stored changes.
pub fn all(province: &Province, wanted: &str, found: &mut Vec<String>) {
    let words = Words::of(province);
    let before = counts(province);
    for case in book().case.iter().filter(|case| case.name.contains(wanted)) {
        let nobody = ("nobody".to_string(), province.served.visit());
        let visits = match case.by.is_empty() {
            true => vec![nobody],
            false => case
                .by
                .iter()
                .map(|name| (name.clone(), province.viewer(name).visit.clone()))
                .collect(),
        };
        for (name, visit) in visits {
            for ask in &case.ask {
                let reply = send(case, ask, &visit, &words);
                let fault = match reply {
                    Some(reply) => judge(case, &reply, &words),
                    None if case.may_break => None,
                    None => Some("the connection broke".to_string()),
                };
                if let Some(fault) = fault {
                    let ask: String = ask.chars().take(90).collect();
                    found.push(format!("{}: {name} asks {ask}: {fault}", case.name));
                }
            }
        }
    }
    let after = counts(province);
    if before != after {
        found.push(format!("something was stored: {before:?} became {after:?}"));
    }
}

/// How much there is of what could be changed.
fn counts(province: &Province) -> Vec<i64> {
    let tables = [
        "pool_acts",
        "people_accounts",
        "people_posts",
        "people_tokens",
        "people_passwords",
        "register_views",
        "measures_outcomes",
        "targets_acts",
        "jobs",
        "people_claims",
        "outlook_follow_acts",
        "bulletins_issues",
    ];
    let count =
        |table: &&str| province.number(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"));
    let sessions =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM people_sessions WHERE ended_at IS NOT NULL";
    let mut counts: Vec<i64> = tables.iter().map(count).collect();
    counts.push(province.number(sessions));
    counts
}

fn send(case: &Case, ask: &str, visit: &Visit, words: &Words) -> Option<Reply> {
    let (verb, address) = ask.split_once(' ').expect("a verb and an address");
    let address = words.fill(address);
    let origin = match case.from.as_str() {
        "" => visit.origin(),
        from => from.to_string(),
    };
    let mut heads: Vec<(String, String)> = case
        .heads
        .iter()
        .map(|(name, value)| (name.clone(), words.fill(value)))
        .collect();
    if case.from != "none" {
        heads.push(("Origin".to_string(), origin));
    }
    let body = match case.body.is_empty() {
        false => words.fill(&case.body),
        true => {
            let pairs = case
                .form
                .iter()
                .map(|(name, value)| format!("{}={}", percent(name), percent(&words.fill(value))));
            pairs.collect::<Vec<_>>().join("&")
        }
    };
    let kind = match case.content_type.as_str() {
        "" => "application/x-www-form-urlencoded",
        kind => kind,
    };
    heads.push(("Content-Type".to_string(), kind.to_string()));
    let heads: Vec<(&str, &str)> = heads
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let body = if matches!(verb, "GET" | "HEAD") {
        String::new()
    } else {
        body
    };
    visit.ask(verb, &address, &heads, body.as_bytes())
}

fn judge(case: &Case, reply: &Reply, words: &Words) -> Option<String> {
    let text = reply.text();
    if !case.status.contains(&reply.status) {
        let text: String = text.chars().filter(|own| *own != '\n').take(200).collect();
        return Some(format!("{} {text}", reply.status));
    }
    let never = case.never.iter().map(|own| words.fill(own));
    let inside = INSIDES.iter().map(|own| own.to_string());
    if let Some(told) = never.chain(inside).find(|own| text.contains(own.as_str())) {
        return Some(format!("{} holds “{told}”", reply.status));
    }
    let has = case.has.iter().map(|own| words.fill(own));
    if let Some(missing) = has.into_iter().find(|own| !text.contains(own.as_str())) {
        return Some(format!("{} lacks “{missing}”", reply.status));
    }
    for (name, value) in &case.header {
        if !reply
            .header(name)
            .is_some_and(|own| own.contains(value.as_str()))
        {
            return Some(format!("the header {name} is {:?}", reply.header(name)));
        }
    }
    let told = case.absent.iter().find(|name| reply.header(name).is_some());
    told.map(|name| format!("there is a header {name}"))
}
