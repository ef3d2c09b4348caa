//! A private folder in which a file is looked at.

use anyhow::{Context, Result};
use std::path::Path;
use tempfile::TempDir;

/// How its name begins, so that what a killed program left can be told.
const FOLDER: &str = "preview-";
const LEFT_SECONDS: u64 = 3600;

/// A folder that only the program's user reads, gone when the page is answered.
pub fn private_folder(data: &Path) -> Result<TempDir> {
    for entry in std::fs::read_dir(data).into_iter().flatten().flatten() {
        let is_preview = entry.file_name().to_string_lossy().starts_with(FOLDER);
        let age = entry.metadata().and_then(|metadata| metadata.modified());
        let age = age.ok().and_then(|moment| moment.elapsed().ok());
        if is_preview && age.is_some_and(|age| age.as_secs() > LEFT_SECONDS) {
            // Whatever cannot be removed now is tried again with the next file.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    tempfile::Builder::new()
        .prefix(FOLDER)
        .tempdir_in(data)
        .context("临时目录不能建立")
}
