//! Where a series of months goes: forecasts of any series, and where the year of a firm lands.
//!
//! Pure numbers: it knows no database and no clock. The method and its reasons stand in
//! `docs/forecast.md`.

mod climate;
mod expect;
mod firms;
mod forecaster;
mod lanes;
pub mod maths;
mod path;
mod recalibration;
mod season;
pub mod series;
mod shared;
mod spread;
#[cfg(test)]
mod tests;

pub use climate::Factors;
pub use expect::{Estimator, Expectation, Kind, Source};
pub use firms::{Firm, History, Reach, Sources, YEARS};
pub use forecaster::{Forecaster, Landing, Question, rest_of};
pub use recalibration::Recalibration;
pub use shared::Shared;
pub use spread::{CERTAINTY, Spreads};
