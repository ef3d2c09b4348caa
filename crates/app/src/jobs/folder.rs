//! The private folder of a working node: only its owner reads it, and what a node that was
//! killed left in it is removed by the next one.

use anyhow::{Context, Result};
use std::fs::{DirBuilder, File};
use std::path::{Path, PathBuf};

/// Where the folders of nodes stand, inside the data folder.
const WORKING: &str = "working";
const LOCK: &str = "lock";

/// A folder that is gone when this value is.
pub struct Folder {
    path: PathBuf,
    /// Held as long as the node lives; the lock ends with the process, however it ends.
    _lock: Option<File>,
}

impl Folder {
    /// Makes the folder of a node, and removes those of nodes that are no more.
    pub fn of_node(data: &Path, node: &str) -> Result<Folder> {
        let all = data.join(WORKING);
        std::fs::create_dir_all(&all)
            .with_context(|| format!("目录“{}”不能建立", all.display()))?;
        sweep(&all);
        let plain = |symbol: char| match symbol.is_alphanumeric() {
            true => symbol,
            false => '-',
        };
        let path = all.join(node.chars().map(plain).collect::<String>());
        make(&path)?;
        let lock = File::create(path.join(LOCK))?;
        lock.lock()?;
        Ok(Folder {
            path,
            _lock: Some(lock),
        })
    }

    /// A folder inside for one job.
    pub fn of_job(&self, name: &str) -> Result<Folder> {
        let path = self.path.join(name);
        make(&path)?;
        Ok(Folder { path, _lock: None })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next node.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

fn make(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .with_context(|| format!("目录“{}”不能建立", path.display()))
}

/// Removes folders whose node is no more: nobody holds their lock.
fn sweep(all: &Path) {
    for entry in std::fs::read_dir(all).into_iter().flatten().flatten() {
        let lock = File::open(entry.path().join(LOCK));
        let is_free = match &lock {
            Ok(lock) => lock.try_lock().is_ok(),
            // A node makes its lock at once after its folder: this one may just begin.
            Err(_) => false,
        };
        if is_free {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Folder;

    #[test]
    fn folders_of_dead_nodes_are_removed_and_those_of_living_ones_stay() {
        let data = tempfile::tempdir().expect("a folder");
        let living = Folder::of_node(data.path(), "host:1").expect("made");
        let dead = Folder::of_node(data.path(), "host:2").expect("made");
        let left = dead.path().to_path_buf();
        std::fs::write(left.join("名录.csv"), "x").expect("written");
        // A killed process drops nothing but its locks.
        let Folder { _lock, .. } = &dead;
        _lock.as_ref().expect("held").unlock().expect("free");
        let next = Folder::of_node(data.path(), "host:3").expect("made");
        assert!(!left.exists());
        assert!(living.path().exists() && next.path().exists());
        std::mem::forget(dead);
        let path = living.path().to_path_buf();
        drop(living);
        assert!(!path.exists());
    }
}
