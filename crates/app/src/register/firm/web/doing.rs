//! What visitors do on the page of a firm: stating a purpose, recording results and
//! follow-ups. Each leads back to the side that shows what was done.

use super::super::view::Side;
use super::super::{READ, UNMASK, open, state};
use crate::cli::{FollowUpArgs, OutcomeArgs, Signature};
use crate::measures::{self, Subject};
use crate::outlook::follow_up;
use crate::web::failure::{Failure, Outcome};
use crate::web::visitor::Visitor;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

/// A stated purpose, and the side to go on to.
#[derive(Deserialize)]
pub struct Stated {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    side: String,
}

/// States what the guarded figures are read for.
pub async fn create_reading(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Form(stated): Form<Stated>,
) -> Outcome {
    let subject = open(&visitor, &uscc, None).await?;
    state(&visitor, &subject, READ, &stated.purpose).await?;
    let side = Side::ALL.into_iter().find(|side| side.id() == stated.side);
    let side = match stated.side.as_str() {
        "sheet" => "sheet",
        _ => side.map_or("ledger", Side::id),
    };
    back(&subject, side, "reading")
}

/// States what personal data are read for.
pub async fn create_contact_reading(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Form(stated): Form<Stated>,
) -> Outcome {
    let subject = open(&visitor, &uscc, None).await?;
    state(&visitor, &subject, UNMASK, &stated.purpose).await?;
    back(&subject, "archive", "contact")
}

/// Back to a side of the firm that shows what was done.
fn back(subject: &Subject, side: &str, done: &str) -> Outcome {
    let uscc = subject.firms.uscc(subject.firm);
    let address = format!("/register/{uscc}/{side}?done={done}");
    Ok(Redirect::to(&address).into_response())
}

/// What came of a measure.
#[derive(Deserialize)]
pub struct CameOut {
    measure: String,
    /// `granted` or `refused`.
    result: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    reason: String,
}

/// 登记办理结果.
pub async fn create_outcome(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Form(given): Form<CameOut>,
) -> Outcome {
    let subject = open(&visitor, &uscc, None).await?;
    let is_granted = match given.result.as_str() {
        "granted" => true,
        "refused" => false,
        _ => return Err(Failure::Malformed("请选择已享受或者未批准".to_string())),
    };
    let amount = given.amount.trim().replace(',', "");
    let arguments = OutcomeArgs {
        id: Some(given.measure),
        uscc: Some(subject.firms.uscc(subject.firm).to_string()),
        granted: is_granted,
        refused: !is_granted,
        amount: (!amount.is_empty()).then_some(amount),
        reason: given.reason,
        list: None,
        signature: signature(&visitor)?,
    };
    measures::outcome(visitor.office(), &arguments).await?;
    back(&subject, "history", "outcome")
}

fn signature(visitor: &Visitor) -> Result<Signature, Failure> {
    let seat = visitor.seat()?;
    Ok(Signature {
        agency: seat.organisation.id(),
        person: seat.person.clone(),
        on: None,
    })
}

/// What was noted, or why it is closed.
#[derive(Deserialize)]
pub struct Followed {
    text: String,
    #[serde(default)]
    close: String,
}

/// 跟进, or its close.
pub async fn create_follow_up(
    visitor: Visitor,
    Path(uscc): Path<String>,
    Form(given): Form<Followed>,
) -> Outcome {
    let subject = open(&visitor, &uscc, None).await?;
    let signed = signature(&visitor)?;
    let is_close = given.close == "yes";
    if given.text.trim().is_empty() {
        return Err(Failure::Refused("请写明跟进情况或办结原因".to_string()));
    }
    let arguments = FollowUpArgs {
        uscc: subject.firms.uscc(subject.firm).to_string(),
        note: (!is_close).then(|| given.text.clone()),
        close: is_close,
        reason: is_close.then_some(given.text),
        agency: Some(signed.agency),
        person: Some(signed.person),
        on: None,
    };
    follow_up::command(visitor.office(), &arguments).await?;
    back(&subject, "history", if is_close { "close" } else { "note" })
}
