//! Many users at once: each with a session and a connection of their own, looking at page
//! after page with a pause between, as people do. Times are taken by the one who asks.
//!
//! It knows addresses and no page. Without a pause it shows what the server bears at most.

use crate::cli::WebArgs;
use crate::office::{self, Office, refuse};
use crate::report::{Field, Report, Table};
use anyhow::{Context, Result, ensure};
use chrono::Utc;
use programme::bulletins::chart::{Finite, Form};
use programme::people::accounts;
use programme::people::sessions::{self, Means, Session, Stage, hash_of_token};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Codes that are looked up, spread over the province.
const CODES: usize = 500;

/// One answer: what was asked, how long it took to its last byte, and how it came.
struct Taken {
    name: &'static str,
    micros: u64,
    status: u16,
}

/// An address with the name that its times are gathered under.
#[derive(Clone)]
struct Asked {
    name: &'static str,
    path: String,
}

/// `shenggui bench web`.
pub async fn web(office: &Office, arguments: &WebArgs) -> Result<Report> {
    let tokens = sessions(office, arguments.users).await?;
    let asked = Arc::new(addresses(office).await?);
    // Everybody looks at everything once before times are taken.
    for one in asked.iter().take(60) {
        let mut line = Line::open(&arguments.address, &tokens[0]).await?;
        line.get(&one.path).await?;
    }
    let until = Instant::now() + Duration::from_secs(arguments.seconds);
    let users = tokens.into_iter().enumerate().map(|(number, token)| {
        let asked = asked.clone();
        let (address, pause) = (arguments.address.clone(), arguments.pause);
        tokio::spawn(async move { one_user(&address, &token, &asked, number, pause, until).await })
    });
    let mut taken = Vec::new();
    for user in users.collect::<Vec<_>>() {
        taken.extend(user.await.context("a user")??);
    }
    Ok(told(arguments, &taken))
}

/// Sessions of one account of the provincial office and one of each of some areas.
async fn sessions(office: &Office, users: usize) -> Result<Vec<String>> {
    let pack = &office.pack;
    let areas = pack.divisions.areas().map(|area| area.code.to_string());
    let areas = areas.map(|code| (code, "area".to_string()));
    let office_post = (pack.office.agency.clone(), "office".to_string());
    let posts: Vec<_> = std::iter::once(office_post).chain(areas).collect();
    let now = Utc::now().timestamp();
    let tx = office.db.begin_writing().await?;
    let mut tokens = Vec::new();
    for user in 0..users {
        let (organisation, role) = &posts[(user * 7) % posts.len()];
        let login = format!("bench-{now}-{user}");
        let account = accounts::create(&tx, &login, "测量", "", now).await?;
        let post = accounts::give_post(&tx, account, organisation, role, now).await?;
        let token = format!("{login}-{}", std::process::id());
        let session = Session {
            hash: hash_of_token(&token),
            account,
            post,
            stage: Stage::Whole,
            made_at: now,
            seen_at: now,
            address: String::new(),
            browser: String::new(),
            means: Means::Password,
        };
        sessions::keep_open(&tx, &session).await?;
        tokens.push(token);
    }
    tx.commit().await?;
    Ok(tokens)
}

async fn addresses(office: &Office) -> Result<Vec<Asked>> {
    let (_, firms) = crate::outlook::newest(office, None).await?;
    ensure!(firms.len() >= CODES, "too few firms");
    let mut asked = Vec::new();
    let mut put = |name, path: String| asked.push(Asked { name, path });
    for measure in office.pack.measures.iter().take(10) {
        put("/measures/{id}", format!("/measures/{}", measure.id));
    }
    for (name, paths) in PAGES {
        for path in *paths {
            put(name, (*path).to_string());
        }
    }
    for number in 0..CODES {
        let firm = number * (firms.len() / CODES);
        put(
            "/register/{uscc}",
            format!("/register/{}", firms.uscc(firm)),
        );
    }
    Ok(asked)
}

const PAGES: &[(&str, &[&str])] = &[
    ("/", &["/"]),
    ("/outlook", &["/outlook", "/outlook?area=410300"]),
    ("/outlook/warnings", &["/outlook/warnings"]),
    ("/pool", &["/pool", "/pool/sufficiency"]),
    ("/measures", &["/measures"]),
    ("/targets", &["/targets"]),
    ("/bulletins", &["/bulletins"]),
    ("/indicators", &["/indicators"]),
    ("/notices", &["/notices"]),
    ("/account", &["/account"]),
    (
        "/register",
        &[
            "/register",
            "/register?page=200",
            "/register?q=%E5%88%B6%E9%80%A0",
            "/register?q=clyd",
            "/register?q=91410",
            "/register?area=410300&sort=name",
            "/register?sort=-persons&page=3",
        ],
    ),
];

async fn one_user(
    address: &str,
    token: &str,
    asked: &[Asked],
    number: usize,
    pause: u64,
    until: Instant,
) -> Result<Vec<Taken>> {
    let mut line = Line::open(address, token).await?;
    let mut taken = Vec::new();
    let mut step = number as u64;
    // Users do not all begin in the same moment.
    tokio::time::sleep(Duration::from_millis(pause * number as u64 % pause.max(1))).await;
    while Instant::now() < until {
        step += 1;
        let one = &asked[choice(asked, super::mixed(number as u64, step))];
        let started = Instant::now();
        let status = line.get(&one.path).await?;
        taken.push(Taken {
            name: one.name,
            micros: started.elapsed().as_micros() as u64,
            status,
        });
        let jitter = super::mixed(step, number as u64) % pause.max(1);
        tokio::time::sleep(Duration::from_millis(pause / 2 + jitter)).await;
    }
    Ok(taken)
}

/// Every kind of page as often as another, whatever the number of its addresses.
fn choice(asked: &[Asked], random: u64) -> usize {
    let mut names: Vec<&str> = asked.iter().map(|one| one.name).collect();
    names.dedup();
    let name = names[(random % names.len() as u64) as usize];
    let own: Vec<usize> = (0..asked.len())
        .filter(|index| asked[*index].name == name)
        .collect();
    own[(random / 97 % own.len() as u64) as usize]
}

/// A connection that is kept, with the cookie of its user.
struct Line {
    stream: BufReader<TcpStream>,
    host: String,
    token: String,
}

impl Line {
    async fn open(address: &str, token: &str) -> Result<Line> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Line {
            stream: BufReader::new(stream),
            host: address.to_string(),
            token: token.to_string(),
        })
    }

    /// Asks for a page and reads it to its end.
    async fn get(&mut self, path: &str) -> Result<u16> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}={}\r\n\r\n",
            self.host,
            crate::web::visitor::COOKIE,
            self.token
        );
        self.stream.write_all(request.as_bytes()).await?;
        let mut status = 0;
        let mut length = Some(0usize);
        let mut text = String::new();
        loop {
            text.clear();
            self.stream.read_line(&mut text).await?;
            let head = text.trim_end().to_ascii_lowercase();
            if head.is_empty() {
                break;
            }
            if let Some(rest) = head.strip_prefix("http/1.1 ") {
                status = rest.get(..3).unwrap_or_default().parse()?;
            } else if let Some(rest) = head.strip_prefix("content-length:") {
                length = Some(rest.trim().parse()?);
            } else if head.starts_with("transfer-encoding:") {
                length = None;
            }
        }
        match length {
            Some(length) => self.skip(length).await?,
            None => loop {
                text.clear();
                self.stream.read_line(&mut text).await?;
                let size = usize::from_str_radix(text.trim(), 16)?;
                self.skip(size + 2).await?;
                if size == 0 {
                    break;
                }
            },
        }
        Ok(status)
    }

    async fn skip(&mut self, length: usize) -> Result<()> {
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(())
    }
}

fn told(arguments: &WebArgs, taken: &[Taken]) -> Report {
    let mut by_name: BTreeMap<&str, Vec<&Taken>> = BTreeMap::new();
    for one in taken {
        by_name.entry(one.name).or_default().push(one);
    }
    let columns = [
        ("page", "页面"),
        ("count", "次数"),
        ("failed", "未成"),
        ("median", "中位（毫秒）"),
        ("p99", "p99（毫秒）"),
        ("slowest", "最慢（毫秒）"),
    ];
    let mut table = Table::new("pages", "各页", &columns);
    let all: Vec<&Taken> = taken.iter().collect();
    for (name, own) in by_name.into_iter().chain([("all", all)]) {
        let mut micros: Vec<u64> = own.iter().map(|one| one.micros).collect();
        micros.sort_unstable();
        let at = |share: usize| {
            let place = (micros.len() * share / 100).min(micros.len().saturating_sub(1));
            millis(micros.get(place).copied().unwrap_or_default())
        };
        table.row(vec![
            Field::text(name),
            Field::Count(own.len() as i64),
            Field::Count(own.iter().filter(|one| one.status != 200).count() as i64),
            at(50),
            at(99),
            at(100),
        ]);
    }
    Report::new("多人同时查看")
        .fact("users", "用户", Field::Count(arguments.users as i64))
        .fact("requests", "请求", Field::Count(taken.len() as i64))
        .table(table)
}

fn millis(micros: u64) -> Field {
    Finite::new(micros as f64 / 1000.0).map_or(Field::Empty, |value| Field::Decimal {
        value,
        form: Form::Decimal(1),
    })
}

/// Where the office of the measured server is.
pub async fn opened(folder: &std::path::Path, pack: &crate::cli::PackSource) -> Result<Office> {
    let office = office::open(folder, pack).await?;
    if programme::outlook::newest(office.db.reading(), None)
        .await?
        .is_none()
    {
        return refuse("还没有运行过，不能测量页面");
    }
    Ok(office)
}
