//! Conditions of many firms at once: facts as columns, verdicts as bit planes.
//!
//! A [`Column`] is one fact of all firms, [`Columns`] is the table of them, and a
//! [`Program`] answers many conditions over it. What it says of a firm is exactly what
//! [`Condition::evaluate`](crate::expression::Condition::evaluate) says of the firm's row.
//! Knows slots and numbers; neither names nor where facts come from.
//!
//! ```
//! use rules::columns::{Column, Columns, EMPTY, Program};
//! use rules::expression::{Condition, Slot};
//! let is_entered = Column::from_values(&[1, 0, EMPTY]);
//! let columns = Columns::new(3, vec![Some(is_entered)]);
//! let condition = Condition::Holds(Slot::Fact(0));
//! let planes = Program::new(&[&condition], &[], &columns).evaluate(&columns);
//! assert_eq!((planes[0].holds[0], planes[0].fails[0]), (0b001, 0b010));
//! ```

mod amounts;
mod block;
mod column;
mod compare;
mod compile;
mod graph;
mod kernel;
mod planes;
mod program;
mod schedule;
mod table;
mod terms;
mod wide;

pub use amounts::{Amounts, Figures, Total, amounts};
pub use column::{Column, EMPTY};
pub use planes::{Counts, Planes};
pub use program::Program;
pub use table::Columns;

/// Firms in a word of a plane.
const WORD: usize = 64;

/// Words that hold a bit for each of so many firms.
fn words_of(firms: usize) -> usize {
    firms.div_ceil(WORD)
}

/// Words of a block: small enough that hundreds of its planes stay in the cache.
const BLOCK_WORDS: usize = 128;
