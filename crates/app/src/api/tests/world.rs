//! A province of a few dozen firms in two areas, and an account with a token in each post.

use crate::cli::PackSource;
use crate::office::{self, Office, today};
use crate::web::config::Config;
use crate::web::{all_routes, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::Utc;
use programme::deliveries::payload::{EMPTY, Rows, encode_parts};
use programme::journal::{self, Act};
use programme::outlook::{Computed, FRAME, Inputs, save};
use programme::people::accounts;
use programme::people::sessions::hash_of_token;
use programme::people::tokens::{self, Token};
use rules::pack::Pack;
use rules::pack::roles::Right;
use rules::period::Month;
use rules::uscc::Uscc;
use serde_json::Value;
use std::net::SocketAddr;
use tower::ServiceExt;

/// Area and county of firms, in turn.
const PLACES: [(i64, i64); 4] = [
    (410_300, 410_329),
    (410_100, 410_102),
    (410_300, 410_302),
    (410_100, 410_122),
];
pub const FIRMS: usize = 40;

/// Login, organisation and role. The firm is the first of the province.
pub const POSTS: [(&str, &str, &str); 10] = [
    ("office", "leading-group-office", "office"),
    ("tax", "tax", "department"),
    ("statistics", "statistics", "statistics"),
    ("luoyang", "410300", "area"),
    ("zhengzhou", "410100", "area"),
    ("yichuan", "410329", "county"),
    ("bank", "zhongyuan-bank", "bank"),
    ("auditor", "audit", "auditor"),
    ("audit", "leading-group-office", "audit-keeper"),
    ("firm", "", "enterprise"),
];

pub struct World {
    pub office: Office,
    pub router: Router,
    _folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }
}

/// The code of a firm; its place is that of its turn.
pub fn code(firm: usize) -> Uscc {
    let (_, county) = PLACES[firm % PLACES.len()];
    Uscc::compose(&format!("91{county}MA{firm:07}")).expect("a code")
}

/// Whether a firm lies in the region of a login.
pub fn is_inside(login: &str, firm: usize) -> bool {
    let (area, county) = PLACES[firm % PLACES.len()];
    match login {
        "office" | "tax" | "statistics" | "auditor" => true,
        "luoyang" => area == 410_300,
        "zhengzhou" => area == 410_100,
        "yichuan" => county == 410_329,
        "firm" => firm == 0,
        _ => false,
    }
}

impl World {
    pub async fn new() -> World {
        World::with(Config::default()).await
    }

    pub async fn with(config: Config) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let made = office::make(folder.path(), &PackSource::default()).await;
        let office = made.expect("an office");
        keep_province(&office).await;
        for (login, organisation, role) in POSTS {
            keep_account(&office, login, organisation, role).await;
        }
        World {
            router: router(office.clone(), config),
            office,
            _folder: folder,
        }
    }

    /// A measure of the pack, whichever stands first.
    pub fn measure(&self) -> &str {
        &self.office.pack.measures[0].id
    }

    pub async fn get(&self, login: &str, path: &str) -> Answer {
        self.send(asked(login, Method::GET, path).body(Body::empty()))
            .await
    }

    /// Asks for a change, with a key.
    pub async fn post(&self, login: &str, path: &str, key: &str, body: &Value) -> Answer {
        let request = asked(login, Method::POST, path)
            .header("idempotency-key", key)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()));
        self.send(request).await
    }

    /// What comes back where it is no text.
    pub async fn bytes(&self, login: &str, path: &str) -> Vec<u8> {
        let request = asked(login, Method::GET, path).body(Body::empty());
        let (status, _, bytes) = self.exchange(request).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        bytes
    }

    pub async fn send(&self, request: axum::http::Result<Request<Body>>) -> Answer {
        let (status, headers, bytes) = self.exchange(request).await;
        Answer {
            status,
            headers,
            body: String::from_utf8(bytes).expect("a text"),
        }
    }

    async fn exchange(
        &self,
        request: axum::http::Result<Request<Body>>,
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = request.expect("a request");
        let peer: SocketAddr = "10.0.0.1:4000".parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await;
        let response = response.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await;
        (status, headers, bytes.expect("a body").to_vec())
    }

    /// Acts in the journal with subject and detail, newest first.
    pub async fn journal(&self) -> Vec<(String, String, String)> {
        let lines = journal::before(self.office.db.reading(), i64::MAX, 100).await;
        let lines = lines.expect("lines").into_iter();
        lines
            .map(|line| (line.act, line.subject, line.detail))
            .collect()
    }
}

/// A request with the token of a login; without one where there is no login.
pub fn asked(login: &str, method: Method, path: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    match login {
        "" => request,
        login => request.header(header::AUTHORIZATION, format!("Bearer {}", token(login))),
    }
}

pub fn token(login: &str) -> String {
    format!("token-of-{login}")
}

async fn keep_account(office: &Office, login: &str, organisation: &str, role: &str) {
    let now = Utc::now().timestamp();
    let own = code(0).to_string();
    let organisation = match organisation {
        "" => own.as_str(),
        organisation => organisation,
    };
    let tx = office.db.begin_writing().await.expect("begun");
    let id = accounts::create(&tx, login, login, "", now).await;
    let id = id.expect("an account");
    let given = accounts::give_post(&tx, id, organisation, role, now).await;
    let post = given.expect("a post");
    let role = office.pack.role(role).expect("a role");
    let token = Token {
        id: 0,
        hash: hash_of_token(&token(login)),
        account: id,
        post,
        name: "测试".to_string(),
        rights: Right::all().filter(|right| role.may(*right)).collect(),
        made_at: now,
        ends_at: now + 3600,
        used_at: None,
        ended_at: None,
    };
    tokens::insert(&tx, &token).await.expect("a token");
    tx.commit().await.expect("kept");
}

/// Stores a snapshot of the invented firms.
async fn keep_province(office: &Office) {
    let pack = &office.pack;
    let as_of: Month = "2026-09".parse().expect("a month");
    let computed = Computed {
        parts: encode_parts(&rows(pack)).expect("parts"),
        forecaster: None,
    };
    let inputs = Inputs {
        as_of: as_of.to_string(),
        known_by: today().to_string(),
        pack: pack.fingerprint.clone(),
        program: crate::outlook::PROGRAM.to_string(),
        batches: Vec::new(),
        pool_acts_through: 0,
    };
    let act = Act {
        organisation: office.provincial_office(),
        person: String::new(),
        on: today(),
        at: Utc::now().timestamp(),
    };
    let tx = office.db.begin_writing().await.expect("begun");
    let saved = save(&tx, &inputs, (as_of, today()), &computed, &act).await;
    saved.expect("a snapshot");
    tx.commit().await.expect("kept");
}

fn rows(pack: &Pack) -> Rows {
    let mut firms: Vec<usize> = (0..FIRMS).collect();
    firms.sort_by_key(|firm| code(*firm).key());
    let ids = pack.facts.iter().map(|fact| fact.id.as_str()).chain(FRAME);
    let columns = ids.map(|id| {
        let values = firms.iter().map(|firm| value(id, *firm));
        (id.to_string(), values.collect())
    });
    let columns = columns.collect();
    let names = firms.iter().map(|firm| format!("虚构企业{firm:02}"));
    Rows {
        keys: firms.iter().map(|firm| code(*firm).key()).collect(),
        numbers: columns,
        texts: vec![("name".to_string(), names.collect())],
    }
}

fn value(id: &str, firm: usize) -> i64 {
    let (area, county) = PLACES[firm % PLACES.len()];
    let small = firm as i64;
    match id {
        "area" => area,
        "county" => county,
        "industry" => 3_423,
        "persons" => 20 + small,
        "sales_12m" => 1_500_000_000 + small * 10_000_000,
        "landing_above" => 1_000 + small * 100,
        "in_scale" => i64::from(small % 5 == 4),
        "warning_level" => small % 3,
        "platform_consent" => 1,
        "#stage" => 0,
        "#kind" => -1,
        "#classes" => 1,
        "#undecided" => 0,
        "#registered" => 1,
        _ => EMPTY,
    }
}

/// Entries of the interface in the list of routes.
pub fn entries() -> Vec<crate::web::routes::Entry> {
    let entries = all_routes().entries.into_iter();
    entries
        .filter(|entry| entry.path.starts_with("/api/"))
        .collect()
}
