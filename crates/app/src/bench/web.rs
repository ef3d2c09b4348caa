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
use programme::people::sessions::{self, Means, Session, Stage, hash_of_token};
use programme::people::{Scope, accounts};
use programme::pool;
use rules::pack::divisions::DivisionCode;
use std::collections::{BTreeMap, BTreeSet};
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
    if let Some(form) = &arguments.export {
        return export(office, &arguments.address, form).await;
    }
    fill_pool(office).await?;
    let users = users(office, arguments.users).await?;
    let mut everybody = Vec::new();
    for user in users {
        let mut asked = addresses(office, user.area).await?;
        if let Some(page) = &arguments.page {
            asked.retain(|one| one.name == page);
        }
        ensure!(!asked.is_empty(), "no such page");
        everybody.push((user.token, asked));
    }
    let until = Instant::now() + Duration::from_secs(arguments.seconds);
    let users = everybody.into_iter().enumerate().map(|(number, user)| {
        let (address, pause) = (arguments.address.clone(), arguments.pause);
        tokio::spawn(
            async move { one_user(&address, &user.0, &user.1, number, pause, until).await },
        )
    });
    let mut taken = Vec::new();
    for user in users.collect::<Vec<_>>() {
        taken.extend(user.await.context("a user")??);
    }
    Ok(told(arguments, &taken))
}

/// Firms that are taken into the pool, so that its pages have something to show.
const POOL: usize = 10_000;

/// Takes the likeliest candidates into the pool, where nobody is in it yet.
async fn fill_pool(office: &Office) -> Result<()> {
    if pool::last_act(office.db.reading()).await? > 0 {
        return Ok(());
    }
    let (_, firms) = crate::outlook::newest(office, None).await?;
    let act = office.act(office.provincial_office(), "测量", None)?;
    let scope = Scope::of(&office.pack, &act.organisation);
    let codes = crate::pool::candidates_of(office, &scope)
        .await?
        .into_iter();
    let named = codes.take(POOL).map(|code| (code.to_string(), Ok(code)));
    let named = named.collect();
    crate::pool::record_acts(office, pool::ActKind::Admit, named, "测量", &act, &firms).await?;
    Ok(())
}

/// Somebody who looks: the session, and the area of the post where it has one.
struct User {
    token: String,
    area: Option<DivisionCode>,
}

/// Accounts of the provincial office and of every area by turns, each with a session.
async fn users(office: &Office, users: usize) -> Result<Vec<User>> {
    let pack = &office.pack;
    let (_, firms) = crate::outlook::newest(office, None).await?;
    let all: BTreeSet<_> = (0..firms.len())
        .filter_map(|firm| firms.area(firm))
        .collect();
    let areas = all
        .into_iter()
        .map(|code| (code.to_string(), "area", Some(code)));
    let office_post = (pack.office.agency.clone(), "office", None);
    let posts: Vec<_> = std::iter::once(office_post).chain(areas).collect();
    let now = Utc::now().timestamp();
    let tx = office.db.begin_writing().await?;
    let mut all = Vec::new();
    for user in 0..users {
        let (organisation, role, area) = &posts[user % posts.len()];
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
        all.push(User { token, area: *area });
    }
    tx.commit().await?;
    Ok(all)
}

/// What somebody asks for: every page, and firms that are theirs.
async fn addresses(office: &Office, area: Option<DivisionCode>) -> Result<Vec<Asked>> {
    let (_, firms) = crate::outlook::newest(office, None).await?;
    let own = (0..firms.len()).filter(|firm| area.is_none() || firms.area(*firm) == area);
    let own: Vec<usize> = own.collect();
    ensure!(!own.is_empty(), "no firm of {area:?}");
    let codes = CODES.min(own.len());
    let area = area.or_else(|| office.pack.divisions.areas().next().map(|area| area.code));
    let area = area.map_or(String::new(), |code| code.to_string());
    let mut asked = Vec::new();
    let mut put = |name, path: String| asked.push(Asked { name, path });
    for measure in office.pack.measures.iter().take(10) {
        put("/measures/{id}", format!("/measures/{}", measure.id));
    }
    for (name, paths) in PAGES {
        for path in *paths {
            put(name, path.replace("{area}", &area));
        }
    }
    let sides = [
        ("/register/{uscc}", ""),
        ("/register/{uscc}/policy", "/policy"),
        ("/register/{uscc}/history", "/history"),
        ("/register/{uscc}/comparison", "/comparison"),
    ];
    for (name, side) in sides {
        for number in 0..codes {
            let uscc = firms.uscc(own[number * (own.len() / codes)]);
            put(name, format!("/register/{uscc}{side}"));
        }
    }
    Ok(asked)
}

const PAGES: &[(&str, &[&str])] = &[
    ("/", &["/"]),
    ("/outlook", &["/outlook", "/outlook?area={area}"]),
    ("/outlook/warnings", &["/outlook/warnings"]),
    ("/outlook/hand-overs", &["/outlook/hand-overs"]),
    ("/outlook/follow-ups", &["/outlook/follow-ups"]),
    ("/pool", &["/pool"]),
    ("/pool/sufficiency", &["/pool/sufficiency"]),
    (
        "/pool/candidates",
        &["/pool/candidates", "/pool/candidates?page=3"],
    ),
    ("/pool/members", &["/pool/members"]),
    ("/measures/pushes", &["/measures/pushes"]),
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
            "/register?area={area}&sort=name",
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
    tokio::time::sleep(Duration::from_millis(
        super::mixed(number as u64, 1) % pause.max(1),
    ))
    .await;
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
        self.ask(&format!("GET {path}"), "").await?;
        let (status, mut length) = self.head().await?;
        while self.piece(&mut length).await? > 0 {}
        Ok(status)
    }

    /// Sends a request.
    async fn ask(&mut self, what: &str, body: &str) -> Result<()> {
        let request = format!(
            "{what} HTTP/1.1\r\nHost: {host}\r\nCookie: {}={}\r\nOrigin: http://{host}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            crate::web::visitor::COOKIE,
            self.token,
            body.len(),
            host = self.host,
        );
        self.stream.write_all(request.as_bytes()).await?;
        Ok(())
    }

    /// Reads the head of an answer: its status, and its length where it is known.
    async fn head(&mut self) -> Result<(u16, Option<usize>)> {
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
        Ok((status, length))
    }

    /// Reads the next piece of an answer; 0 at its end.
    async fn piece(&mut self, length: &mut Option<usize>) -> Result<usize> {
        if let Some(rest) = length {
            let size = std::mem::take(rest);
            self.skip(size).await?;
            return Ok(size);
        }
        let mut text = String::new();
        self.stream.read_line(&mut text).await?;
        let size = usize::from_str_radix(text.trim(), 16)?;
        self.skip(size + 2).await?;
        Ok(size)
    }

    async fn skip(&mut self, length: usize) -> Result<()> {
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(())
    }
}

/// Takes all firms of the province as a file, and tells when it began to come.
async fn export(office: &Office, address: &str, form: &str) -> Result<Report> {
    let user = users(office, 1).await?.remove(0);
    let mut line = Line::open(address, &user.token).await?;
    let started = Instant::now();
    line.ask("POST /register/export", &format!("form={form}&query="))
        .await?;
    let (status, mut length) = line.head().await?;
    ensure!(status == 200, "answered with {status}");
    let mut bytes = line.piece(&mut length).await?;
    let began = started.elapsed();
    loop {
        match line.piece(&mut length).await? {
            0 => break,
            more => bytes += more,
        }
    }
    let (_, firms) = crate::outlook::newest(office, None).await?;
    let whole = started.elapsed();
    Ok(Report::new("导出全部企业")
        .fact("rows", "企业", Field::Count(firms.len() as i64))
        .fact("began", "开始（毫秒）", millis(began.as_micros() as u64))
        .fact("whole", "完成（毫秒）", millis(whole.as_micros() as u64))
        .fact("bytes", "字节", Field::Count(bytes as i64)))
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
