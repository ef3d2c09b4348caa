//! Enterprises: identity, place of production, industry, certificates, and the status
//! that the statistics authority confirmed.
//!
//! Everything here is folded from batches; nothing is typed in. The one thing that a
//! person records is an exception for a genuine credit code that fails its check.

mod directory;
mod exceptions;
mod fold;
mod initials;
mod status;
mod store;
pub mod views;

pub use directory::Directory;
pub use exceptions::{Exception, ExceptionRefusal};
pub use fold::{Certificate, Enterprise, fold, ordered_lists};
pub use status::{Door, LeftReason, Spell, StatusBook, StatusOn};
pub use store::{
    Contact, contact_of, enterprises, exceptions, known_keys, names_of, one_enterprise,
    record_exception, status_book, status_of,
};
