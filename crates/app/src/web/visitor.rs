//! Who visits: the session behind a request, the post that it looks through, and the office
//! as that post sees it. A handler has no other way to the office.

use super::Workplace;
use super::assets::Assets;
use super::failure::{Failure, Outcome};
use super::frame::{Frame, Person, PostChoice, navigation};
use super::layers::problem;
use crate::office::{Office, Seat, today};
use crate::settings;
use anyhow::Result;
use askama::Template;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use chrono::Utc;
use cookie::Cookie;
use programme::journal::Act;
use programme::people::accounts::{self, Account, Post};
use programme::people::notices::{self, Inbox};
use programme::people::sessions::{self, Lifetimes, Session, Stage, hash_of_token};
use programme::people::tokens::{self, Token};
use rules::pack::roles::{Right, Role};
use std::sync::Arc;

/// The cookie that holds the session's token.
pub const COOKIE: &str = "shenggui-session";
/// A session's use is noted at most this often.
const TOUCH_SECONDS: i64 = 60;

/// Somebody with an open session, or a program with a token.
#[derive(Clone)]
pub struct Visitor {
    inner: Arc<Inner>,
}

struct Inner {
    office: Office,
    account: Account,
    posts: Vec<Post>,
    pass: Pass,
    lifetimes: Lifetimes,
    /// None where no post is held, or where signing in is not finished.
    seat: Option<Arc<Seat>>,
}

/// What a request is let in with.
enum Pass {
    Session(Session),
    /// A program's token: its rights bound the role's.
    Token(Token),
}

impl Visitor {
    /// The office as this visitor sees it: whatever asks for a reader or an act gets theirs.
    pub fn office(&self) -> &Office {
        &self.inner.office
    }

    pub fn account(&self) -> &Account {
        &self.inner.account
    }

    /// The browser's session.
    ///
    /// # Errors
    /// [`Failure::Denied`] where a program asks with its token.
    pub fn session(&self) -> Result<&Session, Failure> {
        match &self.inner.pass {
            Pass::Session(session) => Ok(session),
            Pass::Token(_) => Err(Failure::Denied),
        }
    }

    /// How long sessions hold here.
    pub fn lifetimes(&self) -> Lifetimes {
        self.inner.lifetimes
    }

    /// All posts of the account, ended ones too.
    pub fn posts(&self) -> &[Post] {
        &self.inner.posts
    }

    /// The notices that are the visitor's.
    pub fn inbox(&self) -> Inbox<'_> {
        Inbox {
            account: self.inner.account.id,
            organisation: match (&self.inner.seat, self.role()) {
                // Keepers have nothing to do with the business of an organisation.
                (Some(seat), Some(role)) if !role.keeper => &seat.organisation_id,
                _ => "",
            },
            since: self.inner.account.made_at,
        }
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
        let bound = match &self.inner.pass {
            Pass::Session(_) => true,
            Pass::Token(token) => token.rights.contains(&right),
        };
        bound && self.role().is_some_and(|role| role.may(right))
    }

    /// Whether a person is there who has signed in to the end; a program never is.
    pub fn is_whole(&self) -> bool {
        self.session()
            .is_ok_and(|session| session.stage == Stage::Whole)
    }

    /// Where an unfinished sign-in goes on.
    pub fn way_on(&self) -> Option<&'static str> {
        match self.session().ok()?.stage {
            Stage::Confirmation => Some("/session/confirmation"),
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
            notices: match self.is_whole() {
                true => notices::unread(office.db.reading(), self.inbox()).await?,
                false => 0,
            },
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
    html_as(StatusCode::OK, template)
}

/// A rendered page with a code of its own.
pub fn html_as(status: StatusCode, template: &impl Template) -> Outcome {
    let text = template.render()?;
    Ok(crate::page::sent(status, "text/html; charset=utf-8", text))
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
    cookie_of(headers, COOKIE)
}

/// The value of a cookie that a request brings.
pub fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter();
    let texts = all.filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
    let own = cookies.find(|cookie| cookie.name() == name)?;
    Some(own.value().to_string())
}

/// Puts the visitor into the request, where there is one. A request with a token of a program
/// is that program's alone: its cookies are not looked at.
pub async fn identify(
    State(workplace): State<Workplace>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let visitor = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => {
            let token = value.to_str().ok().and_then(bearer);
            match visitor_of_bearer(&workplace, token.unwrap_or_default()).await? {
                Some(visitor) => Some(visitor),
                None => return Ok(unknown_token()),
            }
        }
        None => match token_of(request.headers()) {
            Some(token) => visitor(&workplace, &token).await?,
            None => None,
        },
    };
    if let Some(visitor) = visitor {
        request.extensions_mut().insert(visitor);
    }
    Ok(next.run(request).await)
}

/// The token behind `Bearer`.
fn bearer(value: &str) -> Option<&str> {
    let (kind, token) = value.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn unknown_token() -> Response {
    let mut response = problem(
        StatusCode::UNAUTHORIZED,
        "令牌不对、已过期或已停用，请在“我的账号”中另建",
    );
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// The visitor of a session's token; none where the session has ended or lapsed.
async fn visitor(workplace: &Workplace, token: &str) -> Result<Option<Visitor>, Failure> {
    let db = workplace.office.db.reading();
    let hash = hash_of_token(token);
    let Some(session) = sessions::open(db, &hash).await? else {
        return Ok(None);
    };
    let now = Utc::now().timestamp();
    if !session.is_alive(workplace.config.lifetimes(), now) {
        return Ok(None);
    }
    let Some((account, posts)) = person(workplace, session.account).await? else {
        return Ok(None);
    };
    if now - session.seen_at > TOUCH_SECONDS {
        sessions::touch(db, &hash, now).await?;
    }
    let seat = match session.stage {
        Stage::Whole => seat(&workplace.office, &account, &posts, session.post),
        _ => None,
    };
    let pass = Pass::Session(session);
    Ok(Some(made(workplace, (account, posts), pass, seat)))
}

/// The visitor of a program's token; none where it has ended, or where its post has.
async fn visitor_of_bearer(workplace: &Workplace, token: &str) -> Result<Option<Visitor>, Failure> {
    let db = workplace.office.db.reading();
    let token = tokens::of_hash(db, &hash_of_token(token)).await?;
    let now = Utc::now().timestamp();
    let Some(token) = token.filter(|token| token.is_alive(now)) else {
        return Ok(None);
    };
    let Some((account, posts)) = person(workplace, token.account).await? else {
        return Ok(None);
    };
    let own: Vec<Post> = posts
        .iter()
        .filter(|post| post.id == token.post)
        .cloned()
        .collect();
    let Some(seat) = seat(&workplace.office, &account, &own, token.post) else {
        return Ok(None);
    };
    if token.used_at.is_none_or(|at| now - at > TOUCH_SECONDS) {
        tokens::touch(db, token.id, now).await?;
    }
    let pass = Pass::Token(token);
    Ok(Some(made(workplace, (account, posts), pass, Some(seat))))
}

/// An open account with its posts.
async fn person(
    workplace: &Workplace,
    account: i64,
) -> Result<Option<(Account, Vec<Post>)>, Failure> {
    let db = workplace.office.db.reading();
    let account = accounts::account(db, account).await?;
    let Some(account) = account.filter(|account| account.closed_at.is_none()) else {
        return Ok(None);
    };
    let posts = accounts::posts_of(db, account.id).await?;
    Ok(Some((account, posts)))
}

fn made(
    workplace: &Workplace,
    (account, posts): (Account, Vec<Post>),
    pass: Pass,
    seat: Option<Seat>,
) -> Visitor {
    let seat = seat.map(Arc::new);
    let office = Office {
        visitor: seat.clone(),
        ..workplace.office.clone()
    };
    Visitor {
        inner: Arc::new(Inner {
            office,
            account,
            posts,
            pass,
            lifetimes: workplace.config.lifetimes(),
            seat,
        }),
    }
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
            person: account.in_words(),
            organisation_id: seat.organisation.id(),
            organisation: seat.organisation,
            role: seat.role.id.clone(),
            scope: seat.scope,
        })
    })
}
