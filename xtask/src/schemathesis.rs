//! Everything that the interface's document promises, tried by schemathesis against a server
//! over a small demonstration province, in the posts that see most and least.
//!
//! Makes its own Python below `target` and builds the province once; knows the addresses for
//! signing in and for tokens, and nothing else of the product.
//!
//! Example: `cargo xtask schemathesis`

use crate::ci::FEATURES;
use crate::{cargo, root, succeed};
use anyhow::{Context, Result, bail};
use std::env;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The version that the document was tried with; a newer one is tried on purpose.
const VERSION: &str = "4.32.5";
const DOCUMENT: &str = "docs/api/openapi.json";
const SETTINGS: &str = "xtask/schemathesis.toml";
const PORT: u16 = 18_127;
const FIRMS: &str = "300";
const PASSWORD: &str = "Shenggui%232026";
/// Accounts of the demonstration, and how many requests are made up for each operation.
const ACCOUNTS: [(&str, &str); 5] = [
    ("office", "40"),
    ("tax", "15"),
    ("auditor", "15"),
    ("yuzhou", "15"),
    ("bank", "15"),
];
/// What a token is made of.
const TOKEN_SIGNS: &str = "sgt_";

/// `cargo xtask schemathesis`
pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        bail!("usage: cargo xtask schemathesis");
    }
    let program = provide()?;
    let build = ["build", "--quiet", "--package", "app"];
    succeed(cargo().args(build).args(FEATURES))?;
    let shenggui = built().join("debug").join("shenggui");
    let data = built().join("schemathesis");
    // Each time a new one: requests of the last time would have changed it.
    if data.exists() {
        std::fs::remove_dir_all(&data).context("the old province cannot be removed")?;
    }
    let demo = ["demo", "--firms", FIRMS, "--no-serve"];
    succeed(Command::new(&shenggui).arg("--data").arg(&data).args(demo))?;
    let _server = Server::start(&shenggui, &data)?;
    for (login, examples) in ACCOUNTS {
        let token = token_of(login).with_context(|| format!("no token for {login}"))?;
        eprintln!("\n-- {login}");
        try_document(&program, &token, examples)?;
    }
    Ok(())
}

fn try_document(program: &Path, token: &str, examples: &str) -> Result<()> {
    let address = format!("http://127.0.0.1:{PORT}");
    let header = format!("Authorization: Bearer {token}");
    let mut command = Command::new(program);
    command
        .current_dir(built())
        .arg("--config-file")
        .arg(root().join(SETTINGS))
        .arg("run")
        .arg(root().join(DOCUMENT))
        .args(["--url", address.as_str(), "--header", header.as_str()])
        .args(["--checks", "all", "--max-examples", examples])
        .args(["--seed", "1", "--continue-on-failure", "--warnings", "off"]);
    let status = command.status().context("schemathesis cannot be started")?;
    if !status.success() {
        bail!("the interface does not keep what {DOCUMENT} says; see above");
    }
    Ok(())
}

/// Schemathesis in an environment of its own.
fn provide() -> Result<PathBuf> {
    let folder = built().join("schemathesis-venv");
    let program = folder.join("bin").join("schemathesis");
    if has_version(&program) {
        return Ok(program);
    }
    let python = folder.join("bin").join("python");
    if !python.is_file() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder)).context(
            "Python 3 with its module `venv` is missing (Debian: apt-get install python3-venv)",
        )?;
    }
    let wanted = format!("schemathesis=={VERSION}");
    let install = ["-m", "pip", "install", "--quiet", wanted.as_str()];
    succeed(Command::new(&python).args(install))?;
    Ok(program)
}

fn has_version(program: &Path) -> bool {
    let told = Command::new(program).arg("--version").output();
    told.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains(VERSION))
}

/// Where cargo puts what it builds.
fn built() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A server that does not outlive us.
struct Server(Child);

impl Server {
    /// Starts it and waits until it says that it is ready.
    fn start(program: &Path, data: &Path) -> Result<Server> {
        let child = Command::new(program)
            .arg("--data")
            .arg(data)
            .args(["serve", "--port", &PORT.to_string()])
            // Thousands of requests of one account are what is wanted here.
            .env("SHENGGUI_API_PER_MINUTE", "6000000")
            .stdout(Stdio::null())
            .spawn()
            .context("the server cannot be started")?;
        let server = Server(child);
        let started = Instant::now();
        while !exchange("GET /readyz HTTP/1.1\r\n", "").is_ok_and(|text| text.contains(" 200 ")) {
            let is_late = started.elapsed() > Duration::from_secs(120);
            anyhow::ensure!(!is_late, "the server did not answer within two minutes");
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; both are fine.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A token of an account with all the rights that its post can give.
fn token_of(login: &str) -> Result<String> {
    let answer = send_form(
        "/session",
        "",
        &format!("login={login}&password={PASSWORD}"),
    )?;
    let cookie = answer.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_cookie = name.eq_ignore_ascii_case("set-cookie");
        let value = value.trim().split(';').next()?;
        is_cookie.then(|| value.to_string())
    });
    let cookie = cookie.context("signing in gave no cookie")?;
    let account = exchange(
        &format!("GET /account HTTP/1.1\r\nCookie: {cookie}\r\n"),
        "",
    )?;
    let rights = rights_of(&account);
    anyhow::ensure!(
        !rights.is_empty(),
        "the page of the account offers no rights"
    );
    let mut form = "name=schemathesis&days=1".to_string();
    for right in rights {
        form.push_str(&format!("&right={right}"));
    }
    let page = send_form("/account/tokens", &cookie, &form)?;
    let token = page.split_once(TOKEN_SIGNS).map(|(_, rest)| rest);
    let token: String = token
        .context("the page shows no token")?
        .chars()
        .take_while(|sign| sign.is_ascii_alphanumeric() || *sign == '_')
        .collect();
    Ok(format!("{TOKEN_SIGNS}{token}"))
}

/// Values of the boxes named `right` on a page.
fn rights_of(page: &str) -> Vec<String> {
    let inputs = page.split("<input").skip(1);
    let inputs = inputs.filter_map(|input| input.split_once('>').map(|(input, _)| input));
    let rights = inputs.filter(|input| input.contains("name=\"right\""));
    let values = rights.filter_map(|input| {
        let (_, rest) = input.split_once("value=\"")?;
        let (value, _) = rest.split_once('"')?;
        Some(value.to_string())
    });
    values.collect()
}

fn send_form(path: &str, cookie: &str, form: &str) -> Result<String> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nCookie: {cookie}\r\nOrigin: http://127.0.0.1:{PORT}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        form.len()
    );
    exchange(&head, form)
}

/// Sends a request and reads the whole answer.
fn exchange(head: &str, body: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", PORT))?;
    let request = format!("{head}Host: 127.0.0.1:{PORT}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
