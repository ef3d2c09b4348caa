//! Attaching the plan's own text and an approved map, from the command line and the settings.

pub mod web;

use crate::cli::{PackCommand, Signature};
use crate::office::{Office, Refused, refuse};
use crate::outlook::map;
use crate::plan;
use crate::report::{Field, Report};
use anyhow::Result;
use programme::attachments::{Attachment, AttachmentKind};
use programme::journal::Act;
use rules::pack::original::Original;
use std::io::Read;
use std::path::Path;

/// `shenggui pack attach` and `shenggui pack attach-map`.
pub async fn command(office: &Office, command: &PackCommand) -> Result<Report> {
    match command {
        PackCommand::Attach(arguments) => {
            let act = signed(office, &arguments.signature)?;
            let kind = AttachmentKind::PlanText;
            let (name, content) = read(&arguments.file, kind)?;
            let (kept, original) = plan::original::attach(office, &name, &content, &act).await?;
            Ok(of_text(&kept, &original))
        }
        PackCommand::AttachMap(arguments) => {
            let act = signed(office, &arguments.signature)?;
            let (name, content) = read(&arguments.file, AttachmentKind::Map)?;
            let approval = &arguments.approval;
            let kept = map::file::attach(office, &name, approval, &content, &act).await?;
            Ok(described(&kept).fact("approval", "审图号", Field::text(kept.approval.clone())))
        }
        PackCommand::Check { .. } | PackCommand::Export { .. } | PackCommand::Reference { .. } => {
            unreachable!("answered without the data folder")
        }
    }
}

fn signed(office: &Office, signature: &Signature) -> Result<Act> {
    let organisation = office.organisation(&signature.agency)?;
    office.act(organisation, &signature.person, signature.on)
}

/// Name and content of a file; one byte over the limit is read and no more.
fn read(path: &Path, kind: AttachmentKind) -> Result<(String, Vec<u8>)> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_string());
    let refused = || {
        Refused(format!(
            "文件“{}”不能读取，请核对路径和权限",
            path.display()
        ))
    };
    let file = std::fs::File::open(path).map_err(|_| refused())?;
    let mut content = Vec::new();
    let limit = kind.bytes_max() as u64 + 1;
    file.take(limit)
        .read_to_end(&mut content)
        .map_err(|_| refused())?;
    match content.len() > kind.bytes_max() {
        true => refuse(format!(
            "文件“{}”超过 {} 字节的上限，没有存入；请精简后再试",
            path.display(),
            kind.bytes_max()
        )),
        false => Ok((name.unwrap_or_default(), content)),
    }
}

fn described(kept: &Attachment) -> Report {
    Report::new(format!("已存入{}", kept.kind.name()))
        .fact("attachment", "附件", Field::count(kept.id))
        .fact("name", "文件", Field::text(kept.name.clone()))
        .fact("hash", "SM3", Field::text(kept.hash.clone()))
}

fn of_text(kept: &Attachment, original: &Original) -> Report {
    described(kept)
        .fact(
            "sections",
            "对应章节",
            Field::Count(original.sections.len() as i64),
        )
        .fact(
            "clauses",
            "对应条款",
            Field::Count(original.clauses.len() as i64),
        )
        .note("在“方案进展”页面与各条款对照查看；原文只存在本单位的数据库")
}
