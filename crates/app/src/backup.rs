//! A backup: everything of a data folder as it was at one moment, in one file, made while
//! the program serves and works.
//!
//! The file is a ZIP archive: `manifest.json`, the database, the policy packs of cities and
//! the settings. Its last 64 characters are the SM3 of all bytes before them, so that one
//! flipped bit anywhere is found. It keeps nobody from making another file: who must prove
//! that a backup is the one that was made notes its fingerprint elsewhere.

mod restore;

pub use restore::restore;

use crate::cli::BackupArgs;
use crate::jobs::answer::moment;
use crate::office::{LOCAL_FOLDER, Office, refuse};
use crate::outlook::PROGRAM;
use crate::report::{Field, Report};
use anyhow::{Context, Result, bail};
use programme::database::{Database, schema};
use programme::journal::{self, Act, Chain, Head, Line};
use rules::pack::files::hexadecimal;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MANIFEST: &str = "manifest.json";
const DATABASE: &str = crate::office::DATABASE_FILE;
/// Length of a fingerprint in hexadecimal digits.
const DIGITS: usize = 64;
/// The kind of file, so that any other archive is told apart.
const FORM: &str = "shenggui-backup-1";

/// What stands in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    form: String,
    /// Version of the program that made it.
    program: String,
    /// Newest table layout of its database.
    schema: String,
    /// Seconds since 1970 in UTC.
    made_at: i64,
    parts: Vec<Part>,
    journal: JournalState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    /// Path inside the data folder, with `/`.
    path: String,
    bytes: u64,
    sm3: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct JournalState {
    lines: i64,
    hash: String,
    /// Whether the chain held when the backup was made.
    is_whole: bool,
}

/// What to do where the data are a server's.
fn refuse_server<T>() -> Result<T> {
    refuse(
        "数据在 PostgreSQL 中，请用数据库自己的工具备份和恢复：\n  \
         备份：pg_dump --format=custom --file=升规通.dump \"$DATABASE_URL\"\n  \
         恢复：pg_restore --dbname=\"$DATABASE_URL\" --clean --if-exists 升规通.dump\n\
         恢复后执行 shenggui journal verify",
    )
}

/// `shenggui backup`.
pub async fn command(office: &Office, arguments: &BackupArgs) -> Result<Report> {
    if !office.db.is_file() {
        return refuse_server();
    }
    let path = &arguments.file;
    if path.exists() {
        return refuse(format!("“{}”已经存在，请换一个文件名", path.display()));
    }
    let person = arguments.person.as_deref().unwrap_or_default();
    let act = office.act(office.provincial_office(), person, None)?;
    let working = Working::beside(path)?;
    let copy = working.path.join(DATABASE);
    let copied = office.db.copy_into(&copy).await;
    copied.context("数据库不能复制，请核对磁盘空间")?;
    let journal = journal_of(&copy).await?;
    let (folder, archive) = (office.folder.clone(), working.path.join("archive"));
    let (target, made_at) = (path.clone(), act.at);
    let written = tokio::task::spawn_blocking(move || {
        let manifest = write(&archive, &copy, &folder, journal, made_at)?;
        let fingerprint = seal(&archive)?;
        std::fs::rename(&archive, &target)
            .with_context(|| format!("“{}”不能写入", target.display()))?;
        anyhow::Ok((manifest, fingerprint))
    });
    let (manifest, fingerprint) = written.await.context("备份中断")??;
    drop(working);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let detail = format!("日志{}条，SM3 {fingerprint}", manifest.journal.lines);
    note(&office.db, &act, "backup.make", &name, detail).await?;
    let report = described("备份已写好", &manifest)
        .fact("file", "文件", Field::text(path.display().to_string()))
        .fact("fingerprint", "备份指纹（SM3）", Field::text(fingerprint));
    Ok(report.note("请把备份和指纹存到另一台机器；恢复：shenggui --data 新目录 restore 备份文件"))
}

/// What a backup holds, for people.
fn described(title: &str, manifest: &Manifest) -> Report {
    let bytes: u64 = manifest.parts.iter().map(|part| part.bytes).sum();
    let journal = &manifest.journal;
    let report = Report::new(title)
        .fact("made_at", "备份时间", Field::text(moment(manifest.made_at)))
        .fact("program", "程序版本", Field::text(manifest.program.clone()))
        .fact("schema", "表结构", Field::text(manifest.schema.clone()))
        .fact("parts", "文件数", Field::count(manifest.parts.len() as i64))
        .fact("bytes", "字节数", Field::count(bytes as i64))
        .fact("lines", "日志条数", Field::count(journal.lines))
        .fact("hash", "日志末条校验值", Field::text(journal.hash.clone()));
    match journal.is_whole {
        true => report,
        false => report.note("备份时日志已与校验链不符，可能被改动或缺失，请立即核查并保留现场"),
    }
}

/// Leaves a line of what was done to the database as a whole.
async fn note(
    db: &Database,
    act: &Act,
    name: &'static str,
    subject: &str,
    detail: String,
) -> Result<()> {
    let tx = db.begin_writing().await?;
    let line = Line {
        act: name,
        subject: subject.to_string(),
        detail,
    };
    journal::append(&tx, act, &line).await?;
    Ok(tx.commit().await?)
}

/// How the journal of a copy stands. The copy is closed again before it is hashed.
async fn journal_of(copy: &Path) -> Result<JournalState> {
    let db = Database::open_file(copy).await?;
    let Head { lines, hash } = journal::head(db.reading()).await?;
    let chain = journal::verify(db.reading()).await?;
    db.close().await?;
    Ok(JournalState {
        lines,
        hash,
        is_whole: matches!(chain, Chain::Whole { .. }),
    })
}

/// Writes the archive without its seal.
fn write(
    archive: &Path,
    copy: &Path,
    folder: &Path,
    journal: JournalState,
    made_at: i64,
) -> Result<Manifest> {
    let mut zip = ZipWriter::new(private_file(archive)?);
    let mut parts = vec![add(&mut zip, copy, DATABASE)?];
    for path in kept(folder)? {
        let own = path.strip_prefix(folder).expect("it was found inside");
        let names = own
            .components()
            .map(|name| name.as_os_str().to_string_lossy());
        let name = names.collect::<Vec<_>>().join("/");
        parts.push(add(&mut zip, &path, &name)?);
    }
    let manifest = Manifest {
        form: FORM.to_string(),
        program: PROGRAM.to_string(),
        schema: schema(),
        made_at,
        parts,
        journal,
    };
    let text = serde_json::to_vec_pretty(&manifest)?;
    zip.start_file(MANIFEST, options())?;
    zip.write_all(&text)?;
    zip.set_comment("0".repeat(DIGITS))?;
    zip.finish()?;
    Ok(manifest)
}

/// Writes the SM3 of all other bytes over the last ones.
fn seal(archive: &Path) -> Result<String> {
    let mut file = OpenOptions::new().read(true).write(true).open(archive)?;
    let end = file.metadata()?.len() - DIGITS as u64;
    let fingerprint = hash((&mut file).take(end))?;
    file.seek(SeekFrom::Start(end))?;
    file.write_all(fingerprint.as_bytes())?;
    file.sync_all()?;
    Ok(fingerprint)
}

fn hash(mut source: impl Read) -> std::io::Result<String> {
    let mut digest = Sm3::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            read => digest.update(&buffer[..read]),
        }
    }
}

/// Payloads are compressed already.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true)
}

fn add(zip: &mut ZipWriter<File>, path: &Path, name: &str) -> Result<Part> {
    let unreadable = || format!("“{}”不能读取", path.display());
    let mut source = File::open(path).with_context(unreadable)?;
    zip.start_file(name, options())?;
    let mut digest = Sm3::new();
    let mut bytes = 0;
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = source.read(&mut buffer).with_context(unreadable)?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        zip.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
    Ok(Part {
        path: name.to_string(),
        bytes,
        sm3: hexadecimal(&digest.finalize()),
    })
}

/// Files of the data folder that belong into a backup beside the database: settings, and the
/// packs of cities.
fn kept(folder: &Path) -> Result<Vec<PathBuf>> {
    const FILES_MAX: usize = 10_000;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
    let mut open = vec![folder.join(LOCAL_FOLDER)];
    while let Some(folder) = open.pop().filter(|folder| folder.is_dir()) {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path),
            }
        }
        if found.len() > FILES_MAX {
            bail!("数据目录的 {LOCAL_FOLDER}/ 下超过{FILES_MAX}个文件，请核对");
        }
    }
    found.sort();
    Ok(found)
}

/// A new file that only its owner reads.
fn private_file(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path);
    file.with_context(|| format!("“{}”不能写入", path.display()))
}

/// A private folder beside a file or folder that is being made; gone when this value is.
struct Working {
    path: PathBuf,
}

impl Working {
    fn beside(target: &Path) -> Result<Working> {
        let mut name = target.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.part", std::process::id()));
        let path = target.with_file_name(name);
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&path)
            .with_context(|| format!("目录“{}”不能建立", path.display()))?;
        Ok(Working { path })
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
