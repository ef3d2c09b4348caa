//! Probes as data: what is asked of each route, of which kind of thing, and what is expected.
//! The format is explained at the top of `probes.toml`.

use super::desk::province::{Firm, Province, Region, Viewer};
use super::desk::served::{Reply, Visit};
use rules::pack::divisions::{DivisionCode, Level};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// Routes without a probe; may only shrink.
    pub uncovered: Vec<String>,
    /// Lines of the journal that may be written while nothing may change.
    pub quiet_acts: Vec<String>,
    /// What the program notes of itself: tables, or columns of any table.
    pub unwatched: Vec<String>,
    /// Statements that make what cannot be made by asking.
    pub prepare_sql: Vec<String>,
    pub kind: Vec<Kind>,
    /// What is made before anything is asked.
    pub prepare: Vec<Probe>,
    pub probe: Vec<Probe>,
}

/// A kind of thing that a request may be about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    pub name: String,
    /// By what it is somebody's.
    pub by: By,
    /// Gives things, and in a second column whose they are.
    #[serde(default)]
    pub sql: String,
    /// Where the provincial office reads codes of firms.
    #[serde(default)]
    pub read: String,
    /// One that does not exist.
    pub nobody: String,
    /// Roles to which all of them belong.
    #[serde(default)]
    pub all_for: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    Division,
    Firm,
    Account,
    Organisation,
    /// Nobody's in particular.
    Everybody,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// As the list of routes has it.
    pub route: String,
    /// What is asked, where it is not the route with its parameter filled in.
    #[serde(default)]
    pub ask: String,
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub json: bool,
    #[serde(default)]
    pub form: Vec<(String, String)>,
    /// A body of its own kind.
    #[serde(default)]
    pub body: String,
    #[serde(default)]
    pub content_type: String,
    /// Who does it in earnest.
    #[serde(default)]
    pub by: Vec<String>,
    /// What comes back where it is allowed; 200 for reading and 303 for changing otherwise.
    #[serde(default)]
    pub own: Vec<u16>,
    /// Text that an allowed answer has; `{target}` and `{name}` are filled in.
    #[serde(default)]
    pub shows: String,
    /// What comes back of foreign things, where it is not what comes of things that are not.
    #[serde(default)]
    pub foreign: Vec<u16>,
    /// Whether firms may be named that are not the reader's: keepers and auditors see whose an
    /// account or a line is.
    #[serde(default)]
    pub names_firms: bool,
    /// Which of the own things are changed first, where earlier changes used up others.
    #[serde(default)]
    pub nth: usize,
    /// Whether it is done in a session of its own.
    #[serde(default)]
    pub fresh: bool,
    /// The cargo feature without which there is no such route.
    #[serde(default)]
    pub feature: String,
}

/// How a thing stands to who asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    Own,
    Sister,
    Parent,
    Foreign,
    /// The province, for those who see all of it.
    Whole,
}

/// A thing with whose it is.
#[derive(Debug, Clone)]
pub struct Thing {
    pub value: String,
    owner: String,
}

/// All things of all kinds.
pub struct Things {
    pub by_kind: BTreeMap<String, Vec<Thing>>,
}

impl Things {
    pub fn none() -> Things {
        Things {
            by_kind: BTreeMap::new(),
        }
    }

    pub fn read(book: &Book, province: &Province) -> Things {
        let mut by_kind = BTreeMap::new();
        for kind in &book.kind {
            let things = things_of(kind, province);
            assert!(!things.is_empty(), "there is no {}", kind.name);
            by_kind.insert(kind.name.clone(), things);
        }
        Things { by_kind }
    }

    /// The first things of a kind that stand to a viewer in each way.
    pub fn for_viewer(
        &self,
        kind: &Kind,
        province: &Province,
        viewer: &Viewer,
    ) -> BTreeMap<Relation, Vec<&Thing>> {
        let mut found: BTreeMap<Relation, Vec<&Thing>> = BTreeMap::new();
        for thing in &self.by_kind[&kind.name] {
            let relation = relation(kind, province, viewer, thing);
            found.entry(relation).or_default().push(thing);
        }
        found
    }
}

fn things_of(kind: &Kind, province: &Province) -> Vec<Thing> {
    let plain = |value: String| Thing {
        owner: value.clone(),
        value,
    };
    if !kind.sql.is_empty() {
        let rows = province.rows(&kind.sql);
        let text = |row: &sea_orm::QueryResult, at: usize| match row.try_get_by_index::<i64>(at) {
            Ok(number) => number.to_string(),
            Err(_) => row.try_get_by_index::<String>(at).unwrap_or_default(),
        };
        let things = rows.iter().map(|row| Thing {
            value: text(row, 0),
            owner: text(row, 1),
        });
        return things.collect();
    }
    if !kind.read.is_empty() {
        let reply = province.viewer("office").visit.get(&kind.read);
        assert_eq!(reply.status, 200, "{}: {}", kind.read, reply.text());
        let mut found = Vec::new();
        collect_codes(&reply.json(), &mut found);
        return found.into_iter().map(plain).collect();
    }
    match kind.by {
        By::Division => {
            let all = province.pack.divisions.all();
            let real = all.filter(|own| own.level != Level::Zone);
            real.map(|own| plain(format!("{:06}", own.code))).collect()
        }
        By::Firm => province
            .firms
            .iter()
            .map(|firm| plain(firm.uscc.clone()))
            .collect(),
        _ => panic!("{} has neither sql nor read", kind.name),
    }
}

fn collect_codes(json: &serde_json::Value, found: &mut Vec<String>) {
    match json {
        serde_json::Value::Array(all) => all.iter().for_each(|own| collect_codes(own, found)),
        serde_json::Value::Object(all) => {
            for (key, value) in all {
                match (key.as_str(), value.as_str()) {
                    ("uscc", Some(code)) => found.push(code.to_string()),
                    _ => collect_codes(value, found),
                }
            }
        }
        _ => {}
    }
}

fn relation(kind: &Kind, province: &Province, viewer: &Viewer, thing: &Thing) -> Relation {
    if kind.all_for.contains(&viewer.role) {
        return Relation::Own;
    }
    match kind.by {
        By::Everybody => Relation::Own,
        By::Account if thing.owner == viewer.account.to_string() => Relation::Own,
        By::Organisation if thing.owner == viewer.organisation => Relation::Own,
        By::Account | By::Organisation => Relation::Foreign,
        By::Division => {
            let code = thing.value.parse().expect("a code");
            of_division(province, viewer, code)
        }
        By::Firm => {
            let firm = province.firms.iter().find(|firm| firm.uscc == thing.owner);
            firm.map_or(Relation::Foreign, |firm| of_firm(province, viewer, firm))
        }
    }
}

fn of_division(province: &Province, viewer: &Viewer, code: DivisionCode) -> Relation {
    let divisions = &province.pack.divisions;
    let parent = |code| divisions.get(code).and_then(|own| own.parent);
    let own = match viewer.region {
        // The whole province is asked for by saying nothing.
        Region::Province => match divisions.get(code).map(|own| own.level) {
            Some(Level::Province) => return Relation::Whole,
            _ => return Relation::Own,
        },
        Region::Area(own) | Region::County(own) => own,
        Region::Firm(_) | Region::Nothing => return Relation::Foreign,
    };
    if own == code || parent(code) == Some(own) {
        return Relation::Own;
    }
    let is_province = divisions.get(code).map(|own| own.level) == Some(Level::Province);
    if parent(own) == Some(code) || is_province {
        return Relation::Parent;
    }
    match parent(own) == parent(code) {
        true => Relation::Sister,
        false => Relation::Foreign,
    }
}

fn of_firm(province: &Province, viewer: &Viewer, firm: &Firm) -> Relation {
    if viewer.covers(firm) {
        return Relation::Own;
    }
    let is_near = match &viewer.region {
        Region::County(own) => {
            let parent = province.pack.divisions.get(*own).and_then(|own| own.parent);
            parent.is_some() && firm.area == parent
        }
        Region::Firm(own) => {
            let own = province.firms.iter().find(|firm| firm.uscc == *own);
            own.is_some_and(|own| own.county == firm.county)
        }
        _ => false,
    };
    match is_near {
        true => Relation::Sister,
        false => Relation::Foreign,
    }
}

/// What fills the places of a request.
pub struct Filling<'a> {
    pub things: &'a Things,
    pub book: &'a Book,
    pub province: &'a Province,
    pub viewer: &'a Viewer,
    pub target: &'a str,
}

impl Filling<'_> {
    pub fn fill(&self, text: &str) -> String {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let mut out = text.replace("{target}", self.target);
        if out.contains("{unique}") {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            out = out.replace("{unique}", &format!("probe-{number:016}"));
        }
        out = out.replace("{login}", &self.viewer.login);
        out = out.replace("{account}", &self.viewer.account.to_string());
        out = out.replace("{organisation}", &self.viewer.organisation);
        for kind in &self.book.kind {
            let place = format!("{{own:{}}}", kind.name);
            if out.contains(&place) {
                out = out.replace(&place, &self.own(kind));
            }
        }
        out
    }

    /// One of the viewer's own things, or any where there is none: a form that lacks nothing.
    fn own(&self, kind: &Kind) -> String {
        let read;
        let all = match self.things.by_kind.get(&kind.name) {
            Some(all) => all,
            None => {
                read = things_of(kind, self.province);
                &read
            }
        };
        let own = all
            .iter()
            .find(|thing| relation(kind, self.province, self.viewer, thing) == Relation::Own);
        own.or(all.first()).expect("a thing").value.clone()
    }
}

impl Probe {
    pub fn verb(&self) -> &str {
        self.route.split(' ').next().expect("a verb")
    }

    /// Codes of an answer that is allowed.
    pub fn allowed(&self) -> &[u16] {
        match (self.own.is_empty(), self.is_write()) {
            (false, _) => &self.own,
            (true, true) => &[303],
            (true, false) => &[200],
        }
    }

    pub fn is_for_programs(&self) -> bool {
        self.route.contains(" /api/")
    }

    pub fn is_write(&self) -> bool {
        self.verb() != "GET"
    }

    pub fn address(&self, filling: &Filling<'_>) -> String {
        let path = self.route.split(' ').nth(1).expect("a path");
        let pattern = match (self.ask.is_empty(), path.find('{')) {
            (false, _) => self.ask.clone(),
            (true, None) => path.to_string(),
            (true, Some(from)) => {
                let to = path.find('}').expect("a name ends");
                format!("{}{{target}}{}", &path[..from], &path[to + 1..])
            }
        };
        filling.fill(&pattern)
    }

    /// Asks as the site's own pages do.
    pub fn send(&self, visit: &Visit, filling: &Filling<'_>) -> Reply {
        let address = self.address(filling);
        let origin = visit.origin();
        let mut heads: Vec<(&str, &str)> = Vec::new();
        if self.json {
            heads.push(("Accept", "application/json"));
        }
        if !self.is_write() {
            let reply = visit.ask(self.verb(), &address, &heads, b"");
            return reply.expect("an answer");
        }
        let key = filling.fill("{unique}");
        let kind = match self.content_type.is_empty() {
            true => "application/x-www-form-urlencoded",
            false => self.content_type.as_str(),
        };
        heads.extend([
            ("Origin", origin.as_str()),
            ("Content-Type", kind),
            ("Idempotency-Key", key.as_str()),
        ]);
        let body = match self.body.is_empty() {
            false => filling.fill(&self.body).replace('\n', "\r\n"),
            true => {
                let pairs = self.form.iter().map(|(name, value)| {
                    let value = super::desk::served::percent(&filling.fill(value));
                    format!("{}={value}", super::desk::served::percent(name))
                });
                pairs.collect::<Vec<_>>().join("&")
            }
        };
        let reply = visit.ask(self.verb(), &address, &heads, body.as_bytes());
        reply.expect("an answer")
    }
}
