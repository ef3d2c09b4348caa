//! Single sign-on: a provider of identities says who somebody is, and an account that was
//! linked to that identity is signed in. A link counts once the owner of the account has
//! confirmed it with the account's own password: whoever links could link an identity of their own.
//!
//! What goes to the provider and comes back is known to `app`; here stand what a browser is
//! waiting for, who is linked to whom, and what is let in. The provider makes no account and
//! gives no post.

mod acts;
mod confirmation;
mod store;

pub use acts::{begin, fail, link, note, receive, unlink, with_provider};
pub use confirmation::confirm;
pub(crate) use confirmation::end as end_link;
pub use store::linked;

use super::sessions::Means;

/// So long may somebody take at the provider.
pub const WAITING_SECONDS: i64 = 10 * 60;
/// So many may be under way from one address.
pub const WAITING_MAX: i64 = 200;
/// Symbols that the standard allows a subject.
pub const SUBJECT_MAX: usize = 255;

/// A sign-on under way.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Hash of the state that the provider gives back.
    pub hash: String,
    /// Hash of the token in the cookie of the browser that began.
    pub browser: String,
    pub nonce: String,
    pub verifier: String,
    /// Where the browser wanted to go.
    pub next: String,
    pub address: String,
    pub made_at: i64,
}

/// What becomes of an answer that a browser brings from the provider.
pub enum Received {
    /// The browser waits for it, and it comes for the first time.
    Expected(Begun),
    /// This server asked nothing of that kind, or so long ago that it has forgotten.
    Unknown,
    /// It was taken before, comes too late, or to another browser.
    Stale(&'static str),
}

/// Whom the provider's answer is about, once it was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
    pub means: Means,
}

/// An account's link to an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOnLink {
    pub account: i64,
    pub issuer: String,
    pub subject: String,
    pub made_at: i64,
    /// When the owner proved the account with its own password.
    pub confirmed_at: Option<i64>,
}

/// Whether a text can be a subject of a provider.
pub fn is_subject(text: &str) -> bool {
    let is_plain = text
        .chars()
        .all(|symbol| symbol.is_ascii_graphic() || symbol == ' ');
    !text.is_empty() && text.len() <= SUBJECT_MAX && is_plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_short_and_of_plain_symbols() {
        for (text, is_right) in [
            ("248289761001", true),
            ("auth0|5f7c8ec7c33c6c004bbafe82", true),
            (&"a".repeat(SUBJECT_MAX), true),
            (&"a".repeat(SUBJECT_MAX + 1), false),
            ("", false),
            ("张三", false),
            ("a\nb", false),
        ] {
            assert_eq!(is_subject(text), is_right, "{text}");
        }
    }
}
