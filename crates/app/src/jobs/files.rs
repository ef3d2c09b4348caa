//! Files of jobs on their way: from an upload into the database, and from there into the
//! private folder of the node that works on them.
//!
//! ```text
//! let mut staging = Staging::begin(&office, "税务2026-09.csv", Role::Given, &act).await?;
//! while let Some(bytes) = body.next().await { staging.push(&office, &bytes?).await?; }
//! let file = staging.seal(&office, &act).await?;
//! ```

use crate::office::{Office, refuse};
use anyhow::{Context, Result, bail};
use programme::jobs::{self, FILE_BYTES_MAX, File, FileRefusal, PART_BYTES_MAX, Role};
use programme::journal::Act;
use rules::pack::files::hexadecimal;
use sm3::{Digest, Sm3};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Characters of a file's name that are kept before its ending.
const STEM_MAX: usize = 60;

/// A file that is being taken into the database, part by part.
pub struct Staging {
    file: File,
    digest: Sm3,
    open: Vec<u8>,
}

impl Staging {
    /// Begins a file; only the last part of its name is taken over.
    pub async fn begin(office: &Office, name: &str, role: Role, act: &Act) -> Result<Staging> {
        let name = plain_name(name);
        let tx = office.db.begin_writing().await?;
        let id = jobs::begin_file(&tx, &name, role, act).await?;
        tx.commit().await?;
        let file = File {
            id,
            job: None,
            role,
            name,
            hash: None,
            bytes: 0,
            parts: 0,
            organisation: act.organisation.id(),
            person: act.person.clone(),
            begun_at: act.at,
            sealed_at: None,
        };
        Ok(Staging {
            file,
            digest: Sm3::new(),
            open: Vec::new(),
        })
    }

    /// Takes the next bytes, however many.
    ///
    /// # Errors
    /// Refused where the file gets too large.
    pub async fn push(&mut self, office: &Office, mut bytes: &[u8]) -> Result<()> {
        self.file.bytes += bytes.len() as i64;
        if self.file.bytes as u64 > FILE_BYTES_MAX {
            return refuse(FileRefusal::TooLarge {
                name: self.file.name.clone(),
            });
        }
        self.digest.update(bytes);
        while !bytes.is_empty() {
            let taken = bytes.len().min(PART_BYTES_MAX - self.open.len());
            self.open.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if self.open.len() == PART_BYTES_MAX {
                self.write_part(office).await?;
            }
        }
        Ok(())
    }

    /// Closes the file; from now on a job can be asked for with it.
    pub async fn seal(mut self, office: &Office, act: &Act) -> Result<File> {
        if !self.open.is_empty() {
            self.write_part(office).await?;
        }
        self.file.hash = Some(hexadecimal(&self.digest.finalize()));
        self.file.sealed_at = Some(act.at);
        let tx = office.db.begin_writing().await?;
        jobs::seal_file(&tx, &self.file, act).await?;
        tx.commit().await?;
        Ok(self.file)
    }

    async fn write_part(&mut self, office: &Office) -> Result<()> {
        let part = std::mem::take(&mut self.open);
        jobs::push_part(office.db.reading(), self.file.id, self.file.parts, part).await?;
        self.file.parts += 1;
        Ok(())
    }
}

/// Takes a file of this machine into the database.
pub async fn stage(office: &Office, path: &Path, role: Role, act: &Act) -> Result<File> {
    let mut source = match std::fs::File::open(path) {
        Ok(source) if path.is_file() => source,
        Ok(_) => return refuse(format!("“{}”不是文件，请核对路径", path.display())),
        Err(_) => {
            return refuse(format!(
                "文件“{}”不能读取，请核对路径和权限",
                path.display()
            ));
        }
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut staging = Staging::begin(office, &name, role, act).await?;
    let mut buffer = vec![0; PART_BYTES_MAX];
    loop {
        let read = source
            .read(&mut buffer)
            .with_context(|| format!("文件“{}”不能读取", path.display()))?;
        if read == 0 {
            return staging.seal(office, act).await;
        }
        staging.push(office, &buffer[..read]).await?;
    }
}

/// Takes the workbook of refused rows into the database; gives its number.
pub async fn keep_returned(office: &Office, path: &Path, act: &Act) -> Result<i64> {
    let kept = stage(office, path, Role::Returned, act).await?;
    Ok(kept.id)
}

/// Writes the file that was handed in for a job into a folder, under its own name.
pub async fn unpack_given(office: &Office, job: i64, folder: &Path) -> Result<PathBuf> {
    let files = jobs::files_of(office.db.reading(), job).await?;
    match files.iter().find(|file| file.role == Role::Given) {
        Some(given) => unpack(office, given.id, folder).await,
        None => refuse("任务没有上传文件，请重新提交"),
    }
}

/// Writes a file out of the database into a folder, under its own name.
///
/// # Errors
/// Refused where its bytes are gone; a failure where they are not what was handed in.
pub async fn unpack(office: &Office, id: i64, folder: &Path) -> Result<PathBuf> {
    let db = office.db.reading();
    let file = match jobs::file(db, id).await? {
        Some(file) if file.sealed_at.is_some() => file,
        _ => return refuse(FileRefusal::Unusable(id)),
    };
    let path = folder.join(plain_name(&file.name));
    let mut target =
        std::fs::File::create(&path).with_context(|| format!("“{}”不能写入", path.display()))?;
    let mut digest = Sm3::new();
    for part in 0..file.parts {
        let Some(bytes) = jobs::part(db, id, part).await? else {
            return refuse(FileRefusal::Unusable(id));
        };
        digest.update(&bytes);
        target.write_all(&bytes)?;
    }
    if file.hash != Some(hexadecimal(&digest.finalize())) {
        bail!("第{id}份上传文件与收到时的SM3不符，没有使用");
    }
    Ok(path)
}

/// The last part of a name, without what a file system or a terminal would act upon.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|symbol| !symbol.is_control() && !"<>:\"|?*".contains(*symbol))
        .collect();
    let kept = kept.trim_matches(['.', ' ']);
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 8 => (stem, format!(".{ending}")),
        _ => (kept, String::new()),
    };
    let stem: String = stem.chars().take(STEM_MAX).collect();
    match stem.is_empty() {
        true => format!("文件{ending}"),
        false => format!("{stem}{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn names_of_files_lead_nowhere() {
        let long = "很".repeat(200);
        let cases = [
            ("税务2026-09.csv", "税务2026-09.csv".to_string()),
            ("../../etc/passwd", "passwd".to_string()),
            ("C:\\报表\\名录.xlsx", "名录.xlsx".to_string()),
            ("..", "文件".to_string()),
            ("a\u{0}\n\"b.csv", "ab.csv".to_string()),
            (".csv", "csv".to_string()),
            (&format!("{long}.xlsx"), format!("{}.xlsx", "很".repeat(60))),
        ];
        for (given, expected) in cases {
            assert_eq!(plain_name(given), expected, "{given:?}");
        }
    }
}
