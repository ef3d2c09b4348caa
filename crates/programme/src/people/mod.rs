//! Who acts and what they may see.
//!
//! [`Scope`] is the one gate: region, organisation and classes of data. Accounts hold
//! posts; a post is an organisation and a role of the pack; a session looks through one post.

pub mod accounts;
mod scope;

pub use rules::pack::organisation::{Organisation, OrganisationFault};
pub use scope::{Scope, Whereabouts};
