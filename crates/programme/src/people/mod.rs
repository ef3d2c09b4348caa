//! Who acts and what they may see.
//!
//! [`Scope`] is the one gate: region, organisation and classes of data. Accounts hold
//! posts; a post is an organisation and a role of the pack; a session looks through one post.
//! The three keepers (三员) look after accounts, posts and the journal, and after nothing else.

pub mod accounts;
pub mod attempts;
pub mod claims;
pub mod factors;
pub mod keepers;
pub mod notices;
pub mod passwords;
mod scope;
pub mod sessions;
pub mod sign_in;
pub mod sign_on;
pub mod tokens;

pub use rules::pack::organisation::{Organisation, OrganisationFault};
pub use scope::{Scope, Whereabouts};
