//! The files of a pack as texts by path, and their fingerprint.

use sm3::{Digest, Sm3};
use std::collections::BTreeMap;
use std::path::Path;

/// Every file of a pack, by its path inside the pack with `/` between parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackFiles(pub BTreeMap<String, String>);

impl PackFiles {
    /// Reads all `.toml` and `.csv` files below a folder.
    ///
    /// # Errors
    /// Where the folder or a file cannot be read, or a file is not UTF-8.
    pub fn read(folder: &Path) -> std::io::Result<PackFiles> {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(current) = folders.pop() {
            for entry in std::fs::read_dir(&current)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path
                    .extension()
                    .is_some_and(|ending| ending == "toml" || ending == "csv")
                {
                    let inside = path.strip_prefix(folder).unwrap_or(&path);
                    let name = inside.to_string_lossy().replace('\\', "/");
                    files.insert(name, std::fs::read_to_string(&path)?);
                }
            }
        }
        Ok(PackFiles(files))
    }

    /// SM3 over all paths and texts, in hexadecimal. Equal packs have equal fingerprints.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sm3::new();
        for (path, text) in &self.0 {
            digest.update((path.len() as u64).to_be_bytes());
            digest.update(path);
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        hexadecimal(&digest.finalize())
    }
}

/// Lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
