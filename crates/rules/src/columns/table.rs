//! The table: one column for each fact slot of the vocabulary.
//!
//! A slot without a column is unknown of every firm. Knows nothing of conditions.
//!
//! ```
//! use rules::columns::{Column, Columns};
//! let columns = Columns::new(2, vec![None, Some(Column::from_values(&[7, 8]))]);
//! assert_eq!(columns.row(1), [None, Some(8)]);
//! ```

use super::column::Column;

/// Facts of many firms; the place of a column is its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    firms: usize,
    columns: Vec<Option<Column>>,
}

impl Columns {
    /// A column of another length is a bug.
    pub fn new(firms: usize, columns: Vec<Option<Column>>) -> Columns {
        for column in columns.iter().flatten() {
            assert_eq!(column.len(), firms, "a column has a value for each firm");
        }
        Columns { firms, columns }
    }

    /// How many firms there are.
    pub fn firms(&self) -> usize {
        self.firms
    }

    /// The column in a slot, `None` where nothing is known of any firm; a slot outside the
    /// table is a bug.
    pub fn column(&self, slot: usize) -> Option<&Column> {
        self.columns[slot].as_ref()
    }

    /// One firm's facts, as the row evaluator reads them.
    pub fn row(&self, firm: usize) -> Vec<Option<i64>> {
        assert!(firm < self.firms, "firm {firm} of {}", self.firms);
        self.columns
            .iter()
            .map(|column| column.as_ref()?.get(firm))
            .collect()
    }

    /// Memory that the values take.
    pub fn bytes(&self) -> usize {
        self.columns.iter().flatten().map(Column::bytes).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&Column>> {
        self.columns.iter().map(Option::as_ref)
    }
}
