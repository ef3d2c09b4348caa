//! Conditions of the plan: SQL boolean expressions over facts and parameters.
//!
//! A condition is read against a [`Vocabulary`], checked completely before anything
//! runs, and then answers true, false or unknown as SQL does. It knows neither where
//! facts come from nor who may see them, and it never asks a clock or a database.
//!
//! The language: AND OR NOT, parentheses, = <> < <= > >=, \[NOT\] BETWEEN, \[NOT\] IN,
//! IS \[NOT\] NULL/TRUE/FALSE, + − ×, \[NOT\] LIKE 'prefix%' and LIKE ANY on codes, CASE, least,
//! greatest, months_between, years_between, TRUE and FALSE.
//! No division and no number but 0: every number is a named parameter with a citation.
//!
//! ```
//! use rules::expression::{Kind, Row, Slot, Symbol, Vocabulary, parse};
//! let mut vocabulary = Vocabulary::default();
//! let symbols = [
//!     ("revenue_12m", Slot::Fact(0), "近12个月应税销售额"),
//!     ("scale_revenue", Slot::Parameter(0), "规模标准"),
//! ];
//! for (identifier, slot, name) in symbols {
//!     let symbol = Symbol { slot, name: name.to_string(), kind: Kind::Money };
//!     vocabulary.insert(identifier, symbol).expect("a new name");
//! }
//! let condition = parse("revenue_12m >= scale_revenue", &vocabulary).expect("a condition");
//! let row = Row { facts: &[Some(1_876_600_000)], parameters: &[Some(2_000_000_000)] };
//! assert_eq!(condition.evaluate(row), Some(false));
//! assert_eq!(
//!     condition.explain(row, &vocabulary)[0].to_string(),
//!     "近12个月应税销售额 1,876.6 万元，未达到规模标准 2,000.0 万元，还差 123.4 万元",
//! );
//! ```

mod call;
mod evaluate;
mod explain;
mod figures;
pub mod language;
mod lexis;
mod missing;
mod operand;
mod parse;
mod prefix;
mod question;
mod sql;
mod tree;
mod vocabulary;
mod wording;

pub(crate) use evaluate::round;
pub use evaluate::{Row, all_of, any_of};
pub use explain::{Piece, Reason};
pub use missing::{MISSING_SETS_MAX, Missing};
pub use parse::{parse, parse_amount, parse_question};
pub use sql::{Dialect, NotADialect, SqlRefusal, SqlWriter};
pub use tree::{Amount, Condition, Relation, Span, Term};
pub use vocabulary::{Choice, Definition, Kind, MONEY_MAX, NameRefused, Slot, Symbol, Vocabulary};

/// One thing that is wrong with an expression, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("第 {line} 行第 {column} 列：{message}")]
pub struct Finding {
    /// Within the expression's own text, from 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub message: String,
}
