//! The invented local packs that come with the program, put where the office finds them.
//!
//! Only the demonstration has them: a real province brings its own.

use crate::office::{LOCAL_FOLDER, example_locals};
use anyhow::{Context, Result};
use std::path::Path;

/// Writes the example packs into the data folder and says whether any was written.
/// A pack of an area that is there already stays as it is.
pub fn place(folder: &Path) -> Result<bool> {
    let locals = folder.join(LOCAL_FOLDER);
    let examples = example_locals()?.0;
    let area_of = |path: &str| path.split('/').next().unwrap_or_default().to_string();
    let mut areas: Vec<String> = examples.keys().map(|path| area_of(path)).collect();
    areas.dedup();
    areas.retain(|area| !locals.join(area).exists());
    for (path, text) in &examples {
        if !areas.contains(&area_of(path)) {
            continue;
        }
        let target = locals.join(path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("目录“{}”不能建立", parent.display()))?;
        }
        std::fs::write(&target, text)
            .with_context(|| format!("文件“{}”不能写入", target.display()))?;
    }
    Ok(!areas.is_empty())
}
