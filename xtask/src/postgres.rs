//! A throw-away PostgreSQL for store tests, so that they run on both databases.
//!
//! Takes the server that `SHENGGUI_TEST_POSTGRES_URL` names, else makes a cluster of its own
//! in a temporary folder: on a free port of the loopback, never as root, gone afterwards.
//! A small shell process waits beside it and cleans up even where we are killed.
//! Knows nothing of the tests and their tables.
//!
//! Example: `cargo xtask postgres -- sh -c 'psql "$SHENGGUI_TEST_POSTGRES_URL"'`

use crate::{line_of, succeed};
use anyhow::{Context, Result, bail};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::{env, fs};

/// The variable that names the server for tests.
pub const URL: &str = "SHENGGUI_TEST_POSTGRES_URL";

const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];
const START_TRIES: usize = 3;
const CREATION_SETTINGS: &str = "/etc/postgresql-common/createcluster.conf";

/// Waits until our end of its standard input closes, then stops the server and deletes the folder,
/// again and again where a program that we had just started still writes into it.
/// It outlives the signals of the terminal, which end us.
const GUARDIAN: &str = r#"
trap '' HUP INT TERM
read -r _ || :
for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$1/pg_ctl" stop -D "$2/data" -m immediate -w -t 30 >/dev/null 2>&1
    rm -rf "$2" 2>/dev/null && exit
    sleep 1
done
echo "not deleted: $2" >&2
"#;

/// `cargo xtask postgres -- COMMAND…`
pub fn run(arguments: &[String]) -> Result<()> {
    let command = match arguments {
        [dashes, rest @ ..] if dashes == "--" => rest,
        all => all,
    };
    let [program, rest @ ..] = command else {
        bail!("usage: cargo xtask postgres -- COMMAND…");
    };
    let database = provide()?;
    succeed(Command::new(program).args(rest).env(URL, &database.url))
}

/// A server that tests may write to; our own goes away when this value does.
pub struct Database {
    pub url: String,
    guardian: Option<Child>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(mut guardian) = self.guardian.take() {
            drop(guardian.stdin.take());
            if let Err(error) = guardian.wait() {
                eprintln!("the test database may still run: {error}");
            }
        }
    }
}

/// The named server, or one of our own.
pub fn provide() -> Result<Database> {
    match env::var(URL) {
        Ok(url) if !url.is_empty() => {
            eprintln!("PostgreSQL: the server that {URL} names");
            Ok(Database {
                url,
                guardian: None,
            })
        }
        _ => start(),
    }
}

fn start() -> Result<Database> {
    let bin = match find_programs() {
        Some(bin) => bin,
        None => install()?,
    };
    let account = Account::choose()?;
    let folder = make_folder(&account)?;
    let mut database = Database {
        url: String::new(),
        guardian: Some(watch(&bin, &folder, &account)?),
    };
    create_cluster(&bin, &folder, &account)?;
    let port = start_server(&bin, &folder, &account)?;
    database.url = format!(
        "postgres://shenggui@{}:{port}/postgres",
        Ipv4Addr::LOCALHOST
    );
    eprintln!("PostgreSQL: a cluster of its own, {}", database.url);
    Ok(database)
}

/// The folder with all of PostgreSQL's server programs: what the path offers, else the newest.
fn find_programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let offered = env::split_paths(&path)
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
        .filter_map(|initdb| initdb.parent().map(Path::to_path_buf));
    let mut packaged: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path())
        .collect();
    packaged.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    offered
        .chain(packaged.into_iter().map(|folder| folder.join("bin")))
        .find(|bin| PROGRAMS.iter().all(|program| bin.join(program).is_file()))
}

fn version(folder: &Path) -> Option<u32> {
    folder.file_name()?.to_str()?.parse().ok()
}

/// Installs Debian's package where that is possible, without its cluster on the standard port.
fn install() -> Result<PathBuf> {
    let advice = format!(
        "PostgreSQL's server is missing: none of {} stands in PATH or below /usr/lib/postgresql.\n\
         Install it (Debian: apt-get install postgresql; macOS: brew install postgresql), \
         or set {URL} to a server that may be written to",
        PROGRAMS.join(", ")
    );
    if user_id("")? != 0 || !has_program("apt-get") {
        bail!(advice);
    }
    eprintln!("PostgreSQL: installing Debian's package");
    apt_get(&["update"]).with_context(|| advice.clone())?;
    apt_get(&["install", "postgresql-common"]).with_context(|| advice.clone())?;
    let settings = fs::read_to_string(CREATION_SETTINGS).unwrap_or_default();
    fs::write(
        CREATION_SETTINGS,
        format!("{settings}\ncreate_main_cluster = false\n"),
    )?;
    let installed = apt_get(&["install", "postgresql"]);
    fs::write(CREATION_SETTINGS, settings)?;
    installed.with_context(|| advice.clone())?;
    find_programs().context(advice)
}

pub fn apt_get(arguments: &[&str]) -> Result<()> {
    succeed(
        Command::new("apt-get")
            .args(["-y", "-qq", "--no-install-recommends"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null()),
    )
}

/// Whose processes the server runs as: PostgreSQL refuses to run as root.
enum Account {
    Ours,
    Other { user: u32, group: u32 },
}

impl Account {
    fn choose() -> Result<Account> {
        if user_id("")? != 0 {
            return Ok(Account::Ours);
        }
        if !has_program("setpriv") {
            bail!(
                "PostgreSQL does not run as root, and `setpriv` (util-linux) is missing to become \
                 somebody else: install it, run as another user, or set {URL}"
            );
        }
        let name = ["postgres", "nobody"]
            .into_iter()
            .find(|name| user_id(name).is_ok())
            .context("PostgreSQL does not run as root: add a user `postgres`")?;
        Ok(Account::Other {
            user: user_id(name)?,
            group: number_from("id", &["-g", name])?,
        })
    }

    /// A command that runs as this account, in the folder given.
    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = match self {
            Account::Ours => Command::new(program),
            Account::Other { user, group } => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={user}"), format!("--regid={group}")]);
                command.args(["--clear-groups", "--"]).arg(program);
                command
            }
        };
        command.current_dir(folder).stdin(Stdio::null());
        command
    }
}

/// The number of a user; of ourselves where the name is empty.
pub fn user_id(name: &str) -> Result<u32> {
    if name.is_empty() {
        number_from("id", &["-u"])
    } else {
        number_from("id", &["-u", name])
    }
}

fn number_from(program: &str, arguments: &[&str]) -> Result<u32> {
    let output = finish(Command::new(program).args(arguments))?;
    let text = String::from_utf8(output.stdout)?;
    text.trim()
        .parse()
        .with_context(|| format!("`{program}` answered {text:?} instead of a number"))
}

pub fn has_program(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn make_folder(account: &Account) -> Result<PathBuf> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let name = format!("shenggui-pg-{}-{}", std::process::id(), now.subsec_nanos());
    let folder = env::temp_dir().join(name);
    fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    if let Account::Other { user, group } = account {
        let owner = format!("{user}:{group}");
        succeed(Command::new("chown").arg(owner).arg(&folder))?;
    }
    Ok(folder)
}

fn watch(bin: &Path, folder: &Path, account: &Account) -> Result<Child> {
    account
        .command(Path::new("sh"), Path::new("/"))
        .args(["-c", GUARDIAN, "sh"])
        .args([bin, folder])
        .stdin(Stdio::piped())
        .spawn()
        .context("the process that cleans up after PostgreSQL cannot be started")
}

fn create_cluster(bin: &Path, folder: &Path, account: &Account) -> Result<()> {
    finish(
        account
            .command(&bin.join("initdb"), folder)
            .arg("-D")
            .arg(folder.join("data"))
            .args(["--username=shenggui", "--auth=trust", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C.UTF-8"]),
    )
    .map(drop)
}

/// Starts the server on a port that is free now; another process may be quicker, hence the tries.
fn start_server(bin: &Path, folder: &Path, account: &Account) -> Result<u16> {
    let log = folder.join("log");
    for _ in 0..START_TRIES {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let options = format!(
            "-c listen_addresses={} -c port={port} -c unix_socket_directories='{}' \
             -c unix_socket_permissions=0700 -c max_connections=200 \
             -c fsync=off -c synchronous_commit=off -c full_page_writes=off",
            Ipv4Addr::LOCALHOST,
            folder.display()
        );
        // Its own log: a server that kept our pipe would keep us waiting for its end.
        let started = account
            .command(&bin.join("pg_ctl"), folder)
            .args(["start", "-w", "-t", "60", "-o", &options, "-D"])
            .arg(folder.join("data"))
            .arg("-l")
            .arg(&log)
            .stdout(Stdio::null())
            .status()
            .context("pg_ctl cannot be started")?;
        if started.success() {
            return Ok(port);
        }
    }
    let said = fs::read_to_string(&log).unwrap_or_default();
    bail!("PostgreSQL did not start. Its log:\n{said}")
}

/// Runs a quiet command; where it fails, shows what it said.
fn finish(command: &mut Command) -> Result<Output> {
    let output = command
        .output()
        .with_context(|| format!("`{}` cannot be started", line_of(command)))?;
    if !output.status.success() {
        bail!(
            "`{}` ended with {}:\n{}{}",
            line_of(command),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output)
}
