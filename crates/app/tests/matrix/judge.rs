//! Asks every probe for everybody and judges the answers.

use super::desk::province::{PASSWORD, Province, Viewer, admits};
use super::desk::served::{Reply, Visit, percent};
use super::foreign::Foreign;
use super::probes::{Book, Filling, Kind, Probe, Relation, Things};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Threads that ask at a time.
const ASKING: usize = 4;
/// Nobody is stopped at the door of these.
const EVERYONE: &str = "不登录也可用";

/// Every route with what the program says of who may use it.
pub type Access = BTreeMap<String, String>;

pub fn routes(province: &Province) -> Access {
    let answer = province.desk.run(&["--json", "serve", "--routes"]).done();
    let answer = answer.json();
    let rows = answer["routes"].as_array().expect("routes");
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().expect("a text").to_string();
    let routes = rows.iter().map(|row| {
        let route = format!("{} {}", text(row, "verb"), text(row, "path"));
        (route, text(row, "access"))
    });
    routes.collect()
}

/// Routes that have no probe, and probes that have no route.
pub fn coverage(book: &Book, routes: &Access) -> Vec<String> {
    let probed: BTreeSet<&str> = book.probe.iter().map(|own| own.route.as_str()).collect();
    let excepted: BTreeSet<&str> = book.uncovered.iter().map(String::as_str).collect();
    let known: BTreeSet<&str> = routes.keys().map(String::as_str).collect();
    let mut found = Vec::new();
    for route in known
        .difference(&probed)
        .filter(|own| !excepted.contains(*own))
    {
        found.push(format!("{route} has no probe"));
    }
    for route in probed.difference(&known) {
        found.push(format!("{route} is probed, but there is no such route"));
    }
    for route in excepted
        .iter()
        .filter(|own| probed.contains(*own) || !known.contains(*own))
    {
        found.push(format!(
            "{route} is an exception that is not needed any more"
        ));
    }
    found
}

pub struct Matrix<'a> {
    book: &'a Book,
    province: &'a Province,
    things: &'a Things,
    routes: &'a Access,
    foreign: Option<&'a Foreign>,
    nobody: Visit,
}

/// One viewer's question.
struct Case<'a> {
    probe: &'a Probe,
    viewer: &'a Viewer,
}

impl<'a> Matrix<'a> {
    pub fn new(
        book: &'a Book,
        province: &'a Province,
        things: &'a Things,
        routes: &'a Access,
    ) -> Matrix<'a> {
        Matrix {
            book,
            province,
            things,
            routes,
            foreign: None,
            nobody: province.served.visit(),
        }
    }

    pub fn against(mut self, foreign: &'a Foreign) -> Matrix<'a> {
        self.foreign = Some(foreign);
        self
    }

    fn kind(&self, probe: &Probe) -> Option<&'a Kind> {
        let found = self.book.kind.iter().find(|kind| kind.name == probe.kind);
        assert!(
            found.is_some() || probe.kind.is_empty(),
            "{} is no kind",
            probe.kind
        );
        found
    }

    fn access(&self, probe: &Probe) -> &str {
        self.routes.get(&probe.route).map_or("", String::as_str)
    }

    fn send(&self, probe: &Probe, visit: &Visit, viewer: &Viewer, target: &str) -> Reply {
        let filling = Filling {
            things: self.things,
            book: self.book,
            province: self.province,
            viewer,
            target,
        };
        probe.send(visit, &filling)
    }

    /// What is made before anything is asked.
    pub fn prepare(&self, found: &mut Vec<String>) {
        for probe in &self.book.prepare {
            for name in &probe.by {
                let viewer = self.province.viewer(name);
                let reply = self.send(probe, &viewer.visit, viewer, "");
                if !probe.allowed().contains(&reply.status) {
                    found.push(told(probe, name, "prepared", &reply));
                }
            }
        }
    }

    /// Everything that is read, and every change that must be refused; gives how often was asked.
    pub fn refusals(&self, found: &mut Vec<String>) -> usize {
        let probes = self.book.probe.iter();
        let viewers = &self.province.viewers;
        let cases: Vec<Case> = probes
            .filter(|probe| self.routes.contains_key(&probe.route))
            .flat_map(|probe| viewers.iter().map(move |viewer| Case { probe, viewer }))
            .collect();
        let (next, asked) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let faults = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..ASKING {
                scope.spawn(|| {
                    while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut own = Vec::new();
                        let count = self.case(case, &mut own);
                        asked.fetch_add(count, Ordering::Relaxed);
                        faults.lock().expect("no thread fails").extend(own);
                    }
                });
            }
        });
        let mut faults = faults.into_inner().expect("no thread fails");
        faults.sort();
        found.extend(faults);
        asked.into_inner()
    }

    fn case(&self, case: &Case<'_>, found: &mut Vec<String>) -> usize {
        let Case { probe, viewer } = case;
        let access = self.access(probe);
        let is_everyone = access == EVERYONE;
        if is_everyone && probe.is_write() {
            return 0;
        }
        let kind = self.kind(probe);
        let own = kind.map(|kind| self.things.for_viewer(kind, self.province, viewer));
        let any = kind.map_or("", |kind| self.things.by_kind[&kind.name][0].value.as_str());
        let mut asked = 0;
        if viewer.name == self.province.viewers[0].name {
            asked += 1;
            self.without_sign_in(case, any, found);
        }
        if !admits(self.province.role(&viewer.role), access) {
            let reply = self.send(probe, &viewer.visit, viewer, any);
            // The bare address leads on to one's own first page.
            let denied = if probe.route == "GET /" { 303 } else { 403 };
            if reply.status != denied {
                found.push(told(probe, &viewer.name, "is denied", &reply));
            }
            self.look_for_foreign(case, any, &reply, found);
            return asked + 1;
        }
        let (Some(kind), Some(own)) = (kind, own) else {
            return asked + self.without_thing(case, found);
        };
        let nobody = (!is_everyone).then(|| {
            let reply = self.send(probe, &viewer.visit, viewer, &kind.nobody);
            (kind.nobody.as_str(), reply)
        });
        for (relation, things) in &own {
            let target = &things[0].value;
            if *relation == Relation::Whole || *relation == Relation::Own && probe.is_write() {
                continue;
            }
            asked += 1;
            let reply = self.send(probe, &viewer.visit, viewer, target);
            self.look_for_foreign(case, target, &reply, found);
            match (relation, &nobody) {
                (Relation::Own, _) | (_, None) => self.allowed(case, target, &reply, found),
                (_, Some(nobody)) => {
                    self.hidden(case, *relation, (target, &reply), nobody, found);
                }
            }
        }
        asked
    }

    fn without_sign_in(&self, case: &Case<'_>, any: &str, found: &mut Vec<String>) {
        let Case { probe, viewer } = case;
        let reply = self.send(probe, &self.nobody, viewer, any);
        let location = reply.header("location").unwrap_or_default();
        let is_right = match self.access(probe) {
            EVERYONE => probe.allowed().contains(&reply.status),
            _ if probe.is_write() || probe.json || probe.is_for_programs() => reply.status == 401,
            _ => reply.status == 303 && location.starts_with("/session"),
        };
        if !is_right {
            found.push(told(probe, "nobody", "has not signed in", &reply));
        }
    }

    fn without_thing(&self, case: &Case<'_>, found: &mut Vec<String>) -> usize {
        let Case { probe, viewer } = case;
        if probe.is_write() {
            return 0;
        }
        let reply = self.send(probe, &viewer.visit, viewer, "");
        self.allowed(case, "", &reply, found);
        self.look_for_foreign(case, "", &reply, found);
        1
    }

    fn allowed(&self, case: &Case<'_>, target: &str, reply: &Reply, found: &mut Vec<String>) {
        let Case { probe, viewer } = case;
        let shows = probe.shows.replace("{target}", target);
        let is_right = probe.allowed().contains(&reply.status) && reply.text().contains(&shows);
        if !is_right {
            let what = format!("asks for their own {target}");
            found.push(told(probe, &viewer.name, &what, reply));
        }
    }

    /// What is not the viewer's looks like what is not there.
    fn hidden(
        &self,
        case: &Case<'_>,
        relation: Relation,
        (target, reply): (&str, &Reply),
        (nobody, like): &(&str, Reply),
        found: &mut Vec<String>,
    ) {
        let Case { probe, viewer } = case;
        let what = format!("asks for {relation:?} {target}");
        let is_expected = match probe.foreign.is_empty() {
            true => reply.status == like.status && (reply.status >= 400 || !probe.is_write()),
            false => probe.foreign.contains(&reply.status),
        };
        if !is_expected {
            found.push(told(probe, &viewer.name, &what, reply));
            return;
        }
        // Both may say again what was asked for.
        let own = readable(reply);
        let other = readable(like).replace(nobody, target);
        let other = other.replace(&percent(nobody), &percent(target));
        if probe.foreign.is_empty() && own != other {
            let (own, other) = difference(&own, &other);
            found.push(format!(
                "{} {}: {what}, which is told from what is not there: “{own}” for “{other}”",
                probe.route, viewer.name
            ));
        }
    }

    fn look_for_foreign(
        &self,
        case: &Case<'_>,
        target: &str,
        reply: &Reply,
        found: &mut Vec<String>,
    ) {
        let Case { probe, viewer } = case;
        if reply.status >= 500 {
            found.push(told(probe, &viewer.name, "is failed", reply));
        }
        let Some(foreign) = self.foreign.filter(|_| !probe.names_firms) else {
            return;
        };
        let named = foreign.named(&readable(reply), viewer, target);
        if !named.is_empty() {
            let what = format!("is told of {} for {target}", named.join("、"));
            found.push(told(probe, &viewer.name, &what, reply));
        }
    }

    /// Changes in earnest, by those whose they are.
    pub fn changes(&self, found: &mut Vec<String>) {
        for probe in self.book.probe.iter().filter(|probe| probe.is_write()) {
            if !self.routes.contains_key(&probe.route) {
                continue;
            }
            for (number, name) in probe.by.iter().enumerate() {
                self.change(probe, number, name, found);
            }
            if self.access(probe) == EVERYONE && probe.by.is_empty() {
                let viewer = &self.province.viewers[0];
                let reply = self.send(probe, &self.nobody, viewer, "");
                self.allowed(&Case { probe, viewer }, "", &reply, found);
            }
        }
    }

    fn change(&self, probe: &Probe, number: usize, name: &str, found: &mut Vec<String>) {
        let viewer = self.province.viewer(name);
        let visit = match probe.fresh {
            true => self.province.served.signed_in(&viewer.login, PASSWORD),
            false => viewer.visit.clone(),
        };
        let kind = self.kind(probe);
        let own = kind.map(|kind| self.things.for_viewer(kind, self.province, viewer));
        let own = own.map(|own| own.get(&Relation::Own).cloned().unwrap_or_default());
        let target = match &own {
            None => "",
            Some(own) => match own.get(number + probe.nth).or(own.first()) {
                Some(thing) => thing.value.as_str(),
                None => {
                    found.push(format!("{}: {name} has no {}", probe.route, probe.kind));
                    return;
                }
            },
        };
        let reply = self.send(probe, &visit, viewer, target);
        let case = Case { probe, viewer };
        self.allowed(&case, target, &reply, found);
        self.look_for_foreign(&case, target, &reply, found);
    }
}

/// The text of an answer; of workbooks and documents what stands inside.
pub fn readable(reply: &Reply) -> String {
    if !reply.body.starts_with(b"PK") {
        return reply.text();
    }
    let mut out = String::new();
    let archive = zip::ZipArchive::new(std::io::Cursor::new(&reply.body));
    let mut archive = archive.expect("an archive");
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).expect("a part");
        // It says when the file was made.
        if part.name() == "docProps/core.xml" {
            continue;
        }
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).expect("read");
        out.push_str(&String::from_utf8_lossy(&bytes));
    }
    out
}

fn told(probe: &Probe, name: &str, what: &str, reply: &Reply) -> String {
    let text = reply.text();
    let words = match text.split_once("<main") {
        Some((_, main)) => plain(main),
        None => text.chars().take(200).collect(),
    };
    let location = reply.header("location").unwrap_or_default();
    format!(
        "{} {name}: {what}, gets {} {location} {words}",
        probe.route, reply.status
    )
}

/// The first words of a page.
fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut is_inside = true;
    for symbol in html.chars() {
        match symbol {
            '<' => is_inside = true,
            '>' => is_inside = false,
            _ if is_inside || (symbol.is_whitespace() && out.ends_with(' ')) => {}
            _ if symbol.is_whitespace() => out.push(' '),
            _ => out.push(symbol),
        }
    }
    out.chars().take(120).collect()
}

/// Where two texts part.
fn difference(one: &str, other: &str) -> (String, String) {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let from = same.count().saturating_sub(20);
    let cut = |text: &str| text.chars().skip(from).take(100).collect();
    (cut(one), cut(other))
}
