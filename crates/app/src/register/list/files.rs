//! The list as a file, sent while it is written.

use super::acts::Chosen;
use super::{open, read};
use crate::register::export::{Asked, Form as FileForm, prepare};
use crate::web::failure::{Failure, Outcome};
use crate::web::parts::written;
use crate::web::visitor::Visitor;
use axum::extract::Form;

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
    Ok(written(&name, move |to| export.write(form, to)))
}
