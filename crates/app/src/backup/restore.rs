//! Making a data folder out of a backup: everything is checked before the folder exists.

use super::{
    DATABASE, DIGITS, FORM, JournalState, MANIFEST, Manifest, Part, Working, described, hash,
    journal_of, note, private_file, refuse_server,
};
use crate::cli::RestoreArgs;
use crate::office::{database_url, refuse, today};
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use programme::database::{Database, schema};
use programme::journal::Act;
use programme::people::Organisation;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use zip::ZipArchive;

const MANIFEST_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// `shenggui restore`: into the folder that `--data` names.
pub async fn restore(data: &Path, arguments: &RestoreArgs, office: &str) -> Result<Report> {
    if database_url().is_some() {
        return refuse_server();
    }
    let is_taken = std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken || data.is_file() {
        return refuse(format!(
            "“{}”里已有内容，不能覆盖；请用 --data 指一个新目录",
            data.display()
        ));
    }
    let working = Working::beside(data)?;
    let (path, target) = (arguments.file.clone(), working.path.join("data"));
    let unpacked = tokio::task::spawn_blocking(move || unpack(&path, &target));
    let (manifest, fingerprint) = unpacked.await.context("恢复中断")??;
    let database = working.path.join("data").join(DATABASE);
    let found = journal_of(&database).await?;
    check_journal(&found, &manifest.journal)?;
    let act = Act {
        organisation: Organisation::Agency(office.to_string()),
        person: arguments.person.clone().unwrap_or_default(),
        on: today(),
        at: chrono::Utc::now().timestamp(),
    };
    let name = arguments.file.file_name().unwrap_or_default();
    let detail = format!("日志{}条，SM3 {fingerprint}", manifest.journal.lines);
    let db = Database::open_file(&database).await?;
    note(&db, &act, "backup.restore", &name.to_string_lossy(), detail).await?;
    db.close().await?;
    // An empty folder may stand there already.
    let _ = std::fs::remove_dir(data);
    std::fs::rename(working.path.join("data"), data)
        .with_context(|| format!("目录“{}”不能建立", data.display()))?;
    let report = described("备份已恢复", &manifest)
        .fact("data", "数据目录", Field::text(data.display().to_string()))
        .fact("fingerprint", "备份指纹（SM3）", Field::text(fingerprint));
    Ok(report.note("文件的SM3和日志校验链都已核对；核对无误后再启用这个目录"))
}

fn check_journal(found: &JournalState, noted: &JournalState) -> Result<()> {
    if found == noted {
        return Ok(());
    }
    refuse(format!(
        "备份中的日志与备份时不符（备份时{}条，现为{}条），没有恢复；请换一份备份",
        noted.lines, found.lines
    ))
}

/// Checks the archive and writes its parts into a new folder; gives the manifest and the
/// fingerprint of the archive.
fn unpack(path: &Path, target: &Path) -> Result<(Manifest, String)> {
    let mut file = match File::open(path) {
        Ok(file) if path.is_file() => file,
        _ => {
            return refuse(format!(
                "备份文件“{}”不能读取，请核对路径和权限",
                path.display()
            ));
        }
    };
    let fingerprint = check_seal(path, &mut file)?;
    let (mut archive, manifest) = match read_manifest(file) {
        Ok(read) => read,
        Err(_) => return refuse(format!("“{}”不是升规通的备份文件", path.display())),
    };
    if manifest.schema > schema() {
        return refuse(format!(
            "备份由较新的程序（{}）做成，本程序不能恢复；请先换上该版本或更新的程序",
            manifest.program
        ));
    }
    let wanted: BTreeSet<&str> = manifest
        .parts
        .iter()
        .map(|part| part.path.as_str())
        .collect();
    let held: BTreeSet<&str> = archive
        .file_names()
        .filter(|name| *name != MANIFEST)
        .collect();
    if wanted != held || !wanted.contains(DATABASE) {
        return refuse("备份中的文件与清单不符，没有恢复；请换一份备份");
    }
    std::fs::create_dir(target)?;
    for part in &manifest.parts {
        write_part(&mut archive, part, target)?;
    }
    Ok((manifest, fingerprint))
}

/// Every byte of the archive is as it was written.
fn check_seal(path: &Path, file: &mut File) -> Result<String> {
    let damaged = || {
        format!(
            "备份文件“{}”已损坏或不完整（SM3不符），没有恢复；请换一份备份",
            path.display()
        )
    };
    let length = file.metadata()?.len();
    if length < DIGITS as u64 {
        return refuse(damaged());
    }
    let end = length - DIGITS as u64;
    let own = hash((&mut *file).take(end))?;
    let mut noted = Vec::new();
    file.read_to_end(&mut noted)?;
    file.seek(SeekFrom::Start(0))?;
    match own.as_bytes() == noted {
        true => Ok(own),
        false => refuse(damaged()),
    }
}

fn read_manifest(file: File) -> Result<(ZipArchive<File>, Manifest)> {
    let mut archive = ZipArchive::new(file)?;
    let mut text = String::new();
    let entry = archive.by_name(MANIFEST)?;
    entry.take(MANIFEST_BYTES_MAX).read_to_string(&mut text)?;
    let manifest: Manifest = serde_json::from_str(&text)?;
    anyhow::ensure!(manifest.form == FORM, "another form");
    Ok((archive, manifest))
}

fn write_part(archive: &mut ZipArchive<File>, part: &Part, target: &Path) -> Result<()> {
    let Some(own) = inside(&part.path) else {
        return refuse(format!("备份中的文件名“{}”不能使用，没有恢复", part.path));
    };
    let path = target.join(own);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // No more is written than the list says, whatever the archive holds.
    let mut source = archive.by_name(&part.path)?.take(part.bytes + 1);
    let written = std::io::copy(&mut source, &mut private_file(&path)?)?;
    if written != part.bytes || hash(File::open(&path)?)? != part.sm3 {
        return refuse(format!(
            "备份中的“{}”与清单的SM3不符，没有恢复；请换一份备份",
            part.path
        ));
    }
    Ok(())
}

/// A path that stays inside of the folder.
fn inside(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(name);
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    let is_inside = !name.is_empty() && !name.contains('\\') && path.components().all(is_plain);
    is_inside.then_some(path)
}
