//! Single sign-on: sending a browser to the provider of identities, and taking what it brings
//! back. Both are read by address, since the browser comes from another site; what is under
//! way is bound to the browser by a cookie of its own and taken once.

use super::super::Workplace;
use super::super::caller;
use super::super::failure::{Failure, Outcome};
use super::super::frame::{Flash, home};
use super::super::oidc::{CALLBACK, Passage, Provider, Trouble};
use super::super::routes::{Access, Routes};
use super::super::visitor::{Visitor, cookie_of, html_as};
use super::{house, inside, put_cookie, sign_in_page, status_of, told};
use crate::people::secrets;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Local, Utc};
use cookie::{Cookie, SameSite};
use programme::database::commit;
use programme::people::sessions::{Stage, hash_of_token};
use programme::people::sign_in::{Caller, SignInRefusal};
use programme::people::sign_on::{self, Begun, Identity, Received, WAITING_SECONDS};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;

/// The cookie by which a browser that comes back is recognised.
const COOKIE: &str = "shenggui-sign-on";
/// It goes to these addresses alone.
const PATH: &str = "/session/sign-on";
/// Longer addresses are not gone back to.
const NEXT_MAX: usize = 1_000;

const STALE: &str =
    "这次单点登录已失效：可能超过10分钟、已经用过，或者是在另一个浏览器里开始的。请重新登录";

pub fn routes() -> Routes {
    Routes::new()
        .get(PATH, Access::Everyone, begin_sign_on)
        .get(CALLBACK, Access::Everyone, end_sign_on)
}

fn provider(workplace: &Workplace) -> Result<Arc<Provider>, Failure> {
    let provider = workplace.config.provider.as_ref();
    provider.cloned().ok_or(Failure::NotHere)
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn begin_sign_on(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    visitor: Option<Visitor>,
    headers: HeaderMap,
    Query(asked): Query<Next>,
) -> Outcome {
    let provider = provider(&workplace)?;
    if let Some(visitor) = visitor {
        let address = visitor.way_on().unwrap_or_else(|| home(&visitor));
        return Ok(Redirect::to(address).into_response());
    }
    let next = match asked.next.len() <= NEXT_MAX {
        true => asked.next,
        false => String::new(),
    };
    let [state, nonce, verifier, browser] = [
        secrets::token()?,
        secrets::token()?,
        secrets::token()?,
        secrets::token()?,
    ];
    let passage = Passage {
        state: &state,
        nonce: &nonce,
        verifier: &verifier,
    };
    let address = match provider.address(passage).await {
        Ok(address) => address,
        Err(trouble) => return troubled(&workplace, &next, trouble).await,
    };
    let begun = Begun {
        hash: hash_of_token(&state),
        browser: hash_of_token(&browser),
        nonce,
        verifier,
        next,
        address: caller::address(&workplace.config, &headers, peer),
        made_at: Utc::now().timestamp(),
    };
    let house = house(&workplace).await?;
    let tx = workplace.office.db.begin_writing().await?;
    let answer = sign_on::begin(&tx, house, &begun).await?;
    commit(tx).await?;
    if let Err(refusal) = answer {
        return refused(&workplace, &begun.next, refusal).await;
    }
    let mut response = Redirect::to(&address).into_response();
    put_own_cookie(&workplace, &mut response, &browser, WAITING_SECONDS);
    Ok(response)
}

/// What a browser brings back.
#[derive(Default, Deserialize)]
struct Answered {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
    /// Some providers say who they are (RFC 9207).
    #[serde(default)]
    iss: String,
}

async fn end_sign_on(
    State(workplace): State<Workplace>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    answered: Result<Query<Answered>, QueryRejection>,
) -> Outcome {
    let provider = provider(&workplace)?;
    let answered = answered.map_or_else(|_| Answered::default(), |Query(answered)| answered);
    let caller = Caller {
        login: "",
        address: &caller::address(&workplace.config, &headers, peer),
        browser: &caller::browser(&headers),
        at: Utc::now().timestamp(),
        on: Local::now().date_naive(),
    };
    let begun = match received(&workplace, caller, &headers, &answered.state).await? {
        Ok(begun) => begun,
        Err(page) => return Ok(page),
    };
    let mut response = match proved(&provider, &answered, &begun).await {
        Ok(subject) => {
            let identity = Identity {
                issuer: provider.issuer(),
                subject: &subject,
                means: provider.means(),
            };
            sign_in(&workplace, caller, identity, &begun.next).await?
        }
        Err(trouble) => {
            let house = house(&workplace).await?;
            let tx = workplace.office.db.begin_writing().await?;
            let why = trouble.in_short();
            match trouble.is_suspicious() {
                true => sign_on::fail(&tx, house, caller, why).await?,
                false => sign_on::note(&tx, house, caller, why).await?,
            }
            commit(tx).await?;
            troubled(&workplace, &begun.next, trouble).await?
        }
    };
    put_own_cookie(&workplace, &mut response, "", 0);
    Ok(response)
}

/// What the browser was sent away for, or the page that tells it that nothing comes of it.
async fn received(
    workplace: &Workplace,
    caller: Caller<'_>,
    headers: &HeaderMap,
    state: &str,
) -> Result<Result<Begun, Response>, Failure> {
    let browser = cookie_of(headers, COOKIE).unwrap_or_default();
    let key = (&*hash_of_token(state), &*hash_of_token(&browser));
    let house = house(workplace).await?;
    let tx = workplace.office.db.begin_writing().await?;
    let received = sign_on::receive(&tx, key, caller.at).await?;
    if let Received::Stale(why) = received {
        sign_on::fail(&tx, house, caller, why).await?;
    }
    commit(tx).await?;
    match received {
        Received::Expected(begun) => Ok(Ok(begun)),
        // What was never asked for leaves no line: whoever floods the site floods no journal.
        Received::Unknown | Received::Stale(_) => {
            let page = page(workplace, "", StatusCode::UNPROCESSABLE_ENTITY, STALE).await?;
            Ok(Err(page))
        }
    }
}

/// Who the provider says it is.
async fn proved(
    provider: &Provider,
    answered: &Answered,
    begun: &Begun,
) -> Result<String, Trouble> {
    if !answered.iss.is_empty() && answered.iss != provider.issuer() {
        return Err(Trouble::Audience);
    }
    if answered.code.is_empty() {
        return Err(Trouble::of_answer(&answered.error));
    }
    let passage = Passage {
        state: &answered.state,
        nonce: &begun.nonce,
        verifier: &begun.verifier,
    };
    provider.subject(answered.code.clone(), passage).await
}

async fn sign_in(
    workplace: &Workplace,
    caller: Caller<'_>,
    identity: Identity<'_>,
    next: &str,
) -> Outcome {
    let token = secrets::token()?;
    let house = house(workplace).await?;
    let tx = workplace.office.db.begin_writing().await?;
    let hash = hash_of_token(&token);
    let answer = sign_on::with_provider(&tx, house, caller, identity, &hash).await?;
    commit(tx).await?;
    let session = match answer {
        Ok(session) => session,
        Err(SignInRefusal::NotLinked) => {
            let text = format!(
                "该身份尚未与本系统账号关联，请联系系统管理员，告知其标识：{}",
                identity.subject
            );
            return page(workplace, next, StatusCode::UNPROCESSABLE_ENTITY, &text).await;
        }
        Err(refusal) => return refused(workplace, next, refusal).await,
    };
    let mut response = Redirect::to(&match session.stage {
        Stage::Whole => inside(next),
        _ => "/session".to_string(),
    })
    .into_response();
    put_cookie(workplace, &mut response, &token);
    Ok(response)
}

async fn refused(workplace: &Workplace, next: &str, refusal: SignInRefusal) -> Outcome {
    page(workplace, next, status_of(refusal), &told(refusal)).await
}

async fn troubled(workplace: &Workplace, next: &str, trouble: Trouble) -> Outcome {
    let status = match trouble {
        Trouble::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page(workplace, next, status, &trouble.to_string()).await
}

/// The page for signing in, which says why nothing came of it.
async fn page(workplace: &Workplace, next: &str, status: StatusCode, text: &str) -> Outcome {
    let flash = Some(Flash::refusal(text));
    html_as(status, &sign_in_page(workplace, flash, next, "").await?)
}

/// Lax, since the browser comes back from another site.
fn put_own_cookie(workplace: &Workplace, response: &mut Response, token: &str, seconds: i64) {
    let cookie = Cookie::build((COOKIE, token))
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(workplace.config.secure)
        .max_age(cookie::time::Duration::seconds(seconds));
    if let Ok(value) = HeaderValue::from_str(&cookie.build().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
