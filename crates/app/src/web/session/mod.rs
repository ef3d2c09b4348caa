//! Signing in, choosing the post to look through, and signing out.
//!
//! What is taken and what is refused is decided by `people::sign_in`; here stand the pages.

#[cfg(feature = "oidc")]
mod sign_on;
mod stages;

use super::Workplace;
use super::address::Address;
use super::caller;
use super::failure::{Failure, Outcome};
use super::frame::{Flash, Frame, home};
use super::layers::bare_frame;
use super::routes::{Access, Routes};
use super::visitor::{COOKIE, Visitor, html_as};
use crate::people::{passwords, secrets};
use crate::settings;
use askama::Template;
use axum::extract::{ConnectInfo, Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Local, Utc};
use cookie::{Cookie, SameSite};
use programme::database::commit;
use programme::journal::{self, Line};
use programme::people::accounts::{self, normal_login};
use programme::people::passwords as kept;
use programme::people::sessions::{self, Session, Stage, hash_of_token};
use programme::people::sign_in::{self, Caller, Compared, House, SignInRefusal};
use serde::Deserialize;
use std::net::SocketAddr;

pub fn routes() -> Routes {
    let routes = Routes::new();
    #[cfg(feature = "oidc")]
    let routes = routes.merge(sign_on::routes());
    routes
        .get("/session", Access::Everyone, show_sign_in)
        .post("/session", Access::Everyone, create_session)
        .post("/session/post", Access::SignedIn, choose_post)
        // Also a sign-in that is not finished can be given up.
        .post("/session/end", Access::Everyone, end_session)
        .merge(stages::routes())
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    frame: Frame,
    next: String,
    login: String,
    sign_on: Option<SignOnWay>,
}

/// The way by the provider of identities.
struct SignOnWay {
    name: String,
    address: String,
}

/// The page for signing in.
async fn sign_in_page(
    workplace: &Workplace,
    flash: Option<Flash>,
    next: &str,
    login: &str,
) -> Result<SignInPage, Failure> {
    let mut frame = bare_frame(workplace, "登录").await?;
    frame.flash = flash;
    let sign_on = workplace.config.sign_on();
    Ok(SignInPage {
        frame,
        next: next.to_string(),
        login: login.chars().take(64).collect(),
        sign_on: sign_on.map(|sign_on| SignOnWay {
            name: sign_on.name.to_string(),
            address: Address::of("/session/sign-on")
                .with("next", next)
                .to_string(),
        }),
    })
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
    #[serde(default)]
    done: String,
}

async fn show_sign_in(
    State(workplace): State<Workplace>,
    visitor: Option<Visitor>,
    Query(asked): Query<Next>,
) -> Outcome {
    if let Some(visitor) = visitor {
        let address = visitor.way_on().unwrap_or_else(|| home(&visitor));
        return Ok(Redirect::to(address).into_response());
    }
    let flash = match asked.done.as_str() {
        "out" => Some(Flash::done("已退出登录")),
        "over" => Some(Flash::refusal("登录已失效，请重新登录")),
        _ => None,
    };
    let page = sign_in_page(&workplace, flash, &asked.next, "").await?;
    html_as(StatusCode::OK, &page)
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// What holds for everybody who signs in at this workplace.
pub async fn house(workplace: &Workplace) -> Result<House<'_>, Failure> {
    Ok(House {
        pack: &workplace.office.pack,
        is_demonstration: settings::banner(&workplace.office).await?.is_some(),
        one_session: workplace.config.one_session,
        second_factor: workplace.config.second_factor,
    })
}

async fn create_session(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Outcome {
    let login = normal_login(&given.login);
    let house = house(&workplace).await?;
    let compared = compared(&workplace, &login, given.password).await?;
    let token = secrets::token()?;
    let caller = Caller {
        login: &login,
        address: &caller::address(&workplace.config, &headers, peer),
        browser: &caller::browser(&headers),
        at: Utc::now().timestamp(),
        on: Local::now().date_naive(),
    };
    let tx = workplace.office.db.begin_writing().await?;
    let hash = hash_of_token(&token);
    let answer = sign_in::with_password(&tx, house, caller, compared.as_ref(), &hash).await?;
    commit(tx).await?;
    let session = match answer {
        Ok(session) => session,
        Err(refusal) => {
            let flash = Some(Flash::refusal(told(refusal)));
            let page = sign_in_page(&workplace, flash, &given.next, &given.login).await?;
            return html_as(status_of(refusal), &page);
        }
    };
    let mut response = Redirect::to(&match session.stage {
        Stage::Whole => inside(&given.next),
        _ => "/session".to_string(),
    })
    .into_response();
    put_cookie(&workplace, &mut response, &token);
    Ok(response)
}

/// Compares a password with what is stored of a login's; nobody's takes as long.
async fn compared(
    workplace: &Workplace,
    login: &str,
    password: String,
) -> Result<Option<Compared>, Failure> {
    let db = workplace.office.db.reading();
    let account = accounts::account_of_login(db, login).await?;
    let stored = match &account {
        Some(account) if account.closed_at.is_none() => kept::newest(db, account.id).await?,
        _ => None,
    };
    let hash = stored.map(|stored| stored.hash);
    let fits = passwords::compare(hash.clone(), password).await?;
    Ok(account.zip(hash).map(|(account, hash)| Compared {
        account: account.id,
        hash,
        fits,
    }))
}

/// A refusal in the words of a page.
fn told(refusal: SignInRefusal) -> String {
    match refusal {
        SignInRefusal::Locked { until } => format!(
            "连续失败次数过多，账号已锁定，{}后可以再试；急用请联系安全管理员解锁",
            clock(until)
        ),
        other => other.to_string(),
    }
}

/// Month, day and time of day here.
pub fn clock(at: i64) -> String {
    let time = DateTime::from_timestamp(at, 0).map(|time| time.with_timezone(&Local));
    time.map_or(String::new(), |time| {
        time.format("%Y-%m-%d %H:%M").to_string()
    })
}

fn status_of(refusal: SignInRefusal) -> StatusCode {
    match refusal {
        SignInRefusal::AddressFull | SignInRefusal::TooManyWaiting => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Only addresses of this site are gone on to.
fn inside(next: &str) -> String {
    let plain = !next
        .chars()
        .any(|symbol| symbol.is_control() || symbol == '\\');
    let is_own = next.starts_with('/') && !next.starts_with("//") && plain;
    match is_own {
        true => next.to_string(),
        false => "/session".to_string(),
    }
}

fn cookie<'a>(workplace: &Workplace, token: &'a str) -> cookie::CookieBuilder<'a> {
    Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(workplace.config.secure)
}

pub(super) fn put_cookie(workplace: &Workplace, response: &mut Response, token: &str) {
    let text = cookie(workplace, token).build().to_string();
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn take_cookie_away(workplace: &Workplace, response: &mut Response) {
    let gone = cookie(workplace, "").max_age(cookie::time::Duration::ZERO);
    if let Ok(value) = HeaderValue::from_str(&gone.build().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[derive(Deserialize)]
struct ChosenPost {
    post: i64,
}

async fn choose_post(visitor: Visitor, Form(chosen): Form<ChosenPost>) -> Outcome {
    let office = visitor.office();
    let tx = office.db.begin_writing().await?;
    let posts = accounts::posts_of(&tx, visitor.account().id).await?;
    let held = posts
        .iter()
        .find(|post| post.id == chosen.post && post.seat(&office.pack).is_some());
    let Some(post) = held else {
        return Err(Failure::NotHere);
    };
    let act = visitor.act()?;
    sessions::use_post(&tx, &visitor.session()?.hash, post.id).await?;
    let line = Line {
        act: "people.switch-post",
        subject: visitor.account().login.clone(),
        detail: format!("{} {}", post.organisation, post.role),
    };
    journal::append(&tx, &act, &line).await?;
    commit(tx).await?;
    Ok(Redirect::to("/session").into_response())
}

async fn end_session(State(workplace): State<Workplace>, visitor: Option<Visitor>) -> Outcome {
    if let Some(visitor) = visitor {
        let session = visitor.session()?;
        end(&visitor, session).await?;
    }
    let mut response = Redirect::to("/session?done=out").into_response();
    take_cookie_away(&workplace, &mut response);
    Ok(response)
}

async fn end(visitor: &Visitor, session: &Session) -> Result<(), Failure> {
    let office = visitor.office();
    let (now, today) = (Utc::now().timestamp(), Local::now().date_naive());
    let tx = office.db.begin_writing().await?;
    if sessions::end(&tx, session.account, &session.hash, now).await? {
        let account = visitor.account();
        let act = sign_in::act_of(&tx, &office.pack, account, (now, today)).await?;
        let line = Line {
            act: "people.sign-out",
            subject: account.login.clone(),
            detail: String::new(),
        };
        journal::append(&tx, &act, &line).await?;
    }
    commit(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (next, expected) in [
            ("/pool?page=2", "/pool?page=2"),
            ("", "/session"),
            ("//evil.example", "/session"),
            ("/\\evil.example", "/session"),
            ("/\n//evil.example", "/session"),
            ("https://evil.example", "/session"),
        ] {
            assert_eq!(inside(next), expected, "{next}");
        }
    }
}
