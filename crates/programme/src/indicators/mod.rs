//! What departments deliver month by month, as series of firms.
//!
//! A figure keeps its origin: the batch. Nobody types or alters one.

mod figures;
mod lists;
mod store;

pub use figures::{Figures, feature, lookback_months};
pub use lists::{Lists, delivered_columns, lists};
pub use store::{Origin, delivered, figures, one_series, series_of};
