//! The pages of a desk as they are served, and visitors who ask for them without a browser.

use super::Desk;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A server that ends with this value.
pub struct Served {
    child: Child,
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<String>>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

/// Somebody who may be signed in.
#[derive(Debug, Clone)]
pub struct Visit {
    address: SocketAddr,
    cookie: Option<String>,
}

impl Desk {
    /// Serves the desk's data folder on a free port; ready once it says so.
    pub fn serve(&self, arguments: &[&str]) -> Served {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let port = address.port().to_string();
        let mut child = self.start(&[&["serve", "--port", &port], arguments].concat());
        let told = Arc::new(Mutex::new(Vec::new()));
        let stderr = child.stderr.take().expect("a pipe");
        // Whoever does not read what a program says stops it one day.
        let lines = Arc::clone(&told);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                lines.lock().expect("kept").push(line);
            }
        });
        let served = Served {
            child,
            address,
            told,
        };
        let started = Instant::now();
        let visit = served.visit();
        while visit.try_get("/readyz").is_none_or(|r| r.status != 200) {
            assert!(started.elapsed() < Duration::from_secs(120), "not ready");
            std::thread::yield_now();
        }
        served
    }
}

impl Served {
    pub fn visit(&self) -> Visit {
        Visit {
            address: self.address,
            cookie: None,
        }
    }

    /// A visitor who has signed in.
    pub fn signed_in(&self, login: &str, password: &str) -> Visit {
        let mut visit = self.visit();
        let form = [
            ("login", login),
            ("password", password),
            ("next", "/session"),
        ];
        let reply = visit.post("/session", &form);
        assert_eq!(reply.status, 303, "{login}: {}", reply.text());
        let cookie = reply.header("set-cookie").expect("a cookie");
        visit.cookie = cookie.split(';').next().map(str::to_string);
        visit
    }

    /// What the server has written to its log since the last time.
    pub fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().expect("kept"))
    }

    /// Bytes of memory that the server holds, where the system tells.
    pub fn memory(&self) -> u64 {
        let path = format!("/proc/{}/statm", self.child.id());
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let pages = text
            .split(' ')
            .nth(1)
            .and_then(|own| own.parse::<u64>().ok());
        pages.unwrap_or(0) * 4096
    }

    /// Kills the server at once, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already; both are fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Visit {
    /// Somebody who has not signed in, at a server of an address.
    pub fn at(address: SocketAddr) -> Visit {
        Visit {
            address,
            cookie: None,
        }
    }

    /// The same with cookies of its own making.
    pub fn with_cookie(&self, cookie: &str) -> Visit {
        Visit {
            address: self.address,
            cookie: Some(cookie.to_string()),
        }
    }

    /// The cookie that the visitor brings.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).expect("a connection")
    }

    /// What a browser says of where its requests come from.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.try_get(path).expect("an answer")
    }

    pub fn try_get(&self, path: &str) -> Option<Reply> {
        self.ask("GET", path, &[], b"")
    }

    /// Sends a form as the site's own pages do.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let origin = self.origin();
        let heads = [
            ("Origin", origin.as_str()),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let pairs = form
            .iter()
            .map(|(name, value)| format!("{}={}", percent(name), percent(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.ask("POST", path, &heads, body.as_bytes())
            .expect("an answer")
    }

    /// Asks in whatever way.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        heads: &[(&str, &str)],
        body: &[u8],
    ) -> Option<Reply> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in heads {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(cookie) = &self.cookie {
            head.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.get(9..12)?.parse().ok()?;
        let mut body = answer.split_off(end + 4);
        if head
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked")
        {
            body = joined(&body);
        }
        Some(Reply { status, head, body })
    }
}

/// A body that came in chunks.
pub fn joined(mut chunked: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunked.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&chunked[..end]).ok();
        let size = size.and_then(|text| usize::from_str_radix(text.trim(), 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else {
            break;
        };
        let from = end + 2;
        body.extend_from_slice(&chunked[from..from + size]);
        chunked = &chunked[from + size + 2..];
    }
    body
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("an answer in JSON")
    }
}

/// Text as a value of a form or an address.
pub fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
