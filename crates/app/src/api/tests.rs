//! The interface as programs meet it: through all layers, with tokens of accounts in several
//! posts, over a small invented province.

mod document;
mod exchange;
mod once;
mod pages;
mod problems;
mod scope;
mod world;
