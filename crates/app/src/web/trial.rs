//! A small workplace to try pages on: two counties of two areas with three firms each, a run,
//! and an account for every kind of visitor.

use super::config::Config;
use super::visitor::COOKIE;
use crate::cli::PackSource;
use crate::deliveries::import::{self, Order};
use crate::office::{self, Office};
use crate::outlook;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use chrono::{NaiveDate, Utc};
use programme::outlook::RunRequest;
use programme::people::accounts;
use programme::people::sessions::{self, Means, Session, Stage};
use rules::uscc::Uscc;
use std::fmt::Write;
use tempfile::TempDir;
use tower::ServiceExt;

/// Counties, the areas that they lie in, and how their files are called.
pub const COUNTIES: [(&str, &str); 2] = [("410329", "伊川县"), ("411081", "禹州市")];
/// Account, organisation and role.
const PEOPLE: [(&str, &str, &str); 13] = [
    ("office", "leading-group-office", "office"),
    ("director", "leading-group-office", "office"),
    ("tax", "tax", "department"),
    ("statistics", "statistics", "statistics"),
    ("market", "market-regulation", "department"),
    ("finance", "local-finance", "department"),
    ("luoyang", "410300", "area"),
    ("xuchang", "411000", "area"),
    ("yichuan", "410329", "county"),
    ("yuzhou", "411081", "county"),
    ("bank", "zhongyuan-bank", "bank"),
    ("platform", "finance-cloud", "bank"),
    ("auditor", "audit", "auditor"),
];
const LIMIT: usize = 64 * 1024;

/// The workplace and its folder.
pub struct Trial {
    pub office: Office,
    router: Router,
    folder: TempDir,
}

/// What was answered.
pub struct Answered {
    pub status: StatusCode,
    /// Where the browser is sent.
    pub location: String,
    pub text: String,
    pub bytes: Vec<u8>,
}

/// A firm of a county: the first two are not above scale, the third is and sells less.
pub fn firm(county: usize, number: usize) -> String {
    let code = format!("91{}MA000000{number}", COUNTIES[county].0);
    Uscc::compose(&code).expect("a code").to_string()
}

/// A code that nobody has.
pub fn nobody() -> String {
    Uscc::compose("91410329MA0009999")
        .expect("a code")
        .to_string()
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

impl Trial {
    /// Makes the workplace; nothing in it is older than a test.
    pub async fn begin() -> Trial {
        let folder = tempfile::tempdir().expect("a folder");
        let office = office::make(folder.path(), &PackSource::default()).await;
        let office = office.expect("an office");
        let trial = Trial {
            router: super::router(
                office.clone(),
                Config {
                    upload_bytes: LIMIT,
                    ..Config::default()
                },
            ),
            office,
            folder,
        };
        trial.deliver().await;
        let act = trial.act("leading-group-office", "2025-10-10");
        let request = RunRequest {
            as_of: "2025-09".parse().expect("a month"),
            known_by: day("2025-10-10"),
        };
        let run = outlook::run(&trial.office, request, &act, None, |_, _| {}).await;
        run.expect("a run");
        trial.admit_people().await;
        trial
    }

    fn act(&self, organisation: &str, on: &str) -> programme::journal::Act {
        let organisation = self.office.organisation(organisation).expect("known");
        let act = self.office.act(organisation, "试验员", Some(day(on)));
        act.expect("an act")
    }

    /// Imports a table of text as a batch; gives its number.
    pub async fn import(&self, kind: &str, by: &str, name: &str, text: &str) -> i64 {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        let order = Order {
            kind: kind.to_string(),
            file: path,
            month: None,
            area: None,
            unit: None,
            supersedes: None,
            errors: None,
            dry_run: false,
            ticket: None,
        };
        let act = self.act(by, "2025-10-08");
        let outcome = import::import(&self.office, &order, &act, |_| {}).await;
        let outcome = outcome.expect("imported");
        outcome
            .batch
            .unwrap_or_else(|| panic!("{:?}", outcome.findings))
    }

    async fn deliver(&self) {
        let firms = || (0..COUNTIES.len()).flat_map(|county| (0..3).map(move |own| (county, own)));
        let mut register = "统一社会信用代码,企业名称,生产经营地县（市、区）,详细地址,行业代码,成立时间,投产时间,从业人数\n".to_string();
        for (county, own) in firms() {
            let (code, place) = (firm(county, own), COUNTIES[county].1);
            let _ = writeln!(
                register,
                "{code},{place}试验{own}号有限公司,{place},工业路,3451,2018-06-12,2019-03,96"
            );
        }
        self.import("register", "market-regulation", "名录.csv", &register)
            .await;
        for month in (2023 * 12 + 9)..(2025 * 12 + 9) {
            let (year, number) = (month / 12, month % 12 + 1);
            let mut tax = "纳税人识别号,纳税人名称,所属期,应税销售额（元）\n".to_string();
            for (county, own) in firms() {
                let falls = own == 2 && month >= 2024 * 12 + 9;
                let yuan = 1_700_000 + 10_000 * own - if falls { 900_000 } else { 0 };
                let code = firm(county, own);
                let _ = writeln!(tax, "{code},试验,{year}{number:02},{yuan}.00");
            }
            self.import("tax", "tax", &format!("税务{year}{number:02}.csv"), &tax)
                .await;
        }
        let mut confirmed = "统一社会信用代码,单位详细名称,入库时间,入库类型\n".to_string();
        for county in 0..COUNTIES.len() {
            let _ = writeln!(confirmed, "{},试验,2021-01,年度", firm(county, 2));
        }
        self.import("confirmed", "statistics", "确认名单2025-09.csv", &confirmed)
            .await;
    }

    async fn admit_people(&self) {
        let at = Utc::now().timestamp();
        let tx = self.office.db.begin_writing().await.expect("begun");
        for (login, organisation, role) in PEOPLE {
            self.admit(&tx, login, organisation, role, at).await;
        }
        let own = firm(0, 0);
        self.admit(&tx, "firm", &own, "enterprise", at).await;
        tx.commit().await.expect("kept");
    }

    async fn admit(
        &self,
        tx: &programme::database::Transaction,
        login: &str,
        organisation: &str,
        role: &str,
        at: i64,
    ) {
        let account = accounts::create(tx, login, login, "", at)
            .await
            .expect("made");
        let post = accounts::give_post(tx, account, organisation, role, at).await;
        post.expect("given");
        let session = Session {
            hash: sessions::hash_of_token(login),
            account,
            post: 0,
            stage: Stage::Whole,
            made_at: at,
            seen_at: at,
            address: "127.0.0.1".to_string(),
            browser: String::new(),
            means: Means::Password,
        };
        sessions::keep_open(tx, &session).await.expect("opened");
    }

    async fn ask(&self, request: Request<Body>) -> Answered {
        let answer = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("answered");
        let status = answer.status();
        let location = answer.headers().get(header::LOCATION);
        let location = location
            .map_or("", |value| value.to_str().expect("text"))
            .to_string();
        let bytes = to_bytes(answer.into_body(), usize::MAX)
            .await
            .expect("read");
        Answered {
            status,
            location,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    fn request(&self, login: &str, method: Method, address: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(address)
            .header("host", "workplace")
            .header("origin", "http://workplace")
            .header(header::COOKIE, format!("{COOKIE}={login}"))
    }

    /// Opens a page.
    pub async fn get(&self, login: &str, address: &str) -> Answered {
        let request = self
            .request(login, Method::GET, address)
            .body(Body::empty());
        self.ask(request.expect("a request")).await
    }

    /// Sends a form.
    pub async fn post(&self, login: &str, address: &str, fields: &[(&str, &str)]) -> Answered {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", super::address::percent(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let request = self
            .request(login, Method::POST, address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.ask(request.expect("a request")).await
    }

    /// Sends a file.
    pub async fn upload(&self, login: &str, address: &str, name: &str, bytes: &[u8]) -> Answered {
        let mut body =
            b"--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"".to_vec();
        body.extend(name.bytes());
        body.extend(b"\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        body.extend(bytes);
        body.extend(b"\r\n--part--\r\n");
        let request = self
            .request(login, Method::POST, address)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=part")
            .body(Body::from(body));
        self.ask(request.expect("a request")).await
    }

    /// Does everything that was asked for, as a node without pages would.
    pub async fn work(&self) {
        let mut node = crate::jobs::Node::new(std::time::Duration::from_secs(30));
        node.until_idle = true;
        let (_tell, stop) = tokio::sync::watch::channel(false);
        let done = crate::jobs::work(self.office.clone(), node, stop).await;
        done.expect("worked");
    }

    /// Everything that lies in the data folder, by its name.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("a folder");
        let names = entries.flatten().map(|entry| entry.file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }
}
