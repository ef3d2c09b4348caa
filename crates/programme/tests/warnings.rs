//! The points card: its cases, every number of it, and that the card of one firm, the columns
//! of a run and SQLite say the same of generated firms.

mod warnings {
    mod cases;
    mod firms;
    mod oracle;
    mod reliefs;
}
