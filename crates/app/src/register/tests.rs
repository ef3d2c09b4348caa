//! The list of firms: what is found is what looking through all firms finds, nothing of another
//! region is ever reached, and what is hidden cannot be asked for in a roundabout way.

mod exports;
mod naive;
mod pages;
mod queries;
mod world;
