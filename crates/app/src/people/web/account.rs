//! `/account`: what somebody's own account is and what he may do with it.

use super::super::own::{self, Proof};
use super::{Done, PostLine, back, day, post_line};
use crate::web::Workplace;
use crate::web::caller::{self, browser_in_words};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::{Flash, Frame};
use crate::web::routes::{Access, Routes};
use crate::web::session::{clock, house};
use crate::web::visitor::{Visitor, html, html_as};
use askama::Template;
use axum::extract::{ConnectInfo, Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{Local, Utc};
use programme::database::commit;
use programme::people::sessions::Session;
use programme::people::sign_in::Caller;
use programme::people::tokens::Token;
use programme::people::{factors, passwords as kept, sessions, tokens};
use serde::Deserialize;
use std::net::SocketAddr;

pub fn routes() -> Routes {
    let own = Access::SignedIn;
    Routes::new()
        .get("/account", own, show_account)
        .post("/account/password", own, change_password)
        .post("/account/factor", own, propose_factor)
        .post("/account/factor/confirmation", own, confirm_factor)
        .post("/account/sessions/end", own, end_session)
        .post("/account/sessions/others", own, end_others)
}

#[derive(Template)]
#[template(path = "people/account.html")]
struct AccountPage {
    frame: Frame,
    login: String,
    name: String,
    phone: String,
    posts: Vec<PostLine>,
    password_set: String,
    password_ends: String,
    rules: Vec<String>,
    password_faults: Vec<String>,
    factor: String,
    sessions: Vec<SessionLine>,
    tokens: Vec<TokenLine>,
    rights: Vec<(&'static str, &'static str)>,
    token_days_max: i64,
}

/// A session in words.
pub(super) struct SessionLine {
    pub hash: String,
    pub browser: String,
    pub address: String,
    pub since: String,
    pub seen: String,
    pub is_current: bool,
}

pub(super) fn session_line(session: &Session, current: &str) -> SessionLine {
    SessionLine {
        browser: browser_in_words(&session.browser),
        address: session.address.clone(),
        since: clock(session.made_at),
        seen: clock(session.seen_at),
        is_current: session.hash == current,
        hash: session.hash.clone(),
    }
}

struct TokenLine {
    id: i64,
    name: String,
    post: String,
    rights: String,
    ends: String,
    used: String,
    has_lapsed: bool,
}

fn token_line(visitor: &Visitor, token: &Token, now: i64) -> TokenLine {
    let pack = &visitor.office().pack;
    let post = visitor.posts().iter().find(|post| post.id == token.post);
    let rights: Vec<&str> = token.rights.iter().map(|right| right.name()).collect();
    TokenLine {
        id: token.id,
        name: token.name.clone(),
        post: post.map_or(String::new(), |post| {
            let line = post_line(pack, post);
            format!("{}　{}", line.organisation, line.role)
        }),
        rights: rights.join("、"),
        ends: day(token.ends_at),
        used: token.used_at.map_or("—".to_string(), clock),
        has_lapsed: !token.is_alive(now),
    }
}

const DONE: &[(&str, &str)] = &[
    ("password", "密码已修改，其他登录已结束"),
    ("factor", "动态口令已绑定，下次登录时使用"),
    ("session", "该处登录已结束"),
    ("others", "其他登录已全部结束"),
    ("token", "令牌已停用"),
];

async fn show_account(visitor: Visitor, Query(asked): Query<Done>) -> Outcome {
    let flash = asked.flash(DONE);
    html(&page(&visitor, flash, Vec::new()).await?)
}

async fn page(
    visitor: &Visitor,
    flash: Option<Flash>,
    password_faults: Vec<String>,
) -> Result<AccountPage, Failure> {
    let office = visitor.office();
    let (db, pack) = (office.db.reading(), &office.pack);
    let (account, session) = (visitor.account(), visitor.session()?);
    let now = Utc::now().timestamp();
    let kept = kept::newest(db, account.id).await?;
    let set_at = kept.map_or(account.made_at, |kept| kept.set_at);
    let factor = factors::confirmed(db, account.id).await?;
    let held = sessions::held(db, account.id, visitor.lifetimes(), now).await?;
    let tokens = tokens::of_account(db, account.id).await?;
    let mut frame = visitor.frame("我的账号", "").await?;
    frame.flash = flash;
    Ok(AccountPage {
        frame,
        login: account.login.clone(),
        name: account.name.clone(),
        phone: account.phone.clone(),
        posts: visitor
            .posts()
            .iter()
            .map(|post| post_line(pack, post))
            .collect(),
        password_set: day(set_at),
        password_ends: day(set_at + pack.security.password_days_max * 86_400),
        rules: own::password_rules(&pack.security),
        password_faults,
        factor: factor.map_or(String::new(), |factor| day(factor.made_at)),
        sessions: held
            .iter()
            .map(|own| session_line(own, &session.hash))
            .collect(),
        tokens: tokens
            .iter()
            .map(|token| token_line(visitor, token, now))
            .collect(),
        rights: super::tokens::offered(visitor)
            .map(|right| (right.id(), right.name()))
            .collect(),
        token_days_max: pack.security.token_days_max,
    })
}

/// Who does something with the own account, as attempts are counted for.
struct Here {
    address: String,
    browser: String,
}

impl Here {
    fn of(workplace: &Workplace, headers: &HeaderMap, peer: SocketAddr) -> Here {
        Here {
            address: caller::address(&workplace.config, headers, peer),
            browser: caller::browser(headers),
        }
    }

    /// Asks for the password once more, before what a found browser must not do.
    async fn prove(
        &self,
        workplace: &Workplace,
        visitor: &Visitor,
        password: String,
    ) -> Result<Proof, Failure> {
        let caller = Caller {
            login: &visitor.account().login,
            address: &self.address,
            browser: &self.browser,
            at: Utc::now().timestamp(),
            on: Local::now().date_naive(),
        };
        own::prove(visitor, house(workplace).await?, caller, password).await
    }
}

#[derive(Deserialize)]
struct PasswordChange {
    old: String,
    password: String,
    again: String,
}

async fn change_password(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(given): Form<PasswordChange>,
) -> Outcome {
    let here = Here::of(&workplace, &headers, peer);
    let faults = match here.prove(&workplace, &visitor, given.old).await? {
        Proof::Right => {
            let new = (given.password, given.again);
            match own::change_password(&visitor, new).await? {
                Ok(()) => return Ok(back("/account", "password")),
                Err(faults) => faults,
            }
        }
        proof => vec![proof.told().to_string()],
    };
    let page = page(&visitor, None, faults).await?;
    html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[derive(Template)]
#[template(path = "people/factor.html")]
struct FactorPage {
    frame: Frame,
    proposal: Option<own::Proposal>,
}

#[derive(Deserialize)]
struct Password {
    password: String,
}

async fn propose_factor(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(given): Form<Password>,
) -> Outcome {
    let here = Here::of(&workplace, &headers, peer);
    let proof = here.prove(&workplace, &visitor, given.password).await?;
    if proof != Proof::Right {
        let page = page(&visitor, Some(Flash::refusal(proof.told())), Vec::new()).await?;
        return html_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let page = FactorPage {
        proposal: Some(own::propose_factor(&visitor).await?),
        frame: visitor.frame("绑定动态口令", "").await?,
    };
    html(&page)
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

async fn confirm_factor(visitor: Visitor, Form(given): Form<Code>) -> Outcome {
    if own::confirm_factor(&visitor, &given.code).await? {
        return Ok(back("/account", "factor"));
    }
    let mut frame = visitor.frame("绑定动态口令", "").await?;
    let text = "动态口令不对。请核对手机时间是否准确，再输一次当前的口令";
    frame.flash = Some(Flash::refusal(text));
    let page = FactorPage {
        proposal: own::proposal(&visitor).await?,
        frame,
    };
    html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[derive(Deserialize)]
struct ChosenSession {
    session: String,
}

async fn end_session(visitor: Visitor, Form(chosen): Form<ChosenSession>) -> Outcome {
    let account = visitor.account().id;
    let now = Utc::now().timestamp();
    let tx = visitor.office().db.begin_writing().await?;
    if !sessions::end(&tx, account, &chosen.session, now).await? {
        return Err(Failure::NotHere);
    }
    own::write(&tx, &visitor, "people.end-sessions", "1处".to_string()).await?;
    commit(tx).await?;
    Ok(back("/account", "session"))
}

async fn end_others(visitor: Visitor) -> Outcome {
    let account = visitor.account().id;
    let now = Utc::now().timestamp();
    let tx = visitor.office().db.begin_writing().await?;
    let ended = sessions::end_all(&tx, account, &visitor.session()?.hash, now).await?;
    own::write(&tx, &visitor, "people.end-sessions", format!("{ended}处")).await?;
    commit(tx).await?;
    Ok(back("/account", "others"))
}
