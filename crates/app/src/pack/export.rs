//! Writing a pack out as files, for those who change it. It never writes over anything.
//!
//! Example: `shenggui pack export 政策包`.

use crate::cli::PackSource;
use crate::office::{pack_files, refuse};
use crate::report::{Field, Report};
use anyhow::{Context, Result};
use std::path::Path;

/// `shenggui pack export`. Packs of cities stay where they are: they are kept beside it.
pub fn export(source: &PackSource, folder: &Path) -> Result<Report> {
    let source = PackSource {
        local: Vec::new(),
        ..source.clone()
    };
    let files = pack_files(&source, None)?;
    let shown = folder.display();
    if folder.exists() && !folder.is_dir() {
        return refuse(format!("“{shown}”是一个文件，请另写一个目录"));
    }
    if folder.is_dir() {
        let mut inside =
            std::fs::read_dir(folder).with_context(|| format!("目录“{shown}”不能读取"))?;
        if inside.next().is_some() {
            return refuse(format!(
                "目录“{shown}”里已有文件，为免覆盖没有写出，请另写一个新目录"
            ));
        }
    }
    for (path, text) in &files.0 {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("目录“{}”不能建立", parent.display()))?;
        }
        std::fs::write(&path, text).with_context(|| format!("“{}”不能写入", path.display()))?;
    }
    Ok(Report::new(format!("政策包已写到：{shown}"))
        .fact("files", "文件", Field::Count(files.0.len() as i64))
        .fact(
            "fingerprint",
            "指纹（SM3）",
            Field::text(files.fingerprint()),
        )
        .note(format!(
            "改动后检查：shenggui pack check {shown}；使用：在各条命令里写 --pack {shown}"
        )))
}
