//! What stands between proving who it is and being signed in: confirming a link to a provider,
//! the second factor, a new password, a new second factor. Each stage that is done gives the browser another token.

use super::super::Workplace;
use super::super::caller;
use super::super::failure::{Failure, Outcome};
use super::super::frame::{Flash, Frame};
use super::super::layers::bare_frame;
use super::super::routes::{Access, Routes};
use super::super::visitor::{Visitor, html_as};
use super::{compared, house, put_cookie, status_of, told};
use crate::people::{authenticator, own, secrets};
use askama::Template;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Local, Utc};
use programme::database::commit;
use programme::people::factors;
use programme::people::sessions::{Stage, hash_of_token};
use programme::people::sign_in::{self, Caller};
use programme::people::sign_on;
use serde::Deserialize;
use std::net::SocketAddr;

pub fn routes() -> Routes {
    // Who may use these depends on the stage, which the handlers ask.
    let all = Access::Everyone;
    Routes::new()
        .get("/session/confirmation", all, show_confirmation)
        .post("/session/confirmation", all, confirm_sign_on)
        .get("/session/factor", all, show_factor)
        .post("/session/factor", all, enter_factor)
        .get("/session/password", all, show_password)
        .post("/session/password", all, create_password)
        .get("/session/new-factor", all, show_new_factor)
        .post("/session/new-factor", all, propose_factor)
        .post("/session/new-factor/confirmation", all, confirm_factor)
}

/// The visitor at a stage; whoever is elsewhere is sent on.
fn at(visitor: Option<Visitor>, stage: Stage) -> Result<Visitor, Failure> {
    let visitor = visitor.ok_or(Failure::Elsewhere("/session"))?;
    match visitor.session()?.stage == stage {
        true => Ok(visitor),
        false => Err(Failure::Elsewhere("/session")),
    }
}

/// The page that asks for the account's own password, once for each link.
#[derive(Template)]
#[template(path = "session/confirmation.html")]
struct ConfirmationPage {
    frame: Frame,
    login: String,
    provider: String,
}

async fn confirmation_page(
    workplace: &Workplace,
    visitor: &Visitor,
) -> Result<ConfirmationPage, Failure> {
    let sign_on = workplace.config.sign_on();
    let provider = sign_on.map_or("统一身份", |sign_on| sign_on.name);
    Ok(ConfirmationPage {
        frame: bare_frame(workplace, "确认本人账号").await?,
        login: visitor.account().login.clone(),
        provider: provider.to_string(),
    })
}

async fn show_confirmation(
    State(workplace): State<Workplace>,
    visitor: Option<Visitor>,
) -> Outcome {
    let visitor = at(visitor, Stage::Confirmation)?;
    let page = confirmation_page(&workplace, &visitor).await?;
    html_as(StatusCode::OK, &page)
}

#[derive(Deserialize)]
struct OwnPassword {
    password: String,
}

async fn confirm_sign_on(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    Form(given): Form<OwnPassword>,
) -> Outcome {
    let visitor = at(visitor, Stage::Confirmation)?;
    let house = house(&workplace).await?;
    let login = &visitor.account().login;
    let compared = compared(&workplace, login, given.password).await?;
    let caller = Caller {
        login,
        address: &caller::address(&workplace.config, &headers, peer),
        browser: &caller::browser(&headers),
        at: Utc::now().timestamp(),
        on: Local::now().date_naive(),
    };
    let token = secrets::token()?;
    let (session, hash) = (visitor.session()?, hash_of_token(&token));
    let tx = workplace.office.db.begin_writing().await?;
    let answer = sign_on::confirm(&tx, house, session, caller, compared.as_ref(), &hash).await?;
    commit(tx).await?;
    match answer {
        Ok(_) => Ok(on(&workplace, &token)),
        Err(refusal) => {
            let mut page = confirmation_page(&workplace, &visitor).await?;
            page.frame.flash = Some(Flash::refusal(told(refusal)));
            html_as(status_of(refusal), &page)
        }
    }
}

#[derive(Template)]
#[template(path = "session/factor.html")]
struct FactorPage {
    frame: Frame,
}

async fn show_factor(State(workplace): State<Workplace>, visitor: Option<Visitor>) -> Outcome {
    at(visitor, Stage::SecondFactor)?;
    let frame = bare_frame(&workplace, "输入动态口令").await?;
    html_as(StatusCode::OK, &FactorPage { frame })
}

#[derive(Deserialize)]
pub(crate) struct Code {
    pub code: String,
}

async fn enter_factor(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    Form(given): Form<Code>,
) -> Outcome {
    let visitor = at(visitor, Stage::SecondFactor)?;
    let house = house(&workplace).await?;
    let now = Utc::now().timestamp();
    let caller = Caller {
        login: &visitor.account().login,
        address: &caller::address(&workplace.config, &headers, peer),
        browser: &caller::browser(&headers),
        at: now,
        on: Local::now().date_naive(),
    };
    let db = workplace.office.db.reading();
    let Some(factor) = factors::confirmed(db, visitor.account().id).await? else {
        return Err(Failure::Elsewhere("/session"));
    };
    let step = authenticator::step_of(&factor.secret, &given.code, now)?;
    let token = secrets::token()?;
    let tx = workplace.office.db.begin_writing().await?;
    let session = visitor.session()?;
    let hash = hash_of_token(&token);
    let answer =
        sign_in::with_factor(&tx, house, session, caller, (factor.id, step), &hash).await?;
    commit(tx).await?;
    match answer {
        Ok(_) => Ok(on(&workplace, &token)),
        Err(refusal) => {
            let mut frame = bare_frame(&workplace, "输入动态口令").await?;
            frame.flash = Some(Flash::refusal(told(refusal)));
            html_as(status_of(refusal), &FactorPage { frame })
        }
    }
}

/// Goes on to the next stage with its own token.
fn on(workplace: &Workplace, token: &str) -> Response {
    let mut response = Redirect::to("/session").into_response();
    put_cookie(workplace, &mut response, token);
    response
}

/// Finishes the stage that the visitor is at.
async fn advance(workplace: &Workplace, visitor: &Visitor) -> Outcome {
    let token = secrets::token()?;
    let house = house(workplace).await?;
    let when = (Utc::now().timestamp(), Local::now().date_naive());
    let tx = workplace.office.db.begin_writing().await?;
    let hash = hash_of_token(&token);
    let next = sign_in::advance(&tx, house, visitor.session()?, &hash, when).await?;
    commit(tx).await?;
    match next {
        Some(_) => Ok(on(workplace, &token)),
        None => Ok(Redirect::to("/session?done=over").into_response()),
    }
}

#[derive(Template)]
#[template(path = "session/password.html")]
struct PasswordPage {
    frame: Frame,
    is_first: bool,
    days: i64,
    rules: Vec<String>,
    faults: Vec<String>,
}

async fn password_page(workplace: &Workplace, visitor: &Visitor, faults: Vec<String>) -> Outcome {
    let security = &workplace.office.pack.security;
    let page = PasswordPage {
        frame: bare_frame(workplace, "设置新密码").await?,
        is_first: own::has_first_password(visitor).await?,
        days: security.password_days_max,
        rules: own::password_rules(security),
        faults,
    };
    let status = match page.faults.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    html_as(status, &page)
}

async fn show_password(State(workplace): State<Workplace>, visitor: Option<Visitor>) -> Outcome {
    let visitor = at(visitor, Stage::NewPassword)?;
    password_page(&workplace, &visitor, Vec::new()).await
}

#[derive(Deserialize)]
struct NewPassword {
    password: String,
    again: String,
}

async fn create_password(
    State(workplace): State<Workplace>,
    visitor: Option<Visitor>,
    Form(given): Form<NewPassword>,
) -> Outcome {
    let visitor = at(visitor, Stage::NewPassword)?;
    let new = (given.password, given.again);
    match own::change_password(&visitor, new).await? {
        Ok(()) => advance(&workplace, &visitor).await,
        Err(faults) => password_page(&workplace, &visitor, faults).await,
    }
}

#[derive(Template)]
#[template(path = "session/new-factor.html")]
struct NewFactorPage {
    frame: Frame,
    proposal: Option<own::Proposal>,
}

async fn new_factor_page(
    workplace: &Workplace,
    proposal: Option<own::Proposal>,
    refusal: Option<&str>,
) -> Outcome {
    let mut frame = bare_frame(workplace, "绑定动态口令").await?;
    frame.flash = refusal.map(Flash::refusal);
    let status = match refusal {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    html_as(status, &NewFactorPage { frame, proposal })
}

async fn show_new_factor(State(workplace): State<Workplace>, visitor: Option<Visitor>) -> Outcome {
    at(visitor, Stage::NewFactor)?;
    new_factor_page(&workplace, None, None).await
}

async fn propose_factor(State(workplace): State<Workplace>, visitor: Option<Visitor>) -> Outcome {
    let visitor = at(visitor, Stage::NewFactor)?;
    let proposal = own::propose_factor(&visitor).await?;
    new_factor_page(&workplace, Some(proposal), None).await
}

async fn confirm_factor(
    State(workplace): State<Workplace>,
    visitor: Option<Visitor>,
    Form(given): Form<Code>,
) -> Outcome {
    let visitor = at(visitor, Stage::NewFactor)?;
    match own::confirm_factor(&visitor, &given.code).await? {
        true => advance(&workplace, &visitor).await,
        false => {
            let proposal = own::proposal(&visitor).await?;
            let text = "动态口令不对。请核对手机时间是否准确，再输一次当前的口令";
            new_factor_page(&workplace, proposal, Some(text)).await
        }
    }
}
