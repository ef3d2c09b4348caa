//! Signing in and out: redirects, fixed sessions, cookies, connections that never end, logs,
//! guessing. What locks comes last.

use super::desk::province::{PASSWORD, Province};
use super::desk::served::{Reply, Visit, percent};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COOKIE: &str = "shenggui-session";

fn sign_in(visit: &Visit, login: &str, password: &str, next: &str) -> Reply {
    let form = [("login", login), ("password", password), ("next", next)];
    visit.post("/session", &form)
}

pub fn open_redirect(province: &Province, found: &mut Vec<String>) {
    let visit = province.served.visit();
    let elsewhere = [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "%2f%2fevil.example",
        "/%2fevil.example",
        "///evil.example",
        " //evil.example",
        "/%0d%0aSet-Cookie:%20a=b",
        "/\r\nSet-Cookie: a=b",
        "http:/evil.example",
        "@evil.example",
        ".evil.example",
        "data:text/html,x",
        "/register\u{2028}//evil.example",
    ];
    for next in elsewhere {
        let reply = sign_in(&visit, "bank", PASSWORD, next);
        let to = reply.header("location").unwrap_or_default();
        let second = to.chars().nth(1).unwrap_or('x');
        let is_inside = to.starts_with('/') && second != '/' && second != '\\';
        if reply.status != 303 || !is_inside || reply.head.contains("\na=b") {
            found.push(format!("next={next:?} leads with {} to {to}", reply.status));
        }
        let cookies = reply.head.to_lowercase().matches("\nset-cookie:").count();
        if cookies != 1 {
            found.push(format!("next={next:?} sets {cookies} cookies"));
        }
    }
    let office = &province.viewer("office").visit;
    for back in [
        "//evil.example",
        "https://evil.example",
        "/pool\\evil.example",
        "javascript:1",
    ] {
        let page = office.get(&format!("/pool/admissions?uscc=x&back={}", percent(back)));
        if page.text().contains(&format!("href=\"{back}")) {
            found.push(format!("back={back} becomes a link"));
        }
    }
}

pub fn session_fixation(province: &Province, found: &mut Vec<String>) {
    let fixed = "f".repeat(64);
    let visit = province
        .served
        .visit()
        .with_cookie(&format!("{COOKIE}={fixed}"));
    let reply = sign_in(&visit, "bank", PASSWORD, "/measures");
    let given = reply.header("set-cookie").unwrap_or_default().to_string();
    if given.is_empty() || given.contains(&fixed) {
        found.push(format!(
            "signing in keeps the session that was brought: {given}"
        ));
    }
    if visit.get("/measures").status != 303 {
        found.push("the session that was brought is signed in".to_string());
    }
    let first = province.served.signed_in("bank", PASSWORD);
    let again = sign_in(&first, "bank", PASSWORD, "/measures");
    let again = again.header("set-cookie").unwrap_or_default();
    if first.cookie().is_some_and(|own| again.starts_with(own)) {
        found.push("signing in again gives the same session".to_string());
    }
}

pub fn session_after_sign_out(province: &Province, found: &mut Vec<String>) {
    let visit = province.served.signed_in("bank", PASSWORD);
    let out = visit.post("/session/end", &[]);
    let gone = out.header("set-cookie").unwrap_or_default();
    if !gone.contains("Max-Age=0") {
        found.push(format!("signing out leaves the cookie: {gone}"));
    }
    for address in ["/measures", "/account"] {
        let reply = visit.get(address);
        if reply.status != 303 {
            found.push(format!("{address} is answered with {}", reply.status));
        }
    }
    let reply = visit.post(
        "/account/tokens",
        &[("name", "x"), ("days", "1"), ("right", "plan")],
    );
    if reply.status != 401 {
        found.push(format!("a change is answered with {}", reply.status));
    }
}

pub fn cookie_flags(province: &Province, found: &mut Vec<String>) {
    let reply = sign_in(&province.served.visit(), "bank", PASSWORD, "");
    let given = reply.header("set-cookie").unwrap_or_default().to_string();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        if !given.contains(flag) {
            found.push(format!("the cookie lacks {flag}: {given}"));
        }
    }
    if given.contains("Domain") || given.len() < 40 {
        found.push(format!("the cookie is {given}"));
    }
    // Behind TLS it is sent by HTTPS alone.
    std::fs::write(province.desk.path("secure.toml"), "secure = true\n").expect("written");
    let secure = province.desk.serve(&["--config", "secure.toml"]);
    let reply = sign_in(&secure.visit(), "bank", PASSWORD, "");
    let given = reply.header("set-cookie").unwrap_or_default();
    if !given.contains("Secure") {
        found.push(format!("behind TLS the cookie lacks Secure: {given}"));
    }
    let pinned = reply.header("strict-transport-security").is_some();
    if !pinned {
        found.push("behind TLS browsers are not told to stay there".to_string());
    }
}

/// A cookie of the same name from another place takes nobody's session over.
pub fn cookie_tossing(province: &Province, found: &mut Vec<String>) {
    let own = province
        .viewer("luoyang")
        .visit
        .cookie()
        .expect("a cookie")
        .to_string();
    let other = province
        .viewer("bank")
        .visit
        .cookie()
        .expect("a cookie")
        .to_string();
    for (cookies, expected) in [
        (format!("{COOKIE}=; {own}"), [200, 303]),
        (format!("{COOKIE}=\"x\"; {own}"), [200, 303]),
        (format!("{COOKIE}={}", "x".repeat(5000)), [303, 431]),
        (format!("{COOKIE}=%00; a=b"), [303, 400]),
        // Whichever is taken, it is one of the two and not a mixture.
        (format!("{own}; {other}"), [200, 403]),
    ] {
        let reply = province
            .served
            .visit()
            .with_cookie(&cookies)
            .get("/register");
        if !expected.contains(&reply.status) {
            let cookies: String = cookies.chars().take(60).collect();
            found.push(format!("{cookies} is answered with {}", reply.status));
        }
    }
}

/// Many who begin and never end keep nobody else from being answered.
pub fn slow_bodies(province: &Province, found: &mut Vec<String>) {
    let visit = &province.viewer("office").visit;
    let mut open = Vec::new();
    for number in 0..150 {
        let mut stream = visit.connect();
        let head = match number % 3 {
            0 => "POST /session HTTP/1.1\r\nHost: x\r\nX-Slow: ".to_string(),
            1 => format!(
                "POST /session HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 400000\r\n\r\na",
                visit.host(),
                visit.origin()
            ),
            _ => String::new(),
        };
        stream.write_all(head.as_bytes()).expect("sent");
        open.push(stream);
    }
    let started = Instant::now();
    for address in ["/healthz", "/measures", "/api/v1/me"] {
        let reply = visit.get(address);
        if reply.status != 200 {
            found.push(format!("{address} is answered with {}", reply.status));
        }
    }
    if started.elapsed() > Duration::from_secs(20) {
        found.push("others wait while slow bodies are open".to_string());
    }
}

/// A body without an end is cut off at the limit.
pub fn endless_bodies(province: &Province, found: &mut Vec<String>) {
    let visit = &province.viewer("office").visit;
    let mut stream = visit.connect();
    let head = format!(
        "POST /pool/admissions HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n",
        visit.host(),
        visit.origin(),
        visit.cookie().expect("a cookie")
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    let mut sent = 0;
    // It may close before everything is sent: that is the point.
    while sent < 64 && stream.write_all(chunk.as_bytes()).is_ok() {
        sent += 1;
    }
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("set");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    let is_refused = answer.starts_with("HTTP/1.1 413") || (answer.is_empty() && sent < 64);
    if !is_refused {
        let answer: String = answer.chars().take(60).collect();
        found.push(format!("after {sent} chunks: “{answer}”"));
    }
}

/// What is sent makes no line of its own in the log or the journal.
pub fn log_injection(province: &Province, found: &mut Vec<String>) {
    let program = env!("CARGO_BIN_EXE_shenggui");
    let log = std::fs::File::create(province.desk.path("log.txt")).expect("a file");
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let mut command = Command::new(program);
    command
        .args(["serve", "--port", &address.port().to_string()])
        .current_dir(province.desk.folder())
        .env("RUST_LOG", "info")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    let mut child = command.spawn().expect("served");
    let visit = Visit::at(address);
    let started = Instant::now();
    while visit
        .try_get("/readyz")
        .is_none_or(|reply| reply.status != 200)
    {
        assert!(started.elapsed() < Duration::from_secs(60), "not ready");
        std::thread::sleep(Duration::from_millis(20));
    }
    let forged = "x\r\n2030-01-01 INFO office signed in \u{1b}[31m";
    sign_in(&visit, forged, "geheim-Wort-1", forged);
    visit.get(&format!("/register?q={}", percent(forged)));
    visit.ask(
        "GET",
        "/session",
        &[("User-Agent", "2030-01-01 INFO forged")],
        b"",
    );
    visit.get(&format!("/{}", percent(forged)));
    child.kill().expect("killed");
    child.wait().expect("gone");
    let text = std::fs::read_to_string(province.desk.path("log.txt")).expect("the log");
    if !text.contains("request") {
        found.push(format!("the log says nothing: {text}"));
    }
    for never in ["2030-01-01", "geheim-Wort-1", "\u{1b}[31m"] {
        if text.contains(never) {
            found.push(format!("the log holds {never:?}"));
        }
    }
    let journal = province.viewer("audit").visit.get("/api/v1/journal").text();
    if journal.contains("\n2030-01-01") || journal.contains("geheim-Wort-1") {
        found.push("the journal holds what was sent as a line, or a password".to_string());
    }
}

/// Nobody is told whether an account, a firm's invitation or an account's post exists.
pub fn user_enumeration(province: &Province, found: &mut Vec<String>) {
    let visit = province.served.visit();
    let plain = |login: &str| {
        let reply = sign_in(&visit, login, "Wrong#2026xx", "");
        (reply.status, reply.text().replace(login, "※"))
    };
    let (known, unknown) = (plain("auditor"), plain("nobody9"));
    if known != unknown {
        found.push(format!("a wrong password: {} for {}", known.0, unknown.0));
    }
    let claim = |uscc: &str| {
        let form = [
            ("uscc", uscc),
            ("code", "ABCD-EFGH"),
            ("name", "张三"),
            ("phone", "13800000000"),
            ("password", "Another#2026"),
            ("again", "Another#2026"),
        ];
        let reply = visit.post("/claim", &form);
        (reply.status, reply.text().replace(uscc, "※"))
    };
    let firm = &province.firms[5].uscc;
    let invited = province.viewer("firm").organisation.clone();
    let nobody = "91410100MA00000000";
    let answers = [claim(firm), claim(&invited), claim(nobody)];
    if answers[0] != answers[1] || answers[0].0 != answers[2].0 {
        let codes: Vec<u16> = answers.iter().map(|own| own.0).collect();
        found.push(format!("claims are told apart: {codes:?}"));
    }
}

/// Guessing locks the account, and the address too; what is right does not help any more.
pub fn brute_force(province: &Province, found: &mut Vec<String>) {
    let visit = province.served.visit();
    let mut codes = Vec::new();
    for _ in 0..5 {
        codes.push(sign_in(&visit, "system", "Wrong#2026xx", "").status);
    }
    let right = sign_in(&visit, "system", PASSWORD, "");
    if right.status == 303 {
        found.push(format!("after {codes:?} the right password opens"));
    }
    for number in 0..40 {
        codes.push(sign_in(&visit, &format!("guess{number}"), "Wrong#2026xx", "").status);
    }
    let heads = [("X-Forwarded-For", "10.9.8.7")];
    let form = "login=office&password=Wrong%232026xx";
    let origin = visit.origin();
    let all = [
        heads[0],
        ("Origin", origin.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let spoofed = visit.ask("POST", "/session", &all, form.as_bytes());
    let spoofed = spoofed.expect("an answer").status;
    if codes.last() != Some(&429) || spoofed != 429 {
        found.push(format!("an address may go on: {codes:?}, {spoofed}"));
    }
    if province.viewer("office").visit.get("/").status != 200 {
        found.push("who is signed in is locked out with the address".to_string());
    }
}
