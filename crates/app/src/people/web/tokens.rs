//! Tokens of programs: made with some of the post's rights, shown once, ended at any time.

use super::super::{own, secrets};
use super::{back, day};
use crate::web::failure::{Failure, Outcome};
use crate::web::frame::Frame;
use crate::web::routes::{Access, Routes};
use crate::web::visitor::{Visitor, html};
use askama::Template;
use axum::extract::Form;
use chrono::Utc;
use programme::database::commit;
use programme::people::sessions::hash_of_token;
use programme::people::tokens::{self, Token, end_of, grantable};
use rules::pack::roles::Right;
use serde::Deserialize;
use std::collections::BTreeSet;

pub fn routes() -> Routes {
    let own = Access::SignedIn;
    Routes::new()
        .post("/account/tokens", own, create_token)
        .post("/account/tokens/end", own, end_token)
}

/// Rights that the visitor's post can hand on to a program.
pub fn offered(visitor: &Visitor) -> impl Iterator<Item = Right> {
    Right::all()
        .filter(|right| visitor.may(*right) && !matches!(right, Right::Accounts | Right::Grants))
}

#[derive(Template)]
#[template(path = "people/token.html")]
struct TokenPage {
    frame: Frame,
    name: String,
    token: String,
    ends: String,
    rights: String,
}

/// A form in which one name may stand several times.
async fn create_token(visitor: Visitor, Form(given): Form<Vec<(String, String)>>) -> Outcome {
    let text = |name: &str| {
        let found = given.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.trim())
    };
    let mut rights = BTreeSet::new();
    for (_, value) in given.iter().filter(|(name, _)| name == "right") {
        let right = Right::of_id(value);
        rights.insert(right.ok_or_else(|| Failure::Malformed("没有这项权限".to_string()))?);
    }
    let office = visitor.office();
    let (seat, account) = (visitor.seat()?, visitor.account());
    let pack = &office.pack;
    let role = pack.role(&seat.role).ok_or(Failure::Denied)?;
    let (name, days) = (text("name"), text("days").parse().unwrap_or(0));
    let now = Utc::now().timestamp();
    let secret = secrets::program_token()?;
    let tx = office.db.begin_writing().await?;
    let own_tokens = tokens::of_account(&tx, account.id).await?;
    let alive = own_tokens
        .iter()
        .filter(|token| token.is_alive(now))
        .count();
    grantable(&pack.security, role, (name, &rights, days), alive)
        .map_err(|refusal| Failure::Refused(refusal.to_string()))?;
    let token = Token {
        id: 0,
        hash: hash_of_token(&secret),
        account: account.id,
        post: seat.post,
        name: name.to_string(),
        rights,
        made_at: now,
        ends_at: end_of(now, days),
        used_at: None,
        ended_at: None,
    };
    let id = tokens::insert(&tx, &token).await?;
    let ids: Vec<&str> = token.rights.iter().map(|right| right.id()).collect();
    let detail = format!("第{id}号，{days}天，{}", ids.join(" "));
    own::write(&tx, &visitor, "people.create-token", detail).await?;
    commit(tx).await?;
    let names: Vec<&str> = token.rights.iter().map(|right| right.name()).collect();
    let page = TokenPage {
        frame: visitor.frame("程序令牌", "").await?,
        name: token.name,
        token: secret,
        ends: day(token.ends_at),
        rights: names.join("、"),
    };
    html(&page)
}

#[derive(Deserialize)]
struct ChosenToken {
    token: i64,
}

async fn end_token(visitor: Visitor, Form(chosen): Form<ChosenToken>) -> Outcome {
    let now = Utc::now().timestamp();
    let tx = visitor.office().db.begin_writing().await?;
    if !tokens::end(&tx, visitor.account().id, chosen.token, now).await? {
        return Err(Failure::NotHere);
    }
    let detail = format!("第{}号", chosen.token);
    own::write(&tx, &visitor, "people.end-token", detail).await?;
    commit(tx).await?;
    Ok(back("/account", "token"))
}
