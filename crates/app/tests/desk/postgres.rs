//! A schema of its own for each desk on a PostgreSQL server, made and dropped with psql.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A schema that is gone when this value is.
pub struct Schema {
    server: String,
    name: String,
    url: String,
}

impl Schema {
    pub fn new(server: &str) -> Schema {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("desk_{}_{number}", std::process::id());
        psql(server, &format!("CREATE SCHEMA {name}"));
        let mark = if server.contains('?') { '&' } else { '?' };
        Schema {
            server: server.to_string(),
            url: format!("{server}{mark}options=-csearch_path%3D{name}"),
            name,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        psql(&self.server, &format!("DROP SCHEMA {} CASCADE", self.name));
    }
}

fn psql(server: &str, sql: &str) {
    let output = Command::new(program())
        .args([server, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql])
        .env("PGOPTIONS", "-c client_min_messages=warning")
        .output()
        .expect("psql starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}: {said}");
}

/// psql of the path, or beside initdb where Debian puts it.
fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let offered = std::env::split_paths(&path);
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter();
    let packaged = versions.flatten().flatten().map(|v| v.path().join("bin"));
    offered
        .chain(packaged)
        .map(|folder| folder.join("psql"))
        .find(|psql| Path::is_file(psql))
        .expect("psql on PATH or below /usr/lib/postgresql")
}
