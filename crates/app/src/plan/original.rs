//! The plan's own text beside our wording: attached by the operator, kept in the database,
//! never shipped.

use crate::office::{Office, Refused, refuse};
use anyhow::Result;
use programme::attachments::{self, Attachment, AttachmentKind, Wish};
use programme::journal::Act;
use rules::pack::Pack;
use rules::pack::original::Original;

/// The newest attached text, set beside the clauses of the pack.
pub(super) async fn attached(office: &Office) -> Result<Option<(Attachment, Original)>> {
    let newest = attachments::newest(office.db.reading(), AttachmentKind::PlanText).await?;
    let Some((attachment, content)) = newest else {
        return Ok(None);
    };
    // A newer pack may have renamed a heading: then nothing is shown beside it.
    let original = read(&office.pack, &content).unwrap_or_default();
    Ok(Some((attachment, original)))
}

/// Sets a text beside the clauses of the pack.
///
/// # Errors
/// A refusal that names every fault.
pub fn read(pack: &Pack, content: &[u8]) -> Result<Original> {
    let Ok(text) = std::str::from_utf8(content) else {
        return refuse("方案原文请存成 UTF-8 编码的文本文件");
    };
    Original::read(text, &pack.clauses).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Refused(lines.join("\n")).into()
    })
}

/// Keeps a text as the plan's own; gives it with how much of it stands beside clauses.
pub async fn attach(
    office: &Office,
    name: &str,
    content: &[u8],
    act: &Act,
) -> Result<(Attachment, Original)> {
    let original = read(&office.pack, content)?;
    let wish = Wish {
        kind: AttachmentKind::PlanText,
        name,
        approval: "",
        content,
    };
    let tx = office.db.begin_writing().await?;
    let attachment = attachments::attach(&tx, wish, act).await?.or_else(refuse)?;
    tx.commit().await?;
    Ok((attachment, original))
}
