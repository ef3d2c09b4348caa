//! The program as a server: how soon it is ready.
//!
//! Knows no page but the one that says so. Example: `start_up(data)`.

use super::{Line, memory_of, peak_of, program};
use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(super) const PORT: u16 = 18_026;

/// From starting the program to the moment when it has all firms in memory.
pub fn start_up(data: &Path) -> Result<Line> {
    let started = Instant::now();
    let server = Server::start(data)?;
    let seconds = started.elapsed().as_secs_f64();
    let peak = peak_of(server.0.id());
    Ok(Line {
        work: "start-up with 500,000 firms until ready",
        budget: "≤ 3 s",
        measured: format!("{seconds:.2} s, {peak} MB"),
        command: "shenggui serve".to_string(),
    })
}

/// A server that does not outlive us.
pub(super) struct Server(Child);

impl Server {
    /// Starts it and waits until it says that it is ready.
    pub(super) fn start(data: &Path) -> Result<Server> {
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
        while !answers("/readyz") {
            let is_late = started.elapsed() > Duration::from_secs(60);
            anyhow::ensure!(!is_late, "the server did not answer within a minute");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }
}

impl Server {
    /// The highest memory is counted from now on.
    pub(super) fn forget_peak(&self) -> Result<()> {
        let path = format!("/proc/{}/clear_refs", self.0.id());
        std::fs::write(path, "5").context("the peak of memory cannot be reset")
    }

    /// The highest memory so far, and that of now, in MB.
    pub(super) fn memory(&self) -> (u64, u64) {
        (peak_of(self.0.id()), memory_of(self.0.id()))
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
