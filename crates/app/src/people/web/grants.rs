//! `/people/grants`: the security keeper gives and ends posts, unlocks, and sets anew what
//! somebody forgot or lost. He makes no account, and does nothing for himself.

use super::account::{SessionLine, session_line};
use super::accounts::{AccountLine, Asked, lines};
use super::{Done, PostLine, account_of, back, day, keeper, number, post_line, refusal};
use crate::people::{passwords, secrets};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::parts::{Choice, choices};
use crate::web::routes::{Access, Routes};
use crate::web::session::clock;
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::{Form, Path, Query};
use chrono::Utc;
use programme::database::commit;
use programme::people::attempts::{self, Standing, standing};
use programme::people::{accounts, factors, keepers, sessions};
use rules::pack::Pack;
use rules::pack::roles::Right;
use serde::Deserialize;

pub fn routes() -> Routes {
    let grant = Access::May(Right::Grants);
    Routes::new()
        .get("/people/grants", grant, list_grants)
        .get("/people/grants/{account}", grant, show_grants)
        .post("/people/grants/{account}/posts", grant, create_post)
        .post("/people/grants/{account}/posts/end", grant, end_post)
        .post("/people/grants/{account}/unlocks", grant, create_unlock)
        .post("/people/grants/{account}/passwords", grant, create_password)
        .post("/people/grants/{account}/factors/end", grant, end_factor)
        .post("/people/grants/{account}/sessions/end", grant, end_sessions)
}

#[derive(Template)]
#[template(path = "people/grants.html")]
struct GrantsPage {
    frame: Frame,
    q: String,
    lines: Vec<AccountLine>,
    next: String,
}

async fn list_grants(visitor: Visitor, Query(asked): Query<Asked>) -> Outcome {
    let (lines, next) = lines(&visitor, "/people/grants", &asked).await?;
    html(&GrantsPage {
        frame: visitor.frame("岗位", "/people/grants").await?,
        q: asked.q,
        lines,
        next,
    })
}

#[derive(Template)]
#[template(path = "people/grant.html")]
struct GrantPage {
    frame: Frame,
    id: i64,
    is_closed: bool,
    posts: Vec<PostLine>,
    roles: Vec<Choice>,
    organisations: Vec<String>,
    locked_until: String,
    factor: String,
    sessions: Vec<SessionLine>,
    first_days: i64,
}

const DONE: &[(&str, &str)] = &[
    ("given", "岗位已授予，下一次打开页面时生效"),
    ("ended", "岗位已结束，随即生效"),
    ("unlocked", "账号已解锁"),
    ("factor", "动态口令已重置，本人下次登录时重新绑定"),
    ("sessions", "该账号的登录已结束"),
];

/// Roles that a keeper gives; firms get theirs by claim.
fn role_choices(pack: &Pack) -> Vec<Choice> {
    let given = pack.roles.iter().filter(|role| !role.may(Right::OwnFirm));
    choices(given.map(|role| (role.id.clone(), role.name.clone())), "")
}

/// Names that the field offers while somebody types.
fn organisation_names(pack: &Pack) -> Vec<String> {
    let on = crate::office::today();
    let agencies = pack
        .agencies
        .iter()
        .map(|agency| agency.name_on(on).short.clone());
    let areas = pack.divisions.areas().map(|area| area.name.clone());
    agencies.chain(areas).collect()
}

async fn show_grants(
    visitor: Visitor,
    Path(account): Path<String>,
    Query(asked): Query<Done>,
) -> Outcome {
    let account = account_of(&visitor, number(&account)?).await?;
    let office = visitor.office();
    let (db, pack) = (office.db.reading(), &office.pack);
    let now = Utc::now().timestamp();
    let posts = accounts::posts_of(db, account.id).await?;
    let past = attempts::past(db, &pack.security, (&account.login, ""), now).await?;
    let factor = factors::confirmed(db, account.id).await?;
    let held = sessions::held(db, account.id, visitor.lifetimes(), now).await?;
    let mut frame = visitor.frame(account.in_words(), "/people/grants").await?;
    frame.flash = asked.flash(DONE);
    html(&GrantPage {
        frame,
        id: account.id,
        is_closed: account.closed_at.is_some(),
        posts: posts.iter().map(|post| post_line(pack, post)).collect(),
        roles: role_choices(pack),
        organisations: organisation_names(pack),
        locked_until: match standing(&pack.security, &past, now) {
            Standing::Locked { until, .. } => clock(until),
            _ => String::new(),
        },
        factor: factor.map_or(String::new(), |factor| day(factor.made_at)),
        sessions: held.iter().map(|own| session_line(own, "")).collect(),
        first_days: pack.security.first_password_days_max,
    })
}

fn path(account: i64) -> String {
    format!("/people/grants/{account}")
}

#[derive(Deserialize)]
struct NewPost {
    organisation: String,
    role: String,
}

async fn create_post(
    visitor: Visitor,
    Path(account): Path<String>,
    Form(given): Form<NewPost>,
) -> Outcome {
    let (id, keeper) = (number(&account)?, keeper(&visitor)?);
    let office = visitor.office();
    let organisation = office.organisation(given.organisation.trim())?;
    let tx = office.db.begin_writing().await?;
    let post = (&organisation, given.role.as_str());
    let made = keepers::give_post(&tx, &office.pack, &keeper, id, post).await?;
    made.map_err(refusal)?;
    commit(tx).await?;
    Ok(back(&path(id), "given"))
}

#[derive(Deserialize)]
struct ChosenPost {
    post: i64,
}

async fn end_post(
    visitor: Visitor,
    Path(account): Path<String>,
    Form(chosen): Form<ChosenPost>,
) -> Outcome {
    let (id, keeper) = (number(&account)?, keeper(&visitor)?);
    let office = visitor.office();
    let tx = office.db.begin_writing().await?;
    let post = accounts::post(&tx, chosen.post).await?;
    if post.is_none_or(|post| post.account != id) {
        return Err(Failure::NotHere);
    }
    let ended = keepers::end_post(&tx, &office.pack, &keeper, chosen.post).await?;
    ended.map_err(refusal)?;
    commit(tx).await?;
    Ok(back(&path(id), "ended"))
}

async fn create_unlock(visitor: Visitor, Path(account): Path<String>) -> Outcome {
    let (id, keeper) = (number(&account)?, keeper(&visitor)?);
    let tx = visitor.office().db.begin_writing().await?;
    keepers::unlock(&tx, &keeper, id).await?.map_err(refusal)?;
    commit(tx).await?;
    Ok(back(&path(id), "unlocked"))
}

#[derive(Template)]
#[template(path = "people/first-password.html")]
struct FirstPasswordPage {
    frame: Frame,
    id: i64,
    login: String,
    name: String,
    password: String,
    days: i64,
}

async fn create_password(visitor: Visitor, Path(account): Path<String>) -> Outcome {
    let (id, keeper) = (number(&account)?, keeper(&visitor)?);
    let office = visitor.office();
    let security = &office.pack.security;
    let known = account_of(&visitor, id).await?;
    let password = secrets::first_password(security, &known.login, &known.name)?;
    let hash = passwords::hashed(password.clone()).await?;
    let tx = office.db.begin_writing().await?;
    let reset = keepers::reset_password(&tx, &office.pack, &keeper, id, &hash).await?;
    let account = reset.map_err(refusal)?;
    commit(tx).await?;
    html(&FirstPasswordPage {
        frame: visitor.frame("首次密码", "/people/grants").await?,
        id,
        login: account.login,
        name: account.name,
        password,
        days: security.first_password_days_max,
    })
}

async fn end_factor(visitor: Visitor, Path(account): Path<String>) -> Outcome {
    let (id, keeper) = (number(&account)?, keeper(&visitor)?);
    let office = visitor.office();
    let tx = office.db.begin_writing().await?;
    let reset = keepers::reset_factor(&tx, &office.pack, &keeper, id).await?;
    reset.map_err(refusal)?;
    commit(tx).await?;
    Ok(back(&path(id), "factor"))
}

#[derive(Deserialize)]
struct ChosenSession {
    /// Empty for all of them.
    #[serde(default)]
    session: String,
}

async fn end_sessions(
    visitor: Visitor,
    Path(account): Path<String>,
    Form(chosen): Form<ChosenSession>,
) -> Outcome {
    let (id, keeper) = (number(&account)?, keeper(&visitor)?);
    let tx = visitor.office().db.begin_writing().await?;
    if chosen.session.is_empty() {
        keepers::end_sessions(&tx, &keeper, id)
            .await?
            .map_err(refusal)?;
    } else {
        let ended = keepers::end_session(&tx, &keeper, id, &chosen.session).await?;
        if !ended.map_err(refusal)? {
            return Err(Failure::NotHere);
        }
    }
    commit(tx).await?;
    Ok(back(&path(id), "sessions"))
}
