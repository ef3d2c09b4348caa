//! What the policy says: codes, periods, money, packs, expressions.
//!
//! Pure: no input or output beyond reading a pack, no clock, no network.

pub mod columns;
pub mod expression;
pub mod layout;
pub mod measures;
pub mod money;
pub mod pack;
pub mod period;
pub mod uscc;
