//! Accounts, the posts that they hold, and the sessions that look through one post.
//!
//! What a session may do follows from its post's role in the pack, asked anew with every
//! request: a post that ends takes effect at once.

mod store;

pub use store::{
    account, account_of_login, accounts, create, end_session, give_post, keep_password,
    newest_password, open_session, posts_of, session, touch, use_post,
};

use super::{Organisation, Scope};
use rules::pack::Pack;
use rules::pack::files::hexadecimal;
use rules::pack::roles::Role;
use sm3::{Digest, Sm3};

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub login: String,
    pub name: String,
    /// Personal data; shown masked.
    pub phone: String,
    pub made_at: i64,
    pub closed_at: Option<i64>,
}

/// An organisation and a role that an account holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub id: i64,
    pub account: i64,
    /// Id of the organisation, see [`Organisation::from_id`].
    pub organisation: String,
    /// Id of the role in the pack.
    pub role: String,
    pub given_at: i64,
    pub ended_at: Option<i64>,
}

/// A post as the pack in force understands it.
pub struct Seat<'a> {
    pub organisation: Organisation,
    pub role: &'a Role,
    pub scope: Scope,
}

impl Post {
    /// What the post is under a pack; none where it has ended, or where the pack no longer
    /// knows organisation or role, or no longer lets one have the other.
    pub fn seat<'a>(&self, pack: &'a Pack) -> Option<Seat<'a>> {
        if self.ended_at.is_some() {
            return None;
        }
        let organisation = Organisation::from_id(pack, &self.organisation)?;
        let role = pack.role(&self.role)?;
        if !role.suits(&pack.agencies, &organisation) {
            return None;
        }
        let scope = Scope::of_post(pack, &organisation, role);
        Some(Seat {
            organisation,
            role,
            scope,
        })
    }
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right, the second factor is asked for.
    SecondFactor,
    /// A new password has to be set before anything else.
    NewPassword,
    /// A second factor has to be set up before anything else.
    NewFactor,
    /// Signed in.
    Whole,
}

impl Stage {
    pub(super) fn number(self) -> i64 {
        match self {
            Stage::SecondFactor => 0,
            Stage::NewPassword => 1,
            Stage::NewFactor => 2,
            Stage::Whole => 3,
        }
    }

    pub(super) fn of_number(number: i64) -> Stage {
        match number {
            3 => Stage::Whole,
            2 => Stage::NewFactor,
            1 => Stage::NewPassword,
            _ => Stage::SecondFactor,
        }
    }
}

/// A browser that somebody signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SM3 of the token; names the session without giving it away.
    pub hash: String,
    pub account: i64,
    pub post: i64,
    pub stage: Stage,
    pub made_at: i64,
    pub seen_at: i64,
    pub address: String,
    pub browser: String,
}

/// What is stored of a secret that is long and random: whoever reads the table cannot use it.
pub fn hash_of_token(token: &str) -> String {
    hexadecimal(&Sm3::digest(token.as_bytes()))
}
