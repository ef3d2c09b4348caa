//! Rows and cells as every kind of file gives them.
//!
//! Knows neither headers nor units. A row borrows from the buffer that its source
//! refills, so reading a million rows allocates a handful of buffers.

/// One cell, as stored; nothing is converted yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    Number(f64),
    /// A number that the sheet shows as a date or time: Excel's serial day, always
    /// counted in the 1900 system.
    Day(f64),
    Bool(bool),
    /// What Excel shows for a failed formula: `#N/A`, `#DIV/0!` …
    Error(&'a str),
}

impl Cell<'_> {
    /// Empty, or nothing but white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.chars().all(is_space),
            _ => false,
        }
    }
}

/// White space as people type it into sheets, including the invisible signs that
/// copying from web pages leaves behind.
pub(super) fn is_space(symbol: char) -> bool {
    symbol.is_whitespace() || matches!(symbol, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// One row; borrows from its source until the next one is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The row as Excel numbers it, from 1. For CSV the record's number in the file:
    /// blank lines count, the further lines of a quoted field do not.
    pub number: u64,
    pub(super) cells: Cells<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Cells<'a> {
    Csv(&'a csv::StringRecord),
    Sheet {
        texts: &'a str,
        cells: &'a [Stored],
        formulas: &'a [u32],
    },
}

impl<'a> Row<'a> {
    /// The cell at a zero-based column; `Empty` beyond the last one.
    pub fn cell(&self, index: usize) -> Cell<'a> {
        match self.cells {
            Cells::Csv(record) => match record.get(index) {
                None | Some("") => Cell::Empty,
                Some(text) => Cell::Text(text),
            },
            Cells::Sheet { texts, cells, .. } => match cells.get(index) {
                None | Some(Stored::Empty) => Cell::Empty,
                Some(Stored::Text(start, end)) => {
                    Cell::Text(&texts[*start as usize..*end as usize])
                }
                Some(Stored::Error(start, end)) => {
                    Cell::Error(&texts[*start as usize..*end as usize])
                }
                Some(Stored::Number(number)) => Cell::Number(*number),
                Some(Stored::Day(serial)) => Cell::Day(*serial),
                Some(Stored::Bool(truth)) => Cell::Bool(*truth),
            },
        }
    }

    /// Number of cells up to the last stored one.
    pub fn width(&self) -> usize {
        match self.cells {
            Cells::Csv(record) => record.len(),
            Cells::Sheet { cells, .. } => cells.len(),
        }
    }

    /// Whether no cell says anything.
    pub fn is_blank(&self) -> bool {
        (0..self.width()).all(|index| self.cell(index).is_blank())
    }

    /// Whether some cell says 合计, 总计 or 小计, so that the row sums others up.
    pub fn sums_up(&self) -> bool {
        (0..self.width()).any(|index| match self.cell(index) {
            Cell::Text(text) => {
                let mut symbols = text.chars().filter(|symbol| !is_space(*symbol));
                matches!(
                    (symbols.next(), symbols.next()),
                    (Some('合' | '总' | '小'), Some('计'))
                )
            }
            _ => false,
        })
    }

    /// Zero-based columns whose value a formula computed.
    pub(super) fn formulas(&self) -> &'a [u32] {
        match self.cells {
            Cells::Csv(_) => &[],
            Cells::Sheet { formulas, .. } => formulas,
        }
    }
}

/// A cell inside a [`RowBatch`]; texts are spans of the batch's one buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stored {
    Empty,
    Text(u32, u32),
    Number(f64),
    Day(f64),
    Bool(bool),
    Error(u32, u32),
}

/// Rows of a sheet in three buffers, which travel from the reading thread at once.
#[derive(Debug, Default)]
pub(super) struct RowBatch {
    texts: String,
    cells: Vec<Stored>,
    formulas: Vec<u32>,
    rows: Vec<StoredRow>,
}

#[derive(Debug)]
struct StoredRow {
    number: u64,
    first_cell: usize,
    first_formula: usize,
}

impl RowBatch {
    /// Columns of a sheet; cells beyond are no part of any workbook that Excel opens.
    const COLUMNS_MAX: u32 = 16_384;
    const CELLS_MAX: usize = 16 * 1024;
    const TEXT_BYTES_MAX: usize = 512 * 1024;

    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.cells.clear();
        self.formulas.clear();
        self.rows.clear();
    }

    pub(super) fn is_full(&self) -> bool {
        self.cells.len() >= Self::CELLS_MAX
            || self.texts.len() >= Self::TEXT_BYTES_MAX
            || self.rows.len() >= Self::CELLS_MAX
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Starts a row; following cells belong to it.
    pub(super) fn begin_row(&mut self, number: u64) {
        self.rows.push(StoredRow {
            number,
            first_cell: self.cells.len(),
            first_formula: self.formulas.len(),
        });
    }

    /// Places a cell in the last row. A row keeps what comes last for a column.
    pub(super) fn place(&mut self, column: u32, cell: Cell<'_>) {
        let Some(row) = self.rows.last() else { return };
        if column >= Self::COLUMNS_MAX || cell == Cell::Empty || cell == Cell::Text("") {
            return;
        }
        let index = row.first_cell + column as usize;
        if self.cells.len() <= index {
            self.cells.resize(index + 1, Stored::Empty);
        }
        self.cells[index] = match cell {
            Cell::Empty => Stored::Empty,
            Cell::Number(number) => Stored::Number(number),
            Cell::Day(serial) => Stored::Day(serial),
            Cell::Bool(truth) => Stored::Bool(truth),
            Cell::Text(text) => {
                let (start, end) = self.keep(text);
                Stored::Text(start, end)
            }
            Cell::Error(text) => {
                let (start, end) = self.keep(text);
                Stored::Error(start, end)
            }
        };
    }

    /// Remembers that a formula computed this column of the last row.
    pub(super) fn note_formula(&mut self, column: u32) {
        self.formulas.push(column);
    }

    /// `None` beyond the last row.
    pub(super) fn row(&self, index: usize) -> Option<Row<'_>> {
        let row = self.rows.get(index)?;
        let next = self.rows.get(index + 1);
        let cells_end = next.map_or(self.cells.len(), |next| next.first_cell);
        let formulas_end = next.map_or(self.formulas.len(), |next| next.first_formula);
        Some(Row {
            number: row.number,
            cells: Cells::Sheet {
                texts: &self.texts,
                cells: &self.cells[row.first_cell..cells_end],
                formulas: &self.formulas[row.first_formula..formulas_end],
            },
        })
    }

    fn keep(&mut self, text: &str) -> (u32, u32) {
        let start = self.texts.len();
        self.texts.push_str(text);
        let span = |at: usize| u32::try_from(at).expect("batches end far below 4 GB");
        (span(start), span(self.texts.len()))
    }
}

/// The first rows of a sheet as texts, for finding the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    pub number: u64,
    pub cells: Vec<String>,
}

impl HeadRow {
    const COLUMNS_MAX: usize = 512;
    const SYMBOLS_MAX: usize = 2_000;

    pub(super) fn of(row: Row<'_>) -> HeadRow {
        let cells = (0..row.width().min(Self::COLUMNS_MAX))
            .map(|index| match row.cell(index) {
                Cell::Text(text) | Cell::Error(text) => {
                    text.chars().take(Self::SYMBOLS_MAX).collect()
                }
                Cell::Number(number) | Cell::Day(number) => number.to_string(),
                Cell::Empty | Cell::Bool(_) => String::new(),
            })
            .collect();
        HeadRow {
            number: row.number,
            cells,
        }
    }
}

/// One sheet's name and first rows; CSV has one sheet without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetHead {
    pub(super) name: Option<String>,
    pub(super) visible: bool,
    pub(super) rows: Vec<HeadRow>,
}

/// So many rows at the top are searched for the header.
pub(super) const HEAD_ROWS_MAX: usize = 40;
