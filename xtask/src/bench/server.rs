//! The program as a server: how soon its first page is there, and how long one takes.
//!
//! Knows one request after the other only; several at once are left to those who mend what
//! this shows. Example: `start_up(data)`.

use super::{Line, peak_of, program};
use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PORT: u16 = 18_026;
const REQUESTS: usize = 20;

/// From starting the program to the first answered page.
pub fn start_up(data: &Path) -> Result<Line> {
    let started = Instant::now();
    let server = Server::start(data)?;
    let seconds = started.elapsed().as_secs_f64();
    let peak = peak_of(server.0.id());
    Ok(Line {
        work: "start-up with 500,000 firms to the first page",
        budget: "≤ 3 s",
        measured: format!("{seconds:.2} s, {peak} MB"),
        command: "shenggui serve".to_string(),
    })
}

/// The page of all measures, asked for again and again by one user.
pub fn measures_page(data: &Path) -> Result<Line> {
    let server = Server::start(data)?;
    let mut seconds = Vec::new();
    for _ in 0..REQUESTS {
        let started = Instant::now();
        anyhow::ensure!(answers("/measures"), "the page of measures did not answer");
        seconds.push(started.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let peak = peak_of(server.0.id());
    let (median, slowest) = (seconds[REQUESTS / 2], seconds[REQUESTS - 1]);
    Ok(Line {
        work: "page of all measures, 500,000 firms, one user",
        budget: "p99 ≤ 50 ms with 50 users",
        measured: format!(
            "median {:.1} ms, slowest of {REQUESTS} {:.1} ms, {peak} MB",
            median * 1000.0,
            slowest * 1000.0
        ),
        command: "GET /measures".to_string(),
    })
}

/// A server that does not outlive us.
struct Server(Child);

impl Server {
    /// Starts it and waits for its first page.
    fn start(data: &Path) -> Result<Server> {
        let child = Command::new(program())
            .arg("--data")
            .arg(data)
            .args(["serve", "--port", &PORT.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("the server cannot be started")?;
        let server = Server(child);
        let started = Instant::now();
        while !answers("/") {
            let is_late = started.elapsed() > Duration::from_secs(60);
            anyhow::ensure!(!is_late, "the server did not answer within a minute");
            std::thread::sleep(Duration::from_millis(10));
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

fn answers(path: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", PORT)) else {
        return false;
    };
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}
