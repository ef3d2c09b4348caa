//! Signing in, choosing the post to look through, and signing out.

use super::Workplace;
use super::failure::{Failure, Outcome};
use super::frame::{Flash, Frame, home};
use super::layers::bare_frame;
use super::routes::{Access, Routes};
use super::visitor::{COOKIE, Visitor, html};
use crate::people::passwords;
use anyhow::Context;
use askama::Template;
use axum::extract::{ConnectInfo, Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Local, Utc};
use cookie::{Cookie, SameSite};
use programme::journal::{self, Act, Line};
use programme::people::Organisation;
use programme::people::accounts::{self, Session, Stage};
use rules::pack::files::hexadecimal;
use serde::Deserialize;
use std::net::SocketAddr;

pub fn routes() -> Routes {
    Routes::new()
        .get("/session", Access::Everyone, show_sign_in)
        .post("/session", Access::Everyone, create_session)
        .post("/session/post", Access::SignedIn, choose_post)
        .post("/session/end", Access::SignedIn, end_session)
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    frame: Frame,
    next: String,
    login: String,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn show_sign_in(
    State(workplace): State<Workplace>,
    visitor: Option<Visitor>,
    Query(asked): Query<Next>,
) -> Outcome {
    if let Some(visitor) = visitor.filter(Visitor::is_whole) {
        return Ok(Redirect::to(home(&visitor)).into_response());
    }
    html(&SignInPage {
        frame: bare_frame(&workplace, "登录").await?,
        next: asked.next,
        login: String::new(),
    })
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn create_session(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Outcome {
    let db = workplace.office.db.reading();
    let login = given.login.trim().to_string();
    let account = accounts::account_of_login(db, &login).await?;
    let stored = match &account {
        Some(account) if account.closed_at.is_none() => {
            accounts::newest_password(db, account.id).await?
        }
        _ => None,
    };
    // Somebody unknown takes as long as somebody known.
    let text = stored.map_or(UNKNOWN.to_string(), |(hash, ..)| hash);
    let fits = tokio::task::spawn_blocking(move || passwords::fits(&text, &given.password));
    let fits = fits
        .await
        .context("password check")
        .map_err(Failure::World)?;
    let (true, Some(account)) = (fits, account) else {
        let mut frame = bare_frame(&workplace, "登录").await?;
        frame.flash = Some(Flash {
            kind: "refusal".to_string(),
            text: "账号或密码不对，请核对后重新填写".to_string(),
        });
        return html(&SignInPage {
            frame,
            next: given.next,
            login,
        });
    };
    let token = new_token()?;
    let now = Utc::now().timestamp();
    let session = Session {
        hash: accounts::hash_of_token(&token),
        account: account.id,
        post: 0,
        stage: Stage::Whole,
        made_at: now,
        seen_at: now,
        address: peer.ip().to_string(),
        browser: browser(&headers),
    };
    let posts = accounts::posts_of(db, account.id).await?;
    let pack = &workplace.office.pack;
    let organisation = posts.iter().find_map(|post| post.seat(pack));
    let organisation = organisation.map_or_else(
        || Organisation::Agency(pack.office.agency.clone()),
        |seat| seat.organisation,
    );
    let act = Act {
        organisation,
        person: format!("{}（{}）", account.name, account.login),
        on: Local::now().date_naive(),
        at: now,
    };
    let tx = workplace.office.db.begin_writing().await?;
    accounts::open_session(&tx, &session).await?;
    let line = Line {
        act: "people.sign-in",
        subject: account.login.clone(),
        detail: String::new(),
    };
    journal::append(&tx, &act, &line).await?;
    tx.commit().await.map_err(failed)?;
    let mut response = Redirect::to(&inside(&given.next)).into_response();
    put_cookie(&workplace, &mut response, &token);
    Ok(response)
}

/// A hash that no password has.
const UNKNOWN: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn failed(error: impl Into<anyhow::Error>) -> Failure {
    Failure::World(error.into())
}

/// Only addresses of this site are gone on to.
fn inside(next: &str) -> String {
    let is_own = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    match is_own {
        true => next.to_string(),
        false => "/session".to_string(),
    }
}

fn browser(headers: &HeaderMap) -> String {
    let text = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    text.unwrap_or_default().chars().take(200).collect()
}

/// 256 bits that nobody can guess.
pub fn new_token() -> Result<String, Failure> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| failed(anyhow::anyhow!("no random numbers: {error}")))?;
    Ok(hexadecimal(&bytes))
}

fn put_cookie(workplace: &Workplace, response: &mut Response, token: &str) {
    let cookie = Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(workplace.config.secure);
    if let Ok(value) = HeaderValue::from_str(&cookie.build().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[derive(Deserialize)]
struct ChosenPost {
    post: i64,
}

async fn choose_post(visitor: Visitor, Form(chosen): Form<ChosenPost>) -> Outcome {
    let office = visitor.office();
    let posts = accounts::posts_of(office.db.reading(), visitor.account().id).await?;
    let held = posts
        .iter()
        .find(|post| post.id == chosen.post && post.seat(&office.pack).is_some());
    let Some(post) = held else {
        return Err(Failure::NotHere);
    };
    let act = visitor.act()?;
    let tx = office.db.begin_writing().await?;
    accounts::use_post(&tx, &visitor.session().hash, post.id).await?;
    let line = Line {
        act: "people.switch-post",
        subject: visitor.account().login.clone(),
        detail: format!("{} {}", post.organisation, post.role),
    };
    journal::append(&tx, &act, &line).await?;
    tx.commit().await.map_err(failed)?;
    Ok(Redirect::to("/session").into_response())
}

async fn end_session(visitor: Visitor) -> Outcome {
    let office = visitor.office();
    let now = Utc::now().timestamp();
    let tx = office.db.begin_writing().await?;
    accounts::end_session(&tx, &visitor.session().hash, now).await?;
    if let Ok(act) = visitor.act() {
        let line = Line {
            act: "people.sign-out",
            subject: visitor.account().login.clone(),
            detail: String::new(),
        };
        journal::append(&tx, &act, &line).await?;
    }
    tx.commit().await.map_err(failed)?;
    Ok(Redirect::to("/session").into_response())
}
