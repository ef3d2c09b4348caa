//! The header of a table: neighbouring columns of one group share a merged upper cell.

use programme::bulletins::document::TableColumn;

/// A header cell and the columns and rows it covers.
#[derive(Debug, PartialEq, Eq)]
pub struct HeaderCell<'a> {
    pub label: &'a str,
    pub column: usize,
    pub columns: usize,
    pub rows: usize,
}

/// One row of cells when no column has a group, otherwise two.
pub fn rows(columns: &[TableColumn]) -> Vec<Vec<HeaderCell<'_>>> {
    if columns.iter().all(|column| column.group.is_none()) {
        return vec![lower(columns, |_| true)];
    }
    vec![
        upper(columns),
        lower(columns, |column| column.group.is_some()),
    ]
}

fn upper(columns: &[TableColumn]) -> Vec<HeaderCell<'_>> {
    let mut cells: Vec<HeaderCell<'_>> = Vec::new();
    let mut open: Option<&str> = None;
    for (index, column) in columns.iter().enumerate() {
        let group = column.group.as_deref();
        match cells.last_mut() {
            Some(cell) if group.is_some() && group == open => cell.columns += 1,
            _ => cells.push(HeaderCell {
                label: group.unwrap_or(&column.label),
                column: index,
                columns: 1,
                rows: if group.is_some() { 1 } else { 2 },
            }),
        }
        open = group;
    }
    cells
}

fn lower(
    columns: &[TableColumn],
    stands_here: impl Fn(&TableColumn) -> bool,
) -> Vec<HeaderCell<'_>> {
    columns
        .iter()
        .enumerate()
        .filter(|(_, column)| stands_here(column))
        .map(|(index, column)| HeaderCell {
            label: &column.label,
            column: index,
            columns: 1,
            rows: 1,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(group: Option<&str>, label: &str) -> TableColumn {
        TableColumn {
            group: group.map(str::to_string),
            label: label.to_string(),
            width: 1,
        }
    }

    #[track_caller]
    fn check(columns: &[TableColumn], expected: &[&str]) {
        let shown: Vec<String> = rows(columns)
            .iter()
            .map(|row| {
                row.iter()
                    .map(|c| format!("{}@{}:{}x{}", c.label, c.column, c.columns, c.rows))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn columns_without_groups_make_one_row() {
        check(
            &[column(None, "a"), column(None, "b")],
            &["a@0:1x1 b@1:1x1"],
        );
    }

    #[test]
    fn only_neighbours_of_one_group_are_merged() {
        check(
            &[
                column(None, "a"),
                column(Some("g"), "b"),
                column(Some("g"), "c"),
                column(Some("h"), "d"),
                column(Some("g"), "e"),
            ],
            &[
                "a@0:1x2 g@1:2x1 h@3:1x1 g@4:1x1",
                "b@1:1x1 c@2:1x1 d@3:1x1 e@4:1x1",
            ],
        );
    }
}
