//! A desk: a fresh folder, a database, and the program as people start it.
//!
//! It runs the real binary and tells what it answered. It knows no layout and no rule;
//! what a command means stands in the scenarios.
//!
//! Example: `Desk::new(&Place::File).run(&["init"]).done();`

#![allow(dead_code, reason = "each test file uses its own part of the desk")]

pub mod blocks;
pub mod guide;
pub mod line;
pub mod markup;
pub mod nodes;
pub mod placeholders;
pub mod postgres;
pub mod province;
pub mod scenario;
pub mod served;
pub mod steps;
pub mod workbooks;

use postgres::Schema;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_shenggui");

/// Which kind of database a desk works with.
#[derive(Debug, Clone)]
pub enum Place {
    /// SQLite in the data folder.
    File,
    /// A schema of its own on the server of this URL.
    Server(String),
}

impl Place {
    /// The server that tests may write to, where there is one.
    pub fn server() -> Option<Place> {
        let url = std::env::var("SHENGGUI_TEST_POSTGRES_URL").ok()?;
        (!url.is_empty()).then_some(Place::Server(url))
    }
}

pub struct Desk {
    folder: tempfile::TempDir,
    schema: Option<Schema>,
}

/// What a command answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub stdout: String,
    pub stderr: String,
    /// Exit code; none where a signal ended the program.
    pub code: Option<i32>,
}

impl Desk {
    pub fn new(place: &Place) -> Desk {
        Desk {
            folder: tempfile::tempdir().expect("a folder for the desk"),
            schema: match place {
                Place::File => None,
                Place::Server(url) => Some(Schema::new(url)),
            },
        }
    }

    /// The folder in which commands are given; the data folder lies in it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// URL of the desk's own schema, where it works on a server.
    pub fn url(&self) -> Option<&str> {
        self.schema.as_ref().map(Schema::url)
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        answer(self.start(arguments))
    }

    /// Gives a line as people type it into a shell, where the program is `shenggui`.
    pub fn shell(&self, line: &str, environment: &[(String, String)]) -> Answer {
        let own = Path::new(PROGRAM).parent().expect("a folder");
        let others = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .env("PATH", format!("{}:{others}", own.display()));
        self.lay_out(&mut command);
        command.envs(environment.iter().cloned());
        answer(command.spawn().expect("the shell starts"))
    }

    /// Starts a command and does not wait for it.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        self.lay_out(&mut command);
        command.spawn().expect("the program starts")
    }

    /// The desk's folder and database, and nothing of whoever runs the tests.
    fn lay_out(&self, command: &mut Command) {
        command
            .current_dir(self.folder.path())
            .env_remove("SHENGGUI_DATA")
            .env_remove("SHENGGUI_PACK")
            .env_remove("DATABASE_URL")
            .env("TZ", "Asia/Shanghai")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(url) = self.url() {
            command.env("DATABASE_URL", url);
        }
    }
}

fn answer(child: Child) -> Answer {
    let output = child.wait_with_output().expect("the program ends");
    Answer {
        stdout: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        code: output.status.code(),
    }
}

impl Answer {
    /// The answer of a command that must have been carried out.
    pub fn done(self) -> Answer {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).expect("an answer in JSON")
    }
}
