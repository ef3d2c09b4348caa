//! The workplace as a browser meets it: requests go through all layers, answers come back with
//! their cookies. A world has a database of its own and no province in it.

mod account;
mod claims;
mod keepers;
mod notices;
mod sign_in;
#[cfg(feature = "oidc")]
mod sign_on;

use super::config::Config;
use super::router;
use crate::cli::PackSource;
use crate::office::{self, Office};
use crate::people::passwords;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use chrono::Utc;
use programme::people::{accounts, passwords as kept};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

pub const PASSWORD: &str = "Abcdefgh-1";

/// A database without a province, and the pages above it.
pub struct World {
    pub office: Office,
    pub router: Router,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> World {
        World::with(Config::default()).await
    }

    pub async fn with(config: Config) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let made = office::make(folder.path(), &PackSource::default()).await;
        let office = made.expect("an office");
        World {
            router: router(office.clone(), config),
            office,
            _folder: folder,
        }
    }

    /// An account whose password is [`PASSWORD`] and which holds these posts.
    pub async fn account(&self, login: &str, posts: &[(&str, &str)]) -> i64 {
        self.account_with(login, posts, false).await
    }

    /// The same, where the password may be a first one.
    pub async fn account_with(&self, login: &str, posts: &[(&str, &str)], is_first: bool) -> i64 {
        let now = Utc::now().timestamp();
        let hash = passwords::hash(PASSWORD).expect("hashed");
        let tx = self.office.db.begin_writing().await.expect("begun");
        let id = accounts::create(&tx, login, "张三", "", now).await;
        let id = id.expect("an account");
        let set = kept::keep(&tx, id, &hash, is_first, now).await;
        set.expect("a password");
        for (organisation, role) in posts {
            let given = accounts::give_post(&tx, id, organisation, role, now).await;
            given.expect("a post");
        }
        tx.commit().await.expect("kept");
        id
    }

    pub fn browser(&self) -> Browser {
        self.browser_at("10.0.0.1")
    }

    /// A browser at an address of its own.
    pub fn browser_at(&self, address: &str) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: Arc::default(),
            others: Arc::default(),
            peer: format!("{address}:4000").parse().expect("an address"),
        }
    }

    /// A browser in which an account has signed in.
    pub async fn signed_in(&self, login: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    /// Acts in the journal with their subjects, oldest first.
    pub async fn journal(&self) -> Vec<(String, String)> {
        let db = self.office.db.reading();
        let sql = "SELECT act, subject FROM journal_lines ORDER BY id";
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let rows = db.query_all_raw(statement).await.expect("lines");
        let text = |row: &QueryResult, name| row.try_get::<String>("", name).expect("a text");
        let lines = rows.iter();
        lines
            .map(|row| (text(row, "act"), text(row, "subject")))
            .collect()
    }

    pub async fn count(&self, act: &str) -> usize {
        let lines = self.journal().await;
        lines.iter().filter(|(own, _)| own == act).count()
    }
}

/// Somebody's browser, which keeps the cookie.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    /// The session's token.
    pub cookie: Arc<Mutex<String>>,
    others: Arc<Mutex<String>>,
    peer: SocketAddr,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    /// `Set-Cookie` as it was sent.
    pub set_cookie: String,
    pub body: String,
}

impl Browser {
    pub fn token(&self) -> String {
        self.cookie.lock().expect("a cookie").clone()
    }

    /// Another cookie that the browser was given last, whole.
    pub fn others(&self) -> String {
        self.others.lock().expect("a cookie").clone()
    }

    pub async fn get(&self, path: &str) -> Answer {
        let cookies = format!("shenggui-session={}; {}", self.token(), self.others());
        let request = Request::get(path).header(header::COOKIE, cookies);
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// Sends a form from a page of this site.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::COOKIE, format!("shenggui-session={}", self.token()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.finish()));
        self.send(request.expect("a request")).await
    }

    /// A program asks, with a token and without a cookie.
    pub async fn ask(&self, path: &str, token: &str) -> Answer {
        let request = Request::get(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::ACCEPT, "application/json")
            .body(Body::empty());
        self.send(request.expect("a request")).await
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let sent = self.router.clone().oneshot(request).await;
        let response = sent.expect("an answer");
        let text = |name| {
            let value = response.headers().get(name);
            let value = value.and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_string()
        };
        let (status, location) = (response.status(), text(header::LOCATION));
        let set = response.headers().get_all(header::SET_COOKIE).iter();
        let set: Vec<&str> = set.filter_map(|value| value.to_str().ok()).collect();
        for cookie in &set {
            let value = cookie.split(';').next().unwrap_or_default();
            match value.strip_prefix("shenggui-session=") {
                Some(token) => *self.cookie.lock().expect("a cookie") = token.to_string(),
                None => *self.others.lock().expect("a cookie") = value.to_string(),
            }
        }
        let set_cookie = set.join("\n");
        let body = to_bytes(response.into_body(), 10_000_000).await;
        Answer {
            status,
            location,
            set_cookie,
            body: String::from_utf8_lossy(&body.expect("a body")).into_owned(),
        }
    }

    pub async fn sign_in(&self, login: &str, password: &str) -> Answer {
        let form = [("login", login), ("password", password)];
        self.post("/session", &form).await
    }
}
