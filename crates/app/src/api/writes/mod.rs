//! What programs change: each request has a key, and is carried out once.

pub mod deliveries;
pub mod follow_ups;
pub mod jobs;
pub mod outcomes;
pub mod pool;
