//! Packs of cities and counties: further measures, facts and parameters for one place.
//!
//! They stand below `local/<code>/` among the files of the province's pack. The province's
//! measures come first; a local one says which of them it carries out.

use super::divisions::DivisionCode;
use super::files::PackFiles;
use super::finding::Finding;
use super::with;
use serde::Deserialize;

/// One loaded local pack.
#[derive(Debug, Clone)]
pub struct LocalPack {
    /// `local/410300/`.
    pub folder: String,
    /// The city or county for whose firms it holds.
    pub division: DivisionCode,
    pub name: String,
    pub edition: String,
    /// Invented content that only shows how; every page says so.
    pub example: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    division: DivisionCode,
    name: String,
    edition: String,
    #[serde(default)]
    example: bool,
}

/// Where local packs stand among the files of a pack.
pub const FOLDER: &str = "local/";

pub(super) fn read(files: &PackFiles, findings: &mut Vec<Finding>) -> Vec<LocalPack> {
    let mut locals: Vec<LocalPack> = Vec::new();
    let heads = files
        .0
        .keys()
        .filter(|path| path.starts_with(FOLDER) && path.ends_with("/local.toml"));
    for path in heads {
        let folder = path.trim_end_matches("local.toml").to_string();
        let head: Option<Head> = with(files, path, findings, |source| {
            let head = source.whole::<Head>()?;
            if folder != format!("{FOLDER}{}/", head.division) {
                source.note_line(1, format!("目录名应为区划代码 {}", head.division));
            }
            Some(head)
        });
        if let Some(head) = head {
            locals.push(LocalPack {
                folder,
                division: head.division,
                name: head.name,
                edition: head.edition,
                example: head.example,
            });
        }
    }
    locals
}
