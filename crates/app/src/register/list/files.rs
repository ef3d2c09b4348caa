//! The list as a file, sent while it is written.

use super::acts::Chosen;
use super::{open, read};
use crate::register::export::{Asked, Form as FileForm, prepare};
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::file;
use crate::web::visitor::Visitor;
use crate::workbook::pipe;
use axum::body::{Body, Bytes};
use axum::extract::Form;
use futures_util::stream::unfold;
use std::io;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

pub(super) async fn create_export(
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Outcome {
    let chosen = Chosen::read(&sent)?;
    let Some(form) = FileForm::named(chosen.field("form")) else {
        return Err(Failure::Malformed("文件格式请选 XLSX 或 CSV".to_string()));
    };
    let book = open(&visitor).await?;
    let wanted = read(&book, chosen.field("query"))?;
    let asked = Asked {
        purpose: chosen.field("purpose").trim().to_string(),
        chosen: (!chosen.firms.is_empty()).then(|| chosen.firms.clone()),
    };
    let act = visitor.act()?;
    let export = prepare(visitor.office(), book, &wanted, asked, &act).await?;
    let name = format!(
        "企业名单_{}_{}家.{}",
        act.on.format("%Y%m%d"),
        export.count(),
        form.ending()
    );
    let (to, from) = pipe();
    let writing = tokio::task::spawn_blocking(move || export.write(form, to));
    Ok(file(&name, body(from, writing)))
}

type Sending = Option<(Receiver<Vec<u8>>, JoinHandle<io::Result<()>>)>;

/// What comes through the pipe; where the writer has failed, the transfer fails too, so that
/// half a file is never taken for a whole one.
fn body(from: Receiver<Vec<u8>>, writing: JoinHandle<io::Result<()>>) -> Body {
    let pieces = unfold(Some((from, writing)), |sending: Sending| async {
        let (mut from, writing) = sending?;
        if let Some(piece) = from.recv().await {
            return Some((Ok(Bytes::from(piece)), Some((from, writing))));
        }
        let failed = match writing.await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => error,
            Err(error) => io::Error::other(error),
        };
        Some((Err(failed), None))
    });
    Body::from_stream(pieces)
}
