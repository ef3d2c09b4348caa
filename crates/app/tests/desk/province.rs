//! The demonstration province as it is served, with everybody signed in who has an account.
//!
//! It knows who stands where by the rules of the pack alone, not by what the program shows.

use super::served::{Served, Visit};
use super::{Desk, Place};
use programme::CAPABILITIES;
use programme::database::Database;
use rules::pack::Pack;
use rules::pack::divisions::{DivisionCode, Level};
use rules::pack::files::PackFiles;
use rules::pack::roles::{Right, Role};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde::Deserialize;
use std::path::Path;

/// The password of every account of the demonstration.
pub const PASSWORD: &str = "Shenggui#2026";
const FIRMS: &str = "800";

pub struct Province {
    pub desk: Desk,
    pub served: Served,
    pub pack: Pack,
    pub viewers: Vec<Viewer>,
    pub firms: Vec<Firm>,
    pub db: Database,
    pub runtime: tokio::runtime::Runtime,
}

/// Somebody who looks through one post.
#[derive(Clone)]
pub struct Viewer {
    /// Login, and the number of the post where it is not the first.
    pub name: String,
    pub login: String,
    pub account: i64,
    pub organisation: String,
    pub role: String,
    pub region: Region,
    pub visit: Visit,
}

/// Which firms are a viewer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Region {
    Province,
    Area(DivisionCode),
    County(DivisionCode),
    Firm(String),
    Nothing,
}

/// A firm as the register has it.
#[derive(Debug, Clone)]
pub struct Firm {
    pub uscc: String,
    pub name: String,
    pub area: Option<DivisionCode>,
    pub county: Option<DivisionCode>,
}

#[derive(Deserialize)]
struct Accounts {
    account: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    posts: Vec<(String, String)>,
}

impl Province {
    /// Builds and serves it, and signs everybody in.
    pub fn build(place: &Place) -> Province {
        let desk = Desk::new(place);
        desk.run(&["demo", "--no-serve", "--firms", FIRMS]).done();
        // Programs ask faster here than anybody would.
        let settings = desk.path("shenggui-data/shenggui.toml");
        std::fs::write(settings, "api_per_minute = 1000000\n").expect("written");
        let served = desk.serve(&[]);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let db = runtime.block_on(open(&desk));
        let mut province = Province {
            pack: pack(),
            viewers: Vec::new(),
            firms: Vec::new(),
            desk,
            served,
            db,
            runtime,
        };
        province.sign_everybody_in();
        province.firms = province.read_firms();
        province
    }

    fn sign_everybody_in(&mut self) {
        let text = include_str!("../../../../demo/accounts.toml");
        let accounts: Accounts = toml::from_str(text).expect("accounts");
        for account in accounts.account {
            for (number, (organisation, role)) in account.posts.iter().enumerate() {
                let visit = self.served.signed_in(&account.login, PASSWORD);
                let name = match number {
                    0 => account.login.clone(),
                    number => format!("{}/{}", account.login, number + 1),
                };
                if number > 0 {
                    let id = self.post_of(&account.login, number);
                    let reply = visit.post("/session/post", &[("post", &id.to_string())]);
                    assert_eq!(reply.status, 303, "{name}: {}", reply.text());
                }
                self.viewers.push(Viewer {
                    name,
                    login: account.login.clone(),
                    account: self.number(&format!(
                        "SELECT id FROM people_accounts WHERE login = '{}'",
                        account.login
                    )),
                    organisation: organisation.clone(),
                    role: role.clone(),
                    region: self.region(organisation, role),
                    visit,
                });
            }
        }
    }

    /// Number of an account's post, in the order in which they were given.
    pub fn post_of(&self, login: &str, number: usize) -> i64 {
        self.number(&format!(
            "SELECT p.id FROM people_posts p JOIN people_accounts a ON a.id = p.account \
             WHERE a.login = '{login}' ORDER BY p.id LIMIT 1 OFFSET {number}"
        ))
    }

    fn region(&self, organisation: &str, role: &str) -> Region {
        use rules::pack::roles::RoleRegion;
        let code = || organisation.parse::<DivisionCode>().ok();
        let level = code().and_then(|code| Some(self.pack.divisions.get(code)?.level));
        match (self.role(role).region, level) {
            (RoleRegion::Province, None) => Region::Province,
            (RoleRegion::Own, Some(Level::Area)) => Region::Area(code().expect("a code")),
            (RoleRegion::Own, Some(Level::County)) => Region::County(code().expect("a code")),
            (RoleRegion::Itself, _) => Region::Firm(organisation.to_string()),
            _ => Region::Nothing,
        }
    }

    pub fn role(&self, id: &str) -> &Role {
        self.pack.role(id).expect("a role of the pack")
    }

    pub fn viewer(&self, name: &str) -> &Viewer {
        let found = self.viewers.iter().find(|viewer| viewer.name == name);
        found.unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    /// Every firm there is, as the program tells the provincial office.
    fn read_firms(&self) -> Vec<Firm> {
        let office = &self.viewer("office").visit;
        let code_of = |figure: &serde_json::Value, level: Level| {
            let name = figure["value"]["text"].as_str()?;
            let mut all = self.pack.divisions.all();
            let found = all.find(|own| own.level == level && own.name == name);
            found.map(|own| own.code)
        };
        let mut firms = Vec::new();
        let mut cursor = String::new();
        loop {
            let address = "/api/v1/firms?limit=500&columns=name,area,county&sort=uscc";
            let page = office.get(&format!("{address}{cursor}"));
            assert_eq!(page.status, 200, "{}", page.text());
            let page = page.json();
            for firm in page["firms"].as_array().expect("firms") {
                let figures = &firm["figures"];
                firms.push(Firm {
                    uscc: firm["uscc"].as_str().expect("a code").to_string(),
                    name: figures[0]["value"]["text"]
                        .as_str()
                        .unwrap_or_default()
                        .to_string(),
                    area: code_of(&figures[1], Level::Area),
                    county: code_of(&figures[2], Level::County),
                });
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert!(firms.len() > 700, "{} firms", firms.len());
        let placed = firms.iter().filter(|firm| firm.county.is_some()).count();
        assert!(
            placed * 10 > firms.len() * 9,
            "{placed} firms have a county"
        );
        firms
    }

    /// Rows that a statement gives.
    pub fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let db = self.db.reading();
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let rows = self.runtime.block_on(db.query_all_raw(statement));
        rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Waits until nothing is being done.
    pub fn settle(&self) {
        let started = std::time::Instant::now();
        let open = "SELECT CAST(COUNT(*) AS BIGINT) FROM jobs WHERE state IN ('queued', 'claimed')";
        while self.number(open) > 0 {
            assert!(started.elapsed().as_secs() < 120, "work is not done");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// Changes something behind the program's back.
    pub fn change(&self, sql: &str) {
        let db = self.db.reading();
        let done = self.runtime.block_on(db.execute_unprepared(sql));
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    pub fn number(&self, sql: &str) -> i64 {
        let rows = self.rows(sql);
        let row = rows.first().unwrap_or_else(|| panic!("{sql}: nothing"));
        row.try_get_by_index(0).expect("a number")
    }
}

impl Viewer {
    /// Whether a firm is the viewer's to see.
    pub fn covers(&self, firm: &Firm) -> bool {
        match &self.region {
            Region::Province => true,
            Region::Area(code) => firm.area == Some(*code),
            Region::County(code) => firm.county == Some(*code),
            Region::Firm(uscc) => firm.uscc == *uscc,
            Region::Nothing => false,
        }
    }
}

/// Whether a role may use what the list of routes says of an address.
pub fn admits(role: &Role, access: &str) -> bool {
    match access {
        "不登录也可用" | "登录后可用" | "登录或凭令牌可用" => true,
        rights => rights.split('或').any(|name| {
            let right = Right::all().find(|right| right.name() == name);
            role.may(right.unwrap_or_else(|| panic!("no right is called {name}")))
        }),
    }
}

async fn open(desk: &Desk) -> Database {
    let opened = match desk.url() {
        Some(url) => Database::open_url(url).await,
        None => Database::open_file(&desk.path("shenggui-data/shenggui.db")).await,
    };
    opened.expect("the database")
}

/// The pack that the program carries.
pub fn pack() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/henan");
    let files = PackFiles::read(&folder).expect("the pack");
    Pack::check(files, CAPABILITIES).expect("a right pack")
}
