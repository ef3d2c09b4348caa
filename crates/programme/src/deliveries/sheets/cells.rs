//! One row of a sheet, with buffers that are used again for the next.

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    /// Excel's serial day; the fraction is the time of day.
    Day(f64),
    Bool(bool),
    /// An error value as the sheet shows it: `#N/A`.
    Error(String),
}

/// A row and its number: as Excel shows it; in CSV the line of the file, header = 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowBuffer {
    pub number: u64,
    cells: Vec<Cell>,
    used: usize,
    formulas: Vec<usize>,
    /// Share of the file that has been read, 0 to 1.
    pub progress: f32,
}

impl RowBuffer {
    pub(super) fn start(&mut self, number: u64) {
        self.number = number;
        self.used = 0;
        self.formulas.clear();
    }

    /// Sets a cell; skipped cells in between become empty.
    pub(super) fn set(&mut self, index: usize, cell: Cell) {
        self.reach(index);
        self.cells[index] = cell;
    }

    /// Sets a text without giving up the buffer that stands there.
    pub(super) fn set_text(&mut self, index: usize, text: &str) {
        self.reach(index);
        if let Cell::Text(buffer) = &mut self.cells[index] {
            buffer.clear();
            buffer.push_str(text);
        } else {
            self.cells[index] = Cell::Text(text.to_string());
        }
    }

    pub(super) fn set_formula(&mut self, index: usize) {
        self.formulas.push(index);
    }

    fn reach(&mut self, index: usize) {
        while self.used <= index {
            match self.cells.get_mut(self.used) {
                // A text buffer is kept for the next row; it reads as blank.
                Some(Cell::Text(buffer)) => buffer.clear(),
                Some(cell) => *cell = Cell::Empty,
                None => self.cells.push(Cell::Empty),
            }
            self.used += 1;
        }
    }

    /// The cell at an index from 0; empty beyond the end.
    pub fn cell(&self, index: usize) -> &Cell {
        match self.cells[..self.used].get(index) {
            Some(Cell::Text(text)) if text.is_empty() => &Cell::Empty,
            Some(cell) => cell,
            None => &Cell::Empty,
        }
    }

    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        (0..self.used).map(|index| self.cell(index))
    }

    pub fn len(&self) -> usize {
        self.used
    }

    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    pub fn is_blank(&self) -> bool {
        self.cells().all(|cell| match cell {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            _ => false,
        })
    }

    pub fn has_formula(&self) -> bool {
        !self.formulas.is_empty()
    }

    pub fn is_formula(&self, index: usize) -> bool {
        self.formulas.contains(&index)
    }

    /// Whether a cell says that this row is a sum and not an entry.
    pub fn says_total(&self) -> bool {
        self.cells().any(|cell| match cell {
            Cell::Text(text) => {
                let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                ["合计", "总计", "小计", "共计"].contains(&bare.trim_end_matches(['：', ':']))
            }
            _ => false,
        })
    }
}

/// “D5”: a cell as Excel names it.
pub(super) fn address(index: usize, row: u64) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    format!("{}{row}", String::from_utf8_lossy(&letters))
}
