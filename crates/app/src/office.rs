//! What every command works with: the data folder, its database, the pack, and who acts.

use crate::bulletins::compared::Compared;
use crate::cli::PackSource;
use crate::grounds::Grounds;
use crate::kept::Kept;
use crate::outlook::map::Picture;
use crate::outlook::warnings::Roll;
use crate::plan::Living;
use crate::pool::sufficiency::chances::Chances;
use crate::report::Report;
use crate::targets::course::Course;
use anyhow::{Context, Result, bail};
use chrono::{Local, NaiveDate, Utc};
use include_dir::{Dir, include_dir};
use programme::CAPABILITIES;
use programme::database::Database;
use programme::journal::{self, Act, Looked};
use programme::measures::Verdicts;
use programme::outlook::Firms;
use programme::people::{Organisation, Scope};
use rules::pack::Pack;
use rules::pack::files::PackFiles;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use tokio::sync::Notify;

/// The pack that this program carries with it.
static OWN_PACK: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../policy/henan");
/// Invented examples of local packs, for the demonstration.
static EXAMPLE_LOCALS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../policy/local");
/// Where local packs stand in the data folder.
pub const LOCAL_FOLDER: &str = "local";
pub const DATABASE_FILE: &str = "shenggui.db";

/// An answer that is a “no”: shown to the person, exit code 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Somebody else was quicker while we looked; the same again may succeed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Overtaken(pub String);

/// Turns a domain refusal into the answer of a command.
pub fn refuse<T>(refusal: impl std::fmt::Display) -> Result<T> {
    Err(Refused(refusal.to_string()).into())
}

/// The open data folder.
#[derive(Clone)]
pub struct Office {
    pub folder: PathBuf,
    pub db: Database,
    pub pack: Arc<Pack>,
    pub memory: Arc<Memory>,
    /// Who visits the pages; nobody where the operator types commands.
    pub visitor: Option<Arc<Seat>>,
}

/// The post that a visitor of the pages looks and acts through.
#[derive(Debug)]
pub struct Seat {
    pub account: i64,
    pub post: i64,
    pub person: String,
    pub organisation: Organisation,
    /// [`Organisation::id`] of it.
    pub organisation_id: String,
    /// Id of the role in the pack.
    pub role: String,
    pub scope: Scope,
}

/// What a serving office keeps between two questions: the newest firms, and what was decided
/// of them on the days last asked for.
#[derive(Default)]
pub struct Memory {
    firms: Mutex<Option<(i64, Arc<Firms>)>>,
    /// Firms are loaded once, however many wait for them.
    pub loading: tokio::sync::Mutex<()>,
    /// A snapshot as another pack than today's had it, by number and fingerprint of the pack.
    judged: Mutex<Option<(i64, String, Arc<Firms>)>>,
    /// How far the journal was looked through for changes.
    looked: Mutex<Looked>,
    /// What many pages are made from.
    pub grounds: Grounds,
    /// Who is warned of, by number of the snapshot and fingerprint of the pack.
    rolls: Kept<Arc<OnceLock<Roll>>, ROLLS_KEPT>,
    verdicts: Mutex<Vec<(i64, Arc<Verdicts>)>>,
    /// What the pages of firms keep.
    pub firm_pages: crate::register::firm::Kept,
    answers: Kept<Report, ANSWERS_KEPT>,
    /// Composed first pages.
    pub plans: Kept<Arc<Living>, PLANS_KEPT>,
    /// Composed maps.
    pub maps: Kept<Arc<Picture>, MAPS_KEPT>,
    /// How likely targets are reached.
    pub chances: Kept<Arc<Chances>, MAPS_KEPT>,
    /// How years went.
    pub courses: Kept<Arc<Course>, COURSES_KEPT>,
    /// Bulletins beside the last of their kind.
    pub comparisons: Kept<Arc<Compared>, COMPARISONS_KEPT>,
    /// One page is composed at a time: whoever waits finds it made.
    pub composing: tokio::sync::Mutex<()>,
    /// Wakes the node at work in this process when a job was asked for here.
    pub new_job: Notify,
    /// What lists of firms are read from.
    pub shelf: crate::register::book::Shelf,
}

/// Days of law whose verdicts are kept.
const DAYS_KEPT: usize = 4;
/// Answers that are kept: the province's and each area's, for a reader or two.
const ANSWERS_KEPT: usize = 40;
/// First pages that are kept: one for each place and role that looks, and a few of the past.
const PLANS_KEPT: usize = 240;
/// Maps that are kept: the province with every area, for a few kinds of readers.
const MAPS_KEPT: usize = 120;
/// Years of targets that are kept.
const COURSES_KEPT: usize = 6;
/// Runs whose warned firms are kept.
const ROLLS_KEPT: usize = 2;
/// Comparisons of bulletins that are kept.
const COMPARISONS_KEPT: usize = 8;

impl Memory {
    /// The firms of a snapshot, if they are the ones that are kept.
    pub fn firms(&self, snapshot: i64) -> Option<Arc<Firms>> {
        let kept = self.firms.lock().ok()?;
        let (id, firms) = kept.as_ref()?;
        (*id == snapshot).then(|| firms.clone())
    }

    /// Keeps the firms of a snapshot in place of others.
    pub fn keep_firms(&self, snapshot: i64, firms: &Arc<Firms>) {
        if let Ok(mut kept) = self.firms.lock() {
            *kept = Some((snapshot, firms.clone()));
        }
    }

    /// The firms of a snapshot by another pack, if they are the ones that are kept.
    pub fn judged(&self, snapshot: i64, pack: &str) -> Option<Arc<Firms>> {
        let kept = self.judged.lock().ok()?;
        let (id, by, firms) = kept.as_ref()?;
        (*id == snapshot && by == pack).then(|| firms.clone())
    }

    /// Keeps the firms of a snapshot by another pack in place of others.
    pub fn keep_judged(&self, snapshot: i64, pack: &str, firms: &Arc<Firms>) {
        if let Ok(mut kept) = self.judged.lock() {
            *kept = Some((snapshot, pack.to_string(), firms.clone()));
        }
    }

    /// Where the warned firms of a snapshot by a pack stand once somebody asked for them.
    pub fn roll(&self, snapshot: i64, pack: &str) -> Arc<OnceLock<Roll>> {
        let made_from = format!("{snapshot} {pack}");
        if let Some(roll) = self.rolls.get(&made_from) {
            return roll;
        }
        let roll = Arc::default();
        self.rolls.keep(made_from, &roll);
        roll
    }

    /// What was decided of a snapshot on a day, if it is kept.
    pub fn verdicts(&self, snapshot: i64, on: NaiveDate) -> Option<Arc<Verdicts>> {
        let kept = self.verdicts.lock().ok()?;
        let found = kept
            .iter()
            .find(|(id, own)| *id == snapshot && own.on == on);
        found.map(|(_, own)| own.clone())
    }

    /// Keeps what was decided, and forgets the oldest.
    pub fn keep_verdicts(&self, snapshot: i64, verdicts: &Arc<Verdicts>) {
        if let Ok(mut kept) = self.verdicts.lock() {
            if kept.len() == DAYS_KEPT {
                kept.remove(0);
            }
            kept.push((snapshot, verdicts.clone()));
        }
    }

    /// An answer that took long to compute, if everything that it is a function of is the same.
    pub fn answer(&self, made_from: &str) -> Option<Report> {
        self.answers.get(made_from)
    }

    /// Keeps an answer with everything that it is a function of, and forgets the oldest.
    pub fn keep_answer(&self, made_from: String, report: &Report) {
        self.answers.keep(made_from, report);
    }
}

/// The files of the pack: a folder where one is given, or else the program's own; with
/// the local packs that are named, and those that stand in the data folder.
pub fn pack_files(source: &PackSource, data: Option<&Path>) -> Result<PackFiles> {
    let mut files = match &source.pack {
        Some(folder) => read_folder(folder)?,
        None => carried(&OWN_PACK)?,
    };
    let mut locals = source.local.clone();
    if let Some(placed) = data.map(|data| data.join(LOCAL_FOLDER)) {
        locals.extend(subfolders(&placed)?);
    }
    let mut named = HashSet::new();
    for folder in locals {
        let Some(name) = folder.file_name().map(|name| name.to_string_lossy()) else {
            return refuse(format!(
                "市县政策包“{}”要指到以区划代码命名的目录",
                folder.display()
            ));
        };
        if !named.insert(name.to_string()) {
            return refuse(format!(
                "市县政策包 {name} 给了两份，后一份是“{}”，请只留一份",
                folder.display()
            ));
        }
        for (path, text) in read_folder(&folder)?.0 {
            let path = format!("{}{name}/{path}", rules::pack::local::FOLDER);
            files.0.insert(path, text);
        }
    }
    Ok(files)
}

/// The example packs of cities that the program carries, by folder name.
pub fn example_locals() -> Result<PackFiles> {
    carried(&EXAMPLE_LOCALS)
}

fn read_folder(folder: &Path) -> Result<PackFiles> {
    match PackFiles::read(folder) {
        Ok(files) => Ok(files),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => refuse(format!(
            "找不到政策包目录“{}”，请核对路径",
            folder.display()
        )),
        Err(_) => refuse(format!(
            "政策包目录“{}”不能读取，请核对权限，文件应为 UTF-8",
            folder.display()
        )),
    }
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn carried(folder: &'static Dir<'static>) -> Result<PackFiles> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            if path.ends_with(".toml") || path.ends_with(".csv") {
                let text = file.contents_utf8().context("政策包应为 UTF-8")?;
                files.insert(path, text.to_string());
            }
        }
    }
    Ok(PackFiles(files))
}

pub fn read_pack(files: PackFiles) -> Result<Pack> {
    match Pack::check(files, CAPABILITIES) {
        Ok(pack) => Ok(pack),
        Err(findings) => {
            let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
            refuse(format!(
                "政策包有{}处错误，先改正再使用：\n{}",
                findings.len(),
                lines.join("\n")
            ))
        }
    }
}

/// Makes the data folder and its database; harmless where they exist.
pub async fn make(folder: &Path, pack: &PackSource) -> Result<Office> {
    let pack = read_pack(pack_files(pack, Some(folder))?)?;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("数据目录“{}”不能建立", folder.display()))?;
    connect(folder, pack).await
}

/// Opens an existing data folder.
pub async fn open(folder: &Path, pack: &PackSource) -> Result<Office> {
    if database_url().is_none() && !folder.join(DATABASE_FILE).is_file() {
        return refuse(format!(
            "数据目录“{0}”尚未建立。请先执行：shenggui --data {0} init",
            folder.display()
        ));
    }
    let pack = read_pack(pack_files(pack, Some(folder))?)?;
    connect(folder, pack).await
}

async fn connect(folder: &Path, pack: Pack) -> Result<Office> {
    let db = match database_url() {
        Some(url) => Database::open_url(&url).await?,
        None => Database::open_file(&folder.join(DATABASE_FILE)).await?,
    };
    Ok(Office {
        folder: folder.to_path_buf(),
        db,
        pack: Arc::new(pack),
        memory: Arc::default(),
        visitor: None,
    })
}

/// The server that holds the data, where it is not the data folder.
pub fn database_url() -> Option<String> {
    std::env::var("DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// Today in local time.
pub fn today() -> NaiveDate {
    Local::now().date_naive()
}

impl Office {
    /// Number of the journal's last line that tells of a change in what pages show.
    pub async fn last_change(&self) -> Result<i64> {
        let kept = &self.memory.looked;
        let before = kept.lock().map(|kept| *kept).unwrap_or_default();
        let looked = journal::look_on(self.db.reading(), before).await?;
        if let Ok(mut kept) = kept.lock()
            && kept.through < looked.through
        {
            *kept = looked;
        }
        Ok(looked.change)
    }

    /// The organisation that `--as` names.
    ///
    /// # Errors
    /// A refusal where nobody is called so, or where a visitor names another than their own.
    pub fn organisation(&self, name: &str) -> Result<Organisation> {
        Organisation::read(&self.pack, name).or_else(refuse)
    }

    /// An act of now; `on` may be an earlier day, never a later one.
    pub fn act(
        &self,
        organisation: Organisation,
        person: &str,
        on: Option<NaiveDate>,
    ) -> Result<Act> {
        let person = match &self.visitor {
            Some(visitor) if visitor.organisation != organisation => {
                return refuse("只能以本岗位所在单位的名义办理");
            }
            Some(visitor) => visitor.person.as_str(),
            None => person,
        };
        let today = today();
        let on = on.unwrap_or(today);
        if on > today {
            bail!(Refused(format!("日期 {on} 在今天之后，请核对")));
        }
        Ok(Act {
            organisation,
            person: person.trim().to_string(),
            on,
            at: Utc::now().timestamp(),
        })
    }

    /// The provincial office, which acts where a command names nobody else; on pages the
    /// visitor's own organisation.
    pub fn provincial_office(&self) -> Organisation {
        if let Some(visitor) = &self.visitor {
            return visitor.organisation.clone();
        }
        Organisation::Agency(self.pack.office.agency.clone())
    }
}
