//! A bulletin as files: rendered once, kept beside its record, given out by any node.
//!
//! What was kept is given out as it is. Records from before papers were kept are written
//! again from their snapshot, and given out only where the fingerprint is the same.

use super::{Draft, compose_draft};
use crate::cli::BulletinArgs;
use crate::documents;
use crate::office::{Office, refuse};
use anyhow::Result;
use programme::bulletins::document::Document;
use programme::bulletins::{self, Entry, Issue, PaperForm};
use programme::outlook;
use rules::pack::files::hexadecimal;
use rules::period::ReportPeriod;
use sm3::{Digest, Sm3};

/// One bulletin in all its forms.
pub(super) struct Papers {
    pub files: Vec<(PaperForm, Vec<u8>)>,
    /// SM3 of the DOCX: what is signed.
    pub fingerprint: String,
}

/// Writes out all forms.
pub(super) fn render(document: &Document) -> Result<Papers> {
    let docx = documents::docx(document)?;
    let mut digest = Sm3::new();
    digest.update(&docx);
    Ok(Papers {
        fingerprint: hexadecimal(&digest.finalize()),
        files: vec![
            (PaperForm::Docx, docx),
            (PaperForm::Xlsx, documents::xlsx(document)?),
            (PaperForm::Html, documents::html(document).into_bytes()),
        ],
    })
}

/// What a form is for.
pub(super) fn meaning(form: PaperForm) -> &'static str {
    match form {
        PaperForm::Docx => "正文和附件，报签用",
        PaperForm::Xlsx => "附件表格和数据出处",
        PaperForm::Html => "网页阅读",
    }
}

/// The name of the file of a bulletin.
pub(super) fn file_name(period: ReportPeriod, is_correction: bool, form: PaperForm) -> String {
    let correction = if is_correction { "更正" } else { "" };
    format!("{}{correction}通报.{}", period.in_words(), form.id())
}

/// A recorded bulletin in one form, with the name of its file.
pub async fn paper(office: &Office, id: i64, form: PaperForm) -> Result<(String, Vec<u8>)> {
    let db = office.db.reading();
    let all = bulletins::issues(db).await?;
    let found = all.iter().find(|issue| issue.id == id);
    let is_paper = |issue: &&Issue| matches!(issue.entry, Entry::Draft | Entry::Issued);
    let Some(issue) = found.filter(is_paper) else {
        return refuse(format!("没有第{id}号通报"));
    };
    let name = file_name(issue.period, issue.corrects.is_some(), form);
    if let Some(kept) = bulletins::paper(db, id, form).await? {
        return Ok((name, kept));
    }
    let written = written_again(office, issue, &all).await?;
    let papers = render(&written.document)?;
    if papers.fingerprint != issue.fingerprint {
        return refuse(format!(
            "第{id}号通报没有留存文件，程序、政策包或记录已变，重出的内容与当时不同，没有写出；请以纸质件为准"
        ));
    }
    let mut files = papers.files.into_iter();
    let own = files.find(|(own, _)| *own == form);
    let (_, bytes) = own.expect("every form is rendered");
    Ok((name, bytes))
}

/// The document of a record, composed from its snapshot and the records of then.
pub(super) async fn written_again(office: &Office, issue: &Issue, all: &[Issue]) -> Result<Draft> {
    let Some(snapshot) = outlook::snapshot(office.db.reading(), issue.snapshot).await? else {
        return refuse(format!(
            "第{}号通报所用的快照 {} 不存在",
            issue.id, issue.snapshot
        ));
    };
    let corrected = issue
        .corrects
        .and_then(|id| all.iter().find(|other| other.id == id));
    let arguments = BulletinArgs::of_period(issue.period);
    let number = issue.number.clone();
    let signed = Some(issue).filter(|issue| issue.entry == Entry::Issued);
    compose_draft(office, &arguments, snapshot, number, corrected, signed).await
}
