//! A headless Chromium behind chromedriver, one window for each day.

use fantoccini::{Client, ClientBuilder};
use serde_json::json;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A phone tells that it is one by the width from which on pages are narrow.
const PHONE_WIDTH_MAX: u32 = 600;
const MISSING: &str = "chromedriver is not on PATH: `cargo xtask ci` installs Debian's chromium and chromium-driver where it may, or install them by hand";

pub struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts chromedriver; ready once it answers.
    pub fn start() -> Driver {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let child = Command::new(found("chromedriver").expect(MISSING))
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(MISSING);
        while std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            std::thread::yield_now();
        }
        Driver { child, port }
    }

    /// A fresh window of a size; a narrow one is a phone with touch.
    pub async fn open(&mut self, (width, height): (u32, u32)) -> Client {
        let arguments = [
            "--headless=new".to_string(),
            "--no-sandbox".to_string(),
            "--disable-gpu".to_string(),
            "--disable-dev-shm-usage".to_string(),
            "--lang=zh-CN".to_string(),
            "--hide-scrollbars".to_string(),
            format!("--window-size={width},{height}"),
        ];
        let mut options = json!({ "args": arguments });
        if let Some(chromium) = found("chromium") {
            options["binary"] = json!(chromium);
        }
        if width <= PHONE_WIDTH_MAX {
            options["mobileEmulation"] = json!({
                "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0, "touch": true },
            });
        }
        let wanted = json!({ "goog:chromeOptions": options });
        let wanted = wanted.as_object().expect("an object").clone();
        ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .expect("a window opens")
    }

    pub fn end(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn found(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all = std::env::split_paths(&path).map(|folder| folder.join(name));
    all.find(|file| Path::is_file(file))
}
