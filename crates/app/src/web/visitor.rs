//! Who visits: the session behind a request, the post that it looks through, and the office
//! as that post sees it. A handler has no other way to the office.

use super::Workplace;
use super::assets::Assets;
use super::failure::{Failure, Outcome};
use super::frame::{Frame, Person, PostChoice, navigation};
use crate::office::{Office, Seat, today};
use crate::settings;
use anyhow::Result;
use askama::Template;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use chrono::Utc;
use cookie::Cookie;
use programme::journal::Act;
use programme::people::accounts::{self, Account, Post, Session, Stage};
use rules::pack::roles::{Right, Role};
use std::sync::Arc;

/// The cookie that holds the session's token.
pub const COOKIE: &str = "shenggui-session";
/// A session's use is noted at most this often.
const TOUCH_SECONDS: i64 = 60;

/// Somebody with an open session.
#[derive(Clone)]
pub struct Visitor {
    inner: Arc<Inner>,
}

struct Inner {
    office: Office,
    account: Account,
    posts: Vec<Post>,
    session: Session,
    /// None where no post is held, or where signing in is not finished.
    seat: Option<Arc<Seat>>,
}

impl Visitor {
    /// The office as this visitor sees it: whatever asks for a reader or an act gets theirs.
    pub fn office(&self) -> &Office {
        &self.inner.office
    }

    pub fn account(&self) -> &Account {
        &self.inner.account
    }

    pub fn session(&self) -> &Session {
        &self.inner.session
    }

    /// The post that the session looks through.
    ///
    /// # Errors
    /// [`Failure::Denied`] where the account holds none.
    pub fn seat(&self) -> Result<&Seat, Failure> {
        self.inner.seat.as_deref().ok_or(Failure::Denied)
    }

    fn role(&self) -> Option<&Role> {
        let seat = self.inner.seat.as_deref()?;
        self.inner.office.pack.role(&seat.role)
    }

    pub fn may(&self, right: Right) -> bool {
        self.role().is_some_and(|role| role.may(right))
    }

    /// Whether signing in is finished.
    pub fn is_whole(&self) -> bool {
        self.inner.session.stage == Stage::Whole
    }

    /// Where an unfinished sign-in goes on.
    pub fn way_on(&self) -> Option<&'static str> {
        match self.inner.session.stage {
            Stage::SecondFactor => Some("/session/factor"),
            Stage::NewPassword => Some("/session/password"),
            Stage::NewFactor => Some("/session/new-factor"),
            Stage::Whole => None,
        }
    }

    /// An act of now, in the name of the visitor's organisation.
    pub fn act(&self) -> Result<Act, Failure> {
        let organisation = self.seat()?.organisation.clone();
        Ok(self.office().act(organisation, "", None)?)
    }

    /// Posts that are held now, by name.
    fn choices(&self) -> Vec<PostChoice> {
        let pack = &self.inner.office.pack;
        let held = self.inner.posts.iter().filter_map(|post| {
            let seat = post.seat(pack)?;
            Some(PostChoice {
                id: post.id,
                name: format!(
                    "{}　{}",
                    seat.organisation.name(pack, today()),
                    seat.role.name
                ),
                is_current: self.inner.seat.as_ref().map(|seat| seat.post) == Some(post.id),
            })
        });
        held.collect()
    }

    /// The frame of a page; `current` is the address in the navigation that it belongs to.
    pub async fn frame(&self, title: impl Into<String>, current: &str) -> Result<Frame, Failure> {
        let office = self.office();
        let posts = self.choices();
        let own = posts.iter().find(|post| post.is_current);
        let newest = programme::outlook::newest(office.db.reading(), None).await?;
        Ok(Frame {
            title: title.into(),
            banner: settings::banner(office).await?,
            site: office.pack.about.plan_title.clone(),
            groups: navigation(self, current),
            person: Some(Person {
                name: self.account().name.clone(),
                post: own.map_or("没有岗位".to_string(), |post| post.name.clone()),
                posts,
            }),
            can_search: self.may(Right::Firms),
            notices: 0,
            stamp: newest.map(|snapshot| {
                format!(
                    "数据截至{}，快照 {}",
                    snapshot.as_of.in_words(),
                    snapshot.id
                )
            }),
            is_enterprise: self.may(Right::OwnFirm),
            assets: Assets::new(),
            flash: None,
        })
    }
}

/// A rendered page.
pub fn html(template: &impl Template) -> Outcome {
    Ok(crate::page::sent(
        StatusCode::OK,
        "text/html; charset=utf-8",
        template.render()?,
    ))
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor, Failure> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        visitor.ok_or(Failure::SignInFirst)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Visitor>, Failure> {
        Ok(parts.extensions.get::<Visitor>().cloned())
    }
}

/// The token that a request brings.
pub fn token_of(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter();
    let texts = all.filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
    let own = cookies.find(|cookie| cookie.name() == COOKIE)?;
    Some(own.value().to_string())
}

/// Puts the visitor into the request, where there is one.
pub async fn identify(
    State(workplace): State<Workplace>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    // A program that shows a token is who the token says, and never who a cookie says.
    let is_program = request.headers().contains_key(header::AUTHORIZATION);
    if !is_program
        && let Some(token) = token_of(request.headers())
        && let Some(visitor) = visitor(&workplace, &token).await?
    {
        request.extensions_mut().insert(visitor);
    }
    Ok(next.run(request).await)
}

/// The visitor of a token; none where the session has ended or lapsed.
async fn visitor(workplace: &Workplace, token: &str) -> Result<Option<Visitor>, Failure> {
    let db = workplace.office.db.reading();
    let hash = accounts::hash_of_token(token);
    let Some(session) = accounts::session(db, &hash).await? else {
        return Ok(None);
    };
    let now = Utc::now().timestamp();
    let config = &workplace.config;
    if now - session.seen_at > config.idle_seconds || now - session.made_at > config.session_seconds
    {
        return Ok(None);
    }
    let Some(account) = accounts::account(db, session.account).await? else {
        return Ok(None);
    };
    if account.closed_at.is_some() {
        return Ok(None);
    }
    if now - session.seen_at > TOUCH_SECONDS {
        accounts::touch(db, &hash, now).await?;
    }
    let posts = accounts::posts_of(db, account.id).await?;
    let seat = match session.stage {
        Stage::Whole => seat(&workplace.office, &account, &posts, session.post),
        _ => None,
    };
    let seat = seat.map(Arc::new);
    let office = Office {
        visitor: seat.clone(),
        ..workplace.office.clone()
    };
    let inner = Inner {
        office,
        account,
        posts,
        session,
        seat,
    };
    Ok(Some(Visitor {
        inner: Arc::new(inner),
    }))
}

/// The chosen post where it still holds, or else the first that does.
fn seat(office: &Office, account: &Account, posts: &[Post], chosen: i64) -> Option<Seat> {
    let pack = &office.pack;
    let first = posts.iter().filter(|post| post.id == chosen);
    let mut ordered = first.chain(posts.iter());
    ordered.find_map(|post| {
        let seat = post.seat(pack)?;
        Some(Seat {
            account: account.id,
            post: post.id,
            person: format!("{}（{}）", account.name, account.login),
            organisation: seat.organisation,
            role: seat.role.id.clone(),
            scope: seat.scope,
        })
    })
}
