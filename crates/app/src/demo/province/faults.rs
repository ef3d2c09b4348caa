//! What is wrong with some rows of real deliveries, and how it is written.
//!
//! A fault belongs to a row by a hash of the file and the firm; fixture firms never have one.

use super::chance::{hash, unit};

/// Rows with a fault, out of all.
pub const FAULT_SHARE: f64 = 0.0036;
const SEPARATOR_SHARE: f64 = 0.02;
const TAIL: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    WrongCheckSymbol,
    SeventeenSymbols,
    LowerCase,
    FullWidth,
    Spaces,
    /// The row stands in the file twice.
    Twice,
    /// A branch of the firm has a row of its own.
    Branch,
    /// A firm that no register knows has a row of its own.
    Stranger,
    /// The first figure is a word or a mark.
    NoAmount(&'static str),
    /// A trade, no industry (registers only).
    Trade,
}

const FAULTS: [Fault; 16] = [
    Fault::WrongCheckSymbol,
    Fault::SeventeenSymbols,
    Fault::LowerCase,
    Fault::LowerCase,
    Fault::FullWidth,
    Fault::FullWidth,
    Fault::Spaces,
    Fault::Spaces,
    Fault::Spaces,
    Fault::Twice,
    Fault::Branch,
    Fault::Stranger,
    Fault::NoAmount("零"),
    Fault::NoAmount("#N/A"),
    Fault::NoAmount("-"),
    Fault::Trade,
];

/// The fault of a row, if any.
pub fn of_row(seed: u64, file: u64, index: usize) -> Option<Fault> {
    of_share(seed, file, index, FAULT_SHARE)
}

/// The fault of a row in a file of which `share` of the rows have one.
pub fn of_share(seed: u64, file: u64, index: usize, share: f64) -> Option<Fault> {
    let draw = hash([seed, file, index as u64, 500]);
    (unit(draw) < share).then(|| FAULTS[(draw & 15) as usize])
}

/// Whether amounts of the row are written with separators.
pub fn has_separators(seed: u64, file: u64, index: usize) -> bool {
    unit(hash([seed, file, index as u64, 501])) < SEPARATOR_SHARE
}

/// Writes the code as the faulty row has it.
pub fn spoil_code(code: &mut String, fault: Option<Fault>) {
    match fault {
        Some(Fault::WrongCheckSymbol) => {
            let last = code.pop().unwrap_or('0') as u8;
            let place = TAIL.iter().position(|symbol| *symbol == last).unwrap_or(0);
            code.push(TAIL[(place + 7) % TAIL.len()] as char);
        }
        Some(Fault::SeventeenSymbols) => {
            code.remove(9);
        }
        Some(Fault::LowerCase) => code.make_ascii_lowercase(),
        Some(Fault::FullWidth) => *code = full_width(code),
        Some(Fault::Spaces) => *code = format!(" {}\u{3000}{} ", &code[..9], &code[9..]),
        _ => {}
    }
}

fn full_width(text: &str) -> String {
    let widen = |c: char| char::from_u32(c as u32 + 0xFEE0).unwrap_or(c);
    text.chars()
        .map(|c| if c.is_ascii_graphic() { widen(c) } else { c })
        .collect()
}
