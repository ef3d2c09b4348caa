//! One value of a list with its meaning, so that page and workbook can each write it their way.

use crate::report::Field;
use rules::expression::Kind;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Count(i64),
    /// Fen; shown in 万元 with one decimal.
    Money(i64),
    /// Fen; shown in 元 to the fen.
    Yuan(i64),
    /// Shown with one decimal.
    Percent {
        part: i64,
        of: i64,
    },
    /// Days since 1970-01-01.
    Day(i64),
    /// Index of the month.
    Month(i64),
    /// Nothing to be said here: “—”.
    Empty,
    /// Not known: “待补”.
    Unknown,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// The same value as an answer has it.
    pub fn of(field: &Field) -> Cell {
        match field {
            Field::Text(text) => Cell::Text(text.clone()),
            Field::Count(number) => Cell::Count(*number),
            Field::Money(fen) => Cell::Money(*fen),
            Field::Yuan(fen) => Cell::Yuan(*fen),
            Field::Percent { part, of } => Cell::Percent {
                part: *part,
                of: *of,
            },
            Field::Empty => Cell::Empty,
            Field::Unknown => Cell::Unknown,
            other => Cell::Text(other.shown()),
        }
    }

    /// As people read it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Count(number) => Field::Count(*number).shown(),
            Cell::Money(fen) => Field::Money(*fen).shown(),
            Cell::Yuan(fen) => Field::Yuan(*fen).shown(),
            Cell::Percent { part, of } => Field::Percent {
                part: *part,
                of: *of,
            }
            .shown(),
            Cell::Day(day) => Kind::Day.in_figures(i128::from(*day)),
            Cell::Month(month) => Kind::Month.in_figures(i128::from(*month)),
            Cell::Empty => Field::Empty.shown(),
            Cell::Unknown => Field::Unknown.shown(),
        }
    }
}
