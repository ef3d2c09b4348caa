//! Pages of people: the own account, accounts and posts for the keepers, invitations,
//! notices.

mod account;
mod accounts;
mod grants;
mod invitations;
mod notices;
#[cfg(feature = "oidc")]
mod sign_on;
mod tokens;

use crate::web::failure::Failure;
use crate::web::frame::Flash;
use crate::web::routes::Routes;
use crate::web::visitor::Visitor;
use axum::response::{IntoResponse, Redirect, Response};
use programme::people::Organisation;
use programme::people::accounts::{Account, Post};
use programme::people::keepers::Keeper;
use rules::pack::Pack;
use serde::Deserialize;

/// The routes of this noun.
pub fn routes() -> Routes {
    let routes = Routes::new();
    #[cfg(feature = "oidc")]
    let routes = routes.merge(sign_on::routes());
    routes
        .merge(account::routes())
        .merge(tokens::routes())
        .merge(notices::routes())
        .merge(accounts::routes())
        .merge(grants::routes())
        .merge(invitations::routes())
}

/// What a page is told of the act before: a word of the program that the page knows a
/// sentence for.
#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

impl Done {
    /// The sentence, if the word has one.
    fn flash(&self, sentences: &[(&str, &str)]) -> Option<Flash> {
        let found = sentences.iter().find(|(word, _)| *word == self.done);
        found.map(|(_, sentence)| Flash::done(*sentence))
    }
}

/// Back to a page, which then says what was done.
fn back(path: &str, done: &str) -> Response {
    Redirect::to(&format!("{path}?done={done}")).into_response()
}

/// A post in words.
struct PostLine {
    id: i64,
    organisation: String,
    role: String,
    given: String,
    /// Empty while it is held.
    ended: String,
    /// Held, but the pack in force does not know it.
    is_idle: bool,
}

fn post_line(pack: &Pack, post: &Post) -> PostLine {
    let organisation = Organisation::from_id(pack, &post.organisation);
    let organisation = organisation.map_or(post.organisation.clone(), |organisation| {
        organisation.name(pack, crate::office::today())
    });
    let role = pack.role(&post.role);
    PostLine {
        id: post.id,
        organisation,
        role: role.map_or(post.role.clone(), |role| role.name.clone()),
        given: day(post.given_at),
        ended: post.ended_at.map_or(String::new(), day),
        is_idle: post.ended_at.is_none() && post.seat(pack).is_none(),
    }
}

/// A day here.
fn day(at: i64) -> String {
    let time = chrono::DateTime::from_timestamp(at, 0);
    time.map_or(String::new(), |time| {
        let here = time.with_timezone(&chrono::Local);
        here.date_naive().to_string()
    })
}

/// The account of an address, open or closed.
async fn account_of(visitor: &Visitor, id: i64) -> Result<Account, Failure> {
    let db = visitor.office().db.reading();
    let account = programme::people::accounts::account(db, id).await?;
    account.ok_or(Failure::NotHere)
}

/// The visitor as a keeper.
fn keeper(visitor: &Visitor) -> Result<Keeper, Failure> {
    Ok(Keeper {
        account: Some(visitor.seat()?.account),
        act: visitor.act()?,
    })
}

/// A refusal as an answer.
fn refusal(refusal: impl std::fmt::Display) -> Failure {
    Failure::Refused(refusal.to_string())
}

/// The number in an address; what is none names nothing.
fn number(text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| Failure::NotHere)
}
